//! The options page: where reports go, which sites are read, what pages show, keys, and the rules.
//!
//! Owns the page's state and its steps, as plain data that is tested natively. It never talks to the browser
//! itself (see `effects`).

pub mod data;
pub mod effects;
pub mod view;

use crate::api::Command;
use crate::dom::{App, Fired, Page};
use crate::join::Join;
use crate::node::Node;
use crate::site::{self, BadSite};
use crate::words::{Sentence, Words, sentence, sentence_of};
use data::Data;
use spotter_model::messages::{Answer, Ask, State};

/// What a question to the background was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// How things stand.
    State,
    /// Join.
    Join,
    /// Leave.
    Leave,
    /// A switch.
    Switch,
    /// What is stored.
    Stored,
    /// The same with pictures, for a file.
    Copy,
    /// Erase everything.
    Erase,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// Look again.
    Refresh,
    /// The background answered, or did not.
    Answered(Tag, Option<Answer>),
    /// The keyboard commands.
    Commands(Vec<Command>),
    /// Typed into the invitation field.
    JoinTyped,
    /// Sent the invitation form.
    JoinSubmit,
    /// Ask whether to leave.
    AskLeave,
    /// Leave.
    Leave,
    /// Do not.
    Stay,
    /// Typed a site.
    SiteTyped,
    /// Sent the site's form.
    SiteSubmit,
    /// The person's answer about a site.
    SiteAnswered(String, bool),
    /// Give a site back.
    SiteRemove(String),
    /// It was given back, or not.
    SiteRemoved(String, bool),
    /// Quiet or badges.
    Quiet(bool),
    /// The demo mask's switch.
    Mask,
    /// The switch for sending false alarms.
    Share,
    /// The person's answer in the browser's own question about it.
    ShareAnswered(bool),
    /// The switch for being asked whether listings are still there.
    AskAgain,
    /// To the first-run page.
    Welcome,
    /// Something about what is stored.
    Data(data::Step),
    /// A file was saved, or not.
    Saved(bool),
}

/// What the page asks of the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the background.
    Ask(Tag, Ask),
    /// The keyboard commands.
    Commands,
    /// Ask the person for a site: its patterns and its name.
    Request(Vec<String>, String),
    /// Ask the person, in the browser's own words, whether data about the extension's use may be sent.
    RequestTechnicalData,
    /// Give a site back: its pattern, and where its pictures stand.
    Remove(String, Vec<String>),
    /// Open the first-run page.
    OpenWelcome,
    /// Save this text as a file.
    Save(String),
    /// Forget what the training keeps in the pages' storage.
    ForgetTraining,
}

/// The page's state.
pub struct Options {
    /// The words.
    pub words: Words,
    /// Firefox makes profiles in its own way.
    pub firefox: bool,
    /// The background's state, once it answered.
    pub state: Option<State>,
    /// It did not answer the last time.
    pub silent: bool,
    /// The invitation field.
    pub join: Join,
    /// What stands in the site's field.
    pub site: String,
    /// What is wrong with it.
    pub site_error: Option<Sentence>,
    /// The keyboard commands.
    pub commands: Vec<Command>,
    /// Leave was pressed once.
    pub leaving: bool,
    /// What is stored on this device.
    pub data: Data,
    /// A sentence that is shown and read out.
    pub notice: Option<Sentence>,
    focus: Option<String>,
}

impl Options {
    /// An options page.
    pub fn new(words: Words, firefox: bool) -> Self {
        Self {
            words,
            firefox,
            state: None,
            silent: false,
            join: Join::default(),
            site: String::new(),
            site_error: None,
            commands: Vec::new(),
            leaving: false,
            data: Data::default(),
            notice: None,
            focus: None,
        }
    }

    fn answered(&mut self, tag: Tag, answer: Option<Answer>) -> Vec<Effect> {
        self.silent = answer.is_none();
        let mut effects = Vec::new();
        let refused = match answer {
            Some(Answer::State(state)) => {
                self.state = Some(*state);
                None
            }
            Some(Answer::Stored(stored)) => {
                match tag {
                    Tag::Copy => effects.push(Effect::Save(stored.text)),
                    _ => self.data.stored = Some(*stored),
                }
                None
            }
            Some(Answer::Refused { message, args }) => Some(Sentence { key: message, args }),
            Some(_) => Some(sentence_of("error_unknown", &["answer"])),
            None => Some(sentence("error_no_answer")),
        };
        match (tag, refused) {
            (Tag::Join, Some(why)) => {
                self.join.working = false;
                self.join.error = Some(why);
                self.focus = Some("join-link".into());
            }
            (Tag::Join, None) => {
                self.join = Join::default();
                let name = self.state.as_ref().and_then(|s| s.enrolled.as_ref()).map(|e| e.organisation.clone());
                self.notice = name.map(|name| sentence_of("join_done", &[&name]));
                self.focus = Some("h-join".into());
            }
            (Tag::Leave, None) => {
                self.notice = Some(sentence("options_left"));
                self.focus = Some("h-join".into());
            }
            (Tag::Switch, None) => self.notice = Some(sentence("options_saved")),
            (Tag::Erase, None) => {
                // The training's own storage is the pages', not the background's.
                effects.push(Effect::ForgetTraining);
                self.notice = Some(sentence("options_data_erased"));
                self.focus = Some("h-data".into());
            }
            (Tag::Leave | Tag::Switch | Tag::Copy | Tag::Erase, Some(why)) => self.notice = Some(why),
            (Tag::State | Tag::Stored | Tag::Copy, _) => {}
        }
        effects
    }
}

