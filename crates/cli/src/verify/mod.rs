//! `spotter verify`: an exported report, checked offline, said in sentences.
//!
//! Owns: the order of the sentences and the exit status. The checks are in `check`; nothing is fetched, and no clock
//! is read: times are those that the package states, each with whose clock it was.

mod check;
#[cfg(test)]
mod tests;

use crate::{End, Failure, input};
pub use check::fingerprint;
use check::{Finding, Said};
use spotter_model::archive::ARCHIVE_BYTES;
use std::path::PathBuf;

/// What to verify.
#[derive(clap::Args)]
pub struct Options {
    /// The package: a zip as the endpoint or the extension exports it.
    file: PathBuf,
    /// The endpoint's fingerprint, as it stands in the invitation link: 43 characters behind the #.
    #[arg(long)]
    fingerprint: Option<String>,
    /// One line of JSON for each sentence, for programs.
    #[arg(long)]
    json: bool,
}

/// Runs the command. Exit status 0 where all that is there holds, 1 where something does not.
pub fn run(options: &Options) -> Result<End, Failure> {
    let bytes = input::read_file(&options.file, ARCHIVE_BYTES as u64)?;
    let findings = check::package(&bytes, options.fingerprint.as_deref());
    let broken = findings.iter().filter(|f| f.said == Said::Broken).count();
    let mut out = String::new();
    for finding in &findings {
        out.push_str(&if options.json { as_json(finding) } else { as_line(finding) });
        out.push('\n');
    }
    if !options.json {
        out.push_str(match broken {
            0 => "\nAll that is in this package holds.\n",
            1 => "\nOne thing does not hold: this package is not as it was made.\n",
            _ => "\nSeveral things do not hold: this package is not as it was made.\n",
        });
    }
    crate::show(&out)?;
    Ok(if broken == 0 { End::Fine } else { End::Complaints })
}

fn as_line(finding: &Finding) -> String {
    let word = match finding.said {
        Said::Holds => "holds",
        Said::Broken => "BROKEN",
        Said::Sealed => "sealed",
        Said::Erased => "erased",
        Said::Missing => "missing",
        Said::Note => "note",
    };
    format!("{word:8} {}", finding.sentence)
}

fn as_json(finding: &Finding) -> String {
    let said = match finding.said {
        Said::Holds => "holds",
        Said::Broken => "broken",
        Said::Sealed => "sealed",
        Said::Erased => "erased",
        Said::Missing => "missing",
        Said::Note => "note",
    };
    serde_json::json!({ "said": said, "item": finding.item, "sentence": finding.sentence }).to_string()
}
