//! The browser's extension interface, as far as the pages use it.
//!
//! Owns every call into it. Chromium and Firefox answer the same calls with promises under `browser`, older
//! Chromium under `chrome`. It never keeps state, and a failed call is a value, never a panic.

use crate::words::{FIRST_HOLE, HOLES, Source};
use gloo::timers::callback::Timeout;
use js_sys::{Array, Function, Object, Promise, Reflect};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use spotter_model::limits;
use spotter_model::messages::{Answer, Ask, Event, Findings, ToContent};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;
    #[wasm_bindgen(js_namespace = Date, js_name = parse)]
    fn date_parse(text: &str) -> f64;
}

/// The page's clock, milliseconds since 1970.
pub fn now() -> f64 {
    date_now()
}

fn walk(path: &[&str]) -> Result<JsValue, JsValue> {
    let global = js_sys::global();
    let mut at = ["browser", "chrome"]
        .iter()
        .filter_map(|name| Reflect::get(&global, &JsValue::from_str(name)).ok())
        .find(|api| api.is_object() && Reflect::get(api, &JsValue::from_str("runtime")).is_ok_and(|r| r.is_object()))
        .ok_or_else(|| JsValue::from_str("no extension interface"))?;
    for name in path {
        at = Reflect::get(&at, &JsValue::from_str(name))?;
    }
    Ok(at)
}

fn call(space: &str, name: &str, args: &[JsValue]) -> Result<JsValue, JsValue> {
    let this = walk(&[space])?;
    let function: Function = Reflect::get(&this, &JsValue::from_str(name))?.dyn_into()?;
    function.apply(&this, &args.iter().collect::<Array>())
}

async fn wait(called: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&called?)).await
}

fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(Into::into)
}

fn from_js<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// Asks the background. `None`: it did not answer.
pub async fn ask(ask: &Ask) -> Option<Answer> {
    let message = to_js(ask).ok()?;
    from_js(wait(call("runtime", "sendMessage", &[message])).await.ok()?)
}

/// Asks the background, and does not wait for ever: a question that reaches one which is just dying can stay without
/// even a failure. For what may be asked twice.
pub async fn ask_within(ask: &Ask, ms: u32) -> Option<Answer> {
    let asked = call("runtime", "sendMessage", &[to_js(ask).ok()?]).ok()?;
    let mut timer = None;
    let late = Promise::new(&mut |done, _| {
        timer = Some(Timeout::new(ms, move || {
            let _ = done.call0(&JsValue::UNDEFINED);
        }));
    });
    let answer = JsFuture::from(Promise::race(&Array::of2(&asked, &late))).await;
    drop(timer);
    from_js(answer.ok()?)
}

fn options(pairs: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in pairs {
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

async fn tell_tab(tab: i32, message: &ToContent) -> Result<JsValue, JsValue> {
    let frame = options(&[("frameId", JsValue::from(0))]);
    wait(call("tabs", "sendMessage", &[JsValue::from(tab), to_js(message)?, frame])).await
}

/// What the tab's content script found. `None`: no content script there.
pub async fn findings(tab: i32) -> Option<Findings> {
    from_js(tell_tab(tab, &ToContent::Findings).await.ok()?)
}

/// Tells a tab's content script something. Whether it listens.
pub async fn tell(tab: i32, message: &ToContent) -> bool {
    tell_tab(tab, message).await.is_ok()
}

/// A tab, as far as the browser lets us see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Tab {
    /// Its id.
    #[serde(default)]
    pub id: Option<i32>,
    /// Its address; absent without a permission for it.
    #[serde(default)]
    pub url: Option<String>,
}

/// The active tab of this window.
pub async fn active_tab() -> Option<Tab> {
    let query = options(&[("active", JsValue::TRUE), ("currentWindow", JsValue::TRUE)]);
    from_js::<Vec<Tab>>(wait(call("tabs", "query", &[query])).await.ok()?)?.into_iter().next()
}

/// One tab.
pub async fn tab(id: i32) -> Option<Tab> {
    from_js(wait(call("tabs", "get", &[JsValue::from(id)])).await.ok()?)
}

/// Reloads a tab.
pub async fn reload(id: i32) {
    let _ = wait(call("tabs", "reload", &[JsValue::from(id)])).await;
}

fn origins(patterns: &[String]) -> JsValue {
    options(&[("origins", patterns.iter().map(|p| JsValue::from_str(p)).collect::<Array>().into())])
}

/// Whether a site is granted.
pub async fn contains(pattern: String) -> bool {
    wait(call("permissions", "contains", &[origins(&[pattern])])).await.is_ok_and(|v| v.is_truthy())
}

/// Asks the person for sites, all in one question. The call is made at once, inside their gesture; the future is its answer.
pub fn request(patterns: &[String]) -> impl Future<Output = bool> + 'static {
    let called = call("permissions", "request", &[origins(patterns)]);
    async move { wait(called).await.is_ok_and(|v| v.is_truthy()) }
}

