//! What common characters beyond ASCII fold to, looked up instead of worked out.
//!
//! Owns: the table, filled at first use by the same code that is asked about all other characters. Never: holds a
//! fact of its own.

use super::folded::joins;
use super::tables::{self, Class};
use super::{Parts, expand};
use std::sync::LazyLock;

/// What a character folds to, where that is simple.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quick {
    /// Not known here.
    Unknown,
    /// Nothing, and words end.
    Gap,
    /// Nothing.
    Mark,
    /// Nothing, and suspicious.
    Invisible,
    /// One letter or two.
    Letters(char, Option<char>),
}

/// Stretches of characters that are common in listings: Latin, Greek, Cyrillic, Hebrew, Arabic, Vietnamese,
/// punctuation, full-width forms.
const COMMON: [(u32, u32); 4] = [(0x80, 0x700), (0x1e00, 0x2070), (0x3000, 0x3040), (0xff00, 0xfff0)];

static TABLE: LazyLock<Vec<Vec<Quick>>> = LazyLock::new(|| {
    COMMON
        .iter()
        .map(|&(from, to)| (from..to).map(|c| char::from_u32(c).map_or(Quick::Unknown, work_out)).collect())
        .collect()
});

/// Looks a character up.
#[inline]
pub fn of(c: char) -> Quick {
    let c = c as u32;
    for (stretch, &(from, to)) in TABLE.iter().zip(&COMMON) {
        if c < to {
            return if c < from { Quick::Unknown } else { stretch[(c - from) as usize] };
        }
    }
    Quick::Unknown
}

fn work_out(c: char) -> Quick {
    match tables::class(c) {
        Class::Gap => return Quick::Gap,
        Class::Mark => return Quick::Mark,
        Class::Invisible => return Quick::Invisible,
        Class::Plain => {}
    }
    if tables::is_settled(c) || tables::costume(c).is_some() || tables::is_styled(c) {
        return Quick::Unknown;
    }
    let mut parts = Parts::default();
    expand(c, &mut parts);
    let parts = parts.as_slice();
    match parts {
        _ if parts.iter().any(|&p| p == ' ' || joins(p)) => Quick::Unknown,
        [one] => Quick::Letters(*one, None),
        [one, two] => Quick::Letters(*one, Some(*two)),
        _ => Quick::Unknown,
    }
}
