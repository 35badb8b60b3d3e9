//! A frozen survey as files, and the same files again from its data.
//!
//! Owns: which files an archive holds and what stands in them. The zip around them is the model's, the signature under their
//! list is the endpoint's.

use crate::canonical;
use crate::data::{Data, Row, Seen, Settled};
use crate::figures::Figures;
use crate::money::Rates;
use crate::preregistration;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use spotter_model::archive::{File, ReadFile};
use spotter_model::package::Listed;
use spotter_model::survey::Protocol;

/// The value of [`Manifest::schema`].
pub const ARCHIVE_SCHEMA: &str = "wildlife-survey-archive/1";
/// Payload type of the envelope in [`MANIFEST`].
pub const ARCHIVE_TYPE: &str = "application/vnd.wildlife-survey-archive.v1+json";
/// The envelope with the list of all other files.
pub const MANIFEST: &str = "manifest.json";

const CODINGS: &str = "data/codings.jsonl";
const FRAMES: &str = "data/frames.jsonl";
const CHOICES: &str = "data/adjudications.jsonl";
const RATES: &str = "data/rates.json";
const PROTOCOL: &str = "protocol.json";

/// What an archive says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always [`ARCHIVE_SCHEMA`].
    pub schema: String,
    /// The survey.
    pub survey: String,
    /// The protocol's version.
    pub version: u32,
    /// Hex SHA-256 of the protocol as canonical JSON.
    pub protocol_sha256: String,
    /// Version of the software that made the figures.
    pub software: String,
    /// When it was frozen.
    pub made_at: String,
    /// Standard base64 of the public key that signs.
    pub key: String,
    /// All other files, in order.
    pub files: Vec<Listed>,
}

pub(crate) fn lines<T: Serialize>(all: &[T]) -> Vec<u8> {
    let mut out = vec![];
    for one in all {
        out.extend_from_slice(&canonical::json(one));
        out.push(b'\n');
    }
    out
}

/// Every file but the manifest: data, protocol, codebook, and all figures made of them.
#[must_use]
pub fn files(data: &Data) -> Vec<File> {
    let file = |name: &str, bytes: Vec<u8>| File { name: name.to_owned(), bytes };
    let mut out = vec![
        file("README.txt", README.as_bytes().to_vec()),
        file("codebook.txt", CODEBOOK.as_bytes().to_vec()),
        file(PROTOCOL, canonical::json(&data.protocol)),
        file("preregistration.txt", preregistration::text(&data.protocol).into_bytes()),
        file(CODINGS, lines(&data.rows)),
        file(FRAMES, lines(&data.seen)),
        file(CHOICES, lines(&data.settled)),
    ];
    if let Some(rates) = &data.rates {
        out.push(file(RATES, canonical::json(rates)));
    }
    let figures = Figures::of(data);
    out.push(file("figures.json", canonical::json(&figures)));
    out.extend(figures.tables.iter().map(|t| file(&format!("tables/{}.csv", t.id), t.csv().into_bytes())));
    out.extend(figures.charts.iter().map(|c| file(&format!("charts/{}.svg", c.id), c.svg().into_bytes())));
    out
}

/// Why an archive's data cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// A file is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A line of a file is not what it must be.
    #[error("{0}, line {1}: {2}")]
    Line(&'static str, usize, String),
}

