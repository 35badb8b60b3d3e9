//! The content script's port: listings in, marks out. Lengths are bounded before anything is copied.

use super::app::{self, App, tell_tab, to_js};
use super::webext::{self, Port, get};
use super::{now, reports};
use crate::logic::time;
use js_sys::{Array, JsString};
use spotter_model::messages::{FromBackground, ToContent};
use spotter_model::{Field, Listing, ListingKind, limits};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// Likely, as in the tokens: amber-brown, white on it at 7:1.
const LIKELY: &str = "#7a4100";
/// Possible: slate.
const POSSIBLE: &str = "#44546a";

/// One message of a content script.
pub async fn message(app: Rc<App>, port: &Port, tab: i32, window: i32, message: &JsValue, opened: Option<bool>) {
    match get(message, "type").as_string().as_deref() {
        Some("assess") => {
            app.words_laid().await;
            let answer = assess(&app, message);
            // A port that closed meanwhile belongs to a page that is gone.
            let _ = port.post_message(&to_js(&answer));
        }
        Some("counts") => counts(tab, message).await,
        Some("open_report") => {
            if let Some(key) = text(message, "key", limits::SHORT_BYTES) {
                reports::from_gesture(app, tab, window, &ToContent::Collect { key }, opened.unwrap_or(false)).await;
            }
        }
        Some("returned") => {
            tell_tab(tab, &ToContent::SetMask { masked: app::masked().await }).await;
            tell_tab(tab, &ToContent::SetQuiet { quiet: app::quiet().await }).await;
        }
        _ => {}
    }
}

/// The marks of one batch.
pub fn assess(app: &App, message: &JsValue) -> FromBackground {
    let batch = number(message, "batch");
    let listings = get(message, "listings");
    if !Array::is_array(&listings) || Array::from(&listings).length() as usize > limits::BATCH_LISTINGS {
        return FromBackground::Refused { batch };
    }
    let Some(assessor) = app.assessor() else { return FromBackground::Refused { batch } };
    let listings: Vec<Listing> = Array::from(&listings).iter().map(|l| listing(&l)).collect();
    FromBackground::Assessed { batch, marks: assessor.marks(&listings, time::utc_date(now())) }
}

async fn counts(tab: i32, message: &JsValue) {
    let (likely, possible) = (number(message, "likely"), number(message, "possible"));
    let (count, colour) = if likely > 0 { (likely, LIKELY) } else { (possible, POSSIBLE) };
    let text = match count {
        0 => String::new(),
        1..=999 => count.to_string(),
        _ => "999+".to_owned(),
    };
    webext::badge(tab, &text, colour).await;
}

/// A listing out of a message. Strings are cut in the browser, before they are copied over.
fn listing(from: &JsValue) -> Listing {
    let field = |name: &str, max: usize| text(from, name, max).unwrap_or_default();
    let of = |name: &str, f: Field| field(name, Listing::limit(f));
    let kind = match get(from, "kind").as_string().as_deref() {
        Some("post") => ListingKind::Post,
        Some("result") => ListingKind::Result,
        _ => ListingKind::Listing,
    };
    Listing {
        id: field("id", limits::SHORT_BYTES),
        kind,
        title: of("title", Field::Title),
        description: of("description", Field::Description),
        price: of("price", Field::Price),
        category: of("category", Field::Category),
        seller: of("seller", Field::Seller),
        location: of("location", Field::Location),
        url: field("url", limits::URL_BYTES),
        lang: field("lang", 64),
        images: of("images", Field::Images),
    }
}

fn text(of: &JsValue, name: &str, max: usize) -> Option<String> {
    let text: JsString = get(of, name).dyn_into().ok()?;
    let bounded = if text.length() as usize > max { text.slice(0, max as u32) } else { text };
    let text = String::from(bounded);
    Some(limits::cut(&text, max).to_owned())
}

fn number(of: &JsValue, name: &str) -> u32 {
    get(of, name).as_f64().map_or(0, |n| n as u32)
}
