//! Columns that are small as they stand: numbers as two planes of bytes, and short texts one behind the other.
//!
//! Owns: both, and that a pack stores them as plain lists. The high bytes of numbers are mostly alike and the low ones are
//! not, so that apart they pack better; a text of its own costs a place, a length and what an allocator adds.
//! Never: knows what they mean.

use super::taxa::Stretches;
use serde::{Deserialize, Serialize};

/// Numbers of two bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u16>", into = "Vec<u16>")]
pub struct Numbers {
    low: Vec<u8>,
    high: Vec<u8>,
}

impl Numbers {
    /// Adds one at the end.
    pub fn push(&mut self, number: u16) {
        let [low, high] = number.to_le_bytes();
        self.low.push(low);
        self.high.push(high);
    }

    /// One of them.
    #[inline]
    #[must_use]
    pub fn get(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes([*self.low.get(at)?, *self.high.get(at)?]))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.low.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.low.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.low.iter().zip(&self.high).map(|(&low, &high)| u16::from_le_bytes([low, high]))
    }
}

impl FromIterator<u16> for Numbers {
    fn from_iter<I: IntoIterator<Item = u16>>(numbers: I) -> Self {
        let numbers = numbers.into_iter();
        let room = numbers.size_hint().0;
        let mut all = Self { low: Vec::with_capacity(room), high: Vec::with_capacity(room) };
        numbers.for_each(|number| all.push(number));
        all
    }
}

impl From<Vec<u16>> for Numbers {
    fn from(numbers: Vec<u16>) -> Self {
        numbers.into_iter().collect()
    }
}

impl From<Numbers> for Vec<u16> {
    fn from(all: Numbers) -> Self {
        all.iter().collect()
    }
}

/// Texts of at most 255 bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Texts {
    text: String,
    places: Stretches,
}

/// A text has more than 255 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a text is too long for its column")]
pub struct TooLong;

impl Texts {
    /// Adds one at the end.
    ///
    /// # Errors
    /// When it is too long.
    pub fn push(&mut self, text: &str) -> Result<(), TooLong> {
        self.places.push(u8::try_from(text.len()).map_err(|_| TooLong)?);
        self.text.push_str(text);
        Ok(())
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&str> {
        if at < self.len() { self.text.get(self.places.range(at)) } else { None }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps the first ones.
    pub fn truncate(&mut self, count: usize) {
        if count < self.len() {
            self.text.truncate(self.places.range(count).start);
            self.places.truncate(count);
        }
    }
}

impl TryFrom<Vec<String>> for Texts {
    type Error = TooLong;

    fn try_from(texts: Vec<String>) -> Result<Self, TooLong> {
        // As long as it is: what a text grew by would ship.
        let mut all = Self { text: String::with_capacity(texts.iter().map(String::len).sum()), ..Self::default() };
        texts.iter().try_for_each(|text| all.push(text))?;
        all.places.shrink();
        Ok(all)
    }
}

impl From<Texts> for Vec<String> {
    fn from(all: Texts) -> Self {
        (0..all.len()).filter_map(|at| all.get(at)).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Numbers, Texts, TooLong};

    #[test]
    fn numbers_are_what_was_put_in() {
        let plain: Vec<u16> = (0..600).map(|n| n * 109).collect();
        let numbers = Numbers::from(plain.clone());
        assert_eq!((numbers.len(), numbers.get(599), numbers.get(600)), (600, Some(599 * 109), None));
        assert_eq!(postcard::to_allocvec(&numbers).unwrap(), postcard::to_allocvec(&plain).unwrap());
        assert_eq!(Vec::from(numbers), plain);
    }

    #[test]
    fn texts_are_what_was_put_in() {
        let plain: Vec<String> = (0..50).map(|n| "é".repeat(n % 20)).collect();
        let mut texts = Texts::try_from(plain.clone()).unwrap();
        assert_eq!((texts.len(), texts.get(19), texts.get(20), texts.get(50)), (50, Some(&*plain[19]), Some(""), None));
        assert_eq!(postcard::to_allocvec(&texts).unwrap(), postcard::to_allocvec(&plain).unwrap());
        assert_eq!(Vec::from(texts.clone()), plain);
        for count in [60, 50, 33, 32, 17, 16, 1, 0] {
            let mut less = texts.clone();
            less.truncate(count);
            less.push("more").unwrap();
            let kept = count.min(50);
            assert_eq!((less.len(), less.get(kept)), (kept + 1, Some("more")));
            assert_eq!(Vec::from(less)[..kept], plain[..kept]);
        }
        assert_eq!(texts.push(&"x".repeat(256)), Err(TooLong));
        assert_eq!(Vec::from(texts), plain);
    }
}
