//! How the practice marketplace looks: a page of results, marked as a real one is.

use super::items::Item;
use super::market::{Done, Verdict};
use super::view::{button, title, to_card};
use super::{Msg, Training};
use crate::node::{El, Node, On, el, text};
use crate::parts;
use crate::words::{Words, foreign};
use spotter_model::Field;
use spotter_model::InOrder;
use spotter_model::messages::Mark;

/// Languages of the listings, in the order in which they stand in their file.
fn languages(items: &[Item]) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for item in items {
        if !out.contains(&item.lang.as_str()) {
            out.push(&item.lang);
        }
    }
    out
}

/// The whole screen.
pub fn view(page: &Training) -> Vec<El<Msg>> {
    let w = &page.words;
    let mut out = vec![title(w.t("train_market")), el("p").class("lead").text(w.t("train_market_lead"))];
    let Some(material) = &page.material else { return out };
    let items = &material.listings;
    let market = &page.market;
    if market.silent {
        out.push(el("p").class("trouble").attr("role", "alert").text(w.t("error_no_answer")));
    }
    let option = |value: &str, label: String| {
        el("option").attr("value", value).flag("selected", market.lang == value).text(label)
    };
    let chosen = el("select")
        .id("lang")
        .on(On::Change, Msg::Lang)
        .kid(option("", w.t("train_all")))
        .kids(languages(items).into_iter().map(|l| option(l, w.language(l))));
    let (judged, good) = market.score(items);
    let score = w.say("train_market_score", &[&w.number(good), &w.number(judged)]);
    out.push(
        el("div")
            .class("choose")
            .kid(el("label").attr("for", "lang").text(w.t("train_lang")))
            .kid(chosen)
            .kid(el("p").id("score").attr("role", "status").text(score)),
    );
    let shown = market.shown(items);
    out.push(el("ul").class("results").kids(shown.into_iter().map(|i| listing(page, i))));
    let pages = market.pages(items);
    let turn = |to: Option<usize>, key: &str, id: &'static str| {
        to.filter(|to| *to < pages).map(|to| button("", w.t(key), Msg::Turn(to)).id(id))
    };
    let here = w.say("train_page_of", &[&number(w, market.page + 1), &number(w, pages)]);
    out.push(
        el("div")
            .class("buttons")
            .maybe(turn(market.page.checked_sub(1), "train_previous", "previous-page"))
            .kid(el("span").class("muted here").text(here))
            .maybe(turn(Some(market.page + 1), "train_next", "next-page"))
            .maybe((judged > 0).then(|| button("", w.t("train_market_again"), Msg::Again).id("again"))),
    );
    out
}

/// A count as this language writes it.
pub fn number(w: &Words, n: usize) -> String {
    w.number(u32::try_from(n).unwrap_or(u32::MAX))
}

fn listing(page: &Training, item: &Item) -> El<Msg> {
    let w = &page.words;
    let mark = page.market.marks.get(&item.id);
    let name = format!("item-{}", item.id);
    let mut out = el("article")
        .class("result")
        .attr("aria-labelledby", name.clone())
        .kid(offer(w, item, mark, &name))
        .maybe(mark.map(|m| found(w, m)));
    out = match page.market.done.get(&item.id) {
        None => out.kid(
            el("div")
                .class("buttons")
                .kid(
                    button("primary", w.t("train_report"), Msg::Judge(item.id.clone(), Done::Reported))
                        .id(format!("report-{}", item.id))
                        .attr("aria-describedby", name.clone()),
                )
                .kid(
                    button("", w.t("train_leave"), Msg::Judge(item.id.clone(), Done::Left))
                        .id(format!("leave-{}", item.id))
                        .attr("aria-describedby", name),
                ),
        ),
        Some(done) => {
            let verdict = Verdict::of(item.answer, *done);
            out.kid(
                el("div")
                    .class(if verdict.good() { "verdict good" } else { "verdict" })
                    .id(format!("verdict-{}", item.id))
                    .attr("tabindex", "-1")
                    .kid(el("p").kid(el("strong").text(w.t(verdict.key()))))
                    .kids(because(page, item)),
            )
        }
    };
    el("li").key(item.id.clone()).kid(out)
}

