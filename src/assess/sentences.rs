//! Why, in whole sentences that have no language yet.
//!
//! Owns: which sentences an assessment is worth, in what order: what speaks for it, what is named before mere signs; the seller's
//! claims beside it; what speaks against it; how it is listed; what the rules say. Never: names a concept in
//! English, or words a rule that was read elsewhere as a fact.

use super::explain::strongest_first;
use super::policy::{Decision, Ground, Open, meant};
use crate::lexicon::policy::{Against, Status};
use crate::lexicon::{Attested, ConceptRef, Ids, Lexicon, Selector};
use crate::normalize::{self, disguise};
use spotter_model::InOrder;
use spotter_model::phrase::{Arg, Phrase, Role};
use spotter_model::{Appendix, Assessment, Cue, CueKind, Group, Reportable, TaxonMatch};

/// Longest quote, in characters.
const QUOTE_CHARS: usize = 80;
/// Most scientific names in a sentence.
const NAMES: usize = 3;
/// Most sentences that speak for it, that tell claims, and that speak against it.
const MOST: [(Role, usize); 3] = [(Role::For, 8), (Role::Claim, 4), (Role::Against, 4)];

/// Trade terms that every language has words for, as `term_` and the code in lower case.
pub const TERMS: [&str; 68] = [
    "BAL", "BAR", "BOD", "BOC", "BON", "BOP", "CAP", "CAR", "CAV", "CLA", "CLO", "COR", "DER", "DPL", "EGG", "EGL",
    "EXT", "FEA", "FIN", "FOO", "FRN", "FRU", "GAB", "GAL", "GAR", "HAI", "HAP", "HOC", "HOP", "HOR", "IVC", "IVP",
    "JWI", "JWL", "KEY", "LIV", "LOG", "LPL", "LPS", "MEA", "MED", "MUS", "OIL", "PIE", "PLA", "POW", "ROO", "RUG",
    "SAW", "SCA", "SEE", "SHE", "SKI", "SKP", "SKU", "SPE", "SWI", "TAI", "TEE", "TIM", "TRO", "TUS", "WAX", "WOO",
    "CHP", "PEA", "SKE", "GIL",
];

/// Every key that [`sentences`] may ask for, besides those of groups and terms.
pub const KEYS: [&str; 60] = [
    "why_both",
    "why_name",
    "why_name_alone",
    "why_part",
    "why_part_alone",
    "why_part_group",
    "why_part_bare",
    "why_code",
    "why_code_maybe",
    "why_slang",
    "why_emoji",
    "why_code_alone",
    "why_code_beside",
    "why_trade",
    "why_disguised",
    "why_method_chat",
    "why_method_price",
    "why_method_hidden",
    "why_method_other",
    "claim_papers",
    "claim_allowed",
    "claim_old",
    "claim_mammoth",
    "claim_fossil",
    "claim_bred",
    "claim_marked",
    "claim_found",
    "claim_real",
    "claim_other",
    "against_colour",
    "against_material",
    "against_toy",
    "against_name",
    "against_food",
    "against_supplies",
    "against_service",
    "against_unlisted",
    "against_other",
    "listed_one",
    "listed_origin",
    "listed_species",
    "listed_both",
    "listed_species_three",
    "rule_against",
    "rule_against_read",
    "rule_against_according",
    "rule_law",
    "rule_law_according",
    "rule_focus",
    "rule_open",
    "rule_open_according",
    "rule_open_here",
    "rule_exception",
    "rule_exception_according",
    "rule_expired",
    "rule_expired_here",
    "rule_none",
    "rule_fine",
    "rule_allowed",
    "rule_allowed_according",
];

