//! How the options page looks.

use super::{Msg, Options};
use crate::node::{El, Node, On, el};
use crate::site;
use crate::words::{Sentence, Words, foreign};
use spotter_model::messages::{Enrolled, State};

/// The whole page.
pub fn view(page: &Options) -> Vec<Node<Msg>> {
    let w = &page.words;
    let head = el("header").class("page-head").kid(el("h1").text(w.t("options_title")));
    let mut main = el("main").kid(
        el("div")
            .class("notice")
            .attr("role", "status")
            .maybe(page.notice.as_ref().map(|n| el("p").text(w.sentence(n)))),
    );
    if page.silent {
        main = main.kid(el("p").class("trouble").text(w.t("error_no_answer")));
    }
    if let Some(state) = &page.state {
        main = main
            .kid(section(w, "h-join", "options_join_heading").kids(join(page, state)))
            .kid(section(w, "h-sites", "options_sites_heading").kids(sites(page, state)))
            .kid(section(w, "h-marks", "options_marks_heading").kids(marks(w, state)))
            .maybe(page.data.view(w));
    }
    main = main.kid(section(w, "h-keys", "options_keys_heading").kids(keys(page))).kid(profile(w, page.firefox)).kid(
        section(w, "h-rules", "options_rules_heading")
            .kid(rules(w))
            .kid(el("p").kid(training(w)))
            .kid(el("div").class("buttons").kid(button("", w.t("options_again"), Msg::Welcome).id("welcome-again"))),
    );
    vec![head.into(), main.into()]
}

/// A section with its heading.
pub fn section<A>(w: &Words, id: &'static str, key: &str) -> El<A> {
    el("section")
        .key(id)
        .class("card")
        .attr("aria-labelledby", id)
        .kid(el("h2").id(id).attr("tabindex", "-1").text(w.t(key)))
}

/// A section of plain paragraphs.
pub fn told<A>(w: &Words, id: &'static str, heading: &str, texts: &[&str]) -> El<A> {
    section(w, id, heading).kids(texts.iter().map(|key| el("p").text(w.t(key))))
}

/// Why a browser profile of its own, and how.
pub fn profile<A>(w: &Words, firefox: bool) -> El<A> {
    let how = if firefox { "welcome_profile_firefox" } else { "welcome_profile_chromium" };
    told(w, "h-profile", "welcome_profile_heading", &["welcome_profile_why", how])
}

fn button(class: &str, label: String, act: Msg) -> El<Msg> {
    el("button").attr("type", "button").class(class).on(On::Click, act).text(label)
}

fn join(page: &Options, state: &State) -> Vec<El<Msg>> {
    let w = &page.words;
    let Some(enrolled) = &state.enrolled else {
        let form = page.join.view_after_agreeing(w, state.agreed, Msg::JoinTyped, Msg::JoinSubmit, Msg::Welcome);
        return vec![form];
    };
    let leave = if page.leaving {
        let unsent = state.unsent();
        el("div")
            .class("sure")
            .attr("role", "alert")
            .kid(el("p").text(w.t("options_leave_sure")))
            .maybe((unsent > 0).then(|| el("p").text(w.count("options_leave_unsent", unsent))))
            .kid(
                el("div")
                    .class("buttons")
                    .kid(button("danger", w.t("options_leave_yes"), Msg::Leave))
                    .kid(button("", w.t("options_leave_no"), Msg::Stay).id("stay")),
            )
    } else {
        el("div").class("buttons").kid(button("", w.t("options_leave"), Msg::AskLeave).id("leave"))
    };
    let trouble = state
        .words
        .as_ref()
        .and_then(|words| words.trouble.clone())
        .map(|(key, args)| el("p").id("words-trouble").class("trouble").text(w.sentence(&Sentence { key, args })));
    std::iter::once(facts(w, enrolled, state)).chain(trouble).chain([leave]).collect()
}

fn facts(w: &Words, enrolled: &Enrolled, state: &State) -> El<Msg> {
    let fact = |key: &str, value: El<Msg>| el("div").kid(el("dt").text(w.t(key))).kid(el("dd").kid(value));
    let plain = |text: String| el("span").text(text);
    let mut list = el("dl")
        .class("facts")
        .kid(fact("options_organisation", foreign(&enrolled.organisation)))
        .kid(fact("options_origin", el("span").attr("dir", "ltr").text(enrolled.origin.clone())))
        .kid(fact("options_pseudonym", foreign(&enrolled.pseudonym)))
        .kid(fact("options_reports_made", plain(w.number(enrolled.reports_made))))
        .kid(fact("options_undo", plain(w.count("options_undo", enrolled.policy.undo_ms.div_ceil(1000)))));
    if !state.pack.is_empty() {
        list = list.kid(fact("options_pack", plain(state.pack.clone())));
    }
    let Some(words) = &state.words else { return list };
    let held = match words.expires {
        None => w.t("options_words_none"),
        Some(day) => {
            let key = if words.in_use { "options_words_held" } else { "options_words_over" };
            w.say(key, &[&words.version, &w.day(day)])
        }
    };
    list = list.kid(fact("options_words", plain(held).id("words-held")));
    if words.expires.is_some() {
        list = list.kid(fact("options_words_spellings", plain(w.number(words.spellings))));
    }
    list.kid(fact("options_words_asked", plain(w.moment(&words.asked_at))))
}

