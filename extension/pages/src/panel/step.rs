//! What can happen to the panel, and what it asks of the browser.
//!
//! Owns: the words for both. Never: says what follows from what; that is the panel's.

use super::sheet::{self, Form};
use super::{audit, choices, cover, paste, survey};
use crate::api::Tab;
use spotter_model::FalseAlarm;
use spotter_model::audit::AuditAsk;
use spotter_model::coding::SurveyAsk;
use spotter_model::messages::{Answer, Ask, Findings, ToContent};
use spotter_model::recheck::Saw;

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
    /// A step of a survey, and how often it was asked for in vain.
    Survey(Box<SurveyAsk>, u8),
    /// A step of a check, and how often it was asked for in vain.
    Audit(AuditAsk, u8),
    /// What the law asks of this finding.
    Law(String),
    /// Nothing to say if it fails: a draft is thrown away, the status is asked for unbidden.
    Quietly,
    /// What was seen at a listing again.
    Again,
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
    /// What does the law ask of this finding?
    Law(String),
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
    /// What was seen at the listing of a report that is asked about.
    LookedAgain(String, Saw),
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
    /// A step of a survey.
    Survey(survey::Msg),
    /// A step of a check.
    Audit(audit::Msg),
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
    /// Ask the background, once the person let the browser send what others wrote to them.
    AskAllowed(Tag, Ask),
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
