//! Work on what the customer owns names it as firmly as an offer does, and is none: with the words that ship.

use spotter_detector::Detector;
use spotter_model::{Assessment, Level, Listing};

fn assess(detector: &Detector, title: &str) -> Assessment {
    let listing = Listing { id: "t".into(), title: title.into(), ..Listing::default() };
    detector.assess(&listing, "2026-11-23".parse().expect("a day"))
}

#[test]
fn work_on_what_the_customer_owns_is_no_offer_of_it() {
    let detector = Detector::from_pack(spotter_pack::PACK).expect("the built-in pack");
    for (offer, service) in [
        ("African grey parrot and macaw", "African grey parrot and macaw, holiday boarding, nail trim"),
        ("Antique ivory figure, small old repair", "Antique ivory figures, restoration service, we do not buy or sell"),
        ("Leopard fur coat", "Leopard fur coat remodelling, fur storage, relining"),
    ] {
        let (offer, service) = (assess(&detector, offer), assess(&detector, service));
        assert!(offer.level >= Level::Possible, "{offer:?}");
        assert!(service.level == Level::None && service.score < offer.score / 4.0, "{service:?}");
        assert!(service.cues.iter().any(|c| c.concept == "lookalike.service-work" && c.weight < 0.0), "{service:?}");
    }
}