/// The sentences of an assessment.
#[must_use]
pub fn sentences(lexicon: &Lexicon, ids: &Ids, a: &Assessment, decision: &Decision<'_>) -> Vec<Phrase> {
    let concept = |c: &Cue| ids.find(lexicon, &c.concept).map(|at| lexicon.concept(at));
    let cues = strongest_first(a);
    let mut out = vec![];
    let both = together(a, &cues, concept);
    if let Some((name, part, phrase)) = &both {
        out.push(phrase.clone());
        out.extend([*name, *part].into_iter().filter_map(disguised));
    }
    let claims: Vec<&Cue> = cues.iter().copied().filter(|c| c.kind == CueKind::Claim).collect();
    let mut told: Vec<&Cue> = both.iter().flat_map(|(name, part, _)| [*name, *part]).collect();
    for cue in cues.iter().copied() {
        if told.iter().chain(&claims).any(|t| says_already(t, cue)) || is_part(&cues, cue) {
            continue;
        }
        told.push(cue);
        out.push(reason((lexicon, ids), a, &cues, cue, concept(cue)));
        if matches!(cue.kind, CueKind::Name | CueKind::Commodity | CueKind::Code) {
            out.extend(disguised(cue));
        }
    }
    // Two meanings may come to the same sentence.
    let mut seen: Vec<Phrase> = vec![];
    out.retain(|p| {
        let new = !seen.contains(p);
        seen.push(p.clone());
        new
    });
    for (role, most) in MOST {
        let mut left = most;
        out.retain(|p| p.role != role || left.checked_sub(1).map(|l| left = l).is_some());
    }
    // Stable: strongest first within each role.
    out.order_by_key(|p| p.role);
    out.extend(listed(a));
    out.extend(rules(decision));
    out
}

/// Whether a longer name or part around it says more: "elephant" inside "elephant ivory".
fn is_part(cues: &[&Cue], cue: &Cue) -> bool {
    let small = matches!(cue.kind, CueKind::Name | CueKind::Commodity) || is_slang(&cue.concept);
    let longer = |c: &Cue| c.end - c.start > cue.end - cue.start && c.start <= cue.start && cue.end <= c.end;
    small
        && cues.iter().any(|c| {
            matches!(c.kind, CueKind::Name | CueKind::Commodity) && c.weight > 0.0 && c.field == cue.field && longer(c)
        })
}

/// Whether a cue that was told says what this one would: the same words or more, for the same end.
fn says_already(told: &Cue, cue: &Cue) -> bool {
    let role = |c: &Cue| (c.weight < 0.0, c.kind == CueKind::Claim);
    let within = |outer: &Cue, c: &Cue| outer.field == c.field && outer.start <= c.start && c.end <= outer.end;
    let inside = within(told, cue);
    // Words that are common in such offers are so with or without the number before them.
    let common = told.kind == CueKind::Trade && cue.kind == CueKind::Trade && within(cue, told);
    // What a seller claims in the same words says more than that such words are common.
    let claimed =
        told.kind == CueKind::Claim && matches!(cue.kind, CueKind::Trade | CueKind::Method | CueKind::Lookalike);
    !std::ptr::eq(told, cue)
        && (told.concept == cue.concept
            || (common && role(told) == role(cue))
            || (inside && (claimed || (told.kind != CueKind::Claim && role(told) == role(cue)))))
}

/// The words without controls that could turn the sentence around, cut to a bound.
fn quote(text: &str) -> Arg {
    let turns =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    Arg::Quote(text.chars().filter(|&c| !c.is_control() && !turns(c)).take(QUOTE_CHARS).collect())
}

fn term(code: &str) -> Option<Arg> {
    TERMS.contains(&code).then(|| Arg::Term(format!("term_{}", code.to_ascii_lowercase())))
}

fn group_term(group: Group) -> Arg {
    Arg::Term(format!("group_{}", group.word().replace('-', "_")))
}

/// Which of a concept's groups is meant here: the assessment's most probable one, where they share one.
fn group_of(a: &Assessment, concept: Option<ConceptRef<'_>>) -> Option<Arg> {
    let groups = concept?.groups;
    let shared = a.groups.iter().find(|g| groups.contains(g));
    shared.or(groups.first()).copied().map(group_term)
}

/// Leather, skins and what is sewn of them: whichever it is, the first of them says it.
const SKINS: &[&str] = &["SKI", "LPS", "LPL", "GAR"];

/// What a concept's words offer. A concept of many different parts ("bone", "tooth", "claw") cannot tell which: its first
/// would be said of all.
fn part_of(concept: Option<ConceptRef<'_>>) -> Option<Arg> {
    let parts = concept?.commodities;
    let alike = parts.len() <= 2 || parts.iter().all(|c| SKINS.contains(&&**c));
    parts.iter().filter(|_| alike).find_map(|c| term(c))
}

