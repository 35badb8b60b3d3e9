//! The licences of what ships: which of a crate's licences is taken, and the text that goes with the extension.
//!
//! Owns: the list of licences that may ship; another one fails the build. Never: finds the parts (`parts`).

use super::parts::Part;
use crate::run::root;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The name in the package.
pub const FILE: &str = "licences.txt";

/// Licences that may ship, the shortest text first: of several that a crate offers the first one here is taken. With the
/// names under which a crate keeps each.
const TAKEN: &[(&str, &[&str])] = &[
    ("MIT", &["LICENSE-MIT", "LICENSE-MIT.md", "LICENSE-MIT.txt", "LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING"]),
    ("Apache-2.0", &["LICENSE-APACHE", "LICENSE-APACHE.md", "LICENSE"]),
    ("Unicode-3.0", &["LICENSE-UNICODE", "LICENSE"]),
];

/// The text that ships with the extension.
pub fn text(parts: &[Part]) -> Result<String> {
    let mut text = String::from(
        "Wildlife Spotter: MIT or Apache-2.0, at your choice.\n\
         Names and listings of species: CITES Checklist as published by the Catalogue of Life, CC0-1.0.\n\
         Compiled in, each under the licence named:\n\n",
    );
    let _ = writeln!(text, "Rust standard library (MIT)\n  Copyright (c) The Rust Project Contributors");
    let mut texts: BTreeMap<&str, String> = BTreeMap::from([("MIT", terms("MIT", &root())?)]);
    for part in parts {
        let taken = choose(&part.licence).with_context(|| part.key())?;
        let _ = writeln!(text, "{} ({})", part.key(), taken.join(", "));
        for holder in holders(part, taken[0]) {
            let _ = writeln!(text, "  {holder}");
        }
        for licence in taken {
            if !texts.contains_key(licence) {
                texts.insert(licence, terms(licence, &part.folder).with_context(|| part.key())?);
            }
        }
    }
    for (licence, terms) in texts {
        let _ = write!(text, "\n== {licence} ==\n\n{}\n", terms.trim());
    }
    Ok(text)
}

/// Which licences are taken of an expression: one of each group of alternatives.
fn choose(expression: &str) -> Result<Vec<&'static str>> {
    expression
        .split(" AND ")
        .map(|group| {
            let offered: Vec<&str> = group.trim_matches(['(', ')', ' ']).split(" OR ").map(str::trim).collect();
            TAKEN.iter().map(|(name, _)| *name).find(|name| offered.contains(name)).with_context(|| {
                format!("`{expression}` offers no licence that may ship; see xtask/src/dist/licences.rs")
            })
        })
        .collect()
}

/// The licence's own file in a crate.
fn file(licence: &str, folder: &Path) -> Option<String> {
    let (_, names) = TAKEN.iter().find(|(name, _)| *name == licence)?;
    names.iter().find_map(|name| fs::read_to_string(folder.join(name)).ok())
}

/// A licence's terms, without whose they are.
fn terms(licence: &str, folder: &Path) -> Result<String> {
    let text = file(licence, folder).with_context(|| format!("no text of {licence}"))?;
    Ok(match licence {
        "MIT" => {
            let start = text.find("Permission is hereby").context("LICENSE-MIT is not the MIT licence")?;
            text[start..].to_owned()
        }
        _ => text,
    })
}

/// Who holds the rights, as the crate says it; else as its manifest does.
fn holders(part: &Part, licence: &str) -> Vec<String> {
    let text = file(licence, &part.folder).unwrap_or_default();
    let named = ["Copyright (c) ", "Copyright © ", "Copyright 2"];
    let lines = text.lines().map(str::trim).filter(|line| named.iter().any(|start| line.starts_with(start)));
    let mut holders: Vec<String> = lines.map(str::to_owned).collect();
    holders.dedup();
    if holders.is_empty() {
        // Addresses are nobody's business.
        let names: Vec<&str> = part.authors.iter().map(|a| a.split('<').next().unwrap_or(a).trim()).collect();
        let names = if names.is_empty() { format!("the authors of {}", part.name) } else { names.join(", ") };
        holders.push(format!("Copyright (c) {names}"));
    }
    holders
}

/// Fails where a part's licence may not ship.
pub fn check(parts: &[Part]) -> Result<()> {
    let wrong: Vec<String> =
        parts.iter().filter(|p| choose(&p.licence).is_err()).map(|p| format!("{} ({})", p.key(), p.licence)).collect();
    if !wrong.is_empty() {
        bail!("licences that may not ship: {}", wrong.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{choose, text};
    use crate::dist::parts::shipped;

    #[test]
    fn one_licence_of_each_group_is_taken() {
        assert_eq!(choose("Unlicense OR MIT").unwrap(), ["MIT"]);
        assert_eq!(choose("(MIT OR Apache-2.0) AND Unicode-3.0").unwrap(), ["MIT", "Unicode-3.0"]);
        assert_eq!(choose("Apache-2.0").unwrap(), ["Apache-2.0"]);
        for refused in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "MITlike", ""] {
            assert!(choose(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn every_part_is_named_with_its_holder_and_every_licence_has_its_text() {
        let parts = shipped().unwrap();
        let text = text(&parts).unwrap();
        for part in &parts {
            let at = text.find(&format!("\n{} (", part.key())).expect("the part is named");
            assert!(text[at + 1..].lines().nth(1).unwrap().trim_start().starts_with("Copyright"), "{}", part.key());
        }
        assert!(text.contains("Permission is hereby granted") && text.contains("UNICODE LICENSE V3"));
        assert!(!text.contains('@'), "no addresses of people");
    }
}
