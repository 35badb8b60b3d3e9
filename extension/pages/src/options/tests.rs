//! Steps of the options page.

use super::{Effect, Msg, Options, Tag};
use crate::dom::{App, Fired};
use crate::node::testing::text_of;
use crate::words::testing::words;
use spotter_model::SpotterPolicy;
use spotter_model::messages::{Answer, Ask, Enrolled, ProgrammeWords, State};

fn options() -> Options {
    let mut page = Options::new(words("en"), false);
    send(
        &mut page,
        Msg::Answered(Tag::State, Some(Answer::State(Box::new(State { agreed: true, ..State::default() })))),
    );
    page
}

fn send(page: &mut Options, msg: Msg) -> Vec<Effect> {
    page.update(msg, Fired::default())
}

fn typed(page: &mut Options, msg: Msg, value: &str) {
    page.update(msg, Fired { value: value.into(), ..Fired::default() });
}

#[test]
fn a_site_is_asked_for_by_its_pattern_and_wrong_ones_never() {
    let mut page = options();
    typed(&mut page, Msg::SiteTyped, "https://www.market.example/search?q=1");
    assert_eq!(
        send(&mut page, Msg::SiteSubmit),
        [Effect::Request(vec!["https://www.market.example/*".into()], "www.market.example".into())]
    );
    assert_eq!(
        send(&mut page, Msg::SiteAnswered("www.market.example".into(), true)),
        [Effect::Ask(Tag::State, Ask::SyncSites)]
    );
    assert!(page.site.is_empty());
    for (wrong, says) in [("*", "not a site's address"), ("http://market.example", "Only https")] {
        typed(&mut page, Msg::SiteTyped, wrong);
        assert_eq!(send(&mut page, Msg::SiteSubmit), []);
        assert!(text_of(&page.view()).contains(says), "{wrong}");
        assert_eq!(page.take_focus().as_deref(), Some("site"));
        assert_eq!(page.site, wrong, "what was typed is kept");
    }
}

#[test]
fn leaving_asks_first() {
    let mut page = options();
    assert_eq!(send(&mut page, Msg::AskLeave), []);
    assert_eq!(page.take_focus().as_deref(), Some("stay"));
    assert_eq!(send(&mut page, Msg::Leave), [Effect::Ask(Tag::Leave, Ask::Leave { unsent: false })]);
    let refused = Answer::Refused { message: "bg_leave_outbox".into(), args: vec!["2".into()] };
    send(&mut page, Msg::Answered(Tag::Leave, Some(refused)));
    assert!(text_of(&page.view()).contains("You did not leave"));
}

#[test]
fn a_dead_background_is_said_and_nothing_is_lost() {
    let mut page = options();
    typed(&mut page, Msg::JoinTyped, &format!("https://reports.example/join#{}.CODE-1234", "A".repeat(43)));
    send(&mut page, Msg::JoinSubmit);
    send(&mut page, Msg::Answered(Tag::Join, None));
    assert!(page.join.link.contains("CODE-1234") && !page.join.working);
    assert!(text_of(&page.view()).contains("does not answer"));
}

#[test]
fn nothing_is_shown_as_fact_before_the_background_answered() {
    let page = Options::new(words("en"), false);
    assert!(!text_of(&page.view()).contains("Quiet"));
    assert_eq!(page.state, None::<State>);
}

#[test]
fn false_alarms_are_sent_only_after_the_browsers_own_question() {
    let mut page = options();
    let on = Fired { checked: true, ..Fired::default() };
    assert_eq!(page.update(Msg::Share, on), [Effect::RequestTechnicalData]);
    assert!(send(&mut page, Msg::ShareAnswered(false)).is_empty());
    assert!(text_of(&page.view()).contains("false alarms stay on this device"));
    let asks = |share| [Effect::Ask(Tag::Switch, Ask::ShareAlarms { share })];
    assert_eq!(send(&mut page, Msg::ShareAnswered(true)), asks(true));
    assert_eq!(send(&mut page, Msg::Share), asks(false));
}

#[test]
fn being_asked_again_is_off_until_it_is_switched_on() {
    let mut page = options();
    assert!(!page.state.clone().unwrap_or_default().ask_again);
    for wanted in [true, false] {
        let fired = Fired { checked: wanted, ..Fired::default() };
        assert_eq!(page.update(Msg::AskAgain, fired), [Effect::Ask(Tag::Switch, Ask::AskMeAgain { wanted })]);
    }
}

#[test]
fn a_profile_of_its_own_is_told_here_too() {
    for firefox in [false, true] {
        let page = Options::new(words("en"), firefox);
        assert_eq!(text_of(&page.view()).contains("about:profiles"), firefox);
    }
}

#[test]
fn the_programmes_words_say_how_they_stand_and_why_others_are_refused() {
    let enrolled = Enrolled {
        organisation: "Example Network".into(),
        origin: "https://reports.example".into(),
        pseudonym: "quiet-heron".into(),
        policy: SpotterPolicy::default(),
        reports_made: 1,
    };
    let mut words =
        ProgrammeWords { asked_at: "2026-11-27T00:00:00.000Z".into(), spellings: 41, ..ProgrammeWords::default() };
    let mut shown = |change: fn(&mut ProgrammeWords)| {
        change(&mut words);
        let state = State { enrolled: Some(enrolled.clone()), words: Some(words.clone()), ..State::default() };
        let mut page = options();
        send(&mut page, Msg::Answered(Tag::State, Some(Answer::State(Box::new(state)))));
        text_of(&page.view())
    };
    let text = shown(|_| ());
    assert!(text.contains("None yet") && text.contains("Last asked for") && !text.contains("Spellings"), "{text}");
    let text = shown(|w| {
        (w.version, w.expires, w.in_use) = ("2026.11.26".into(), "2027-11-26".parse().ok(), true);
        w.trouble = Some(("bg_pack_older".into(), vec![]));
    });
    for part in ["2026.11.26, until", "Spellings in them", "41", "The newer ones stay."] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("Not in use"));
    assert!(shown(|w| w.in_use = false).contains("Not in use now."));
}

#[test]
fn erasing_takes_what_the_training_keeps_as_well() {
    let mut page = options();
    let effects = page.update(Msg::Answered(Tag::Erase, Some(Answer::State(Box::default()))), Fired::default());
    assert_eq!(effects, [Effect::ForgetTraining]);
    let refused = Answer::Refused { message: "bg_storage".into(), args: vec![] };
    assert_eq!(page.update(Msg::Answered(Tag::Erase, Some(refused)), Fired::default()), [], "nothing was erased");
}
