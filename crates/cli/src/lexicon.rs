//! `spotter lexicon`: check and compile the source files.

use crate::{End, Failure};
use spotter_detector::Detector;
use spotter_detector::lexicon::{self, Problem, Sources};
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
}

fn tell(problems: &[Problem]) {
    for problem in problems {
        eprintln!("{problem}");
    }
}

/// Reads and compiles a folder.
pub fn compiled(folder: &Path) -> Result<(Sources, Vec<u8>, Detector), Failure> {
    let failed = |problems: Vec<Problem>| {
        tell(&problems);
        Failure::new(format!("{} problems in {}; nothing was compiled", problems.len(), folder.display()))
    };
    let sources = lexicon::read_dir(folder).map_err(failed)?;
    let pack = lexicon::compile(&sources).map_err(failed)?;
    let detector = Detector::from_pack(&pack).map_err(|e| Failure::new(e.to_string()))?;
    Ok((sources, pack, detector))
}

/// Runs the command.
pub fn run(command: Command) -> Result<End, Failure> {
    let (folder, output) = match &command {
        Command::Check { folder } => (folder, None),
        Command::Build { folder, output } => (folder, Some(output)),
    };
    let (sources, pack, detector) = match compiled(folder) {
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
    let examples: usize = sources.concepts.iter().map(|(_, c)| c.must.len() + c.mustnot.len()).sum();
    println!(
        "{}: {} taxa, {} concepts ({} written), {} patterns, {} examples, pack {} of {} bytes",
        folder.display(),
        known.taxa.len(),
        known.concepts.len(),
        sources.concepts.len(),
        known.patterns(),
        examples,
        detector.pack_version(),
        pack.len(),
    );
    if !problems.is_empty() {
        eprintln!("spotter: {} examples do not hold", problems.len());
        return Ok(End::Complaints);
    }
    if let Some(output) = output {
        std::fs::write(output, &pack)
            .map_err(|e| Failure::new(format!("{}: cannot be written: {e}", output.display())))?;
    }
    Ok(End::Fine)
}
