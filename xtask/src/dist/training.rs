//! The training's texts as they ship: rows in place of objects, since every language repeats the ids and names of all others.
//!
//! Owns: how `cards.LANGUAGE.json` and `questions.LANGUAGE.json` become rows; `training/rows.rs` of the pages makes texts by id of
//! them. Never: changes a text. What translators need (`reviewed`) stays behind.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Whether a native speaker has read a file.
const REVIEWED: &str = "reviewed";

/// Files of texts by how their names begin, and where their ids stand, in order.
const TEXTS: [(&str, &[&str]); 2] = [("cards.", &["cards.json"]), ("questions.", &["listings.json", "questions.json"])];

/// Turns the texts of a copied folder into rows.
///
/// # Errors
/// A file cannot be read, or has texts of other ids than those it is for.
pub fn to_rows(folder: &Path) -> Result<()> {
    for (start, lists) in TEXTS {
        let mut ids = vec![];
        for list in lists {
            let items: Vec<Map<String, Value>> = serde_json::from_slice(&fs::read(folder.join(list))?)?;
            for item in &items {
                ids.push(item.get("id").and_then(Value::as_str).context("an item without id")?.to_owned());
            }
        }
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with(start) && name.matches('.').count() == 2 {
                let rows = rows(&fs::read(&path)?, &ids).with_context(|| name.clone())?;
                fs::write(&path, serde_json::to_vec(&rows)?)?;
            }
        }
    }
    Ok(())
}

/// The names, the commonest first, then a row for each id with as many cells as it has texts.
fn rows(file: &[u8], ids: &[String]) -> Result<Vec<Vec<String>>> {
    let mut all: Map<String, Value> = serde_json::from_slice(file)?;
    all.remove(REVIEWED);
    let mut texts: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_value(all.into())?;
    let mut often: BTreeMap<String, usize> = BTreeMap::new();
    texts.values().flat_map(BTreeMap::keys).for_each(|name| *often.entry(name.clone()).or_default() += 1);
    let mut names: Vec<String> = often.keys().cloned().collect();
    names.sort_by_key(|name| usize::MAX - often[name]);
    let mut rows = vec![names.clone()];
    for id in ids {
        let mut said = texts.remove(id).with_context(|| format!("{id} has no text"))?;
        rows.push(names.iter().map_while(|name| said.remove(name)).collect());
        ensure!(said.is_empty(), "{id} lacks a text that others have, and has one that fewer have");
    }
    if let Some((stray, _)) = texts.first_key_value() {
        bail!("{stray} is the id of nothing");
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_row_for_each_id_and_the_names_once() {
        let ids = ["b".to_owned(), "a".to_owned()];
        let of = |text: &str| rows(text.as_bytes(), &ids);
        let all = of(r#"{"reviewed":false,"a":{"title":"A","why":"x"},"b":{"why":"y"}}"#).expect("rows");
        assert_eq!(all, [vec!["why", "title"], vec!["y"], vec!["x", "A"]]);
        for wrong in [
            r#"{"a":{"why":"x"}}"#,
            r#"{"a":{"why":"x"},"b":{"why":"y"},"c":{"why":"z"}}"#,
            r#"{"a":{"why":"x"},"b":{"title":"y"}}"#,
            r#"{"a":{"why":"x"},"b":{"why":1}}"#,
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
