//! The outbox against a simulated endpoint, disk and background that die and answer in any order.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn entry(id: &str, due_ms: f64) -> Entry {
    Entry {
        report_id: id.into(),
        title: "synthetic".into(),
        url: "https://market.example/1".into(),
        created_at: "2026-11-23T22:13:54Z".into(),
        tab_id: 1,
        finding: "1".into(),
        origin: "https://endpoint.example".into(),
        key_id: "k".into(),
        signature: String::new(),
        body_sha256: String::new(),
        evidence: vec![],
        cues: vec![],
        state: OutboxState::Undoable,
        due_ms,
        set_ms: 0.0,
        tries: 0,
        trouble: None,
        number: None,
        receipt: None,
        status: None,
        reason: String::new(),
        joined: false,
        asked: None,
        saw: None,
    }
}

#[test]
fn a_question_is_answered_once_and_asked_again_only_by_another_check() {
    let mut e = entry("r", 0.0);
    e.asked = Some("2026-12-01T00:00:00.000Z".into());
    assert!(!e.is_asked(), "nothing is asked of what is still on its way");
    e.answered(sent(), 1.0, 0.5);
    assert!(e.is_asked() && e.item(0.0).asked);
    e.answer(Saw::Gone);
    e.answer(Saw::Offered);
    let item = e.item(0.0);
    assert_eq!((item.asked, item.saw), (false, Some(Saw::Gone)), "the first answer stands");
    e.asked = None;
    assert!(!e.is_asked());
    e.asked = Some("2027-01-01T00:00:00.000Z".into());
    assert!(e.is_asked());
    e.answer(Saw::Offered);
    assert_eq!(e.item(0.0).saw, Some(Saw::Offered));
}

fn receipt() -> Envelope {
    Envelope { payload_type: "t".into(), payload: String::new(), signatures: vec![] }
}

fn sent() -> Outcome {
    Outcome::Sent { number: "W-1".into(), receipt: receipt(), trouble: None }
}

fn again() -> Outcome {
    Outcome::Again { why: Sentence::new("bg_try_busy"), asked_ms: None }
}

fn never() -> Outcome {
    Outcome::Never { why: Sentence::new("bg_refused_conflict") }
}

#[test]
fn steps() {
    use OutboxState::{Refused, Sent, Undoable, Waiting};
    type Step = fn(&mut Entry);
    let table: &[(&str, &[Step], OutboxState)] = &[
        ("not due", &[|e| assert!(!e.begin(9.0))], Undoable),
        ("due", &[|e| assert!(e.begin(10.0))], Waiting),
        ("taken", &[|e| assert!(e.begin(10.0)), |e| e.answered(sent(), 11.0, 0.5)], Sent),
        ("again", &[|e| assert!(e.begin(10.0)), |e| e.answered(again(), 11.0, 0.5)], Waiting),
        ("never", &[|e| assert!(e.begin(10.0)), |e| e.answered(never(), 11.0, 0.5)], Refused),
        (
            "refused, retried",
            &[|e| e.answered(never(), 11.0, 0.5), |e| e.retry(12.0), |e| assert!(e.begin(12.0))],
            Waiting,
        ),
        ("retry does not shorten an undo", &[|e| e.retry(1.0), |e| assert!(!e.begin(9.0))], Undoable),
        ("retry of a sent one", &[|e| e.answered(sent(), 1.0, 0.5), |e| e.retry(2.0)], Sent),
        ("late failure after a receipt", &[|e| e.answered(sent(), 1.0, 0.5), |e| e.answered(again(), 2.0, 0.5)], Sent),
        ("late refusal after a receipt", &[|e| e.answered(sent(), 1.0, 0.5), |e| e.answered(never(), 2.0, 0.5)], Sent),
    ];
    for (name, steps, want) in table {
        let mut e = entry("a", 10.0);
        for step in *steps {
            step(&mut e);
        }
        assert_eq!(e.state, *want, "{name}");
    }
}

