//! What the panel shows of a survey, and what follows from each step.

use super::super::{Effect, Msg as Outer, Panel, Sheet, Tag, view};
use super::fields::Field;
use super::{Msg, form, is_search};
use crate::dom::{App, Fired};
use crate::node::testing::{by_id, text_of};
use crate::words::testing::{LANGUAGES, words};
use serde_json::json;
use spotter_model::coding::{CodingForm, Item, Price, SurveyAsk, SurveyTask, Wrong};
use spotter_model::messages::{Answer, Ask, Findings, State};
use spotter_model::survey::{Answer as Said, UNITS};

const SEARCH: &str = "https://market.example/s?q=carved+ivory";

fn state() -> State {
    serde_json::from_value(json!({
        "enrolled": null, "quiet": true, "masked": false, "sites": [], "outbox": [], "pack": "",
        "surveys": [{
            "id": "ivory", "title": "Ivory", "question": "How many?", "from": "2026-11-01", "until": "2026-12-01",
            "running": true, "inclusion": ["It is offered."], "exclusion": [], "depth": 100, "reports": true, "waiting": 2,
            "trouble": null,
            "tasks": [{ "task": { "id": "t1", "host": "market.example", "term": "carved ivory", "lang": "en",
                "group": "elephant", "address": SEARCH, "pages": [2, 5] },
                "progress": { "seen": 3, "offered": 2, "coded": 0, "done": false } }]
        }]
    }))
    .expect("a state")
}

fn item(n: u32) -> Item {
    Item {
        listing: format!("{n:032x}"),
        position: n,
        key: format!("k{n}"),
        title: format!("Synthetic {n}"),
        price: "€ 5".into(),
        url: format!("https://market.example/{n}"),
        what: serde_json::from_value(json!({
            "groups": ["elephant"], "commodities": ["IVC"], "scientific_names": ["Loxodonta africana"], "appendices": []
        }))
        .expect("what"),
        level: spotter_model::Level::Likely,
        asking: Some(("5".into(), "EUR".into())),
        next: format!("0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a{n:02}"),
        ..Item::default()
    }
}

fn task(items: Vec<Item>) -> Answer {
    let progress = Default::default();
    Answer::Survey(Box::new(SurveyTask { survey: "ivory".into(), task: "t1".into(), progress, items }))
}

fn send(panel: &mut Panel, msg: Msg) -> Vec<Effect> {
    typed(panel, msg, "")
}

fn typed(panel: &mut Panel, msg: Msg, value: &str) -> Vec<Effect> {
    panel.update(Outer::Survey(msg), Fired { value: value.into(), ..Fired::default() })
}

fn answered(panel: &mut Panel, effect: Effect, answer: Option<Answer>) -> Vec<Effect> {
    let Effect::Ask(tag, _) = effect else { panic!("no question") };
    panel.update(Outer::Answered(tag, answer), Fired::default())
}

/// A panel with the search's form of the first advertisement open.
fn coding(items: Vec<Item>) -> Panel {
    let mut panel = Panel::new(words("en"), None, 0.0);
    panel.state = Some(state());
    let mut asked = send(&mut panel, Msg::Work("ivory".into(), "t1".into()));
    let first = items[0].listing.clone();
    answered(&mut panel, asked.remove(0), Some(task(items)));
    send(&mut panel, Msg::Open(first));
    panel
}

fn page(url: &str, read: u32, waiting: u32) -> Findings {
    Findings { url: url.into(), read, waiting, gave_up: false, marks_gave_up: false, findings: vec![] }
}

#[test]
fn a_page_of_the_search_is_told_from_others() {
    for (url, is) in [
        (SEARCH, true),
        ("https://market.example/s?page=2&q=carved%20ivory#top", true),
        ("https://market.example/s?q=carved", false),
        ("https://market.example/item/7?q=carved+ivory", false),
        ("https://other.example/s?q=carved+ivory", false),
    ] {
        assert_eq!(is_search(url, SEARCH), is, "{url}");
    }
}

