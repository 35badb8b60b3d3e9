//! The card of a check: when it is there, what it says, and what follows from each answer.

use super::super::{Effect, Msg as Outer, Panel, Sheet, Tag, view};
use super::{AGAIN, AuditAsk, Looked, Msg, Offer};
use crate::dom::{App, Fired};
use crate::node::testing::{by_id, text_of};
use crate::words::testing::{LANGUAGES, words};
use serde_json::json;
use spotter_model::SpotterPolicy;
use spotter_model::messages::{Answer, Ask, Enrolled, Findings, State};
use spotter_model::rounds::Rounds;

const TAB: i32 = 7;

fn findings(read: u32, waiting: u32) -> Findings {
    let url = "https://market.example/s".to_owned();
    Findings { url, read, waiting, gave_up: false, marks_gave_up: false, findings: Vec::new() }
}

fn state(one_in: u32) -> State {
    let round =
        serde_json::from_value(json!({ "id": "ivory", "name": "Ivory", "from": "2026-11-02", "until": "2026-11-29",
        "audit_one_in": one_in }))
        .expect("a round");
    let enrolled = Enrolled {
        organisation: "Programme".into(),
        origin: "https://programme.example".into(),
        pseudonym: "Heron".into(),
        policy: SpotterPolicy::default(),
        reports_made: 0,
    };
    let rounds = Some(Rounds { now: vec![round], ..Rounds::default() });
    State { rounds, enrolled: Some(enrolled), ..State::default() }
}

fn offer() -> Offer {
    let (title, price) = ("Synthetic carving".into(), "$ 12".into());
    Offer { listing: "a".repeat(32), tab_id: TAB, key: "k3".into(), title, price }
}

fn tag_of(effects: &[Effect]) -> Option<(AuditAsk, u8)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Ask(Tag::Audit(ask, tries), Ask::Audit(same)) if ask == same => Some((ask.clone(), *tries)),
        _ => None,
    })
}

fn look() -> AuditAsk {
    AuditAsk::Look { tab_id: TAB }
}

fn panel(lang: &str) -> Panel {
    let mut panel = Panel::new(words(lang), Some(TAB), 0.0);
    panel.state = Some(state(20));
    panel.shown.tab = Some(TAB);
    (panel.shown.granted, panel.shown.permission_known) = (true, true);
    panel
}

fn send(panel: &mut Panel, msg: Outer) -> Vec<Effect> {
    panel.update(msg, Fired::default())
}

fn answered(panel: &mut Panel, ask: AuditAsk, tries: u8, answer: Option<Answer>) -> Vec<Effect> {
    send(panel, Outer::Answered(Tag::Audit(ask, tries), answer))
}

fn offered(lang: &str) -> Panel {
    let mut panel = panel(lang);
    let effects = send(&mut panel, Outer::Findings(TAB, Some(findings(30, 0))));
    assert_eq!(tag_of(&effects), Some((look(), 0)));
    assert_eq!(answered(&mut panel, look(), 0, Some(Answer::Audit { offer: Some(offer()) })), []);
    // The browser has said whether the site is granted.
    panel.shown.permission_known = true;
    panel
}

fn say(panel: &mut Panel, answer: Option<Looked>) -> AuditAsk {
    let effects = send(panel, Outer::Audit(Msg::Say(answer)));
    let (asked, tries) = tag_of(&effects).expect("it is asked");
    assert_eq!((&asked, tries), (&AuditAsk::Say { listing: "a".repeat(32), answer }, 0));
    asked
}

#[test]
fn a_page_is_looked_at_once_it_was_read_and_only_where_a_round_has_checks() {
    let asks = |state: Option<State>, found: Findings| {
        let mut panel = panel("en");
        panel.state = state;
        tag_of(&send(&mut panel, Outer::Findings(TAB, Some(found)))).is_some()
    };
    assert!(asks(Some(state(20)), findings(30, 0)));
    assert!(!asks(Some(state(0)), findings(30, 0)), "no round has checks");
    assert!(!asks(Some(State { enrolled: None, ..state(20) }), findings(30, 0)), "not joined");
    assert!(!asks(Some(state(20)), findings(30, 2)), "it is still being read");
    assert!(!asks(Some(state(20)), findings(0, 0)), "nothing is there");
    assert!(!asks(None, findings(30, 0)), "nothing is known yet");

    // The same page is not looked at twice; one that shows more is.
    let mut panel = offered("en");
    assert_eq!(tag_of(&send(&mut panel, Outer::Findings(TAB, Some(findings(30, 0))))), None);
    assert!(tag_of(&send(&mut panel, Outer::Findings(TAB, Some(findings(40, 0))))).is_some());
    assert!(panel.audit.offer.is_some(), "what is offered stays meanwhile");

    // The rounds came after the page.
    let mut late = self::panel("en");
    late.state = None;
    send(&mut late, Outer::Findings(TAB, Some(findings(30, 0))));
    let told = Some(Answer::State(Box::new(state(20))));
    assert!(tag_of(&send(&mut late, Outer::Answered(Tag::State, told))).is_some());
}