/// Data about the extension's use, as Firefox calls it.
pub const TECHNICAL: &str = "technicalAndInteraction";
/// What others wrote to the person.
pub const COMMUNICATIONS: &str = "personalCommunications";

/// Asks the person whether data of a kind may be sent, where the browser has that question (Firefox). The call is made at
/// once, inside their gesture.
pub fn request_data(kind: &str) -> impl Future<Output = bool> + 'static {
    let kinds: JsValue = Array::of1(&kind.into()).into();
    let called = is_firefox().then(|| call("permissions", "request", &[options(&[("data_collection", kinds)])]));
    async move {
        match called {
            Some(called) => wait(called).await.is_ok_and(|v| v.is_truthy()),
            None => true,
        }
    }
}

/// Gives sites back.
pub async fn remove(patterns: &[String]) -> bool {
    wait(call("permissions", "remove", &[origins(patterns)])).await.is_ok_and(|v| v.is_truthy())
}

/// Opens an address of the web in a new tab.
pub async fn open_tab(url: &str) -> Option<Tab> {
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return None;
    }
    from_js(wait(call("tabs", "create", &[options(&[("url", JsValue::from_str(url))])])).await.ok()?)
}

/// Opens the options page.
pub async fn open_options() {
    let _ = wait(call("runtime", "openOptionsPage", &[])).await;
}

/// Reads the pictures that were chosen in a file field, one by one, and empties it. What is too large to be sent is not
/// read.
pub fn read_chosen(id: &str, hear: impl Fn(Option<String>) + Clone + 'static) {
    let field = crate::dom::document().get_element_by_id(id);
    let Some(field) = field.and_then(|e| e.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return };
    if let Some(files) = field.files() {
        read_files(&files, &hear);
    }
    field.set_value("");
}

/// Hears of pictures that are pasted into the page.
pub fn on_pasted_pictures(hear: impl Fn(Option<String>) + Clone + 'static) {
    let listener = Closure::<dyn Fn(web_sys::ClipboardEvent)>::new(move |event: web_sys::ClipboardEvent| {
        if let Some(files) = event.clipboard_data().and_then(|data| data.files()) {
            read_files(&files, &hear);
        }
    });
    let added = crate::dom::document().add_event_listener_with_callback("paste", listener.as_ref().unchecked_ref());
    if added.is_ok() {
        listener.forget();
    }
}

/// Files as data URLs; nothing for one that is too large.
fn read_files(files: &web_sys::FileList, hear: &(impl Fn(Option<String>) + Clone + 'static)) {
    for file in (0..files.length().min(limits::PICTURES as u32)).filter_map(|i| files.get(i)) {
        let hear = hear.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if file.size() > limits::BLOB_BYTES as f64 {
                hear(None);
            } else if let Ok(data) = data_url(&file).await {
                hear(Some(data));
            }
        });
    }
}

async fn data_url(file: &web_sys::File) -> Result<String, JsValue> {
    let reader = web_sys::FileReader::new()?;
    let done = Promise::new(&mut |resolve, _| {
        // Whether it could be read or not, what came of it is looked at.
        reader.set_onloadend(Some(&resolve));
    });
    reader.read_as_data_url(file)?;
    JsFuture::from(done).await?;
    reader.result()?.as_string().ok_or(JsValue::UNDEFINED)
}

