//! The background in the browser. `background.js` calls the exports below; each returns at once or a promise.
//! Nothing here decides what `logic` can decide, and nothing is logged: a page's text stays out of consoles.

mod app;
mod audits;
mod care;
mod delivery;
mod drawing;
mod enrolment;
mod export;
mod http;
mod keys;
mod packs;
mod pasted;
mod pictures;
mod reading;
mod rechecks;
mod reports;
mod rounds;
mod screenshot;
mod store;
mod stored;
mod survey_store;
mod surveys;
mod tell;
mod training;
mod webext;

use crate::logic::assessor::Assessor;
use crate::logic::sentence::Sentence;
use crate::logic::{law, sites, time};
use app::{App, tell_pages, tell_tab, to_js};
use js_sys::Promise;
use spotter_model::limits;
use spotter_model::messages::{Answer, Ask, Event, ToContent};
use std::cell::OnceCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use webext::Port;

thread_local! {
    static APP: OnceCell<Rc<App>> = const { OnceCell::new() };
}

fn app() -> Rc<App> {
    APP.with(|app| app.get_or_init(|| Rc::new(App::new())).clone())
}

/// The one clock.
fn now() -> f64 {
    js_sys::Date::now()
}

/// Run once, when the extension is built; the memory that it leaves is what ships. Takes the lexicon pack.
///
/// # Panics
/// When the pack does not verify, which fails the build.
#[wasm_bindgen]
pub fn prebuild(pack: &[u8]) {
    Assessor::prepare(pack).expect("the built-in pack verifies");
}

/// Run after [`prebuild`]: where the stretches of memory begin and end that are read later than the rest, one number at a time, 0
/// behind the last.
#[wasm_bindgen]
pub fn others(n: usize) -> usize {
    Assessor::later().iter().flat_map(|place| [place.start, place.end]).nth(n).unwrap_or(0)
}

/// Run after that, so that what it used in passing does not ship.
#[wasm_bindgen]
pub fn sweep() {
    spotter_snapshot::sweep();
}

/// Called once, when the module stands: resumes the outbox wherever the last background left it, after the
/// event that woke this one, most often a page that waits for its listings, was served.
#[wasm_bindgen]
pub fn start() {
    packs::lay_kept(app());
    delivery::wake_soon(app());
}

/// Assesses a batch of a content script within this very call, by the built-in words alone. `background.js` asks this of a
/// background that has just woken up and has nothing but what assesses; everything else is [`from_content`]'s.
#[wasm_bindgen]
pub fn assess(message: &JsValue) -> JsValue {
    to_js(&reading::assess(&app(), message))
}

/// A message of a content script. `opened` resolves to whether a panel stands open, where one was asked for.
#[wasm_bindgen]
pub fn from_content(port: Port, tab: &JsValue, message: JsValue, opened: Option<Promise>) {
    let Some((tab, window)) = place(tab) else { return };
    spawn_local(async move {
        let opened = panel(opened).await;
        reading::message(app(), &port, tab, window, &message, opened).await;
    });
}

fn place(tab: &JsValue) -> Option<(i32, i32)> {
    let number = |key| webext::get(tab, key).as_f64().map(|n| n as i32);
    Some((number("id")?, number("windowId")?))
}

async fn panel(opened: Option<Promise>) -> Option<bool> {
    Some(JsFuture::from(opened?).await.is_ok_and(|open| open.is_truthy()))
}

/// Whether a panel stands open in the window.
#[wasm_bindgen]
pub async fn panel_is_open(window: i32) -> bool {
    webext::panel_is_open(window).await
}

/// The toolbar button: read this page once.
#[wasm_bindgen]
pub fn scan(tab: &JsValue) {
    let Some((tab, _)) = place(tab) else { return };
    spawn_local(async move {
        // The browser's own pages and stores can't be read; the panel says so.
        let _ = webext::inject(tab).await;
    });
}

