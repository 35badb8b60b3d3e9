use super::*;

#[test]
fn ids() {
    for (name, wanted) in [
        ("Psittacus erithacus", "psittacus-erithacus"),
        ("Sclerocactus whipplei var. glaucus", "sclerocactus-whipplei-var-glaucus"),
        ("Woodworthia sp. 'Otago/Southland'", "woodworthia-sp-otago-southland"),
        ("Agave victoriae-reginae", "agave-victoriae-reginae"),
    ] {
        assert_eq!(id(name), wanted);
    }
}

const CHECKLIST: &str = "\
name\trank\tclass\torder\tfamily\tlistings\tsynonyms\tannotation
Acinonyx jubatus\tspecies\tMammalia\tCarnivora\tFelidae\tI\tFelis jubata | Cynailurus jubatus\tquotas
Bos mutus\tspecies\tMammalia\tArtiodactyla\tBovidae\tI: wild form\tBos grunniens | Poephagus mutus\t
Boa constrictor occidentalis\tsubspecies\tReptilia\tSerpentes\tBoidae\tI\t\t
Moschus\tgenus\tMammalia\tArtiodactyla\tMoschidae\tI: population of India | II: all others\t\t
Nanger dama\tspecies\tMammalia\tArtiodactyla\tBovidae\tI\t\t
Psittacus erithacus\tspecies\tAves\tPsittaciformes\tPsittacidae\tI\tPsittacus timneh\t
";

const LINEAGE: &str = r#"
group = "parrots"
[[family]]
name = "Psittacidae"
order = "Psittaciformes"
genera = ["Psittacus"]
species = ["Ara ararauna = Psittacus ararauna", "Psittacus timneh"]
unlisted = ["Psittacula krameri"]
[[family]]
name = "Boidae"
order = "Serpentes"
genera = ["Boa"]
species = ["Boa constrictor"]
[[family]]
name = "Felidae"
order = "Carnivora"
genera = ["Cynailurus"]
species = ["Lynx lynx"]
[[family]]
name = "Bovidae"
order = "Artiodactyla"
species = ["Nanger soemmerringii", "Moschus moschiferus"]
[[family]]
name = "Carcharhinidae"
order = "Carcharhiniformes"
species = ["Prionace glauca", "Carcharhinus falciformis"]
"#;

const RULES: &str = r#"
source = "rules"
[[rule]]
taxa = ["Psittaciformes"]
except = ["Psittacula krameri"]
[[rule]]
taxa = ["Boidae", "Felidae", "Carcharhinidae"]
[[rule]]
taxa = ["Nanger soemmerringii"]
listings = [{ appendix = "II", from = "2027-06-05" }]
status = "unverified"
"#;

const CHANGES: &str = r#"
[[change]]
taxa = ["Carcharhinidae"]
from = "2023-11-25"
before = []
after = [{ appendix = "II" }]
what = "requiem sharks"
source = "rules"
[[change]]
taxa = ["Carcharhinus falciformis"]
from = "2017-10-04"
before = []
after = [{ appendix = "II" }]
what = "silky shark"
source = "rules"
[[change]]
taxa = ["Psittacus erithacus"]
from = "2017-01-02"
before = [{ appendix = "II" }]
after = [{ appendix = "I" }]
what = "grey parrot"
source = "rules"
"#;

const ANNEXES: &str = r#"
source = "rules"
[[annex]]
annex = ["A"]
taxa = ["Lynx lynx"]
"#;

fn parts() -> Parts {
    let read = |text: &str| super::super::source::parse("x", text).expect("constant");
    Parts {
        checklist: checklist::parse("taxa.tsv", CHECKLIST).expect("constant"),
        checklist_source: "list".to_owned(),
        rules: vec![("register/rules/x.toml".to_owned(), read(RULES))],
        lineages: vec![(
            "register/lineage/x.toml".to_owned(),
            super::super::source::parse("x", LINEAGE).expect("constant"),
        )],
        groups: super::super::source::parse("x", "[groups]\nbirds = [\"Aves\"]\nungulates = [\"Artiodactyla\"]\n").ok(),
        domestic: super::super::source::parse("x", "source = \"list\"\n[domestic]\nungulates = [\"Bos grunniens\"]\n")
            .ok(),
        annexes: super::super::source::parse("x", ANNEXES).ok(),
        changes: super::super::source::parse("x", CHANGES).ok(),
        ..Parts::default()
    }
}

