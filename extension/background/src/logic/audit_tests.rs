use super::*;
use proptest::prelude::*;
use serde_json::json;

fn round_of(one_in: u32, hosts: &[&str]) -> Round {
    let markets: Vec<_> = hosts.iter().map(|host| json!({ "host": host })).collect();
    serde_json::from_value(json!({ "id": "ivory", "name": "Ivory", "from": "2026-11-01", "until": "2026-12-31",
        "marketplaces": markets, "audit_one_in": one_in }))
    .expect("a round")
}

fn card(n: u32, level: &str) -> OnPage {
    serde_json::from_value(json!({
        "finding": {"key": format!("k{n}"), "title": format!("Synthetic {n}"), "price": "$12.50", "level": level,
            "url": format!("https://www.market.example/item/{n}?utm_source=x"), "reportable": "check",
            "what": {"groups": [], "commodities": [], "scientific_names": [], "appendices": []},
            "reasons": [], "sentences": [], "reported": false},
        "seller": "", "location": "", "listing_id": "", "marketplace": "market.example"
    }))
    .expect("a card")
}

/// One device: what it keeps, and what it ever offered.
struct Device {
    kept: Kept,
    days: BTreeMap<Of, Day>,
    before: HashSet<String>,
}

impl Device {
    fn new(seed: u64) -> Self {
        let key = super::super::signed::sha256_hex(&seed.to_be_bytes());
        Self { kept: Kept { key, ..Kept::default() }, days: BTreeMap::new(), before: HashSet::new() }
    }

    fn looks(&mut self, round: &Round, url: &str, cards: &[OnPage], day: &str) -> Option<Offer> {
        let today = day.parse().expect("a day");
        let page = Page { url, tab_id: 7, cards, today };
        let rounds = std::slice::from_ref(round);
        let new = look(&mut self.kept, &mut self.days, rounds, &page, &self.before)?;
        assert!(self.before.insert(new.clone()), "offered twice");
        self.kept.offer.as_ref().map(|o| o.offer.clone()).filter(|o| o.listing == new)
    }

    /// All that this page ever offers, each answered at once.
    fn all(&mut self, round: &Round, url: &str, cards: &[OnPage], day: &str) -> Vec<String> {
        let mut out = vec![];
        while let Some(offer) = self.looks(round, url, cards, day) {
            self.kept.offer = None;
            out.push(offer.key);
        }
        out
    }

    fn counts(&self) -> [u32; 3] {
        let sum = |of: fn(&Day) -> u32| self.days.values().map(of).sum();
        [sum(|d| d.flagged), sum(|d| d.unflagged), sum(|d| d.offered)]
    }
}

const DAY: &str = "2026-11-27";
const PAGE: &str = "https://www.market.example/s?q=x";

#[test]
fn each_listing_counts_once_a_day_and_flagged_ones_are_never_offered() {
    let round = round_of(1, &[]);
    let cards = [card(1, "likely"), card(2, "possible"), card(3, "none"), card(3, "none"), card(4, "none")];
    let mut device = Device::new(1);
    assert_eq!(device.all(&round, PAGE, &cards, DAY), ["k3", "k4"]);
    assert_eq!(device.counts(), [2, 2, 2]);
    // The same page once more, and another with one more: only that one is new.
    assert!(device.all(&round, PAGE, &cards, DAY).is_empty());
    let more = [card(4, "none"), card(5, "none")];
    assert_eq!(device.all(&round, "https://www.market.example/s?q=y", &more, DAY), ["k5"]);
    assert_eq!(device.counts(), [2, 3, 3]);
    // The next day it is seen again, but what was offered once is not offered again.
    assert!(device.all(&round, PAGE, &cards, "2026-11-28").is_empty());
    assert_eq!((device.days.len(), device.counts()), (2, [4, 5, 3]));
}

#[test]
fn one_is_offered_at_a_time_and_few_on_a_page() {
    let round = round_of(1, &["market.example"]);
    let cards: Vec<OnPage> = (0..20).map(|n| card(n, "none")).collect();
    let mut device = Device::new(2);
    let first = device.looks(&round, PAGE, &cards, DAY).expect("an offer");
    assert_eq!((first.key.as_str(), first.title.as_str(), first.tab_id), ("k0", "Synthetic 0", 7));
    // Not answered: it stays, whatever else there is. The page was loaded anew: its key is another.
    let mut anew = cards.clone();
    anew[0].finding.key = "x0".into();
    assert_eq!(device.looks(&round, PAGE, &anew, DAY), None);
    assert_eq!(device.kept.offer.as_ref().map(|o| o.offer.key.as_str()), Some("x0"));
    device.kept.offer = None;
    assert_eq!(device.all(&round, PAGE, &cards, DAY).len() as u32, limits::AUDIT_PAGE - 1);
    assert_eq!(device.all(&round, "https://www.market.example/2", &cards, DAY).len() as u32, limits::AUDIT_PAGE);
    assert_eq!(device.counts(), [0, 20, 2 * limits::AUDIT_PAGE]);
}

