//! Surveys in the panel: today's searches, what a page adds to a search's frame, the advertisements that are laid before
//! the coder, and the form for one of them.
//!
//! Owns which search is worked on and which form is open, and what follows from a step. Everything typed goes to the
//! background at once; it keeps it, and this part can be drawn anew from there at any time. Nothing here opens, turns or
//! scrolls a page by itself: a search is one tab that one click opened.

pub mod fields;
pub mod form;
pub mod keys;
pub mod list;

use super::{Effect, Panel, Sheet, Tag};
use crate::dom::Fired;
use crate::words::{Sentence, sentence};
use fields::Field;
use spotter_model::coding::{About, CodingForm, Item, SurveyAsk, SurveyShown, SurveyTask, TaskShown, Wrong};
use spotter_model::messages::{Answer, Ask};

/// How often a question is asked again that a background left unanswered because it ended. Asking twice changes nothing.
const AGAIN: u8 = 4;

/// What can happen here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Msg {
    /// Open a search in a tab, and work on it.
    Search(String, String),
    /// Work on a search.
    Work(String, String),
    /// Take the listings of this page, although its address is not the search's.
    Take,
    /// The search is done, or not.
    Done(bool),
    /// The form of an advertisement, by its salted id.
    Open(String),
    /// Back to the advertisements.
    Items,
    /// A field changed.
    Field(Field),
    /// Save and go on; with `true` to the report.
    Save(bool),
}

/// What is worked on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Work {
    /// Survey and search.
    pub active: Option<(String, String)>,
    /// How the search stands.
    pub task: Option<SurveyTask>,
    /// The advertisement whose form is open, by its salted id.
    pub open: Option<String>,
    /// Its form.
    pub form: CodingForm,
    /// The page that was taken last: tab, address, listings read.
    pub taken: Option<(i32, String, u32)>,
    /// A form is being saved; with `true` its report follows.
    pub saving: Option<bool>,
    /// What went wrong.
    pub trouble: Option<Sentence>,
    /// The field that does not hold what it must.
    pub wrong: Option<Wrong>,
}

impl Work {
    /// The advertisement whose form is open.
    pub fn item(&self) -> Option<&Item> {
        let open = self.open.as_ref()?;
        self.task.as_ref()?.items.iter().find(|item| item.listing == *open)
    }
}

/// Whether an address is a page of a search: the same page, with at least what the search asks for.
pub fn is_search(url: &str, search: &str) -> bool {
    fn apart(url: &str) -> (&str, Vec<&str>) {
        let url = url.split('#').next().unwrap_or_default();
        let (page, query) = url.split_once('?').unwrap_or((url, ""));
        (page, query.split('&').filter(|pair| !pair.is_empty()).collect())
    }
    let ((page, has), (wanted, asks)) = (apart(url), apart(search));
    // Browsers write a space of a query in either way.
    let same = |a: &str, b: &str| a == b || a.replace("%20", "+") == b.replace("%20", "+");
    page == wanted && asks.iter().all(|ask| has.iter().any(|pair| same(pair, ask)))
}

fn ask(ask: SurveyAsk) -> Effect {
    Effect::Ask(Tag::Survey(Box::new(ask.clone()), 0), Ask::Survey(ask))
}

impl Panel {
    /// The surveys that run today.
    pub fn surveys(&self) -> impl Iterator<Item = &SurveyShown> {
        self.state.iter().flat_map(|state| &state.surveys)
    }

    /// The survey and the search that are worked on.
    pub fn working(&self) -> Option<(&SurveyShown, &TaskShown)> {
        let (survey, task) = self.survey.active.as_ref()?;
        let survey = self.surveys().find(|s| s.id == *survey)?;
        Some((survey, survey.tasks.iter().find(|t| t.task.id == *task)?))
    }

    /// Whether the page that is shown is a page of the search.
    pub fn at_search(&self) -> bool {
        let at = self.working().zip(self.shown.findings.as_ref());
        at.is_some_and(|((_, task), page)| is_search(&page.url, &task.task.address))
    }

