//! The pack file: a header that can be judged before anything is read, then the lexicon, then the tables
//! that find its patterns.
//!
//! Owns: the byte layout, and one typed error for each way it can be wrong. Never trusts a number before it is
//! bounded. The checksum finds damage, not malice: that is for the signature, see `signed`. A signed pack is not
//! opened here, so that none is used before its signature was looked at.
//!
//! ```text
//!   0   8  magic "SPOTPACK"
//!   8   2  format version (little endian, as all numbers)
//!  10   2  kind: 0 a whole lexicon, 1 an overlay (see `overlay`)
//!  12   4  length of the lexicon part
//!  16   4  length of the tables
//!  20   4  expiry: year * 10000 + month * 100 + day
//!  24  32  pack version, UTF-8, padded with zeros
//!  56  32  SHA-256 of bytes 0..56 and of everything from 216
//!  88 128  key id, signature and serial number of a signed pack, see `signed`; zero in others
//! 216      lexicon part (postcard), tables (columns of numbers, see `matching`)
//! ```

use super::Lexicon;
use crate::matching::Words;
use sha2::{Digest, Sha256};
use spotter_model::Date;

/// First bytes of every pack.
pub const MAGIC: &[u8; 8] = b"SPOTPACK";
/// The layout that this code reads and writes.
pub const FORMAT: u16 = 7;
/// Length of the header.
pub const HEADER: usize = 216;
/// Largest pack that is read.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

const KIND: usize = 10;
const LENGTHS: usize = 12;
const EXPIRY: usize = 20;
const VERSION: usize = 24;
pub(super) const SUM: usize = 56;
pub(super) const SIGNATURE: usize = 88;

/// A way in which a pack can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// Shorter than a header.
    #[error("the pack has {0} bytes, less than a header: it was cut off")]
    TooShort(usize),
    /// Larger than any pack may be.
    #[error("the pack has {0} bytes, more than the {MAX_BYTES} that are allowed")]
    TooLarge(usize),
    /// Something else.
    #[error("this is not a lexicon pack: it does not begin with SPOTPACK")]
    NotAPack,
    /// From another time.
    #[error("the pack has format {0}, this program reads format {FORMAT}: update the older of the two")]
    Format(u16),
    /// The reserved parts of the header are in use.
    #[error("the pack's header holds something that this program does not know: update the program")]
    Reserved,
    /// The lengths in the header do not add up.
    #[error("the pack has {found} bytes where its header says {said}: it was cut off or added to")]
    Length {
        /// What the header says.
        said: u64,
        /// What there is.
        found: usize,
    },
    /// A whole lexicon where an overlay was asked for, or the other way round.
    #[error("the pack is of another kind than the one that belongs here")]
    Kind,
    /// Damaged.
    #[error("the pack's checksum does not fit: it was damaged on its way, fetch it again")]
    Checksum,
    /// The version is not a short text.
    #[error("the pack's version is not a text of 1 to 32 bytes")]
    Version,
    /// The expiry is no date.
    #[error("the pack's expiry is not a date")]
    Expiry,
    /// The lexicon part cannot be read.
    #[error("the pack's lexicon cannot be read")]
    Lexicon,
    /// The lexicon part contradicts itself.
    #[error("the pack's lexicon is inconsistent: {0}")]
    Inconsistent(&'static str),
    /// The tables that find patterns cannot be used.
    #[error("the pack's tables of patterns lead nowhere or in circles")]
    Tables,
}

/// A pack that was checked from end to end.
#[derive(Debug)]
pub struct Opened {
    /// The pack's version.
    pub version: String,
    /// The day after which it is stale.
    pub expires: Date,
    /// What it knows.
    pub lexicon: Lexicon,
    /// What finds it.
    pub words: Words,
}

