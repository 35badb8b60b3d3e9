//! What the options page asks of the browser, done.

use super::{Effect, Msg, Options};
use crate::api;
use crate::dom::Page;
use crate::training::{KEPT_BOXES, KEPT_DECKS};
use crate::words::Words;
use spotter_model::messages::Event;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Starts the options page.
///
/// # Errors
/// The HTML file has no root.
pub fn start(said: js_sys::Map) -> Result<(), JsValue> {
    let words = Words::new(Rc::new(api::Browser::with(said)));
    crate::dom::label_document(words.lang(), &words.t("options_title"));
    let page = Page::start(Options::new(words, api::is_firefox()), crate::dom::root()?);
    let hears = page.clone();
    api::on_event(move |event, _| {
        if event == Event::StateChanged {
            hears.send(Msg::Refresh);
        }
    });
    page.send(Msg::Refresh);
    Ok(())
}

/// Does one thing.
pub fn run(effect: Effect, page: &Page<Options>) {
    let to = page.clone();
    match effect {
        Effect::Ask(tag, ask) => page.spawn(async move { to.send(Msg::Answered(tag, api::ask(&ask).await)) }),
        Effect::OpenWelcome => page.spawn(api::open_welcome()),
        Effect::Save(text) => {
            let done = api::save(super::data::FILE, &text).is_ok();
            page.spawn(async move { to.send(Msg::Saved(done)) });
        }
        Effect::ForgetTraining => [KEPT_BOXES, KEPT_DECKS].into_iter().for_each(api::forget),
        Effect::Commands => page.spawn(async move { to.send(Msg::Commands(api::commands().await)) }),
        Effect::Request(patterns, name) => {
            let asked = api::request(&patterns);
            page.spawn(async move { to.send(Msg::SiteAnswered(name, asked.await)) });
        }
        Effect::RequestTechnicalData => {
            let asked = api::request_data(api::TECHNICAL);
            page.spawn(async move { to.send(Msg::ShareAnswered(asked.await)) });
        }
        Effect::Remove(pattern, pictures) => page.spawn(async move {
            let gone = api::remove(std::slice::from_ref(&pattern)).await;
            if gone && !pictures.is_empty() {
                // Some may never have been granted; the browser's own page lists what is left.
                let _ = api::remove(&pictures).await;
            }
            to.send(Msg::SiteRemoved(pattern, gone));
        }),
    }
}
