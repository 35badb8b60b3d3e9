//! Steps of the training page.

use super::items::Right;
use super::market::Done;
use super::quiz::Sure;
use super::testing::material;
use super::{Effect, Form, Msg, Screen, Tag, Training};
use crate::dom::{App, Fired};
use crate::node::testing::{by_id, text_of};
use crate::words::testing::{LANGUAGES, words};
use spotter_model::SpotterPolicy;
use spotter_model::messages::{Answer, Ask, Enrolled, LawHere, State};
use spotter_model::rounds::Rounds;
use spotter_model::training::{Told, TrainingPass};

fn training(lang: &str) -> Training {
    let mut page = Training::new(words(lang));
    page.update(Msg::Loaded(Ok(Box::new(material()))), Fired::default());
    page
}

#[test]
fn the_first_screen_says_the_rules_and_that_nothing_is_real() {
    for lang in LANGUAGES {
        let page = training(lang);
        let text = text_of(&page.view());
        for key in ["train_practice", "options_rule_contact", "options_rule_buy", "train_rule_test", "train_rule_tell"]
        {
            assert!(text.contains(&page.words.t(key)), "{lang} {key}");
        }
    }
}

#[test]
fn cards_are_chosen_by_group_and_each_says_that_it_is_a_draft() {
    let mut page = training("en");
    page.update(Msg::Go(Screen::Cards), Fired::default());
    assert_eq!(page.take_focus().as_deref(), Some("title"));
    page.update(Msg::Group, Fired { value: "pangolin".into(), ..Fired::default() });
    let text = text_of(&page.view());
    assert!(text.contains("Pangolin scales Draft") && !text.contains("Elephant ivory"), "{text}");
    page.update(Msg::Group, Fired { value: String::new(), ..Fired::default() });
    assert!(text_of(&page.view()).contains("Elephant ivory"));
    page.update(Msg::Go(Screen::Card("elephant-ivory".into())), Fired::default());
    let view = page.view();
    let text = text_of(&view);
    for says in [
        "no expert has signed",
        "over 115 degrees",
        "Identification Guide for Ivory",
        "Fine crossing lines",
        "A mould seam",
    ] {
        assert!(text.contains(says), "{says}: {text}");
    }
    assert!(by_id(&view, "back").is_some());
}

/// Pressing faster than the files are read: the marketplace was asked about no listing, and nothing was marked ever after.
#[test]
fn whoever_is_in_the_marketplace_before_it_is_read_gets_its_marks_all_the_same() {
    let mut page = Training::new(words("en"));
    let early = page.update(Msg::Go(Screen::Market), Fired::default());
    assert!(!early.iter().any(|e| matches!(e, Effect::Ask(..))), "{early:?}");
    let late = page.update(Msg::Loaded(Ok(Box::new(material()))), Fired::default());
    assert!(
        matches!(&late[..], [Effect::Ask(Tag::Market, Ask::Practise { listings })] if listings.len() == material().listings.len()),
        "{late:?}"
    );
}

#[test]
fn a_card_says_what_the_law_of_the_chosen_country_asks_and_never_that_of_another() {
    let mut page = training("en");
    let card = |id: &str| Screen::Card(id.into());
    let law = |country: &str| {
        let here = LawHere { country: country.into(), countries: vec!["GB".into(), "DE".into()], ..LawHere::default() };
        Some(Answer::Law(Box::new(here)))
    };
    let asked = page.update(Msg::Go(card("elephant-ivory")), Fired::default());
    assert!(matches!(&asked[..], [Effect::Top, Effect::Ask(Tag::Law(id), Ask::Law { .. })] if id == "elephant-ivory"));
    page.update(Msg::Answered(Tag::Law("elephant-ivory".into()), law("")), Fired::default());
    assert!(by_id(&page.view(), "country").is_some());
    page.update(Msg::Country, Fired { value: "GB".into(), ..Fired::default() });
    assert!(by_id(&page.view(), "country").is_some(), "what was pressed stays while the answer is on its way");
    page.update(Msg::Country, Fired { value: "DE".into(), ..Fired::default() });
    page.update(Msg::Answered(Tag::Law("elephant-ivory".into()), law("GB")), Fired::default());
    assert!(!text_of(&page.view()).contains("No rules are held"), "the answer about Britain came too late");
    page.update(Msg::Answered(Tag::Law("elephant-ivory".into()), law("DE")), Fired::default());
    assert!(text_of(&page.view()).contains("No rules are held for <DE>"));
    page.update(Msg::Go(card("mammoth-ivory")), Fired::default());
    page.update(Msg::Answered(Tag::Law("elephant-ivory".into()), law("DE")), Fired::default());
    assert!(by_id(&page.view(), "country").is_none(), "another card's answer");
}

