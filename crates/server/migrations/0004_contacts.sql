-- "I was contacted": what spotters tell the lead. Once it was dealt with, the words are erased and the row says so.

CREATE TABLE contacts (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    key_id      TEXT NOT NULL REFERENCES devices (key_id),
    body        BLOB NOT NULL,
    signature   BLOB NOT NULL,
    received_at TEXT NOT NULL,
    reviewer_id INTEGER REFERENCES reviewers (id),
    done_at     TEXT
) STRICT;

CREATE INDEX contacts_waiting ON contacts (done_at, seq);
