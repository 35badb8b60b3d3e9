//! The side panel: what this page offers, why, the report sheet, the outbox.
//!
//! Owns the panel's state and every step from one state to the next, as plain data that is tested natively.
//! It never talks to the browser itself (see `effects`) and holds nothing that the background or the content
//! script could not tell again.

pub mod alarm;
mod answers;
pub mod audit;
pub mod care;
pub mod choices;
pub mod cover;
pub mod effects;
pub mod outbox;
pub mod paste;
pub mod rounds;
pub mod sheet;
mod step;
pub mod suggest;
pub mod survey;
pub mod view;

use crate::api::Tab;
use crate::dom::{App, Fired, Page};
use crate::join::Join;
use crate::law;
use crate::node::{El, Node};
use crate::site::{self, Place};
use crate::words::{Sentence, Words, sentence, sentence_of};
use sheet::Sheet;
use spotter_model::messages::{Ask, Findings, LawHere, OutboxState, State, ToContent};
use std::collections::HashMap;
pub use step::{Effect, Msg, Tag};

/// How long a list that moved takes no press of Report, milliseconds: shorter than a person needs to see and press.
const STEADY_MS: f64 = 300.0;

/// What is known about the tab's page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// The tab.
    pub tab: Option<i32>,
    /// Its address, where the browser tells.
    pub url: Option<String>,
    /// Its site is granted.
    pub granted: bool,
    /// The browser has said whether it is.
    pub permission_known: bool,
    /// What its content script said.
    pub findings: Option<Findings>,
    /// Both questions were answered once.
    pub asked: bool,
    /// The site was granted just now; its open page may need a reload.
    pub just_granted: bool,
}

impl Shown {
    /// The page's place; `None` where neither browser nor content script tell.
    pub fn place(&self) -> Option<Place> {
        self.findings.as_ref().map(|f| f.url.as_str()).or(self.url.as_deref()).map(site::place)
    }

    /// The host of its site.
    pub fn host(&self) -> Option<String> {
        match self.place() {
            Some(Place::Site(site)) => Some(site.name),
            _ => None,
        }
    }
}

/// The panel's state.
pub struct Panel {
    /// The words.
    pub words: Words,
    /// The tab that was asked for in the address, else the active one is followed.
    pub fixed: Option<i32>,
    /// The page.
    pub shown: Shown,
    /// The background's state, once it answered.
    pub state: Option<State>,
    /// The background did not answer the last time.
    pub silent: bool,
    /// The invitation field.
    pub join: Join,
    /// The report sheet.
    pub sheet: Sheet,
    /// Findings that were called false alarms.
    pub alarms: alarm::Alarms,
    /// The report that a delete was asked for.
    pub deleting: Option<String>,
    /// A sentence that is shown and read out.
    pub notice: Option<Sentence>,
    /// Something that is only read out, with a number that makes each one new.
    pub said: (u32, String),
    /// A draft came while the sheet was in use.
    pub draft_waits: bool,
    /// The key of the report command; empty when the browser gave it none.
    pub report_key: String,
    /// The host that was chosen for the round's searches; empty while none was.
    pub market: String,
    /// What the law asks of findings that it was asked for, by their keys.
    pub laws: HashMap<String, LawHere>,
    /// The survey that is worked on.
    pub survey: survey::Work,
    /// The check that is offered.
    pub audit: audit::Work,
    /// The tab in which the sheet's listing was opened and is not read yet.
    pub opened: Option<i32>,
    /// The page's clock when something last happened.
    pub now: f64,
    /// The page's clock when a finding last stood elsewhere in the list than before.
    moved: f64,
    focus: Option<String>,
    asking_findings: bool,
    findings_dirty: bool,
    asking_state: bool,
    state_dirty: bool,
    counted: Option<(String, u32, usize)>,
}

impl Panel {
    /// A panel for one tab, or for the active one.
    pub fn new(words: Words, fixed: Option<i32>, now: f64) -> Self {
        Self {
            words,
            fixed,
            shown: Shown::default(),
            state: None,
            silent: false,
            join: Join::default(),
            sheet: Sheet::Closed,
            alarms: alarm::Alarms::default(),
            deleting: None,
            notice: None,
            said: (0, String::new()),
            draft_waits: false,
            report_key: String::new(),
            market: String::new(),
            laws: HashMap::new(),
            survey: survey::Work::default(),
            audit: audit::Work::default(),
            opened: None,
            now,
            moved: f64::NEG_INFINITY,
            focus: None,
            asking_findings: false,
            findings_dirty: false,
            asking_state: false,
            state_dirty: false,
            counted: None,
        }
    }

