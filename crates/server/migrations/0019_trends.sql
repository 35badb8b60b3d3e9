-- Trends: what figures are added up from without reading reports again; what companies decided on each notice; the action plan;
-- what was published of a year.

-- Durations in whole seconds; absent: it has not happened. From the first report to the first decision,
ALTER TABLE cases ADD COLUMN decide_s INTEGER;
-- from the first confirmation to the first notice that went,
ALTER TABLE cases ADD COLUMN tell_s INTEGER;
-- from that notice to the first look that found the listing removed: by the two outcomes that count as removals alone.
ALTER TABLE cases ADD COLUMN remove_s INTEGER;
-- The same listing stood there again after it had gone.
ALTER TABLE cases ADD COLUMN relisted INTEGER NOT NULL DEFAULT 0;
-- Of the spotter who reported it first: rounds are for cohorts.
ALTER TABLE cases ADD COLUMN cohort TEXT NOT NULL DEFAULT '';

UPDATE cases SET
    decide_s = (SELECT CAST(strftime('%s', min(d.at)) AS INTEGER) - CAST(strftime('%s', cases.opened_at) AS INTEGER) FROM decisions d
        WHERE d.case_id = cases.id AND d.to_state NOT IN ('new', 'queued', 'needs_second_opinion')),
    tell_s = (SELECT CAST(strftime('%s', min(n.sent_at)) AS INTEGER) - CAST(strftime('%s', (SELECT min(d.at) FROM decisions d
        WHERE d.case_id = cases.id AND d.decision = 'confirm')) AS INTEGER) FROM notices n WHERE n.case_id = cases.id AND n.state = 'sent'),
    remove_s = (SELECT CAST(strftime('%s', min(k.at)) AS INTEGER) - CAST(strftime('%s', (SELECT min(n.sent_at) FROM notices n
        WHERE n.case_id = cases.id AND n.state = 'sent')) AS INTEGER) FROM checks k
        WHERE k.case_id = cases.id AND k.outcome IN ('removed_confirmed_by_company', 'notice_page_says_removed')),
    relisted = EXISTS (SELECT 1 FROM decisions d WHERE d.case_id = cases.id AND d.decision = 'relist'),
    cohort = coalesce((SELECT v.cohort FROM reports r JOIN devices v ON v.key_id = r.key_id WHERE r.case_id = cases.id ORDER BY r.seq LIMIT 1), '');

-- Two comparisons less for each case that is counted. A test keeps the states equal to the table's.
ALTER TABLE cases ADD COLUMN day TEXT GENERATED ALWAYS AS (substr(opened_at, 1, 10)) VIRTUAL;
ALTER TABLE cases ADD COLUMN stands INTEGER GENERATED ALWAYS AS (state IN ('confirmed', 'notice_pending', 'on_hold', 'notified', 'acknowledged',
    'removed', 'restricted', 'refused', 'no_response', 'complaint', 'reinstated', 'closed')) VIRTUAL;

-- Every figure by one column walks this, and no case is read.
CREATE INDEX cases_trends ON cases (day, main_group, marketplace, country, language, stands, decide_s, tell_s, remove_s, relisted, cohort);

