//! The training page: rules, practice marketplace, identification cards, quiz, decks, presenter.
//!
//! Owns the page's state and its steps, as plain data that is tested natively. It never talks to the browser itself
//! (see `effects`), and has no way to make or send a report: it asks the background nothing that does.

pub mod cards;
pub mod cards_view;
pub mod decks;
pub mod decks_view;
pub mod effects;
pub mod items;
pub mod json;
pub mod market;
pub mod market_view;
pub mod material;
pub mod present;
pub mod quiz;
pub mod quiz_view;
pub mod rows;
pub mod view;

use crate::dom::{App, Fired, Page};
use crate::node::Node;
use crate::words::{Sentence, Words, sentence, sentence_of};
use decks::{Deck, Problem};
use items::{Item, Right};
use market::{Done, Market};
use material::Material;
use present::Present;
use quiz::{Boxes, Quiz, Sure};
use spotter_model::messages::{Answer, Ask, LawHere, Mark, State, What};
use spotter_model::training::Test;
use spotter_model::{Group, limits};
use std::collections::HashMap;

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// The rules, and the way to everything else.
    #[default]
    Start,
    /// The practice marketplace.
    Market,
    /// All cards.
    Cards,
    /// One card.
    Card(String),
    /// The quiz: its decks, a question, or the results.
    Quiz,
    /// What was passed, to be printed.
    Certificate,
    /// Decks in and out.
    Decks,
    /// A deck before a class.
    Present,
}

/// What a question to the background was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// How things stand.
    State,
    /// What the detector says of the marketplace.
    Market,
    /// What it says of the deck that is presented.
    Present,
    /// What the law asks of what this card is about.
    Law(String),
    /// Keep that the test was passed.
    Passed,
}

/// A deck's form as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON.
    Json,
    /// CSV.
    Csv,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// The files were read, or not.
    Loaded(Result<Box<Material>, String>),
    /// What was kept on this device: boxes and own decks.
    Kept(Option<String>, Option<String>),
    /// The background's state changed.
    Refresh,
    /// The background answered, or did not.
    Answered(Tag, Option<Answer>),
    /// To a screen.
    Go(Screen),
    /// Cards of one group, or of all.
    Group,
    /// A country whose rules are shown on cards.
    Country,
    /// Listings in one language, or in all.
    Lang,
    /// To a page of results.
    Turn(usize),
    /// A listing is reported into the sandbox, or left.
    Judge(String, Done),
    /// The marketplace from the beginning.
    Again,
    /// A quiz over this deck.
    Begin(usize),
    /// How sure.
    Sure(Sure),
    /// An answer.
    Answer(Right),
    /// The reason was read.
    Next,
    /// Back to the decks of the quiz.
    Leave,
    /// Print this page.
    Print,
    /// A file was chosen.
    Chosen,
    /// It was read: its name and text; nothing where it could not be.
    Read(Option<(String, String)>),
    /// An own deck is taken away.
    Drop(usize),
    /// Begin anew for the next class: ask first, or leave it.
    Anew(bool),
    /// The answer was yes.
    AnewNow,
    /// A deck as a file.
    Save(usize, Form),
    /// A deck before a class.
    Present(usize),
    /// Uncover the next thing.
    Forward,
    /// A step back.
    Back,
}

/// What the page asks of the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the background.
    Ask(Tag, Ask),
    /// To the top of the page.
    Top,
    /// Tell the background of a pass, with the hash of the deck's items, which are these, and whether it was said that
    /// somebody is told of it.
    Pass(Box<Test>, String, bool),
    /// Read the file that was chosen.
    ReadFile,
    /// Save a text as a file.
    Save(String, String),
    /// Keep this on this device, by name.
    Keep(&'static str, String),
    /// Print.
    Print,
}

/// Where boxes are kept.
pub const KEPT_BOXES: &str = "training-boxes";
/// Where own decks are kept.
pub const KEPT_DECKS: &str = "training-decks";
/// Own decks beyond this many bytes are not kept: browsers give such storage five megabytes.
const DECKS_BYTES: usize = 4 * 1024 * 1024;