#[test]
fn only_a_page_of_the_search_is_taken_by_itself_and_once() {
    let mut panel = Panel::new(words("en"), None, 0.0);
    panel.state = Some(state());
    panel.shown.tab = Some(7);
    let looks = |effects: &[Effect]| {
        effects.iter().filter(|e| matches!(e, Effect::Ask(_, Ask::Survey(SurveyAsk::Look { tab_id: 7, .. })))).count()
    };
    let effects = send(&mut panel, Msg::Work("ivory".into(), "t1".into()));
    assert_eq!(looks(&effects), 0, "no page was read yet");
    let mut found = |url: &str, read, waiting| {
        let effects = panel.update(Outer::Findings(7, Some(page(url, read, waiting))), Fired::default());
        looks(&effects)
    };
    assert_eq!(found("https://market.example/item/7", 20, 0), 0);
    assert_eq!(found(SEARCH, 20, 3), 0, "answers are waited for");
    assert_eq!(found(SEARCH, 20, 0), 1);
    assert_eq!(found(SEARCH, 20, 0), 0, "once");
    assert_eq!(found(SEARCH, 40, 0), 1, "it grew");
    panel.sheet = Sheet::Closed;
    let effects = panel.update(Outer::Findings(7, Some(page(SEARCH, 60, 0))), Fired::default());
    assert_eq!(looks(&effects), 0, "nothing is taken unless the search's sheet is open");
}

#[test]
fn of_several_answers_none_is_proposed() {
    for (commodities, live) in [
        (&[][..], Said::CannotTell),
        (&["CAR", "TUS"], Said::No),
        (&["LIV"], Said::Yes),
        (&["LIV", "FEA"], Said::CannotTell),
    ] {
        let mut one = item(1);
        one.what.scientific_names.push("Elephas maximus".into());
        one.what.commodities = commodities.iter().map(|c| (*c).to_owned()).collect();
        let form = coding(vec![one]).survey.form;
        assert_eq!((form.kinds[0].scientific_name.as_str(), form.live), ("", live), "{commodities:?}");
        assert_eq!(form.kinds[0].term.is_empty(), commodities.len() != 1, "{commodities:?}");
        assert_eq!(form.kinds[0].group, Some(spotter_model::Group::Elephant), "what all of them are");
    }
}

