-- What each reviewer set for their own good. Nobody else reads it, and nothing is counted from it. 0: never.
CREATE TABLE wellbeing (
    reviewer_id   INTEGER PRIMARY KEY REFERENCES reviewers (id),
    grey          INTEGER NOT NULL CHECK (grey IN (0, 1)),
    break_minutes INTEGER NOT NULL CHECK (break_minutes BETWEEN 0 AND 240),
    break_cases   INTEGER NOT NULL CHECK (break_cases BETWEEN 0 AND 200),
    daily_cases   INTEGER NOT NULL CHECK (daily_cases BETWEEN 0 AND 1000)
) STRICT;

-- What a reviewer did lately is looked up with each page.
CREATE INDEX evidence_views_by_reviewer ON evidence_views (reviewer_id, at);
CREATE INDEX decisions_by_reviewer ON decisions (reviewer_id, at);
