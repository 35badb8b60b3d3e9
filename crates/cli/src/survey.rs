//! `spotter survey reproduce`: a frozen survey's archive, checked, and every figure made again from its data.

use crate::{End, Failure, input};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use spotter_model::archive::{self as zip, ARCHIVE_BYTES, ReadFile};
use spotter_model::dsse::{Envelope, pae};
use spotter_survey::archive::{self, ARCHIVE_TYPE, Compared, MANIFEST, Manifest};
use spotter_survey::canonical;
use std::path::PathBuf;

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

/// Runs the command.
pub fn run(command: &Command) -> Result<End, Failure> {
    let Command::Reproduce { file, fingerprint } = command;
    let bytes = input::read_file(file, ARCHIVE_BYTES as u64)?;
    let (mut good, mut out) = (true, String::new());
    let mut say = |holds: bool, sentence: &str| {
        good &= holds;
        out.push_str(if holds { "holds    " } else { "BROKEN   " });
        out.push_str(sentence);
        out.push('\n');
    };
    match zip::read(&bytes) {
        Err(refused) => say(false, &format!("This is no archive as the endpoint writes it: {refused}.")),
        Ok(files) => {
            manifest(&files, fingerprint.as_deref(), &mut say);
            figures(&files, &mut say);
        }
    }
    out.push_str(if good {
        "\nEvery figure follows from the data: identical bytes.\n"
    } else {
        "\nNot everything holds: see the lines marked BROKEN.\n"
    });
    crate::show(&out)?;
    Ok(if good { End::Fine } else { End::Complaints })
}

fn opened(files: &[ReadFile<'_>]) -> Option<(Manifest, String)> {
    let file = files.iter().find(|f| f.name == MANIFEST)?;
    let envelope: Envelope = serde_json::from_slice(file.bytes).ok()?;
    let payload = STANDARD.decode(&envelope.payload).ok()?;
    let manifest: Manifest = serde_json::from_slice(&payload).ok()?;
    let key: [u8; 32] = STANDARD.decode(&manifest.key).ok()?.try_into().ok()?;
    let signature = Signature::from_slice(&STANDARD.decode(&envelope.signatures.first()?.sig).ok()?).ok()?;
    let signed = pae(ARCHIVE_TYPE, &payload);
    let fits = VerifyingKey::from_bytes(&key).ok()?.verify_strict(&signed, &signature).is_ok();
    (fits && envelope.payload_type == ARCHIVE_TYPE).then(|| (manifest, crate::verify::fingerprint(&key)))
}

fn manifest(files: &[ReadFile<'_>], trusted: Option<&str>, say: &mut impl FnMut(bool, &str)) {
    let Some((manifest, key)) = opened(files) else {
        say(false, "The list of files is not there, or its signature does not fit.");
        return;
    };
    say(
        true,
        &format!(
            "The list of files is signed by the endpoint with the fingerprint {key}, at {} by its clock.",
            manifest.made_at
        ),
    );
    match trusted {
        Some(wanted) => say(wanted == key, "That is the endpoint whose fingerprint you gave."),
        None => say(true, "Whose key that is was not asked: give --fingerprint to have it checked."),
    }
    let rest: Vec<&ReadFile<'_>> = files.iter().filter(|f| f.name != MANIFEST).collect();
    let same = rest.len() == manifest.files.len()
        && rest
            .iter()
            .zip(&manifest.files)
            .all(|(f, l)| f.name == l.name && f.sound && canonical::sha256(f.bytes) == l.sha256);
    say(same, &format!("{} files are as the list names them, by SHA-256.", manifest.files.len()));
    let protocol = rest.iter().find(|f| f.name == "protocol.json").map(|f| canonical::sha256(f.bytes));
    say(
        protocol.as_ref() == Some(&manifest.protocol_sha256),
        &format!("The protocol has the SHA-256 {}.", manifest.protocol_sha256),
    );
    let mine = env!("CARGO_PKG_VERSION");
    say(true, &format!("Its figures were made by version {}; this is version {mine}.", manifest.software));
}

fn figures(files: &[ReadFile<'_>], say: &mut impl FnMut(bool, &str)) {
    match archive::reproduce(files) {
        Err(unread) => say(false, &format!("The data cannot be read: {unread}.")),
        Ok(all) => {
            for compared in all {
                match compared {
                    Compared::Same(name) => say(true, &format!("{name}: made again, identical bytes.")),
                    Compared::Differs(name, at) => say(false, &format!("{name}: differs from byte {at} on.")),
                    Compared::Missing(name) => say(false, &format!("{name}: is not in the archive.")),
                    Compared::Foreign(name) => say(false, &format!("{name}: nothing of the data makes it.")),
                }
            }
        }
    }
}