#[test]
fn what_is_not_of_a_round_with_checks_is_not_even_counted() {
    let table: [(Round, u32); 4] = [
        (round_of(0, &[]), 0),
        (round_of(1, &["other.example"]), 0),
        (round_of(1, &["market.example"]), 3),
        (round_of(1, &[]), 3),
    ];
    for (round, want) in table {
        let mut device = Device::new(3);
        let cards = [card(1, "none"), card(2, "none"), card(3, "none")];
        device.all(&round, PAGE, &cards, DAY);
        assert_eq!(device.counts()[1], want, "{round:?}");
    }
    // Addresses that are none, hosts that are none, and listings that were reported.
    let round = round_of(1, &[]);
    let mut bad = [card(1, "none"), card(2, "none"), card(3, "none"), card(4, "none")];
    bad[0].finding.url = "javascript:1".into();
    bad[1].marketplace = "<script>".into();
    bad[2].marketplace = String::new();
    bad[3].finding.reported = true;
    let mut device = Device::new(4);
    assert!(device.all(&round, PAGE, &bad, DAY).is_empty());
    assert_eq!(device.counts(), [0, 1, 0], "a reported one was seen all the same");
}

#[test]
fn a_day_has_a_bound() {
    let round = round_of(10_000, &[]);
    let cards: Vec<OnPage> = (0..limits::AUDIT_SEEN + 10).map(|n| card(n, "none")).collect();
    let mut device = Device::new(5);
    device.all(&round, PAGE, &cards, DAY);
    assert_eq!(device.counts()[1], limits::AUDIT_SEEN);
}

/// Of many listings one in N is drawn, on each device others, and on one device always the same.
#[test]
fn the_rate_holds_the_choice_is_the_devices_own_and_it_stays() {
    for one_in in [5_u32, 20, 100] {
        let listings = 40 * one_in;
        let mut drawn_by_all = 0;
        let mut sets: Vec<HashSet<u32>> = vec![];
        for seed in 0..20 {
            let device = Device::new(seed);
            let drawn_by = |n: &u32| drawn(keyed(&device.kept.key, "market.example", &n.to_string()), one_in);
            let set: HashSet<u32> = (0..listings).filter(drawn_by).collect();
            assert_eq!(set, (0..listings).rev().filter(drawn_by).collect(), "the same whenever it is asked");
            drawn_by_all += set.len();
            sets.push(set);
        }
        // 800 are expected; five standard deviations are 141.
        assert!((659..=941).contains(&drawn_by_all), "one in {one_in}: {drawn_by_all} of 800");
        assert!(sets.windows(2).all(|two| two[0] != two[1]), "no two devices draw alike");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Pages of any listings, on three days and four addresses, in any order.
    #[test]
    fn random_days_keep_their_promises(
        seed in any::<u64>(),
        one_in in 5_u32..12,
        pages in prop::collection::vec((prop::collection::vec((0_u32..120, 0_u8..4), 0..40), 0_u8..4, 0_u8..3), 1..12),
    ) {
        let round = round_of(one_in, &[]);
        let mut device = Device::new(seed);
        for (cards, url, day) in pages {
            let level = |n: u8| if n == 3 { "likely" } else { "none" };
            let cards: Vec<OnPage> = cards.into_iter().map(|(n, l)| card(n, level(l))).collect();
            let before = device.before.len();
            // `looks` itself asserts that nothing is offered twice.
            let url = format!("https://www.market.example/{url}");
            let offered = device.all(&round, &url, &cards, &format!("2026-11-{}", 20 + day));
            prop_assert!(offered.len() as u32 <= limits::AUDIT_PAGE && device.before.len() == before + offered.len());
        }
        let today = "2026-12-01".parse().expect("a day");
        for day in device.days.values() {
            prop_assert_eq!(day.seen.len() as u32, day.flagged + day.unflagged);
            let told = over(day, today, "0.1.0 1", "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into()).expect("it fits");
            let text = serde_json::to_string(&told).expect("JSON");
            prop_assert!(!text.contains("item/") && !text.contains(&day.seen[0]), "counts only: {}", text);
        }
    }
}

#[test]
fn what_is_told_names_no_listing_and_a_day_is_told_when_it_is_over() {
    let round = round_of(5, &[]);
    let mut device = Device::new(6);
    let cards: Vec<OnPage> = (0..60).map(|n| card(n, "none")).collect();
    device.looks(&round, PAGE, &cards, DAY).expect("one of sixty at one in five");
    let offered = device.kept.offer.clone().expect("an offer");
    let told = answer(&offered, Looked::Protected, "0.1.0 1", "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".into());
    let text = serde_json::to_string(&told.expect("it fits")).expect("JSON");
    for secret in ["Synthetic", "item/", "12.50", PAGE, device.kept.key.as_str()] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let day = device.days.values().next().expect("a day");
    let id = || "0b8e4a52-9b0e-4c5e-8f3a-5f1d2c3b4a59".to_owned();
    assert_eq!(over(day, DAY.parse().expect("a day"), "1", id()), None);
    let told = over(day, "2026-11-28".parse().expect("a day"), "1", id()).expect("it is over");
    assert_eq!((told.flagged, told.unflagged, told.offered), (0, 60, 1));
}
