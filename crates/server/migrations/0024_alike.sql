-- Pictures that look alike. A picture waits to be looked at until `looked` is 1; `tries` are looks that were begun, so that one that
-- brings the server down is not looked at for ever.
ALTER TABLE blobs ADD COLUMN looked INTEGER NOT NULL DEFAULT 0 CHECK (looked IN (0, 1));
ALTER TABLE blobs ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX blobs_waiting ON blobs (tries, received_at, sha256) WHERE looked = 0;

-- What a look gave. `sealed` is under the picture's own key: its hash by bytes, and the hash by looks where it is compared.
-- A number is never given twice: copies in memory know by it what is new.
CREATE TABLE alike (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256  TEXT NOT NULL UNIQUE REFERENCES blobs (sha256) ON DELETE CASCADE,
    outcome TEXT NOT NULL CHECK (outcome IN ('compared', 'plain', 'screenshot', 'unreadable')),
    sealed  BLOB NOT NULL
) STRICT;
