//! What single characters fold to, beyond what Unicode's own tables say. Owns small tables; never looks at
//! neighbours.

/// What a character is to the folding, before any library is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Kept, after folding.
    Plain,
    /// White space, hyphens and light punctuation: a run of them becomes one space.
    Gap,
    /// Removed, as if it were not there: marks of Latin, Greek, Cyrillic, Arabic and Hebrew, variation selectors.
    Mark,
    /// Removed, and suspicious between Latin letters: zero-width characters and bidi controls.
    Invisible,
}

/// Classes of ASCII, and the lower-case byte: 0 stands for a gap.
pub static ASCII: [u8; 128] = ascii();

/// The same for every byte: those of longer characters stand for gaps too.
pub static FOLDED: [u8; 256] = folded();

const fn folded() -> [u8; 256] {
    let ascii = ascii();
    let mut table = [0; 256];
    let mut i = 0;
    while i < 128 {
        table[i] = ascii[i];
        i += 1;
    }
    table
}

const fn ascii() -> [u8; 128] {
    let mut table = [0; 128];
    let mut i = 0;
    while i < 128 {
        let b = i as u8;
        table[i] = if b.is_ascii_alphanumeric() {
            b.to_ascii_lowercase()
        } else {
            match b {
                b'#' | b'$' | b'%' | b'*' | b'<' | b'=' | b'>' | b'@' | b'^' | b'|' | b'~' => b,
                _ => 0,
            }
        };
        i += 1;
    }
    table
}

/// The class of a character outside ASCII.
#[must_use]
pub fn class(c: char) -> Class {
    match c {
        '\u{00ad}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{0640}' => Class::Mark,
        '\u{0300}'..='\u{034e}'
        | '\u{0350}'..='\u{036f}'
        | '\u{0483}'..='\u{0489}'
        | '\u{0591}'..='\u{05bd}'
        | '\u{05bf}'
        | '\u{05c1}'..='\u{05c2}'
        | '\u{05c4}'..='\u{05c5}'
        | '\u{05c7}'
        | '\u{0610}'..='\u{061a}'
        | '\u{064b}'..='\u{065f}'
        | '\u{0670}'
        | '\u{06d6}'..='\u{06dc}'
        | '\u{06df}'..='\u{06e4}'
        | '\u{06e7}'..='\u{06e8}'
        | '\u{06ea}'..='\u{06ed}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' => Class::Mark,
        '\u{034f}'
        | '\u{061c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Class::Invisible,
        '\u{0080}'..='\u{00a0}'
        | '¡'
        | '«'
        | '»'
        | '¿'
        | '´'
        | '¨'
        | '¯'
        | '¸'
        | '\u{02b9}'..='\u{02bf}'
        | '\u{02c6}'..='\u{02cf}'
        | '\u{02d8}'..='\u{02dd}'
        | '\u{055a}'..='\u{055f}'
        | '\u{0589}'..='\u{058a}'
        | '\u{05be}'
        | '\u{05c0}'
        | '\u{05c3}'
        | '\u{05c6}'
        | '\u{05f3}'..='\u{05f4}'
        | '\u{060c}'..='\u{060d}'
        | '\u{061b}'
        | '\u{061d}'..='\u{061f}'
        | '\u{066a}'..='\u{066d}'
        | '\u{06d4}'
        | '\u{0964}'..='\u{0965}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{2010}'..='\u{2021}'
        | '\u{2024}'..='\u{2029}'
        | '\u{202f}'..='\u{203a}'
        | '\u{203c}'..='\u{203e}'
        | '\u{2043}'..='\u{205f}'
        | '\u{2212}'
        | '\u{2215}'..='\u{2216}'
        | '\u{2e00}'..='\u{2e7f}'
        | '\u{3000}'..='\u{3003}'
        | '\u{3008}'..='\u{3011}'
        | '\u{3014}'..='\u{301f}'
        | '\u{3030}'
        | '\u{303d}'
        | '\u{30a0}'
        | '\u{fd3e}'..='\u{fd3f}'
        | '\u{fe10}'..='\u{fe19}'
        | '\u{fe30}'..='\u{fe52}'
        | '\u{fe54}'..='\u{fe5e}'
        | '\u{fe63}'
        | '\u{fe68}'
        | '\u{ff01}'..='\u{ff02}'
        | '\u{ff06}'..='\u{ff09}'
        | '\u{ff0b}'..='\u{ff0f}'
        | '\u{ff1a}'..='\u{ff1b}'
        | '\u{ff1f}'
        | '\u{ff3b}'..='\u{ff3d}'
        | '\u{ff3f}'..='\u{ff40}'
        | '\u{ff5b}'
        | '\u{ff5d}'
        | '\u{ff5f}'..='\u{ff64}'
        | '・'
        | '･' => Class::Gap,
        _ => Class::Plain,
    }
}

