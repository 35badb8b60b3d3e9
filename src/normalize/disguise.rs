//! The second reading: words that were written so as to hide, spelled plainly.
//!
//! Owns: letters of other scripts inside Latin words, digits and signs for letters, separators inside words,
//! spaced-out letters, drawn-out letters. Works on folded text, and only rewrites words that look tampered
//! with; never decides whether the plain word means anything. That is the matcher's part.

use super::{Folded, kinds, tables};

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

    fn copy(&mut self, token: Token<'_>) {
        for (i, c) in token.text.char_indices() {
            self.push(c, token.at + i, token.at + i + c.len_utf8());
        }
    }

    /// What parts the word at `at` from the one before, except at the beginning.
    fn part(&mut self, at: usize, sign: char) {
        if !self.text.is_empty() {
            self.push(sign, at.saturating_sub(1), at);
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
        self.text.chars().all(is_alphabetic)
    }

    /// One letter with the signs that belong to it, of a script with case or with short words.
    fn single(&self) -> Option<char> {
        let mut chars = self.text.chars();
        let c = chars.next()?;
        let alone = is_alphabetic(c) && !tables::is_word_sign(c) || tables::regional(c).is_some();
        (alone && chars.all(tables::is_word_sign)).then_some(c)
    }

    /// A row of letters that are shown as halves of flags.
    fn regional(&self) -> Option<Letters> {
        let letters: Option<Letters> =
            self.text.char_indices().map(|(at, c)| Some((tables::regional(c)?, at, c.len_utf8()))).collect();
        letters.filter(|letters| letters.len() >= 4)
    }
}

fn is_alphabetic(c: char) -> bool {
    kinds::of(c) & kinds::ALPHABETIC != 0
}

/// Signs and pictures that stand between letters of one word for no other reason than to part them.
fn is_joiner(c: char) -> bool {
    matches!(c, '*' | '|' | '~' | '^' | '=' | '#' | '·' | '•' | '●' | '■' | '×'
        | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f300}'..='\u{1faff}')
}

/// Signs that stand for a letter rather than between two.
fn is_mask(c: char) -> bool {
    is_joiner(c) && !matches!(c, '|' | '~' | '^' | '=')
}

/// What a masked letter ("iv*ry", "e*ephant") is taken for, one after the other: a Latin letter, a Cyrillic one. Vowels
/// first, as it is one nearly always.
#[rustfmt::skip]
pub const MASKED: [(char, char); 26] = [
    ('a', 'а'), ('e', 'е'), ('i', 'и'), ('o', 'о'), ('u', 'у'), ('y', 'і'), ('b', 'б'), ('c', 'ц'), ('d', 'д'),
    ('f', 'ф'), ('g', 'г'), ('h', 'х'), ('j', 'й'), ('k', 'к'), ('l', 'л'), ('m', 'м'), ('n', 'н'), ('p', 'п'),
    ('q', 'я'), ('r', 'р'), ('s', 'с'), ('t', 'т'), ('v', 'в'), ('w', 'ш'), ('x', 'ж'), ('z', 'з'),
];

/// How many of them are vowels. The others are tried in long words only: in a short one they make too many others.
const VOWELS: usize = 6;
/// Characters of a long word.
const LONG_WORD: usize = 6;
/// Most bytes of a text in which all letters are tried.
const LONG_TEXT: usize = 4096;

/// How many readings of masked letters are to be tried in a text: none where no letter is masked; each of [`MASKED`];
/// where a word has two of them ("el*ph*nt"), two different vowels as well.
#[must_use]
pub fn masks(folded: &Folded) -> usize {
    match (most_masked(&folded.text), folded.text.len() <= LONG_TEXT) {
        (0, _) => 0,
        (_, false) => VOWELS,
        (1, true) => MASKED.len(),
        (_, true) => MASKED.len() + VOWELS * VOWELS,
    }
}

/// How many masked letters the word has that has most: signs between letters.
fn most_masked(text: &str) -> usize {
    let of = |word: &str| {
        let letters = |s: &str| s.chars().any(is_alphabetic);
        let marks = word.char_indices().filter(|&(at, c)| is_mask(c) && letters(&word[..at]));
        marks.filter(|&(at, _)| letters(&word[at..])).take(2).count()
    };
    text.split(' ').filter(|word| word.contains(is_mask)).map(of).max().unwrap_or(0)
}

