//! Marks of sellers: the same seller of the same marketplace has the same mark, and none elsewhere.
//!
//! Owns what marks are made with, which lies sealed under `secrets/data.key`: whoever has the database alone cannot try names.

use crate::app::Shared;
use crate::problem::Answer;
use crate::random;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use spotter_model::report::Report;

/// Where the sealed secret lies, and what it is sealed for.
const SECRET: &str = "seller_secret";

/// What marks are made with, read once while the server runs: a report waits for no further reader of the database. Made at
/// the first report, and anew where the key that sealed it was lost: marks from before then count no more, and no report is
/// refused for it.
///
/// # Errors
/// Where the database fails.
pub async fn secret(app: &Shared) -> Answer<&str> {
    let read = async || -> Answer<String> {
        let kept = app.store.meta(SECRET).await?;
        if let Some(secret) = kept.and_then(|sealed| app.vault.unseal(SECRET, &sealed).ok()) {
            return Ok(secret);
        }
        let secret = random::token();
        app.store.set_meta(SECRET, &app.vault.seal(SECRET, &secret)).await?;
        Ok(secret)
    };
    app.sellers.get_or_try_init(read).await.map(String::as_str)
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