/// Letters that fold to themselves (Han: after simplification) and need no other table: most of what is written
/// in their scripts.
#[must_use]
pub fn is_settled(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'
        | '\u{0430}'..='\u{0438}'
        | '\u{043a}'..='\u{044f}'
        | '\u{03b1}'..='\u{03c1}'
        | '\u{03c3}'..='\u{03c9}'
        | '\u{0627}'..='\u{0628}'
        | '\u{062a}'..='\u{063a}'
        | '\u{0641}'..='\u{0648}'
        | '\u{064a}'
        | '\u{0904}'..='\u{0928}'
        | '\u{092a}'..='\u{0930}'
        | '\u{0935}'..='\u{0939}'
        | '\u{093e}'..='\u{094c}'
        | '\u{0e01}'..='\u{0e32}'
        | '\u{0e34}'..='\u{0e3a}'
        | '\u{0e40}'..='\u{0e4e}')
}

/// Letters that Unicode does not decompose but that people type without their stroke, and forms of Arabic
/// letters that stand for each other; digits of other scripts.
#[must_use]
pub fn letter(c: char) -> Option<&'static str> {
    Some(match c {
        'ı' => "i",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' | 'ɖ' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ɓ' => "b",
        'ɗ' => "d",
        'ƙ' => "k",
        'ƴ' => "y",
        'ə' => "e",
        'آ' | 'أ' | 'إ' | 'ٱ' => "ا",
        'ى' | 'ی' | 'ې' | 'ے' => "ي",
        'ئ' => "ي",
        'ؤ' => "و",
        'ة' | 'ۀ' | 'ہ' | 'ە' | 'ھ' => "ه",
        'ک' | 'ڪ' => "ك",
        'ґ' => "г",
        'ς' => "σ",
        '٠' | '۰' | '०' | '๐' => "0",
        '١' | '۱' | '१' | '๑' => "1",
        '٢' | '۲' | '२' | '๒' => "2",
        '٣' | '۳' | '३' | '๓' => "3",
        '٤' | '۴' | '४' | '๔' => "4",
        '٥' | '۵' | '५' | '๕' => "5",
        '٦' | '۶' | '६' | '๖' => "6",
        '٧' | '۷' | '७' | '๗' => "7",
        '٨' | '۸' | '८' | '๘' => "8",
        '٩' | '۹' | '९' | '๙' => "9",
        _ => return None,
    })
}

/// Latin letters in costume: styles that serve no language. What they stand for, in lower case.
#[must_use]
pub fn costume(c: char) -> Option<char> {
    let offset = |base: u32| char::from_u32('a' as u32 + (c as u32 - base));
    match c {
        // Negative circled and squared, regional indicators stay (they make flags).
        '\u{1f150}'..='\u{1f169}' => offset(0x1f150),
        '\u{1f170}'..='\u{1f189}' => offset(0x1f170),
        'ᴀ' => Some('a'),
        'ʙ' => Some('b'),
        'ᴄ' => Some('c'),
        'ᴅ' => Some('d'),
        'ᴇ' => Some('e'),
        'ꜰ' => Some('f'),
        'ɢ' | 'ɡ' => Some('g'),
        'ʜ' => Some('h'),
        'ɪ' => Some('i'),
        'ᴊ' => Some('j'),
        'ᴋ' => Some('k'),
        'ʟ' => Some('l'),
        'ᴍ' => Some('m'),
        'ɴ' => Some('n'),
        'ᴏ' => Some('o'),
        'ᴘ' => Some('p'),
        'ʀ' => Some('r'),
        'ꜱ' => Some('s'),
        'ᴛ' => Some('t'),
        'ᴜ' => Some('u'),
        'ᴠ' | 'ʋ' => Some('v'),
        'ᴡ' => Some('w'),
        'ʏ' => Some('y'),
        'ᴢ' => Some('z'),
        'ɑ' => Some('a'),
        _ => None,
    }
}

