//! A file as rows of cells: text with separators in the encodings that spreadsheets write, or the first sheet of a workbook (.xlsx).
//!
//! A workbook is a zip: it is unpacked once into nothing, to see that it stays within bounds, before anything is made of it.

use calamine::{DataRef, Reader as _, Xlsx};
use encoding_rs::{Encoding, WINDOWS_1252};
use spotter_model::csv::{row, runs};
use std::io::{Cursor, Read as _};

/// Largest file, in bytes.
pub const BYTES: usize = 4 * 1024 * 1024;
/// What a workbook may unpack to.
const UNPACKED: u64 = 32 * 1024 * 1024;
/// Most files in a workbook.
const PARTS: usize = 500;
/// Most rows under the headings.
pub const ROWS: usize = 5_000;
/// Most columns.
pub const COLUMNS: usize = 40;
/// Longest cell, in characters.
const CELL_CHARS: usize = 1_000;

/// What was read: headings, and below them rows with their lines in the file. No cell holds what cannot be seen, and none is longer
/// than 1,000 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The first row that holds something.
    pub head: Vec<String>,
    /// The others that do: line from 1, and as many cells as there are headings.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// A cell without what hides in it, and without the sign that keeps a spreadsheet from running it.
fn cell(text: &str) -> Result<String, String> {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = crate::console::text::visible(&plain);
    let mut plain = plain.trim();
    while let Some(rest) = plain.strip_prefix('\'').filter(|rest| runs(rest)) {
        plain = rest.trim();
    }
    if plain.chars().count() > CELL_CHARS {
        return Err("has a cell of more than 1,000 characters".to_owned());
    }
    Ok(plain.to_owned())
}

impl Sheet {
    /// Adds a row. Those that hold nothing are passed over.
    fn add(&mut self, line: u64, cells: &[String]) -> Result<(), String> {
        let cells = cells.iter().map(|c| cell(c)).collect::<Result<Vec<_>, _>>();
        let mut cells = cells.map_err(|why| format!("Line {line} {why}."))?;
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.is_empty() {
            return Ok(());
        }
        if cells.len() > COLUMNS {
            return Err(format!("Line {line} has more than {COLUMNS} columns."));
        }
        if self.head.is_empty() {
            self.head = cells;
            return Ok(());
        }
        if self.rows.len() == ROWS {
            return Err("The file has more than 5,000 rows. Split it.".to_owned());
        }
        // What stands right of the last heading belongs to no column.
        cells.resize(self.head.len(), String::new());
        if cells.iter().all(String::is_empty) {
            return Ok(());
        }
        self.rows.push((line, cells));
        Ok(())
    }

    fn done(self) -> Result<Self, String> {
        if self.rows.is_empty() {
            return Err("The file has no row under its headings.".to_owned());
        }
        Ok(self)
    }

    /// Written down once more, for the form: lines in the first column. Cells that look like formulas cannot run.
    #[must_use]
    pub fn text(&self) -> String {
        let with = |first: String, cells: &[String]| row(&[&[first], cells].concat());
        let rows = self.rows.iter().map(|(line, cells)| with(line.to_string(), cells));
        std::iter::once(with("line".to_owned(), &self.head)).chain(rows).collect()
    }
}

/// Reads a file.
///
/// # Errors
/// A sentence that says why it cannot be read.
pub fn read(bytes: &[u8]) -> Result<Sheet, String> {
    if bytes.len() > BYTES {
        return Err("The file is larger than 4 MiB. Split it.".to_owned());
    }
    if bytes.starts_with(b"PK") {
        return workbook(bytes)?.done();
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(
            "This is an old or locked workbook. Save it as .xlsx without a password, or as CSV, and try again."
                .to_owned(),
        );
    }
    separated(&decoded(bytes)?)?.done()
}

/// Reads what [`Sheet::text`] wrote.
///
/// # Errors
/// A sentence that says why it cannot be read.
pub fn again(text: &str) -> Result<Sheet, String> {
    if text.len() > 2 * BYTES {
        return Err("The table is larger than it was. Choose the file again.".to_owned());
    }
    let changed = || "The table came back changed. Choose the file again.".to_owned();
    let mut sheet = Sheet::default();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.map_err(|_| changed())?;
        let cells: Vec<String> = record.iter().skip(1).map(str::to_owned).collect();
        let line =
            if sheet.head.is_empty() { 1 } else { record.get(0).and_then(|l| l.parse().ok()).ok_or_else(changed)? };
        sheet.add(line, &cells)?;
    }
    sheet.done()
}

/// The text of a file: by its mark; without one, UTF-8 where it is that, and else what Windows writes in the west.
fn decoded(bytes: &[u8]) -> Result<String, String> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, &bytes[length..]),
        None if std::str::from_utf8(bytes).is_ok() => (encoding_rs::UTF_8, bytes),
        None => (WINDOWS_1252, bytes),
    };
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if broken || text.contains('\0') {
        return Err("The file is no text that can be read. Save it as CSV in UTF-8, or as .xlsx.".to_owned());
    }
    // One way to end a line: the reader counts others wrongly.
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The separator that the first line with something in it has most of, outside of quotes.
fn separator(text: &str) -> u8 {
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let outside: Vec<u8> = head
        .bytes()
        .filter(|b| {
            quoted ^= *b == b'"';
            !quoted
        })
        .collect();
    let count = |c: u8| outside.iter().filter(|b| **b == c).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|c| count(*c)).unwrap_or(b',')
}