    pub(super) fn survey_step(&mut self, msg: Msg, fired: &Fired) -> Vec<Effect> {
        match msg {
            Msg::Search(survey, task) => {
                let address = self
                    .surveys()
                    .find(|s| s.id == survey)
                    .and_then(|s| s.tasks.iter().find(|t| t.task.id == task))
                    .map(|t| t.task.address.clone());
                let mut effects = self.work_on(survey, task);
                effects.extend(address.map(Effect::OpenTab));
                effects
            }
            Msg::Work(survey, task) => self.work_on(survey, task),
            Msg::Take => self.take_page(true),
            Msg::Done(done) => {
                let Some((survey, task)) = self.survey.active.clone() else { return Vec::new() };
                self.focus("sheet-title");
                vec![ask(SurveyAsk::Done { survey, task, done })]
            }
            Msg::Open(listing) => {
                self.open_form(&listing);
                Vec::new()
            }
            Msg::Items => {
                let back = self.survey.open.take().map(|listing| format!("code-{listing}"));
                self.survey.wrong = None;
                self.focus(back.unwrap_or_else(|| "sheet-title".into()));
                Vec::new()
            }
            Msg::Field(field) => {
                let what = self.survey.item().map(|item| item.what.clone());
                let kinds = self.survey.form.kinds.len();
                field.put(&mut self.survey.form, &fired.value, what.as_ref());
                if self.survey.form.kinds.len() != kinds {
                    self.focus(format!("taxon-{}", self.survey.form.kinds.len().saturating_sub(1)));
                }
                self.survey.wrong = None;
                self.keep_form()
            }
            Msg::Save(report) => self.save_form(report),
        }
    }

    /// The search's sheet: what is known of it, and what this page adds.
    fn work_on(&mut self, survey: String, task: String) -> Vec<Effect> {
        self.survey = Work { active: Some((survey.clone(), task.clone())), ..Work::default() };
        self.sheet = Sheet::Survey;
        self.focus("sheet-title");
        let mut effects = vec![ask(SurveyAsk::Task { survey, task })];
        effects.extend(self.take_page(false));
        effects
    }

    /// Takes the page's listings into the frame: by itself where it is a page of the search that was not taken yet.
    pub(super) fn take_page(&mut self, by_hand: bool) -> Vec<Effect> {
        if !matches!(self.sheet, Sheet::Survey) || !(by_hand || self.at_search()) {
            return Vec::new();
        }
        let Some((survey, task)) = self.survey.active.clone() else { return Vec::new() };
        let Some((tab_id, page)) = self.shown.tab.zip(self.shown.findings.as_ref()) else { return Vec::new() };
        let this = (tab_id, page.url.clone(), page.read);
        if page.waiting > 0 || page.read == 0 || (!by_hand && self.survey.taken.as_ref() == Some(&this)) {
            return Vec::new();
        }
        self.survey.taken = Some(this);
        vec![ask(SurveyAsk::Look { survey, task, tab_id })]
    }

    fn open_form(&mut self, listing: &str) {
        let items = self.survey.task.iter().flat_map(|task| &task.items);
        let Some(item) = items.clone().find(|item| item.listing == listing) else { return };
        self.survey.form = form::begin(item);
        self.survey.open = Some(listing.to_owned());
        (self.survey.wrong, self.survey.trouble, self.survey.saving) = (None, None, None);
        let first = self.survey.form.included.unwrap_or(spotter_model::survey::Answer::Yes);
        self.focus(fields::answer_id("included", first));
    }

    fn keep_form(&mut self) -> Vec<Effect> {
        let (Some((survey, task)), Some(listing)) = (self.survey.active.clone(), self.survey.open.clone()) else {
            return Vec::new();
        };
        vec![ask(SurveyAsk::Draft { survey, task, listing, form: Box::new(self.survey.form.clone()) })]
    }

