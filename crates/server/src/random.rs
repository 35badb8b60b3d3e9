//! Secrets from the operating system: codes, tokens, salts. Never a seeded generator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `N` random bytes.
///
/// # Panics
/// Where the operating system has no randomness to give: nothing may go on without it.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    getrandom::fill(&mut out).expect("the operating system gives random bytes");
    out
}

/// A secret of 192 bits as 32 characters of `A-Z a-z 0-9 - _`.
#[must_use]
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<24>())
}
