//! How the quiz looks: its decks, one question a screen, the results, the certificate.

use super::decks::Deck;
use super::items::Right;
use super::market_view::{because, number, offer};
use super::quiz::{QUESTIONS, Sure, halves, mark_key};
use super::view::{button, title};
use super::{Msg, Screen, Training};
use crate::node::{El, On, el};
use crate::words::foreign;
use spotter_model::training::Told;

/// The whole screen.
pub fn view(page: &Training) -> Vec<El<Msg>> {
    if page.quiz.finished() {
        results(page)
    } else if page.quiz.running() {
        question(page)
    } else {
        choose(page)
    }
}

fn choose(page: &Training) -> Vec<El<Msg>> {
    let w = &page.words;
    let lead = w.say("train_quiz_lead", &[&number(w, QUESTIONS), &w.number(page.pass_mark())]);
    let decks = page.decks();
    let rows = decks.iter().enumerate().map(|(at, deck)| {
        el("li")
            .class("card")
            .kid(el("h2").id(format!("deck-{at}")).text(deck.title.clone()))
            .kid(el("p").class("muted").text(count(page, deck)))
            .kid(
                el("div").class("buttons").kid(
                    button("primary", w.t("train_quiz_begin"), Msg::Begin(at))
                        .id(format!("begin-{at}"))
                        .attr("aria-describedby", format!("deck-{at}")),
                ),
            )
    });
    let passed = page.state.as_ref().is_some_and(|s| s.training.is_some());
    let paper = passed.then(|| {
        el("div").class("buttons").kid(button("", w.t("train_certificate"), Msg::Go(Screen::Certificate)).id("paper"))
    });
    vec![title(w.t("train_quiz")), el("p").class("lead").text(lead)]
        .into_iter()
        .chain(goes(page))
        .chain([el("ul").class("decks").kids(rows)])
        .chain(paper)
        .collect()
}

/// How many items a deck has.
pub fn count(page: &Training, deck: &Deck) -> String {
    page.words.count("train_items", u32::try_from(deck.items.len()).unwrap_or(u32::MAX))
}

fn question(page: &Training) -> Vec<El<Msg>> {
    let w = &page.words;
    let quiz = &page.quiz;
    let Some((at, item)) = quiz.question() else { return Vec::new() };
    let heading = w.say("train_question", &[&number(w, at), &number(w, quiz.asked.len())]);
    let mut out =
        vec![title(heading), el("div").key(format!("offer-{at}")).class("card").kid(offer(w, item, None, "question"))];
    if let Some(given) = quiz.answer() {
        let worth = match halves(item.answer, given.answer) {
            2 => "train_answer_right",
            1 => "train_answer_half",
            _ => "train_answer_wrong",
        };
        let right = w.say("train_answer_is", &[&w.t(item.answer.key())]);
        let last = quiz.given.len() == quiz.asked.len();
        let on = if last { "train_results" } else { "train_next_question" };
        out.push(
            el("div")
                .key(format!("why-{at}"))
                .class(if worth == "train_answer_right" { "verdict good" } else { "verdict" })
                .attr("role", "status")
                .kid(el("p").kid(el("strong").text(w.t(worth))))
                .kid(el("p").text(right))
                .kids(because(page, item)),
        );
        out.push(el("div").class("buttons").kid(button("primary big", w.t(on), Msg::Next).id("next")));
        return out;
    }
    let sure = Sure::ALL.map(|sure| {
        let tick = el("input")
            .attr("type", "radio")
            .attr("name", "sure")
            .checked(quiz.sure == sure)
            .on(On::Change, Msg::Sure(sure));
        el("label").class("tick").kid(tick).kid(el("span").text(w.t(sure.key())))
    });
    out.push(
        el("fieldset")
            .key(format!("sure-{at}"))
            .class("sure-row")
            .kid(el("legend").text(w.t("train_how_sure")))
            .kids(sure),
    );
    let answers = Right::ALL.map(|right| button("answer", w.t(right.key()), Msg::Answer(right)).id(right.word()));
    out.push(el("div").key(format!("answers-{at}")).class("answers").kids(answers));
    out
}

