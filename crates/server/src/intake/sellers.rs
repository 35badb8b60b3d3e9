//! Marks of sellers: the same seller of the same marketplace has the same mark, and none elsewhere.
//!
//! Owns what marks are made with, which lies sealed under `secrets/data.key`: whoever has the database alone cannot try names.

use crate::app::Shared;
use crate::problem::{Answer, Refusal};
use crate::random;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use spotter_model::report::Report;

/// Where the sealed secret lies, and what it is sealed for.
const SECRET: &str = "seller_secret";

/// What marks are made with; made at the first report, and anew where the key that sealed it was lost: marks from before then
/// count no more, and no report is refused for it.
///
/// # Errors
/// Where the database fails.
pub async fn secret(app: &Shared) -> Answer<String> {
    let open = |sealed: &Option<String>| sealed.as_deref().and_then(|s| app.vault.unseal(SECRET, s).ok());
    let kept = app.store.meta(SECRET).await?;
    if let Some(secret) = open(&kept) {
        return Ok(secret);
    }
    let fresh = app.vault.seal(SECRET, &random::token());
    match kept {
        // Two first reports at a time: the first one's secret is both's.
        None => app.store.set_meta_once(SECRET, &fresh).await?,
        Some(_) => app.store.set_meta(SECRET, &fresh).await?,
    }
    let kept = app.store.meta(SECRET).await?;
    open(&kept).ok_or_else(|| Refusal::internal("The server's secret could not be kept."))
}

/// The mark of a report's seller; `None` where none is named. The marketplace is in it, so that nobody is followed across.
#[must_use]
pub fn mark(secret: &str, report: &Report) -> Option<[u8; 32]> {
    let seller = report.listing.seller.trim().to_lowercase();
    if seller.is_empty() {
        return None;
    }
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(report.place.marketplace.as_bytes());
    mac.update(b"\0");
    mac.update(seller.as_bytes());
    Some(mac.finalize().into_bytes().into())
}
