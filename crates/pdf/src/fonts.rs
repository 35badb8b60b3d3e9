//! The fonts of a folder: which there are, which of them a text needs. Owns their order; shapes nothing.
//!
//! Files are mapped, not read: a folder with hundreds of megabytes costs a walk through its tables. The first font that has a
//! character shows it. The order is fixed by names, not by what a folder lists first.

use crate::NotMade;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, Script};
use parley::fontique::{Collection, CollectionOptions, SourceCache};
use parley::{FontContext, LayoutContext};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Most remembered characters. Beyond them all are forgotten.
const REMEMBERED: usize = 1 << 16;

/// Fonts to typeset with. One document at a time.
pub struct Fonts(Mutex<Loaded>);

pub(crate) struct Loaded {
    pub(crate) context: FontContext,
    pub(crate) layouts: LayoutContext<()>,
    /// In the order in which they are asked.
    families: Vec<Family>,
    known: HashMap<(Han, char), Option<u16>>,
}

struct Family {
    name: String,
    han: Option<Han>,
    data: parley::fontique::Blob<u8>,
    charmap: parley::fontique::CharmapIndex,
}

/// Whose forms of Chinese characters: the same character is drawn in several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Han {
    Simplified,
    Traditional,
    HongKong,
    Japanese,
    Korean,
}

impl Han {
    /// By what else stands in the text; the document's language counts where that says nothing.
    pub(crate) fn of(text: &str, lang: &str) -> Self {
        let scripts = CodePointMapData::<Script>::new();
        for c in text.chars() {
            match scripts.get(c) {
                Script::Hiragana | Script::Katakana => return Self::Japanese,
                Script::Hangul => return Self::Korean,
                Script::Bopomofo => return Self::Traditional,
                _ => {}
            }
        }
        let lang = lang.to_ascii_lowercase();
        match lang.split('-').next().unwrap_or_default() {
            "ja" => Self::Japanese,
            "ko" => Self::Korean,
            "zh" if lang.contains("hk") => Self::HongKong,
            "zh" if lang.contains("hant") || lang.contains("tw") => Self::Traditional,
            _ => Self::Simplified,
        }
    }

    fn of_family(name: &str) -> Option<Self> {
        let last = name.rsplit(' ').next()?;
        name.contains("CJK").then_some(match last {
            "SC" => Self::Simplified,
            "TC" => Self::Traditional,
            "HK" => Self::HongKong,
            "JP" => Self::Japanese,
            "KR" => Self::Korean,
            _ => return None,
        })
    }
}

/// Small is asked first; `None` is never asked.
fn rank(name: &str) -> Option<u8> {
    let plain = !["Mono", "Condensed", "Display", "Emoji", "Symbols", "Math", "Music", "Looped", "Kufi", "Nastaliq"]
        .iter()
        .any(|w| name.contains(w));
    Some(match name {
        _ if name.starts_with("LastResort") || name.contains("Last Resort") || name.contains("Color Emoji") => {
            return None;
        }
        "Noto Sans" => 0,
        "DejaVu Sans" | "Liberation Sans" | "Arimo" => 3,
        _ if name.starts_with("Noto Sans CJK") => 1,
        _ if name.starts_with("Noto Sans ") && plain => 2,
        _ if name.contains("Sans") && plain => 4,
        _ if plain => 5,
        _ => 6,
    })
}