impl Opened {
    /// The pack's parts by name, as they are stored, for those who weigh them.
    ///
    /// # Errors
    /// When a part cannot be written.
    pub fn parts(&self) -> Result<Vec<(String, Vec<u8>)>, PackError> {
        fn part<T: serde::Serialize>(name: &str, of: &T) -> Result<(String, Vec<u8>), PackError> {
            Ok((name.to_owned(), postcard::to_allocvec(of).map_err(|_| PackError::Lexicon)?))
        }
        let l = &self.lexicon;
        let mut parts = vec![
            part("taxa", &l.taxa)?,
            part("protections", &l.protections)?,
            part("concepts", &l.concepts)?,
            part("uses", &l.uses)?,
            part("exact spellings", &l.exact)?,
            part("weights", &l.weights)?,
            part("policy", &l.policy)?,
        ];
        parts.extend(self.words.columns());
        Ok(parts)
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn checksum(pack: &[u8]) -> [u8; 32] {
    let mut sum = Sha256::new();
    sum.update(&pack[..SUM]);
    sum.update(&pack[HEADER..]);
    sum.finalize().into()
}

/// Reads and checks a pack that is not signed: the built-in one, and those made here.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn open(pack: &[u8]) -> Result<Opened, PackError> {
    whole(pack)?;
    if pack[SIGNATURE..HEADER].iter().any(|&b| b != 0) {
        return Err(PackError::Reserved);
    }
    read(pack)
}

/// What can be said of a pack without reading what it holds: that all of it is there, and undamaged.
///
/// # Errors
/// The first thing that is wrong with it.
pub(super) fn whole(pack: &[u8]) -> Result<(), PackError> {
    if pack.len() < HEADER {
        let begins = pack.len().min(MAGIC.len());
        return Err(if pack[..begins] == MAGIC[..begins] {
            PackError::TooShort(pack.len())
        } else {
            PackError::NotAPack
        });
    }
    if &pack[..8] != MAGIC {
        return Err(PackError::NotAPack);
    }
    if pack.len() > MAX_BYTES {
        return Err(PackError::TooLarge(pack.len()));
    }
    let format = u16::from_le_bytes([pack[8], pack[9]]);
    if format != FORMAT {
        return Err(PackError::Format(format));
    }
    if !matches!(pack[KIND..LENGTHS], [0 | 1, 0]) {
        return Err(PackError::Reserved);
    }
    let (lexicon, tables) = (number(pack, LENGTHS), number(pack, LENGTHS + 4));
    let said = HEADER as u64 + u64::from(lexicon) + u64::from(tables);
    if said != pack.len() as u64 {
        return Err(PackError::Length { said, found: pack.len() });
    }
    if checksum(pack) != pack[SUM..SIGNATURE] {
        return Err(PackError::Checksum);
    }
    Ok(())
}

/// The day after which a whole pack is stale.
///
/// # Errors
/// It is no day.
pub(super) fn expiry(pack: &[u8]) -> Result<Date, PackError> {
    let day = number(pack, EXPIRY);
    u16::try_from(day / 10_000)
        .ok()
        .and_then(|year| Date::new(year, (day / 100 % 100) as u8, (day % 100) as u8))
        .ok_or(PackError::Expiry)
}

/// What a pack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Everything.
    Whole = 0,
    /// What is laid over a whole one.
    Overlay = 1,
}

/// A whole pack in its parts.
pub(super) struct Parts<'a> {
    pub version: String,
    pub expires: Date,
    pub body: &'a [u8],
    pub tables: &'a [u8],
}

/// Takes a pack apart that is whole.
///
/// # Errors
/// The first thing that is wrong with its header.
pub(super) fn parts(pack: &[u8], kind: Kind) -> Result<Parts<'_>, PackError> {
    if pack[KIND] != kind as u8 {
        return Err(PackError::Kind);
    }
    let version = &pack[VERSION..SUM];
    let end = version.iter().position(|&b| b == 0).unwrap_or(version.len());
    if version[end..].iter().any(|&b| b != 0) {
        return Err(PackError::Version);
    }
    let version = match std::str::from_utf8(&version[..end]) {
        Ok(text) if !text.is_empty() && !text.chars().any(char::is_control) => text.to_owned(),
        _ => return Err(PackError::Version),
    };
    let (body, tables) = pack[HEADER..].split_at(number(pack, LENGTHS) as usize);
    Ok(Parts { version, expires: expiry(pack)?, body, tables })
}

/// Reads a pack that is whole.
///
/// # Errors
/// The first thing that is wrong with it.
pub(super) fn read(pack: &[u8]) -> Result<Opened, PackError> {
    let Parts { version, expires, body, tables } = parts(pack, Kind::Whole)?;
    let (lexicon, rest) = postcard::take_from_bytes::<Lexicon>(body).map_err(|_| PackError::Lexicon)?;
    if !rest.is_empty() {
        return Err(PackError::Lexicon);
    }
    lexicon.validate().map_err(PackError::Inconsistent)?;
    let words = Words::from_bytes(tables)?;
    Ok(Opened { version, expires, lexicon, words })
}

/// Writes a pack.
///
/// # Errors
/// What would make it unreadable.
pub fn write(version: &str, expires: Date, lexicon: &Lexicon, words: &Words) -> Result<Vec<u8>, PackError> {
    lexicon.validate().map_err(PackError::Inconsistent)?;
    let part = postcard::to_allocvec(lexicon).map_err(|_| PackError::Lexicon)?;
    assemble(Kind::Whole, version, expires, &part, &words.to_bytes())
}

/// Puts a pack together.
///
/// # Errors
/// What would make it unreadable.
pub(super) fn assemble(
    kind: Kind,
    version: &str,
    expires: Date,
    part: &[u8],
    tables: &[u8],
) -> Result<Vec<u8>, PackError> {
    if version.is_empty() || version.len() > SUM - VERSION || version.chars().any(char::is_control) {
        return Err(PackError::Version);
    }
    let total = HEADER + part.len() + tables.len();
    if total > MAX_BYTES {
        return Err(PackError::TooLarge(total));
    }
    let day: u32 = expires.to_string().replace('-', "").parse().map_err(|_| PackError::Expiry)?;
    let mut pack = vec![0; HEADER];
    pack[..8].copy_from_slice(MAGIC);
    pack[8..10].copy_from_slice(&FORMAT.to_le_bytes());
    pack[KIND] = kind as u8;
    pack[LENGTHS..LENGTHS + 4].copy_from_slice(&(part.len() as u32).to_le_bytes());
    pack[LENGTHS + 4..EXPIRY].copy_from_slice(&(tables.len() as u32).to_le_bytes());
    pack[EXPIRY..VERSION].copy_from_slice(&day.to_le_bytes());
    pack[VERSION..VERSION + version.len()].copy_from_slice(version.as_bytes());
    pack.extend_from_slice(part);
    pack.extend_from_slice(tables);
    let sum = checksum(&pack);
    pack[SUM..SIGNATURE].copy_from_slice(&sum);
    Ok(pack)
}
