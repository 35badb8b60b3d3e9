//! Steps of the training page.

use super::testing::material;
use super::{Msg, Screen, Training};
use crate::dom::{App, Fired};
use crate::node::testing::{by_id, text_of};
use crate::words::testing::{LANGUAGES, words};

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

#[test]
fn a_file_that_cannot_be_read_is_said() {
    let mut page = Training::new(words("en"));
    page.update(Msg::Loaded(Err("cards.json".into())), Fired::default());
    assert!(text_of(&page.view()).contains("cards.json"));
}
