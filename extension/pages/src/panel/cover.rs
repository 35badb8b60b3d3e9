//! Painting over parts of the screenshot: the brush, the same by keyboard, and how both look.
//!
//! Owns which parts are covered. The background paints them into the picture before it is hashed; here they only lie
//! over it.

use super::{Msg, sheet::button};
use crate::node::{El, On, el};
use crate::words::Words;
use spotter_model::messages::Cover;
use std::collections::BTreeSet;

/// The picture is covered by squares of a grid this wide and high.
const GRID: u16 = 24;

/// What is covered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// Squares of the grid: row, column.
    squares: BTreeSet<(u16, u16)>,
    /// Where the next block is put by keyboard: left, top, width and height in per cent.
    block: [u16; 4],
}

/// A field of the block that is covered by keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// From the left.
    Left,
    /// From the top.
    Top,
    /// The width.
    Width,
    /// The height.
    Height,
}

impl Covered {
    /// Nothing, with a block ready for the keyboard.
    pub fn none() -> Self {
        Self { squares: BTreeSet::new(), block: [0, 0, 100, 15] }
    }

    /// Whether nothing is covered.
    pub fn is_empty(&self) -> bool {
        self.squares.is_empty()
    }

    /// The brush went over a point, in parts of the picture's width and height: its square and those beside it.
    pub fn brush(&mut self, (x, y): (f64, f64)) {
        let square = |v: f64| (v.clamp(0.0, 1.0) * f64::from(GRID)).floor().min(f64::from(GRID - 1)) as u16;
        let (row, column) = (square(y), square(x));
        for r in row.saturating_sub(1)..=(row + 1).min(GRID - 1) {
            for c in column.saturating_sub(1)..=(column + 1).min(GRID - 1) {
                self.squares.insert((r, c));
            }
        }
    }

    /// Typed into a field of the block; what is no number of per cent changes nothing.
    pub fn set(&mut self, side: Side, typed: &str) {
        if let Some(percent) = typed.trim().parse::<u16>().ok().filter(|p| *p <= 100) {
            self.block[side as usize] = percent;
        }
    }

    /// Covers the block.
    pub fn cover_block(&mut self) {
        let [left, top, width, height] = self.block;
        // Every square that the block touches.
        let range = |from: u16, size: u16| (from * GRID / 100)..((from + size).min(100) * GRID).div_ceil(100);
        for row in range(top, height) {
            self.squares.extend(range(left, width).map(|column| (row, column)));
        }
    }

    /// Shows everything again.
    pub fn clear(&mut self) {
        self.squares.clear();
    }

    /// What is covered as boxes: squares side by side in a row are one, and rows alike are one.
    pub fn boxes(&self) -> Vec<Cover> {
        let edge = |n: u16| (u32::from(n) * 1000 / u32::from(GRID)) as u16;
        let mut runs: Vec<(u16, u16, u16, u16)> = vec![];
        for &(row, column) in &self.squares {
            match runs.last_mut() {
                Some((r, _, end, _)) if *r == row && *end == column => *end += 1,
                _ => runs.push((row, column, column + 1, row + 1)),
            }
        }
        let mut joined: Vec<(u16, u16, u16, u16)> = vec![];
        for (row, from, to, below) in runs {
            match joined.iter_mut().find(|(_, f, t, b)| (*f, *t, *b) == (from, to, row)) {
                Some(above) => above.3 = below,
                None => joined.push((row, from, to, below)),
            }
        }
        joined
            .into_iter()
            .map(|(top, left, right, bottom)| Cover {
                x: edge(left),
                y: edge(top),
                width: edge(right) - edge(left),
                height: edge(bottom) - edge(top),
            })
            .collect()
    }

    /// What lies over the picture.
    pub fn over(&self) -> El<Msg> {
        let boxes = self.boxes().into_iter().map(|c| {
            el("rect")
                .attr("x", c.x.to_string())
                .attr("y", c.y.to_string())
                .attr("width", c.width.to_string())
                .attr("height", c.height.to_string())
        });
        el("svg")
            .attr("class", "covers")
            .attr("viewBox", "0 0 1000 1000")
            .attr("preserveAspectRatio", "none")
            .attr("aria-hidden", "true")
            .kids(boxes)
    }

    /// The same by keyboard, folded.
    pub fn fields(&self, w: &Words) -> El<Msg> {
        let number = |side: Side, id: &'static str, key: &str| {
            el("label").text(w.t(key)).kid(
                el("input")
                    .id(id)
                    .attr("type", "number")
                    .attr("min", "0")
                    .attr("max", "100")
                    .attr("value", self.block[side as usize].to_string())
                    .on(On::Change, Msg::CoverTyped(side)),
            )
        };
        el("details")
            .key("cover-fields")
            .class("learn-fold")
            .kid(el("summary").text(w.t("report_cover_block")))
            .kid(el("p").class("muted small").text(w.t("report_cover_block_hint")))
            .kid(
                el("div")
                    .class("cover-fields")
                    .kid(number(Side::Left, "cover-left", "report_cover_left"))
                    .kid(number(Side::Top, "cover-top", "report_cover_top"))
                    .kid(number(Side::Width, "cover-width", "report_cover_width"))
                    .kid(number(Side::Height, "cover-height", "report_cover_height")),
            )
            .kid(button("", w.t("report_cover"), Msg::CoverBlock).id("cover-block"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_covered(c: &Covered, x: u16, y: u16) -> bool {
        c.boxes().iter().any(|b| (b.x..b.x + b.width).contains(&x) && (b.y..b.y + b.height).contains(&y))
    }

    #[test]
    fn the_brush_covers_where_it_went_and_stays_inside() {
        let mut c = Covered::none();
        c.brush((0.5, 0.5));
        assert_eq!(c.boxes().len(), 1);
        assert!(is_covered(&c, 500, 500) && !is_covered(&c, 300, 500) && !is_covered(&c, 500, 700));
        for corner in [(0.0, 0.0), (1.0, 1.0), (-3.0, 9.0), (f64::NAN, 0.2)] {
            c.brush(corner);
        }
        assert!(is_covered(&c, 0, 0) && is_covered(&c, 999, 999));
        assert!(c.boxes().iter().all(|b| b.x + b.width <= 1000 && b.y + b.height <= 1000));
    }

    #[test]
    fn a_block_by_keyboard_covers_all_of_what_it_says() {
        let mut c = Covered::none();
        for (side, typed) in [(Side::Left, "10"), (Side::Top, "20"), (Side::Width, "35"), (Side::Height, "9")] {
            c.set(side, typed);
        }
        c.set(Side::Left, "a lot");
        c.set(Side::Left, "101");
        c.cover_block();
        for (x, y) in [(100, 200), (449, 289), (250, 240)] {
            assert!(is_covered(&c, x, y), "{x} {y}");
        }
        assert!(!is_covered(&c, 100, 340) && !is_covered(&c, 500, 240));
        c.clear();
        assert!(c.is_empty() && c.boxes().is_empty());
    }

    #[test]
    fn everything_covered_is_one_box_and_never_too_many() {
        let mut c = Covered::none();
        for (side, typed) in [(Side::Left, "0"), (Side::Top, "0"), (Side::Width, "100"), (Side::Height, "100")] {
            c.set(side, typed);
        }
        c.cover_block();
        assert_eq!(c.boxes(), [Cover { x: 0, y: 0, width: 1000, height: 1000 }]);
        assert!(usize::from(GRID) * usize::from(GRID) <= spotter_model::limits::COVERS);
    }
}
