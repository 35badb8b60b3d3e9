//! Today's searches at the top of the panel, and the sheet of the one that is worked on.

use super::super::sheet::button;
use super::super::{Msg as Outer, Panel};
use super::{Msg, form};
use crate::node::{El, On, el};
use crate::words::{Words, foreign};
use spotter_model::InOrder;
use spotter_model::coding::{Item, Progress, SurveyShown, TaskShown};

/// The surveys that run today, and those of which something waits.
pub fn view(panel: &Panel) -> Vec<El<Outer>> {
    panel.surveys().filter(|s| s.running || s.waiting > 0).map(|s| survey(panel, s)).collect()
}

fn number(w: &Words, n: usize) -> String {
    w.number(u32::try_from(n).unwrap_or(u32::MAX))
}

fn survey(panel: &Panel, survey: &SurveyShown) -> El<Outer> {
    let w = &panel.words;
    let done = survey.tasks.iter().filter(|t| t.progress.done).count();
    let said = w.say("survey_searches", &[&number(w, done), &number(w, survey.tasks.len())]);
    let group = el("div").key(format!("survey-{}", survey.id)).class("round survey").attr("role", "group");
    let group = group.attr("aria-label", w.say("survey_label", &[&survey.title]));
    let group = group.maybe(survey.running.then(|| {
        let rules = |key: &str, rules: &[String]| {
            (!rules.is_empty()).then(|| {
                let rules = rules.iter().map(|rule| el("li").kid(foreign(rule)));
                el("div").kid(el("p").class("muted small").text(w.t(key))).kid(el("ul").class("rules").kids(rules))
            })
        };
        // What is left comes first.
        let mut tasks: Vec<&TaskShown> = survey.tasks.iter().collect();
        tasks.order_by_key(|t| t.progress.done);
        el("details")
            .id(format!("survey-{}", survey.id))
            .kid(
                el("summary")
                    .class("round-head")
                    .kid(
                        el("span")
                            .class("round-name")
                            .attr("dir", "auto")
                            .text(w.say("survey_label", &[&survey.title])),
                    )
                    .kid(el("span").class("round-week").text(said)),
            )
            .kid(el("p").attr("dir", "auto").text(survey.question.clone()))
            .kid(el("p").class("muted small").text(w.say("round_dates", &[&w.day(survey.from), &w.day(survey.until)])))
            .maybe(rules("survey_counts", &survey.inclusion))
            .maybe(rules("survey_counts_not", &survey.exclusion))
            .kid(el("p").class("muted small").text(w.t("survey_hint")))
            .kid(el("ul").class("tasks").kids(tasks.into_iter().map(|t| task(w, &survey.id, t))))
    }));
    group.maybe(waiting(w, survey))
}

/// What the endpoint does not have yet, and why.
fn waiting(w: &Words, survey: &SurveyShown) -> Option<El<Outer>> {
    (survey.waiting > 0).then(|| {
        let why = survey.trouble.as_ref().map(|(key, args)| {
            let sentence = crate::words::Sentence { key: key.clone(), args: args.clone() };
            el("span").text(format!(" {}", w.sentence(&sentence)))
        });
        el("p").class("muted small").kid(el("span").text(w.count("survey_waiting", survey.waiting))).maybe(why)
    })
}

fn progress(w: &Words, p: &Progress) -> String {
    w.say("survey_progress", &[&w.number(p.seen), &w.number(p.coded), &w.number(p.offered)])
}

fn task(w: &Words, survey: &str, shown: &TaskShown) -> El<Outer> {
    let task = &shown.task;
    let on = |step: Msg, key: &str, label: &str, id: &str| {
        button("", w.t(key), Outer::Survey(step))
            .id(format!("{id}-{}", task.id))
            .attr("aria-label", w.say(label, &[&task.term, &task.host]))
    };
    let of = (survey.to_owned(), task.id.clone());
    el("li")
        .key(task.id.clone())
        .class(if shown.progress.done { "task done" } else { "task" })
        .kid(
            el("p")
                .kid(foreign(&task.term).class("round-name").attr("lang", task.lang.clone()))
                .kid(el("span").class("muted").kid(foreign(&task.host)))
                .maybe(shown.progress.done.then(|| el("span").class("level reported").text(w.t("survey_done")))),
        )
        .kid(el("p").class("muted small").text(progress(w, &shown.progress)))
        .maybe(pages(w, &task.pages))
        .kid(
            el("div")
                .class("buttons")
                .kid(on(Msg::Search(of.0.clone(), of.1.clone()), "survey_search", "survey_search_label", "search"))
                .kid(on(Msg::Work(of.0, of.1), "survey_code", "survey_code_label", "work")),
        )
}

