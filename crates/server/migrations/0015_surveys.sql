-- Surveys: the protocol in every version that was in force, who searches what, and what devices sent, as it came.

CREATE TABLE surveys (
    id         TEXT PRIMARY KEY,
    state      TEXT NOT NULL CHECK (state IN ('draft', 'running', 'frozen')),
    -- The protocol in force: canonical JSON, and its SHA-256.
    version    INTEGER NOT NULL,
    protocol   BLOB NOT NULL,
    sha256     TEXT NOT NULL,
    -- Sealed: the key under which devices salt listings' ids. Empty in a draft.
    salt       TEXT NOT NULL DEFAULT '',
    -- Sealed: the key of the pseudonyms in exports. Empty in a draft, and gone after the freeze.
    pseudonyms TEXT NOT NULL DEFAULT '',
    -- Exchange rates as the lead supplied them: canonical JSON.
    rates      BLOB,
    created_at TEXT NOT NULL,
    started_at TEXT,
    frozen_at  TEXT
) STRICT;

-- Every version that was in force since the start.
CREATE TABLE survey_versions (
    survey   TEXT NOT NULL REFERENCES surveys (id),
    version  INTEGER NOT NULL,
    protocol BLOB NOT NULL,
    sha256   TEXT NOT NULL,
    at       TEXT NOT NULL,
    PRIMARY KEY (survey, version)
) STRICT, WITHOUT ROWID;

-- Whose device codes; a spotter who lost it goes on with the new one.
CREATE TABLE survey_coders (
    survey  TEXT NOT NULL REFERENCES surveys (id),
    spotter TEXT NOT NULL,
    PRIMARY KEY (survey, spotter)
) STRICT, WITHOUT ROWID;

CREATE TABLE survey_tasks (
    survey TEXT NOT NULL REFERENCES surveys (id),
    id     TEXT NOT NULL,
    -- Its place in the protocol; absent: an amendment took it out, and what was seen stays.
    place  INTEGER,
    -- As devices get it, JSON.
    task   TEXT NOT NULL,
    PRIMARY KEY (survey, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE survey_shares (
    survey  TEXT NOT NULL,
    task    TEXT NOT NULL,
    -- 1, and 2 where two do it independently.
    nth     INTEGER NOT NULL,
    spotter TEXT NOT NULL,
    PRIMARY KEY (survey, task, nth),
    FOREIGN KEY (survey, task) REFERENCES survey_tasks (survey, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX survey_shares_by_spotter ON survey_shares (spotter, survey);

CREATE TABLE survey_frames (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    survey      TEXT NOT NULL REFERENCES surveys (id),
    task        TEXT NOT NULL,
    spotter     TEXT NOT NULL,
    key_id      TEXT NOT NULL REFERENCES devices (key_id),
    body        BLOB NOT NULL,
    signature   BLOB NOT NULL,
    received_at TEXT NOT NULL
) STRICT;

CREATE INDEX survey_frames_of ON survey_frames (survey, task);
CREATE INDEX survey_frames_by_device ON survey_frames (key_id, received_at);

CREATE TABLE survey_codings (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    survey      TEXT NOT NULL REFERENCES surveys (id),
    task        TEXT NOT NULL,
    spotter     TEXT NOT NULL,
    key_id      TEXT NOT NULL REFERENCES devices (key_id),
    body        BLOB NOT NULL,
    signature   BLOB NOT NULL,
    received_at TEXT NOT NULL,
    listing     TEXT NOT NULL
) STRICT;

CREATE INDEX survey_codings_of ON survey_codings (survey, listing);
CREATE INDEX survey_codings_by_device ON survey_codings (key_id, received_at);

-- Where coders differ: the one whose answer counts, by field, as the lead chose.
CREATE TABLE survey_choices (
    survey      TEXT NOT NULL REFERENCES surveys (id),
    listing     TEXT NOT NULL,
    field       TEXT NOT NULL,
    spotter     TEXT NOT NULL,
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    at          TEXT NOT NULL,
    PRIMARY KEY (survey, listing, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE survey_archives (
    survey TEXT PRIMARY KEY REFERENCES surveys (id),
    bytes  BLOB NOT NULL,
    sha256 TEXT NOT NULL
) STRICT;
