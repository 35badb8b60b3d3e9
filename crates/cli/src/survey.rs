//! `spotter survey reproduce`: a frozen survey's archive, checked, and every figure made again from its data.
//! Owns the checks that every archive of figures gets.

use crate::{End, Failure, input};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use spotter_model::archive::{self as zip, ARCHIVE_BYTES, ReadFile};
use spotter_model::dsse::{Envelope, pae};
use spotter_model::package::Listed;
use spotter_survey::archive::{self, ARCHIVE_TYPE, Compared, MANIFEST, Manifest, Unread};
use spotter_survey::canonical;
use std::path::{Path, PathBuf};

/// What is done with a survey.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make every figure of a frozen survey again from its data, and compare the bytes. Exit status 1 where one differs.
    Reproduce {
        /// The archive, a zip as the endpoint froze it.
        file: PathBuf,
        /// The endpoint's fingerprint, as it stands in the invitation link: 43 characters behind the #.
        #[arg(long)]
        fingerprint: Option<String>,
    },
}

/// What an archive's signed list says of itself.
pub trait Named: serde::de::DeserializeOwned {
    /// What is signed.
    const TYPE: &'static str;

    /// Standard base64 of the key that signs.
    fn signer(&self) -> &str;

    /// All other files, in order.
    fn files(&self) -> &[Listed];

    /// When it was made, in words.
    fn made(&self) -> String;

    /// Version of the software that made the figures.
    fn software(&self) -> &str;
}

impl Named for Manifest {
    const TYPE: &'static str = ARCHIVE_TYPE;

    fn signer(&self) -> &str {
        &self.key
    }

    fn files(&self) -> &[Listed] {
        &self.files
    }

    fn made(&self) -> String {
        format!("at {}", self.made_at)
    }

    fn software(&self) -> &str {
        &self.software
    }
}

/// What was checked, a line each.
pub struct Checked {
    good: bool,
    out: String,
}

impl Default for Checked {
    fn default() -> Self {
        Self { good: true, out: String::new() }
    }
}

/// Runs the command.
pub fn run(command: &Command) -> Result<End, Failure> {
    let Command::Reproduce { file, fingerprint } = command;
    let mut checked = Checked::default();
    checked.archive(file, |files, checked| {
        if let Some(manifest) = checked.manifest::<Manifest>(files, fingerprint.as_deref()) {
            let protocol = files.iter().find(|f| f.name == "protocol.json").map(|f| canonical::sha256(f.bytes));
            checked.say(
                protocol.as_ref() == Some(&manifest.protocol_sha256),
                &format!("The protocol has the SHA-256 {}.", manifest.protocol_sha256),
            );
        }
        checked.figures(archive::reproduce(files));
    })?;
    checked.end("Every figure follows from the data: identical bytes.")
}

fn opened<M: Named>(files: &[ReadFile<'_>]) -> Option<(M, String)> {
    let file = files.iter().find(|f| f.name == MANIFEST)?;
    let envelope: Envelope = serde_json::from_slice(file.bytes).ok()?;
    let payload = STANDARD.decode(&envelope.payload).ok()?;
    let manifest: M = serde_json::from_slice(&payload).ok()?;
    let key: [u8; 32] = STANDARD.decode(manifest.signer()).ok()?.try_into().ok()?;
    let signature = Signature::from_slice(&STANDARD.decode(&envelope.signatures.first()?.sig).ok()?).ok()?;
    let signed = pae(M::TYPE, &payload);
    let fits = VerifyingKey::from_bytes(&key).ok()?.verify_strict(&signed, &signature).is_ok();
    (fits && envelope.payload_type == M::TYPE).then(|| (manifest, crate::verify::fingerprint(&key)))
}

impl Checked {
    /// Writes down that something holds, or not.
    pub fn say(&mut self, holds: bool, sentence: &str) {
        self.good &= holds;
        self.out.push_str(if holds { "holds    " } else { "BROKEN   " });
        self.out.push_str(sentence);
        self.out.push('\n');
    }

    /// Reads an archive and has its files looked at.
    pub fn archive(&mut self, file: &Path, look: impl FnOnce(&[ReadFile<'_>], &mut Self)) -> Result<(), Failure> {
        let bytes = input::read_file(file, ARCHIVE_BYTES as u64)?;
        match zip::read(&bytes) {
            Err(refused) => self.say(false, &format!("This is no archive as the endpoint writes it: {refused}.")),
            Ok(files) => look(&files, self),
        }
        Ok(())
    }

    /// The signed list, and whether all other files are as it names them.
    pub fn manifest<M: Named>(&mut self, files: &[ReadFile<'_>], trusted: Option<&str>) -> Option<M> {
        let Some((manifest, key)) = opened::<M>(files) else {
            self.say(false, "The list of files is not there, or its signature does not fit.");
            return None;
        };
        let made = manifest.made();
        self.say(
            true,
            &format!("The list of files is signed by the endpoint with the fingerprint {key}, {made} by its clock."),
        );
        match trusted {
            Some(wanted) => self.say(wanted == key, "That is the endpoint whose fingerprint you gave."),
            None => self.say(true, "Whose key that is was not asked: give --fingerprint to have it checked."),
        }
        let (rest, listed): (Vec<&ReadFile<'_>>, _) =
            (files.iter().filter(|f| f.name != MANIFEST).collect(), manifest.files());
        let same = rest.len() == listed.len()
            && rest
                .iter()
                .zip(listed)
                .all(|(f, l)| f.name == l.name && f.sound && canonical::sha256(f.bytes) == l.sha256);
        self.say(same, &format!("{} files are as the list names them, by SHA-256.", listed.len()));
        let mine = env!("CARGO_PKG_VERSION");
        let software = manifest.software();
        self.say(true, &format!("Its figures were made by version {software}; this is version {mine}."));
        Some(manifest)
    }

    /// How the files that were made again stand to the archive's.
    pub fn figures(&mut self, made: Result<Vec<Compared>, Unread>) {
        let all = match made {
            Ok(all) => all,
            Err(unread) => return self.say(false, &format!("The data cannot be read: {unread}.")),
        };
        for compared in all {
            match compared {
                Compared::Same(name) => self.say(true, &format!("{name}: made again, identical bytes.")),
                Compared::Differs(name, at) => self.say(false, &format!("{name}: differs from byte {at} on.")),
                Compared::Missing(name) => self.say(false, &format!("{name}: is not in the archive.")),
                Compared::Foreign(name) => self.say(false, &format!("{name}: nothing of the data makes it.")),
            }
        }
    }

    /// Shows it all.
    pub fn end(mut self, good: &str) -> Result<End, Failure> {
        let last = if self.good { good } else { "Not everything holds: see the lines marked BROKEN." };
        self.out.push_str(&format!("\n{last}\n"));
        crate::show(&self.out)?;
        Ok(if self.good { End::Fine } else { End::Complaints })
    }
}
