//! Synthetic patterns: words of random letters in four scripts, the same on every machine.

/// `count` distinct patterns of 5 to 25 bytes.
pub fn patterns(count: usize) -> Vec<String> {
    const SCRIPTS: [(u32, u32); 4] =
        [('a' as u32, 26), ('\u{430}' as u32, 32), ('\u{4e00}' as u32, 3000), ('\u{627}' as u32, 20)];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: u32| {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let bits = state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        u32::try_from(bits % u64::from(below)).expect("below a u32")
    };
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < count {
        // Half of the words are Latin, as in the lexicon.
        let (first, letters) = SCRIPTS[usize::try_from(next(6).saturating_sub(2)).expect("small")];
        let bytes = 5 + next(21);
        let mut word = String::new();
        while word.len() < bytes as usize {
            word.extend(char::from_u32(first + next(letters)));
        }
        seen.insert(word);
    }
    seen.into_iter().collect()
}
