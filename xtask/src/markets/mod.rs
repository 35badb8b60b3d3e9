//! Marketplace descriptions: what must be true of `lexicon/marketplaces/*.toml`, the list that the content script
//! carries (`extension/content/src/marketplaces.json`), and the hosts of pictures that the pages ask for.
//!
//! Owns: completeness, bounds, the list's form. Never: asks a marketplace, never says what stands on a page (that is
//! tried in the browsers). Both lists are committed, so that the content script can be bundled without Rust; every build
//! writes it anew, and a test says when that was forgotten.

mod file;
mod template;

use crate::run::root;
use anyhow::{Context, Result, bail};
use file::{Closed, Example, File, Kind, Selectors, Source, Status};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const FOLDER: &str = "lexicon/marketplaces";
const LIST: &str = "extension/content/src/marketplaces.json";
/// Where marketplaces keep their pictures, for the pages that ask for both.
const PICTURES: &str = "extension/pages/src/picture-hosts.txt";
/// Largest description.
const FILE_BYTES: usize = 16 * 1024;
/// Largest list: it is in every page that is read.
const LIST_BYTES: usize = 15_000;
const MAX_FILES: usize = 200;
const MAX_HOSTS: usize = 60;
const MAX_ITEMS: usize = 30;
const MAX_SELECTOR: usize = 160;

/// One marketplace as the content script reads it. What nobody asks for there (country, language, source) is left out.
#[derive(Serialize)]
struct Market<'a> {
    name: &'a str,
    hosts: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    ids: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    private: &'a [String],
    #[serde(rename = "privateHosts", skip_serializing_if = "<[_]>::is_empty")]
    private_hosts: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<&'a Closed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<BTreeMap<&'static str, &'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<BTreeMap<&'static str, &'a str>>,
}

/// Writes the list anew; a file that did not change keeps its time.
///
/// # Errors
/// A description is wrong, or the list is too large.
pub fn write() -> Result<()> {
    let folder = root().join(FOLDER);
    for (path, text) in [(LIST, list(&folder)?), (PICTURES, picture_hosts(&read(&folder)?))] {
        let path = root().join(path);
        if fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
            fs::write(path, text)?;
        }
    }
    Ok(())
}

/// One line for each marketplace that keeps its pictures on hosts of their own.
fn picture_hosts(files: &[(String, File)]) -> String {
    let with = files.iter().map(|(_, file)| file).filter(|file| file.enabled && !file.images.is_empty());
    with.map(|file| {
        let hosts: Vec<&str> = file.hosts.keys().map(String::as_str).collect();
        format!("{} | {}\n", hosts.join(" "), file.images.join(" "))
    })
    .collect()
}

/// The list of all descriptions in a folder.
fn list(folder: &Path) -> Result<String> {
    let files = read(folder)?;
    let problems = problems(&files);
    if !problems.is_empty() {
        bail!("{FOLDER}: {}", problems.join("\n  "));
    }
    let text = compile(&files)?;
    if text.len() > LIST_BYTES {
        bail!("{FOLDER}: the list has {} bytes, {LIST_BYTES} at most", text.len());
    }
    Ok(text)
}

/// All files, by name.
fn read(folder: &Path) -> Result<Vec<(String, File)>> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .with_context(|| format!("{} is missing", folder.display()))?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<std::io::Result<_>>()?;
    paths.sort();
    if paths.len() > MAX_FILES {
        bail!("{FOLDER} holds {} files, {MAX_FILES} at most", paths.len());
    }
    let mut files = Vec::new();
    for path in paths {
        let name = path.file_name().and_then(|n| n.to_str()).context("a file name is not UTF-8")?.to_owned();
        if !name.ends_with(".toml") {
            bail!("{FOLDER}/{name}: not a description");
        }
        let text = fs::read_to_string(&path)?;
        if text.len() > FILE_BYTES {
            bail!("{FOLDER}/{name}: {} bytes, {FILE_BYTES} at most", text.len());
        }
        files.push((name.clone(), toml::from_str(&text).with_context(|| format!("{FOLDER}/{name}"))?));
    }
    Ok(files)
}

