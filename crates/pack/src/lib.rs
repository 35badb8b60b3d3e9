//! The built-in lexicon pack: the bytes, and nothing else.
//!
//! Compiled from the folder `lexicon/` by this crate's build script, so that a wrong entry fails the build with
//! the file and the entry named. Never reads, signs or fetches packs.
#![deny(missing_docs)]

/// The pack, for `spotter_detector::Detector::from_pack`.
pub static PACK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lexicon.pack"));

#[cfg(test)]
mod tests {
    /// Every text of the corpus, in all its languages, with all its disguises: the tables and the reference.
    #[test]
    fn both_ways_find_the_same_in_the_corpus() {
        let ready = spotter_detector::Detector::from_pack(super::PACK).unwrap();
        let built = spotter_detector::Detector::from_pack_building(super::PACK).unwrap();
        let as_of = "2026-11-23".parse().unwrap();
        let mut open = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus")];
        let mut read = 0;
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|e| e == "jsonl") {
                    for line in std::fs::read_to_string(path).unwrap().lines() {
                        let listing: spotter_model::Listing = serde_json::from_str(line).unwrap();
                        assert_eq!(ready.assess(&listing, as_of), built.assess(&listing, as_of), "{line}");
                        read += 1;
                    }
                }
            }
        }
        assert!(read > 400);
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
