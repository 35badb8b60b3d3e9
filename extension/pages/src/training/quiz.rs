//! The quiz: one question after the other, "cannot tell" an answer like the others, the reason at once.
//!
//! Owns what is asked next (Leitner's boxes), what an answer is worth, and the results. Whether a result is a pass is
//! said by the round, and kept by the background.

use super::items::{Item, Right};
use super::market::scattered;
use spotter_model::InOrder;
use spotter_model::marks;
use spotter_model::training::{MarkResult, Test};
use std::collections::BTreeMap;

/// Questions of one run.
pub const QUESTIONS: usize = 12;
/// The last box.
const BOXES: u8 = 5;
/// Most items that boxes are kept of.
const KEPT: usize = 2_000;

/// How sure somebody is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sure {
    /// Sure.
    Sure,
    /// Fairly sure.
    #[default]
    Fairly,
    /// A guess.
    Guess,
}

impl Sure {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Sure, Self::Fairly, Self::Guess];

    /// Key of its sentence.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sure => "train_sure_sure",
            Self::Fairly => "train_sure_fairly",
            Self::Guess => "train_sure_guess",
        }
    }
}

/// What an answer is worth, in halves of a point: "cannot tell" is worth half where something could be told, for it
/// harms nobody.
pub fn halves(right: Right, given: Right) -> u32 {
    match given {
        _ if given == right => 2,
        Right::CannotTell => 1,
        _ => 0,
    }
}

/// Leitner's boxes: what was known comes again later, what was not comes again next time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boxes {
    /// Runs that were finished.
    pub run: u32,
    /// Those of them since the last pass.
    pub tries: u32,
    /// By item: its box, and the run in which it is due.
    pub items: BTreeMap<String, (u8, u32)>,
}

impl Boxes {
    /// What was kept before: the runs and those since the last pass, then a line for each item with its box and the run in which it is due. What cannot
    /// be read is forgotten.
    pub fn read(text: Option<&str>) -> Self {
        let mut lines = text.unwrap_or_default().lines();
        let mut runs = lines.next().unwrap_or_default().split(' ').map(|n| n.parse().ok());
        let Some(Some(run)) = runs.next() else { return Self::default() };
        let tries = runs.next().flatten().unwrap_or(0);
        let item = |line: &str| {
            let mut parts = line.split(' ');
            let id = parts.next()?.to_owned();
            let number = parts.next()?.parse().ok().filter(|number| (1..=BOXES).contains(number))?;
            Some((id, (number, parts.next()?.parse().ok()?)))
        };
        Self { run, tries, items: lines.take(KEPT).filter_map(item).collect() }
    }

    /// To be kept.
    pub fn text(&self) -> String {
        let lines = self.items.iter().map(|(id, (number, due))| format!("{id} {number} {due}\n"));
        format!("{} {}\n{}", self.run, self.tries, lines.collect::<String>())
    }

    /// Places in `pool` of what is asked now: what is due, then what is new, then what is due soonest.
    pub fn pick(&self, pool: &[Item], most: usize, seed: u32) -> Vec<usize> {
        let mut all: Vec<usize> = (0..pool.len()).collect();
        all.order_by_key(|&at| {
            let id = &pool[at].id;
            let by_chance = scattered(&format!("{seed}/{id}"));
            match self.items.get(id) {
                Some((number, due)) if *due <= self.run => (0, u32::from(*number), by_chance),
                None => (1, 0, by_chance),
                Some((_, due)) => (2, *due, by_chance),
            }
        });
        all.truncate(most);
        // What is due first need not be asked first.
        all.order_by_key(|&at| scattered(&format!("{seed}.{}", pool[at].id)));
        all
    }

