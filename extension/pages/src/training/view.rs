//! How the training looks: the frame that says on every screen that this is practice, and the first screen.

use super::cards::Card;
use super::{Msg, Screen, Training, cards_view, decks_view, market_view, quiz_view};
use crate::node::{El, Node, On, el};
use crate::options::view::section;
use crate::words::Words;

/// The whole page.
pub fn view(page: &Training) -> Vec<Node<Msg>> {
    let w = &page.words;
    let head = el("header")
        .class("page-head")
        .kid(el("p").class("practice").text(w.t("train_practice")))
        .kid(el("p").class("brand").text(w.t("train_title")))
        .kid(nav(page));
    let mut main = el("main").class(match page.screen {
        Screen::Present => "presenting",
        _ => "",
    });
    if let Some(why) = &page.trouble {
        main = main.kid(el("p").class("trouble").attr("role", "alert").text(w.say("error_unknown", &[why])));
    }
    let notice = el("div")
        .class("notice")
        .attr("role", "status")
        .maybe(page.notice.as_ref().map(|n| el("p").text(w.sentence(n))));
    main = main.kid(notice);
    main = match &page.screen {
        Screen::Start => main.kids(start(page)),
        Screen::Market => main.kids(market_view::view(page)),
        Screen::Cards => main.kids(cards_view::cards(page)),
        Screen::Card(id) => {
            main.kids(page.material.as_ref().and_then(|m| m.card(id)).map(|c| cards_view::card(page, c)))
        }
        Screen::Quiz => main.kids(quiz_view::view(page)),
        Screen::Certificate => main.kids(quiz_view::certificate(page)),
        Screen::Decks => main.kids(decks_view::view(page)),
        Screen::Present => main.kids(decks_view::presenter(page)),
    };
    vec![head.into(), main.into()]
}

/// The heading of a screen; it takes the focus when the screen changes.
pub fn title(text: String) -> El<Msg> {
    el("h1").id("title").attr("tabindex", "-1").text(text)
}

/// A button.
pub fn button(class: &str, label: String, act: Msg) -> El<Msg> {
    el("button").attr("type", "button").class(class).on(On::Click, act).text(label)
}

/// The way to a card.
pub fn to_card(w: &Words, card: &Card) -> El<Msg> {
    let name = el("span").attr("lang", card.lang).text(card.text.title.clone()).into();
    el("button")
        .attr("type", "button")
        .class("quiet card-link")
        .on(On::Click, Msg::Go(Screen::Card(card.id.clone())))
        .kids(w.rich("train_see_card", &[name]))
}

fn nav(page: &Training) -> El<Msg> {
    let w = &page.words;
    let tabs = [
        (Screen::Start, "train_start"),
        (Screen::Market, "train_market"),
        (Screen::Cards, "train_cards"),
        (Screen::Quiz, "train_quiz"),
        (Screen::Decks, "train_decks"),
    ];
    let items = tabs.into_iter().map(|(to, key)| {
        let here = match &page.screen {
            Screen::Card(_) => to == Screen::Cards,
            Screen::Certificate => to == Screen::Quiz,
            Screen::Present => to == Screen::Decks,
            shown => *shown == to,
        };
        let tab = button(if here { "tab here" } else { "tab" }, w.t(key), Msg::Go(to));
        el("li").kid(if here { tab.attr("aria-current", "page") } else { tab })
    });
    el("nav").attr("aria-label", w.t("train_title")).kid(el("ul").class("tabs").kids(items))
}

fn start(page: &Training) -> Vec<El<Msg>> {
    let w = &page.words;
    let rules = [
        "options_rule_contact",
        "options_rule_buy",
        "train_rule_test",
        "options_rule_profile",
        "options_rule_likely",
        "options_rule_care",
        "train_rule_tell",
    ];
    let passed = page.state.as_ref().and_then(|s| s.training.as_ref()).map(|pass| {
        el("p").class("hint").text(w.say("train_passed_on", &[&w.moment(&pass.passed_on), &w.number(pass.score)]))
    });
    vec![
        title(w.t("train_welcome")),
        el("p").class("lead").text(w.t("train_lead")),
        section(w, "h-rules", "train_rules")
            .kid(el("ul").class("rules").kids(rules.map(|key| el("li").text(w.t(key))))),
        el("div").class("buttons").kid(button("primary big", w.t("train_begin"), Msg::Go(Screen::Market)).id("begin")),
    ]
    .into_iter()
    .chain(passed)
    .chain(quiz_view::told(page))
    .collect()
}
