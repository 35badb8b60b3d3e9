//! What lives as long as one background does, and may die with it: the detector, what is being sent, timers.

use super::store::{self, StoreFailed};
use super::{care, now, rechecks, rounds, surveys, tell, webext};
use crate::logic::assessor::Assessor;
use crate::logic::outbox::Entry;
use crate::logic::sentence::Sentence;
use crate::logic::{backoff, cues, sites, time};
use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, JSON, Promise};
use serde::Serialize;
use serde::de::DeserializeOwned;
use spotter_model::InOrder;
use spotter_model::messages::{Answer, Enrolled, Event, OutboxItem, State, ToContent};
use spotter_model::{Assessment, Listing};
use std::cell::{Cell, RefCell, RefMut};
use std::collections::{HashMap, HashSet};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Most messages that are looked at, in UTF-16 units of their JSON.
const MESSAGE_UNITS: u32 = 1024 * 1024;
/// The same for our own pages, which may hand over a picture: 2 MiB as base64, and room for the rest.
const PAGE_UNITS: u32 = 3 * 1024 * 1024;

/// How long an assessment waits for the programme's own words.
const WORDS_MS: u32 = 1_000;

/// One background.
pub struct App {
    /// The detector; absent only in a module that the build did not prepare.
    assessor: Option<RefCell<Assessor>>,
    /// Resolves once the programme's own words, where some are kept, lie over the built-in ones.
    words: RefCell<Option<Promise>>,
    /// Reports being sent right now.
    pub in_flight: RefCell<HashSet<String>>,
    /// The whole outbox waits for the endpoint: since when, and until when.
    paused_ms: Cell<(f64, f64)>,
    /// A round of sending is under way.
    pub sending: Cell<bool>,
    /// Something became due meanwhile.
    pub more: Cell<bool>,
    /// Joining is under way.
    pub joining: Cell<bool>,
    /// Words that were selected to be suggested, and where, by tab, until the panel asks.
    pub suggestions: RefCell<HashMap<i32, (String, String)>>,
    /// Why a gesture gave no draft, by tab, until the panel asks.
    pub refusals: RefCell<HashMap<i32, Sentence>>,
    /// Wakes the outbox while this background lives; an alarm does so after its death.
    pub timer: RefCell<Option<Timeout>>,
}

impl App {
    pub fn new() -> Self {
        Self {
            assessor: Assessor::take().map(RefCell::new),
            words: RefCell::default(),
            in_flight: RefCell::default(),
            paused_ms: Cell::default(),
            sending: Cell::new(false),
            more: Cell::new(false),
            joining: Cell::new(false),
            suggestions: RefCell::default(),
            refusals: RefCell::default(),
            timer: RefCell::default(),
        }
    }

    /// The whole outbox waits for the endpoint until then.
    pub fn pause_until(&self, until_ms: f64) {
        self.paused_ms.set((now(), until_ms));
    }

    /// Until when the whole outbox waits. A clock that was set back ends the pause.
    pub fn paused_until(&self) -> f64 {
        let (since, until) = self.paused_ms.get();
        if backoff::set_back(since, now()) { 0.0 } else { until }
    }

    /// Everything that assesses waits for this first, but not for a storage that hangs: the built-in words are there.
    pub async fn words_laid(&self) {
        let laid = self.words.borrow().clone();
        if let Some(laid) = laid {
            let late = future_to_promise(async {
                TimeoutFuture::new(WORDS_MS).await;
                Ok(JsValue::UNDEFINED)
            });
            // Neither fails: what cannot be laid over is left away.
            let _ = JsFuture::from(Promise::race(&Array::of2(&laid, &late))).await;
            self.words.replace(None);
        }
    }

    /// The words are being laid over from now on.
    pub fn words_are_laid_by(&self, laid: Promise) {
        self.words.replace(Some(laid));
    }

