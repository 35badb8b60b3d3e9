//! What the checklist's annotations say of populations.
//!
//! Owns: turning an annotation into listings, one for each part. Never: guesses: what it does not know as a remark is
//! kept as the population's own words.

use spotter_detector::lexicon::register::ListedEntry;
use spotter_model::Appendix;

/// Remarks on names and history, which say nothing of populations. A sentence that begins so is left out.
const REMARKS: &[&str] = &[
    "Originally ",
    "Formerly ",
    "Included in ",
    "Includes ",
    "Listing adopted ",
    "Seedling ",
    "Often traded ",
    "Possibly extinct",
    "Annual export quotas ",
    "The trade in such specimens ",
    "All populations now on Appendix I",
    "All subspecies",
    "All other populations are included",
    "Except Neomonachus tropicalis",
    "Except Tapirus terrestris",
];
/// The same, anywhere in a sentence.
const REMARKS_WITHIN: &[&str] = &[
    " was split from ",
    " was lumped into ",
    " which was lumped into ",
    " were adopted as synonyms ",
    "following taxonomic changes",
    "following the revision",
    "for the exclusive purpose of",
    "All other specimens shall be deemed",
];
/// What only says where the other part of a split listing stands.
const CROSS_REFERENCES: &[&str] = &[
    " are included in Appendix II subject to annotation A11 (see full note)",
    ", which are included in Appendix II subject to annotation A11",
    ", which are included in Appendix II",
    ", which are included in Appendix I",
    ", which is included in Appendix II and is subject to",
    ", which is included in Appendix I",
    "; all other populations are included in Appendix II",
    "; all other populations are included in Appendix I",
    "; included in CROCODYLIA spp",
];
/// Words that end in a full stop within a sentence.
const ABBREVIATIONS: &[&str] = &["var", "vars", "ssp", "subsp", "fa", "c", "e"];
/// What is said of all of it.
const ALL: &[&str] = &["All populations", "All stocks"];
const DOMESTIC: &str = "wild form; the domesticated form is excluded";

/// The listings that an appendix and its annotation state of a taxon.
pub fn listings(name: &str, appendix: Appendix, annotation: &str) -> Vec<ListedEntry> {
    let genus = name.split(' ').next().unwrap_or("");
    let population = |text: &str| population(genus, text);
    let (own, second) = match annotation.split_once("Appendix II:") {
        Some((own, second)) => (own, Some(second)),
        None => (annotation, None),
    };
    let own = population(own);
    let Some(second) = second else {
        return vec![ListedEntry { population: own, ..ListedEntry::plain(appendix) }];
    };
    let second = population(second);
    let own = own.or_else(|| Some("all other populations".to_owned()));
    let second = second.or_else(|| Some("all other populations".to_owned()));
    vec![
        ListedEntry { population: own, ..ListedEntry::plain(appendix) },
        ListedEntry { population: second, ..ListedEntry::plain(Appendix::II) },
    ]
}

/// The part of an annotation that speaks of populations, in plain words.
fn population(genus: &str, text: &str) -> Option<String> {
    let mut parts: Vec<String> = vec![];
    for sentence in sentences(text) {
        let sentence = strip_included(sentence.trim());
        if concerns_another(genus, sentence) {
            continue;
        }
        let sentence = CROSS_REFERENCES.iter().fold(sentence.to_owned(), |text, r| {
            let joint = if r.ends_with("subject to") { ", subject to" } else { "" };
            text.replace(r, joint)
        });
        let bare = sentence.trim_end_matches('.').trim();
        let remark =
            REMARKS.iter().any(|r| sentence.starts_with(r)) || REMARKS_WITHIN.iter().any(|r| sentence.contains(r));
        if bare.is_empty() || remark || ALL.contains(&bare) {
            continue;
        }
        if sentence.starts_with("Specimens of the domesticated form") || sentence.starts_with("Excludes the domestic") {
            parts.push(DOMESTIC.to_owned());
        } else {
            parts.push(plain(bare));
        }
    }
    parts.dedup();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Cuts at full stops that end a sentence, not at those of abbreviations.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = vec![];
    let mut from = 0;
    for (at, _) in text.match_indices(". ") {
        let word = text[from..at].rsplit([' ', '(']).next().unwrap_or("");
        let goes_on = text[at + 2..].starts_with(char::is_lowercase);
        let short = (word.chars().count() == 1 && word != "I") || ABBREVIATIONS.contains(&word);
        if !goes_on && !short {
            found.push(&text[from..=at]);
            from = at + 2;
        }
    }
    found.push(&text[from..]);
    found
}

/// A family's annotation stands beside each of its genera, also those whose populations it does not name.
fn concerns_another(genus: &str, sentence: &str) -> bool {
    let named = sentence.split_once(" populations of ").map(|(_, rest)| rest);
    named.is_some_and(|n| {
        let first = n.split(' ').next().unwrap_or("");
        let species = n.split(' ').nth(1).unwrap_or("");
        let latin = first.len() > 3 && species.starts_with(char::is_lowercase) && species.len() > 3;
        latin && first.starts_with(char::is_uppercase) && first != genus && !genus.ends_with("idae")
    })
}

/// "Included in FELIDAE spp. except X" and "Included in X; Y" speak of Y.
fn strip_included(sentence: &str) -> &str {
    let Some(rest) = sentence.strip_prefix("Included in ") else { return sentence };
    let rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
    let rest = rest.trim_start_matches("spp.").trim_start_matches("spp").trim_start_matches([';', ',', ' ']);
    if rest.starts_with("except") || rest.starts_with("all ") || rest.starts_with("Population") { rest } else { "" }
}

