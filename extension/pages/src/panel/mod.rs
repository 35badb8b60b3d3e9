//! The side panel: what this page offers, why, the report sheet, the outbox.
//!
//! Owns the panel's state and every step from one state to the next, as plain data that is tested natively.
//! It never talks to the browser itself (see `effects`) and holds nothing that the background or the content
//! script could not tell again.

pub mod alarm;
pub mod care;
pub mod choices;
pub mod cover;
pub mod effects;
pub mod outbox;
pub mod paste;
pub mod rounds;
pub mod sheet;
pub mod suggest;
pub mod view;

use crate::api::Tab;
use crate::dom::{App, Fired, Page};
use crate::join::Join;
use crate::node::{El, Node};
use crate::site::{self, Place};
use crate::words::{Sentence, Words, sentence, sentence_of};
use sheet::{Form, Sheet};
use spotter_model::FalseAlarm;
use spotter_model::messages::{Answer, Ask, Draft, Findings, OutboxState, State, ToContent};

/// What a question to the background was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// How things stand.
    State,
    /// Join.
    Join,
    /// A draft for this finding.
    Prepare(String),
    /// A draft of what was pasted.
    Paste,
    /// One more picture for it.
    AddPicture,
    /// A word is suggested.
    Suggest,
    /// The lead is told.
    Contacted,
    /// The sheet's report is completed from its listing's own page.
    Complete,
    /// The same draft anew after it was taken back, with what was typed.
    PrepareAgain(Box<Form>),
    /// A draft that waits for the tab.
    TakeDraft,
    /// Granted sites changed.
    Sync,
    /// The sheet's report goes into the outbox.
    Queue,
    /// The sheet's report is taken back for good.
    UndoClose,
    /// The sheet's report is taken back to be changed.
    UndoChange,
    /// A report as a file.
    Export,
    /// Nothing to say if it fails: a draft is thrown away, the status is asked for unbidden.
    Quietly,
    /// Undo, retry or delete in the list, or a switch.
    Small,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// Look again at tab, findings and background.
    Refresh,
    /// The tab that is shown.
    FoundTab(Option<Tab>),
    /// Whether the site is granted.
    Granted(String, bool),
    /// What a tab's content script answered.
    Findings(i32, Option<Findings>),
    /// A content script's findings changed.
    FindingsChanged(Option<i32>),
    /// The background's state changed.
    StateChanged,
    /// A draft waits for a tab.
    DraftReady(i32),
    /// The background answered, or did not.
    Answered(Tag, Option<Answer>),
    /// Ask for the site.
    Grant,
    /// The person's answer.
    GrantAnswered(bool),
    /// Reload the tab.
    Reload,
    /// Open the options page.
    Settings,
    /// Badges on (true) or quiet.
    ToggleMarks,
    /// Typed into the invitation field.
    JoinTyped,
    /// Sent the invitation form.
    JoinSubmit,
    /// To the first-run page.
    Welcome,
    /// Report a finding.
    Report(String),
    /// Go to a finding on the page.
    Show(String),
    /// The content script did not take it.
    ShowFailed,
    /// Back to the list.
    CloseSheet,
    /// Typed a note.
    NoteTyped,
    /// A box of the sheet.
    Toggle(sheet::Part),
    /// The box of a picture, by its hash.
    TogglePicture(String),
    /// A box of one of the sheet's lists.
    Choose(choices::List, String),
    /// The box "not sure".
    NotSure,
    /// A finding is a false alarm.
    FalseAlarm(String, FalseAlarm),
    /// Typed into the form of a suggestion: into the meaning (true) or the word.
    SuggestTyped(bool),
    /// Sent that form.
    SuggestSubmit,
    /// Report what was seen elsewhere.
    Paste,
    /// Typed into its form.
    PasteTyped(paste::Field),
    /// Sent its form.
    PasteSubmit,
    /// Chose pictures for it.
    PicturesChosen,
    /// A picture that was chosen or pasted, as a data URL; nothing where it is too large to be read.
    PictureRead(Option<String>),
    /// The brush went over the screenshot.
    Brush,
    /// Typed into a field of the block that is covered by keyboard.
    CoverTyped(cover::Side),
    /// Cover that block.
    CoverBlock,
    /// Cover nothing.
    Uncover,
    /// Ask for the hosts of the pictures that were not permitted.
    AllowPictures,
    /// The person's answer about them.
    PicturesAnswered(bool),
    /// Take the screenshot's blur away or put it back.
    Unblur,
    /// Send now.
    Send,
    /// Take it back.
    Undo,
    /// Take it back to change it.
    Change,
    /// Throw the draft away.
    Discard,
    /// Undo a report in the list.
    ListUndo(String),
    /// Try a report again.
    Retry(String),
    /// Save a report as a file.
    Export(String),
    /// It was saved under this name, or not.
    Saved(String, bool),
    /// Ask whether to delete.
    AskDelete(String),
    /// Delete.
    Delete(String),
    /// Do not.
    KeepIt,
    /// To the listing's own page, before its report is sent.
    OpenListing,
    /// It is open in this tab, or could not be opened.
    ListingOpened(Option<i32>),
    /// Complete the report from it.
    Complete,
    /// The spotter was contacted.
    Contacted,
    /// Typed what happened.
    ContactedTyped,
    /// Sent it.
    ContactedSubmit,
    /// Chose when to be reminded of a break.
    ChoseReminder,
    /// After so many minutes from now, or 0: never.
    Remind(u32),
    /// What became of the reports?
    RefreshStatus,
    /// Chose where the round's terms are searched.
    RoundMarket,
    /// Search for a term: the round's id, and which of its terms.
    Search(String, usize),
    /// The key of the report command, empty when none is set.
    ReportKey(String),
    /// Time passed.
    Tick,
}

