//! Programmes that are offered one after another, and what of them is shown on which day.

use super::*;
use serde_json::{Value, json};
use spotter_model::Week;

const NOW: f64 = 1_795_645_000_000.0; // 2026-11-25T22:16:40Z, a Wednesday

fn programme(serial: u64) -> Value {
    let round = |id: &str, from: &str, until: &str, cohorts: &[&str]| json!({ "id": id, "name": id.to_uppercase(), "from": from, "until": until, "cohorts": cohorts, "minimum_per_week": 3 });
    json!({
        "schema": "wildlife-programme/1", "serial": serial, "expires": "2027-01-31",
        "lead": "mailto:lead@programme.example", "debrief": "https://programme.example/talk",
        "rounds": [
            round("now", "2026-11-02", "2026-11-29", &[]),
            round("theirs", "2026-11-02", "2026-11-29", &["spring"]),
            round("later", "2027-01-01", "2027-01-20", &[]),
            round("next", "2026-12-01", "2026-12-20", &["autumn"]),
            round("never", "2027-02-01", "2027-02-20", &[]),
        ],
    })
}

fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn said(kept: &Kept) -> Option<&str> {
    kept.trouble.as_ref().map(|s| s.0.as_str())
}

fn sent(created_at: &str, state: &str) -> Entry {
    serde_json::from_value(json!({
        "report_id": "r", "title": "", "url": "", "created_at": created_at, "tab_id": 1, "finding": "f", "origin": "",
        "key_id": "", "signature": "", "body_sha256": "", "evidence": [], "state": state, "due_ms": 0.0, "tries": 0,
    }))
    .unwrap()
}

#[test]
fn only_keys_that_the_invitation_names_are_trusted() {
    use crate::logic::signed::base64;
    let (named, other) = (base64(&[1; 32]), base64(&[2; 32]));
    let prints = [fingerprint(&[1; 32])];
    assert_eq!(trusted(&prints, &[other.clone(), named.clone(), "*".into(), base64(&[1; 31])]), [named]);
    assert_eq!(trusted(&[], &[other]), Vec::<String>::new());
}

#[test]
fn a_key_that_was_taken_back_signs_nothing_any_more() {
    let print = |byte: u8| fingerprint(&[byte; 32]);
    let (old, new) = (print(1), print(2));
    let taking_back = |serial: u64, print: &str| {
        let mut value = programme(serial);
        value["revoked"] = json!([print]);
        bytes(&value)
    };
    let mut kept = Kept::default();
    kept.signed(&bytes(&programme(1)), &old);
    kept.signed(&taking_back(2, &old), &old);
    assert_eq!(
        (said(&kept), kept.programme.as_ref().unwrap().serial),
        (Some("bg_programme_signature"), 1),
        "not by itself"
    );
    kept.signed(&taking_back(3, &old), &new);
    assert_eq!((said(&kept), kept.revoked()), (None, &[old.clone()][..]));
    kept.signed(&bytes(&programme(9)), &old);
    assert_eq!((said(&kept), kept.programme.as_ref().unwrap().serial), (Some("bg_programme_signature"), 3));
    kept.signed(&taking_back(4, "no fingerprint"), &new);
    assert_eq!(said(&kept), Some("bg_programme_unreadable"));
}

#[test]
fn the_newest_that_was_signed_stays() {
    let mut kept = Kept::default();
    kept.signed(&bytes(&programme(3)), "k");
    assert_eq!((said(&kept), kept.programme.as_ref().unwrap().serial), (None, 3));
    type Step = fn(&mut Kept);
    let table: [(Step, Option<&str>, u64); 7] = [
        (|k| k.not_signed(), Some("bg_programme_signature"), 3),
        (|k| k.nothing_offered(), None, 3),
        (|k| k.signed(&bytes(&programme(2)), "k"), Some("bg_programme_older"), 3),
        (|k| k.signed(b"{}", "k"), Some("bg_programme_unreadable"), 3),
        (|k| k.no_key(), Some("bg_programme_no_key"), 3),
        (|k| k.signed(&bytes(&programme(4)), "k"), None, 4),
        (|k| k.trust_only(&["k".into()]), None, 4),
    ];
    for (n, (step, trouble, serial)) in table.into_iter().enumerate() {
        step(&mut kept);
        assert_eq!((said(&kept), kept.programme.as_ref().unwrap().serial), (trouble, serial), "step {n}");
    }
    kept.trust_only(&["another".into()]);
    assert_eq!(kept, Kept::default(), "after joining elsewhere nothing of it counts");
}

#[test]
fn what_holds_today() {
    let mut kept = Kept::default();
    assert_eq!(kept.today("autumn", NOW, &[], None), None);
    kept.not_signed();
    let refused = kept.today("autumn", NOW, &[], None).unwrap();
    assert_eq!((refused.now.len(), refused.trouble.unwrap().0.as_str()), (0, "bg_programme_signature"));
    kept.signed(&bytes(&programme(3)), "k");
    let names = |cohort: &str, now: f64| -> (Vec<String>, Option<String>) {
        let rounds = kept.today(cohort, now, &[], None).unwrap();
        (rounds.now.into_iter().map(|r| r.id).collect(), rounds.next.map(|n| n.0))
    };
    let list = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(names("autumn", NOW), (list(&["now"]), Some("NEXT".into())));
    assert_eq!(names("spring", NOW), (list(&["now", "theirs"]), Some("LATER".into())));
    assert_eq!(names("autumn", NOW + 90.0 * DAY_MS), (list(&[]), None), "past its end");
}

#[test]
fn the_week_begins_on_monday() {
    for (day, want) in [
        ("2026-11-22T23:59:59.000Z", "2026-11-16"),
        ("2026-11-23T00:00:00.000Z", "2026-11-23"),
        ("2026-11-29T23:59:59.000Z", "2026-11-23"),
        ("1970-01-01T00:00:00.000Z", "1969-12-29"),
    ] {
        let day: Date = day[..10].parse().unwrap();
        let late = day.days_since_epoch() as f64 * DAY_MS + DAY_MS - 1.0;
        assert_eq!(&time::rfc3339(monday(late))[..10], want, "{day}");
    }
}

#[test]
fn reports_of_the_week_are_counted_once() {
    let entries = [
        sent("2026-11-22T23:59:59.999Z", "sent"),
        sent("2026-11-23T00:00:00.000Z", "sent"),
        sent("2026-11-25T12:00:00.000Z", "sent"),
        sent("2026-11-25T12:00:00.000Z", "waiting"),
    ];
    let standing = |from: &str, reports| Standing {
        week: Week { from: from.into(), reports, decided: vec![] },
        ..Standing::default()
    };
    assert_eq!(reports_this_week(NOW, &entries, None), 2);
    // The endpoint knows of another device, or of reports that were taken off this list.
    assert_eq!(reports_this_week(NOW, &entries, Some(&standing("2026-11-23T00:00:00Z", 5))), 5);
    assert_eq!(reports_this_week(NOW, &entries, Some(&standing("2026-11-23T00:00:00Z", 1))), 2);
    assert_eq!(reports_this_week(NOW, &entries, Some(&standing("2026-11-16T00:00:00Z", 9))), 2, "last week's");
}