/// The page's state.
pub struct Training {
    /// The words.
    pub words: Words,
    /// What is taught, once it is read.
    pub material: Option<Material>,
    /// Why it can't be.
    pub trouble: Option<String>,
    /// The background's state, once it answered.
    pub state: Option<State>,
    /// What is shown.
    pub screen: Screen,
    /// Cards of this group; absent: of all.
    pub group: Option<Group>,
    /// The country whose rules are shown on cards, and what they ask of the card that is open.
    pub country: String,
    /// What was answered about it.
    pub law: Option<LawHere>,
    /// The marketplace.
    pub market: Market,
    /// Leitner's boxes.
    pub boxes: Boxes,
    /// The quiz.
    pub quiz: Quiz,
    /// Decks that the trainer brought.
    pub own: Vec<Deck>,
    /// What was wrong with the last file.
    pub problems: Vec<Problem>,
    /// Whether to begin anew is asked.
    pub anew: bool,
    /// The presentation.
    pub present: Present,
    /// A sentence that is shown and read out.
    pub notice: Option<Sentence>,
    focus: Option<String>,
}

impl Training {
    /// A training page.
    pub fn new(words: Words) -> Self {
        Self {
            words,
            material: None,
            trouble: None,
            state: None,
            screen: Screen::default(),
            group: None,
            country: String::new(),
            law: None,
            market: Market::default(),
            boxes: Boxes::default(),
            quiz: Quiz::default(),
            own: Vec::new(),
            problems: Vec::new(),
            anew: false,
            present: Present::default(),
            notice: None,
            focus: None,
        }
    }

    /// All decks: those to start with, then the trainer's own.
    pub fn decks(&self) -> Vec<Deck> {
        let starters = self.material.iter().flat_map(|m| m.starters(&self.words));
        starters.chain(self.own.iter().cloned()).collect()
    }

    fn deck(&self, at: usize) -> Option<Deck> {
        self.decks().into_iter().nth(at)
    }

    fn go(&mut self, screen: Screen) -> Vec<Effect> {
        self.screen = screen;
        self.anew = false;
        self.notice = None;
        self.focus = Some("title".into());
        self.law = None;
        let mut effects = vec![Effect::Top];
        effects.extend(self.ask_detector());
        effects.extend(self.ask_law());
        effects
    }

    /// What the detector says of the marketplace, once that is shown and what it holds was read.
    fn ask_detector(&self) -> Option<Effect> {
        let material = self.material.as_ref().filter(|_| self.screen == Screen::Market && !self.market.read)?;
        Some(practise(Tag::Market, material.listings.iter()))
    }

    /// What the law of the chosen country asks of what the open card is about.
    fn ask_law(&self) -> Option<Effect> {
        let Screen::Card(id) = &self.screen else { return None };
        let card = self.material.as_ref()?.cards.iter().find(|c| c.id == *id)?;
        let what = What { groups: card.groups.clone(), ..What::default() };
        let ask = Ask::Law { url: String::new(), country: self.country.clone(), what, claims: Vec::new() };
        Some(Effect::Ask(Tag::Law(id.clone()), ask))
    }

    fn answered(&mut self, tag: Tag, answer: Option<Answer>) {
        match (tag, answer) {
            (tag, Some(Answer::State(state))) => {
                self.state = Some(*state);
                if tag == Tag::Passed {
                    self.notice = Some(sentence("train_pass_kept"));
                }
            }
            (Tag::Market, Some(Answer::Practised { marks })) => {
                let items = self.material.iter().flat_map(|m| &m.listings);
                self.market.marks = by_item(items, marks);
                self.market.read = true;
                self.market.silent = false;
            }
            (Tag::Present, Some(Answer::Practised { marks })) => {
                self.present.marks = by_item(self.present.items.iter(), marks);
            }
            // What was chosen meanwhile is asked for already.
            (Tag::Law(card), Some(Answer::Law(here)))
                if matches!(&self.screen, Screen::Card(open) if *open == card) && here.country == self.country =>
            {
                self.law = Some(*here);
            }
            (Tag::Market, _) => self.market.silent = true,
            (_, Some(Answer::Refused { message, args })) => self.notice = Some(Sentence { key: message, args }),
            (Tag::Passed, _) => self.notice = Some(sentence("error_no_answer")),
            _ => {}
        }
    }

