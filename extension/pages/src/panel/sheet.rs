//! The report sheet: exactly what goes, to whom, and the time to take it back.
//!
//! Owns the sheet's states and how they look. It never sends: the background's outbox does, so closing the
//! panel changes nothing.

use super::{
    Msg, Panel, care,
    choices::{self, Ticked},
    cover::Covered,
    paste, suggest,
};
use crate::node::{El, Node, On, el, text};
use crate::parts;
use crate::site;
use crate::words::{Sentence, Words, foreign};
use spotter_model::limits::NOTE_CHARS;
use spotter_model::messages::{Ask, Choices, Draft, OutboxState, Reason, What};
use spotter_model::report::{EvidenceKind, EvidenceState, Report};

/// A part of the report that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The crop of the screenshot.
    Screenshot,
    /// The description.
    Description,
    /// The seller's public name.
    Seller,
}

/// What the spotter chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The note.
    pub note: String,
    /// Send the screenshot.
    pub screenshot: bool,
    /// Send the description.
    pub description: bool,
    /// Send the seller's name.
    pub seller: bool,
    /// Hashes of pictures that stay here.
    pub without_pictures: Vec<String>,
    /// Parts of the screenshot that are painted over.
    pub covered: Covered,
    /// What it is taken for, what is seen on it, how it is sold.
    pub ticked: Ticked,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            note: String::new(),
            screenshot: true,
            description: true,
            seller: true,
            without_pictures: Vec::new(),
            covered: Covered::none(),
            ticked: Ticked::default(),
        }
    }
}

impl Form {
    /// Takes the note as typed, cut to its limit.
    pub fn type_note(&mut self, note: &str) {
        self.note = note.chars().take(NOTE_CHARS).collect();
    }

    /// Characters that may still be typed.
    pub fn left(&self) -> usize {
        NOTE_CHARS.saturating_sub(self.note.chars().count())
    }

    /// Takes a part in or out.
    pub fn set(&mut self, part: Part, on: bool) {
        match part {
            Part::Screenshot => self.screenshot = on,
            Part::Description => self.description = on,
            Part::Seller => self.seller = on,
        }
    }

    /// Takes a picture in or out.
    pub fn keep_picture(&mut self, sha256: String, on: bool) {
        self.without_pictures.retain(|h| *h != sha256);
        if !on {
            self.without_pictures.push(sha256);
        }
    }

    /// Whether a part goes.
    pub fn has(&self, part: Part) -> bool {
        match part {
            Part::Screenshot => self.screenshot,
            Part::Description => self.description,
            Part::Seller => self.seller,
        }
    }

    /// The question that puts the report into the outbox.
    pub fn queue(&self, report_id: &str) -> Ask {
        Ask::Queue {
            report_id: report_id.to_owned(),
            choices: Choices {
                note: self.note.clone(),
                with_screenshot: self.screenshot,
                with_description: self.description,
                with_seller: self.seller,
                without_pictures: self.without_pictures.clone(),
                taxa: self.ticked.taxa.clone(),
                not_sure: self.ticked.not_sure,
                marks: self.ticked.marks.clone(),
                methods: self.ticked.methods.clone(),
            },
            covered: self.covered.boxes(),
        }
    }
}

