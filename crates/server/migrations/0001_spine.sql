-- The spine: invitations, devices, reports, blobs, cases, reviewers, and the chain that remembers every step.
-- Times are RFC 3339 UTC with milliseconds, so that text order is time order.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE invitations (
    code_hash  BLOB PRIMARY KEY,
    uses_left  INTEGER NOT NULL CHECK (uses_left >= 0),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE devices (
    key_id      TEXT PRIMARY KEY,
    public_key  BLOB NOT NULL CHECK (length(public_key) = 32),
    pseudonym   TEXT NOT NULL UNIQUE,
    invitation  BLOB NOT NULL REFERENCES invitations (code_hash),
    enrolled_at TEXT NOT NULL,
    revoked_at  TEXT
) STRICT;

CREATE TABLE reviewers (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password   TEXT NOT NULL,
    keys_on    INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_hash  BLOB PRIMARY KEY,
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    csrf        TEXT NOT NULL,
    created_s   INTEGER NOT NULL,
    seen_s      INTEGER NOT NULL
) STRICT;

-- One case for each listing of a marketplace. The columns after `public_reason` are copies for the queue.
CREATE TABLE cases (
    id            INTEGER PRIMARY KEY,
    marketplace   TEXT NOT NULL,
    listing_key   TEXT NOT NULL,
    state         TEXT NOT NULL,
    version       INTEGER NOT NULL,
    opened_at     TEXT NOT NULL,
    changed_at    TEXT NOT NULL,
    public_reason TEXT NOT NULL DEFAULT '',
    title         TEXT NOT NULL,
    price         TEXT NOT NULL,
    level         TEXT NOT NULL,
    score         REAL NOT NULL,
    main_group    TEXT NOT NULL,
    missed        INTEGER NOT NULL,
    reports       INTEGER NOT NULL,
    UNIQUE (marketplace, listing_key)
) STRICT;

CREATE INDEX cases_by_state ON cases (state, id);
CREATE INDEX cases_by_group ON cases (main_group, state, id);

-- The exact bytes as they came, with the signature over them. `salt` blinds the hash that the audit chain holds.
CREATE TABLE reports (
    seq          INTEGER PRIMARY KEY,
    report_id    TEXT NOT NULL UNIQUE,
    key_id       TEXT NOT NULL REFERENCES devices (key_id),
    case_id      INTEGER NOT NULL REFERENCES cases (id),
    body         BLOB NOT NULL,
    body_sha256  TEXT NOT NULL,
    signature    BLOB NOT NULL,
    text_sha256  BLOB NOT NULL,
    salt         BLOB NOT NULL,
    received_at  TEXT NOT NULL,
    number       TEXT NOT NULL UNIQUE,
    receipt      TEXT NOT NULL
) STRICT;

CREATE INDEX reports_by_case ON reports (case_id, seq);
CREATE INDEX reports_by_key ON reports (key_id, seq);

CREATE TABLE blobs (
    sha256      TEXT PRIMARY KEY,
    bytes       INTEGER NOT NULL,
    media_type  TEXT NOT NULL,
    key_id      TEXT NOT NULL REFERENCES devices (key_id),
    received_at TEXT NOT NULL
) STRICT;

-- What the reports name; the blob itself may still be missing.
CREATE TABLE report_blobs (
    report_seq INTEGER NOT NULL REFERENCES reports (seq),
    sha256     TEXT NOT NULL,
    PRIMARY KEY (report_seq, sha256)
) STRICT, WITHOUT ROWID;

CREATE INDEX report_blobs_by_hash ON report_blobs (sha256);

CREATE TABLE decisions (
    id            INTEGER PRIMARY KEY,
    case_id       INTEGER NOT NULL REFERENCES cases (id),
    version       INTEGER NOT NULL,
    reviewer_id   INTEGER REFERENCES reviewers (id),
    decision      TEXT NOT NULL,
    to_state      TEXT NOT NULL,
    public_reason TEXT NOT NULL,
    at            TEXT NOT NULL,
    UNIQUE (case_id, version)
) STRICT;

CREATE TABLE evidence_views (
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    at          TEXT NOT NULL,
    PRIMARY KEY (case_id, reviewer_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    prev    BLOB NOT NULL,
    hash    BLOB NOT NULL
) STRICT;

CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER reports_never_change_update BEFORE UPDATE ON reports BEGIN SELECT RAISE(ABORT, 'a report never changes'); END;
CREATE TRIGGER decisions_never_change_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'a decision never changes'); END;
CREATE TRIGGER decisions_never_change_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'a decision never changes'); END;
