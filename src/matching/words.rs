//! Finding patterns in a text, word by word.
//!
//! Owns: which places of a text can begin a pattern at all, and the walks from there. A pattern begins where a word
//! does, after an Arabic article, or, if it may stand inside a word, anywhere in one; each kind of place has its
//! gate. Every place is walked from twice at most, for single words and for phrases, and no walk is longer than the longest
//! pattern, so the work is linear in the text. Never: decides whether a match stands; some that don't are found too.

use super::boundary::is_proclitic;
use super::bytes::{Reader, written};
#[cfg(any(feature = "sources", test))]
use super::fresh::Order;
use super::gate::{Gate, hash};
use super::graph::Graph;
use super::phrases::{MOST_WORDS, Phrases};
use super::scripts::Scripts;
use crate::lexicon::PackError;
use crate::normalize::kinds::{self, ARABIC, HANGUL, JOINING, LETTER};
use std::collections::HashMap;
use std::ops::Range;

/// All patterns of a lexicon, ready to be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Every pattern of one word.
    all: Scripts,
    /// Those before which a word may have begun.
    inner: Graph,
    /// The words of phrases, each with the number of the word that it is a form of.
    forms: Scripts,
    /// What stands in more words.
    phrases: Phrases,
    gate: Gate,
}

/// Most patterns that are listed.
const MAX_PATTERNS: usize = 1 << 20;

/// Words that more phrases than this have behind their first one keep their order: phrases name them so often that near numbers
/// spare more than what spellings lose.
#[cfg(any(feature = "sources", test))]
const SELDOM: usize = 5;

/// Tables, and what became of numbers.
#[cfg(any(feature = "sources", test))]
#[derive(Debug)]
pub struct Built {
    /// The tables.
    pub words: Words,
    /// What the senses were before, in order.
    pub senses: Vec<u32>,
    /// What the numbers of words were before, in order.
    pub numbers: Vec<u32>,
}

/// What tables are built from: sorted and distinct, each with its number.
#[cfg(any(feature = "sources", test))]
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Patterns without a space, and their senses.
    pub single: Vec<(String, u32)>,
    /// Words of phrases, and the number of the word that each is a form of.
    pub forms: Vec<(String, u32)>,
    /// Phrases as numbers of words, and their senses.
    pub phrases: Vec<(Vec<u32>, u32)>,
}

#[cfg(any(feature = "sources", test))]
impl Terms {
    /// The range of senses that one phrase alone has.
    const IN_PHRASES: usize = 3;

    /// Words of phrases by whether spellings or phrases say which is which.
    fn order_of_words(&self) -> Order {
        let mut behind: HashMap<u32, usize> = HashMap::new();
        self.phrases.iter().flat_map(|(words, _)| &words[1..]).for_each(|&word| *behind.entry(word).or_default() += 1);
        let mut lies: HashMap<u32, usize> = HashMap::new();
        for (text, word) in &self.forms {
            let here = super::scripts::lies_in(text);
            lies.entry(*word).and_modify(|known| *known = if *known == here { here } else { 0 }).or_insert(here);
        }
        let range = |word: u32| match behind.get(&word) {
            Some(&often) if often > SELDOM => 0,
            _ => lies.get(&word).copied().unwrap_or(0),
        };
        let words = self.phrases.iter().flat_map(|(words, _)| words.iter().copied());
        Order::of(words.chain(self.forms.iter().map(|(_, word)| *word)), 2, range)
    }

    /// Senses by whether one pattern alone has them, and which.
    fn order_of_senses(&self) -> Order {
        let single = self.single.iter().map(|(text, sense)| (*sense, super::scripts::lies_in(text)));
        let all = || single.clone().chain(self.phrases.iter().map(|(_, sense)| (*sense, Self::IN_PHRASES)));
        let mut alone: HashMap<u32, usize> = HashMap::new();
        for (sense, place) in all() {
            alone.entry(sense).and_modify(|known| *known = 0).or_insert(place);
        }
        Order::of(all().map(|(sense, _)| sense), Self::IN_PHRASES, |sense| alone[&sense])
    }
}

