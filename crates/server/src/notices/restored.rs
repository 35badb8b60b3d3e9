//! What lay for a mail relay or a person when a backup was made. No backup holds it, for it stands there in plain words and nothing
//! would erase it; the backup holds the files' names, and they are written once more from what the database keeps sealed.
//!
//! Owns: the list of names in a restored data folder, and the folder beside the one of what goes out: what the relay fetched after
//! the backup must not go twice by itself.

use super::channels::{self, mail, weekly};
use crate::app::App;
use crate::store::Reader;
use crate::store::companies;
use crate::store::notices::{self, Notice, NoticeState};
use std::path::Path;

/// Where they come to lie.
pub const FOLDER: &str = "outgoing-restored";
/// Their names, one to a line, until they are written.
pub const LIST: &str = "outgoing-restored.txt";
/// Largest list.
const BYTES: u64 = 64 * 1024 * 1024;

/// Why they are not written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// A file.
    #[error("{LIST} or {FOLDER}: {0}")]
    Io(#[from] std::io::Error),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Writes what the list names, and removes the list. What was erased, or never went as far as the database knows, is left out:
/// the latter goes by itself. Returns how many files were written.
///
/// # Errors
/// See [`Unwritten`]; the list stays then, and is begun anew at the next start.
pub async fn write(app: &App) -> Result<usize, Unwritten> {
    let list = app.store.data().join(LIST);
    let names = match std::fs::metadata(&list) {
        Ok(file) if file.len() <= BYTES => std::fs::read_to_string(&list)?,
        Ok(_) => return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge).into()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(e) => return Err(e.into()),
    };
    let mut written = 0;
    for name in names.lines().filter(|name| is_plain(name)) {
        let bytes = match (name.strip_suffix(".eml"), name.strip_suffix(".csv")) {
            (Some(number), _) => message(app, number).await?,
            (_, Some(stem)) => rows(app.store.reader(), stem).await?,
            _ => None,
        };
        if let Some(bytes) = bytes {
            channels::write(&app.store.data().join(FOLDER), name, bytes.as_bytes())?;
            written += 1;
        }
    }
    std::fs::remove_file(&list)?;
    std::fs::File::open(app.store.data())?.sync_all()?;
    Ok(written)
}

/// Whether this is the name of a file that is whole: those that are being written begin with a dot.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && !name.starts_with('.')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// The names in the folder of what goes out.
///
/// # Errors
/// What the disk said.
pub fn waiting(data: &Path) -> std::io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(data.join("outgoing")) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        Err(e) => return Err(e),
    };
    let mut names = vec![];
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| is_plain(name));
    names.sort_unstable();
    Ok(names)
}

fn went(notice: &Notice) -> bool {
    notice.state == NoticeState::Sent && !notice.rendered.cells.is_empty()
}

async fn message(app: &App, number: &str) -> sqlx::Result<Option<String>> {
    let Some(notice) = notices::of_number(app.store.reader(), number).await?.filter(went) else { return Ok(None) };
    let company = companies::find(app.store.read(), notice.company_id).await?;
    Ok(company.map(|company| mail(number, notice.rendered.speaker().1, &company.contact, &notice.rendered)))
}

/// A weekly file's name has company, day and its first notice in it; the others went in the same moment.
async fn rows(pool: &Reader, stem: &str) -> sqlx::Result<Option<String>> {
    let Some(first) = stem.splitn(6, '-').nth(5) else { return Ok(None) };
    let Some(first) = notices::of_number(pool, first).await? else { return Ok(None) };
    let Some(at) = &first.sent_at else { return Ok(None) };
    let all = notices::sent_at(pool, first.company_id, at).await?;
    let rendered: Vec<_> = all.into_iter().filter(went).map(|n| n.rendered).collect();
    Ok((!rendered.is_empty()).then(|| weekly(&rendered)))
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn a_name_leads_nowhere_else() {
        for (name, plain) in [
            ("WN-2026-000001.eml", true),
            ("company-1-2026-11-23-WN-2026-000001.csv", true),
            ("", false),
            (".WN-1.eml.part", false),
            ("../x", false),
            ("a/b", false),
            ("a\0b", false),
        ] {
            assert_eq!(is_plain(name), plain, "{name}");
        }
    }
}
