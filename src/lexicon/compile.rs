//! Source files -> lexicon -> pack.
//!
//! Owns: references between entries, defaults, senses. Reports every problem it
//! finds, not only the first. Never reads files.

use super::kin::{self, Split};
use super::overlay::{Meaning, Overlay};
use super::patterns::{MAX_TERM_BYTES, Patterns, Term};
use super::register::Rank;
use super::source::{ConceptEntry, NO_WORK, Problem, Sharing, Sources};
use super::{
    Attested, Concept, Effect, Languages, Lexicon, Listed, MAX_USES, Protection, Selector, Strength, Taxa, TaxonFacts,
    Texts, Use, Uses, pack, words,
};
use crate::matching::{Terms, Words};
use spotter_model::{CueKind, Group};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Compiles all sources into a pack, checking everything except the examples (see [`super::check`]).
///
/// # Errors
/// Everything that is wrong.
pub fn compile(sources: &Sources) -> Result<Vec<u8>, Vec<Problem>> {
    let (lexicon, words) = link(sources)?;
    pack::write(&sources.pack.version, sources.pack.expires, &lexicon, &words)
        .map_err(|e| vec![Problem::new("pack.toml", None, e.to_string())])
}

/// Compiles an overlay: `more` holds only what is new, and may refer to everything that `base` has.
///
/// # Errors
/// Everything that is wrong.
pub fn compile_overlay(base: &Sources, more: &Sources) -> Result<Vec<u8>, Vec<Problem>> {
    let whole = Sources {
        pack: more.pack.clone(),
        concepts: [&base.concepts[..], &more.concepts].concat(),
        works: [&base.works[..], &more.works].concat(),
        words: more.words.clone(),
        policy: more.policy.clone(),
        ..base.clone()
    };
    let (lexicon, words) = linked(&whole, Layer::Over)?;
    let overlay = cut_out(lexicon, base.concepts.len());
    super::overlay::write(&more.pack.version, more.pack.expires, &overlay, &words)
        .map_err(|e| vec![Problem::new("pack.toml", None, e.to_string())])
}

/// Whether everything is put together, or only what lies over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Whole,
    Over,
}

impl Layer {
    /// The most confidential entries that it may hold.
    fn sharing(self) -> Sharing {
        match self {
            Self::Whole => Sharing::Public,
            Self::Over => Sharing::Enrolled,
        }
    }
}

/// What the words of a lexicon refer to, and the concepts from `first` on, with the base named by id.
fn cut_out(lexicon: Lexicon, first: usize) -> Overlay {
    let mut wanted: BTreeSet<u32> = lexicon.uses.iter().map(|u| u.concept).collect();
    wanted.extend(first as u32..lexicon.concepts.len() as u32);
    for concept in &lexicon.concepts[first..] {
        let named = concept.needs.iter().chain(&concept.cancels);
        wanted.extend(named.filter_map(|s| if let Selector::Concept(c) = s { Some(*c) } else { None }));
    }
    let taxa: BTreeSet<u32> = lexicon.concepts[first..].iter().flat_map(|c| c.taxa.clone()).collect();
    let place = |of: &BTreeSet<u32>, index: u32| of.iter().position(|i| *i == index).unwrap_or(0) as u32;
    let select = |s: &Selector| match s {
        Selector::Concept(c) => Selector::Concept(place(&wanted, *c)),
        other => *other,
    };
    let meanings = wanted.iter().map(|&index| {
        let concept = &lexicon.concepts[index as usize];
        if (index as usize) < first {
            return Meaning::Known(concept.id.clone());
        }
        Meaning::New(Box::new(Concept {
            taxa: concept.taxa.iter().map(|&t| place(&taxa, t)).collect(),
            needs: concept.needs.iter().map(select).collect(),
            cancels: concept.cancels.iter().map(select).collect(),
            ..concept.clone()
        }))
    });
    Overlay {
        meanings: meanings.collect(),
        taxa: taxa.iter().map(|&t| lexicon.taxa.id(t)).collect(),
        uses: lexicon.uses.iter().map(|u| Use { concept: place(&wanted, u.concept), ..u }).collect(),
        use_ends: (0..lexicon.uses.senses() as u32)
            .scan(0, |end, sense| {
                *end += lexicon.uses_of(sense).count() as u32;
                Some(*end)
            })
            .collect(),
        exact: lexicon.exact.into(),
        policy: lexicon.policy,
    }
}

