//! The words everyone shares: listings, assessments, reports, receipts, cases, and the messages between
//! the parts of the extension.
//!
//! This crate owns types, their limits and their checks. It never reads a clock, never does I/O, and knows
//! neither the browser nor the database. Field names are snake_case, except Darwin Core terms
//! (`scientificName`), which keep the standard's own spelling. Text offsets that cross a boundary are in
//! UTF-16 code units, as JavaScript's `slice` counts them. Times are RFC 3339 strings in UTC.
#![deny(missing_docs)]

pub mod archive;
pub mod assessment;
pub mod attestation;
pub mod audit;
pub mod case;
pub mod coding;
pub mod contact;
pub mod csv;
pub mod date;
pub mod dsse;
pub mod enrolment;
pub mod evidence;
pub mod hidden;
pub mod json;
pub mod known;
pub mod limits;
pub mod listing;
pub mod marks;
pub mod messages;
pub mod order;
pub mod package;
pub mod phrase;
pub mod problem;
pub mod programme;
pub mod receipt;
pub mod recheck;
pub mod referral;
pub mod report;
pub mod rounds;
pub mod status;
pub mod suggestion;
pub mod survey;
pub mod training;

pub use assessment::{Appendix, Assessment, CitesListing, Cue, CueKind, Group, Level, Reportable, TaxonMatch};
pub use attestation::Attestation;
pub use case::{CaseState, Event};
pub use contact::Contact;
pub use date::Date;
pub use enrolment::{EnrolmentRequest, EnrolmentResponse, Invitation, SpotterPolicy, Tier};
pub use known::{Known, KnownResponse};
pub use listing::{Field, Listing, ListingKind};
pub use order::InOrder;
pub use problem::Problem;
pub use programme::Programme;
pub use receipt::{Receipt, ReportAccepted};
pub use report::Report;
pub use status::{Accuracy, PublicStatus, StatusItem, StatusResponse, Week, WeekCount};
pub use suggestion::{FalseAlarm, Feedback, Suggestion, SuggestionKind};