/// The letter that a regional indicator shows. Two make a flag, so that only rows of them are letters.
#[must_use]
pub fn regional(c: char) -> Option<char> {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}').then(|| char::from(b'a' + (c as u32 - 0x1f1e6) as u8))
}

/// Whether the character is a Latin letter in a style that Unicode maps to the plain letter (mathematical,
/// circled, parenthesised, squared), where the plain form would have done.
#[must_use]
pub fn is_styled(c: char) -> bool {
    matches!(c, '\u{1d400}'..='\u{1d7ff}' | '\u{249c}'..='\u{24e9}' | '\u{1f110}'..='\u{1f149}' | '\u{2071}' | '\u{207f}'
        | '\u{1d2c}'..='\u{1d6a}' | '\u{2090}'..='\u{209c}')
}

/// A folded letter of another script that looks like a Latin one, and which.
#[must_use]
pub const fn confusable(c: char) -> Option<char> {
    Some(match c {
        // Cyrillic
        'а' => 'a',
        'в' | 'ь' => 'b',
        'с' => 'c',
        'ԁ' => 'd',
        'е' | 'є' => 'e',
        'һ' | 'н' | 'ћ' => 'h',
        'і' => 'i',
        'ј' => 'j',
        'к' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'п' => 'n',
        'о' => 'o',
        'р' => 'p',
        'ԛ' => 'q',
        'г' | 'я' => 'r',
        'ѕ' => 's',
        'т' => 't',
        'ц' => 'u',
        'ѵ' => 'v',
        'ԝ' | 'ш' => 'w',
        'х' => 'x',
        'у' | 'ү' => 'y',
        // Greek
        'α' => 'a',
        'β' => 'b',
        'ϲ' => 'c',
        'ε' => 'e',
        'ι' => 'i',
        'ϳ' => 'j',
        'κ' => 'k',
        'η' => 'n',
        'ο' | 'σ' => 'o',
        'ρ' => 'p',
        'τ' => 't',
        'υ' | 'μ' => 'u',
        'ν' => 'v',
        'ω' => 'w',
        'χ' => 'x',
        'γ' => 'y',
        'ζ' => 'z',
        // Armenian
        'օ' => 'o',
        'ո' => 'n',
        'ս' => 'u',
        'հ' => 'h',
        'ց' => 'g',
        'զ' => 'q',
        'լ' => 'l',
        'յ' => 'j',
        _ => return None,
    })
}

/// A folded letter that looks like no Latin one, and is put in the place of one for show ("elephaиt"). Only words that are
/// Latin otherwise are read so.
#[must_use]
pub fn posed(c: char) -> Option<char> {
    Some(match c {
        'и' | 'й' | 'л' => 'n',
        'д' | 'λ' | 'δ' => 'a',
        'э' | 'з' | 'ξ' => 'e',
        'ф' | 'θ' | 'φ' => 'o',
        'ч' | 'ψ' => 'y',
        'б' => 'b',
        'ж' => 'x',
        'щ' => 'w',
        'π' => 'n',
        _ => return None,
    })
}

/// A letter that looks like this Latin one upside down.
#[must_use]
pub fn flipped(c: char) -> Option<char> {
    Some(match c {
        'ɐ' => 'a',
        'ɔ' => 'c',
        'ǝ' => 'e',
        'ɟ' => 'f',
        'ƃ' | 'ᵷ' => 'g',
        'ɥ' => 'h',
        'ɾ' | 'ſ' => 'j',
        'ʞ' => 'k',
        'ʃ' | 'ꞁ' => 'l',
        'ɯ' => 'm',
        'ɹ' => 'r',
        'ʇ' => 't',
        'ʌ' => 'v',
        'ʍ' => 'w',
        'ʎ' => 'y',
        _ => return None,
    })
}

/// What a plain letter is upside down, beside letters that are: the same, or another plain one.
#[must_use]
pub fn flipped_plain(c: char) -> Option<char> {
    Some(match c {
        'n' => 'u',
        'u' => 'n',
        'b' => 'q',
        'q' => 'b',
        'd' => 'p',
        'p' => 'd',
        'a' => 'v',
        'm' => 'w',
        'w' => 'm',
        // A turned e may have been folded to an e already.
        'e' | 'i' | 'l' | 'o' | 's' | 'x' | 'z' => c,
        _ => return None,
    })
}