/// Words on either side of a rewritten one that are kept, so that phrases are found across it.
const CONTEXT: usize = 3;

/// The plain reading, or nothing where no word looks tampered with: the rewritten words, each with its
/// neighbours. `one` is the letter that a `1` or a bar stands for, [`NOTHING`] where it only parts letters; the second
/// result says whether that mattered.
#[must_use]
pub fn plain(folded: &Folded, original: &str, one: char) -> Option<(Plain, bool)> {
    read(folded, original, one, None)
}

/// The plain reading with masked letters read as this one of [`MASKED`], or as two vowels.
#[must_use]
pub fn unmasked(folded: &Folded, original: &str, letter: usize) -> Option<Plain> {
    let mask = match MASKED.get(letter) {
        Some(&one) => Mask { first: one, later: one, rare: letter >= VOWELS },
        None => {
            let pair = letter - MASKED.len();
            Mask { first: *MASKED.get(pair / VOWELS)?, later: *MASKED.get(pair % VOWELS)?, rare: false }
        }
    };
    read(folded, original, 'i', Some(mask)).map(|(plain, _)| plain)
}

/// What a masked letter is taken for.
#[derive(Clone, Copy)]
struct Mask {
    /// The first of a word, Latin and Cyrillic.
    first: (char, char),
    /// Those after it.
    later: (char, char),
    /// No vowel.
    rare: bool,
}

impl Mask {
    /// The letter, after so many others of the word.
    fn letter(&self, before: usize) -> (char, char) {
        if before == 0 { self.first } else { self.later }
    }
}

/// A sign that stands for no letter.
pub const NOTHING: char = '\0';

fn read(folded: &Folded, original: &str, one: char, mask: Option<Mask>) -> Option<(Plain, bool)> {
    let text = folded.text.as_str();
    let mut out: Option<Plain> = None;
    let mut ones = false;
    let mut latin: Option<bool> = None;
    // The last words since the last rewrite, and how many words after it are written already.
    let mut before = [0; CONTEXT];
    let mut held = 0;
    let mut after = 0;
    let mut parted = false;
    let banged = has_banged(original);
    let drawn_apart = original.contains(" \u{640}") || original.contains("\u{640} ");
    let mut rest = Tokens { text, at: 0 };
    loop {
        if let Some(end) = ordinary(&text.as_bytes()[rest.at.min(text.len())..])
            && !banged
            && !drawn_apart
            && !folded.sign_before(rest.at + end + 1)
            && (out.is_none() || after == CONTEXT)
        {
            hold(&mut before, &mut held, &mut parted, rest.at);
            rest.at += end + 1;
            continue;
        }
        let Some((token, look)) = rest.look() else { break };
        let joined = if look.short && token.single().is_some() { spaced(&rest, folded, original) } else { None };
        let joined = joined.or_else(|| if drawn_apart { stretched(&rest, folded, original) } else { None });
        let joined = joined.or_else(|| {
            let glued = (look.letters || look.high || is_spelled(token.text)) && folded.sign_before(token.end() + 1);
            glued.then(|| broken(&rest, folded, original)).flatten()
        });
        let respelled = match (&joined, look.plain) {
            (None, false) if let Some(letters) = token.regional() => Some((letters, false)),
            (None, false) => {
                // Which alphabet a word of two belongs to, the text around it decides. Most foreign words hold a
                // letter that looks like no Latin one, and the text need not be asked.
                if look.high && token.text.chars().any(is_joiner) {
                    respell(token.text, one, false, mask)
                } else if look.foreign && token.text.chars().any(|c| tables::confusable(c).is_none()) {
                    None
                } else {
                    let latin = look.high && *latin.get_or_insert_with(|| is_latin_dominated(text));
                    if look.foreign && !latin { None } else { respell(token.text, one, latin, mask) }
                }
            }
            _ => None,
        };
        let banged =
            banged && joined.is_none() && (look.letters || respelled.is_some()) && is_banged(&token, folded, original);
        let respelled = if banged { respelled.or_else(|| Some(as_written(token.text))) } else { respelled };
        let drawn = joined.is_none() && respelled.is_none() && look.run && has_run(token.text);
        if joined.is_none() && respelled.is_none() && !drawn {
            rest.at = token.end() + 1;
            match &mut out {
                Some(out) if after < CONTEXT => {
                    out.part(token.at, ' ');
                    out.copy(token);
                    after += 1;
                }
                _ => hold(&mut before, &mut held, &mut parted, token.at),
            }
            continue;
        }
        let out = out.get_or_insert_default();
        for at in before.into_iter().take(std::mem::take(&mut held)) {
            let Some(token) = (Tokens { text, at }).next() else { break };
            // Where words were left out, no phrase goes across.
            out.part(token.at, if std::mem::take(&mut parted) { '\n' } else { ' ' });
            out.copy(token);
        }
        out.part(token.at, ' ');
        after = 0;
        let start = out.text.len();
        if let Some(count) = joined {
            for n in 0..count {
                let Some(token) = rest.next() else { break };
                // The one light sign that also looks like a letter.
                if n > 0 && gap_before(&token, folded, original) == Some("!") {
                    out.push('i', token.at - 1, token.at);
                }
                for (k, c) in token.text.char_indices() {
                    let plain = tables::leet(c, one).filter(|_| !is_alphabetic(c)).unwrap_or(c);
                    let plain = tables::regional(plain).unwrap_or(plain);
                    ones |= matches!(c, '1' | '|');
                    if plain == NOTHING {
                        continue;
                    }
                    out.push(plain, token.at + k, token.at + k + c.len_utf8());
                }
            }
            out.rewritten.push(Rewritten { start, end: out.text.len(), disguise: true, joined: true });
            continue;
        }
        rest.at = token.end() + 1;
        if let Some((letters, joined)) = respelled {
            ones |= token.text.contains(['1', '|']);
            if banged {
                out.push('i', token.at, token.at + 1);
            }
            for (c, at, len) in letters {
                out.push(c, token.at + at, token.at + at + len);
            }
            out.rewritten.push(Rewritten { start, end: out.text.len(), disguise: true, joined });
        } else {
            shorten(token, out);
            out.rewritten.push(Rewritten { start, end: out.text.len(), disguise: false, joined: false });
        }
    }
    out.map(|plain| (plain, ones))
}