fn line(entry: &Entry) -> String {
    let listings: Vec<String> = entry
        .listings
        .iter()
        .map(|l| {
            let mut text = checklist::appendix_name(l.appendix).to_owned();
            for (sign, part) in [
                ('@', l.population.clone()),
                ('+', l.from.map(|d| d.to_string())),
                ('-', l.until.map(|d| d.to_string())),
            ] {
                if let Some(part) = part {
                    text.push(sign);
                    text.push_str(&part);
                }
            }
            text
        })
        .collect();
    format!("{:?} {:?} {} | {}", entry.group, entry.decision.by, entry.decision.taxon, listings.join(" | "))
}

#[test]
fn listings_follow_the_nearest_statement() {
    let entries = assemble(&parts()).unwrap();
    let of = |id: &str| entries.iter().find(|e| e.id == id).unwrap_or_else(|| panic!("{id}"));
    for (id, wanted) in [
        // The checklist wins over a rule for the family.
        ("acinonyx-jubatus", "Parrots Checklist Acinonyx jubatus | I"),
        ("lynx-lynx", "Parrots Rule Felidae | II"),
        ("ara-ararauna", "Parrots Rule Psittaciformes | II"),
        ("psittacula-krameri", "Parrots Nothing Psittacula krameri | "),
        // A higher name leaves open which of its species is meant; a family's or order's mentions it.
        ("psittaciformes", "Birds Rule Psittaciformes | II@except Psittacus erithacus, Psittacus timneh in Appendix I"),
        // A genus that is no longer used holds what was called by it.
        ("cynailurus", "Parrots Rule Felidae | I@Acinonyx jubatus | II@the others"),
        ("boa", "Parrots Rule Boidae | I@Boa constrictor occidentalis | II@the others"),
        ("boa-constrictor", "Parrots Rule Boidae | I@Boa constrictor occidentalis | II@the others"),
        ("boa-constrictor-occidentalis", "Parrots Checklist Boa constrictor occidentalis | I"),
        // A synonym with an entry of its own is listed as what it stands for.
        ("psittacus-timneh", "Parrots Checklist Psittacus erithacus | I"),
        // Splits are inherited whole.
        ("moschus-moschiferus", "Parrots Checklist Moschus | I@population of India | II@all others"),
        // Domesticated forms are out, whatever the checklist's synonyms say.
        ("bos-grunniens", "Ungulates Nothing Bos grunniens | "),
        // Dates: announced, and by the nearest change.
        ("nanger-soemmerringii", "Parrots Rule Nanger soemmerringii | II+2027-06-05"),
        ("prionace-glauca", "Parrots Rule Carcharhinidae | II+2023-11-25"),
        ("carcharhinus-falciformis", "Parrots Rule Carcharhinidae | II+2017-10-04"),
        ("psittacus-erithacus", "Parrots Checklist Psittacus erithacus | I+2017-01-02 | II-2017-01-02"),
    ] {
        assert_eq!(line(of(id)), wanted, "{id}");
    }
    assert_eq!(of("bos-mutus").synonyms, ["Poephagus mutus"], "a domesticated form is nobody's synonym");
    assert!(of("psittacus-erithacus").synonyms.is_empty(), "a taxon of its own is nobody's synonym");
    assert!(of("bos-grunniens").domestic && !of("bos-mutus").domestic);
    assert_eq!(of("lynx-lynx").eu_annex, [EuAnnex::A]);
    assert_eq!(of("boa").eu_annex, [EuAnnex::A, EuAnnex::B]);
    assert_eq!(of("ara-ararauna").eu_annex, [EuAnnex::B]);
    assert!(!entries.iter().any(|e| e.id == "bovidae"), "a family of which only some genera are listed is no taxon");
    assert!(entries.is_sorted_by(|a, b| a.id < b.id));
}

#[test]
fn what_is_wrong_is_named() {
    let wrong = |edit: &dyn Fn(&mut Parts)| {
        let mut parts = parts();
        edit(&mut parts);
        assemble(&parts).map(|_| String::new()).unwrap_or_else(|p| p[0].to_string())
    };
    let rules = |parts: &mut Parts, taxon: &str| parts.rules[0].1.rule[0].taxa.push(taxon.to_owned());
    assert!(wrong(&|p| rules(p, "Nobody")).contains("no file under lineage/ names it"));
    assert!(wrong(&|p| rules(p, "Boidae")).contains("another rule names it"));
    assert!(wrong(&|p| p.changes.as_mut().unwrap().change[2].after.clear()).contains("lists it otherwise"));
    assert!(
        wrong(&|p| p.changes.as_mut().unwrap().change[1].taxa.push("Carcharhinidae".into())).contains("another change")
    );
    assert!(wrong(&|p| p.checklist[0].class = "Nowhere".into()).is_empty(), "a lineage file gives the group too");
    assert!(checklist::parse("t", "name\n").unwrap_err().to_string().contains("expected columns"));
    let bad = format!("{}\nA\tspecies\tB\tC\tD\tIV\t\t\n", checklist::COLUMNS);
    assert!(checklist::parse("t", &bad).unwrap_err().to_string().contains("line 2"));
}

