//! What the training page asks of the browser, done.

use super::{Effect, KEPT_BOXES, KEPT_DECKS, Msg, Tag, Training, material};
use crate::api;
use crate::dom::Page;
use crate::words::Words;
use spotter_model::messages::{Ask, Event};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Starts the training page.
///
/// # Errors
/// The HTML file has no root.
pub fn start(said: js_sys::Map) -> Result<(), JsValue> {
    let words = Words::new(Rc::new(api::Browser::with(said)));
    let lang = words.lang().to_owned();
    crate::dom::label_document(&lang, &words.t("train_title"));
    let page = Page::start(Training::new(words), crate::dom::root()?);
    let hears = page.clone();
    api::on_event(move |event, _| {
        if event == Event::StateChanged {
            hears.send(Msg::Refresh);
        }
    });
    page.send(Msg::Kept(api::kept(KEPT_BOXES), api::kept(KEPT_DECKS)));
    page.send(Msg::Refresh);
    let to = page.clone();
    page.spawn(async move {
        let mut contents = Vec::new();
        for file in material::files(&lang) {
            match api::packed(&format!("training/{file}")).await {
                Some(text) => contents.push(text),
                None => return to.send(Msg::Loaded(Err(file))),
            }
        }
        to.send(Msg::Loaded(material::Material::read(&lang, &contents).map(Box::new)));
    });
    Ok(())
}

/// Does one thing.
pub fn run(effect: Effect, page: &Page<Training>) {
    let to = page.clone();
    match effect {
        Effect::Ask(tag, ask) => page.spawn(async move { to.send(Msg::Answered(tag, api::ask(&ask).await)) }),
        Effect::Pass(mut test, items, told) => page.spawn(async move {
            test.deck_sha256 = api::sha256_hex(&items).await.unwrap_or_default();
            to.send(Msg::Answered(Tag::Passed, api::ask(&Ask::Trained { test: *test, told }).await));
        }),
        Effect::Top => {
            if let Some(window) = web_sys::window() {
                window.scroll_to_with_x_and_y(0.0, 0.0);
            }
        }
        Effect::ReadFile => {
            page.spawn(async move { to.send(Msg::Read(api::read_text("deck-file", super::decks::FILE_BYTES).await)) });
        }
        Effect::Save(name, text) => {
            // A browser that makes no file says so itself.
            let _ = api::save(&name, &text);
        }
        Effect::Keep(name, text) => api::keep(name, &text),
        Effect::Print => {
            if let Some(window) = web_sys::window() {
                let _ = window.print();
            }
        }
    }
}
