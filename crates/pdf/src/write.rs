//! Pages as a file: glyphs, tags, outline, properties. Owns what is in the PDF; knows no layout.

use crate::page::{HEIGHT, Line, Pages, Placed, Role, WIDTH};
use crate::{Document, NotMade};
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::{Font, GlyphId, KrillaGlyph, Tag as Axis};
use krilla::{Data, SerializeSettings};
use std::collections::HashMap;
use std::num::NonZeroU16;

type Drawn = HashMap<(u64, u32, Vec<([u8; 4], u32)>), Font>;

/// Writes pages.
pub(crate) fn pdf(document: &Document, pages: &Pages) -> Result<Vec<u8>, NotMade> {
    let refused = |why: &dyn std::fmt::Debug| NotMade::Refused(format!("{why:?}").chars().take(400).collect());
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|e| refused(&e))?;
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut pdf = krilla::Document::new_with(settings);
    let mut fonts = Drawn::new();
    let mut marked: Vec<(usize, Role, Identifier)> = vec![];
    for page in &pages.pages {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| refused(&"the size of a page"))?;
        let mut sheet = pdf.start_page_with(size);
        let mut surface = sheet.surface();
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        for bar in &page.bars {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_ltrb(bar.x - 1.0, bar.top + 1.0, bar.x + 1.0, bar.bottom - 1.0) {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.set_fill(Some(Fill { paint: rgb::Color::new(140, 140, 140).into(), ..Fill::default() }));
                surface.draw_path(&path);
            }
        }
        surface.end_tagged();
        for Placed { line, x, y, role, block } in &page.lines {
            let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            draw(&mut surface, &mut fonts, line, *x, *y)?;
            surface.end_tagged();
            marked.push((*block, *role, id));
        }
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
        for (line, x, y) in &page.foot {
            draw(&mut surface, &mut fonts, line, *x, *y)?;
        }
        surface.end_tagged();
        surface.finish();
        sheet.finish();
    }
    let mut outline = Outline::new();
    for (page, y, said) in &pages.outline {
        outline.push_child(OutlineNode::new(said.clone(), XyzDestination::new(*page, Point::from_xy(0.0, *y))));
    }
    pdf.set_outline(outline);
    pdf.set_tag_tree(tree(document, marked, &pages.outline));
    pdf.set_metadata(metadata(document));
    pdf.finish().map_err(|e| refused(&e))
}

fn draw(surface: &mut Surface<'_>, fonts: &mut Drawn, line: &Line, x: f32, y: f32) -> Result<(), NotMade> {
    let shade = if line.grey { 90 } else { 0 };
    surface.set_fill(Some(Fill { paint: rgb::Color::new(shade, shade, shade).into(), ..Fill::default() }));
    for run in line.runs.iter().filter(|r| !r.glyphs.is_empty()) {
        let axes: Vec<([u8; 4], u32)> = run.variations.iter().map(|(t, v)| (*t, v.to_bits())).collect();
        let (data, id) = run.font.data.clone().into_raw_parts();
        let font = match fonts.get(&(id, run.font.index, axes.clone())) {
            Some(font) => font.clone(),
            None => {
                let coordinates: Vec<(Axis, f32)> = run.variations.iter().map(|(t, v)| (Axis::new(t), *v)).collect();
                let font = Font::new_variable(Data::from(data), run.font.index, &coordinates)
                    .ok_or_else(|| NotMade::Refused("a font that was found cannot be read".into()))?;
                fonts.insert((id, run.font.index, axes), font.clone());
                font
            }
        };
        let glyphs: Vec<KrillaGlyph> = run
            .glyphs
            .iter()
            .map(|g| {
                let share = |length: f32| length / run.size;
                let id = GlyphId::new(g.id);
                KrillaGlyph::new(id, share(g.advance), share(g.x), share(g.y), 0.0, g.text.clone(), None)
            })
            .collect();
        surface.draw_glyphs(Point::from_xy(x + run.x, y), &glyphs, font, &line.text, run.size, false);
    }
    Ok(())
}

/// The order in which a document is read, and what each part of it is. Fields that follow each other are a list.
fn tree(document: &Document, marked: Vec<(usize, Role, Identifier)>, outline: &[(usize, f32, String)]) -> TagTree {
    let lang = (!document.lang.is_empty()).then(|| document.lang.clone());
    let mut tree = TagTree::new().with_lang(lang);
    let mut list: Option<TagGroup> = None;
    let mut heads = outline.iter();
    let mut marked = marked.into_iter().peekable();
    while let Some((block, role, first)) = marked.next() {
        let mut lines = vec![(role, first)];
        while let Some((_, role, id)) = marked.next_if(|(b, _, _)| *b == block) {
            lines.push((role, id));
        }
        let group = |tag: TagGroup, lines: Vec<(Role, Identifier)>| {
            lines.into_iter().fold(tag, |mut tag, (_, id)| {
                tag.push(id);
                tag
            })
        };
        if matches!(role, Role::Label | Role::Value) {
            let (labels, values): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(role, _)| *role == Role::Label);
            let mut item = TagGroup::new(Tag::LI);
            item.push(group(TagGroup::new(Tag::Lbl), labels));
            item.push(group(TagGroup::new(Tag::LBody), values));
            list.get_or_insert_with(|| TagGroup::new(Tag::L(ListNumbering::None))).push(item);
            continue;
        }
        if let Some(list) = list.take() {
            tree.push(list);
        }
        match role {
            Role::Title | Role::Heading => {
                let level = if role == Role::Title { NonZeroU16::MIN } else { NonZeroU16::MIN.saturating_add(1) };
                let said = heads.next().map(|(_, _, said)| said.clone());
                tree.push(group(TagGroup::new(Tag::Hn(level, said)), lines));
            }
            Role::Quote => {
                let mut quote = TagGroup::new(Tag::BlockQuote);
                quote.push(group(TagGroup::new(Tag::P), lines));
                tree.push(quote);
            }
            _ => tree.push(group(TagGroup::new(Tag::P), lines)),
        }
    }
    if let Some(list) = list {
        tree.push(list);
    }
    tree
}

fn metadata(document: &Document) -> Metadata {
    let plain = |text: &str| -> String { text.chars().filter(|c| !c.is_control()).take(400).collect() };
    let title = match plain(&document.title) {
        title if title.trim().is_empty() => "-".to_owned(),
        title => title,
    };
    let mut metadata = Metadata::new().title(title).producer("Wildlife Spotter".to_owned());
    if !document.author.is_empty() {
        metadata = metadata.authors(vec![plain(&document.author)]);
    }
    metadata = metadata.language(if document.lang.is_empty() { "und".to_owned() } else { document.lang.clone() });
    match date(&document.made_at) {
        Some(date) => metadata.creation_date(date),
        None => metadata,
    }
}

/// Of an RFC 3339 time in UTC.
fn date(text: &str) -> Option<DateTime> {
    let number = |at: usize, len: usize| text.get(at..at + len)?.parse::<u16>().ok();
    let small = |at: usize| u8::try_from(number(at, 2)?).ok();
    text.ends_with('Z').then_some(())?;
    let date = DateTime::new(number(0, 4)?).month(small(5)?).day(small(8)?).hour(small(11)?).minute(small(14)?);
    Some(date.second(small(17)?).utc_offset_hour(0).utc_offset_minute(0))
}