/// Protections, each kept once however many taxa share it.
#[derive(Default)]
struct Protections {
    kinds: Vec<Protection>,
    index: HashMap<Protection, u32>,
}

impl Protections {
    fn add(&mut self, entry: &super::register::Entry) -> u32 {
        let listings = entry.listings.iter().map(|l| Listed {
            appendix: l.appendix,
            population: l.population.clone(),
            from: l.from,
            until: l.until,
        });
        let protection = Protection { listings: listings.collect(), eu_annex: entry.eu_annex.clone() };
        *self.index.entry(protection).or_insert_with_key(|new| {
            self.kinds.push(new.clone());
            self.kinds.len() as u32 - 1
        })
    }
}

/// Puts everything together: what is known, and the tables that find it.
///
/// # Errors
/// Everything that is wrong.
pub fn link(sources: &Sources) -> Result<(Lexicon, Words), Vec<Problem>> {
    linked(sources, Layer::Whole)
}

fn linked(sources: &Sources, layer: Layer) -> Result<(Lexicon, Words), Vec<Problem>> {
    let mut problems = vec![];
    let works: HashSet<&str> = sources.works.iter().map(|w| w.id.as_str()).collect();
    if works.len() != sources.works.len() {
        problems.push(Problem::new("sources.toml", None, "two works have the same id: ids must differ"));
    }
    if let Err(what) = sources.weights.validate() {
        problems.push(Problem::new("weights.toml", None, what));
    }
    let mut patterns = Patterns::default();
    let mut taxa = Taxa::default();
    let mut taxon_index: HashMap<&str, u32> = HashMap::new();
    let mut concepts: Vec<Concept> = vec![];
    let mut concept_index: HashMap<String, u32> = HashMap::new();
    for (i, (file, entry)) in sources.concepts.iter().enumerate() {
        if concept_index.insert(entry.id.clone(), i as u32).is_some() {
            problems.push(Problem::new(file, Some(&entry.id), "another concept has this id: ids must differ"));
        }
    }
    let mut protections = Protections::default();
    for entry in &sources.taxa {
        let mut problem = |what: String| problems.push(Problem::new("register", Some(&entry.id), what));
        if !is_slug(&entry.id) {
            problem("the id must be lower-case letters, digits and hyphens".into());
        }
        // What nothing lists has no source either.
        if !entry.decision.source.is_empty() && !works.contains(entry.decision.source.as_str()) {
            let source = &entry.decision.source;
            problem(format!("the source {source:?} is not in sources.toml: add the work there"));
        }
        if entry.scientific_name.is_empty() || entry.scientific_name.len() > MAX_TERM_BYTES {
            problem("the scientific name must have 1 to 120 bytes".into());
        }
        taxon_index.insert(&entry.id, taxa.len() as u32);
        if entry.id != super::taxa::id(&entry.scientific_name) {
            problem("the id must follow from the scientific name".into());
        }
        let protection = u16::try_from(protections.add(entry));
        let facts =
            protection.map_err(|_| "there are more kinds of protection than fit".to_owned()).map(|protection| {
                let (group, strength) = (entry.group, strength_of(entry));
                TaxonFacts { protection, group, strength, wild: !entry.domestic, listed: !entry.listings.is_empty() }
            });
        if let Err(what) = facts.and_then(|facts| taxa.push(&entry.scientific_name, facts)) {
            problem(what);
        }
    }
    for (file, entry) in &sources.concepts {
        check_concept(file, entry, &works, layer, &mut problems);
        let mut problem = |what: String| problems.push(Problem::new(file, Some(&entry.id), what));
        let mut known = vec![];
        for id in &entry.taxa {
            match taxon_index.get(id.as_str()) {
                Some(&at) => known.push(at),
                None => problem(format!("the taxon {id:?} is not in register/: add it there or correct the id")),
            }
        }
        let mut selectors = |list: &[String], what: &str| -> Vec<Selector> {
            list.iter()
                .filter_map(|text| match selector(text, &concept_index) {
                    Some(s) => Some(s),
                    None => {
                        problem(format!(
                            "{what} names {text:?}, which is no concept id, no kind:x and no group:x that exists"
                        ));
                        None
                    }
                })
                .collect()
        };
        let needs = selectors(&entry.needs, "needs");
        let cancels = selectors(&entry.cancels, "cancels");
        let groups = groups_of(entry, &known, sources);
        let speaks = matches!(entry.kind, CueKind::Name | CueKind::Commodity | CueKind::Code);
        let own = !known.is_empty() || !groups.is_empty();
        concepts.push(Concept {
            id: entry.id.clone(),
            kind: entry.kind,
            label: entry.label.clone(),
            wild: entry.wild.unwrap_or(speaks && own),
            listed: entry.listed.unwrap_or(speaks && own),
            groups,
            taxa: known,
            commodities: entry.commodity.list(),
            strength: entry.strength.unwrap_or(Strength::Medium),
            needs,
            cancels,
            effect: entry.effect.unwrap_or(Effect::Cancel),
            attested: entry.attested,
        });
    }
    words::link(sources, &works, &concept_index, layer.sharing(), &mut patterns, &mut problems);
    if layer == Layer::Whole {
        scientific_names(sources, &concept_index, &mut patterns, &mut problems);
    }
    problems.extend(policy_problems(sources));
    if !problems.is_empty() {
        return Err(problems);
    }
    let split = patterns.kin.split(&patterns);
    let exact = patterns.exact;
    let exact = Texts::try_from(exact).map_err(|what| vec![Problem::new("words", None, what.to_string())])?;
    let mut lexicon = Lexicon {
        taxa,
        protections: protections.kinds,
        concepts,
        laid_over: vec![],
        uses: Uses::default(),
        exact,
        weights: sources.weights.clone(),
        policy: super::policy::compile(&sources.policy),
    };
    let words = senses(&split, &mut lexicon).map_err(|what| vec![Problem::new("words", None, what)])?;
    if layer == Layer::Whole {
        lexicon.validate().map_err(|what| vec![Problem::new("words", None, what)])?;
    }
    Ok((lexicon, words))
}

