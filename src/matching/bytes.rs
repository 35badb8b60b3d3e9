//! Numbers and columns of a pack, which may be anything. Owns nothing; never reads past an end.

use crate::lexicon::PackError;
use std::ops::Range;

/// What is appended, by itself.
pub fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![];
    write(&mut out);
    out
}

/// Appends a number, little endian.
pub fn put(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// Where a column lies in memory.
pub fn place<T>(column: &[T]) -> Range<usize> {
    let Range { start, end } = column.as_ptr_range();
    start.addr()..end.addr()
}

/// Takes columns off the front of a part of a pack.
#[derive(Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next bytes.
    ///
    /// # Errors
    /// When there are not so many.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], PackError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(PackError::Tables)?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next number.
    ///
    /// # Errors
    /// When there is none.
    pub fn number(&mut self) -> Result<u32, PackError> {
        self.take(4)?.try_into().map(u32::from_le_bytes).map_err(|_| PackError::Tables)
    }
}
