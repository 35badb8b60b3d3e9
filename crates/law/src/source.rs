//! The files as people write them, and what must be true of them.
//!
//! Owns: completeness (a primary rule names article and date, every rule has an end), bounds, ids. Reports every problem.

use crate::{Act, Country, Exempt, Form, Rule, Source, Status};
use serde::Deserialize;
use spotter_model::{Appendix, Date, Group};
use std::collections::HashSet;
use std::path::Path;

/// Largest file.
const MAX_BYTES: u64 = 512 * 1024;
/// Most rules of one country: each is looked at for every case that is shown.
const MAX_RULES: usize = 500;
/// Most items in one list of a rule.
const MAX_ITEMS: usize = 64;
/// Longest sentence.
const MAX_SENTENCE: usize = 280;
/// Most days from checking a text to the rule's end: twelve months.
const MAX_DAYS: i64 = 366;
/// What no sentence of ours says of an offer.
const NEVER: [&str; 4] = ["illegal", "unlawful", "criminal", "smuggl"];

/// A file under `law/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawFile {
    country: String,
    name: String,
    #[serde(default)]
    members: Vec<String>,
    checked_by: String,
    checked_on: Date,
    expires: Date,
    #[serde(default)]
    rule: Vec<RuleEntry>,
}

/// A rule as written; who checked it, when, and its end are the file's where it does not say.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    id: String,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    groups: Vec<Group>,
    #[serde(default)]
    taxa: Vec<String>,
    #[serde(default)]
    appendices: Vec<Appendix>,
    #[serde(default)]
    commodities: Vec<String>,
    #[serde(default)]
    form: Option<Form>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    open: Option<String>,
    acts: Vec<Act>,
    asks: String,
    #[serde(default)]
    exempt: Vec<Exempt>,
    source: Source,
    /// The date of the version that was read: its own, or the day from which it applies.
    #[serde(default)]
    text_date: Option<Date>,
    #[serde(default)]
    in_force: Option<Date>,
    status: Status,
    #[serde(default)]
    checked_by: Option<String>,
    #[serde(default)]
    checked_on: Option<Date>,
    #[serde(default)]
    expires: Option<Date>,
    #[serde(default)]
    note: Option<String>,
}

/// Something that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, and the rule where it is one's.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "law/{}: {}", self.place, self.what)
    }
}

/// What the files may refer to.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Ids of the register, sorted.
    pub taxa: &'a [&'a str],
    /// Ids of concepts.
    pub concepts: &'a HashSet<&'a str>,
}

/// Reads one file's text.
///
/// # Errors
/// Where it is no such file.
pub fn parse(name: &str, text: &str) -> Result<LawFile, Problem> {
    let what = |e: toml::de::Error| {
        let line = e.span().map_or(0, |s| text.bytes().take(s.start).filter(|b| *b == b'\n').count() + 1);
        Problem { place: name.to_owned(), what: format!("line {line}: {}", e.message()) }
    };
    toml::from_str(text).map_err(what)
}

