//! Which case comes first, and why. Owns: the reasons, their points, and when each holds; knows no database.
//!
//! Cases with more points come first, and the oldest first among equals. A place is worked out when a report comes, from
//! what is known then; only the waiting adds to it later. It orders the queue and decides nothing.

use spotter_model::programme::Round;
use spotter_model::{Date, Group, Level};

/// A case that has waited so many days comes before fresh ones of its kind.
pub const WAITED_DAYS: i64 = 7;
/// Decided reports from which a spotter's standing counts, and the share of them that has to be confirmed, in percent.
const ACCURATE: (i64, i64) = (10, 80);

/// A reason for a case's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The detector says likely.
    Likely,
    /// The detector says possible.
    Possible,
    /// A round that runs looks for just this.
    Focus,
    /// A spotter reported it who is confirmed most of the time.
    Accurate,
    /// The detector had missed it.
    Missed,
    /// Reported more than once.
    Several,
    /// It has waited for longer than [`WAITED_DAYS`].
    Waited,
}

impl Reason {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] =
        [Self::Waited, Self::Focus, Self::Likely, Self::Possible, Self::Missed, Self::Accurate, Self::Several];

    /// As it is stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Possible => "possible",
            Self::Focus => "focus",
            Self::Accurate => "accurate",
            Self::Missed => "missed",
            Self::Several => "several",
            Self::Waited => "waited",
        }
    }

    /// What it adds.
    #[must_use]
    pub const fn points(self) -> i64 {
        match self {
            Self::Likely => 4,
            Self::Focus | Self::Waited => 3,
            Self::Possible | Self::Accurate | Self::Missed => 2,
            Self::Several => 1,
        }
    }
}

/// What a place follows from.
#[derive(Clone, Copy, Debug)]
pub struct Grounds {
    /// What the detector says of the newest report.
    pub level: Level,
    /// A running round looks for it.
    pub focus: bool,
    /// One of its spotters is confirmed most of the time.
    pub accurate: bool,
    /// The detector had missed it.
    pub missed: bool,
    /// How many reports it has.
    pub reports: i64,
    /// It has waited for long.
    pub waited: bool,
}

impl Grounds {
    /// The reasons that hold.
    pub fn reasons(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().filter(move |reason| match reason {
            Reason::Likely => self.level == Level::Likely,
            Reason::Possible => self.level == Level::Possible,
            Reason::Focus => self.focus,
            Reason::Accurate => self.accurate,
            Reason::Missed => self.missed,
            Reason::Several => self.reports > 1,
            Reason::Waited => self.waited,
        })
    }

    /// The reasons as they are stored, and the sum of their points.
    #[must_use]
    pub fn place(self) -> (String, i64) {
        let words: Vec<&str> = self.reasons().map(Reason::word).collect();
        (words.join(" "), self.reasons().map(Reason::points).sum())
    }
}

/// Reads what [`Grounds::place`] wrote; what this version does not know is left out.
#[must_use]
pub fn read(words: &str) -> Vec<Reason> {
    Reason::ALL.into_iter().filter(|reason| words.split(' ').any(|word| word == reason.word())).collect()
}

/// Whether a spotter with so many confirmed of so many decided reports is confirmed most of the time.
#[must_use]
pub const fn is_accurate(confirmed: i64, decided: i64) -> bool {
    decided >= ACCURATE.0 && confirmed * 100 >= decided * ACCURATE.1
}

/// What a round is asked about.
pub struct Find<'a> {
    /// The likely groups.
    pub groups: &'a [Group],
    /// The listing's language, or empty.
    pub language: &'a str,
    /// The marketplace's host.
    pub marketplace: &'a str,
    /// The spotter's cohort.
    pub cohort: &'a str,
}

/// Whether a round that runs on this day looks for it. A round that looks for everything sets nothing apart.
#[must_use]
pub fn in_focus(rounds: &[Round], today: Date, find: &Find<'_>) -> bool {
    let host = find.marketplace.strip_prefix("www.").unwrap_or(find.marketplace);
    rounds.iter().any(|round| {
        let special = !(round.groups.is_empty() && round.languages.is_empty() && round.marketplaces.is_empty());
        special
            && round.from <= today
            && today <= round.until
            && (round.cohorts.is_empty() || round.cohorts.iter().any(|c| c == find.cohort))
            && (round.groups.is_empty() || find.groups.iter().any(|g| round.groups.contains(g)))
            && (round.languages.is_empty()
                || round.languages.iter().any(|l| crate::places::language(l) == find.language))
            && (round.marketplaces.is_empty() || round.marketplaces.iter().any(|m| m.host == host))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: Grounds =
        Grounds { level: Level::None, focus: false, accurate: false, missed: false, reports: 1, waited: false };

    #[test]
    fn a_place_can_be_read_back_and_more_reasons_come_first() {
        assert_eq!(BARE.place(), (String::new(), 0));
        let all = Grounds { level: Level::Likely, focus: true, accurate: true, missed: true, reports: 2, waited: true };
        let (words, points) = all.place();
        assert_eq!((words.as_str(), points), ("waited focus likely missed accurate several", 15));
        assert_eq!(read(&words), all.reasons().collect::<Vec<_>>());
        assert_eq!(read("likely of-a-newer-version"), [Reason::Likely]);
        let possible = Grounds { level: Level::Possible, ..BARE }.place().1;
        assert!(Grounds { level: Level::Likely, ..BARE }.place().1 > possible && possible > 0);
    }

    #[test]
    fn a_few_lucky_reports_make_no_standing() {
        assert!(!is_accurate(9, 9) && is_accurate(8, 10) && !is_accurate(79, 100) && !is_accurate(0, 0));
    }

    #[test]
    fn a_round_counts_on_its_days_for_its_cohort_and_only_where_it_looks_for_something() {
        let round: Round = serde_json::from_value(serde_json::json!({
            "id": "r", "name": "R", "from": "2026-11-01", "until": "2026-11-28", "cohorts": ["autumn"],
            "groups": ["elephant"], "languages": ["de-AT"], "marketplaces": [{ "host": "market.example" }],
        }))
        .unwrap();
        let day = |text: &str| text.parse::<Date>().unwrap();
        let groups = [Group::Elephant];
        let find = |language, marketplace, cohort| Find { groups: &groups, language, marketplace, cohort };
        let fits = |rounds: &[Round], on, find: &Find<'_>| in_focus(rounds, day(on), find);
        let rounds = [round.clone()];
        assert!(fits(&rounds, "2026-11-28", &find("de", "www.market.example", "autumn")));
        assert!(!fits(&rounds, "2026-11-29", &find("de", "market.example", "autumn")), "it is over");
        assert!(!fits(&rounds, "2026-11-28", &find("fr", "market.example", "autumn")));
        assert!(!fits(&rounds, "2026-11-28", &find("de", "other.example", "autumn")));
        assert!(!fits(&rounds, "2026-11-28", &find("de", "market.example", "spring")));
        let all = Round { cohorts: vec![], groups: vec![], languages: vec![], marketplaces: vec![], ..round };
        assert!(!fits(&[all], "2026-11-28", &find("de", "market.example", "autumn")), "everything is no focus");
    }
}
