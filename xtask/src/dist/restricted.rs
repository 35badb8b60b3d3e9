//! Words that are shared in confidence must not ship: looks for them in the packed archives.
//!
//! Owns: every spelling in which a term could have slipped in, as text, in memory kept ready-made, or as a pattern of
//! the pack. The terms come from a file outside the repository (`SPOTTER_RESTRICTED`, one a line, `#` for remarks).
//! Never prints a term: a finding names its line.

use anyhow::{Context, Result, bail};
use memchr::memmem;
use spotter_detector::lexicon::pack;
use spotter_detector::normalize;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Names the file of terms.
pub const VARIABLE: &str = "SPOTTER_RESTRICTED";
/// Shorter needles are in every program by chance; such terms are looked for in the pack and in texts alone.
const SHORTEST: usize = 4;
/// Largest file of an archive.
const MOST: u64 = 256 * 1024 * 1024;

struct Term {
    line: usize,
    folded: String,
    /// As it may stand in memory.
    needles: Vec<Vec<u8>>,
}

/// The terms.
pub struct Restricted(Vec<Term>);

impl Restricted {
    /// Those of the file that the environment names; none where it names none.
    ///
    /// # Errors
    /// The file cannot be read, or holds nothing: a check of nothing must not pass for one.
    pub fn from_env() -> Result<Option<Self>> {
        let Some(path) = std::env::var_os(VARIABLE) else { return Ok(None) };
        let text = std::fs::read_to_string(&path).with_context(|| format!("the file that {VARIABLE} names"))?;
        let terms = Self::from_text(&text);
        if terms.0.is_empty() {
            bail!("the file that {VARIABLE} names holds no term");
        }
        Ok(Some(terms))
    }

    /// One term a line.
    pub fn from_text(text: &str) -> Self {
        let lines = text.lines().zip(1..).map(|(text, line)| (text.trim(), line));
        let terms = lines.filter(|(text, _)| !text.is_empty() && !text.starts_with('#')).map(|(text, line)| {
            let folded = normalize::fold(text).text.trim().to_owned();
            let spellings: BTreeSet<String> = [text.to_owned(), text.to_lowercase(), folded.clone()].into();
            let needles: BTreeSet<Vec<u8>> = spellings
                .iter()
                .flat_map(|s| {
                    let wide = |bytes: fn(u16) -> [u8; 2]| s.encode_utf16().flat_map(bytes).collect();
                    [s.clone().into_bytes(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)]
                })
                .filter(|needle| needle.len() >= SHORTEST)
                .collect();
            Term { line, folded, needles: needles.into_iter().collect() }
        });
        Self(terms.filter(|t| !t.folded.is_empty()).collect())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Lines of the terms that stand in some bytes, whatever they are.
    fn in_bytes(&self, bytes: &[u8]) -> BTreeSet<usize> {
        let stands = |needle: &[u8]| memmem::find_iter(bytes, needle).any(|at| alone(bytes, at, at + needle.len()));
        self.0.iter().filter(|t| t.needles.iter().any(|n| stands(n))).map(|t| t.line).collect()
    }

    /// The same in a text, however it is spelled.
    fn in_text(&self, text: &str) -> BTreeSet<usize> {
        let folded = normalize::fold(text).text;
        let stands = |term: &str| folded.match_indices(term).any(|(at, t)| alone(folded.as_bytes(), at, at + t.len()));
        self.0.iter().filter(|t| stands(&t.folded)).map(|t| t.line).collect()
    }

    /// The same among the patterns of a pack, which do not stand in it letter by letter.
    ///
    /// # Errors
    /// It is no pack.
    pub fn in_pack(&self, bytes: &[u8]) -> Result<BTreeSet<usize>> {
        let words = pack::open(bytes)?.words;
        let (patterns, spellings) = (words.patterns()?, words.spellings()?);
        let mut all = String::new();
        for (pattern, _) in &patterns {
            all += pattern;
            all.push('\n');
        }
        let stands = |term: &str| all.match_indices(term).any(|(at, t)| alone(all.as_bytes(), at, at + t.len()));
        // Phrases stand there in one of their spellings.
        let plain = |term: &str| {
            let words = term.split(' ').map(|word| spellings.get(word).map_or(word, String::as_str));
            words.collect::<Vec<_>>().join(" ")
        };
        Ok(self.0.iter().filter(|t| stands(&t.folded) || stands(&plain(&t.folded))).map(|t| t.line).collect())
    }

    /// What a packed archive holds of them: file and line, once each.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn in_archive(&self, path: &Path) -> Result<Vec<(String, usize)>> {
        let mut found = Vec::new();
        let mut archive = zip::ZipArchive::new(File::open(path)?)?;
        for index in 0..archive.len() {
            let file = archive.by_index(index)?;
            let name = file.name()?.into_owned();
            let mut bytes = Vec::new();
            file.take(MOST + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > MOST {
                bail!("{name} is larger than {MOST} bytes");
            }
            let mut lines = self.in_bytes(&bytes);
            if let Ok(text) = std::str::from_utf8(&bytes) {
                lines.extend(self.in_text(text));
            }
            found.extend(lines.into_iter().map(|line| (name.clone(), line)));
        }
        Ok(found)
    }
}

/// Whether no ASCII letter or digit goes on before or after: "pearl" is not in "pearls".
fn alone(bytes: &[u8], from: usize, to: usize) -> bool {
    let goes_on = |inside: Option<&u8>, outside: Option<&u8>| {
        inside.is_some_and(u8::is_ascii_alphanumeric) && outside.is_some_and(u8::is_ascii_alphanumeric)
    };
    !goes_on(bytes.get(from), from.checked_sub(1).and_then(|b| bytes.get(b)))
        && !goes_on(to.checked_sub(1).and_then(|b| bytes.get(b)), bytes.get(to))
}

/// Refuses archives, and a pack, that hold a restricted term; says what was looked at.
///
/// # Errors
/// Where one does, with files and lines.
pub fn check(archives: &[std::path::PathBuf], pack: &[u8]) -> Result<Option<String>> {
    let Some(terms) = Restricted::from_env()? else { return Ok(None) };
    let mut found: Vec<String> = terms.in_pack(pack)?.into_iter().map(|l| format!("the pack: line {l}")).collect();
    for archive in archives {
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        found.extend(terms.in_archive(archive)?.into_iter().map(|(file, line)| format!("{name}: {file}: line {line}")));
    }
    if !found.is_empty() {
        bail!("restricted terms would ship (lines of the file that {VARIABLE} names):\n{}", found.join("\n"));
    }
    Ok(Some(format!("none of {} restricted terms in {} archives and the pack", terms.len(), archives.len())))
}

#[cfg(test)]
mod tests {
    use super::Restricted;
    use spotter_detector::testing;
    use std::fs;

