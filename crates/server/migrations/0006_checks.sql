-- Looking at a listing again: what became of it after the company was told.
CREATE TABLE checks (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    due_at      TEXT NOT NULL,
    outcome     TEXT CHECK (outcome IN ('removed_confirmed_by_company', 'notice_page_says_removed', 'ended_or_sold',
                                        'unavailable_unknown', 'geo_or_login', 'up', 'relisted')),
    -- What was seen, in the reviewer's words.
    seen        TEXT NOT NULL DEFAULT '',
    reviewer_id INTEGER REFERENCES reviewers (id),
    at          TEXT,
    CHECK ((outcome IS NULL) = (at IS NULL))
) STRICT;

-- One open check for each case.
CREATE UNIQUE INDEX checks_open ON checks (case_id) WHERE outcome IS NULL;
CREATE INDEX checks_due ON checks (due_at, id) WHERE outcome IS NULL;
CREATE INDEX checks_by_case ON checks (case_id, id);
