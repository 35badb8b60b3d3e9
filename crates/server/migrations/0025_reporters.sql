-- Who reported: sealed under the key of the case, so that it goes with it. What stood in the open is sealed when the store is
-- opened, and the table empties; from then on no row says which device sent a report or a picture.
CREATE TABLE unsealed_reporters (
    seq    INTEGER PRIMARY KEY,
    key_id TEXT NOT NULL
) STRICT;
INSERT INTO unsealed_reporters (seq, key_id) SELECT seq, key_id FROM reports;

DROP TRIGGER reports_never_change_update;
DROP INDEX reports_by_key;
ALTER TABLE reports DROP COLUMN key_id;
-- Empty: it was erased.
ALTER TABLE reports ADD COLUMN reporter TEXT NOT NULL DEFAULT '';
CREATE TRIGGER reports_never_change_update BEFORE UPDATE ON reports
WHEN (SELECT slot FROM cases WHERE id = OLD.case_id) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM unsealed_reporters WHERE seq = OLD.seq)
    AND NOT (NEW.body = x'' AND NEW.signature = x'' AND NEW.receipt = '' AND NEW.reporter = ''
    AND NEW.seq = OLD.seq AND NEW.report_id = OLD.report_id AND NEW.case_id = OLD.case_id
    AND NEW.received_at = OLD.received_at AND NEW.number = OLD.number AND NEW.joined = OLD.joined)
BEGIN SELECT RAISE(ABORT, 'a report never changes'); END;

-- A keyed mark of the device while no report names the picture, for its limit; then nothing.
ALTER TABLE blobs DROP COLUMN key_id;
ALTER TABLE blobs ADD COLUMN uploader TEXT NOT NULL DEFAULT '';
CREATE INDEX blobs_by_uploader ON blobs (uploader) WHERE uploader <> '';

-- Decided cases of a spotter that were erased since: they count on, and nothing says which they were.
ALTER TABLE standing ADD COLUMN kept_confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE standing ADD COLUMN kept_decided INTEGER NOT NULL DEFAULT 0;

-- Codings name sellers: `body` and `signature` are sealed under a key of each, and empty once it is erased. `mark` knows the same
-- bytes again.
ALTER TABLE survey_codings ADD COLUMN mark TEXT NOT NULL DEFAULT '';

-- What spreadsheets of past rounds and term lists brought in. Nothing of it is a case: no report and no decision stands behind it.
CREATE TABLE imports (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('rounds', 'terms')),
    name        TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    lines       INTEGER NOT NULL,
    taken       INTEGER NOT NULL,
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    at          TEXT NOT NULL
) STRICT;

-- What somebody said that the columns under these headings are.
CREATE TABLE import_columns (
    kind    TEXT NOT NULL,
    head    TEXT NOT NULL,
    columns TEXT NOT NULL,
    PRIMARY KEY (kind, head)
) STRICT, WITHOUT ROWID;

-- Finds of past rounds. `mark` is of the whole line, so that the same file twice brings nothing twice; `listing` and `spotter` are
-- keyed marks: neither an address nor a name is kept.
CREATE TABLE past_finds (
    mark        BLOB PRIMARY KEY,
    import_id   INTEGER NOT NULL REFERENCES imports (id),
    day         TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    main_group  TEXT NOT NULL,
    words       TEXT NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('confirmed', 'removed', 'not', 'unclear')),
    listing     BLOB,
    spotter     BLOB
) STRICT;

CREATE INDEX past_finds_by_import ON past_finds (import_id);

-- A suggestion out of a list has no device.
ALTER TABLE suggestions ADD COLUMN sender TEXT REFERENCES devices (key_id);
UPDATE suggestions SET sender = key_id;
ALTER TABLE suggestions DROP COLUMN key_id;
ALTER TABLE suggestions RENAME COLUMN sender TO key_id;
ALTER TABLE suggestions ADD COLUMN import_id INTEGER REFERENCES imports (id);
