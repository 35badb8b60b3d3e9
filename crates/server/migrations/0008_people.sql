-- Roles, invitations of people to the console, and the end of their access.

-- Accounts from before were made by whoever runs the server, and could do everything in the console.
ALTER TABLE reviewers ADD COLUMN role TEXT NOT NULL DEFAULT 'lead' CHECK (role IN ('admin', 'lead', 'reviewer', 'trainer', 'auditor'));
ALTER TABLE reviewers ADD COLUMN ended_at TEXT;

CREATE TABLE reviewer_invitations (
    code_hash   BLOB PRIMARY KEY,
    role        TEXT NOT NULL,
    made_by     INTEGER NOT NULL REFERENCES reviewers (id),
    until       TEXT NOT NULL,
    -- Whom it became; absent: nobody yet.
    reviewer_id INTEGER REFERENCES reviewers (id)
) STRICT;
