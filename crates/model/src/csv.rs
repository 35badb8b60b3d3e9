//! Rows for spreadsheets: quoted as RFC 4180 says, and with cells that a spreadsheet would run made inert.

use crate::hidden::hidden;

/// Whether a spreadsheet may take a cell for a formula: by the first character that it does not skip.
#[must_use]
pub fn runs(text: &str) -> bool {
    // Spreadsheets skip white space and what cannot be seen, and full-width and small signs count for some of them.
    let first = text.chars().find(|c| !c.is_whitespace() && hidden(*c).is_none());
    matches!(
        first,
        Some('=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫' | '−')
    )
}

/// A cell: control characters become spaces, and what a spreadsheet would take for a formula gets an apostrophe.
#[must_use]
pub fn cell(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{}{}\"", if runs(&plain) { "'" } else { "" }, plain.replace('"', "\"\""))
}

/// A row with its line end.
#[must_use]
pub fn row<T: AsRef<str>>(cells: &[T]) -> String {
    format!("{}\r\n", cells.iter().map(|c| cell(c.as_ref())).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::{cell, row};

    #[test]
    fn no_cell_runs_and_none_breaks_out() {
        for (text, want) in [
            ("plain", "\"plain\""),
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("  +1", "\"'  +1\""),
            ("-2", "\"'-2\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"' =1\""),
            ("\r\n=1", "\"'  =1\""),
            ("＝1", "\"'＝1\""),
            ("﹢1", "\"'﹢1\""),
            ("\u{200b}\u{feff}=1", "\"'\u{200b}\u{feff}=1\""),
            ("%0A", "\"'%0A\""),
            ("a\",\"=1", "\"a\"\",\"\"=1\""),
            ("a=1", "\"a=1\""),
            ("", "\"\""),
        ] {
            assert_eq!(cell(text), want, "{text:?}");
        }
        assert_eq!(row(&["a", "b\nc"]), "\"a\",\"b c\"\r\n");
    }
}
