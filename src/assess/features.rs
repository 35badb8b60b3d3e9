//! What stands -> the features that the model weighs.
//!
//! Owns: the value of every feature, and which cues it is owed to. Fitting and scoring both come here, so that
//! they never see different things. Never: knows a weight.

use super::gather::{Found, LEATHER, NEAR, distance, overlaps, shares_group};
use super::phrase::{Behind, behind, is_for};
use super::standing::{Home, Place, Sort, Standing};
use crate::lexicon::{Attested, Feature, Strength};
use crate::normalize::kinds;
use spotter_model::{CueKind, Field, Group, Listing};

/// The cues that a feature is owed to, by their place in the list of what stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// No cue: the listing as a whole.
    Listing,
    /// One cue.
    One(usize),
    /// Two, in equal shares.
    Two(usize, usize),
}

/// One feature with its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// Which.
    pub feature: Feature,
    /// How much of it there is.
    pub value: f64,
    /// To what it is owed.
    pub owner: Owner,
}

/// The features that are not 0.
#[derive(Debug, Default)]
pub struct Values(pub Vec<Value>);

impl Values {
    fn add(&mut self, feature: Feature, owner: Owner) {
        self.0.push(Value { feature, value: 1.0, owner });
    }

    fn add_if(&mut self, condition: bool, feature: Feature, owner: Owner) {
        if condition {
            self.add(feature, owner);
        }
    }

    /// Whether anything speaks for something listed: a name, a product, a code word, or what is said of live
    /// animals again and again where none is named.
    pub fn has_subject(&self) -> bool {
        self.0.iter().any(|v| matches!(v.feature, Feature::Subject | Feature::OnlyLiveMany))
    }
}

/// Most of anything that is counted.
const MOST: usize = 3;
/// The claims that something is a fossil, or was found: what the sea leaves of sharks are fossil teeth.
const FOSSIL: [&str; 2] = ["claim.fossil", "claim.found"];
/// A part of a shark of an unknown kind.
const SHARK_PART: &str = "name.shark-part-unknown";
/// Most signs of a live animal that are counted where none is named.
const LIVE_SIGNS: usize = 5;

/// What says that work is offered on what the customer owns.
const SERVICE: &str = "lookalike.service-work";