#[test]
fn the_card_asks_in_every_language_and_is_gone_with_its_page() {
    for lang in LANGUAGES {
        let mut panel = offered(lang);
        let nodes = view::view(&panel);
        let text = text_of(&nodes);
        let w = words(lang);
        for key in [
            "audit_title",
            "audit_why",
            "audit_ask",
            "audit_protected",
            "audit_not",
            "audit_cannot_tell",
            "audit_later",
            "audit_sent",
        ] {
            assert!(text.contains(&w.t(key)), "{lang}: {key}");
        }
        assert!(text.contains("Synthetic carving") && text.contains("$ 12"), "{lang}");
        for id in ["audit-0", "audit-1", "audit-2", "audit-3", "audit-show"] {
            assert!(by_id(&nodes, id).is_some(), "{lang}: {id}");
        }
        let other = Findings { url: "https://market.example/other".into(), ..findings(30, 0) };
        send(&mut panel, Outer::Findings(TAB, Some(other)));
        assert!(by_id(&view::view(&panel), "audit").is_none(), "{lang}: another page");
    }
    let mut panel = offered("en");
    send(&mut panel, Outer::Findings(TAB, None));
    assert!(by_id(&view::view(&panel), "audit").is_none(), "no page");
    let mut panel = offered("en");
    panel.shown.tab = Some(TAB + 1);
    assert!(by_id(&view::view(&panel), "audit").is_none(), "another tab");
}

#[test]
fn an_answer_is_asked_for_once_and_the_next_one_follows() {
    for answer in [Some(Looked::Not), Some(Looked::CannotTell), None] {
        let mut panel = offered("en");
        let asked = say(&mut panel, answer);
        assert_eq!(send(&mut panel, Outer::Audit(Msg::Say(Some(Looked::Protected)))), [], "a second press");
        let nodes = view::view(&panel);
        assert!(by_id(&nodes, "audit-1").is_some_and(|b| b.get("disabled").is_some()));
        let effects = answered(&mut panel, asked, 0, Some(Answer::Audit { offer: None }));
        assert_eq!(tag_of(&effects), Some((look(), 0)), "{answer:?}");
        assert!(by_id(&view::view(&panel), "audit").is_none());
        assert_eq!(panel.said.1.contains("kept"), answer.is_some(), "\"not now\" is no answer");
    }
}

#[test]
fn what_the_detector_missed_can_be_reported() {
    let mut panel = offered("en");
    let asked = say(&mut panel, Some(Looked::Protected));
    let effects = answered(&mut panel, asked, 0, Some(Answer::Audit { offer: None }));
    assert_eq!(effects, [], "one thing at a time");
    let nodes = view::view(&panel);
    assert!(text_of(&nodes).contains(&words("en").t("audit_missed")));
    assert!(by_id(&nodes, "audit-report").is_some() && by_id(&nodes, "audit-1").is_none());
    let mut other = offered("en");
    let asked = say(&mut other, Some(Looked::Protected));
    answered(&mut other, asked, 0, Some(Answer::Audit { offer: None }));
    assert_eq!(tag_of(&send(&mut other, Outer::Audit(Msg::Done))), Some((look(), 0)));

    let effects = send(&mut panel, Outer::Audit(Msg::Report));
    assert_eq!(effects, [Effect::Ask(Tag::Prepare("k3".into()), Ask::Prepare { tab_id: TAB, key: "k3".into() })]);
    assert!(matches!(&panel.sheet, Sheet::Preparing { key } if key == "k3"));
}

#[test]
fn a_background_that_ended_is_asked_again_and_a_refusal_is_shown() {
    let mut panel = offered("en");
    let asked = say(&mut panel, Some(Looked::Not));
    for tries in 0..AGAIN {
        let again = answered(&mut panel, asked.clone(), tries, None);
        assert_eq!(tag_of(&again), Some((asked.clone(), tries + 1)));
    }
    assert_eq!(answered(&mut panel, asked.clone(), AGAIN, None), []);
    let text = text_of(&view::view(&panel));
    assert!(text.contains(&words("en").t("error_no_answer")) && panel.audit.offer.is_some(), "nothing is lost");
    // Another press asks anew.
    assert_eq!(say(&mut panel, Some(Looked::Not)), asked);
    let refused = Answer::Refused { message: "bg_storage".into(), args: Vec::new() };
    answered(&mut panel, asked, 0, Some(refused));
    assert!(text_of(&view::view(&panel)).contains(&words("en").t("bg_storage")));
}
