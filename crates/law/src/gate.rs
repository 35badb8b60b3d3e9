//! Which surface may show which rule.
//!
//! Owns: the one table of it, and the two types through which a rule's text can be read. A notice or a public page is
//! written from [`Quoted`], the panel and the console from [`Mentioned`]. Neither can be made outside this module:
//!
//! ```compile_fail
//! let rule = &spotter_law::built_in().rules()[0];
//! let quoted = spotter_law::Quoted { rule };
//! ```
//!
//! and what a rule asks cannot be read past them:
//!
//! ```compile_fail
//! let rule = &spotter_law::built_in().rules()[0];
//! println!("{}", rule.asks);
//! ```
//!
//! Through the gate:
//!
//! ```
//! let today = "2026-11-27".parse().unwrap();
//! let rule = spotter_law::built_in().rules().iter().find(|r| r.id() == "gb.ivory.dealing").unwrap();
//! assert!(spotter_law::Quoted::of(rule, today).unwrap().asks().ends_with('.'));
//! ```

use crate::{Act, Exempt, Rule, Source, Status};
use spotter_model::Date;

/// Where words about a rule may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Surface {
    /// The extension's panel.
    Panel,
    /// The console, before a reviewer.
    Console,
    /// A notice to a company.
    Notice,
    /// A page that anybody may read.
    PublicPage,
}

impl Surface {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Panel, Self::Console, Self::Notice, Self::PublicPage];
}

/// Whether a rule of this status, with this end, may stand there on that day. The only place that decides it.
#[must_use]
pub fn may_reach(surface: Surface, status: Status, expires: Date, today: Date) -> bool {
    match surface {
        Surface::Panel | Surface::Console => status != Status::Unverified,
        Surface::Notice | Surface::PublicPage => status == Status::Primary && today < expires,
    }
}

/// How a rule stands where it is shown to somebody who can judge it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Read in its own text, not long ago.
    Read,
    /// Known through somebody else.
    According,
    /// Read too long ago: to be checked.
    Check,
}

/// A rule that may stand in a notice and on a public page: read in its own text, with article and date, not expired.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a> {
    rule: &'a Rule,
}

/// A rule that may stand in panel and console: read by somebody. Says how well it is known.
#[derive(Clone, Copy, Debug)]
pub struct Mentioned<'a> {
    rule: &'a Rule,
    standing: Standing,
}

impl<'a> Quoted<'a> {
    /// The rule, where it may be quoted on that day.
    #[must_use]
    pub fn of(rule: &'a Rule, today: Date) -> Option<Self> {
        let both = [Surface::Notice, Surface::PublicPage];
        let may = both.iter().all(|s| may_reach(*s, rule.status, rule.expires, today));
        (may && rule.text_date.is_some() && !rule.source.article.is_empty()).then_some(Self { rule })
    }

    /// The date of the text that was read.
    #[must_use]
    pub fn text_date(self) -> Date {
        // `of` lets no rule in without one.
        self.rule.text_date.unwrap_or(self.rule.checked_on)
    }

    /// "Ivory Act 2018, sections 1 and 12, text of 2025-02-07".
    #[must_use]
    pub fn citation(self) -> String {
        format!("{}, {}, text of {}", self.rule.source.title, self.rule.source.article, self.text_date())
    }
}

impl<'a> Mentioned<'a> {
    /// The rule, where it may be mentioned.
    #[must_use]
    pub fn of(rule: &'a Rule, today: Date) -> Option<Self> {
        let both = [Surface::Panel, Surface::Console];
        if !both.iter().all(|s| may_reach(*s, rule.status, rule.expires, today)) {
            return None;
        }
        let standing = match rule.status {
            _ if rule.expires <= today => Standing::Check,
            Status::Primary => Standing::Read,
            Status::Secondary | Status::Unverified => Standing::According,
        };
        Some(Self { rule, standing })
    }

    /// How well it is known.
    #[must_use]
    pub fn standing(self) -> Standing {
        self.standing
    }

    /// What it asks, worded as well as it is known.
    #[must_use]
    pub fn wording(self) -> String {
        let asks = &self.rule.asks;
        let according = || format!("According to {}: {asks}", self.rule.source.title);
        match (self.standing, self.rule.status) {
            (Standing::Read, _) => asks.clone(),
            (Standing::According, _) => according(),
            (Standing::Check, Status::Primary) => {
                format!("To be checked, it was read on {}: {asks}", self.rule.checked_on)
            }
            (Standing::Check, _) => format!("To be checked, it was read on {}. {}", self.rule.checked_on, according()),
        }
    }

    /// "Ivory Act 2018, sections 1 and 12, text of 2025-02-07", as far as it is known.
    #[must_use]
    pub fn citation(self) -> String {
        let source = &self.rule.source;
        let date = self.rule.text_date.map(|d| format!(", text of {d}")).unwrap_or_default();
        format!("{}, {}{date}", source.title, source.article)
    }
}

/// What both kinds tell of a rule.
macro_rules! told {
    ($($kind:ident),*) => { $(impl<'a> $kind<'a> {
        /// Its id.
        #[must_use]
        pub fn id(self) -> &'a str {
            &self.rule.id
        }

        /// The country, or `EU`.
        #[must_use]
        pub fn country(self) -> &'a str {
            &self.rule.country
        }

        /// The part of the country that it holds in.
        #[must_use]
        pub fn region(self) -> Option<&'a str> {
            self.rule.region.as_deref()
        }

        /// What it leaves open, in one sentence.
        #[must_use]
        pub fn open(self) -> Option<&'a str> {
            self.rule.open.as_deref()
        }

        /// What it speaks of.
        #[must_use]
        pub fn acts(self) -> &'a [Act] {
            &self.rule.acts
        }

        /// Since when it applies, where that is held.
        #[must_use]
        pub fn in_force(self) -> Option<Date> {
            self.rule.in_force
        }

        /// Where it stands.
        #[must_use]
        pub fn source(self) -> &'a Source {
            &self.rule.source
        }

        /// Claims that free an offer, with what shows them.
        #[must_use]
        pub fn exempt(self) -> &'a [Exempt] {
            &self.rule.exempt
        }

        /// Who checked it, as a role, and when.
        #[must_use]
        pub fn checked(self) -> (&'a str, Date) {
            (&self.rule.checked_by, self.rule.checked_on)
        }

        /// Whether it speaks of a group by name.
        #[must_use]
        pub fn names(self, group: spotter_model::Group) -> bool {
            self.rule.groups.contains(&group)
        }
    })* };
}
told!(Quoted, Mentioned);

impl<'a> Quoted<'a> {
    /// What it asks, in one sentence.
    #[must_use]
    pub fn asks(self) -> &'a str {
        &self.rule.asks
    }
}
