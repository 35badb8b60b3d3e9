//! Calendar arithmetic on milliseconds since 1970. Owns no clock: the one clock is `browser::now`.

use spotter_model::Date;

const DAY_MS: f64 = 86_400_000.0;

/// Year, month, day of a count of days since 1970-01-01.
fn civil(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * month_from_march + 2) / 5 + 1) as u8;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u8;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The UTC day at `ms`. A clock outside the years 0 to 9999 counts as 1970-01-01.
#[must_use]
pub fn utc_date(ms: f64) -> Date {
    let (year, month, day) = civil(((ms / DAY_MS).floor() as i64).clamp(-800_000, 4_000_000));
    u16::try_from(year)
        .ok()
        .and_then(|y| Date::new(y, month, day))
        .or_else(|| Date::new(1970, 1, 1))
        .unwrap_or_else(|| unreachable!("1970-01-01 exists"))
}

/// `2026-11-23T22:13:54.123Z`.
#[must_use]
pub fn rfc3339(ms: f64) -> String {
    let ms = if ms.is_finite() { ms.floor() } else { 0.0 };
    let of_day = ms.rem_euclid(DAY_MS) as u64;
    let (h, m, s, milli) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1_000 % 60, of_day % 1_000);
    format!("{}T{h:02}:{m:02}:{s:02}.{milli:03}Z", utc_date(ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_times() {
        for (ms, want) in [
            (0.0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000.0, "2000-02-29T00:00:00.000Z"),
            (1_795_472_034_123.0, "2026-11-23T22:13:54.123Z"),
            (-1.0, "1969-12-31T23:59:59.999Z"),
            (f64::NAN, "1970-01-01T00:00:00.000Z"),
            (1e300, "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(&rfc3339(ms)[..10], &want[..10], "{ms}");
            if ms.abs() < 1e17 || ms.is_nan() {
                assert_eq!(rfc3339(ms), want);
            }
        }
    }

    proptest! {
        #[test]
        fn days_count_back(days in 0i64..2_900_000) {
            prop_assert_eq!(utc_date(days as f64 * DAY_MS).days_since_epoch(), days);
            prop_assert!(spotter_model::report::is_utc_time(&rfc3339(days as f64 * DAY_MS)));
        }
    }
}
