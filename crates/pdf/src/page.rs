//! Lines and pages: where each glyph stands. Owns sizes, margins and page breaks; writes no file.

use crate::fonts::{Han, Loaded};
use crate::text::{self, SIGN, Tally};
use crate::{Block, Document, PAGES, Text};
use parley::{
    Alignment, AlignmentOptions, BaseDirection, FontData, FontFamily, FontFamilyName, FontWeight, Layout, OverflowWrap,
    StyleProperty,
};
use std::borrow::Cow;

/// A4, in points.
pub(crate) const WIDTH: f32 = 595.0;
pub(crate) const HEIGHT: f32 = 842.0;
const SIDE: f32 = 56.0;
const TOP: f32 = 56.0;
const BOTTOM: f32 = 770.0;
const FOOT: f32 = 798.0;
/// Width of the labels of fields, and the gap beside them.
const LABELS: f32 = 132.0;
const GAP: f32 = 12.0;
/// From the bar of a quote to its text.
const QUOTED: f32 = 10.0;

/// A style of text.
#[derive(Clone, Copy)]
struct Style {
    size: f32,
    bold: bool,
    grey: bool,
}

const TITLE: Style = Style { size: 16.0, bold: true, grey: false };
const HEADING: Style = Style { size: 12.0, bold: true, grey: false };
const BODY: Style = Style { size: 10.5, bold: false, grey: false };
const LABEL: Style = Style { size: 10.5, bold: true, grey: false };
const SMALL: Style = Style { size: 8.5, bold: false, grey: true };

/// Glyphs of one font in a row.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) font: FontData,
    pub(crate) variations: Vec<([u8; 4], f32)>,
    pub(crate) size: f32,
    pub(crate) x: f32,
    pub(crate) glyphs: Vec<Glyph>,
}

/// A glyph and the part of the line's text that it shows.
#[derive(Clone, Debug)]
pub(crate) struct Glyph {
    pub(crate) id: u32,
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) advance: f32,
    pub(crate) text: std::ops::Range<usize>,
}

/// One line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) text: std::rc::Rc<str>,
    pub(crate) runs: Vec<Run>,
    pub(crate) grey: bool,
    height: f32,
    baseline: f32,
    rtl: bool,
}

/// What a line is to a reader who does not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Title,
    Heading,
    Paragraph,
    Label,
    Value,
    Quote,
}

/// A line in its place. Lines with the same `block` belong together.
pub(crate) struct Placed {
    pub(crate) line: Line,
    pub(crate) x: f32,
    /// Of the baseline.
    pub(crate) y: f32,
    pub(crate) role: Role,
    pub(crate) block: usize,
}

/// A bar beside a quote.
pub(crate) struct Bar {
    pub(crate) x: f32,
    pub(crate) top: f32,
    pub(crate) bottom: f32,
}

#[derive(Default)]
pub(crate) struct Page {
    pub(crate) lines: Vec<Placed>,
    pub(crate) bars: Vec<Bar>,
    pub(crate) foot: Vec<(Line, f32, f32)>,
}

/// The pages of a document; and its headings, for the outline: page, height, words.
pub(crate) struct Pages {
    pub(crate) pages: Vec<Page>,
    pub(crate) outline: Vec<(usize, f32, String)>,
}

struct Setter<'a> {
    fonts: &'a mut Loaded,
    lang: &'a str,
    /// The direction of what the document says itself.
    own: BaseDirection,
    tally: Tally,
    pages: Vec<Page>,
    outline: Vec<(usize, f32, String)>,
    y: f32,
    block: usize,
    /// Most pages.
    most: usize,
}

/// The direction in which a language is written.
fn direction(lang: &str) -> BaseDirection {
    match lang.split('-').next().unwrap_or_default() {
        "ar" | "fa" | "he" | "ur" | "ps" | "ug" | "yi" | "dv" => BaseDirection::Rtl,
        _ => BaseDirection::Ltr,
    }
}

/// Lays a document out.
pub(crate) fn lay(fonts: &mut Loaded, document: &Document) -> Pages {
    let mut set = Setter {
        fonts,
        lang: &document.lang,
        own: direction(&document.lang),
        tally: Tally::new(),
        pages: vec![Page::default()],
        outline: vec![],
        y: TOP,
        block: 0,
        most: PAGES,
    };
    set.head(&document.title, TITLE, Role::Title);
    for block in &document.blocks {
        if set.full() {
            break;
        }
        match block {
            Block::Heading(words) => set.head(words, HEADING, Role::Heading),
            Block::Paragraph(words) => {
                set.y += 6.0;
                let lines = set.lines(words, BODY, WIDTH - 2.0 * SIDE, set.own);
                set.column(lines, SIDE, Role::Paragraph);
                set.y += 2.0;
            }
            Block::Quote(words) => {
                set.y += 6.0;
                let lines = set.lines(words, BODY, WIDTH - 2.0 * SIDE - 2.0 * QUOTED, BaseDirection::Auto);
                set.quote(lines, SIDE, WIDTH - SIDE, Role::Quote);
            }
            Block::Field(label, value) => set.field(label, value),
        }
        set.block += 1;
    }
    set.notes(document);
    set.feet(document);
    Pages { pages: set.pages, outline: set.outline }
}

