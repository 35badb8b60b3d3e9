//! Finds every match in every field, and drops those that do not stand.
//!
//! Owns: fields, both readings of the text, overlaps, look-alikes that cancel, context that code words need.
//! Never: weighs.

use super::standing::is_made;
use super::{grams, latin};
use crate::lexicon::{Attested, ConceptRef, Effect, Languages, Lexicon, Selector, Strength, Use};
use crate::matching::{Engine, stands};
use crate::normalize::variants::{Variants, Way};
use crate::normalize::{self, Folded, disguise, tables};
use spotter_model::{CueKind, Field, Group, Listing, limits};
use std::cmp::Reverse;

/// One match of one concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Index of the concept.
    pub concept: u32,
    /// The field, as its place in [`Field::ALL`].
    pub field: usize,
    /// First byte in the field's folded text.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// How much this word says of the concept.
    pub strength: Strength,
    /// How well this word is known.
    pub attested: Attested,
    /// The languages that it is a word of.
    pub languages: Languages,
    /// It was written so as to hide it.
    pub disguised: bool,
    /// An overlay brought this word.
    pub added: bool,
    /// It does not count: cancelled, covered by something longer, or without its context.
    pub dropped: bool,
}

impl Hit {
    fn new(
        lexicon: &Lexicon,
        used: &Use,
        (field, start, end): (usize, usize, usize),
        disguised: bool,
        added: bool,
    ) -> Self {
        let strength = used.strength.unwrap_or(lexicon.concept(used.concept).strength);
        let (concept, attested) = (used.concept, used.attested);
        let languages = used.languages;
        Self { concept, field, start, end, strength, attested, languages, disguised, added, dropped: false }
    }
}

/// All matches, with the folded fields that they point into.
#[derive(Debug, Default)]
pub struct Found {
    /// In order of field and place.
    pub hits: Vec<Hit>,
    /// Folded fields, as in [`Field::ALL`].
    pub folded: [Folded; 7],
    /// Other readings of the title.
    variants: Variants,
}

/// Most matches that are kept for one field: a text that repeats itself says nothing new.
const HITS_A_FIELD: usize = 512;
/// Length of English words, in letters, that other languages spelled with the same letters may have by chance.
const SHORT: usize = 4;
/// Listed kinds that leather is made of.
pub const LEATHER: [Group; 3] = [Group::Crocodilians, Group::Snakes, Group::Lizards];
/// How far a look-alike reaches, in words.
pub const NEAR: usize = 4;

/// The part of a field that is read.
#[must_use]
pub fn read(listing: &Listing, field: Field) -> &str {
    limits::cut(listing.text(field), Listing::limit(field))
}

/// Finds what stands, into buffers that are used again and again.
pub fn gather(lexicon: &Lexicon, engine: &Engine, listing: &Listing, found: &mut Found) {
    found.hits.clear();
    for (index, field) in Field::ALL.into_iter().enumerate() {
        found.folded[index].clear();
        if field == Field::Location {
            // A place says nothing of what is offered.
            continue;
        }
        let text = read(listing, field);
        if text.is_empty() {
            continue;
        }
        let folded = &mut found.folded[index];
        normalize::fold_into(text, folded);
        let from = found.hits.len();
        scan(lexicon, engine, text, folded, index, &mut found.hits);
        if field == Field::Title {
            found.variants.read(folded, text);
            let page = Languages::of(&listing.lang);
            other_readings(lexicon, engine, &found.variants, page, index, &mut found.hits);
        }
        let here = &mut found.hits[from..];
        here.sort_unstable_by_key(|h| (h.start, Reverse(h.end), h.concept, h.disguised, Reverse(h.strength)));
    }
    found.hits.dedup_by(|b, a| a.field == b.field && a.start == b.start && a.end == b.end && a.concept == b.concept);
    latin::binomials(lexicon, listing, found);
    if let Some(page) = Languages::of(&listing.lang) {
        drop_foreign(lexicon, page, &mut found.hits);
    }
    grams::add(lexicon, found);
    drop_covered(lexicon, &mut found.hits);
    cancel(lexicon, found);
    drop_lonely(lexicon, &mut found.hits);
    drop_cover(lexicon, &mut found.hits);
    drop_forms(lexicon, found);
}