/// Where the sheet stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Sheet {
    /// The list is shown.
    Closed,
    /// Report was pressed before joining.
    JoinFirst {
        /// The finding; unknown when a gesture on the page came first.
        key: Option<String>,
    },
    /// What was seen elsewhere is typed in.
    Pasting(paste::Paste),
    /// A word is suggested.
    Suggesting(suggest::Suggest),
    /// The lead is told that the spotter was contacted.
    Contacted(care::Contacted),
    /// A survey's search is worked on.
    Survey,
    /// The page is being read again.
    Preparing {
        /// The finding.
        key: String,
    },
    /// It cannot be reported now.
    Failed {
        /// The finding; unknown when a gesture on the page came first.
        key: Option<String>,
        /// Why.
        why: Sentence,
    },
    /// The spotter looks and may change.
    Editing {
        /// The draft.
        draft: Box<Draft>,
        /// The choices.
        form: Form,
        /// The screenshot is blurred.
        blurred: bool,
        /// Why it could not be queued; what was typed is kept.
        trouble: Option<Sentence>,
    },
    /// On its way into the outbox.
    Queueing {
        /// The draft.
        draft: Box<Draft>,
        /// The choices.
        form: Form,
    },
    /// In the outbox; the undo runs.
    Running {
        /// The draft.
        draft: Box<Draft>,
        /// The choices.
        form: Form,
        /// When it goes, by the page's clock.
        until: f64,
        /// How long the undo was.
        undo_ms: u32,
    },
    /// The undo is over; the outbox says how it went.
    After {
        /// The finding.
        key: String,
        /// The report.
        report_id: String,
    },
}

impl Sheet {
    /// The finding that it is about.
    pub fn key(&self) -> Option<&str> {
        match self {
            Sheet::Closed | Sheet::Pasting(_) | Sheet::Suggesting(_) | Sheet::Contacted(_) | Sheet::Survey => None,
            Sheet::JoinFirst { key } | Sheet::Failed { key, .. } => key.as_deref(),
            Sheet::Preparing { key } | Sheet::After { key, .. } => Some(key),
            Sheet::Editing { draft, .. } | Sheet::Queueing { draft, .. } | Sheet::Running { draft, .. } => {
                Some(&draft.key)
            }
        }
    }

    /// Whether another draft would take something from the person.
    pub fn in_use(&self) -> bool {
        !matches!(
            self,
            Sheet::Closed | Sheet::Survey | Sheet::JoinFirst { .. } | Sheet::Failed { .. } | Sheet::After { .. }
        )
    }
}

/// The sheet, in place of the list.
pub fn view(panel: &Panel) -> Vec<Node<Msg>> {
    let w = &panel.words;
    let sheet = el("section").class("sheet").attr("aria-labelledby", "sheet-title");
    let sheet = match &panel.sheet {
        Sheet::Closed => return Vec::new(),
        Sheet::JoinFirst { .. } => {
            sheet.kid(back(w)).kid(title(w.t("join_title"))).kid(el("p").text(w.t("join_first"))).kid(panel.join_form())
        }
        Sheet::Pasting(paste) => sheet.kid(back(w)).kid(title(w.t("report_paste"))).kid(paste.view(w)),
        Sheet::Suggesting(suggest) => sheet.kid(back(w)).kid(title(w.t("report_suggest"))).kid(suggest.view(w)),
        Sheet::Contacted(contacted) => sheet.kid(back(w)).kid(title(w.t("care_contacted"))).kid(contacted.view(panel)),
        Sheet::Survey => super::survey::list::sheet(panel, sheet),
        Sheet::Preparing { .. } => {
            sheet.kid(title(w.t("report_title"))).kid(el("p").class("muted").text(w.t("report_preparing")))
        }
        Sheet::Failed { key, why } => sheet
            .kid(back(w))
            .kid(title(w.t("report_failed_title")))
            .kid(el("p").id("sheet-why").class("trouble").text(w.sentence(why)))
            .kid(
                el("div")
                    .class("buttons")
                    .maybe(key.clone().map(|k| button("primary", w.t("report_again"), Msg::Report(k)).id("again")))
                    .kid(button("", w.t("report_back"), Msg::CloseSheet)),
            ),
        Sheet::Editing { draft, form, blurred, trouble } => {
            editing(panel, sheet, draft, form, *blurred, trouble.as_ref())
        }
        Sheet::Queueing { draft, form } => sheet
            .kid(title(w.t("report_running_title")))
            .kid(listing_head(w, draft))
            .kid(goes(panel, draft, form, None)),
        Sheet::Running { draft, form, until, undo_ms } => running(panel, sheet, draft, form, *until, *undo_ms),
        Sheet::After { report_id, .. } => after(panel, sheet, report_id),
    };
    vec![sheet.into()]
}