#[test]
fn a_wrong_clock_heals() {
    let mut e = entry("a", 1e15);
    assert!(e.heal_clock(1_000.0));
    assert!(e.begin(1_000.0));
    assert!(!entry("a", 10_000.0).heal_clock(0.0));
}

#[test]
fn a_clock_that_was_set_back_begins_the_wait_anew() {
    let hour = 3_600_000.0;
    for (back, healed) in [(0.0, false), (1_000.0, false), (5.0 * hour, true), (24.0 * hour, true), (1e12, true)] {
        let noon = 2e12;
        let mut e = entry("a", noon);
        e.answered(Outcome::Again { why: Sentence::new("bg_try_busy"), asked_ms: Some(2.0 * hour) }, noon, 0.5);
        assert_eq!(e.heal_clock(noon - back), healed, "{back}");
        let wait = e.due_ms - (noon - back);
        assert!((2.0 * hour..=2.0 * hour + 1_000.0).contains(&wait), "{back}: waits {wait}");
        assert!(!e.heal_clock(noon - back), "once is enough");
    }
}

#[test]
fn picking_and_forgetting() {
    let mut all = [entry("a", 30.0), entry("b", 20.0), entry("c", 10.0)];
    all[2].state = OutboxState::Refused;
    let none = HashSet::new();
    assert_eq!(pick(&all, 25.0, &none).map(|e| e.report_id.as_str()), Some("b"));
    assert_eq!(pick(&all, 35.0, &HashSet::from(["b".to_owned()])).map(|e| e.report_id.as_str()), Some("a"));
    assert_eq!(next_due(&all), Some(20.0));
    for (e, at) in all.iter_mut().zip(["2026-01-01", "2026-01-03", "2026-01-02"]) {
        e.created_at = at.into();
        e.state = OutboxState::Sent;
    }
    assert_eq!(stale(&all, 1), ["c", "a"]);
    assert_eq!(next_due(&all), None);
    assert!(awaits_status(&all));
    for e in &mut all {
        e.status = Some(PublicStatus::Removed);
    }
    assert!(!awaits_status(&all));
    assert_eq!(all[0].item(0.0).next_try_ms, None);
    assert_eq!(entry("a", 5.0).item(9.0).next_try_ms, Some(5.0));
}

/// What the endpoint does with a request.
#[derive(Clone, Copy, Debug)]
enum Net {
    Stores,
    StoresButAnswerIsLost,
    NotReached,
    Busy,
    Refuses,
}

#[derive(Clone, Copy, Debug)]
enum Op {
    Queue,
    Pass(u32),
    Send(Net),
    /// The answer to the oldest request in flight arrives.
    Answer,
    /// The background dies; requests in flight have or have not reached the endpoint already.
    Die,
    Undo(u8),
    Retry(u8),
    Delete(u8),
}

fn op() -> impl Strategy<Value = Op> {
    let net = prop_oneof![
        3 => Just(Net::Stores),
        2 => Just(Net::StoresButAnswerIsLost),
        2 => Just(Net::NotReached),
        1 => Just(Net::Busy),
        1 => Just(Net::Refuses),
    ];
    prop_oneof![
        3 => Just(Op::Queue),
        4 => (1u32..400_000).prop_map(Op::Pass),
        5 => net.prop_map(Op::Send),
        4 => Just(Op::Answer),
        2 => Just(Op::Die),
        2 => any::<u8>().prop_map(Op::Undo),
        1 => any::<u8>().prop_map(Op::Retry),
        1 => any::<u8>().prop_map(Op::Delete),
    ]
}

/// Disk and endpoint survive; `in_flight` and `answers` die with the background.
#[derive(Default)]
struct World {
    now: f64,
    disk: BTreeMap<String, Entry>,
    in_flight: HashSet<String>,
    answers: Vec<(String, Outcome)>,
    /// Per report, how many cases the endpoint opened. The same id again is the same case.
    cases: BTreeMap<String, u32>,
    queued: BTreeSet<String>,
    undone: BTreeSet<String>,
    deleted: BTreeSet<String>,
}

impl World {
    fn entries(&self) -> Vec<Entry> {
        self.disk.values().cloned().collect()
    }

