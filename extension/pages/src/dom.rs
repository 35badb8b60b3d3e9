//! Brings a view into the document, and actions back to the page.
//!
//! Owns every change of the document. Only what differs from the last view is touched, so focus, selection,
//! scroll and unfolded parts stay where the person left them. It never parses markup.

use crate::node::{El, Node, On};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};

const SVG: &str = "http://www.w3.org/2000/svg";

/// When something happened, and what its element held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fired {
    /// The page's clock, milliseconds since 1970.
    pub now: f64,
    /// Text of a field.
    pub value: String,
    /// State of a box.
    pub checked: bool,
    /// Where a pointer was, in parts of the element's width and height.
    pub at: (f64, f64),
}

/// A page: its state, how that looks, and what happens next.
pub trait App: Sized + 'static {
    /// What can happen.
    type Msg: Clone + 'static;
    /// What the page asks of the browser.
    type Effect;

    /// How it looks.
    fn view(&self) -> Vec<Node<Self::Msg>>;
    /// Something happened.
    fn update(&mut self, msg: Self::Msg, fired: Fired) -> Vec<Self::Effect>;
    /// Does what `update` asked for; runs inside the person's gesture where there was one.
    fn run(effect: Self::Effect, page: &Page<Self>);
    /// Sent four times a second while something counts down; `None` when nothing does.
    fn tick(&self) -> Option<Self::Msg>;
    /// Id of the element that the focus goes to now, once.
    fn take_focus(&mut self) -> Option<String>;
}

/// A running page.
pub struct Page<A: App>(Rc<RefCell<Inner<A>>>);

impl<A: App> Clone for Page<A> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

struct Inner<A: App> {
    app: A,
    root: web_sys::Element,
    tree: Vec<Node<A::Msg>>,
    ticking: Option<gloo::timers::callback::Interval>,
}

/// The document.
///
/// # Panics
/// Outside a page.
pub fn document() -> web_sys::Document {
    web_sys::window().and_then(|w| w.document()).expect("a page has a document")
}

impl<A: App> Page<A> {
    /// Shows `app` in the element `root` and listens there.
    pub fn start(app: A, root: web_sys::Element) -> Self {
        let page = Self(Rc::new(RefCell::new(Inner { app, root: root.clone(), tree: Vec::new(), ticking: None })));
        for (name, on) in [
            ("click", On::Click),
            ("input", On::Input),
            ("change", On::Change),
            ("submit", On::Submit),
            ("pointerdown", On::Brush),
            ("pointermove", On::Brush),
        ] {
            let to = page.clone();
            let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| to.hear(on, &event));
            // The page lives as long as its document: nothing is ever unregistered.
            if root.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref()).is_ok() {
                listener.forget();
            }
        }
        page.render();
        page
    }

    /// Tells the page that something happened, and shows the result.
    pub fn send(&self, msg: A::Msg) {
        self.send_with(msg, Fired { now: crate::api::now(), ..Fired::default() });
    }

    /// Runs a future beside the page.
    pub fn spawn(&self, future: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(future);
    }

    fn send_with(&self, msg: A::Msg, fired: Fired) {
        let effects = self.0.borrow_mut().app.update(msg, fired);
        for effect in effects {
            A::run(effect, self);
        }
        self.render();
    }

    fn hear(&self, on: On, event: &web_sys::Event) {
        let Some(target) = event.target().and_then(|t| t.dyn_into::<web_sys::Node>().ok()) else { return };
        let pointer = event.dyn_ref::<web_sys::MouseEvent>().filter(|_| on == On::Brush);
        if pointer.is_some_and(|p| p.buttons() & 1 == 0) {
            return;
        }
        // Removing a focused field while rendering may fire its change event: that is not the person's doing.
        let found = match self.0.try_borrow() {
            Ok(inner) => find(&inner.tree, &inner.root, &target, on),
            Err(_) => None,
        };
        let Some(msg) = found else { return };
        if on == On::Submit {
            event.prevent_default();
        }
        let mut fired = Fired { now: crate::api::now(), ..Fired::default() };
        if let (Some(pointer), Some(element)) = (pointer, target.dyn_ref::<web_sys::Element>()) {
            let area = element.get_bounding_client_rect();
            let part = |at: i32, from: f64, size: f64| (f64::from(at) - from) / size.max(1.0);
            fired.at = (
                part(pointer.client_x(), area.left(), area.width()),
                part(pointer.client_y(), area.top(), area.height()),
            );
            // Neither a selection nor a picture that is dragged along.
            event.prevent_default();
        }
        if let Some(input) = target.dyn_ref::<web_sys::HtmlInputElement>() {
            fired.value = input.value();
            fired.checked = input.checked();
        } else if let Some(area) = target.dyn_ref::<web_sys::HtmlTextAreaElement>() {
            fired.value = area.value();
        } else if let Some(select) = target.dyn_ref::<web_sys::HtmlSelectElement>() {
            fired.value = select.value();
        }
        self.send_with(msg, fired);
    }

    fn render(&self) {
        let Ok(mut inner) = self.0.try_borrow_mut() else { return };
        let tree = inner.app.view();
        let focused = document().active_element();
        patch_children(&inner.root, &inner.tree, &tree);
        inner.tree = tree;
        // Moving an element in the document takes its focus: give it back. What was built anew under the same id takes it over.
        if let Some(was) = focused.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok())
            && document().active_element().as_ref() != Some(was.as_ref())
        {
            let heir = if was.is_connected() { Some(was) } else { by_id(&was.id()) };
            if let Some(to) = heir {
                let _ = to.focus();
            }
        }
        if let Some(to) = inner.app.take_focus().and_then(|id| by_id(&id)) {
            let _ = to.focus();
        }
        match (inner.app.tick().is_some(), inner.ticking.is_some()) {
            (true, false) => {
                let to = self.clone();
                inner.ticking = Some(gloo::timers::callback::Interval::new(250, move || {
                    let msg = to.0.try_borrow().ok().and_then(|i| i.app.tick());
                    if let Some(msg) = msg {
                        to.send(msg);
                    }
                }));
            }
            (false, true) => inner.ticking = None,
            _ => {}
        }
    }
}

