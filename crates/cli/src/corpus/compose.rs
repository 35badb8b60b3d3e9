//! Parts -> rows. Deterministic: each language has its own seed, so that a change in one leaves the others alone.

use super::Row;
use super::disguise::disguise;
use super::parts::{Item, Kind, Parts};
use super::random::Random;
use crate::Failure;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Rows of each sort for a language.
const OFFERS: usize = 98;
const INNOCENTS: usize = 66;
const EVERYDAY: usize = 34;
/// Share of offers that are disguised, in percent.
const DISGUISED: usize = 13;
/// Share of titles in the manner of shops, in percent.
const SHOPS: usize = 10;
const SHOPS_EVERYDAY: usize = 40;
/// Longest part that is taken, in characters: a row should read like a listing, not like a book.
const LONGEST: usize = 400;

/// What an item is offered as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Offer,
    Innocent,
    Everyday,
}

/// Every row of every language.
pub fn compose(languages: &[Parts]) -> Vec<Row> {
    languages.iter().flat_map(language).collect()
}

/// As they stand in the file.
pub fn bytes(rows: &[Row]) -> Result<Vec<u8>, Failure> {
    let mut bytes = vec![];
    for row in rows {
        serde_json::to_writer(&mut bytes, row).map_err(|e| Failure::new(e.to_string()))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn language(parts: &Parts) -> Vec<Row> {
    let mut rows = vec![];
    // How many rows each family has already.
    let mut families: BTreeMap<String, usize> = BTreeMap::new();
    for (sort, items, wanted) in [
        (Sort::Offer, &parts.offers, OFFERS),
        (Sort::Innocent, &parts.innocents, INNOCENTS),
        (Sort::Everyday, &parts.everyday, EVERYDAY),
    ] {
        let mut random = Random::seeded(&format!("{} {}", parts.language, sort as u8));
        let mut order: Vec<&Item> = items.iter().collect();
        random.shuffle(&mut order);
        for item in order.iter().cycle().take(if items.is_empty() { 0 } else { wanted }) {
            let hash = Sha256::digest(item.text.as_bytes());
            let family = format!("c-{}-{:02x}{:02x}{:02x}", parts.language, hash[0], hash[1], hash[2]);
            let count = families.entry(family.clone()).or_default();
            rows.push(row(&mut random, parts, item, sort, format!("{family}.{count}")));
            *count += 1;
        }
    }
    rows
}

fn row(random: &mut Random, parts: &Parts, item: &Item, sort: Sort, id: String) -> Row {
    let offer = sort == Sort::Offer;
    let (mut text, mut trap) = (item.text.clone(), item.trap.clone());
    if offer && random.percent(DISGUISED) && !matches!(trap.as_str(), "codeword" | "indirect") {
        let hidden = disguise(random, &text);
        if hidden != text {
            (text, trap) = (hidden, "disguise".into());
        }
    }
    let shop = random.percent(if sort == Sort::Everyday { SHOPS_EVERYDAY } else { SHOPS });
    let title = if shop { shop_title(random, parts, item, &text) } else { title(random, parts, &text) };
    let description = description(random, parts, item, sort);
    let kind = told_as(random, item, sort);
    let place = if random.percent(60) { random.one(&parts.places).cloned() } else { None };
    let given = |random: &mut Random, own: &str, list: &[String], percent: usize| {
        if !random.percent(percent) {
            return String::new();
        }
        if own.is_empty() { random.one(list).cloned().unwrap_or_default() } else { own.to_owned() }
    };
    let price = given(random, &item.price, parts.prices.of(kind), 85);
    let category = given(random, &item.category, parts.categories.of(kind), 70);
    Row {
        id,
        lang: parts.language.clone(),
        title,
        description,
        price,
        category,
        location: place.unwrap_or_default(),
        label: u8::from(offer),
        label_wildlife: if offer { 1 } else { item.wildlife },
        group: item.group.clone(),
        trap,
        synthetic: true,
    }
}

/// The kind whose sentences and prices go with it. Sellers of ordinary things and of imitations talk of age, weight and
/// papers too: what only offers said would be a sign in the corpus and nowhere else.
fn told_as(random: &mut Random, item: &Item, sort: Sort) -> Kind {
    let like_goods = match sort {
        Sort::Offer => 0,
        Sort::Innocent => 50,
        Sort::Everyday => 20,
    };
    if item.kind == Kind::Everyday && random.percent(like_goods) { Kind::Goods } else { item.kind }
}

/// A title as shops write it: everything that a search might ask for, in a row.
fn shop_title(random: &mut Random, parts: &Parts, item: &Item, text: &str) -> String {
    let mut title = vec![text.to_owned(), item.detail.clone()];
    for _ in 0..2 + random.below(3) {
        title.extend(part(random, parts, parts.conditions.of(item.kind)));
    }
    if item.trap == "everyday" && random.percent(50) {
        title.extend(part(random, parts, &parts.strays));
    }
    title.extend(part(random, parts, &parts.tails));
    title.extend(random.one(parts.categories.of(item.kind)).cloned());
    let words: Vec<&str> =
        title.iter().map(|t| t.trim_matches(['.', '!', ' ', '。'])).filter(|t| !t.is_empty()).collect();
    words.join(", ")
}

fn title(random: &mut Random, parts: &Parts, text: &str) -> String {
    let mut title = vec![];
    if random.percent(30) {
        title.extend(part(random, parts, &parts.leads));
    }
    title.push(text.to_owned());
    if random.percent(40) {
        title.extend(part(random, parts, &parts.tails));
    }
    let title = title.join(" ");
    match random.below(10) {
        0 => title.to_uppercase(),
        1 | 2 => title.to_lowercase(),
        _ => title,
    }
}

fn description(random: &mut Random, parts: &Parts, item: &Item, sort: Sort) -> String {
    let kind = told_as(random, item, sort);
    if random.percent(12) {
        return String::new();
    }
    let mut text: Vec<String> = vec![];
    if random.percent(45) {
        text.extend(part(random, parts, &parts.openings));
    }
    if !item.detail.is_empty() && random.percent(80) {
        text.push(item.detail.clone());
    }
    for percent in [75, 45, 20] {
        if random.percent(percent) {
            text.extend(part(random, parts, parts.conditions.of(kind)));
        }
    }
    // Ordinary goods are genuine and antique too: claims say something only of those that are made of them.
    let claimed = match (sort, item.trap.as_str()) {
        (Sort::Offer, "claim") => 80,
        (Sort::Everyday, _) => 10,
        _ => 15,
    };
    if random.percent(claimed) {
        text.extend(part(random, parts, parts.claims.of(kind)));
    }
    if random.percent(if sort == Sort::Offer { 10 } else { 5 }) {
        text.extend(part(random, parts, &parts.hints));
    }
    if sort == Sort::Everyday && random.percent(40) {
        text.extend(part(random, parts, &parts.strays));
    }
    if random.percent(50) {
        text.extend(part(random, parts, &parts.contacts));
    }
    if random.percent(50) {
        text.extend(part(random, parts, &parts.closings));
    }
    text.dedup();
    let joined = if random.percent(15) { "\n" } else { " " };
    text.join(joined)
}

/// One of a list, with a place where it asks for one.
fn part(random: &mut Random, parts: &Parts, of: &[String]) -> Option<String> {
    let part = random.one(of)?;
    let place = random.one(&parts.places).map_or("", String::as_str);
    Some(part.replace("{place}", place).chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: &str = r#"
        language = "de"
        source = "author-knowledge"
        reviewed = false
        offers = [{ text = "Graupapagei", group = "parrots", kind = "animal", trap = "plain" }]
        innocents = [{ text = "Wellensittich", group = "parrots", kind = "animal", trap = "unprotected", wildlife = 1 }]
        everyday = [{ text = "Kinderwagen", category = "Kind" }]
        leads = ["Biete"]
        tails = ["Raum {place}"]
        openings = ["Hallo,"]
        contacts = ["Nur in {place}."]
        closings = ["Danke."]
        strays = ["Unser Hund mag es."]
        hints = ["Neutraler Versand."]
        places = ["Gera"]
        [conditions]
        animal = ["Zahm."]
        everyday = ["Neu."]
        [claims]
        animal = ["Mit Ring."]
        [prices]
        animal = ["5 €"]
        [categories]
        animal = ["Tiere"]
    "#;

    #[test]
    fn rows_carry_the_labels_of_their_items() {
        let parts: Parts = toml::from_str(PARTS).unwrap();
        let rows = compose(std::slice::from_ref(&parts));
        assert_eq!(rows.len(), OFFERS + INNOCENTS + EVERYDAY);
        for row in &rows {
            match row.trap.as_str() {
                "plain" | "disguise" => assert_eq!((row.label, row.label_wildlife), (1, 1)),
                "unprotected" => assert_eq!((row.label, row.label_wildlife), (0, 1)),
                _ => assert_eq!((row.label, row.label_wildlife, row.trap.as_str()), (0, 0, "everyday")),
            }
            assert!(!row.title.contains('{') && !row.description.contains('{') && row.synthetic);
        }
        assert!(rows.iter().any(|r| r.trap == "disguise"));
        assert!(rows.iter().any(|r| r.description.contains("Gera")));
        assert_eq!(bytes(&rows).unwrap(), bytes(&compose(&[parts])).unwrap());
    }

    #[test]
    fn other_languages_change_nothing() {
        let de: Parts = toml::from_str(PARTS).unwrap();
        let nl = Parts { language: "nl".into(), ..de.clone() };
        let both = compose(&[de.clone(), nl]);
        assert_eq!(both[..compose(std::slice::from_ref(&de)).len()], compose(&[de])[..]);
    }
}