fn sites(page: &Options, state: &State) -> Vec<El<Msg>> {
    let w = &page.words;
    let mut out = vec![el("p").text(w.t("options_sites_text"))];
    if state.sites.is_empty() {
        out.push(el("p").class("muted").text(w.t("options_sites_empty")));
    } else {
        out.push(el("ul").class("sites").kids(state.sites.iter().map(|pattern| {
            let name = site::name_of(pattern);
            el("li").key(pattern.clone()).kid(el("span").attr("dir", "ltr").class("site-name").text(name)).kid(
                button("", w.t("options_site_remove"), Msg::SiteRemove(pattern.clone()))
                    .attr("aria-label", w.say("options_site_remove_label", &[name])),
            )
        })));
    }
    let mut field = el("input")
        .id("site")
        .attr("type", "text")
        .attr("inputmode", "url")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("dir", "ltr")
        .attr("value", page.site.clone())
        .attr("aria-describedby", if page.site_error.is_some() { "site-error site-hint" } else { "site-hint" })
        .on(On::Input, Msg::SiteTyped);
    if page.site_error.is_some() {
        field = field.attr("aria-invalid", "true");
    }
    out.push(
        el("form")
            .attr("novalidate", "")
            .on(On::Submit, Msg::SiteSubmit)
            .kid(el("label").attr("for", "site").text(w.t("options_site_add_label")))
            .kid(
                el("div").class("field-row").kid(field).kid(
                    el("button").id("site-add").attr("type", "submit").class("primary").text(w.t("options_site_add")),
                ),
            )
            .kid(el("p").id("site-hint").class("muted").text(w.t("options_site_add_hint")))
            .maybe(
                page.site_error
                    .as_ref()
                    .map(|e| el("p").id("site-error").class("error").attr("role", "alert").text(w.sentence(e))),
            ),
    );
    out
}

fn marks(w: &Words, state: &State) -> Vec<El<Msg>> {
    let mode = |quiet: bool, id: &'static str, name: &str, text: &str, text_id: &'static str| {
        let input = el("input").id(id).attr("type", "radio").attr("name", "marks");
        choice(w, input.checked(state.quiet == quiet).on(On::Change, Msg::Quiet(quiet)), name, text, text_id)
    };
    vec![
        el("fieldset")
            .kid(el("legend").class("visually-hidden").text(w.t("options_marks_heading")))
            .kid(mode(true, "quiet", "options_quiet", "options_quiet_text", "quiet-text"))
            .kid(mode(false, "badges", "options_badges", "options_badges_text", "badges-text")),
        el("p").class("hint").text(w.t("options_hidden_text")),
        choice(
            w,
            el("input")
                .id("mask")
                .attr("type", "checkbox")
                .attr("role", "switch")
                .checked(state.masked)
                .on(On::Change, Msg::Mask),
            "options_mask",
            "options_mask_text",
            "mask-text",
        ),
        choice(
            w,
            el("input")
                .id("share-alarms")
                .attr("type", "checkbox")
                .attr("role", "switch")
                .checked(state.share_alarms)
                .on(On::Change, Msg::Share),
            "options_share_alarms",
            "options_share_alarms_text",
            "share-alarms-text",
        ),
        choice(
            w,
            el("input")
                .id("ask-again")
                .attr("type", "checkbox")
                .attr("role", "switch")
                .checked(state.ask_again)
                .on(On::Change, Msg::AskAgain),
            "options_ask_again",
            "options_ask_again_text",
            "ask-again-text",
        ),
        el("p").class("hint").text(w.t("options_private_text")),
    ]
}

/// Something to choose, with its name and, below, what it means.
fn choice(w: &Words, input: El<Msg>, name: &str, text: &str, text_id: &'static str) -> El<Msg> {
    el("div")
        .class("choice")
        .kid(el("label").kid(input.attr("aria-describedby", text_id)).kid(el("span").text(w.t(name))))
        .kid(el("p").id(text_id).text(w.t(text)))
}

fn keys(page: &Options) -> Vec<El<Msg>> {
    let w = &page.words;
    let rows = [
        ("command_next", "next"),
        ("command_previous", "previous"),
        ("command_report", "report"),
        ("command_panel", "panel"),
        ("command_mask", "mask"),
    ]
    .into_iter()
    .map(|(key, name)| {
        let shortcut = page.commands.iter().find(|c| c.name == name).map_or("", |c| c.shortcut.as_str());
        let cell = if shortcut.is_empty() {
            el("td").class("muted").text(w.t("options_keys_none"))
        } else {
            el("td").kid(el("kbd").text(shortcut))
        };
        el("tr").kid(el("th").attr("scope", "row").text(w.t(key))).kid(cell)
    });
    vec![
        el("table")
            .kid(
                el("thead").kid(
                    el("tr")
                        .kid(el("th").attr("scope", "col").text(w.t("options_keys_does")))
                        .kid(el("th").attr("scope", "col").text(w.t("options_keys_key"))),
                ),
            )
            .kid(el("tbody").kids(rows)),
        el("p").class("muted").text(w.t("options_keys_text")),
    ]
}

/// The way to the training.
pub fn training<A>(w: &Words) -> El<A> {
    el("a").id("training").attr("href", "training.html").attr("target", "_blank").text(w.t("train_open"))
}

/// The rules of conduct.
pub fn rules<A>(w: &Words) -> El<A> {
    el("ul").class("rules").kids(
        [
            "options_rule_contact",
            "options_rule_buy",
            "options_rule_profile",
            "options_rule_likely",
            "options_rule_care",
        ]
        .map(|key| el("li").text(w.t(key))),
    )
}
