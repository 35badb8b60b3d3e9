//! Old rounds' and term spreadsheets: how a file becomes rows, which of its columns are which of ours, and what each row says.
//!
//! Owns the reading; keeps nothing. Files are foreign: every one is bounded in bytes, what it unpacks to, rows, columns and cells, and
//! whatever cannot be understood is told with its line.

pub mod columns;
pub mod finds;
pub mod sheet;
pub mod terms;

use serde::{Deserialize, Serialize};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Finds of past rounds.
    Rounds,
    /// A list of terms.
    Terms,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Rounds, Self::Terms];
}

/// A line that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit(pub String);

/// What every row says, with its line; or which column is missing, in a sentence.
pub type Read<T> = Result<Vec<(u64, Result<T, Unfit>)>, &'static str>;

impl Unfit {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}
