//! Who may do what in the console: one table of every route behind the login. What is not in it is refused.
//!
//! Owns the roles and the table; the session asks it for every request, pages ask it what to offer. Companies and agencies have
//! no account: a company answers through the link in its notice, an agency through the link of its referral.

use serde::{Deserialize, Serialize};

/// What a person at the console is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the programme's server: everything, leads included.
    Admin,
    /// Leads the programme: people, companies, spotters who were contacted, and all that reviewers do.
    Lead,
    /// Decides cases and writes notices.
    Reviewer,
    /// Teaches: sees what a class knows, and weighs suggested terms.
    Trainer,
    /// Reads cases and notices, and changes nothing.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Admin, Self::Lead, Self::Reviewer, Self::Trainer, Self::Auditor];

    /// Where they begin after the login.
    #[must_use]
    pub const fn home(self) -> &'static str {
        match self {
            Self::Trainer => "/console/class",
            _ => "/console",
        }
    }

    /// The roles that this one invites people to, and whose access it may end.
    #[must_use]
    pub const fn manages(self) -> &'static [Self] {
        match self {
            Self::Admin => &Self::ALL,
            Self::Lead => &[Self::Reviewer, Self::Trainer, Self::Auditor],
            _ => &[],
        }
    }

    /// Whether this role may ask for a route, by its pattern.
    #[must_use]
    pub fn may(self, method: &str, route: &str) -> bool {
        let method = if method == "HEAD" { "GET" } else { method };
        TABLE.iter().any(|(m, r, roles)| *m == method && *r == route && roles.contains(&self))
    }
}

const ALL: &[Role] = &Role::ALL;
const ADMINS: &[Role] = &[Role::Admin];
const LEADS: &[Role] = &[Role::Admin, Role::Lead];
const DECIDE: &[Role] = &[Role::Admin, Role::Lead, Role::Reviewer];
const TERMS: &[Role] = &[Role::Admin, Role::Lead, Role::Reviewer, Role::Trainer];
const CLASS: &[Role] = &[Role::Admin, Role::Lead, Role::Trainer];
const READ: &[Role] = &[Role::Admin, Role::Lead, Role::Reviewer, Role::Auditor];