#[test]
fn a_file_that_cannot_be_read_is_said() {
    let mut page = Training::new(words("en"));
    page.update(Msg::Loaded(Err("cards.json".into())), Fired::default());
    assert!(text_of(&page.view()).contains("cards.json"));
}

fn fired(now: f64) -> Fired {
    Fired { now, ..Fired::default() }
}

/// Whatever is pressed: the training asks the background for the detector's word and for how things stand, and else tells
/// it of a pass alone. Nothing of that can make a report.
#[test]
fn no_step_of_the_training_can_make_or_send_a_report() {
    let mut page = training("en");
    let first = page.decks()[0].clone();
    let id = page.material.as_ref().expect("read").listings[0].id.clone();
    let file = Some(("d.json".to_owned(), first.json()));
    let presses = [
        Msg::Refresh,
        Msg::Go(Screen::Market),
        Msg::Judge(id, Done::Reported),
        Msg::Turn(1),
        Msg::Again,
        Msg::Go(Screen::Quiz),
        Msg::Begin(0),
        Msg::Sure(Sure::Sure),
        Msg::Answer(Right::Report),
        Msg::Next,
        Msg::Leave,
        Msg::Go(Screen::Decks),
        Msg::Chosen,
        Msg::Read(file),
        Msg::Save(0, Form::Json),
        Msg::Save(1, Form::Csv),
        Msg::Present(0),
        Msg::Forward,
        Msg::Back,
        Msg::Drop(3),
        Msg::Anew(true),
        Msg::AnewNow,
        Msg::Print,
    ];
    for press in presses {
        for effect in page.update(press.clone(), fired(7.0)) {
            if let Effect::Ask(_, ask) = effect {
                let harmless = matches!(ask, Ask::State | Ask::Practise { .. });
                assert!(harmless, "{press:?} asks {ask:?}");
            }
        }
    }
}

#[test]
fn a_practice_listing_stands_where_no_marketplace_can() {
    let material = material();
    for item in material.listings.iter().chain(&material.questions) {
        assert!(item.listing().url.starts_with("https://practice.invalid/"), "{}", item.id);
    }
}

#[test]
fn a_report_into_the_sandbox_is_answered_at_once_with_why_and_the_card() {
    let mut page = training("en");
    page.update(Msg::Go(Screen::Market), fired(0.0));
    page.update(Msg::Lang, Fired { value: "en".into(), ..Fired::default() });
    for (id, done, verdict, why) in [
        ("en-01", Done::Reported, "train_verdict_found", "Named as elephant ivory"),
        ("en-10", Done::Reported, "train_verdict_false", "Ivory is a colour here."),
        ("en-07", Done::Reported, "train_verdict_listed", "Merely listed, unless"),
        ("en-03", Done::Left, "train_verdict_missed", "Young grey parrots"),
    ] {
        let listings = &page.material.as_ref().expect("read").listings;
        let at = |p: &usize| {
            let market = super::market::Market { page: *p, lang: "en".into(), ..Default::default() };
            market.shown(listings).iter().any(|i| i.id == id)
        };
        page.market.page = (0..2).find(at).expect("a page of results that shows it");
        page.update(Msg::Judge(id.into(), done), fired(0.0));
        let text = text_of(&page.view());
        assert!(text.contains(&page.words.t(verdict)) && text.contains(why) && text.contains("Card:"), "{id}: {text}");
    }
}

