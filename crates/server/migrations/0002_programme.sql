-- What spotters belong to and say besides reports: cohorts and tiers, new devices in an old one's place, whether a
-- report joined a case, suggested words, false alarms.

ALTER TABLE invitations ADD COLUMN cohort TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN tier TEXT NOT NULL DEFAULT 'spotter';
-- The device that the one who joins with it has lost.
ALTER TABLE invitations ADD COLUMN replaces TEXT REFERENCES devices (key_id);

ALTER TABLE devices ADD COLUMN cohort TEXT NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN tier TEXT NOT NULL DEFAULT 'spotter';
-- The same for all devices of one spotter, whichever of them was lost: key id of the first.
ALTER TABLE devices ADD COLUMN spotter TEXT NOT NULL DEFAULT '';
UPDATE devices SET spotter = key_id;
CREATE INDEX devices_by_spotter ON devices (spotter);

ALTER TABLE reports ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;
CREATE INDEX cases_known ON cases (marketplace, opened_at);

CREATE TABLE suggestions (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    key_id      TEXT NOT NULL REFERENCES devices (key_id),
    body        BLOB NOT NULL,
    signature   BLOB NOT NULL,
    received_at TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined')),
    -- What the reviewer made of it: meaning, language and word as they go into the lexicon.
    concept     TEXT NOT NULL DEFAULT '',
    lang        TEXT NOT NULL DEFAULT '',
    word        TEXT NOT NULL DEFAULT '',
    reviewer_id INTEGER REFERENCES reviewers (id),
    decided_at  TEXT
) STRICT;

CREATE INDEX suggestions_by_state ON suggestions (state, seq);

-- What is handed on as it came: the pack and the programme, signed elsewhere, and the public keys that sign them.
CREATE TABLE published (
    name   TEXT PRIMARY KEY,
    bytes  BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    at     TEXT NOT NULL
) STRICT;

CREATE TABLE feedback (
    id          TEXT PRIMARY KEY,
    key_id      TEXT NOT NULL REFERENCES devices (key_id),
    body        BLOB NOT NULL,
    signature   BLOB NOT NULL,
    reason      TEXT NOT NULL,
    received_at TEXT NOT NULL
) STRICT;

CREATE TABLE feedback_concepts (
    feedback_id TEXT NOT NULL REFERENCES feedback (id),
    concept     TEXT NOT NULL,
    PRIMARY KEY (concept, feedback_id)
) STRICT, WITHOUT ROWID;
