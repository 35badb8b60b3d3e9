//! Other readings of a title: words written apart or together, backwards, upside down, with a letter too many, with l for I,
//! Han characters by their halves.
//!
//! Owns: which readings a title has beyond those of [`super::disguise`], and where each comes from. They are guesses,
//! so that only a whole reading may be looked up, and only where it hardly means anything else. Titles alone: that is
//! where sellers hide words, and a long text has too many neighbours. Never: knows words.

use super::{Folded, kinds, tables};

/// Fewest letters of a reading, of scripts with spaces between words.
const SHORTEST: usize = 5;
/// Most characters on either side of a gap that are read together where words have no boundaries.
const REACH: usize = 6;
/// Most words of a title that are looked at.
const WORDS: usize = 40;
/// Fewest letters of words that are written together.
const GLUED: usize = 10;
/// Most such words of a title that are looked at: each has many readings.
const MOST_GLUED: usize = 4;
/// Most letters of a word.
const LONGEST: usize = 24;

/// What made a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Two words together, with their neighbours: a slip as often as not.
    Together,
    /// Three words together.
    Pieces,
    /// The same, of a script without boundaries: a pattern has to stand across the gap.
    Across,
    /// A double letter as one: a slip as often as not.
    Single,
    /// Backwards.
    Backwards,
    /// l for i, as a capital I looks.
    Upright,
    /// One word as the two or three that were written together, as in hashtags.
    Apart,
    /// The same of letters that stand each by itself.
    Spelled,
    /// Upside down.
    Turned,
    /// Two halves of a Han character as one: a pattern has to hold it.
    Composed,
}

/// One reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// First byte in the text of readings.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Where the gap was, for those across one, and where the folded text goes on behind it.
    pub joint: usize,
    behind: usize,
    /// First byte of the folded text that it stands for.
    from: usize,
    /// One past the last.
    to: usize,
    /// What made it.
    pub way: Way,
}

/// Readings, in buffers that are used again and again.
#[derive(Debug, Default)]
pub struct Variants {
    /// The readings, each a line of its own: what stands across two lines is none.
    pub text: String,
    /// Where they stand, in order.
    pub all: Vec<Variant>,
    words: Vec<(usize, usize)>,
}

impl Variant {
    /// Whether only a pattern counts that stands across its gap, and not one that is all of it.
    #[must_use]
    pub fn has_gap(&self) -> bool {
        matches!(self.way, Way::Across | Way::Together | Way::Composed)
    }

    /// Whether a pattern that stands in it counts.
    #[must_use]
    pub fn holds(&self, start: usize, end: usize) -> bool {
        if self.has_gap() {
            self.start <= start && start < self.joint && self.joint < end && end <= self.end
        } else {
            self.start == start && self.end == end
        }
    }

    /// The range of the folded text that a part of the reading stands for, one that it [`Self::holds`].
    #[must_use]
    pub fn folded(&self, start: usize, end: usize) -> (usize, usize) {
        if self.has_gap() {
            (self.from + (start - self.start), self.behind + (end - self.joint))
        } else {
            (self.from, self.to)
        }
    }
}

impl Variants {
    /// Writes one reading down.
    fn add(&mut self, way: Way, (from, to): (usize, usize), letters: impl Iterator<Item = char>) {
        let start = self.text.len();
        self.text.extend(letters);
        self.all.push(Variant { start, end: self.text.len(), joint: 0, behind: 0, from, to, way });
        self.text.push('\n');
    }

