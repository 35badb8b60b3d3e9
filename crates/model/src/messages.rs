//! Messages between the parts of the extension. The content script gets these as generated TypeScript.
//!
//! Who talks to whom:
//! - content script -> background, over a port named [`CONTENT_PORT`]: [`ToBackground`], answered on the
//!   same port by [`FromBackground`];
//! - background or panel -> content script, by `tabs.sendMessage`: [`ToContent`], each with the answer named there;
//! - panel or options -> background, by `runtime.sendMessage`: [`Ask`], answered by [`Answer`];
//! - background or content script -> panel, by `runtime.sendMessage`: [`Event`], no answer.
//!
//! The content script owns what is on its page (listings, findings, places); the background owns the
//! detector, the outbox and the keys. Either may die at any moment; the panel asks again.

use crate::audit::{AuditAsk, Offer};
use crate::coding::{SurveyAsk, SurveyShown, SurveyTask};
use crate::phrase::Phrase;
use crate::recheck::Saw;
use crate::report::{Evidence, Report};
use crate::status::{Accuracy, Week};
use crate::training::{Test, TrainingPass};
use crate::{CueKind, Date, FalseAlarm, Field, Group, Level, Listing, PublicStatus, Reportable, SpotterPolicy};
use serde::{Deserialize, Serialize};

/// Name of the port that a content script opens.
pub const CONTENT_PORT: &str = "content";

/// From the content script, over its port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ToBackground {
    /// Assess these; answered by `Assessed` with the same `batch`. At most [`crate::limits::BATCH_LISTINGS`].
    Assess {
        /// The caller's number for the batch.
        batch: u32,
        /// The listings.
        listings: Vec<Listing>,
    },
    /// The page's totals, for the toolbar's count. No answer.
    Counts {
        /// Listings read.
        read: u32,
        /// Of these likely.
        likely: u32,
        /// Of these possible.
        possible: u32,
    },
    /// The Report button of a badge was pressed: open the report sheet for this finding. No answer.
    OpenReport {
        /// The finding's key.
        key: String,
    },
    /// The page came back out of the browser's memory, and may have missed what was switched meanwhile. Answered
    /// by `SetQuiet` and `SetMask`.
    Returned,
}

/// To the content script, over its port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum FromBackground {
    /// Answer to `Assess`: only what is at least possible; every other listing of the batch is `none`.
    Assessed {
        /// The caller's number.
        batch: u32,
        /// One entry for each listing that is at least possible.
        marks: Vec<Mark>,
    },
    /// The batch was refused as a whole (too many listings, or not a batch).
    Refused {
        /// The caller's number.
        batch: u32,
    },
}

/// What the page needs to mark one listing. Text is never echoed: spans point into what was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Mark {
    /// Place in the batch.
    pub index: u32,
    /// How sure.
    pub level: Level,
    /// Whether to report.
    pub reportable: Reportable,
    /// The calibrated score, 0 to 1.
    pub score: f64,
    /// What it probably is.
    pub what: What,
    /// Why, strongest first, what speaks against last.
    pub reasons: Vec<Reason>,
    /// Why, and what the rules say, in whole sentences.
    pub sentences: Vec<Phrase>,
    /// The words that count, for highlights.
    pub spans: Vec<Span>,
}

/// What a listing probably offers, in parts that each language can order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct What {
    /// The most probable groups.
    pub groups: Vec<Group>,
    /// CITES trade-term codes.
    pub commodities: Vec<String>,
    /// The most probable scientific names, at most three.
    pub scientific_names: Vec<String>,
    /// Appendices in force, such as `I` or `I`, `II` where it depends on origin.
    pub appendices: Vec<crate::Appendix>,
}

/// What the law asks of such an offer in one country. It never says that a listing breaks a law.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawHere {
    /// The country (ISO 3166-1, or `EU`). Empty: the site does not say which.
    pub country: String,
    /// Somebody entered rules of that country or of the union that it belongs to.
    pub held: bool,
    /// What was found, what says most first.
    pub rules: Vec<LawRule>,
    /// Every country whose rules are held.
    pub countries: Vec<String>,
}