pub(crate) fn parse<T: DeserializeOwned>(files: &[ReadFile<'_>], name: &'static str) -> Result<Vec<T>, Unread> {
    let bytes = files.iter().find(|f| f.name == name).ok_or(Unread::Missing(name))?.bytes;
    bytes
        .split(|b| *b == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
        .map(|(n, line)| serde_json::from_slice(line).map_err(|e| Unread::Line(name, n + 1, e.to_string())))
        .collect()
}

/// The data of an archive.
///
/// # Errors
/// The first file that is missing or does not read.
pub fn data(files: &[ReadFile<'_>]) -> Result<Data, Unread> {
    let mut protocols: Vec<Protocol> = parse(files, PROTOCOL)?;
    let protocol = if protocols.len() == 1 { protocols.pop() } else { None };
    let rates = if files.iter().any(|f| f.name == RATES) { parse::<Rates>(files, RATES)?.pop() } else { None };
    Ok(Data {
        protocol: protocol.ok_or(Unread::Missing(PROTOCOL))?,
        rows: parse::<Row>(files, CODINGS)?,
        seen: parse::<Seen>(files, FRAMES)?,
        settled: parse::<Settled>(files, CHOICES)?,
        rates,
    })
}

/// How a file of an archive stands to the one that was made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The same bytes.
    Same(String),
    /// Other bytes, from this one on.
    Differs(String, usize),
    /// The archive has none.
    Missing(String),
    /// Nothing of the data makes it.
    Foreign(String),
}

/// Makes every file again from the data alone and holds it against the archive's.
///
/// # Errors
/// Where the data cannot be read.
pub fn reproduce(read: &[ReadFile<'_>]) -> Result<Vec<Compared>, Unread> {
    Ok(compared(&files(&data(read)?), read))
}

/// How the files that were made again stand to those of an archive, its manifest aside.
#[must_use]
pub fn compared(made: &[File], read: &[ReadFile<'_>]) -> Vec<Compared> {
    let mut out: Vec<Compared> = made
        .iter()
        .map(|new| match read.iter().find(|old| old.name == new.name) {
            None => Compared::Missing(new.name.clone()),
            Some(old) if old.bytes == new.bytes => Compared::Same(new.name.clone()),
            Some(old) => {
                let same = old.bytes.iter().zip(&new.bytes).take_while(|(a, b)| a == b).count();
                Compared::Differs(new.name.clone(), same)
            }
        })
        .collect();
    let foreign = read.iter().filter(|old| old.name != MANIFEST && !made.iter().any(|new| new.name == old.name));
    out.extend(foreign.map(|old| Compared::Foreign(old.name.to_owned())));
    out
}

const README: &str = "\
A frozen survey of Wildlife Spotter

manifest.json         all files with their SHA-256, signed by the endpoint (DSSE)
protocol.json         the protocol in force at the end, canonical JSON (RFC 8785)
preregistration.txt   the same to read, with its hash
codebook.txt          what each field of the data means
data/                 the data, one record a line
tables/, charts/      every figure; figures.json has all of them together

To make every figure again from data and protocol, and compare:

    spotter survey reproduce ARCHIVE.zip

The figures count what was offered and what sellers claim. They do not say that an offer breaks a law.
";

const CODEBOOK: &str = "\
Codebook

Pseudonyms (32 hex digits) are HMAC-SHA256 under a key that was destroyed when the survey was frozen: the same within this
survey, of no meaning outside it. Addresses, titles, handles, places and notes are not in the archive.

data/codings.jsonl: one coder's answers on one advertisement
  listing         pseudonym of the listing
  task            the search (t and 12 hex digits of the SHA-256 of host, country, language and words, a line each)
  coder, nth      pseudonym of the coder; 1 for the search's first coder, 2 for its second
  on              day of the coding, by the coder's device
  host, country   the marketplace, and the country that it stands for in the protocol
  seller          pseudonym of marketplace and handle; empty: none was given
  title           pseudonym of the title in small letters with single spaces
  picture         pseudonym of the first picture's SHA-256; empty: not at hand
  included        the advertisement counts by the protocol's rules: yes, no, cannot_tell
  specimens       kinds offered, at most 5: scientificName (Darwin Core, any rank), group, term (CITES trade term), count,
                  unit (empty: specimens; kg g l ml m cm pair); empty or null: cannot tell
  asking          price for all that is offered together: stated (amount, currency by ISO 4217), not_stated, cannot_tell
  live            something alive is offered
  legality_claim  the seller says that it is legal, or names a paper; nobody checked it
  age_claim       the seller says that it is old; nobody checked it
  seller_type     private, business, auction, cannot_tell

data/frames.jsonl: a listing that a search showed a coder
  listing, task, coder, on, host
  position        place among the results, from 1
  level           what the detector said: none, possible, likely
  offered         it was laid before the coder: flagged, or drawn among the unflagged ones

data/adjudications.jsonl: by field, the coder whose answer counts where two differ; chosen by the survey's lead. Where
nothing was chosen the first coder's answer counts.

data/rates.json: how much of each currency one of the base is worth, on one day, from the source named there.
";
