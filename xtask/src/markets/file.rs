//! A marketplace description as people write it (`docs/adding-a-marketplace.md`).

use serde::{Deserialize, Serialize};
use spotter_model::Date;
use std::collections::BTreeMap;

/// A file under `lexicon/marketplaces/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub name: String,
    pub kind: Kind,
    /// Of hosts, ids and paths.
    pub status: Status,
    pub checked: Date,
    pub source: Source,
    /// The kill switch: a description that is switched off is kept, and used nowhere.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// BCP-47; empty where the address does not say.
    pub languages: Vec<String>,
    /// Host, standing for itself and all below it -> country; `*` where the host does not say.
    pub hosts: BTreeMap<String, String>,
    /// Hosts of its pictures.
    #[serde(default)]
    pub images: Vec<String>,
    /// Addresses of listings, with the listing's id in braces.
    #[serde(default)]
    pub ids: Vec<String>,
    /// Paths that are never read, with all below them.
    #[serde(default)]
    pub private: Vec<String>,
    /// First words of hosts that are never read.
    #[serde(default)]
    pub private_hosts: Vec<String>,
    #[serde(default)]
    pub closed: Option<Closed>,
    #[serde(default)]
    pub search: Option<Selectors>,
    #[serde(default)]
    pub item: Option<Selectors>,
    #[serde(default)]
    pub example: Vec<Example>,
    /// For readers of the file.
    #[serde(default)]
    pub note: Option<String>,
}

const fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Shop,
    Auction,
    Classifieds,
    Network,
    SearchEngine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Verified,
    Unverified,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Tried on a page as the marketplace sent it.
    SavedPage,
    /// Known, and tried on nothing.
    AuthorKnowledge,
}

/// Parts that are read only where the page itself says that anybody may read them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// Paths, with all below them.
    pub paths: Vec<String>,
    /// What an open page says of itself: the beginning of an element's text.
    pub open: Vec<String>,
}

/// CSS selectors of one kind of page. In a list all but `card` are looked for inside a card.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selectors {
    pub status: Status,
    pub checked: Date,
    pub source: Source,
    pub card: Option<String>,
    /// What looks like a listing and is none.
    pub ignore: Option<String>,
    pub title: Option<String>,
    pub price: Option<String>,
    pub link: Option<String>,
    pub picture: Option<String>,
    pub description: Option<String>,
    pub seller: Option<String>,
    pub location: Option<String>,
}

impl Selectors {
    /// Those that are given, by name.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("card", &self.card),
            ("ignore", &self.ignore),
            ("title", &self.title),
            ("price", &self.price),
            ("link", &self.link),
            ("picture", &self.picture),
            ("description", &self.description),
            ("seller", &self.seller),
            ("location", &self.location),
        ]
        .into_iter()
        .filter_map(|(name, selector)| selector.as_deref().map(|s| (name, s)))
    }
}

/// An address, and what must be known of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    pub url: String,
    /// The listing's id; empty where the address is none's.
    #[serde(default)]
    pub id: String,
    /// Never read.
    #[serde(default)]
    pub private: bool,
}