/// Which result pages are looked at, where they were drawn.
fn pages(w: &Words, pages: &[u32]) -> Option<El<Outer>> {
    let list = pages.iter().map(|n| w.number(*n)).collect::<Vec<_>>().join(&w.t("list_comma"));
    (!pages.is_empty()).then(|| el("p").class("small").text(w.say("survey_pages", &[&list])))
}

/// The sheet of the search that is worked on.
pub fn sheet(panel: &Panel, sheet: El<Outer>) -> El<Outer> {
    let w = &panel.words;
    let work = &panel.survey;
    let Some((survey, shown)) = panel.working() else {
        return sheet
            .kid(button("quiet back", w.t("report_back"), Outer::CloseSheet))
            .kid(el("h2").id("sheet-title").attr("tabindex", "-1").text(w.t("bg_survey_gone")));
    };
    let title = el("h2").id("sheet-title").attr("tabindex", "-1");
    let title = title.kid(foreign(&shown.task.term)).kid(el("span").class("muted").kid(foreign(&shown.task.host)));
    if let Some(item) = work.item() {
        return sheet
            .kid(button("quiet back", w.t("survey_items"), Outer::Survey(Msg::Items)))
            .kid(title)
            .kid(el("p").class("muted small").text(w.say("survey_place", &[&w.number(item.position)])))
            .kid(form::view(panel, item, survey.reports));
    }
    let here = panel.at_search();
    let far = work.task.as_ref().map_or(shown.progress, |task| task.progress);
    let items = work.task.as_ref().map(|task| task.items.as_slice()).unwrap_or_default();
    let left = items.iter().filter(|item| item.codings.is_empty()).count();
    let end = if far.done { "survey_again" } else { "survey_finish" };
    sheet
        .kid(button("quiet back", w.t("report_back"), Outer::CloseSheet))
        .kid(title)
        .kid(el("p").id("survey-far").text(progress(w, &far)))
        .maybe(survey.depth.map(|depth| el("p").class("muted small").text(w.say("survey_depth", &[&w.number(depth)]))))
        .maybe(pages(w, &shown.task.pages))
        .maybe((!here).then(|| {
            let page = panel
                .shown
                .findings
                .is_some()
                .then(|| button("", w.t("survey_take"), Outer::Survey(Msg::Take)).id("survey-take"));
            let (survey, task) = (survey.id.clone(), shown.task.id.clone());
            el("div").class("hint").kid(el("p").text(w.t("survey_elsewhere"))).kid(
                el("div")
                    .class("buttons")
                    .kid(
                        button("primary", w.t("survey_search"), Outer::Survey(Msg::Search(survey, task)))
                            .id("survey-search"),
                    )
                    .maybe(page),
            )
        }))
        .maybe(
            work.trouble
                .as_ref()
                .map(|t| el("p").id("sheet-why").class("trouble").attr("role", "alert").text(w.sentence(t))),
        )
        .kid(el("p").class("muted").text(w.t(match (items.len(), left) {
            (0, _) => "survey_none",
            (_, 0) => "survey_all",
            _ => "survey_left",
        })))
        .kid(el("ul").class("cards").kids(items.iter().map(|item| row(w, item))))
        .kid(el("div").class("buttons").kid(button("", w.t(end), Outer::Survey(Msg::Done(!far.done))).id("survey-end")))
}

fn row(w: &Words, item: &Item) -> El<Outer> {
    let title = if item.title.is_empty() { w.t("card_untitled") } else { item.title.clone() };
    let state = match (&item.draft, item.codings.is_empty()) {
        (Some(_), _) => Some("survey_item_begun"),
        (None, false) => Some("survey_item_coded"),
        _ => None,
    };
    let open = el("button")
        .attr("type", "button")
        .id(format!("code-{}", item.listing))
        .class("item")
        .on(On::Click, Outer::Survey(Msg::Open(item.listing.clone())))
        .kid(el("span").class("item-title").attr("dir", "auto").text(title))
        .maybe(state.map(|key| el("span").class("muted small").text(w.t(key))));
    el("li").key(item.listing.clone()).kid(open)
}