impl Setter<'_> {
    fn full(&self) -> bool {
        self.pages.len() > self.most
    }

    fn page(&mut self) -> &mut Page {
        // There is always one.
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// Moves to the next page where less than this is left.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.pages.push(Page::default());
            self.y = TOP;
        }
    }

    fn head(&mut self, words: &str, style: Style, role: Role) {
        if role == Role::Heading {
            self.y += 14.0;
            self.need(64.0);
        }
        let lines = self.lines(words, style, WIDTH - 2.0 * SIDE, self.own);
        // A heading without a word still has a name in the outline.
        let said = lines.iter().map(|l| l.text.trim()).find(|t| !t.is_empty()).unwrap_or("-").to_owned();
        self.outline.push((self.pages.len() - 1, self.y, said));
        self.column(lines, SIDE, role);
        self.block += 1;
    }

    fn column(&mut self, lines: Vec<Line>, x: f32, role: Role) {
        for line in lines {
            self.need(line.height);
            if self.full() {
                return self.tally.cut();
            }
            let (y, block, height) = (self.y + line.baseline, self.block, line.height);
            self.page().lines.push(Placed { line, x, y, role, block });
            self.y += height;
        }
    }

    /// A column between two edges, with a bar at the side where its lines begin.
    fn quote(&mut self, lines: Vec<Line>, left: f32, right: f32, role: Role) {
        for line in lines {
            self.need(line.height);
            if self.full() {
                return self.tally.cut();
            }
            let (top, bottom) = (self.y, self.y + line.height);
            let x = if line.rtl { right } else { left };
            match self.page().bars.last_mut() {
                Some(bar) if bar.x == x && (bar.bottom - top).abs() < 0.01 => bar.bottom = bottom,
                _ => self.page().bars.push(Bar { x, top, bottom }),
            }
            self.column(vec![line], left + QUOTED, role);
        }
    }

    fn field(&mut self, label: &str, value: &Text) {
        self.y += 4.0;
        let labels = self.lines(label, LABEL, LABELS, self.own);
        let (left, right) = (SIDE + LABELS + GAP, WIDTH - SIDE);
        let values = match value {
            Text::Own(words) => self.lines(words, BODY, right - left, self.own),
            Text::Foreign(words) => self.lines(words, BODY, right - left - 2.0 * QUOTED, BaseDirection::Auto),
        };
        // A label stands beside the first lines of its value.
        let beside: f32 = labels.iter().map(|l| l.height).sum();
        self.need(beside.max(values.first().map_or(0.0, |l| l.height)).min(BOTTOM - TOP));
        let (top, page) = (self.y, self.pages.len());
        self.column(labels, SIDE, Role::Label);
        let under = self.y;
        // A label longer than a page leaves its value where the label ends.
        if self.pages.len() == page {
            self.y = top;
        }
        match value {
            Text::Own(_) => self.column(values, left, Role::Value),
            Text::Foreign(_) => self.quote(values, left, right, Role::Value),
        }
        if self.pages.len() == page {
            self.y = self.y.max(under);
        }
    }

    /// What is not shown, said at the end.
    fn notes(&mut self, document: &Document) {
        let mut notes = vec![];
        if self.full() {
            self.pages.truncate(PAGES);
            self.pages.push(Page::default());
            self.y = TOP;
        }
        // What is not shown finds room in any case.
        self.most = PAGES + 2;
        if self.tally.is_cut() {
            notes.push(document.says.cut.clone());
        }
        if let Some((count, scripts)) = self.tally.missing() {
            notes.push(document.says.missing.replace("{count}", &count.to_string()).replace("{scripts}", &scripts));
        }
        for note in notes {
            self.y += 12.0;
            self.block += 1;
            let lines = set_lines(self.fonts, &[note], self.lang, SMALL, WIDTH - 2.0 * SIDE, self.own, None);
            self.column(lines, SIDE, Role::Paragraph);
        }
    }

    fn feet(&mut self, document: &Document) {
        let all = self.pages.len();
        let width = WIDTH - 2.0 * SIDE;
        for n in 0..all {
            let number =
                document.says.page.replace("{page}", &(n + 1).to_string()).replace("{pages}", &all.to_string());
            let foot = if document.foot.is_empty() { number } else { format!("{} · {number}", document.foot) };
            let mut none = Tally::new();
            let shown = text::lines(self.fonts, &foot, self.lang, &mut none);
            let lines = set_lines(self.fonts, &shown[..1], self.lang, SMALL, width, self.own, None);
            if let Some(line) = lines.into_iter().next() {
                self.pages[n].foot.push((line, SIDE, FOOT));
            }
        }
    }

    fn lines(&mut self, words: &str, style: Style, width: f32, direction: BaseDirection) -> Vec<Line> {
        let shown = text::lines(self.fonts, words, self.lang, &mut self.tally);
        set_lines(self.fonts, &shown, self.lang, style, width, direction, Some(&mut self.tally))
    }
}