/// One rule, as it may stand in the panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawRule {
    /// What it asks, worded as well as it is known. English.
    pub wording: String,
    /// Title, article, and the date of the text that was read.
    pub citation: String,
    /// Where it was read.
    pub address: String,
    /// The part of the country that it holds in. Empty: all of it.
    pub region: String,
    /// Whether it covers this depends on what was not told; the sentence says on what, where it is held.
    pub may: Option<String>,
    /// It was read more than a year ago.
    pub check: bool,
    /// What the listing claims that frees an offer, and what would show it.
    pub claimed: Vec<(String, String)>,
    /// The other claims that would, and what would show them.
    pub exempt: Vec<(String, String)>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Reason {
    /// What kind of cue.
    pub kind: CueKind,
    /// The lexicon's concept id.
    pub concept: String,
    /// The concept in plain English words, from the lexicon.
    pub label: String,
    /// The words as they stand in the listing, at most 80 characters.
    pub quote: String,
    /// Speaks against.
    pub against: bool,
}

/// Words that count, in UTF-16 code units of the field's text as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Span {
    /// The field.
    pub field: Field,
    /// First code unit.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Among the strongest: marked thicker.
    pub strong: bool,
}

/// To the content script, by `tabs.sendMessage`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ToContent {
    /// What was found? Answered by [`Findings`].
    Findings,
    /// Everything for a report of this finding. Answered by [`Collected`].
    Collect {
        /// The finding's key.
        key: String,
    },
    /// Everything for a report of the listing under the last context-menu click. Answered by [`Collected`].
    CollectAtPointer,
    /// Scroll to a finding and focus its badge. Answered by nothing.
    Show {
        /// The finding's key.
        key: String,
    },
    /// To the next or previous finding. Answered by nothing.
    Step {
        /// Forwards in page order.
        forward: bool,
    },
    /// Everything for a report of the listing in focus, flagged or not; else of the finding that `Step` or `Show` last
    /// went to, else of the first; else of what the page is about. Answered by [`Collected`].
    CollectCurrent,
    /// All cards of the page from this place on, flagged or not. Answered by [`crate::coding::Listed`].
    Listed {
        /// The first, counted from 0.
        from: u32,
    },
    /// Marks on the page on or off. Answered by nothing.
    SetQuiet {
        /// No marks on the page.
        quiet: bool,
    },
    /// Sellers, places and pictures covered or shown. Answered by nothing.
    SetMask {
        /// They are covered.
        masked: bool,
    },
    /// A report of this finding was queued or undone. Answered by nothing.
    Reported {
        /// The finding's key.
        key: String,
        /// Queued (true) or taken back (false).
        reported: bool,
    },
}

/// What the content script found, in page order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Findings {
    /// The page's address without user-info and fragment.
    pub url: String,
    /// Listings read.
    pub read: u32,
    /// Listings sent and not answered yet.
    pub waiting: u32,
    /// Reading was given up because the page changes without end.
    pub gave_up: bool,
    /// Marking was given up because the page takes the marks away again and again.
    pub marks_gave_up: bool,
    /// At least possible, in page order.
    pub findings: Vec<Finding>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Finding {
    /// Key within this page load.
    pub key: String,
    /// The title as on the page.
    pub title: String,
    /// The price as on the page.
    pub price: String,
    /// The listing's address.
    pub url: String,
    /// How sure.
    pub level: Level,
    /// Whether to report.
    pub reportable: Reportable,
    /// What it probably is.
    pub what: What,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Why, and what the rules say, in whole sentences.
    pub sentences: Vec<Phrase>,
    /// A report of it was queued in this page load.
    pub reported: bool,
}

crate::json::typed! {
/// Answer to `Collect`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Collected ("Collected" by "type") as CollectedRead {
    /// The listing, read again just now.
    Listing(Box<CollectedListing>),
    /// The page went elsewhere since the match: refuse.
    MovedOn {
        /// Address at match.
        url_at_match: String,
        /// Address now.
        url_now: String,
    },
    /// The listing's element is no longer on the page, or its text changed: refuse.
    Gone,
    /// There is no listing there.
    Nothing,
}}

