//! How the identification cards look.

use super::cards::Card;
use super::view::{button, title};
use super::{Msg, Screen, Training};
use crate::law;
use crate::node::{El, On, el};
use crate::parts::{GROUPS, group_key};
use crate::words::{Words, foreign};
use spotter_model::marks;
use spotter_model::messages::LawHere;

/// A group's choice: all, or one.
fn groups(w: &Words, chosen: Option<spotter_model::Group>) -> El<Msg> {
    let option =
        |value: &str, label: String, on: bool| el("option").attr("value", value).flag("selected", on).text(label);
    el("div").class("choose").kid(el("label").attr("for", "group").text(w.t("train_group"))).kid(
        el("select")
            .id("group")
            .on(On::Change, Msg::Group)
            .kid(option("", w.t("train_all"), chosen.is_none()))
            .kids(GROUPS.map(|g| option(g.word(), w.t(group_key(g)), chosen == Some(g)))),
    )
}

/// All cards.
pub fn cards(page: &Training) -> Vec<El<Msg>> {
    let w = &page.words;
    let mut out = vec![title(w.t("train_cards")), el("p").class("lead").text(w.t("train_cards_lead"))];
    let Some(material) = &page.material else { return out };
    if w.lang() != "en" && material.cards.iter().all(|c| c.lang == "en") {
        out.push(el("p").class("hint").text(w.t("train_cards_english")));
    }
    out.push(groups(w, page.group));
    let shown = material.cards.iter().filter(|c| page.group.is_none_or(|g| c.groups.contains(&g)));
    out.push(el("ul").class("card-list").kids(shown.map(|c| {
        let picture = (!c.drawing.is_empty()).then(|| drawing(c, false));
        let words = el("span").class("card-words");
        let words = words.kid(el("strong").attr("lang", c.lang).text(c.text.title.clone())).maybe(draft(w, c));
        let open = el("button")
            .attr("type", "button")
            .class("card-open")
            .on(On::Click, Msg::Go(Screen::Card(c.id.clone())))
            .kid(words)
            .maybe(picture);
        el("li").key(c.id.clone()).kid(open)
    })));
    out
}

/// A card's drawing. In a list its title says enough.
pub fn drawing<A>(card: &Card, told: bool) -> El<A> {
    let alt = if told { card.text.alt.as_str() } else { "" };
    el("img")
        .class("drawing")
        .attr("src", format!("../training/drawings/{}.svg", card.drawing))
        .attr("width", "240")
        .attr("height", "160")
        .attr("alt", alt)
        .attr("lang", card.lang)
}

fn draft(w: &Words, card: &Card) -> Option<El<Msg>> {
    card.signed.is_none().then(|| el("span").class("draft").text(w.t("train_draft")))
}

/// What the law of a country asks of such things. None is chosen beforehand: a class is anywhere.
fn rule_in(page: &Training, here: &LawHere) -> El<Msg> {
    let w = &page.words;
    let option = |value: &str, label: String| {
        el("option").attr("value", value).flag("selected", page.country == value).text(label)
    };
    let choose = el("div").class("choose").kid(el("label").attr("for", "country").text(w.t("train_law_country"))).kid(
        el("select")
            .id("country")
            .on(On::Change, Msg::Country)
            .kid(option("", w.t("train_law_choose")))
            .kids(here.countries.iter().map(|code| option(code, w.country(code)))),
    );
    el("section")
        .class("card-law")
        .kid(el("h2").text(w.t("train_law")))
        .kid(choose)
        // Until the answer about another country is there, the old one's rules would be taken for its own.
        .maybe((!here.country.is_empty() && here.country == page.country).then(|| law::view(w, here, false)))
}

/// One card.
pub fn card(page: &Training, card: &Card) -> El<Msg> {
    let w = &page.words;
    let part = |key: &str, text: &str| {
        el("section").kid(el("h2").text(w.t(key))).kid(el("p").attr("lang", card.lang).text(text.to_owned()))
    };
    let signed = match &card.signed {
        None => el("p").class("hint").text(w.t("train_draft_text")),
        Some(signed) => {
            let args = [foreign(&signed.by).into(), el("span").text(w.day(signed.on)).into()];
            el("p").class("muted").kids(w.rich("train_signed", &args))
        }
    };
    let boxes = |ids: &[String]| -> Vec<El<Msg>> {
        ids.iter().filter_map(|id| marks::by_id(id)).map(|m| el("li").text(w.t(m.key))).collect()
    };
    let list = |key: &str, ids: &[String]| {
        (!ids.is_empty())
            .then(|| el("section").kid(el("h2").text(w.t(key))).kid(el("ul").class("rules").kids(boxes(ids))))
    };
    let sources = page.material.iter().flat_map(|m| &m.sources).filter(|s| card.sources.contains(&s.id));
    let sources =
        sources.map(|s| el("li").attr("lang", "en").attr("dir", "ltr").text(format!("{} ({})", s.title, s.year)));
    let about = w.list(card.groups.iter().map(|g| el("span").text(w.t(group_key(*g))).into()).collect());
    el("article")
        .key(card.id.clone())
        .class("card one-card")
        .kid(title(card.text.title.clone()).attr("lang", card.lang))
        .kid(el("p").class("muted").kids(about))
        .kid(signed)
        .maybe((!card.drawing.is_empty()).then(|| drawing(card, true)))
        .kid(part("train_card_mark", &card.text.mark))
        .kid(part("train_card_lookalike", &card.text.lookalike))
        .kid(part("train_card_limits", &card.text.limits))
        .kid(part("train_card_ask", &card.text.ask))
        .maybe(list("train_card_marks", &card.marks))
        .maybe(list("train_card_against", &card.against))
        .maybe(page.law.as_ref().map(|here| rule_in(page, here)))
        .kid(el("section").kid(el("h2").text(w.t("train_card_sources"))).kid(el("ul").class("sources").kids(sources)))
        .kid(el("div").class("buttons").kid(button("", w.t("train_cards_back"), Msg::Go(Screen::Cards)).id("back")))
}