#[test]
fn generated_lines_come_back_as_they_went() {
    let rows = checklist::parse("t", CHECKLIST).unwrap();
    assert_eq!(checklist::parse("t", &checklist::write("head\nsource: x", &rows)).unwrap(), rows);
    let names = [("en", "Grey Parrot"), ("fr", "Perroquet gris")];
    let row = official::Row {
        taxon_id: "7".into(),
        appendix: spotter_model::Appendix::I,
        scientific_name: "Psittacus erithacus".into(),
        annotation: String::new(),
        names: ["en", "fr", "es"]
            .into_iter()
            .map(|l| (l.to_owned(), names.iter().filter(|n| n.0 == l).map(|n| n.1.to_owned()).collect()))
            .collect(),
    };
    let text = official::write("head", std::slice::from_ref(&row));
    assert_eq!(official::parse("n", &text).unwrap(), [row]);
}

const OFFICIAL: &str = r#"
[annotations]
"PSITTACIFORMES" = "Psittaciformes"
[otherwise]
"Except the species" = "Boidae"
[words]
"Felidae" = ["cat", "lynx"]
"Psittacus" = ["parrot", "perroquet"]
"Boa" = ["tree boa"]
[taxa]
"9" = "Prionace glauca"
"#;

const AMBIGUOUS: &str = r#"
names = ["blue cat thing"]
words = ["cat", "blue"]
"#;

#[test]
fn official_names_find_their_taxon_and_say_as_much_as_their_words() {
    use crate::lexicon::Strength::{Medium, Strong, Weak};
    let mut names = String::from("# head\n");
    names.push_str(official::COLUMNS);
    for line in [
        "1\tI\tPsittacus erithacus\t\tGrey Parrot | African Grey Parrot | Psittacus erithacus\tJaco\t",
        "2\tII\t\tIncluded in PSITTACIFORMES spp.\tBudgerigarish\t\t",
        "3\tII\t\t\tBlue Cat | Blue Cat Thing | Blue-eyed Lynx\t\t",
        "4\tII\t\tExcept the species included\tWhatever it is called\t\t",
        "5\tII\t\tExcept the species included\tSpotted Tree Boa\t\t",
        "6\tII\t\tOriginally listed as Boa x, from which Boa constrictor was split\tSomething parrot\t\t",
        "7\tII\t\t\tNobody knows\t\t",
        "9\tII\t\t\tBlue parrot shark\t\t",
    ] {
        names.push('\n');
        names.push_str(line);
    }
    let mut parts = parts();
    parts.names = official::parse("names.tsv", &names).unwrap();
    parts.official = super::super::source::parse("x", OFFICIAL).ok();
    parts.ambiguous = super::super::source::parse("x", AMBIGUOUS).ok();
    let entries = assemble(&parts).unwrap();
    let mut found: Vec<(&str, &str, crate::lexicon::Strength)> = entries
        .iter()
        .flat_map(|e| e.names.iter().map(move |n| (e.scientific_name.as_str(), n.text.as_str(), n.strength)))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("Boa", "Spotted Tree Boa", Weak),
            ("Boa constrictor", "Something parrot", Medium),
            ("Boidae", "Whatever it is called", Medium),
            ("Felidae", "Blue Cat", Weak),
            ("Felidae", "Blue Cat Thing", Weak),
            ("Felidae", "Blue-eyed Lynx", Strong),
            ("Prionace glauca", "Blue parrot shark", Strong),
            ("Psittaciformes", "Budgerigarish", Weak),
            ("Psittacus erithacus", "African Grey Parrot", Strong),
            ("Psittacus erithacus", "Grey Parrot", Medium),
            ("Psittacus erithacus", "Jaco", Weak),
        ]
    );
    parts.official.as_mut().unwrap().words.insert("Boidae".into(), vec!["lynx".into()]);
    assert!(assemble(&parts).unwrap_err()[0].to_string().contains("also speaks for"));
}

#[test]
fn species_are_abbreviated_unless_many_share_it() {
    let mut entries = assemble(&parts()).unwrap();
    let texts = |entries: &[Entry]| abbreviations(entries).into_iter().map(|(_, t)| t).collect::<Vec<_>>();
    assert!(texts(&entries).contains(&"A. ararauna".to_owned()));
    assert!(!texts(&entries).iter().any(|t| t.contains("dama")), "too short an epithet");
    let ara = entries.iter().find(|e| e.id == "ara-ararauna").unwrap().clone();
    entries.extend((0..3).map(|_| ara.clone()));
    assert!(!texts(&entries).contains(&"A. ararauna".to_owned()), "four share it");
}
