//! The console's words for states, decisions and times. One place, so that pages cannot disagree.

use crate::clock;
use crate::ranking::Reason;
use crate::roles::Role;
use maud::{Markup, html};
use serde::Deserialize;
use spotter_model::marks;
use spotter_model::{Appendix, CaseState, Event, Level, TaxonMatch};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What the extension calls marks and groups: one vocabulary for spotters, trainers and reviewers.
static SENTENCES: LazyLock<HashMap<String, Sentence>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../extension/_locales/en/messages.json")).unwrap_or_default()
});

#[derive(Deserialize)]
struct Sentence {
    message: String,
}

/// An identification mark, or a group where none decides, in words; an id that this version does not know stays an id.
#[must_use]
pub fn mark(id: &str) -> String {
    let key = match marks::by_id(id) {
        Some(mark) => mark.key.to_owned(),
        None => format!("group_{}", id.replace('-', "_")),
    };
    SENTENCES.get(&key).map_or(id, |sentence| &sentence.message).to_owned()
}

/// A CITES trade term in words with its code; what is none stays as it is.
#[must_use]
pub fn product(code: &str) -> String {
    let known = SENTENCES.get(&format!("term_{}", code.to_lowercase()));
    known.map_or_else(|| code.to_owned(), |sentence| format!("{} ({code})", sentence.message))
}

/// A state in words.
#[must_use]
pub fn state(state: CaseState) -> &'static str {
    match state {
        CaseState::New => "New",
        CaseState::Queued => "Waiting again",
        CaseState::Confirmed => "Confirmed",
        CaseState::NeedsSecondOpinion => "Second opinion",
        CaseState::NotProhibited => "Not prohibited",
        CaseState::CannotTell => "Cannot tell",
        CaseState::DuplicateOf => "Duplicate",
        CaseState::OutOfScope => "Out of scope",
        CaseState::Invalid => "Invalid",
        CaseState::NoticePending => "Notice pending",
        CaseState::OnHold => "On hold",
        CaseState::Notified => "Company told",
        CaseState::Acknowledged => "Received by the company",
        CaseState::Removed => "Removed",
        CaseState::Restricted => "Restricted",
        CaseState::Refused => "Refused",
        CaseState::NoResponse => "No answer",
        CaseState::Complaint => "Complaint",
        CaseState::Reinstated => "Put back",
        CaseState::Corrected => "Notice taken back",
        CaseState::Closed => "Closed",
    }
}

/// What can happen, in words: its key where a reviewer presses it, its name, and what it means.
#[must_use]
pub fn event(event: Event) -> (&'static str, &'static str, &'static str) {
    match event {
        Event::Confirm => ("1", "Confirmed", "Likely protected and should not be there"),
        Event::ConfirmFirst => ("1", "Confirmed by the first of two", "A rule asks for a second reviewer"),
        Event::NotProhibited => ("2", "Not prohibited", "Fine where it is"),
        Event::CannotTell => ("3", "Cannot tell", "The evidence does not allow a decision"),
        Event::SecondOpinion => ("4", "Second opinion", "Ask another reviewer"),
        Event::OutOfScope => ("5", "Out of scope", "Not for this programme"),
        Event::Invalid => ("6", "Invalid", "Not a usable report"),
        Event::Reopen => ("7", "Take back", "The case waits again"),
        Event::Duplicate => ("8", "Duplicate", "The same offer as another case"),
        Event::Notice => ("s", "Notice written", "A notice to the company waits to go out"),
        Event::Withdraw => ("z", "Notice withdrawn", "The notice was taken back before it went"),
        Event::Hold => ("h", "Put on hold", "Nobody is told until the date"),
        Event::Release => ("h", "Hold ended", "The company may be told again"),
        Event::Send => ("", "Notice sent", "The company was told"),
        Event::Acknowledge => ("1", "Received", "The company says that it has the notice"),
        Event::Remove => ("2", "Removed", "The company took the listing down"),
        Event::Restrict => ("3", "Restricted", "The company hid it from some"),
        Event::Refuse => ("4", "Refused", "The company lets it stand"),
        Event::Silence => ("", "No answer in time", "The company let the time pass"),
        Event::Complain => ("5", "Complain", "The organisation complains about the decision"),
        Event::Reinstate => ("5", "Put back", "The company put the listing back"),
        Event::Correct => ("6", "Take the notice back", "The notice was wrong; the company reads it under its link"),
        Event::Relist => ("9", "There again", "The same listing stands there again"),
        Event::Close => ("8", "Close", "Nothing more is done"),
    }
}

/// Why a case stands where it stands, in short and in full. The level has a column of its own.
#[must_use]
pub fn reason(reason: Reason) -> Option<(&'static str, &'static str)> {
    match reason {
        Reason::Likely | Reason::Possible => None,
        Reason::Focus => Some(("round", "A round that runs looks for this")),
        Reason::Accurate => Some(("often right", "Reported by a spotter who is confirmed most of the time")),
        Reason::Missed => Some(("missed", "A spotter reported it; the detector had not flagged it")),
        Reason::Several => Some(("several", "Reported more than once")),
        Reason::Waited => Some(("long wait", "Has waited for more than a week")),
    }
}

