//! What a page offers: one listing, post or search result, as it was read.

use crate::limits;
use serde::{Deserialize, Serialize};

/// What kind of thing on the page this is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ListingKind {
    /// An offer on a marketplace (schema.org `Offer`), as a card or as its own page.
    #[default]
    Listing,
    /// A post in a feed or a group.
    Post,
    /// A result or shopping tile of a search engine.
    Result,
}

/// The fields of a listing that hold text which the detector reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Field {
    /// The title (schema.org `name`).
    Title,
    /// The description.
    Description,
    /// The price as the page shows it.
    Price,
    /// The marketplace's category.
    Category,
    /// The seller's public handle.
    Seller,
    /// The place named in the listing.
    Location,
    /// Alternative texts of the listing's images, joined by line feeds.
    Images,
}

impl Field {
    /// Every field, in reading order.
    pub const ALL: [Field; 7] = [
        Field::Title,
        Field::Description,
        Field::Price,
        Field::Category,
        Field::Seller,
        Field::Location,
        Field::Images,
    ];
}

/// One listing. Every text field may be empty; unknown keys are ignored when reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listing {
    /// The caller's key for this listing; echoed, never interpreted.
    pub id: String,
    /// What kind of thing it is.
    pub kind: ListingKind,
    /// The title.
    pub title: String,
    /// The description; empty on most cards.
    pub description: String,
    /// The price as shown, with its currency sign.
    pub price: String,
    /// The marketplace's category.
    pub category: String,
    /// The seller's public handle.
    pub seller: String,
    /// The place named.
    pub location: String,
    /// The listing's own address, absolute.
    pub url: String,
    /// BCP-47 language of the text where known, else empty.
    pub lang: String,
    /// Alternative texts of its images, joined by line feeds.
    pub images: String,
}

impl Listing {
    /// The text of one field.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::Title => &self.title,
            Field::Description => &self.description,
            Field::Price => &self.price,
            Field::Category => &self.category,
            Field::Seller => &self.seller,
            Field::Location => &self.location,
            Field::Images => &self.images,
        }
    }

    /// The most bytes of one field that are read; text beyond is ignored, never an error.
    #[must_use]
    pub const fn limit(field: Field) -> usize {
        match field {
            Field::Title => limits::TITLE_BYTES,
            Field::Description => limits::DESCRIPTION_BYTES,
            _ => limits::SHORT_BYTES,
        }
    }
}