/// A listing read for a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CollectedListing {
    /// The finding's key.
    pub key: String,
    /// The listing.
    pub listing: Listing,
    /// Where it is.
    pub place: crate::report::Place,
    /// When it was matched, RFC 3339 UTC.
    pub matched_at: String,
    /// Read from a card.
    pub card_only: bool,
    /// The detector had flagged it.
    pub flagged: bool,
    /// Its pictures, at most [`crate::limits::PICTURES`], in page order.
    #[serde(default)]
    pub pictures: Vec<PictureSource>,
    /// The listing's box in CSS pixels of the viewport, `[x, y, width, height]`, where it is on screen.
    pub viewport_box: Option<[f64; 4]>,
    /// Device pixels for each CSS pixel.
    pub pixel_ratio: f64,
}

/// A picture of a listing: addresses under which it stands, largest first. Nobody fetched it yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PictureSource {
    /// At most three; the next is tried where one is too large or gone.
    pub urls: Vec<String>,
}

/// What the spotter chose on the sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The spotter's note.
    pub note: String,
    /// Send the screenshot, where there is one.
    pub with_screenshot: bool,
    /// Send the description.
    pub with_description: bool,
    /// Send the seller's handle.
    pub with_seller: bool,
    /// Hashes of pictures that are not to be sent.
    #[serde(default)]
    pub without_pictures: Vec<String>,
    /// Ids of taxa that were chosen among those of the assessment.
    #[serde(default)]
    pub taxa: Vec<String>,
    /// "Not sure" was chosen.
    #[serde(default)]
    pub not_sure: bool,
    /// Ids of the identification marks that were ticked.
    #[serde(default)]
    pub marks: Vec<String>,
    /// Concept ids of the sellers' methods that were ticked.
    #[serde(default)]
    pub methods: Vec<String>,
}

/// A part of the screenshot that is painted over, in thousandths of its width and height from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cover {
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
    /// Its width.
    pub width: u16,
    /// Its height.
    pub height: u16,
}