/// Keeps where a word begins, of the last few.
fn hold(before: &mut [usize; CONTEXT], held: &mut usize, parted: &mut bool, at: usize) {
    if *held == CONTEXT {
        before.rotate_left(1);
        *held -= 1;
        *parted = true;
    }
    before[*held] = at;
    *held += 1;
}

/// Where the word ends that these bytes begin with, if it is one of those that nearly all words are: more than one
/// letter, none of them drawn out, of ASCII alone or of other scripts with at least one that looks like no Latin letter.
#[inline]
fn ordinary(bytes: &[u8]) -> Option<usize> {
    let (mut last, mut run, mut end) = (0, 0, 0);
    for &b in bytes {
        if !b.is_ascii_lowercase() {
            break;
        }
        run = if b == last { run + 1 } else { 0 };
        if run == 2 {
            return None;
        }
        last = b;
        end += 1;
    }
    if end == 0 {
        return ordinary_foreign(bytes);
    }
    (end > 1 && bytes.get(end).is_none_or(|&b| b == b' ')).then_some(end)
}

/// The same for words without ASCII.
fn ordinary_foreign(bytes: &[u8]) -> Option<usize> {
    let (mut last, mut run, mut end, mut letters, mut own) = (0, 0, 0, 0, false);
    loop {
        match *bytes.get(end..)? {
            [] | [b' ', ..] => return (letters > 1 && own).then_some(end),
            // What stands before and between these may be signs, which part letters.
            [a @ 0xc4..0xe0, b, ..] => {
                let c = usize::from(a & 0x1f) << 6 | usize::from(b & 0x3f);
                own |= !LOOKS[c];
                run = if c == last { run + 1 } else { 0 };
                if run == 2 {
                    return None;
                }
                last = c;
                end += 2;
            }
            // None of these looks like a Latin letter.
            [a @ (0xe0 | 0xe1 | 0xe3..0xef), b, c, ..] => {
                let c = usize::from(a & 0xf) << 12 | usize::from(b & 0x3f) << 6 | usize::from(c & 0x3f);
                own = true;
                run = if c == last { run + 1 } else { 0 };
                if run == 2 {
                    return None;
                }
                last = c;
                end += 3;
                // Signs above and below belong to the letter before them.
                if a == 0xe0 && char::from_u32(c as u32).is_some_and(tables::is_word_sign) {
                    continue;
                }
            }
            _ => return None,
        }
        letters += 1;
    }
}