/// Looks at everything that stands.
pub fn features(listing: &Listing, found: &Found, standing: &[Standing<'_>]) -> Values {
    let mut values = Values::default();
    values.add(Feature::Nothing, Owner::Listing);
    others(&mut values, listing, found, standing);
    fossil(&mut values, standing);
    let first = |is: fn(Sort) -> bool| (0..standing.len()).find(|&i| is(standing[i].sort));
    let listed = first(Sort::is_listed);
    let Some(best) = listed.or_else(|| first(|sort| sort == Sort::Other)) else {
        nobody(&mut values, standing);
        return values;
    };
    against(&mut values, found, standing, best, listed.is_some());
    if listed.is_some() {
        let subjects: Vec<usize> = (0..standing.len()).filter(|&i| standing[i].sort.is_subject()).collect();
        values.add(Feature::Subject, Owner::One(best));
        for ladder in &LADDERS {
            climb(&mut values, standing, ladder);
        }
        company(&mut values, found, standing, &subjects);
        signs(&mut values, standing, best);
        doubts(&mut values, standing, best, &subjects);
        context(&mut values, listing, found, standing, best, &subjects);
    }
    values
}

/// A listing that names no wild kind, listed or not: what is said instead, and what may belong to one.
fn nobody(values: &mut Values, standing: &[Standing<'_>]) {
    let of = |sort: Sort| (0..standing.len()).filter(move |&i| standing[i].sort == sort);
    for i in of(Sort::Lookalike).take(MOST) {
        values.add(Feature::OnlyLookalike, Owner::One(i));
    }
    if let Some(i) = of(Sort::Cancelling).next() {
        values.add(Feature::OnlyCancelled, Owner::One(i));
    }
    if let Some(i) = of(Sort::Part).next() {
        values.add(Feature::OnlyPart, Owner::One(i));
        values.add_if(standing[i].strength >= Strength::Medium, Feature::OnlyPartMedium, Owner::One(i));
    }
    if let Some(i) = of(Sort::Made).next() {
        values.add(Feature::OnlyMade, Owner::One(i));
        values.add_if(standing[i].strength >= Strength::Medium, Feature::OnlyMadeMedium, Owner::One(i));
    }
    if let Some(i) = of(Sort::Trade).next() {
        values.add(Feature::OnlyTrade, Owner::One(i));
    }
    // Whoever is hand-reared, ringed and talks is an animal, named or not; a tame kind that is named is that one.
    if of(Sort::Tame).next().is_none() && of(Sort::Part).next().is_none() {
        let live: Vec<usize> = (0..standing.len()).filter(|&i| standing[i].is_live_sign()).collect();
        for &i in live.iter().take(LIVE_SIGNS) {
            values.add(Feature::OnlyLive, Owner::One(i));
        }
        if let [first, _, third, ..] = live[..] {
            values.add(Feature::OnlyLiveMany, Owner::Two(first, third));
        }
    }
}

/// The steps of one sort of subject.
struct Ladder {
    sort: Sort,
    any: Feature,
    medium: Feature,
    strong: Feature,
    body: Feature,
    title: Feature,
    more: Feature,
}

const LADDERS: [Ladder; 4] = [
    Ladder {
        sort: Sort::Name,
        any: Feature::Name,
        medium: Feature::NameMedium,
        strong: Feature::NameStrong,
        body: Feature::NameBody,
        title: Feature::NameTitle,
        more: Feature::NameMore,
    },
    Ladder {
        sort: Sort::Product,
        any: Feature::Product,
        medium: Feature::ProductMedium,
        strong: Feature::ProductStrong,
        body: Feature::ProductBody,
        title: Feature::ProductTitle,
        more: Feature::ProductMore,
    },
    Ladder {
        sort: Sort::Part,
        any: Feature::Part,
        medium: Feature::PartMedium,
        strong: Feature::PartStrong,
        body: Feature::PartBody,
        title: Feature::PartTitle,
        more: Feature::PartMore,
    },
    Ladder {
        sort: Sort::Code,
        any: Feature::Code,
        medium: Feature::CodeMedium,
        strong: Feature::CodeStrong,
        body: Feature::CodeBody,
        title: Feature::CodeTitle,
        more: Feature::CodeMore,
    },
];

/// The strongest of a sort, and how many more there are.
fn climb(values: &mut Values, standing: &[Standing<'_>], ladder: &Ladder) {
    let mut of_sort = (0..standing.len()).filter(|&i| standing[i].sort == ladder.sort);
    let Some(first) = of_sort.next() else { return };
    let (s, owner) = (&standing[first], Owner::One(first));
    values.add(ladder.any, owner);
    values.add_if(s.strength >= Strength::Medium, ladder.medium, owner);
    values.add_if(s.strength == Strength::Strong, ladder.strong, owner);
    // A weak word says little wherever it stands.
    let firm = s.strength >= Strength::Medium;
    values.add_if(firm && s.place >= Place::Body, ladder.body, owner);
    values.add_if(firm && s.place == Place::Title, ladder.title, owner);
    for more in of_sort.filter(|&i| standing[i].strength >= Strength::Medium).take(2) {
        values.add(ladder.more, Owner::One(more));
    }
}

/// Wild kinds that no list names, and tame ones. They count without a subject too: they say what it is instead.
fn others(values: &mut Values, listing: &Listing, found: &Found, standing: &[Standing<'_>]) {
    let of = |sort: Sort| (0..standing.len()).filter(move |&i| standing[i].sort == sort);
    if let Some(i) = of(Sort::Other).next() {
        let s = &standing[i];
        values.add(Feature::Other, Owner::One(i));
        values.add_if(s.strength >= Strength::Medium, Feature::OtherMedium, Owner::One(i));
        values.add_if(s.strength == Strength::Strong, Feature::OtherStrong, Owner::One(i));
        values.add_if(s.place >= Place::Body, Feature::OtherBody, Owner::One(i));
        values.add_if(s.place == Place::Title, Feature::OtherTitle, Owner::One(i));
        values.add_if(!standing.iter().any(|s| s.sort.is_listed()), Feature::OtherOnly, Owner::One(i));
        for (sort, feature) in
            [(Sort::Part, Feature::OtherFits), (Sort::Trade, Feature::OtherTrade), (Sort::Claim, Feature::OtherClaim)]
        {
            if let Some((x, y)) = pair(standing, &[Sort::Other], &[sort]) {
                values.add(feature, Owner::Two(x, y));
            }
        }
        match behind(listing, found, standing, Sort::Other) {
            Some((i, Behind::Thing)) => values.add(Feature::OtherThing, Owner::One(i)),
            Some((i, Behind::Late)) => values.add(Feature::OtherLate, Owner::One(i)),
            Some((i, Behind::End)) => values.add(Feature::OtherEnd, Owner::One(i)),
            None => {}
        }
        if let Some(i) = is_for(listing, found, standing, Sort::Other) {
            values.add(Feature::OtherFor, Owner::One(i));
        }
        for more in of(Sort::Other).skip(1).take(2) {
            values.add(Feature::OtherMore, Owner::One(more));
        }
    }
    if let Some(i) = of(Sort::Tame).next() {
        values.add(Feature::Tame, Owner::One(i));
        values.add_if(standing[i].place == Place::Title, Feature::TameTitle, Owner::One(i));
    }
}

/// Whether a fossil is said beside sharks: their teeth are sold by the million, and most are none of today's.
fn fossil(values: &mut Values, standing: &[Standing<'_>]) {
    let said = standing.iter().position(|s| s.sort == Sort::Claim && FOSSIL.iter().any(|id| s.concept.is(id)));
    let of_shark = |s: &Standing<'_>| match s.sort {
        Sort::Other => s.groups().contains(&Group::Sharks) || s.concept.is(SHARK_PART),
        sort => sort.is_listed() && s.groups().contains(&Group::Sharks),
    };
    if let Some(i) = said.filter(|_| standing.iter().any(of_shark)) {
        values.add(Feature::Fossil, Owner::One(i));
    }
}

/// The first two that are of these sorts and can be about the same animal.
fn pair(standing: &[Standing<'_>], a: &[Sort], b: &[Sort]) -> Option<(usize, usize)> {
    for (x, first) in standing.iter().enumerate().filter(|(_, s)| a.contains(&s.sort)) {
        for (y, second) in standing.iter().enumerate().filter(|(_, s)| b.contains(&s.sort)) {
            if x != y && shares_group(&first.concept, &second.concept) {
                return Some((x, y));
            }
        }
    }
    None
}

/// The least number of words between matches of two concepts in one field.
fn words_between(found: &Found, a: u32, b: u32) -> usize {
    let of = |concept: u32| found.hits.iter().filter(move |h| !h.dropped && h.concept == concept);
    of(a)
        .flat_map(|x| of(b).map(move |y| (x, y)))
        .filter(|(x, y)| x.field == y.field)
        .map(|(x, y)| distance(&found.folded[x.field].text, (x.start, x.end), (y.start, y.end)))
        .min()
        .unwrap_or(usize::MAX)
}

fn overlap(a: &[Group], b: &[Group]) -> bool {
    a.iter().any(|g| b.contains(g))
}

/// Subjects beside subjects.
fn company(values: &mut Values, found: &Found, standing: &[Standing<'_>], subjects: &[usize]) {
    if let Some((x, y)) = pair(standing, &[Sort::Name], &[Sort::Product, Sort::Part]) {
        let owner = Owner::Two(x, y);
        values.add(Feature::Fits, owner);
        let near = words_between(found, standing[x].index, standing[y].index) <= NEAR;
        values.add_if(near, Feature::FitsNear, owner);
        let both = standing[x].place == Place::Title && standing[y].place == Place::Title;
        values.add_if(both, Feature::FitsTitle, owner);
    }
    let agreeing = subjects.iter().enumerate().find_map(|(n, &x)| {
        let other = subjects[n + 1..].iter().find(|&&y| overlap(standing[x].groups(), standing[y].groups()));
        other.map(|&y| (x, y))
    });
    if let Some((x, y)) = agreeing {
        values.add(Feature::Agree, Owner::Two(x, y));
    }
    // The title and the description speak of one thing, by the same word or by another.
    let told = |x: &usize| {
        let s = &standing[*x];
        s.place == Place::Title
            && found.hits.iter().any(|h| {
                !h.dropped
                    && Place::of(h) == Place::Body
                    && (h.concept == s.index
                        || standing
                            .iter()
                            .any(|o| o.index == h.concept && o.sort.is_subject() && overlap(o.groups(), s.groups())))
            })
    };
    if let Some(&x) = subjects.iter().find(|x| told(x)) {
        values.add(Feature::Again, Owner::One(x));
    }
    let mut apart: Vec<&[Group]> = vec![];
    for s in standing.iter().filter(|s| s.sort == Sort::Name && !s.groups().is_empty()) {
        if !apart.iter().any(|g| overlap(g, s.groups())) {
            apart.push(s.groups());
        }
    }
    values.add_if(apart.len() >= MOST, Feature::Scattered, Owner::Listing);
}

/// Signs of an offer, claims, methods and disguise.
fn signs(values: &mut Values, standing: &[Standing<'_>], best: usize) {
    let pairs: [(&[Sort], &[Sort], Feature); 6] = [
        (&[Sort::Name], &[Sort::Trade], Feature::NameTrade),
        (&[Sort::Product], &[Sort::Trade], Feature::ProductTrade),
        (&[Sort::Part], &[Sort::Trade], Feature::PartTrade),
        (&[Sort::Code], &[Sort::Trade], Feature::CodeTrade),
        (&[Sort::Name], &[Sort::Claim], Feature::NameClaim),
        (&[Sort::Product, Sort::Part, Sort::Code], &[Sort::Claim], Feature::ProductClaim),
    ];
    for (a, b, feature) in pairs {
        if let Some((x, y)) = pair(standing, a, b) {
            values.add(feature, Owner::Two(x, y));
        }
    }
    let of = |sort: Sort| (0..standing.len()).filter(move |&i| standing[i].sort == sort);
    let live = (0..standing.len()).find(|&i| standing[i].is_live_sign());
    if let (Some(name), Some(sign)) = (of(Sort::Name).next(), live) {
        values.add(Feature::NameTradeLive, Owner::Two(name, sign));
    }
    if let Some(i) = of(Sort::Claim).find(|&i| standing[i].strength == Strength::Strong) {
        values.add(Feature::ClaimStrong, Owner::Two(best, i));
    }
    if let Some(i) = of(Sort::Trade).find(|&i| standing[i].strength == Strength::Strong) {
        values.add(Feature::TradeStrong, Owner::One(i));
    }
    for (sort, feature, most) in [
        (Sort::Trade, Feature::TradeMore, MOST),
        (Sort::Claim, Feature::ClaimMore, 2),
        (Sort::Method, Feature::MethodMore, 2),
    ] {
        for i in of(sort).skip(1).take(most) {
            values.add(feature, Owner::One(i));
        }
    }
    if let Some(i) = of(Sort::Method).next() {
        values.add(Feature::Method, Owner::Two(best, i));
    }
    if let Some(i) = (0..standing.len()).find(|&i| standing[i].sort.is_subject() && standing[i].hit.disguised) {
        values.add(Feature::Disguised, Owner::One(i));
    }
}

/// Look-alikes beside the strongest name, part or code word. What says that an antler is no ivory does not speak
/// against the antler.
fn against(values: &mut Values, found: &Found, standing: &[Standing<'_>], best: usize, listed: bool) {
    let is_itself = |i: usize| {
        !listed && standing.iter().any(|other| other.sort == Sort::Other && overlaps(&other.hit, &standing[i].hit))
    };
    let of = |sort: Sort| (0..standing.len()).filter(move |&i| standing[i].sort == sort && !is_itself(i));
    // What is repaired, valued or looked after is named as firmly as what is sold.
    if let Some(i) = of(Sort::Lookalike).find(|&i| standing[i].concept.is(SERVICE)) {
        values.add(Feature::Service, Owner::One(i));
        values.add_if(standing[i].place == Place::Title, Feature::ServiceTitle, Owner::One(i));
    }
    // A code word is written to be taken for something ordinary: that speaks against it less. So is what is disguised.
    let disguised = |s: &Standing<'_>| s.hit.disguised && s.sort.is_listed() && s.strength >= Strength::Medium;
    let plain = |s: &Standing<'_>| matches!(s.sort, Sort::Name | Sort::Product) && !s.hit.disguised;
    let hidden = standing.iter().any(|s| s.sort == Sort::Code || disguised(s)) && !standing.iter().any(plain);
    // Anything is made of leather: what else is named says little against it.
    if !listed && standing.iter().any(is_leather) {
        for i in of(Sort::Lookalike).take(MOST) {
            values.add(Feature::LookalikeLeather, Owner::One(i));
        }
        if let Some(i) = of(Sort::Lookalike).find(|&i| standing[i].strength == Strength::Strong) {
            values.add(Feature::LookalikeLeatherStrong, Owner::One(i));
        }
    } else if hidden {
        for i in of(Sort::Lookalike).take(MOST) {
            values.add(Feature::LookalikeCode, Owner::One(i));
        }
    } else if let Some(first) = of(Sort::Lookalike).next() {
        let (s, owner) = (&standing[first], Owner::One(first));
        values.add(Feature::Lookalike, owner);
        values.add_if(s.strength >= Strength::Medium, Feature::LookalikeMedium, owner);
        values.add_if(s.strength == Strength::Strong, Feature::LookalikeStrong, owner);
        // A weak one says little wherever it stands: goods of all sorts are for men and for women.
        let firm = || of(Sort::Lookalike).filter(|&i| standing[i].strength >= Strength::Medium);
        let away = |i: usize| words_between(found, standing[i].index, standing[best].index);
        if let Some(i) = firm().find(|&i| away(i) <= NEAR) {
            values.add(Feature::LookalikeNear, Owner::One(i));
        }
        if let Some(i) = firm().find(|&i| away(i) <= 1) {
            values.add(Feature::LookalikeBeside, Owner::One(i));
        }
        if let Some(i) = firm().find(|&i| standing[i].place == Place::Title) {
            values.add(Feature::LookalikeTitle, Owner::One(i));
        }
        let strong = |i: &usize| standing[*i].place == Place::Title && standing[*i].strength == Strength::Strong;
        if let Some(i) = of(Sort::Lookalike).find(strong) {
            values.add(Feature::LookalikeTitleStrong, Owner::One(i));
        }
        if let Some(i) = of(Sort::Lookalike).find(|&i| standing[i].place == Place::Aside) {
            values.add(Feature::LookalikeAside, Owner::One(i));
        }
        for i in of(Sort::Lookalike).skip(1).take(MOST) {
            values.add(Feature::LookalikeMore, Owner::One(i));
        }
    }
    if let Some(first) = of(Sort::Cancelling).next() {
        values.add(Feature::Cancelled, Owner::One(first));
        for i in of(Sort::Cancelling).skip(1).take(2) {
            values.add(Feature::CancelledMore, Owner::One(i));
        }
    }
}

/// Whether it is leather by its name, of an animal that no list names: such a name has trade terms and needs no company.
fn is_leather(s: &Standing<'_>) -> bool {
    s.sort == Sort::Other && s.concept.kind == CueKind::Name && s.concept.needs.is_empty() && has_leather_term(s)
}

/// Goods that are made of skins, or mostly are.
fn is_leather_ware(s: &Standing<'_>) -> bool {
    s.sort == Sort::Made || s.sort == Sort::Part && has_leather_term(s)
}

/// Whether small leather products are among its trade terms.
fn has_leather_term(s: &Standing<'_>) -> bool {
    s.concept.commodities.iter().any(|c| c == "LPS")
}

/// What makes the subjects themselves doubtful.
fn doubts(values: &mut Values, standing: &[Standing<'_>], best: usize, subjects: &[usize]) {
    let weak = subjects.iter().all(|&i| standing[i].strength == Strength::Weak);
    if weak {
        values.add(Feature::WeakOnly, Owner::One(best));
        values.add_if(standing[best].place == Place::Title, Feature::WeakTitle, Owner::One(best));
        if let Some(i) = standing.iter().position(|s| s.sort == Sort::Lookalike) {
            values.add(Feature::LookalikeWeak, Owner::One(i));
        }
        let company = standing.iter().any(|s| {
            s.index != standing[best].index && !matches!(s.sort, Sort::Lookalike | Sort::Cancelling | Sort::Tame)
        });
        values.add_if(!company, Feature::WeakAlone, Owner::One(best));
    }
    let inferred = subjects.iter().all(|&i| standing[i].attested == Attested::Inferred);
    values.add_if(inferred, Feature::InferredOnly, Owner::One(best));
}

/// The listing around the cues: lengths and price.
fn context(
    values: &mut Values,
    listing: &Listing,
    found: &Found,
    standing: &[Standing<'_>],
    best: usize,
    subjects: &[usize],
) {
    values.add_if(standing[best].home == Home::Foreign, Feature::Foreign, Owner::One(best));
    values.add_if(standing[best].home == Home::English, Feature::ForeignEnglish, Owner::One(best));
    let words = |field: Field| words(&found.folded[field as usize].text, 61);
    let title = words(Field::Title);
    let told = told_in_title(found, standing);
    values.add_if(told > 0 && 2 * told >= title, Feature::TitleMostly, Owner::Listing);
    values.add_if(told > 0 && 5 * told <= title, Feature::TitleLittle, Owner::Listing);
    values.add_if(is_bare(standing), Feature::NameBare, Owner::One(best));
    match behind(listing, found, standing, Sort::Name) {
        Some((i, Behind::Thing)) => {
            values.add(Feature::NameThing, Owner::One(i));
            let skin = overlap(standing[i].groups(), &LEATHER);
            values.add_if(skin, Feature::NameThingSkin, Owner::One(i));
            values.add_if(skin && standing.iter().any(is_leather_ware), Feature::NameThingMade, Owner::One(i));
        }
        Some((i, Behind::Late)) => values.add(Feature::NameLate, Owner::One(i)),
        Some((i, Behind::End)) => values.add(Feature::NameEnd, Owner::One(i)),
        None => {}
    }
    if let Some(i) = is_for(listing, found, standing, Sort::Name) {
        values.add(Feature::NameFor, Owner::One(i));
    }
    values.add_if(title <= 4, Feature::TitleShort, Owner::Listing);
    values.add_if(title > 12, Feature::TitleLong, Owner::Listing);
    let text = words(Field::Description);
    values.add_if(text == 0, Feature::TextNone, Owner::Listing);
    values.add_if(text > 60, Feature::TextLong, Owner::Listing);
    values.add_if(text > 60 && subjects.len() < 2, Feature::TextLongWeak, Owner::One(best));
    let price = listing.price.trim();
    values.add_if(price.is_empty(), Feature::PriceNone, Owner::Listing);
    values.add_if(is_token(price), Feature::PriceToken, Owner::Listing);
}

/// Whether nothing stands but names and what speaks against them. A name that a programme added was met in what sellers offer, and
/// lends itself to nothing else.
fn is_bare(standing: &[Standing<'_>]) -> bool {
    let is =
        |sort| matches!(sort, Sort::Name | Sort::Made | Sort::Other | Sort::Tame | Sort::Lookalike | Sort::Cancelling);
    standing.iter().all(|s| is(s.sort) && !s.hit.added)
}

/// Words of the title that stand in a name, part, product or code word.
fn told_in_title(found: &Found, standing: &[Standing<'_>]) -> usize {
    let title = Field::Title as usize;
    let mut until = 0;
    let mut told = 0;
    for hit in found.hits.iter().filter(|h| !h.dropped && h.field == title) {
        let from = hit.start.max(until);
        if from < hit.end && standing.iter().any(|s| s.index == hit.concept && s.sort.is_subject()) {
            told += found.folded[title].text.get(from..hit.end).map_or(0, |text| words(text, 61));
            until = hit.end;
        }
    }
    told
}

/// How many words a folded text has, counted up to `most`. Two characters of an unsegmented script are about one.
fn words(folded: &str, most: usize) -> usize {
    let (mut words, mut unsegmented, mut inside) = (0usize, 0usize, false);
    for c in folded.chars() {
        let kind = kinds::of(c);
        if kind & kinds::UNSEGMENTED != 0 {
            unsegmented += 1;
            inside = false;
        } else {
            let letter = kind & (kinds::ALPHABETIC | kinds::NUMBER) != 0;
            words += usize::from(letter && !inside);
            inside = letter;
        }
        if words + unsegmented / 2 >= most {
            return most;
        }
    }
    words + unsegmented.div_ceil(2)
}

/// A price that is none: 0, 1, the same digit again and again, or digits in a row.
fn is_token(price: &str) -> bool {
    let mut digits: Vec<u8> = price.bytes().take(64).filter(u8::is_ascii_digit).collect();
    // Cents that are none.
    if digits.len() > 2 && (price.contains(".00") || price.contains(",00")) && digits.ends_with(b"00") {
        digits.truncate(digits.len() - 2);
    }
    match digits.as_slice() {
        [] => false,
        [one] => *one <= b'1',
        all => {
            all.windows(2).all(|w| w[0] == w[1]) && all.len() >= 3
                || all.len() >= 3 && all[0] == b'1' && all.windows(2).all(|w| w[1] == w[0] + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_that_are_none() {
        for token in ["0", "1 €", "€ 1.00", "1,00 EUR", "123", "1234 zł", "111", "9999", "$999.00"] {
            assert!(is_token(token), "{token}");
        }
        for price in ["", "VB", "12", "10 €", "11 €", "250", "1.200 €", "123,50 €", "100"] {
            assert!(!is_token(price), "{price}");
        }
    }

    #[test]
    fn words_of_any_script() {
        assert_eq!(words("", 61), 0);
        assert_eq!(words("an old  tiger 7", 61), 4);
        assert_eq!(words("象牙雕 new", 61), 3);
        assert_eq!(words(&"a ".repeat(500), 61), 61);
    }

    #[test]
    fn goods_of_leather_count_where_no_animal_is_named() {
        let concepts = r#"
[[concept]]
id = "commodity.leather-kind"
kind = "commodity"
label = "a saddle"
commodity = "LPS"
strength = "medium"
wild = true
listed = false
source = "test"
attested = "observed"
[[concept]]
id = "name.tiger"
kind = "name"
label = "tiger"
taxa = ["panthera-tigris"]
strength = "medium"
source = "test"
attested = "observed"
[[concept]]
id = "code.stripes"
kind = "code"
label = "stripes"
group = "bigcats"
needs = ["kind:commodity"]
source = "test"
attested = "observed"
"#;
        let words = r#"
language = "en"
source = "test"
attested = "observed"
[words]
"commodity.leather-kind" = ["saddle", "?wallet"]
"name.tiger" = ["tiger"]
"code.stripes" = ["stripes"]
"#;
        let sources = crate::testing::sources_with(concepts, &[("en", words)]).unwrap();
        let detector = crate::Detector::from_pack(&crate::lexicon::compile(&sources).unwrap()).unwrap();
        let of = |title: &str| {
            let listing = Listing { lang: "en".into(), title: title.into(), ..Listing::default() };
            let features = detector.features(&listing, "2026-11-20".parse().unwrap());
            let has = |wanted: Feature| features.iter().any(|(f, _)| *f == wanted);
            (has(Feature::OnlyMade), has(Feature::OnlyMadeMedium), has(Feature::Subject))
        };
        assert_eq!(of("Saddle, 16 inch"), (true, true, false));
        assert_eq!(of("Wallet, brown"), (true, false, false));
        assert_eq!(of("Tiger saddle"), (false, false, true));
        // It keeps no code word company.
        assert_eq!(of("Saddle with stripes"), (true, true, false));
    }
}