    /// The detector as of today; `None` only in a module that the build did not prepare.
    pub fn assessor(&self) -> Option<RefMut<'_, Assessor>> {
        let mut assessor = self.assessor.as_ref()?.borrow_mut();
        assessor.today(time::utc_date(now()));
        Some(assessor)
    }

    /// Today's assessment.
    pub fn assess(&self, listing: &Listing) -> Assessment {
        let none = || Assessment { id: listing.id.clone(), ..Assessment::default() };
        self.assessor().map_or_else(none, |a| a.assess(listing, time::utc_date(now())))
    }

    /// The pack's version.
    pub fn pack(&self) -> String {
        self.assessor().map(|a| a.pack_version().to_owned()).unwrap_or_default()
    }

    /// How things stand.
    pub async fn state(&self) -> Result<State, StoreFailed> {
        let mut entries = store::entries().await?;
        entries.order_by(|a, b| b.created_at.cmp(&a.created_at));
        let standing = store::standing().await?;
        let ask_again = rechecks::wanted().await;
        let item = |entry: &Entry| {
            let item = entry.item(self.paused_until());
            OutboxItem { asked: item.asked && ask_again, ..item }
        };
        Ok(State {
            agreed: store::agreed_at().await?.is_some(),
            enrolled: enrolled().await?,
            quiet: quiet().await,
            masked: masked().await,
            sites: sites::readable(&webext::granted().await),
            outbox: entries.iter().map(item).collect(),
            pack: self.pack(),
            words: store::words().await?.shown(self.assessor().is_some_and(|a| a.has_words())),
            share_alarms: tell::shares().await,
            ask_again,
            rounds: rounds::today(&entries, standing.as_ref()).await?,
            standing,
            best_words: cues::best(&entries),
            reminder: care::reminder().await,
            training: store::training().await?,
            surveys: surveys::shown().await?,
        })
    }

    /// [`Self::state`] as an answer.
    pub async fn state_answer(&self) -> Answer {
        match self.state().await {
            Ok(state) => Answer::State(Box::new(state)),
            Err(failed) => Sentence::from(failed).into(),
        }
    }
}

impl From<StoreFailed> for Sentence {
    fn from(_: StoreFailed) -> Self {
        Sentence::new("bg_storage")
    }
}

/// Who the spotter reports to.
pub async fn enrolled() -> Result<Option<Enrolled>, StoreFailed> {
    let Some((identity, _)) = store::identity().await? else { return Ok(None) };
    Ok(Some(Enrolled { reports_made: store::reports_made().await?, ..identity.enrolled }))
}

/// Quiet is the default.
pub async fn quiet() -> bool {
    webext::setting("quiet").await.as_bool().unwrap_or(true)
}

/// Whether sellers, places and pictures are covered. Not by default.
pub async fn masked() -> bool {
    webext::setting("masked").await.as_bool().unwrap_or(false)
}

/// A message to one of ours, as a plain object.
pub fn to_js(value: &impl Serialize) -> JsValue {
    serde_json::to_string(value).ok().and_then(|text| JSON::parse(&text).ok()).unwrap_or(JsValue::NULL)
}

/// A message from a content script, within bounds.
pub fn from_js<T: DeserializeOwned>(message: &JsValue) -> Option<T> {
    parsed(message, MESSAGE_UNITS)
}

/// A message from one of our own pages, within bounds.
pub fn from_page<T: DeserializeOwned>(message: &JsValue) -> Option<T> {
    parsed(message, PAGE_UNITS)
}

fn parsed<T: DeserializeOwned>(message: &JsValue, units: u32) -> Option<T> {
    let text = JSON::stringify(message).ok()?;
    if text.length() > units {
        return None;
    }
    spotter_model::json::read(String::from(text).as_bytes()).ok()
}

/// Tells our open pages.
pub async fn tell_pages(event: &Event) {
    webext::broadcast(&to_js(event)).await;
}

/// Tells a tab's content script; a tab that is gone needs nothing.
pub async fn tell_tab(tab: i32, message: &ToContent) {
    let _ = webext::tell_tab(tab, &to_js(message)).await;
}
