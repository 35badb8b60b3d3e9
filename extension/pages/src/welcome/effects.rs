//! What the first-run page asks of the browser, done.

use super::{Effect, Msg, Welcome};
use crate::api;
use crate::dom::Page;
use crate::words::Words;
use spotter_model::messages::Event;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Starts the first-run page.
///
/// # Errors
/// The HTML file has no root.
pub fn start(said: js_sys::Map) -> Result<(), JsValue> {
    let words = Words::new(Rc::new(api::Browser::with(said)));
    crate::dom::label_document(words.lang(), &words.t("welcome_title"));
    let page = Page::start(Welcome::new(words, api::is_firefox()), crate::dom::root()?);
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
pub fn run(effect: Effect, page: &Page<Welcome>) {
    let to = page.clone();
    match effect {
        Effect::Ask(tag, ask) => page.spawn(async move { to.send(Msg::Answered(tag, api::ask(&ask).await)) }),
        Effect::OpenOptions => page.spawn(api::open_options()),
    }
}