/// What the panel asks of the browser.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the background.
    Ask(Tag, Ask),
    /// Which tab is shown? (A fixed one, or the active one.)
    FindTab(Option<i32>),
    /// Is this pattern granted?
    Contains(String),
    /// Ask the person for a site and where its pictures stand.
    Request(Vec<String>),
    /// Read the pictures that were chosen.
    ReadPictures,
    /// Ask the person for where a listing's pictures stand.
    RequestPictures(Vec<String>),
    /// What does this tab's content script have?
    AskFindings(i32),
    /// Go to a finding.
    Tell(i32, ToContent),
    /// Reload a tab.
    Reload(i32),
    /// Open the options page.
    OpenOptions,
    /// Open the first-run page.
    OpenWelcome,
    /// Open this address in a new tab.
    OpenTab(String),
    /// Open a listing in a new tab.
    OpenListing(String),
    /// Which key reports?
    ReportKey,
    /// Save a file: name, and its bytes in base64.
    Save(String, String),
}

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
    /// The tab in which the sheet's listing was opened and is not read yet.
    pub opened: Option<i32>,
    /// The page's clock when something last happened.
    pub now: f64,
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
            opened: None,
            now,
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

    fn close_sheet(&mut self) -> Vec<Effect> {
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

    fn open_draft(&mut self, draft: Box<Draft>) -> Vec<Effect> {
        self.focus("sheet-title");
        self.notice = None;
        self.opened = None;
        let form = Form::default();
        if draft.confirm {
            self.sheet = Sheet::Editing { draft, form, blurred: true, trouble: None };
            return Vec::new();
        }
        let ask = form.queue(&draft.report.report_id);
        self.sheet = Sheet::Queueing { draft, form };
        vec![Effect::Ask(Tag::Queue, ask)]
    }

    fn take_state(&mut self, state: State) {
        self.silent = false;
        self.state = Some(state);
        // A report whose undo is over shows how it went, as soon as the outbox says so.
        if let Sheet::Running { draft, .. } = &self.sheet {
            let id = &draft.report.report_id;
            let item = self.state.as_ref().and_then(|s| s.outbox.iter().find(|i| i.report_id == *id));
            if item.is_some_and(|i| i.state != OutboxState::Undoable) {
                self.sheet = Sheet::After { key: draft.key.clone(), report_id: id.clone() };
                self.focus("sheet-title");
            }
        }
    }

    fn answered(&mut self, tag: Tag, answer: Option<Answer>) -> Vec<Effect> {
        if tag == Tag::State {
            self.asking_state = false;
        }
        let mut effects = Vec::new();
        let refused = match &answer {
            Some(Answer::Refused { message, args }) => Some(Sentence { key: message.clone(), args: args.clone() }),
            None => Some(sentence("error_no_answer")),
            _ => None,
        };
        if answer.is_none() {
            self.silent = true;
        }
        if let Some(Answer::State(state)) = &answer {
            self.take_state((**state).clone());
        }
        match (tag, answer) {
            (Tag::Join, answer) => {
                self.join.working = false;
                if let Some(why) = refused {
                    self.join.error = Some(why);
                    self.focus("join-link");
                } else if let Some(Answer::State(state)) = answer
                    && let Some(enrolled) = &state.enrolled
                {
                    self.join = Join::default();
                    self.notice = Some(sentence_of("join_done", &[&enrolled.organisation]));
                    match std::mem::replace(&mut self.sheet, Sheet::Closed) {
                        Sheet::JoinFirst { key: Some(key) } => effects.extend(self.prepare(key)),
                        Sheet::JoinFirst { key: None } | Sheet::Closed => self.focus("findings"),
                        other => self.sheet = other,
                    }
                }
            }
            (Tag::Prepare(_) | Tag::TakeDraft | Tag::Paste, Some(Answer::Draft(draft))) => {
                effects.extend(self.open_draft(draft));
            }
            (Tag::TakeDraft, Some(Answer::Suggestion { text, seen_at })) => {
                if self.not_joined() {
                    self.sheet = Sheet::JoinFirst { key: None };
                    self.focus("sheet-title");
                } else {
                    self.sheet = Sheet::Suggesting(suggest::Suggest { text, seen_at, ..suggest::Suggest::default() });
                    self.focus("suggest-meaning");
                }
            }
            (Tag::Suggest, Some(Answer::State(_))) => {
                self.notice = Some(sentence("report_suggest_done"));
                effects.extend(self.close_sheet());
            }
            (Tag::Suggest, _) => {
                if let Sheet::Suggesting(suggest) = &mut self.sheet {
                    suggest.working = false;
                    suggest.error = refused;
                    self.focus("suggest-text");
                }
            }
            (Tag::Contacted, Some(Answer::State(_))) => {
                self.notice = Some(sentence("care_contacted_done"));
                effects.extend(self.close_sheet());
            }
            (Tag::Contacted, _) => {
                if let Sheet::Contacted(contacted) = &mut self.sheet {
                    contacted.working = false;
                    contacted.error = refused;
                    self.focus("contacted-text");
                }
            }
            (Tag::Complete, Some(Answer::Draft(whole))) => effects.extend(self.completed(whole)),
            (Tag::Complete, _) => {
                if let Sheet::Editing { trouble, .. } = &mut self.sheet {
                    *trouble = refused;
                }
            }
            (Tag::Paste, _) => {
                if let Sheet::Pasting(paste) = &mut self.sheet {
                    paste.working = false;
                    paste.error = refused;
                    self.focus("paste-link");
                }
            }
            (Tag::AddPicture, answer) => {
                if let Sheet::Editing { draft, trouble, .. } = &mut self.sheet {
                    match answer {
                        Some(Answer::Draft(more)) if more.report.report_id == draft.report.report_id => *draft = more,
                        _ => *trouble = refused,
                    }
                }
            }
            (Tag::PrepareAgain(form), Some(Answer::Draft(draft))) => {
                self.sheet = Sheet::Editing { draft, form: *form, blurred: true, trouble: None };
                self.focus("sheet-title");
            }
            (Tag::Prepare(key), _) => {
                self.fail_sheet(Some(key), refused.unwrap_or_else(|| sentence_of("error_unknown", &["prepare"])));
            }
            (Tag::PrepareAgain(_), _) => {
                let key = self.sheet.key().map(str::to_owned);
                self.fail_sheet(key, refused.unwrap_or_else(|| sentence_of("error_unknown", &["prepare"])));
            }
            // A gesture on the page asked for a report, and there can be none: say why.
            (Tag::TakeDraft, Some(Answer::Refused { .. })) if matches!(self.sheet, Sheet::Closed) => {
                if self.not_joined() {
                    self.sheet = Sheet::JoinFirst { key: None };
                    self.focus("sheet-title");
                } else {
                    self.fail_sheet(None, refused.unwrap_or_else(|| sentence_of("error_unknown", &["draft"])));
                }
            }
            (Tag::Queue, Some(Answer::Queued { undo_ms, .. })) => {
                if let Sheet::Queueing { draft, form } = std::mem::replace(&mut self.sheet, Sheet::Closed) {
                    let until = self.now + f64::from(undo_ms);
                    self.say(self.words.say("report_running_said", &[&self.words.number(undo_ms.div_ceil(1000))]));
                    self.sheet = Sheet::Running { draft, form, until, undo_ms };
                    self.focus("undo");
                }
                effects.extend(self.ask_state());
            }
            (Tag::Queue, _) => {
                let why = refused.unwrap_or_else(|| sentence_of("error_unknown", &["queue"]));
                if let Sheet::Queueing { draft, form } = std::mem::replace(&mut self.sheet, Sheet::Closed) {
                    if why.key == "bg_draft_gone" {
                        self.fail_sheet(Some(draft.key), why);
                    } else {
                        // What was typed is kept, and Send can be pressed again.
                        self.sheet = Sheet::Editing { draft, form, blurred: true, trouble: Some(why) };
                        self.focus("send");
                    }
                }
            }
            (Tag::UndoClose, Some(Answer::State(_))) => {
                self.notice = Some(sentence("report_undone"));
                effects.extend(self.close_sheet());
            }
            (Tag::UndoChange, Some(Answer::State(_))) => {
                // The draft went with the outbox entry: a new one is made, of the listing as it is now.
                if let Sheet::Running { draft, form, .. } = std::mem::replace(&mut self.sheet, Sheet::Closed) {
                    let (tab_id, key) = (draft.tab_id, draft.key);
                    self.sheet = Sheet::Preparing { key: key.clone() };
                    self.focus("sheet-title");
                    effects.push(Effect::Ask(Tag::PrepareAgain(Box::new(form)), Ask::Prepare { tab_id, key }));
                }
            }
            (Tag::Sync, _) => effects.push(Effect::FindTab(self.fixed)),
            (Tag::UndoClose | Tag::UndoChange, _) => {
                self.notice = Some(sentence("report_too_late"));
                effects.extend(self.ask_state());
            }
            (Tag::Export, Some(Answer::Exported { name, bytes })) => effects.push(Effect::Save(name, bytes)),
            (Tag::Small | Tag::Export, _) if refused.is_some() => {
                self.notice = refused;
                effects.extend(self.ask_state());
            }
            _ => {}
        }
        if !self.asking_state && std::mem::take(&mut self.state_dirty) {
            effects.extend(self.ask_state());
        }
        effects
    }

    fn prepare(&mut self, key: String) -> Vec<Effect> {
        let Some(tab_id) = self.shown.tab else { return Vec::new() };
        self.sheet = Sheet::Preparing { key: key.clone() };
        self.focus("sheet-title");
        vec![Effect::Ask(Tag::Prepare(key.clone()), Ask::Prepare { tab_id, key })]
    }

    /// The listing's own page was read: its report is asked for, by the finding where there is one.
    fn complete(&mut self, findings: &Findings) -> Vec<Effect> {
        let (Some(tab_id), Sheet::Editing { draft, .. }) = (self.opened, &self.sheet) else { return Vec::new() };
        let place = &draft.report.place;
        let same = |url: &str| url.split(['?', '#']).next() == place.url_canonical.split(['?', '#']).next();
        let key = findings.findings.iter().find(|f| same(&f.url)).map(|f| f.key.clone());
        self.opened = None;
        vec![Effect::Ask(Tag::Complete, key.map_or(Ask::PrepareCurrent { tab_id }, |key| Ask::Prepare { tab_id, key }))]
    }

    /// The report as its listing's own page gives it takes the card's place, if it is of the same listing.
    fn completed(&mut self, whole: Box<Draft>) -> Vec<Effect> {
        let drop = |report_id: String| vec![Effect::Ask(Tag::Quietly, Ask::Undo { report_id })];
        let Sheet::Editing { draft, trouble, .. } = &mut self.sheet else { return drop(whole.report.report_id) };
        let (was, is) = (&draft.report, &whole.report);
        if was.place.marketplace != is.place.marketplace || was.key() != is.key() {
            *trouble = Some(sentence("report_open_other"));
            return drop(whole.report.report_id);
        }
        *trouble = None;
        let card = std::mem::replace(draft, whole);
        self.notice = Some(sentence("report_open_done"));
        self.focus("sheet-title");
        drop(card.report.report_id)
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
            Msg::Report(key) if self.not_joined() => {
                self.sheet = Sheet::JoinFirst { key: Some(key) };
                self.focus("sheet-title");
                Vec::new()
            }
            Msg::Report(key) => self.prepare(key),
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
                    Some(ask) => vec![Effect::Ask(Tag::Contacted, ask)],
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