    /// Reads a title in all ways.
    pub fn read(&mut self, folded: &Folded, original: &str) {
        let text = folded.text.as_str();
        self.text.clear();
        self.all.clear();
        self.words.clear();
        let words = text.split(' ').map(|w| {
            let from = w.as_ptr() as usize - text.as_ptr() as usize;
            (from, from + w.len())
        });
        self.words.extend(words.filter(|&(from, to)| from < to).take(WORDS));
        let (mut spelled, mut long) = (0, 0);
        for n in 0..self.words.len() {
            let (mut from, to) = self.words[n];
            if n >= spelled {
                spelled = self.spelled(text, n);
            }
            // A hashtag's sign is none of its letters.
            from += text[from..to].len() - text[from..to].trim_start_matches('#').len();
            let word = &text[from..to];
            let next = self.words.get(n + 1).map(|&(a, b)| (a, &text[a..b]));
            if let Some((at, next_word)) = next {
                self.together(text, n, (from, word), (at, next_word));
            }
            if word.starts_with(tables::is_unsegmented) {
                self.composed(word, from);
                continue;
            }
            if !is_word(word) {
                continue;
            }
            if word.contains(|c| tables::flipped(c).is_some()) {
                self.turned(word, (from, to));
            }
            let letters = word.chars().count();
            if letters >= GLUED && long < MOST_GLUED {
                long += 1;
                self.apart(Way::Apart, word, (from, to));
            }
            if !(SHORTEST..=LONGEST).contains(&letters) {
                continue;
            }
            self.add(Way::Backwards, (from, to), word.chars().rev());
            self.single(word, (from, to));
            self.upright(word, (from, to), original, folded);
        }
    }

    fn together(&mut self, text: &str, n: usize, (from, word): (usize, &str), (at, next): (usize, &str)) {
        let (last, first) = (word.chars().next_back(), next.chars().next());
        if let (Some(last), Some(first)) = (last, first)
            && tables::is_unsegmented(last)
            && tables::is_unsegmented(first)
        {
            let head = word.char_indices().rev().nth(REACH - 1).map_or(0, |(i, _)| i);
            let tail = next.char_indices().nth(REACH).map_or(next.len(), |(i, _)| i);
            self.join(Way::Across, text, (from + head, from + word.len()), (at, at + tail));
            return;
        }
        if !is_word(word) || !is_word(next) {
            return;
        }
        let both = word.chars().count() + next.chars().count();
        if both > LONGEST {
            return;
        }
        if both >= SHORTEST {
            let before = n.checked_sub(1).map_or(from, |n| self.words[n].0);
            let behind = self.words.get(n + 2).map_or(at + next.len(), |w| w.1);
            self.join(Way::Together, text, (before, from + word.len()), (at, behind));
        }
        // A word in three pieces has a short one in the middle.
        if next.chars().nth(3).is_none()
            && let Some(&(third, end)) = self.words.get(n + 2)
            && is_word(&text[third..end])
            && (SHORTEST..=LONGEST).contains(&(both + text[third..end].chars().count()))
        {
            let letters = word.chars().chain(next.chars()).chain(text[third..end].chars());
            self.add(Way::Pieces, (from, end), letters);
        }
    }

    /// Letters that stand each by itself, as the words that they may be: what is written with a space is found nowhere else.
    /// Says which word comes after them.
    fn spelled(&mut self, text: &str, n: usize) -> usize {
        let letter = |&(from, to): &(usize, usize)| {
            let mut chars = text[from..to].chars();
            let c = chars.next().filter(|_| chars.all(tables::is_word_sign))?;
            let c = tables::leet(c, 'i').unwrap_or(c);
            (kinds::of(c) & kinds::LETTER != 0 && !tables::is_unsegmented(c)).then_some(c)
        };
        let run = self.words[n..].iter().map_while(|w| letter(w).map(|c| (c, w))).count();
        if (GLUED - 2..=LONGEST).contains(&run) {
            let place = (self.words[n].0, self.words[n + run - 1].1);
            let word: String = self.words[n..n + run]
                .iter()
                .flat_map(|w| {
                    let signs = text[w.0..w.1].chars().skip(1);
                    letter(w).into_iter().chain(signs)
                })
                .collect();
            self.apart(Way::Spelled, &word, place);
        }
        n + run.max(1)
    }

