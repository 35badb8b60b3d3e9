//! Marks the words that count. Offsets come in UTF-16 from outside: out of range, overlapping or split ones are bent
//! into place, never trusted.

use super::text::{attribute, inert};
use maud::{Markup, html};
use spotter_model::{Cue, Field};

/// The byte offset of a UTF-16 offset; one inside a character or beyond the end moves to the next boundary.
#[must_use]
pub fn byte_offset(text: &str, utf16: u32) -> usize {
    let mut units = 0_u32;
    for (at, c) in text.char_indices() {
        if units >= utf16 {
            return at;
        }
        units += c.len_utf16() as u32;
    }
    text.len()
}

/// The text of a field with its cues marked; what speaks against is marked otherwise.
#[must_use]
pub fn marked(text: &str, field: Field, cues: &[Cue]) -> Markup {
    let mut spans: Vec<(usize, usize, &Cue)> = cues
        .iter()
        .filter(|c| c.field == field && c.start < c.end)
        .map(|c| (byte_offset(text, c.start), byte_offset(text, c.end), c))
        .collect();
    spans.sort_by_key(|&(start, end, _)| (start, std::cmp::Reverse(end)));
    // Where two overlap, the first one keeps its words and the other what is left of its own.
    let mut taken = 0;
    spans.retain_mut(|(start, end, _)| {
        *start = (*start).max(taken);
        taken = taken.max(*end);
        start < end
    });
    let before = |n: usize| if n == 0 { 0 } else { spans[n - 1].1 };
    html! {
        @for (n, (start, end, cue)) in spans.iter().enumerate() {
            (inert(&text[before(n)..*start]))
            mark class=(strength(cue.weight)) title=(attribute(&super::words::concept(&cue.concept))) { (inert(&text[*start..*end])) }
        }
        (inert(&text[before(spans.len())..]))
    }
}

/// How strong a cue is, in three steps, and for which side.
#[must_use]
pub fn strength(weight: f32) -> &'static str {
    match weight {
        w if w < 0.0 => "against",
        w if w >= 2.0 => "strong",
        w if w >= 0.75 => "medium",
        _ => "weak",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use spotter_model::CueKind;

    fn cue(start: u32, end: u32, weight: f32) -> Cue {
        Cue { kind: CueKind::Name, concept: "c-d".into(), field: Field::Title, start, end, text: String::new(), weight }
    }

    #[test]
    fn marks_stand_where_javascript_would_slice() {
        for (text, spans, want) in [
            ("old ivory", vec![(4, 9, 2.5)], "old <mark class=\"strong\" title=\"c d\">ivory</mark>"),
            ("🐘 tusk", vec![(3, 7, 1.0)], "🐘 <mark class=\"medium\" title=\"c d\">tusk</mark>"),
            ("faux", vec![(0, 4, -1.0)], "<mark class=\"against\" title=\"c d\">faux</mark>"),
            (
                "abc",
                vec![(0, 2, 0.1), (1, 3, 0.1)],
                "<mark class=\"weak\" title=\"c d\">ab</mark><mark class=\"weak\" title=\"c d\">c</mark>",
            ),
            ("abc", vec![(2, 900, 0.1), (7, 8, 1.0)], "ab<mark class=\"weak\" title=\"c d\">c</mark>"),
            ("a<b", vec![(1, 2, 0.1)], "a<mark class=\"weak\" title=\"c d\">&lt;</mark>b"),
        ] {
            let cues: Vec<Cue> = spans.into_iter().map(|(s, e, w)| cue(s, e, w)).collect();
            assert_eq!(marked(text, Field::Title, &cues).into_string(), want);
        }
    }

    proptest! {
        #[test]
        fn any_offsets_keep_the_text_whole(text in "[a-z象🐘é ]{0,20}", spans in prop::collection::vec((0_u32..40, 0_u32..40), 0..8)) {
            let cues: Vec<Cue> = spans.into_iter().map(|(s, e)| cue(s, e, 1.0)).collect();
            let html = marked(&text, Field::Title, &cues).into_string();
            let plain = html.replace("<mark class=\"medium\" title=\"c d\">", "").replace("</mark>", "");
            prop_assert_eq!(plain, text);
        }
    }
}
