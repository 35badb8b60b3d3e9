-- Personal data: sealed under a key of each case, which lies outside the database; erased by destroying it; asked about by
-- the people whom it is about.

-- The place of the case's key. Absent: a case from before; it is sealed when the store is opened, before anything reads it.
-- From then on `title`, `price`, `listing` and `public_reason` hold sealed text, `listing_key` a keyed mark, `words` nothing.
ALTER TABLE cases ADD COLUMN slot INTEGER;
ALTER TABLE cases ADD COLUMN listing TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN erased_at TEXT NOT NULL DEFAULT '';
-- Why the case is kept past its time, and until when; empty: it is not.
ALTER TABLE cases ADD COLUMN keep_ground TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN keep_until TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_by_slot ON cases (slot);
CREATE INDEX cases_kept ON cases (changed_at) WHERE erased_at = '';

-- Each picture has a key of its own, since two cases may show the same one; `sha256` is a keyed mark of the hash.
ALTER TABLE blobs ADD COLUMN slot INTEGER;

-- Every seller that reports of a case named, by keyed marks, with the marketplace in them.
CREATE TABLE case_sellers (
    mark    BLOB NOT NULL,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    PRIMARY KEY (mark, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_sellers_by_case ON case_sellers (case_id);

-- What was erased, in order. `why` is `request`, `command`, `restored`, `lost` or a class of `crate::retention`.
CREATE TABLE erasures (
    id      INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL UNIQUE REFERENCES cases (id),
    why     TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;

-- What people ask about data on them. `asked` is sealed under a key of its own.
CREATE TABLE privacy_requests (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('access', 'erasure', 'objection')),
    state       TEXT NOT NULL CHECK (state IN ('open', 'done', 'refused')),
    -- JSON: marketplace, seller, cases, who asked.
    asked       BLOB NOT NULL,
    received_on TEXT NOT NULL,
    due_on      TEXT NOT NULL,
    written_by  INTEGER NOT NULL REFERENCES reviewers (id),
    written_at  TEXT NOT NULL,
    closed_by   INTEGER REFERENCES reviewers (id),
    closed_at   TEXT,
    -- Why it was refused; sealed with `asked`.
    reason      TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'open') = (closed_at IS NULL))
) STRICT;

CREATE INDEX privacy_requests_by_state ON privacy_requests (state, due_on);

-- What never changes still never does, but for two things: it is sealed once, and a report is erased as a whole.
DROP TRIGGER reports_never_change_update;
CREATE TRIGGER reports_never_change_update BEFORE UPDATE ON reports
WHEN (SELECT slot FROM cases WHERE id = OLD.case_id) IS NOT NULL AND NOT (NEW.body = x'' AND NEW.signature = x'' AND NEW.receipt = ''
    AND NEW.seq = OLD.seq AND NEW.report_id = OLD.report_id AND NEW.key_id = OLD.key_id AND NEW.case_id = OLD.case_id
    AND NEW.received_at = OLD.received_at AND NEW.number = OLD.number AND NEW.joined = OLD.joined)
BEGIN SELECT RAISE(ABORT, 'a report never changes'); END;
DROP TRIGGER decisions_never_change_update;
CREATE TRIGGER decisions_never_change_update BEFORE UPDATE ON decisions
WHEN (SELECT slot FROM cases WHERE id = OLD.case_id) IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a decision never changes'); END;
DROP TRIGGER referrals_keep_their_words;
CREATE TRIGGER referrals_keep_their_words BEFORE UPDATE OF id, number, case_id, agency, triggers, facts, reports, written_by, written_at ON referrals
WHEN (SELECT slot FROM cases WHERE id = OLD.case_id) IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a referral never changes'); END;
