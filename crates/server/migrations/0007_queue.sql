-- The queue: what it is filtered by, in which order it offers cases and why, what is searched, and each reviewer's views.

-- Copies for the queue, from the newest report. `country` is the marketplace's; '' where it is not known.
ALTER TABLE cases ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN language TEXT NOT NULL DEFAULT '';
-- The reasons for its place, words with spaces between, and the sum of their points: `crate::ranking`.
ALTER TABLE cases ADD COLUMN reasons TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
-- What a search looks through: title, listing and marketplace in small letters.
ALTER TABLE cases ADD COLUMN words TEXT NOT NULL DEFAULT '';
-- The reviewer whom somebody gave it to.
ALTER TABLE cases ADD COLUMN assigned_to INTEGER REFERENCES reviewers (id);
-- One comparison instead of a list of states, so that one index serves the whole queue. A test keeps it equal to the table of states.
ALTER TABLE cases ADD COLUMN waits INTEGER GENERATED ALWAYS AS (state IN ('new', 'queued', 'needs_second_opinion')) VIRTUAL;

UPDATE cases SET words = lower(title || ' ' || listing_key || ' ' || marketplace),
    language = coalesce((SELECT lower(json_extract(CAST(r.body AS TEXT), '$.listing.lang')) FROM reports r
        WHERE r.case_id = cases.id ORDER BY r.seq DESC LIMIT 1), '');
UPDATE cases SET language = substr(language, 1, instr(language || '-', '-') - 1);
UPDATE cases SET reasons = trim(CASE level WHEN 'likely' THEN 'likely ' WHEN 'possible' THEN 'possible ' ELSE '' END
        || CASE WHEN missed THEN 'missed ' ELSE '' END || CASE WHEN reports > 1 THEN 'several' ELSE '' END),
    priority = CASE level WHEN 'likely' THEN 4 WHEN 'possible' THEN 2 ELSE 0 END
        + CASE WHEN missed THEN 2 ELSE 0 END + CASE WHEN reports > 1 THEN 1 ELSE 0 END;

-- In the queue's order and with all that it filters by, so that a page reads the index and 25 rows.
CREATE INDEX cases_waiting ON cases (waits, priority DESC, id, main_group, level, marketplace, country, language, assigned_to,
    opened_at, deferred_until, state);
CREATE INDEX cases_deferred ON cases (deferred_until) WHERE deferred_until <> '';

-- How often a spotter's reports were confirmed, as last counted: whoever is often right comes first.
CREATE TABLE standing (
    spotter   TEXT PRIMARY KEY,
    confirmed INTEGER NOT NULL,
    decided   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE views (
    id          INTEGER PRIMARY KEY,
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    name        TEXT NOT NULL COLLATE NOCASE,
    -- The part of the queue's address behind the question mark.
    query       TEXT NOT NULL,
    UNIQUE (reviewer_id, name)
) STRICT;
