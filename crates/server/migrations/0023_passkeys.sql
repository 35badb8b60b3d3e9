-- What a person is called towards the devices that hold their passkeys: random, and nothing else; empty: there was none yet.
ALTER TABLE reviewers ADD COLUMN handle TEXT NOT NULL DEFAULT '';

CREATE TABLE passkeys (
    id            INTEGER PRIMARY KEY,
    reviewer_id   INTEGER NOT NULL REFERENCES reviewers (id),
    name          TEXT NOT NULL,
    credential_id BLOB NOT NULL UNIQUE,
    -- The public key with its counter; no statement of who made the device.
    public_key    TEXT NOT NULL,
    added_at      TEXT NOT NULL,
    -- Empty: never.
    used_at       TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX passkeys_by_reviewer ON passkeys (reviewer_id);

-- What a browser was asked and has not answered: one at a time for each cookie, taken once, and not after its end.
CREATE TABLE passkey_asks (
    cookie_hash BLOB PRIMARY KEY,
    purpose     TEXT NOT NULL CHECK (purpose IN ('add', 'enter')),
    name        TEXT NOT NULL,
    state       TEXT NOT NULL,
    until_s     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX passkey_asks_by_end ON passkey_asks (until_s);