crate::json::typed! {
/// From the panel or the options page to the background.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Ask ("Ask" by "type") as AskRead {
    /// Everything that the panel shows besides findings. Answered by `State`.
    State,
    /// Join with this invitation link. Answered by `State` or `Refused`.
    Enrol {
        /// The link as pasted.
        link: String,
    },
    /// What is read and sent was read, and the rules are agreed to. Answered by `State`, or by `Refused` unless both.
    Agree {
        /// 18 or older.
        adult: bool,
        /// Keeps to the rules of conduct.
        rules: bool,
    },
    /// Forget the enrolment, the key and everything that was reported. Answered by `State` or `Refused`.
    Leave {
        /// Also with reports that were not delivered; else they keep the spotter in.
        unsent: bool,
    },
    /// What is stored on this device? Answered by `Stored` or `Refused`.
    Stored {
        /// Pictures as well, within [`crate::limits::STORED_PICTURES_BYTES`].
        pictures: bool,
    },
    /// Erase everything that is stored on this device, and give back all sites. Answered by `State` or `Refused`.
    Erase,
    /// Make a draft of a report. Answered by `Draft` or `Refused`.
    Prepare {
        /// The tab.
        tab_id: i32,
        /// The finding's key.
        key: String,
    },
    /// The draft that a command, the context menu or a badge made for this tab, if any; it is handed out
    /// once. Answered by `Draft`, `Suggestion` or `State`.
    TakeDraft {
        /// The tab.
        tab_id: i32,
    },
    /// Make a draft of what was seen elsewhere: a link, and what was typed about it. Answered by `Draft` or `Refused`.
    PreparePasted {
        /// The link as pasted.
        link: String,
        /// The listing's title.
        title: String,
        /// What it says.
        text: String,
    },
    /// One more picture for such a draft, as a data URL. Answered by `Draft` or `Refused`.
    AddPicture {
        /// The draft's report id.
        report_id: String,
        /// `data:TYPE;base64,` and the picture, at most [`crate::limits::BLOB_BYTES`] of it.
        data: String,
    },
    /// Put a draft into the outbox; the undo starts. Answered by `Queued` or `Refused`.
    Queue {
        /// The draft's report id.
        report_id: String,
        /// What the spotter chose.
        choices: Choices,
        /// Parts of the screenshot that are painted over before it is hashed; at most [`crate::limits::COVERS`].
        #[serde(default)]
        covered: Vec<Cover>,
    },
    /// Take a report back while its undo runs, or a draft away. Answered by `State` or `Refused`.
    Undo {
        /// The report.
        report_id: String,
    },
    /// Try a waiting or refused report again now. Answered by `State`.
    Retry {
        /// The report.
        report_id: String,
    },
    /// Delete a report from the list. Answered by `State` or `Refused` (while it is being sent).
    Delete {
        /// The report.
        report_id: String,
    },
    /// The spotter takes a finding for a false alarm: counted here, and sent only where `share_alarms` is on. Answered
    /// by `State` or `Refused`.
    FalseAlarm {
        /// Why.
        reason: FalseAlarm,
        /// What the detector had said.
        level: Level,
        /// Concept ids of the cues behind it.
        concepts: Vec<String>,
    },
    /// False alarms are sent, or not. Answered by `State`.
    ShareAlarms {
        /// They are.
        share: bool,
    },
    /// The spotter is asked whether listings are still there, or not. Answered by `State`.
    AskMeAgain {
        /// She is.
        wanted: bool,
    },
    /// What the spotter saw at the listing of a report that is asked about. Answered by `State` or `Refused`.
    LookedAgain {
        /// The report.
        report_id: String,
        /// What was seen.
        saw: Saw,
    },
    /// Suggest a word that the lexicon lacks. Answered by `State` or `Refused`.
    Suggest {
        /// The word or phrase.
        text: String,
        /// What it means.
        meaning: String,
        /// Address of the page where it was seen.
        seen_at: String,
    },
    /// A report that was not delivered, as the file that `spotter verify` reads. Answered by `Exported` or `Refused`.
    Export {
        /// The report.
        report_id: String,
    },
    /// Remind of a break after so many minutes from now, within [`crate::limits::BREAK_MINUTES`]; 0: not at all.
    /// Answered by `State` or `Refused`.
    Remind {
        /// The minutes.
        minutes: u32,
    },
    /// Tell the lead of having been contacted. Answered by `State` or `Refused`.
    Contacted {
        /// What happened.
        text: String,
    },
    /// Make a draft of what a tab's page is about. Answered by `Draft` or `Refused`.
    PrepareCurrent {
        /// The tab.
        tab_id: i32,
    },
    /// Ask the endpoint what became of the reports. Answered by `State`.
    RefreshStatus,
    /// Marks on pages on or off, everywhere. Answered by `State`.
    SetQuiet {
        /// No marks on pages.
        quiet: bool,
    },
    /// Sellers, places and pictures on pages covered or shown, everywhere. Answered by `State`.
    SetMask {
        /// They are covered.
        masked: bool,
    },
    /// What does the detector say of these practice listings, which stand on no page? Answered by `Practised`, or by
    /// `Refused` for more than [`crate::limits::BATCH_LISTINGS`].
    Practise {
        /// The listings.
        listings: Vec<Listing>,
    },
    /// What does the law ask where this is offered? Answered by `Law`.
    Law {
        /// Where: the listing's address or its page's. Empty where a country was chosen.
        url: String,
        /// The country that was chosen (ISO 3166-1, or `EU`). Empty: that of the site.
        country: String,
        /// What it probably is.
        what: What,
        /// The lexicon's claims that it makes.
        claims: Vec<String>,
    },
    /// The training's test was done. Kept where it reaches the pass mark of the rounds of today, and attested to the
    /// endpoint where one of them asks for it. Answered by `State` or
    /// `Refused`.
    Trained {
        /// The test.
        test: Test,
        /// The page said beforehand who is told of a pass; else nobody is.
        told: bool,
    },
    /// A step of a survey. Answered by `Survey`, `Kept` or `Refused`.
    Survey(SurveyAsk),
    /// A step of a round's checks. Answered by `Audit` or `Refused`.
    Audit(AuditAsk),
    /// Host permissions changed: register the content scripts for what is granted now. Answered by `State`.
    SyncSites,
}}

