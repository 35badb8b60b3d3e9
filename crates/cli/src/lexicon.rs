//! `spotter lexicon`: check and compile the source files.

use crate::{End, Failure};
use spotter_detector::Detector;
use spotter_detector::lexicon::{self, Problem, Sources};
use spotter_model::Date;
use std::path::{Path, PathBuf};

/// What to do with the sources.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Read all source files, compile them, and run every example. Exit status 1 where something is wrong.
    Check {
        /// The folder.
        #[arg(default_value = "lexicon")]
        folder: PathBuf,
    },
    /// Compile the sources into a pack, after the same checks.
    Build {
        /// The folder.
        #[arg(default_value = "lexicon")]
        folder: PathBuf,
        /// Where the pack goes.
        #[arg(short, long, default_value = "lexicon.pack")]
        output: PathBuf,
    },
    /// Count taxa, concepts, lemmas and forms by language, look-alikes, and code words by attestation and sharing.
    Count {
        /// The folder.
        #[arg(default_value = "lexicon")]
        folder: PathBuf,
        /// As JSON, with the ids of concepts that have no word.
        #[arg(long)]
        json: bool,
    },
    /// Measure how many published names the detector knows, and whether it lists them as the checklist does. Exit
    /// status 1 where a goal is missed.
    Coverage {
        #[command(flatten)]
        with: crate::With,
        /// Trade records by taxon, as CSV: `scientificName`, `appendix`, `records`.
        #[arg(long)]
        taxa: PathBuf,
        /// The checklist, as CSV.
        #[arg(long)]
        checklist: PathBuf,
        /// The official names, as CSV.
        #[arg(long)]
        vernacular: PathBuf,
        /// Listings of ordinary goods, as JSON Lines.
        #[arg(long)]
        benign: Option<PathBuf>,
        /// Names of birds, as CSV: `lang`, `name`.
        #[arg(long)]
        birds: Option<PathBuf>,
    },
    /// Print a sample of the taxa whose listing follows from a rule, with the rule that decided.
    Listings {
        /// The folder.
        #[arg(default_value = "lexicon")]
        folder: PathBuf,
        /// How many.
        #[arg(long, default_value_t = 200)]
        sample: usize,
        /// The same seed gives the same sample.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// As of this day; today (UTC) where it is not given.
        #[arg(long)]
        as_of: Option<Date>,
    },
    /// Print the changes of the appendices that the register holds, with what each taxon is listed as now.
    Changes {
        /// The folder.
        #[arg(default_value = "lexicon")]
        folder: PathBuf,
        /// As of this day; today (UTC) where it is not given.
        #[arg(long)]
        as_of: Option<Date>,
    },
    /// Compile a folder with only what an overlay adds (enrolled words, meanings, rules) into an overlay pack, to be
    /// signed. The folder lies outside the repository.
    Overlay {
        /// The folder with the additions.
        more: PathBuf,
        /// The lexicon that they are laid over.
        #[arg(long, default_value = "lexicon")]
        base: PathBuf,
        /// Where the pack goes.
        #[arg(short, long)]
        output: PathBuf,
    },
    #[command(flatten)]
    Keys(crate::keys::Command),
    /// Derive the generated part of the register from the published checklist and its official names.
    Register {
        /// The checklist, as CSV.
        #[arg(long)]
        checklist: PathBuf,
        /// The official names, as CSV.
        #[arg(long)]
        vernacular: PathBuf,
        /// Id of the work in `sources.toml` that both come from.
        #[arg(long, default_value = "cites-checklist-2026-03")]
        source: String,
        /// Where the files go.
        #[arg(long, default_value = "lexicon/register/generated")]
        out: PathBuf,
    },
}

pub fn tell(problems: &[Problem]) {
    for problem in problems {
        eprintln!("{problem}");
    }
}

/// Reads and compiles a folder.
pub fn compiled(folder: &Path) -> Result<(Sources, Vec<u8>, Detector), Failure> {
    compile(folder, read(folder)?)
}

fn failed(folder: &Path, problems: &[Problem]) -> Failure {
    tell(problems);
    Failure::new(format!("{} problems in {}; nothing was compiled", problems.len(), folder.display()))
}

fn read(folder: &Path) -> Result<Sources, Failure> {
    lexicon::read_dir(folder).map_err(|problems| failed(folder, &problems))
}

fn compile(folder: &Path, sources: Sources) -> Result<(Sources, Vec<u8>, Detector), Failure> {
    let pack = lexicon::compile(&sources).map_err(|problems| failed(folder, &problems))?;
    let detector = Detector::from_pack(&pack).map_err(|e| Failure::new(e.to_string()))?;
    Ok((sources, pack, detector))
}