/// Which characters of up to two bytes look like a Latin letter.
static LOOKS: [bool; 0x800] = {
    let mut looks = [false; 0x800];
    let mut c = 0;
    while c < 0x800 {
        if let Some(c) = char::from_u32(c) {
            looks[c as usize] = tables::confusable(c).is_some();
        }
        c += 1;
    }
    looks
};

/// What one look at a word's bytes tells.
struct Look {
    /// Lower-case ASCII letters alone.
    plain: bool,
    /// No ASCII at all.
    foreign: bool,
    /// Something that is not ASCII.
    high: bool,
    /// Letters alone, as far as ASCII goes.
    letters: bool,
    /// At most four bytes, or twelve of scripts whose letters bear signs: may be one letter.
    short: bool,
    /// A byte pattern that drawn-out letters have.
    run: bool,
}

impl Look {
    /// Looks at the bytes up to the next space, and says where that is.
    #[inline]
    fn at(b: &[u8]) -> (Self, usize) {
        let (mut lower, mut other, mut high, mut two) = (false, false, false, false);
        // Drawn-out letters repeat one byte thrice, or two bytes: how often the byte before, and the one before
        // that, came again in a row. Scripts with three bytes a letter do not draw them out.
        let (mut ones, mut twos) = (0u32, 0u32);
        let (mut longest, mut longest_two) = (0u32, 0u32);
        let (mut last, mut last_two) = (0u8, 0u8);
        let mut end = 0;
        for &c in b {
            if c == b' ' {
                break;
            }
            lower |= c.is_ascii_lowercase();
            high |= c >= 0x80;
            two |= (0xc3..0xe0).contains(&c);
            other |= c < 0x80 && !c.is_ascii_lowercase();
            ones = if c == last { ones + 1 } else { 0 };
            twos = if c == last_two { twos + 1 } else { 0 };
            longest = longest.max(ones);
            longest_two = longest_two.max(twos);
            (last_two, last) = (last, c);
            end += 1;
        }
        let run = (lower && longest >= 2) || (two && longest_two >= 4);
        let look = Self {
            plain: lower && !other && !high,
            foreign: !lower && !other,
            high,
            letters: !other,
            short: end <= 4 || end <= 12 && b[0] == 0xe0,
            run,
        };
        (look, end)
    }
}

/// The words of a text, one after the other.
#[derive(Clone)]
struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// The next word and what its bytes tell, without going on.
    #[inline]
    fn look(&self) -> Option<(Token<'a>, Look)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let (look, end) = Look::at(rest.as_bytes());
        Some((Token { at: self.at, text: &rest[..end] }, look))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.text.get(self.at..)?;
        if rest.is_empty() {
            return None;
        }
        let end = rest.as_bytes().iter().position(|&b| b == b' ').unwrap_or(rest.len());
        let token = Token { at: self.at, text: &rest[..end] };
        self.at += end + 1;
        Some(token)
    }
}

/// Letters that are spaced out: at least four single letters in a row, or fewer of scripts that have no words of one
/// letter; two that stay together may be among them ("t ij g e r"). A wider gap parts two words that are both spaced
/// out.
fn spaced(rest: &Tokens<'_>, folded: &Folded, original: &str) -> Option<usize> {
    let first = rest.clone().next()?.single()?;
    let han = tables::is_unsegmented(first);
    let alike = |t: &Token<'_>| match t.single() {
        Some(c) => tables::is_unsegmented(c) == han,
        // A digit for a letter.
        None => !han && t.text.len() == 1 && t.text.chars().all(|c| tables::leet(c, 'i').is_some()),
    };
    let blank = |gap: &str| gap.chars().nth(1).is_some() && gap.chars().all(char::is_whitespace);
    let wide = |t: &Token<'_>| gap_before(t, folded, original).is_some_and(blank);
    let mut words = rest.clone().take(64).peekable();
    let (mut count, mut singles) = (0, 0);
    while let Some(token) = words.next() {
        if count > 0 && wide(&token) {
            break;
        }
        if alike(&token) {
            singles += 1;
        } else if han || !token.is_letters() || token.text.chars().nth(2).is_some() || !words.peek().is_some_and(alike)
        {
            break;
        }
        count += 1;
    }
    let least = if han || tables::is_hangul(first) {
        2
    } else if tables::is_arabic(first) {
        3
    } else {
        4
    };
    (singles >= least && 2 * singles > count).then_some(count)
}

