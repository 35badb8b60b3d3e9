//! Ways to write a word so that a search does not find it, as sellers do: leetspeak, separators, look-alike
//! letters, invisible characters, repeated letters, full width, emoji in between.

use super::random::Random;

/// How many words of a text are hidden: the longest ones.
const WORDS: usize = 2;
/// Shortest word that is hidden, in characters; two of a script without word boundaries are a word.
const SHORTEST: usize = 4;

const LEET: &[(char, char)] = &[('a', '4'), ('e', '3'), ('i', '1'), ('o', '0'), ('s', '5'), ('t', '7')];
/// Latin letters and Cyrillic ones that look like them.
const ALIKE: &[(char, char)] = &[
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('i', 'і'),
    ('o', 'о'),
    ('p', 'р'),
    ('x', 'х'),
    ('y', 'у'),
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('H', 'Н'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('T', 'Т'),
    ('X', 'Х'),
];
const SEPARATORS: &[&str] = &[".", " ", "-", "*", "_", "·"];
const INVISIBLE: &[char] = &['\u{200b}', '\u{2060}', '\u{00ad}'];
const EMOJI: &[&str] = &["🔥", "✨", "❤", "⭐"];

/// Hides the longest words of a text by one of the ways that its script allows.
pub fn disguise(random: &mut Random, text: &str) -> String {
    let latin =
        text.chars().filter(char::is_ascii_alphabetic).count() * 2 > text.chars().filter(|c| c.is_alphabetic()).count();
    let cyrillic = text.chars().any(|c| ('\u{400}'..'\u{500}').contains(&c));
    let way = match (latin, cyrillic) {
        (true, _) => random.below(7),
        (_, true) => 1 + random.below(4),
        // Separators, invisible characters and emoji suit every script.
        _ => [1, 3, 6][random.below(3)],
    };
    let mut longest: Vec<&str> = text.split(' ').filter(|w| letters(w) >= shortest(w)).collect();
    longest.sort_by_key(|w| std::cmp::Reverse(letters(w)));
    longest.truncate(if longest.len() > 3 { WORDS } else { 1 });
    let words: Vec<String> =
        text.split(' ').map(|w| if longest.contains(&w) { hide(random, w, way) } else { w.to_owned() }).collect();
    words.join(" ")
}

fn letters(word: &str) -> usize {
    word.chars().filter(|c| c.is_alphabetic()).count()
}

fn shortest(word: &str) -> usize {
    if word.chars().any(|c| c >= '\u{2e80}') { 2 } else { SHORTEST }
}

fn hide(random: &mut Random, word: &str, way: usize) -> String {
    let each = |table: &[(char, char)], c: char| {
        table
            .iter()
            .find_map(|&(a, b)| {
                if a == c {
                    Some(b)
                } else if b == c {
                    Some(a)
                } else {
                    None
                }
            })
            .unwrap_or(c)
    };
    let chars: Vec<char> = word.chars().collect();
    match way {
        0 => chars.iter().map(|&c| each(LEET, c.to_ascii_lowercase())).collect(),
        1 => between(&chars, random.one(SEPARATORS).unwrap_or(&".")),
        2 => chars.iter().map(|&c| each(ALIKE, c)).collect(),
        3 => between(&chars, &random.one(INVISIBLE).unwrap_or(&'\u{200b}').to_string()),
        4 => {
            let at = 1 + random.below(chars.len() - 1);
            chars.iter().enumerate().flat_map(|(i, &c)| std::iter::repeat_n(c, if i == at { 3 } else { 1 })).collect()
        }
        5 => chars.iter().map(|&c| full_width(c)).collect(),
        _ => {
            let middle = chars.len() / 2;
            let emoji = random.one(EMOJI).unwrap_or(&"✨");
            let (a, b) = chars.split_at(middle);
            a.iter().collect::<String>() + emoji + &b.iter().collect::<String>()
        }
    }
}

fn between(chars: &[char], separator: &str) -> String {
    chars.iter().map(char::to_string).collect::<Vec<_>>().join(separator)
}

fn full_width(c: char) -> char {
    if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way() {
        let mut random = Random::seeded("test");
        assert_eq!(hide(&mut random, "Elfenbein", 0), "3lf3nb31n");
        assert!(["i.v", "i v", "i-v", "i*v", "i_v", "i·v"].contains(&hide(&mut random, "iv", 1).as_str()));
        assert_eq!(hide(&mut random, "соva", 2), "coва".replace('в', "v"));
        assert_eq!(hide(&mut random, "iv", 3).chars().count(), 3);
        assert_eq!(hide(&mut random, "ab", 4), "abbb");
        assert_eq!(hide(&mut random, "ab", 5), "ａｂ");
        assert!(hide(&mut random, "象牙", 6).starts_with('象'));
    }

    #[test]
    fn short_words_stay() {
        let mut random = Random::seeded("test");
        assert_eq!(disguise(&mut random, "1.1 bp"), "1.1 bp");
        assert_ne!(disguise(&mut random, "ivory box"), "ivory box");
    }
}
