-- Results of the training's test, as devices attest them. No question and no answer is in them.

CREATE TABLE attestations (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    key_id      TEXT NOT NULL REFERENCES devices (key_id),
    body        BLOB NOT NULL,
    body_sha256 TEXT NOT NULL,
    signature   BLOB NOT NULL,
    received_at TEXT NOT NULL,
    -- The envelope that says that it is here, as JSON.
    receipt     TEXT NOT NULL,
    -- Whose device it was; a spotter who lost it stays trained.
    spotter     TEXT NOT NULL,
    round       TEXT NOT NULL,
    score       INTEGER NOT NULL,
    attempts    INTEGER NOT NULL
) STRICT;

CREATE INDEX attestations_by_spotter ON attestations (spotter, score);
CREATE INDEX attestations_by_device ON attestations (key_id, received_at);

CREATE TABLE attested_marks (
    seq   INTEGER NOT NULL REFERENCES attestations (seq),
    mark  TEXT NOT NULL,
    hits  INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    PRIMARY KEY (seq, mark)
) STRICT, WITHOUT ROWID;
