//! The fields of the coding form: what a change of each puts into it, and which element each is.

use spotter_model::coding::{CodingForm, Kind, Price, Wrong};
use spotter_model::messages::What;
use spotter_model::survey::{Answer, SellerType};
use spotter_model::{Group, limits};

/// A field, with the answer where one is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Whether it counts.
    Included(Answer),
    /// What it is: a name or a group out of a list.
    Taxon(usize),
    /// Its scientific name, typed.
    Name(usize),
    /// What is offered of it.
    Term(usize),
    /// How many.
    Count(usize),
    /// Of what.
    Unit(usize),
    /// One more kind.
    More,
    /// One less.
    Less(usize),
    /// What is known of the price.
    Price(Price),
    /// The amount.
    Amount,
    /// The currency.
    Currency,
    /// Something alive.
    Live(Answer),
    /// A claim of legality.
    Legality(Answer),
    /// A claim of age.
    Age(Answer),
    /// Who sells.
    Seller(SellerType),
    /// The place.
    Location,
    /// The word to the one who adjudicates.
    Note,
}

/// A group by its word.
pub fn group(word: &str) -> Option<Group> {
    crate::parts::GROUPS.into_iter().find(|group| group.word() == word)
}

impl Field {
    /// Takes a change in. `what`: what the detector takes the advertisement for.
    pub fn put(self, form: &mut CodingForm, value: &str, what: Option<&What>) {
        let cut = |bytes: usize| limits::cut(value, bytes).to_owned();
        let kind = |form: &mut CodingForm, n: usize, put: &dyn Fn(&mut Kind)| {
            if let Some(kind) = form.kinds.get_mut(n) {
                put(kind);
            }
        };
        match self {
            Field::Included(answer) => form.included = Some(answer),
            Field::Taxon(n) => kind(form, n, &|k| match value.split_once(':') {
                Some(("name", name)) => {
                    name.clone_into(&mut k.scientific_name);
                    k.group = what.and_then(|w| w.groups.first().copied()).or(k.group);
                }
                Some((_, word)) => (k.scientific_name, k.group) = (String::new(), group(word)),
                None => (k.scientific_name, k.group) = (String::new(), None),
            }),
            Field::Name(n) => kind(form, n, &|k| k.scientific_name = cut(200)),
            Field::Term(n) => kind(form, n, &|k| k.term = cut(3)),
            Field::Count(n) => kind(form, n, &|k| k.count = cut(8)),
            Field::Unit(n) => kind(form, n, &|k| k.unit = cut(8)),
            Field::More => {
                if form.kinds.len() < limits::CHOSEN_TAXA {
                    form.kinds.push(Kind::default());
                }
            }
            Field::Less(n) => {
                if n < form.kinds.len() {
                    form.kinds.remove(n);
                }
            }
            Field::Price(price) => form.price = price,
            Field::Amount => {
                form.amount = cut(24);
                form.price = Price::Stated;
            }
            Field::Currency => {
                form.currency = cut(8);
                form.price = Price::Stated;
            }
            Field::Live(answer) => form.live = answer,
            Field::Legality(answer) => form.legality = answer,
            Field::Age(answer) => form.age = answer,
            Field::Seller(who) => form.seller_type = who,
            Field::Location => form.location = cut(limits::SHORT_BYTES),
            Field::Note => form.note = value.chars().take(limits::MEANING_CHARS).collect(),
        }
    }
}

/// The word of an answer, as ids have it.
pub fn answer_word(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::CannotTell => "unknown",
    }
}

/// The element of an answer of a field.
pub fn answer_id(field: &str, answer: Answer) -> String {
    format!("{field}-{}", answer_word(answer))
}

/// The element of a field that does not hold what it must.
pub fn id_of(wrong: Wrong, form: &CodingForm) -> String {
    match wrong {
        Wrong::Included => answer_id("included", form.included.unwrap_or(Answer::Yes)),
        Wrong::Count(n) => format!("count-{n}"),
        Wrong::Amount => "amount".into(),
        Wrong::Currency => "currency".into(),
        Wrong::Other => "survey-save".into(),
    }
}
