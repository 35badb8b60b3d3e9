//! `spotter explain`: why a listing is marked, in the words that a spotter reads.
//!
//! Never adds a sentence of its own: what it prints is what the panel shows.

use crate::input::{self, Line, Lines};
use crate::words::{self, Words};
use crate::{End, Failure, With};
use spotter_detector::Detector;
use spotter_model::{Date, Level, Listing};
use std::io;

/// Synthetic listings, written for this project; none was ever offered by anybody.
const SAMPLES: [(&str, &str, &str); 6] = [
    ("https://www.ebay.com.au/itm/1", "Antique elephant ivory netsuke, hand carved", "From an estate, 19th century."),
    ("https://www.marktplaats.nl/v/1", "Old ox bone netsuke, fine grain", "Carved by hand, no papers needed."),
    ("https://www.kleinanzeigen.de/s-anzeige/1", "African grey parrot, DNA sexed male", "With cage and CITES papers."),
    ("https://www.aliexpress.com/item/1.html", "Genuine tiger claw pendant", "PM me for price."),
    ("https://www.leboncoin.fr/ad/1", "P a n g o l i n scales, 500 g", "Dried."),
    ("https://reptiles.example/1", "Ball python, captive bred hatchling", ""),
];

/// Explains what is read.
pub fn run(with: &With, lang: &str) -> Result<End, Failure> {
    let words = Words::of(lang)?;
    let (detector, as_of) = (with.detector()?, with.as_of());
    let mut lines = Lines::new(io::stdin().lock());
    let mut bad = 0u64;
    let cannot = |e: io::Error| Failure::new(format!("the input cannot be read on: {e}"));
    while let Some(batch) = lines.batch().map_err(cannot)? {
        for (line, number) in batch.lines.into_iter().zip(batch.first..) {
            let listing = match line {
                Line::TooLong => Err("too long".to_owned()),
                Line::Text(text) => input::listing(&text),
            };
            match listing {
                Ok(None) => {}
                Ok(Some(listing)) => {
                    let text = told(&detector, &words, &listing, as_of);
                    crate::show(&format!("{}\n{text}", listing.id))?;
                }
                Err(what) => {
                    bad += 1;
                    eprintln!("spotter: line {number} skipped: {what}");
                }
            }
        }
    }
    Ok(if bad == 0 { End::Fine } else { End::Complaints })
}

/// Explains the samples in every language.
pub fn samples(with: &With) -> Result<End, Failure> {
    let (detector, as_of) = (with.detector()?, with.as_of());
    for lang in words::languages() {
        let words = Words::of(lang)?;
        crate::show(&format!("== {lang}\n"))?;
        for (url, title, description) in SAMPLES {
            let (url, title, description) = (url.to_owned(), title.to_owned(), description.to_owned());
            let listing = Listing { url, title, description, ..Listing::default() };
            let why = told(&detector, &words, &listing, as_of);
            crate::show(&format!("{} | {}\n{why}", listing.title, listing.url))?;
        }
    }
    Ok(End::Fine)
}

fn told(detector: &Detector, words: &Words, listing: &Listing, as_of: Date) -> String {
    let a = detector.assess(listing, as_of);
    if a.level == Level::None {
        return String::new();
    }
    let sentences = detector.sentences(&[], listing, &a, as_of);
    sentences.iter().map(|s| format!("  {}\n", words.say(s))).collect()
}