    /// Whether it is known that the spotter has not joined. Before the background has answered it is not.
    pub fn not_joined(&self) -> bool {
        self.state.as_ref().is_some_and(|s| s.enrolled.is_none())
    }

    /// The form to join with; before the rules were agreed to, the way to them.
    pub fn join_form(&self) -> El<Msg> {
        let agreed = self.state.as_ref().is_some_and(|s| s.agreed);
        self.join.view_after_agreeing(&self.words, agreed, Msg::JoinTyped, Msg::JoinSubmit, Msg::Welcome)
    }

    /// Whether everything is known that decides what stands above the findings. They are not shown before: a list
    /// that moves under the pointer makes it press something else.
    pub fn settled(&self) -> bool {
        let site = matches!(self.shown.place(), Some(Place::Site(_)));
        self.shown.asked && (self.state.is_some() || self.silent) && (self.shown.permission_known || !site)
    }

    fn say(&mut self, text: String) {
        self.said = (self.said.0.wrapping_add(1), text);
    }

    fn focus(&mut self, id: impl Into<String>) {
        self.focus = Some(id.into());
    }

    fn ask_state(&mut self) -> Vec<Effect> {
        if std::mem::replace(&mut self.asking_state, true) {
            self.state_dirty = true;
            return Vec::new();
        }
        vec![Effect::Ask(Tag::State, Ask::State)]
    }

    fn ask_findings(&mut self) -> Vec<Effect> {
        let Some(tab) = self.shown.tab else { return Vec::new() };
        if std::mem::replace(&mut self.asking_findings, true) {
            self.findings_dirty = true;
            return Vec::new();
        }
        vec![Effect::AskFindings(tab)]
    }

    /// Asked once; what was answered stays until the page is another.
    fn ask_law(&self, key: String) -> Vec<Effect> {
        if self.laws.contains_key(&key) {
            return Vec::new();
        }
        let shown = self.shown.findings.as_ref();
        let ask = match (&self.sheet, shown) {
            (Sheet::Editing { draft, .. }, _) if draft.key == key => {
                Some(law::ask_of_report(&draft.report.assessment, &draft.report.place.url_canonical))
            }
            (_, Some(f)) => f.findings.iter().find(|x| x.key == key).map(|x| law::ask_of_finding(x, &f.url)),
            _ => None,
        };
        ask.map(|ask| Effect::Ask(Tag::Law(key), ask)).into_iter().collect()
    }

    fn close_sheet(&mut self) -> Vec<Effect> {
        if self.survey.active.is_some() && !matches!(self.sheet, Sheet::Survey) {
            return self.back_to_survey();
        }
        self.survey = survey::Work::default();
        let back = self.sheet.key().map_or_else(|| "findings".to_owned(), |key| format!("report-{key}"));
        self.sheet = Sheet::Closed;
        self.opened = None;
        // The button may be gone (reported, or another page by now): then the list's heading takes the focus.
        let there = self.shown.findings.as_ref().is_some_and(|f| {
            f.findings.iter().any(|f| !f.reported && back.strip_prefix("report-") == Some(f.key.as_str()))
        });
        self.focus(if there { back } else { "findings".to_owned() });
        let mut effects = self.ask_findings();
        effects.extend(self.ask_state());
        if std::mem::take(&mut self.draft_waits)
            && let Some(tab_id) = self.shown.tab
        {
            effects.push(Effect::Ask(Tag::TakeDraft, Ask::TakeDraft { tab_id }));
        }
        effects
    }

    fn fail_sheet(&mut self, key: Option<String>, why: Sentence) {
        self.sheet = Sheet::Failed { key, why };
        self.focus("sheet-title");
    }

