//! `spotter lexicon coverage`: how much of the published names the detector knows, and how rightly it lists them.
//!
//! Owns: the figures, what each must reach, and their print. Every answer is the detector's own, to the name as a
//! title; the tables only ask. Never: keeps a row of a table.

mod known;
mod official;

pub use known::Known;

use crate::register::tables::{self, BirdRow, ChecklistRow, TradeRow, VernacularRow};
use crate::register::{annotation, derive};
use crate::{End, Failure, input};
use spotter_detector::Detector;
use spotter_detector::lexicon::register::{ListedEntry, checklist};
use spotter_model::{CueKind, Date, Level};
use std::collections::BTreeMap;
use std::path::Path;

/// The tables; some are optional.
pub struct Tables<'a> {
    /// Trade records by taxon.
    pub taxa: &'a Path,
    /// The checklist.
    pub checklist: &'a Path,
    /// Official names.
    pub vernacular: &'a Path,
    /// Listings of ordinary goods.
    pub benign: Option<&'a Path>,
    /// Names of birds in many languages.
    pub birds: Option<&'a Path>,
}

/// A share with what it must reach.
struct Share {
    part: u64,
    all: u64,
}

impl Share {
    fn of(part: u64, all: u64) -> Self {
        Self { part, all }
    }

    fn per_cent(&self) -> f64 {
        if self.all == 0 { 0.0 } else { 100.0 * self.part as f64 / self.all as f64 }
    }
}

/// What is printed, line by line; whether all goals were reached.
struct Report {
    reached: bool,
}

impl Report {
    /// A share that must reach a goal.
    fn goal(&mut self, what: &str, share: &Share, least: f64) {
        let reached = share.per_cent() >= least;
        self.reached &= reached;
        let word = if reached { "reached" } else { "SHORT" };
        println!(
            "{what:<62} {:>8} of {:>8} {:>8.2} %   {word}, {least} % asked",
            share.part,
            share.all,
            share.per_cent()
        );
    }

    /// A share for information.
    fn share(what: &str, share: &Share) {
        println!("{what:<62} {:>8} of {:>8} {:>8.2} %", share.part, share.all, share.per_cent());
    }
}

/// Measures and prints; complains where a goal is missed.
pub fn run(detector: &Detector, tables: &Tables<'_>, as_of: Date) -> Result<End, Failure> {
    let known = Known::of(detector, as_of);
    let mut report = Report { reached: true };
    println!("pack {}, as of {as_of}", detector.pack_version());
    trade(&known, &tables::rows::<TradeRow>(tables.taxa)?, &mut report);
    let rows = tables::checklist(tables.checklist)?;
    names(&known, &rows, &mut report);
    listings(&known, &rows, &mut report);
    official::measure(&known, &tables::rows::<VernacularRow>(tables.vernacular)?, &mut report);
    if let Some(path) = tables.benign {
        false_alarms(detector, &known, path, as_of)?;
    }
    if let Some(path) = tables.birds {
        birds(&known, &tables::rows::<BirdRow>(path)?);
    }
    Ok(if report.reached { End::Fine } else { End::Complaints })
}

/// Trade records whose taxon is found by its scientific name.
fn trade(known: &Known<'_>, rows: &[TradeRow], report: &mut Report) {
    let mut all = Share::of(0, 0);
    let mut listed = Share::of(0, 0);
    let mut taxa = Share::of(0, rows.len() as u64);
    for row in rows {
        let found = known.finds_taxon(&row.scientific_name);
        all.all += row.records;
        if row.appendix != "N" {
            listed.all += row.records;
        }
        if found {
            all.part += row.records;
            taxa.part += 1;
            listed.part += if row.appendix == "N" { 0 } else { row.records };
        }
    }
    report.goal("trade records whose taxon is found by its scientific name", &all, 99.5);
    Report::share("  of taxa that were listed then", &listed);
    Report::share("  the taxa themselves, each once", &taxa);
}

/// Accepted names and synonyms of the checklist.
fn names(known: &Known<'_>, rows: &[ChecklistRow], report: &mut Report) {
    let mut share = Share::of(0, 0);
    let mut no_names = 0;
    for row in rows {
        let (name, accepted) = match row.status.as_str() {
            "synonym" => (derive::latin(&row.scientific_name), row.accepted_name.as_str()),
            _ => (Some(row.scientific_name.clone()), row.scientific_name.as_str()),
        };
        let Some(name) = name else {
            no_names += 1;
            continue;
        };
        share.all += 1;
        share.part += u64::from(known.finds(&name, accepted));
    }
    report.goal("checklist: names and synonyms found as their own taxon", &share, 99.0);
    println!("  {no_names} synonyms hold no Latin name and were not asked");
}