/// Pieces of an Arabic word that reach for each other across a space ("قـ ـرن"): on either side of the gap stands the
/// line that only joins letters.
fn stretched(rest: &Tokens<'_>, folded: &Folded, original: &str) -> Option<usize> {
    const LINE: char = '\u{640}';
    let reaches = |b: &Token<'_>| {
        let (at, _) = folded.source(original, b.at, b.at + 1);
        let before = original.get(..at).unwrap_or("");
        let head = before.trim_end_matches(LINE);
        head.ends_with(' ') && (head.len() < before.len() || head.trim_end_matches(' ').ends_with(LINE))
    };
    let pieces = rest.clone().skip(1).take(24).take_while(|t| t.is_letters() && reaches(t)).count();
    (pieces > 0).then_some(pieces + 1)
}

/// What stands in the original between a word and the one before.
fn gap_before<'a>(token: &Token<'_>, folded: &Folded, original: &'a str) -> Option<&'a str> {
    let before = token.at.checked_sub(1)?;
    let (_, left) = folded.source(original, before.checked_sub(1)?, before);
    let (right, _) = folded.source(original, token.at, token.at + 1);
    original.get(left..right)
}

/// Pieces of a word with one sign and no space between them in the original, one of them too short for a word or the
/// sign one that parts no words. Digits for letters may be in them where the sign is one for a letter too ("m@rf!m").
fn broken(rest: &Tokens<'_>, folded: &Folded, original: &str) -> Option<usize> {
    let sign = |b: &Token<'_>| {
        let mut chars = gap_before(b, folded, original)?.chars();
        chars.next().filter(|c| !c.is_whitespace() && chars.next().is_none())
    };
    let short = |t: &Token<'_>| t.text.chars().take(3).count() <= 2;
    let mut count = 0;
    let mut any_short = false;
    // Signs that nobody writes between two whole words.
    let mut odd = true;
    let (mut digits, mut bangs) = (false, true);
    for token in rest.clone().take(24) {
        let letters = token.text.chars().all(|c| is_alphabetic(c) || tables::is_word_sign(c));
        if !letters && !is_spelled(token.text) {
            break;
        }
        if count > 0 {
            let Some(sign) = sign(&token) else { break };
            odd &= matches!(sign, '.' | '_');
            bangs &= sign == '!';
        }
        digits |= !letters;
        any_short |= short(&token);
        count += 1;
    }
    (count >= 2 && (any_short || odd) && (bangs || !digits)).then_some(count)
}

/// Whether all are letters or digits and signs for them, and some are letters.
fn is_spelled(text: &str) -> bool {
    text.chars().any(is_alphabetic) && text.chars().all(|c| is_alphabetic(c) || tables::leet(c, 'i').is_some())
}

/// Whether a word begins with the sign that looks like a letter, and nothing else stands before it ("!vory").
fn is_banged(token: &Token<'_>, folded: &Folded, original: &str) -> bool {
    let (at, _) = folded.source(original, token.at, token.at + 1);
    let before = original.get(..at).unwrap_or("");
    before.strip_suffix('!').is_some_and(|rest| rest.chars().next_back().is_none_or(char::is_whitespace))
}

/// Whether any word does.
fn has_banged(original: &str) -> bool {
    let b = original.as_bytes();
    let letter = |at: usize| b.get(at).is_some_and(|c| c.is_ascii_alphanumeric());
    b.iter().enumerate().any(|(at, &c)| c == b'!' && letter(at + 1) && (at == 0 || b[at - 1].is_ascii_whitespace()))
}

/// Copies a word with drawn-out letters: three of the same or more become one.
fn shorten(token: Token<'_>, out: &mut Plain) {
    let chars: Vec<(usize, char)> = token.text.char_indices().collect();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i].1;
        let same = chars[i..].iter().take_while(|(_, d)| *d == c).count();
        let keep = if same >= 3 && is_alphabetic(c) { 1 } else { same };
        for k in 0..keep {
            let (start, _) = chars[i + k];
            let last = if k + 1 == keep { chars[i + same - 1].0 } else { start };
            out.push(c, token.at + start, token.at + last + c.len_utf8());
        }
        i += same;
    }
}

