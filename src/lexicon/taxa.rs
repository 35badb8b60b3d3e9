//! The register as columns: ten thousand taxa, each of which also means itself, without an object for any.
//!
//! Owns: the columns, ids that follow from names, and the search by id. Never: knows what protects a taxon, or how else
//! it is called.

use super::{Attested, ConceptRef, Effect, Strength, TaxaOf};
use serde::{Deserialize, Serialize};
use spotter_model::{CueKind, Group};

/// What the concepts of the register's taxa are called, before the taxon's id.
pub const PREFIX: &str = "name.taxon.";
/// Stretches of a column whose beginnings are known.
const STEP: usize = 16;

/// Stretches of a column, one behind the other, by their lengths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<u8>", into = "Vec<u8>")]
pub struct Stretches {
    lengths: Vec<u8>,
    /// Where every [`STEP`]th begins.
    begins: Vec<u32>,
    total: u32,
}

impl Stretches {
    /// Adds one at the end; lengths that no column of a pack can have add up to the largest number.
    pub fn push(&mut self, length: u8) {
        if self.lengths.len().is_multiple_of(STEP) {
            self.begins.push(self.total);
        }
        self.lengths.push(length);
        self.total = self.total.saturating_add(u32::from(length));
    }

    /// The stretch of a number; an empty one where there is none.
    #[must_use]
    pub fn range(&self, number: usize) -> std::ops::Range<usize> {
        let Some(&length) = self.lengths.get(number) else { return 0..0 };
        let whole = number / STEP * STEP;
        let before: usize = self.lengths[whole..number].iter().map(|&l| usize::from(l)).sum();
        let begin = self.begins[number / STEP] as usize + before;
        begin..begin + usize::from(length)
    }

    /// Keeps the first ones.
    pub fn truncate(&mut self, count: usize) {
        if count < self.len() {
            self.total = self.range(count).start as u32;
            self.lengths.truncate(count);
            self.begins.truncate(count.div_ceil(STEP));
        }
    }

    /// Gives back the room that it does not use.
    pub fn shrink(&mut self) {
        self.lengths.shrink_to_fit();
        self.begins.shrink_to_fit();
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Where the last ends.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total as usize
    }

    /// All lengths.
    #[must_use]
    pub fn lengths(&self) -> &[u8] {
        &self.lengths
    }
}

impl From<Vec<u8>> for Stretches {
    fn from(lengths: Vec<u8>) -> Self {
        let mut all = Self::default();
        lengths.into_iter().for_each(|length| all.push(length));
        all
    }
}

impl From<Stretches> for Vec<u8> {
    fn from(all: Stretches) -> Self {
        all.lengths
    }
}

/// What is said of a taxon besides its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxonFacts {
    /// Index of what it is protected by.
    pub protection: u16,
    /// The group that it belongs to.
    pub group: Group,
    /// How much its scientific name says.
    pub strength: Strength,
    /// No domesticated form.
    pub wild: bool,
    /// Something lists it, has listed it or will.
    pub listed: bool,
}

const WILD: u8 = 4;
const LISTED: u8 = 8;

/// The register's taxa, in order of their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taxa {
    /// Scientific names, without authorship, one behind the other.
    text: String,
    names: Stretches,
    protections: Vec<u16>,
    groups: Vec<Group>,
    /// Strength, and whether it is wild and listed.
    marks: Vec<u8>,
}