fn scan(lexicon: &Lexicon, engine: &Engine, text: &str, folded: &Folded, field: usize, hits: &mut Vec<Hit>) {
    let most = hits.len() + HITS_A_FIELD;
    engine.find(&folded.text, &[], |sense, start, end| {
        for used in lexicon.uses_of(sense) {
            if hits.len() < most
                && stands(&folded.text, start, end, &used)
                && used.exact.is_none_or(|e| is_exact(lexicon, e, text, folded, start, end))
            {
                let disguised = folded.hidden.iter().any(|&(from, to)| from < end && start < to);
                hits.push(Hit::new(lexicon, &used, (field, start, end), disguised, engine.is_added(sense)));
            }
        }
    });
    let Some((plain, ones)) = disguise::plain(folded, text, 'i') else { return };
    second_reading(lexicon, engine, &plain, field, hits);
    for one in ['l', disguise::NOTHING] {
        if ones && let Some((plain, _)) = disguise::plain(folded, text, one) {
            second_reading(lexicon, engine, &plain, field, hits);
        }
    }
    for letter in 0..disguise::masks(folded) {
        if let Some(plain) = disguise::unmasked(folded, text, letter) {
            second_reading(lexicon, engine, &plain, field, hits);
        }
    }
}

/// Matches in the plain reading count only where it rewrote something.
fn second_reading(lexicon: &Lexicon, engine: &Engine, plain: &disguise::Plain, field: usize, hits: &mut Vec<Hit>) {
    let most = hits.len() + HITS_A_FIELD;
    // Inside joined letters words have no boundaries.
    let joined: Vec<(usize, usize)> = plain.rewritten.iter().filter(|r| r.joined).map(|r| (r.start, r.end)).collect();
    engine.find(&plain.text, &joined, |sense, start, end| {
        // Rewritten stretches are in order and apart from each other.
        let at = plain.rewritten.partition_point(|r| r.end <= start);
        let Some(rewrite) = plain.rewritten.get(at).filter(|r| r.start < end) else { return };
        // Short words would be found everywhere inside joined letters.
        let letters = plain.text[start..end].chars().count();
        let inside = rewrite.joined
            && rewrite.start <= start
            && end <= rewrite.end
            && (letters >= 5 || plain.text[start..end].chars().all(tables::is_unsegmented));
        for used in lexicon.uses_of(sense) {
            // By chance a longer word holds many an innocent one.
            let inside = inside && lexicon.concept(used.concept).kind != CueKind::Lookalike;
            if hits.len() < most
                && (used.exact.is_none() || is_firm(lexicon, &used, letters))
                && (inside || stands(&plain.text, start, end, &used))
                && let Some((from, to)) = plain.folded_range(start, end)
                && !hits.iter().any(|h| h.concept == used.concept && h.field == field && h.start < to && from < h.end)
            {
                hits.push(Hit::new(lexicon, &used, (field, from, to), rewrite.disguise, engine.is_added(sense)));
            }
        }
    });
}

/// Whether a word that has to be spelled exactly counts where it was hidden: marks are lost with the disguise, and a long
/// word that is hidden is no other one by chance.
fn is_firm(lexicon: &Lexicon, used: &Use, letters: usize) -> bool {
    let concept = lexicon.concept(used.concept);
    letters >= LONG_NAME && speaks(concept.kind) && used.strength.unwrap_or(concept.strength) >= Strength::Medium
}

/// Fewest letters of a name in another reading of the title that only usually means something listed.
const LONG_NAME: usize = 7;
/// Fewest characters of a name across a gap, of a script without boundaries: an elephant and a toothbrush are no ivory.
const ACROSS: usize = 3;

