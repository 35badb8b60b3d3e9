//! A device that holds a passkey: an authenticator of another house, and around it what a browser does. It can be bent: another
//! place, another name, no finger.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use passkey_authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey_crypto::AvailableBackend;
use passkey_types::ctap2::{Aaguid, Ctap2Error, get_assertion, make_credential};
use passkey_types::{Passkey, webauthn};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Whoever holds the device touches it, and shows who they are where they are asked to.
struct Finger;

#[async_trait::async_trait]
impl UserValidationMethod for Finger {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _hint: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// How an answer departs from what an honest browser gives.
#[derive(Clone, Default)]
pub struct Bend {
    /// The place that the browser names.
    pub origin: Option<String>,
    /// The name that the device is told.
    pub rp: Option<String>,
    /// What the browser says it was asked for.
    pub kind: Option<&'static str>,
    /// What the browser says it was asked.
    pub challenge: Option<String>,
    /// In somebody else's frame.
    pub framed: bool,
    /// The owner is not asked to show who they are.
    pub unverified: bool,
}

pub struct Token {
    inside: Authenticator<Option<Passkey>, Finger, AvailableBackend>,
}

impl Token {
    pub fn new() -> Self {
        let mut inside = Authenticator::new(Aaguid::new_empty(), None, Finger, AvailableBackend);
        inside.set_make_credentials_with_signature_counter(true);
        Self { inside }
    }

    /// One whose passkey no server here has heard of.
    pub async fn stray() -> Self {
        let mut token = Self::new();
        let question = json!({
            "challenge": "AAAA", "rp": { "id": "localhost" }, "user": { "id": B64.encode([7; 16]), "name": "x", "displayName": "x" },
            "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        });
        token.make(&question, "http://localhost:1").await;
        token
    }

    /// What it holds, for a thief to copy.
    pub fn copy(&self) -> Self {
        let mut copy = Self::new();
        *copy.inside.store_mut() = self.inside.store().clone();
        copy
    }

    /// The passkey that it has, as if it had been made for this question.
    pub async fn taken_for(&mut self, question: &Value, origin: &str) -> Value {
        let had = self.inside.store().clone().unwrap();
        let made = self.make(question, origin).await;
        let new = self.inside.store().clone().unwrap().credential_id.to_vec();
        let bytes = B64.decode(made["response"]["attestationObject"].as_str().unwrap()).unwrap();
        let at = bytes.windows(new.len()).position(|w| w == new).unwrap();
        let id = had.credential_id.as_slice();
        let bytes = [&bytes[..at], id, &bytes[at + new.len()..]].concat();
        let mut taken = made;
        taken["response"]["attestationObject"] = B64.encode(bytes).into();
        (taken["id"], taken["rawId"]) = (B64.encode(id).into(), B64.encode(id).into());
        taken
    }

    pub async fn make(&mut self, question: &Value, origin: &str) -> Value {
        self.make_bent(question, origin, &Bend::default()).await
    }

    pub async fn make_bent(&mut self, question: &Value, origin: &str, bend: &Bend) -> Value {
        let said = client_data(question, origin, bend, "webauthn.create");
        let user: webauthn::PublicKeyCredentialUserEntity = serde_json::from_value(question["user"].clone()).unwrap();
        let rp = bend.rp.as_deref().unwrap_or(question["rp"]["id"].as_str().unwrap());
        let request = make_credential::Request {
            client_data_hash: Sha256::digest(&said).to_vec().into(),
            rp: make_credential::PublicKeyCredentialRpEntity { id: rp.to_owned(), name: None },
            user,
            pub_key_cred_params: serde_json::from_value(question["pubKeyCredParams"].clone()).unwrap(),
            exclude_list: None,
            extensions: None,
            options: make_credential::Options { rk: true, up: true, uv: !bend.unverified },
            pin_auth: None,
            pin_protocol: None,
        };
        let made = self.inside.make_credential(request).await.unwrap();
        let id = self.inside.store().as_ref().unwrap().credential_id.to_vec();
        json!({
            "id": B64.encode(&id), "rawId": B64.encode(&id), "type": "public-key", "clientExtensionResults": {},
            "response": { "clientDataJSON": B64.encode(&said), "attestationObject": B64.encode(made.as_webauthn_bytes().as_slice()) },
        })
    }

    pub async fn sign(&mut self, question: &Value, origin: &str) -> Value {
        self.sign_bent(question, origin, &Bend::default()).await
    }

    pub async fn sign_bent(&mut self, question: &Value, origin: &str, bend: &Bend) -> Value {
        let said = client_data(question, origin, bend, "webauthn.get");
        let request = get_assertion::Request {
            rp_id: bend.rp.clone().unwrap_or_else(|| question["rpId"].as_str().unwrap().to_owned()),
            client_data_hash: Sha256::digest(&said).to_vec().into(),
            allow_list: None,
            extensions: None,
            options: get_assertion::Options { up: true, uv: !bend.unverified },
            pin_auth: None,
            pin_protocol: None,
        };
        let signed = self.inside.get_assertion(request).await.unwrap();
        let id = signed.credential.unwrap().id.to_vec();
        json!({
            "id": B64.encode(&id), "rawId": B64.encode(&id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": B64.encode(&said),
                "authenticatorData": B64.encode(signed.auth_data.to_vec()),
                "signature": B64.encode(signed.signature.as_slice()),
                "userHandle": B64.encode(signed.user.unwrap().id.as_slice()),
            },
        })
    }
}

fn client_data(question: &Value, origin: &str, bend: &Bend, kind: &str) -> Vec<u8> {
    let challenge = bend.challenge.clone().unwrap_or_else(|| question["challenge"].as_str().unwrap().to_owned());
    let origin = bend.origin.as_deref().unwrap_or(origin);
    let said = json!({ "type": bend.kind.unwrap_or(kind), "challenge": challenge, "origin": origin, "crossOrigin": bend.framed });
    serde_json::to_vec(&said).unwrap()
}