/// Every route behind the login: method, pattern, and who may.
pub const TABLE: &[(&str, &str, &[Role])] = &[
    ("GET", "/console", READ),
    ("GET", "/console/search", READ),
    ("GET", "/console/alike", READ),
    ("POST", "/console/views", READ),
    ("POST", "/console/views/{id}/drop", READ),
    // Several at once, where nothing is confirmed.
    ("POST", "/console/bulk", DECIDE),
    ("POST", "/console/bulk/do", DECIDE),
    ("GET", "/console/bulk/{id}", READ),
    ("POST", "/console/bulk/{id}/undo", DECIDE),
    ("POST", "/console/logout", ALL),
    ("GET", "/console/keys", ALL),
    ("POST", "/console/keys", ALL),
    ("GET", "/console/cases/{id}", READ),
    // Opening the evidence is remembered: it is the first half of a decision.
    ("GET", "/console/cases/{id}/evidence", DECIDE),
    ("GET", "/console/pictures/{sha256}", DECIDE),
    ("POST", "/console/cases/{id}/decide", DECIDE),
    ("POST", "/console/cases/{id}/defer", DECIDE),
    ("POST", "/console/cases/{id}/assign", DECIDE),
    ("POST", "/console/cases/{id}/notes", DECIDE),
    // A known case looks like any other; what is known of all of them is the leads' to say.
    ("GET", "/console/gold", DECIDE),
    ("POST", "/console/gold", LEADS),
    ("GET", "/console/gold/{id}", DECIDE),
    ("GET", "/console/gold/{id}/evidence", DECIDE),
    ("GET", "/console/gold/{id}/next", DECIDE),
    ("POST", "/console/gold/{id}", DECIDE),
    ("POST", "/console/cases/{id}/gold", LEADS),
    ("GET", "/console/cases/{id}/notice", DECIDE),
    ("POST", "/console/cases/{id}/notice", DECIDE),
    ("POST", "/console/cases/{id}/notice/withdraw", DECIDE),
    ("POST", "/console/cases/{id}/hold", DECIDE),
    ("POST", "/console/cases/{id}/referral", DECIDE),
    ("GET", "/console/referrals", READ),
    ("GET", "/console/referrals/{id}", READ),
    ("POST", "/console/referrals/{id}/step", DECIDE),
    ("POST", "/console/referrals/{id}/package", DECIDE),
    ("POST", "/console/referrals/{id}/link", DECIDE),
    ("POST", "/console/reports/{number}/package", DECIDE),
    ("GET", "/console/checks", DECIDE),
    ("POST", "/console/checks/{id}", DECIDE),
    ("GET", "/console/notices", READ),
    ("GET", "/console/notices/{id}", READ),
    ("GET", "/console/notices/{id}/pdf", READ),
    ("POST", "/console/notices/{id}/approve", DECIDE),
    ("POST", "/console/notices/{id}/try", DECIDE),
    ("GET", "/console/companies", LEADS),
    ("POST", "/console/companies", LEADS),
    ("GET", "/console/companies/{id}", LEADS),
    ("POST", "/console/companies/{id}/clauses", LEADS),
    ("POST", "/console/companies/{id}/secrets", LEADS),
    ("POST", "/console/companies/{id}/returned", LEADS),
    ("GET", "/console/terms", TERMS),
    ("POST", "/console/terms/{seq}/decide", TERMS),
    ("GET", "/console/contacts", LEADS),
    ("POST", "/console/contacts/{seq}/done", LEADS),
    ("GET", "/console/privacy", LEADS),
    ("POST", "/console/privacy", LEADS),
    ("GET", "/console/privacy/{id}", LEADS),
    ("POST", "/console/privacy/{id}/export", LEADS),
    ("POST", "/console/privacy/{id}/erase", LEADS),
    ("POST", "/console/privacy/{id}/answered", LEADS),
    ("POST", "/console/privacy/{id}/refuse", LEADS),
    ("POST", "/console/cases/{id}/keep", LEADS),
    ("GET", "/console/rounds", ALL),
    ("GET", "/console/class", CLASS),
    ("GET", "/console/class.csv", CLASS),
    ("GET", "/console/surveys", LEADS),
    ("POST", "/console/surveys", LEADS),
    ("GET", "/console/surveys/{id}", LEADS),
    ("POST", "/console/surveys/{id}/start", LEADS),
    ("POST", "/console/surveys/{id}/amend", LEADS),
    ("GET", "/console/surveys/{id}/preregistration.txt", LEADS),
    ("GET", "/console/surveys/{id}/results", LEADS),
    ("GET", "/console/surveys/{id}/tables/{name}", LEADS),
    ("GET", "/console/surveys/{id}/charts/{name}", LEADS),
    ("GET", "/console/surveys/{id}/public.zip", LEADS),
    ("GET", "/console/surveys/{id}/archive.zip", LEADS),
    ("GET", "/console/surveys/{id}/adjudicate", LEADS),
    ("POST", "/console/surveys/{id}/adjudicate", LEADS),
    ("POST", "/console/surveys/{id}/rates", LEADS),
    ("POST", "/console/surveys/{id}/freeze", LEADS),
    // Figures name no reviewer and no spotter; whoever reads cases reads what they add up to.
    ("GET", "/console/trends", READ),
    ("GET", "/console/trends/tables/{name}", READ),
    ("GET", "/console/trends/charts/{name}", READ),
    ("GET", "/console/trends/imported", READ),
    ("GET", "/console/trends/imported/{name}", READ),
    ("GET", "/console/imports", LEADS),
    ("POST", "/console/imports", LEADS),
    ("GET", "/console/trends/article22", READ),
    ("GET", "/console/trends/article22/{name}", READ),
    ("GET", "/console/trends/years", READ),
    ("GET", "/console/trends/years/{id}", READ),
    ("POST", "/console/trends/years/{id}", LEADS),
    ("GET", "/console/trends/plan", READ),
    ("GET", "/console/trends/plan.csv", READ),
    ("GET", "/console/trends/plan/{id}", READ),
    ("POST", "/console/trends/plan", LEADS),
    ("GET", "/console/people", LEADS),
    ("POST", "/console/people/invite", LEADS),
    ("POST", "/console/people/{id}/role", LEADS),
    // Who speaks, and for whom somebody speaks: whoever runs the server sets it.
    ("POST", "/console/people/{id}/organisation", ADMINS),
    ("GET", "/console/organisations", LEADS),
    ("POST", "/console/organisations", ADMINS),
    ("GET", "/console/organisations/{id}", LEADS),
    ("POST", "/console/organisations/{id}/retire", ADMINS),
    ("POST", "/console/people/{id}/end", LEADS),
    ("POST", "/console/people/{id}/reset", LEADS),
    ("POST", "/console/people/{id}/passkeys/end", LEADS),
    ("GET", "/console/wellbeing", ALL),
    ("POST", "/console/wellbeing", ALL),
    ("GET", "/console/second", ALL),
    ("POST", "/console/second/start", ALL),
    ("POST", "/console/second/begin", ALL),
    ("POST", "/console/second/end", ALL),
    ("POST", "/console/passkeys/add/ask", ALL),
    ("POST", "/console/passkeys/add", ALL),
    ("POST", "/console/passkeys/{id}/end", ALL),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_stands_once_and_an_admin_may_all() {
        for (n, (method, route, roles)) in TABLE.iter().enumerate() {
            assert!(!TABLE[..n].iter().any(|(m, r, _)| (m, r) == (method, route)), "{method} {route} stands twice");
            assert!(roles.contains(&Role::Admin), "{method} {route}");
        }
        assert!(!Role::Admin.may("GET", "/console/nothing") && !Role::Admin.may("DELETE", "/console"));
        assert!(Role::Auditor.may("HEAD", "/console") && !Role::Auditor.may("POST", "/console/cases/{id}/decide"));
    }

    #[test]
    fn everybody_begins_where_they_may_be_and_nobody_makes_more_than_they_are() {
        for role in Role::ALL {
            assert!(role.may("GET", role.home()), "{role:?}");
            assert_eq!(role.may("POST", "/console/people/invite"), !role.manages().is_empty(), "{role:?}");
            let reach = |r: Role| TABLE.iter().filter(|(m, p, _)| r.may(m, p)).count();
            assert!(role.manages().iter().all(|r| reach(*r) <= reach(role)), "{role:?}");
        }
    }
}
