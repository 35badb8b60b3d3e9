//! The figures of [`crate::audited`] as files, and the same files again from their rows.
//!
//! Owns: which files the archive holds and what stands in them. The zip around them is the model's, the signature under their
//! list is the endpoint's.

use crate::archive::{Compared, Unread, compared, lines, parse};
use crate::audited::{Data, platforms, table};
use crate::canonical;
use serde::{Deserialize, Serialize};
use spotter_model::Date;
use spotter_model::archive::{File, ReadFile};
use spotter_model::package::Listed;

/// The value of [`Manifest::schema`].
pub const ARCHIVE_SCHEMA: &str = "wildlife-quality-archive/1";
/// Payload type of the envelope in [`crate::archive::MANIFEST`].
pub const ARCHIVE_TYPE: &str = "application/vnd.wildlife-quality-archive.v1+json";

const ANSWERS: &str = "data/answers.jsonl";
const SEEN: &str = "data/seen.jsonl";
const DECISIONS: &str = "data/decisions.jsonl";
const NOTICES: &str = "data/notices.jsonl";
const CHECKS: &str = "data/checks.jsonl";

/// What an archive says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always [`ARCHIVE_SCHEMA`].
    pub schema: String,
    /// Version of the software that made the figures.
    pub software: String,
    /// The day on which they were made.
    pub made_on: Date,
    /// Standard base64 of the public key that signs.
    pub key: String,
    /// All other files, in order.
    pub files: Vec<Listed>,
}

/// Every file but the manifest: the rows that may be published, what they mean, and the figures.
#[must_use]
pub fn files(data: &Data) -> Vec<File> {
    let file = |name: &str, bytes: Vec<u8>| File { name: name.to_owned(), bytes };
    let data = data.clone().published();
    let table = table(&platforms(&data));
    vec![
        file("README.txt", README.as_bytes().to_vec()),
        file("codebook.txt", CODEBOOK.as_bytes().to_vec()),
        file(ANSWERS, lines(&data.answers)),
        file(SEEN, lines(&data.seen)),
        file(DECISIONS, lines(&data.decisions)),
        file(NOTICES, lines(&data.notices)),
        file(CHECKS, lines(&data.checks)),
        file("figures.json", canonical::json(&table)),
        file("figures.csv", table.csv().into_bytes()),
    ]
}

/// The rows of an archive.
///
/// # Errors
/// The first file that is missing or does not read.
pub fn data(files: &[ReadFile<'_>]) -> Result<Data, Unread> {
    Ok(Data {
        answers: parse(files, ANSWERS)?,
        seen: parse(files, SEEN)?,
        decisions: parse(files, DECISIONS)?,
        notices: parse(files, NOTICES)?,
        checks: parse(files, CHECKS)?,
    })
}

/// Makes every file again from the rows alone and holds it against the archive's.
///
/// # Errors
/// Where the rows cannot be read.
pub fn recompute(read: &[ReadFile<'_>]) -> Result<Vec<Compared>, Unread> {
    Ok(compared(&files(&data(read)?), read))
}

const README: &str = "\
How good this programme is: figures by platform, and the rows behind them

manifest.json   all files with their SHA-256, signed by the endpoint (DSSE)
codebook.txt    what each field of the rows means, and how the figures are made
data/           the rows, one a line
figures.csv     the figures; figures.json has the same

To make every figure again from the rows, and to check the signature:

    spotter quality recompute ARCHIVE.zip

The figures say how good detector, experts and notices are. They do not say that an offer breaks a law.
";

const CODEBOOK: &str = "\
Codebook

A platform is the host of a marketplace. No row holds a person, a device, an address, a listing or a day, and the order of
the rows says nothing. Of a platform with fewer than 10 of a thing the figure is \"fewer than 10\" and no row is here.

data/answers.jsonl: a ten-second check of a listing that the detector did not flag
  one_in          one in so many unflagged listings was drawn, by a keyed hash under a key of the device
  answer          protected (the detector missed it), not, cannot_tell

data/seen.jsonl: what was seen in rounds with that rate, with the panel open, each listing once for each device and day
  one_in          the rate
  flagged         listings that the detector flagged
  unflagged       listings that it did not flag
  offered         of these, those that were offered for a check, answered or not

data/decisions.jsonl: a reported listing that the detector had flagged, as experts decided
  decision        confirmed (likely protected, and should not be there), dismissed, cannot_tell

data/notices.jsonl: a notice that was sent to the platform
  outcome         stands; refused (the company let the listing stand; not counted as wrong); and wrongful are: reinstated (the
                  company put it back, and nothing came after that), corrected (the organisation took the notice back),
                  decided_otherwise (experts decided otherwise later)

data/checks.jsonl: a listing of which a notice was sent and that somebody looked at again: what was found last
  outcome         removed_confirmed_by_company and notice_page_says_removed are verified removals; up and relisted are none;
                  of ended_or_sold, unavailable_unknown and geo_or_login it cannot be told who took it away

figures.csv: a row for each platform and figure; the ends are of 95 % intervals
  Recall          F p / (F p + sum of U q): F flagged and U unflagged listings that were seen, p the confirmed share of the
                  decided ones, q the protected share of the checked ones, for each rate by itself. The ends follow from
                  those of p (half of the 5 %) and of each q (the other half, shared by the rates), by Clopper and Pearson.
                  Rates at which nothing was answered are left out. Of counts checks, Counted counts misses among them.
  Precision       confirmed among confirmed and dismissed; Wilson's interval
  Wrongful        wrongful among all notices that were sent; Wilson's interval. Open counts refused ones
  Verified        verified removals among those that were looked at again and of which it can be told; Wilson's interval
  Open            so many of which it could not be told; counted as neither
";
