//! What the queue is asked for: read from its address, checked, and written back in one form. A kept view is this form.

use super::words;
use crate::store::alike::groups::Groups;
use crate::store::queue::{Behind, Facets, Filter};
use crate::store::{parse_word, word};
use crate::{clock, places};
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::{CaseState, Group, Level};
use std::fmt::Write as _;

/// Ages that can be chosen, in days.
const AGES: [(i64, &str); 4] = [(1, "a day"), (3, "three days"), (7, "a week"), (30, "a month")];
/// Levels that can be chosen.
const LEVELS: [(Level, &str); 3] =
    [(Level::Likely, "Likely"), (Level::Possible, "Possible"), (Level::None, "Not flagged")];

/// The address's questions. What cannot be read counts as not asked.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
    group: String,
    level: String,
    marketplace: String,
    country: String,
    language: String,
    age: String,
    mine: String,
    deferred: String,
    alike: String,
    after: String,
    /// Every row is chosen already.
    pub all: String,
    /// The case that was just decided.
    pub done: String,
}

/// The same, checked: only words of the vocabulary, names and numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// One state; absent: all that are open.
    pub state: Option<CaseState>,
    /// Only what was put off.
    pub deferred: bool,
    /// Only what was given to whoever looks.
    pub mine: bool,
    group: String,
    level: Option<Level>,
    marketplace: String,
    country: String,
    language: String,
    age: i64,
    /// Only open cases that share pictures.
    pub alike: Option<Sharing>,
    /// Where the page begins.
    pub behind: Option<Behind>,
}

/// With which cases a case shares pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// With any.
    Any,
    /// With those in the group of this one.
    Of(i64),
}

impl Sharing {
    fn read(text: &str) -> Option<Self> {
        if text == "any" {
            return Some(Self::Any);
        }
        text.parse().ok().filter(|id| *id > 0).map(Self::Of)
    }

    fn word(self) -> String {
        match self {
            Self::Any => "any".to_owned(),
            Self::Of(id) => id.to_string(),
        }
    }
}

fn behind(text: &str) -> Option<Behind> {
    let (priority, id) = text.split_once('.')?;
    Some(Behind { priority: priority.parse().ok()?, id: id.parse().ok()? })
}

