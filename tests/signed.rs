//! Signed packs: each reason to refuse one, and that no change of a byte goes unnoticed.

use spotter_detector::lexicon::signed::{self, SignedError, Trust, key_id};
use spotter_detector::{Detector, PackError, testing};
use spotter_model::Date;

const SEED: [u8; 32] = [7; 32];

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn trust() -> Trust {
    Trust { keys: vec![signed::public_key(&[8; 32]), signed::public_key(&SEED)], revoked: vec![], newest: 3 }
}

#[test]
fn a_signed_pack_is_opened_only_after_its_signature() {
    let pack = signed::sign(&testing::pack(), &SEED, 4).unwrap();
    assert_eq!(Detector::from_pack(&pack).unwrap_err(), PackError::Reserved);
    let verified = signed::open(&pack, &trust(), day("2026-11-26")).unwrap();
    assert_eq!((verified.serial, verified.key), (4, key_id(&signed::public_key(&SEED))));
    assert_eq!(&verified.opened.lexicon, Detector::from_pack(&testing::pack()).unwrap().lexicon());
    // The same number again is the same pack, fetched twice.
    let same = signed::sign(&pack, &SEED, 3).unwrap();
    assert!(signed::open(&same, &trust(), day("2026-11-26")).is_ok());
}

#[test]
fn each_reason_to_refuse_has_its_own_error() {
    let key = key_id(&signed::public_key(&SEED));
    let good = signed::sign(&testing::pack(), &SEED, 4).unwrap();
    let now = day("2026-11-26");
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut pack = good.clone();
        change(&mut pack);
        pack
    };
    let stranger = Trust { keys: vec![signed::public_key(&[8; 32])], ..trust() };
    let revoked = Trust { revoked: vec![key], ..trust() };
    for (pack, trust, as_of, wanted) in [
        (testing::pack(), trust(), now, SignedError::Unsigned),
        (good.clone(), stranger, now, SignedError::UnknownKey(key)),
        (good.clone(), revoked, now, SignedError::RevokedKey(key)),
        (good.clone(), Trust { newest: 5, ..trust() }, now, SignedError::Older { serial: 4, newest: 5 }),
        (good.clone(), trust(), day("2027-11-24"), SignedError::Expired(day("2027-11-23"))),
        (changed(|p| p[130] ^= 1), trust(), now, SignedError::Forged),
        (changed(|p| p[184] = 9), trust(), now, SignedError::Forged),
        (changed(|p| p[200] = 1), trust(), now, PackError::Reserved.into()),
        (changed(|p| p[300] ^= 1), trust(), now, PackError::Checksum.into()),
        (changed(|p| p.truncate(90)), trust(), now, PackError::TooShort(90).into()),
    ] {
        assert_eq!(signed::open(&pack, &trust, as_of).unwrap_err(), wanted);
    }
    assert!(signed::open(&good, &trust(), day("2027-11-23")).is_ok(), "good to the end of its last day");
}

#[test]
fn no_byte_of_the_header_can_be_changed() {
    let good = signed::sign(&testing::pack(), &SEED, 4).unwrap();
    for at in 0..216 {
        for bit in [1, 128] {
            let mut pack = good.clone();
            pack[at] ^= bit;
            assert!(signed::open(&pack, &trust(), day("2026-11-26")).is_err(), "byte {at}");
        }
    }
}

#[test]
fn a_new_checksum_does_not_make_a_pack_genuine() {
    // Another pack under the signature of the first: what somebody with the server, but not the key, could do.
    let good = signed::sign(&testing::pack(), &SEED, 4).unwrap();
    let mut lexicon = testing::lexicon();
    lexicon.exact.push("Homo sapiens").unwrap();
    let mut other = testing::repacked(&lexicon);
    other[88..216].copy_from_slice(&good[88..216]);
    assert_eq!(signed::open(&other, &trust(), day("2026-11-26")).unwrap_err(), SignedError::Forged);
}
