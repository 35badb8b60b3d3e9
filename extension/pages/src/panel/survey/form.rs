//! The coding form: what it begins with, and how it looks. Every question is answered by Tab, arrows and digits; "cannot
//! tell" is the last answer of each.

use super::super::sheet::button;
use super::super::{Msg as Outer, Panel};
use super::Msg;
use super::fields::{Field, answer_id};
use crate::node::{El, On, el};
use crate::parts::{GROUPS, group_key};
use crate::words::{Words, foreign};
use spotter_model::coding::{CodingForm, Item, Kind, Price, Wrong};
use spotter_model::limits;
use spotter_model::survey::{Answer, SellerType, UNITS};

/// CITES trade terms that can be chosen; each has a name in every language.
const TERMS: [&str; 68] = [
    "BAL", "BAR", "BOC", "BOD", "BON", "BOP", "CAP", "CAR", "CAV", "CHP", "CLA", "CLO", "COR", "DER", "DPL", "EGG",
    "EGL", "EXT", "FEA", "FIN", "FOO", "FRN", "FRU", "GAB", "GAL", "GAR", "GIL", "HAI", "HAP", "HOC", "HOP", "HOR",
    "IVC", "IVP", "JWI", "JWL", "KEY", "LIV", "LOG", "LPL", "LPS", "MEA", "MED", "MUS", "OIL", "PEA", "PIE", "PLA",
    "POW", "ROO", "RUG", "SAW", "SCA", "SEE", "SHE", "SKE", "SKI", "SKP", "SKU", "SPE", "SWI", "TAI", "TEE", "TIM",
    "TRO", "TUS", "WAX", "WOO",
];

