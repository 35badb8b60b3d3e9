//! How the panel looks: the site on top, findings grouped by level, what an empty page teaches.

use super::{Msg, Panel, alarm, audit, care, outbox, paste, rounds, sheet, sheet::button, survey};
use crate::law;
use crate::node::{El, Node, On, el};
use crate::parts::{self, GROUPS, Sign};
use crate::site::{Place, Site};
use crate::words::{Words, foreign};
use spotter_model::InOrder;
use spotter_model::messages::{Finding, Findings};
use spotter_model::phrase::Role;
use spotter_model::{Level, Reportable};

/// The whole panel.
pub fn view(panel: &Panel) -> Vec<Node<Msg>> {
    let w = &panel.words;
    let notice = el("div")
        .class("notice")
        .attr("role", "status")
        .maybe(panel.notice.as_ref().map(|n| el("p").text(w.sentence(n))));
    let silent = panel.silent.then(|| el("p").class("trouble").text(w.t("error_no_answer")));
    let main = el("main").kid(notice).maybe(silent).maybe(care::reminder(panel));
    let open = !matches!(panel.sheet, sheet::Sheet::Closed);
    let main = if open {
        main.kids(sheet::view(panel))
    } else {
        main.kids(list(panel))
            .maybe(panel.settled().then(|| audit::view(panel)).flatten())
            .maybe(panel.settled().then(|| el("p").key("paste").class("paste-row").kid(paste::begin(w))))
            .kid(el("p").key("training").class("paste-row").kid(crate::options::view::training(w)))
            .maybe(panel.settled().then(|| care::view(panel)).flatten())
    };
    let mut out: Vec<Node<Msg>> = vec![top(panel).into(), main.into()];
    // The sheet needs the bottom for its own buttons.
    if !open {
        out.push(outbox::view(panel).into());
    }
    out.push(parts::said(panel.said.0, &panel.said.1).into());
    out
}

fn top(panel: &Panel) -> El<Msg> {
    let w = &panel.words;
    let site = match panel.shown.place() {
        Some(Place::Site(Site { name, .. }) | Place::Insecure(name)) => Some(name),
        _ => None,
    };
    let name = match &site {
        Some(name) => el("p").class("site").attr("dir", "ltr").text(name.clone()),
        None => el("p").class("site muted").text(w.t("panel_no_site")),
    };
    let mut header = el("header").class("top").kid(
        el("div")
            .class("top-row")
            .kid(el("h1").class("visually-hidden").text(w.t("panel_title")))
            .kid(name)
            .kid(button("quiet", w.t("panel_settings"), Msg::Settings).id("settings")),
    );
    if let Some(state) = &panel.state {
        let on = !state.quiet;
        let tick = el("input")
            .id("marks")
            .attr("type", "checkbox")
            .attr("role", "switch")
            .attr("aria-describedby", "marks-state")
            .checked(on)
            .on(On::Change, Msg::ToggleMarks);
        header = header.kid(
            el("div")
                .class("switch-row")
                .kid(el("label").class("switch").kid(tick).kid(el("span").text(w.t("panel_marks"))))
                .kid(el("span").id("marks-state").class("muted").text(w.t(if on {
                    "panel_marks_badges"
                } else {
                    "panel_marks_quiet"
                }))),
        );
        header = header.kid(match &state.enrolled {
            Some(e) => {
                let (to, as_whom): (Node<Msg>, Node<Msg>) =
                    (foreign(&e.organisation).into(), foreign(&e.pseudonym).into());
                el("p").class("muted small").kids(w.rich("panel_reports_to", &[to, as_whom]))
            }
            None => el("p").class("small not-joined").text(w.t("panel_not_enrolled")),
        });
        header = header.kids(rounds::view(panel));
        if !matches!(panel.sheet, sheet::Sheet::Survey) {
            header = header.kids(survey::list::view(panel));
        }
    }
    header
}

/// What was read and found, each a phrase of its own.
pub fn summary(w: &Words, f: &Findings) -> Vec<String> {
    let of = |level: Level| {
        let n = f.findings.iter().filter(|x| x.level == level && x.reportable != Reportable::No).count();
        u32::try_from(n).unwrap_or(u32::MAX)
    };
    let mut out = vec![w.count("panel_read", f.read), w.count("panel_likely", of(Level::Likely))];
    if of(Level::Possible) > 0 {
        out.push(w.count("panel_possible", of(Level::Possible)));
    }
    if f.waiting > 0 {
        out.push(w.count("panel_waiting", f.waiting));
    }
    out
}

/// Whether every finding that was shown is still where it was: more may follow below.
pub fn stays(before: Option<&Findings>, after: Option<&Findings>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return true };
    let order = |f: &Findings| -> Vec<String> {
        let rank = |f: &&Finding| (f.reportable == Reportable::No, f.level != Level::Likely);
        let mut shown: Vec<&Finding> = f.findings.iter().collect();
        shown.order_by_key(rank);
        shown.into_iter().map(|f| f.key.clone()).collect()
    };
    before.findings.is_empty() || (before.url == after.url && order(after).starts_with(&order(before)))
}

