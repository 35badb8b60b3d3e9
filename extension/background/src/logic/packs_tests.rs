use super::*;
use crate::logic::signed::base64;
use proptest::prelude::*;
use spotter_detector::lexicon::overlay::{read_unsigned, write};
use spotter_detector::lexicon::{Sources, compile_overlay, source};
use spotter_detector::testing;
use std::sync::LazyLock;

const ONE: [u8; 32] = [1; 32];
const TWO: [u8; 32] = [2; 32];
const STRANGER: [u8; 32] = [3; 32];

const WORDS: &str = r#"
language = "en"
source = "test"
attested = "observed"
[words]
"name.tiger" = ["stripeling"]
"#;

static OVERLAY: LazyLock<OpenedOverlay> = LazyLock::new(|| {
    let words = source::parse("words/en.toml", WORDS).unwrap();
    let none = Sources { concepts: vec![], works: vec![], policy: vec![], ..testing::sources() };
    let more = Sources { words: vec![("words/en.toml".to_owned(), words)], ..none };
    read_unsigned(&compile_overlay(&testing::sources(), &more).unwrap()).unwrap()
});

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2026-11-27")
}

/// The public halves, as the enrolment keeps them.
fn keys(seeds: &[[u8; 32]]) -> Keys {
    Keys { trusted: seeds.iter().map(|seed| base64(&signed::public_key(seed))).collect(), revoked: vec![] }
}

fn pack(by: &[u8; 32], serial: u64, expires: &str) -> Vec<u8> {
    let plain = write(&format!("v{serial}"), day(expires), &OVERLAY.overlay, &OVERLAY.words).unwrap();
    signed::sign(&plain, by, serial).unwrap()
}

/// Looks at a pack and reads it, as the background does with its browser's help.
fn read(kept: &Kept, pack: &[u8], tag: &str, keys: &Keys, today: Date) -> Result<Offer, Sentence> {
    let claim = kept.claim(pack, keys)?;
    kept.read(&claim, claim.holds(), tag, today)
}

fn wakes(kept: &Kept, pack: &[u8], keys: &Keys, today: Date) -> bool {
    kept.waking(pack, keys, today).is_some_and(|claim| claim.overlay(claim.holds(), today).is_ok())
}

fn both() -> Keys {
    keys(&[ONE, TWO])
}

fn holding(by: &[u8; 32], serial: u64) -> Kept {
    let mut kept = Kept { asked_ms: 1.0, ..Kept::default() };
    let offer = read(&kept, &pack(by, serial, "2027-01-01"), "\"tag\"", &both(), today());
    kept.taken(offer.expect("it is believed").held);
    kept
}

/// Why a pack is refused by whoever holds number 5.
fn refused(pack: &[u8], keys: &Keys) -> String {
    read(&holding(&ONE, 5), pack, "", keys, today()).expect_err("it is refused").0
}

#[test]
fn what_is_believed_is_remembered() {
    let mut kept = holding(&ONE, 5);
    let held = kept.held.clone().unwrap();
    assert_eq!((held.version.as_str(), held.serial, held.tag.as_str()), ("v5", 5, "\"tag\""));
    assert_eq!((held.expires, held.key), (day("2027-01-01"), fingerprint(&signed::public_key(&ONE))));
    assert!(held.spellings >= 2, "the word and its plural: {}", held.spellings);
    // The other key takes over; the same number again is the same pack.
    for serial in [5, 6] {
        let offer = read(&kept, &pack(&TWO, serial, "2027-02-01"), "", &both(), today()).unwrap();
        kept.refused(Sentence::new("bg_pack_large"));
        kept.taken(offer.held);
        assert_eq!((kept.held.as_ref().unwrap().serial, &kept.trouble), (serial, &None));
    }
}

#[test]
fn each_reason_to_refuse_has_its_sentence() {
    let good = pack(&ONE, 6, "2027-01-01");
    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    for (bytes, wanted) in [
        (changed(300), "bg_pack_damaged"),
        (changed(130), "bg_pack_signature"),
        (changed(8), "bg_pack_other"),
        (good[..good.len() - 1].to_vec(), "bg_pack_damaged"),
        (vec![], "bg_pack_damaged"),
        (b"<!doctype html><title>Log in to the network</title>".to_vec(), "bg_pack_damaged"),
        (write("v6", day("2027-01-01"), &OVERLAY.overlay, &OVERLAY.words).unwrap(), "bg_pack_signature"),
        (signed::sign(&testing::pack(), &ONE, 6).unwrap(), "bg_pack_other"),
        (pack(&STRANGER, 6, "2027-01-01"), "bg_pack_key"),
        (pack(&ONE, 4, "2027-01-01"), "bg_pack_older"),
        (pack(&ONE, 6, "2026-11-26"), "bg_pack_expired"),
    ] {
        assert_eq!(refused(&bytes, &both()), wanted);
    }
    assert_eq!(refused(&good, &Keys::default()), "bg_pack_key", "nothing is trusted on first use");
    let odd = Keys { trusted: vec!["no base64 *".to_owned(), base64(b"short")], revoked: vec![] };
    assert_eq!(refused(&good, &odd), "bg_pack_key");
    let back = Keys { revoked: vec![fingerprint(&signed::public_key(&ONE))], ..both() };
    assert_eq!(refused(&good, &back), "bg_pack_revoked");
    assert!(read(&holding(&ONE, 5), &pack(&TWO, 6, "2027-01-01"), "", &back, today()).is_ok());
}

