//! Small pieces that several views share: signs of the levels, what a listing likely is, the reasons.

use crate::node::{El, Node, el, text};
use crate::words::{Sentence, Words, foreign};
use spotter_model::messages::{Reason, What};
use spotter_model::phrase::{Arg, Phrase};
use spotter_model::{Appendix, Group, Level, Reportable};

/// The signs that stand beside the level's word; never colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Filled shield.
    Likely,
    /// Shield outline.
    Possible,
    /// Dotted shield outline.
    Listed,
    /// Tick.
    Reported,
}

const SHIELD: &str = "M8 1.2 14 3v5.2c0 3.300-2.300 5.700-6 6.800-3.700-1.100-6-3.500-6-6.800V3Z";

/// A sign, hidden from screen readers: its word stands beside it.
pub fn sign<A>(sign: Sign) -> El<A> {
    let mut path = el("path").attr("d", SHIELD);
    path = match sign {
        Sign::Likely => path.attr("fill", "currentColor"),
        Sign::Possible => path.attr("fill", "none").attr("stroke", "currentColor").attr("stroke-width", "1.6"),
        Sign::Listed => path
            .attr("fill", "none")
            .attr("stroke", "currentColor")
            .attr("stroke-width", "1.6")
            .attr("stroke-dasharray", "1.8 1.8"),
        Sign::Reported => el("path")
            .attr("d", "M2.500 8.500 6.300 12.300 13.500 4.200")
            .attr("fill", "none")
            .attr("stroke", "currentColor")
            .attr("stroke-width", "2.2")
            .attr("stroke-linecap", "round")
            .attr("stroke-linejoin", "round"),
    };
    el("svg").attr("viewBox", "0 0 16 16").attr("class", "sign").attr("aria-hidden", "true").kid(path)
}

/// The sign and word of a level.
pub fn level<A>(w: &Words, level: Level, reportable: Reportable) -> El<A> {
    let (class, s, key) = match (level, reportable) {
        (_, Reportable::No) | (Level::None, _) => ("level listed", Sign::Listed, "level_listed"),
        (Level::Likely, _) => ("level likely", Sign::Likely, "level_likely"),
        (Level::Possible, _) => ("level possible", Sign::Possible, "level_possible"),
    };
    el("span").class(class).kid(sign(s)).text(w.t(key))
}

/// Key of a group's name.
pub fn group_key(group: Group) -> &'static str {
    match group {
        Group::Elephant => "group_elephant",
        Group::Rhino => "group_rhino",
        Group::Bigcats => "group_bigcats",
        Group::Bear => "group_bear",
        Group::Pangolin => "group_pangolin",
        Group::Primates => "group_primates",
        Group::Parrots => "group_parrots",
        Group::Raptors => "group_raptors",
        Group::Birds => "group_birds",
        Group::Crocodilians => "group_crocodilians",
        Group::Snakes => "group_snakes",
        Group::Lizards => "group_lizards",
        Group::Turtles => "group_turtles",
        Group::Tortoiseshell => "group_tortoiseshell",
        Group::Amphibians => "group_amphibians",
        Group::Sharks => "group_sharks",
        Group::Fish => "group_fish",
        Group::CoralsShells => "group_corals_shells",
        Group::MarineMammals => "group_marine_mammals",
        Group::Ungulates => "group_ungulates",
        Group::Mammals => "group_mammals",
        Group::Arthropods => "group_arthropods",
        Group::Plants => "group_plants",
    }
}

/// Every group, in the order in which people look for them.
pub const GROUPS: [Group; 23] = [
    Group::Elephant,
    Group::Rhino,
    Group::Bigcats,
    Group::Bear,
    Group::Pangolin,
    Group::Primates,
    Group::Parrots,
    Group::Raptors,
    Group::Birds,
    Group::Crocodilians,
    Group::Snakes,
    Group::Lizards,
    Group::Turtles,
    Group::Tortoiseshell,
    Group::Amphibians,
    Group::Sharks,
    Group::Fish,
    Group::CoralsShells,
    Group::MarineMammals,
    Group::Ungulates,
    Group::Mammals,
    Group::Arthropods,
    Group::Plants,
];

