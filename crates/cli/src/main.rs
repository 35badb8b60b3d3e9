//! `spotter`: the detector on the command line.
//!
//! Owns: arguments, exit statuses, and which detector is used. Each command is a module. Never holds more of
//! its input than a bounded window.

mod corpus;
mod count;
mod coverage;
mod eval;
mod explain;
mod generate;
mod input;
mod keys;
mod label;
mod law;
mod lexicon;
mod listings;
mod metrics;
mod policy;
mod programme;
mod quality;
mod register;
mod scan;
mod selftest;
mod survey;
mod train;
mod verify;
mod words;

use clap::{Parser, Subcommand};
use spotter_detector::Detector;
use spotter_model::Date;
use std::path::PathBuf;
use std::process::ExitCode;

/// Finds listings that likely offer protected wildlife, and says why.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read listings as JSON Lines on standard input, write one assessment a line, in the same order.
    ///
    /// A line that is no listing is reported on standard error with its number and skipped; the exit status is
    /// then 1 at the end.
    Scan {
        #[command(flatten)]
        with: With,
    },
    /// Measure the detector on labelled listings.
    Eval {
        #[command(flatten)]
        with: With,
        #[command(flatten)]
        options: eval::Options,
    },
    /// Label listings in the terminal, blind, or compare two readers' answers.
    Label {
        #[command(flatten)]
        options: label::Options,
    },
    /// Check the project's own listings, or compose rows from their parts.
    Corpus {
        #[command(subcommand)]
        command: corpus::Command,
    },
    /// Fit the model on the project's own listings, calibrate it, and write its numbers.
    Train {
        #[command(flatten)]
        with: With,
        #[command(flatten)]
        options: train::Options,
    },
    /// Check or compile the lexicon's source files.
    Lexicon {
        #[command(subcommand)]
        command: lexicon::Command,
    },
    /// Read listings as JSON Lines on standard input, write why each is marked, as sentences.
    Explain {
        #[command(flatten)]
        with: With,
        /// The reader's language, as the extension's `_locales` name it.
        #[arg(long, default_value = "en")]
        lang: String,
        /// Explain the built-in synthetic samples instead, in every language.
        #[arg(long, conflicts_with = "lang")]
        samples: bool,
    },
    /// What to report where: the rules, and cases decided by them.
    Policy {
        #[command(subcommand)]
        command: policy::Command,
    },
    /// The law register: its rules by status, and rules with their sources.
    Law {
        #[command(subcommand)]
        command: law::Command,
    },
    /// Check an exported report offline: signatures, hashes, receipt. Exit status 1 where something does not hold.
    Verify {
        #[command(flatten)]
        options: verify::Options,
    },
    /// A programme's published figures: every one again from the archive.
    Quality {
        /// What to do.
        #[command(subcommand)]
        command: quality::Command,
    },
    /// Frozen surveys: every figure again from the archive.
    Survey {
        #[command(subcommand)]
        command: survey::Command,
    },
    /// The programme of rounds: check and sign it.
    Programme {
        #[command(subcommand)]
        command: programme::Command,
    },
    /// Write synthetic listings, made of the lexicon's terms and of filler.
    #[command(hide = true)]
    Generate {
        #[command(flatten)]
        with: With,
        /// What they are made of.
        #[arg(long, value_enum, default_value_t = generate::Text::Mixed)]
        text: generate::Text,
        /// How many.
        #[arg(long)]
        lines: u64,
        /// The same seed gives the same listings.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Read lines of text, write each with its cues' offsets and texts as JSON, to compare with JavaScript.
    #[command(hide = true)]
    OffsetsSelftest {
        #[command(flatten)]
        with: With,
    },
}

/// Which detector, and when.
#[derive(clap::Args)]
pub struct With {
    /// Assess as of this day, YYYY-MM-DD; today (UTC) where it is not given.
    #[arg(long, global = true)]
    as_of: Option<Date>,
    /// Use this compiled pack instead of the built-in one.
    #[arg(long, global = true, conflicts_with = "lexicon")]
    pack: Option<PathBuf>,
    /// Lay this overlay over the pack, whoever signed it or nobody: for those who try one out.
    #[arg(long, global = true)]
    overlay: Option<PathBuf>,
    /// Compile and use the lexicon in this folder instead of the built-in pack.
    #[arg(long, global = true)]
    lexicon: Option<PathBuf>,
}

