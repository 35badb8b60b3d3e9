//! Ed25519 by the browser's WebCrypto. Private keys are made non-extractable and are only ever handles here.

use super::webext::{Answer, get};
use crate::logic::signed::Opened;
use js_sys::{Array, Promise, Uint8Array};
use spotter_model::dsse::pae;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, SubtleCrypto};

const ED25519: &str = "Ed25519";

fn crypto() -> Crypto {
    get(&js_sys::global(), "crypto").unchecked_into()
}

fn subtle() -> SubtleCrypto {
    crypto().subtle()
}

async fn settle(promise: Answer<Promise>) -> Answer<JsValue> {
    JsFuture::from(promise?).await
}

fn usages(list: &[&str]) -> JsValue {
    list.iter().map(|u| JsValue::from_str(u)).collect::<Array>().into()
}

/// A fresh random UUID.
pub fn uuid() -> String {
    crypto().random_uuid()
}

/// A new key: the private half as a handle, the public half as 32 bytes.
pub async fn generate() -> Answer<(CryptoKey, Vec<u8>)> {
    let pair = settle(subtle().generate_key_with_str(ED25519, false, &usages(&["sign", "verify"]))).await?;
    let private: CryptoKey = get(&pair, "privateKey").dyn_into()?;
    let public: CryptoKey = get(&pair, "publicKey").dyn_into()?;
    let raw = settle(subtle().export_key("raw", &public)).await?;
    Ok((private, Uint8Array::new(&raw).to_vec()))
}

/// Signs payload bytes of a type.
pub async fn sign(key: &CryptoKey, payload_type: &str, payload: &[u8]) -> Answer<Vec<u8>> {
    let data = Uint8Array::from(pae(payload_type, payload).as_slice());
    let signature = settle(subtle().sign_with_str_and_js_u8_array(ED25519, key, &data)).await?;
    Ok(Uint8Array::new(&signature).to_vec())
}

/// Whether an envelope carries a signature by this raw public key. Anything odd is a no.
pub async fn verified(opened: &Opened, public: &[u8], fingerprint: &str) -> bool {
    match opened.by(fingerprint) {
        Some(signature) => holds(public, signature, &opened.signed).await,
        None => false,
    }
}

/// Whether a signature is this raw public key's over these bytes. Anything odd is a no.
pub async fn holds(public: &[u8], signature: &[u8], data: &[u8]) -> bool {
    let raw = Uint8Array::from(public);
    let key = subtle().import_key_with_str("raw", &raw, ED25519, false, &usages(&["verify"]));
    let Ok(key) = settle(key).await.and_then(JsCast::dyn_into::<CryptoKey>) else { return false };
    let (signature, data) = (Uint8Array::from(signature), Uint8Array::from(data));
    settle(subtle().verify_with_str_and_js_u8_array_and_js_u8_array(ED25519, &key, &signature, &data))
        .await
        .is_ok_and(|yes| yes.is_truthy())
}