fn by_id(id: &str) -> Option<web_sys::HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The action of the innermost element around `target` that listens to `on`. The document's children and the
/// view's stand one to one.
fn find<A: Clone>(tree: &[Node<A>], root: &web_sys::Element, target: &web_sys::Node, on: On) -> Option<A> {
    let root: &web_sys::Node = root.as_ref();
    let mut path = Vec::new();
    let mut at = target.clone();
    while &at != root {
        let mut index = 0;
        let mut before = at.previous_sibling();
        while let Some(sibling) = before {
            index += 1;
            before = sibling.previous_sibling();
        }
        path.push(index);
        at = at.parent_node()?;
    }
    let mut kids = tree;
    let mut found = None;
    for index in path.into_iter().rev() {
        let Some(Node::El(el)) = kids.get(index) else { break };
        if let Some((listens, act)) = &el.on
            && *listens == on
        {
            found = Some(act.clone());
        }
        kids = &el.kids;
    }
    found
}

fn create<A>(node: &Node<A>, svg: bool) -> web_sys::Node {
    match node {
        Node::Text(text) => document().create_text_node(text).into(),
        Node::El(el) => {
            let svg = svg || el.tag == "svg";
            let made =
                if svg { document().create_element_ns(Some(SVG), el.tag) } else { document().create_element(el.tag) };
            let made = made.expect("tags are constants of this program");
            for kid in &el.kids {
                let _ = made.append_child(&create(kid, svg));
            }
            for (name, value) in &el.attrs {
                set(&made, name, value);
            }
            made.into()
        }
    }
}