/// The one that it may be. Of several none is proposed: what stands in a form already is easily taken for an answer.
fn only<T: Clone>(all: &[T]) -> Option<T> {
    match all {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// The form of an advertisement as it was left, as it was coded last, or with what its card proposes.
pub fn begin(item: &Item) -> CodingForm {
    if let Some(draft) = &item.draft {
        return draft.clone();
    }
    if let Some(coded) = &item.coded {
        return CodingForm { id: item.next.clone(), ..coded.clone() };
    }
    let proposed = |words: &str| if words.is_empty() { Answer::CannotTell } else { Answer::Yes };
    let what = &item.what;
    let (amount, currency) = item.asking.clone().unwrap_or_default();
    CodingForm {
        id: item.next.clone(),
        included: None,
        live: match what.commodities.iter().filter(|term| *term == "LIV").count() {
            0 if what.commodities.is_empty() => Answer::CannotTell,
            0 => Answer::No,
            live if live == what.commodities.len() => Answer::Yes,
            _ => Answer::CannotTell,
        },
        kinds: vec![Kind {
            scientific_name: only(&what.scientific_names).unwrap_or_default(),
            group: only(&what.groups),
            term: only(&what.commodities).unwrap_or_default(),
            count: String::new(),
            unit: String::new(),
        }],
        price: if item.asking.is_some() { Price::Stated } else { Price::CannotTell },
        amount,
        currency,
        legality: proposed(&item.legality),
        age: proposed(&item.age),
        seller_type: SellerType::CannotTell,
        location: item.location.clone(),
        note: String::new(),
        confirmed: item.legality.is_empty() && item.age.is_empty(),
    }
}

fn act(field: Field) -> Outer {
    Outer::Survey(Msg::Field(field))
}

/// A question with its answers, each a radio button.
fn question(name: &str, legend: String, answers: Vec<(String, String, bool, Field)>) -> El<Outer> {
    let radios = answers.into_iter().map(|(id, label, on, field)| {
        let radio = el("input")
            .id(id.clone())
            .attr("type", "radio")
            .attr("name", name)
            .attr("value", id)
            .checked(on)
            .on(On::Change, act(field));
        el("label").class("answer").kid(radio).kid(el("span").text(label))
    });
    el("fieldset").key(name.to_owned()).class("question").kid(el("legend").text(legend)).kids(radios)
}

fn yes_no(w: &Words, name: &str, legend: &str, now: Option<Answer>, field: fn(Answer) -> Field) -> El<Outer> {
    let answers = [(Answer::Yes, "survey_yes"), (Answer::No, "survey_no"), (Answer::CannotTell, "survey_cannot_tell")];
    let answers = answers.map(|(a, key)| (answer_id(name, a), w.t(key), now == Some(a), field(a)));
    question(name, w.t(legend), answers.to_vec())
}

fn input(id: String, label: String, value: &str, field: Field, wrong: bool) -> El<Outer> {
    let mut typed = el("input")
        .id(id.clone())
        .attr("type", "text")
        .attr("autocomplete", "off")
        .attr("dir", "auto")
        .attr("value", value)
        .on(On::Input, act(field));
    if wrong {
        typed = typed.attr("aria-invalid", "true").attr("aria-describedby", "survey-wrong");
    }
    el("div").class("field").key(id.clone()).kid(el("label").attr("for", id).text(label)).kid(typed)
}

fn choice(id: String, label: String, now: &str, options: Vec<(String, String)>, field: Field) -> El<Outer> {
    let options =
        options.into_iter().map(|(value, text)| el("option").key(value.clone()).attr("value", value).text(text));
    let list = el("select").id(id.clone()).kids(options).attr("value", now).on(On::Change, act(field));
    el("div").class("field").key(id.clone()).kid(el("label").attr("for", id).text(label)).kid(list)
}

fn kind(w: &Words, item: &Item, form: &CodingForm, n: usize, wrong: bool) -> El<Outer> {
    let kind = &form.kinds[n];
    let what = &item.what;
    let mut taxa: Vec<(String, String)> =
        what.scientific_names.iter().map(|name| (format!("name:{name}"), name.clone())).collect();
    let first = what.groups.iter().copied();
    let rest = GROUPS.into_iter().filter(|g| !what.groups.contains(g));
    taxa.extend(first.chain(rest).map(|g| (format!("group:{}", g.word()), w.t(group_key(g)))));
    taxa.push((String::new(), w.t("survey_cannot_tell")));
    let name = format!("name:{}", kind.scientific_name);
    let taxon = match kind.group {
        _ if taxa.iter().any(|(value, _)| *value == name) => name,
        Some(group) => format!("group:{}", group.word()),
        None => String::new(),
    };
    let term_name = |code: &str| format!("{} ({code})", w.t(&format!("term_{}", code.to_ascii_lowercase())));
    let proposed = what.commodities.iter().map(String::as_str).filter(|code| TERMS.contains(code));
    let others = TERMS.into_iter().filter(|code| !what.commodities.iter().any(|c| c == code));
    let mut terms: Vec<(String, String)> =
        proposed.chain(others).map(|code| (code.to_owned(), term_name(code))).collect();
    terms.push((String::new(), w.t("survey_cannot_tell")));
    let unit = |unit: &str| match unit {
        "" => w.t("survey_specimens"),
        "pair" => w.t("survey_pairs"),
        unit => unit.to_owned(),
    };
    let units = UNITS.iter().map(|u| ((*u).to_owned(), unit(u))).collect();
    let number = w.number(u32::try_from(n + 1).unwrap_or(u32::MAX));
    el("fieldset")
        .key(format!("kind-{n}"))
        .class("kind")
        .kid(el("legend").text(w.say("survey_kind", &[&number])))
        .kid(choice(format!("taxon-{n}"), w.t("survey_taxon"), &taxon, taxa, Field::Taxon(n)))
        .kid(input(format!("name-{n}"), w.t("survey_name"), &kind.scientific_name, Field::Name(n), false))
        .kid(choice(format!("term-{n}"), w.t("survey_term"), &kind.term, terms, Field::Term(n)))
        .kid(
            el("div")
                .class("pair")
                .kid(input(format!("count-{n}"), w.t("survey_count"), &kind.count, Field::Count(n), wrong))
                .kid(choice(format!("unit-{n}"), w.t("survey_unit"), &kind.unit, units, Field::Unit(n))),
        )
        .maybe((n > 0).then(|| button("quiet", w.t("survey_less"), act(Field::Less(n))).id(format!("less-{n}"))))
}

/// What the advertisement is, as its card has it.
fn head(panel: &Panel, item: &Item) -> El<Outer> {
    let w = &panel.words;
    let title = if item.title.is_empty() { w.t("card_untitled") } else { item.title.clone() };
    let random = item.level == spotter_model::Level::None;
    el("div")
        .class("about")
        .kid(el("p").class("about-title").attr("dir", "auto").text(title))
        .maybe((!item.price.is_empty()).then(|| el("p").class("price").kid(foreign(&item.price))))
        .maybe((!random).then(|| crate::parts::what_line(w, &item.what)))
        .maybe(random.then(|| el("p").class("muted small").text(w.t("survey_random"))))
        .kid(
            el("div")
                .class("buttons")
                .kid(button("", w.t("card_show"), Outer::Show(item.key.clone())).id("survey-show"))
                .kid(
                    el("a")
                        .attr("href", item.url.clone())
                        .attr("target", "_blank")
                        .attr("rel", "noreferrer")
                        .text(w.t("survey_open")),
                ),
        )
}

fn wrong(w: &Words, wrong: Wrong) -> El<Outer> {
    let key = match wrong {
        Wrong::Included => "survey_wrong_included",
        Wrong::Count(_) => "survey_wrong_count",
        Wrong::Amount => "survey_wrong_amount",
        Wrong::Currency => "survey_wrong_currency",
        Wrong::Other => "bg_survey_form",
    };
    el("p").id("survey-wrong").class("trouble").attr("role", "alert").text(w.t(key))
}

/// The form.
pub fn view(panel: &Panel, item: &Item, reports: bool) -> El<Outer> {
    let w = &panel.words;
    let work = &panel.survey;
    let form = &work.form;
    let proposed = |words: &str| (!words.is_empty()).then(|| w.say("survey_proposed", &[words]));
    let hint = |text: Option<String>| text.map(|text| el("p").class("muted small").text(text));
    let price = [
        (Price::Stated, "stated", "survey_stated"),
        (Price::NotStated, "none", "survey_not_stated"),
        (Price::CannotTell, "unknown", "survey_cannot_tell"),
    ];
    let price = price.map(|(p, id, key)| (format!("price-{id}"), w.t(key), form.price == p, Field::Price(p)));
    let sellers = [
        (SellerType::Private, "private", "survey_private"),
        (SellerType::Business, "business", "survey_business"),
        (SellerType::Auction, "auction", "survey_auction"),
        (SellerType::CannotTell, "unknown", "survey_cannot_tell"),
    ];
    let sellers =
        sellers.map(|(s, id, key)| (format!("seller-{id}"), w.t(key), form.seller_type == s, Field::Seller(s)));
    let is = |wrong: Wrong| work.wrong == Some(wrong);
    let kinds = (0..form.kinds.len()).map(|n| kind(w, item, form, n, is(Wrong::Count(n))));
    el("form")
        .id("survey-form")
        .key(format!("form-{}", item.listing))
        .class("coding")
        .attr("novalidate", "")
        .on(On::Submit, Outer::Survey(Msg::Save(false)))
        .kid(head(panel, item))
        .maybe((!item.codings.is_empty()).then(|| el("p").class("hint").text(w.t("survey_correcting"))))
        .kid(yes_no(w, "included", "survey_included", form.included, Field::Included))
        .kids(kinds)
        .maybe(
            (form.kinds.len() < limits::CHOSEN_TAXA)
                .then(|| button("quiet", w.t("survey_more"), act(Field::More)).key("more").id("survey-more")),
        )
        .kid(question("price", w.t("survey_price"), price.to_vec()))
        .kid(
            el("div")
                .key("amount-row")
                .class("pair")
                .kid(input("amount".into(), w.t("survey_amount"), &form.amount, Field::Amount, is(Wrong::Amount)))
                .kid(input(
                    "currency".into(),
                    w.t("survey_currency"),
                    &form.currency,
                    Field::Currency,
                    is(Wrong::Currency),
                )),
        )
        .kid(yes_no(w, "live", "survey_live", Some(form.live), Field::Live))
        .kid(
            yes_no(w, "legality", "survey_legality", Some(form.legality), Field::Legality)
                .maybe(hint(proposed(&item.legality))),
        )
        .kid(yes_no(w, "age", "survey_age", Some(form.age), Field::Age).maybe(hint(proposed(&item.age))))
        .kid(question("seller", w.t("survey_seller"), sellers.to_vec()))
        .kid(input("location".into(), w.t("survey_location"), &form.location, Field::Location, false))
        .kid(input("survey-note".into(), w.t("survey_note"), &form.note, Field::Note, false))
        .maybe(work.wrong.map(|which| wrong(w, which)))
        .maybe(work.trouble.as_ref().map(|t| el("p").class("trouble").attr("role", "alert").text(w.sentence(t))))
        .kid(
            el("div")
                .class("buttons")
                .kid(
                    el("button")
                        .id("survey-save")
                        .class("primary big")
                        .attr("type", "submit")
                        .attr("aria-disabled", if work.saving.is_some() { "true" } else { "false" })
                        .text(w.t("survey_save")),
                )
                .maybe(reports.then(|| {
                    button("", w.t("survey_save_report"), Outer::Survey(Msg::Save(true))).id("survey-save-report")
                })),
        )
        .kid(el("p").class("muted small").text(w.t("survey_keys")))
}