    /// The quiz goes on, or is over.
    fn next(&mut self, now_ms: u64) -> Vec<Effect> {
        self.quiz.on = true;
        self.focus = Some("title".into());
        if !self.quiz.finished() {
            return vec![Effect::Top];
        }
        self.boxes.run += 1;
        self.boxes.tries += 1;
        let passed = self.quiz.percent() >= self.pass_mark();
        let test = self.quiz.test(self.boxes.tries, now_ms);
        if passed {
            self.boxes.tries = 0;
        }
        let kept = Effect::Keep(KEPT_BOXES, self.boxes.text());
        let tells =
            passed.then(|| Effect::Pass(Box::new(test), decks::lines(&self.quiz.pool), self.told_to().is_some()));
        [Effect::Top, kept].into_iter().chain(tells).collect()
    }

    /// The house that is told of a pass; none where no round of today asks for the training.
    pub fn told_to(&self) -> Option<&str> {
        let state = self.state.as_ref()?;
        let asks = state.rounds.as_ref()?.now.iter().any(|round| round.training_required);
        Some(&state.enrolled.as_ref().filter(|_| asks)?.organisation)
    }

    /// Percent that are a pass, as the rounds of today say.
    pub fn pass_mark(&self) -> u32 {
        let rounds = self.state.as_ref().and_then(|s| s.rounds.as_ref());
        spotter_model::training::pass_mark(rounds.map_or(&[][..], |r| &r.now)).0
    }

    fn taken(&mut self, file: Option<(String, String)>) -> Vec<Effect> {
        self.problems.clear();
        let Some((name, text)) = file else {
            self.notice = Some(sentence("train_fault_large"));
            return Vec::new();
        };
        let cards = self.material.as_ref().map_or(&[][..], |m| &m.cards);
        match Deck::read(&name, &text, cards) {
            Ok(deck) => {
                self.own.retain(|d| d.title != deck.title);
                self.notice = Some(sentence_of("train_deck_taken", &[&deck.title, &deck.items.len().to_string()]));
                self.own.push(deck);
                self.keep_decks().into_iter().collect()
            }
            Err(problems) => {
                self.notice = None;
                self.problems = problems;
                self.focus = Some("problems".into());
                Vec::new()
            }
        }
    }

    fn keep_decks(&mut self) -> Option<Effect> {
        let decks: Vec<String> = self.own.iter().map(|d| json::quoted(&d.json())).collect();
        let text = format!("[{}]", decks.join(","));
        if text.len() > DECKS_BYTES {
            self.notice = Some(sentence("train_deck_not_kept"));
            return None;
        }
        Some(Effect::Keep(KEPT_DECKS, text))
    }
}

/// Decks as they were kept: a list of their files.
fn read_decks(kept: Option<&str>) -> Vec<Deck> {
    let kept = kept.and_then(|text| json::Json::read(text).ok());
    let files = kept.as_ref().and_then(json::Json::list).unwrap_or_default();
    files.iter().filter_map(|file| Deck::kept(file.text()?)).collect()
}

fn practise<'a>(tag: Tag, items: impl Iterator<Item = &'a Item>) -> Effect {
    let listings = items.take(limits::BATCH_LISTINGS).map(Item::listing).collect();
    Effect::Ask(tag, Ask::Practise { listings })
}

fn by_item<'a>(items: impl Iterator<Item = &'a Item>, marks: Vec<Mark>) -> HashMap<String, Mark> {
    let ids: Vec<&str> = items.map(|i| i.id.as_str()).collect();
    let of = |mark: Mark| Some(((*ids.get(mark.index as usize)?).to_owned(), mark));
    marks.into_iter().filter_map(of).collect()
}

impl App for Training {
    type Msg = Msg;
    type Effect = Effect;

    fn view(&self) -> Vec<Node<Msg>> {
        view::view(self)
    }