/// Matches in other readings of the title count only as a whole, in the page's language, and where they name
/// something listed that hardly means anything else.
fn other_readings(
    lexicon: &Lexicon,
    engine: &Engine,
    variants: &Variants,
    page: Option<Languages>,
    field: usize,
    hits: &mut Vec<Hit>,
) {
    let most = hits.len() + HITS_A_FIELD;
    // Where nobody knows the language, too many words are a slip away from another.
    let Some(expected) = page.or(Languages::of("en")) else { return };
    for variant in &variants.all {
        let mut count = |sense, start: usize, end: usize| {
            if !variant.holds(start, end) {
                return;
            }
            let letters = variants.text[start..end].chars().count();
            for used in lexicon.uses_of(sense) {
                let concept = lexicon.concept(used.concept);
                let strength = used.strength.unwrap_or(concept.strength);
                let firm = match variant.way {
                    Way::Across => letters >= ACROSS && strength >= Strength::Medium,
                    Way::Composed => strength >= Strength::Medium,
                    _ => strength == Strength::Strong || strength == Strength::Medium && letters >= LONG_NAME,
                };
                let names = matches!(concept.kind, CueKind::Name | CueKind::Commodity) && concept.listed;
                if firm
                    && names
                    && hits.len() < most
                    && (used.exact.is_none() || letters >= LONG_NAME)
                    && stands(&variants.text, start, end, &used)
                    && (!concept.groups.is_empty() || !concept.taxa.is_empty())
                    && used.languages.meets(expected)
                {
                    let (from, to) = variant.folded(start, end);
                    let stands = |h: &Hit| {
                        h.field == field && h.start < to && from < h.end && speaks(lexicon.concept(h.concept).kind)
                    };
                    if !hits.iter().any(stands) {
                        let hides = [Way::Backwards, Way::Upright, Way::Spelled, Way::Turned, Way::Composed];
                        let disguised = hides.contains(&variant.way);
                        hits.push(Hit::new(lexicon, &used, (field, from, to), disguised, engine.is_added(sense)));
                    }
                }
            }
        };
        if variant.has_gap() {
            let reading = &variants.text[variant.start..variant.end];
            let joint = variant.joint - variant.start;
            engine.find_across(reading, joint, |sense, start, end| {
                count(sense, variant.start + start, variant.start + end);
            });
        } else {
            engine.find_whole(&variants.text, (variant.start, variant.end), count);
        }
    }
}

fn is_exact(lexicon: &Lexicon, exact: u32, text: &str, folded: &Folded, start: usize, end: usize) -> bool {
    let (from, to) = folded.source(text, start, end);
    let Some(wanted) = lexicon.exact.get(exact as usize) else { return false };
    text.get(from..to).is_some_and(|slice| normalize::exact(slice) == wanted)
}

/// Drops words of languages that nobody expects on such a page, unless they name something listed and hardly mean
/// anything else, or something unlisted in more than four letters: French tea is spelled as the English article is. English is expected everywhere, but for short
/// look-alikes: a hat, a van and a robe are ordinary words of other languages that have the same letters.
fn drop_foreign(lexicon: &Lexicon, page: Languages, hits: &mut [Hit]) {
    let english = Languages::of("en").unwrap_or(page);
    let expected = page.with_kin().and(english);
    let shares_letters = page.is_latin() && !page.meets(english);
    for hit in hits.iter_mut() {
        let concept = lexicon.concept(hit.concept);
        let kind = concept.kind;
        if !hit.languages.meets(expected) {
            hit.dropped =
                !speaks(kind) || hit.strength == Strength::Weak || !concept.listed && hit.end - hit.start <= SHORT;
        } else if shares_letters && hit.languages == english && hit.end - hit.start <= SHORT {
            hit.dropped = kind == CueKind::Lookalike;
        }
    }
}

/// A longer name or commodity swallows what stands inside it and means something else: a tiger shark is no
/// tiger. A longer look-alike swallows a code word; a claim, a method or a sign of an offer the look-alike that it
/// denies or only mentions. The same concept found twice in one place counts once.
fn drop_covered(lexicon: &Lexicon, hits: &mut [Hit]) {
    for i in 0..hits.len() {
        // Sorted by start, longest first: whatever covers stands before.
        let inner = hits[i];
        let covered = hits[..i].iter().rev().take_while(|h| h.field == inner.field).any(|outer| {
            if outer.end < inner.end || outer.start > inner.start || outer.dropped {
                return false;
            }
            let (a, b) = (lexicon.concept(outer.concept), lexicon.concept(inner.concept));
            if outer.concept == inner.concept {
                return true;
            }
            let longer = outer.end - outer.start > inner.end - inner.start;
            // The innocent thing that says more than the code word is meant: a goldfish, a garden chair.
            if longer && b.kind == CueKind::Code && a.kind == CueKind::Lookalike {
                return true;
            }
            // What a claim denies ("not resin") is not said, and who sells "with its cage" sells no cage.
            let said = matches!(a.kind, CueKind::Claim | CueKind::Method | CueKind::Trade);
            if longer && b.kind == CueKind::Lookalike && said {
                return true;
            }
            // The name of a species holds that of its genus, and may hold a word that is a look-alike by itself.
            let within = a.is_register() && (b.is_register() || b.kind == CueKind::Lookalike);
            if latin::is_within_written(lexicon, outer, &inner) {
                return true;
            }
            // A ram's horn inside a saiga's, a keychain inside a claw keychain: the whole is meant.
            let firm = speaks(a.kind) && outer.strength >= Strength::Medium;
            let part_of = match b.kind {
                CueKind::Lookalike => firm && b.effect == Effect::Dampen,
                CueKind::Name => firm && a.listed && !a.groups.is_empty() && !b.listed,
                _ => false,
            };
            longer && (within || part_of || (speaks(a.kind) && speaks(b.kind) && !shares_group(&a, &b)))
        });
        hits[i].dropped |= covered;
    }
}

