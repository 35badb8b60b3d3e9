//! What the queries are written with, so that each is written once: the pool, rows, and values that every database takes.
//!
//! Placeholders are `$1` and so on. Truth is kept as 0 or 1, times and words as text whose order is that of its bytes.

use sqlx::database::Database;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Decode, Encode, Type};

/// The library's name for the database.
pub type Db = sqlx::Any;
/// Connections to it.
pub type Pool = sqlx::Pool<Db>;
/// One of them.
pub type Connection = <Db as Database>::Connection;
/// What a query finds.
pub type Row = <Db as Database>::Row;

/// Yes or no. Kept as 1 or 0; what a query compares comes back as either, depending on the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth(pub bool);

impl Type<Db> for Truth {
    fn type_info() -> <Db as Database>::TypeInfo {
        <i64 as Type<Db>>::type_info()
    }

    fn compatible(found: &<Db as Database>::TypeInfo) -> bool {
        <i64 as Type<Db>>::compatible(found) || <bool as Type<Db>>::compatible(found)
    }
}

impl<'q> Encode<'q, Db> for Truth {
    fn encode_by_ref(&self, into: &mut <Db as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<'q, Db>>::encode(i64::from(self.0), into)
    }
}

impl<'r> Decode<'r, Db> for Truth {
    fn decode(value: <Db as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        match <bool as Decode<'r, Db>>::decode(value.clone()) {
            Ok(truth) => Ok(Self(truth)),
            Err(_) => <i64 as Decode<'r, Db>>::decode(value).map(|n| Self(n != 0)),
        }
    }
}

/// No bytes: what is left of what was erased.
pub const NOTHING: &[u8] = &[];

/// A list for `IN (…)`, of numbers. Nothing is in an empty one.
#[must_use]
pub fn numbers(all: &[i64]) -> String {
    list(all.iter().map(i64::to_string))
}

/// A list for `IN (…)`, of our own words: unit variants, as serde writes them.
#[must_use]
pub fn words<T: serde::Serialize>(all: impl IntoIterator<Item = T>) -> String {
    list(all.into_iter().map(|one| format!("'{}'", super::word(&one))))
}

fn list(all: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = all.collect();
    if all.is_empty() { "NULL".to_owned() } else { all.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::{numbers, words};
    use spotter_model::CaseState;

    #[test]
    fn lists_are_literals() {
        assert_eq!(numbers(&[]), "NULL");
        assert_eq!(numbers(&[3, -1]), "3, -1");
        assert_eq!(words([CaseState::OnHold, CaseState::New]), "'on_hold', 'new'");
    }
}
