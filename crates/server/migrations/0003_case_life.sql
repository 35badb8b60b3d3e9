-- The whole life of a case: duplicates, deferral, leases, and who took a step.

-- How many claims the seller makes in the newest report: they ask for a second reviewer.
ALTER TABLE cases ADD COLUMN claims INTEGER NOT NULL DEFAULT 0;
UPDATE cases SET claims = coalesce((SELECT json_array_length(CAST(r.body AS TEXT), '$.assessment.claims')
    FROM reports r WHERE r.case_id = cases.id ORDER BY r.seq DESC LIMIT 1), 0);
ALTER TABLE cases ADD COLUMN duplicate_of INTEGER REFERENCES cases (id);
CREATE INDEX cases_by_original ON cases (duplicate_of) WHERE duplicate_of IS NOT NULL;
-- Before this time the queue does not offer the case; empty: it does.
ALTER TABLE cases ADD COLUMN deferred_until TEXT NOT NULL DEFAULT '';
-- The company had removed or restricted the listing, also after the case was closed.
ALTER TABLE cases ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;

-- reviewer, server or company; empty in rows from before: a reviewer where one is named, else the server.
ALTER TABLE decisions ADD COLUMN who TEXT NOT NULL DEFAULT '';

-- Who works on an open case, and until when.
CREATE TABLE leases (
    case_id     INTEGER PRIMARY KEY REFERENCES cases (id),
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    until       TEXT NOT NULL
) STRICT;
