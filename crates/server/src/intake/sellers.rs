//! Marks of sellers: the same seller of the same marketplace has the same mark, and none elsewhere.
//!
//! Owns what counts as the same seller. Marks are keyed: whoever has the database alone cannot try names.

use crate::keys::Keys;

/// The mark of a seller; `None` where none is named. The marketplace is in it, so that nobody is followed across.
#[must_use]
pub fn mark(keys: &Keys, marketplace: &str, seller: &str) -> Option<[u8; 32]> {
    let seller = seller.trim().to_lowercase();
    (!seller.is_empty()).then(|| keys.mark("seller", &[marketplace.as_bytes(), seller.as_bytes()]))
}
