//! The presenter: one item at a time, large, uncovered step by step.
//!
//! Owns where the class is. Space and Enter go on, for the button that does so keeps the focus.

use super::items::Item;
use spotter_model::messages::Mark;
use std::collections::HashMap;

/// How much is uncovered, after the title.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The title.
    #[default]
    Title,
    /// What the listing says, and what is seen.
    Text,
    /// What the detector says.
    Detector,
    /// What is to be done, and why.
    Answer,
    /// The card.
    Card,
}

/// A presentation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Present {
    /// The deck's title.
    pub deck: String,
    /// Its items.
    pub items: Vec<Item>,
    /// Which is shown.
    pub at: usize,
    /// How much of it.
    pub step: Step,
    /// What the detector said, by item.
    pub marks: HashMap<String, Mark>,
}

impl Present {
    /// The item that is shown.
    pub fn item(&self) -> Option<&Item> {
        self.items.get(self.at)
    }

    /// Nothing is left to uncover.
    pub fn at_end(&self) -> bool {
        let last =
            self.step == Step::Card || (self.step == Step::Answer && self.item().is_some_and(|i| i.card.is_empty()));
        last && self.at + 1 >= self.items.len()
    }

    /// Uncovers the next thing.
    pub fn next(&mut self) {
        let card = self.item().is_some_and(|i| !i.card.is_empty());
        self.step = match self.step {
            Step::Title => Step::Text,
            Step::Text => Step::Detector,
            Step::Detector => Step::Answer,
            Step::Answer if card => Step::Card,
            Step::Answer | Step::Card if self.at + 1 < self.items.len() => {
                self.at += 1;
                Step::Title
            }
            end => end,
        };
    }

    /// One step back.
    pub fn back(&mut self) {
        self.step = match self.step {
            Step::Title if self.at > 0 => {
                self.at -= 1;
                Step::Answer
            }
            Step::Title | Step::Text => Step::Title,
            Step::Detector => Step::Text,
            Step::Answer => Step::Detector,
            Step::Card => Step::Answer,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Present, Step};
    use crate::training::testing::material;

    #[test]
    fn every_step_of_every_item_is_shown_and_the_end_stays() {
        let mut items: Vec<_> = material().questions.into_iter().take(2).collect();
        items[1].card = String::new();
        let mut present = Present { items, ..Present::default() };
        let mut seen = vec![(present.at, present.step)];
        while !present.at_end() {
            present.next();
            seen.push((present.at, present.step));
        }
        assert_eq!(seen.len(), 9);
        assert_eq!(seen[5], (1, Step::Title));
        present.next();
        assert_eq!((present.at, present.step), (1, Step::Answer));
        for _ in 0..20 {
            present.back();
        }
        assert_eq!((present.at, present.step), (0, Step::Title));
    }
}
