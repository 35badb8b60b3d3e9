//! What must never be found in what leaves the server. Each look reads as its receiver would: a page by an HTML parser,
//! a row by a CSV reader, a message by a mail parser, a package by a zip reader. None of them is ours.

use crate::common::html::{ATTRIBUTES, TAGS};
use mail_parser::MessageParser;
use scraper::{Html, Node};
use serde_json::Value;
use spotter_model::archive;
use std::io::Read as _;

/// Characters that move or hide what stands around them, and controls. Listed here anew: the server's own list is under test.
fn moves(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{ad}' | '\u{180e}' | '\u{3164}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn hidden(text: &str) -> Option<String> {
    text.chars().find(|c| moves(*c)).map(|c| format!("U+{:04X} in {text:?}", u32::from(c)))
}

/// Where an address on a page of ours may lead: to ourselves, or to a listing's own page.
fn leads_astray(tag: &str, name: &str, value: &str) -> bool {
    let here = value.starts_with('/') && !value.starts_with("//") && !value.starts_with("/\\");
    let clean = value.bytes().all(|b| b.is_ascii_graphic());
    let web = value.starts_with("https://") || value.starts_with("http://");
    match (tag, name) {
        ("script", "src") => !value.starts_with("/console/console.js"),
        ("link", "href") => !value.starts_with("/console/"),
        ("img", "src") => {
            let ours = ["/console/pictures/", "/console/trends/charts/"].iter().any(|at| value.starts_with(at));
            !(ours && clean)
        }
        ("a", "href") => !((here || web || value.starts_with('#')) && clean),
        (_, "action" | "formaction") => !(here && clean),
        (_, "src" | "href" | "data" | "poster" | "background" | "srcset" | "ping" | "xlink:href") => true,
        _ => false,
    }
}

/// What is wrong with a page of ours, as a browser's parser sees it.
pub fn page(text: &str) -> Vec<String> {
    let document = Html::parse_document(text);
    let (mut wrong, mut ids) = (vec![], vec![]);
    for node in document.tree.root().descendants() {
        let within = node.parent().and_then(|p| p.value().as_element()).map(|e| e.name());
        match node.value() {
            Node::Comment(comment) => wrong.push(format!("a comment: {}", &**comment)),
            Node::ProcessingInstruction(_) => wrong.push("a processing instruction".to_owned()),
            // What somebody wrote themselves stays as it is where they go on writing; nothing stands beside it there.
            Node::Text(text) if within != Some("textarea") => wrong.extend(hidden(text)),
            Node::Element(element) => {
                let tag = element.name();
                let written = tag == "input" && element.attr("name") == Some("q");
                if !TAGS.split_whitespace().any(|t| t == tag) {
                    wrong.push(format!("<{tag}>"));
                }
                for (name, value) in element.attrs() {
                    if !ATTRIBUTES.split_whitespace().any(|a| a == name) || leads_astray(tag, name, value) {
                        wrong.push(format!("<{tag} {name}={value:?}>"));
                    }
                    wrong.extend(hidden(value).filter(|_| !(written && name == "value")));
                    if name == "id" {
                        ids.push(value.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    ids.sort_unstable();
    wrong.extend(ids.windows(2).filter(|w| w[0] == w[1]).map(|w| format!("two elements with the id {}", w[0])));
    let script = scraper::Selector::parse("script").unwrap();
    let scripts = document.select(&script);
    wrong.extend(
        scripts.filter(|s| !s.text().collect::<String>().is_empty()).map(|s| format!("a script: {}", s.html())),
    );
    wrong
}

/// The text of the first element that fits, with what is named in it left out: what a reader reads of foreign words.
pub fn words_of(page: &str, selector: &str) -> String {
    let document = Html::parse_document(page);
    let Some(element) = document.select(&scraper::Selector::parse(selector).unwrap()).next() else {
        return String::new();
    };
    let name =
        |node: &Node| node.as_element().is_some_and(|e| e.has_class("ctl", scraper::CaseSensitivity::CaseSensitive));
    let ours = element.descendants().filter(|n| !n.ancestors().any(|a| name(a.value())));
    ours.filter_map(|n| n.value().as_text().map(|t| t.to_string())).collect()
}

/// What foreign words are once everything hidden and all white space is out.
pub fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| spotter_server::console::text::hidden(*c).is_none() && !moves(*c) && !c.is_whitespace())
        .collect()
}

/// What a spreadsheet would take for the beginning of something to work out.
fn runs(cell: &str) -> bool {
    let first = cell.chars().find(|c| !c.is_whitespace() && !moves(*c));
    matches!(first, Some('=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫'))
}

/// What is wrong with a file of rows: cells that run, break lines, or are more than there are columns.
pub fn rows(file: &[u8]) -> Vec<String> {
    let mut wrong = vec![];
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(file);
    let mut columns = None;
    for record in reader.records() {
        let Ok(record) = record else {
            wrong.push("a row that is none".to_owned());
            continue;
        };
        if *columns.get_or_insert(record.len()) != record.len() {
            wrong.push(format!("{} cells: {record:?}", record.len()));
        }
        for cell in record.iter() {
            // The file's own mark is no part of its first cell.
            let cell = cell.strip_prefix('\u{feff}').unwrap_or(cell);
            if runs(cell) {
                wrong.push(format!("a cell that runs: {cell:?}"));
            }
            if cell.contains(['\n', '\r', '\t']) {
                wrong.push(format!("a cell of several lines: {cell:?}"));
            }
            wrong.extend(hidden(cell));
        }
    }
    wrong
}

/// The headers that a message has, in this order.
const MAIL: [&str; 8] = [
    "From",
    "To",
    "Message-ID",
    "Subject",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// What is wrong with a message to `to`.
pub fn mail(file: &[u8], to: &str) -> Vec<String> {
    let Some(message) = MessageParser::default().parse(file) else { return vec!["no message".to_owned()] };
    let mut wrong = vec![];
    let names: Vec<&str> = message.headers_raw().map(|(name, _)| name).collect();
    if names != MAIL {
        wrong.push(format!("headers {names:?}"));
    }
    let all: Vec<_> = message.to().into_iter().flat_map(|a| a.iter()).filter_map(|a| a.address()).collect();
    if all != [to] || message.bcc().is_some() || message.cc().is_some() {
        wrong.push(format!("it goes to {all:?}"));
    }
    if message.parts.len() != 1 || message.attachment_count() != 0 || message.html_body_count() > 1 {
        wrong.push(format!("{} parts", message.parts.len()));
    }
    let subject = message.subject().unwrap_or_default();
    if subject.contains(['\r', '\n']) {
        wrong.push(format!("a subject of several lines: {subject:?}"));
    }
    wrong.extend(hidden(subject));
    match message.body_text(0) {
        Some(body) => wrong.extend(hidden(&body.replace("\r\n", "\n"))),
        None => wrong.push("no text".to_owned()),
    }
    let head = file.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(file.len());
    if !file[..head].is_ascii() || file[..head].split(|b| *b == b'\n').any(|line| line.len() > 998) {
        wrong.push("a head of long lines or more than ASCII".to_owned());
    }
    wrong
}

/// What is wrong with a chart: more than shapes and words, anything that leads somewhere, hidden characters.
pub fn chart(text: &str) -> Vec<String> {
    let document = Html::parse_document(text);
    let mut wrong = vec![];
    for node in document.tree.root().descendants() {
        match node.value() {
            Node::Text(text) => wrong.extend(hidden(text)),
            Node::Element(element) => {
                let tag = element.name();
                if !["html", "head", "body", "svg", "rect", "text"].contains(&tag) {
                    wrong.push(format!("<{tag}>"));
                }
                for (name, value) in element.attrs() {
                    if name.starts_with("on") || name.contains("href") || name == "style" || value.contains("url(") {
                        wrong.push(format!("<{tag} {name}={value:?}>"));
                    }
                }
            }
            Node::Document | Node::Doctype(_) | Node::Fragment => {}
            _ => wrong.push("neither shapes nor words".to_owned()),
        }
    }
    wrong
}

/// What is wrong with a notice for machines.
pub fn json(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => hidden(text).into_iter().collect(),
        Value::Array(all) => all.iter().flat_map(json).collect(),
        Value::Object(all) => {
            all.iter().flat_map(|(name, value)| hidden(name).into_iter().chain(json(value))).collect()
        }
        _ => vec![],
    }
}

/// What is wrong with a PDF: no text, boxes for letters, what a reader would run or fetch, and hidden characters.
pub fn pdf(bytes: &[u8]) -> Vec<String> {
    let read = crate::read::read(bytes);
    let mut wrong: Vec<String> = hidden(&read.text).into_iter().collect();
    if read.unknown > 0 || read.pages == 0 || read.text.trim().is_empty() {
        wrong.push(format!("{} glyphs stand for nothing, {} characters", read.unknown, read.text.len()));
    }
    for name in ["/JavaScript", "/JS", "/Launch", "/URI", "/SubmitForm", "/EmbeddedFile", "/OpenAction", "/AA"] {
        wrong.extend(read.names.contains(name).then(|| format!("a PDF with {name}")));
    }
    wrong
}

/// What is wrong with an evidence package: names that lead out of a folder, come twice or lie about their size.
pub fn package(bytes: &[u8]) -> Vec<String> {
    let mut wrong = vec![];
    if let Err(refused) = archive::read(bytes) {
        wrong.push(refused.to_string());
    }
    let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return vec!["no zip".to_owned()] };
    let mut names = vec![];
    for n in 0..zip.len() {
        let Ok(mut file) = zip.by_index(n) else {
            wrong.push(format!("entry {n} cannot be read"));
            continue;
        };
        let Ok(name) = file.name().map(|name| name.into_owned()) else {
            wrong.push(format!("entry {n} has no name"));
            continue;
        };
        let own = matches!(name.as_str(), "manifest.json" | "receipt.json" | "statement.json" | "summary.pdf");
        let picture = name.strip_prefix("evidence/").and_then(|n| n.split_once('.')).is_some_and(|(hash, ending)| {
            spotter_model::report::is_sha256(hash) && matches!(ending, "png" | "jpg" | "webp")
        });
        if !(own || picture) || file.is_symlink() || file.is_dir() || file.enclosed_name().is_none() {
            wrong.push(format!("an entry {name:?}"));
        }
        let (mut inside, says) = (vec![], file.size());
        if file.read_to_end(&mut inside).is_err() || inside.len() as u64 != says {
            wrong.push(format!("{name} is not as large as it says"));
        }
        if name == "summary.pdf" {
            wrong.extend(pdf(&inside));
        }
        names.push(name);
    }
    names.sort_unstable();
    wrong.extend(names.windows(2).filter(|w| w[0] == w[1]).map(|w| format!("{} twice", w[0])));
    wrong
}

/// What is wrong with a package for an agency: texts with hidden characters, entries that are not its own, and packages in it.
pub fn referral(bytes: &[u8]) -> Vec<String> {
    let files = match archive::read(bytes) {
        Ok(files) => files,
        Err(refused) => return vec![refused.to_string()],
    };
    let mut wrong = vec![];
    for file in &files {
        let number = file.name.strip_prefix("reports/WS-").and_then(|n| n.strip_suffix(".zip"));
        match file.name {
            "referral.txt" | "preservation-request-draft.txt" => match std::str::from_utf8(file.bytes) {
                Ok(text) => wrong.extend(hidden(text)),
                Err(_) => wrong.push(format!("{} is no text", file.name)),
            },
            "referral.json" => match serde_json::from_slice(file.bytes) {
                Ok(value) => wrong.extend(json(&value)),
                Err(_) => wrong.push("no JSON".to_owned()),
            },
            _ if number.is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit() || b == b'-')) => {
                wrong.extend(package(file.bytes));
            }
            name => wrong.push(format!("an entry {name:?}")),
        }
    }
    if files.len() < 4 {
        wrong.push(format!("{} entries", files.len()));
    }
    wrong
}

/// Headers that answers have. A name beyond these came out of foreign text.
const HEADERS: &str = "content-type content-length content-security-policy x-content-type-options x-frame-options referrer-policy \
                       cache-control date location set-cookie content-disposition vary etag retry-after allow connection \
                       access-control-allow-origin access-control-expose-headers transfer-encoding x-request-id";

/// What is wrong with an answer's headers.
pub fn headers(all: &reqwest::header::HeaderMap) -> Vec<String> {
    let mut wrong: Vec<String> = all
        .keys()
        .filter(|name| !HEADERS.split_whitespace().any(|h| h == name.as_str()))
        .map(|name| format!("a header {name}"))
        // Ours alone: sixteen hex digits, whatever was sent.
        .chain(all.get_all("x-request-id").iter().filter_map(|id| {
            let good =
                id.as_bytes().len() == 16 && id.as_bytes().iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            (!good).then(|| format!("the request's id {id:?}"))
        }))
        .collect();
    let text = |name: &str| all.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let policy = text("content-security-policy");
    if !policy.starts_with("default-src 'none'")
        || policy.contains("unsafe")
        || text("x-content-type-options") != "nosniff"
    {
        wrong.push(format!("the policy {policy:?}"));
    }
    if text("location").starts_with("//") || text("location").contains("fired") {
        wrong.push(format!("it leads to {}", text("location")));
    }
    if text("set-cookie").contains("fired") {
        wrong.push("a foreign cookie".to_owned());
    }
    wrong
}
