//! The second reading: words that were written so as to hide, spelled plainly.
//!
//! Owns: letters of other scripts inside Latin words, digits and signs for letters, separators inside words,
//! spaced-out letters, drawn-out letters. Works on folded text, and only rewrites words that look tampered
//! with; never decides whether the plain word means anything. That is the matcher's part.

use super::{Folded, tables};

/// Folded text with suspicious words spelled plainly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plain {
    /// The text. Bytes map to ranges of the folded text.
    pub text: String,
    map: Vec<(u32, u32)>,
    /// What was rewritten, as byte ranges of `text`, in order.
    pub rewritten: Vec<Rewritten>,
}

/// One rewritten stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// First byte in the plain text.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// It hides something; drawn-out letters alone do not.
    pub disguise: bool,
    /// Letters were put together, so that words inside have no boundaries of their own.
    pub joined: bool,
}

impl Plain {
    /// The byte range of the folded text that `start..end` of the plain text stands for.
    #[must_use]
    pub fn folded_range(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        if start >= end {
            return None;
        }
        let from = self.map.get(start)?.0;
        let to = self.map.get(end - 1)?.1;
        (from < to).then_some((from as usize, to as usize))
    }

    fn push(&mut self, c: char, from: usize, to: usize) {
        self.text.push(c);
        for _ in 0..c.len_utf8() {
            self.map.push((from as u32, to as u32));
        }
    }