fn title(text: String) -> El<Msg> {
    el("h2").id("sheet-title").attr("tabindex", "-1").text(text)
}

fn back(w: &Words) -> El<Msg> {
    button("quiet back", w.t("report_back"), Msg::CloseSheet)
}

/// A button.
pub fn button(class: &str, label: String, act: Msg) -> El<Msg> {
    el("button").attr("type", "button").class(class).on(On::Click, act).text(label)
}

fn listing_head(w: &Words, draft: &Draft) -> El<Msg> {
    let name = &draft.report.listing.title;
    let name = if name.is_empty() { w.t("card_untitled") } else { name.clone() };
    // Of what was not marked and not recognised, nobody but the spotter says that it is protected.
    let recognised = !draft.report.missed_by_detector || draft.what != What::default();
    el("div")
        .class("about")
        .kid(el("p").class("about-title").attr("dir", "auto").text(name))
        .maybe(recognised.then(|| parts::what_line(w, &draft.what)))
        .maybe(parts::names(w, &draft.what))
}

fn editing(
    panel: &Panel,
    sheet: El<Msg>,
    draft: &Draft,
    form: &Form,
    blurred: bool,
    trouble: Option<&Sentence>,
) -> El<Msg> {
    let w = &panel.words;
    let left = form.left();
    sheet
        .kid(title(w.t("report_title")))
        .kid(listing_head(w, draft))
        .maybe(draft.report.card_only.then(|| card_only(panel, &draft.report)))
        .maybe(draft.report.missed_by_detector.then(|| el("p").class("hint").text(w.t("report_missed"))))
        .maybe(choices::taxa(w, draft, &form.ticked))
        .kids(choices::boxes(w, draft, &form.ticked))
        .kid(super::view::rule_here(panel, &draft.key, &draft.report.listing.title))
        .kid(el("h3").text(w.t("report_what")))
        .kid(el("p").class("muted").text(w.t("report_what_hint")))
        .kid(el("p").class("muted").text(w.t("report_optional")))
        .kid(goes(panel, draft, form, Some(blurred)))
        .maybe((draft.key == paste::KEY).then(|| paste::add_pictures(w)))
        .kid(
            el("div")
                .class("note")
                .kid(el("label").attr("for", "note").text(w.t("report_note_label")))
                .kid(
                    el("textarea")
                        .id("note")
                        .attr("rows", "3")
                        .attr("dir", "auto")
                        .attr("maxlength", (2 * NOTE_CHARS).to_string())
                        .attr("aria-describedby", "note-hint note-left")
                        .attr("value", form.note.clone())
                        .on(On::Input, Msg::NoteTyped),
                )
                .kid(el("p").id("note-hint").class("muted").text(w.t("report_note_hint")))
                .kid(
                    el("p")
                        .id("note-left")
                        .class("muted")
                        .text(w.say("report_note_left", &[&w.number(u32::try_from(left).unwrap_or(0))])),
                ),
        )
        .kid(to_whom(panel))
        .kid(el("h3").text(w.t("report_statement")))
        .kid(el("p").text(w.t("report_statement_text")))
        .maybe(trouble.map(|t| el("p").id("sheet-why").class("trouble").attr("role", "alert").text(w.sentence(t))))
        // Whoever has to pass the test first is shown the way to it.
        .maybe(trouble.filter(|t| t.key == "bg_training_first").map(|_| el("p").kid(crate::options::view::training(w))))
        .kid(
            el("div")
                .class("buttons sticky")
                .kid(button("primary big", w.t("report_send"), Msg::Send).id("send"))
                .kid(button("", w.t("report_discard"), Msg::Discard)),
        )
}