impl Words {
    /// Builds the tables; `uses` says how a sense is used. Numbers that one column would hold only once are given anew, so that it
    /// need not; see [`super::fresh`].
    ///
    /// # Errors
    /// When there are too many.
    #[cfg(any(feature = "sources", test))]
    pub fn build(terms: &Terms, uses: impl Fn(u32) -> Vec<crate::lexicon::Use>) -> Result<Built, String> {
        use std::collections::BTreeSet;
        let count = terms.single.len() + terms.phrases.len();
        if count > MAX_PATTERNS {
            return Err(format!("{count} terms, at most {MAX_PATTERNS} are allowed"));
        }
        let table = kinds::table();
        let mut openings = super::gate::Openings::default();
        let mut inner: Vec<(&str, u32)> = vec![];
        for (text, sense) in &terms.single {
            let Some((word, _)) = word_at(table, text.as_bytes(), 0) else { continue };
            let uses = uses(*sense);
            if word < text.len() || uses.iter().any(|u| !u.open_right) {
                openings.word(&text[..word]);
            }
            if word == text.len() && uses.iter().any(|u| u.open_right) {
                openings.stem(text);
            }
            if uses.iter().any(|u| u.open_left) {
                openings.inside(text, word);
                inner.push((text, *sense));
            }
        }
        // First words of phrases before which a word may have begun.
        let open = terms.phrases.iter().filter(|(_, sense)| uses(*sense).iter().any(|u| u.open_left));
        let open: BTreeSet<u32> = open.map(|(words, _)| words[0]).collect();
        let mut forms: HashMap<u32, Vec<&str>> = HashMap::new();
        for (text, number) in &terms.forms {
            forms.entry(*number).or_default().push(text);
        }
        // How what may follow each first word begins.
        let mut next: HashMap<u32, BTreeSet<u16>> = HashMap::new();
        for (words, sense) in &terms.phrases {
            let open = words.len() == 2 && uses(*sense).iter().any(|u| u.open_right);
            let second = words.get(1).and_then(|word| forms.get(word)).into_iter().flatten();
            let begins = second.flat_map(|form| super::gate::beginnings(form, open));
            next.entry(words[0]).or_default().extend(begins);
        }
        for (text, number) in &terms.forms {
            let Some(next) = next.get(number) else { continue };
            openings.first_word(text, next.iter().copied());
            if open.contains(number)
                && let Some((word, _)) = word_at(table, text.as_bytes(), 0)
            {
                openings.inside(text, word);
            }
        }
        let mut numbers = terms.order_of_words();
        let forms = Scripts::build(&terms.forms, &mut numbers)?;
        let mut senses = terms.order_of_senses();
        let all = Scripts::build(&terms.single, &mut senses)?;
        let inner: Vec<(&str, u32)> = inner.into_iter().map(|(text, sense)| (text, senses.now(sense))).collect();
        let renumbered = |(words, sense): &(Vec<u32>, u32)| {
            (words.iter().map(|&word| numbers.now(word)).collect::<Vec<u32>>(), senses.now(*sense))
        };
        let mut phrases: Vec<_> = terms.phrases.iter().map(renumbered).collect();
        phrases.sort_unstable();
        let (phrases, before) = super::phrases::build(&phrases, senses.range(Terms::IN_PHRASES))?;
        senses.put(Terms::IN_PHRASES, &before);
        let words = Self { all, inner: super::graph::build(&inner)?, forms, phrases, gate: openings.gate() };
        Ok(Built { words, senses: senses.before(), numbers: numbers.before() })
    }

    /// What lies where in memory that a text without letters of other scripts does not need.
    #[must_use]
    pub fn later(&self) -> Vec<Range<usize>> {
        [self.all.later(), self.forms.later()].concat()
    }

    /// What is in memory before what comes later: zeros stand there.
    #[cfg(test)]
    #[must_use]
    pub fn before_others(&self) -> Self {
        Self { all: self.all.before_others(), forms: self.forms.before_others(), ..self.clone() }
    }