/// An appendix as people write it.
pub fn appendix(appendix: Appendix) -> &'static str {
    match appendix {
        Appendix::I => "I",
        Appendix::II => "II",
        Appendix::III => "III",
    }
}

/// What it is, in a few words: "Elephant ivory", "Snakes, small leather goods".
pub fn what_words(w: &Words, what: &What) -> String {
    let group = what.groups.first().copied().map(group_key);
    let term = what.commodities.first().map(|c| format!("term_{}", c.to_ascii_lowercase())).filter(|k| w.has(k));
    match (group, term) {
        (Some(group), Some(term)) => {
            let both = format!("what_{}_{}", &group["group_".len()..], &term["term_".len()..]);
            if w.has(&both) { w.t(&both) } else { w.say("what_group_term", &[&w.t(group), &w.t(&term)]) }
        }
        (Some(group), None) => w.t(group),
        (None, Some(term)) => w.say("what_term", &[&w.t(&term)]),
        (None, None) => w.t("what_unknown"),
    }
}

/// How it is listed: "CITES I, or II depending on origin"; `None` where it is not.
pub fn cites_words(w: &Words, appendices: &[Appendix]) -> Option<String> {
    let mut names: Vec<Appendix> = appendices.to_vec();
    names.sort_unstable();
    names.dedup();
    match names[..] {
        [] => None,
        [one] => Some(w.say("cites_one", &[appendix(one)])),
        [a, b] => Some(w.say("cites_two", &[appendix(a), appendix(b)])),
        [a, b, c, ..] => Some(w.say("cites_three", &[appendix(a), appendix(b), appendix(c)])),
    }
}

/// The line that says what it is and how it is listed.
pub fn what_line<A: Clone>(w: &Words, what: &What) -> El<A> {
    let words: Node<A> = el("strong").text(what_words(w, what)).into();
    let line = el("p").class("what");
    match cites_words(w, &what.appendices) {
        Some(cites) => line.kids(w.rich("what_with_cites", &[words, el("span").class("cites").text(cites).into()])),
        None => line.kid(words),
    }
}

/// The scientific names, in italics; `None` without any.
pub fn names<A: Clone>(w: &Words, what: &What) -> Option<El<A>> {
    if what.scientific_names.is_empty() {
        return None;
    }
    let names = what.scientific_names.iter().map(|n| latin(n).into()).collect();
    Some(el("p").class("names").kids(w.list(names)))
}

/// A scientific name.
fn latin<A>(name: &str) -> El<A> {
    el("i").attr("lang", "la").text(name)
}

/// The words as they stand in the listing.
pub fn quote<A>(quote: &str) -> El<A> {
    foreign(quote).class("quote")
}

/// Why, in at most two lines: the strongest words, and what speaks against.
pub fn why<A: Clone>(w: &Words, reasons: &[Reason], most: usize) -> Vec<El<A>> {
    let quotes = |against: bool| -> Vec<Node<A>> {
        let mut seen: Vec<&str> = Vec::new();
        for reason in reasons.iter().filter(|r| r.against == against && !r.quote.is_empty()) {
            if seen.len() < most && !seen.contains(&reason.quote.as_str()) {
                seen.push(&reason.quote);
            }
        }
        seen.into_iter().map(|q| quote(q).into()).collect()
    };
    let mut out = Vec::new();
    for (against, key) in [(false, "card_why"), (true, "card_against")] {
        let found = quotes(against);
        if !found.is_empty() {
            let list: Node<A> = el("span").kids(w.list(found)).into();
            out.push(el("p").class(if against { "why against" } else { "why" }).kids(w.rich(key, &[list])));
        } else if !against {
            out.push(el("p").class("why").text(w.t("card_no_quote")));
        }
    }
    out
}

