//! Whether to report: the rules that fit an assessed listing, and what they come to together.
//!
//! Owns: when a rule fits, when it leaves the question open, and which rule wins. Never: weighs words, never
//! reads a clock. A rule that asks for a report looks at what the listing most probably offers; a rule that lets
//! it pass must cover everything that it may offer.

use super::host::{host_and_path, is_below};
use crate::lexicon::policy::{Against, Form, Policy, Rule};
use crate::lexicon::{EuAnnex, Lexicon};
use spotter_model::InOrder;
use spotter_model::{Appendix, Assessment, CueKind, Date, Reportable, TaxonMatch};

/// Most rules that an assessment names.
const GROUNDS: usize = 8;

/// Why a rule that is about such offers settles nothing; what is nearest to settling it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Open {
    /// It has exceptions, and the listing claims one: a claim is no proof, for or against.
    Exception,
    /// The rule itself says that it depends.
    Depends,
    /// Whether it covers this one depends on the species, the population or the form.
    Scope,
    /// It ran out and has to be read again.
    Expired,
}

/// A rule behind the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What the platform is called; `None` for rules of no platform.
    pub platform: Option<&'a str>,
    /// Why it settles nothing; `None` where it does.
    pub open: Option<Open>,
}

/// What the rules come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Whether to report.
    pub reportable: Reportable,
    /// The rules behind it, those that say most first.
    pub grounds: Vec<Ground<'a>>,
    /// Whose site it is, where that is known.
    pub site: Option<Site<'a>>,
}

/// A known site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site<'a> {
    /// What the platform is called.
    pub platform: &'a str,
    /// ISO 3166 code; `*` where the address does not say.
    pub country: &'a str,
}

/// How a condition fits, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Not,
    Open,
    Full,
}

impl Fit {
    fn of(some: bool, all: bool) -> Self {
        match (some, all) {
            (_, true) => Self::Full,
            (true, false) => Self::Open,
            (false, false) => Self::Not,
        }
    }
}

/// Where the listing stands.
struct Place<'a, 'u> {
    platform: Option<u32>,
    country: &'a str,
    path: &'u str,
}

impl<'a> Place<'a, '_> {
    fn site(&self, policy: &'a Policy) -> Option<Site<'a>> {
        let platform = policy.platforms.get(self.platform? as usize)?;
        Some(Site { platform: &platform.name, country: self.country })
    }
}

/// Whose site an address belongs to, where that is known.
#[must_use]
pub fn site<'a>(policy: &'a Policy, url: &str) -> Option<Site<'a>> {
    let (host, path) = host_and_path(url)?;
    place(policy, &host, path).site(policy)
}

/// Decides by the pack's rules and the round's.
#[must_use]
pub fn decide<'a>(lexicon: &'a Lexicon, focus: &'a [Rule], url: &str, a: &Assessment, as_of: Date) -> Decision<'a> {
    let policy = &lexicon.policy;
    let nothing = Decision { reportable: Reportable::Check, grounds: vec![], site: None };
    // Whose rules would they be? An address that names no site settles nothing.
    let Some((host, path)) = host_and_path(url) else { return nothing };
    let place = place(policy, &host, path);
    let site = place.site(policy);
    let focus = focus.iter().filter(|r| r.against == Against::Focus);
    let mut found: Vec<Ground<'a>> = vec![];
    for rule in policy.rules.iter().chain(focus) {
        let name = rule.platform.and_then(|p| policy.platforms.get(p as usize)).map(|p| p.name.as_str());
        let open = match fits(lexicon, rule, &place, a) {
            Fit::Not => continue,
            _ if rule.expires <= as_of => Some(Open::Expired),
            // What is usually fine is so only in plain sight.
            Fit::Full if rule.reportable == Reportable::No && (is_hidden(a) || claims_exception(rule, a)) => continue,
            Fit::Full if rule.reportable == Reportable::Check => Some(Open::Depends),
            Fit::Full if claims_exception(rule, a) => Some(Open::Exception),
            Fit::Full => None,
            Fit::Open => Some(Open::Scope),
        };
        found.push(Ground { rule, platform: name, open });
    }
    let settled = |wanted: Reportable| -> Vec<Ground<'a>> {
        found.iter().filter(|g| g.open.is_none() && g.rule.reportable == wanted).copied().collect()
    };
    let open: Vec<Ground<'a>> = found.iter().filter(|g| g.open.is_some()).copied().collect();
    let (reportable, mut grounds) = match (settled(Reportable::Yes), open, settled(Reportable::No)) {
        (yes, ..) if !yes.is_empty() => (Reportable::Yes, yes),
        (_, open, _) if !open.is_empty() => (Reportable::Check, open),
        (_, _, no) if !no.is_empty() => (Reportable::No, no),
        _ => (Reportable::Check, vec![]),
    };
    grounds.order_by(|x, y| {
        let rank = |g: &Ground<'_>| (g.open, g.rule.status, g.rule.against, breadth(g.rule));
        rank(x).cmp(&rank(y)).then_with(|| x.rule.id.cmp(&y.rule.id))
    });
    grounds.truncate(GROUNDS);
    Decision { reportable, grounds, site }
}