    fn found_tab(&mut self, tab: Option<Tab>) -> Vec<Effect> {
        let id = tab.as_ref().and_then(|t| t.id);
        let url = tab.and_then(|t| t.url);
        let mut effects = Vec::new();
        let other_tab = id != self.shown.tab;
        if other_tab || url != self.shown.url {
            self.shown = Shown {
                tab: id,
                // The old page's findings must not stand under a new address, not for a moment.
                findings: if other_tab { None } else { self.shown.findings.take().filter(|_| url.is_none()) },
                url,
                ..Shown::default()
            };
            if other_tab {
                self.asking_findings = false;
            }
        }
        match self.shown.place() {
            Some(Place::Site(site)) => effects.push(Effect::Contains(site.pattern)),
            _ => (self.shown.granted, self.shown.permission_known) = (false, true),
        }
        match id {
            Some(tab_id) => {
                effects.extend(self.ask_findings());
                if other_tab {
                    if matches!(self.sheet, Sheet::Closed) {
                        effects.push(Effect::Ask(Tag::TakeDraft, Ask::TakeDraft { tab_id }));
                    } else {
                        self.draft_waits = true;
                    }
                }
            }
            None => self.shown.asked = true,
        }
        effects
    }

    fn found(&mut self, tab: i32, findings: Option<Findings>) -> Vec<Effect> {
        let read = findings.as_ref().filter(|f| f.waiting == 0 && Some(tab) == self.opened);
        let completing = read.map(|f| self.complete(f)).unwrap_or_default();
        if Some(tab) != self.shown.tab {
            return completing;
        }
        self.asking_findings = false;
        let before = self.shown.place();
        self.shown.asked = true;
        if let Some(f) = &findings {
            self.shown.just_granted = false;
            self.alarms.turn_to(&f.url);
            if self.shown.findings.as_ref().is_none_or(|before| before.url != f.url) {
                self.laws.clear();
            }
        }
        if !view::stays(self.shown.findings.as_ref(), findings.as_ref()) {
            self.moved = self.now;
        }
        self.shown.findings = findings;
        let mut effects = completing;
        let now = self.shown.place();
        if now != before
            && let Some(Place::Site(site)) = now
        {
            self.shown.permission_known = false;
            effects.push(Effect::Contains(site.pattern));
        }
        // The result is read out once the page has been read, and again only when it is another.
        if let Some(f) = &self.shown.findings
            && f.waiting == 0
        {
            let counted = (f.url.clone(), f.read, f.findings.len());
            if self.counted.as_ref() != Some(&counted) {
                let text = view::summary(&self.words, f).join(&self.words.t("list_comma"));
                self.counted = Some(counted);
                self.say(text);
            }
        }
        effects.extend(self.take_page(false));
        effects.extend(self.look_for_checks());
        if std::mem::take(&mut self.findings_dirty) {
            effects.extend(self.ask_findings());
        }
        effects
    }
}

impl App for Panel {
    type Msg = Msg;
    type Effect = Effect;

    fn view(&self) -> Vec<Node<Msg>> {
        view::view(self)
    }