    /// Calls `found(sense, start, end)` for every pattern that could stand in `text`, in order of beginnings, then
    /// of ends, with phrases whose first word stands twice behind the others. In the stretches of `open`, which are in order
    /// and begin and end with whole words, also for every pattern that stands anywhere inside.
    pub fn find(&self, text: &str, open: &[(usize, usize)], found: impl FnMut(u32, usize, usize)) {
        self.find_between(text, open, (0, text.len()), found);
    }

    /// The same for patterns that begin before a place and end behind it; others may be found too.
    pub fn find_across(&self, text: &str, joint: usize, found: impl FnMut(u32, usize, usize)) {
        self.find_between(text, &[], (joint, joint), found);
    }

    /// The same for what begins before `before` and does not end up to `behind`; what does may be found too.
    #[inline(never)]
    fn find_between(
        &self,
        text: &str,
        open: &[(usize, usize)],
        (behind, before): (usize, usize),
        mut found: impl FnMut(u32, usize, usize),
    ) {
        let table = kinds::table();
        let bytes = text.as_bytes();
        let mut open = open.iter().copied().peekable();
        // Where the next space is, as seen from `at`.
        let mut space = 0;
        let mut at = 0;
        while at < before {
            if bytes[at] == b' ' {
                at += 1;
                continue;
            }
            while open.next_if(|o| o.1 <= at).is_some() {}
            let word = word_at(table, bytes, at);
            let inside = open.peek().is_some_and(|o| o.0 <= at);
            if space <= at {
                space = next_space(bytes, word.map_or(at, |(end, _)| end));
            }
            let (Some((end, all)), false) = (word, inside) else {
                self.all.walk(text, at, &mut |sense, end| found(sense, at, end));
                // Inside open stretches a phrase may end anywhere, for which the gate has no beginnings.
                if inside {
                    self.phrases_of(text, at, space, &mut found);
                } else {
                    self.phrases_at(text, at, space, &mut found);
                }
                at += kinds::at(table, bytes, at).map_or(1, |k| k.1);
                continue;
            };
            let of_word = hash(bytes, at, end);
            if space > behind && (all & HANGUL != 0 || self.gate.word(bytes, (at, end), of_word)) {
                self.all.walk(text, at, &mut |sense, end| found(sense, at, end));
            }
            if bytes.get(space) == Some(&b' ') {
                let of_first = if end == space { of_word } else { hash(bytes, at, space) };
                if self.gate.phrase(bytes, (at, space), of_first) {
                    self.phrases_of(text, at, space, &mut found);
                }
            }
            if all & ARABIC != 0 {
                self.find_in_arabic(text, (at, end), space, &mut found);
            } else {
                for start in at + 1..=self.gate.last_inside(end) {
                    // Most bytes of other scripts are no beginnings.
                    if bytes[start] & 0xc0 != 0x80 && self.gate.inside(bytes, start) {
                        self.walk_inside(text, start, space, &mut found);
                    }
                }
            }
            at = end;
        }
    }

    /// The same for patterns that are all of `start..end`, which is a line by itself; others may be found too.
    pub fn find_whole(&self, text: &str, (start, end): (usize, usize), mut found: impl FnMut(u32, usize, usize)) {
        let bytes = text.as_bytes();
        let word = word_at(kinds::table(), bytes, start);
        let space = next_space(bytes, word.map_or(start, |(end, _)| end));
        if space < end {
            self.phrases_at(text, start, space, &mut found);
        } else if self.may_begin(bytes, start, word)
            && let Some(sense) = self.all.lookup(text, start, end)
        {
            found(sense, start, end);
        }
    }

    /// Whether a pattern without a space may begin at `at`, where a word is if one begins there, and what its characters are.
    #[inline]
    fn may_begin(&self, bytes: &[u8], at: usize, word: Option<(usize, u8)>) -> bool {
        word.is_none_or(|(end, all)| all & HANGUL != 0 || self.gate.word(bytes, (at, end), hash(bytes, at, end)))
    }

