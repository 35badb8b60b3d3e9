//! What patterns mean, as columns: for each sense its uses, for each use a concept and a way of being used.
//!
//! Owns: the columns. Most uses differ in nothing but the concept, so the ways are kept once. Never: finds a pattern.

use super::columns::Numbers;
use super::taxa::Stretches;
use super::{Attested, Languages, MAX_USES, Strength, Use};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Most ways of being used that differ in more than the exact spelling.
const MOST_MANNERS: usize = 4096;

/// All of a use but its concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Way {
    open_left: bool,
    open_right: bool,
    exact: Option<u32>,
    strength: Option<Strength>,
    attested: Attested,
    languages: Languages,
}

/// The uses of all senses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    senses: Stretches,
    concepts: Numbers,
    /// For each use its place in `kinds`.
    ways: Numbers,
    kinds: Kinds,
}

/// All ways of being used. Most differ in nothing but the exact spelling, so the others are kept once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Way>", into = "Vec<Way>")]
struct Kinds {
    /// For each kind its place in `manners`.
    places: Numbers,
    /// For each kind its exact spelling, counted from 1.
    exact: Numbers,
    /// Without exact spellings.
    manners: Vec<Way>,
}

impl Kinds {
    fn push(&mut self, way: Way) -> Result<(), String> {
        let full = || "there are more ways of using a word than fit".to_owned();
        let exact = way.exact.map_or(Some(0), |exact| u16::try_from(exact).ok()?.checked_add(1)).ok_or_else(full)?;
        let manner = Way { exact: None, ..way };
        let place = self.manners.iter().position(|known| *known == manner).unwrap_or(self.manners.len());
        self.places.push(u16::try_from(place).map_err(|_| full())?);
        if place == self.manners.len() {
            self.manners.push(manner);
        }
        self.exact.push(exact);
        Ok(())
    }

    #[inline]
    fn get(&self, at: usize) -> Option<Way> {
        let exact = self.exact.get(at)?.checked_sub(1).map(u32::from);
        Some(Way { exact, ..*self.manners.get(usize::from(self.places.get(at)?))? })
    }

    fn len(&self) -> usize {
        self.places.len()
    }

    fn iter(&self) -> impl Iterator<Item = Way> + '_ {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}

impl TryFrom<Vec<Way>> for Kinds {
    type Error = String;

    fn try_from(ways: Vec<Way>) -> Result<Self, String> {
        let mut all = Self::default();
        let known: &mut HashMap<Way, usize> = &mut HashMap::new();
        for way in ways {
            // The manners are few in every pack of ours; another must not make this slow.
            known.insert(Way { exact: None, ..way }, 0);
            if known.len() > MOST_MANNERS {
                return Err("there are more ways of using a word than fit".to_owned());
            }
            all.push(way)?;
        }
        Ok(Self { manners: all.manners, places: all.places.iter().collect(), exact: all.exact.iter().collect() })
    }
}

impl From<Kinds> for Vec<Way> {
    fn from(all: Kinds) -> Self {
        all.iter().collect()
    }
}

impl Uses {
    /// The uses of senses in order.
    ///
    /// # Errors
    /// When they are more than the columns hold.
    pub fn of<'a>(senses: impl IntoIterator<Item = &'a [Use]>) -> Result<Self, String> {
        let mut all = Self::default();
        all.extend(senses)?;
        Ok(all)
    }

