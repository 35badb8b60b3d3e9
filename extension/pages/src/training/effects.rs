//! What the training page asks of the browser, done.

use super::{Effect, Msg, Training, material};
use crate::api;
use crate::dom::Page;
use crate::words::Words;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Starts the training page.
///
/// # Errors
/// The HTML file has no root.
pub fn start() -> Result<(), JsValue> {
    let words = Words::new(Rc::new(api::Browser));
    let lang = words.lang().to_owned();
    crate::dom::label_document(&lang, &words.t("train_title"));
    let page = Page::start(Training::new(words), crate::dom::root()?);
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
pub fn run(effect: Effect, _page: &Page<Training>) {
    match effect {
        Effect::Top => {
            if let Some(window) = web_sys::window() {
                window.scroll_to_with_x_and_y(0.0, 0.0);
            }
        }
    }
}
