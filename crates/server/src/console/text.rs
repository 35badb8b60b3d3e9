//! Foreign text, made inert: escaped by the templates, and with invisible characters shown for what they are.
//!
//! A seller who hides a word behind zero-width or direction characters hides nothing from a reviewer.

use maud::{Markup, PreEscaped, Render as _, html};
pub use spotter_model::hidden::hidden;

/// Joiners belong into many scripts and emoji; between ASCII they only hide.
fn belongs(c: char, before: Option<char>) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}') && before.is_some_and(|b| !b.is_ascii() && hidden(b).is_none())
}

/// Text with hidden characters named. A run of one kind is shown once, with its length.
#[must_use]
pub fn inert(text: &str) -> Markup {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        match hidden(c).filter(|_| !belongs(c, before)) {
            Some(name) => {
                let run = rest.chars().take_while(|d| hidden(*d) == Some(name)).map(char::len_utf8);
                let (count, bytes) = run.fold((0_usize, 0_usize), |(n, b), len| (n + 1, b + len));
                let label = if count == 1 { name.to_owned() } else { format!("{name}×{count}") };
                let code = format!("hidden character U+{:04X}", u32::from(c));
                html! { span.ctl title=(code) { (label) } }.render_to(&mut out);
                rest = &rest[bytes..];
            }
            None => {
                let plain = rest
                    .char_indices()
                    .scan(before, |prev, (at, d)| {
                        let stop = hidden(d).is_some() && !belongs(d, *prev);
                        *prev = Some(d);
                        (!stop).then_some(at + d.len_utf8())
                    })
                    .last()
                    .unwrap_or(c.len_utf8());
                rest[..plain].render_to(&mut out);
                before = rest[..plain].chars().next_back();
                rest = &rest[plain..];
                continue;
            }
        }
        before = Some(c);
    }
    PreEscaped(out)
}

/// One line of foreign text, isolated in its own direction and cut to `chars`.
#[must_use]
pub fn line(text: &str, chars: usize) -> Markup {
    let cut = text.char_indices().nth(chars).map(|(at, _)| &text[..at]);
    html! { bdi { (inert(cut.unwrap_or(text))) @if cut.is_some() { "…" } } }
}

/// Foreign text for an attribute, where no mark-up can stand: hidden characters become one visible sign.
#[must_use]
pub fn attribute(text: &str) -> String {
    text.chars().map(|c| if hidden(c).is_some() || c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Foreign text for a field that somebody goes on writing in, and for what is kept of it: nothing hidden is left but the
/// joiners that scripts need.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if (hidden(c).is_none() && !c.is_control()) || belongs(c, out.chars().next_back()) {
            out.push(c);
        }
    }
    out
}

/// The same for several lines with tabs, as they are pasted out of a spreadsheet.
#[must_use]
pub fn visible_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (n, line) in text.lines().enumerate() {
        if n > 0 {
            out.push('\n');
        }
        let cells: Vec<String> = line.split('\t').map(visible).collect();
        out.push_str(&cells.join("\t"));
    }
    out
}

/// An address for a link: what is hidden or not ASCII is percent-encoded, as the browser would do on following it.
#[must_use]
pub fn href(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for byte in url.bytes() {
        if byte.is_ascii_graphic() { out.push(char::from(byte)) } else { out.push_str(&format!("%{byte:02X}")) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_hides_is_shown() {
        for (text, want) in [
            ("ivory", "ivory"),
            ("<b>&\"", "&lt;b&gt;&amp;&quot;"),
            ("a\u{202e}b", "a<span class=\"ctl\" title=\"hidden character U+202E\">RLO</span>b"),
            ("i\u{200b}\u{200b}v", "i<span class=\"ctl\" title=\"hidden character U+200B\">ZWSP×2</span>v"),
            ("i\u{200d}v", "i<span class=\"ctl\" title=\"hidden character U+200D\">ZWJ</span>v"),
            ("👩\u{200d}🌾", "👩\u{200d}🌾"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("象牙\u{feff}", "象牙<span class=\"ctl\" title=\"hidden character U+FEFF\">BOM</span>"),
        ] {
            assert_eq!(inert(text).into_string(), want);
        }
        assert_eq!(attribute("a\u{202e}\u{0}b\n"), "a\u{fffd}\u{fffd}b\u{fffd}");
        assert_eq!(visible("i\u{200b}vo\u{202e}ry\n می\u{200c}خواهم a\u{200d}"), "ivory می\u{200c}خواهم a");
        assert_eq!(href("https://m.example/é \u{202e}?a=%20"), "https://m.example/%C3%A9%20%E2%80%AE?a=%20");
        assert_eq!(line("abcdef", 3).into_string(), "<bdi>abc…</bdi>");
        assert_eq!(line("abc", 3).into_string(), "<bdi>abc</bdi>");
    }

    proptest! {
            #[test]
            fn no_direction_control_survives(text in "[a<\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200b}-\u{200f}é👩]{0,40}") {
                let shown = inert(&text).into_string();
    let moves = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
                prop_assert!(!shown.contains(moves), "a control came through");
                prop_assert_eq!(shown.matches("<a").count() + shown.matches("<é").count(), 0);
            }
        }
}
