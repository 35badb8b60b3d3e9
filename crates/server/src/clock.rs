//! The one clock. Everything that needs a time gets it from here; tests pass their own.

use std::sync::Arc;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// A function that tells the time.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// The machine's clock.
#[must_use]
pub fn system() -> Clock {
    Arc::new(OffsetDateTime::now_utc)
}

/// RFC 3339 in UTC with milliseconds; text order is time order.
#[must_use]
pub fn stamp(at: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    // Only years beyond 9999 could fail here, which `OffsetDateTime` without its large-dates feature cannot hold.
    at.to_offset(UtcOffset::UTC).format(&form).unwrap_or_default()
}

/// Reads an RFC 3339 time.
#[must_use]
pub fn read(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::{read, stamp};

    #[test]
    fn stamps_read_back_and_sort() {
        let a = read("2026-11-23T23:13:54.5+01:00").unwrap();
        assert_eq!(stamp(a), "2026-11-23T22:13:54.500Z");
        assert_eq!(read(&stamp(a)), Some(a));
        assert!(stamp(a) < stamp(a + time::Duration::milliseconds(1)));
    }
}
