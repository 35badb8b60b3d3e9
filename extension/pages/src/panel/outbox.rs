//! The bottom line: what became of the spotter's reports.

use super::{Msg, Panel, sheet::button};
use crate::node::{El, Node, el, text};
use crate::parts;
use crate::words::{Sentence, Words, foreign};
use spotter_model::InOrder;
use spotter_model::PublicStatus;
use spotter_model::messages::{OutboxItem, OutboxState, Standing, State};
use spotter_model::recheck::Saw;

/// Key of a status's words.
pub fn status_key(status: PublicStatus) -> &'static str {
    match status {
        PublicStatus::Received => "status_received",
        PublicStatus::InReview => "status_in_review",
        PublicStatus::Confirmed => "status_confirmed",
        PublicStatus::NotProhibited => "status_not_prohibited",
        PublicStatus::CannotTell => "status_cannot_tell",
        PublicStatus::Notified => "status_notified",
        PublicStatus::Removed => "status_removed",
        PublicStatus::Closed => "status_closed",
    }
}

/// Why the last try failed or was refused.
pub fn trouble(item: &OutboxItem) -> Option<Sentence> {
    item.trouble.as_ref().map(|(key, args)| Sentence { key: key.clone(), args: args.clone() })
}

/// Where a report stands, in one line.
pub fn standing(w: &Words, item: &OutboxItem) -> String {
    match (item.state, item.next_try_ms, &item.number) {
        (OutboxState::Undoable, ..) => w.t("outbox_state_undoable"),
        (OutboxState::Waiting, Some(at), _) => w.say("outbox_state_waiting", &[&w.clock(at)]),
        (OutboxState::Waiting, None, _) => w.t("outbox_state_waiting_soon"),
        (OutboxState::Sent, _, number) => w.say("outbox_state_sent", &[number.as_deref().unwrap_or("–")]),
        (OutboxState::Refused, ..) => w.t("outbox_state_refused"),
    }
}

/// Counts by state, in the order that asks for attention.
fn counts(w: &Words, items: &[OutboxItem]) -> Vec<El<Msg>> {
    let number = |n: usize| w.number(u32::try_from(n).unwrap_or(u32::MAX));
    let asked = items.iter().filter(|i| i.asked).count();
    let asked = (asked > 0).then(|| {
        el("span").key("outbox_again_count").class("count").text(w.say("outbox_again_count", &[&number(asked)]))
    });
    let by_state = [
        (OutboxState::Undoable, "outbox_undoable", "count"),
        (OutboxState::Waiting, "outbox_waiting", "count"),
        (OutboxState::Refused, "outbox_refused", "count bad"),
        (OutboxState::Sent, "outbox_sent", "count ok"),
    ]
    .into_iter()
    .filter_map(|(state, key, class)| {
        let n = items.iter().filter(|i| i.state == state).count();
        (n > 0).then(|| el("span").key(key).class(class).text(w.say(key, &[&number(n)])))
    });
    asked.into_iter().chain(by_state).collect()
}

/// Key of an answer's words.
fn saw_key(saw: Saw) -> &'static str {
    match saw {
        Saw::Offered => "outbox_again_offered",
        Saw::Gone => "outbox_again_gone",
        Saw::Ended => "outbox_again_ended",
        Saw::CannotTell => "audit_cannot_tell",
    }
}

/// The question whether the listing is still there, or what was answered last. The person opens the listing; nothing else does.
fn again(w: &Words, item: &OutboxItem) -> Option<El<Msg>> {
    let id = &item.report_id;
    if !item.asked {
        return item.saw.map(|saw| el("p").class("muted").text(w.say("outbox_again_said", &[&w.t(saw_key(saw))])));
    }
    let open = item.url.starts_with("https://") || item.url.starts_with("http://");
    let link = open.then(|| {
        el("a")
            .attr("href", item.url.clone())
            .attr("target", "_blank")
            .attr("rel", "noreferrer noopener external")
            .text(w.t("outbox_again_open"))
    });
    let answers = Saw::ALL.map(|saw| button("", w.t(saw_key(saw)), Msg::LookedAgain(id.clone(), saw)));
    let (title, question) = (format!("title-{id}"), format!("again-{id}"));
    Some(
        el("div")
            .class("again")
            .attr("role", "group")
            .attr("aria-labelledby", format!("{title} {question}"))
            .kid(el("p").id(question).text(w.t("outbox_again_question")))
            .maybe(link)
            .kid(el("div").class("buttons").kids(answers)),
    )
}

/// The bottom of the panel.
pub fn view(panel: &Panel) -> El<Msg> {
    let w = &panel.words;
    let footer = el("footer").class("outbox");
    let Some(state) = &panel.state else { return footer };
    if state.outbox.is_empty() {
        return footer.kid(
            el("p")
                .class("outbox-line")
                .kid(el("strong").text(w.t("outbox_title")))
                .kid(el("span").class("muted").text(w.t("outbox_empty"))),
        );
    }
    // What is asked is old, and the list long: it comes first.
    let mut items: Vec<&OutboxItem> = state.outbox.iter().collect();
    items.order_by_key(|item| !item.asked);
    let any_sent = state.outbox.iter().any(|i| i.state == OutboxState::Sent);
    footer.kid(
        el("details")
            .kid(
                el("summary")
                    .id("outbox-summary")
                    .class("outbox-line")
                    .kid(el("strong").text(w.t("outbox_title")))
                    .kid(el("span").class("counts").kids(counts(w, &state.outbox))),
            )
            .kid(
                el("div")
                    .class("outbox-list")
                    .maybe(week(w, state))
                    .maybe(any_sent.then(|| button("quiet", w.t("outbox_refresh"), Msg::RefreshStatus).id("refresh")))
                    .kid(el("ul").kids(items.into_iter().map(|i| item(panel, i)))),
            ),
    )
}

