//! The built-in lexicon pack: the bytes, and nothing else.
//!
//! Compiled from the folder `lexicon/` by this crate's build script, so that a wrong entry fails the build with
//! the file and the entry named. Never reads, signs or fetches packs.
#![deny(missing_docs)]

/// The pack, for `spotter_detector::Detector::from_pack`.
pub static PACK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lexicon.pack"));

/// The same pack without its ready-made automaton, for `spotter_detector::Detector::from_pack_building`: where
/// memory is kept ready-made in another way, the automaton would be dead weight.
pub static LEAN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lean.pack"));

#[cfg(test)]
mod tests {
    #[test]
    fn the_lean_pack_only_builds() {
        assert!(super::LEAN.len() * 2 < super::PACK.len());
        let lean = spotter_detector::Detector::from_pack_building(super::LEAN).unwrap();
        let full = spotter_detector::Detector::from_pack(super::PACK).unwrap();
        assert_eq!(lean.lexicon(), full.lexicon());
        let refused = spotter_detector::Detector::from_pack(super::LEAN).unwrap_err();
        assert_eq!(refused, spotter_detector::PackError::Automaton);
    }

    #[test]
    fn the_pack_opens_in_both_ways() {
        let ready = spotter_detector::Detector::from_pack(super::PACK).unwrap();
        let built = spotter_detector::Detector::from_pack_building(super::PACK).unwrap();
        assert_eq!(ready.pack_version(), built.pack_version());
        let listing = spotter_model::Listing { title: "Loxodonta africana".into(), ..Default::default() };
        let as_of = "2026-11-23".parse().unwrap();
        assert_eq!(ready.assess(&listing, as_of), built.assess(&listing, as_of));
    }
}
