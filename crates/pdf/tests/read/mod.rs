//! A reader of PDFs that is not ours, and what it finds: for the tests of whatever makes them.

use lopdf::{Dictionary, Object};

/// What an independent reader finds: every glyph that is drawn, by its font's own list of what each stands for.
#[derive(Debug)]
pub struct Read {
    /// In the order in which it is drawn.
    pub text: String,
    /// The glyphs, by their numbers in their fonts.
    pub codes: Vec<u16>,
    /// Glyphs that stand for nothing, or are the empty box.
    pub unknown: usize,
    /// Every key and name in the file, each after a slash.
    pub names: std::collections::BTreeSet<String>,
    /// How many pages.
    pub pages: usize,
}

pub fn read(bytes: &[u8]) -> Read {
    let pdf = lopdf::Document::load_mem(bytes).unwrap();
    let mut all = Read {
        text: String::new(),
        codes: vec![],
        unknown: 0,
        names: Default::default(),
        pages: pdf.get_pages().len(),
    };
    pdf.objects.values().for_each(|object| names(object, &mut all.names));
    for id in pdf.get_pages().into_values() {
        let fonts = pdf.get_page_fonts(id).unwrap();
        let maps: std::collections::BTreeMap<Vec<u8>, _> =
            fonts.into_iter().map(|(name, font)| (name, to_unicode(&pdf, font))).collect();
        let (mut font, mut actual) = (vec![], vec![]);
        for operation in pdf.get_and_decode_page_content(id).unwrap().operations {
            match operation.operator.as_str() {
                "BDC" => {
                    let words = operation.operands.get(1).and_then(|o| o.as_dict().ok());
                    let words = words.and_then(|d: &Dictionary| d.get(b"ActualText").ok()?.as_str().ok());
                    if let Some(words) = words {
                        all.text.push_str(&match words.strip_prefix(b"\xfe\xff") {
                            Some(words) => utf16(words),
                            None => words.iter().map(|b| char::from(*b)).collect(),
                        });
                    }
                    actual.push(words.is_some());
                }
                "EMC" => drop(actual.pop()),
                "Tf" => font = operation.operands[0].as_name().unwrap().to_vec(),
                "Tj" | "TJ" => {
                    let parts = match &operation.operands[0] {
                        Object::Array(parts) => parts.clone(),
                        one => vec![one.clone()],
                    };
                    for code in parts.iter().filter_map(|p| p.as_str().ok()).flat_map(|s| s.chunks(2)) {
                        let code = u16::from_be_bytes(code.try_into().unwrap());
                        all.codes.push(code);
                        let stands = maps[&font].get(&code);
                        all.unknown += usize::from(code == 0 || (stands.is_none() && !actual.contains(&true)));
                        if !actual.contains(&true) {
                            all.text.push_str(stands.map_or("", String::as_str));
                        }
                    }
                }
                "ET" => all.text.push('\n'),
                _ => {}
            }
        }
    }
    all
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks(2).map(|b| u16::from_be_bytes(b.try_into().unwrap())).collect();
    String::from_utf16(&units).unwrap()
}

/// The `ToUnicode` of a font: its `bfchar` lines.
fn to_unicode(pdf: &lopdf::Document, font: &Dictionary) -> std::collections::BTreeMap<u16, String> {
    let stream = pdf.get_object(font.get(b"ToUnicode").unwrap().as_reference().unwrap()).unwrap().as_stream().unwrap();
    let text = String::from_utf8(stream.decompressed_content().unwrap_or_else(|_| stream.content.clone())).unwrap();
    let mut map = std::collections::BTreeMap::new();
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|n| u8::from_str_radix(&hex[n..n + 2], 16).unwrap()).collect()
    };
    let hex = |word: &str| word.trim_start_matches('<').trim_end_matches('>').to_owned();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [from, to] = words.as_slice()
            && from.starts_with('<')
            && from.len() == 6
            && to.starts_with('<')
        {
            map.insert(u16::from_str_radix(&hex(from), 16).unwrap(), utf16(&bytes(&hex(to))));
        }
    }
    map
}

fn names(object: &Object, into: &mut std::collections::BTreeSet<String>) {
    match object {
        Object::Name(name) => {
            into.insert(format!("/{}", String::from_utf8_lossy(name)));
        }
        Object::Array(all) => all.iter().for_each(|one| names(one, into)),
        Object::Dictionary(all) | Object::Stream(lopdf::Stream { dict: all, .. }) => {
            for (key, value) in all.iter() {
                into.insert(format!("/{}", String::from_utf8_lossy(key)));
                names(value, into);
            }
        }
        _ => {}
    }
}
