//! The first-run page: what is read, what is sent and when, what others see anyway, and the spotter's agreement.
//!
//! Owns the page's state and its steps, as plain data that is tested natively. It never talks to the browser
//! itself (see `effects`); that somebody agreed is kept by the background, which lets nobody join before.

pub mod effects;
pub mod view;

use crate::dom::{App, Fired, Page};
use crate::join::Join;
use crate::node::Node;
use crate::words::{Sentence, Words, sentence, sentence_of};
use spotter_model::messages::{Answer, Ask, State};

/// What a question to the background was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// How things stand.
    State,
    /// Agree.
    Agree,
    /// Join.
    Join,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// Look again.
    Refresh,
    /// The background answered, or did not.
    Answered(Tag, Option<Answer>),
    /// The box "18 or older".
    Adult,
    /// The box "keeps to the rules".
    Rules,
    /// Sent the agreement.
    Agree,
    /// Typed into the invitation field.
    JoinTyped,
    /// Sent the invitation form.
    JoinSubmit,
    /// To the options page.
    Settings,
}

/// What the page asks of the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the background.
    Ask(Tag, Ask),
    /// Open the options page.
    OpenOptions,
}

/// The page's state.
pub struct Welcome {
    /// The words.
    pub words: Words,
    /// Firefox makes profiles in its own way.
    pub firefox: bool,
    /// The background's state, once it answered.
    pub state: Option<State>,
    /// It did not answer the last time.
    pub silent: bool,
    /// 18 or older.
    pub adult: bool,
    /// Keeps to the rules.
    pub rules: bool,
    /// Why the agreement was not taken.
    pub trouble: Option<Sentence>,
    /// The invitation field.
    pub join: Join,
    /// A sentence that is shown and read out.
    pub notice: Option<Sentence>,
    focus: Option<String>,
}

impl Welcome {
    /// A first-run page.
    pub fn new(words: Words, firefox: bool) -> Self {
        Self {
            words,
            firefox,
            state: None,
            silent: false,
            adult: false,
            rules: false,
            trouble: None,
            join: Join::default(),
            notice: None,
            focus: None,
        }
    }

    fn answered(&mut self, tag: Tag, answer: Option<Answer>) {
        self.silent = answer.is_none();
        let refused = match answer {
            Some(Answer::State(state)) => {
                self.state = Some(*state);
                None
            }
            Some(Answer::Refused { message, args }) => Some(Sentence { key: message, args }),
            Some(_) => Some(sentence_of("error_unknown", &["answer"])),
            None => Some(sentence("error_no_answer")),
        };
        match (tag, refused) {
            (Tag::Agree, None) => {
                self.notice = Some(sentence("welcome_agreed"));
                self.focus = Some("join-link".into());
            }
            (Tag::Agree, why) => self.trouble = why,
            (Tag::Join, None) => {
                self.join = Join::default();
                let name = self.state.as_ref().and_then(|s| s.enrolled.as_ref()).map(|e| e.organisation.clone());
                self.notice = name.map(|name| sentence_of("join_done", &[&name]));
                self.focus = Some("settings".into());
            }
            (Tag::Join, why) => {
                self.join.working = false;
                self.join.error = why;
                self.focus = Some("join-link".into());
            }
            (Tag::State, _) => {}
        }
    }
}

impl App for Welcome {
    type Msg = Msg;
    type Effect = Effect;

    fn view(&self) -> Vec<Node<Msg>> {
        view::view(self)
    }

    fn update(&mut self, msg: Msg, fired: Fired) -> Vec<Effect> {
        match msg {
            Msg::Refresh => return vec![Effect::Ask(Tag::State, Ask::State)],
            Msg::Answered(tag, answer) => self.answered(tag, answer),
            Msg::Adult => self.adult = fired.checked,
            Msg::Rules => self.rules = fired.checked,
            Msg::Agree => {
                self.trouble = None;
                if self.adult && self.rules {
                    return vec![Effect::Ask(Tag::Agree, Ask::Agree { adult: true, rules: true })];
                }
                self.trouble = Some(sentence("welcome_missing"));
                self.focus = Some(if self.adult { "rules" } else { "adult" }.into());
            }
            Msg::JoinTyped => {
                self.join.link = fired.value;
                self.join.error = None;
            }
            Msg::JoinSubmit => {
                self.notice = None;
                match self.join.submit() {
                    Some(link) => return vec![Effect::Ask(Tag::Join, Ask::Enrol { link })],
                    None => self.focus = Some("join-link".into()),
                }
            }
            Msg::Settings => return vec![Effect::OpenOptions],
        }
        Vec::new()
    }

    fn run(effect: Effect, page: &Page<Self>) {
        effects::run(effect, page);
    }

    fn tick(&self) -> Option<Msg> {
        None
    }

    fn take_focus(&mut self) -> Option<String> {
        self.focus.take()
    }
}

#[cfg(test)]
mod tests;
