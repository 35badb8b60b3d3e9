-- Ten-second checks of listings that the detector did not flag, and what was seen of a marketplace on a day. No address is in
-- them: a listing is a hash under a key that only its device has.

CREATE TABLE audits (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    key_id      TEXT NOT NULL REFERENCES devices (key_id),
    body        BLOB NOT NULL,
    signature   BLOB NOT NULL,
    received_at TEXT NOT NULL,
    spotter     TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    one_in      INTEGER NOT NULL,
    answer      TEXT NOT NULL CHECK (answer IN ('protected', 'not', 'cannot_tell')),
    listing     TEXT NOT NULL,
    -- A device answers of a listing once.
    UNIQUE (key_id, listing)
) STRICT;

CREATE INDEX audits_by_device ON audits (key_id, received_at);
CREATE INDEX audits_by_platform ON audits (marketplace, one_in, answer);

CREATE TABLE audit_days (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    key_id      TEXT NOT NULL REFERENCES devices (key_id),
    body        BLOB NOT NULL,
    signature   BLOB NOT NULL,
    received_at TEXT NOT NULL,
    spotter     TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    round       TEXT NOT NULL,
    day         TEXT NOT NULL,
    one_in      INTEGER NOT NULL,
    flagged     INTEGER NOT NULL,
    unflagged   INTEGER NOT NULL,
    offered     INTEGER NOT NULL,
    -- A device counts a day once.
    UNIQUE (key_id, marketplace, day, round, one_in)
) STRICT;

CREATE INDEX audit_days_by_device ON audit_days (key_id, received_at);
CREATE INDEX audit_days_by_platform ON audit_days (marketplace, one_in);
