//! Survey mode inside the extension: what a coder fills in, and what the panel is told of the work.
//!
//! The endpoint sees none of these types: it gets [`crate::survey::Frame`] and [`crate::survey::Coding`], which the
//! background makes of them.

use crate::messages::{Finding, What};
use crate::survey::{Answer, Asking, CODING_SCHEMA, Coding, SellerType, Specimens, Task};
use crate::{Date, Group, Level, limits};
use serde::{Deserialize, Serialize};

/// A listing of a result page, as the content script has it; its sentences are left away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OnPage {
    /// What was found, at level `none` where nothing was.
    pub finding: Finding,
    /// The seller's handle, or empty.
    pub seller: String,
    /// The place named, or empty.
    pub location: String,
    /// The marketplace's own id, or empty.
    pub listing_id: String,
    /// Host of the marketplace, as reports name it.
    #[serde(default)]
    pub marketplace: String,
}

/// Answer to `ToContent::Listed`: the cards of a page in page order, [`limits::BATCH_LISTINGS`] at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Listed {
    /// How many there are.
    pub total: u32,
    /// The page is still being read, or answers are still waited for.
    pub reading: bool,
    /// The page's address without user-info and fragment.
    #[serde(default)]
    pub url: String,
    /// Those from the place asked for on.
    pub listings: Vec<OnPage>,
}

/// What is known of the price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    /// One is named.
    Stated,
    /// None is named.
    NotStated,
    /// It cannot be told.
    #[default]
    CannotTell,
}

/// One kind of specimen as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// Darwin Core `scientificName`, or empty.
    #[serde(rename = "scientificName")]
    pub scientific_name: String,
    /// The group, where it can be told.
    pub group: Option<Group>,
    /// CITES trade-term code, or empty.
    pub term: String,
    /// The count as typed, or empty.
    pub count: String,
    /// Unit of the count.
    pub unit: String,
}

/// A coding as it is being filled in; kept at each change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodingForm {
    /// UUID of the coding that it becomes: however often it is saved, it is one record.
    pub id: String,
    /// It counts; absent: not answered yet.
    pub included: Option<Answer>,
    /// What is offered.
    pub kinds: Vec<Kind>,
    /// What is known of the price.
    pub price: Price,
    /// The amount as typed.
    pub amount: String,
    /// The currency as typed.
    pub currency: String,
    /// Something alive is offered.
    pub live: Answer,
    /// A claim of legality.
    pub legality: Answer,
    /// A claim of age.
    pub age: Answer,
    /// Who sells.
    pub seller_type: SellerType,
    /// The place named.
    pub location: String,
    /// A word to the one who adjudicates.
    pub note: String,
    /// What was proposed from the listing's words was confirmed, or nothing was.
    pub confirmed: bool,
}

/// What a coding is about, besides the answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The survey.
    pub survey: String,
    /// Version of its protocol.
    pub version: u32,
    /// The task.
    pub task: String,
    /// The salted id.
    pub listing: String,
    /// The stripped address.
    pub url: String,
    /// The title.
    pub title: String,
    /// The seller's handle.
    pub seller: String,
    /// The coding that it takes the place of.
    pub replaces: Option<String>,
    /// The time, RFC 3339 UTC.
    pub coded_at: String,
}

/// A field of the form that does not hold what it must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Whether it counts was not answered.
    Included,
    /// The count of this kind is no number from 1 to 1,000,000.
    Count(usize),
    /// The amount is no decimal number.
    Amount,
    /// The currency is not three letters.
    Currency,
    /// Something else does not fit its bounds.
    Other,
}

/// One line without control characters, within bounds.
fn line(text: &str, bytes: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    limits::cut(clean.trim(), bytes).to_owned()
}