crate::json::typed! {
/// The background's answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer ("Answer" by "type") as AnswerRead {
    /// How things stand.
    State(Box<State>),
    /// The listing of the tab's page that is offered for a check, where there is one.
    Audit {
        /// It.
        offer: Option<Offer>,
    },
    /// A draft to look at.
    Draft(Box<Draft>),
    /// Words that were selected to be suggested.
    Suggestion {
        /// The words.
        text: String,
        /// The page's address.
        seen_at: String,
    },
    /// In the outbox.
    Queued {
        /// The report.
        report_id: String,
        /// Milliseconds until it is sent.
        undo_ms: u32,
    },
    /// What is stored.
    Stored(Box<Stored>),
    /// What the law asks.
    Law(Box<LawHere>),
    /// A report as a file.
    Exported {
        /// The file's name.
        name: String,
        /// Standard base64 of its bytes.
        bytes: String,
    },
    /// What the detector says of practice listings.
    Practised {
        /// One entry for each listing that is at least possible.
        marks: Vec<Mark>,
    },
    /// How a survey's search stands.
    Survey(Box<SurveyTask>),
    /// It is kept.
    Kept,
    /// Not done. `message` is a key of `_locales`, `args` its placeholders.
    Refused {
        /// Key of the sentence.
        message: String,
        /// Its placeholders.
        args: Vec<String>,
    },
}}

/// What is stored on this device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Reports in the outbox.
    pub reports: u32,
    /// Reports that were begun.
    pub drafts: u32,
    /// There is a device's key.
    pub key: bool,
    /// When the rules were agreed to, RFC 3339 UTC.
    pub agreed_at: Option<String>,
    /// Bytes of all of it, about.
    pub bytes: u32,
    /// All of it, as JSON. Keys are named, never copied.
    pub text: String,
}

/// How things stand in the background.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The rules were agreed to; nobody joins before.
    #[serde(default)]
    pub agreed: bool,
    /// Present when enrolled.
    pub enrolled: Option<Enrolled>,
    /// No marks on pages.
    pub quiet: bool,
    /// Sellers, places and pictures on pages are covered, to show a page to others.
    pub masked: bool,
    /// Match patterns of the sites that are granted.
    pub sites: Vec<String>,
    /// Reports, newest first.
    pub outbox: Vec<OutboxItem>,
    /// Version of the lexicon pack in use.
    pub pack: String,
    /// The programme's own words; absent where the endpoint was never asked for them.
    #[serde(default)]
    pub words: Option<ProgrammeWords>,
    /// False alarms are sent to the endpoint.
    #[serde(default)]
    pub share_alarms: bool,
    /// The spotter wants to be asked whether listings are still there.
    #[serde(default)]
    pub ask_again: bool,
    /// The spotter's week and accuracy, as the endpoint last said.
    #[serde(default)]
    pub standing: Option<Standing>,
    /// The programme of rounds; absent where none was ever offered.
    #[serde(default)]
    pub rounds: Option<crate::rounds::Rounds>,
    /// The words of listings that stood in most confirmed reports, and in how many.
    #[serde(default)]
    pub best_words: Option<(String, u32)>,
    /// The reminder of a break, where the person asked for one.
    #[serde(default)]
    pub reminder: Option<Reminder>,
    /// The training's test as it was last passed.
    #[serde(default)]
    pub training: Option<TrainingPass>,
    /// Surveys that the spotter codes for.
    #[serde(default)]
    pub surveys: Vec<SurveyShown>,
}

/// The pack of the programme's own words, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProgrammeWords {
    /// Version of the newest that was believed; empty where none was.
    pub version: String,
    /// The last day on which it counts.
    pub expires: Option<Date>,
    /// How many spellings it knows.
    pub spellings: u32,
    /// It lies over the built-in words now.
    pub in_use: bool,
    /// When the endpoint last answered, by the device's clock, RFC 3339.
    pub asked_at: String,
    /// Why what the endpoint offers now is not used: a key of `_locales` and its placeholders.
    #[serde(default)]
    pub trouble: Option<(String, Vec<String>)>,
}

