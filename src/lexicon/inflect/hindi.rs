//! Hindi: plural and oblique of the last word, and the gender of the possessive particle before it.

use super::{Word, cut, with};

const PARTICLES: &[&str] = &["का", "के", "की"];

/// Forms of the last word, with each gender of a particle.
pub fn forms(words: &[Word]) -> Vec<String> {
    let at = words.len() - 1;
    let mut made: Vec<String> = if words[at].inflects {
        endings(&words[at].written).iter().map(|form| with(words, at, form)).collect()
    } else {
        vec![]
    };
    let Some(particle) = words.iter().position(|w| PARTICLES.contains(&w.written.as_str())) else { return made };
    for other in PARTICLES.iter().filter(|p| **p != words[particle].written) {
        let changed: Vec<Word> = words
            .iter()
            .enumerate()
            .map(|(i, w)| match i == particle {
                true => Word { written: (*other).to_owned(), folded: (*other).to_owned(), inflects: false },
                false => w.clone(),
            })
            .collect();
        made.push(with(&changed, particle, other));
        if words[at].inflects {
            made.extend(endings(&words[at].written).iter().map(|form| with(&changed, at, form)));
        }
    }
    made
}

fn endings(word: &str) -> Vec<String> {
    let (stem, endings): (&str, &[&str]) = match word.chars().next_back() {
        Some('ा') => (cut(word, 1), &["े", "ों"]),
        Some('आ') => (cut(word, 1), &["ए", "ओं"]),
        Some('ी') => (cut(word, 1), &["ियां", "ियाँ", "ियों"]),
        Some('े' | 'ो' | 'ं' | 'ँ') => return vec![],
        _ => (word, &["ें", "ों"]),
    };
    endings.iter().map(|e| format!("{stem}{e}")).collect()
}

#[cfg(test)]
mod tests {
    use crate::lexicon::inflect::tests::has;

    #[test]
    fn plural_oblique_and_particle() {
        has("hi", "कछुआ", &["कछुए", "कछुओं"]);
        has("hi", "तेंदुआ खिलौना", &["तेंदुआ खिलौने", "तेंदुआ खिलौनों"]);
        has("hi", "बाघ की खाल", &["बाघ की खालें", "बाघ की खालों", "बाघ के खालों"]);
        has("hi", "कस्तूरी", &["कस्तूरियां", "कस्तूरियों"]);
        has("hi", "हाथी का दांत", &["हाथी के दांत", "हाथी के दांतों"]);
    }
}