fn results(page: &Training) -> Vec<El<Msg>> {
    let w = &page.words;
    let quiz = &page.quiz;
    let (score, mark) = (quiz.percent(), page.pass_mark());
    let passed = score >= mark;
    let said = if passed { "train_passed" } else { "train_not_passed" };
    let rows = quiz.by_mark().into_iter().map(|m| {
        el("tr")
            .kid(el("th").attr("scope", "row").text(w.t(mark_key(&m.mark))))
            .kid(el("td").text(w.say("train_of", &[&w.number(m.right), &w.number(m.asked)])))
    });
    let column = |key: &str| el("th").attr("scope", "col").text(w.t(key));
    let table = el("table")
        .kid(el("thead").kid(el("tr").kid(column("train_by_mark")).kid(column("train_right_answers"))))
        .kid(el("tbody").kids(rows));
    let surely = u32::try_from(quiz.surely_wrong()).unwrap_or(u32::MAX);
    let buttons = el("div")
        .class("buttons")
        .maybe(passed.then(|| button("primary", w.t("train_certificate"), Msg::Go(Screen::Certificate)).id("paper")))
        .kid(button("", w.t("train_quiz_again"), Msg::Leave).id("again"));
    let mut out = vec![
        title(w.t("train_results")),
        el("p").class("score").kid(el("strong").text(w.say("train_percent", &[&w.number(score)]))),
        el("p").text(w.say(said, &[&w.number(mark)])),
        el("p").text(w.count("train_surely_wrong", surely)),
        table,
    ];
    out.extend(goes(page).filter(|_| passed));
    out.extend(told(page).filter(|_| passed));
    out.push(buttons);
    out
}

/// What a pass tells the programme, where a round asks for the training.
fn goes(page: &Training) -> Option<El<Msg>> {
    Some(el("p").id("goes").kids(page.words.rich("train_goes", &[foreign(page.told_to()?).into()])))
}

/// Where the result of the last pass is, where it was to go anywhere.
pub fn told(page: &Training) -> Option<El<Msg>> {
    let (w, state) = (&page.words, page.state.as_ref()?);
    let house = state.enrolled.as_ref().map_or("", |e| &e.organisation);
    let said = match &state.training.as_ref()?.told {
        Told::Nobody => return None,
        Told::Waits => w.rich("train_told_waits", &[foreign(house).into()]),
        Told::Has { at } => w.rich("train_told_has", &[foreign(house).into(), el("span").text(w.moment(at)).into()]),
        Told::Refused => w.rich("train_told_refused", &[foreign(house).into()]),
    };
    Some(el("p").id("told").class("hint").attr("role", "status").kids(said))
}

/// What was passed, to be printed.
pub fn certificate(page: &Training) -> Vec<El<Msg>> {
    let w = &page.words;
    let state = page.state.as_ref();
    let Some(pass) = state.and_then(|s| s.training.as_ref()) else {
        return vec![title(w.t("train_certificate")), el("p").text(w.t("train_certificate_none"))];
    };
    let fact = |key: &str, value: El<Msg>| el("div").kid(el("dt").text(w.t(key))).kid(el("dd").kid(value));
    let plain = |text: String| el("span").text(text);
    let enrolled = state.and_then(|s| s.enrolled.as_ref());
    let facts = el("dl")
        .class("facts")
        .maybe(enrolled.map(|e| fact("options_pseudonym", foreign(&e.pseudonym))))
        .maybe(enrolled.map(|e| fact("options_organisation", foreign(&e.organisation))))
        .kid(fact("train_certificate_deck", foreign(&pass.deck)))
        .kid(fact("train_certificate_score", plain(w.say("train_percent", &[&w.number(pass.score)]))))
        .kid(fact("train_certificate_day", plain(w.moment(&pass.passed_on))))
        .maybe((!pass.round.is_empty()).then(|| fact("train_certificate_round", foreign(&pass.round))));
    vec![
        el("article")
            .class("card certificate")
            .kid(title(w.t("train_certificate")))
            .kid(facts)
            .kid(el("p").class("muted").text(w.t("train_certificate_text"))),
        el("div").class("buttons").kid(button("primary", w.t("train_print"), Msg::Print).id("print")),
    ]
}