impl Taxa {
    /// Adds one at the end.
    ///
    /// # Errors
    /// When the name is too long.
    pub fn push(&mut self, name: &str, facts: TaxonFacts) -> Result<(), String> {
        let length = u8::try_from(name.len()).map_err(|_| format!("{name:?} is too long for a name"))?;
        self.text.push_str(name);
        self.names.push(length);
        self.protections.push(facts.protection);
        self.groups.push(facts.group);
        let mark = |is: bool, mark| if is { mark } else { 0 };
        self.marks.push(facts.strength as u8 | mark(facts.wild, WILD) | mark(facts.listed, LISTED));
        Ok(())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The scientific name of one.
    #[must_use]
    pub fn name(&self, taxon: u32) -> &str {
        self.text.get(self.names.range(taxon as usize)).unwrap_or("")
    }

    /// The id of one: it never changes, as the name that it follows from.
    #[must_use]
    pub fn id(&self, taxon: u32) -> String {
        id(self.name(taxon))
    }

    /// Index of what one is protected by.
    #[must_use]
    pub fn protection(&self, taxon: u32) -> usize {
        self.protections.get(taxon as usize).map_or(usize::MAX, |&p| usize::from(p))
    }

    /// The taxon of an id.
    #[must_use]
    pub fn find(&self, wanted: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.len() as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.id(middle).as_str().cmp(wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// What one means as a word: itself.
    #[must_use]
    pub fn concept(&self, taxon: u32) -> ConceptRef<'_> {
        let at = taxon as usize;
        let marks = self.marks.get(at).copied().unwrap_or(0);
        ConceptRef {
            own_id: None,
            kind: CueKind::Name,
            label: self.name(taxon),
            groups: self.groups.get(at..at + 1).unwrap_or(&[]),
            taxa: TaxaOf::One(taxon),
            commodities: &[],
            wild: marks & WILD != 0,
            listed: marks & LISTED != 0,
            strength: match marks & 3 {
                0 => Strength::Weak,
                1 => Strength::Medium,
                _ => Strength::Strong,
            },
            needs: &[],
            cancels: &[],
            effect: Effect::Cancel,
            attested: Attested::Published,
        }
    }

    /// Checks that the columns are of one length and in order.
    ///
    /// # Errors
    /// What is wrong.
    pub fn validate(&self, protections: usize) -> Result<(), &'static str> {
        let count = self.len();
        if [self.protections.len(), self.groups.len(), self.marks.len()] != [count; 3] {
            return Err("the columns of the taxa differ in length");
        }
        if self.names.total() != self.text.len() {
            return Err("the names of the taxa do not end where they should");
        }
        if (0..count).any(|at| self.text.get(self.names.range(at)).is_none_or(str::is_empty)) {
            return Err("a taxon's name is none");
        }
        if self.marks.iter().any(|&m| m & 3 > Strength::Strong as u8 || m >= 2 * LISTED) {
            return Err("a taxon has marks that mean nothing");
        }
        if self.protections.iter().any(|&p| usize::from(p) >= protections) {
            return Err("a taxon points nowhere");
        }
        Ok(())
    }
}

/// The id of a scientific name: lower case, hyphens for everything that is no letter or digit.
#[must_use]
pub fn id(scientific_name: &str) -> String {
    let mut id = String::with_capacity(scientific_name.len());
    for c in scientific_name.chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c.to_ascii_lowercase());
        } else if !id.ends_with('-') && c != '.' {
            id.push('-');
        }
    }
    id.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taxa() -> Taxa {
        let mut taxa = Taxa::default();
        for (at, name) in ["Bos sauveli", "Boa", "Panthera tigris"].into_iter().enumerate() {
            let facts = TaxonFacts {
                protection: at as u16,
                group: Group::Bigcats,
                strength: [Strength::Weak, Strength::Medium, Strength::Strong][at],
                wild: at != 0,
                listed: at != 1,
            };
            taxa.push(name, facts).unwrap();
        }
        taxa
    }

    #[test]
    fn columns_say_what_was_put_in() {
        let taxa = taxa();
        assert_eq!((taxa.name(1), taxa.id(2).as_str(), taxa.protection(2)), ("Boa", "panthera-tigris", 2));
        let said = |at| {
            let c = taxa.concept(at);
            (c.label, c.strength, c.wild, c.listed)
        };
        assert_eq!(said(0), ("Bos sauveli", Strength::Weak, false, true));
        assert_eq!(said(2), ("Panthera tigris", Strength::Strong, true, true));
        assert_eq!(taxa.concept(1).id(), "name.taxon.boa");
        assert_eq!((taxa.name(9), taxa.protection(9), taxa.find("bos")), ("", usize::MAX, None));
        assert_eq!(taxa.find("panthera-tigris"), Some(2));
        taxa.validate(3).unwrap();
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        let wrong = |change: &dyn Fn(&mut Taxa)| {
            let mut taxa = taxa();
            change(&mut taxa);
            taxa.validate(3).unwrap_err()
        };
        assert!(wrong(&|t| t.marks.truncate(1)).contains("length"));
        assert!(wrong(&|t| t.text.push('x')).contains("end"));
        assert!(wrong(&|t| t.names = Stretches::from(vec![11, 0, 18])).contains("none"));
        // The first name ends, and the second begins, within a letter.
        assert!(wrong(&|t| t.text = t.text.replacen("iBo", "éo", 1)).contains("none"));
        assert!(wrong(&|t| t.marks[0] = 3).contains("mean nothing"));
        assert!(wrong(&|t| t.marks[0] = 16).contains("mean nothing"));
        assert!(wrong(&|t| t.protections[1] = 3).contains("nowhere"));
    }

    #[test]
    fn stretches_lie_one_behind_the_other() {
        let all = Stretches::from((0..100u8).collect::<Vec<_>>());
        let mut end = 0;
        for at in 0..100 {
            assert_eq!(all.range(at), end..end + at);
            end += at;
        }
        assert_eq!((all.total(), all.range(100)), (end, 0..0));
    }
}