fn has_run(text: &str) -> bool {
    let mut last = None;
    let mut run = 0;
    for c in text.chars() {
        run = if Some(c) == last { run + 1 } else { 1 };
        last = Some(c);
        if run >= 3 && is_alphabetic(c) {
            return true;
        }
    }
    false
}

/// Most digits in a row that stand for letters.
const DIGITS: usize = 3;

type Letters = Vec<(char, usize, usize)>;

/// Every letter for itself.
fn as_written(text: &str) -> (Letters, bool) {
    (text.char_indices().map(|(at, c)| (c, at, c.len_utf8())).collect(), false)
}

/// The word with look-alike letters, digits and signs read as what they stand for; nothing if it is an
/// ordinary word. The second result: signs between letters were dropped.
fn respell(text: &str, one: char, latin: bool, mask: Option<Mask>) -> Option<(Letters, bool)> {
    // Signs around a word hide nothing, except those that may be letters.
    let around = |c: char| is_joiner(c) && c != '|' && !(is_mask(c) && mask.is_some());
    let core = text.trim_end_matches(around).trim_start_matches(around);
    let skipped = text.trim_end_matches(around).len() - core.len();
    let (mut letters, joined) = respell_core(core, one, latin, mask)?;
    for letter in &mut letters {
        letter.1 += skipped;
    }
    Some((letters, joined))
}

