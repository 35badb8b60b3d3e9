//! The extension interfaces that are used, and no others. `chrome` with promises exists in both browsers.

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = sendMessage)]
    fn tabs_send_message(tab: i32, message: &JsValue, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = query)]
    fn tabs_query(what: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = get)]
    fn tabs_get(tab: i32) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = captureVisibleTab)]
    fn tabs_capture(window: i32, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "scripting"], js_name = executeScript)]
    fn scripting_execute(injection: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "scripting"], js_name = getRegisteredContentScripts)]
    fn scripting_registered(filter: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "scripting"], js_name = registerContentScripts)]
    fn scripting_register(scripts: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "scripting"], js_name = updateContentScripts)]
    fn scripting_update(scripts: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "scripting"], js_name = unregisterContentScripts)]
    fn scripting_unregister(filter: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = setBadgeText)]
    fn action_text(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = setBadgeBackgroundColor)]
    fn action_colour(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = setBadgeTextColor)]
    fn action_text_colour(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "alarms"], js_name = create)]
    fn alarms_create(name: &str, info: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "alarms"], js_name = clear)]
    fn alarms_clear(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "alarms"], js_name = get)]
    fn alarms_get(name: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "runtime"], js_name = sendMessage)]
    fn runtime_send(message: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "runtime"], js_name = getManifest)]
    fn runtime_manifest() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "runtime"], js_name = getURL)]
    fn runtime_url(path: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "runtime"], js_name = getContexts)]
    fn runtime_contexts(filter: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "sidebarAction"], js_name = isOpen)]
    fn sidebar_is_open(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "i18n"], js_name = getUILanguage)]
    fn i18n_language() -> Result<String, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "i18n"], js_name = getMessage)]
    fn i18n_message(key: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "permissions"], js_name = getAll)]
    fn permissions_all() -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "local"], js_name = get)]
    fn storage_get(keys: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "permissions"], js_name = remove)]
    fn permissions_remove(permissions: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "local"], js_name = clear)]
    fn storage_clear() -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = create)]
    fn tabs_create(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "local"], js_name = set)]
    fn storage_set(items: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "windows"], js_name = create)]
    fn windows_create(details: &JsValue) -> Result<Promise, JsValue>;

    /// A port of `runtime.connect`.
    pub type Port;
    #[wasm_bindgen(catch, method, js_name = postMessage)]
    pub fn post_message(this: &Port, message: &JsValue) -> Result<(), JsValue>;

    /// `chrome.menus` (Firefox) or `chrome.contextMenus` (Chromium).
    type Menus;
    #[wasm_bindgen(catch, method, js_name = removeAll)]
    fn remove_all(this: &Menus) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, method)]
    fn create(this: &Menus, properties: &JsValue) -> Result<JsValue, JsValue>;
}

/// Where the content script and its tests look for one name of our registration.
const CONTENT_SCRIPT: &str = "content";

pub type Answer<T> = Result<T, JsValue>;

async fn settle(promise: Answer<Promise>) -> Answer<JsValue> {
    JsFuture::from(promise?).await
}

/// A JavaScript object from pairs.
pub fn object(pairs: &[(&str, JsValue)]) -> JsValue {
    let out = Object::new();
    for (key, value) in pairs {
        // Setting a key of a fresh plain object does not fail.
        let _ = Reflect::set(&out, &JsValue::from_str(key), value);
    }
    out.into()
}

