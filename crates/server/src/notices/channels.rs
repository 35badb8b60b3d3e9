//! The ways out: a file for a mail relay, a webhook, a weekly file for a spreadsheet. The fourth, a pull, is in `pull`.
//!
//! Owns: how bytes leave. Handing the same notice over twice does no harm: a file has the notice's number for a name, and a
//! webhook carries it as its `Idempotency-Key`.

use super::addresses::{Allowed, Private};
use super::render::{COLUMNS, Rendered};
use crate::sign::hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sha2::Sha256;
use spotter_model::csv;
use std::io::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a company's server may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The ways out of one server.
pub struct Channels {
    client: Client<HttpsConnector<HttpConnector<Allowed>>, Full<Bytes>>,
    allowed: Allowed,
    folder: PathBuf,
}

impl Channels {
    /// Files go to `outgoing` in the data folder, webhooks to public addresses and to these.
    #[must_use]
    pub fn new(data: &Path, also: &[IpAddr]) -> Self {
        let allowed = Allowed::new(also);
        let mut http = HttpConnector::new_with_resolver(allowed.clone());
        http.enforce_http(false);
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(http);
        Self { client: Client::builder(TokioExecutor::new()).build(connector), allowed, folder: data.join("outgoing") }
    }

    /// A message for a mail relay that watches the folder.
    ///
    /// # Errors
    /// What the disk said.
    pub fn mail(&self, number: &str, from: &str, to: &str, notice: &Rendered) -> Result<(), String> {
        let bytes = mail(number, from, to, notice);
        write(&self.folder, &format!("{number}.eml"), bytes.as_bytes()).map_err(|e| e.to_string())
    }

    /// The notices of a company that became due in one week.
    ///
    /// # Errors
    /// What the disk said.
    pub fn weekly(&self, name: &str, notices: &[Rendered]) -> Result<(), String> {
        write(&self.folder, name, weekly(notices).as_bytes()).map_err(|e| e.to_string())
    }

    /// A signed request. Delivered is what was answered with 2xx.
    ///
    /// # Errors
    /// What went wrong, for the console.
    pub async fn webhook(
        &self,
        address: &str,
        secret: &str,
        number: &str,
        at_s: i64,
        notice: &Rendered,
    ) -> Result<(), String> {
        let body = serde_json::to_vec(&notice.json).map_err(|e| e.to_string())?;
        let request = hyper::Request::post(address)
            .header("content-type", "application/json")
            .header("idempotency-key", number)
            .header("wildlife-signature", signature(secret, at_s, &body))
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| "the address is not one".to_owned())?;
        self.allowed.check(request.uri()).map_err(|e| e.to_string())?;
        match tokio::time::timeout(PATIENCE, self.client.request(request)).await {
            Err(_) => Err("no answer within ten seconds".to_owned()),
            Ok(Err(error)) if is_private(&error) => Err(Private.to_string()),
            Ok(Err(_)) => Err("the company's server cannot be reached".to_owned()),
            Ok(Ok(answer)) if answer.status().is_success() => Ok(()),
            Ok(Ok(answer)) => Err(format!("the company's server answered {}", answer.status().as_u16())),
        }
    }
}

/// Writes a file whole or not at all: under another name, synced, then renamed.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let part = folder.join(format!(".{name}.part"));
    let mut file = std::fs::File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, folder.join(name))?;
    std::fs::File::open(folder)?.sync_all()
}

/// A weekly file. The mark at its beginning tells spreadsheets that it is UTF-8.
pub(super) fn weekly(notices: &[Rendered]) -> String {
    let rows = notices.iter().map(|n| csv::row(&n.cells)).collect::<String>();
    format!("\u{feff}{}{rows}", csv::row(&COLUMNS))
}

/// Removes what went out about these notices from the folder of what goes out, and from what was written once more after a
/// restore: their messages, and their rows in weekly files.
///
/// # Errors
/// What the disk said.
pub fn forget(data: &Path, numbers: &[String]) -> std::io::Result<()> {
    forget_in(&data.join("outgoing"), numbers)?;
    forget_in(&data.join(super::restored::FOLDER), numbers)
}