    /// An item was known, or not.
    pub fn answered(&mut self, id: &str, known: bool) {
        if self.items.len() >= KEPT && !self.items.contains_key(id) {
            return;
        }
        let (number, due) = self.items.entry(id.to_owned()).or_insert((1, 0));
        *number = if known { (*number + 1).min(BOXES) } else { 1 };
        *due = self.run + (1 << (*number - 1));
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The item's place in the pool.
    pub at: usize,
    /// The answer.
    pub answer: Right,
    /// How sure.
    pub sure: Sure,
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quiz {
    /// The deck's title.
    pub deck: String,
    /// Its items.
    pub pool: Vec<Item>,
    /// What is asked, as places in the pool.
    pub asked: Vec<usize>,
    /// How sure the learner is of the answer to come.
    pub sure: Sure,
    /// The answers; as many as were given.
    pub given: Vec<Given>,
    /// The last answer's reason was read.
    pub on: bool,
    /// When it began, in milliseconds.
    pub begun_ms: u64,
}

impl Quiz {
    /// A new run.
    pub fn begin(deck: String, pool: Vec<Item>, boxes: &Boxes, seed: u32) -> Self {
        let asked = boxes.pick(&pool, QUESTIONS, seed);
        Self { deck, pool, asked, on: true, ..Self::default() }
    }

    /// There is something to ask.
    pub fn running(&self) -> bool {
        !self.asked.is_empty()
    }

    /// All was asked and the last reason read.
    pub fn finished(&self) -> bool {
        self.running() && self.on && self.given.len() == self.asked.len()
    }

    /// The question that is shown, and its number from 1: the next one, or the last one with its reason.
    pub fn question(&self) -> Option<(usize, &Item)> {
        let number = if self.on { self.given.len() } else { self.given.len().checked_sub(1)? };
        Some((number + 1, self.pool.get(*self.asked.get(number)?)?))
    }

    /// The answer to the question that is shown, where it was given.
    pub fn answer(&self) -> Option<&Given> {
        if self.on { None } else { self.given.last() }
    }

    /// Takes an answer. Whether it was right; nothing where none is asked for.
    pub fn take(&mut self, answer: Right) -> Option<(String, bool)> {
        if !self.on {
            return None;
        }
        let at = *self.asked.get(self.given.len())?;
        self.given.push(Given { at, answer, sure: self.sure });
        self.on = false;
        self.sure = Sure::default();
        let item = &self.pool[at];
        Some((item.id.clone(), item.answer == answer))
    }

    /// Percent of the points, rounded down.
    pub fn percent(&self) -> u32 {
        let most = 2 * u32::try_from(self.given.len()).unwrap_or(u32::MAX);
        let got: u32 = self.given.iter().map(|g| halves(self.pool[g.at].answer, g.answer)).sum();
        (got * 100).checked_div(most).unwrap_or(0)
    }

    /// Answers that were given surely and were wrong.
    pub fn surely_wrong(&self) -> usize {
        self.given.iter().filter(|g| g.sure == Sure::Sure && halves(self.pool[g.at].answer, g.answer) == 0).count()
    }

    /// By mark, or by group where an item turns on none.
    pub fn by_mark(&self) -> Vec<MarkResult> {
        let mut out: Vec<MarkResult> = Vec::new();
        for given in &self.given {
            let item = &self.pool[given.at];
            let mark = marks::by_id(&item.mark).map_or(item.group.word(), |mark| mark.id);
            let at = out.iter().position(|other| other.mark == mark).unwrap_or_else(|| {
                out.push(MarkResult { mark: mark.to_owned(), right: 0, asked: 0 });
                out.len() - 1
            });
            out[at].right += u32::from(item.answer == given.answer);
            out[at].asked += 1;
        }
        out
    }

    /// The test as it is told to the background, but for the hash of its items; over at `now_ms`, after so many tries.
    pub fn test(&self, tries: u32, now_ms: u64) -> Test {
        Test {
            score: self.percent(),
            deck: self.deck.clone(),
            deck_sha256: String::new(),
            marks: self.by_mark(),
            attempts: tries,
            took_ms: u32::try_from(now_ms.saturating_sub(self.begun_ms)).unwrap_or(u32::MAX),
        }
    }
}

/// Key of the words of a mark, or of a group.
pub fn mark_key(mark: &str) -> &'static str {
    let group = || crate::parts::GROUPS.into_iter().find(|g| g.word() == mark).map(crate::parts::group_key);
    marks::by_id(mark).map(|mark| mark.key).or_else(group).unwrap_or("what_unknown")
}

#[cfg(test)]
mod tests {
    use super::{Boxes, Quiz, Sure, halves, mark_key};
    use crate::training::items::Right;
    use crate::training::testing::material;