/// A property, or undefined.
pub fn get(of: &JsValue, key: &str) -> JsValue {
    Reflect::get(of, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}

fn strings(list: &[String]) -> JsValue {
    list.iter().map(|s| JsValue::from_str(s)).collect::<Array>().into()
}

/// Sends to a tab's top frame. Fails where no content script listens.
pub async fn tell_tab(tab: i32, message: &JsValue) -> Answer<JsValue> {
    settle(tabs_send_message(tab, message, &object(&[("frameId", 0.into())]))).await
}

/// Ids of all tabs.
pub async fn all_tabs() -> Vec<i32> {
    tab_ids(&object(&[])).await
}

/// Ids of tabs on these match patterns.
pub async fn tabs_on(patterns: &[String]) -> Vec<i32> {
    if patterns.is_empty() {
        return vec![];
    }
    tab_ids(&object(&[("url", strings(patterns))])).await
}

async fn tab_ids(query: &JsValue) -> Vec<i32> {
    let found = settle(tabs_query(query)).await.unwrap_or(JsValue::UNDEFINED);
    let Ok(list) = found.dyn_into::<Array>() else { return vec![] };
    list.iter().filter_map(|tab| Some(get(&tab, "id").as_f64()? as i32)).collect()
}

/// A tab's window, if the tab is the active one of it.
pub async fn window_if_active(tab: i32) -> Option<i32> {
    let tab = settle(tabs_get(tab)).await.ok()?;
    get(&tab, "active").is_truthy().then(|| get(&tab, "windowId").as_f64())?.map(|id| id as i32)
}

/// The visible part of a window's active tab, as a data URL.
pub async fn capture(window: i32) -> Answer<String> {
    let shot = settle(tabs_capture(window, &object(&[("format", "png".into())]))).await?;
    shot.as_string().ok_or(JsValue::UNDEFINED)
}

/// Runs the content script in a tab's top frame.
pub async fn inject(tab: i32) -> Answer<()> {
    let target = object(&[("tabId", tab.into())]);
    let files = Array::of1(&"content.js".into()).into();
    settle(scripting_execute(&object(&[("target", target), ("files", files)]))).await.map(|_| ())
}

/// Registers the content script for exactly these patterns.
pub async fn register(patterns: &[String]) -> Answer<()> {
    let ids = object(&[("ids", Array::of1(&CONTENT_SCRIPT.into()).into())]);
    let registered = settle(scripting_registered(&ids)).await?;
    let exists = Array::is_array(&registered) && Array::from(&registered).length() > 0;
    if patterns.is_empty() {
        return if exists { settle(scripting_unregister(&ids)).await.map(|_| ()) } else { Ok(()) };
    }
    let script = object(&[
        ("id", CONTENT_SCRIPT.into()),
        ("matches", strings(patterns)),
        ("js", Array::of1(&"content.js".into()).into()),
        ("runAt", "document_idle".into()),
        ("allFrames", false.into()),
        ("persistAcrossSessions", true.into()),
    ]);
    let scripts: JsValue = Array::of1(&script).into();
    let done = if exists { scripting_update(&scripts) } else { scripting_register(&scripts) };
    settle(done).await.map(|_| ())
}

/// The toolbar's count for one tab.
pub async fn badge(tab: i32, text: &str, colour: &str) {
    let on = |key, value: &str| object(&[("tabId", tab.into()), (key, value.into())]);
    // A tab that was closed meanwhile has no badge; nothing is lost.
    let _ = settle(action_text(&on("text", text))).await;
    if !text.is_empty() {
        let _ = settle(action_colour(&on("color", colour))).await;
        let _ = settle(action_text_colour(&on("color", "#ffffff"))).await;
    }
}

/// One alarm at a time by this name.
pub fn alarm_at(name: &str, when_ms: f64) {
    let _ = alarms_create(name, &object(&[("when", when_ms.into())]));
}

/// A periodic alarm. One that runs with that period stays; one with another keeps the moment at which it would ring, where
/// that is sooner.
pub async fn alarm_every(name: &str, minutes: f64) {
    let runs = settle(alarms_get(name)).await.unwrap_or(JsValue::UNDEFINED);
    if !runs.is_object() || get(&runs, "periodInMinutes").as_f64() != Some(minutes) {
        let due = if runs.is_object() { get(&runs, "scheduledTime").as_f64() } else { None };
        let when = due.unwrap_or(f64::INFINITY).min(super::now() + minutes * 60_000.0);
        let _ = alarms_create(name, &object(&[("when", when.into()), ("periodInMinutes", minutes.into())]));
    }
}

/// The same, and the first time after a moment.
pub fn alarm_soon_and_every(name: &str, after: f64, minutes: f64) {
    let _ = alarms_create(name, &object(&[("delayInMinutes", after.into()), ("periodInMinutes", minutes.into())]));
}

/// No alarm by this name.
pub fn no_alarm(name: &str) {
    let _ = alarms_clear(name);
}

/// To whoever of our pages listens; nobody has to.
pub async fn broadcast(message: &JsValue) {
    let _ = settle(runtime_send(message)).await;
}

/// Version of the extension.
pub fn version() -> String {
    runtime_manifest().ok().and_then(|m| get(&m, "version").as_string()).unwrap_or_default()
}

/// `chromium` or `firefox`, by what the extension's own address looks like.
pub fn browser() -> &'static str {
    if runtime_url("").is_ok_and(|url| url.starts_with("moz-extension:")) { "firefox" } else { "chromium" }
}

