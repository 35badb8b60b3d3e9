//! `spotter quality recompute`: the archive behind a programme's published figures, checked, and every figure made again.

use crate::survey::{Checked, Named};
use crate::{End, Failure};
use spotter_survey::audited_archive::{ARCHIVE_TYPE, Manifest, recompute};
use std::path::PathBuf;

/// What is done with published figures.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make every published figure again from the rows of its archive, and compare the bytes. Exit status 1 where one differs.
    Recompute {
        /// The archive, a zip as the endpoint hands it out under /quality.zip.
        file: PathBuf,
        /// The endpoint's fingerprint, as it stands in the invitation link: 43 characters behind the #.
        #[arg(long)]
        fingerprint: Option<String>,
    },
}

impl Named for Manifest {
    const TYPE: &'static str = ARCHIVE_TYPE;

    fn signer(&self) -> &str {
        &self.key
    }

    fn files(&self) -> &[spotter_model::package::Listed] {
        &self.files
    }

    fn made(&self) -> String {
        format!("on {}", self.made_on)
    }

    fn software(&self) -> &str {
        &self.software
    }
}

/// Runs the command.
pub fn run(command: &Command) -> Result<End, Failure> {
    let Command::Recompute { file, fingerprint } = command;
    let mut checked = Checked::default();
    checked.archive(file, |files, checked| {
        checked.manifest::<Manifest>(files, fingerprint.as_deref());
        checked.figures(recompute(files));
    })?;
    checked.end("Every figure follows from the rows: identical bytes.")
}