/// What a card cannot tell, and the way to the listing's own page. The report waits for it.
fn card_only(panel: &Panel, report: &Report) -> El<Msg> {
    let w = &panel.words;
    let hint = el("div").class("hint card-only").kid(el("p").text(w.t("report_card_only")));
    // Where every card has the page's address there is no page of its own to be opened.
    if report.shares_its_address() {
        return hint;
    }
    if panel.opened.is_none() {
        return hint.kid(button("", w.t("report_open_first"), Msg::OpenListing).id("open-first"));
    }
    hint.kid(el("p").attr("role", "status").text(w.t("report_open_waiting")))
        .kid(button("", w.t("report_open_complete"), Msg::Complete).id("open-complete"))
}

fn to_whom(panel: &Panel) -> El<Msg> {
    let w = &panel.words;
    let enrolled = panel.state.as_ref().and_then(|s| s.enrolled.as_ref());
    let line = enrolled.map(|e| {
        let to: Node<Msg> = el("strong").kid(foreign(&e.organisation)).into();
        el("p").kids(w.rich("report_to_text", &[to, foreign(&e.pseudonym).into()]))
    });
    el("div").kid(el("h3").text(w.t("report_to"))).maybe(line)
}

/// Item by item what goes. With `editing`, optional ones have a box; it holds whether the screenshot is blurred.
fn goes(panel: &Panel, draft: &Draft, form: &Form, editing: Option<bool>) -> El<Msg> {
    let (w, report_key) = (&panel.words, panel.report_key.as_str());
    let report = &draft.report;
    let mut list = el("dl").class("goes");
    let plain = |list: El<Msg>, key: &str, value: Node<Msg>| {
        list.kid(el("div").kid(el("dt").text(w.t(key))).kid(el("dd").attr("dir", "auto").kid(value)))
    };
    let listing = &report.listing;
    for (key, value) in [
        ("report_item_title", &listing.title),
        ("report_item_price", &listing.price),
        ("report_item_category", &listing.category),
        ("report_item_location", &listing.location),
        ("report_item_images", &listing.images),
    ] {
        if !value.is_empty() {
            list = plain(list, key, text(value.clone()));
        }
    }
    list =
        plain(list, "report_item_address", el("span").class("address").text(report.place.url_canonical.clone()).into());
    if report.place.url_observed != report.place.url_canonical {
        list =
            plain(list, "report_item_page", el("span").class("address").text(report.place.url_observed.clone()).into());
    }
    list = plain(list, "report_item_time", text(w.moment(&report.matched_at)));
    let quotes: Vec<Node<Msg>> = each_once(&draft.reasons).into_iter().map(|q| parts::quote(q).into()).collect();
    if !quotes.is_empty() {
        list = plain(list, "report_item_reasons", el("span").kids(w.list(quotes)).into());
    }
    for (part, key, value) in [
        (Part::Description, "report_item_description", &listing.description),
        (Part::Seller, "report_item_seller", &listing.seller),
    ] {
        if !value.is_empty() {
            let value = if part == Part::Description {
                el("div")
                    .class("long")
                    .attr("tabindex", "0")
                    .attr("role", "group")
                    .attr("aria-label", w.t(key))
                    .text(value.clone())
                    .into()
            } else {
                text(value.clone())
            };
            list = list.maybe(optional(w, part, key, value, form, editing.is_some()));
        }
    }
    match &draft.screenshot {
        Some(data) if data.starts_with("data:image/png;base64,") => {
            let blurred = editing.unwrap_or(true);
            let seen = if blurred { "report_screenshot_alt" } else { "report_screenshot_alt_clear" };
            let image = el("img").attr("src", data.clone()).attr("alt", w.t(seen)).attr("draggable", "false");
            let canvas = el("div")
                .class(if blurred { "canvas" } else { "canvas brush" })
                .kid(image.class(if blurred { "blurred" } else { "" }))
                .kid(form.covered.over());
            // Nobody paints over what cannot be seen.
            let canvas = if blurred { canvas } else { canvas.on(On::Brush, Msg::Brush) };
            let picture =
                el("div").class("shot").kid(canvas).maybe(editing.map(|blurred| shot_tools(w, form, blurred)));
            list = list.maybe(optional(
                w,
                Part::Screenshot,
                "report_item_screenshot",
                picture.into(),
                form,
                editing.is_some(),
            ));
        }
        // Of what was seen elsewhere there is none to be had.
        _ if draft.key == paste::KEY => {}
        _ => {
            let refused = report
                .evidence
                .iter()
                .any(|e| e.kind == EvidenceKind::Screenshot && e.state == EvidenceState::NotPermitted);
            let why = match (refused, report_key) {
                (true, "") => w.t("report_no_screenshot_no_key"),
                (true, key) => w.say("report_no_screenshot", &[key]),
                (false, _) => w.t("report_no_screenshot_other"),
            };
            list = plain(list, "report_item_screenshot", el("span").class("muted").text(why).into());
        }
    }
    list = list.maybe(pictures(w, draft, form, editing));
    if editing.is_none() {
        for (key, value) in choices::summary(w, draft, &form.ticked) {
            list = plain(list, key, text(value));
        }
    }
    if editing.is_none() && !form.note.is_empty() {
        list = plain(list, "report_item_note", text(form.note.clone()));
    }
    let client = &report.client;
    let device = [&client.extension, &client.browser, &client.pack, &client.locale];
    let device: Vec<Node<Msg>> = device.into_iter().filter(|t| !t.is_empty()).map(|t| text(t.clone())).collect();
    plain(list, "report_item_device", el("span").kids(w.list(device)).into())
}

