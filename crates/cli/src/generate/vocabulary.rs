//! Words for listings that mean nothing.
//!
//! Owns: everyday words of a few languages, and made-up ones of syllables, so that a text has as many different
//! words as real ones have. Never: takes a word from a listing, or from the lexicon.

use fastrand::Rng;

/// Words of one script.
pub struct Script {
    everyday: &'static [&'static str],
    made_up: Vec<String>,
    /// Words stand apart.
    pub spaced: bool,
}

impl Script {
    /// A word; common ones come often, as in any text.
    pub fn word<'a>(&'a self, random: &mut Rng, plain: bool) -> &'a str {
        if !plain && random.u8(..10) < 4 && !self.everyday.is_empty() {
            return self.everyday[random.usize(..self.everyday.len())];
        }
        let r = random.f64();
        &self.made_up[((r * r * r) * self.made_up.len() as f64) as usize]
    }
}

/// Everyday words; syllables; how many words to make of how many of them; whether they stand apart.
type Recipe = (&'static [&'static str], &'static str, usize, std::ops::RangeInclusive<usize>, bool);

const RECIPES: &[Recipe] = &[
    (
        LATIN,
        "ba be bri ca ce cho da del di do du el en er fa fen ga gro ha hin il in ka kel la le lin lo ma men mi mo na ne no \
         or pa per po pri ra re rin ro sa sche se sol sta ta te ter tra tu un va ver vi wa wen ya zi",
        4000,
        2..=4,
        true,
    ),
    (
        ACCENTED,
        "bé ça cé dö é ér fü gá gó hä ía jö kó lé má mí ně ño ó pö ré ší sé tá tö ü vá wä ź za le ri sto ne ma ta",
        2000,
        2..=4,
        true,
    ),
    (
        HAN,
        "新 旧 大 小 家 用 电 子 手 机 包 衣 服 鞋 桌 椅 灯 书 本 水 杯 車 輪 窗 門 布 品 色 白 红 蓝 绿 高 低 全 半 中 文 明 光 風 雨 山 田 口 日 月 金 木 土 火 石 天 地 人 工 力 心 馬 門 開 關 長 短 輕 重 快 慢 好 多 少 前 后 左 右 上 下 里 外 東 西 南 北 年 季 春 夏 秋 冬",
        3000,
        1..=3,
        false,
    ),
    (
        KANA,
        "ア カ サ タ ナ ハ マ ラ ワ ン イ キ シ チ ニ ヒ ミ リ ー の を に は が で し た て す る",
        1200,
        2..=4,
        false,
    ),
    (CYRILLIC, "ба ве го да е жи за ка ло ма ни о по ра си ту у фа хо че ша ный ская ный ть ние", 2000, 2..=4, true),
    (ARABIC, "ال با تا جد حر دا را سا شع صف طر عم فا قد كا لم مو نا ها يد ية ات", 1500, 2..=3, true),
    (
        HANGUL,
        "가 나 다 라 마 바 사 아 자 차 하 고 노 도 로 소 오 조 구 누 수 우 기 니 리 시 이 지 은 는 을",
        1500,
        2..=4,
        true,
    ),
    (THAI, "กา ขา คอ งาน จะ ชา ดี ตา ทอง นา บ้าน ปา ผล ฝา พอ มา ยา รา ลา วัน สี หา ใหม่ ไม่ เก่า", 800, 2..=4, false),
    (DEVANAGARI, "का खा गी घर चा जा टा डी ता दा ना पा फी बा मा या रा ला वा शा सा हा ने से को", 1000, 2..=3, true),
    (GREEK, "α βα γε δι ε ζω η θα κα λο μα νε ο πο ρι σα τα υ φι χα ψω ος ια", 600, 2..=4, true),
];

/// All scripts, always the same.
pub fn scripts() -> Vec<Script> {
    let mut random = Rng::with_seed(11);
    RECIPES
        .iter()
        .map(|(everyday, syllables, count, length, spaced)| {
            let syllables: Vec<&str> = syllables.split_whitespace().collect();
            let mut word = || {
                let parts = random.usize(length.clone());
                (0..parts).map(|_| syllables[random.usize(..syllables.len())]).collect()
            };
            Script { everyday, made_up: (0..*count).map(|_| word()).collect(), spaced: *spaced }
        })
        .collect()
}

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
    "mit",
    "bon",
    "kasut",
    "baju",
    "kanak",
    "murah",
    "penghantaran",
];
const ACCENTED: &[&str] =
    &["Küche", "Stühle", "für", "schön", "Größe", "très", "état", "fenêtre", "léger", "été", "pièces"];
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
const KANA: &[&str] = &["ケース", "送料無料", "中古"];
const CYRILLIC: &[&str] = &["новый", "телефон", "чехол", "доставка", "кухня", "детский", "стол"];
const ARABIC: &[&str] = &["جديد", "هاتف", "حقيبة", "توصيل", "ساعة"];
const HANGUL: &[&str] = &["새상품", "무료배송", "가방", "의자"];
const THAI: &[&str] = &["ของใหม่", "ส่งฟรี", "กระเป๋า"];
const DEVANAGARI: &[&str] = &["मोबाइल", "कवर", "नया"];
const GREEK: &[&str] = &["καινούργιο", "τηλέφωνο"];
