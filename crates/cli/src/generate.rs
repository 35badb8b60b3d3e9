//! `spotter generate`: synthetic listings for measurements, made of the lexicon's own terms and of filler.
//!
//! Same seed, same listings. About one in eight carries terms of the lexicon; at least three in ten bytes of
//! text are not ASCII. They measure speed and memory, never accuracy.

use crate::{End, Failure, With};
use spotter_detector::Detector;
use std::io::{self, BufWriter, Write};

/// Everyday words, by script.
const LATIN: &[&str] = &[
    "new",
    "used",
    "vintage",
    "black",
    "cotton",
    "shirt",
    "phone",
    "case",
    "for",
    "with",
    "and",
    "free",
    "delivery",
    "size",
    "table",
    "lamp",
    "wooden",
    "kitchen",
    "set",
    "of",
    "bottle",
    "garden",
    "children",
    "shoes",
    "leather",
    "bag",
    "watch",
    "guitar",
    "book",
    "box",
    "neu",
    "gebraucht",
    "Küche",
    "Stühle",
    "für",
    "mit",
    "schön",
    "Größe",
    "très",
    "bon",
    "état",
    "fenêtre",
    "léger",
    "été",
    "pièces",
    "kasut",
    "baju",
    "kanak",
    "murah",
    "penghantaran",
];
const HAN: &[&str] = &[
    "全新",
    "手機",
    "保護套",
    "包邮",
    "正品",
    "男鞋",
    "女裝",
    "書包",
    "厨房",
    "家用",
    "电池",
    "充電器",
    "玻璃",
    "桌子",
    "椅子",
    "儿童",
    "玩具",
    "衣服",
    "耳机",
    "二手",
    "廚房用品",
    "免運費",
    "特價",
    "现货",
    "尺寸",
];
const OTHER: &[&str] = &[
    "новый",
    "телефон",
    "чехол",
    "доставка",
    "кухня",
    "детский",
    "стол",
    "جديد",
    "هاتف",
    "حقيبة",
    "توصيل",
    "ساعة",
    "새상품",
    "무료배송",
    "가방",
    "의자",
    "ของใหม่",
    "ส่งฟรี",
    "กระเป๋า",
    "मोबाइल",
    "कवर",
    "नया",
    "ケース",
    "送料無料",
    "中古",
    "καινούργιο",
    "τηλέφωνο",
    "✨",
    "🔥",
];

/// Runs the command.
pub fn run(with: &With, lines: u64, seed: u64) -> Result<End, Failure> {
    let detector = with.detector()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let result = write(&detector, lines, seed, &mut out).and_then(|()| out.flush());
    match result {
        Ok(()) => Ok(End::Fine),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(End::Fine),
        Err(e) => Err(Failure::new(format!("the output cannot be written: {e}"))),
    }
}

fn write(detector: &Detector, lines: u64, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let mut random = fastrand::Rng::with_seed(seed);
    let terms = detector.engine().words().patterns().map_err(io::Error::other)?;
    for line in 0..lines {
        let script = match random.u8(..10) {
            0..=4 => LATIN,
            5..=7 => HAN,
            _ => OTHER,
        };
        let marked = random.u8(..8) == 0;
        let mut text = |words: usize, marked: bool| {
            let mut text = String::new();
            let place = random.usize(..words.max(1));
            for i in 0..words {
                if i > 0 && !std::ptr::eq(script, HAN) {
                    text.push(' ');
                }
                text.push_str(script[random.usize(..script.len())]);
                if marked && i == place {
                    text.push(' ');
                    text.push_str(&terms[random.usize(..terms.len())].0);
                }
            }
            text
        };
        let title = text(8, marked);
        let words = 12 + (line % 40) as usize;
        let description = text(words, marked);
        let listing = serde_json::json!({
            "id": format!("synthetic-{line}"),
            "title": title,
            "description": description,
            "price": format!("{} €", 1 + line % 500),
            "category": script[(line % script.len() as u64) as usize],
            "synthetic": true,
        });
        serde_json::to_writer(&mut *out, &listing)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