/// Gives every pattern its sense. Numbers pack well where neighbours have near ones: what begins alike is mostly of one
/// language, so a language's senses stand together, those of one pattern apart from those of many.
fn senses(patterns: &Split, lexicon: &mut Lexicon) -> Result<Words, String> {
    // How many patterns have it, and where it came first.
    let mut known: HashMap<&[Use], (usize, usize)> = HashMap::new();
    let single = patterns.single.iter().map(|(_, uses)| uses);
    for (at, uses) in single.chain(patterns.phrases.iter().map(|(_, uses)| uses)).enumerate() {
        if uses.len() > MAX_USES as usize {
            return Err(format!("a word or phrase stands for {} concepts, at most {MAX_USES} are allowed", uses.len()));
        }
        known.entry(uses).or_insert((0, at)).0 += 1;
    }
    let mut order: Vec<(&[Use], (usize, usize))> = known.into_iter().collect();
    order.sort_unstable_by_key(|&(uses, (count, first))| {
        let language = uses.first().map(|used| (used.languages, used.strength, used.concept));
        (uses.len(), count == 1, language, Reverse(count), first)
    });
    let mut number: HashMap<&[Use], u32> = HashMap::new();
    for (uses, _) in &order {
        number.insert(uses, number.len() as u32);
    }
    lexicon.uses = Uses::of(order.iter().map(|(uses, _)| *uses))?;
    let terms = Terms {
        single: patterns.single.iter().map(|(text, uses)| (text.clone(), number[&uses[..]])).collect(),
        forms: patterns.forms.clone(),
        phrases: patterns.phrases.iter().map(|(words, uses)| (words.clone(), number[&uses[..]])).collect(),
    };
    let built = Words::build(&terms, |sense| lexicon.uses_of(sense).collect())?;
    lexicon.uses = Uses::of(built.senses.iter().map(|&sense| order[sense as usize].0))?;
    Ok(built.words)
}

