//! Keys of cases: what a case says about a person is sealed under a random key of its own, and the keys lie in one file
//! outside the database. To erase is to overwrite a key: every copy of what it sealed, in backups too, is noise from then on.
//!
//! Owns: `secrets/cases.keys`, the sealed form, and keyed marks by which what is sealed is found again. Each key is wrapped under
//! one that is derived from `secrets/data.key`. A place in the file is used once: an older database never meets another's key.

use crate::random;
use crate::sign::{KeyError, key_file};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use std::fs::File;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Mutex;

/// Bytes of one place in the file: what it holds, a nonce, and the wrapped key.
const PLACE: u64 = 64;
/// The first place says what file it is.
const HEAD: &[u8; 64] = b"wildlife-spotter case keys 1; never put an older copy back     \n";
/// Begins a place with a key.
const KEY: &[u8; 4] = b"key1";
/// Begins a place whose key was destroyed.
const GONE: &[u8; 4] = b"gone";
/// Keys that are made at once: one sync of the file for so many cases.
const BATCH: usize = 64;
/// Begins sealed bytes. No JSON begins so.
const FORM: u8 = 1;
/// Begins sealed text.
const TEXT: &str = "s1:";
/// What stands before the ciphertext: form, place, nonce.
const BEFORE: usize = 1 + 8 + NONCE_LEN;

/// Why something cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum Shut {
    /// Not sealed, damaged, or sealed under other keys than those in `secrets`.
    #[error("what was sealed does not open with the keys in secrets")]
    Damaged,
    /// The key was destroyed, so nothing new is sealed under it.
    #[error("the key of this case was destroyed")]
    Gone,
    /// The file of keys.
    #[error("secrets/cases.keys: {0}")]
    Io(#[from] std::io::Error),
}

impl From<Shut> for sqlx::Error {
    fn from(shut: Shut) -> Self {
        match shut {
            // A disk that is full or broken is one, whichever file it is about.
            Shut::Io(_) => Self::Io(shut.into()),
            Shut::Damaged | Shut::Gone => Self::Decode(Box::new(shut)),
        }
    }
}

impl From<Shut> for std::io::Error {
    fn from(shut: Shut) -> Self {
        match &shut {
            Shut::Io(error) => Self::new(error.kind(), shut.to_string()),
            Shut::Damaged => Self::new(std::io::ErrorKind::InvalidData, shut),
            Shut::Gone => Self::other(shut),
        }
    }
}

/// Whether the file `one` is older than `other`: it lacks places, or has keys that are destroyed there.
#[must_use]
pub fn is_older(one: &[u8], other: &[u8]) -> bool {
    let places = |file: &[u8]| file.len() / PLACE as usize;
    let both = one.chunks_exact(PLACE as usize).zip(other.chunks_exact(PLACE as usize));
    places(one) < places(other) || both.into_iter().any(|(a, b)| b.starts_with(GONE) && !a.starts_with(GONE))
}

/// The keys.
pub struct Keys {
    file: File,
    wrap: LessSafeKey,
    marks: hmac::Key,
    /// Places that were made and not given out yet. What is left at the end is never used.
    spare: Mutex<Vec<i64>>,
}

fn cipher(bytes: &[u8]) -> Result<LessSafeKey, Shut> {
    UnboundKey::new(&CHACHA20_POLY1305, bytes).map(LessSafeKey::new).map_err(|_| Shut::Damaged)
}