/// A keyboard command.
#[wasm_bindgen]
pub fn command(name: String, tab: &JsValue, opened: Option<Promise>) {
    let Some((tab, window)) = place(tab) else { return };
    spawn_local(async move {
        match name.as_str() {
            "next" | "previous" => {
                let step = to_js(&ToContent::Step { forward: name == "next" });
                if webext::tell_tab(tab, &step).await.is_err() {
                    let _ = webext::inject(tab).await;
                }
            }
            "panel" => {
                let _ = webext::inject(tab).await;
            }
            "mask" => {
                // A page that nothing of ours runs on is read first, or its names would stay uncovered.
                let _ = webext::inject(tab).await;
                let masked = app::masked().await;
                // Where it can't be kept, the panel's switch says so at the next press.
                let _ = set_mask(!masked).await;
            }
            "report" => {
                let opened = panel(opened).await.unwrap_or(false);
                reports::from_gesture(app(), tab, window, &ToContent::CollectCurrent, opened).await;
            }
            _ => {}
        }
    });
}

/// "Report this listing" in the context menu.
#[wasm_bindgen]
pub fn report_at_pointer(tab: &JsValue, opened: Option<Promise>) {
    let Some((tab, window)) = place(tab) else { return };
    spawn_local(async move {
        let opened = panel(opened).await.unwrap_or(false);
        reports::from_gesture(app(), tab, window, &ToContent::CollectAtPointer, opened).await;
    });
}

/// "Suggest these words" in the context menu: the panel asks what they mean.
#[wasm_bindgen]
pub fn suggest(tab: &JsValue, words: Option<String>, page: Option<String>, opened: Option<Promise>) {
    let Some((tab, _)) = place(tab) else { return };
    spawn_local(async move {
        let opened = panel(opened).await.unwrap_or(false);
        let words = words.unwrap_or_default();
        let words = limits::cut(words.trim(), limits::TERM_BYTES).to_owned();
        app().suggestions.borrow_mut().insert(tab, (words, page.unwrap_or_default()));
        tell_pages(&Event::DraftReady { tab_id: tab }).await;
        if !opened {
            webext::panel_window(tab).await;
        }
    });
}

/// An alarm rang.
#[wasm_bindgen]
pub fn alarm(name: &str) {
    match name {
        delivery::ALARM_OUTBOX => delivery::wake(app()),
        delivery::ALARM_STATUS => spawn_local(async {
            // The next alarm asks again.
            let _ = delivery::refresh_status(&app()).await;
        }),
        // The panel sees by its clock that the time is over.
        care::ALARM_BREAK => spawn_local(async { tell_pages(&Event::StateChanged).await }),
        _ => {}
    }
}

/// Installed or updated: the menu, and the content script where sites are granted already. Whoever installed it anew
/// is told first what is read and sent.
#[wasm_bindgen]
pub fn installed(anew: bool) {
    spawn_local(async move {
        if anew && matches!(store::agreed_at().await, Ok(None)) {
            webext::open_page("pages/welcome.html").await;
        }
        webext::menu().await;
        sync_sites().await;
    });
}

/// Host permissions were given or taken.
#[wasm_bindgen]
pub fn sites_changed() {
    spawn_local(async {
        sync_sites().await;
        tell_pages(&Event::StateChanged).await;
    });
}

/// Registers the content script for what is granted now, and brings it into tabs that are open already.
async fn sync_sites() {
    let sites = sites::readable(&webext::granted().await);
    if webext::register(&sites).await.is_err() {
        // Two events at once registered the same name: the second time it is an update.
        let _ = webext::register(&sites).await;
    }
    for tab in webext::tabs_on(&sites).await {
        // A content script that runs there already stays the only one; tabs that can't be read are left alone.
        if webext::tell_tab(tab, &to_js(&ToContent::Findings)).await.is_err() {
            let _ = webext::inject(tab).await;
        }
    }
}

/// Covers or shows sellers, places and pictures, on every page that is open and that will be.
async fn set_mask(masked: bool) -> Result<(), Sentence> {
    webext::set_setting("masked", &masked.into()).await.map_err(|_| Sentence::new("bg_storage"))?;
    for tab in webext::all_tabs().await {
        tell_tab(tab, &ToContent::SetMask { masked }).await;
    }
    tell_pages(&Event::StateChanged).await;
    Ok(())
}

/// Answers one of our own pages.
#[wasm_bindgen]
pub async fn ask(message: JsValue) -> JsValue {
    app().words_laid().await;
    let answer = match app::from_page::<Ask>(&message) {
        Some(ask) => answer(app(), ask).await.unwrap_or_else(Answer::from),
        None => Sentence::new("bg_internal").into(),
    };
    to_js(&answer)
}

