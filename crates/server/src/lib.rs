//! Intake of reports and the console in which experts decide on them: one library, one binary.
//!
//! Dependencies point one way: `config` and `clock` know nobody; `store` knows the database and the blob
//! folder; `cases`, `ranking` and `audit` hold the rules; `intake` and `console` speak HTTP; `app` puts them together.
//! This crate never fetches an address that a report names, and never links the detector's browser parts.

pub mod app;
pub mod audit;
pub mod backup;
pub mod body;
pub mod cases;
pub mod clock;
pub mod commands;
pub mod config;
pub mod console;
pub mod decode;
pub mod export;
pub mod faults;
pub mod focus;
pub mod imports;
pub mod intake;
pub mod keys;
pub mod log;
pub mod looking;
pub mod metrics;
pub mod notices;
pub mod observe;
pub mod pdf;
pub mod pdq;
pub mod places;
pub mod problem;
pub mod public;
pub mod random;
pub mod ranking;
pub mod ready;
pub mod referral;
pub mod retention;
pub mod roles;
pub mod serve;
pub mod server_keys;
pub mod settings;
pub mod sign;
pub mod store;
pub mod summary;
pub mod vault;
