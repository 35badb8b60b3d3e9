//! How the first-run page looks.

use super::{Msg, Welcome};
use crate::node::{El, Node, On, el};
use crate::options::view::{profile, rules, section, told};
use spotter_model::messages::State;

/// The whole page.
pub fn view(page: &Welcome) -> Vec<Node<Msg>> {
    let w = &page.words;
    let head =
        el("header").class("page-head").kid(el("h1").text(w.t("welcome_title"))).kid(el("p").text(w.t("welcome_lead")));
    let mut sent = vec!["welcome_sent_report", "welcome_sent_holds", "welcome_sent_asks"];
    if page.firefox {
        sent.push("welcome_sent_firefox");
    }
    let mut main = el("main")
        .kid(told(
            w,
            "h-read",
            "welcome_read_heading",
            &["welcome_read_here", "welcome_read_sites", "welcome_read_never", "options_private_text"],
        ))
        .kid(told(w, "h-sent", "welcome_sent_heading", &sent))
        .kid(told(w, "h-others", "welcome_others_heading", &["welcome_others_text"]))
        .kid(profile(w, page.firefox))
        .kid(section(w, "h-rules", "options_rules_heading").kid(rules(w)))
        .kid(told(w, "h-leave", "welcome_leave_heading", &["welcome_leave_text"]));
    if page.silent {
        main = main.kid(el("p").class("trouble").text(w.t("error_no_answer")));
    }
    if let Some(state) = &page.state {
        main = main.kid(next(page, state));
    }
    vec![head.into(), main.into()]
}

/// What is to be done here: agree, then join, then go on.
fn next(page: &Welcome, state: &State) -> El<Msg> {
    let w = &page.words;
    let notice = el("div")
        .class("notice")
        .attr("role", "status")
        .maybe(page.notice.as_ref().map(|n| el("p").text(w.sentence(n))));
    let settings = || {
        el("div").class("buttons").kid(
            el("button")
                .id("settings")
                .attr("type", "button")
                .on(On::Click, Msg::Settings)
                .text(w.t("welcome_settings")),
        )
    };
    if !state.agreed {
        return section(w, "h-agree", "welcome_agree_heading").kid(notice).kid(agreement(page));
    }
    if state.enrolled.is_none() {
        return section(w, "h-join", "join_title")
            .kid(notice)
            .kid(page.join.view(w, Msg::JoinTyped, Msg::JoinSubmit))
            .kid(settings());
    }
    let done = page.notice.is_none().then(|| el("p").text(w.t("welcome_agreed")));
    section(w, "h-agree", "welcome_agree_heading").kid(notice).maybe(done).kid(settings())
}

fn agreement(page: &Welcome) -> El<Msg> {
    let w = &page.words;
    let tick = |id: &'static str, on: bool, msg: Msg, key: &str| {
        let mut input = el("input").id(id).attr("type", "checkbox").checked(on).on(On::Change, msg);
        if page.trouble.is_some() && !on {
            input = input.attr("aria-invalid", "true").attr("aria-describedby", "agree-error");
        }
        el("label").class("tick").kid(input).kid(el("span").text(w.t(key)))
    };
    el("form")
        .id("agree")
        .attr("novalidate", "")
        .on(On::Submit, Msg::Agree)
        .kid(tick("adult", page.adult, Msg::Adult, "welcome_adult"))
        .kid(tick("rules", page.rules, Msg::Rules, "welcome_rules_box"))
        .maybe(
            page.trouble
                .as_ref()
                .map(|why| el("p").id("agree-error").class("error").attr("role", "alert").text(w.sentence(why))),
        )
        .kid(
            el("div")
                .class("buttons")
                .kid(el("button").class("primary big").attr("type", "submit").text(w.t("welcome_agree"))),
        )
}