    /// Synthetic: no term of anybody's list.
    const TERMS: &str = "# planted\n\nQuibble Tusk\n\u{7cd7}\u{6728}\u{7259}\nzzq\nnetsuke\n";

    #[test]
    fn a_planted_term_is_found_in_every_spelling() {
        let terms = Restricted::from_text(TERMS);
        assert_eq!(terms.len(), 4);
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let binary = |text: Vec<u8>| [&[0, 255, 7, 0][..], &text, &[0, 1, 2]].concat();
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes, lines) in [
            ("text.js", b"const a = 'Quibble-TUSK';".to_vec(), vec![3]),
            ("marks.json", "qu\u{ed}bble\u{200b} t\u{fc}sk".as_bytes().to_vec(), vec![3]),
            ("memory.wasm", binary(b"quibble tusk".to_vec()), vec![3]),
            ("plain.wasm", binary(b"Quibble Tusk".to_vec()), vec![3]),
            ("wide.wasm", binary(wide("quibble tusk")), vec![3]),
            ("han.wasm", binary("\u{7cd7}\u{6728}\u{7259}".as_bytes().to_vec()), vec![4]),
            ("wide-han.wasm", binary(wide("\u{7cd7}\u{6728}\u{7259}")), vec![4]),
            ("short.txt", b"a zzq here".to_vec(), vec![5]),
            ("longer.txt", b"quibble tusks, azzq".to_vec(), vec![]),
            ("clean.wasm", binary(b"zzq and nothing else".to_vec()), vec![]),
        ] {
            let folder = dir.path().join(name.replace('.', "-"));
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join(name), bytes).unwrap();
            let archive = dir.path().join(format!("{name}.zip"));
            super::super::archive::write(&folder, &archive, &dir.path().join("kept"), crate::dist::Packing::Quick)
                .unwrap();
            let found: Vec<usize> = terms.in_archive(&archive).unwrap().into_iter().map(|(_, line)| line).collect();
            assert_eq!(found, lines, "{name}");
        }
    }

    #[test]
    fn a_planted_pattern_is_found_in_the_pack_that_hides_it() {
        let pack = testing::pack();
        let found = Restricted::from_text(TERMS).in_pack(&pack).unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [6]);
        // Letter by letter it does not stand there: that is why the patterns are asked.
        assert!(Restricted::from_text(TERMS).in_bytes(&pack).is_empty());
        assert!(Restricted::from_text("quibble tusk").in_pack(spotter_pack::PACK).unwrap().is_empty());
    }
}