fn list(panel: &Panel) -> Vec<Node<Msg>> {
    let w = &panel.words;
    let mut out: Vec<Node<Msg>> = Vec::new();
    let place = panel.shown.place();
    if panel.not_joined() {
        out.push(
            el("section")
                .key("join")
                .class("card join-card")
                .attr("aria-labelledby", "join-title")
                .kid(el("h2").id("join-title").text(w.t("join_title")))
                .kid(panel.join_form())
                .into(),
        );
    }
    if !panel.settled() {
        out.push(el("p").key("loading").class("muted").text(w.t("panel_loading")).into());
        return out;
    }
    let Some(findings) = &panel.shown.findings else {
        out.push(unread(panel, place.as_ref()).into());
        return out;
    };
    if let Some(Place::Site(_)) = place
        && !panel.shown.granted
    {
        out.push(
            el("div")
                .key("once")
                .class("hint once")
                .kid(el("p").text(w.t("empty_once_text")))
                .kid(button("", w.t("grant_button"), Msg::Grant).id("grant"))
                .into(),
        );
    }
    if findings.gave_up {
        out.push(el("p").key("gave-up").class("hint").text(w.t("panel_gave_up")).into());
    }
    if findings.marks_gave_up {
        out.push(el("p").key("marks-gave-up").class("hint").text(w.t("panel_marks_gave_up")).into());
    }
    if findings.findings.is_empty() && findings.waiting == 0 {
        out.push(nothing(w, findings).into());
        return out;
    }
    out.push(
        el("h2")
            .key("summary")
            .id("findings")
            .attr("tabindex", "-1")
            .class("summary")
            .kids(summary(w, findings).into_iter().map(|part| el("span").text(part)))
            .into(),
    );
    for (level, key) in [(Level::Likely, "panel_heading_likely"), (Level::Possible, "panel_heading_possible")] {
        let these: Vec<&Finding> =
            findings.findings.iter().filter(|f| f.level == level && f.reportable != Reportable::No).collect();
        if !these.is_empty() {
            let id = if level == Level::Likely { "h-likely" } else { "h-possible" };
            out.push(
                el("section")
                    .key(key)
                    .attr("aria-labelledby", id)
                    .kid(el("h2").id(id).class("group").text(w.say(key, &[&number(w, these.len())])))
                    .kid(cards(panel, &these))
                    .into(),
            );
        }
    }
    let listed: Vec<&Finding> = findings.findings.iter().filter(|f| f.reportable == Reportable::No).collect();
    if !listed.is_empty() {
        out.push(
            el("details")
                .key("listed")
                .class("listed-group")
                .kid(
                    el("summary")
                        .kid(el("h2").class("group").text(w.say("panel_heading_listed", &[&number(w, listed.len())]))),
                )
                .kid(el("p").class("muted").text(w.t("panel_listed_hint")))
                .kid(cards(panel, &listed))
                .into(),
        );
    }
    out
}

fn number(w: &Words, n: usize) -> String {
    w.number(u32::try_from(n).unwrap_or(u32::MAX))
}

fn cards(panel: &Panel, findings: &[&Finding]) -> El<Msg> {
    el("ul").class("cards").kids(findings.iter().map(|f| card(panel, f)))
}

fn card(panel: &Panel, f: &Finding) -> El<Msg> {
    let w = &panel.words;
    let said = panel.alarms.of(&f.key);
    let title = if f.title.is_empty() { w.t("card_untitled") } else { f.title.clone() };
    let labelled = |el: El<Msg>, key: &str| el.attr("aria-label", w.say(key, &[&title]));
    let head =
        el("div")
            .class("card-head")
            .kid(parts::level(w, f.level, f.reportable))
            .maybe(f.reported.then(|| {
                el("span").class("level reported").kid(parts::sign(Sign::Reported)).text(w.t("level_reported"))
            }))
            .maybe((!f.price.is_empty()).then(|| el("span").class("price").kid(foreign(&f.price))));
    let report = (!f.reported).then(|| {
        let strong = f.level == Level::Likely && f.reportable != Reportable::No;
        let class = if strong { "primary" } else { "" };
        labelled(
            button(class, w.t("card_report"), Msg::Report(f.key.clone())).id(format!("report-{}", f.key)),
            "card_report_label",
        )
    });
    let show = labelled(button("", w.t("card_show"), Msg::Show(f.key.clone())), "card_show_label");
    el("li")
        .key(f.key.clone())
        .class(if said.is_some() { "card dismissed" } else { "card" })
        .kid(head)
        .kid(el("h3").attr("dir", "auto").text(title.clone()))
        .kid(parts::what_line(w, &f.what))
        .maybe(parts::names(w, &f.what))
        .kids(parts::why(w, &f.reasons, 3))
        .kid(el("div").class("buttons").maybe(report).kid(show))
        .kid(
            el("div")
                .class("folds")
                .kid(learn(w, f, &title))
                .kid(rule_here(panel, &f.key, &title))
                .maybe((!f.reported).then(|| alarm::view(w, f, said, &title))),
        )
}