    /// One word as two, or as two with a short one between them ("colmillo de elefante").
    fn apart(&mut self, way: Way, word: &str, place: (usize, usize)) {
        let inside = |least: usize| {
            let ends = word.char_indices().map(|(at, _)| at);
            let count = word.chars().count();
            ends.enumerate().filter(move |(n, _)| (least..=count - 2).contains(n)).map(|(_, at)| at)
        };
        for at in inside(2) {
            let (head, tail) = word.split_at(at);
            self.add(way, place, head.chars().chain([' ']).chain(tail.chars()));
            for (short, _) in tail.char_indices().skip(2).take(2).filter(|&(i, _)| tail.len() - i > 2) {
                let (middle, tail) = tail.split_at(short);
                let letters = head.chars().chain([' ']).chain(middle.chars()).chain([' ']).chain(tail.chars());
                self.add(way, place, letters);
            }
        }
    }

    /// Upside down: every letter turned, the last one first.
    fn turned(&mut self, word: &str, place: (usize, usize)) {
        let turned = |c| tables::flipped(c).or_else(|| tables::flipped_plain(c));
        if word.chars().all(|c| turned(c).is_some()) {
            self.add(Way::Turned, place, word.chars().rev().filter_map(turned));
        }
    }

    /// Halves of Han characters side by side, as the character that they make up.
    fn composed(&mut self, word: &str, from: usize) {
        for ((i, a), (j, b)) in word.char_indices().zip(word.char_indices().skip(1)).take(WORDS) {
            let Some(whole) = tables::halves(a, b) else { continue };
            let head = word[..i].char_indices().rev().nth(REACH - 1).map_or(0, |(at, _)| at);
            let behind = j + b.len_utf8();
            let tail = word[behind..].char_indices().nth(REACH).map_or(word.len(), |(at, _)| behind + at);
            let start = self.text.len();
            self.text.push_str(&word[head..i]);
            self.text.push(whole);
            // A pattern has to reach into the character from both sides.
            let joint = self.text.len() - 1;
            self.text.push_str(&word[behind..tail]);
            let end = self.text.len();
            let (from, behind, to) = (from + head, from + behind - 1, from + tail);
            self.all.push(Variant { start, end, joint, behind, from, to, way: Way::Composed });
            self.text.push('\n');
        }
    }

    /// Writes two stretches of the folded text down as if nothing stood between them.
    fn join(&mut self, way: Way, text: &str, head: (usize, usize), tail: (usize, usize)) {
        let start = self.text.len();
        self.text.push_str(&text[head.0..head.1]);
        let joint = self.text.len();
        self.text.push_str(&text[tail.0..tail.1]);
        self.all.push(Variant { start, end: self.text.len(), joint, behind: tail.0, from: head.0, to: tail.1, way });
        self.text.push('\n');
    }

    /// Every double letter as one, each by itself, and all at once.
    fn single(&mut self, word: &str, place: (usize, usize)) {
        let doubles =
            || word.char_indices().zip(word.chars().skip(1)).filter(|((_, a), b)| a == b).map(|((i, _), _)| i);
        let count = doubles().count();
        for skipped in doubles().take(3) {
            self.add(Way::Single, place, word.char_indices().filter(|&(i, _)| i != skipped).map(|(_, c)| c));
        }
        if count > 1 {
            let mut last = None;
            self.add(Way::Single, place, word.chars().filter(|&c| last.replace(c) != Some(c)));
        }
    }

    /// An l that no vowel stands beside, or a capital I after a small letter, read as the other one.
    fn upright(&mut self, word: &str, place: (usize, usize), original: &str, folded: &Folded) {
        if !word.is_ascii() || !word.contains(['i', 'l']) {
            return;
        }
        let b = word.as_bytes();
        let vowel = |at: usize| b.get(at).is_some_and(|c| b"aeiouyl".contains(c));
        let lone = |at: usize| b[at] == b'l' && !(at > 0 && vowel(at - 1)) && !vowel(at + 1);
        let (start, _) = folded.source(original, place.0, place.0 + 1);
        let written = original.get(start..start + word.len()).filter(|w| w.eq_ignore_ascii_case(word));
        let capital = |at: usize| {
            written.is_some_and(|w| {
                let w = w.as_bytes();
                w[at] == b'I' && at > 0 && w[at - 1].is_ascii_lowercase()
            })
        };
        if (0..b.len()).any(|at| lone(at) || capital(at)) {
            let read = (0..b.len()).map(|at| match b[at] {
                _ if lone(at) => 'i',
                _ if capital(at) => 'l',
                c => char::from(c),
            });
            self.add(Way::Upright, place, read);
        }
    }
}