#[test]
fn the_quiz_runs_to_a_pass_that_the_background_is_told_of() {
    let mut page = training("en");
    page.update(Msg::Go(Screen::Quiz), fired(0.0));
    page.boxes.tries = 2;
    page.update(Msg::Begin(0), fired(12_345.0));
    let mut last = Vec::new();
    for number in 1..=12 {
        let view = page.view();
        assert!(text_of(&view).contains(&format!("{number} of 12")));
        for answer in ["report", "listed", "lookalike", "cannot-tell"] {
            assert!(by_id(&view, answer).is_some(), "{answer} is offered like the others");
        }
        let right = page.quiz.question().expect("a question").1.answer;
        let kept = page.update(Msg::Answer(right), fired(0.0));
        assert!(matches!(&kept[..], [Effect::Keep("training-boxes", _)]), "{kept:?}");
        assert_eq!(page.take_focus().as_deref(), Some("next"));
        assert!(text_of(&page.view()).contains("Right. The answer:"));
        last = page.update(Msg::Next, fired(72_345.0));
        assert_eq!(page.take_focus().as_deref(), Some("title"));
    }
    let Some(Effect::Pass(test, items, false)) = last.last() else { panic!("{last:?}") };
    assert_eq!((test.score, test.deck.as_str(), test.attempts, test.took_ms), (100, "For volunteers", 3, 60_000));
    assert_eq!(test.marks.iter().fold((0, 0), |(right, asked), m| (right + m.right, asked + m.asked)), (12, 12));
    assert_eq!(items.lines().count(), page.quiz.pool.len(), "what the deck's hash is of");
    assert_eq!(page.boxes.tries, 0);
    let text = text_of(&page.view());
    assert!(text.contains("100 %") && text.contains("Passed: 80 % were asked for."), "{text}");
    let pass = TrainingPass {
        passed_on: "2026-11-26T22:00:00Z".into(),
        score: 100,
        deck: "For volunteers".into(),
        round: "ivory-2026-11".into(),
        told: Told::Nobody,
    };
    let state = State { training: Some(pass), ..State::default() };
    page.update(Msg::Answered(super::Tag::Passed, Some(Answer::State(Box::new(state)))), fired(0.0));
    page.update(Msg::Go(Screen::Certificate), fired(0.0));
    let text = text_of(&page.view());
    assert!(text.contains("For volunteers") && text.contains("ivory-2026-11") && text.contains("Print"), "{text}");
}

#[test]
fn who_is_told_of_a_pass_is_said_before_the_test_and_with_its_result_and_nowhere_else() {
    let pass = |told| TrainingPass {
        passed_on: "2026-11-26T22:00:00Z".into(),
        score: 100,
        deck: "For volunteers".into(),
        round: "ivory".into(),
        told,
    };
    for lang in LANGUAGES {
        let mut page = training(lang);
        let state = |asks: bool, told| {
            let round = serde_json::json!({ "id": "ivory", "name": "Ivory", "from": "2026-11-02", "until": "2026-11-29",
                "training_required": asks });
            let rounds = Rounds { now: vec![serde_json::from_value(round).expect("a round")], ..Rounds::default() };
            let enrolled = Enrolled {
                organisation: "The House".into(),
                origin: "https://reports.example".into(),
                pseudonym: "Birch 1234".into(),
                policy: SpotterPolicy::default(),
                reports_made: 0,
            };
            let training = Some(pass(told));
            Answer::State(Box::new(State {
                rounds: Some(rounds),
                enrolled: Some(enrolled),
                training,
                ..State::default()
            }))
        };
        page.update(Msg::Go(Screen::Quiz), fired(0.0));
        for (asks, told, said) in [
            (false, Told::Nobody, None),
            (true, Told::Waits, Some("train_told_waits")),
            (true, Told::Has { at: "2026-11-26T22:00:01Z".into() }, Some("train_told_has")),
            (true, Told::Refused, Some("train_told_refused")),
        ] {
            page.update(Msg::Answered(super::Tag::State, Some(state(asks, told))), fired(0.0));
            page.screen = Screen::Quiz;
            let goes = by_id(&page.view(), "goes").map(|goes| text_of(&[goes.clone().into()]));
            assert_eq!(goes.is_some(), asks, "{lang}");
            assert!(goes.is_none_or(|goes| goes.contains("The House")), "{lang}");
            page.screen = Screen::Start;
            let told = by_id(&page.view(), "told").map(|told| text_of(&[told.clone().into()]));
            assert_eq!(told.is_some(), said.is_some(), "{lang}");
            assert!(told.is_none_or(|told| told.contains("The House")), "{lang} {said:?}");
        }
        page.update(Msg::Begin(0), fired(0.0));
        let mut last = Vec::new();
        while !page.quiz.finished() {
            let right = page.quiz.question().expect("a question").1.answer;
            page.update(Msg::Answer(right), fired(0.0));
            last = page.update(Msg::Next, fired(0.0));
        }
        assert!(matches!(last.last(), Some(Effect::Pass(_, _, true))), "{last:?}");
        page.screen = Screen::Quiz;
        let view = page.view();
        assert!(by_id(&view, "goes").is_some() && by_id(&view, "told").is_some(), "{lang}");
    }
}

