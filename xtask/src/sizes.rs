//! `sizes`: what the built extension is made of, so that whoever makes it smaller knows where to begin.
//!
//! Owns: the table. Each part is deflated by itself, as the archive deflates each file. Never: builds, or judges.

use crate::dist::files_below;
use crate::run::root;
use anyhow::{Context, Result, bail};
use miniz_oxide::deflate::compress_to_vec;
use std::fs;
use std::process::ExitCode;

/// Prints the table for what lies in `dist/chrome` and for the pack of this build.
pub fn print() -> Result<ExitCode> {
    let folder = root().join("dist/chrome");
    if !folder.is_dir() {
        bail!("there is no dist/chrome; run `cargo xtask dist` first");
    }
    row("file", "raw", "deflated");
    for (path, _) in files_below(&folder)? {
        let bytes = fs::read(&path)?;
        weigh(&path.strip_prefix(&folder)?.to_string_lossy(), &bytes);
    }
    for (half, file) in [("\nfirst half", "bg.wasm"), ("\nsecond half", "rest.wasm")] {
        row(half, "raw", "deflated");
        for (name, bytes) in sections(&fs::read(folder.join(format!("background/spotter_background_{file}")))?)? {
            weigh(&name, &bytes);
        }
    }
    row("\npack", "raw", "deflated");
    for (name, bytes) in spotter_detector::lexicon::pack::open(spotter_pack::PACK)?.parts()? {
        weigh(&name, &bytes);
    }
    Ok(ExitCode::SUCCESS)
}

fn row(name: &str, raw: &str, deflated: &str) {
    println!("{name:<44}{raw:>12}{deflated:>12}");
}

/// As small as it gets without Zopfli.
const BEST: u8 = 9;

fn weigh(name: &str, bytes: &[u8]) {
    row(name, &bytes.len().to_string(), &compress_to_vec(bytes, BEST).len().to_string());
}

/// The sections of a module that are large enough to matter, by name.
fn sections(wasm: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    const NAMES: [(u8, &str); 3] = [(2, "imports"), (10, "code"), (11, "data")];
    let mut rest = wasm.get(8..).context("no module")?;
    let mut found = vec![];
    while let Some((&id, after)) = rest.split_first() {
        let (length, after) = number(after).context("a section without length")?;
        let (body, after) = after.split_at_checked(length).context("a section that was cut off")?;
        if let Some((_, name)) = NAMES.iter().find(|n| n.0 == id) {
            found.push(((*name).to_owned(), body.to_vec()));
        }
        rest = after;
    }
    Ok(found)
}

/// A number in LEB128, and what follows.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0usize;
    for (at, &byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{number, sections};

    #[test]
    fn sections_are_found_and_broken_ones_refused() {
        assert_eq!(number(&[0xe5, 0x8e, 0x26, 9]), Some((624_485, &[9][..])));
        assert_eq!(number(&[0x80; 5]), None);
        let module = [b"\0asm\x01\0\0\0".as_slice(), &[1, 1, 0], &[10, 2, 7, 8]].concat();
        assert_eq!(sections(&module).unwrap(), [("code".to_owned(), vec![7, 8])]);
        assert!(sections(&module[..module.len() - 1]).is_err());
        assert!(sections(b"\0as").is_err());
    }
}
