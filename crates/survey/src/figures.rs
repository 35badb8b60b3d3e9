//! Every figure of a survey: the tables of the published reports, how well coders agree, what the detector missed, and how
//! many there are likely to be.

pub mod found;
pub mod quality;

use crate::ads::{ads, once};
use crate::chart::Chart;
use crate::data::Data;
use crate::table::Table;
use serde::Serialize;

/// All figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Tables.
    pub tables: Vec<Table>,
    /// Charts.
    pub charts: Vec<Chart>,
}

impl Figures {
    /// Makes them.
    #[must_use]
    pub fn of(data: &Data) -> Self {
        let ads = ads(data);
        let once = once(&ads);
        let mut tables = found::tables(data, &ads, &once);
        tables.extend(quality::tables(data, &ads));
        let charts = charts(&tables);
        Self { tables, charts }
    }

    /// A table by its name.
    #[must_use]
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.id == id)
    }
}

fn charts(tables: &[Table]) -> Vec<Chart> {
    [
        ("countries", "Advertisements", "Advertisements by country"),
        ("marketplaces", "Advertisements", "Advertisements by marketplace"),
        ("groups", "Advertisements", "Advertisements by group"),
        ("products", "Advertisements", "Advertisements by product"),
        ("live", "Advertisements", "Advertisements with something alive"),
        ("claims", "Share", "Share of advertisements with a claim"),
        ("agreement", "Krippendorff's alpha", "Agreement of two coders, Krippendorff's alpha"),
        ("weeks", "Codings", "Codings by week"),
        ("detector", "Recall", "Recall of the detector"),
    ]
    .into_iter()
    .filter_map(|(id, column, title)| Chart::of(tables.iter().find(|t| t.id == id)?, column, title))
    .collect()
}
