-- Cases whose answer is known: picked by hand, shown again to reviewers who never decided them, without saying so.
CREATE TABLE gold (
    case_id    BIGINT PRIMARY KEY REFERENCES cases (id),
    answer     TEXT COLLATE "C" NOT NULL CHECK (answer IN ('confirm', 'not_prohibited', 'cannot_tell')),
    -- Why, for whoever has answered; sealed with the case.
    why        TEXT COLLATE "C" NOT NULL,
    picked_by  BIGINT NOT NULL REFERENCES reviewers (id),
    picked_at  TEXT COLLATE "C" NOT NULL,
    -- Empty: it is still asked.
    dropped_at TEXT COLLATE "C" NOT NULL DEFAULT ''
);

CREATE TABLE gold_answers (
    case_id     BIGINT NOT NULL REFERENCES gold (case_id),
    reviewer_id BIGINT NOT NULL REFERENCES reviewers (id),
    answer      TEXT COLLATE "C" NOT NULL CHECK (answer IN ('confirm', 'not_prohibited', 'cannot_tell')),
    at          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (case_id, reviewer_id)
);

CREATE INDEX gold_answers_by_reviewer ON gold_answers (reviewer_id, at);