fn respell_core(text: &str, one: char, latin: bool, mask: Option<Mask>) -> Option<(Letters, bool)> {
    if text.len() < 4 || text.len() > 96 {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    // The star is no letter of a short word's, except a vowel.
    let mask = mask.filter(|mask| !mask.rare || text.chars().nth(LONG_WORD - 1).is_some());
    let (mut plain, mut foreign, mut odd, mut digits, mut signs) = (0, 0, 0, 0, 0);
    let mut posed = 0;
    let bars = is_barred(text);
    let mut unsegmented = 0;
    let mut run = 0;
    let mut other = false;
    for c in text.chars() {
        if c.is_ascii_digit() {
            run += 1;
            if run > DIGITS {
                return None;
            }
        } else {
            run = 0;
        }
        if c.is_ascii_lowercase() {
            plain += 1;
        } else if c == '|' && bars {
            signs += 1;
        } else if tables::leet(c, one).is_some() {
            digits += 1;
        } else if is_joiner(c) {
            signs += 1;
        } else if tables::confusable(c).is_some() {
            foreign += 1;
        } else if tables::is_unsegmented(c) {
            unsegmented += 1;
        } else if is_alphabetic(c) {
            odd += 1;
            posed += usize::from(tables::posed(c).is_some());
        } else {
            other = true;
        }
    }
    // Other scripts know no look-alikes, but signs between their letters part them too.
    let others = odd + foreign + unsegmented;
    if signs > 0 && digits == 0 && plain == 0 && others >= 2 && !other {
        return Some((without_signs(text, mask), true));
    }
    if other || unsegmented > 0 {
        return None;
    }
    // A Latin word in which a letter or two are drawn by others ("ivoяy", "elephaиt").
    if posed > 0 && posed == odd && plain > 2 * odd + foreign {
        foreign += odd;
        odd = 0;
    }
    if odd > 0 || (!latin && foreign >= plain) {
        let read = cyrillic(text);
        if read.is_some() || odd > 0 {
            return read;
        }
    }
    let mixed = plain > 0 && foreign > 0;
    let costume = latin && plain == 0 && foreign >= 4 && digits == 0 && signs == 0;
    let leet = plain >= 2 && digits > 0 && digits <= plain + foreign;
    let parted = signs > 0 && plain >= 2;
    if !(mixed || costume || leet || parted) {
        return None;
    }
    let mut letters = Letters::new();
    let mut masked = 0;
    for (at, c) in text.char_indices() {
        if let Some(mask) = mask
            && is_mask(c)
        {
            letters.push((mask.letter(masked).0, at, c.len_utf8()));
            masked += 1;
            continue;
        }
        if is_joiner(c) && (tables::leet(c, one).is_none() || bars) {
            continue;
        }
        let c2 = if c.is_ascii_lowercase() {
            c
        } else {
            tables::leet(c, one).or_else(|| tables::confusable(c)).or_else(|| tables::posed(c)).unwrap_or(c)
        };
        if c2 != NOTHING {
            letters.push((c2, at, c.len_utf8()));
        }
    }
    Some((letters, signs > 0))
}

/// Bars that stand between single letters part them; elsewhere they look like letters themselves.
fn is_barred(text: &str) -> bool {
    text.bytes().filter(|&b| b == b'|').count() >= 2 && text.split('|').all(|piece| piece.chars().take(3).count() <= 2)
}

/// The letters between signs; a masked one as the letter that it is taken for.
fn without_signs(text: &str, mask: Option<Mask>) -> Letters {
    let mut masked = 0;
    let read = |(at, c): (usize, char)| match mask {
        Some(mask) if is_mask(c) => {
            masked += 1;
            Some((mask.letter(masked - 1).1, at, c.len_utf8()))
        }
        _ => (!is_joiner(c)).then_some((c, at, c.len_utf8())),
    };
    text.char_indices().filter_map(read).collect()
}

/// A Cyrillic word with Latin letters, digits or signs in it, read as Cyrillic.
fn cyrillic(text: &str) -> Option<(Letters, bool)> {
    let (mut own, mut guests, mut digits) = (0, 0, 0);
    let mut letters = Letters::new();
    for (at, c) in text.char_indices() {
        let plain = if matches!(c, '\u{0430}'..='\u{045f}') {
            own += 1;
            c
        } else {
            guests += 1;
            digits += usize::from(!c.is_ascii_lowercase());
            tables::cyrillic_for(c)?
        };
        letters.push((plain, at, c.len_utf8()));
    }
    // Letters may be guests nearly all ("cлoнoвa" with four of seven); digits stand for letters less often.
    (own >= 2 && guests > 0 && (guests <= own || digits == 0)).then_some((letters, false))
}

/// Whether three quarters of the letters are Latin, words of two alphabets aside.
fn is_latin_dominated(text: &str) -> bool {
    let (mut latin, mut other) = (0usize, 0usize);
    for word in text.split(' ') {
        let own = word.bytes().filter(u8::is_ascii_lowercase).count();
        if own == 0 {
            other += word.chars().filter(|c| is_alphabetic(*c)).count();
        } else if word.is_ascii() {
            latin += own;
        }
    }
    latin > 3 * other
}

#[cfg(test)]
mod tests {
    use super::{LOOKS, Tokens, has_run, ordinary, respell, tables};
    use crate::normalize::fold;
    use proptest::prelude::*;

    #[test]
    fn the_table_of_looks_says_what_the_confusables_say() {
        for c in (0..0x800).filter_map(char::from_u32) {
            assert_eq!(LOOKS[c as usize], tables::confusable(c).is_some(), "{c:?}");
        }
        for c in ('\u{800}'..='\u{ffff}').filter(|c| !(0xe2..=0xe2).contains(&c.to_string().as_bytes()[0])) {
            assert!(
                fold(&c.to_string()).text != c.to_string() || tables::confusable(c).is_none(),
                "{c:?} looks like a Latin letter"
            );
        }
    }

    #[test]
    fn drawn_out_letters_of_any_length_are_looked_at() {
        for (word, passed) in [
            ("aab", true),
            ("aaab", false),
            ("слоон", true),
            ("слооон", false),
            ("มากก", true),
            ("มากกก", false),
            ("象象牙", true),
            ("象象象牙", false),
        ] {
            assert_eq!(ordinary(word.as_bytes()).is_some(), passed, "{word}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

        /// What is passed by in one look is nothing that the long look would have read otherwise.
        #[test]
        fn an_ordinary_word_is_never_respelled(text in "([a-z0-9аеіоурсхΑ-ωա-և一-三あ-うก-ขअ-आا-ت*|.!-]{1,9} ?){1,6}|\\PC{0,24}") {
            let folded = fold(&text);
            let mut words = Tokens { text: &folded.text, at: 0 };
            while let Some((token, look)) = words.look() {
                if let Some(end) = ordinary(&folded.text.as_bytes()[token.at..]) {
                    prop_assert_eq!(end, token.text.len());
                    prop_assert!(token.single().is_none(), "{:?} is one letter", token.text);
                    prop_assert!(!has_run(token.text), "{:?} is drawn out", token.text);
                    let foreign = look.foreign && token.text.chars().any(|c| tables::confusable(c).is_none());
                    for latin in [false, true] {
                        prop_assert!(foreign || respell(token.text, 'i', latin, None).is_none(), "{:?} is respelled", token.text);
                    }
                }
                words.at = token.end() + 1;
            }
        }
    }
}