impl Wanted {
    /// Reads what was asked.
    #[must_use]
    pub fn read(asked: Asked) -> Self {
        let host = |h: &String| {
            h.len() <= 253
                && h.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
        };
        let country = |c: &String| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase());
        let state: Option<CaseState> = parse_word(asked.state).ok();
        Self {
            state,
            deferred: asked.deferred == "1" && state.is_none(),
            mine: asked.mine == "1",
            group: parse_word::<Group>(asked.group).map(|g| word(&g)).unwrap_or_default(),
            level: parse_word(asked.level).ok(),
            marketplace: Some(asked.marketplace).filter(host).unwrap_or_default(),
            country: Some(asked.country).filter(country).unwrap_or_default(),
            language: places::language(&asked.language),
            age: asked.age.parse().ok().filter(|age| AGES.iter().any(|(days, _)| days == age)).unwrap_or(0),
            alike: Sharing::read(&asked.alike),
            behind: behind(&asked.after),
        }
    }

    /// For the store. `groups` are those of open cases that share pictures.
    #[must_use]
    pub fn filter(&self, reviewer_id: i64, now: time::OffsetDateTime, groups: &Groups) -> Filter {
        let opened_until =
            if self.age == 0 { String::new() } else { clock::stamp(now - time::Duration::days(self.age)) };
        Filter {
            state: self.state,
            group: self.group.clone(),
            level: self.level,
            marketplace: self.marketplace.clone(),
            country: self.country.clone(),
            language: self.language.clone(),
            opened_until,
            assigned_to: if self.mine { reviewer_id } else { 0 },
            deferred: self.deferred,
            only: self.alike.map(|with| match with {
                Sharing::Any => groups.iter().flatten().copied().collect(),
                Sharing::Of(id) => groups.iter().find(|group| group.contains(&id)).cloned().unwrap_or_default(),
            }),
            behind: self.behind.unwrap_or(Behind::START),
            now: clock::stamp(now),
        }
    }

    /// The part of the address behind the question mark, without where the page begins. Every value is one that needs no escape.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = String::new();
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                let and = if query.is_empty() { "" } else { "&" };
                let _ = write!(query, "{and}{name}={value}");
            }
        };
        add("state", &self.state.as_ref().map(word).unwrap_or_default());
        add("deferred", if self.deferred { "1" } else { "" });
        add("group", &self.group);
        add("level", &self.level.as_ref().map(word).unwrap_or_default());
        add("marketplace", &self.marketplace);
        add("country", &self.country);
        add("language", &self.language);
        add("age", &if self.age == 0 { String::new() } else { self.age.to_string() });
        add("mine", if self.mine { "1" } else { "" });
        add("alike", &self.alike.map(Sharing::word).unwrap_or_default());
        query
    }

    /// The address of a page that begins there.
    #[must_use]
    pub fn address(&self, behind: Option<Behind>) -> String {
        let mut query = self.query();
        if let Some(Behind { priority, id }) = behind {
            let and = if query.is_empty() { "" } else { "&" };
            let _ = write!(query, "{and}after={priority}.{id}");
        }
        if query.is_empty() { "/console".to_owned() } else { format!("/console?{query}") }
    }

    /// The address of this very page, with every row chosen.
    #[must_use]
    pub fn with_all(&self) -> String {
        let here = self.address(self.behind);
        format!("{here}{}all=1", if here.contains('?') { '&' } else { '?' })
    }

    /// The same filter, at another state.
    #[must_use]
    pub fn at(&self, state: Option<CaseState>, deferred: bool) -> Self {
        Self { state, deferred, behind: None, ..self.clone() }
    }

    /// Whether more is asked than a state and a group.
    fn is_narrow(&self) -> bool {
        *self
            != Self {
                state: self.state,
                deferred: self.deferred,
                group: self.group.clone(),
                behind: self.behind,
                ..Self::default()
            }
    }

    /// The form: the group always, the rest unfolded where it is in use.
    pub fn form(&self, facets: &Facets) -> Markup {
        let plain = |v: &str| words::plain(v);
        let same = |v: &str| v.to_owned();
        let level = self.level.as_ref().map(word).unwrap_or_default();
        html! {
            form.narrow-by method="get" action="/console" {
                @if let Some(s) = self.state { input type="hidden" name="state" value=(word(&s)); }
                @if self.deferred { input type="hidden" name="deferred" value="1"; }
                (choice("Group", "group", &self.group, &facets.groups, plain))
                details open[self.is_narrow()] {
                    summary { "More filters" }
                    div.fields {
                        label { span { "Detector" } select name="level" { option value="" { "All" } @for (l, name) in LEVELS { option value=(word(&l)) selected[word(&l) == level] { (name) } } } }
                        (choice("Marketplace", "marketplace", &self.marketplace, &facets.marketplaces, same))
                        (choice("Country", "country", &self.country, &facets.countries, same))
                        (choice("Language", "language", &self.language, &facets.languages, same))
                        label { span { "Waiting for more than" } select name="age" { option value="" { "any time" } @for (days, name) in AGES { option value=(days) selected[days == self.age] { (name) } } } }
                        label.check { input type="checkbox" name="alike" value=(self.alike.unwrap_or(Sharing::Any).word()) checked[self.alike.is_some()]; span {
                            @if let Some(Sharing::Of(id)) = self.alike { "Shares pictures with case " (id) } @else { "Shares a picture with another open case" }
                        } }
                        label.check { input type="checkbox" name="mine" value="1" checked[self.mine]; span { "Given to me" } }
                    }
                    p { a href="/console/alike" { "Cases that share pictures, in groups" } }
                }
                button { "Show" }
            }
        }
    }
}

/// One filter. What is asked for can be chosen although no open case has it any more.
fn choice(label: &str, name: &str, asked: &str, values: &[String], words: impl Fn(&str) -> String) -> Markup {
    html! {
        label { span { (label) }
            select name=(name) {
                option value="" { "All" }
                @for v in values { option value=(v) selected[*v == asked] { (words(v)) } }
                @if !asked.is_empty() && !values.iter().any(|v| *v == asked) { option value=(asked) selected { (words(asked)) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_back_and_nothing_foreign_gets_into_it() {
        let asked = |query: &str| -> Wanted {
            let asked: Asked = serde_urlencoded_like(query);
            Wanted::read(asked)
        };
        let all = "state=queued&group=parrots&level=likely&marketplace=market.example&country=DE&language=de&age=7&mine=1&alike=12";
        assert_eq!(asked(all).query(), all);
        assert_eq!(asked(&format!("{all}&after=9.12")).behind, Some(Behind { priority: 9, id: 12 }));
        assert_eq!(asked("deferred=1&alike=any").query(), "deferred=1&alike=any");
        let foreign = "state=<b>&group=\"&level=x&marketplace=a/b&country=de&language=<i>&age=8&mine=yes&deferred=2&alike=-1&after=x";
        assert_eq!(asked(foreign), Wanted::default());
    }

    fn serde_urlencoded_like(query: &str) -> Asked {
        let pairs = query.split('&').filter_map(|p| p.split_once('='));
        let map: serde_json::Map<String, serde_json::Value> = pairs.map(|(k, v)| (k.to_owned(), v.into())).collect();
        serde_json::from_value(map.into()).unwrap()
    }
}