    fn update(&mut self, msg: Msg, fired: Fired) -> Vec<Effect> {
        let by_hand = matches!(
            msg,
            Msg::Grant
                | Msg::Report(_)
                | Msg::ToggleMarks
                | Msg::Retry(_)
                | Msg::ListUndo(_)
                | Msg::JoinSubmit
                | Msg::Send
        );
        if by_hand {
            self.notice = None;
        }
        let was = std::mem::replace(&mut self.now, fired.now);
        match msg {
            Msg::Refresh => {
                let mut effects = vec![Effect::FindTab(self.fixed)];
                effects.extend(self.ask_state());
                effects
            }
            Msg::FoundTab(tab) => self.found_tab(tab),
            Msg::Granted(pattern, granted) => {
                if let Some(Place::Site(site)) = self.shown.place()
                    && site.pattern == pattern
                {
                    (self.shown.granted, self.shown.permission_known) = (granted, true);
                }
                Vec::new()
            }
            Msg::Findings(tab, findings) => self.found(tab, findings),
            Msg::FindingsChanged(Some(tab)) if Some(tab) == self.opened && Some(tab) != self.shown.tab => {
                vec![Effect::AskFindings(tab)]
            }
            Msg::FindingsChanged(tab) if tab.is_none() || tab == self.shown.tab => self.ask_findings(),
            Msg::FindingsChanged(_) => Vec::new(),
            Msg::StateChanged => self.ask_state(),
            Msg::DraftReady(tab_id) if Some(tab_id) == self.shown.tab => {
                if self.sheet.in_use() {
                    self.draft_waits = true;
                    self.notice = Some(sentence("report_other_waiting"));
                    return Vec::new();
                }
                vec![Effect::Ask(Tag::TakeDraft, Ask::TakeDraft { tab_id })]
            }
            Msg::DraftReady(_) => Vec::new(),
            Msg::Answered(tag, answer) => self.answered(tag, answer),
            Msg::Grant => match self.shown.place() {
                Some(Place::Site(site)) => vec![Effect::Request(site.with_pictures())],
                _ => Vec::new(),
            },
            Msg::GrantAnswered(true) => {
                (self.shown.granted, self.shown.permission_known) = (true, true);
                self.shown.just_granted = true;
                vec![Effect::Ask(Tag::Sync, Ask::SyncSites)]
            }
            Msg::GrantAnswered(false) => {
                self.notice = Some(sentence("grant_refused"));
                Vec::new()
            }
            Msg::Reload => self.shown.tab.map(Effect::Reload).into_iter().collect(),
            Msg::Settings => vec![Effect::OpenOptions],
            Msg::ToggleMarks => {
                let quiet = self.state.as_ref().is_some_and(|s| s.quiet);
                vec![Effect::Ask(Tag::Small, Ask::SetQuiet { quiet: !quiet })]
            }
            Msg::JoinTyped => {
                self.join.link = fired.value;
                self.join.error = None;
                Vec::new()
            }
            Msg::Welcome => vec![Effect::OpenWelcome],
            Msg::JoinSubmit => match self.join.submit() {
                Some(link) => vec![Effect::Ask(Tag::Join, Ask::Enrol { link })],
                None => {
                    self.focus("join-link");
                    Vec::new()
                }
            },
            // What is under the pointer now is not what the person saw when they pressed.
            Msg::Report(_) if self.now - self.moved < STEADY_MS => Vec::new(),
            Msg::Report(key) if self.not_joined() => {
                self.sheet = Sheet::JoinFirst { key: Some(key) };
                self.focus("sheet-title");
                Vec::new()
            }
            Msg::Report(key) => self.prepare(key),
            Msg::Law(key) => self.ask_law(key),
            Msg::Show(key) => {
                self.shown.tab.map(|tab| Effect::Tell(tab, ToContent::Show { key })).into_iter().collect()
            }
            Msg::ShowFailed => {
                self.notice = Some(sentence("error_tab_gone"));
                Vec::new()
            }
            Msg::CloseSheet => self.close_sheet(),
            Msg::NoteTyped => {
                if let Sheet::Editing { form, .. } = &mut self.sheet {
                    form.type_note(&fired.value);
                }
                Vec::new()
            }
            Msg::Toggle(part) => {
                if let Sheet::Editing { form, .. } = &mut self.sheet {
                    form.set(part, fired.checked);
                }
                Vec::new()
            }
            Msg::TogglePicture(sha256) => {
                if let Sheet::Editing { form, .. } = &mut self.sheet {
                    form.keep_picture(sha256, fired.checked);
                }
                Vec::new()
            }
            Msg::FalseAlarm(key, reason) => {
                let findings = self.shown.findings.as_ref();
                let finding = findings.and_then(|f| f.findings.iter().find(|f| f.key == key));
                let Some(ask) = finding.and_then(|f| self.alarms.say(f, reason)) else { return Vec::new() };
                self.focus("findings");
                self.say(self.words.t("card_alarm_thanks"));
                vec![Effect::Ask(Tag::Small, ask)]
            }
            Msg::SuggestTyped(meaning) => {
                if let Sheet::Suggesting(suggest) = &mut self.sheet {
                    suggest.typed(meaning, &fired.value);
                }
                Vec::new()
            }
            Msg::SuggestSubmit => {
                let Sheet::Suggesting(suggest) = &mut self.sheet else { return Vec::new() };
                match suggest.submit() {
                    Some(ask) => vec![Effect::Ask(Tag::Suggest, ask)],
                    None => {
                        self.focus("suggest-text");
                        Vec::new()
                    }
                }
            }
            Msg::Paste => {
                if self.not_joined() {
                    self.sheet = Sheet::JoinFirst { key: None };
                    self.focus("sheet-title");
                } else {
                    self.sheet = Sheet::Pasting(paste::Paste::default());
                    self.focus("paste-link");
                }
                Vec::new()
            }
            Msg::PasteTyped(field) => {
                if let Sheet::Pasting(paste) = &mut self.sheet {
                    paste.typed(field, &fired.value);
                }
                Vec::new()
            }
            Msg::PasteSubmit => {
                let Sheet::Pasting(paste) = &mut self.sheet else { return Vec::new() };
                match paste.submit() {
                    Some(ask) => vec![Effect::Ask(Tag::Paste, ask)],
                    None => {
                        self.focus("paste-link");
                        Vec::new()
                    }
                }
            }
            Msg::PicturesChosen => vec![Effect::ReadPictures],
            Msg::PictureRead(data) => {
                let Sheet::Editing { draft, trouble, .. } = &mut self.sheet else { return Vec::new() };
                if draft.key != paste::KEY {
                    return Vec::new();
                }
                *trouble = data.is_none().then(|| sentence("bg_picture_large"));
                let report_id = draft.report.report_id.clone();
                data.map(|data| Effect::Ask(Tag::AddPicture, Ask::AddPicture { report_id, data })).into_iter().collect()
            }
            Msg::Brush | Msg::CoverTyped(_) | Msg::CoverBlock | Msg::Uncover => {
                if let Sheet::Editing { form, .. } = &mut self.sheet {
                    match msg {
                        Msg::Brush => form.covered.brush(fired.at),
                        Msg::CoverTyped(side) => form.covered.set(side, &fired.value),
                        Msg::CoverBlock => form.covered.cover_block(),
                        _ => form.covered.clear(),
                    }
                }
                Vec::new()
            }
            Msg::AllowPictures => match &self.sheet {
                Sheet::Editing { draft, .. } => vec![Effect::RequestPictures(draft.picture_origins.clone())],
                _ => Vec::new(),
            },
            Msg::PicturesAnswered(false) => {
                self.notice = Some(sentence("grant_refused"));
                Vec::new()
            }
            Msg::PicturesAnswered(true) => match std::mem::replace(&mut self.sheet, Sheet::Closed) {
                // The listing is read once more, now with its pictures; what was typed is kept.
                Sheet::Editing { draft, form, .. } => {
                    let (tab_id, key, report_id) = (draft.tab_id, draft.key, draft.report.report_id);
                    self.sheet = Sheet::Preparing { key: key.clone() };
                    vec![
                        Effect::Ask(Tag::Quietly, Ask::Undo { report_id }),
                        Effect::Ask(Tag::PrepareAgain(Box::new(form)), Ask::Prepare { tab_id, key }),
                    ]
                }
                other => {
                    self.sheet = other;
                    Vec::new()
                }
            },
            Msg::Choose(list, id) => {
                if let Sheet::Editing { form, .. } = &mut self.sheet {
                    form.ticked.tick(list, &id, fired.checked);
                }
                Vec::new()
            }
            Msg::NotSure => {
                if let Sheet::Editing { form, .. } = &mut self.sheet {
                    form.ticked.set_not_sure(fired.checked);
                }
                Vec::new()
            }
            Msg::Unblur => {
                if let Sheet::Editing { blurred, .. } = &mut self.sheet {
                    *blurred = !*blurred;
                }
                Vec::new()
            }
            Msg::Send => match std::mem::replace(&mut self.sheet, Sheet::Closed) {
                Sheet::Editing { draft, form, .. } => {
                    let ask = form.queue(&draft.report.report_id);
                    self.sheet = Sheet::Queueing { draft, form };
                    vec![Effect::Ask(Tag::Queue, ask)]
                }
                other => {
                    self.sheet = other;
                    Vec::new()
                }
            },
            Msg::Undo | Msg::Change => match &self.sheet {
                Sheet::Running { draft, .. } => {
                    let tag = if msg == Msg::Undo { Tag::UndoClose } else { Tag::UndoChange };
                    vec![Effect::Ask(tag, Ask::Undo { report_id: draft.report.report_id.clone() })]
                }
                _ => Vec::new(),
            },
            Msg::Discard => {
                let mut effects = Vec::new();
                if let Sheet::Editing { draft, .. } = &self.sheet {
                    let report_id = draft.report.report_id.clone();
                    effects.push(Effect::Ask(Tag::Quietly, Ask::Undo { report_id }));
                    self.notice = Some(sentence("report_undone"));
                }
                effects.extend(self.close_sheet());
                effects
            }
            Msg::ListUndo(report_id) => vec![Effect::Ask(Tag::Small, Ask::Undo { report_id })],
            Msg::Retry(report_id) => vec![Effect::Ask(Tag::Small, Ask::Retry { report_id })],
            Msg::LookedAgain(report_id, saw) => {
                self.focus("outbox-summary");
                vec![Effect::Ask(Tag::Again, Ask::LookedAgain { report_id, saw })]
            }
            Msg::AskDelete(report_id) => {
                self.focus(format!("keep-{report_id}"));
                self.deleting = Some(report_id);
                Vec::new()
            }
            Msg::Delete(report_id) => {
                self.deleting = None;
                self.focus("outbox-summary");
                vec![Effect::Ask(Tag::Small, Ask::Delete { report_id })]
            }
            Msg::KeepIt => {
                if let Some(id) = self.deleting.take() {
                    self.focus(format!("delete-{id}"));
                }
                Vec::new()
            }
            Msg::Export(report_id) => vec![Effect::Ask(Tag::Export, Ask::Export { report_id })],
            Msg::Saved(name, done) => {
                self.notice = Some(if done {
                    sentence_of("options_data_saved", &[&name])
                } else {
                    sentence_of("error_unknown", &["file"])
                });
                Vec::new()
            }
            Msg::OpenListing => match &self.sheet {
                Sheet::Editing { draft, .. } => vec![Effect::OpenListing(draft.report.place.url_canonical.clone())],
                _ => Vec::new(),
            },
            Msg::ListingOpened(tab) => {
                self.opened = tab;
                self.focus("open-complete");
                // It may have been read already.
                tab.map(Effect::AskFindings).into_iter().collect()
            }
            Msg::Complete => match self.opened {
                Some(tab_id) => {
                    self.opened = None;
                    vec![Effect::Ask(Tag::Complete, Ask::PrepareCurrent { tab_id })]
                }
                None => Vec::new(),
            },
            Msg::Contacted => {
                self.sheet = Sheet::Contacted(care::Contacted::default());
                self.focus("contacted-text");
                Vec::new()
            }
            Msg::ContactedTyped => {
                if let Sheet::Contacted(contacted) = &mut self.sheet {
                    contacted.typed(&fired.value);
                }
                Vec::new()
            }
            Msg::ContactedSubmit => {
                let Sheet::Contacted(contacted) = &mut self.sheet else { return Vec::new() };
                match contacted.submit() {
                    Some(ask) => vec![Effect::AskAllowed(Tag::Contacted, ask)],
                    None => {
                        self.focus("contacted-text");
                        Vec::new()
                    }
                }
            }
            Msg::ChoseReminder => {
                let minutes = fired.value.parse().unwrap_or(0);
                vec![Effect::Ask(Tag::Small, Ask::Remind { minutes })]
            }
            Msg::Remind(minutes) => {
                self.focus("findings");
                vec![Effect::Ask(Tag::Small, Ask::Remind { minutes })]
            }
            Msg::RoundMarket => {
                self.market = fired.value;
                Vec::new()
            }
            Msg::Search(round, term) => rounds::address(self, &round, term).map(Effect::OpenTab).into_iter().collect(),
            Msg::Survey(step) => self.survey_step(step, &fired),
            Msg::Audit(step) => self.audit_step(step),
            Msg::RefreshStatus => vec![Effect::Ask(Tag::Small, Ask::RefreshStatus)],
            Msg::ReportKey(key) => {
                self.report_key = key;
                Vec::new()
            }
            Msg::Tick => {
                let now = self.now;
                let passed = |until: f64| now >= until;
                // Events may be missed while either side restarts: after the undo and during a try, ask once a second.
                let over = matches!(&self.sheet, Sheet::Running { until, .. } if passed(*until));
                let outbox_over =
                    self.state.as_ref().is_some_and(|s| s.outbox.iter().any(|i| i.next_try_ms.is_some_and(passed)));
                if (over || outbox_over) && (was / 1000.0).floor() < (now / 1000.0).floor() {
                    return self.ask_state();
                }
                Vec::new()
            }
        }
    }

    fn run(effect: Effect, page: &Page<Self>) {
        effects::run(effect, page);
    }

    fn tick(&self) -> Option<Msg> {
        let counting = matches!(self.sheet, Sheet::Running { .. })
            || self.state.as_ref().is_some_and(|s| {
                s.outbox
                    .iter()
                    .any(|i| i.state == OutboxState::Undoable || i.next_try_ms.is_some_and(|at| at <= self.now))
            });
        counting.then_some(Msg::Tick)
    }

    fn take_focus(&mut self) -> Option<String> {
        self.focus.take()
    }
}

#[cfg(test)]
mod tests;
