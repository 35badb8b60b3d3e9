//! PDFs of what leaves the server. Owns where fonts are looked for and that one document is typeset at a time, away from the
//! threads that answer; knows no notice and no package.
//!
//! Fonts are looked for once, when the first PDF is wanted. Without any, everything else works and says why there is no PDF.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use spotter_pdf::{Document, Fonts, NotMade, typeset};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// Why there is no PDF.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoPdf {
    /// No font is where they are looked for.
    #[error("this server has no fonts in {}; Debian has them in fonts-noto-core and fonts-noto-cjk", .0.display())]
    NoFonts(PathBuf),
    /// The typesetter failed.
    #[error("the typesetter failed: {0}")]
    Failed(String),
}

struct Inner {
    folder: PathBuf,
    fonts: OnceLock<Option<Fonts>>,
    one: Semaphore,
}

/// Makes PDFs. Cheap to clone.
#[derive(Clone)]
pub struct Typesetter(Arc<Inner>);

impl Inner {
    fn fonts(&self) -> Option<&Fonts> {
        self.fonts.get_or_init(|| Fonts::find(std::slice::from_ref(&self.folder)).ok()).as_ref()
    }
}

impl Typesetter {
    /// One with the fonts of this folder. Nothing is read yet.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self(Arc::new(Inner { folder: folder.to_owned(), fonts: OnceLock::new(), one: Semaphore::new(1) }))
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Fonts) -> Result<T, NotMade> + Send + 'static,
    ) -> Result<T, NoPdf> {
        let failed = |why: String| NoPdf::Failed(why);
        let inner = Arc::clone(&self.0);
        let _turn = self.0.one.acquire().await.map_err(|e| failed(e.to_string()))?;
        // A font or a text that brings the library down brings down this one document.
        let done = tokio::task::spawn_blocking(move || match inner.fonts() {
            Some(fonts) => work(fonts).map_err(|e| NoPdf::Failed(e.to_string())),
            None => Err(NoPdf::NoFonts(inner.folder.clone())),
        });
        done.await.map_err(|e| failed(e.to_string()))?
    }

    /// Typesets a document.
    ///
    /// # Errors
    /// Where there are no fonts, or the typesetter fails.
    pub async fn pdf(&self, document: Document) -> Result<Vec<u8>, NoPdf> {
        self.with(move |fonts| typeset(fonts, &document)).await
    }

    /// Whether there can be one.
    ///
    /// # Errors
    /// Where there are no fonts.
    pub async fn ready(&self) -> Result<(), NoPdf> {
        self.with(|_| Ok(())).await
    }
}

/// A PDF as a file. `name` is one of ours: plain letters, digits and hyphens.
#[must_use]
pub fn file(name: &str, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.pdf\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    (headers, bytes).into_response()
}