fn set_lines(
    fonts: &mut Loaded,
    texts: &[String],
    lang: &str,
    style: Style,
    width: f32,
    direction: BaseDirection,
    mut tally: Option<&mut Tally>,
) -> Vec<Line> {
    let mut lines = vec![];
    for text in texts {
        let mut text = text.clone();
        // A letter and its mark may stand in two fonts and together in none: what no glyph shows gets the sign, too.
        for last in [false, false, true] {
            let layout = shaped(fonts, &text, lang, style, width, direction);
            let unshown = unshown(&layout);
            if unshown.is_empty() || last {
                lines.extend(taken(&layout, &text, style));
                break;
            }
            for range in unshown.into_iter().rev() {
                if let Some(tally) = tally.as_deref_mut() {
                    text[range.clone()].chars().for_each(|c| tally.miss(c));
                }
                text.replace_range(range, SIGN.encode_utf8(&mut [0; 4]));
            }
        }
    }
    lines
}

fn shaped(
    fonts: &mut Loaded,
    text: &str,
    lang: &str,
    style: Style,
    width: f32,
    direction: BaseDirection,
) -> Layout<()> {
    let names = fonts.families_for(text, Han::of(text, lang));
    let list: Vec<FontFamilyName<'_>> = names.iter().map(|name| FontFamilyName::Named(Cow::Borrowed(name))).collect();
    let mut builder = fonts.layouts.ranged_builder(&mut fonts.context, text, 1.0, false);
    builder.set_base_direction(direction);
    builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Owned(list))));
    builder.push_default(StyleProperty::FontSize(style.size));
    builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
    if style.bold {
        builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
    }
    let mut layout = builder.build(text);
    layout.break_all_lines(Some(width));
    layout.align(Alignment::Start, AlignmentOptions::default());
    layout
}

/// The parts of a text, in order, that its fonts show as an empty box.
fn unshown(layout: &Layout<()>) -> Vec<std::ops::Range<usize>> {
    let mut all: Vec<std::ops::Range<usize>> = layout
        .lines()
        .flat_map(|line| line.runs().collect::<Vec<_>>())
        .flat_map(|run| run.clusters().collect::<Vec<_>>())
        .filter(|cluster| !cluster.is_space_or_nbsp() && cluster.glyphs().any(|g| g.id == 0))
        .map(|cluster| cluster.text_range())
        .collect();
    all.sort_unstable_by_key(|r| r.start);
    all.dedup();
    all
}

fn taken(layout: &Layout<()>, text: &str, style: Style) -> Vec<Line> {
    let text: std::rc::Rc<str> = text.into();
    layout
        .lines()
        .map(|line| {
            let metrics = line.metrics();
            let mut x = metrics.offset;
            let mut runs = vec![];
            for run in line.runs() {
                let start = x;
                let mut glyphs: Vec<Glyph> = vec![];
                for cluster in run.visual_clusters() {
                    if cluster.is_ligature_continuation() {
                        // It has no glyph of its own: the ligature's shows it, too.
                        let range = cluster.text_range();
                        if let Some(glyph) = glyphs.last_mut() {
                            glyph.text = glyph.text.start.min(range.start)..glyph.text.end.max(range.end);
                        }
                        continue;
                    }
                    for glyph in cluster.glyphs() {
                        glyphs.push(Glyph {
                            id: glyph.id,
                            x: glyph.x,
                            y: glyph.y,
                            advance: glyph.advance,
                            text: cluster.text_range(),
                        });
                        x += glyph.advance;
                    }
                }
                // Where a line begins with a continuation, what the last pass could not show.
                glyphs.retain(|g| g.id != 0);
                let variations =
                    run.synthesis().variation_settings().iter().map(|(t, v)| (t.to_be_bytes(), *v)).collect();
                runs.push(Run { font: run.font().clone(), variations, size: run.font_size(), x: start, glyphs });
            }
            Line {
                text: text.clone(),
                runs,
                grey: style.grey,
                height: metrics.line_height,
                baseline: metrics.baseline - metrics.block_min_coord,
                rtl: layout.is_rtl(),
            }
        })
        .collect()
}
