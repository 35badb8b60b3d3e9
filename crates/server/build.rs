//! Takes the labels of the lexicon's meanings into the console, so that reviewers read words and no ids; and the countries
//! and languages of its marketplaces, so that the queue can be filtered by them.
//!
//! Owns: the tables of ids and labels and of hosts, both sorted. A meaning of a newer lexicon than this build is not in
//! them; the console then shows its id as words.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../lexicon/concepts");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut labels = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "toml") {
            read(&path, &mut labels)?;
        }
    }
    let mut code = String::from("&[\n");
    for (id, label) in &labels {
        writeln!(code, "    ({id:?}, {label:?}),")?;
    }
    code.push_str("]\n");
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("concept-labels.rs"), code)?;
    hosts()
}

/// Hosts of marketplaces with their country and, where there is only one, their language.
fn hosts() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../lexicon/marketplaces");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut all = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        let file: toml::Table = std::fs::read_to_string(&path)?.parse()?;
        let language = match file.get("languages").and_then(toml::Value::as_array).map(Vec::as_slice) {
            Some([one]) => one.as_str().unwrap_or(""),
            _ => "",
        };
        let hosts = file.get("hosts").and_then(toml::Value::as_table);
        let hosts = hosts.ok_or_else(|| format!("{}: holds no [hosts]", path.display()))?;
        for (host, country) in hosts {
            let country = country.as_str().filter(|c| c.len() == 2).unwrap_or("");
            all.insert(host.clone(), (country.to_owned(), language.split('-').next().unwrap_or("").to_owned()));
        }
    }
    let mut code = String::from("&[\n");
    for (host, (country, language)) in &all {
        writeln!(code, "    ({host:?}, {country:?}, {language:?}),")?;
    }
    code.push_str("]\n");
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("hosts.rs"), code)?;
    Ok(())
}

fn read(
    path: &Path,
    labels: &mut std::collections::BTreeMap<String, String>,
) -> Result<(), Box<dyn std::error::Error>> {
    let wrong = |what: &str| format!("{}: {what}", path.display());
    let file: toml::Table = std::fs::read_to_string(path)?.parse()?;
    let concepts = file.get("concept").and_then(toml::Value::as_array).ok_or_else(|| wrong("holds no [[concept]]"))?;
    for concept in concepts {
        let text = |key: &str| concept.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let id = text("id").ok_or_else(|| wrong("a concept has no id"))?;
        let label = text("label").ok_or_else(|| wrong(&format!("{id} has no label")))?;
        labels.insert(id, label);
    }
    Ok(())
}