/// A reminder of a break.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reminder {
    /// After how many minutes.
    pub minutes: u32,
    /// When, in milliseconds since 1970 by the device's clock.
    pub at_ms: f64,
}

/// What the endpoint says of the spotter's work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The week.
    pub week: Week,
    /// How often experts agreed.
    pub accuracy: Accuracy,
}

impl State {
    /// Reports, and records of surveys, that the endpoint does not have.
    #[must_use]
    pub fn unsent(&self) -> u32 {
        let unsent = self.outbox.iter().filter(|item| item.state != OutboxState::Sent).count();
        let records = self.surveys.iter().map(|survey| survey.waiting).fold(0, u32::saturating_add);
        u32::try_from(unsent).unwrap_or(u32::MAX).saturating_add(records)
    }
}

/// Who the spotter reports to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The coordinator's name.
    pub organisation: String,
    /// The endpoint's origin.
    pub origin: String,
    /// Name under which experts see this spotter.
    pub pseudonym: String,
    /// The round's rules.
    pub policy: SpotterPolicy,
    /// Reports queued by this device so far.
    pub reports_made: u32,
}

/// A report before it is queued: exactly what would go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The tab that it came from.
    pub tab_id: i32,
    /// The finding's key there.
    pub key: String,
    /// The report as it would be signed.
    pub report: Report,
    /// What it probably is, for the sheet's heading.
    pub what: What,
    /// Why.
    pub reasons: Vec<Reason>,
    /// `data:image/png;base64,` of the screenshot's crop, where a gesture allowed one.
    pub screenshot: Option<String>,
    /// The pictures that would go, small.
    #[serde(default)]
    pub thumbnails: Vec<Thumbnail>,
    /// Match patterns to ask for, so that the pictures that were not permitted can be had.
    #[serde(default)]
    pub picture_origins: Vec<String>,
    /// Whether the policy asks for a confirming click; otherwise the undo starts at once.
    pub confirm: bool,
    /// Milliseconds of undo.
    pub undo_ms: u32,
}

/// A picture that would go with a report, small enough to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbnail {
    /// Hash of the picture itself, as in the report's evidence.
    pub sha256: String,
    /// `data:image/jpeg;base64,`, or nothing where the browser could not show it.
    pub data: String,
    /// Width and height of the picture itself in pixels; zero where the browser could not tell.
    pub size: (u32, u32),
}

/// Where a report is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// The undo still runs.
    Undoable,
    /// Waiting for its (next) try.
    Waiting,
    /// The endpoint has it.
    Sent,
    /// The endpoint refused it for good.
    Refused,
}

/// One report in the panel's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// The report.
    pub report_id: String,
    /// The listing's title.
    pub title: String,
    /// The listing's address.
    pub url: String,
    /// When it was made, RFC 3339 UTC.
    pub created_at: String,
    /// Where it is.
    pub state: OutboxState,
    /// When it is sent or tried next, milliseconds since 1970 by the device's clock.
    pub next_try_ms: Option<f64>,
    /// Tries so far.
    pub tries: u32,
    /// Why the last try failed or was refused: a key of `_locales` and its placeholders.
    pub trouble: Option<(String, Vec<String>)>,
    /// The receipt's number once sent.
    pub number: Option<String>,
    /// What became of it.
    pub status: Option<PublicStatus>,
    /// The reviewer's public reason.
    pub reason: String,
    /// The listing had been reported before: the report joined its case.
    #[serde(default)]
    pub joined: bool,
    /// Whether the listing is still there is asked, and was not answered here.
    #[serde(default)]
    pub asked: bool,
    /// What the spotter answered last.
    #[serde(default)]
    pub saw: Option<Saw>,
    /// What went with it.
    pub evidence: Vec<Evidence>,
}

crate::json::typed! {
/// Told to whoever listens; the listener asks for details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Event ("Event" by "type") as EventRead {
    /// A page's findings changed; the sender's tab says which page.
    FindingsChanged,
    /// Outbox, enrolment or settings changed.
    StateChanged,
    /// A draft waits for this tab.
    DraftReady {
        /// The tab.
        tab_id: i32,
    },
}}
