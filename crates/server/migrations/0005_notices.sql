-- Companies and what they are told: notices, their way out, and what comes back.

CREATE TABLE companies (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE COLLATE NOCASE,
    -- BCP-47, the preferred one first, with spaces between.
    languages   TEXT NOT NULL,
    channel     TEXT NOT NULL CHECK (channel IN ('email', 'webhook', 'pull', 'csv')),
    contact     TEXT NOT NULL,
    address     TEXT NOT NULL,
    -- Signs what goes to a webhook.
    secret      TEXT NOT NULL DEFAULT '',
    -- SHA-256 of the token that a pull carries.
    pull_hash   BLOB UNIQUE,
    item_format TEXT NOT NULL,
    answer_days INTEGER NOT NULL,
    changed_at  TEXT NOT NULL
) STRICT;

CREATE TABLE company_hosts (
    host       TEXT PRIMARY KEY,
    company_id INTEGER NOT NULL REFERENCES companies (id)
) STRICT, WITHOUT ROWID;

-- What a company forbids, in its own words, with where and when it was read.
CREATE TABLE clauses (
    id         INTEGER PRIMARY KEY,
    company_id INTEGER NOT NULL REFERENCES companies (id),
    title      TEXT NOT NULL,
    address    TEXT NOT NULL,
    read_on    TEXT NOT NULL
) STRICT;

-- `rendered` is what goes out, letter by letter as it was previewed. The outbox is the rows that are `pending`.
CREATE TABLE notices (
    id          INTEGER PRIMARY KEY,
    number      TEXT NOT NULL UNIQUE,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    company_id  INTEGER NOT NULL REFERENCES companies (id),
    kind        TEXT NOT NULL CHECK (kind IN ('policy', 'dsa16')),
    trusted     INTEGER NOT NULL CHECK (trusted = 0 OR kind = 'dsa16'),
    state       TEXT NOT NULL CHECK (state IN ('second', 'pending', 'sent', 'withdrawn')),
    rendered    TEXT NOT NULL,
    answer_hash BLOB NOT NULL UNIQUE,
    written_by  INTEGER NOT NULL REFERENCES reviewers (id),
    approved_by INTEGER REFERENCES reviewers (id),
    written_at  TEXT NOT NULL,
    not_before  TEXT NOT NULL,
    next_try    TEXT NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 0,
    trouble     TEXT NOT NULL DEFAULT '',
    sent_at     TEXT,
    -- In which order they went.
    sent_seq    INTEGER UNIQUE,
    answer_due  TEXT,
    -- Illegality is alleged by two or by nobody.
    CHECK (kind = 'policy' OR state IN ('second', 'withdrawn') OR (approved_by IS NOT NULL AND approved_by <> written_by))
) STRICT;

CREATE INDEX notices_by_case ON notices (case_id, id);
CREATE INDEX notices_out ON notices (company_id, id) WHERE state = 'pending';
CREATE INDEX notices_waiting ON notices (answer_due) WHERE answer_due IS NOT NULL;

CREATE TABLE answers (
    id        INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL REFERENCES notices (id),
    event     TEXT NOT NULL,
    text      TEXT NOT NULL,
    at        TEXT NOT NULL
) STRICT;

CREATE INDEX answers_by_notice ON answers (notice_id, id);

-- What reviewers tell each other. Nothing of it leaves the console.
CREATE TABLE notes (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    text        TEXT NOT NULL,
    at          TEXT NOT NULL
) STRICT;

CREATE INDEX notes_by_case ON notes (case_id, id);

-- An agency asked that nobody is told before this date; empty: none did.
ALTER TABLE cases ADD COLUMN hold_until TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN hold_agency TEXT NOT NULL DEFAULT '';