/// Reads the folder `law/`, file by file in the order of their names.
///
/// # Errors
/// Everything that cannot be read.
pub fn read_dir(folder: &Path) -> Result<Vec<(String, LawFile)>, Vec<Problem>> {
    let fault =
        |place: &str, e: std::io::Error| Problem { place: place.to_owned(), what: format!("cannot be read: {e}") };
    let entries = std::fs::read_dir(folder).map_err(|e| vec![fault("", e)])?;
    let (mut names, mut problems, mut files) = (vec![], vec![], vec![]);
    for entry in entries {
        match entry {
            Ok(entry) => names.push(entry.file_name().to_string_lossy().into_owned()),
            Err(e) => problems.push(fault("", e)),
        }
    }
    names.retain(|n| n.ends_with(".toml"));
    names.sort();
    for name in names {
        let path = folder.join(&name);
        let text = match std::fs::metadata(&path) {
            Ok(about) if about.len() > MAX_BYTES => Err(std::io::Error::other("it is larger than 512 KiB")),
            Ok(_) => std::fs::read_to_string(&path),
            Err(e) => Err(e),
        };
        match text.map_err(|e| fault(&name, e)).and_then(|text| parse(&name, &text)) {
            Ok(file) => files.push((name, file)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

/// Everything that is wrong with the files, as of a day. A rule that ran out is not wrong: it only says "check".
#[must_use]
pub fn check(files: &[(String, LawFile)], known: Known<'_>, as_of: Date) -> Vec<Problem> {
    let mut problems = vec![];
    let mut ids = HashSet::new();
    for (name, file) in files {
        let mut problem = |what: &str| problems.push(Problem { place: name.clone(), what: what.to_owned() });
        if !is_country(&file.country) || *name != format!("{}.toml", file.country) {
            problem("the country must be two capital letters, and the file's name");
        }
        if file.name.trim().is_empty() || file.name.len() > 60 {
            problem("the country needs the name that people use");
        }
        if file.members.iter().any(|m| !is_country(m)) {
            problem("a member is no country: two capital letters");
        }
        if file.rule.len() > MAX_RULES {
            problem("it holds more than 500 rules");
        }
        for rule in &file.rule {
            let place = || format!("{name}: {}", rule.id);
            if !ids.insert(rule.id.as_str()) {
                problems.push(Problem { place: place(), what: "another rule has this id: ids must differ".into() });
            }
            for what in wrong(rule, file, known, as_of) {
                problems.push(Problem { place: place(), what });
            }
        }
    }
    problems
}

/// What is wrong with one rule.
fn wrong(rule: &RuleEntry, file: &LawFile, known: Known<'_>, as_of: Date) -> Vec<String> {
    let mut out = vec![];
    let mut problem = |what: &str| out.push(what.to_owned());
    let prefix = file.country.to_lowercase();
    let rest = rule.id.strip_prefix(&prefix).unwrap_or("");
    if !is_slug(&rule.id) || !(rest.starts_with('.') || (rest.starts_with('-') && rest.contains('.'))) {
        problem(&format!("the id must begin with {prefix}. or {prefix}-REGION., in small letters, digits and hyphens"));
    }
    let scope = rule.groups.len() + rule.taxa.len() + rule.appendices.len() + rule.commodities.len();
    if scope == 0 {
        problem("it is about everything: give it groups, taxa, appendices or commodities");
    }
    if rule.acts.is_empty() {
        problem("say what it speaks of: offer, sale, import and so on");
    }
    let lists = [
        rule.groups.len(),
        rule.taxa.len(),
        rule.commodities.len(),
        rule.exempt.len(),
        rule.acts.len(),
        rule.unless.len(),
    ];
    if lists.iter().any(|&n| n > MAX_ITEMS) {
        problem("a list is longer than 64");
    }
    let (checked_on, expires) = (rule.checked_on.unwrap_or(file.checked_on), rule.expires.unwrap_or(file.expires));
    let days = expires.days_since_epoch() - checked_on.days_since_epoch();
    if days <= 0 || days > MAX_DAYS {
        problem("it must expire after it was checked, and at most twelve months later");
    }
    if checked_on > as_of {
        problem("it was checked after the day of this check");
    }
    if rule.text_date.is_some_and(|d| d > checked_on) {
        problem("text_date is the date of the text that was read: not after it was checked");
    }
    let checked_by = rule.checked_by.as_ref().unwrap_or(&file.checked_by);
    if !is_slug(checked_by) {
        problem("checked_by names a role in small letters, not a person");
    }
    let noted = rule.note.as_deref().is_some_and(|n| !n.trim().is_empty());
    let source = &rule.source;
    if source.title.trim().is_empty() || source.title.len() > 100 {
        problem("source needs a title of at most 100 bytes: it stands in a sentence");
    }
    if source.article.len() > 100 {
        problem("the article is at most 100 bytes");
    }
    let is_address = source.address.starts_with("https://") || source.address.starts_with("http://");
    match rule.status {
        Status::Primary => {
            if source.article.trim().is_empty() {
                problem("a primary rule names the article that was read");
            }
            if rule.text_date.is_none() {
                problem("a primary rule names the date of the text that was read (text_date)");
            }
            if !is_address {
                problem("source needs the address of what was read");
            }
        }
        Status::Secondary if !is_address => problem("source needs the address of what was read"),
        Status::Unverified if !noted => problem("say in `note` what is missing to verify it"),
        Status::Secondary | Status::Unverified => {}
    }
    let mut sentence = |name: &str, text: &str| {
        let text_ok = text.len() >= 10 && text.len() <= MAX_SENTENCE && text.ends_with('.') && text == text.trim();
        if !text_ok || text.chars().any(char::is_control) {
            out.push(format!("{name} must be one sentence of our own with a full stop, at most {MAX_SENTENCE} bytes"));
        }
        if NEVER.iter().any(|n| text.to_lowercase().contains(n)) {
            out.push(format!("{name} judges: say what the rule asks, not what an offer is"));
        }
    };
    sentence("asks", &rule.asks);
    if let Some(open) = &rule.open {
        sentence("open", open);
    }
    for exempt in &rule.exempt {
        sentence("claim", &exempt.claim);
        sentence("proof", &exempt.proof);
    }
    for code in &rule.commodities {
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            out.push(format!("{code:?} is no CITES trade term: three capital letters"));
        }
    }
    for taxon in &rule.taxa {
        let at = known.taxa.partition_point(|id| *id < taxon.as_str());
        let is = |id: &&&str| id.strip_prefix(taxon.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('-'));
        if !known.taxa.get(at..).unwrap_or(&[]).iter().take(2).any(|id| is(&id)) {
            out.push(format!("the taxon {taxon:?} is not in register/"));
        }
    }
    for concept in rule.unless.iter().chain(rule.exempt.iter().flat_map(|e| &e.concepts)) {
        if !known.concepts.contains(concept.as_str()) {
            out.push(format!("{concept:?} is no concept"));
        }
    }
    out
}

impl LawFile {
    /// The country with its rules. Notes stay behind: they are for whoever keeps the file.
    pub(crate) fn compiled(self) -> (Country, Vec<Rule>) {
        let Self { country, name, members, checked_by, checked_on, expires, rule } = self;
        let compiled = |r: RuleEntry| Rule {
            id: r.id,
            country: country.clone(),
            region: r.region,
            groups: r.groups,
            taxa: r.taxa,
            appendices: r.appendices,
            commodities: r.commodities,
            form: r.form,
            unless: r.unless,
            open: r.open,
            acts: r.acts,
            asks: r.asks,
            exempt: r.exempt,
            source: r.source,
            text_date: r.text_date,
            in_force: r.in_force,
            status: r.status,
            checked_by: r.checked_by.unwrap_or_else(|| checked_by.clone()),
            checked_on: r.checked_on.unwrap_or(checked_on),
            expires: r.expires.unwrap_or(expires),
        };
        let rules = rule.into_iter().map(compiled).collect();
        (Country { code: country, name, members }, rules)
    }
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 60
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}