fn forget_in(folder: &Path, numbers: &[String]) -> std::io::Result<()> {
    if numbers.is_empty() || !folder.is_dir() {
        return Ok(());
    }
    for file in std::fs::read_dir(folder)? {
        let file = file?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".csv") {
            let text = std::fs::read_to_string(&file)?;
            // A cell holds no line break, so a row is a line; the number stands in a cell of its own.
            let stays = |line: &&str| !numbers.iter().any(|n| line.contains(&format!("\"{n}\"")));
            let kept: String = text.split_inclusive('\n').filter(stays).collect();
            if kept.len() == text.len() {
                continue;
            }
            if kept.lines().count() > 1 {
                let part = folder.join(format!(".{name}.part"));
                let mut new = std::fs::File::create(&part)?;
                new.write_all(kept.as_bytes())?;
                new.sync_all()?;
                std::fs::rename(&part, &file)?;
            } else {
                std::fs::remove_file(&file)?;
            }
        } else if numbers
            .iter()
            .any(|n| name.trim_start_matches('.').strip_prefix(n.as_str()).is_some_and(|r| r.starts_with('.')))
        {
            std::fs::remove_file(&file)?;
        }
    }
    std::fs::File::open(folder)?.sync_all()
}

/// Whether a connection was not made because of where it would have led.
fn is_private(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |e| e.source()).any(|e| e.is::<Private>())
}

/// `t=SECONDS,v1=HEX`: HMAC-SHA-256 over `SECONDS.BODY`.
#[must_use]
pub fn signature(secret: &str, at_s: i64, body: &[u8]) -> String {
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(format!("{at_s}.").as_bytes());
    mac.update(body);
    format!("t={at_s},v1={}", hex(&mac.finalize().into_bytes()))
}

/// Header and body are base64, so that nothing in a listing can end a line.
pub(super) fn mail(number: &str, from: &str, to: &str, notice: &Rendered) -> String {
    // An encoded word holds at most 45 bytes, cut at a character.
    let mut words = vec![String::new()];
    for c in notice.subject.chars() {
        if words.last().is_some_and(|w| w.len() + c.len_utf8() > 45) {
            words.push(String::new());
        }
        if let Some(last) = words.last_mut() {
            last.push(c);
        }
    }
    let subject: Vec<String> = words.iter().map(|w| format!("=?UTF-8?B?{}?=", STANDARD.encode(w))).collect();
    let encoded = STANDARD.encode(notice.text.as_bytes());
    let lines: Vec<&str> = encoded.as_bytes().chunks(76).filter_map(|c| std::str::from_utf8(c).ok()).collect();
    let domain = from.rsplit('@').next().unwrap_or("localhost");
    format!(
        "From: {from}\r\nTo: {to}\r\nMessage-ID: <{number}@{domain}>\r\nSubject: {}\r\nContent-Language: {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        subject.join("\r\n "),
        notice.lang,
        lines.join("\r\n"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_leaves_messages_and_rows_and_nothing_else() {
        let data = tempfile::tempdir().unwrap();
        forget(&data.path().join("nowhere"), &["WN-1".to_owned()]).unwrap();
        let row = |number: &str| csv::row(&["id", "address", "policy", "ground", number, "seen", "link", ""]);
        let head = format!("\u{feff}{}", csv::row(&COLUMNS));
        let files = [
            ("WN-1.eml", "a".to_owned(), None),
            (".WN-1.eml.part", "a".to_owned(), None),
            ("WN-11.eml", "b".to_owned(), Some("b".to_owned())),
            ("both.csv", format!("{head}{}{}", row("WN-1"), row("WN-11")), Some(format!("{head}{}", row("WN-11")))),
            ("one.csv", format!("{head}{}", row("WN-1")), None),
            ("none.csv", format!("{head}{}", row("WN-11")), Some(format!("{head}{}", row("WN-11")))),
        ];
        let folders = ["outgoing", super::super::restored::FOLDER].map(|name| data.path().join(name));
        for folder in &folders {
            std::fs::create_dir(folder).unwrap();
            for (name, text, _) in &files {
                std::fs::write(folder.join(name), text).unwrap();
            }
        }
        forget(data.path(), &["WN-1".to_owned()]).unwrap();
        for folder in &folders {
            for (name, _, left) in &files {
                assert_eq!(std::fs::read_to_string(folder.join(name)).ok(), *left, "{name} in {}", folder.display());
            }
        }
    }
}