impl CodingForm {
    /// The record.
    ///
    /// # Errors
    /// The first field that does not hold what it must.
    pub fn coding(&self, about: &About) -> Result<Coding, Wrong> {
        let included = self.included.ok_or(Wrong::Included)?;
        let kind = |(n, k): (usize, &Kind)| {
            let count = match k.count.trim() {
                "" => None,
                typed => {
                    Some(typed.parse::<u32>().ok().filter(|n| (1..=1_000_000).contains(n)).ok_or(Wrong::Count(n))?)
                }
            };
            Ok(Specimens {
                scientific_name: line(&k.scientific_name, 200),
                group: k.group,
                term: k.term.clone(),
                count,
                unit: k.unit.clone(),
            })
        };
        let asking = match self.price {
            Price::CannotTell => Asking::CannotTell,
            Price::NotStated => Asking::NotStated,
            Price::Stated => {
                let amount = self.amount.trim().replace(',', ".");
                let currency = self.currency.trim().to_ascii_uppercase();
                let (whole, cents) = amount.split_once('.').unwrap_or((&amount, "0"));
                let digits = |t: &str, most| (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
                if !digits(whole, 12) || !digits(cents, 2) {
                    return Err(Wrong::Amount);
                }
                if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
                    return Err(Wrong::Currency);
                }
                Asking::Stated { amount, currency }
            }
        };
        let coding = Coding {
            schema: CODING_SCHEMA.into(),
            id: self.id.clone(),
            replaces: about.replaces.clone(),
            survey: about.survey.clone(),
            version: about.version,
            task: about.task.clone(),
            listing: about.listing.clone(),
            included,
            url: about.url.clone(),
            title: line(&about.title, limits::TITLE_BYTES),
            seller: line(&about.seller, limits::SHORT_BYTES),
            location: line(&self.location, limits::SHORT_BYTES),
            picture_sha256: String::new(),
            specimens: self.kinds.iter().enumerate().map(kind).collect::<Result<_, _>>()?,
            asking,
            live: self.live,
            legality_claim: self.legality,
            age_claim: self.age,
            seller_type: self.seller_type,
            note: self.note.chars().take(limits::MEANING_CHARS).collect(),
            coded_at: about.coded_at.clone(),
        };
        coding.check().map_err(|_| Wrong::Other).map(|()| coding)
    }
}

/// How far a search is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Listings in its frame.
    pub seen: u32,
    /// Of these laid before the coder.
    pub offered: u32,
    /// Of these coded.
    pub coded: u32,
    /// The coder said that it is done.
    pub done: bool,
}

/// A search as the panel lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskShown {
    /// The search.
    pub task: Task,
    /// How far it is.
    pub progress: Progress,
}

/// A survey as the panel shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyShown {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What is asked.
    pub question: String,
    /// First day of looking.
    pub from: Date,
    /// Last day of looking.
    pub until: Date,
    /// It runs today.
    pub running: bool,
    /// What makes an advertisement count.
    pub inclusion: Vec<String>,
    /// What keeps it out.
    pub exclusion: Vec<String>,
    /// The last place that is looked at, where results are looked at from the first on.
    pub depth: Option<u32>,
    /// Coded advertisements may be sent as reports.
    pub reports: bool,
    /// The searches; at most [`limits::SURVEY_TASKS`].
    pub tasks: Vec<TaskShown>,
    /// Records that the endpoint does not have yet.
    pub waiting: u32,
    /// Why not: a key of `_locales` and its placeholders.
    pub trouble: Option<(String, Vec<String>)>,
}

/// An advertisement that is laid before the coder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its salted id.
    pub listing: String,
    /// Its place among the results.
    pub position: u32,
    /// Key on its page, as last seen.
    pub key: String,
    /// The tab of that page.
    pub tab_id: i32,
    /// The title.
    pub title: String,
    /// The price as shown.
    pub price: String,
    /// The stripped address.
    pub url: String,
    /// The seller's handle.
    pub seller: String,
    /// The place named.
    pub location: String,
    /// What the detector said.
    pub level: Level,
    /// What it probably is.
    pub what: What,
    /// Amount and currency, as far as the price says.
    pub asking: Option<(String, String)>,
    /// Words that claim legality, or empty.
    pub legality: String,
    /// Words that claim age, or empty.
    pub age: String,
    /// What is being filled in.
    pub draft: Option<CodingForm>,
    /// How it was coded last.
    pub coded: Option<CodingForm>,
    /// UUID of the next coding of it.
    pub next: String,
    /// Ids of all its codings, oldest first; each replaces the one before.
    #[serde(default)]
    pub codings: Vec<String>,
}