-- What a case's reports name, as often as they like: trade terms and methods, by their codes and ids. Nothing here is sealed, so
-- whatever has another form stays out.
CREATE TABLE case_facts (
    kind    TEXT NOT NULL CHECK (kind IN ('product', 'method')),
    case_id INTEGER NOT NULL REFERENCES cases (id),
    value   TEXT NOT NULL,
    PRIMARY KEY (kind, case_id, value)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO case_facts (kind, case_id, value) SELECT 'product', r.case_id, j.value FROM reports r,
    json_each(CASE WHEN json_valid(CAST(r.body AS TEXT)) THEN CAST(r.body AS TEXT) ELSE '{}' END, '$.assessment.commodities') j WHERE j.type = 'text' AND j.value GLOB '[A-Z][A-Z][A-Z]';
INSERT OR IGNORE INTO case_facts (kind, case_id, value) SELECT 'method', r.case_id, j.value FROM reports r,
    json_each(CASE WHEN json_valid(CAST(r.body AS TEXT)) THEN CAST(r.body AS TEXT) ELSE '{}' END, '$.assessment.methods') j WHERE j.type = 'text'
    AND length(j.value) BETWEEN 1 AND 64 AND j.value NOT GLOB '*[^a-z0-9._-]*';
INSERT OR IGNORE INTO case_facts (kind, case_id, value) SELECT 'method', r.case_id, j.value FROM reports r,
    json_each(CASE WHEN json_valid(CAST(r.body AS TEXT)) THEN CAST(r.body AS TEXT) ELSE '{}' END, '$.methods_ticked') j WHERE j.type = 'text'
    AND length(j.value) BETWEEN 1 AND 64 AND j.value NOT GLOB '*[^a-z0-9._-]*';

CREATE INDEX suggestions_by_time ON suggestions (received_at);

-- What the company last decided after a notice: of what happened to the case from this notice on until the next one went.
ALTER TABLE notices ADD COLUMN action TEXT NOT NULL DEFAULT '' CHECK (action IN ('', 'acknowledge', 'remove', 'restrict', 'refuse', 'reinstate'));
ALTER TABLE notices ADD COLUMN action_at TEXT NOT NULL DEFAULT '';
-- The company wrote in the file that came back: 1 the notice was wrong, 0 it was not.
ALTER TABLE notices ADD COLUMN false_positive INTEGER;

-- A reviewer who found the listing up again says nothing of what the company decided.
UPDATE notices SET action = coalesce((SELECT d.decision FROM decisions d WHERE d.case_id = notices.case_id AND d.at >= notices.sent_at
        AND d.decision IN ('acknowledge', 'remove', 'restrict', 'refuse', 'reinstate')
        AND NOT EXISTS (SELECT 1 FROM notices m WHERE m.case_id = notices.case_id AND m.sent_seq > notices.sent_seq AND m.sent_at <= d.at)
        AND NOT (d.decision = 'reinstate' AND EXISTS (SELECT 1 FROM checks k WHERE k.case_id = d.case_id AND k.at = d.at AND k.outcome = 'up'))
        ORDER BY d.version DESC LIMIT 1), '') WHERE state = 'sent';
UPDATE notices SET action_at = coalesce((SELECT max(d.at) FROM decisions d WHERE d.case_id = notices.case_id AND d.at >= notices.sent_at
        AND d.decision = notices.action
        AND NOT EXISTS (SELECT 1 FROM notices m WHERE m.case_id = notices.case_id AND m.sent_seq > notices.sent_seq AND m.sent_at <= d.at)), '')
    WHERE action <> '';

-- The newest answers of a company, for the share that it refused.
CREATE INDEX notices_answered ON notices (company_id, action_at) WHERE action_at <> '';
CREATE INDEX notices_sent ON notices (sent_at) WHERE sent_at IS NOT NULL;

-- The action plan: every version of every goal, the newest in force. Nothing of it is ever changed or removed.
CREATE TABLE plan_goals (
    goal        INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    title       TEXT NOT NULL,
    indicator   TEXT NOT NULL,
    baseline    TEXT NOT NULL,
    target      TEXT NOT NULL,
    -- By year, JSON: what was reached.
    notes       TEXT NOT NULL,
    -- 1: the goal was given up with this version.
    ended       INTEGER NOT NULL,
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    at          TEXT NOT NULL,
    PRIMARY KEY (goal, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER plan_goals_never_change BEFORE UPDATE ON plan_goals BEGIN SELECT RAISE(ABORT, 'the plan keeps its history'); END;
CREATE TRIGGER plan_goals_stay BEFORE DELETE ON plan_goals BEGIN SELECT RAISE(ABORT, 'the plan keeps its history'); END;

-- What was published of a year, as it was published: two states of one year laid side by side would tell single cases apart.
CREATE TABLE published_years (
    year        INTEGER PRIMARY KEY,
    tables      TEXT NOT NULL,
    reviewer_id INTEGER NOT NULL REFERENCES reviewers (id),
    at          TEXT NOT NULL
) STRICT;

CREATE TRIGGER published_years_never_change BEFORE UPDATE ON published_years BEGIN SELECT RAISE(ABORT, 'a published year stays as it is'); END;
CREATE TRIGGER published_years_stay BEFORE DELETE ON published_years BEGIN SELECT RAISE(ABORT, 'a published year stays as it is'); END;