/// What can be done with the screenshot.
fn shot_tools(w: &Words, form: &Form, blurred: bool) -> El<Msg> {
    let key = if blurred { "report_screenshot_show" } else { "report_screenshot_hide" };
    let tools = el("div").class("shot-tools").kid(button("quiet", w.t(key), Msg::Unblur).id("unblur"));
    if blurred {
        return tools;
    }
    tools
        .kid(el("p").class("muted small").text(w.t("report_cover_hint")))
        .kid(form.covered.fields(w))
        .maybe((!form.covered.is_empty()).then(|| button("", w.t("report_uncover"), Msg::Uncover).id("uncover")))
}

/// The pictures, each with a box while editing, and why those that are missing are.
fn pictures(w: &Words, draft: &Draft, form: &Form, editing: Option<bool>) -> Option<El<Msg>> {
    let states: Vec<EvidenceState> =
        draft.report.evidence.iter().filter(|e| e.kind == EvidenceKind::Picture).map(|e| e.state).collect();
    if states.is_empty() {
        return None;
    }
    let blurred = editing.unwrap_or(true);
    let shown = draft.thumbnails.iter().enumerate().filter_map(|(i, t)| {
        let on = !form.without_pictures.contains(&t.sha256);
        if editing.is_none() && !on {
            return None;
        }
        let name = w.say("report_picture_name", &[&w.number(i as u32 + 1)]);
        let picture = if t.data.starts_with("data:image/jpeg;base64,") {
            el("img").attr("src", t.data.clone()).attr("alt", "").class(if blurred { "blurred" } else { "" })
        } else {
            el("span").class("no-picture").text(w.t("report_picture_unseen"))
        };
        let tick = editing.map(|_| {
            el("input")
                .id(format!("picture-{i}"))
                .attr("type", "checkbox")
                .checked(on)
                .on(On::Change, Msg::TogglePicture(t.sha256.clone()))
        });
        let caption = el("span").class("picture-name").maybe(tick).text(name);
        let size = (t.size.0 > 0).then(|| {
            el("span")
                .class("muted small")
                .text(w.say("report_picture_size", &[&w.number(t.size.0), &w.number(t.size.1)]))
        });
        let item = el(if editing.is_some() { "label" } else { "div" }).kid(picture).kid(caption).maybe(size);
        Some(el("li").key(t.sha256.clone()).class(if on { "" } else { "out" }).kid(item))
    });
    let mut inside = el("div").class("pictures-had");
    let shown: Vec<El<Msg>> = shown.collect();
    if !shown.is_empty() {
        inside = inside.kid(el("ul").class("pictures").kids(shown)).maybe(editing.map(|blurred| {
            let key = if blurred { "report_screenshot_show" } else { "report_screenshot_hide" };
            button("quiet", w.t(key), Msg::Unblur)
        }));
    }
    for (reasons, key) in [
        (&[EvidenceState::NotGranted][..], "report_pictures_not_permitted"),
        (&[EvidenceState::TooLarge], "report_pictures_too_large"),
        (&[EvidenceState::Gone], "report_pictures_gone"),
        (&[EvidenceState::Failed, EvidenceState::NotAPicture], "report_pictures_failed"),
    ] {
        let n = states.iter().filter(|s| reasons.contains(s)).count();
        if n > 0 {
            inside = inside.kid(el("p").class("muted").text(w.count(key, u32::try_from(n).unwrap_or(u32::MAX))));
        }
    }
    let ask = editing.is_some() && !draft.picture_origins.is_empty();
    inside = inside.maybe(ask.then(|| {
        let hosts: Vec<Node<Msg>> = draft.picture_origins.iter().map(|o| foreign(site::name_of(o)).into()).collect();
        el("div")
            .kid(el("p").class("small").kids(w.rich("report_pictures_where", &[el("span").kids(w.list(hosts)).into()])))
            .kid(button("", w.t("report_pictures_allow"), Msg::AllowPictures).id("allow-pictures"))
    }));
    Some(el("div").kid(el("dt").text(w.t("report_item_pictures"))).kid(el("dd").kid(inside)))
}