/// What is wrong with the rules, judged on the pack's own day so that a build today and one next year agree.
fn policy_problems(sources: &Sources) -> Vec<Problem> {
    let mut taxa: Vec<&str> = sources.taxa.iter().map(|t| t.id.as_str()).collect();
    taxa.sort_unstable();
    let concepts = sources.concepts.iter().map(|(_, c)| c.id.as_str()).collect();
    let known = super::policy::Known { taxa: &taxa, concepts: &concepts };
    match sources.pack.day() {
        Some(day) => super::policy::check(&sources.policy, known, day),
        None => vec![Problem::new("pack.toml", None, "version must be a date, like 2026.11.23")],
    }
}

/// What can be said of a concept without looking at others.
fn check_concept(file: &str, entry: &ConceptEntry, works: &HashSet<&str>, layer: Layer, problems: &mut Vec<Problem>) {
    let mut problem = |what: String| problems.push(Problem::new(file, Some(&entry.id), what));
    let kind = kind_name(entry.kind);
    if entry.id.strip_prefix(kind).and_then(|rest| rest.strip_prefix('.')).is_none_or(|rest| !is_slug(rest)) {
        problem(format!("the id must be {kind}. and then lower-case letters, digits, dots and hyphens"));
    }
    if entry.label.trim().is_empty() || entry.label.len() > 100 {
        problem("the label must have 1 to 100 bytes: plain English words for a reason".into());
    }
    if !works.contains(entry.source.as_str()) {
        problem(format!("the source {:?} is not in sources.toml: add the work there", entry.source));
    }
    if entry.attested == Attested::Published && entry.source == NO_WORK {
        problem(format!("what is published names the work that says so, and {NO_WORK} is none"));
    }
    if let Some(what) = entry.sharing.refused(layer.sharing()) {
        problem(what.into());
    }
    if entry.kind == CueKind::Code && entry.needs.is_empty() {
        problem("a code word needs `needs`: what must stand beside it".into());
    }
    if entry.kind != CueKind::Lookalike && entry.effect.is_some() {
        problem("only a look-alike has `effect`".into());
    }
    // Beside a code word, what speaks for it refutes the innocent thing that it pretends to be.
    let refutes = matches!(entry.kind, CueKind::Code | CueKind::Trade | CueKind::Method | CueKind::Claim);
    if !entry.cancels.is_empty() && entry.kind != CueKind::Lookalike {
        if !refutes {
            problem("a name or a commodity has no `cancels`".into());
        } else if entry.cancels.iter().any(|c| !c.starts_with("lookalike.")) {
            problem("what is no look-alike only `cancels` look-alikes, by their ids".into());
        }
    }
    if entry.effect == Some(Effect::Dampen) && !entry.cancels.is_empty() {
        problem("a look-alike that dampens the whole listing has no `cancels`".into());
    }
    let about = !entry.taxa.is_empty() || entry.group.is_some() || !entry.groups.is_empty();
    if entry.kind == CueKind::Name && !about && entry.wild.is_none() {
        problem("a name needs taxa or a group, or `wild = true|false` where no list names it".into());
    }
    for code in entry.commodity.list() {
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            problem(format!("{code:?} is no CITES trade-term code: three capital letters"));
        }
    }
    if entry.group.is_some() && !entry.groups.is_empty() {
        problem("give it `group` or `groups`, not both".into());
    }
}

