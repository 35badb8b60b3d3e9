-- A second factor at the login: codes from an app. Sealed; empty: none.
ALTER TABLE reviewers ADD COLUMN factor TEXT NOT NULL DEFAULT '';
-- Shown, and waiting for its first code.
ALTER TABLE reviewers ADD COLUMN factor_new TEXT NOT NULL DEFAULT '';
-- The last code's place in time: none is taken twice.
ALTER TABLE reviewers ADD COLUMN factor_step INTEGER NOT NULL DEFAULT 0;