#[test]
fn the_next_class_begins_anew_after_a_question_and_keeps_decks() {
    let mut page = training("en");
    let file = page.decks()[1].json().replacen("For enforcers", "Mine", 1);
    page.update(Msg::Read(Some(("x.json".into(), file))), fired(0.0));
    page.update(Msg::Judge("en-01".into(), Done::Reported), fired(0.0));
    page.boxes.answered("en-01", true);
    page.update(Msg::Go(Screen::Decks), fired(0.0));
    page.update(Msg::Anew(true), fired(0.0));
    assert_eq!(page.take_focus().as_deref(), Some("anew-no"));
    assert!(by_id(&page.view(), "anew-yes").is_some());
    page.update(Msg::Anew(false), fired(0.0));
    assert!(by_id(&page.view(), "anew-yes").is_none() && page.market.done.len() == 1, "nothing was cleared");
    let kept = page.update(Msg::AnewNow, fired(0.0));
    assert!(matches!(&kept[..], [Effect::Keep("training-boxes", text)] if text == "0 0\n"), "{kept:?}");
    assert!(page.market.done.is_empty() && page.boxes.items.is_empty() && page.own.len() == 1);
    assert!(text_of(&page.view()).contains("The practice begins anew."));
}

#[test]
fn below_the_mark_nothing_is_told() {
    let mut page = training("en");
    page.update(Msg::Begin(0), fired(3.0));
    let mut last = Vec::new();
    for _ in 0..12 {
        page.update(Msg::Answer(Right::CannotTell), fired(0.0));
        last = page.update(Msg::Next, fired(0.0));
    }
    assert!(page.quiz.percent() < 80 && page.boxes.tries == 1);
    assert!(last.iter().all(|e| matches!(e, Effect::Top | Effect::Keep(..))), "{last:?}");
    assert!(text_of(&page.view()).contains("Not passed yet: 80 % are asked for."));
}

#[test]
fn a_deck_with_three_faults_is_told_by_line_and_not_taken_and_a_right_one_is() {
    for lang in LANGUAGES {
        let mut page = training(lang);
        page.update(Msg::Go(Screen::Decks), fired(0.0));
        let good = page.decks()[1].json().replacen(&page.words.t("train_deck_enforcers"), "Mine", 1);
        let bad = good
            .replacen("\"answer\": \"report\"", "\"answer\": \"maybe\"", 1)
            .replacen("\"group\": \"rhino\"", "\"group\": \"yeti\"", 1)
            .replacen("\"mark\": \"scale.ridges\"", "\"mark\": \"glow\"", 1);
        page.update(Msg::Read(Some(("x.json".into(), bad))), fired(0.0));
        assert_eq!((page.problems.len(), page.own.len()), (3, 0), "{lang}");
        assert_eq!(page.take_focus().as_deref(), Some("problems"));
        let text = text_of(&page.view());
        assert!(text.contains(&page.words.count("train_problems", 3)) && text.contains("yeti"), "{lang}: {text}");
        let kept = page.update(Msg::Read(Some(("x.json".into(), good))), fired(0.0));
        assert_eq!((page.problems.len(), page.own.len()), (0, 1), "{lang}");
        let [Effect::Keep("training-decks", text)] = &kept[..] else { panic!("{kept:?}") };
        let mut again = training(lang);
        again.update(Msg::Kept(None, Some(text.clone())), fired(0.0));
        assert_eq!(again.own, page.own);
        again.update(Msg::Drop(3), fired(0.0));
        assert!(again.own.is_empty());
    }
}

#[test]
fn the_presenter_uncovers_step_by_step() {
    let mut page = training("en");
    page.update(Msg::Present(1), fired(0.0));
    assert_eq!(page.take_focus().as_deref(), Some("forward"));
    let why = page.present.items[0].why.clone();
    for (step, shows) in [(0, false), (1, false), (2, false), (3, true)] {
        assert_eq!(text_of(&page.view()).contains(&why), shows, "{step}");
        page.update(Msg::Forward, fired(0.0));
    }
    let text = text_of(&page.view());
    assert!(text.contains("1 of "), "{text}");
    page.update(Msg::Forward, fired(0.0));
    assert!(text_of(&page.view()).contains("2 of "));
}