fn groups_of(entry: &ConceptEntry, taxa: &[u32], sources: &Sources) -> Vec<Group> {
    let mut groups: Vec<Group> = entry.group.into_iter().chain(entry.groups.iter().copied()).collect();
    if groups.is_empty() {
        groups.extend(taxa.iter().filter_map(|&t| sources.taxa.get(t as usize)).map(|t| t.group));
    }
    let mut seen = BTreeSet::new();
    groups.retain(|g| seen.insert(*g));
    groups
}

/// Every taxon is also looked for by its scientific and official names.
fn scientific_names(
    sources: &Sources,
    taken: &HashMap<String, u32>,
    patterns: &mut Patterns,
    problems: &mut Vec<Problem>,
) {
    let short: HashMap<usize, String> = super::register::abbreviations(&sources.taxa).into_iter().collect();
    for (at, taxon) in sources.taxa.iter().enumerate() {
        let id = format!("name.taxon.{}", taxon.id);
        if taken.contains_key(&id) {
            problems.push(Problem::new("register", Some(&taxon.id), format!("a concept is called {id}: rename it")));
            continue;
        }
        let index = (sources.concepts.len() + at) as u32;
        for name in std::iter::once(&taxon.scientific_name).chain(&taxon.synonyms) {
            let add = |term: Term| add_name(patterns, index, &term);
            if let Err(what) = Term::parse(name).map(add) {
                problems.push(Problem::new("register", Some(&taxon.id), format!("the name {name:?}: {what}")));
            }
        }
        let short = short.get(&at).map(|text| (text, Strength::Weak));
        for (name, strength) in taxon.names.iter().map(|n| (&n.text, n.strength)).chain(short) {
            match Term::parse(name) {
                Ok(term) => {
                    add_name(patterns, index, &Term { strength: Some(strength), ..term });
                }
                Err(what) => {
                    let what = format!("the name {name:?}: {what}");
                    problems.push(Problem::new("register", Some(&taxon.id), what));
                }
            }
        }
    }
}

fn add_name(patterns: &mut Patterns, index: u32, term: &Term) {
    patterns.add(index, term, Attested::Published, Languages::ANY);
    term.spellings.iter().for_each(|s| patterns.kin.phrase(kin::REGISTER, &crate::normalize::fold(s).text));
}

/// How much a taxon's scientific name says.
fn strength_of(taxon: &super::register::Entry) -> Strength {
    match taxon.rank {
        Rank::Species | Rank::Subspecies => Strength::Strong,
        // A long Latin word is hardly anything else; a short one may be a brand or a tool.
        Rank::Genus if taxon.scientific_name.len() >= 9 => Strength::Medium,
        _ => Strength::Weak,
    }
}

/// What a kind is called in ids and selectors.
fn kind_name(kind: CueKind) -> &'static str {
    match kind {
        CueKind::Name => "name",
        CueKind::Commodity => "commodity",
        CueKind::Trade => "trade",
        CueKind::Code => "code",
        CueKind::Lookalike => "lookalike",
        CueKind::Claim => "claim",
        CueKind::Method => "method",
    }
}

fn selector(text: &str, concepts: &HashMap<String, u32>) -> Option<Selector> {
    if let Some(kind) = text.strip_prefix("kind:") {
        use serde::de::IntoDeserializer;
        let kind: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = kind.into_deserializer();
        return serde::Deserialize::deserialize(kind).ok().map(Selector::Kind);
    }
    if let Some(group) = text.strip_prefix("group:") {
        use serde::de::IntoDeserializer;
        let group: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = group.into_deserializer();
        return serde::Deserialize::deserialize(group).ok().map(Selector::Group);
    }
    concepts.get(text).map(|&c| Selector::Concept(c))
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
}