/// Everything that is wrong.
fn problems(files: &[(String, File)]) -> Vec<String> {
    let mut all = Vec::new();
    let (mut hosts, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (name, file) in files {
        let mut say = |what: String| all.push(format!("{name}: {what}"));
        if file.name.is_empty() || file.name.chars().count() > 40 || !names.insert(&file.name) {
            say(format!("name {:?} must be short, and no other's", file.name));
        }
        if file.hosts.is_empty() || file.hosts.len() > MAX_HOSTS {
            say(format!("hosts: between 1 and {MAX_HOSTS}"));
        }
        for (host, country) in &file.hosts {
            if !hosts.insert(host) {
                say(format!("host {host} stands in two descriptions"));
            }
            if country != "*" && !(country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase())) {
                say(format!("host {host}: {country:?} is no country's two letters"));
            }
        }
        for host in file.hosts.keys().chain(&file.images).filter(|h| !is_host(h)) {
            say(format!("{host:?} is no host in lower case"));
        }
        for language in file.languages.iter().filter(|l| !is_language(l)) {
            say(format!("{language:?} is no language"));
        }
        let closed = file.closed.as_ref().map_or(&[][..], |c| &c.paths);
        for list in [&file.images, &file.ids, &file.private, &file.private_hosts] {
            if list.len() > MAX_ITEMS {
                say(format!("a list has {} entries, {MAX_ITEMS} at most", list.len()));
            }
        }
        for id in &file.ids {
            if let Some(what) = template::problem(id) {
                say(format!("ids: {id:?} {what}"));
            }
        }
        for path in file.private.iter().chain(closed) {
            if let Some(what) = template::path_problem(path) {
                say(format!("path {path:?} {what}"));
            }
        }
        for word in file.private_hosts.iter().filter(|w| !is_host(&format!("{w}.example"))) {
            say(format!("private_hosts: {word:?} is no word of a host"));
        }
        if let Some(closed) = &file.closed
            && (closed.paths.is_empty() || closed.open.is_empty() || closed.open.iter().any(|w| w.chars().count() < 4))
        {
            say("closed: needs paths, and the words of an open page".into());
        }
        if file.closed.is_some() && file.kind != Kind::Network {
            say("closed: only networks have groups".into());
        }
        if file.note.as_ref().is_some_and(|note| note.chars().count() > 300) {
            say("note: 300 characters at most".into());
        }
        trust(file.status, file.source).into_iter().for_each(&mut say);
        for (what, must, selectors) in [("search", "card", &file.search), ("item", "title", &file.item)] {
            if let Some(selectors) = selectors {
                selector_problems(what, must, selectors).into_iter().for_each(&mut say);
            }
        }
        if (!file.ids.is_empty() || !file.private.is_empty()) && file.example.is_empty() {
            say("has no example".into());
        }
        for example in &file.example {
            example_problem(file, example).into_iter().for_each(&mut say);
        }
    }
    all
}

/// Only what was tried on a page is verified.
fn trust(status: Status, source: Source) -> Option<String> {
    (status == Status::Verified && source != Source::SavedPage).then(|| "verified is what a saved page showed".into())
}

fn selector_problems(what: &str, must: &str, selectors: &Selectors) -> Vec<String> {
    let mut all: Vec<String> = trust(selectors.status, selectors.source).into_iter().collect();
    if !selectors.given().any(|(name, _)| name == must) {
        all.push(format!("without `{must}` the rest is of no use"));
    }
    for (name, selector) in selectors.given() {
        if selector.trim().is_empty() || selector.len() > MAX_SELECTOR {
            all.push(format!("{name}: between 1 and {MAX_SELECTOR} characters"));
        }
        // These look at far more than one card.
        if selector.contains(":has(") || selector.contains('{') {
            all.push(format!("{name}: no :has() and no braces"));
        }
        if what == "item" && ["card", "ignore", "link", "picture"].contains(&name) {
            all.push(format!("{name} is for lists"));
        }
    }
    all.into_iter().map(|p| format!("{what}: {p}")).collect()
}

fn example_problem(file: &File, example: &Example) -> Option<String> {
    let url = &example.url;
    let Some((host, path, query)) = split(url) else { return Some(format!("example {url}: not an https address")) };
    if !file.hosts.keys().any(|h| host == h || host.strip_suffix(h.as_str()).is_some_and(|rest| rest.ends_with('.'))) {
        return Some(format!("example {url}: none of its hosts"));
    }
    let private = file.private.iter().any(|p| template::is_below(path, p))
        || file.private_hosts.iter().any(|w| host.split('.').next() == Some(w));
    let id = file.ids.iter().find_map(|t| template::id(t, path, query)).unwrap_or_default();
    (private != example.private || id != example.id)
        .then(|| format!("example {url}: id is {id:?}, private is {private}"))
}

/// Host, path and query.
fn split(url: &str) -> Option<(&str, &str, &str)> {
    let rest = url.strip_prefix("https://")?;
    let (host, rest) = rest.split_at(rest.find('/')?);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Some((host, path, query))
}

