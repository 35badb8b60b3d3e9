-- What spotters saw at listings whose check is due: a word to the expert, one of each spotter for each check. Sealed with the case:
-- the sender, the exact bytes and their signature. `sender_mark` is made with the case's key, so that it says nothing once that is
-- destroyed. `check_id` is empty where the case moved on before an expert looked.
CREATE TABLE rechecks (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    check_id    INTEGER REFERENCES checks (id) ON DELETE SET NULL,
    sender_mark BLOB NOT NULL,
    saw         TEXT NOT NULL CHECK (saw IN ('offered', 'gone', 'ended', 'cannot_tell')),
    seen_at     TEXT NOT NULL,
    sender      TEXT NOT NULL,
    body        BLOB NOT NULL,
    signature   BLOB NOT NULL,
    received_at TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX rechecks_once ON rechecks (check_id, sender_mark);
CREATE INDEX rechecks_by_case ON rechecks (case_id, seq);