impl App for Options {
    type Msg = Msg;
    type Effect = Effect;

    fn view(&self) -> Vec<Node<Msg>> {
        view::view(self)
    }

    fn update(&mut self, msg: Msg, fired: Fired) -> Vec<Effect> {
        match msg {
            Msg::Refresh => {
                let stored = Effect::Ask(Tag::Stored, Ask::Stored { pictures: false });
                return vec![Effect::Ask(Tag::State, Ask::State), stored, Effect::Commands];
            }
            Msg::Answered(tag, answer) => return self.answered(tag, answer),
            Msg::Commands(commands) => self.commands = commands,
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
            Msg::AskLeave => {
                self.leaving = true;
                self.notice = None;
                self.focus = Some("stay".into());
            }
            Msg::Leave => {
                self.leaving = false;
                // The question named the reports that would be lost.
                let unsent = self.state.as_ref().is_some_and(|s| s.unsent() > 0);
                return vec![Effect::Ask(Tag::Leave, Ask::Leave { unsent })];
            }
            Msg::Stay => {
                self.leaving = false;
                self.focus = Some("leave".into());
            }
            Msg::SiteTyped => {
                self.site = fired.value;
                self.site_error = None;
            }
            Msg::SiteSubmit => {
                self.notice = None;
                match site::typed(&self.site) {
                    Ok(site) => return vec![Effect::Request(site.with_pictures(), site.name)],
                    Err(bad) => {
                        self.site_error = Some(sentence(match bad {
                            BadSite::Shape => "options_site_bad",
                            BadSite::Insecure => "options_site_insecure",
                        }));
                        self.focus = Some("site".into());
                    }
                }
            }
            Msg::SiteAnswered(name, true) => {
                self.site.clear();
                self.notice = Some(sentence_of("options_site_added", &[&name]));
                self.focus = Some("site".into());
                return vec![Effect::Ask(Tag::State, Ask::SyncSites)];
            }
            Msg::SiteAnswered(_, false) => self.site_error = Some(sentence("grant_refused")),
            Msg::SiteRemove(pattern) => {
                let sites = self.state.as_ref().map_or(&[][..], |s| &s.sites);
                let pictures = site::given_back(&pattern, sites);
                return vec![Effect::Remove(pattern, pictures)];
            }
            Msg::SiteRemoved(pattern, gone) => {
                if gone {
                    self.notice = Some(sentence_of("options_site_removed", &[site::name_of(&pattern)]));
                }
                self.focus = Some("h-sites".into());
                return vec![Effect::Ask(Tag::State, Ask::SyncSites)];
            }
            Msg::Welcome => return vec![Effect::OpenWelcome],
            Msg::Data(step) => {
                self.notice = None;
                let (effect, focus) = self.data.take(step);
                self.focus = focus.map(Into::into);
                return effect.into_iter().collect();
            }
            Msg::Saved(done) => {
                self.notice = Some(if done {
                    sentence_of("options_data_saved", &[data::FILE])
                } else {
                    sentence_of("error_unknown", &["file"])
                });
            }
            Msg::Quiet(quiet) => return vec![Effect::Ask(Tag::Switch, Ask::SetQuiet { quiet })],
            Msg::Share if fired.checked => return vec![Effect::RequestTechnicalData],
            Msg::Share => return vec![Effect::Ask(Tag::Switch, Ask::ShareAlarms { share: false })],
            Msg::ShareAnswered(true) => return vec![Effect::Ask(Tag::Switch, Ask::ShareAlarms { share: true })],
            Msg::ShareAnswered(false) => self.notice = Some(sentence("options_share_refused")),
            Msg::AskAgain => return vec![Effect::Ask(Tag::Switch, Ask::AskMeAgain { wanted: fired.checked })],
            Msg::Mask => return vec![Effect::Ask(Tag::Switch, Ask::SetMask { masked: fired.checked })],
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
