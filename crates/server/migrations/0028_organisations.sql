-- Organisations that share this endpoint. The first one is that of the settings: it is filled in when the server starts. Columns that
-- point here begin at it; SQLite adds no reference with such a beginning, so triggers see to it that none of them ever goes.
CREATE TABLE organisations (
    id           INTEGER PRIMARY KEY,
    short        TEXT NOT NULL,
    -- Its full name, as the law knows it.
    name         TEXT NOT NULL,
    contact      TEXT NOT NULL DEFAULT '',
    -- ISO 3166-1, or empty.
    country      TEXT NOT NULL DEFAULT '',
    -- Who answers for personal data, and how they are reached.
    controller   TEXT NOT NULL DEFAULT '',
    -- Who awarded the status of trusted flagger; from which day on, empty: not written down; from which day on no more, empty: it holds.
    trusted_by   TEXT NOT NULL DEFAULT '',
    trusted_from TEXT NOT NULL DEFAULT '',
    trusted_end  TEXT NOT NULL DEFAULT '',
    made_at      TEXT NOT NULL DEFAULT '',
    -- Who changed it last; absent: the settings.
    kept_by      INTEGER REFERENCES reviewers (id),
    -- Empty: it takes part.
    retired_at   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX organisations_by_short ON organisations (lower(short));
INSERT INTO organisations (id, short, name) VALUES (1, '', '');
CREATE TRIGGER organisations_stay BEFORE DELETE ON organisations BEGIN SELECT RAISE(ABORT, 'an organisation never goes'); END;

-- To which one a person belongs.
ALTER TABLE reviewers ADD COLUMN organisation_id INTEGER NOT NULL DEFAULT 1;
ALTER TABLE reviewer_invitations ADD COLUMN organisation_id INTEGER NOT NULL DEFAULT 1;
CREATE INDEX reviewers_by_organisation ON reviewers (organisation_id);

-- For which one a spotter was invited, and which one answers for what a case says about people: that of its first report.
ALTER TABLE invitations ADD COLUMN organisation_id INTEGER NOT NULL DEFAULT 1;
ALTER TABLE cases ADD COLUMN organisation_id INTEGER NOT NULL DEFAULT 1;

-- For which one a notice speaks, since it was made.
ALTER TABLE notices ADD COLUMN organisation_id INTEGER NOT NULL DEFAULT 1;
CREATE TRIGGER notices_keep_their_organisation BEFORE UPDATE OF organisation_id ON notices
BEGIN SELECT RAISE(ABORT, 'a notice speaks for whom it was made'); END;

-- The same of a referral, with name and contact as they were then; empty: written before they were kept, until the server starts.
ALTER TABLE referrals ADD COLUMN organisation_id INTEGER NOT NULL DEFAULT 1;
ALTER TABLE referrals ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE referrals ADD COLUMN contact TEXT NOT NULL DEFAULT '';
CREATE TRIGGER referrals_keep_their_organisation BEFORE UPDATE OF organisation_id, organisation, contact ON referrals
WHEN OLD.organisation <> '' OR NEW.organisation_id <> OLD.organisation_id
BEGIN SELECT RAISE(ABORT, 'a referral speaks for whom it was made'); END;

-- To which one a person turned about data on them.
ALTER TABLE privacy_requests ADD COLUMN organisation_id INTEGER NOT NULL DEFAULT 1;