async fn answer(app: Rc<App>, ask: Ask) -> Result<Answer, Sentence> {
    match ask {
        Ask::State => {}
        Ask::Enrol { link } => {
            enrolment::enrol(&app, &link).await?;
            tell_pages(&Event::StateChanged).await;
        }
        Ask::Agree { adult, rules } => {
            if !(adult && rules) {
                return Err(Sentence::new("bg_agree_first"));
            }
            store::set_agreed_at(&time::rfc3339(now())).await?;
            tell_pages(&Event::StateChanged).await;
        }
        Ask::Leave { unsent } => {
            enrolment::leave(&app, unsent).await?;
            tell_pages(&Event::StateChanged).await;
        }
        Ask::Stored { pictures } => return Ok(Answer::Stored(Box::new(stored::stored(pictures).await?))),
        Ask::Erase => {
            stored::erase(&app).await?;
            sync_sites().await;
            tell_pages(&Event::StateChanged).await;
        }
        Ask::Prepare { tab_id, key } => {
            let draft = reports::prepare(&app, tab_id, None, &ToContent::Collect { key }, true).await?;
            return Ok(Answer::Draft(Box::new(draft)));
        }
        Ask::TakeDraft { tab_id } => {
            if let Some(answer) = reports::take_draft(&app, tab_id).await? {
                return Ok(answer);
            }
        }
        Ask::PreparePasted { link, title, text } => {
            let draft = pasted::prepare(&app, &link, &title, &text).await?;
            return Ok(Answer::Draft(Box::new(draft)));
        }
        Ask::AddPicture { report_id, data } => {
            let draft = pasted::add_picture(&report_id, &data).await?;
            return Ok(Answer::Draft(Box::new(draft)));
        }
        Ask::Queue { report_id, choices, covered } => {
            return reports::queue(&app, &report_id, &choices, &covered).await;
        }
        Ask::Undo { report_id } => reports::undo(&app, &report_id).await?,
        Ask::Retry { report_id } => reports::retry(&app, &report_id).await?,
        Ask::Delete { report_id } => reports::delete(&app, &report_id).await?,
        Ask::FalseAlarm { reason, level, concepts } => tell::false_alarm(&app, reason, level, concepts).await?,
        Ask::ShareAlarms { share } => {
            webext::set_setting(tell::SHARE, &share.into()).await.map_err(|_| Sentence::new("bg_storage"))?;
            tell_pages(&Event::StateChanged).await;
        }
        Ask::AskMeAgain { wanted } => {
            webext::set_setting(rechecks::ASK, &wanted.into()).await.map_err(|_| Sentence::new("bg_storage"))?;
            tell_pages(&Event::StateChanged).await;
        }
        Ask::LookedAgain { report_id, saw } => rechecks::say(&app, &report_id, saw).await?,
        Ask::Suggest { text, meaning, seen_at } => tell::suggest(&text, &meaning, &seen_at).await?,
        Ask::Export { report_id } => return export::export(&report_id).await,
        Ask::Remind { minutes } => care::remind(minutes).await?,
        Ask::Contacted { text } => tell::contacted(&text).await?,
        Ask::PrepareCurrent { tab_id } => {
            let draft = reports::prepare(&app, tab_id, None, &ToContent::CollectCurrent, true).await?;
            return Ok(Answer::Draft(Box::new(draft)));
        }
        Ask::RefreshStatus => delivery::refresh_status(&app).await?,
        Ask::SetQuiet { quiet } => {
            webext::set_setting("quiet", &quiet.into()).await.map_err(|_| Sentence::new("bg_storage"))?;
            for tab in webext::all_tabs().await {
                tell_tab(tab, &ToContent::SetQuiet { quiet }).await;
            }
            tell_pages(&Event::StateChanged).await;
        }
        Ask::Practise { listings } => return training::practise(&app, listings),
        Ask::Law { url, country, what, claims } => {
            let country = match &app.assessor() {
                Some(assessor) if country.is_empty() => assessor.country(&url).to_owned(),
                _ => country,
            };
            return Ok(Answer::Law(Box::new(law::here(&country, &what, &claims, time::utc_date(now())))));
        }
        Ask::Trained { test, told } => training::trained(&app, test, told).await?,
        Ask::Audit(step) => return audits::step(&app, step).await,
        Ask::Survey(step) => return surveys::step(&app, step).await,
        Ask::SetMask { masked } => set_mask(masked).await?,
        Ask::SyncSites => sync_sites().await,
    }
    Ok(app.state_answer().await)
}