    #[test]
    fn cannot_tell_is_right_where_nothing_can_be_told_and_worth_half_elsewhere() {
        for (right, given, worth) in [
            (Right::Report, Right::Report, 2),
            (Right::CannotTell, Right::CannotTell, 2),
            (Right::Lookalike, Right::CannotTell, 1),
            (Right::Report, Right::Lookalike, 0),
            (Right::CannotTell, Right::Report, 0),
        ] {
            assert_eq!(halves(right, given), worth, "{right:?} {given:?}");
        }
    }

    #[test]
    fn a_first_run_mixes_listings_with_described_pictures() {
        let material = material();
        let pool: Vec<_> =
            material.listings.iter().filter(|i| i.lang == "en").chain(&material.questions).cloned().collect();
        let of_one_kind = (0..200)
            .filter(|seed| {
                let asked = Boxes::default().pick(&pool, 12, seed * 7_919);
                let described = asked.iter().filter(|&&at| pool[at].id.starts_with("q-")).count();
                [0, 12].contains(&described)
            })
            .count();
        assert!(of_one_kind <= 4, "{of_one_kind} of 200 runs ask of one kind alone; chance alone would be one in 700");
    }

    #[test]
    fn what_was_not_known_comes_again_next_time_and_what_was_known_later() {
        let pool: Vec<_> = material().listings.into_iter().take(6).collect();
        let mut boxes = Boxes::default();
        assert_eq!(boxes.pick(&pool, 12, 1).len(), 6);
        for item in &pool {
            boxes.answered(&item.id, item.id != pool[2].id);
        }
        assert_eq!(boxes.items[&pool[2].id], (1, 1));
        assert_eq!(boxes.items[&pool[0].id], (2, 2));
        boxes.run = 1;
        assert_eq!(boxes.pick(&pool, 1, 9), [2]);
        boxes.answered(&pool[2].id, true);
        boxes.run = 2;
        boxes.answered(&pool[0].id, true);
        assert_eq!(boxes.items[&pool[0].id], (3, 6));
        for _ in 0..9 {
            boxes.answered(&pool[0].id, true);
        }
        assert_eq!(boxes.items[&pool[0].id], (5, 18));
        assert_eq!(Boxes::read(Some(&boxes.text())), boxes);
        assert_eq!(Boxes::read(Some("[]")), Boxes::default());
        assert_eq!(Boxes::read(Some("3\n")), Boxes { run: 3, ..Boxes::default() }, "as it was kept before tries were");
        assert_eq!(
            Boxes::read(Some("3\na 9 1\nb\nc 2 4\n")).items.into_iter().collect::<Vec<_>>(),
            [("c".to_owned(), (2, 4))]
        );
    }

    #[test]
    fn a_run_counts_points_marks_and_what_was_surely_wrong() {
        let pool = material().questions;
        let mut quiz = Quiz::begin("deck".into(), pool, &Boxes::default(), 7);
        assert_eq!(quiz.asked.len(), 12);
        let mut wrong = 0;
        while !quiz.finished() {
            let (number, item) = quiz.question().expect("a question");
            let right = item.answer;
            assert_eq!(number, quiz.given.len() + 1);
            let answer = if number == 3 {
                quiz.sure = Sure::Sure;
                wrong += 1;
                if right == Right::Report { Right::Lookalike } else { Right::Report }
            } else {
                right
            };
            assert_eq!(quiz.take(answer).expect("taken").1, answer == right);
            assert!(quiz.take(answer).is_none(), "the reason is read first");
            assert_eq!(quiz.question().expect("the same").0, number);
            quiz.on = true;
        }
        assert_eq!((quiz.percent(), quiz.surely_wrong(), wrong), (91, 1, 1));
        let marks = quiz.by_mark();
        assert_eq!(marks.iter().map(|m| m.asked).sum::<u32>(), 12);
        assert_eq!(marks.iter().map(|m| m.right).sum::<u32>(), 11);
        assert!(marks.iter().all(|m| mark_key(&m.mark) != "what_unknown"), "{marks:?}");
    }
}