/// Kinds that say what is offered.
#[must_use]
pub fn speaks(kind: CueKind) -> bool {
    matches!(kind, CueKind::Name | CueKind::Commodity | CueKind::Code)
}

/// Whether two concepts can be about the same animal: one of them names no group, or they share one.
#[must_use]
pub fn shares_group(a: &ConceptRef<'_>, b: &ConceptRef<'_>) -> bool {
    a.groups.is_empty() || b.groups.is_empty() || a.groups.iter().any(|g| b.groups.contains(g))
}

/// Whether a selector means this concept.
#[must_use]
pub fn selects(selector: &Selector, index: u32, concept: &ConceptRef<'_>) -> bool {
    match selector {
        Selector::Concept(c) => *c == index,
        Selector::Kind(kind) => concept.kind == *kind && !is_made(concept),
        Selector::Group(group) => concept.groups.contains(group),
    }
}

/// Look-alikes take away what they stand on or beside.
fn cancel(lexicon: &Lexicon, found: &mut Found) {
    let (hits, folded) = (&mut found.hits, &found.folded);
    let kind = |h: &Hit| lexicon.concept(h.concept).kind;
    // Few hits can be taken away: only with those are the many look-alikes compared.
    let targets: Vec<usize> = (0..hits.len()).filter(|&j| kind(&hits[j]) != CueKind::Lookalike).collect();
    for i in 0..hits.len() {
        let against = hits[i];
        let lookalike = lexicon.concept(against.concept);
        if lookalike.kind != CueKind::Lookalike || lookalike.effect != Effect::Cancel || against.dropped {
            continue;
        }
        let text = folded[against.field].text.as_str();
        for &j in &targets {
            let hit = hits[j];
            if hit.field != against.field || hit.dropped {
                continue;
            }
            let target = lexicon.concept(hit.concept);
            // What is said in more words is meant: a great white shark's tooth is more than a shark's tooth.
            if hit.start <= against.start && against.end <= hit.end && hit.end - hit.start > against.end - against.start
            {
                continue;
            }
            // Nobody hides the name of a toy.
            if hit.disguised && hit.strength >= Strength::Medium && !overlaps(&hit, &against) {
                continue;
            }
            // A code word looks innocent on purpose; its context decides, and what names it outright.
            let meant = match target.kind {
                CueKind::Code => lookalike.cancels.contains(&Selector::Concept(hit.concept)),
                kind if lookalike.cancels.is_empty() => speaks(kind),
                _ => lookalike.cancels.iter().any(|s| selects(s, hit.concept, &target)),
            };
            if meant && distance(text, (hit.start, hit.end), (against.start, against.end)) <= NEAR {
                hits[j].dropped = true;
            }
        }
    }
}

/// Whether two matches share letters.
#[must_use]
pub fn overlaps(a: &Hit, b: &Hit) -> bool {
    a.field == b.field && a.start < b.end && b.start < a.end
}

/// Words between two ranges of a folded text, 0 where they touch or overlap; [`usize::MAX`] when far apart.
#[must_use]
pub fn distance(text: &str, a: (usize, usize), b: (usize, usize)) -> usize {
    let (left, right) = if a.1 <= b.0 { (a.1, b.0) } else { (b.1, a.0) };
    if left >= right {
        return 0;
    }
    if right - left > 160 {
        return usize::MAX;
    }
    let Some(between) = text.get(left..right) else { return usize::MAX };
    let words = between.split(' ').filter(|w| w.chars().any(|c| c.is_alphanumeric() && !tables::is_unsegmented(c)));
    // Two characters of an unsegmented script are about a word.
    let unsegmented = between.chars().filter(|&c| tables::is_unsegmented(c)).count();
    words.count() + unsegmented.div_ceil(2)
}

