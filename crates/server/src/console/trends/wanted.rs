//! Which time and which round trends are asked for: read from the address, checked, and written back in one form.

use crate::console::text;
use crate::store::trends::Range;
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::Date;
use spotter_model::programme::Round;

/// Days that are shown where nothing is asked: a year of whole weeks.
const DAYS: i64 = 364;

/// The address's questions. What cannot be read counts as not asked.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: String,
    until: String,
    round: String,
}

/// The same, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// The round's id; empty: none in particular.
    round: String,
    cohorts: Vec<String>,
}

/// So many days later or earlier; the day itself beyond the calendar.
fn shifted(day: Date, days: i64) -> Date {
    let moved =
        crate::clock::read(&format!("{day}T00:00:00Z")).and_then(|at| at.checked_add(time::Duration::days(days)));
    moved.map_or(day, crate::clock::date)
}

impl Wanted {
    /// Reads what was asked. A round brings its days and its cohorts; where no round is asked, days are as they were asked,
    /// in either order.
    #[must_use]
    pub fn read(asked: &Asked, rounds: &[Round], today: Date) -> Self {
        if let Some(round) = rounds.iter().find(|r| !asked.round.is_empty() && r.id == asked.round) {
            return Self::of(round);
        }
        let until: Date = asked.until.parse().unwrap_or(today);
        let from: Date = asked.from.parse().unwrap_or_else(|_| shifted(until, -DAYS));
        Self { from: from.min(until), until: from.max(until), round: String::new(), cohorts: vec![] }
    }

    /// A round: its days and its cohorts.
    #[must_use]
    pub fn of(round: &Round) -> Self {
        Self { from: round.from, until: round.until, round: round.id.clone(), cohorts: round.cohorts.clone() }
    }

    /// For the store.
    #[must_use]
    pub fn range(&self) -> Range {
        Range { from: self.from.to_string(), to: shifted(self.until, 1).to_string(), cohorts: self.cohorts.clone() }
    }

    /// The part of an address from the question mark on. Every value is one that needs no escape.
    #[must_use]
    pub fn query(&self) -> String {
        match self.round.as_str() {
            "" => format!("?from={}&until={}", self.from, self.until),
            round => format!("?round={round}"),
        }
    }

    /// The form.
    pub fn form(&self, rounds: &[Round]) -> Markup {
        html! {
            div.filters {
                form.narrow-by method="get" action="/console/trends" {
                    label { span { "From" } input type="date" name="from" value=(self.from.to_string()); }
                    label { span { "until" } input type="date" name="until" value=(self.until.to_string()); }
                    @if !rounds.is_empty() {
                        label { span { "or round" } select name="round" {
                            option value="" { "None in particular" }
                            @for r in rounds { option value=(r.id) selected[r.id == self.round] { (text::line(&r.name, 80)) } }
                        } }
                    }
                    button { "Show" }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_rounds_and_nonsense() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let round: Round = serde_json::from_value(serde_json::json!({
            "id": "autumn-2026", "name": "Autumn", "from": "2026-09-01", "until": "2026-09-28", "cohorts": ["a", "b"],
        }))
        .unwrap();
        let rounds = [round];
        let read = |from: &str, until: &str, round: &str| {
            let asked = Asked { from: from.into(), until: until.into(), round: round.into() };
            Wanted::read(&asked, &rounds, day("2026-11-27"))
        };
        for (from, until, round, want) in [
            ("", "", "", "?from=2025-11-28&until=2026-11-27"),
            ("2026-01-05", "2026-02-01", "", "?from=2026-01-05&until=2026-02-01"),
            ("2026-02-01", "2026-01-05", "none", "?from=2026-01-05&until=2026-02-01"),
            ("'; --", "<b>", "\"><script>", "?from=2025-11-28&until=2026-11-27"),
            ("2026-01-05", "", "autumn-2026", "?round=autumn-2026"),
        ] {
            assert_eq!(read(from, until, round).query(), want);
        }
        let range = read("", "", "autumn-2026").range();
        assert_eq!((range.from.as_str(), range.to.as_str()), ("2026-09-01", "2026-09-29"));
        assert_eq!(range.cohorts, ["a", "b"]);
        assert_eq!(read("9999-12-31", "9999-12-31", "").range().to, "9999-12-31", "the calendar ends");
    }
}