/// The line of a record. The reader's place is before the empty lines that it skips.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let from = usize::try_from(at.byte()).unwrap_or(usize::MAX).min(text.len());
    let skipped = text.as_bytes()[from..].iter().take_while(|b| **b == b'\n').count();
    at.line() + skipped as u64
}

fn separated(text: &str) -> Result<Sheet, String> {
    let mut sheet = Sheet::default();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator(text))
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.map_err(|_| "The file cannot be read as rows and columns.".to_owned())?;
        let line = record.position().map_or(0, |at| line_of(text, at));
        if record.len() > 10 * COLUMNS {
            return Err(format!("Line {line} has more than {COLUMNS} columns."));
        }
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        sheet.add(line, &cells)?;
    }
    Ok(sheet)
}

/// Unpacks all parts into nothing: what a part says of its size is not believed.
fn within_bounds(bytes: &[u8]) -> Result<(), String> {
    let broken = || "The workbook is damaged, or no workbook at all.".to_owned();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if zip.len() > PARTS {
        return Err("The workbook has too many parts.".to_owned());
    }
    let mut left = UNPACKED;
    for n in 0..zip.len() {
        let part = zip.by_index(n).map_err(|_| broken())?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| broken())?;
        if read > left {
            return Err("The workbook unpacks to more than 32 MiB. Take out pictures and other sheets, or save the sheet as CSV.".to_owned());
        }
        left -= read;
    }
    Ok(())
}

fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
        DataRef::Float(n) => n.to_string(),
        DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(at) => at.as_f64().to_string(),
        DataRef::DateTimeIso(text) => text.chars().take(10).collect(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn workbook(bytes: &[u8]) -> Result<Sheet, String> {
    within_bounds(bytes)?;
    let broken = |_| "The workbook is damaged, locked, or none of .xlsx.".to_owned();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let name = book.sheet_names().first().cloned().ok_or("The workbook has no sheet.")?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let (mut sheet, mut row, mut line) = (Sheet::default(), Vec::<String>::new(), 0_u32);
    let mut characters = 0;
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let text = shown(cell.get_value());
        // Many cells may show one long text.
        characters += text.len();
        if characters > 2 * BYTES {
            return Err("The sheet says more than 8 MiB. Split it.".to_owned());
        }
        let (at, column) = cell.get_position();
        if at < line {
            return Err("The rows of the sheet are not in order.".to_owned());
        }
        if at > line {
            sheet.add(u64::from(line) + 1, &row)?;
            (row, line) = (vec![], at);
        }
        if text.trim().is_empty() {
            continue;
        }
        let column = column as usize;
        if column >= COLUMNS {
            return Err(format!("Line {} has more than {COLUMNS} columns.", u64::from(at) + 1));
        }
        if row.len() <= column {
            row.resize(column + 1, String::new());
        }
        row[column] = text;
    }
    sheet.add(u64::from(line) + 1, &row)?;
    Ok(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write as _;

    fn rows(sheet: &Sheet) -> Vec<(u64, Vec<&str>)> {
        sheet.rows.iter().map(|(line, cells)| (*line, cells.iter().map(String::as_str).collect())).collect()
    }

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    }

    #[test]
    fn every_encoding_and_separator_says_the_same() {
        let text = "Début;Größe\n\n\"a; \"\"b\"\"\nc\";é\n;\nx;'=1+1\n";
        let mut files: Vec<Vec<u8>> = vec![
            text.into(),
            format!("\u{feff}{text}").into(),
            text.replace('\n', "\r\n").into(),
            utf16(text, true),
            utf16(text, false),
            text.replace(';', ",").into(),
            text.replace(';', "\t").into(),
        ];
        let (windows, _, lost) = WINDOWS_1252.encode(text);
        assert!(!lost);
        files.push(windows.into_owned());
        for (n, file) in files.iter().enumerate() {
            let sheet = read(file).unwrap();
            assert_eq!(sheet.head, ["Début", "Größe"], "{n}");
            let inner = ["a; \"b\" c", "a, \"b\" c", "a  \"b\" c"];
            let first = &sheet.rows[0].1[0];
            assert!(inner.contains(&first.as_str()), "{n} {first}");
            assert_eq!(rows(&sheet)[1], (6, vec!["x", "=1+1"]), "{n}");
            assert_eq!(again(&sheet.text()).unwrap(), sheet, "{n}");
        }
        let text = read(text.as_bytes()).unwrap().text();
        assert!(text.contains("\"'=1+1\""), "what looks like a formula does not run: {text}");
    }

    #[test]
    fn what_is_no_table_is_refused_in_a_sentence() {
        let long = format!("a,b\n{},x\n", "x".repeat(1_001));
        let wide = format!("a,b\n{}\n", vec!["x"; 41].join(","));
        let many = format!("a\n{}", "x\n".repeat(ROWS + 1));
        let cases: [(&[u8], &str); 9] = [
            (b"", "no row"),
            (b"a,b\n", "no row"),
            (b"\n\n , \n", "no row"),
            (b"\xd0\xcf\x11\xe0old", "old or locked"),
            (b"PK\x03\x04", "damaged"),
            (b"a\0b\nc", "no text"),
            (long.as_bytes(), "Line 2 has a cell"),
            (wide.as_bytes(), "Line 2 has more than 40"),
            (many.as_bytes(), "more than 5,000 rows"),
        ];
        for (file, words) in cases {
            let said = read(file).unwrap_err();
            assert!(said.contains(words), "{said}");
        }
        assert!(read(&vec![b'x'; BYTES + 1]).unwrap_err().contains("4 MiB"));
    }

    /// A workbook as other programs write it, of these parts besides.
    fn book(sheet: &str, more: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
        let how = zip::write::SimpleFileOptions::default();
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
        let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let mut parts = vec![
            ("[Content_Types].xml", format!("{head}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>").into_bytes()),
            ("_rels/.rels", format!("{head}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>").into_bytes()),
            ("xl/workbook.xml", format!("{head}<workbook xmlns=\"{main}\" xmlns:r=\"{relation}\"><sheets><sheet name=\"Old\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>").into_bytes()),
            ("xl/_rels/workbook.xml.rels", format!("{head}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"{relation}/styles\" Target=\"styles.xml\"/></Relationships>").into_bytes()),
            ("xl/styles.xml", format!("{head}<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>").into_bytes()),
            ("xl/worksheets/sheet1.xml", format!("{head}<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>").into_bytes()),
        ];
        parts.extend(more.iter().map(|(name, bytes)| (*name, bytes.clone())));
        for (name, bytes) in parts {
            zip.start_file(name, how).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    const ROW: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Date</t></is></c><c r=\"C1\" t=\"inlineStr\"><is><t>Link</t></is></c></row>\
        <row r=\"4\"><c r=\"A4\" s=\"1\"><v>45000</v></c><c r=\"B4\"><f>1+1</f><v>2</v></c><c r=\"C4\" t=\"inlineStr\"><is><t>=cmd</t></is></c></row>";

    #[test]
    fn a_workbook_is_read_and_a_bomb_is_not_unpacked() {
        let sheet = read(&book(ROW, &[])).unwrap();
        assert_eq!(sheet.head, ["Date", "", "Link"]);
        assert_eq!(rows(&sheet), [(4, vec!["2023-03-15", "2", "=cmd"])]);
        assert!(read(b"a\n,right of it\n").unwrap_err().contains("no row"), "as when it comes back from the form");
        let bomb = book(ROW, &[("xl/media/picture.png", vec![0; 40 * 1024 * 1024])]);
        assert!(bomb.len() < 100_000);
        assert!(read(&bomb).unwrap_err().contains("more than 32 MiB"));
        let far = "<row r=\"1\"><c r=\"XFD1\" t=\"inlineStr\"><is><t>x</t></is></c></row>";
        assert!(read(&book(far, &[])).unwrap_err().contains("more than 40 columns"));
        let down = format!("{ROW}<row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>");
        assert_eq!(read(&book(&down, &[])).unwrap().rows[1].0, 1_048_576);
        let back = format!("{ROW}<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>");
        assert!(read(&book(&back, &[])).unwrap_err().contains("not in order"));
        let names: Vec<(String, Vec<u8>)> = (0..PARTS).map(|n| (format!("x{n}"), vec![])).collect();
        let names: Vec<(&str, Vec<u8>)> = names.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
        assert!(read(&book(ROW, &names)).unwrap_err().contains("too many parts"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn no_file_breaks_the_reader(
            bytes in proptest::collection::vec(any::<u8>(), 0..400),
            start in prop_oneof![Just(&b""[..]), Just(&b"PK\x03\x04"[..]), Just(&b"\xff\xfe"[..]), Just(&b"\xfe\xff"[..]), Just(&b"a,b\n"[..])],
        ) {
            if let Ok(sheet) = read(&[start, &bytes].concat()) {
                prop_assert!(sheet.rows.len() <= ROWS && sheet.head.len() <= COLUMNS);
                prop_assert!(sheet.rows.iter().all(|(_, cells)| cells.len() == sheet.head.len()));
                prop_assert!(sheet.head.iter().chain(sheet.rows.iter().flat_map(|r| &r.1)).all(|c| !c.chars().any(char::is_control)));
                prop_assert_eq!(again(&sheet.text()).unwrap(), sheet);
            }
        }

        #[test]
        fn no_bent_workbook_breaks_the_reader(at in 0_usize..4_000, byte in any::<u8>(), cut in 0_usize..4_000) {
            let mut bytes = book(ROW, &[]);
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length - cut % (length / 2) * usize::from(byte.is_multiple_of(2)));
            if let Ok(sheet) = read(&bytes) {
                prop_assert!(sheet.rows.len() <= ROWS);
            }
        }
    }
}