#[test]
fn the_held_pack_stays_until_its_last_day_and_is_verified_again() {
    let mut kept = holding(&ONE, 5);
    kept.refused(Sentence::new("bg_pack_older"));
    let bytes = pack(&ONE, 5, "2027-01-01");
    assert!(wakes(&kept, &bytes, &both(), today()));
    assert!(wakes(&kept, &bytes, &both(), day("2027-01-01")));
    assert!(!wakes(&kept, &bytes, &both(), day("2027-01-02")));
    assert!(!wakes(&kept, &bytes, &keys(&[TWO]), today()));
    assert!(!wakes(&kept, &bytes[..bytes.len() - 1], &both(), today()));
    assert!(!wakes(&Kept::default(), &bytes, &both(), today()));
    // Its time is over: still nothing older takes its place.
    assert_eq!(
        read(&kept, &pack(&ONE, 4, "2028-01-01"), "", &both(), day("2027-06-01")).unwrap_err().0,
        "bg_pack_older"
    );
    kept.nothing_new(&both());
    assert!(kept.trouble.is_none() && kept.held.is_some());
    let back = Keys { revoked: vec![fingerprint(&signed::public_key(&ONE))], ..both() };
    assert!(!wakes(&kept, &bytes, &back, today()));
    kept.nothing_new(&back);
    assert_eq!(kept.trouble, Some(Sentence::new("bg_pack_revoked")));
}

#[test]
fn joining_under_other_keys_forgets_what_they_did_not_sign() {
    let mut kept = holding(&ONE, 5);
    assert!(!kept.trust_only(&both().trusted) && kept.held.is_some());
    assert!(kept.trust_only(&keys(&[TWO, STRANGER]).trusted));
    assert_eq!(kept, Kept::default());
    assert!(!kept.trust_only(&[]));
}

#[test]
fn what_is_shown_says_how_it_stands() {
    assert_eq!(Kept::default().shown(false), None, "never asked");
    let mut kept = holding(&ONE, 5);
    kept.refused(misfit(&OverlayError::UnknownMeaning("x".into())));
    let shown = kept.shown(true).unwrap();
    assert_eq!((shown.version.as_str(), shown.in_use, shown.expires), ("v5", true, Some(day("2027-01-01"))));
    assert_eq!(shown.asked_at, "1970-01-01T00:00:00.001Z");
    assert_eq!(shown.trouble, Some(("bg_pack_other".into(), vec![])));
    let kept_again: Kept = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
    assert_eq!(kept_again, kept);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    /// Whatever is offered in whatever order: what is held was signed by a trusted key, its time lasted when it came,
    /// and its number only grows.
    #[test]
    fn only_newer_trusted_packs_get_in(offers in prop::collection::vec((0usize..3, 0u64..6, 0i64..4, any::<Option<u16>>()), 1..8)) {
        let seeds = [ONE, TWO, STRANGER];
        let days = ["2026-11-26", "2026-11-27", "2027-01-01", "2028-01-01"];
        let mut kept = Kept::default();
        for (by, serial, expires, damage) in offers {
            let mut bytes = pack(&seeds[by], serial, days[expires as usize]);
            if let Some(at) = damage {
                let at = usize::from(at) % bytes.len();
                bytes[at] ^= 0x40;
            }
            let before = kept.held.clone();
            let newest = before.as_ref().map_or(0, |h| h.serial);
            let fits = by < 2 && serial >= newest && expires > 0 && damage.is_none();
            match read(&kept, &bytes, "", &both(), today()) {
                Ok(offer) => {
                    prop_assert!(fits);
                    prop_assert_eq!(offer.held.serial, serial);
                    kept.taken(offer.held);
                }
                Err(why) => {
                    prop_assert!(!fits);
                    kept.refused(why);
                    prop_assert_eq!(&kept.held, &before);
                }
            }
        }
    }
}
