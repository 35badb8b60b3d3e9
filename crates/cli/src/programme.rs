//! `spotter programme check | sign`: the programme of rounds, written as JSON, signed offline with the pack key.
//!
//! What is signed is the file's exact bytes, as a DSSE envelope; the endpoint hands it on as it is.

use crate::{End, Failure, input, keys};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};
use spotter_model::dsse::{Envelope, EnvelopeSignature, pae};
use spotter_model::programme::PROGRAMME_TYPE;
use spotter_model::{Programme, limits};
use std::path::{Path, PathBuf};

/// What to do with a programme.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Read a programme and say what is wrong with it.
    Check {
        /// The programme, as JSON.
        file: PathBuf,
    },
    /// Sign a programme. Do it offline: whoever holds the key decides where spotters look.
    Sign {
        /// The programme, as JSON.
        file: PathBuf,
        /// File of the secret key, made by `spotter lexicon keygen`.
        #[arg(long)]
        key: PathBuf,
        /// Where the signed programme goes.
        #[arg(short, long)]
        output: PathBuf,
    },
}

fn read(file: &Path) -> Result<(Vec<u8>, Programme), Failure> {
    let bytes = input::read_file(file, limits::PROGRAMME_BYTES as u64)?;
    let programme = Programme::read(&bytes).map_err(|e| Failure::new(format!("{}: {e}", file.display())))?;
    Ok((bytes, programme))
}

/// The envelope of a programme's bytes.
fn signed(bytes: &[u8], seed: &[u8; 32]) -> Result<Vec<u8>, Failure> {
    let key = SigningKey::from_bytes(seed);
    let envelope = Envelope {
        payload_type: PROGRAMME_TYPE.to_owned(),
        payload: STANDARD.encode(bytes),
        signatures: vec![EnvelopeSignature {
            keyid: URL_SAFE_NO_PAD.encode(Sha256::digest(key.verifying_key().to_bytes())),
            sig: STANDARD.encode(key.sign(&pae(PROGRAMME_TYPE, bytes)).to_bytes()),
        }],
    };
    serde_json::to_vec(&envelope).map_err(|e| Failure::new(e.to_string()))
}

/// Runs the command.
pub fn run(command: Command) -> Result<End, Failure> {
    let (programme, said) = match command {
        Command::Check { file } => (read(&file)?.1, "good".to_owned()),
        Command::Sign { file, key, output } => {
            let (bytes, programme) = read(&file)?;
            keys::write_new(&output, &signed(&bytes, &keys::key(&key, keys::SECRET)?)?, false)?;
            (programme, output.display().to_string())
        }
    };
    let (serial, rounds, expires) = (programme.serial, programme.rounds.len(), programme.expires);
    crate::show(&format!("{said}: number {serial}, {rounds} rounds, until {expires}\n"))?;
    Ok(End::Fine)
}