fn learn(w: &Words, f: &Finding, title: &str) -> El<Msg> {
    let mut body = el("div").class("learn");
    for (roles, key) in [
        (&[Role::For, Role::Claim][..], "card_learn_for"),
        (&[Role::Against], "card_learn_against"),
        (&[Role::Listed, Role::Rule], "card_learn_rule"),
    ] {
        let these: Vec<El<Msg>> = f
            .sentences
            .iter()
            .filter(|s| roles.contains(&s.role))
            .map(|s| el("li").class(role_class(s.role)).kids(parts::sentence(w, s)))
            .collect();
        if !these.is_empty() {
            body = body.kid(el("h4").text(w.t(key))).kid(el("ul").class("reasons").kids(these));
        }
    }
    body = body.kid(el("p").class("muted").text(w.t("card_learn_limits")));
    el("details")
        .class("learn-fold")
        .kid(el("summary").attr("aria-label", w.say("card_learn_label", &[title])).text(w.t("card_learn")))
        .kid(body)
}

/// What the law asks, once it is unfolded.
pub fn rule_here(panel: &Panel, key: &str, title: &str) -> El<Msg> {
    let w = &panel.words;
    let body = match panel.laws.get(key) {
        Some(here) => law::view(w, here, true),
        None => el("p").class("muted").text(w.t("panel_loading")),
    };
    let summary = el("summary").attr("aria-label", w.say("law_label", &[title])).text(w.t("law_title"));
    el("details").key("law").class("learn-fold law-fold").kid(summary.on(On::Click, Msg::Law(key.to_owned()))).kid(body)
}

fn role_class(role: Role) -> &'static str {
    match role {
        Role::For => "for",
        Role::Claim => "claim",
        Role::Against => "against",
        Role::Listed => "listed",
        Role::Rule | Role::Law => "rule",
    }
}

fn empty(w: &Words, title: String, text: String) -> El<Msg> {
    el("section")
        .key("empty")
        .class("empty")
        .attr("aria-labelledby", "findings")
        .kid(el("h2").id("findings").attr("tabindex", "-1").text(title))
        .kid(el("p").text(text))
        .kid(marked(w))
}

/// What would be marked: an empty page teaches.
fn marked(w: &Words) -> El<Msg> {
    el("details")
        .key("marked")
        .class("learn-fold")
        .kid(el("summary").text(w.t("empty_what_is_marked")))
        .kid(el("p").text(w.t("empty_what_is_marked_text")))
        .kid(el("ul").class("groups").kids(GROUPS.map(|g| el("li").text(w.t(parts::group_key(g))))))
}

fn nothing(w: &Words, findings: &Findings) -> El<Msg> {
    if findings.read == 0 {
        return empty(w, w.t("empty_nothing_read_title"), w.t("empty_nothing_read_text"));
    }
    empty(w, w.count("empty_none_title", findings.read), w.t("empty_none_text"))
}

fn unread(panel: &Panel, place: Option<&Place>) -> El<Msg> {
    let w = &panel.words;
    match place {
        None => empty(w, w.t("empty_unknown_title"), w.t("empty_unknown_text")),
        Some(Place::Restricted) => empty(w, w.t("empty_restricted_title"), w.t("empty_restricted_text")),
        Some(Place::Insecure(name)) => empty(w, w.say("empty_insecure_title", &[name]), w.t("empty_insecure_text")),
        Some(Place::Site(site)) if panel.shown.just_granted => {
            empty(w, w.say("empty_silent_title", &[&site.name]), w.say("grant_reload", &[&site.name]))
                .kid(el("div").class("buttons").kid(button("primary", w.t("reload_button"), Msg::Reload).id("reload")))
        }
        Some(Place::Site(site)) if panel.shown.granted => {
            empty(w, w.say("empty_silent_title", &[&site.name]), w.t("empty_silent_text"))
                .kid(el("div").class("buttons").kid(button("primary", w.t("reload_button"), Msg::Reload).id("reload")))
        }
        Some(Place::Site(site)) => el("section")
            .key("empty")
            .class("empty")
            .attr("aria-labelledby", "findings")
            .kid(el("h2").id("findings").attr("tabindex", "-1").text(w.say("empty_ungranted_title", &[&site.name])))
            .kid(el("p").text(w.t("empty_ungranted_text")))
            .kid(el("div").class("buttons").kid(button("primary", w.t("grant_button"), Msg::Grant).id("grant")))
            .kid(marked(w)),
    }
}