impl With {
    fn detector(&self) -> Result<Detector, Failure> {
        let mut base = self.base()?;
        let Some(path) = &self.overlay else { return Ok(base) };
        let bytes = input::read_file(path, spotter_detector::lexicon::pack::MAX_BYTES as u64)?;
        let opened = spotter_detector::lexicon::overlay::read_unsigned(&bytes)
            .map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
        base.lay_over(opened).map_err(|e| Failure::new(e.to_string()))?;
        Ok(base)
    }

    fn base(&self) -> Result<Detector, Failure> {
        if let Some(folder) = &self.lexicon {
            return lexicon::compiled(folder).map(|(_, _, detector)| detector);
        }
        let bytes = match &self.pack {
            Some(path) => input::read_file(path, spotter_detector::lexicon::pack::MAX_BYTES as u64)?,
            None => spotter_pack::PACK.to_vec(),
        };
        Detector::from_pack(&bytes).map_err(|e| Failure::new(e.to_string()))
    }

    fn as_of(&self) -> Date {
        self.as_of.unwrap_or_else(today)
    }
}

/// Why a command could not do its work. Exit status 2.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// With a sentence for the person.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

/// What a command ended with, when it could do its work.
pub enum End {
    /// All well.
    Fine,
    /// Something in the input was wrong; it was reported.
    Complaints,
}

/// Writes to standard output. Whoever closed it has seen enough: no error.
pub fn show(text: &str) -> Result<(), Failure> {
    use std::io::{ErrorKind, Write};
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(Failure::new(format!("the output cannot be written: {e}"))),
        _ => Ok(()),
    }
}

/// Today in UTC: the only place where this program reads the clock.
fn today() -> Date {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let days = i64::try_from(seconds / 86_400).unwrap_or(0);
    // Few steps: years, then months and days, by the calendar that `Date` itself knows.
    let at = |y, m, d| Date::new(y, m, d).map(Date::days_since_epoch);
    let year = (1970..=9998).find(|&y| at(y + 1, 1, 1).is_none_or(|next| next > days)).unwrap_or(9999);
    let month = (1..=11).find(|&m| at(year, m + 1, 1).is_none_or(|next| next > days)).unwrap_or(12);
    let first = at(year, month, 1).unwrap_or(days);
    Date::new(year, month, u8::try_from(days - first + 1).unwrap_or(1))
        .unwrap_or_else(|| Date::new(1970, 1, 1).unwrap_or_else(|| unreachable!("1970 began")))
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Scan { with } => scan::run(&with),
        Command::Eval { with, options } => eval::run(&with, &options),
        Command::Label { options } => label::run(&options),
        Command::Corpus { command } => corpus::run(&command),
        Command::Train { with, options } => train::run(&with, &options),
        Command::Lexicon { command } => lexicon::run(command),
        Command::Explain { with, lang: _, samples: true } => explain::samples(&with),
        Command::Explain { with, lang, samples: false } => explain::run(&with, &lang),
        Command::Policy { command } => policy::run(command),
        Command::Law { command } => law::run(command),
        Command::Verify { options } => verify::run(&options),
        Command::Quality { command } => quality::run(&command),
        Command::Survey { command } => survey::run(&command),
        Command::Programme { command } => programme::run(command),
        Command::Generate { with, text, lines, seed } => generate::run(&with, text, lines, seed),
        Command::OffsetsSelftest { with } => selftest::run(&with),
    };
    match result {
        Ok(End::Fine) => ExitCode::SUCCESS,
        Ok(End::Complaints) => ExitCode::FAILURE,
        Err(Failure(what)) => {
            eprintln!("spotter: {what}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }

    #[test]
    fn today_is_a_day() {
        let today = super::today();
        assert!(today > "2026-01-01".parse().unwrap());
    }
}