    fn save_form(&mut self, report: bool) -> Vec<Effect> {
        let (Some((survey, task)), Some(listing)) = (self.survey.active.clone(), self.survey.open.clone()) else {
            return Vec::new();
        };
        if self.survey.saving.is_some() {
            return Vec::new();
        }
        // The background says the same; here the focus goes to the field.
        let about = About {
            survey: survey.clone(),
            version: 1,
            task: task.clone(),
            listing: listing.clone(),
            url: self.survey.item().map(|item| item.url.clone()).unwrap_or_default(),
            coded_at: "2026-01-01T00:00:00Z".into(),
            ..About::default()
        };
        if let Err(wrong) = self.survey.form.coding(&about) {
            self.survey.wrong = Some(wrong);
            self.focus(fields::id_of(wrong, &self.survey.form));
            return Vec::new();
        }
        // What the listing's words propose is no answer before a person has looked at it.
        let proposed = self.survey.item().map(|item| !item.legality.is_empty());
        if !self.survey.form.confirmed && self.survey.form.included == Some(spotter_model::survey::Answer::Yes) {
            self.survey.form.confirmed = true;
            self.survey.trouble = Some(sentence("survey_confirm"));
            let (field, answer) = match proposed {
                Some(true) => ("legality", self.survey.form.legality),
                _ => ("age", self.survey.form.age),
            };
            self.focus(fields::answer_id(field, answer));
            return self.keep_form();
        }
        self.survey.saving = Some(report);
        vec![ask(SurveyAsk::Code { survey, task, listing, form: Box::new(self.survey.form.clone()) })]
    }

    /// After the report's sheet the search is there again.
    pub(super) fn back_to_survey(&mut self) -> Vec<Effect> {
        let Some((survey, task)) = self.survey.active.clone() else { return Vec::new() };
        self.sheet = Sheet::Survey;
        self.focus("sheet-title");
        vec![ask(SurveyAsk::Task { survey, task })]
    }

    pub(super) fn survey_answered(&mut self, asked: SurveyAsk, tries: u8, answer: Option<Answer>) -> Vec<Effect> {
        let why = match answer {
            None if tries < AGAIN => {
                return vec![Effect::Ask(Tag::Survey(Box::new(asked.clone()), tries + 1), Ask::Survey(asked))];
            }
            None => Some(sentence("error_no_answer")),
            Some(Answer::Refused { message, args }) => Some(Sentence { key: message, args }),
            Some(Answer::Survey(task)) => {
                self.silent = false;
                let about = (task.survey.clone(), task.task.clone());
                if self.survey.active.as_ref() == Some(&about) {
                    self.survey.task = Some(*task);
                }
                None
            }
            Some(_) => {
                self.silent = false;
                return Vec::new();
            }
        };
        match asked {
            SurveyAsk::Look { .. } if why.as_ref().is_some_and(|w| w.key == "bg_survey_reading") => {
                // The page says so itself once it has been read.
                self.survey.taken = None;
                Vec::new()
            }
            SurveyAsk::Code { listing, .. } if self.survey.open.as_ref() == Some(&listing) => {
                let report = self.survey.saving.take().unwrap_or(false);
                self.survey.trouble = why;
                if self.survey.trouble.is_some() {
                    self.focus("survey-save");
                    return Vec::new();
                }
                self.go_on(&listing, report)
            }
            _ => {
                if why.is_some() {
                    self.survey.trouble = why;
                }
                Vec::new()
            }
        }
    }

    /// After one was saved: the next one that was not, below it and then above; else all of them.
    fn go_on(&mut self, saved: &str, report: bool) -> Vec<Effect> {
        let items = self.survey.task.as_ref().map(|task| task.items.as_slice()).unwrap_or_default();
        let at = items.iter().position(|item| item.listing == saved).unwrap_or(0);
        let key = items.get(at).map(|item| item.key.clone());
        let open = |item: &&Item| item.codings.is_empty();
        let next = items.iter().skip(at).find(open).or_else(|| items.iter().find(open)).map(|i| i.listing.clone());
        self.say(self.words.t("survey_item_coded"));
        match next {
            Some(listing) => self.open_form(&listing),
            None => {
                self.survey.open = None;
                self.focus("sheet-title");
            }
        }
        match key.filter(|_| report) {
            Some(key) => self.prepare(key),
            None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