    fn nth(&self, n: u8) -> Option<String> {
        self.disk.keys().nth(usize::from(n) % self.disk.len().max(1)).cloned()
    }

    fn send(&mut self, net: Net) {
        let Some(id) = pick(&self.entries(), self.now, &self.in_flight).map(|e| e.report_id.clone()) else { return };
        let e = self.disk.get_mut(&id).unwrap();
        assert!(e.begin(self.now), "what is picked is due");
        self.in_flight.insert(id.clone());
        let outcome = match net {
            Net::Stores | Net::StoresButAnswerIsLost => {
                self.cases.entry(id.clone()).or_insert(1);
                if matches!(net, Net::Stores) { sent() } else { again() }
            }
            Net::NotReached => again(),
            Net::Busy => Outcome::Again { why: Sentence::new("bg_try_busy"), asked_ms: Some(60_000.0) },
            // An endpoint that holds the report answers the same bytes with the same receipt, whatever else it refuses.
            Net::Refuses if self.cases.contains_key(&id) => sent(),
            Net::Refuses => never(),
        };
        self.answers.push((id, outcome));
    }

    fn answer(&mut self) {
        if self.answers.is_empty() {
            return;
        }
        let (id, outcome) = self.answers.remove(0);
        if let Some(e) = self.disk.get_mut(&id) {
            e.answered(outcome, self.now, 0.5);
        }
        self.in_flight.remove(&id);
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Queue => {
                let id = format!("{:04}", self.queued.len());
                self.queued.insert(id.clone());
                self.disk.insert(id.clone(), entry(&id, self.now + 10_000.0));
            }
            Op::Pass(ms) => self.now += f64::from(ms),
            Op::Send(net) => self.send(net),
            Op::Answer => self.answer(),
            Op::Die => {
                self.in_flight.clear();
                self.answers.clear();
            }
            Op::Undo(n) => {
                let Some(id) = self.nth(n) else { return };
                if self.disk[&id].may_undo(self.in_flight.contains(&id)) {
                    self.disk.remove(&id);
                    self.undone.insert(id);
                }
            }
            Op::Retry(n) => {
                let now = self.now;
                if let Some(e) = self.nth(n).and_then(|id| self.disk.get_mut(&id)) {
                    e.retry(now);
                }
            }
            Op::Delete(n) => {
                let Some(id) = self.nth(n) else { return };
                if self.disk[&id].may_delete(self.in_flight.contains(&id)) {
                    self.disk.remove(&id);
                    self.deleted.insert(id);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// No sequence of sending, dying, answering, undoing and retrying loses, doubles or leaks a report.
    #[test]
    fn nothing_is_lost_doubled_or_sent_after_its_undo(ops in prop::collection::vec(op(), 0..120)) {
        let mut w = World::default();
        for op in ops {
            w.apply(op);
            for id in &w.queued {
                let kept = w.disk.contains_key(id);
                let let_go = w.undone.contains(id) || w.deleted.contains(id);
                prop_assert!(kept != let_go, "{} is in the outbox or was let go by the person", id);
            }
            for id in &w.undone {
                prop_assert!(!w.cases.contains_key(id), "{} was undone and must never arrive", id);
            }
            for e in w.disk.values().filter(|e| e.state == OutboxState::Sent) {
                prop_assert_eq!(w.cases.get(&e.report_id), Some(&1), "sent means arrived");
            }
        }
        // The endpoint recovers; time passes; the person retries what was refused.
        w.apply(Op::Die);
        for id in w.disk.keys().cloned().collect::<Vec<_>>() {
            let now = w.now;
            w.disk.get_mut(&id).unwrap().retry(now);
        }
        for _ in 0..2 * w.disk.len() + 1 {
            w.now += backoff::LONGEST_ASKED_MS;
            w.send(Net::Stores);
            w.answer();
        }
        for e in w.disk.values() {
            prop_assert_eq!(e.state, OutboxState::Sent);
            prop_assert_eq!(w.cases[&e.report_id], 1);
        }
    }
}
