//! A find of a past round, out of a row. It is no case: nobody here decided it, and nothing of it says who sold what.

use super::columns::Columns;
use super::sheet::Sheet;
use super::{Read, Unfit};
use crate::store::parse_word;
use serde::{Deserialize, Serialize};
use spotter_model::report::is_marketplace;
use spotter_model::{Date, Group};
use std::collections::HashMap;

/// Longest words, name of a marketplace or pseudonym, in characters.
const WORD_CHARS: usize = 80;

/// What came of a find, as far as a list says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Somebody called it likely protected.
    Confirmed,
    /// It was taken down.
    Removed,
    /// It was called none.
    Not,
    /// The list does not say.
    Unclear,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Confirmed, Self::Removed, Self::Not, Self::Unclear];

    fn read(word: &str) -> Option<Self> {
        Some(match word.to_lowercase().as_str() {
            "" | "?" | "-" | "unclear" | "unknown" | "cannot tell" | "pending" | "open" | "unsure" | "unklar" => {
                Self::Unclear
            }
            "confirmed" | "yes" | "y" | "true" | "reported" | "suspicious" | "likely" | "positive" | "bestätigt"
            | "ja" => Self::Confirmed,
            "removed" | "taken down" | "deleted" | "gone" | "closed" | "entfernt" | "gelöscht" => Self::Removed,
            "not" | "no" | "n" | "false" | "negative" | "rejected" | "not prohibited" | "false alarm" | "nein" => {
                Self::Not
            }
            _ => return None,
        })
    }
}

/// In which order days and months stand where the year is last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// 31/12/2024.
    #[default]
    DayFirst,
    /// 12/31/2024.
    MonthFirst,
}

/// A find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// The day.
    pub day: Date,
    /// The marketplace's host, or its name where the list has no more.
    pub marketplace: String,
    /// The group.
    pub group: Option<Group>,
    /// Words for species or product.
    pub words: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The link, of which a mark is kept.
    pub link: String,
    /// The spotter's pseudonym, of which a mark is kept.
    pub spotter: String,
    /// The how many-eth of several that read the same.
    pub nth: usize,
}

/// The parts of a day as it is written: three numbers with one of `.`, `/`, `-` between them.
fn parts(text: &str) -> Option<[i32; 3]> {
    // A time behind it says nothing here.
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['.', '/', '-']).collect();
    let number = |p: &&str| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    if parts.len() != 3 || !parts.iter().all(number) {
        return None;
    }
    Some([parts[0].parse().ok()?, parts[1].parse().ok()?, parts[2].parse().ok()?])
}

fn date(text: &str, order: Order) -> Option<Date> {
    let [a, b, c] = parts(text)?;
    let (year, month, day) = match order {
        _ if a > 31 => (a, b, c),
        Order::DayFirst => (c, b, a),
        Order::MonthFirst => (c, a, b),
    };
    let year = if (0..100).contains(&year) { 2000 + year } else { year };
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)
}

/// The order in which the days of a column stand: that in which most of them are days.
#[must_use]
pub fn order(sheet: &Sheet, columns: &Columns) -> Order {
    let fits =
        |order| sheet.rows.iter().filter(|(_, cells)| date(columns.cell("date", cells), order).is_some()).count();
    if fits(Order::MonthFirst) > fits(Order::DayFirst) { Order::MonthFirst } else { Order::DayFirst }
}

/// The host of an address, in small letters and without `www.`.
fn host(link: &str) -> Option<String> {
    let lower = link.to_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (host.contains('.') && is_marketplace(host)).then(|| host.to_owned())
}

/// A group by its id or its name, one or several, whatever stands between its words.
pub(super) fn group(text: &str) -> Option<Group> {
    let words: Vec<String> = text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    let ways = [words.join("-"), words.concat()];
    let forms = ways.iter().flat_map(|way| [way.clone(), format!("{way}s"), way.trim_end_matches('s').to_owned()]);
    forms.into_iter().find_map(|form| parse_word(form).ok())
}

fn short(text: &str, what: &str) -> Result<String, Unfit> {
    if text.chars().count() > WORD_CHARS {
        return Err(Unfit::new(format!("{what} has more than {WORD_CHARS} characters.")));
    }
    Ok(text.to_owned())
}