/// What became of the week, where there is something to say.
fn week(w: &Words, state: &State) -> Option<El<Msg>> {
    let mut lines = state.standing.as_ref().map(|s| standing_of(w, s)).unwrap_or_default();
    if let Some((words, reports)) = &state.best_words {
        let (words, count): (Node<Msg>, Node<Msg>) = (parts::quote(words).into(), text(w.number(*reports)));
        lines.push(el("p").class("small").kids(w.rich("outbox_cue", &[words, count])));
    }
    let heading = el("h3").text(w.t("outbox_week_title"));
    (!lines.is_empty()).then(|| el("div").class("week").kid(heading).kids(lines))
}

/// The spotter's week and how often experts agreed, where there is something to say.
fn standing_of(w: &Words, standing: &Standing) -> Vec<El<Msg>> {
    let mut out = Vec::new();
    if standing.week.reports > 0 {
        out.push(el("p").class("small").text(w.count("outbox_week", standing.week.reports)));
    }
    let decided: Vec<Node<Msg>> = standing
        .week
        .decided
        .iter()
        .filter(|c| c.reports > 0)
        .map(|c| el("span").text(format!("{} {}", w.number(c.reports), w.t(status_key(c.status)))).into())
        .collect();
    if !decided.is_empty() {
        out.push(
            el("p").class("small").kids(w.rich("outbox_week_decided", &[el("span").kids(w.list(decided)).into()])),
        );
    }
    if standing.accuracy.decided > 0 {
        let (agreed, of) = (w.number(standing.accuracy.confirmed), w.number(standing.accuracy.decided));
        out.push(el("p").class("small muted").text(w.say("outbox_accuracy", &[&agreed, &of])));
    }
    out
}

fn item(panel: &Panel, item: &OutboxItem) -> El<Msg> {
    let w = &panel.words;
    let id = &item.report_id;
    let title = if item.title.is_empty() { w.t("card_untitled") } else { item.title.clone() };
    let labelled = |el: El<Msg>, key: &str| el.attr("aria-label", w.say(key, &[&title]));
    let mut chip = el("span");
    chip = match (item.state, item.status) {
        (OutboxState::Sent, Some(status)) => {
            let class = match status {
                PublicStatus::Confirmed | PublicStatus::Notified | PublicStatus::Removed => "chip ok",
                _ => "chip",
            };
            chip.class(class).text(w.t(status_key(status)))
        }
        (OutboxState::Refused, _) => chip.class("chip bad").text(w.t("outbox_state_refused")),
        _ => chip.class("chip hidden"),
    };
    let line = (item.state != OutboxState::Refused).then(|| el("p").class("muted").text(standing(w, item)));
    let reason = (!item.reason.is_empty()).then(|| {
        let words: Node<Msg> = foreign(&item.reason).into();
        el("p").class("reason").kids(w.rich("outbox_reason", &[words]))
    });
    let buttons: Vec<El<Msg>> = if panel.deleting.as_ref() == Some(id) {
        vec![
            button("danger", w.t("outbox_delete_yes"), Msg::Delete(id.clone())),
            button("", w.t("outbox_delete_no"), Msg::KeepIt).id(format!("keep-{id}")),
        ]
    } else {
        match item.state {
            OutboxState::Undoable => {
                vec![labelled(button("primary", w.t("report_undo"), Msg::ListUndo(id.clone())), "outbox_undo_label")]
            }
            state => {
                let unsent = state != OutboxState::Sent;
                let export = unsent.then(|| {
                    labelled(button("", w.t("outbox_export"), Msg::Export(id.clone())), "outbox_export_label")
                });
                let retry = unsent
                    .then(|| labelled(button("", w.t("outbox_retry"), Msg::Retry(id.clone())), "outbox_retry_label"));
                let delete = labelled(
                    button("quiet", w.t("outbox_delete"), Msg::AskDelete(id.clone())).id(format!("delete-{id}")),
                    "outbox_delete_label",
                );
                retry.into_iter().chain(export).chain([delete]).collect()
            }
        }
    };
    let sure = (panel.deleting.as_ref() == Some(id)).then(|| {
        let key = if item.state == OutboxState::Sent { "outbox_delete_sure" } else { "outbox_delete_unsent_sure" };
        el("p").attr("role", "alert").text(w.t(key))
    });
    el("li")
        .key(id.clone())
        .class("outbox-item")
        .kid(el("p").id(format!("title-{id}")).class("outbox-title").attr("dir", "auto").text(title.clone()))
        .kid(chip)
        .maybe(line)
        .maybe(trouble(item).map(|t| el("p").class("trouble").text(w.sentence(&t))))
        .maybe(trouble(item).and_then(|t| parts::own_words(w, &t)))
        .maybe(reason)
        .maybe(again(w, item))
        .maybe(item.joined.then(|| el("p").class("muted").text(w.t("outbox_joined"))))
        .kid(el("p").class("muted").text(w.say("outbox_made", &[&w.moment(&item.created_at)])))
        .maybe(sure)
        .kid(el("div").class("buttons").kids(buttons))
}
