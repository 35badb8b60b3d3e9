//! `spotter lexicon keygen | sign | verify`: packs signed offline.
//!
//! Owns: key files and their rights. A secret key is written once, readable by its owner alone, and never printed.

use crate::{End, Failure, input};
use spotter_detector::PackError;
use spotter_detector::lexicon::pack::MAX_BYTES;
use spotter_detector::lexicon::signed::{self, SignedError, Trust, key_id};
use spotter_model::Date;
use std::io::Write as _;
use std::path::{Path, PathBuf};

pub const SECRET: &str = "wildlife-spotter pack secret key 1 ";
const PUBLIC: &str = "wildlife-spotter pack public key 1 ";

/// What to do with keys and packs.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a key for signing packs: the secret half into a new file, the public half beside it as FILE.pub.
    Keygen {
        /// The file of the secret half. It must not exist: no key is ever overwritten.
        file: PathBuf,
    },
    /// Sign a pack. Do it offline: whoever holds the key decides what extensions mark.
    Sign {
        /// The pack.
        pack: PathBuf,
        /// File of the secret key.
        #[arg(long)]
        key: PathBuf,
        /// Number of this pack: higher than that of every one before.
        #[arg(long)]
        serial: u64,
        /// Where the signed pack goes.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Say whether a signed pack may be used. Exit status 1 where it may not.
    Verify {
        /// The pack.
        pack: PathBuf,
        /// Files of the public keys that are trusted.
        #[arg(long, required = true, num_args = 1..)]
        key: Vec<PathBuf>,
        /// Files of public keys that were revoked.
        #[arg(long, num_args = 1..)]
        revoked: Vec<PathBuf>,
        /// Number of the pack in use.
        #[arg(long, default_value_t = 0)]
        newest: u64,
        /// As of this day; today (UTC) where it is not given.
        #[arg(long)]
        as_of: Option<Date>,
    },
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Reads 32 bytes from a key file of one kind.
pub fn key(path: &Path, kind: &str) -> Result<[u8; 32], Failure> {
    let bytes = input::read_file(path, 1024)?;
    let text = std::str::from_utf8(&bytes).ok().and_then(|t| t.trim_end().strip_prefix(kind));
    let wrong = || Failure::new(format!("{}: this is no {}", path.display(), kind.trim_end()));
    let digits = text.filter(|t| t.len() == 64 && t.is_ascii()).ok_or_else(wrong)?;
    let mut key = [0; 32];
    for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
    }
    Ok(key)
}

/// Writes a file that must be new.
pub fn write_new(path: &Path, bytes: &[u8], secret: bool) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(if secret { 0o600 } else { 0o644 });
    }
    options
        .open(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|e| Failure::new(format!("{}: cannot be written: {e}", path.display())))
}

/// Runs the command.
pub fn run(command: Command) -> Result<End, Failure> {
    match command {
        Command::Keygen { file } => keygen(&file),
        Command::Sign { pack, key: path, serial, output } => {
            let bytes = input::read_file(&pack, MAX_BYTES as u64)?;
            let signed = signed::sign(&bytes, &key(&path, SECRET)?, serial).map_err(|e| Failure::new(e.to_string()))?;
            write_new(&output, &signed, false)?;
            crate::show(&format!("{}: number {serial}, {} bytes\n", output.display(), signed.len()))?;
            Ok(End::Fine)
        }
        Command::Verify { pack, key: trusted, revoked, newest, as_of } => {
            let read = |paths: &[PathBuf]| paths.iter().map(|p| key(p, PUBLIC)).collect::<Result<Vec<_>, _>>();
            let revoked = read(&revoked)?.iter().map(key_id).collect();
            let trust = Trust { keys: read(&trusted)?, revoked, newest };
            verify(&pack, &trust, as_of.unwrap_or_else(crate::today))
        }
    }
}

fn keygen(file: &Path) -> Result<End, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| Failure::new(format!("the operating system gives no random bytes: {e}")))?;
    let public = signed::public_key(&seed);
    let mut beside = file.as_os_str().to_owned();
    beside.push(".pub");
    write_new(file, format!("{SECRET}{}\n", hex(&seed)).as_bytes(), true)?;
    write_new(Path::new(&beside), format!("{PUBLIC}{}\n", hex(&public)).as_bytes(), false)?;
    crate::show(&format!("key id {}\nKeep {} offline.\n", hex(&key_id(&public)), file.display()))?;
    Ok(End::Fine)
}

fn verify(path: &Path, trust: &Trust, as_of: Date) -> Result<End, Failure> {
    let bytes = input::read_file(path, MAX_BYTES as u64)?;
    let whole =
        signed::open(&bytes, trust, as_of).map(|v| ("whole", v.opened.version, v.opened.expires, v.serial, v.key));
    let found = match whole {
        Err(SignedError::Pack(PackError::Kind)) => signed::open_overlay(&bytes, trust, as_of)
            .map(|v| ("overlay", v.opened.version, v.opened.expires, v.serial, v.key)),
        other => other,
    };
    match found {
        Ok((kind, version, expires, serial, key)) => {
            let key = hex(&key);
            crate::show(&format!("good: {kind}, version {version}, number {serial}, until {expires}, key {key}\n"))?;
            Ok(End::Fine)
        }
        Err(e) => {
            eprintln!("spotter: {}: {e}", path.display());
            Ok(End::Complaints)
        }
    }
}
