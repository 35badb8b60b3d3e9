//! Text before it is shaped: bounded, nothing hidden in it, and what no font has counted. Shapes nothing.

use crate::fonts::{Han, Loaded};
use icu_properties::props::{GeneralCategory, Script};
use icu_properties::{CodePointMapData, PropertyNamesLong};
use spotter_model::hidden::hidden;
use std::collections::BTreeMap;

/// Stands for what is not shown.
pub(crate) const SIGN: char = '\u{fffd}';
/// Most marks over one letter: more would lie over the lines around.
const MARKS: usize = 6;
/// Most scripts that the note names, and most code points of each.
const NAMED: (usize, usize) = (12, 3);

/// What of a document is not shown, and how much of it may still come.
pub(crate) struct Tally {
    left: usize,
    cut: bool,
    missing: BTreeMap<&'static str, (usize, Vec<char>)>,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self { left: crate::DOCUMENT_CHARS, cut: false, missing: BTreeMap::new() }
    }

    pub(crate) fn cut(&mut self) {
        self.cut = true;
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Counts a character that is not shown.
    pub(crate) fn miss(&mut self, c: char) {
        let script = CodePointMapData::<Script>::new().get(c);
        let name = match script {
            Script::Common | Script::Inherited => "symbols",
            Script::Unknown => "characters without a meaning",
            _ => PropertyNamesLong::<Script>::new().get(script).unwrap_or("another script"),
        };
        let (count, some) = self.missing.entry(name).or_default();
        *count += 1;
        if some.len() < NAMED.1 && !some.contains(&c) {
            some.push(c);
        }
    }

    /// How many are not shown, and of what.
    pub(crate) fn missing(&self) -> Option<(usize, String)> {
        let count = self.missing.values().map(|(n, _)| n).sum();
        let one = |(name, (n, some)): (&&str, &(usize, Vec<char>))| {
            let points: Vec<String> = some.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
            format!("{} {n}: {}", name.replace('_', " "), points.join(" "))
        };
        let mut named: Vec<String> = self.missing.iter().take(NAMED.0).map(one).collect();
        if self.missing.len() > NAMED.0 {
            named.push("…".into());
        }
        (count > 0).then(|| (count, named.join("; ")))
    }
}

/// The lines of a text as they can be shown: without what hides, moves or piles up, and with the sign for what no font has.
pub(crate) fn lines(fonts: &mut Loaded, text: &str, lang: &str, tally: &mut Tally) -> Vec<String> {
    let all = text.len();
    let room = tally.left.min(crate::TEXT_CHARS);
    let kept = text.char_indices().nth(room).map_or(text, |(at, _)| &text[..at]);
    if kept.len() < all {
        tally.cut();
    }
    tally.left -= kept.chars().count();
    let han = Han::of(kept, lang);
    // Whatever ends a line for a reader ends it here.
    let breaks = ['\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    kept.replace("\r\n", "\n").split(breaks).map(|line| shown(fonts, line, han, tally)).collect()
}

fn shown(fonts: &mut Loaded, line: &str, han: Han, tally: &mut Tally) -> String {
    let categories = CodePointMapData::<GeneralCategory>::new();
    let mut out = String::with_capacity(line.len());
    let mut marks = 0;
    for c in line.chars() {
        if c == '\t' || (c.is_whitespace() && !c.is_control()) {
            marks = 0;
            out.push(if c == '\u{a0}' { c } else { ' ' });
            continue;
        }
        // Joiners belong into many scripts; between ASCII, and one after the other, they only hide.
        let joins = matches!(c, '\u{200c}' | '\u{200d}')
            && out.chars().next_back().is_some_and(|b| !b.is_ascii() && hidden(b).is_none());
        // What chooses between a coloured and a plain form of a sign has no form of its own.
        if matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}') {
            continue;
        }
        if hidden(c).is_some() || c.is_control() {
            if joins {
                out.push(c);
            } else {
                push_sign(&mut out);
            }
            continue;
        }
        let mark = matches!(categories.get(c), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark);
        marks = if mark { marks + 1 } else { 0 };
        if marks > MARKS {
            push_sign(&mut out);
        } else if fonts.has(c, han) {
            out.push(c);
        } else {
            tally.miss(c);
            out.push(SIGN);
        }
    }
    out
}

/// One sign for a run of what is hidden.
fn push_sign(out: &mut String) {
    if !out.ends_with(SIGN) {
        out.push(SIGN);
    }
}
