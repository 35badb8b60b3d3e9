//! Rule files as people write them, one for each platform, and what must be true of them.
//!
//! Owns: completeness (every rule has a source, a date and an end), ids, hosts. Reports every problem. Rules
//! that nobody read are checked and then left out of the pack.

use super::{Against, Form, Host, Platform, Policy, Rule, Status, Work, is_host};
use crate::lexicon::EuAnnex;
use crate::lexicon::source::Problem;
use serde::Deserialize;
use spotter_model::{Appendix, Date, Group, Reportable};
use std::collections::{BTreeMap, HashSet};

/// Most days from reading a text to the rule's end: twelve months.
const MAX_DAYS: i64 = 366;
const MAX_SENTENCE: usize = 240;
const MAX_TITLE: usize = 80;

/// A file under `policy/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// The platform; none: rules for everywhere.
    #[serde(default)]
    pub platform: Option<PlatformEntry>,
    /// The rules.
    #[serde(default)]
    pub rule: Vec<RuleEntry>,
}

/// A platform as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformEntry {
    /// What rules call it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Host -> country code, `*` where the address does not say.
    pub hosts: BTreeMap<String, String>,
    /// For readers of the file.
    #[serde(default)]
    pub note: Option<String>,
}

/// Where a rule stands, as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkEntry {
    /// Short enough to stand in a sentence.
    pub title: String,
    /// Where to read it.
    #[serde(default)]
    pub address: String,
    /// Only an excerpt was read.
    #[serde(default)]
    pub excerpt: bool,
}

/// A rule as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as in `Rule`")]
pub struct RuleEntry {
    pub id: String,
    #[serde(default)]
    pub countries: Vec<String>,
    #[serde(default)]
    pub paths: Vec<String>,
    #[serde(default)]
    pub groups: Vec<Group>,
    #[serde(default)]
    pub taxa: Vec<String>,
    #[serde(default)]
    pub except_taxa: Vec<String>,
    #[serde(default)]
    pub appendices: Vec<Appendix>,
    #[serde(default)]
    pub eu_annexes: Vec<EuAnnex>,
    #[serde(default)]
    pub commodities: Vec<String>,
    #[serde(default)]
    pub except_commodities: Vec<String>,
    #[serde(default)]
    pub forms: Vec<Form>,
    #[serde(default)]
    pub when: Vec<String>,
    #[serde(default)]
    pub unless: Vec<String>,
    pub reportable: Reportable,
    pub against: Against,
    pub status: Status,
    pub source: WorkEntry,
    #[serde(default)]
    pub text_date: Option<Date>,
    pub read: Date,
    pub expires: Date,
    pub says: String,
    /// Why it is put like this; obligatory once it has expired.
    #[serde(default)]
    pub note: Option<String>,
}

/// What the files may refer to.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Ids of the register, sorted.
    pub taxa: &'a [&'a str],
    /// Ids of concepts.
    pub concepts: &'a HashSet<&'a str>,
}

/// Everything that is wrong with the files, as of the pack's day.
#[must_use]
pub fn check(files: &[(String, PolicyFile)], known: Known<'_>, as_of: Date) -> Vec<Problem> {
    let mut problems = vec![];
    let (mut ids, mut hosts, mut platforms) = (HashSet::new(), HashSet::new(), HashSet::new());
    for (name, file) in files {
        if let Some(platform) = &file.platform {
            let mut problem = |what: String| problems.push(Problem::new(name, Some(&platform.id), what));
            if !is_slug(&platform.id) || !platforms.insert(platform.id.as_str()) {
                problem("the platform's id must be lower-case letters, digits and hyphens, and its own".into());
            }
            if platform.name.trim().is_empty() || platform.name.len() > MAX_TITLE {
                problem("the platform needs the name that people use".into());
            }
            if platform.hosts.is_empty() {
                problem("the platform needs at least one host".into());
            }
            for (host, country) in &platform.hosts {
                if !is_host(host) || host.starts_with("www.") {
                    problem(format!(
                        "{host:?} is no host: lower-case ASCII labels (xn-- for others), no www., no port"
                    ));
                }
                if !hosts.insert(host.as_str()) {
                    problem(format!("{host} belongs to another platform already"));
                }
                if !is_country(country) {
                    problem(format!("{country:?} is no country: two capital letters, or * where the host has none"));
                }
            }
        }
        for rule in &file.rule {
            if !ids.insert(rule.id.as_str()) {
                problems.push(Problem::new(name, Some(&rule.id), "another rule has this id: ids must differ"));
            }
            for what in wrong(rule, file.platform.as_ref(), known, as_of) {
                problems.push(Problem::new(name, Some(&rule.id), what));
            }
        }
    }
    problems
}