fn hash(key: &hmac::Key, kind: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = hmac::Context::with_key(key);
    for part in std::iter::once(kind.as_bytes()).chain(parts.iter().copied()) {
        // Each part with its length, so that no two lists read the same.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(mac.sign().as_ref());
    out
}

impl Keys {
    /// Opens the file in `folder`, or makes it at the first start.
    ///
    /// # Errors
    /// Where a file cannot be read or written, or is none of ours.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, &key_file(folder, "data.key")?);
        let path = folder.join("cases.keys");
        let name = path.display().to_string();
        let io = |e| KeyError::Io(name.clone(), e);
        let damaged = || KeyError::Damaged(name.clone());
        let file =
            std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
        let file = file.map_err(io)?;
        file.lock().map_err(io)?;
        if file.metadata().map_err(io)?.len() == 0 {
            file.write_all_at(HEAD, 0).and_then(|()| file.sync_all()).map_err(io)?;
            File::open(folder).and_then(|d| d.sync_all()).map_err(io)?;
        }
        let mut head = [0; PLACE as usize];
        file.read_exact_at(&mut head, 0).map_err(|_| damaged())?;
        file.unlock().map_err(io)?;
        if head != *HEAD {
            return Err(damaged());
        }
        let wrap = cipher(&hash(&root, "keys of cases v1", &[])).map_err(|_| damaged())?;
        let marks = hmac::Key::new(hmac::HMAC_SHA256, &hash(&root, "marks v1", &[]));
        Ok(Self { file, wrap, marks, spare: Mutex::default() })
    }

    /// How many places the file has; the last one's number.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn places(&self) -> std::io::Result<i64> {
        Ok((self.file.metadata()?.len() / PLACE) as i64 - 1)
    }

    /// A new key, on disk before its place is returned.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn create(&self) -> Result<i64, Shut> {
        let mut spare = self.spare.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(place) = spare.pop() {
            return Ok(place);
        }
        // Commands run beside the server: one at a time appends.
        self.file.lock()?;
        let made = self.append();
        self.file.unlock()?;
        *spare = made?;
        spare.pop().ok_or(Shut::Damaged)
    }

    fn append(&self) -> Result<Vec<i64>, Shut> {
        // What a broken append left of a place is written over: it was never given out.
        let first = self.places()? + 1;
        let mut bytes = Vec::with_capacity(BATCH * PLACE as usize);
        for place in first..first + BATCH as i64 {
            let nonce = random::bytes::<NONCE_LEN>();
            let mut key = random::bytes::<32>().to_vec();
            let owner = Aad::from(place.to_be_bytes());
            let sealed = self.wrap.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), owner, &mut key);
            sealed.map_err(|_| Shut::Damaged)?;
            bytes.extend_from_slice(KEY);
            bytes.extend_from_slice(&nonce);
            bytes.extend_from_slice(&key);
        }
        self.file.write_all_at(&bytes, first as u64 * PLACE)?;
        self.file.sync_data()?;
        Ok((first..first + BATCH as i64).rev().collect())
    }

    /// The raw key at a place; `None` where it was destroyed.
    fn raw(&self, place: i64) -> Result<Option<Vec<u8>>, Shut> {
        let place_at = u64::try_from(place).ok().filter(|p| *p > 0).and_then(|p| p.checked_mul(PLACE));
        let at = place_at.filter(|at| *at < i64::MAX as u64).ok_or(Shut::Damaged)?;
        let mut record = [0; PLACE as usize];
        match self.file.read_exact_at(&mut record, at) {
            // A place behind the last one is none of this file's.
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Err(Shut::Damaged),
            read => read?,
        }
        if record.starts_with(GONE) {
            return Ok(None);
        }
        let (nonce, wrapped) = record.strip_prefix(KEY).and_then(|r| r.split_first_chunk()).ok_or(Shut::Damaged)?;
        let mut wrapped = wrapped.to_vec();
        let owner = Aad::from(place.to_be_bytes());
        let open = self.wrap.open_in_place(Nonce::assume_unique_for_key(*nonce), owner, &mut wrapped);
        Ok(Some(open.map_err(|_| Shut::Damaged)?.to_vec()))
    }

    /// Whether the key at a place is there.
    ///
    /// # Errors
    /// Where the file cannot be read or is damaged there.
    pub fn is_there(&self, place: i64) -> Result<bool, Shut> {
        Ok(self.raw(place)?.is_some())
    }

    /// Overwrites keys. On disk when it returns; what they sealed opens never again.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn destroy(&self, places: &[i64]) -> Result<(), Shut> {
        let last = self.places()?;
        let mut record = [0; PLACE as usize];
        record[..4].copy_from_slice(GONE);
        for place in places {
            if *place < 1 || *place > last {
                return Err(Shut::Damaged);
            }
            self.file.write_all_at(&record, *place as u64 * PLACE)?;
        }
        Ok(self.file.sync_data()?)
    }

    /// Calls every place up to `last` that the file lacks destroyed: their keys are lost.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn give_up(&self, last: i64) -> Result<(), Shut> {
        self.file.lock()?;
        let written = self.lacking(last);
        self.file.unlock()?;
        written
    }

    fn lacking(&self, last: i64) -> Result<(), Shut> {
        let first = self.places()? + 1;
        let mut record = [0; PLACE as usize];
        record[..4].copy_from_slice(GONE);
        for place in first..=last {
            self.file.write_all_at(&record, place as u64 * PLACE)?;
        }
        Ok(self.file.sync_data()?)
    }

    /// The places whose keys were destroyed.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn destroyed(&self) -> std::io::Result<Vec<i64>> {
        let mut bytes = vec![0; (self.places()? + 1) as usize * PLACE as usize];
        self.file.read_exact_at(&mut bytes, 0)?;
        let places = bytes.chunks(PLACE as usize).enumerate();
        Ok(places.filter(|(_, record)| record.starts_with(GONE)).map(|(n, _)| n as i64).collect())
    }

    /// Seals bytes under the key at a place, for one kind of thing.
    ///
    /// # Errors
    /// Where the key was destroyed or cannot be read.
    pub fn seal(&self, place: i64, kind: &str, plain: &[u8]) -> Result<Vec<u8>, Shut> {
        let key = cipher(&self.raw(place)?.ok_or(Shut::Gone)?)?;
        let nonce = random::bytes::<NONCE_LEN>();
        let mut text = plain.to_vec();
        let sealed = key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(kind), &mut text);
        sealed.map_err(|_| Shut::Damaged)?;
        let mut out = Vec::with_capacity(BEFORE + text.len());
        out.push(FORM);
        out.extend_from_slice(&place.to_be_bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&text);
        Ok(out)
    }

    /// The place whose key sealed this; `None` where it is not sealed.
    #[must_use]
    pub fn place(sealed: &[u8]) -> Option<i64> {
        let (place, _) = sealed.strip_prefix(&[FORM])?.split_first_chunk::<8>()?;
        Some(i64::from_be_bytes(*place))
    }

    /// Opens what was sealed for this kind of thing; `None` where its key was destroyed.
    ///
    /// # Errors
    /// Where it is damaged, of another kind, or of other keys.
    pub fn open_bytes(&self, kind: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, Shut> {
        let place = Self::place(sealed).ok_or(Shut::Damaged)?;
        let Some(raw) = self.raw(place)? else { return Ok(None) };
        let (nonce, text) = sealed[9..].split_first_chunk::<NONCE_LEN>().ok_or(Shut::Damaged)?;
        let mut text = text.to_vec();
        let open = cipher(&raw)?.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(kind), &mut text);
        let length = open.map_err(|_| Shut::Damaged)?.len();
        text.truncate(length);
        Ok(Some(text))
    }

    /// Seals text. Nothing stays nothing.
    ///
    /// # Errors
    /// See [`Keys::seal`].
    pub fn seal_text(&self, place: i64, kind: &str, plain: &str) -> Result<String, Shut> {
        if plain.is_empty() {
            return Ok(String::new());
        }
        Ok(format!("{TEXT}{}", URL_SAFE_NO_PAD.encode(self.seal(place, kind, plain.as_bytes())?)))
    }

    /// Opens text. Nothing is nothing, and so is what was erased.
    ///
    /// # Errors
    /// See [`Keys::open_bytes`].
    pub fn open_text(&self, kind: &str, sealed: &str) -> Result<String, Shut> {
        if sealed.is_empty() {
            return Ok(String::new());
        }
        let bytes = sealed.strip_prefix(TEXT).and_then(|t| URL_SAFE_NO_PAD.decode(t).ok()).ok_or(Shut::Damaged)?;
        String::from_utf8(self.open_bytes(kind, &bytes)?.unwrap_or_default()).map_err(|_| Shut::Damaged)
    }

    /// A mark by which the same thing is found again; whoever has the database alone cannot try things.
    #[must_use]
    pub fn mark(&self, kind: &str, parts: &[&[u8]]) -> [u8; 32] {
        hash(&self.marks, kind, parts)
    }

    /// A mark that goes with a case: under its own key.
    ///
    /// # Errors
    /// Where the key was destroyed or cannot be read.
    pub fn mark_in(&self, place: i64, kind: &str, part: &[u8]) -> Result<[u8; 32], Shut> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.raw(place)?.ok_or(Shut::Gone)?);
        Ok(hash(&key, kind, &[part]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn what_was_sealed_opens_until_its_key_is_destroyed() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let keys = Keys::open(one.path()).unwrap();
        assert_eq!(std::fs::metadata(one.path().join("cases.keys")).unwrap().mode() & 0o777, 0o600);
        let (a, b) = (keys.create().unwrap(), keys.create().unwrap());
        assert_ne!(a, b);
        let text = keys.seal_text(a, "cases.title", "a title").unwrap();
        assert!(!text.contains("title") && text != keys.seal_text(a, "cases.title", "a title").unwrap());
        let other = keys.seal(b, "reports.body", b"{}").unwrap();
        // Another process sees the same, and places that it makes are others.
        let again = Keys::open(one.path()).unwrap();
        assert_eq!(again.open_text("cases.title", &text).unwrap(), "a title");
        let c = again.create().unwrap();
        assert!(c > b && c > BATCH as i64);
        for (kind, sealed) in
            [("cases.price", text.as_str()), ("cases.title", "a title"), ("cases.title", &text[..text.len() - 3])]
        {
            assert!(matches!(keys.open_text(kind, sealed), Err(Shut::Damaged)), "{kind} {sealed}");
        }
        let strange = Keys::open(two.path()).unwrap();
        strange.create().unwrap();
        assert!(strange.open_text("cases.title", &text).is_err());

        let before = std::fs::read(one.path().join("cases.keys")).unwrap();
        keys.destroy(&[a]).unwrap();
        for keys in [&keys, &again] {
            assert_eq!(keys.open_text("cases.title", &text).unwrap(), "");
            assert_eq!(keys.open_bytes("reports.body", &other).unwrap().unwrap(), b"{}");
            assert!(!keys.is_there(a).unwrap() && keys.is_there(b).unwrap());
            assert!(
                matches!(keys.seal(a, "x", b"y"), Err(Shut::Gone))
                    && matches!(keys.mark_in(a, "x", b"y"), Err(Shut::Gone))
            );
        }
        let after = std::fs::read(one.path().join("cases.keys")).unwrap();
        let at = a as usize * 64;
        assert_eq!((&before[..at], &before[at + 64..]), (&after[..at], &after[at + 64..]));
        assert!(after[at + 4..at + 64].iter().all(|b| *b == 0));
        assert!(keys.destroy(&[0]).is_err() && keys.destroy(&[1_000_000]).is_err());
        assert!(is_older(&before, &after) && !is_older(&after, &before) && !is_older(&after, &after));
        assert!(is_older(&after[..after.len() - 64], &after) && !is_older(&after, &after[..after.len() - 64]));
        // Keys that are lost count as destroyed, and no place is ever given out twice.
        let last = keys.places().unwrap() + 100;
        keys.give_up(last).unwrap();
        assert!(keys.is_there(b).unwrap() && !keys.is_there(last).unwrap() && again.destroyed().unwrap().len() == 101);
        let next = Keys::open(one.path()).unwrap().create().unwrap();
        assert!(next > last);
        keys.give_up(last).unwrap();
        assert!(keys.is_there(next).unwrap());
        std::fs::write(one.path().join("cases.keys"), b"something else").unwrap();
        assert!(Keys::open(one.path()).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_text_comes_back_and_no_byte_can_be_changed(text in "\\PC{1,200}", at in 0_usize..1000, bit in 0_u8..8) {
            let folder = tempfile::tempdir().unwrap();
            let keys = Keys::open(folder.path()).unwrap();
            let place = keys.create().unwrap();
            let mut sealed = keys.seal(place, "kind", text.as_bytes()).unwrap();
            prop_assert_eq!(keys.open_bytes("kind", &sealed).unwrap().unwrap(), text.as_bytes());
            let at = at % sealed.len();
            sealed[at] ^= 1 << bit;
            prop_assert!(!matches!(keys.open_bytes("kind", &sealed), Ok(Some(_))));
        }
    }
}