/// The words of the reasons in their order, each once: several reasons may rest on the same words.
pub(super) fn each_once(reasons: &[Reason]) -> Vec<&str> {
    let mut quotes: Vec<&str> = Vec::with_capacity(reasons.len());
    for quote in reasons.iter().map(|r| r.quote.as_str()).filter(|q| !q.is_empty()) {
        if !quotes.contains(&quote) {
            quotes.push(quote);
        }
    }
    quotes
}

fn optional(w: &Words, part: Part, key: &str, value: Node<Msg>, form: &Form, editing: bool) -> Option<El<Msg>> {
    let on = form.has(part);
    if !editing {
        return on.then(|| el("div").kid(el("dt").text(w.t(key))).kid(el("dd").attr("dir", "auto").kid(value)));
    }
    let id = match part {
        Part::Screenshot => "with-screenshot",
        Part::Description => "with-description",
        Part::Seller => "with-seller",
    };
    let tick = el("input").id(id).attr("type", "checkbox").checked(on).on(On::Change, Msg::Toggle(part));
    let row = el("div").class(if on { "optional" } else { "optional out" });
    Some(row.kid(el("dt").kid(el("label").kid(tick).text(w.t(key)))).kid(el("dd").attr("dir", "auto").kid(value)))
}

fn running(panel: &Panel, sheet: El<Msg>, draft: &Draft, form: &Form, until: f64, undo_ms: u32) -> El<Msg> {
    let w = &panel.words;
    let left = until - panel.now;
    if left <= 0.0 {
        return sheet
            .kid(title(w.t("report_sending")))
            .kid(listing_head(w, draft))
            .kid(el("p").class("muted").text(w.t("report_running_hint")))
            .kid(el("div").class("buttons").kid(button("", w.t("report_back"), Msg::CloseSheet)));
    }
    // Whole seconds, never "0 seconds" while Undo still works.
    let seconds = (left / 1000.0).ceil().max(1.0) as u32;
    sheet
        .kid(title(w.t("report_running_title")))
        .kid(
            el("div")
                .class("undo")
                .kid(ring(undo_ms))
                .kid(el("p").id("countdown").class("countdown").text(w.count("report_running", seconds)))
                .kid(
                    button("primary big", w.t("report_undo"), Msg::Undo)
                        .id("undo")
                        .attr("aria-describedby", "countdown"),
                )
                .kid(
                    el("div")
                        .class("buttons")
                        .maybe(
                            (draft.key != paste::KEY)
                                .then(|| button("", w.t("report_change"), Msg::Change).id("change")),
                        )
                        .kid(button("", w.t("report_back"), Msg::CloseSheet)),
                )
                .kid(el("p").class("muted").text(w.t("report_running_hint"))),
        )
        .kid(listing_head(w, draft))
        .kid(el("h3").text(w.t("report_what")))
        .kid(el("p").class("muted").text(w.t("report_what_hint")))
        .kid(goes(panel, draft, form, None))
        .kid(to_whom(panel))
        .kid(el("h3").text(w.t("report_statement")))
        .kid(el("p").text(w.t("report_statement_text")))
}

