//! Characters that nobody sees: who hides a word behind them hides nothing from a reviewer or a spreadsheet's guard.

/// The short name of a character that would not be seen, or that would move what stands around it.
#[must_use]
pub fn hidden(c: char) -> Option<&'static str> {
    Some(match c {
        '\n' | '\t' => return None,
        '\u{00}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => "CTRL",
        '\u{ad}' => "SHY",
        '\u{61c}' => "ALM",
        '\u{34f}' => "CGJ",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "FILL",
        '\u{180e}' => "MVS",
        '\u{200b}' => "ZWSP",
        '\u{200c}' => "ZWNJ",
        '\u{200d}' => "ZWJ",
        '\u{200e}' => "LRM",
        '\u{200f}' => "RLM",
        '\u{2028}' | '\u{2029}' => "SEP",
        '\u{202a}' => "LRE",
        '\u{202b}' => "RLE",
        '\u{202c}' => "PDF",
        '\u{202d}' => "LRO",
        '\u{202e}' => "RLO",
        '\u{2060}'..='\u{2064}' => "WJ",
        '\u{2066}' => "LRI",
        '\u{2067}' => "RLI",
        '\u{2068}' => "FSI",
        '\u{2069}' => "PDI",
        '\u{206a}'..='\u{206f}' => "FMT",
        '\u{feff}' => "BOM",
        '\u{fff9}'..='\u{fffb}' => "IAA",
        '\u{e0000}'..='\u{e007f}' => "TAG",
        _ => return None,
    })
}
