//! Amount and currency of a price as pages write it, as far as it says. What is ambiguous stays unsaid: a person fills it in.

/// Signs and words that mean one currency wherever they stand.
const CERTAIN: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("A$", "AUD"),
    ("AU$", "AUD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("HK$", "HKD"),
    ("NT$", "TWD"),
    ("S$", "SGD"),
    ("NZ$", "NZD"),
    ("R$", "BRL"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₫", "VND"),
    ("฿", "THB"),
    ("₱", "PHP"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₴", "UAH"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("RM", "MYR"),
    ("Rp", "IDR"),
];

/// Currencies that a country writes with a sign that others share: `$`, `¥`, `kr`.
const SHARED: &[(&str, &[(&str, &str)])] = &[
    (
        "$",
        &[
            ("US", "USD"),
            ("CA", "CAD"),
            ("AU", "AUD"),
            ("NZ", "NZD"),
            ("SG", "SGD"),
            ("HK", "HKD"),
            ("TW", "TWD"),
            ("MX", "MXN"),
            ("AR", "ARS"),
            ("CL", "CLP"),
            ("CO", "COP"),
        ],
    ),
    ("¥", &[("JP", "JPY"), ("CN", "CNY")]),
    ("￥", &[("JP", "JPY"), ("CN", "CNY")]),
    ("kr", &[("SE", "SEK"), ("NO", "NOK"), ("DK", "DKK"), ("IS", "ISK")]),
];

/// The currency that a price names on a marketplace that stands for `country`.
fn currency(price: &str, country: &str) -> Option<String> {
    // The longest sign that fits: `US$` before `S$` before `$`.
    let certain = CERTAIN.iter().filter(|(sign, _)| price.contains(sign)).max_by_key(|(sign, _)| sign.len());
    if let Some((_, code)) = certain {
        return Some((*code).to_owned());
    }
    let mut words = price.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() == 3);
    if let Some(code) = words.find(|w| w.bytes().all(|b| b.is_ascii_uppercase())) {
        return Some(code.to_owned());
    }
    let shared = SHARED.iter().find(|(sign, _)| price.contains(sign))?;
    shared.1.iter().find(|(of, _)| *of == country).map(|(_, code)| (*code).to_owned())
}

/// The first number of a price as a decimal number with a point. Signs of grouping go; what stands before one or two last
/// digits is the decimal sign.
fn amount(price: &str) -> Option<String> {
    let start = price.find(|c: char| c.is_ascii_digit())?;
    let rest = &price[start..];
    let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}');
    let run = rest.split(|c| !part(c)).next()?.trim_end_matches(|c: char| !c.is_ascii_digit());
    // A second price behind a space is another number: groups hold three digits.
    let mut groups = run.split([' ', '\u{a0}', '\u{202f}']);
    let mut text = groups.next()?.to_owned();
    for group in groups {
        if group.len() < 3 || !group.as_bytes()[..3].iter().all(u8::is_ascii_digit) {
            break;
        }
        text.push_str(group);
    }
    let cents = text.rfind(['.', ',']).filter(|at| (1..=2).contains(&(text.len() - at - 1)));
    let (whole, cents) = cents.map_or((text.as_str(), ""), |at| (&text[..at], &text[at + 1..]));
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    if whole.is_empty() || whole.len() > 12 {
        return None;
    }
    Some(if cents.is_empty() { whole } else { format!("{whole}.{cents}") })
}

/// Amount and currency of a price; the currency is empty where the price does not tell it.
#[must_use]
pub fn asking(price: &str, country: &str) -> Option<(String, String)> {
    Some((amount(price)?, currency(price, country).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::asking;
    use proptest::prelude::*;

    #[test]
    fn table() {
        for (price, country, want) in [
            ("€ 240", "DE", Some(("240", "EUR"))),
            ("US $89.90", "GB", Some(("89.90", ""))),
            ("US$ 1,299.00", "GB", Some(("1299.00", "USD"))),
            ("$12", "CA", Some(("12", "CAD"))),
            ("$12", "DE", Some(("12", ""))),
            ("1.234,50 €", "DE", Some(("1234.50", "EUR"))),
            ("1.234 €", "DE", Some(("1234", "EUR"))),
            ("1 250,00 zł", "PL", Some(("1250.00", "PLN"))),
            ("CHF 1’200.-", "CH", Some(("1200", "CHF"))),
            ("¥12,000", "JP", Some(("12000", "JPY"))),
            ("HK$ 88", "SG", Some(("88", "HKD"))),
            ("£12 £10", "GB", Some(("12", "GBP"))),
            ("Price on request", "GB", None),
            ("", "GB", None),
        ] {
            let got = asking(price, country);
            assert_eq!(got.as_ref().map(|(a, c)| (a.as_str(), c.as_str())), want, "{price}");
        }
    }

    proptest! {
        /// Whatever a page writes, what is proposed is an amount that a coding takes.
        #[test]
        fn bounded(price in "\\PC{0,40}|[0-9.,' €$]{0,40}") {
            if let Some((amount, currency)) = asking(&price, "US") {
                let (whole, cents) = amount.split_once('.').unwrap_or((&amount, "0"));
                prop_assert!((1..=12).contains(&whole.len()) && (1..=2).contains(&cents.len()), "{amount}");
                prop_assert!(currency.is_empty() || currency.len() == 3);
            }
        }
    }
}