/// BCP-47 language of the browser's screens.
pub fn locale() -> String {
    i18n_language().unwrap_or_default()
}

/// Whether data about the browser and about the extension's use may leave the device. Firefox asks for that at
/// installation and lets it be changed; where no such question is known, the first-run page told.
pub async fn technical_data() -> bool {
    may_send("technicalAndInteraction").await
}

/// The same for what others wrote to the person: Firefox asks when it is first to be told to the lead.
pub async fn communications() -> bool {
    may_send("personalCommunications").await
}

async fn may_send(kind: &str) -> bool {
    let Ok(all) = settle(permissions_all()).await else { return false };
    let Ok(kinds) = get(&all, "data_collection").dyn_into::<Array>() else { return true };
    kinds.includes(&kind.into(), 0)
}

/// Match patterns of granted hosts.
pub async fn granted() -> Vec<String> {
    let all = settle(permissions_all()).await.unwrap_or(JsValue::UNDEFINED);
    let Ok(origins) = get(&all, "origins").dyn_into::<Array>() else { return vec![] };
    origins.iter().filter_map(|o| o.as_string()).collect()
}

/// Gives granted hosts back.
pub async fn give_back(origins: &[String]) -> Answer<()> {
    settle(permissions_remove(&object(&[("origins", strings(origins))]))).await.map(|_| ())
}

/// Opens one of our pages in a tab.
pub async fn open_page(path: &str) {
    let url = runtime_url(path).unwrap_or_default();
    let _ = settle(tabs_create(&object(&[("url", url.into())]))).await;
}

/// Every setting is the default again.
pub async fn no_settings() -> Answer<()> {
    settle(storage_clear()).await.map(|_| ())
}

/// All settings that are not the default, as they are kept.
pub async fn settings() -> JsValue {
    settle(storage_get(&JsValue::NULL)).await.unwrap_or(JsValue::UNDEFINED)
}

/// A setting.
pub async fn setting(key: &str) -> JsValue {
    settle(storage_get(&key.into())).await.map_or(JsValue::UNDEFINED, |items| get(&items, key))
}

/// Changes a setting.
pub async fn set_setting(key: &str, value: &JsValue) -> Answer<()> {
    settle(storage_set(&object(&[(key, value.clone())]))).await.map(|_| ())
}

/// Whether the panel stands open in a window.
pub async fn panel_is_open(window: i32) -> bool {
    if browser() == "firefox" {
        let details = object(&[("windowId", window.into())]);
        return settle(sidebar_is_open(&details)).await.is_ok_and(|open| open.is_truthy());
    }
    let filter = object(&[("contextTypes", Array::of1(&"SIDE_PANEL".into()).into())]);
    let Ok(found) = settle(runtime_contexts(&filter)).await.and_then(JsCast::dyn_into::<Array>) else { return false };
    // Chromium gives a side panel's window as -1 (156 does): then any open panel counts.
    found.iter().any(|c| get(&c, "windowId").as_f64().is_none_or(|id| id < 0.0 || id as i32 == window))
}

/// The panel in a window of its own, for where the browser opens no panel.
pub async fn panel_window(tab: i32) {
    let url = runtime_url(&format!("pages/panel.html?tab={tab}")).unwrap_or_default();
    let details =
        object(&[("url", url.into()), ("type", "popup".into()), ("width", 400.into()), ("height", 720.into())]);
    let _ = settle(windows_create(&details)).await;
}

/// The entries of the context menu.
pub async fn menu() {
    let chrome = get(&js_sys::global(), "chrome");
    let menus = [get(&chrome, "menus"), get(&chrome, "contextMenus")].into_iter().find(|m| m.is_object());
    let Some(menus) = menus.map(JsCast::unchecked_into::<Menus>) else { return };
    let _ = settle(menus.remove_all()).await;
    let everywhere = ["page", "link", "image", "selection"].iter().map(|c| JsValue::from_str(c)).collect::<Array>();
    let selection = Array::of1(&JsValue::from_str("selection"));
    for (id, title, contexts) in [("report", "menu_report", everywhere), ("suggest", "menu_suggest", selection)] {
        let _ = menus.create(&object(&[
            ("id", id.into()),
            ("title", i18n_message(title).unwrap_or_default().into()),
            ("contexts", contexts.into()),
            ("documentUrlPatterns", Array::of2(&"https://*/*".into(), &"http://*/*".into()).into()),
        ]));
    }
}