/// A search that is being worked on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyTask {
    /// The survey.
    pub survey: String,
    /// The search.
    pub task: String,
    /// How far it is.
    pub progress: Progress,
    /// What is laid before the coder, by place.
    pub items: Vec<Item>,
}

crate::json::typed! {
/// From the panel to the background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum SurveyAsk ("SurveyAsk" by "step") as SurveyAskRead {
    /// How does this search stand?
    Task {
        /// The survey.
        survey: String,
        /// The search.
        task: String,
    },
    /// Take the listings that this tab's page shows into the frame.
    Look {
        /// The survey.
        survey: String,
        /// The search.
        task: String,
        /// The tab.
        tab_id: i32,
    },
    /// The form changed. Answered by `Kept`.
    Draft {
        /// The survey.
        survey: String,
        /// The search.
        task: String,
        /// The salted id.
        listing: String,
        /// The form.
        form: Box<CodingForm>,
    },
    /// The advertisement is coded. Asking twice keeps one record.
    Code {
        /// The survey.
        survey: String,
        /// The search.
        task: String,
        /// The salted id.
        listing: String,
        /// The form.
        form: Box<CodingForm>,
    },
    /// This search is done, or not.
    Done {
        /// The survey.
        survey: String,
        /// The search.
        task: String,
        /// It is.
        done: bool,
    },
}}

impl SurveyAsk {
    /// Survey and search that it is about.
    #[must_use]
    pub fn of(&self) -> (&str, &str) {
        match self {
            Self::Task { survey, task }
            | Self::Look { survey, task, .. }
            | Self::Draft { survey, task, .. }
            | Self::Code { survey, task, .. }
            | Self::Done { survey, task, .. } => (survey, task),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> About {
        About {
            survey: "s".into(),
            version: 1,
            task: "t".into(),
            listing: "a".repeat(32),
            url: "https://market.example/1".into(),
            title: "Carved\nfigure".into(),
            coded_at: "2026-11-27T10:00:00Z".into(),
            ..About::default()
        }
    }

    fn form() -> CodingForm {
        CodingForm {
            id: "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into(),
            included: Some(Answer::Yes),
            kinds: vec![Kind { term: "IVC".into(), count: " 2 ".into(), ..Kind::default() }],
            price: Price::Stated,
            amount: "120,5".into(),
            currency: "eur".into(),
            ..CodingForm::default()
        }
    }

    #[test]
    fn a_form_becomes_a_record_or_says_which_field_is_wrong() {
        let coding = form().coding(&about()).expect("a record");
        assert_eq!(coding.asking, Asking::Stated { amount: "120.5".into(), currency: "EUR".into() });
        assert_eq!((coding.title.as_str(), coding.specimens[0].count), ("Carved figure", Some(2)));
        assert_eq!(coding.live, Answer::CannotTell);
        type Break = (fn(&mut CodingForm), Wrong);
        let table: [Break; 7] = [
            (|f| f.included = None, Wrong::Included),
            (|f| f.kinds[0].count = "two".into(), Wrong::Count(0)),
            (|f| f.kinds[0].count = "0".into(), Wrong::Count(0)),
            (|f| f.amount = "1.000,00".into(), Wrong::Amount),
            (|f| f.amount.clear(), Wrong::Amount),
            (|f| f.currency = "€".into(), Wrong::Currency),
            (|f| f.id = "1".into(), Wrong::Other),
        ];
        for (change, wrong) in table {
            let mut bad = form();
            change(&mut bad);
            assert_eq!(bad.coding(&about()).unwrap_err(), wrong);
        }
        let unpriced = CodingForm { price: Price::NotStated, amount: "rubbish".into(), ..form() };
        assert_eq!(unpriced.coding(&about()).expect("a record").asking, Asking::NotStated);
    }

    #[test]
    fn a_question_says_what_it_is_about() {
        let ask = SurveyAsk::Done { survey: "s".into(), task: "t".into(), done: true };
        assert_eq!(ask.of(), ("s", "t"));
        let text = serde_json::to_value(crate::messages::Ask::Survey(ask)).expect("JSON");
        assert_eq!(text["type"], "survey");
        assert_eq!(text["step"], "done");
    }
}
