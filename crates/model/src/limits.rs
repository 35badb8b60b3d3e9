//! Bounds on everything that comes from a page, a report or a request. Checked before work is done.
//! Text bounds are in bytes of UTF-8 unless the name says otherwise.

/// Longest title that is read; the rest is cut at a character boundary.
pub const TITLE_BYTES: usize = 2 * 1024;
/// Longest description that is read and that a report carries.
pub const DESCRIPTION_BYTES: usize = 8 * 1024;
/// Longest short field: price, category, seller, location, image text.
pub const SHORT_BYTES: usize = 512;
/// Longest URL.
pub const URL_BYTES: usize = 2 * 1024;
/// Longest spotter's note, in Unicode scalar values.
pub const NOTE_CHARS: usize = 1_000;
/// Most cues that an assessment carries; the strongest stay.
pub const CUES: usize = 64;
/// Most taxa that an assessment carries.
pub const TAXA: usize = 16;
/// Most evidence items in one report.
pub const EVIDENCE_ITEMS: usize = 24;
/// Most pictures of one listing.
pub const PICTURES: usize = 12;
/// Most identification marks in one report.
pub const MARKS: usize = 24;
/// Most methods that a spotter ticks in one report.
pub const METHODS: usize = 16;
/// Most taxa that a spotter chooses in one report.
pub const CHOSEN_TAXA: usize = 5;
/// Most parts of a screenshot that are painted over.
pub const COVERS: usize = 600;
/// Largest report body.
pub const REPORT_BYTES: usize = 64 * 1024;
/// Largest blob (picture or screenshot).
pub const BLOB_BYTES: usize = 2 * 1024 * 1024;
/// Most listings in one batch from a page.
pub const BATCH_LISTINGS: usize = 200;
/// Longest input line of `spotter scan`.
pub const SCAN_LINE_BYTES: usize = 1024 * 1024;
/// Most reports that wait in the outbox; further ones are refused with a sentence, none is dropped.
pub const OUTBOX_REPORTS: usize = 500;
/// Largest body of a suggestion or of a word about a false alarm.
pub const SMALL_BODY_BYTES: usize = 8 * 1024;
/// Longest suggested word or phrase.
pub const TERM_BYTES: usize = 120;
/// Longest explanation of a suggested word, in Unicode scalar values.
pub const MEANING_CHARS: usize = 300;
/// Most questions of one test of the training.
pub const TEST_QUESTIONS: usize = 64;
/// Most tests that are counted before a pass.
pub const TEST_ATTEMPTS: u32 = 1_000;
/// Largest programme of rounds.
pub const PROGRAMME_BYTES: usize = 64 * 1024;
/// Largest pack of a programme's own words that a device fetches.
pub const OVERLAY_BYTES: usize = 4 * 1024 * 1024;
/// Most bytes of pictures in a copy of what is stored on a device; further ones are named in it.
pub const STORED_PICTURES_BYTES: usize = 16 * 1024 * 1024;
/// Shortest and longest time after which a spotter may ask to be reminded of a break, in minutes.
pub const BREAK_MINUTES: std::ops::RangeInclusive<u32> = 5..=240;
/// Most words of a listing that are kept with its report as what it was found by.
pub const KEPT_CUES: usize = 8;
/// Longest undo that a policy may ask for, in milliseconds.
pub const UNDO_MS_MAX: u32 = 60_000;

/// Most listings in the frame of one search.
pub const SURVEY_FRAME: u32 = 10_000;
/// Most searches of a survey that a panel lists.
pub const SURVEY_TASKS: usize = 500;
/// Most records of surveys that wait on a device; further ones are refused with a sentence, none is dropped.
pub const SURVEY_WAITING: usize = 2_000;
/// Largest answer to the question for surveys that a device reads.
pub const SURVEYS_BYTES: usize = 4 * 1024 * 1024;
/// Most listings of one marketplace that count as seen on one day, on one device.
pub const AUDIT_SEEN: u32 = 5_000;
/// Most listings that are offered for a check on one page.
pub const AUDIT_PAGE: u32 = 3;

/// Cuts `text` to at most `bytes` bytes of UTF-8, at a character boundary.
#[must_use]
pub fn cut(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn cut_keeps_whole_characters() {
        for (text, bytes, want) in [("abc", 5, "abc"), ("abc", 2, "ab"), ("aé", 2, "a"), ("象牙", 4, "象"), ("", 0, "")]
        {
            assert_eq!(cut(text, bytes), want);
        }
    }
}
