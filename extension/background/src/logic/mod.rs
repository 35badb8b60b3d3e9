//! The background's decisions, without a browser: tested natively.

pub mod answers;
pub mod assessor;
pub mod audit;
pub mod backoff;
pub mod cues;
pub mod images;
pub mod law;
pub mod outbox;
pub mod packaging;
pub mod packs;
pub mod pasted;
pub mod price;
pub mod rounds;
pub mod sentence;
pub mod signed;
pub mod sites;
pub mod survey;
pub mod time;
pub mod urls;
