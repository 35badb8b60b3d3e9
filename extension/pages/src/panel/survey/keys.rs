//! Keys of the coding form that the browser does not have by itself: a digit chooses the so-manieth answer of a question or
//! entry of a list, 0 the last, which is always "cannot tell"; Enter saves and goes on, with Shift on to the report.
//! Digits do nothing where text is typed (WCAG 2.1.4). In the card of a check a digit is an answer.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventInit, HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent};

/// Listens, for as long as the page lives.
pub fn listen() {
    let listener = Closure::<dyn Fn(KeyboardEvent)>::new(|event: KeyboardEvent| {
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        if let Some(target) = target
            && !(event.ctrl_key() || event.alt_key() || event.meta_key() || event.is_composing())
            && (target.closest("#survey-form").ok().flatten().is_some()
                && heard(&target, &event.key(), event.shift_key()).is_some()
                || target.closest("#audit").ok().flatten().is_some() && answered(&event.key()).is_some())
        {
            event.prevent_default();
        }
    });
    let document = crate::dom::document();
    if document.add_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref()).is_ok() {
        listener.forget();
    }
}

/// Presses the answer of a check that a digit names; 0 is "not now".
fn answered(key: &str) -> Option<()> {
    let digit = key.parse::<u32>().ok().filter(|d| *d < 4)?;
    crate::dom::document().get_element_by_id(&format!("audit-{digit}"))?.dyn_into::<HtmlElement>().ok()?.click();
    Some(())
}

/// Does what a key means; nothing where it means nothing of ours.
fn heard(target: &Element, key: &str, shift: bool) -> Option<()> {
    if key == "Enter" {
        if matches!(target.tag_name().as_str(), "BUTTON" | "A" | "SUMMARY") {
            return None;
        }
        let document = crate::dom::document();
        let report = document.get_element_by_id("survey-save-report").filter(|_| shift);
        report.or_else(|| document.get_element_by_id("survey-save"))?.dyn_into::<HtmlElement>().ok()?.click();
        return Some(());
    }
    let digit = key.parse::<u32>().ok().filter(|d| *d < 10)?;
    let place = |len: u32| if digit == 0 { len.checked_sub(1) } else { (digit <= len).then(|| digit - 1) };
    if let Some(list) = target.dyn_ref::<HtmlSelectElement>() {
        list.set_selected_index(i32::try_from(place(list.length())?).ok()?);
        let bubbles = EventInit::new();
        bubbles.set_bubbles(true);
        list.dispatch_event(&Event::new_with_event_init_dict("change", &bubbles).ok()?).ok()?;
        return Some(());
    }
    let radio = target.dyn_ref::<HtmlInputElement>().filter(|input| input.type_() == "radio")?;
    let all = radio.closest("fieldset").ok()??.query_selector_all("input[type=radio]").ok()?;
    let chosen = all.item(place(all.length())?)?.dyn_into::<HtmlElement>().ok()?;
    chosen.focus().ok()?;
    chosen.click();
    Some(())
}