/// What is wrong with one rule.
fn wrong(rule: &RuleEntry, platform: Option<&PlatformEntry>, known: Known<'_>, as_of: Date) -> Vec<String> {
    let mut out = vec![];
    let mut problem = |what: &str| out.push(what.to_owned());
    let prefix = platform.map_or("any.", |p| p.id.as_str());
    if !is_slug(&rule.id) || !rule.id.starts_with(prefix) || !rule.id.contains('.') {
        problem(&format!("the id must begin with {prefix}, hold a dot, and else lower-case letters, digits, hyphens"));
    }
    let scope = rule.groups.len()
        + rule.taxa.len()
        + rule.appendices.len()
        + rule.eu_annexes.len()
        + rule.commodities.len()
        + rule.forms.len();
    if scope == 0 {
        problem("it is about everything: give it groups, taxa, appendices, commodities or forms");
    }
    if rule.expires <= rule.read || rule.expires.days_since_epoch() - rule.read.days_since_epoch() > MAX_DAYS {
        problem("it must expire after it was read, and at most twelve months later");
    }
    if rule.text_date.is_some_and(|day| day > rule.read) {
        problem("text_date is the date that the text bears: not after it was read");
    }
    if rule.read > as_of {
        problem("it was read after the pack's own day: correct the date, or the version in pack.toml");
    }
    let noted = rule.note.as_deref().is_some_and(|n| !n.trim().is_empty());
    if rule.expires <= as_of && !noted {
        problem("it has expired and only says \"check\" now: read the text again, or say in `note` why it stays");
    }
    if rule.source.title.trim().is_empty() || rule.source.title.len() > MAX_TITLE {
        problem("source needs a title of at most 80 bytes: it stands in a sentence");
    }
    let address = &rule.source.address;
    let is_address = address.starts_with("https://") || address.starts_with("http://");
    match rule.status {
        Status::Primary | Status::Secondary if !is_address => problem("source needs the address of what was read"),
        Status::Project if !address.is_empty() => problem("a decision of the project has no address"),
        Status::Unverified if !noted => problem("say in `note` what is missing to verify it"),
        _ => {}
    }
    let says = rule.says.trim();
    if says.len() < 10 || says.len() > MAX_SENTENCE || !says.ends_with('.') || says != rule.says {
        problem("`says` must be one sentence of our own with a full stop, at most 240 bytes");
    }
    if says.to_lowercase().contains("illegal") {
        problem("`says` must not call anything illegal: say what the rule says");
    }
    if rule.status != Status::Unverified
        && let Some(what) = rule.compiled(None).contradiction()
    {
        problem(what);
    }
    if rule.against == Against::Platform && platform.is_none() {
        problem("a platform's rule stands in that platform's file");
    }
    for country in &rule.countries {
        if !is_country(country) || platform.is_some_and(|p| !p.hosts.values().any(|c| c == country)) {
            problem(&format!("no host of this file is of the country {country:?}"));
        }
    }
    if rule.paths.iter().any(|p| !p.starts_with('/') || p.len() < 2) {
        problem("a path begins with a slash and says something");
    }
    for code in rule.commodities.iter().chain(&rule.except_commodities) {
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            problem(&format!("{code:?} is no CITES trade term: three capital letters"));
        }
    }
    for taxon in rule.taxa.iter().chain(&rule.except_taxa) {
        // Sorted: the first that is not smaller is the taxon itself or the first of its genus.
        let at = known.taxa.partition_point(|id| *id < taxon.as_str());
        let found = known.taxa.get(at..).unwrap_or(&[]).iter().take(2).any(|id| covers(taxon, id));
        if !found {
            problem(&format!("the taxon {taxon:?} is not in register/: an id, or a genus with species there"));
        }
    }
    for concept in rule.when.iter().chain(&rule.unless) {
        if !known.concepts.contains(concept.as_str()) {
            problem(&format!("{concept:?} is no concept: correct `when` or `unless`"));
        }
    }
    out
}

/// Whether a rule's taxon is the other or its genus.
fn covers(rule: &str, taxon: &str) -> bool {
    taxon.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

impl RuleEntry {
    fn compiled(&self, platform: Option<u32>) -> Rule {
        Rule {
            id: self.id.clone(),
            platform,
            countries: self.countries.clone(),
            paths: self.paths.clone(),
            groups: self.groups.clone(),
            taxa: self.taxa.clone(),
            except_taxa: self.except_taxa.clone(),
            appendices: self.appendices.clone(),
            eu_annexes: self.eu_annexes.clone(),
            commodities: self.commodities.clone(),
            except_commodities: self.except_commodities.clone(),
            forms: self.forms.clone(),
            when: self.when.clone(),
            unless: self.unless.clone(),
            reportable: self.reportable,
            against: self.against,
            status: self.status,
            work: Work {
                title: self.source.title.clone(),
                address: self.source.address.clone(),
                excerpt: self.source.excerpt,
            },
            text_date: self.text_date,
            read: self.read,
            expires: self.expires,
            says: self.says.clone(),
        }
    }
}

/// Puts the files together. What nobody read stays behind.
#[must_use]
pub fn compile(files: &[(String, PolicyFile)]) -> Policy {
    let mut policy = Policy::default();
    for (_, file) in files {
        let platform = file.platform.as_ref().map(|p| {
            policy.platforms.push(Platform {
                id: p.id.clone(),
                name: p.name.clone(),
                hosts: p.hosts.iter().map(|(s, c)| Host { suffix: s.clone(), country: c.clone() }).collect(),
            });
            policy.platforms.len() as u32 - 1
        });
        let read = file.rule.iter().filter(|r| r.status != Status::Unverified);
        policy.rules.extend(read.map(|r| r.compiled(platform)));
    }
    policy
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
}

fn is_country(text: &str) -> bool {
    text == "*" || (text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()))
}
