//! Decks in and out, and what is said of wrong files.

use super::{Deck, FORMAT, Problem};
use crate::training::items::{Picture, Right};
use crate::training::testing::material;

fn faults(name: &str, text: &str) -> Vec<(usize, String)> {
    let cards = material().cards;
    let wrong = Deck::read(name, text, &cards).expect_err("a fault");
    wrong.into_iter().map(|Problem { line, what }| (line, format!("{} {}", what.key, what.args.join("|")))).collect()
}

const GOOD: &str = r#"{
  "format": "wildlife-deck/1",
  "title": "Mine [draft], \"one\"",
  "items": [
    {"id": "a", "group": "bear", "lang": "en", "title": "t, {", "answer": "report", "why": "w"},
    {"id": "b",
     "group": "bear", "lang": "en", "title": "t", "answer": "lookalike", "why": "w"}
  ]
}"#;

#[test]
fn what_goes_out_comes_in_again_in_both_forms() {
    let material = material();
    let mut items = material.questions.clone();
    items.extend(material.listings.iter().cloned());
    items[0].text = "=HYPERLINK(\"x\"), two\nlines".into();
    items[1].picture = Some(Picture {
        data: "data:image/png;base64,AAAA".into(),
        alt: "a tusk".into(),
        licence: "CC BY 4.0".into(),
        credit: "The project".into(),
    });
    let deck = Deck::of("My \"deck\"".into(), items);
    assert_eq!(Deck::read("x.json", &deck.json(), &material.cards), Ok(deck.clone()));
    let csv = deck.csv();
    assert!(csv.contains("\"'=HYPERLINK"), "a formula must not run in a spreadsheet");
    let again = Deck::read("My \"deck\".csv", &csv, &material.cards);
    assert_eq!(again, Ok(deck));
}

#[test]
fn a_file_with_three_faults_tells_all_three_with_their_lines() {
    let bad = GOOD.replace("\"answer\": \"report\"", "\"answer\": \"maybe\"").replace(
        "\"id\": \"b\",\n     \"group\": \"bear\"",
        "\"id\": \"b\",\n     \"card\": \"unicorn\", \"mark\": \"glow\", \"group\": \"bear\"",
    );
    assert_eq!(
        faults("x.json", &bad),
        [
            (5, "train_fault_answer maybe|report, listed, lookalike, cannot-tell".into()),
            (6, "train_fault_unknown card".into()),
            (6, "train_fault_unknown mark".into()),
        ]
    );
}

#[test]
fn each_way_in_which_a_json_deck_is_wrong_has_its_sentence() {
    assert!(Deck::read("x.json", GOOD, &material().cards).is_ok());
    for (from, to, line, says) in [
        ("\"title\": \"Mine", "\"title\" \"Mine", 3, "train_fault_json 11"),
        (FORMAT, "wildlife-deck/9", 1, "train_fault_format wildlife-deck/1"),
        ("\"items\"", "\"cards\"", 1, "train_fault_empty items"),
        ("\"title\": \"Mine [draft], \\\"one\\\"\",", "\"title\": \" \",", 1, "train_fault_empty title"),
        ("\"format\"", "\"more\": 1, \"format\"", 1, "train_fault_unknown more"),
        ("\"id\": \"b\"", "\"id\": \"a\"", 6, "train_fault_twice a"),
        ("\"why\": \"w\"}\n", "\"why\": \"w\", \"hint\": \"h\"}\n", 6, "train_fault_unknown hint"),
        (
            "\"group\": \"bear\", \"lang\": \"en\", \"title\": \"t, {\"",
            "\"group\": \"yeti\", \"lang\": \"en\", \"title\": \"t\"",
            5,
            "train_fault_group yeti",
        ),
        ("\"title\": \"t, {\"", "\"text\": \"no title\"", 5, "train_fault_empty title"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let got = faults("x.json", &GOOD.replacen(from, to, 1));
        assert!(got.iter().any(|(at, what)| *at == line && what.starts_with(says)), "{says}: {got:?}");
    }
}

#[test]
fn each_way_in_which_a_csv_deck_is_wrong_has_its_sentence() {
    let good = "id,group,lang,title,answer,why\na,bear,en,\"t\nt\",report,w\nb,bear,en,t,listed,w\n";
    let deck = Deck::read("My deck.csv", good, &material().cards).expect("a deck");
    assert_eq!((deck.title.as_str(), deck.items.len(), deck.items[1].answer), ("My deck", 2, Right::Listed));
    let german = good.replace(',', ";");
    assert_eq!(Deck::read("My deck.csv", &german, &material().cards), Ok(deck));
    for (from, to, line, says) in [
        (",why\n", ",reason\n", 1, "train_fault_unknown reason"),
        (",why\n", ",reason\n", 1, "train_fault_column why"),
        ("listed,w\n", "listed,\"w\n", 4, "train_fault_quote"),
        ("listed,w\n", "listed,w,more\n", 4, "train_fault_cells 6"),
        ("b,bear", "b,yeti", 4, "train_fault_group yeti"),
        ("listed,w", "listed,", 4, "train_fault_empty why"),
        ("b,bear", "b b,bear", 4, "train_fault_id id"),
    ] {
        let got = faults("x.csv", &good.replacen(from, to, 1));
        assert!(got.iter().any(|(at, what)| *at == line && what.starts_with(says)), "{says}: {got:?}");
    }
    assert_eq!(faults("x.csv", "id,group,lang,title,answer,why\n"), [(1, "train_fault_count 500".to_owned())]);
}