/// A rule that names more says more: taxa before groups before appendices.
fn breadth(rule: &Rule) -> u8 {
    match (rule.taxa.is_empty(), rule.groups.is_empty()) {
        (false, true) => 0,
        (_, false) => 1,
        (true, true) => 2,
    }
}

/// The platform with the longest host that fits.
fn place<'a, 'u>(policy: &'a Policy, host: &str, path: &'u str) -> Place<'a, 'u> {
    let mut best = Place { platform: None, country: "*", path };
    let mut length = 0;
    for (index, platform) in (0u32..).zip(&policy.platforms) {
        for known in &platform.hosts {
            if known.suffix.len() > length && is_below(host, &known.suffix) {
                length = known.suffix.len();
                best = Place { platform: Some(index), country: &known.country, path };
            }
        }
    }
    best
}

/// Written so as to be overlooked: nothing that is usually fine needs that.
fn is_hidden(a: &Assessment) -> bool {
    // Short forms of a hobby and emoji are code by kind, yet nobody's disguise.
    let open = |id: &str| id.starts_with("code.slang") || id.starts_with("code.emoji");
    a.disguised || !a.methods.is_empty() || a.cues.iter().any(|c| c.kind == CueKind::Code && !open(&c.concept))
}

fn claims_exception(rule: &Rule, a: &Assessment) -> bool {
    stands(&rule.unless, a)
}

fn stands(concepts: &[String], a: &Assessment) -> bool {
    !concepts.is_empty() && a.cues.iter().any(|c| concepts.contains(&c.concept))
}

