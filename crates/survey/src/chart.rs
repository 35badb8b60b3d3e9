//! Charts: bars with their names and numbers, as SVG by plotters, without a font on the machine.

use crate::table::{Cell, Table};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use serde::Serialize;

/// A bar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bars {
    /// What it is of.
    pub name: String,
    /// Its number as the table has it.
    pub shown: String,
    /// Its length.
    pub value: f64,
}

/// A chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    /// Name of the table that it shows.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The bars, from above.
    pub bars: Vec<Bars>,
}

const WIDTH: u32 = 720;
const LEFT: i32 = 250;
const RIGHT: i32 = 90;
const TOP: i32 = 44;
const ROW: i32 = 26;
/// Most bars of one chart; the table has all.
const BARS: usize = 40;
/// Most characters of a name beside its bar; the table has all.
const NAME: usize = 36;

fn cut(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_owned(),
    }
}

impl Chart {
    /// Bars of a table's column, named by what names its rows; only rows with a number, and the first forty of them.
    /// `None` where there is no such column or no number in it.
    #[must_use]
    pub fn of(table: &Table, column: &str, title: &str) -> Option<Self> {
        let at = table.columns.iter().position(|c| c == column)?;
        let bar = |row: &Vec<Cell>| {
            let name = row[..table.heads].iter().map(Cell::shown).collect::<Vec<_>>().join(" · ");
            row[at].shown().parse::<f64>().ok().map(|value| Bars { name, shown: row[at].shown(), value })
        };
        let bars: Vec<Bars> = table.rows.iter().filter_map(bar).take(BARS).collect();
        (!bars.is_empty()).then(|| Self { id: table.id.clone(), title: title.to_owned(), bars })
    }

    /// What it shows, in words: for whoever does not see it.
    #[must_use]
    pub fn words(&self) -> String {
        let bars: Vec<String> = self.bars.iter().map(|b| format!("{}: {}", b.name, b.shown)).collect();
        format!("{}. {}.", self.title, bars.join("; "))
    }

    /// As SVG. Values below 0 have no bar, only their number.
    #[must_use]
    pub fn svg(&self) -> String {
        let mut out = String::new();
        let height = (TOP + ROW * self.bars.len() as i32 + 12) as u32;
        {
            let area = SVGBackend::with_string(&mut out, (WIDTH, height)).into_drawing_area();
            // Writing into a text cannot fail.
            let _ = self.draw(&area);
        }
        out
    }

    fn draw(
        &self,
        area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let (ink, bar) = (RGBColor(0x1b, 0x1f, 0x23), RGBColor(0x1f, 0x6f, 0x8b));
        let style = |size: i32, h: HPos| ("sans-serif", size).into_font().color(&ink).pos(Pos::new(h, VPos::Center));
        area.fill(&WHITE)?;
        area.draw(&Text::new(self.title.clone(), (12, 20), style(16, HPos::Left)))?;
        let most = self.bars.iter().map(|b| b.value).fold(0.0_f64, f64::max);
        // Shares are drawn out of one.
        let most =
            if most > 0.0 && most <= 1.0 && self.bars.iter().any(|b| b.shown.contains('.')) { 1.0 } else { most };
        let room = f64::from(WIDTH as i32 - LEFT - RIGHT);
        for (n, b) in self.bars.iter().enumerate() {
            let y = TOP + ROW * n as i32;
            let length = if most > 0.0 { (b.value.max(0.0) / most * room).round() as i32 } else { 0 };
            area.draw(&Text::new(cut(&b.name), (LEFT - 8, y + ROW / 2), style(13, HPos::Right)))?;
            area.draw(&Rectangle::new([(LEFT, y + 4), (LEFT + length, y + ROW - 4)], bar.filled()))?;
            area.draw(&Text::new(b.shown.clone(), (LEFT + length + 8, y + ROW / 2), style(13, HPos::Left)))?;
        }
        area.present()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_the_same_bytes_and_holds_no_foreign_mark_up() {
        let bar = |name: &str, shown: &str, value| Bars { name: name.into(), shown: shown.into(), value };
        let chart = Chart {
            id: "c".into(),
            title: "Offers".into(),
            bars: vec![bar("GB", "12", 12.0), bar("<script>&\"", "3", 3.0), bar("none", "-1", -1.0)],
        };
        let svg = chart.svg();
        assert_eq!(svg, chart.svg());
        assert!(svg.starts_with("<svg ") && svg.contains("&lt;script&gt;&amp;") && !svg.contains("<script"), "{svg}");
        assert_eq!(svg.matches("<rect ").count(), 4, "the ground and three bars");
        assert_eq!(chart.words(), "Offers. GB: 12; <script>&\": 3; none: -1.");
    }
}