/// The strongest name and the strongest part that belong together, as one sentence.
fn together<'a>(
    a: &Assessment,
    cues: &[&'a Cue],
    concept: impl Fn(&Cue) -> Option<ConceptRef<'a>>,
) -> Option<(&'a Cue, &'a Cue, Phrase)> {
    let first = |kind: CueKind| cues.iter().copied().find(|c| c.kind == kind && c.weight > 0.0);
    let (name, part) = (first(CueKind::Name)?, first(CueKind::Commodity)?);
    let apart = name.field != part.field || name.end <= part.start || part.end <= name.start;
    let (n, p) = (concept(name), concept(part));
    let fits =
        p.is_some_and(|p| p.groups.is_empty() || n.is_some_and(|n| n.groups.iter().any(|g| p.groups.contains(g))));
    if !apart || !fits {
        return None;
    }
    let args = vec![quote(&name.text), quote(&part.text), group_of(a, n)?, part_of(p)?];
    Some((name, part, Phrase::new(Role::For, "why_both", args)))
}

/// Another sentence where the words were written so as to hide.
fn disguised(cue: &Cue) -> Option<Phrase> {
    let folded = normalize::fold(&cue.text);
    let hidden = !folded.hidden.is_empty()
        || disguise::plain(&folded, &cue.text, 'i')
            .is_some_and(|(plain, _)| plain.rewritten.iter().any(|r| r.disguise));
    hidden.then(|| Phrase::new(Role::For, "why_disguised", vec![quote(&cue.text)]))
}

/// The sentence of one cue.
fn reason<'a>(
    known: (&Lexicon, &Ids),
    a: &Assessment,
    cues: &[&'a Cue],
    cue: &'a Cue,
    concept: Option<ConceptRef<'_>>,
) -> Phrase {
    let q = quote(&cue.text);
    let group = group_of(a, concept);
    let of = |role: Role, key: &str, args: Vec<Arg>| Phrase::new(role, key, args);
    match cue.kind {
        CueKind::Name => match group {
            Some(group) => of(Role::For, "why_name", vec![q, group]),
            None => of(Role::For, "why_name_alone", vec![q]),
        },
        CueKind::Commodity => match (part_of(concept), group) {
            (Some(part), Some(group)) => of(Role::For, "why_part", vec![q, part, group]),
            (Some(part), None) => of(Role::For, "why_part_alone", vec![q, part]),
            (None, Some(group)) => of(Role::For, "why_part_group", vec![q, group]),
            (None, None) => of(Role::For, "why_part_bare", vec![q]),
        },
        CueKind::Code => {
            let beside = concept.and_then(|c| company(known, c, cues, cue));
            match (group, beside) {
                (Some(group), _) if is_slang(&cue.concept) => of(Role::For, "why_slang", vec![q, group]),
                (Some(group), _) if cue.concept.starts_with("code.emoji") => of(Role::For, "why_emoji", vec![q, group]),
                (Some(group), _) if concept.is_some_and(|c| c.attested == Attested::Inferred) => {
                    of(Role::For, "why_code_maybe", vec![q, group])
                }
                (Some(group), Some(beside)) => of(Role::For, "why_code_beside", vec![q, group, quote(&beside.text)]),
                (Some(group), None) => of(Role::For, "why_code", vec![q, group]),
                (None, _) => of(Role::For, "why_code_alone", vec![q]),
            }
        }
        CueKind::Trade => of(Role::For, "why_trade", vec![q]),
        CueKind::Method => of(Role::For, method_key(&cue.concept), vec![q]),
        CueKind::Claim => of(Role::Claim, claim_key(&cue.concept), vec![q]),
        CueKind::Lookalike => of(Role::Against, against_key(&cue.concept), vec![q]),
    }
}

/// Short forms of a hobby are nobody's disguise.
fn is_slang(id: &str) -> bool {
    id.starts_with("code.slang")
}