/// Letters alone, of a script with spaces, with the signs that belong to them.
fn is_word(word: &str) -> bool {
    word.chars().all(|c| kinds::of(c) & kinds::LETTER != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::fold;

    fn readings(title: &str, way: Way) -> Vec<String> {
        let mut variants = Variants::default();
        variants.read(&fold(title), title);
        variants.all.iter().filter(|v| v.way == way).map(|v| variants.text[v.start..v.end].to_owned()).collect()
    }

    #[test]
    fn words_are_read_in_other_ways() {
        assert_eq!(readings("old iv ory box", Way::Together), ["oldiv ory", "old ivory box", "iv orybox"]);
        assert_eq!(readings("el fen-bein", Way::Pieces), ["elfenbein"]);
        assert_eq!(readings("大象 牙刷", Way::Across), ["大象牙刷"]);
        assert_eq!(readings("tiiger", Way::Single), ["tiger"]);
        assert_eq!(readings("cockattoo", Way::Single), ["cockatoo", "cockatto", "cockato"]);
        assert_eq!(readings("yrovi box", Way::Backwards), ["ivory"]);
        assert_eq!(readings("lvory, eIephant", Way::Upright), ["ivory", "elephant"]);
        assert_eq!(readings("plain words", Way::Upright), Vec::<String>::new());
    }

    #[test]
    fn words_are_parted_turned_and_put_together() {
        let has = |title: &str, way: Way, reading: &str| {
            assert!(readings(title, way).iter().any(|r| r == reading), "{title}: {:?}", readings(title, way));
        };
        has("#elephantivory", Way::Apart, "elephant ivory");
        has("#colmillodeelefante", Way::Apart, "colmillo de elefante");
        has("k o ś ć s ł o n i o w a figurka", Way::Spelled, "kosc sloniowa");
        has("e l 3 p h a n t i v 0 r y", Way::Spelled, "elephant ivory");
        has("ʎɹoʌı ʇuɐɥdǝlǝ", Way::Turned, "ivory");
        has("ʎɹoʌı ʇuɐɥdǝlǝ", Way::Turned, "elephant");
        assert_eq!(readings("泡酒 虍兒骨一斤", Way::Composed), ["虎骨一斤"]);
        assert_eq!(readings("a b c of the k i n g", Way::Spelled), Vec::<String>::new());
    }

    #[test]
    fn only_a_whole_reading_counts() {
        let holds = |title: &str, start, end| {
            let mut variants = Variants::default();
            variants.read(&fold(title), title);
            variants.all.iter().find(|v| v.holds(start, end)).copied()
        };
        assert_eq!(holds("iv ory", 0, 5).map(|v| (v.from, v.to)), Some((0, 6)));
        assert!(holds("熊 胆粉", 0, 6).is_some());
        assert!(holds("熊 胆粉", 3, 9).is_none(), "what stands behind the gap was found already");
        let v = holds("老虍儿骨", 3, 9).expect("the tiger and the bone");
        assert_eq!(v.folded(3, 9), (3, 12));
        assert!(holds("老虍儿骨", 6, 9).is_none(), "the bone alone was found already");
    }

    proptest::proptest! {
        /// Readings of whatever title are in order, apart, and point into the folded text.
        #[test]
        fn readings_keep_their_place(title in "\\PC{0,60}|([a-zA-Zа-яا-ي一-三ก-ข]{0,6}[ .-]?){0,12}") {
            let folded = fold(&title);
            let mut variants = Variants::default();
            variants.read(&folded, &title);
            proptest::prop_assert!(variants.all.is_sorted_by_key(|v| v.start));
            for v in &variants.all {
                proptest::prop_assert!(v.start <= v.end && variants.text.get(v.start..v.end).is_some());
                proptest::prop_assert!(v.from < v.to && folded.text.get(v.from..v.to).is_some());
            }
        }
    }
}