    /// Adds senses at the end.
    ///
    /// # Errors
    /// When they are more than the columns hold; some are added then.
    pub fn extend<'a>(&mut self, senses: impl IntoIterator<Item = &'a [Use]>) -> Result<(), String> {
        let mut known: HashMap<Way, u16> = self.kinds.iter().zip(0..).collect();
        let full = |_| "there are more meanings or ways of using a word than fit".to_owned();
        for uses in senses {
            self.senses.push(u8::try_from(uses.len()).map_err(full)?);
            for used in uses {
                let Use { concept, open_left, open_right, exact, strength, attested, languages } = *used;
                let way = Way { open_left, open_right, exact, strength, attested, languages };
                self.concepts.push(u16::try_from(concept).map_err(full)?);
                let at = match known.get(&way) {
                    Some(&at) => at,
                    None => {
                        let at = u16::try_from(self.kinds.len()).map_err(full)?;
                        self.kinds.push(way)?;
                        known.insert(way, at);
                        at
                    }
                };
                self.ways.push(at);
            }
        }
        Ok(())
    }

    /// How many senses there are.
    #[must_use]
    pub fn senses(&self) -> usize {
        self.senses.len()
    }

    /// The uses of a sense; none where there is no such sense.
    #[inline]
    pub fn of_sense(&self, sense: u32) -> impl Iterator<Item = Use> + '_ {
        self.senses.range(sense as usize).filter_map(|at| self.get(at))
    }

    /// All uses.
    pub fn iter(&self) -> impl Iterator<Item = Use> + '_ {
        (0..self.concepts.len()).filter_map(|at| self.get(at))
    }

    #[inline]
    fn get(&self, at: usize) -> Option<Use> {
        let (concept, way) = (self.concepts.get(at)?, self.ways.get(at)?);
        let Way { open_left, open_right, exact, strength, attested, languages } = self.kinds.get(usize::from(way))?;
        Some(Use { concept: u32::from(concept), open_left, open_right, exact, strength, attested, languages })
    }

    /// Checks that every index points somewhere.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self, concepts: usize, exact: usize) -> Result<(), &'static str> {
        if self.senses.is_empty() {
            return Err("it holds no patterns");
        }
        let count = self.senses.total();
        if self.concepts.len() != count || self.ways.len() != count {
            return Err("a table does not end where it should");
        }
        if self.senses.lengths().iter().any(|&l| u32::from(l) > MAX_USES) {
            return Err("uses are too many for one sense");
        }
        if self.concepts.iter().any(|c| usize::from(c) >= concepts)
            || self.ways.iter().any(|w| usize::from(w) >= self.kinds.len())
            || self.kinds.iter().any(|k| k.exact.is_some_and(|e| e as usize >= exact))
        {
            return Err("a use points nowhere");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USE: Use = Use {
        concept: 0,
        open_left: false,
        open_right: true,
        exact: None,
        strength: None,
        attested: Attested::Observed,
        languages: Languages::ANY,
    };

    #[test]
    fn columns_say_what_was_put_in() {
        let exact = Use { concept: 2, exact: Some(1), strength: Some(Strength::Weak), ..USE };
        let senses = [vec![USE, exact], vec![], vec![Use { concept: 1, ..USE }]];
        let uses = Uses::of(senses.iter().map(Vec::as_slice)).unwrap();
        for (sense, wanted) in (0u32..).zip(&senses) {
            assert_eq!(&uses.of_sense(sense).collect::<Vec<_>>(), wanted);
        }
        assert_eq!((uses.senses(), uses.iter().count(), uses.kinds.len()), (3, 3, 2));
        assert_eq!(uses.of_sense(3).count(), 0);
        uses.validate(3, 2).unwrap();
        assert!(uses.validate(2, 2).is_err());
        assert!(uses.validate(3, 1).is_err());
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        let wrong = |change: &dyn Fn(&mut Uses)| {
            let mut uses = Uses::of([&[USE, USE][..]]).unwrap();
            change(&mut uses);
            uses.validate(1, 0).unwrap_err()
        };
        assert!(wrong(&|u| u.senses.push(1)).contains("end"));
        assert!(wrong(&|u| u.ways = u.ways.iter().take(1).collect()).contains("end"));
        assert!(wrong(&|u| u.ways = [1, 0].into_iter().collect()).contains("nowhere"));
        assert!(wrong(&|u| *u = Uses::default()).contains("no patterns"));
        assert!(Uses::of([&[USE; 256][..]]).is_err());
        assert!(Uses::of([&[Use { concept: 1 << 16, ..USE }][..]]).is_err());
    }
}
