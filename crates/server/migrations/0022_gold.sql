-- Cases whose answer is known: picked by hand, shown again to reviewers who never decided them, without saying so.
CREATE TABLE gold (
    case_id    INTEGER PRIMARY KEY REFERENCES cases (id),
    answer     TEXT NOT NULL CHECK (answer IN ('confirm', 'not_prohibited', 'cannot_tell')),
    -- Why, for whoever has answered; sealed with the case.
    why        TEXT NOT NULL,
    picked_by  INTEGER NOT NULL REFERENCES reviewers (id),
    picked_at  TEXT NOT NULL,
    -- Empty: it is still asked.
    dropped_at TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE gold_answers (
    case_id     INTEGER NOT NULL REFERENCES gold (case_id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    answer      TEXT NOT NULL CHECK (answer IN ('confirm', 'not_prohibited', 'cannot_tell')),
    at          TEXT NOT NULL,
    PRIMARY KEY (case_id, reviewer_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX gold_answers_by_reviewer ON gold_answers (reviewer_id, at);