    fn update(&mut self, msg: Msg, fired: Fired) -> Vec<Effect> {
        match msg {
            Msg::Loaded(Ok(material)) => {
                self.material = Some(*material);
                // Whoever was quick stands on a screen already.
                return self.ask_detector().into_iter().chain(self.ask_law()).collect();
            }
            Msg::Loaded(Err(why)) => self.trouble = Some(why),
            Msg::Kept(boxes, decks) => {
                self.boxes = Boxes::read(boxes.as_deref());
                self.own = read_decks(decks.as_deref());
            }
            Msg::Refresh => return vec![Effect::Ask(Tag::State, Ask::State)],
            Msg::Answered(tag, answer) => self.answered(tag, answer),
            Msg::Go(screen) => return self.go(screen),
            Msg::Group => self.group = crate::parts::GROUPS.into_iter().find(|g| g.word() == fired.value),
            Msg::Country => {
                self.country = fired.value;
                return self.ask_law().into_iter().collect();
            }
            Msg::Lang => {
                self.market.lang = fired.value;
                self.market.page = 0;
            }
            Msg::Turn(page) => {
                self.market.page = page;
                self.focus = Some("title".into());
                return vec![Effect::Top];
            }
            Msg::Judge(id, done) => {
                self.focus = Some(format!("verdict-{id}"));
                self.market.done.insert(id, done);
            }
            Msg::Again => {
                self.market.done.clear();
                self.market.page = 0;
                self.focus = Some("title".into());
            }
            Msg::Begin(at) => {
                let Some(deck) = self.deck(at) else { return Vec::new() };
                // The clock's milliseconds are chance enough for an order.
                let seed = fired.now.rem_euclid(f64::from(u32::MAX)) as u32;
                self.quiz = Quiz::begin(deck.title, deck.items, &self.boxes, seed);
                self.quiz.begun_ms = fired.now as u64;
                return self.go(Screen::Quiz);
            }
            Msg::Sure(sure) => self.quiz.sure = sure,
            Msg::Answer(answer) => {
                if let Some((id, known)) = self.quiz.take(answer) {
                    self.boxes.answered(&id, known);
                    self.focus = Some("next".into());
                    return vec![Effect::Keep(KEPT_BOXES, self.boxes.text())];
                }
            }
            Msg::Next => return self.next(fired.now as u64),
            Msg::Leave => {
                self.quiz = Quiz::default();
                return self.go(Screen::Quiz);
            }
            Msg::Print => return vec![Effect::Print],
            Msg::Chosen => return vec![Effect::ReadFile],
            Msg::Read(file) => return self.taken(file),
            Msg::Drop(at) => {
                let starters = self.decks().len() - self.own.len();
                if let Some(own) = at.checked_sub(starters).filter(|own| *own < self.own.len()) {
                    self.own.remove(own);
                }
                self.focus = Some("title".into());
                return self.keep_decks().into_iter().collect();
            }
            Msg::Anew(ask) => {
                self.anew = ask;
                self.focus = Some(if ask { "anew-no" } else { "anew" }.into());
            }
            Msg::AnewNow => {
                // What the detector said of the marketplace stays true.
                self.market.done.clear();
                (self.market.page, self.market.lang, self.group) = (0, String::new(), None);
                (self.quiz, self.boxes, self.present) = (Quiz::default(), Boxes::default(), Present::default());
                self.anew = false;
                self.notice = Some(sentence("train_anew_done"));
                self.focus = Some("anew".into());
                return vec![Effect::Keep(KEPT_BOXES, self.boxes.text())];
            }
            Msg::Save(at, form) => {
                let Some(deck) = self.deck(at) else { return Vec::new() };
                let (text, end) = match form {
                    Form::Json => (deck.json(), "json"),
                    Form::Csv => (deck.csv(), "csv"),
                };
                let name: String = deck.title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
                return vec![Effect::Save(format!("{name}.{end}"), text)];
            }
            Msg::Present(at) => {
                let Some(deck) = self.deck(at) else { return Vec::new() };
                self.present = Present { deck: deck.title, items: deck.items, ..Present::default() };
                let asks = practise(Tag::Present, self.present.items.iter());
                self.go(Screen::Present);
                self.focus = Some("forward".into());
                return vec![Effect::Top, asks];
            }
            Msg::Forward => {
                self.present.next();
                self.focus = Some("forward".into());
            }
            Msg::Back => self.present.back(),
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
pub mod testing {
    //! The files that ship.

    use super::material::{Material, files};
    use std::path::PathBuf;

    /// Where they stand.
    pub fn folder() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../training")
    }

    /// One of them.
    pub fn file(name: &str) -> String {
        std::fs::read_to_string(folder().join(name)).expect("a file of the training")
    }

    /// All of them, in English.
    pub fn material() -> Material {
        material_in("en")
    }

    /// All of them for somebody who reads `lang`.
    pub fn material_in(lang: &str) -> Material {
        let contents: Vec<String> = files(lang).iter().map(|f| file(f)).collect();
        Material::read(lang, &contents).expect("the files that ship")
    }
}

#[cfg(test)]
mod languages_tests;
#[cfg(test)]
mod tests;
