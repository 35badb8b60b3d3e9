//! Texts as they ship: a row for each id, a cell for each name, and neither written out.
//!
//! Owns how rows become what translators write, an object of texts by id (`xtask`'s `dist/training.rs` makes the rows).
//! Never: what an id or a name means.

use super::json::{Json, Value};

/// The texts by id. Of rows the first one has the names; `ids` are those of the others, in order. Cells at a row's end may be
/// missing. What is an object already stays as it is. Nothing where there are not as many rows as ids, or a row has more cells
/// than there are names.
pub fn by_id(texts: Json, ids: &[&str]) -> Option<Json> {
    let Value::List(rows) = texts.value else { return Some(texts) };
    let mut rows = rows.into_iter();
    let names: Vec<String> =
        rows.next()?.list()?.iter().map(|name| name.text().map(str::to_owned)).collect::<Option<_>>()?;
    if rows.len() != ids.len() {
        return None;
    }
    let named = |(id, row): (&&str, Json)| {
        let Value::List(cells) = row.value else { return None };
        if cells.len() > names.len() {
            return None;
        }
        let value = Value::Object(names.iter().cloned().zip(cells).collect());
        Some(((*id).to_owned(), Json { line: row.line, value }))
    };
    let value = Value::Object(ids.iter().zip(rows).map(named).collect::<Option<_>>()?);
    Some(Json { line: texts.line, value })
}

#[cfg(test)]
mod tests {
    use super::by_id;
    use crate::training::json::Json;

    #[test]
    fn rows_are_what_was_written() {
        let json = |text: &str| Json::read(text).expect("JSON");
        let read = |text: &str| by_id(json(text), &["a", "b"]);
        let written = read(r#"{"a":{"title":"A","why":"x"},"b":{"title":"B"}}"#).expect("an object stays");
        let shipped = read(r#"[["title","why"],["A","x"],["B"]]"#).expect("rows");
        for id in ["a", "b"] {
            for name in ["title", "why"] {
                let text = |of: &Json| of.get(id).map(|t| t.text_of(name).to_owned());
                assert_eq!(text(&shipped), text(&written), "{id} {name}");
            }
        }
        for wrong in [
            "[]",
            "[[]]",
            r#"["title"]"#,
            r#"[["t"],["A"]]"#,
            r#"[["t"],["A","x"],["B"]]"#,
            r#"[["t"],["A"],"B"]"#,
            r#"[["t"],["A"],["B"],["C"]]"#,
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