    fn copy(&mut self, text: &str, at: usize) {
        for (i, c) in text.char_indices() {
            self.push(c, at + i, at + i + c.len_utf8());
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    at: usize,
    text: &'a str,
}

impl Token<'_> {
    fn end(&self) -> usize {
        self.at + self.text.len()
    }

    fn is_letters(&self) -> bool {
        self.text.chars().all(char::is_alphabetic)
    }

    /// One letter, of a script with case or with short words.
    fn single(&self) -> Option<char> {
        let mut chars = self.text.chars();
        let c = chars.next()?;
        (chars.next().is_none() && c.is_alphabetic()).then_some(c)
    }
}

/// Signs that stand between letters of one word for no other reason than to part them.
fn is_joiner(c: char) -> bool {
    matches!(c, '*' | '|' | '~' | '^' | '=' | '#' | '·' | '•' | '●' | '■' | '★' | '☆' | '✦' | '×')
}

fn is_light(b: u8) -> bool {
    !b.is_ascii_whitespace() && tables::ASCII[usize::from(b & 0x7f)] == 0
}

/// How words of the text look: reads everything once, cheaply, and says whether anything may need a rewrite.
fn is_suspicious(text: &str, original: &str) -> bool {
    if text.is_ascii() {
        // A light sign inside a word.
        let broken = |w: &[u8]| w[0].is_ascii_alphabetic() && w[2].is_ascii_alphabetic() && is_light(w[1]);
        if original.as_bytes().windows(3).any(broken) {
            return true;
        }
        // A sign or digit beside a letter, a letter alone, or the same letter thrice.
        let b = text.as_bytes();
        let (mut alone, mut run, mut last) = (0u32, 0u32, b' ');
        for (i, &c) in b.iter().enumerate() {
            let next = b.get(i + 1).copied().unwrap_or(b' ');
            run = if c == last && c.is_ascii_lowercase() { run + 1 } else { 0 };
            if run >= 2 {
                return true;
            }
            if !c.is_ascii_lowercase() && c != b' ' && (last.is_ascii_lowercase() || next.is_ascii_lowercase()) {
                return true;
            }
            if c.is_ascii_lowercase() && last == b' ' && next == b' ' {
                alone += 1;
            }
            last = c;
        }
        return alone >= 1;
    }
    true
}

/// The plain reading, or nothing where no word looks tampered with. `one` is the letter that a `1` stands for;
/// the second result says whether that mattered.
#[must_use]
pub fn plain(folded: &Folded, original: &str, one: char) -> Option<(Plain, bool)> {
    let text = folded.text.as_str();
    if !is_suspicious(text, original) {
        return None;
    }
    let mut out = Plain::default();
    let mut ones = false;
    let tokens = tokens(text);
    let latin = is_latin_dominated(text);
    let mut i = 0;
    while i < tokens.len() {
        if i > 0 {
            let at = tokens[i - 1].end();
            out.push(' ', at, tokens[i].at);
        }
        if let Some(count) = spaced(&tokens[i..]).or_else(|| broken(&tokens[i..], folded, original)) {
            let from = out.text.len();
            for (n, token) in tokens[i..i + count].iter().enumerate() {
                // The one light sign that also looks like a letter.
                if n > 0 && gap_before(&tokens[i + n], folded, original) == Some("!") {
                    out.push('i', token.at - 1, token.at);
                }
                for (k, c) in token.text.char_indices() {
                    let c = tables::leet(c, one).filter(|_| !c.is_alphabetic()).unwrap_or(c);
                    out.push(c, token.at + k, token.at + k + c.len_utf8().min(token.text.len() - k));
                }
            }
            out.rewritten.push(Rewritten { start: from, end: out.text.len(), disguise: true, joined: true });
            i += count;
            continue;
        }
        ones |= word(tokens[i], one, latin, &mut out);
        i += 1;
    }
    (!out.rewritten.is_empty()).then_some((out, ones))
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut at = 0;
    text.split(' ')
        .map(|text| {
            let token = Token { at, text };
            at += text.len() + 1;
            token
        })
        .collect()
}

/// Letters that are spaced out: at least four single letters in a row, or two of an unsegmented script.
fn spaced(tokens: &[Token<'_>]) -> Option<usize> {
    let first = tokens.first()?.single()?;
    let han = tables::is_unsegmented(first);
    let alike = |t: &Token<'_>| match t.single() {
        Some(c) => tables::is_unsegmented(c) == han,
        // A digit for a letter.
        None => !han && t.text.len() == 1 && t.text.chars().all(|c| tables::leet(c, 'i').is_some()),
    };
    let count = tokens.iter().take(64).take_while(|t| alike(t)).count();
    (count >= if han { 2 } else { 4 }).then_some(count)
}

/// What stands in the original between a word and the one before.
fn gap_before<'a>(token: &Token<'_>, folded: &Folded, original: &'a str) -> Option<&'a str> {
    let before = token.at.checked_sub(1)?;
    let (_, left) = folded.source(original, before.checked_sub(1)?, before);
    let (right, _) = folded.source(original, token.at, token.at + 1);
    original.get(left..right)
}

/// Pieces of a word with one sign and no space between them in the original, one of them too short for a word.
fn broken(tokens: &[Token<'_>], folded: &Folded, original: &str) -> Option<usize> {
    let glued = |b: &Token<'_>| {
        gap_before(b, folded, original).is_some_and(|gap| {
            let mut chars = gap.chars();
            chars.next().is_some_and(|c| !c.is_whitespace()) && chars.next().is_none()
        })
    };
    let mut count = 1;
    while count < tokens.len().min(16)
        && tokens[count].is_letters()
        && tokens[count - 1].is_letters()
        && glued(&tokens[count])
    {
        count += 1;
    }
    let pieces = &tokens[..count];
    let short = |t: &Token<'_>| t.text.chars().take(3).count() <= 2;
    (count >= 2 && pieces.iter().any(short)).then_some(count)
}

/// Copies one word, spelled plainly where it looks tampered with. Says whether a `1` was read.
fn word(token: Token<'_>, one: char, latin: bool, out: &mut Plain) -> bool {
    let from = out.text.len();
    let Some((letters, joined)) = respell(token.text, one, latin) else {
        // Drawn-out letters: three of the same or more become one.
        if has_run(token.text) {
            let chars: Vec<(usize, char)> = token.text.char_indices().collect();
            let mut i = 0;
            while i < chars.len() {
                let (at, c) = chars[i];
                let same = chars[i..].iter().take_while(|(_, d)| *d == c).count();
                let keep = if same >= 3 && c.is_alphabetic() { 1 } else { same };
                for k in 0..keep {
                    let (start, _) = chars[i + k];
                    let last = if k + 1 == keep { chars[i + same - 1].0 } else { start };
                    out.push(c, token.at + start, token.at + last + c.len_utf8());
                }
                debug_assert!(at <= token.text.len());
                i += same;
            }
            out.rewritten.push(Rewritten { start: from, end: out.text.len(), disguise: false, joined: false });
        } else {
            out.copy(token.text, token.at);
        }
        return false;
    };
    for (c, at, len) in letters {
        out.push(c, token.at + at, token.at + at + len);
    }
    out.rewritten.push(Rewritten { start: from, end: out.text.len(), disguise: true, joined });
    token.text.contains(['1', '|'])
}

fn has_run(text: &str) -> bool {
    let mut last = None;
    let mut run = 0;
    for c in text.chars() {
        run = if Some(c) == last { run + 1 } else { 1 };
        last = Some(c);
        if run >= 3 && c.is_alphabetic() {
            return true;
        }
    }
    false
}

type Letters = Vec<(char, usize, usize)>;

/// The word with look-alike letters, digits and signs read as what they stand for; nothing if it is an
/// ordinary word. The second result: signs between letters were dropped.
fn respell(text: &str, one: char, latin: bool) -> Option<(Letters, bool)> {
    if text.len() < 4 || text.len() > 96 {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let (mut plain, mut foreign, mut odd, mut digits, mut signs) = (0, 0, 0, 0, 0);
    let mut run = 0;
    let mut other = false;
    for c in text.chars() {
        if c.is_ascii_digit() {
            run += 1;
            if run > 2 {
                return None;
            }
        } else {
            run = 0;
        }
        if c.is_ascii_lowercase() {
            plain += 1;
        } else if tables::leet(c, one).is_some() {
            digits += 1;
        } else if is_joiner(c) {
            signs += 1;
        } else if tables::confusable(c).is_some() {
            foreign += 1;
        } else if c.is_alphabetic() && !tables::is_unsegmented(c) {
            odd += 1;
        } else {
            other = true;
        }
    }
    if other || odd > 0 {
        return None;
    }
    let mixed = plain > 0 && foreign > 0;
    let costume = latin && plain == 0 && foreign >= 4 && digits == 0 && signs == 0;
    let leet = plain >= 2 && digits > 0 && digits <= plain + foreign;
    let parted = signs > 0 && plain >= 2;
    if !(mixed || costume || leet || parted) {
        return None;
    }
    let mut letters = Letters::new();
    for (at, c) in text.char_indices() {
        if is_joiner(c) && tables::leet(c, one).is_none() {
            continue;
        }
        // Between letters a bar parts them, unless bars are all there is.
        let c2 = if c.is_ascii_lowercase() {
            c
        } else {
            tables::leet(c, one).or_else(|| tables::confusable(c)).unwrap_or(c)
        };
        letters.push((c2, at, c.len_utf8()));
    }
    Some((letters, signs > 0))
}

/// Whether three quarters of the letters are Latin.
fn is_latin_dominated(text: &str) -> bool {
    let (mut latin, mut other) = (0usize, 0usize);
    for c in text.chars() {
        if c.is_ascii_lowercase() {
            latin += 1;
        } else if c.is_alphabetic() {
            other += 1;
        }
    }
    latin > 3 * other
}