/// What stands beside a code word and makes it count.
fn company<'a>((lexicon, ids): (&Lexicon, &Ids), code: ConceptRef<'_>, cues: &[&'a Cue], cue: &Cue) -> Option<&'a Cue> {
    cues.iter().copied().find(|other| {
        let known = ids.find(lexicon, &other.concept);
        other.concept != cue.concept
            && other.weight >= 0.0
            && code.needs.iter().any(|need| match need {
                Selector::Concept(c) => known == Some(*c),
                Selector::Kind(kind) => *kind == other.kind,
                Selector::Group(group) => known.is_some_and(|at| lexicon.concept(at).groups.contains(group)),
            })
    })
}

/// The first key whose words stand in the concept's id.
fn by_id(id: &str, table: &[(&'static str, &[&str])], other: &'static str) -> &'static str {
    let name = id.split_once('.').map_or(id, |(_, name)| name);
    let says = |words: &[&str]| words.iter().any(|w| name.split('-').any(|part| part == *w));
    table.iter().find(|(_, words)| says(words)).map_or(other, |(key, _)| key)
}

fn method_key(id: &str) -> &'static str {
    let table: &[(&str, &[&str])] = &[
        ("why_method_chat", &["chat", "comments", "group"]),
        ("why_method_price", &["price"]),
        ("why_method_hidden", &["discreet", "questions", "category", "picture", "hint", "untraced"]),
    ];
    by_id(id, table, "why_method_other")
}

fn claim_key(id: &str) -> &'static str {
    let table: &[(&str, &[&str])] = &[
        ("claim_allowed", &["not", "legal", "exempt", "export"]),
        ("claim_papers", &["permit", "article", "papers", "licensed", "registered"]),
        ("claim_old", &["antique", "pre", "heirloom", "museum"]),
        ("claim_mammoth", &["mammoth"]),
        ("claim_fossil", &["fossil"]),
        ("claim_bred", &["captive", "farmed", "cultivated"]),
        ("claim_marked", &["dna", "ringed"]),
        ("claim_found", &["found", "natural", "sustainable"]),
        ("claim_real", &["genuine", "tested"]),
    ];
    by_id(id, table, "claim_other")
}

fn against_key(id: &str) -> &'static str {
    let table: &[(&str, &[&str])] = &[
        ("against_food", &["food", "dish", "drink", "remedy", "supplement"]),
        ("against_colour", &["colour", "print", "pattern", "scent"]),
        (
            "against_material",
            &["imitation", "faux", "resin", "vegan", "material", "embossed", "ivory", "ceramic", "metal", "effect"],
        ),
        ("against_material", &["printed", "textile", "weapon", "gasket", "artificial"]),
        ("against_toy", &["toy", "plush", "figure", "costume", "media", "book", "picture", "decor", "collectible"]),
        ("against_supplies", &["supplies", "accessory", "keeping", "feeder", "gear", "tackle"]),
        ("against_service", &["service", "tour", "charity", "education", "job", "lost", "wanted"]),
        ("against_unlisted", &["unlisted", "fossil", "hybrid", "dog", "tooth"]),
        (
            "against_name",
            &["brand", "place", "team", "person", "street", "software", "name", "thing", "plant", "machine", "monitor"],
        ),
    ];
    by_id(id, table, "against_other")
}

fn appendix(appendix: Appendix) -> Arg {
    let name = match appendix {
        Appendix::I => "I",
        Appendix::II => "II",
        Appendix::III => "III",
    };
    Arg::Name(name.to_owned())
}

/// How it is listed, and on what that depends.
fn listed(a: &Assessment) -> Option<Phrase> {
    let named: Vec<_> = meant(a).take(NAMES).collect();
    let mut all: Vec<Appendix> = named.iter().flat_map(|t| &t.listings).map(|l| l.appendix).collect();
    all.sort_unstable();
    all.dedup();
    let split = |t: &TaxonMatch| all.iter().all(|x| t.listings.iter().any(|l| l.appendix == *x));
    let names = Arg::Latin(named.iter().map(|t| t.scientific_name.clone()).collect());
    let key = match all.len() {
        0 => return None,
        1 => "listed_one",
        // A species that by itself may be of either: then it is the origin that tells.
        2 if named.iter().all(|t| split(t)) => "listed_origin",
        2 if named.iter().any(|t| split(t)) => "listed_both",
        2 => "listed_species",
        _ => "listed_species_three",
    };
    let args = all.into_iter().map(appendix).chain([names]).collect();
    Some(Phrase::new(Role::Listed, key, args))
}

