-- Referrals to agencies: written, approved by two others, handed over, answered.

CREATE TABLE referrals (
    id         INTEGER PRIMARY KEY,
    number     TEXT NOT NULL UNIQUE,
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    agency     TEXT NOT NULL,
    -- Words of `Trigger`, as they held when it was written, with spaces between.
    triggers   TEXT NOT NULL,
    facts      TEXT NOT NULL,
    -- Numbers of the reports that its writer had, newest first, with spaces between.
    reports    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('draft', 'approved_once', 'approved', 'sent', 'acknowledged', 'concluded', 'withdrawn')),
    written_by INTEGER NOT NULL REFERENCES reviewers (id),
    written_at TEXT NOT NULL,
    first_by   INTEGER REFERENCES reviewers (id),
    second_by  INTEGER REFERENCES reviewers (id),
    changed_at TEXT NOT NULL,
    sent_at    TEXT,
    -- By which way it was handed over, and what the agency said.
    sent_how   TEXT NOT NULL DEFAULT '',
    outcome    TEXT NOT NULL DEFAULT '',
    said       TEXT NOT NULL DEFAULT '',
    -- Three people stand behind what an agency gets, whatever a program believes.
    CHECK (first_by IS NULL OR first_by <> written_by),
    CHECK (second_by IS NULL OR (first_by IS NOT NULL AND second_by <> written_by AND second_by <> first_by)),
    CHECK (state IN ('draft', 'withdrawn') OR first_by IS NOT NULL),
    CHECK (state IN ('draft', 'approved_once', 'withdrawn') OR second_by IS NOT NULL)
) STRICT;

-- What others approved stays what it was; it is taken back and written anew.
CREATE TRIGGER referrals_keep_their_words BEFORE UPDATE OF id, number, case_id, agency, triggers, facts, reports, written_by, written_at ON referrals
BEGIN SELECT RAISE(ABORT, 'a referral never changes'); END;
CREATE TRIGGER referrals_keep_their_approvals BEFORE UPDATE OF first_by, second_by ON referrals
WHEN (OLD.first_by IS NOT NULL AND NEW.first_by IS NOT OLD.first_by) OR (OLD.second_by IS NOT NULL AND NEW.second_by IS NOT OLD.second_by)
BEGIN SELECT RAISE(ABORT, 'an approval never changes'); END;
CREATE TRIGGER referrals_stay BEFORE DELETE ON referrals BEGIN SELECT RAISE(ABORT, 'a referral never goes'); END;

CREATE INDEX referrals_by_case ON referrals (case_id, id);
CREATE INDEX referrals_by_state ON referrals (state, id);

-- Words of `Trigger` that the newest report gives by itself.
ALTER TABLE cases ADD COLUMN refer TEXT NOT NULL DEFAULT '';
-- A keyed hash of marketplace and seller: the same seller is counted within one marketplace and nowhere else.
ALTER TABLE cases ADD COLUMN seller_mark BLOB;
CREATE INDEX cases_by_seller ON cases (seller_mark, state) WHERE seller_mark IS NOT NULL;