fn one(cells: &[String], columns: &Columns, order: Order, today: Date) -> Result<Find, Unfit> {
    let cell = |word: &str| columns.cell(word, cells);
    let day = date(cell("date"), order).ok_or_else(|| Unfit::new("There is no day that can be read."))?;
    if day > today {
        return Err(Unfit::new("The day lies in the future."));
    }
    let (link, named) = (cell("link"), cell("marketplace"));
    let marketplace = match host(link).or_else(|| host(named)) {
        Some(host) => host,
        None if named.is_empty() => {
            return Err(Unfit::new("Neither marketplace nor link says where it was."));
        }
        None => short(&named.to_lowercase(), "The marketplace")?,
    };
    let said = cell("group");
    let known = group(said).or_else(|| group(cell("words")));
    if known.is_none() && !said.is_empty() {
        return Err(Unfit::new(format!("\u{201c}{said}\u{201d} is no group that is known here.")));
    }
    let outcome = Outcome::read(cell("outcome")).ok_or_else(|| {
        Unfit::new(format!(
            "\u{201c}{}\u{201d} is no outcome: write confirmed, removed, not or unclear.",
            cell("outcome")
        ))
    })?;
    Ok(Find {
        day,
        marketplace,
        group: known,
        words: short(&cell("words").to_lowercase(), "The words")?,
        outcome,
        link: link.to_owned(),
        spotter: short(&cell("spotter").to_lowercase(), "The pseudonym")?,
        nth: 0,
    })
}

/// What every row says, with its line.
///
/// # Errors
/// Which column is missing, in a sentence.
pub fn read(sheet: &Sheet, columns: &Columns, order: Order, today: Date) -> Read<Find> {
    if columns.place("date").is_none() {
        return Err("Say which column is the date.");
    }
    if columns.place("marketplace").is_none() && columns.place("link").is_none() {
        return Err("Say which column is the marketplace, or the link.");
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    let rows = sheet.rows.iter().map(|(line, cells)| {
        let find = one(cells, columns, order, today).map(|mut find| {
            let times = seen.entry(format!("{find:?}")).or_default();
            find.nth = *times;
            *times += 1;
            find
        });
        (*line, find)
    });
    Ok(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, sheet};
    use super::*;

    fn said(text: &str) -> Vec<Result<Find, String>> {
        let sheet = sheet::read(text.as_bytes()).unwrap();
        let columns = Columns::guess(Kind::Rounds, &sheet.head);
        let rows = read(&sheet, &columns, order(&sheet, &columns), "2026-11-28".parse().unwrap()).unwrap();
        rows.into_iter().map(|(_, find)| find.map_err(|Unfit(why)| why)).collect()
    }

    #[test]
    fn days_are_read_in_the_order_of_their_column() {
        for (text, want) in [
            ("date,site\n2024-03-05,a.example\n", "2024-03-05"),
            ("date,site\n05.03.2024,a.example\n", "2024-03-05"),
            ("date,site\n5/3/24,a.example\n", "2024-03-05"),
            ("date,site\n3/5/2024,a.example\n3/25/2024,a.example\n", "2024-03-05"),
            ("date,site\n2024-03-05 12:00:00,a.example\n", "2024-03-05"),
        ] {
            assert_eq!(said(text)[0].as_ref().unwrap().day.to_string(), want, "{text}");
        }
        for bad in ["31.02.2024", "soon", "2024", "1-2-3-4", "99999-1-1", "2027-01-01", ""] {
            assert!(said(&format!("date,site\n{bad},a.example\n"))[0].is_err(), "{bad}");
        }
    }

    #[test]
    fn a_row_says_where_what_and_what_came_of_it() {
        let all = said(
            "date,site,url,group,species,status,name\n\
             2024-03-05,Market,https://user@WWW.Market.Example:443/item?id=1,Elephants,Ivory bangle,Taken down,Oak 12\n\
             2024-03-05,Bazaar Old,,,pangolin,,\n\
             2024-03-05,Bazaar Old,,,pangolin,,\n\
             2024-03-05,,,,x,,\n\
             2024-03-05,a.example,,dragons,x,,\n\
             2024-03-05,a.example,,,x,maybe,\n",
        );
        let first = all[0].as_ref().unwrap();
        assert_eq!(
            (first.marketplace.as_str(), first.group, first.words.as_str(), first.outcome, first.spotter.as_str()),
            ("market.example:443", Some(Group::Elephant), "ivory bangle", Outcome::Removed, "oak 12")
        );
        let (second, third) = (all[1].as_ref().unwrap(), all[2].as_ref().unwrap());
        assert_eq!((second.marketplace.as_str(), second.group, second.nth), ("bazaar old", Some(Group::Pangolin), 0));
        assert_eq!((third.nth, third.outcome), (1, Outcome::Unclear), "two that read the same are two");
        for (n, words) in [(3, "Neither"), (4, "is no group"), (5, "is no outcome")] {
            assert!(all[n].as_ref().unwrap_err().contains(words), "{:?}", all[n]);
        }
        let sheet = sheet::read(b"date,x\n1,2\n").unwrap();
        let columns = Columns::guess(Kind::Rounds, &sheet.head);
        assert!(read(&sheet, &columns, Order::DayFirst, "2026-11-28".parse().unwrap()).is_err());
    }
}