/// A role in words, and what it may.
#[must_use]
pub fn role(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Admin => ("admin", "everything"),
        Role::Lead => ("lead", "people, companies, and all that reviewers do"),
        Role::Reviewer => ("reviewer", "decides cases and writes notices"),
        Role::Trainer => ("trainer", "weighs suggested terms"),
        Role::Auditor => ("auditor", "reads cases and notices"),
    }
}

/// A level as a chip: sign, word, colour; never colour alone.
#[must_use]
pub fn level(level: Level) -> Markup {
    let (class, sign, word) = match level {
        Level::Likely => ("likely", "filled", "Likely"),
        Level::Possible => ("possible", "outline", "Possible"),
        Level::None => ("unflagged", "dotted", "Not flagged"),
    };
    html! { span class={ "chip " (class) } { (super::layout::shield(sign)) (word) } }
}

/// How many of them.
#[must_use]
pub fn count(n: usize, one: &str, many: &str) -> String {
    match n {
        0 => format!("No {many}"),
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

/// A vocabulary's word as people write it.
#[must_use]
pub fn plain(word: &str) -> String {
    word.replace(['-', '_', '.', '/'], " ")
}

/// The meanings of the lexicon that this build knows: ids and labels, in order of ids.
const CONCEPTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/concept-labels.rs"));

/// What a meaning is, in words: the lexicon's label, a taxon's name, or the id where neither is known.
#[must_use]
pub fn concept(id: &str) -> String {
    if let Ok(at) = CONCEPTS.binary_search_by(|(known, _)| (*known).cmp(id)) {
        return CONCEPTS[at].1.to_owned();
    }
    if let Some(name) = id.strip_prefix("name.taxon.") {
        let name = plain(name);
        let mut letters = name.chars();
        return letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    }
    plain(id)
}

/// Whether the lexicon of this build has this meaning.
#[must_use]
pub fn is_concept(id: &str) -> bool {
    CONCEPTS.binary_search_by(|(known, _)| (*known).cmp(id)).is_ok()
}

/// The meanings that this build knows: ids and labels.
pub fn concepts() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    CONCEPTS.iter()
}

/// How a taxon is listed. Where populations differ, it says so instead of choosing.
#[must_use]
pub fn listings(taxon: &TaxonMatch) -> String {
    let mut appendices: Vec<Appendix> = taxon.listings.iter().map(|l| l.appendix).collect();
    appendices.sort_unstable();
    appendices.dedup();
    let name = |a: &Appendix| match a {
        Appendix::I => "I",
        Appendix::II => "II",
        Appendix::III => "III",
    };
    match appendices.as_slice() {
        [] => "no listing known on that day".to_owned(),
        [one] => format!("CITES {}", name(one)),
        [first @ .., last] => {
            format!(
                "CITES {} or {}, depends on origin",
                first.iter().map(name).collect::<Vec<_>>().join(", "),
                name(last)
            )
        }
    }
}

/// A stored time for people, with its zone.
#[must_use]
pub fn time(stamp: &str) -> Markup {
    let short = stamp.get(..16).unwrap_or(stamp).replace('T', " ");
    html! { time datetime=(stamp) { (short) " UTC" } }
}

/// How long ago, in one unit.
#[must_use]
pub fn ago(stamp: &str, now: time::OffsetDateTime) -> String {
    let Some(then) = clock::read(stamp) else { return String::new() };
    let minutes = (now - then).whole_minutes().max(0);
    match minutes {
        0 => "now".to_owned(),
        m @ 1..60 => format!("{m} min"),
        m @ 60..2880 => format!("{} h", m / 60),
        m => format!("{} d", m / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotter_model::CitesListing;

    #[test]
    fn split_listings_say_that_origin_decides() {
        let listing = |appendix| CitesListing { appendix, population: None, from: None, until: None };
        for (appendices, want) in [
            (vec![], "no listing known on that day"),
            (vec![Appendix::II], "CITES II"),
            (vec![Appendix::II, Appendix::I, Appendix::II], "CITES I or II, depends on origin"),
            (vec![Appendix::I, Appendix::II, Appendix::III], "CITES I, II or III, depends on origin"),
        ] {
            let taxon = TaxonMatch {
                id: String::new(),
                scientific_name: String::new(),
                listings: appendices.into_iter().map(listing).collect(),
            };
            assert_eq!(listings(&taxon), want);
        }
    }

    #[test]
    fn meanings_are_words() {
        assert!(CONCEPTS.is_sorted_by(|a, b| a.0 < b.0) && CONCEPTS.len() > 500);
        assert_eq!(concept("method.chat"), "moves the talk to a private chat");
        assert_eq!(concept("name.taxon.loxodonta-africana"), "Loxodonta africana");
        assert_eq!(concept("code.of-a-newer-lexicon"), "code of a newer lexicon");
        assert_eq!(concept("name.taxon."), "");
    }

    #[test]
    fn ages_have_one_unit() {
        let now = clock::read("2026-11-23T12:00:00Z").unwrap();
        for (stamp, want) in [
            ("2026-11-23T12:00:00.000Z", "now"),
            ("2026-11-23T11:15:00.000Z", "45 min"),
            ("2026-11-22T13:00:00.000Z", "23 h"),
            ("2026-11-20T12:00:00.000Z", "3 d"),
            ("2026-11-24T12:00:00.000Z", "now"),
        ] {
            assert_eq!(ago(stamp, now), want);
        }
    }
}