impl Fonts {
    /// Looks through folders, and the folders in them.
    ///
    /// # Errors
    /// Where no font there has plain Latin letters.
    pub fn find(folders: &[PathBuf]) -> Result<Self, NotMade> {
        let named = || folders.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", ");
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        collection.load_fonts_from_paths(folders.iter().map(PathBuf::as_path).filter(|f: &&Path| f.is_dir()));
        let mut cache = SourceCache::default();
        let mut families = vec![];
        for id in collection.family_ids().collect::<Vec<_>>() {
            let Some(family) = collection.family(id) else { continue };
            let (name, font) = (family.name().to_owned(), family.default_font());
            let Some((rank, font)) = rank(&name).zip(font) else { continue };
            let Some(data) = font.load(Some(&mut cache)) else { continue };
            let charmap = font.charmap_index();
            // Pictures of glyphs are no outlines; a font without a list of its characters shows none.
            let drawn = [&b"glyf"[..], b"CFF ", b"CFF2"].iter().any(|tag| has_table(data.as_ref(), font.index(), tag));
            if drawn && charmap.charmap(data.as_ref()).is_some() {
                families.push((rank, Family { han: Han::of_family(&name), name, data, charmap }));
            }
        }
        families.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        families.dedup_by(|a, b| a.1.name == b.1.name);
        let families: Vec<Family> =
            families.into_iter().map(|(_, family)| family).take(usize::from(u16::MAX)).collect();
        let context = FontContext { collection, source_cache: SourceCache::default() };
        let mut loaded = Loaded { context, layouts: LayoutContext::new(), families, known: HashMap::new() };
        if (' '..='~').any(|c| loaded.family_of(c, Han::Simplified).is_none()) {
            return Err(NotMade::NoFonts(named()));
        }
        Ok(Self(Mutex::new(loaded)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Loaded> {
        // Nothing in it is half done when a panic passes: it is looked up anew.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names of the families, in the order in which they are asked.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.lock().families.iter().map(|f| f.name.clone()).collect()
    }
}

/// Whether a font file has a table, by its own list; in a collection, by that of the font at `index`.
fn has_table(data: &[u8], index: u32, tag: &[u8]) -> bool {
    let u32_at = |at: usize| Some(u32::from_be_bytes(data.get(at..at.checked_add(4)?)?.try_into().ok()?) as usize);
    let look = || {
        let start = if data.get(..4)? == b"ttcf" { u32_at(12 + 4 * index as usize)? } else { 0 };
        let count = usize::from(u16::from_be_bytes(data.get(start + 4..start + 6)?.try_into().ok()?));
        Some((0..count).any(|n| data.get(start + 12 + 16 * n..).is_some_and(|entry| entry.starts_with(tag))))
    };
    look().unwrap_or(false)
}

impl Loaded {
    /// The first family that has a character. What has no meaning of its own (private use, not assigned) has none.
    fn family_of(&mut self, c: char, han: Han) -> Option<u16> {
        if let Some(known) = self.known.get(&(han, c)) {
            return *known;
        }
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        let has = |family: &Family| {
            family.charmap.charmap(family.data.as_ref()).and_then(|map| map.map(c)).is_some_and(|glyph| glyph != 0)
        };
        use GeneralCategory::{Control, PrivateUse, Surrogate, Unassigned};
        let meant =
            !matches!(CodePointMapData::<GeneralCategory>::new().get(c), Unassigned | PrivateUse | Surrogate | Control);
        let mine = |family: &Family| family.han == Some(han);
        let at = |wanted: &dyn Fn(&Family) -> bool| self.families.iter().position(|f| wanted(f) && has(f));
        let found = meant
            .then(|| {
                let first = at(&|f| f.han.is_none_or(|h| h == han))?;
                // A text's own Chinese forms come before those of other countries, whatever the order of names.
                if self.families[first].han.is_some() { at(&mine).or(Some(first)) } else { Some(first) }
            })
            .flatten()
            .or_else(|| meant.then(|| at(&|_| true)).flatten())
            .and_then(|n| u16::try_from(n).ok());
        self.known.insert((han, c), found);
        found
    }

    /// Whether any font has it.
    pub(crate) fn has(&mut self, c: char, han: Han) -> bool {
        self.family_of(c, han).is_some()
    }

    /// The families that a text needs, in order. Never empty.
    pub(crate) fn families_for(&mut self, text: &str, han: Han) -> Vec<String> {
        let mut wanted: Vec<u16> = text.chars().chain([' ']).filter_map(|c| self.family_of(c, han)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.into_iter().map(|n| self.families[usize::from(n)].name.clone()).collect()
    }
}