    /// Inside a word with Arabic letters a pattern may begin after an article or a preposition.
    fn find_in_arabic(
        &self,
        text: &str,
        (from, to): (usize, usize),
        space: usize,
        found: &mut impl FnMut(u32, usize, usize),
    ) {
        let bytes = text.as_bytes();
        let mut letters = from;
        for (place, c) in text[from..to].char_indices() {
            let start = from + place;
            let arabic = kinds::of(c) & ARABIC != 0;
            if !arabic {
                letters = start + c.len_utf8();
            }
            if start == from {
                continue;
            }
            let behind = arabic && is_proclitic(&text[letters..start]);
            if behind && self.gate.word(bytes, (start, to), hash(bytes, start, to)) {
                self.all.walk(text, start, &mut |sense, end| found(sense, start, end));
                self.phrases_at(text, start, space, found);
            } else if self.gate.inside(bytes, start) {
                self.walk_inside(text, start, space, found);
            } else if behind {
                self.phrases_at(text, start, space, found);
            }
        }
    }

    /// What may begin inside a word.
    fn walk_inside(&self, text: &str, start: usize, space: usize, found: &mut impl FnMut(u32, usize, usize)) {
        self.inner.walk(text, start, &mut |sense, end| found(sense, start, end));
        self.phrases_at(text, start, space, found);
    }

    /// Phrases that begin at a place, where the next space is at `space`. A first word that stands twice counts once as well:
    /// "burung-burung kakatua" is the plural of "burung kakatua".
    #[inline]
    fn phrases_at(&self, text: &str, start: usize, space: usize, found: &mut impl FnMut(u32, usize, usize)) {
        let bytes = text.as_bytes();
        if bytes.get(space) == Some(&b' ') && self.gate.phrase(bytes, (start, space), hash(bytes, start, space)) {
            self.phrases_of(text, start, space, found);
        }
    }

    /// The same behind the gate.
    fn phrases_of(&self, text: &str, start: usize, space: usize, found: &mut impl FnMut(u32, usize, usize)) {
        let bytes = text.as_bytes();
        if bytes.get(space) != Some(&b' ') {
            return;
        }
        let first = self.forms.lookup(text, start, space);
        let Some(block) = first.and_then(|word| self.phrases.after_first(word)) else { return };
        let at = space + 1;
        let word = &bytes[start..at];
        self.phrases_after(text, start, (block, at), found);
        if bytes[at..].starts_with(word) {
            self.phrases_after(text, start, (block, at + word.len()), found);
        }
    }

    /// The rest of phrases, from a block of what may follow and the place where it would begin. No word has a space, so at
    /// most one form ends before the next space, and the way goes on in one place; the last word may be shorter than what
    /// stands there.
    fn phrases_after(&self, text: &str, start: usize, next: (usize, usize), found: &mut impl FnMut(u32, usize, usize)) {
        let mut onward = Some(next);
        // As many words as a phrase may have, whatever a pack says.
        for _ in 1..MOST_WORDS {
            let Some((block, at)) = onward.take() else { return };
            let Some(block) = self.phrases.block(block) else { return };
            self.forms.walk(text, at, &mut |word, end| {
                let Some(step) = self.phrases.step(&block, word) else { return };
                if let Some(sense) = self.phrases.sense(step) {
                    found(sense, start, end);
                }
                if text.as_bytes().get(end) == Some(&b' ') {
                    onward = self.phrases.after(step).map(|block| (block, end + 1));
                }
            });
        }
    }

    /// All patterns with their senses: those of one word in order, then phrases, each in one of its spellings.
    ///
    /// # Errors
    /// When they are too many or no text, which only a hostile pack can bring about.
    pub fn patterns(&self) -> Result<Vec<(String, u32)>, PackError> {
        let mut all = self.single()?;
        let plain = self.plain()?;
        for (words, sense) in self.phrases()? {
            let words: Option<Vec<&str>> = words.iter().map(|word| plain.get(word).map(String::as_str)).collect();
            all.push((words.ok_or(PackError::Tables)?.join(" "), sense));
        }
        Ok(all)
    }