/// One sentence of the detector in the reader's language.
pub fn sentence<A: Clone>(w: &Words, phrase: &Phrase) -> Vec<Node<A>> {
    if !w.has(&phrase.key) {
        return vec![text(w.say("error_unknown", &[&phrase.key]))];
    }
    let args: Vec<Node<A>> = phrase
        .args
        .iter()
        .map(|arg| match arg {
            // The sentence has its own quotation marks, where its language puts them.
            Arg::Quote(words) => foreign(words).class("words").into(),
            Arg::Term(key) => text(w.t(key)),
            Arg::Name(name) => foreign(name).into(),
            Arg::Latin(names) => el("span").kids(w.list(names.iter().map(|n| latin(n).into()).collect())).into(),
            Arg::Country(code) => text(w.country(code)),
            Arg::Day(day) => text(w.day(*day)),
        })
        .collect();
    w.rich(&phrase.key, &args)
}

/// The endpoint's own words below a trouble of ours: for the coordinator, who may want them.
pub fn own_words<A: Clone>(w: &Words, trouble: &Sentence) -> Option<El<A>> {
    let own: Node<A> = foreign(w.own_words(trouble)?).attr("lang", "en").into();
    Some(el("p").class("muted small").kids(w.rich("outbox_own_words", &[own])))
}

/// A paragraph that only screen readers say. Each new `number` makes it new, even with the same text.
pub fn said<A>(number: u32, said: &str) -> El<A> {
    el("div")
        .class("visually-hidden")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .kid(el("p").key(number.to_string()).kid(text(said)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::testing::{LANGUAGES, words};

    #[test]
    fn what_a_listing_likely_is() {
        let w = words("en");
        let what = |groups: &[Group], commodities: &[&str]| What {
            groups: groups.to_vec(),
            commodities: commodities.iter().map(|c| (*c).to_owned()).collect(),
            ..What::default()
        };
        for (what, want) in [
            (what(&[Group::Elephant], &["IVC"]), "Elephant ivory"),
            (what(&[Group::Snakes], &["LPS"]), "Snakes, small leather goods"),
            (what(&[Group::Parrots], &["LIV"]), "Parrots, live"),
            (what(&[Group::Tortoiseshell], &[]), "Tortoiseshell"),
            (what(&[], &["TEE"]), "Protected wildlife, teeth"),
            (what(&[Group::Bear], &["\u{202e}"]), "Bears"),
            (what(&[], &[]), "Protected wildlife, species not clear"),
        ] {
            assert_eq!(what_words(&w, &what), want);
        }
        assert_eq!(
            cites_words(&w, &[Appendix::II, Appendix::I, Appendix::II]).as_deref(),
            Some("CITES I, or II depending on origin")
        );
        assert_eq!(cites_words(&w, &[]), None);
    }

    #[test]
    fn a_sentence_quotes_once() {
        use spotter_model::phrase::Role;
        for lang in LANGUAGES {
            let phrase = Phrase::new(Role::For, "why_trade", vec![Arg::Quote("hand carved".into())]);
            let nodes = sentence::<()>(&words(lang), &phrase);
            let quoted = nodes.iter().filter_map(|n| match n {
                Node::El(el) => Some(el),
                Node::Text(_) => None,
            });
            let classes: Vec<_> = quoted.flat_map(|el| &el.attrs).filter(|(name, _)| *name == "class").collect();
            assert_eq!(classes, [&("class", "words".to_owned())], "{lang}: the page draws marks around .quote");
        }
    }

    #[test]
    fn every_language_names_every_group() {
        for lang in LANGUAGES {
            let w = words(lang);
            for group in GROUPS {
                assert!(w.has(group_key(group)), "{lang} {group:?}");
            }
        }
    }
}