/// The ring that empties while the undo runs; the words beside it say the same, so it is hidden from readers
/// and, where less motion is asked for, from everyone.
fn ring(undo_ms: u32) -> El<Msg> {
    let circle = |class: &str| {
        el("circle")
            .attr("class", class)
            .attr("cx", "24")
            .attr("cy", "24")
            .attr("r", "20")
            .attr("fill", "none")
            .attr("pathLength", "100")
    };
    el("div")
        .class("ring")
        .attr("--undo", format!("{undo_ms}ms"))
        .attr("aria-hidden", "true")
        .kid(el("svg").attr("viewBox", "0 0 48 48").kid(circle("ring-track")).kid(circle("ring-left")))
}

fn after(panel: &Panel, sheet: El<Msg>, report_id: &str) -> El<Msg> {
    let w = &panel.words;
    let item = panel.state.as_ref().and_then(|s| s.outbox.iter().find(|i| i.report_id == report_id));
    let done = el("div").class("buttons").kid(button("primary", w.t("report_done"), Msg::CloseSheet).id("done"));
    let about = item.map(|i| el("p").class("about-title").attr("dir", "auto").text(i.title.clone()));
    match item.map(|i| i.state) {
        Some(OutboxState::Sent) => {
            let number = item.and_then(|i| i.number.clone()).unwrap_or_default();
            let organisation = panel.state.as_ref().and_then(|s| s.enrolled.as_ref()).map(|e| e.organisation.as_str());
            sheet
                .kid(
                    el("div")
                        .class("success")
                        .kid(parts::sign(parts::Sign::Reported))
                        .kid(title(w.t("report_sent_title"))),
                )
                .maybe(about)
                .kid(
                    el("p")
                        .class("receipt")
                        .kids(w.rich("report_sent_number", &[el("strong").attr("dir", "ltr").text(number).into()])),
                )
                .kid(el("h3").text(w.t("report_sent_next_title")))
                .kid(el("p").kids(w.rich("report_sent_next", &[foreign(organisation.unwrap_or_default()).into()])))
                .kid(el("p").text(w.t("report_sent_rules")))
                .kid(done)
        }
        Some(OutboxState::Refused) => {
            let why = item.and_then(super::outbox::trouble);
            let own = why.as_ref().and_then(|why| parts::own_words(w, why));
            sheet
                .kid(title(w.t("report_refused_title")))
                .maybe(about)
                .maybe(why.map(|why| el("p").class("trouble").text(w.sentence(&why))))
                .maybe(own)
                .kid(done)
        }
        _ => {
            let why = item.and_then(super::outbox::trouble);
            sheet
                .kid(title(w.t("report_waiting_title")))
                .maybe(about)
                .kid(el("p").text(w.t("report_waiting_text")))
                .maybe(why.map(|why| el("p").class("trouble").text(w.sentence(&why))))
                .maybe(item.map(|i| el("p").class("muted").text(super::outbox::standing(w, i))))
                .kid(done)
        }
    }
}
