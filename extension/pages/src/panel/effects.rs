//! What the panel asks of the browser, done.

use super::{Effect, Msg, Panel};
use crate::api;
use crate::dom::{Page, document};
use crate::words::Words;
use spotter_model::messages::{Answer, Ask, Event};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Starts the panel.
///
/// # Errors
/// The HTML file has no root.
pub fn start(said: js_sys::Map) -> Result<(), JsValue> {
    let words = Words::new(Rc::new(api::Browser::with(said)));
    crate::dom::label_document(words.lang(), &words.t("panel_title"));
    let fixed = document().location().and_then(|l| l.search().ok()).and_then(|query| tab_of(&query));
    let page = Page::start(Panel::new(words, fixed, api::now()), crate::dom::root()?);

    let hears = page.clone();
    api::on_event(move |event, sender_tab| {
        hears.send(match event {
            Event::FindingsChanged => Msg::FindingsChanged(sender_tab),
            Event::StateChanged => Msg::StateChanged,
            Event::DraftReady { tab_id } => Msg::DraftReady(tab_id),
        });
    });
    let takes = page.clone();
    api::on_pasted_pictures(move |data| takes.send(Msg::PictureRead(data)));
    super::survey::keys::listen();
    let follows = page.clone();
    api::on_tabs(move || follows.send(Msg::Refresh));
    page.send(Msg::Refresh);
    run(Effect::ReportKey, &page);
    run(Effect::Ask(super::Tag::Quietly, Ask::RefreshStatus), &page);
    Ok(())
}

/// The tab in `?tab=ID`.
pub fn tab_of(query: &str) -> Option<i32> {
    query.strip_prefix('?')?.split('&').find_map(|pair| pair.strip_prefix("tab=")?.parse().ok())
}

/// Milliseconds that an answer may take where the same question may be asked again.
const PATIENCE_MS: u32 = 8_000;

/// How long an answer is waited for: what changes nothing, or may be done twice, is given up and asked again. What makes,
/// sends or deletes something takes as long as it takes; whether it was done is not known by a clock.
fn patience(ask: &Ask) -> Option<u32> {
    let again = matches!(ask, Ask::State | Ask::Law { .. } | Ask::Survey(_) | Ask::Audit(_));
    again.then_some(PATIENCE_MS)
}

/// Does one thing.
pub fn run(effect: Effect, page: &Page<Panel>) {
    let to = page.clone();
    match effect {
        Effect::Ask(tag, ask) => page.spawn(async move {
            let answer = match patience(&ask) {
                Some(ms) => api::ask_within(&ask, ms).await,
                None => api::ask(&ask).await,
            };
            to.send(Msg::Answered(tag, answer));
        }),
        Effect::AskAllowed(tag, ask) => {
            let allowed = api::request_data(api::COMMUNICATIONS);
            page.spawn(async move {
                let refused = Answer::Refused { message: "bg_contact_refused".into(), args: Vec::new() };
                to.send(Msg::Answered(tag, if allowed.await { api::ask(&ask).await } else { Some(refused) }));
            });
        }
        Effect::FindTab(fixed) => page.spawn(async move {
            let found = match fixed {
                Some(id) => api::tab(id).await.or(Some(api::Tab { id: Some(id), url: None })),
                None => api::active_tab().await,
            };
            to.send(Msg::FoundTab(found));
        }),
        Effect::Contains(pattern) => page.spawn(async move {
            let granted = api::contains(pattern.clone()).await;
            to.send(Msg::Granted(pattern, granted));
        }),
        Effect::Request(patterns) => {
            let asked = api::request(&patterns);
            page.spawn(async move { to.send(Msg::GrantAnswered(asked.await)) });
        }
        Effect::ReadPictures => api::read_chosen("add-pictures", move |data| to.send(Msg::PictureRead(data))),
        Effect::RequestPictures(patterns) => {
            let asked = api::request(&patterns);
            page.spawn(async move { to.send(Msg::PicturesAnswered(asked.await)) });
        }
        Effect::AskFindings(tab) => page.spawn(async move {
            let findings = api::findings(tab).await;
            to.send(Msg::Findings(tab, findings));
        }),
        Effect::Tell(tab, message) => page.spawn(async move {
            if !api::tell(tab, &message).await {
                to.send(Msg::ShowFailed);
            }
        }),
        Effect::Reload(tab) => page.spawn(async move { api::reload(tab).await }),
        Effect::ReportKey => page.spawn(async move {
            let key = api::commands().await.into_iter().find(|c| c.name == "report").map(|c| c.shortcut);
            to.send(Msg::ReportKey(key.unwrap_or_default()));
        }),
        Effect::OpenTab(url) => page.spawn(async move {
            api::open_tab(&url).await;
        }),
        Effect::OpenListing(url) => page.spawn(async move {
            let tab = api::open_tab(&url).await.and_then(|tab| tab.id);
            to.send(Msg::ListingOpened(tab));
        }),
        Effect::OpenOptions => page.spawn(async { api::open_options().await }),
        Effect::Save(name, bytes) => {
            let done = api::save_bytes(&name, &bytes).is_ok();
            page.spawn(async move { to.send(Msg::Saved(name, done)) });
        }
        Effect::OpenWelcome => page.spawn(api::open_welcome()),
    }
}

#[cfg(test)]
mod tests {
    use super::{patience, tab_of};
    use spotter_model::messages::Ask;

    #[test]
    fn only_what_may_be_asked_twice_is_given_up() {
        assert!(patience(&Ask::State).is_some());
        let id = || String::from("1");
        for ask in [Ask::Undo { report_id: id() }, Ask::Retry { report_id: id() }, Ask::Erase, Ask::RefreshStatus] {
            assert_eq!(patience(&ask), None, "{ask:?}");
        }
    }

    #[test]
    fn tab_in_the_address() {
        for (query, want) in
            [("?tab=7", Some(7)), ("?a=b&tab=12", Some(12)), ("", None), ("?tab=x", None), ("?tab=", None)]
        {
            assert_eq!(tab_of(query), want, "{query}");
        }
    }
}
