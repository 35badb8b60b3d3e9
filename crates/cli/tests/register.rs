//! The register as it is built in, and the commands that derive and measure it.

use spotter_detector::Detector;
use spotter_detector::lexicon::register::{self, ListedEntry};
use spotter_model::{Appendix, Date};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

fn spotter(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spotter")).args(arguments).output().unwrap()
}

fn lexicon() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../lexicon"))
}

fn day_before(day: Date) -> Date {
    let at = day.days_since_epoch() - 1;
    (2010..2030)
        .flat_map(|y| (1..=12).flat_map(move |m| (1..=31).filter_map(move |d| Date::new(y, m, d))))
        .find(|d| d.days_since_epoch() == at)
        .unwrap()
}

#[test]
fn every_change_is_what_the_register_says_before_and_after() {
    let detector = Detector::from_pack(spotter_pack::PACK).unwrap();
    let known = detector.lexicon();
    let today: Date = "2026-11-26".parse().unwrap();
    let changes = register::read(lexicon(), &mut vec![]).changes.unwrap().change;
    let on = |id: &str, day: Date| -> BTreeSet<Appendix> {
        let taxon = known.taxa.find(id).unwrap_or_else(|| panic!("{id}"));
        known.listings(taxon).iter().filter(|l| l.in_force(day)).map(|l| l.appendix).collect()
    };
    let set = |listings: &[ListedEntry]| listings.iter().map(|l| l.appendix).collect::<BTreeSet<_>>();
    let mut taxa = 0;
    for change in &changes {
        for name in &change.taxa {
            let id = register::id(name);
            // A genus also tells what a species of it is listed as, which may have its own day.
            let includes = |day: Date, wanted: &[ListedEntry]| {
                let (found, wanted) = (on(&id, day), set(wanted));
                if name.contains(' ') { found == wanted } else { found.is_superset(&wanted) }
            };
            let now = if change.from <= today { &change.after } else { &change.before };
            assert!(includes(today, now), "{name} today: {:?}", on(&id, today));
            assert!(includes(change.from, &change.after), "{name} on {}: {:?}", change.from, on(&id, change.from));
            let before = day_before(change.from);
            assert!(includes(before, &change.before), "{name} on {before}: {:?}", on(&id, before));
            taxa += 1;
        }
    }
    assert!(changes.len() >= 120 && taxa >= 120, "{} changes of {taxa} taxa", changes.len());
}

#[test]
fn splits_and_annexes_are_held() {
    let detector = Detector::from_pack(spotter_pack::PACK).unwrap();
    let known = detector.lexicon();
    for (id, appendices, populations, annexes) in [
        ("loxodonta-africana", 2, 2, "[A, B]"),
        ("panthera-leo", 2, 2, "[A, B]"),
        ("vicugna-vicugna", 2, 2, "[A, B]"),
        ("crocodylus-niloticus", 2, 2, "[A, B]"),
        ("panthera-tigris", 1, 0, "[A]"),
        ("bos-mutus", 1, 1, "[A]"),
        ("bos-grunniens", 0, 0, "[]"),
        ("canis-lupus-familiaris", 0, 0, "[]"),
        ("python-regius", 1, 0, "[B]"),
        ("testudo-hermanni", 1, 0, "[A]"),
        ("lynx-lynx", 1, 0, "[A]"),
        ("harpagophytum-procumbens", 0, 0, "[D]"),
    ] {
        let taxon = known.taxa.find(id).unwrap_or_else(|| panic!("{id}"));
        let listings = known.listings(taxon);
        assert_eq!(listings.iter().map(|l| l.appendix).collect::<BTreeSet<_>>().len(), appendices, "{id}");
        assert_eq!(listings.iter().filter(|l| l.population.is_some()).count(), populations, "{id}");
        assert_eq!(format!("{:?}", known.eu_annex(taxon)), annexes, "{id}");
    }
}

const CHECKLIST: &str = "\
id,appendix,scientificName,authorship,rank,status,acceptedName,class,order,family,annotation
1,I,Panthera tigris,,species,accepted,,Mammalia,Carnivora,Felidae,
2,I,\"Felis tigris Linnaeus, 1758\",,,synonym,Panthera tigris,Mammalia,Carnivora,Felidae,
3,I,Ursus arctos,,species,accepted,,Mammalia,Carnivora,Ursidae,\"Popns of BT, CN, MN, MX. Appendix II:Included in Ursidae spp.\"
";
const VERNACULAR: &str = "\
taxonId,appendix,scientificName,lang,name,group
7,I,Panthera tigris,en,Tiger,
7,I,Panthera tigris,fr,Tigre,
8,II,,en,Peregrine-like Falcon,Excludes Caracara lutosa and Cathartidae spp.
";

#[test]
fn the_same_tables_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("c.csv"), CHECKLIST).unwrap();
    std::fs::write(path("v.csv"), VERNACULAR).unwrap();
    let derive = |out: &str| {
        let output = spotter(&[
            "lexicon",
            "register",
            "--checklist",
            &path("c.csv"),
            "--vernacular",
            &path("v.csv"),
            "--out",
            &path(out),
        ]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        ["taxa.tsv", "names.tsv"].map(|name| std::fs::read_to_string(folder.path().join(out).join(name)).unwrap())
    };
    let first = derive("a");
    assert_eq!(first, derive("b"));
    assert!(first[0].contains("Panthera tigris\tspecies\tMammalia\tCarnivora\tFelidae\tI\tFelis tigris\t\n"));
    assert!(first[0].contains("I: populations of Bhutan, China, Mongolia, Mexico | II: all other populations"));
    assert!(first[1].contains("7\tI\tPanthera tigris\t\tTiger\tTigre\t\n"));
    let committed = std::fs::read_to_string(lexicon().join("register/generated/taxa.tsv")).unwrap();
    assert_eq!(first[0].lines().take(4).collect::<Vec<_>>(), committed.lines().take(4).collect::<Vec<_>>());
}

#[test]
fn coverage_is_measured_and_what_is_short_complains() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("c.csv"), CHECKLIST).unwrap();
    std::fs::write(path("v.csv"), VERNACULAR).unwrap();
    let measure = |taxa: &str| {
        std::fs::write(path("t.csv"), format!("scientificName,appendix,records\n{taxa}")).unwrap();
        spotter(&[
            "lexicon",
            "coverage",
            "--taxa",
            &path("t.csv"),
            "--checklist",
            &path("c.csv"),
            "--vernacular",
            &path("v.csv"),
        ])
    };
    let output = measure("Panthera tigris,I,3\nVaranus somethingii,II,1\n");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("4 of        4   100.00 %   reached, 99.5 % asked"), "{text}");
    let output = measure("Panthera tigris,I,3\nNobody knows,II,1\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("75.00 %   SHORT"));
}

#[test]
fn derived_listings_repeat_and_name_their_rule() {
    let folder = lexicon().to_str().unwrap();
    let print = |seed: &str| {
        let output =
            spotter(&["lexicon", "listings", folder, "--sample", "40", "--seed", seed, "--as-of", "2026-11-26"]);
        String::from_utf8(output.stdout).unwrap()
    };
    let first = print("1");
    assert_eq!(first, print("1"));
    assert_ne!(first, print("2"));
    let lines: Vec<Vec<&str>> = first.lines().skip(2).map(|l| l.split('\t').collect()).collect();
    assert_eq!(lines.len(), 40);
    assert!(lines.iter().all(|l| l.len() == 6 && l[2] != "not found" && !l[3].is_empty()), "{first}");
}