/// Country codes become names, and the first words what a list of populations begins with.
fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len() * 2);
    let mut word = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_alphanumeric() {
            word.push(c);
            continue;
        }
        words.push_str(country(&word).unwrap_or(&word));
        word.clear();
        if c != '\0' {
            words.push(c);
        }
    }
    let mut words = words.trim().replace("Popns of", "Populations of").replace("specimenstraded", "specimens traded");
    words = words.replace("wildspecimens", "wild specimens").replace("Tanzania(subject", "Tanzania (subject");
    if words.chars().nth(1).is_some_and(char::is_lowercase) {
        let first: String = words.chars().take(1).flat_map(char::to_lowercase).collect();
        words = first + &words[1..];
    }
    words
}

/// ISO 3166 codes that the annotations use. `IN` and `PE` are never words there.
fn country(code: &str) -> Option<&'static str> {
    Some(match code {
        "AF" => "Afghanistan",
        "AR" => "Argentina",
        "AU" => "Australia",
        "BD" => "Bangladesh",
        "BF" => "Burkina Faso",
        "BO" => "Bolivia",
        "BR" => "Brazil",
        "BT" => "Bhutan",
        "BW" => "Botswana",
        "BZ" => "Belize",
        "CA" => "Canada",
        "CF" => "Central African Republic",
        "CL" => "Chile",
        "CM" => "Cameroon",
        "CN" => "China",
        "DZ" => "Algeria",
        "EC" => "Ecuador",
        "EG" => "Egypt",
        "ET" => "Ethiopia",
        "ID" => "Indonesia",
        "IN" => "India",
        "KE" => "Kenya",
        "MA" => "Morocco",
        "MG" => "Madagascar",
        "ML" => "Mali",
        "MM" => "Myanmar",
        "MN" => "Mongolia",
        "MR" => "Mauritania",
        "MW" => "Malawi",
        "MX" => "Mexico",
        "MY" => "Malaysia",
        "MZ" => "Mozambique",
        "NA" => "Namibia",
        "NE" => "Niger",
        "NG" => "Nigeria",
        "NP" => "Nepal",
        "PE" => "Peru",
        "PG" => "Papua New Guinea",
        "PH" => "the Philippines",
        "PK" => "Pakistan",
        "SC" => "Seychelles",
        "SD" => "Sudan",
        "SN" => "Senegal",
        "SZ" => "Eswatini",
        "TD" => "Chad",
        "TH" => "Thailand",
        "TZ" => "Tanzania",
        "UG" => "Uganda",
        "US" => "the United States of America",
        "ZA" => "South Africa",
        "ZM" => "Zambia",
        "ZW" => "Zimbabwe",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, appendix: Appendix, annotation: &str) -> String {
        let parts: Vec<String> = listings(name, appendix, annotation)
            .into_iter()
            .map(|l| format!("{:?}={}", l.appendix, l.population.unwrap_or_default()))
            .collect();
        parts.join(" | ")
    }

    #[test]
    fn annotations() {
        let one = Appendix::I;
        for (annotation, wanted) in [
            ("", "I="),
            ("Included in Pan spp.", "I="),
            ("All stocks.", "I="),
            (
                "Population of IN. Appendix II:Except the population of IN.",
                "I=population of India | II=except the population of India",
            ),
            (
                "Popns of BT, CN, MN, MX. Appendix II:Included in Ursidae spp.",
                "I=populations of Bhutan, China, Mongolia, Mexico | II=all other populations",
            ),
            (
                "Population of SC. Appendix II:Included in FALCONIFORMES spp.; all populations except those included in Appendix I.",
                "I=population of Seychelles | II=all populations except those included in Appendix I",
            ),
            (
                "Specimens of the domesticated form are not subject to the provisions of the Convention.",
                "I=wild form; the domesticated form is excluded",
            ),
            (
                "Possibly extinct Psephotellus was split from Psephotus in 2023, following taxonomic changes adopted at CoP19.",
                "I=",
            ),
            ("Except P. p. pennata", "I=except P. p. pennata"),
            (
                "Appendix II:Populations of Botswana are included in Appendix II; all other populations are included in Appendix I",
                "I=all other populations | II=populations of Botswana are included in Appendix II",
            ),
            (
                "Only the populations of Costa Rica; all other populations are included in Appendix II. Formerly listed as Puma x. Appendix II:Included in Felidae spp. except the populations of Costa Rica, which are included in Appendix I. Specimens of the domesticated form are not subject to the provisions of the Convention.",
                "I=only the populations of Costa Rica | II=except the populations of Costa Rica; wild form; the domesticated form is excluded",
            ),
            ("Includes A. compressa vars. paucituberculata, rugosquamosa & schistophila.", "I="),
            ("All species and populations except NA, SZ and ZA populations of Ceratotherium simum simum", "I="),
        ] {
            assert_eq!(text("Pan", one, annotation), wanted, "{annotation}");
        }
        assert_eq!(
            text(
                "Ceratotherium",
                one,
                "All species and populations except NA, SZ and ZA populations of Ceratotherium simum simum"
            ),
            "I=all species and populations except Namibia, Eswatini and South Africa populations of Ceratotherium simum simum"
        );
        assert_eq!(text("Alauda", Appendix::III, "Population of Ukraine"), "III=population of Ukraine");
    }
}
