//! JSON that knows its lines: for decks, whose faults are told with the line, and for the files that ship.
//!
//! Owns reading (RFC 8259, at most so deep) and the quoting of texts. A general reader would weigh as much as the rest of
//! the training, and forgets where things stood.

/// Deepest nesting: a deck has three.
const DEEPEST: usize = 8;

/// A value, and the line on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json {
    /// The line, from 1.
    pub line: usize,
    /// The value.
    pub value: Value,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`, `true` or `false`.
    Word(&'static str),
    /// A number, as it is written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Names and values, in their order.
    Object(Vec<(String, Json)>),
}

/// Where a text stops being JSON: line and column, from 1.
pub type NotJson = (usize, usize);

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// Where it is no JSON.
    pub fn read(text: &str) -> Result<Self, NotJson> {
        let mut reader = Reader { text, at: 0 };
        let found = reader.value(0).and_then(|value| {
            reader.space();
            if reader.at == text.len() { Some(value) } else { None }
        });
        let numbered = found.map(|mut value| {
            value.number(text, &mut (0, 1));
            value
        });
        numbered.ok_or_else(|| {
            let read = &text[..floor(text, reader.at)];
            let column = read.rsplit('\n').next().map_or(0, |last| last.chars().count());
            (1 + read.matches('\n').count(), 1 + column)
        })
    }

    /// Turns where each value begins into its line. `seen`: how far lines were counted, and their number there.
    fn number(&mut self, text: &str, seen: &mut (usize, usize)) {
        seen.1 += text[seen.0..self.line].matches('\n').count();
        (seen.0, self.line) = (self.line, seen.1);
        match &mut self.value {
            Value::List(list) => list.iter_mut().for_each(|value| value.number(text, seen)),
            Value::Object(pairs) => pairs.iter_mut().for_each(|(_, value)| value.number(text, seen)),
            _ => {}
        }
    }

    /// A text.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// A list.
    pub fn list(&self) -> Option<&[Json]> {
        if let Value::List(list) = &self.value { Some(list) } else { None }
    }

    /// Names and values.
    pub fn object(&self) -> Option<&[(String, Json)]> {
        if let Value::Object(pairs) = &self.value { Some(pairs) } else { None }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.object()?.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The text of a name; empty where there is none.
    pub fn text_of(&self, name: &str) -> &str {
        self.get(name).and_then(Json::text).unwrap_or_default()
    }

    /// The texts of a list of texts; nothing where it is none.
    pub fn texts_of(&self, name: &str) -> Option<Vec<String>> {
        self.get(name)?.list()?.iter().map(|t| t.text().map(str::to_owned)).collect()
    }

    /// The first name that is not one of these.
    pub fn stray(&self, known: &[&str]) -> Option<&str> {
        self.object()?.iter().map(|(name, _)| name.as_str()).find(|name| !known.contains(name))
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        self.space();
        if self.peek()? != wanted {
            return None;
        }
        self.at += 1;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        self.space();
        if depth > DEEPEST {
            return None;
        }
        let begins = self.at;
        let value = match self.peek()? {
            b'"' => Value::Text(self.quoted()?),
            b'[' => Value::List(self.list(b']', |r| r.value(depth + 1))?),
            b'{' => Value::Object(self.list(b'}', |r| {
                r.space();
                let name = r.quoted()?;
                r.take(b':')?;
                Some((name, r.value(depth + 1)?))
            })?),
            b'-' | b'0'..=b'9' => Value::Number(self.number()?),
            _ => Value::Word(self.word()?),
        };
        // Its offset so far; lines are counted once all is read.
        Some(Json { line: begins, value })
    }

    fn list<T>(&mut self, end: u8, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.at += 1;
        let mut out = Vec::new();
        self.space();
        if self.peek()? == end {
            self.at += 1;
            return Some(out);
        }
        loop {
            out.push(one(self)?);
            self.space();
            match self.peek()? {
                b',' => self.at += 1,
                b if b == end => {
                    self.at += 1;
                    return Some(out);
                }
                _ => return None,
            }
        }
    }

    fn word(&mut self) -> Option<&'static str> {
        let word = ["null", "true", "false"].into_iter().find(|w| self.text[self.at..].starts_with(w))?;
        self.at += word.len();
        Some(word)
    }

    fn number(&mut self) -> Option<String> {
        let begins = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        Some(self.text[begins..self.at].to_owned())
    }

    fn quoted(&mut self) -> Option<String> {
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ')?;
            out.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(out);
                }
                b'\\' => out.push(self.escaped()?),
                _ => return None,
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let c = *self.text.as_bytes().get(self.at + 1)?;
        self.at += 2;
        Some(match c {
            b'"' | b'\\' | b'/' => char::from(c),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.four()?;
                if !(0xd800..0xdc00).contains(&high) {
                    return char::from_u32(high);
                }
                if !self.text[self.at..].starts_with("\\u") {
                    return None;
                }
                self.at += 2;
                let low = self.four()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                return char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low);
            }
            _ => return None,
        })
    }

    fn four(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// A text in quotation marks.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c < ' ' || c == '\u{7f}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::{Json, quoted};
    use proptest::prelude::*;

    #[test]
    fn values_know_their_lines() {
        let json = Json::read("{\"a\":\n[1, \"x\\n\",\n\n{\"b\": null}],\n \"c\": true}").expect("JSON");
        let list = json.get("a").and_then(Json::list).expect("a list");
        let lines: Vec<usize> = list.iter().map(|v| v.line).collect();
        assert_eq!((json.line, lines, json.get("c").map(|c| c.line)), (1, vec![2, 2, 4], Some(5)));
        assert_eq!(list[1].text(), Some("x\n"));
        assert_eq!(json.stray(&["a"]), Some("c"));
    }

    #[test]
    fn what_is_no_json_is_said_with_its_place() {
        for (text, place) in [
            ("", (1, 1)),
            ("{\n \"a\" 1}", (2, 6)),
            ("[1,]", (1, 4)),
            ("[\"\u{e9}\", x]", (1, 7)),
            ("\"open", (1, 2)),
            ("{} {}", (1, 4)),
            ("[[[[[[[[[[]]]]]]]]]]", (1, 10)),
            ("\"\\ud800\"", (1, 8)),
        ] {
            assert_eq!(Json::read(text), Err(place), "{text}");
        }
    }

    proptest! {
        /// What is quoted reads as it was, for us and for everybody else.
        #[test]
        fn texts_survive(text in "\\PC{0,40}|[\"\\\\\n\t\u{1}\u{1f600}a]{0,20}") {
            let written = quoted(&text);
            let ours = Json::read(&written);
            prop_assert_eq!(ours.as_ref().ok().and_then(Json::text), Some(text.as_str()));
            let theirs: Option<String> = serde_json::from_str(&written).ok();
            prop_assert_eq!(theirs.as_deref(), Some(text.as_str()));
            let theirs = serde_json::to_string(&text).expect("JSON");
            let read = Json::read(&theirs);
            prop_assert_eq!(read.as_ref().ok().and_then(Json::text), Some(text.as_str()));
        }

        /// Nothing makes it fall over, and it takes nothing that is none.
        #[test]
        fn any_text_is_read_or_refused(text in "[\\[\\]{}\",:0-9nul\\\\ \n\u{e9}]{0,40}") {
            if Json::read(&text).is_ok() && !text.contains(|c: char| c.is_ascii_digit()) {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
            }
        }
    }
}
