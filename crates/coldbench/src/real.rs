//! The real detector over the built-in pack.

use spotter_detector::Detector;
use spotter_model::{Date, Listing};

pub struct Engine(Detector);

#[cfg(not(feature = "snapshot"))]
pub use spotter_pack::PACK as EMBEDDED;

impl Engine {
    #[cfg(feature = "daachorse")]
    pub fn new(pack: &[u8]) -> Self {
        Self(Detector::from_pack(pack).expect("the built-in pack"))
    }

    #[cfg(not(feature = "daachorse"))]
    pub fn new(pack: &[u8]) -> Self {
        Self(Detector::from_pack_building(pack).expect("the built-in pack"))
    }

    fn assessment(&self, listing: &Listing) -> spotter_model::Assessment {
        self.0.assess(listing, Date::new(2026, 11, 23).expect("a day"))
    }

    pub fn cues(&self, listing: &Listing) -> u32 {
        u32::try_from(self.assessment(listing).cues.len()).unwrap_or(u32::MAX)
    }

    pub fn assess(&self, listing: &Listing) -> String {
        serde_json::to_string(&self.assessment(listing)).unwrap_or_default()
    }
}
