//! Steps of the first-run page.

use super::{Effect, Msg, Tag, Welcome};
use crate::dom::{App, Fired};
use crate::node::testing::text_of;
use crate::words::testing::words;
use spotter_model::messages::{Answer, Ask, State};

fn welcome(state: State) -> Welcome {
    let mut page = Welcome::new(words("en"), false);
    page.update(Msg::Answered(Tag::State, Some(Answer::State(Box::new(state)))), Fired::default());
    page
}

fn tick(page: &mut Welcome, msg: Msg) {
    page.update(msg, Fired { checked: true, ..Fired::default() });
}

#[test]
fn both_boxes_or_nothing() {
    for (boxes, asks, focus) in [
        (&[][..], false, Some("adult")),
        (&[Msg::Adult][..], false, Some("rules")),
        (&[Msg::Rules][..], false, Some("adult")),
        (&[Msg::Adult, Msg::Rules][..], true, None),
    ] {
        let mut page = welcome(State::default());
        for msg in boxes {
            tick(&mut page, msg.clone());
        }
        let effects = page.update(Msg::Agree, Fired::default());
        let wanted = [Effect::Ask(Tag::Agree, Ask::Agree { adult: true, rules: true })];
        assert_eq!(effects == wanted, asks, "{boxes:?}");
        assert_eq!(page.take_focus().as_deref(), focus, "{boxes:?}");
        assert_eq!(text_of(&page.view()).contains("Tick both boxes"), !asks, "{boxes:?}");
    }
}

#[test]
fn the_invitation_is_asked_for_after_the_agreement_and_never_before() {
    let page = welcome(State::default());
    assert!(!text_of(&page.view()).contains("Invitation link"));
    let mut page = welcome(State { agreed: true, ..State::default() });
    assert!(text_of(&page.view()).contains("Invitation link"));
    let link = format!("https://reports.example/join#{}.CODE-1234", "A".repeat(43));
    page.update(Msg::JoinTyped, Fired { value: link.clone(), ..Fired::default() });
    assert_eq!(
        page.update(Msg::JoinSubmit, Fired::default()),
        [Effect::Ask(Tag::Join, Ask::Enrol { link: link.clone() })]
    );
    page.update(Msg::Answered(Tag::Join, None), Fired::default());
    assert_eq!((page.join.link, page.join.working), (link, false), "what was typed is kept");
}

#[test]
fn each_browser_is_told_its_own_way_to_a_profile() {
    let says = |firefox| text_of(&Welcome::new(words("en"), firefox).view()).contains("about:profiles");
    assert!(says(true) && !says(false));
}