/// Reads the file that was chosen in a field as a text, and empties the field: its name and text. Nothing for one of more
/// than `most` bytes.
pub async fn read_text(id: &str, most: usize) -> Option<(String, String)> {
    let field = crate::dom::document().get_element_by_id(id)?.dyn_into::<web_sys::HtmlInputElement>().ok()?;
    let file = field.files()?.get(0)?;
    field.set_value("");
    if file.size() > most as f64 {
        return None;
    }
    Some((file.name(), JsFuture::from(file.text()).await.ok()?.as_string()?))
}

/// What this page kept on this device under a name.
pub fn kept(name: &str) -> Option<String> {
    web_sys::window()?.local_storage().ok()??.get_item(name).ok()?
}

/// Keeps a text on this device. Where there is no room, it lasts as long as the page.
pub fn keep(name: &str, text: &str) {
    if let Some(Ok(Some(storage))) = web_sys::window().map(|w| w.local_storage()) {
        let _ = storage.set_item(name, text);
    }
}

/// Forgets what was kept under a name.
pub fn forget(name: &str) {
    if let Some(Ok(Some(storage))) = web_sys::window().map(|w| w.local_storage()) {
        let _ = storage.remove_item(name);
    }
}

/// Lower-case hex SHA-256 of a text, by the browser.
pub async fn sha256_hex(text: &str) -> Option<String> {
    let subtle = web_sys::window()?.crypto().ok()?.subtle();
    let text = js_sys::Uint8Array::from(text.as_bytes());
    let hash = JsFuture::from(subtle.digest_with_str_and_js_u8_array("SHA-256", &text).ok()?).await.ok()?;
    Some(js_sys::Uint8Array::new(&hash).to_vec().iter().map(|b| format!("{b:02x}")).collect())
}

fn own_address(path: &str) -> String {
    call("runtime", "getURL", &[JsValue::from_str(path)]).ok().and_then(|url| url.as_string()).unwrap_or_default()
}

/// Whether this is Firefox or its kin.
pub fn is_firefox() -> bool {
    own_address("").starts_with("moz-extension:")
}

/// The text of a file of the package.
pub async fn packed(path: &str) -> Option<String> {
    let window = web_sys::window()?;
    let answer = JsFuture::from(window.fetch_with_str(&own_address(path))).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

/// Opens the first-run page in a tab.
pub async fn open_welcome() {
    let page = options(&[("url", JsValue::from_str(&own_address("pages/welcome.html")))]);
    let _ = wait(call("tabs", "create", &[page])).await;
}

/// Saves a text as a file among the person's downloads, as a link with `download` does.
///
/// # Errors
/// The browser makes no such file.
pub fn save(name: &str, text: &str) -> Result<(), JsValue> {
    hand_over(name, &web_sys::Blob::new_with_str_sequence(&Array::of1(&JsValue::from_str(text)))?)
}

/// The same for bytes, which come in base64.
///
/// # Errors
/// They are no base64, or the browser makes no such file.
pub fn save_bytes(name: &str, base64: &str) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let bytes: Vec<u8> = window.atob(base64)?.chars().map(|c| c as u8).collect();
    let parts = Array::of1(&js_sys::Uint8Array::from(bytes.as_slice()));
    hand_over(name, &web_sys::Blob::new_with_u8_array_sequence(&parts)?)
}

fn hand_over(name: &str, blob: &web_sys::Blob) -> Result<(), JsValue> {
    let address = web_sys::Url::create_object_url_with_blob(blob)?;
    let link: web_sys::HtmlAnchorElement = crate::dom::document().create_element("a")?.dyn_into()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser takes the bytes in its own time; the address goes with this page.
    Ok(())
}

/// A keyboard command and its key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Command {
    /// Its name in the manifest.
    #[serde(default)]
    pub name: String,
    /// Its key, empty when none is set.
    #[serde(default)]
    pub shortcut: String,
}