fn set(element: &web_sys::Element, name: &str, value: &str) {
    if name.starts_with("--") {
        if let Some(html) = element.dyn_ref::<web_sys::HtmlElement>() {
            let _ = html.style().set_property(name, value);
        }
        return;
    }
    match name {
        "value" => {
            if let Some(input) = element.dyn_ref::<web_sys::HtmlInputElement>() {
                if input.type_() == "radio" {
                    let _ = element.set_attribute(name, value);
                } else if input.value() != value {
                    input.set_value(value);
                }
            } else if let Some(area) = element.dyn_ref::<web_sys::HtmlTextAreaElement>() {
                if area.value() != value {
                    area.set_value(value);
                }
            } else if let Some(select) = element.dyn_ref::<web_sys::HtmlSelectElement>() {
                select.set_value(value);
            } else {
                let _ = element.set_attribute(name, value);
            }
        }
        "checked" => {
            if let Some(input) = element.dyn_ref::<web_sys::HtmlInputElement>() {
                input.set_checked(value == "true");
            }
        }
        _ => {
            let _ = element.set_attribute(name, value);
        }
    }
}

fn unset(element: &web_sys::Element, name: &str) {
    if name.starts_with("--") {
        if let Some(html) = element.dyn_ref::<web_sys::HtmlElement>() {
            let _ = html.style().remove_property(name);
        }
    } else {
        let _ = element.remove_attribute(name);
    }
}

fn same_kind<A>(a: &Node<A>, b: &Node<A>) -> bool {
    match (a, b) {
        (Node::Text(_), Node::Text(_)) => true,
        (Node::El(a), Node::El(b)) => a.tag == b.tag && a.key == b.key,
        _ => false,
    }
}

fn patch_children<A>(parent: &web_sys::Element, old: &[Node<A>], new: &[Node<A>]) {
    let svg = parent.namespace_uri().as_deref() == Some(SVG);
    let list = parent.child_nodes();
    let standing: Vec<Option<web_sys::Node>> = (0..old.len()).map(|i| list.item(i as u32)).collect();
    let mut used = vec![false; old.len()];
    // Which old node each new one continues: by key anywhere, without a key the next of its kind.
    let mut from = 0;
    let continues: Vec<Option<usize>> = new
        .iter()
        .map(|node| {
            let keyed = matches!(node, Node::El(El { key: Some(_), .. }));
            let start = if keyed { 0 } else { from };
            let found = (start..old.len()).find(|&i| !used[i] && same_kind(&old[i], node))?;
            used[found] = true;
            if !keyed {
                from = found + 1;
            }
            Some(found)
        })
        .collect();
    for (i, gone) in standing.iter().enumerate() {
        if !used[i]
            && let Some(gone) = gone
        {
            let _ = parent.remove_child(gone);
        }
    }
    for (place, node) in new.iter().enumerate() {
        let here = list.item(place as u32);
        match continues[place].and_then(|i| standing[i].as_ref().map(|dom| (i, dom))) {
            Some((i, dom)) => {
                if here.as_ref() != Some(dom) {
                    let _ = parent.insert_before(dom, here.as_ref());
                }
                patch(dom, &old[i], node);
            }
            None => {
                let _ = parent.insert_before(&create(node, svg), here.as_ref());
            }
        }
    }
}

fn patch<A>(dom: &web_sys::Node, old: &Node<A>, new: &Node<A>) {
    match (old, new) {
        (Node::Text(was), Node::Text(is)) if was != is => dom.set_text_content(Some(is)),
        (Node::El(was), Node::El(is)) => {
            let Some(element) = dom.dyn_ref::<web_sys::Element>() else { return };
            for (name, _) in &was.attrs {
                if is.get(name).is_none() {
                    unset(element, name);
                }
            }
            patch_children(element, &was.kids, &is.kids);
            for (name, value) in &is.attrs {
                // What a person can change by hand is compared with the document, the rest with the last view.
                if matches!(*name, "value" | "checked") || was.get(name) != Some(value) {
                    set(element, name, value);
                }
            }
        }
        _ => {}
    }
}

/// Writes the language and direction of the shown sentences to the document, and its title.
pub fn label_document(lang: &str, title: &str) {
    let document = document();
    document.set_title(title);
    if let Some(html) = document.document_element() {
        let _ = html.set_attribute("lang", lang);
        let _ = html.set_attribute("dir", if matches!(lang, "ar" | "fa" | "he" | "ur") { "rtl" } else { "ltr" });
    }
}

/// The page's root element.
///
/// # Errors
/// The HTML file has none.
pub fn root() -> Result<web_sys::Element, JsValue> {
    document().get_element_by_id("app").ok_or_else(|| JsValue::from_str("no element #app"))
}