/// Title, text and price of an item as its page shows them, words that count underlined.
pub fn offer<A: Clone>(w: &Words, item: &Item, mark: Option<&Mark>, id: &str) -> El<A> {
    let picture = item.picture.as_ref().map(|p| {
        el("figure")
            .kid(el("img").attr("src", p.data.clone()).attr("alt", p.alt.clone()))
            .kid(el("figcaption").class("muted small").text(format!("{}, {}", p.credit, p.licence)))
    });
    el("div")
        .class("offer")
        .maybe(picture)
        .kid(el("h2").id(id).attr("lang", item.lang.clone()).attr("dir", "auto").kids(underlined(
            &item.title,
            Field::Title,
            mark,
        )))
        .maybe((!item.price.is_empty()).then(|| el("p").class("price").attr("dir", "auto").text(item.price.clone())))
        .maybe((!item.text.is_empty()).then(|| {
            let text = underlined(&item.text, Field::Description, mark);
            el("p").attr("lang", item.lang.clone()).attr("dir", "auto").kids(text)
        }))
        .maybe((!item.seen.is_empty()).then(|| {
            let seen = foreign(&item.seen).attr("lang", item.lang.clone()).into();
            el("p").class("seen").kids(w.rich("train_seen", &[seen]))
        }))
}

/// What the detector says, as the panel says it.
pub fn found<A: Clone>(w: &Words, mark: &Mark) -> El<A> {
    el("div")
        .class("found")
        .kid(parts::level(w, mark.level, mark.reportable))
        .kid(parts::what_line(w, &mark.what))
        .kids(parts::why(w, &mark.reasons, 3))
}

/// Why an item is what it is, and the way to its card.
pub fn because(page: &Training, item: &Item) -> Vec<El<Msg>> {
    let w = &page.words;
    let card = page.material.as_ref().and_then(|m| m.card(&item.card));
    let why = el("p").text(item.why.clone());
    let why = if item.why_lang.is_empty() { why } else { why.attr("lang", item.why_lang.clone()) };
    let mut out = vec![why];
    out.extend(card.map(|c| el("p").kid(to_card(w, c))));
    out
}

/// A text with the words that count underlined. Offsets are UTF-16, and a span that does not fit is left out.
fn underlined<A>(whole: &str, field: Field, mark: Option<&Mark>) -> Vec<Node<A>> {
    let mut spans: Vec<_> = mark.iter().flat_map(|m| &m.spans).filter(|s| s.field == field).collect();
    spans.order_by_key(|s| (s.start, s.end));
    let mut out = Vec::new();
    let mut from = 0;
    for span in spans {
        let (Some(start), Some(end)) = (byte(whole, span.start), byte(whole, span.end)) else { continue };
        if start < from || end <= start {
            continue;
        }
        if from < start {
            out.push(text(&whole[from..start]));
        }
        out.push(el("span").class(if span.strong { "hit strong" } else { "hit" }).text(&whole[start..end]).into());
        from = end;
    }
    if from < whole.len() {
        out.push(text(&whole[from..]));
    }
    out
}

fn byte(text: &str, units: u32) -> Option<usize> {
    let mut at = 0u32;
    for (byte, c) in text.char_indices() {
        if at == units {
            return Some(byte);
        }
        at += c.len_utf16() as u32;
    }
    (at == units).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::underlined;
    use crate::node::Node;
    use spotter_model::messages::{Mark, Span, What};
    use spotter_model::{Field, Level, Reportable};

    #[test]
    fn words_that_count_are_underlined_where_javascript_would_slice() {
        let span = |start, end, strong| Span { field: Field::Title, start, end, strong };
        let mark = Mark {
            index: 0,
            level: Level::Likely,
            reportable: Reportable::Check,
            score: 0.9,
            what: What::default(),
            reasons: vec![],
            sentences: vec![],
            spans: vec![span(5, 7, false), span(3, 5, true), span(4, 6, true), span(6, 99, true)],
        };
        let got: Vec<(bool, String)> = underlined::<()>("😀 象牙 x", Field::Title, Some(&mark))
            .into_iter()
            .map(|n| match n {
                Node::Text(t) => (false, t),
                Node::El(el) => (true, crate::node::testing::text_of(&el.kids)),
            })
            .collect();
        assert_eq!(got, [(false, "😀 ".into()), (true, "象牙".into()), (true, "x".into())]);
    }
}