/// What the rules say: against the platform's and against the law are two sentences.
fn rules(decision: &Decision<'_>) -> Vec<Phrase> {
    let mut out: Vec<Phrase> = vec![];
    let mut told: Vec<Against> = vec![];
    for ground in &decision.grounds {
        if !told.contains(&ground.rule.against) {
            told.push(ground.rule.against);
            out.push(rule(ground));
        }
        // One sentence is enough for what is not settled.
        if decision.reportable == Reportable::Check {
            break;
        }
    }
    if out.is_empty() {
        out.push(Phrase::new(Role::Rule, "rule_none", vec![]));
    }
    out
}

fn rule(ground: &Ground<'_>) -> Phrase {
    let rule = ground.rule;
    let (date, own) = rule.dated();
    let platform = || Arg::Name(ground.platform.unwrap_or_default().to_owned());
    let work = || Arg::Name(rule.work.title.clone());
    let secondary = rule.status == Status::Secondary;
    let (key, args) = match (ground.open, rule.against) {
        (Some(Open::Expired), _) if ground.platform.is_some() => {
            ("rule_expired", vec![platform(), Arg::Day(rule.expires)])
        }
        (Some(Open::Expired), _) => ("rule_expired_here", vec![Arg::Day(rule.expires)]),
        (Some(Open::Exception), Against::Platform) if secondary => {
            ("rule_exception_according", vec![work(), platform()])
        }
        (Some(Open::Exception), Against::Platform) => ("rule_exception", vec![platform(), Arg::Day(date)]),
        (Some(_), Against::Platform) if secondary => ("rule_open_according", vec![work(), platform()]),
        (Some(_), Against::Platform) => ("rule_open", vec![platform(), Arg::Day(date)]),
        (Some(_), _) => ("rule_open_here", vec![]),
        (None, Against::Focus) => ("rule_focus", vec![]),
        (None, Against::Nothing) => ("rule_fine", vec![]),
        (None, Against::Law) if secondary => ("rule_law_according", vec![work()]),
        (None, Against::Law) => ("rule_law", vec![work(), Arg::Day(date)]),
        (None, Against::Platform) if rule.reportable == Reportable::No && secondary => {
            ("rule_allowed_according", vec![work(), platform()])
        }
        (None, Against::Platform) if rule.reportable == Reportable::No => {
            ("rule_allowed", vec![platform(), Arg::Day(date)])
        }
        (None, Against::Platform) if secondary => ("rule_against_according", vec![work(), platform()]),
        (None, Against::Platform) if own => ("rule_against", vec![platform(), Arg::Day(date)]),
        (None, Against::Platform) => ("rule_against_read", vec![platform(), Arg::Day(date)]),
    };
    Phrase::new(Role::Rule, key, args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotter_model::Field;

    #[test]
    fn nothing_is_said_twice() {
        let cue = |kind: CueKind, concept: &str, start: u32, end: u32, weight: f32| Cue {
            kind,
            concept: concept.into(),
            field: Field::Title,
            start,
            end,
            text: String::new(),
            weight,
        };
        let (trade, claim, name) = (CueKind::Trade, CueKind::Claim, CueKind::Name);
        let told = cue(trade, "trade.breeding", 2, 11, 1.4);
        let table = [
            // "years old" is told; "2 years old" says nothing new, as little as "old" does.
            (cue(trade, "trade.animal-age", 0, 11, 0.4), true),
            (cue(trade, "trade.age", 8, 11, 0.2), true),
            // What speaks against, what a seller claims and what is named in the same words are other things.
            (cue(trade, "trade.other", 0, 11, -0.4), false),
            (cue(claim, "claim.antique", 0, 11, 0.3), false),
            (cue(name, "name.parrot", 0, 11, 0.3), false),
            // Other words are too.
            (cue(trade, "trade.weight", 9, 15, 0.3), false),
            (cue(trade, "trade.breeding", 30, 39, 0.0), true),
        ];
        for (cue, want) in table {
            assert_eq!(says_already(&told, &cue), want, "{} {}-{}", cue.concept, cue.start, cue.end);
        }
    }
}
