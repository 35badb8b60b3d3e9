//! `spotter policy`: what the rules come to, case by case.
//!
//! Cases are facts (taxon, form, address, claim), not texts: they judge the rules, not the words. Never decides
//! anything itself.

use crate::{End, Failure, With, input};
use serde::Deserialize;
use spotter_detector::lexicon::policy::{self, PolicyFile, Rule, RuleEntry};
use spotter_detector::lexicon::{Lexicon, source};
use spotter_detector::{Decision, Detector, Open};
use spotter_model::{
    Assessment, CitesListing, Cue, CueKind, Date, Field, Group, Level, Listing, Reportable, TaxonMatch,
};
use std::path::PathBuf;

/// Largest file of cases.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// What to do with the rules.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Decide a file of cases, print each with the rule that decided. Exit status 1 where one comes out otherwise.
    Cases {
        #[command(flatten)]
        with: With,
        /// The file.
        #[arg(default_value = "tests/policy/cases.toml")]
        file: PathBuf,
    },
    /// Print every rule of the pack with its source and dates.
    List {
        #[command(flatten)]
        with: With,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    as_of: Date,
    /// Rules of a round, heard in the cases that say so.
    #[serde(default)]
    focus: Vec<RuleEntry>,
    case: Vec<Case>,
}

/// One case: what the listing offers and where, and what must come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    taxa: Vec<String>,
    groups: Vec<Group>,
    #[serde(default)]
    commodities: Vec<String>,
    #[serde(default)]
    claims: Vec<String>,
    #[serde(default)]
    methods: Vec<String>,
    #[serde(default)]
    disguised: bool,
    #[serde(default)]
    url: String,
    /// The round's rules are heard.
    #[serde(default)]
    focus: bool,
    as_of: Option<Date>,
    want: Reportable,
    /// The first rule behind it; empty where none is.
    #[serde(default)]
    rule: String,
}

impl Case {
    fn assessment(&self, lexicon: &Lexicon, as_of: Date) -> Result<Assessment, Failure> {
        let mut taxa = vec![];
        for id in &self.taxa {
            let taxon =
                lexicon.taxa.find(id).ok_or_else(|| Failure::new(format!("the register has no taxon {id:?}")))?;
            let listings = lexicon.listings(taxon).iter().filter(|l| l.in_force(as_of)).map(|l| CitesListing {
                appendix: l.appendix,
                population: l.population.clone(),
                from: l.from,
                until: l.until,
            });
            taxa.push(TaxonMatch {
                id: id.clone(),
                scientific_name: lexicon.taxa.name(taxon).to_owned(),
                listings: listings.collect(),
            });
        }
        let cue = |kind: CueKind, concept: &String| Cue {
            kind,
            concept: concept.clone(),
            field: Field::Title,
            start: 0,
            end: 0,
            text: String::new(),
            weight: 0.0,
        };
        let claims = self.claims.iter().map(|c| cue(CueKind::Claim, c));
        Ok(Assessment {
            level: Level::Likely,
            taxa,
            groups: self.groups.clone(),
            commodities: self.commodities.clone(),
            cues: claims.chain(self.methods.iter().map(|m| cue(CueKind::Method, m))).collect(),
            claims: self.claims.clone(),
            methods: self.methods.clone(),
            disguised: self.disguised,
            ..Assessment::default()
        })
    }

    fn subject(&self) -> String {
        let groups = || self.groups.iter().map(word).collect::<Vec<_>>().join("+");
        let what = if self.taxa.is_empty() { groups() } else { self.taxa.join("+") };
        let mut rest: Vec<String> = self.claims.iter().chain(&self.methods).cloned().collect();
        if self.disguised {
            rest.push("disguised".into());
        }
        format!("{what} | {} | {}", or_dash(self.commodities.join("+")), or_dash(rest.join("+")))
    }
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".into() } else { text }
}

/// As it is written in files.
fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Runs the command.
pub fn run(command: Command) -> Result<End, Failure> {
    match command {
        Command::Cases { with, file } => cases(&with.detector()?, &file),
        Command::List { with } => {
            crate::show(&list(&with.detector()?.lexicon().policy))?;
            Ok(End::Fine)
        }
    }
}

fn cases(detector: &Detector, path: &std::path::Path) -> Result<End, Failure> {
    let name = path.display().to_string();
    let bytes = input::read_file(path, MAX_BYTES)?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::new(format!("{name}: is not UTF-8")))?;
    let file: CaseFile = source::parse(&name, &text).map_err(|p| Failure::new(p.to_string()))?;
    let focus = policy::compile(&[(name, PolicyFile { platform: None, rule: file.focus })]);
    focus.validate().map_err(Failure::new)?;
    let mut wrong = 0;
    crate::show("taxon or group | trade terms | claims | site | country | reportable | rule | why open\n")?;
    for case in &file.case {
        let as_of = case.as_of.unwrap_or(file.as_of);
        let a = case.assessment(detector.lexicon(), as_of)?;
        let heard: &[Rule] = if case.focus { &focus.rules } else { &[] };
        let listing = Listing { url: case.url.clone(), ..Listing::default() };
        let decision = detector.decision(heard, &listing, &a, as_of);
        crate::show(&format!("{} | {}\n", case.subject(), told(&decision)))?;
        let rule = decision.grounds.first().map_or("", |g| g.rule.id.as_str());
        if decision.reportable != case.want || rule != case.rule {
            wrong += 1;
            let rule = or_dash(case.rule.clone());
            eprintln!("spotter: {} | {}: expected {} by {rule}", case.subject(), case.url, word(&case.want));
        }
    }
    crate::show(&format!("{} cases, {wrong} otherwise than expected\n", file.case.len()))?;
    Ok(if wrong == 0 { End::Fine } else { End::Complaints })
}

fn told(decision: &Decision<'_>) -> String {
    let first = decision.grounds.first();
    let rule = first.map_or("-", |g| g.rule.id.as_str());
    let open = first.and_then(|g| g.open).map_or("-", |open| match open {
        Open::Scope => "depends on what it is",
        Open::Exception => "an exception is claimed",
        Open::Depends => "the rule says that it depends",
        Open::Expired => "the rule has expired",
    });
    let (site, country) = decision.site.map_or(("-", "-"), |site| (site.platform, site.country));
    format!("{site} | {country} | {} | {rule} | {open}", word(&decision.reportable))
}

fn list(policy: &policy::Policy) -> String {
    let mut out =
        String::from("rule | platform | reportable | against | status | text of | read | expires | source | it says\n");
    for rule in &policy.rules {
        let platform = rule.platform.and_then(|p| policy.platforms.get(p as usize)).map_or("-", |p| p.name.as_str());
        out += &format!(
            "{} | {platform} | {} | {} | {} | {} | {} | {} | {} {} | {}\n",
            rule.id,
            word(&rule.reportable),
            word(&rule.against),
            word(&rule.status),
            or_dash(rule.text_date.map_or(String::new(), |d| d.to_string())),
            rule.read,
            rule.expires,
            rule.work.title,
            rule.work.address,
            rule.says,
        );
    }
    out + &format!("{} rules, {} platforms\n", policy.rules.len(), policy.platforms.len())
}