    /// How [`Self::patterns`] spells each word of phrases.
    ///
    /// # Errors
    /// As for [`Self::patterns`].
    pub fn spellings(&self) -> Result<HashMap<String, String>, PackError> {
        let plain = self.plain()?;
        Ok(self.forms()?.into_iter().filter_map(|(form, word)| Some((form, plain.get(&word)?.clone()))).collect())
    }

    /// The shortest spelling of each word of phrases.
    fn plain(&self) -> Result<HashMap<u32, String>, PackError> {
        let mut plain: HashMap<u32, String> = HashMap::new();
        for (form, word) in self.forms()? {
            let known = plain.entry(word).or_insert_with(|| form.clone());
            if form.len() < known.len() {
                *known = form;
            }
        }
        Ok(plain)
    }

    /// Patterns of one word, in order, with their senses.
    pub(super) fn single(&self) -> Result<Vec<(String, u32)>, PackError> {
        self.all.texts(MAX_PATTERNS)
    }

    /// Words of phrases, in order, with their numbers.
    pub(super) fn forms(&self) -> Result<Vec<(String, u32)>, PackError> {
        self.forms.texts(MAX_PATTERNS)
    }

    /// Phrases with their senses.
    pub(super) fn phrases(&self) -> Result<Vec<(Vec<u32>, u32)>, PackError> {
        self.phrases.all(MAX_PATTERNS).ok_or(PackError::Tables)
    }

    /// The tables' columns by name, for those who weigh them.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, Vec<u8>)> {
        let gate = written(|out| self.gate.write(out));
        let named = |table: &'static str| move |(name, bytes)| (format!("{table}: {name}"), bytes);
        let of = |table, columns: Vec<(&'static str, Vec<u8>)>| {
            columns.into_iter().map(|(n, b)| (n.to_owned(), b)).map(named(table))
        };
        self.all
            .columns()
            .map(named("all"))
            .chain(of("inner", self.inner.columns()))
            .chain(self.forms.columns().map(named("forms")))
            .chain(of("phrases", self.phrases.columns()))
            .chain(of("gate", vec![("bits", gate)]))
            .collect()
    }

    /// The tables as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![];
        self.all.write(&mut out);
        self.inner.write(&mut out);
        self.forms.write(&mut out);
        self.phrases.write(&mut out);
        self.gate.write(&mut out);
        out
    }

    /// Reads the tables and checks that no walk can leave them or run in circles.
    ///
    /// # Errors
    /// When they are not sound.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PackError> {
        let mut from = Reader(bytes);
        let words = Self {
            all: Scripts::read(&mut from)?,
            inner: Graph::read(&mut from)?,
            forms: Scripts::read(&mut from)?,
            phrases: Phrases::read(&mut from)?,
            gate: Gate::read(&mut from)?,
        };
        if from.0.is_empty() { Ok(words) } else { Err(PackError::Tables) }
    }
}

/// Where the next space is, or the end of the line, behind which no word goes on.
#[inline]
fn next_space(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|&b| matches!(b, b' ' | b'\n')).map_or(bytes.len(), |n| from + n)
}

/// Where the word that begins at a byte ends, and what its characters are altogether; nothing where none begins:
/// at signs, pictures, and letters of scripts without spaces.
#[inline]
fn word_at(table: &[u8], bytes: &[u8], start: usize) -> Option<(usize, u8)> {
    let (mut last, length) = kinds::at(table, bytes, start)?;
    if last & JOINING == 0 {
        return None;
    }
    let mut all = last;
    let mut end = start + length;
    // Most words are plain ones.
    if last & JOINING == LETTER && length == 1 {
        end += bytes[end..].iter().take_while(|b| b.is_ascii_lowercase()).count();
    }
    while let Some((kind, length)) = kinds::at(table, bytes, end) {
        if kind & last & JOINING == 0 {
            break;
        }
        all |= kind;
        last = kind;
        end += length;
    }
    Some((end, all))
}