/// A code word that stands is not also the innocent thing that it pretends to be. What keeps it company may refute
/// more: grain is no resin's, and nobody is secretive about plastic.
fn drop_cover(lexicon: &Lexicon, hits: &mut [Hit]) {
    let concept = |h: &Hit| lexicon.concept(h.concept);
    let codes: Vec<Hit> = hits.iter().filter(|h| !h.dropped && concept(h).kind == CueKind::Code).copied().collect();
    if codes.is_empty() {
        return;
    }
    let keeps_company = |h: &Hit| {
        let of = |code: &Hit| concept(code).needs.iter().any(|s| selects(s, h.concept, &concept(h)));
        concept(h).kind == CueKind::Code || codes.iter().any(of)
    };
    let refuting: Vec<ConceptRef<'_>> = hits
        .iter()
        .filter(|h| !h.dropped && concept(h).kind != CueKind::Lookalike && keeps_company(h))
        .map(concept)
        .filter(|c| !c.cancels.is_empty())
        .collect();
    for hit in hits.iter_mut().filter(|h| !h.dropped && concept(h).kind == CueKind::Lookalike) {
        let covers = |code: &Hit| code.field == hit.field && code.start < hit.end && hit.start < code.end;
        let refutes = |c: &ConceptRef<'_>| c.cancels.iter().any(|s| selects(s, hit.concept, &concept(hit)));
        hit.dropped = codes.iter().any(covers) || refuting.iter().any(refutes);
    }
}

/// A coat is what furs are made into, and boots are what skins are: a look-alike that has trade terms is no doubt beside
/// a product of the same term, listed or not, nor where the same word stands as what the animal named beside it is made
/// into ("python boots").
fn drop_forms(lexicon: &Lexicon, found: &mut Found) {
    let (hits, folded) = (&mut found.hits, &found.folded);
    for i in 0..hits.len() {
        let form = hits[i];
        let ordinary = lexicon.concept(form.concept);
        if form.dropped || ordinary.kind != CueKind::Lookalike || ordinary.commodities.is_empty() {
            continue;
        }
        let text = folded[form.field].text.as_str();
        let made = hits.iter().any(|h| {
            !h.dropped && h.field == form.field && h.start <= form.start && form.end <= h.end && {
                let concept = lexicon.concept(h.concept);
                concept.kind == CueKind::Commodity
                    && concept.commodities.iter().any(|c| ordinary.commodities.contains(c))
            }
        });
        // Of what such leather is made, size and wearer are said as well ("python belt, mens, 36").
        let sized = hits.iter().any(|h| {
            let concept = lexicon.concept(h.concept);
            !h.dropped
                && h.field == form.field
                && concept.kind == CueKind::Commodity
                && concept.commodities.iter().any(|c| c == "LPS" && ordinary.commodities.contains(c))
        });
        hits[i].dropped = hits.iter().any(|h| {
            let product = lexicon.concept(h.concept);
            let shares = || product.commodities.iter().any(|c| ordinary.commodities.contains(c));
            let names = match product.kind {
                CueKind::Name if product.listed => made || sized && product.groups.iter().any(|g| LEATHER.contains(g)),
                CueKind::Name => product.wild && h.strength >= Strength::Medium && shares(),
                CueKind::Commodity => !product.groups.is_empty() && h.strength >= Strength::Medium && shares(),
                _ => false,
            };
            !h.dropped
                && names
                && h.field == form.field
                && distance(text, (h.start, h.end), (form.start, form.end)) <= NEAR
        });
    }
}

/// Drops what needs company and has none, until nothing changes: one that is dropped may have been another's
/// company.
fn drop_lonely(lexicon: &Lexicon, hits: &mut [Hit]) {
    for _ in 0..4 {
        let mut changed = false;
        for i in 0..hits.len() {
            let needs = lexicon.concept(hits[i].concept).needs;
            if hits[i].dropped || needs.is_empty() {
                continue;
            }
            let here = hits[i];
            // A phrase that holds its own company ("a shawl that passes through a ring") needs no other.
            let apart = |other: &Hit| {
                let shorter = |h: &Hit| h.concept == here.concept && overlaps(h, &here) && !overlaps(h, other);
                !overlaps(other, &here) || hits.iter().any(shorter)
            };
            let company = hits.iter().any(|other| {
                !other.dropped
                    && other.concept != here.concept
                    && apart(other)
                    && needs.iter().any(|s| selects(s, other.concept, &lexicon.concept(other.concept)))
            });
            if !company {
                hits[i].dropped = true;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
}