/// Two characters side by side that make up one: left and right half of a character of the words that are hidden so.
#[must_use]
pub fn halves(a: char, b: char) -> Option<char> {
    #[rustfmt::skip]
    const WHOLE: [(char, char, char); 40] = [
        ('虍', '儿', '虎'), ('虍', '几', '虎'), ('能', '灬', '熊'), ('豸', '勺', '豹'), ('犭', '师', '狮'), ('犭', '侯', '猴'),
        ('犭', '星', '猩'), ('犭', '良', '狼'), ('犭', '苗', '猫'), ('犭', '瓜', '狐'), ('犭', '赖', '獭'), ('犭', '里', '狸'),
        ('牛', '屖', '犀'), ('尸', '牛', '犀'), ('鱼', '粦', '鳞'), ('鱼', '京', '鲸'), ('鱼', '咢', '鳄'), ('沙', '鱼', '鲨'),
        ('鱼', '曼', '鳗'), ('月', '旦', '胆'), ('月', '交', '胶'), ('鹿', '射', '麝'), 
        ('羊', '令', '羚'), ('婴', '鸟', '鹦'), ('武', '鸟', '鹉'), ('号', '鸟', '鸮'), ('寉', '鸟', '鹤'),
        ('王', '代', '玳'), ('王', '冒', '瑁'), ('王', '册', '珊'), ('王', '胡', '瑚'), ('石', '车', '砗'), ('石', '渠', '磲'),
        ('虫', '它', '蛇'), ('虫', '莽', '蟒'), ('虫', '析', '蜥'), ('虫', '易', '蜴'), ('木', '亶', '檀'), ('氵', '冗', '沉'),
        ('穴', '牙', '穿'),
        
    ];
    WHOLE.iter().find(|w| w.0 == a && w.1 == b).map(|w| w.2)
}

/// The folded Cyrillic letter that a Latin letter, a digit or a sign looks like.
#[must_use]
pub fn cyrillic_for(c: char) -> Option<char> {
    Some(match c {
        'a' | '@' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'i' | '1' => 'і',
        'k' => 'к',
        'm' => 'м',
        'n' => 'п',
        'o' | '0' => 'о',
        'p' => 'р',
        'r' => 'г',
        't' => 'т',
        'u' => 'и',
        'w' => 'ш',
        'x' => 'х',
        'y' => 'у',
        '3' => 'з',
        '4' => 'ч',
        '6' => 'б',
        '9' => 'я',
        _ => return None,
    })
}

/// What a digit or sign stands for inside a word of letters. `one` is what `1` and `|` stand for.
#[must_use]
pub fn leet(c: char, one: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' | '|' => one,
        '2' => 'z',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '6' => 'g',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        _ => return None,
    })
}

/// Scripts that are written without spaces between words: Han, Kana, Bopomofo, Thai, Lao, Khmer, Myanmar.
#[must_use]
pub fn is_unsegmented(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{2fdf}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{312f}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3134f}')
}

/// Hangul syllables: words end in particles that are written together.
#[must_use]
pub fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}')
}

/// Basic Arabic letters: words begin with article and prepositions that are written together.
#[must_use]
pub fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0620}'..='\u{064a}' | '\u{0671}'..='\u{06d3}')
}

/// Signs that belong to a word although they are no letters: vowel signs and viramas of Indic scripts, vowels and tones
/// of Thai and Lao that stand above or below.
#[must_use]
pub fn is_word_sign(c: char) -> bool {
    matches!(c, '\u{0e31}' | '\u{0e34}'..='\u{0e3a}' | '\u{0e47}'..='\u{0e4e}'
        | '\u{0eb1}' | '\u{0eb4}'..='\u{0ebc}' | '\u{0ec8}'..='\u{0ecd}'
        | '\u{0900}'..='\u{0903}' | '\u{093a}'..='\u{094f}' | '\u{0955}'..='\u{0957}' | '\u{0962}'..='\u{0963}'
        | '\u{0981}'..='\u{0dff}')
}
