//! The training page: rules, identification cards.
//!
//! Owns the page's state and its steps, as plain data that is tested natively. It never talks to the browser itself
//! (see `effects`), and has no way to make or send a report: it asks the background nothing that does.

pub mod cards;
pub mod effects;
pub mod material;
pub mod view;

use crate::dom::{App, Fired, Page};
use crate::node::Node;
use crate::words::Words;
use material::Material;
use spotter_model::Group;

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// The rules, and the way to everything else.
    #[default]
    Start,
    /// All cards.
    Cards,
    /// One card.
    Card(String),
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// The files were read, or not.
    Loaded(Result<Box<Material>, String>),
    /// To a screen.
    Go(Screen),
    /// Cards of one group, or of all.
    Group,
}

/// What the page asks of the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// To the top of the page.
    Top,
}

/// The page's state.
pub struct Training {
    /// The words.
    pub words: Words,
    /// What is taught, once it is read.
    pub material: Option<Material>,
    /// Why it can't be.
    pub trouble: Option<String>,
    /// What is shown.
    pub screen: Screen,
    /// Cards of this group; absent: of all.
    pub group: Option<Group>,
    focus: Option<String>,
}

impl Training {
    /// A training page.
    pub fn new(words: Words) -> Self {
        Self { words, material: None, trouble: None, screen: Screen::default(), group: None, focus: None }
    }
}

impl App for Training {
    type Msg = Msg;
    type Effect = Effect;

    fn view(&self) -> Vec<Node<Msg>> {
        view::view(self)
    }

    fn update(&mut self, msg: Msg, fired: Fired) -> Vec<Effect> {
        match msg {
            Msg::Loaded(Ok(material)) => self.material = Some(*material),
            Msg::Loaded(Err(why)) => self.trouble = Some(why),
            Msg::Go(screen) => {
                self.screen = screen;
                self.focus = Some("title".into());
                return vec![Effect::Top];
            }
            Msg::Group => self.group = crate::parts::GROUPS.into_iter().find(|g| g.word() == fired.value),
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

    /// All of them.
    pub fn material() -> Material {
        let contents: Vec<String> = files("en").iter().map(|f| file(f)).collect();
        Material::read("en", &contents).expect("the files that ship")
    }
}

#[cfg(test)]
mod tests;
