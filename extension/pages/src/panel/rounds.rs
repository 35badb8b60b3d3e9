//! The programme's rounds at the top of the panel: how far this week is, what the round is about, and its search terms.
//!
//! Owns how they look, and on which marketplace the person searches. The background verified what is shown here; a
//! search is one tab that one click opened, and nothing follows by itself.

use super::{Msg, Panel};
use crate::node::{El, Node, On, el, text};
use crate::parts;
use crate::words::{Words, foreign};
use spotter_model::programme::{Round, RoundMarket, SearchTerm};
use spotter_model::training::still_asked;

/// The marketplaces of a round that can be searched.
fn searchable(round: &Round) -> impl Iterator<Item = &RoundMarket> {
    round.marketplaces.iter().filter(|m| !m.search.is_empty())
}

/// Where the person searches: as chosen, else where they are, else the round's first.
pub fn market<'a>(round: &'a Round, chosen: &str, here: Option<&str>) -> Option<&'a RoundMarket> {
    let is_here = |m: &&RoundMarket| {
        let below = here.and_then(|here| here.strip_suffix(m.host.as_str()));
        below.is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    };
    let named = searchable(round).find(|m| m.host == chosen);
    named.or_else(|| searchable(round).find(is_here)).or_else(|| searchable(round).next())
}

/// The address that a term of a round opens.
pub fn address(panel: &Panel, round: &str, term: usize) -> Option<String> {
    let rounds = panel.state.as_ref()?.rounds.as_ref()?;
    let round = rounds.now.iter().find(|r| r.id == round)?;
    market(round, &panel.market, panel.shown.host().as_deref())?.search_for(&round.terms.get(term)?.text)
}

/// All rounds of today, or why there is none.
pub fn view(panel: &Panel) -> Vec<El<Msg>> {
    let w = &panel.words;
    let Some(rounds) = panel.state.as_ref().and_then(|s| s.rounds.as_ref()) else { return Vec::new() };
    let mut out = Vec::new();
    if let Some((key, args)) = &rounds.trouble {
        let why = crate::words::Sentence { key: key.clone(), args: args.clone() };
        out.push(el("p").key("round-trouble").id("round-trouble").class("trouble small").text(w.sentence(&why)));
    }
    out.extend(rounds.now.iter().map(|r| round(panel, r, rounds.reports_this_week)));
    if rounds.now.is_empty()
        && let Some((name, from)) = &rounds.next
    {
        let (name, from): (Node<Msg>, Node<Msg>) = (foreign(name).into(), text(w.day(*from)));
        out.push(el("p").key("round-next").class("muted small").kids(w.rich("round_next", &[name, from])));
    }
    out
}

fn round(panel: &Panel, round: &Round, done: u32) -> El<Msg> {
    let w = &panel.words;
    let goal = round.minimum_per_week;
    let pass = panel.state.as_ref().and_then(|s| s.training.as_ref());
    let training = still_asked(std::slice::from_ref(round), pass).is_some();
    let (now, all) = (w.number(done), w.number(goal));
    let week = if goal > 0 { w.say("round_week", &[&now, &all]) } else { w.count("round_reports", done) };
    let bar = (goal > 0).then(|| {
        el("progress")
            .attr("max", goal.to_string())
            .attr("value", done.min(goal).to_string())
            .attr("aria-label", w.say("round_progress_label", &[&round.name, &now, &all]))
    });
    let head = el("summary")
        .class("round-head")
        .kid(el("span").class("round-name").attr("dir", "auto").text(round.name.clone()))
        .kid(el("span").class("round-week").text(week));
    let group = el("div").key(format!("round-{}", round.id)).class("round").attr("role", "group");
    group.attr("aria-label", w.say("round_label", &[&round.name])).maybe(bar).kid(
        el("details")
            .id(format!("round-{}", round.id))
            .kid(head)
            .kid(facts(w, round))
            .maybe(training.then(|| el("p").class("hint small").text(w.t("round_training"))))
            .maybe((!round.terms.is_empty()).then(|| terms(panel, round))),
    )
}

fn facts(w: &Words, round: &Round) -> El<Msg> {
    let listed = |all: &str, items: Vec<Node<Msg>>| {
        if items.is_empty() { el("dd").text(w.t(all)) } else { el("dd").kids(w.list(items)) }
    };
    let groups = round.groups.iter().map(|g| text(w.t(parts::group_key(*g)))).collect();
    let languages = round.languages.iter().map(|tag| foreign(&w.language(tag)).into()).collect();
    let markets = round.marketplaces.iter().map(|m| foreign(&m.host).into()).collect();
    let asked = match round.minimum_per_week {
        0 => w.t("round_minimum_none"),
        n => w.count("round_minimum", n),
    };
    let fact = |key: &str, dd: El<Msg>| el("div").kid(el("dt").text(w.t(key))).kid(dd);
    el("dl")
        .class("round-facts")
        .kid(fact("round_when", el("dd").text(w.say("round_dates", &[&w.day(round.from), &w.day(round.until)]))))
        .kid(fact("round_focus", listed("round_focus_all", groups)))
        .kid(fact("round_languages", listed("round_languages_all", languages)))
        .kid(fact("round_markets", listed("round_markets_all", markets)))
        .kid(fact("round_asked", el("dd").text(asked)))
}

fn terms(panel: &Panel, round: &Round) -> El<Msg> {
    let w = &panel.words;
    let count = w.number(u32::try_from(round.terms.len()).unwrap_or(u32::MAX));
    let body = el("details")
        .class("round-terms")
        .id(format!("terms-{}", round.id))
        .kid(el("summary").text(w.say("round_terms", &[&count])));
    let Some(on) = market(round, &panel.market, panel.shown.host().as_deref()) else {
        let plain = round.terms.iter().map(|term| el("li").kid(word(term)));
        return body
            .kid(el("p").class("muted small").text(w.t("round_terms_plain")))
            .kid(el("ul").class("terms").kids(plain));
    };
    let id = format!("market-{}", round.id);
    let options = searchable(round).map(|m| el("option").attr("value", m.host.clone()).text(m.host.clone()));
    let chooser = el("select")
        .id(id.clone())
        .attr("dir", "ltr")
        .kids(options)
        .attr("value", on.host.clone())
        .on(On::Change, Msg::RoundMarket);
    let buttons = round.terms.iter().enumerate().map(|(i, term)| {
        let label = w.say("round_search_label", &[&on.host, &term.text]);
        let press = el("button").attr("type", "button").class("term").on(On::Click, Msg::Search(round.id.clone(), i));
        el("li").key(i.to_string()).kid(press.attr("aria-label", label).kid(word(term)))
    });
    body.kid(el("p").class("muted small").text(w.t("round_terms_hint")))
        .kid(el("label").attr("for", id).text(w.t("round_search_on")))
        .kid(chooser)
        .kid(el("ul").class("terms").kids(buttons))
}

/// The words of a term in their own language.
fn word(term: &SearchTerm) -> El<Msg> {
    let words = foreign(&term.text);
    if term.lang.is_empty() { words } else { words.attr("lang", term.lang.clone()) }
}

#[cfg(test)]
#[path = "rounds_tests.rs"]
mod tests;
