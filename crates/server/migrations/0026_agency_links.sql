-- The hash of the link by which an agency opens its referral; absent: it has none.
ALTER TABLE referrals ADD COLUMN link_hash BLOB;
CREATE UNIQUE INDEX referrals_by_link ON referrals (link_hash) WHERE link_hash IS NOT NULL;
