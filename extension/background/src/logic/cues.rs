//! Which words of listings helped most: kept with each report as it is queued, counted once experts agreed.
//! They stay on this device; nothing of it is sent.

use super::outbox::Entry;
use serde::{Deserialize, Serialize};
use spotter_model::messages::Reason;
use spotter_model::{PublicStatus, limits};
use std::collections::BTreeMap;

/// What a report was found by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// The meaning's id.
    pub concept: String,
    /// The words as they stood in the listing.
    pub quote: String,
}

/// The strongest reasons that speak for a finding and rest on words.
#[must_use]
pub fn of(reasons: &[Reason]) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    for reason in reasons.iter().filter(|r| !r.against && !r.quote.is_empty()) {
        if cues.len() < limits::KEPT_CUES && cues.iter().all(|c| c.concept != reason.concept) {
            let quote = limits::cut(&reason.quote, limits::TERM_BYTES).to_owned();
            cues.push(Cue { concept: reason.concept.clone(), quote });
        }
    }
    cues
}

/// The words of the meaning that stands in most confirmed reports, as the newest of them wrote it, and in how many. A
/// meaning that helped once is no rule yet.
#[must_use]
pub fn best(entries: &[Entry]) -> Option<(String, u32)> {
    let agreed =
        |e: &&Entry| matches!(e.status, Some(PublicStatus::Confirmed | PublicStatus::Notified | PublicStatus::Removed));
    let mut by_concept: BTreeMap<&str, (u32, &str, &str)> = BTreeMap::new();
    for entry in entries.iter().filter(agreed) {
        for cue in &entry.cues {
            let found = by_concept.entry(&cue.concept).or_insert((0, &entry.created_at, &cue.quote));
            found.0 += 1;
            if found.1 < entry.created_at.as_str() {
                (found.1, found.2) = (&entry.created_at, &cue.quote);
            }
        }
    }
    let (count, _, quote) =
        by_concept.into_values().filter(|found| found.0 > 1).max_by_key(|found| (found.0, found.1))?;
    Some((quote.to_owned(), count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use spotter_model::CueKind;

    fn reason(concept: &str, quote: &str, against: bool) -> Reason {
        Reason { kind: CueKind::Name, concept: concept.into(), label: String::new(), quote: quote.into(), against }
    }

    fn entry(day: u8, status: &str, cues: &[(&str, &str)]) -> Entry {
        let cues: Vec<_> = cues.iter().map(|(c, q)| json!({ "concept": c, "quote": q })).collect();
        serde_json::from_value(json!({
            "report_id": "r", "title": "", "url": "", "created_at": format!("2026-11-{day:02}T10:00:00.000Z"), "tab_id": 1,
            "finding": "f", "origin": "", "key_id": "", "signature": "", "body_sha256": "", "evidence": [],
            "state": "sent", "due_ms": 0.0, "tries": 0, "status": status, "cues": cues,
        }))
        .unwrap()
    }

    #[test]
    fn what_speaks_for_a_finding_is_kept_within_bounds() {
        let mut reasons = vec![reason("a", "ivory", false), reason("b", "resin", true), reason("c", "", false)];
        reasons.push(reason("a", "Ivory again", false));
        assert_eq!(of(&reasons), [Cue { concept: "a".into(), quote: "ivory".into() }]);
        reasons.extend((0..20).map(|n| reason(&n.to_string(), &"é".repeat(200), false)));
        let kept = of(&reasons);
        assert_eq!(kept.len(), limits::KEPT_CUES);
        assert!(kept.iter().all(|c| c.quote.len() <= limits::TERM_BYTES));
    }

    #[test]
    fn the_best_words_are_those_that_experts_agreed_with_most_often() {
        let (ivory, bone) = (("x", "ivory"), ("y", "ox bone"));
        let entries = [
            entry(1, "confirmed", &[ivory]),
            entry(3, "removed", &[("x", "IVORY netsuke"), bone]),
            entry(2, "notified", &[ivory]),
            entry(4, "not_prohibited", &[bone]),
            entry(5, "received", &[bone]),
        ];
        assert_eq!(best(&entries), Some(("IVORY netsuke".into(), 3)));
        assert_eq!(best(&entries[3..]), None, "nobody agreed");
        assert_eq!(best(&entries[..1]), None, "once is no rule");
    }
}