/// The extension's keyboard commands.
pub async fn commands() -> Vec<Command> {
    match wait(call("commands", "getAll", &[])).await {
        Ok(list) => from_js(list).unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

fn listen(path: &[&str], listener: &Closure<dyn Fn(JsValue, JsValue, JsValue)>) {
    let Ok(event) = walk(path) else { return };
    if let Ok(add) = Reflect::get(&event, &JsValue::from_str("addListener")).and_then(JsCast::dyn_into::<Function>) {
        let _ = add.call1(&event, listener.as_ref());
    }
}

/// Hears events of the background and of content scripts, with the sender's tab where there is one. Never
/// answers: these messages have none.
pub fn on_event(hear: impl Fn(Event, Option<i32>) + 'static) {
    let listener = Closure::<dyn Fn(JsValue, JsValue, JsValue)>::new(move |message, sender: JsValue, _| {
        let Some(event) = from_js::<Event>(message) else { return };
        let tab = Reflect::get(&sender, &JsValue::from_str("tab"))
            .and_then(|tab| Reflect::get(&tab, &JsValue::from_str("id")))
            .ok()
            .and_then(|id| id.as_f64());
        hear(event, tab.map(|id| id as i32));
    });
    listen(&["runtime", "onMessage"], &listener);
    listener.forget();
}

/// Hears that another tab is active, that a tab went elsewhere, or that permissions changed.
pub fn on_tabs(hear: impl Fn() + 'static) {
    let listener = Closure::<dyn Fn(JsValue, JsValue, JsValue)>::new(move |_, _, _| hear());
    for event in
        [["tabs", "onActivated"], ["tabs", "onUpdated"], ["permissions", "onAdded"], ["permissions", "onRemoved"]]
    {
        listen(&event, &listener);
    }
    listener.forget();
}

/// Sentences from the package: those that only pages say, and those that the browser has.
pub struct Browser {
    said: js_sys::Map,
}

impl Browser {
    /// With the sentences by key that `words.js` has read.
    #[must_use]
    pub fn with(said: js_sys::Map) -> Self {
        Self { said }
    }
}

fn intl(pairs: &[(&str, &str)], ms: f64, lang: &str) -> Option<String> {
    let wanted: Vec<(&str, JsValue)> = pairs.iter().map(|(n, v)| (*n, JsValue::from_str(v))).collect();
    let date = js_sys::Date::new(&JsValue::from_f64(ms));
    if date.get_time().is_nan() {
        return None;
    }
    Some(date.to_locale_string(lang, &options(&wanted)).into())
}

/// What `lang` calls a thing of this kind, by `Intl.DisplayNames`.
fn display_name(kind: &str, code: &str, lang: &str) -> Option<String> {
    let names = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let names: Function = Reflect::get(&names, &"DisplayNames".into()).ok()?.dyn_into().ok()?;
    let how = options(&[("type", kind.into())]);
    let names = Reflect::construct(&names, &Array::of2(&lang.into(), &how)).ok()?;
    let of: Function = Reflect::get(&names, &"of".into()).ok()?.dyn_into().ok()?;
    of.call1(&names, &code.into()).ok()?.as_string()
}

impl Source for Browser {
    fn raw(&self, key: &str) -> String {
        if let Some(said) = self.said.get(&JsValue::from_str(key)).as_string() {
            return said;
        }
        let holes: Array = (0..HOLES as u32)
            .filter_map(|i| char::from_u32(FIRST_HOLE as u32 + i))
            .map(|c| JsValue::from_str(c.encode_utf8(&mut [0; 4])))
            .collect();
        call("i18n", "getMessage", &[JsValue::from_str(key), holes.into()])
            .ok()
            .and_then(|message| message.as_string())
            .unwrap_or_default()
    }

    fn number(&self, n: f64, lang: &str) -> String {
        js_sys::Number::from(n).to_locale_string(lang).into()
    }

    fn moment(&self, ms: f64, lang: &str) -> Option<String> {
        let parts = [
            ("year", "numeric"),
            ("month", "short"),
            ("day", "numeric"),
            ("hour", "2-digit"),
            ("minute", "2-digit"),
            ("timeZoneName", "short"),
        ];
        intl(&parts, ms, lang)
    }

    fn clock(&self, ms: f64, lang: &str) -> Option<String> {
        intl(&[("hour", "2-digit"), ("minute", "2-digit"), ("timeZoneName", "short")], ms, lang)
    }

    fn language(&self, tag: &str, lang: &str) -> Option<String> {
        display_name("language", tag, lang)
    }

    fn country(&self, code: &str, lang: &str) -> Option<String> {
        display_name("region", code, lang)
    }

    fn parse_time(&self, text: &str) -> Option<f64> {
        let ms = date_parse(text);
        (!ms.is_nan()).then_some(ms)
    }
}