fn is_host(host: &str) -> bool {
    host.len() <= 253
        && host.contains('.')
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

fn is_language(tag: &str) -> bool {
    (2..=12).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// One line for each marketplace, in the order of the files: changes are easy to read.
fn compile(files: &[(String, File)]) -> Result<String> {
    let lines: Vec<String> = files
        .iter()
        .filter(|(_, file)| file.enabled)
        .map(|(_, file)| serde_json::to_string(&market(file)))
        .collect::<Result<_, _>>()?;
    Ok(format!("{{\"version\":{},\"marketplaces\":[\n{}\n]}}\n", version(files), lines.join(",\n")))
}

/// The day of the latest look, as a number that grows: a later list replaces an earlier one.
fn version(files: &[(String, File)]) -> u32 {
    let days = files
        .iter()
        .flat_map(|(_, f)| [Some(f.checked), f.search.as_ref().map(|s| s.checked), f.item.as_ref().map(|s| s.checked)]);
    let (year, month, day) = days.flatten().max().map_or((0, 0, 0), spotter_model::Date::parts);
    u32::from(year) * 10_000 + u32::from(month) * 100 + u32::from(day)
}

fn market(file: &File) -> Market<'_> {
    Market {
        name: &file.name,
        hosts: file.hosts.keys().map(String::as_str).collect(),
        ids: &file.ids,
        private: &file.private,
        private_hosts: &file.private_hosts,
        closed: file.closed.as_ref(),
        search: verified(file.search.as_ref()),
        item: verified(file.item.as_ref()),
    }
}

/// What nobody tried overrides nothing: it stays in the repository.
fn verified(selectors: Option<&Selectors>) -> Option<BTreeMap<&'static str, &str>> {
    selectors.filter(|s| s.status == Status::Verified).map(|s| s.given().collect())
}

#[cfg(test)]
mod tests {
    use super::{FOLDER, LIST, PICTURES, compile, list, picture_hosts, problems, read};
    use crate::run::root;

    const GOOD: &str = r#"
name = "Sample market"
kind = "classifieds"
status = "unverified"
checked = "2026-03-05"
source = "author-knowledge"
languages = ["en"]
ids = ["/item/*/{n}"]
private = ["/my"]
[hosts]
"market.example" = "*"
[search]
status = "STATUS"
checked = "2026-03-06"
source = "saved-page"
card = "li.card"
title = "h3"
[[example]]
url = "https://www.market.example/item/lamp/12345"
id = "12345"
"#;

    fn file(text: &str) -> Vec<(String, super::File)> {
        vec![("sample.toml".into(), toml::from_str(text).unwrap())]
    }

    #[test]
    fn the_committed_list_is_that_of_the_descriptions() {
        let committed = std::fs::read_to_string(root().join(LIST)).unwrap();
        let folder = root().join(FOLDER);
        assert!(committed == list(&folder).unwrap(), "{LIST} is old: any build writes it anew");
        let committed = std::fs::read_to_string(root().join(PICTURES)).unwrap();
        assert!(committed == picture_hosts(&read(&folder).unwrap()), "{PICTURES} is old: any build writes it anew");
    }

    #[test]
    fn selectors_that_nobody_tried_stay_out() {
        let verified = compile(&file(&GOOD.replace("STATUS", "verified"))).unwrap();
        assert_eq!(
            verified,
            concat!(
                "{\"version\":20260306,\"marketplaces\":[\n",
                r#"{"name":"Sample market","hosts":["market.example"],"ids":["/item/*/{n}"],"private":["/my"],"#,
                r#""search":{"card":"li.card","title":"h3"}}"#,
                "\n]}\n"
            )
        );
        let unverified = file(&GOOD.replace("STATUS", "unverified"));
        assert_eq!(problems(&unverified), [""; 0]);
        assert!(!compile(&unverified).unwrap().contains("li.card"));
    }

    #[test]
    fn the_kill_switch_takes_a_description_out() {
        let off = GOOD.replace("STATUS", "verified").replace("languages", "enabled = false\nlanguages");
        assert_eq!(compile(&file(&off)).unwrap(), "{\"version\":20260306,\"marketplaces\":[\n\n]}\n");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let good = GOOD.replace("STATUS", "verified");
        for (from, to, what) in [
            ("\"*\"", "\"Germany\"", "no country's two letters"),
            ("\"market.example\" =", "\"Market.example\" =", "no host in lower case"),
            ("/item/*/{n}", "/item", "must hold {n} or {id}"),
            ("\"/my\"", "\"/my/\"", "end with a word"),
            ("id = \"12345\"", "id = \"1\"", "id is \"12345\", private is false"),
            ("www.market.example", "elsewhere.example", "none of its hosts"),
            ("source = \"saved-page\"", "source = \"author-knowledge\"", "what a saved page showed"),
            ("card = \"li.card\"", "", "without `card`"),
            ("li.card", "li:has(a)", "no :has()"),
        ] {
            let said = problems(&file(&good.replacen(from, to, 1))).join("; ");
            assert!(said.contains(what), "{to}: {said}");
        }
        assert!(toml::from_str::<super::File>(&format!("unknown = 1\n{good}")).is_err());
        let two = [file(&good), file(&good)].concat();
        assert!(problems(&two).iter().any(|p| p.contains("stands in two descriptions")));
    }
}