/// Whether what the detector says is what the checklist states.
fn listings(known: &Known<'_>, rows: &[ChecklistRow], report: &mut Report) {
    let mut all = Share::of(0, 0);
    let mut split = Share::of(0, 0);
    for row in rows.iter().filter(|r| r.status == "accepted") {
        let Some(appendix) = checklist::appendix(&row.appendix) else { continue };
        let stated = annotation::listings(&row.scientific_name, appendix, &row.annotation);
        let exact = known.finds(&row.scientific_name, &row.scientific_name)
            && known.listings(&row.scientific_name).is_some_and(|found| same(&stated, &found));
        if !exact {
            println!("  not as stated: {}", row.scientific_name);
        }
        all.all += 1;
        all.part += u64::from(exact);
        if stated.iter().any(|l| l.population.is_some()) {
            split.all += 1;
            split.part += u64::from(exact);
        }
    }
    report.goal("checklist: listing exactly as stated", &all, 100.0);
    report.goal("  rows that name a population or leave out a form", &split, 100.0);
}

/// A genus that the checklist lists whole may hold a species that is listed otherwise: that one is named beside it.
fn same(stated: &[ListedEntry], found: &[ListedEntry]) -> bool {
    let states = |f: &ListedEntry| stated.iter().any(|s| s.appendix == f.appendix && s.population == f.population);
    let others = |f: &ListedEntry| {
        stated.iter().all(|s| s.appendix != f.appendix) && f.population.as_deref().is_some_and(|p| p.contains(' '))
    };
    let held = |s: &ListedEntry| {
        found.iter().any(|f| {
            let rest = s.population.is_none() && f.population.as_deref().is_some_and(is_rest);
            f.appendix == s.appendix && (f.population == s.population || rest)
        })
    };
    stated.iter().all(held)
        && found.iter().all(|f| states(f) || others(f) || f.population.as_deref().is_some_and(is_rest))
}

/// How the register says that something below is listed otherwise.
fn is_rest(population: &str) -> bool {
    population == "the others" || population.starts_with("except ")
}

/// What bare official names do among ordinary goods.
fn false_alarms(detector: &Detector, known: &Known<'_>, path: &Path, as_of: Date) -> Result<(), Failure> {
    const MAX_BYTES: u64 = 256 * 1024 * 1024;
    let bytes = input::read_file(path, MAX_BYTES)?;
    let (mut all, mut found, mut counted, mut possible, mut likely) = (0_u64, 0_u64, 0_u64, 0_u64, 0_u64);
    for line in bytes.split(|&b| b == b'\n') {
        let Ok(Some(listing)) = input::listing(line) else { continue };
        all += 1;
        let a = detector.assess(&listing, as_of);
        let names: Vec<_> = a.cues.iter().filter(|c| known.is_official(c)).collect();
        found += u64::from(!names.is_empty());
        counted += u64::from(names.iter().any(|c| c.weight > 0.0));
        let subject = |kind: CueKind| matches!(kind, CueKind::Name | CueKind::Commodity | CueKind::Code);
        let alone = !names.is_empty()
            && a.cues.iter().filter(|c| subject(c.kind) && c.weight > 0.0).all(|c| known.is_official(c));
        possible += u64::from(alone && a.level >= Level::Possible);
        likely += u64::from(alone && a.level == Level::Likely);
    }
    Report::share("ordinary goods in which an official name stands", &Share::of(found, all));
    Report::share("  where it counts for something", &Share::of(counted, all));
    Report::share("  alarmed by official names alone, possible or above", &Share::of(possible, all));
    Report::share("  likely", &Share::of(likely, all));
    Ok(())
}

/// Birds' names in many languages, for information: the register holds three of them.
fn birds(known: &Known<'_>, rows: &[BirdRow]) {
    let mut by_language: BTreeMap<&str, Share> = BTreeMap::new();
    for row in rows {
        let share = by_language.entry(&row.lang).or_insert(Share::of(0, 0));
        share.all += 1;
        share.part += u64::from(known.finds_subject(&row.name));
    }
    println!("names of listed birds that are found as wildlife, by language (for information):");
    let cells: Vec<String> =
        by_language.iter().map(|(language, share)| format!("{language} {:.0} %", share.per_cent())).collect();
    println!("  {}", cells.join(", "));
}
