//! The published tables, as rows. Owns: their columns and their limits. Never: interprets a cell.

use crate::Failure;
use serde::Deserialize;
use std::path::Path;

/// Largest table that is read.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A row of the checklist.
#[derive(Clone, Debug, Deserialize)]
pub struct ChecklistRow {
    /// Appendix I or III.
    pub appendix: String,
    /// With authorship, where it is a synonym.
    #[serde(rename = "scientificName")]
    pub scientific_name: String,
    /// Empty for synonyms.
    pub rank: String,
    /// `accepted` or `synonym`.
    pub status: String,
    /// What a synonym stands for.
    #[serde(rename = "acceptedName")]
    pub accepted_name: String,
    /// Empty for plants.
    pub class: String,
    /// Its order.
    pub order: String,
    /// Its family.
    pub family: String,
    /// Populations, exceptions and remarks.
    pub annotation: String,
}

/// A row of the official names.
#[derive(Clone, Debug, Deserialize)]
pub struct VernacularRow {
    /// The same for all names of one taxon.
    #[serde(rename = "taxonId")]
    pub taxon: String,
    /// Its appendix.
    pub appendix: String,
    /// Empty for Appendix II.
    #[serde(rename = "scientificName")]
    pub scientific_name: String,
    /// `en`, `fr`, `es`.
    pub lang: String,
    /// The name.
    pub name: String,
    /// The annotation of the taxon's listing, for a part of Appendix II.
    pub group: String,
}

/// A row of the trade records by taxon.
#[derive(Clone, Debug, Deserialize)]
pub struct TradeRow {
    /// The name that the records use.
    #[serde(rename = "scientificName")]
    pub scientific_name: String,
    /// In its last year; `N` where it was not listed.
    pub appendix: String,
    /// How many records there are.
    pub records: u64,
}

/// A row of the birds' names.
#[derive(Clone, Debug, Deserialize)]
pub struct BirdRow {
    /// Language and variant.
    pub lang: String,
    /// The name.
    pub name: String,
}

/// Reads the checklist.
pub fn checklist(path: &Path) -> Result<Vec<ChecklistRow>, Failure> {
    rows(path)
}

/// Reads the official names.
pub fn vernacular(path: &Path) -> Result<Vec<VernacularRow>, Failure> {
    rows(path)
}

/// Reads any table with named columns.
pub fn rows<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>, Failure> {
    let wrong = |what: String| Failure::new(format!("{}: {what}", path.display()));
    let bytes = crate::input::read_file(path, MAX_BYTES)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    reader.deserialize().collect::<Result<_, _>>().map_err(|e| wrong(e.to_string()))
}
