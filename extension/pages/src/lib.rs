//! The extension's own pages: the side panel, the options page, the first-run page and the training.
//!
//! Owns what they show and what a press on them asks for. A view is plain data (`node`), brought into the
//! document by `dom`; state goes from step to step natively testable (`panel`, `options`, `welcome`, `training`); only `api` calls
//! the browser. It never detects, never sends reports, never keeps keys: it asks the background. Foreign text
//! only ever becomes a text node.
#![deny(missing_docs)]

pub mod api;
pub mod dom;
pub mod join;
mod law;
pub mod node;
pub mod options;
pub mod panel;
pub mod parts;
pub mod site;
pub mod training;
pub mod welcome;
pub mod words;

use wasm_bindgen::prelude::*;

/// Starts the panel in its page.
///
/// # Errors
/// The HTML file has no root.
#[wasm_bindgen(js_name = panel)]
pub fn start_panel(said: js_sys::Map) -> Result<(), JsValue> {
    panel::effects::start(said)
}

/// Starts the options page.
///
/// # Errors
/// The HTML file has no root.
#[wasm_bindgen(js_name = options)]
pub fn start_options(said: js_sys::Map) -> Result<(), JsValue> {
    options::effects::start(said)
}

/// Starts the first-run page.
///
/// # Errors
/// The HTML file has no root.
#[wasm_bindgen(js_name = welcome)]
pub fn start_welcome(said: js_sys::Map) -> Result<(), JsValue> {
    welcome::effects::start(said)
}

/// Starts the training page.
///
/// # Errors
/// The HTML file has no root.
#[wasm_bindgen(js_name = training)]
pub fn start_training(said: js_sys::Map) -> Result<(), JsValue> {
    training::effects::start(said)
}
