-- One decision for several cases at once, so that it can be read again and taken back as one.

CREATE TABLE bulks (
    id          INTEGER PRIMARY KEY,
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    event       TEXT NOT NULL,
    at          TEXT NOT NULL,
    undone_at   TEXT
) STRICT;

-- What became of each case that was chosen; `version` is the one that the decision made.
CREATE TABLE bulk_cases (
    bulk_id INTEGER NOT NULL REFERENCES bulks (id),
    case_id INTEGER NOT NULL REFERENCES cases (id),
    version INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'moved_on', 'taken', 'not_allowed', 'undone', 'not_undone')),
    PRIMARY KEY (bulk_id, case_id)
) STRICT, WITHOUT ROWID;