/// Whether a rule's taxon is this one or its genus.
fn covers(rule: &str, taxon: &str) -> bool {
    taxon.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// The taxa that it may be. Where species are named, they settle which of a genus or family are meant.
pub(super) fn meant(a: &Assessment) -> impl Iterator<Item = &TaxonMatch> + Clone {
    let is_species = |t: &TaxonMatch| t.scientific_name.contains(' ');
    let named = a.taxa.iter().any(is_species);
    a.taxa.iter().filter(move |t| !named || is_species(t))
}

/// How the whole rule fits: as its worst condition does.
fn fits(lexicon: &Lexicon, rule: &Rule, place: &Place<'_, '_>, a: &Assessment) -> Fit {
    if rule.platform.is_some() && rule.platform != place.platform {
        return Fit::Not;
    }
    if !rule.countries.is_empty() && !rule.countries.iter().any(|c| c == place.country) {
        return Fit::Not;
    }
    if !rule.paths.is_empty() && !rule.paths.iter().any(|p| place.path.starts_with(p.as_str())) {
        return Fit::Not;
    }
    if !rule.when.is_empty() && !stands(&rule.when, a) {
        return Fit::Not;
    }
    let listed = appendix(rule, a).min(annex(lexicon, rule, a));
    let fit = subject(rule, a).min(listed).min(commodity(rule, a)).min(form(rule, a));
    // Letting pass is for what is covered with all that it may be.
    if rule.reportable == Reportable::No && fit == Fit::Open { Fit::Not } else { fit }
}

/// Groups or taxa.
fn subject(rule: &Rule, a: &Assessment) -> Fit {
    let excepted = |id: &str| rule.except_taxa.iter().any(|t| covers(t, id));
    let all = meant(a).count();
    let left = meant(a).filter(|t| !excepted(&t.id)).count();
    if all > 0 && left == 0 {
        return Fit::Not;
    }
    let whole = if left < all { Fit::Open } else { Fit::Full };
    if rule.groups.is_empty() && rule.taxa.is_empty() {
        return whole;
    }
    let in_group = |g: &spotter_model::Group| rule.groups.contains(g);
    let groups = match rule.reportable {
        // The first is what it most probably is.
        Reportable::Yes | Reportable::Check => {
            Fit::of(a.groups.iter().any(in_group), a.groups.first().is_some_and(in_group))
        }
        Reportable::No => Fit::of(false, !a.groups.is_empty() && a.groups.iter().all(in_group)),
    };
    let named = |id: &str| rule.taxa.iter().any(|t| covers(t, id)) && !excepted(id);
    let taxa =
        Fit::of(meant(a).any(|t| named(&t.id)), all > 0 && !rule.taxa.is_empty() && meant(a).all(|t| named(&t.id)));
    groups.max(taxa).min(whole)
}

/// Appendices: all listings of all taxa that it may be. Without a taxon nobody knows.
fn appendix(rule: &Rule, a: &Assessment) -> Fit {
    if rule.appendices.is_empty() {
        return Fit::Full;
    }
    all_of(meant(a).flat_map(|t| &t.listings).map(|l| rule.appendices.contains(&l.appendix)))
}

/// Annexes of the European Union, in the same way. Where the register's annex is not the one that follows from the
/// appendix, it rests on a list that nobody has checked against the regulation: both then stand, and a rule about one
/// of them alone settles nothing.
fn annex(lexicon: &Lexicon, rule: &Rule, a: &Assessment) -> Fit {
    if rule.eu_annexes.is_empty() {
        return Fit::Full;
    }
    // The register is sorted by id.
    let known = |id: &str| lexicon.taxa.find(id);
    let held = meant(a).filter_map(|t| known(&t.id)).flat_map(|t| lexicon.eu_annex(t).iter().copied());
    let followed = meant(a).filter(|t| known(&t.id).is_some_and(|k| !lexicon.eu_annex(k).is_empty()));
    let followed = followed.flat_map(|t| &t.listings).map(|l| follows(l.appendix));
    all_of(held.chain(followed).map(|annex| rule.eu_annexes.contains(&annex)))
}

/// The annex that an appendix leads to where nothing else is said.
fn follows(appendix: Appendix) -> EuAnnex {
    match appendix {
        Appendix::I => EuAnnex::A,
        Appendix::II => EuAnnex::B,
        Appendix::III => EuAnnex::C,
    }
}

/// Full where all fit, open where some do or none is known.
fn all_of(fitting: impl Iterator<Item = bool>) -> Fit {
    let (mut some, mut all, mut known) = (false, true, false);
    for fits in fitting {
        known = true;
        some |= fits;
        all &= fits;
    }
    if known { Fit::of(some, all) } else { Fit::Open }
}

fn commodity(rule: &Rule, a: &Assessment) -> Fit {
    if !a.commodities.is_empty() && a.commodities.iter().all(|c| rule.except_commodities.contains(c)) {
        return Fit::Not;
    }
    if rule.commodities.is_empty() {
        return Fit::Full;
    }
    if a.commodities.is_empty() {
        return Fit::Open;
    }
    let in_rule = |c: &String| rule.commodities.contains(c);
    match rule.reportable {
        Reportable::Yes | Reportable::Check => Fit::of(false, a.commodities.iter().any(in_rule)),
        Reportable::No => Fit::of(false, a.commodities.iter().all(in_rule)),
    }
}

fn form(rule: &Rule, a: &Assessment) -> Fit {
    if rule.forms.is_empty() {
        return Fit::Full;
    }
    if a.commodities.is_empty() {
        return Fit::of(true, rule.forms.contains(&Form::Unknown));
    }
    let in_rule = |c: &String| rule.forms.contains(&Form::of(c));
    match rule.reportable {
        Reportable::Yes | Reportable::Check => Fit::of(false, a.commodities.iter().any(in_rule)),
        Reportable::No => Fit::of(false, a.commodities.iter().all(in_rule)),
    }
}
