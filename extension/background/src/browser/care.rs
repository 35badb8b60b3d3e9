//! The reminder of a break that a spotter asked for. It stays on this device: an alarm lets the panel look again, and
//! the panel says it. Nothing is counted and nobody is told.

use super::app::tell_pages;
use super::{now, webext};
use crate::logic::sentence::Sentence;
use spotter_model::limits;
use spotter_model::messages::{Event, Reminder};

/// Alarm at the end of the time.
pub const ALARM_BREAK: &str = "break";
/// The setting: minutes and moment, as JSON.
const SETTING: &str = "reminder";

/// The reminder, where one was asked for.
pub async fn reminder() -> Option<Reminder> {
    spotter_model::json::read(webext::setting(SETTING).await.as_string()?.as_bytes()).ok()
}

/// Begins it anew, or ends it with 0 minutes.
pub async fn remind(minutes: u32) -> Result<(), Sentence> {
    let wanted = limits::BREAK_MINUTES.contains(&minutes);
    if !wanted && minutes != 0 {
        return Err(Sentence::new("bg_internal"));
    }
    let reminder = wanted.then(|| Reminder { minutes, at_ms: now() + f64::from(minutes) * 60_000.0 });
    let kept = serde_json::to_string(&reminder).map_err(|_| Sentence::new("bg_internal"))?;
    webext::set_setting(SETTING, &kept.into()).await.map_err(|_| Sentence::new("bg_storage"))?;
    match reminder {
        Some(reminder) => webext::alarm_at(ALARM_BREAK, reminder.at_ms),
        None => webext::no_alarm(ALARM_BREAK),
    }
    tell_pages(&Event::StateChanged).await;
    Ok(())
}
