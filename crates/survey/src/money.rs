//! Prices in hundredths, and the rates that the lead supplies. Whole numbers throughout: no two machines round differently.

use serde::{Deserialize, Serialize};
use spotter_model::Date;
use std::collections::BTreeMap;

/// The value of [`Rates::schema`].
pub const RATES_SCHEMA: &str = "wildlife-survey-rates/1";
/// Most currencies of one file.
const CURRENCIES: usize = 200;
/// Digits after the point of a rate.
const DIGITS: u32 = 8;

/// Exchange rates of one day: how much of each currency one of the base is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// Always [`RATES_SCHEMA`].
    pub schema: String,
    /// The currency that prices are converted to.
    pub base: String,
    /// The day of the rates.
    pub on: Date,
    /// Where they stand.
    pub source: String,
    /// By currency: a decimal number with a point, at most 8 digits after it.
    pub rates: BTreeMap<String, String>,
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// A decimal number as so many units of its last digit. `None` where it is none, or too long.
fn decimal(text: &str, digits: u32) -> Option<i128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let plain = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || part.len() > digits as usize || !plain(whole) || !plain(part) {
        return None;
    }
    let part: i128 = format!("{part:0<width$}", width = digits as usize).parse().ok()?;
    Some(whole.parse::<i128>().ok()? * 10_i128.pow(digits) + part)
}

/// A price in hundredths.
#[must_use]
pub fn hundredths(amount: &str) -> Option<i64> {
    decimal(amount, 2).and_then(|n| i64::try_from(n).ok())
}

/// Hundredths as they are read.
#[must_use]
pub fn written(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

impl Rates {
    /// Everything that is wrong with it, by field.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let said =
            !self.source.trim().is_empty() && self.source.len() <= 512 && !self.source.chars().any(char::is_control);
        let fits = |(currency, rate): (&String, &String)| {
            is_currency(currency) && decimal(rate, DIGITS).is_some_and(|r| r > 0)
        };
        [
            (self.schema == RATES_SCHEMA, ("/schema", "must be wildlife-survey-rates/1")),
            (is_currency(&self.base), ("/base", "must be a currency's three capitals")),
            (said, ("/source", "must say where the rates stand")),
            (
                self.rates.len() <= CURRENCIES && self.rates.iter().all(fits),
                ("/rates", "must be at most 200 currencies, each with a decimal number above 0"),
            ),
        ]
        .into_iter()
        .filter(|(holds, _)| !holds)
        .map(|(_, why)| why)
        .collect()
    }

    /// A price in the base, rounded half up to hundredths. `None` where the file has no rate for the currency.
    #[must_use]
    pub fn convert(&self, hundredths: i64, currency: &str) -> Option<i64> {
        if currency == self.base {
            return Some(hundredths);
        }
        let rate = self.rates.get(currency).and_then(|r| decimal(r, DIGITS)).filter(|r| *r > 0)?;
        let whole = i128::from(hundredths) * 10_i128.pow(DIGITS);
        i64::try_from((2 * whole + rate) / (2 * rate)).ok()
    }
}

/// The values at a quarter, a half and three quarters of sorted prices: the smallest that so many are not above.
#[must_use]
pub fn quartiles(sorted: &[i64]) -> Option<[i64; 3]> {
    let at = |quarters: usize| sorted.get((sorted.len() * quarters).div_ceil(4).max(1) - 1).copied();
    Some([at(1)?, at(2)?, at(3)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates() -> Rates {
        serde_json::from_str(
            r#"{"schema":"wildlife-survey-rates/1","base":"EUR","on":"2026-11-02","source":"Made up.","rates":{"GBP":"0.87","JPY":"163.5"}}"#,
        )
        .expect("rates")
    }

    #[test]
    fn prices_are_converted_in_whole_numbers() {
        assert_eq!(rates().faults(), []);
        for (amount, currency, want) in [
            ("120.50", "GBP", Some("138.51")),
            ("0.87", "GBP", Some("1.00")),
            ("1000", "JPY", Some("6.12")),
            ("5", "EUR", Some("5.00")),
            ("999999999999.99", "GBP", Some("1149425287356.31")),
            ("5", "USD", None),
        ] {
            let converted = rates().convert(hundredths(amount).expect("a price"), currency).map(written);
            assert_eq!(converted.as_deref(), want, "{amount} {currency}");
        }
        for bad in ["", ".5", "1,5", "-1", "1.234", "1e3"] {
            assert_eq!(hundredths(bad), None, "{bad}");
        }
        let mut bad = rates();
        bad.rates.insert("usd".into(), "1".into());
        assert_eq!(bad.faults()[0].0, "/rates");
        bad.rates = [("USD".to_owned(), "0".to_owned())].into();
        bad.source.clear();
        assert_eq!(bad.faults().len(), 2);
    }

    #[test]
    fn quartiles_are_values_that_were_asked() {
        assert_eq!(quartiles(&[]), None);
        assert_eq!(quartiles(&[7]), Some([7, 7, 7]));
        assert_eq!(quartiles(&[1, 2, 3, 4]), Some([1, 2, 3]));
        assert_eq!(quartiles(&[1, 2, 3, 4, 5]), Some([2, 3, 4]));
    }
}