/// Runs the command.
pub fn run(command: Command) -> Result<End, Failure> {
    match command {
        Command::Check { folder } => check(&folder, None),
        Command::Build { folder, output } => check(&folder, Some(&output)),
        Command::Overlay { more, base, output } => overlay(&more, &base, &output),
        Command::Keys(command) => crate::keys::run(command),
        Command::Count { folder, json } => crate::count::run(&folder, json),
        Command::Changes { folder, as_of } => crate::listings::changes(&folder, as_of.unwrap_or_else(crate::today)),
        Command::Coverage { with, taxa, checklist, vernacular, benign, birds } => {
            let tables = crate::coverage::Tables {
                taxa: &taxa,
                checklist: &checklist,
                vernacular: &vernacular,
                benign: benign.as_deref(),
                birds: birds.as_deref(),
            };
            crate::coverage::run(&with.detector()?, &tables, with.as_of())
        }
        Command::Listings { folder, sample, seed, as_of } => {
            crate::listings::run(&folder, sample, seed, as_of.unwrap_or_else(crate::today))
        }
        Command::Register { checklist, vernacular, source, out } => {
            crate::register::run(&checklist, &vernacular, &source, &out)
        }
    }
}

/// Compiles an overlay, and lays it over its base once to see that it fits.
fn overlay(more: &Path, base: &Path, output: &Path) -> Result<End, Failure> {
    let (sources, _, mut laid) = compiled(base)?;
    let more_sources = lexicon::read_more(more, &sources).map_err(|p| failed(more, &p))?;
    let pack = lexicon::compile_overlay(&sources, &more_sources).map_err(|p| failed(more, &p))?;
    let opened = lexicon::overlay::read_unsigned(&pack).map_err(|e| Failure::new(e.to_string()))?;
    laid.lay_over(opened).map_err(|e| Failure::new(e.to_string()))?;
    let problems = lexicon::check(&more_sources, &laid, more_sources.pack.day().unwrap_or_else(crate::today));
    tell(&problems);
    if !problems.is_empty() {
        return Ok(End::Complaints);
    }
    std::fs::write(output, &pack).map_err(|e| Failure::new(format!("{}: cannot be written: {e}", output.display())))?;
    let (meanings, words) = (more_sources.concepts.len(), more_sources.words.len());
    let rules: usize = more_sources.policy.iter().map(|(_, f)| f.rule.len()).sum();
    crate::show(&format!(
        "{}: {meanings} meanings, {words} files of words, {rules} rules, {} bytes; sign it before it goes anywhere\n",
        output.display(),
        pack.len()
    ))?;
    Ok(End::Fine)
}

/// Checks a folder and writes its pack where one is asked for.
fn check(folder: &Path, output: Option<&Path>) -> Result<End, Failure> {
    // The law first: it takes no time, and a rule without its article is no smaller a fault than a wrong word.
    let all = read(folder).and_then(|sources| Ok((crate::law::check(folder, &sources)?, sources)));
    let (law, (sources, pack, detector)) = match all.and_then(|(law, sources)| Ok((law, compile(folder, sources)?))) {
        Ok(all) => all,
        Err(Failure(what)) => {
            eprintln!("spotter: {what}");
            return Ok(End::Complaints);
        }
    };
    // Examples are judged on the pack's own day, so that they do not change their minds.
    let as_of = sources.pack.version.replace('.', "-").parse().unwrap_or_else(|_| crate::today());
    let problems = lexicon::check(&sources, &detector, as_of);
    tell(&problems);
    let known = detector.lexicon();
    let examples: usize = sources.words.iter().map(|(_, w)| w.example.len()).sum();
    println!(
        "{}: {} taxa, {} concepts ({} written), {} patterns, {} examples, pack {} of {} bytes",
        folder.display(),
        known.taxa.len(),
        known.count(),
        sources.concepts.len(),
        detector.engine().words().patterns().map_or(0, |p| p.len()),
        examples,
        detector.pack_version(),
        pack.len(),
    );
    if !problems.is_empty() {
        eprintln!("spotter: {} examples do not hold", problems.len());
        return Ok(End::Complaints);
    }
    println!("{law}");
    if let Some(output) = output {
        std::fs::write(output, &pack)
            .map_err(|e| Failure::new(format!("{}: cannot be written: {e}", output.display())))?;
    }
    Ok(End::Fine)
}