#[test]
fn a_form_begins_with_what_the_card_proposes_and_is_kept_at_each_change() {
    let mut panel = coding(vec![item(1), item(2)]);
    let form = panel.survey.form.clone();
    assert_eq!((form.included, form.live, form.price), (None, Said::No, Price::Stated));
    assert_eq!((form.kinds[0].term.as_str(), form.kinds[0].scientific_name.as_str()), ("IVC", "Loxodonta africana"));
    let effects = typed(&mut panel, Msg::Field(Field::Note), "Twice");
    let [Effect::Ask(_, Ask::Survey(SurveyAsk::Draft { form, .. }))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((form.note.as_str(), form.id.as_str()), ("Twice", item(1).next.as_str()));
    typed(&mut panel, Msg::Field(Field::Taxon(0)), "group:bear");
    assert_eq!(
        (panel.survey.form.kinds[0].group, panel.survey.form.kinds[0].scientific_name.as_str()),
        (Some(spotter_model::Group::Bear), "")
    );
    for _ in 0..9 {
        send(&mut panel, Msg::Field(Field::More));
    }
    assert_eq!(panel.survey.form.kinds.len(), spotter_model::limits::CHOSEN_TAXA);
    assert!(UNITS.contains(&panel.survey.form.kinds[0].unit.as_str()));
}

#[test]
fn saving_goes_to_the_next_and_a_lost_answer_is_asked_for_again() {
    let mut panel = coding(vec![item(1), item(2)]);
    assert_eq!(send(&mut panel, Msg::Save(false)), [], "whether it counts comes first");
    assert_eq!(panel.survey.wrong, Some(Wrong::Included));
    assert_eq!(panel.take_focus().as_deref(), Some("included-yes"));
    send(&mut panel, Msg::Field(Field::Included(Said::Yes)));
    let mut asked = send(&mut panel, Msg::Save(false));
    let Effect::Ask(_, Ask::Survey(SurveyAsk::Code { form, .. })) = &asked[0] else { panic!("{asked:?}") };
    assert_eq!(form.id, item(1).next);
    assert_eq!(send(&mut panel, Msg::Save(false)), [], "it is being saved");
    // The background died: the same question once more, with the same id.
    let again = answered(&mut panel, asked.remove(0), None).remove(0);
    let Effect::Ask(Tag::Survey(_, 1), Ask::Survey(SurveyAsk::Code { form, .. })) = &again else { panic!("{again:?}") };
    assert_eq!(form.id, item(1).next);
    let saved = Item { codings: vec![item(1).next], ..item(1) };
    answered(&mut panel, again, Some(task(vec![saved.clone(), item(2)])));
    assert_eq!(panel.survey.open, Some(item(2).listing));
    // The last one leads back to all of them.
    send(&mut panel, Msg::Field(Field::Included(Said::CannotTell)));
    let asked = send(&mut panel, Msg::Save(false)).remove(0);
    let second = Item { codings: vec![item(2).next], ..item(2) };
    answered(&mut panel, asked, Some(task(vec![saved, second])));
    assert_eq!(panel.survey.open, None);
    assert!(text_of(&view::view(&panel)).contains(&words("en").t("survey_all")));
}

#[test]
fn what_words_propose_is_confirmed_by_a_person() {
    let mut panel = coding(vec![Item { age: "antique".into(), ..item(1) }]);
    assert_eq!((panel.survey.form.age, panel.survey.form.confirmed), (Said::Yes, false));
    send(&mut panel, Msg::Field(Field::Included(Said::Yes)));
    panel.take_focus();
    let effects = send(&mut panel, Msg::Save(false));
    assert!(matches!(&effects[..], [Effect::Ask(_, Ask::Survey(SurveyAsk::Draft { .. }))]), "{effects:?}");
    assert_eq!(panel.take_focus().as_deref(), Some("age-yes"));
    assert!(matches!(&send(&mut panel, Msg::Save(false))[..], [Effect::Ask(_, Ask::Survey(SurveyAsk::Code { .. }))]));
}

#[test]
fn a_draft_and_a_coding_are_taken_up_again() {
    let draft = CodingForm { id: item(1).next, note: "Half".into(), ..CodingForm::default() };
    assert_eq!(form::begin(&Item { draft: Some(draft.clone()), ..item(1) }), draft);
    let coded = CodingForm { id: "an older one".into(), note: "Done".into(), ..CodingForm::default() };
    let again = form::begin(&Item { coded: Some(coded), ..item(1) });
    assert_eq!((again.note.as_str(), again.id), ("Done", item(1).next), "a correction has an id of its own");
}

#[test]
fn everything_is_said_in_every_language_and_every_field_has_a_label() {
    for lang in LANGUAGES {
        let mut panel = coding(vec![Item { legality: "permit".into(), ..item(1) }]);
        panel.words = words(lang);
        let nodes = view::view(&panel);
        for id in [
            "included-unknown",
            "taxon-0",
            "term-0",
            "count-0",
            "unit-0",
            "amount",
            "currency",
            "live-yes",
            "legality-no",
            "age-unknown",
            "seller-auction",
            "location",
            "survey-note",
            "survey-save",
            "survey-save-report",
        ] {
            assert!(by_id(&nodes, id).is_some(), "{lang} {id}");
        }
        assert!(text_of(&nodes).contains("permit"));
        panel.sheet = Sheet::Closed;
        let nodes = view::view(&panel);
        let text = text_of(&nodes);
        assert!(by_id(&nodes, "search-t1").is_some() && by_id(&nodes, "work-t1").is_some());
        for part in [panel.words.count("survey_waiting", 2), panel.words.t("survey_hint"), "It is offered.".into()] {
            assert!(text.contains(&part), "{lang} {part}");
        }
    }
}
