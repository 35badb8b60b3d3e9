//! `spotter law`: the rules of the law register by how well they are known, and some of them with their sources.
//!
//! Owns: the printed tables, and the check of `law/` that `spotter lexicon check` runs. Shows what the repository holds to
//! whoever keeps it; everything else reads rules through the gate of `spotter-law`.

use crate::{End, Failure};
use spotter_detector::lexicon::Sources;
use spotter_law::{Known, Mentioned, Problem, Quoted, Register, Rule, Status};
use spotter_model::Date;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What to do with the register.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Print how many rules each country has, by status, and what each status may reach.
    List {
        #[command(flatten)]
        which: Which,
    },
    /// Print rules with their sources, those that may be quoted first, spread over the countries.
    Sources {
        #[command(flatten)]
        which: Which,
        /// How many.
        #[arg(long, default_value_t = 20)]
        count: usize,
    },
}

/// Which register, and when.
#[derive(clap::Args)]
pub struct Which {
    /// The folder.
    #[arg(default_value = "lexicon/law")]
    folder: PathBuf,
    /// As of this day; today (UTC) where it is not given.
    #[arg(long)]
    as_of: Option<Date>,
}

/// Runs the command.
pub fn run(command: Command) -> Result<End, Failure> {
    let open = |which: &Which| -> Result<(Register, Date), Failure> {
        let files = spotter_law::read_dir(&which.folder).map_err(|p| failed(&p))?;
        Ok((Register::of(files), which.as_of.unwrap_or_else(crate::today)))
    };
    match command {
        Command::List { which } => {
            let (register, today) = open(&which)?;
            crate::show(&list(&register, today))?;
        }
        Command::Sources { which, count } => {
            let (register, today) = open(&which)?;
            crate::show(&sources(&register, today, count))?;
        }
    }
    Ok(End::Fine)
}

fn failed(problems: &[Problem]) -> Failure {
    for problem in problems {
        eprintln!("{problem}");
    }
    Failure::new(format!("{} problems in the law register", problems.len()))
}

/// Checks `law/` of a lexicon, and says in one line what it holds. A lexicon without one holds no law.
///
/// # Errors
/// Everything that is wrong.
pub fn check(folder: &Path, sources: &Sources) -> Result<String, Failure> {
    let folder = folder.join("law");
    if !folder.is_dir() {
        return Ok("no law register".into());
    }
    let files = spotter_law::read_dir(&folder).map_err(|p| failed(&p))?;
    let concepts: HashSet<&str> = sources.concepts.iter().map(|(_, c)| c.id.as_str()).collect();
    let mut taxa: Vec<&str> = sources.taxa.iter().map(|t| t.id.as_str()).collect();
    taxa.sort_unstable();
    let problems = spotter_law::check(&files, Known { taxa: &taxa, concepts: &concepts }, crate::today());
    if !problems.is_empty() {
        return Err(failed(&problems));
    }
    let register = Register::of(files);
    let [primary, secondary, unverified, due] = counts(register.rules(), crate::today());
    Ok(format!(
        "{} rules of law in {} countries: {primary} primary, {secondary} secondary, {unverified} unverified, {due} to be checked again",
        register.rules().len(),
        register.countries().len(),
    ))
}

/// Primary and secondary ones in date, unverified ones, and those that ran out.
fn counts(rules: &[Rule], today: Date) -> [usize; 4] {
    let mut out = [0; 4];
    for rule in rules {
        let at = match rule.status() {
            Status::Unverified => 2,
            _ if rule.expires() <= today => 3,
            Status::Primary => 0,
            Status::Secondary => 1,
        };
        out[at] += 1;
    }
    out
}

fn list(register: &Register, today: Date) -> String {
    let mut out = String::from("country | primary | secondary | unverified | to be checked | may be quoted\n");
    for country in register.countries() {
        let prefix = country.code.to_lowercase();
        let own = |r: &&Rule| r.id().strip_prefix(&prefix).is_some_and(|rest| rest.starts_with(['.', '-']));
        let rules: Vec<Rule> = register.rules().iter().filter(own).cloned().collect();
        let [primary, secondary, unverified, due] = counts(&rules, today);
        let quoted = rules.iter().filter(|r| Quoted::of(r, today).is_some()).count();
        let _ = writeln!(out, "{} | {primary} | {secondary} | {unverified} | {due} | {quoted}", country.code);
    }
    let [primary, secondary, unverified, due] = counts(register.rules(), today);
    let _ = writeln!(
        out,
        "all | {primary} | {secondary} | {unverified} | {due} | as of {today}\n\
         primary: panel, console, notice, public page; secondary: panel and console, \"according to\"; unverified: nowhere; \
         to be checked: panel and console, marked so",
    );
    out
}

fn sources(register: &Register, today: Date, count: usize) -> String {
    // One of each country after the other, so that twenty rules are not those of the first.
    let rank = |n: usize, rule: &Rule| (rule.status(), n, rule.id().to_owned());
    let mut nth = std::collections::HashMap::<&str, usize>::new();
    let mut all: Vec<_> = vec![];
    for rule in register.rules() {
        let of = nth.entry(&rule.id()[..2]).or_default();
        all.push((rank(*of, rule), rule));
        *of += 1;
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let mut out = String::new();
    for (_, rule) in all.into_iter().filter(|(_, r)| r.status() != Status::Unverified).take(count) {
        let Some(told) = Mentioned::of(rule, today) else { continue };
        let region = told.region().map(|r| format!(" ({r})")).unwrap_or_default();
        let excerpt = if told.source().excerpt { ", an excerpt" } else { "" };
        let (by, on) = told.checked();
        let _ = writeln!(
            out,
            "{} | {}{region} | {} | {}\n    {}\n    {}{excerpt}; {}; checked by {by} on {on}, until {}",
            told.id(),
            told.country(),
            rule.status().word(),
            told.acts().iter().map(|a| a.word()).collect::<Vec<_>>().join(", "),
            told.wording(),
            told.citation(),
            told.source().address,
            rule.expires(),
        );
    }
    out
}
