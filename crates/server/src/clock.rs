//! The one clock. Everything that needs a time gets it from here; tests pass their own.

use spotter_model::Date;
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

/// When the week of `at` began: Monday, 0:00 UTC.
#[must_use]
pub fn week_of(at: OffsetDateTime) -> OffsetDateTime {
    let at = at.to_offset(UtcOffset::UTC);
    at.replace_time(time::Time::MIDNIGHT) - time::Duration::days(i64::from(at.weekday().number_days_from_monday()))
}

/// The day in UTC, `YYYY-MM-DD`.
#[must_use]
pub fn day(at: OffsetDateTime) -> String {
    stamp(at)[..10].to_owned()
}

/// The day in UTC, for what compares days.
#[must_use]
pub fn date(at: OffsetDateTime) -> Date {
    let at = at.to_offset(UtcOffset::UTC);
    let year = u16::try_from(at.year()).unwrap_or_default();
    // Beyond four digits nothing is fresh any more.
    let last = || Date::new(9999, 12, 31);
    Date::new(year, at.month().into(), at.day()).or_else(last).unwrap_or_else(|| unreachable!("the last day is one"))
}

/// A stored time for people, to the minute in UTC: `YYYY-MM-DD hh:mm UTC`. What is no time stays as it is.
#[must_use]
pub fn plain(stored: &str) -> String {
    read(stored).map_or_else(|| stored.to_owned(), |at| format!("{} UTC", stamp(at)[..16].replace('T', " ")))
}

/// Reads an RFC 3339 time.
#[must_use]
pub fn read(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::{day, plain, read, stamp, week_of};

    #[test]
    fn people_read_times_to_the_minute_in_utc() {
        for (stored, read) in [
            ("2026-11-26T22:13:50.123Z", "2026-11-26 22:13 UTC"),
            ("2026-11-26T22:13:50+02:00", "2026-11-26 20:13 UTC"),
            ("yesterday", "yesterday"),
        ] {
            assert_eq!(plain(stored), read);
        }
    }

    #[test]
    fn weeks_begin_on_monday() {
        for (at, monday) in [
            ("2026-11-26T16:00:00Z", "2026-11-23"),
            ("2026-11-23T00:00:00Z", "2026-11-23"),
            ("2026-11-23T00:30:00+01:00", "2026-11-16"),
            ("2026-11-29T23:59:59Z", "2026-11-23"),
        ] {
            let began = week_of(read(at).unwrap());
            assert_eq!(stamp(began), format!("{monday}T00:00:00.000Z"), "{at}");
            assert_eq!(day(began), monday);
        }
    }

    #[test]
    fn stamps_read_back_and_sort() {
        let a = read("2026-11-23T23:13:54.5+01:00").unwrap();
        assert_eq!(stamp(a), "2026-11-23T22:13:54.500Z");
        assert_eq!(read(&stamp(a)), Some(a));
        assert!(stamp(a) < stamp(a + time::Duration::milliseconds(1)));
    }
}
