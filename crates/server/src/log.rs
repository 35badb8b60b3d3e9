//! What the server tells whoever runs it: lines of JSON on standard error. No names, no texts, no addresses of listings or of
//! people: a line has a route's template, never its path.
//!
//! Owns: which lines are written. Only this crate's own are; what libraries would log is not known to be free of data.

use crate::config::LogLevel;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// From now on, lines are written. Once in a process, before anything else is started.
pub fn begin(level: LogLevel) {
    let level = match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
    };
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .with_writer(std::io::stderr);
    let ours = Targets::new().with_target("spotter_server", level);
    tracing_subscriber::registry().with(lines.with_filter(ours)).init();
    // A panic's words may quote what it stumbled over, so only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "a part of the server broke: this is a fault to report");
    }));
}
