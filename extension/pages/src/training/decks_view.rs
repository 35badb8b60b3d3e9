//! How a trainer's decks and the presenter look.

use super::market_view::{because, found, number, offer};
use super::present::Step;
use super::quiz_view::count;
use super::view::{button, title};
use super::{Form, Msg, Screen, Training, cards_view};
use crate::node::{El, On, el};
use crate::words::foreign;

/// Decks in and out.
pub fn view(page: &Training) -> Vec<El<Msg>> {
    let w = &page.words;
    let mut out = vec![title(w.t("train_decks")), el("p").class("lead").text(w.t("train_decks_lead"))];
    let decks = page.decks();
    let starters = decks.len() - page.own.len();
    out.push(el("ul").class("decks").kids(decks.iter().enumerate().map(|(at, deck)| {
        let named = |label: &str, act: Msg, id: &str| {
            button("", w.t(label), act).id(format!("{id}-{at}")).attr("aria-describedby", format!("deck-{at}"))
        };
        el("li")
            .class("card")
            .kid(el("h2").id(format!("deck-{at}")).kid(foreign(&deck.title)))
            .kid(el("p").class("muted").text(count(page, deck)))
            .kid(
                el("div")
                    .class("buttons")
                    .kid(named("train_present", Msg::Present(at), "present"))
                    .kid(named("train_save_json", Msg::Save(at, Form::Json), "json"))
                    .kid(named("train_save_csv", Msg::Save(at, Form::Csv), "csv"))
                    .maybe((at >= starters).then(|| named("train_drop", Msg::Drop(at), "drop"))),
            )
    })));
    let field = el("input")
        .id("deck-file")
        .attr("type", "file")
        .attr("accept", ".json,.csv,application/json,text/csv")
        .attr("aria-describedby", "deck-hint")
        .on(On::Change, Msg::Chosen);
    out.push(
        el("section")
            .class("card")
            .attr("aria-labelledby", "h-import")
            .kid(el("h2").id("h-import").text(w.t("train_import")))
            .kid(el("label").attr("for", "deck-file").text(w.t("train_import_file")))
            .kid(field)
            .kid(el("p").id("deck-hint").class("muted").text(w.t("train_import_hint")))
            .maybe((!page.problems.is_empty()).then(|| problems(page))),
    );
    out.push(anew(page));
    out
}

/// Everything from the beginning, for the next class: one button, and a question first.
fn anew(page: &Training) -> El<Msg> {
    let w = &page.words;
    let buttons = if page.anew {
        vec![
            button("", w.t("train_anew_no"), Msg::Anew(false)).id("anew-no"),
            button("danger", w.t("train_anew_yes"), Msg::AnewNow).id("anew-yes"),
        ]
    } else {
        vec![button("", w.t("train_anew"), Msg::Anew(true)).id("anew")]
    };
    el("section")
        .class("card")
        .attr("aria-labelledby", "h-anew")
        .kid(el("h2").id("h-anew").text(w.t("train_anew_head")))
        .kid(el("p").id("anew-hint").class("muted").text(w.t("train_anew_text")))
        .kid(el("div").class("buttons").kids(buttons.into_iter().map(|b| b.attr("aria-describedby", "anew-hint"))))
}

fn problems(page: &Training) -> El<Msg> {
    let w = &page.words;
    let rows = page.problems.iter().map(|p| {
        let (line, what) = (el("strong").text(number(w, p.line)).into(), foreign(&w.sentence(&p.what)).into());
        el("li").kids(w.rich("train_problem", &[line, what]))
    });
    el("div")
        .id("problems")
        .class("trouble")
        .attr("role", "alert")
        .attr("tabindex", "-1")
        .kid(el("p").text(w.count("train_problems", u32::try_from(page.problems.len()).unwrap_or(u32::MAX))))
        .kid(el("ul").class("rules").kids(rows))
}

/// A deck before a class.
pub fn presenter(page: &Training) -> Vec<El<Msg>> {
    let w = &page.words;
    let present = &page.present;
    let Some(item) = present.item() else { return vec![title(w.t("train_present"))] };
    let shows = |step: Step| present.step >= step;
    let where_we_are = w.say("train_question", &[&number(w, present.at + 1), &number(w, present.items.len())]);
    let mut bare = item.clone();
    if !shows(Step::Text) {
        (bare.text, bare.price, bare.seen, bare.picture) = (String::new(), String::new(), String::new(), None);
    }
    let mark = present.marks.get(&item.id).filter(|_| shows(Step::Detector));
    let mut slide = el("div").key(item.id.clone()).class("slide").kid(offer(w, &bare, mark, "slide-title"));
    if shows(Step::Detector) {
        slide = slide.kid(match mark {
            Some(mark) => found(w, mark),
            None => el("p").class("found").text(w.t("train_detector_none")),
        });
    }
    if shows(Step::Answer) {
        slide = slide.kid(
            el("div")
                .class("verdict good")
                .kid(el("p").kid(el("strong").text(w.t(item.answer.key()))))
                .kids(because(page, item).into_iter().take(1)),
        );
    }
    let card = page.material.as_ref().and_then(|m| m.card(&item.card)).filter(|_| shows(Step::Card));
    if let Some(card) = card {
        let picture = (!card.drawing.is_empty()).then(|| cards_view::drawing(card, true));
        slide = slide.kid(
            el("div").class("slide-card").maybe(picture).kid(
                el("div")
                    .kid(el("h3").attr("lang", card.lang).text(card.text.title.clone()))
                    .kid(el("p").attr("lang", card.lang).text(card.text.mark.clone())),
            ),
        );
    }
    let forward = button("primary big", w.t("train_forward"), Msg::Forward).id("forward");
    let forward = if present.at_end() { forward.attr("aria-disabled", "true") } else { forward };
    vec![
        el("div").class("slide-head").kid(title(present.deck.clone())).kid(el("p").class("muted").text(where_we_are)),
        slide.attr("aria-live", "polite"),
        el("div")
            .class("buttons slide-keys")
            .kid(forward)
            .kid(button("", w.t("train_previous"), Msg::Back).id("backward"))
            .kid(button("", w.t("train_present_end"), Msg::Go(Screen::Decks)).id("end"))
            .kid(el("p").class("muted").text(w.t("train_present_keys"))),
    ]
}
