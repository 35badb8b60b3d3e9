//! From the published tables to the generated files.
//!
//! Owns: which rows become what, and their order. Never: adds knowledge of its own.

use super::annotation;
use super::tables::{ChecklistRow, VernacularRow};
use spotter_detector::lexicon::register::Rank;
use spotter_detector::lexicon::register::{checklist, official};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A generated file, with what it holds.
pub struct Derived {
    /// Its text.
    pub text: String,
    /// Lines.
    pub entries: usize,
    /// Names in them.
    pub names: usize,
    /// Rows that hold no usable name.
    pub left_out: usize,
}

fn head(what: &str, source: &str) -> String {
    format!("{what}\nDerived by `spotter lexicon register`: replace the file whole, do not edit it.\nsource: {source}")
}

/// The checklist's accepted taxa with their synonyms.
pub fn taxa(rows: &[ChecklistRow], source: &str) -> Derived {
    let mut taxa: BTreeMap<&str, checklist::Row> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.status == "accepted") {
        let (Some(appendix), Some(rank)) = (checklist::appendix(&row.appendix), checklist::rank(&row.rank)) else {
            continue;
        };
        let class = if row.class.is_empty() { "Plantae" } else { &row.class };
        let listings = annotation::listings(&row.scientific_name, appendix, &row.annotation);
        taxa.insert(
            &row.scientific_name,
            checklist::Row {
                name: row.scientific_name.clone(),
                rank,
                class: class.to_owned(),
                order: row.order.clone(),
                family: row.family.clone(),
                listings,
                synonyms: vec![],
                annotation: one_line(&row.annotation),
            },
        );
    }
    let mut synonyms: HashMap<&str, BTreeSet<String>> = HashMap::new();
    let mut left_out = 0;
    for row in rows.iter().filter(|r| r.status == "synonym") {
        let rank = taxa.get(row.accepted_name.as_str()).map_or(Rank::Species, |t| t.rank);
        match latin(&row.scientific_name) {
            // One word is a genus, and says too much of a species.
            Some(name) if name.contains(' ') || rank <= Rank::Genus => {
                synonyms.entry(&row.accepted_name).or_default().insert(name);
            }
            _ => left_out += 1,
        }
    }
    let mut names = 0;
    for (name, taxon) in &mut taxa {
        let mut own = synonyms.remove(name).unwrap_or_default();
        own.remove(*name);
        names += own.len();
        taxon.synonyms = own.into_iter().collect();
    }
    let rows: Vec<checklist::Row> = taxa.into_values().collect();
    let text = checklist::write(&head("Taxa of CITES Appendix I and III with their synonyms.", source), &rows);
    Derived { text, entries: rows.len(), names, left_out }
}

/// The Latin name at the beginning of a name with authorship, as it is written in a text.
pub fn latin(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let genus = words.next().filter(|w| {
        w.len() > 2
            && w.starts_with(|c: char| c.is_ascii_uppercase())
            && w.chars().skip(1).all(|c| c.is_ascii_lowercase() || c == '-')
    })?;
    let mut name = vec![genus];
    for word in words {
        let marker = matches!(word, "var." | "subsp." | "ssp." | "f." | "fa.");
        let particle = matches!(word, "de" | "van" | "von" | "ex" | "in" | "et" | "da" | "del" | "du" | "hort" | "and");
        let epithet = word.len() > 2 && word.chars().all(|c| c.is_lowercase() || c == '-') && !particle;
        if !(marker || epithet) {
            break;
        }
        name.push(word);
    }
    while name.last().is_some_and(|w| w.ends_with('.')) {
        name.pop();
    }
    Some(name.join(" "))
}

/// The official names, one line a taxon.
pub fn names(rows: &[VernacularRow], source: &str) -> Derived {
    let mut taxa: BTreeMap<(u64, &str), official::Row> = BTreeMap::new();
    let mut left_out = 0;
    let mut names = 0;
    for row in rows {
        let (Some(appendix), Ok(id)) = (checklist::appendix(&row.appendix), row.taxon.parse::<u64>()) else {
            left_out += 1;
            continue;
        };
        let taxon = taxa.entry((id, &row.appendix)).or_insert_with(|| official::Row {
            taxon_id: row.taxon.clone(),
            appendix,
            scientific_name: row.scientific_name.clone(),
            annotation: one_line(&row.group),
            names: BTreeMap::new(),
        });
        let name = one_line(&row.name).replace(" | ", " ");
        if name.is_empty() || !taxon.names.entry(row.lang.clone()).or_default().insert(name) {
            left_out += 1;
        } else {
            names += 1;
        }
    }
    let rows: Vec<official::Row> = taxa.into_values().collect();
    let title = "Official names in English, French and Spanish of the taxa of all three Appendices.";
    let text = official::write(&head(title, source), &rows);
    Derived { text, entries: rows.len(), names, left_out }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::latin;

    #[test]
    fn authors_are_no_part_of_a_name() {
        for (text, wanted) in [
            ("Lama vicugna (Molina, 1782)", Some("Lama vicugna")),
            ("Microcebus macarthurii Radespiel", Some("Microcebus macarthurii")),
            (
                "Paphiopedilum callosum var. sublaeve (Rchb.f.) P.J.Cribb, 1987",
                Some("Paphiopedilum callosum var. sublaeve"),
            ),
            ("Paphiopedilum vietnamense f. album O.Gruss & Koop., 2008", Some("Paphiopedilum vietnamense f. album")),
            ("Nepenthes melamphora auct.non Reinw. ex Blume:Hook.f.", Some("Nepenthes melamphora")),
            ("Sotalia brasiliensis van Bénéden, 1875", Some("Sotalia brasiliensis")),
            ("Paphiopedilum reflexum hort. ex Stein", Some("Paphiopedilum reflexum")),
            ("Manta Blainville, 1816", Some("Manta")),
            ("Boa constrictor occidentalis", Some("Boa constrictor occidentalis")),
            ("Haddad, de Sá", None),
        ] {
            assert_eq!(latin(text).as_deref(), wanted, "{text}");
        }
    }
}
