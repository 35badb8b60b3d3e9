//! What is wrong or missing in the corpus, in sentences for those who write it.

use super::parts::{ByKind, Item, Kind, Parts};
use super::{LANGUAGES, Row, files, parts, rows};
use crate::{End, Failure, input};
use spotter_model::Group;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const OFFERS: [&str; 7] = ["plain", "codeword", "disguise", "slang", "claim", "indirect", "scientific"];
const INNOCENTS: [&str; 10] = [
    "imitation",
    "colour-pattern",
    "toy-media",
    "brand-place",
    "food-plant",
    "homonym",
    "unprotected",
    "service",
    "object",
    "everyday",
];

/// Runs the command.
pub fn run(folder: &Path) -> Result<End, Failure> {
    let complaints = complaints(folder)?;
    for complaint in &complaints {
        eprintln!("{complaint}");
    }
    let corpus = super::read(folder)?;
    let mut by_lang: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for row in &corpus.rows {
        let counts = by_lang.entry(&row.lang).or_default();
        counts[usize::from(row.composed())] += 1;
        counts[2] += usize::from(row.label == 1);
        counts[3] += usize::from(row.held_back());
    }
    println!("{:<8} {:>7} {:>8} {:>6} {:>9}", "lang", "written", "composed", "offers", "held back");
    for (lang, [written, composed, offers, held]) in by_lang {
        println!("{lang:<8} {written:>7} {composed:>8} {offers:>6} {held:>9}");
    }
    let languages = parts::read_all(&folder.join("parts"))?;
    let read = languages.iter().filter(|p| p.reviewed).count();
    println!(
        "{} rows, {} complaints; parts of {read} of {} languages were read by a native speaker",
        corpus.rows.len(),
        complaints.len(),
        languages.len()
    );
    Ok(if complaints.is_empty() { End::Fine } else { End::Complaints })
}

/// Everything that is wrong.
pub fn complaints(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut complaints = vec![];
    let mut ids = BTreeSet::new();
    for path in files(&folder.join("written"), "jsonl")? {
        for row in rows(&path, &input::read_file(&path, super::MAX_FILE)?)? {
            let mut say = |what: &str| complaints.push(format!("{} {}: {what}", path.display(), row.id));
            if !ids.insert(row.id.clone()) {
                say("another row has this id");
            }
            check_row(&row, &mut say);
        }
    }
    for parts in parts::read_all(&folder.join("parts"))? {
        check_parts(&parts, &mut complaints);
    }
    Ok(complaints)
}

fn is_group(name: &str) -> bool {
    serde_json::from_value::<Group>(name.into()).is_ok()
}

fn check_row(row: &Row, say: &mut impl FnMut(&str)) {
    if !row.synthetic {
        say("it must be marked synthetic: true");
    }
    if !LANGUAGES.contains(&row.lang.as_str()) {
        say("its lang is none of the corpus's languages");
    }
    if row.title.trim().is_empty() {
        say("it has no title");
    }
    if row.label > 1 || row.label_wildlife > 1 || row.label > row.label_wildlife {
        say("labels are 0 or 1, and label 1 means label_wildlife 1");
    }
    let (offer, innocent) = (OFFERS.contains(&row.trap.as_str()), INNOCENTS.contains(&row.trap.as_str()));
    if (row.label == 1 && !offer) || (row.label == 0 && !innocent) {
        say("its trap does not go with its label");
    }
    let nameless = row.group.is_empty() && row.label == 0;
    if !nameless && !is_group(&row.group) {
        say("its group is none of the groups");
    }
}

fn check_parts(parts: &Parts, complaints: &mut Vec<String>) {
    let mut say = |what: String| complaints.push(format!("parts/{}.toml: {what}", parts.language));
    if !LANGUAGES.contains(&parts.language.as_str()) {
        say("its language is none of the corpus's languages".into());
    }
    if parts.source.is_empty() {
        say("it names no source".into());
    }
    let by_kind = |what: &ByKind| [what.animal.len(), what.plant.len(), what.goods.len(), what.everyday.len()];
    for (what, least, has) in [
        ("offers", 60, parts.offers.len()),
        ("innocents", 45, parts.innocents.len()),
        ("everyday", 45, parts.everyday.len()),
        ("leads", 5, parts.leads.len()),
        ("tails", 6, parts.tails.len()),
        ("openings", 6, parts.openings.len()),
        ("contacts", 5, parts.contacts.len()),
        ("closings", 6, parts.closings.len()),
        ("strays", 10, parts.strays.len()),
        ("hints", 5, parts.hints.len()),
        ("places", 5, parts.places.len()),
        ("kinds of prices", 4, by_kind(&parts.prices).into_iter().filter(|&n| n > 0).count()),
        ("kinds of categories", 4, by_kind(&parts.categories).into_iter().filter(|&n| n > 0).count()),
        ("kinds of conditions", 4, by_kind(&parts.conditions).into_iter().filter(|&n| n > 0).count()),
    ] {
        if has < least {
            say(format!("it has {has} {what}: write at least {least}"));
        }
    }
    for (item, offer) in parts.offers.iter().map(|i| (i, true)).chain(parts.innocents.iter().map(|i| (i, false))) {
        for what in check_item(item, offer) {
            say(format!("{:?}: {what}", item.text));
        }
    }
    let groups: BTreeSet<&str> = parts.offers.iter().map(|i| i.group.as_str()).collect();
    if groups.len() < 23 {
        say(format!("its offers name {} of 23 groups", groups.len()));
    }
}

fn check_item(item: &Item, offer: bool) -> Vec<&'static str> {
    let mut wrong = vec![];
    if item.text.trim().is_empty() {
        wrong.push("it has no text");
    }
    if offer && (!OFFERS.contains(&item.trap.as_str()) || item.trap == "disguise") {
        wrong.push("its trap is none of an offer's");
    }
    if offer && item.kind == Kind::Everyday {
        wrong.push("an offer is an animal, a plant or goods");
    }
    if !offer && !INNOCENTS.contains(&item.trap.as_str()) {
        wrong.push("its trap is none of an innocent's");
    }
    let nameless = item.group.is_empty() && !offer;
    if !nameless && !is_group(&item.group) {
        wrong.push("its group is none of the groups");
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_wrong_says_why() {
        let row: Row = serde_json::from_str(
            r#"{"id":"w-de-1","lang":"xx","title":" ","description":"","price":"","category":"","location":"",
            "label":1,"label_wildlife":0,"group":"birdies","trap":"everyday","synthetic":false}"#,
        )
        .unwrap();
        let mut said = vec![];
        check_row(&row, &mut |what: &str| said.push(what.to_owned()));
        assert_eq!(said.len(), 6, "{said:?}");
    }
}
