//! The words of the pages of published years, one set for each language. Owns every sentence of them.
//!
//! A year is kept in English, as a lead published it; its page says the same in another language. Names of groups and the
//! CITES trade terms are the extension's. Codes of countries and languages, and how offers were hidden, have no other words.

use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Tables, in the order in which a year has them.
pub const TABLES: [&str; 7] = ["total", "months", "groups", "products", "countries", "languages", "methods"];

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    /// BCP-47.
    pub lang: &'static str,
    /// The list's name.
    pub title: &'static str,
    /// What the pages show; `{}` is the organisation.
    pub purpose: &'static str,
    /// Where nothing is published.
    pub none: &'static str,
    /// The way to the list.
    pub years: &'static str,
    /// Heading where a year is not published.
    pub missing_title: &'static str,
    /// That it is not.
    pub missing: &'static str,
    /// What the figures count, and what none of them says; `{}` is the organisation.
    pub lead: &'static str,
    /// What a removal is, and what is kept back.
    pub removal: &'static str,
    /// Where all together are too few.
    pub few: &'static str,
    /// Before the day.
    pub published: &'static str,
    /// That it does not change.
    pub stays: &'static str,
    /// The way to other years.
    pub other: &'static str,
    /// The way to a table's file.
    pub csv: &'static str,
    /// A column: cases.
    pub cases: &'static str,
    /// A column: removals.
    pub removed: &'static str,
    /// A row of what is not known.
    pub unknown: &'static str,
    /// The row without a name.
    pub others: &'static str,
    /// What stands for a number that is kept back.
    pub withheld: &'static str,
    /// What tables are called, and the head of their first column: as [`TABLES`].
    pub tables: [(&'static str, &'static str); 7],
}

/// The words for a language of the pages.
pub fn of(lang: &str) -> &'static Words {
    ALL.iter().find(|w| w.lang == lang).unwrap_or(&ALL[0])
}

/// A group or a trade term as a year has it, in this language; what is none stays as it is.
#[must_use]
pub fn name(lang: &str, english: &str) -> String {
    let Some(at) = ALL.iter().position(|w| w.lang == lang).filter(|at| *at > 0) else { return english.to_owned() };
    if let Some(key) = KEYS.get(english)
        && let Some(word) = NAMES[at].get(*key)
    {
        return word.clone();
    }
    // "carvings (CAR)": the code stays.
    let code = english.strip_suffix(')').and_then(|text| text.rsplit_once(" (")).map(|(_, code)| code);
    let term = code.and_then(|code| Some((NAMES[at].get(&format!("term_{}", code.to_lowercase()))?, code)));
    term.map_or_else(|| english.to_owned(), |(word, code)| format!("{word} ({code})"))
}

#[derive(Deserialize)]
struct Sentence {
    message: String,
}

fn names(file: &str) -> HashMap<String, String> {
    let all: HashMap<String, Sentence> = serde_json::from_str(file).unwrap_or_default();
    all.into_iter()
        .filter(|(key, _)| key.starts_with("group_") || key.starts_with("term_"))
        .map(|(key, sentence)| (key, sentence.message))
        .collect()
}

/// The extension's names of groups and trade terms, as [`ALL`].
static NAMES: LazyLock<[HashMap<String, String>; 12]> = LazyLock::new(|| {
    [
        include_str!("../../../../extension/_locales/en/messages.json"),
        include_str!("../../../../extension/_locales/de/messages.json"),
        include_str!("../../../../extension/_locales/fr/messages.json"),
        include_str!("../../../../extension/_locales/es/messages.json"),
        include_str!("../../../../extension/_locales/pt/messages.json"),
        include_str!("../../../../extension/_locales/id/messages.json"),
        include_str!("../../../../extension/_locales/ms/messages.json"),
        include_str!("../../../../extension/_locales/zh_CN/messages.json"),
        include_str!("../../../../extension/_locales/zh_TW/messages.json"),
        include_str!("../../../../extension/_locales/th/messages.json"),
        include_str!("../../../../extension/_locales/vi/messages.json"),
        include_str!("../../../../extension/_locales/ar/messages.json"),
    ]
    .map(names)
});

/// From the English name to its key.
static KEYS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let english = NAMES[0].iter().filter(|(key, _)| !key.starts_with("term_"));
    english.map(|(key, word)| (word.as_str(), key.as_str())).collect()
});

/// Every language; English first.
pub static ALL: [Words; 12] = [
    Words {
        lang: "en",
        title: "Year by year",
        purpose: "What volunteers and experts of {} found on online marketplaces.",
        none: "No year has been published yet.",
        years: "Published years",
        missing_title: "Not published",
        missing: "No figures of this year have been published.",
        lead: "Listings that volunteers reported to {} in this year and that experts confirmed: likely protected wildlife that should not be offered there. No figure says that an offer breaks a law.",
        removal: "Removal seen: a reviewer looked again after the company was told, and the company or the page said that it was removed. What was merely gone is not counted. No number stands for fewer than 10 cases; where one is kept back, such a number would follow from it.",
        few: "Fewer than 10 cases were confirmed: no figures are shown.",
        published: "Published on",
        stays: "A published year stays as it is.",
        other: "Other years",
        csv: "As CSV",
        cases: "Confirmed cases",
        removed: "Removal seen",
        unknown: "Not known",
        others: "All others together",
        withheld: "withheld",
        tables: [
            ("All together", "Year"),
            ("By month of the first report", "Month"),
            ("By group", "Group"),
            ("By product", "CITES trade term"),
            ("By country of the marketplace", "Country"),
            ("By language of the offer", "Language"),
            ("By how the offer was hidden", "Method"),
        ],
    },
    Words {
        lang: "de",
        title: "Jahr für Jahr",
        purpose: "Was Freiwillige und Fachleute von {} auf Online-Marktplätzen fanden.",
        none: "Noch ist kein Jahr veröffentlicht.",
        years: "Veröffentlichte Jahre",
        missing_title: "Nicht veröffentlicht",
        missing: "Von diesem Jahr sind keine Zahlen veröffentlicht.",
        lead: "Angebote, die Freiwillige in diesem Jahr an {} gemeldet und Fachleute bestätigt haben: wahrscheinlich geschützte Arten, die dort nicht angeboten werden sollten. Keine Zahl sagt, dass ein Angebot gegen ein Gesetz verstößt.",
        removal: "Entfernung gesehen: Eine Fachkraft sah noch einmal nach, nachdem das Unternehmen Bescheid wusste, und das Unternehmen oder die Seite sagte, dass das Angebot entfernt wurde. Was bloß verschwunden war, zählt nicht. Keine Zahl steht für weniger als 10 Fälle; wo eine zurückgehalten wird, ließe sich sonst eine solche errechnen.",
        few: "Weniger als 10 Fälle wurden bestätigt: Es werden keine Zahlen gezeigt.",
        published: "Veröffentlicht am",
        stays: "Ein veröffentlichtes Jahr bleibt, wie es ist.",
        other: "Andere Jahre",
        csv: "Als CSV",
        cases: "Bestätigte Fälle",
        removed: "Entfernung gesehen",
        unknown: "Nicht bekannt",
        others: "Alle übrigen zusammen",
        withheld: "zurückgehalten",
        tables: [
            ("Alle zusammen", "Jahr"),
            ("Nach Monat der ersten Meldung", "Monat"),
            ("Nach Gruppe", "Gruppe"),
            ("Nach Erzeugnis", "CITES-Handelsbegriff"),
            ("Nach Land des Marktplatzes", "Land"),
            ("Nach Sprache des Angebots", "Sprache"),
            ("Nach Art der Tarnung", "Art der Tarnung"),
        ],
    },
    Words {
        lang: "fr",
        title: "Année par année",
        purpose: "Ce que les bénévoles et les experts de {} ont trouvé sur les places de marché en ligne.",
        none: "Aucune année n’a encore été publiée.",
        years: "Années publiées",
        missing_title: "Non publié",
        missing: "Aucun chiffre de cette année n’a été publié.",
        lead: "Annonces que des bénévoles ont transmises à {} cette année-là et que des experts ont confirmées : probablement des espèces protégées, qui ne devraient pas y être proposées. Aucun chiffre ne dit qu’une annonce enfreint une loi.",
        removal: "Retrait constaté : un expert a regardé de nouveau après que l’entreprise a été informée, et l’entreprise ou la page a dit que l’annonce était retirée. Ce qui avait simplement disparu n’est pas compté. Aucun nombre ne porte sur moins de 10 cas ; là où un nombre n’est pas donné, on pourrait en déduire un tel nombre.",
        few: "Moins de 10 cas ont été confirmés : aucun chiffre n’est montré.",
        published: "Publié le",
        stays: "Une année publiée reste telle quelle.",
        other: "Autres années",
        csv: "En CSV",
        cases: "Cas confirmés",
        removed: "Retrait constaté",
        unknown: "Inconnu",
        others: "Tous les autres ensemble",
        withheld: "non donné",
        tables: [
            ("Tout ensemble", "Année"),
            ("Par mois de la première transmission", "Mois"),
            ("Par groupe", "Groupe"),
            ("Par produit", "Terme commercial CITES"),
            ("Par pays de la place de marché", "Pays"),
            ("Par langue de l’annonce", "Langue"),
            ("Par manière de dissimuler l’offre", "Manière"),
        ],
    },
    Words {
        lang: "es",
        title: "Año por año",
        purpose: "Lo que voluntarios y expertos de {} encontraron en los mercados en línea.",
        none: "Todavía no se ha publicado ningún año.",
        years: "Años publicados",
        missing_title: "No publicado",
        missing: "No se han publicado cifras de este año.",
        lead: "Anuncios que los voluntarios comunicaron a {} en este año y que los expertos confirmaron: probablemente fauna o flora protegida que no debería ofrecerse allí. Ninguna cifra dice que un anuncio infrinja una ley.",
        removal: "Retirada vista: un experto volvió a mirar después de avisar a la empresa, y la empresa o la página dijo que se había retirado. Lo que simplemente ya no estaba no se cuenta. Ningún número representa menos de 10 casos; donde se reserva uno, de él se deduciría un número así.",
        few: "Se confirmaron menos de 10 casos: no se muestran cifras.",
        published: "Publicado el",
        stays: "Un año publicado queda como está.",
        other: "Otros años",
        csv: "En CSV",
        cases: "Casos confirmados",
        removed: "Retirada vista",
        unknown: "No se sabe",
        others: "Todos los demás juntos",
        withheld: "reservado",
        tables: [
            ("Todo junto", "Año"),
            ("Por mes de la primera comunicación", "Mes"),
            ("Por grupo", "Grupo"),
            ("Por producto", "Término comercial CITES"),
            ("Por país del mercado", "País"),
            ("Por idioma del anuncio", "Idioma"),
            ("Por cómo se ocultó la oferta", "Método"),
        ],
    },
    Words {
        lang: "pt",
        title: "Ano a ano",
        purpose: "O que voluntários e especialistas de {} encontraram nos mercados online.",
        none: "Ainda não foi publicado nenhum ano.",
        years: "Anos publicados",
        missing_title: "Não publicado",
        missing: "Não foram publicados números deste ano.",
        lead: "Anúncios que voluntários comunicaram a {} neste ano e que especialistas confirmaram: provavelmente espécies protegidas que não deveriam ser oferecidas ali. Nenhum número diz que um anúncio viola uma lei.",
        removal: "Remoção vista: um especialista voltou a olhar depois de a empresa ser avisada, e a empresa ou a página disse que o anúncio foi removido. O que apenas desapareceu não é contado. Nenhum número representa menos de 10 casos; onde um é reservado, dele se deduziria um número assim.",
        few: "Foram confirmados menos de 10 casos: não são mostrados números.",
        published: "Publicado em",
        stays: "Um ano publicado fica como está.",
        other: "Outros anos",
        csv: "Em CSV",
        cases: "Casos confirmados",
        removed: "Remoção vista",
        unknown: "Não se sabe",
        others: "Todos os outros juntos",
        withheld: "reservado",
        tables: [
            ("Tudo junto", "Ano"),
            ("Por mês da primeira comunicação", "Mês"),
            ("Por grupo", "Grupo"),
            ("Por produto", "Termo comercial CITES"),
            ("Por país do mercado", "País"),
            ("Por língua do anúncio", "Língua"),
            ("Por como a oferta foi escondida", "Método"),
        ],
    },
    Words {
        lang: "id",
        title: "Tahun demi tahun",
        purpose: "Yang ditemukan para relawan dan ahli dari {} di lokapasar daring.",
        none: "Belum ada tahun yang diterbitkan.",
        years: "Tahun yang diterbitkan",
        missing_title: "Belum diterbitkan",
        missing: "Angka tahun ini belum diterbitkan.",
        lead: "Iklan yang dilaporkan relawan kepada {} pada tahun ini dan dipastikan para ahli: kemungkinan satwa atau tumbuhan dilindungi yang tidak semestinya ditawarkan di sana. Tidak ada angka yang menyatakan bahwa suatu iklan melanggar hukum.",
        removal: "Penghapusan terlihat: seorang ahli melihat lagi setelah perusahaan diberi tahu, dan perusahaan atau halamannya menyatakan bahwa iklan itu dihapus. Yang sekadar tidak ada lagi tidak dihitung. Tidak ada angka yang mewakili kurang dari 10 kasus; bila sebuah angka ditahan, angka seperti itu dapat disimpulkan darinya.",
        few: "Kurang dari 10 kasus dipastikan: tidak ada angka yang ditampilkan.",
        published: "Diterbitkan pada",
        stays: "Tahun yang sudah diterbitkan tidak diubah.",
        other: "Tahun lain",
        csv: "Sebagai CSV",
        cases: "Kasus dipastikan",
        removed: "Penghapusan terlihat",
        unknown: "Tidak diketahui",
        others: "Semua yang lain",
        withheld: "ditahan",
        tables: [
            ("Semuanya", "Tahun"),
            ("Menurut bulan laporan pertama", "Bulan"),
            ("Menurut kelompok", "Kelompok"),
            ("Menurut produk", "Istilah perdagangan CITES"),
            ("Menurut negara lokapasar", "Negara"),
            ("Menurut bahasa iklan", "Bahasa"),
            ("Menurut cara tawaran disamarkan", "Cara"),
        ],
    },
    Words {
        lang: "ms",
        title: "Tahun demi tahun",
        purpose: "Apa yang ditemui sukarelawan dan pakar {} di pasaran dalam talian.",
        none: "Belum ada tahun yang diterbitkan.",
        years: "Tahun yang diterbitkan",
        missing_title: "Belum diterbitkan",
        missing: "Tiada angka bagi tahun ini yang diterbitkan.",
        lead: "Iklan yang dilaporkan sukarelawan kepada {} pada tahun ini dan disahkan oleh pakar: kemungkinan hidupan liar dilindungi yang tidak sepatutnya ditawarkan di situ. Tiada angka yang menyatakan bahawa sesuatu iklan melanggar undang-undang.",
        removal: "Penyingkiran dilihat: seorang pakar melihat semula selepas syarikat dimaklumkan, dan syarikat atau halaman itu menyatakan bahawa iklan telah disingkirkan. Yang sekadar tiada lagi tidak dikira. Tiada angka yang mewakili kurang daripada 10 kes; jika sesuatu angka ditahan, angka sedemikian boleh disimpulkan daripadanya.",
        few: "Kurang daripada 10 kes disahkan: tiada angka ditunjukkan.",
        published: "Diterbitkan pada",
        stays: "Tahun yang telah diterbitkan kekal seadanya.",
        other: "Tahun lain",
        csv: "Sebagai CSV",
        cases: "Kes disahkan",
        removed: "Penyingkiran dilihat",
        unknown: "Tidak diketahui",
        others: "Semua yang lain",
        withheld: "ditahan",
        tables: [
            ("Semua sekali", "Tahun"),
            ("Mengikut bulan laporan pertama", "Bulan"),
            ("Mengikut kumpulan", "Kumpulan"),
            ("Mengikut produk", "Istilah perdagangan CITES"),
            ("Mengikut negara pasaran", "Negara"),
            ("Mengikut bahasa iklan", "Bahasa"),
            ("Mengikut cara tawaran disembunyikan", "Cara"),
        ],
    },
    Words {
        lang: "zh-Hans",
        title: "逐年数据",
        purpose: "{} 的志愿者和专家在网络交易平台上发现的情况。",
        none: "尚未公布任何年份。",
        years: "已公布的年份",
        missing_title: "未公布",
        missing: "这一年的数据尚未公布。",
        lead: "志愿者在这一年向 {} 举报并经专家确认的信息：很可能是不应在那里出售的受保护野生动植物。没有任何数字表示某条信息违反法律。",
        removal: "已见移除：通知公司之后，专家再次查看，公司或页面表示信息已被移除。仅仅消失的不计入。任何数字都不代表少于 10 个案例；未显示的数字，是因为由它会推出这样的数字。",
        few: "确认的案例少于 10 个：不显示数字。",
        published: "公布日期",
        stays: "已公布的年份保持原样。",
        other: "其他年份",
        csv: "CSV 文件",
        cases: "确认的案例",
        removed: "已见移除",
        unknown: "未知",
        others: "其余合计",
        withheld: "不显示",
        tables: [
            ("合计", "年份"),
            ("按首次举报的月份", "月份"),
            ("按类别", "类别"),
            ("按产品", "CITES 贸易术语"),
            ("按平台所在国家或地区", "国家或地区"),
            ("按信息的语言", "语言"),
            ("按隐藏方式", "方式"),
        ],
    },
    Words {
        lang: "zh-Hant",
        title: "逐年資料",
        purpose: "{} 的志工和專家在網路交易平台上發現的情況。",
        none: "尚未公布任何年份。",
        years: "已公布的年份",
        missing_title: "未公布",
        missing: "這一年的資料尚未公布。",
        lead: "志工在這一年向 {} 回報並經專家確認的刊登：很可能是不應在那裡販售的受保護野生動植物。沒有任何數字表示某則刊登違反法律。",
        removal: "已見移除：通知公司之後，專家再次查看，公司或頁面表示刊登已被移除。僅僅消失的不計入。任何數字都不代表少於 10 個案例；未顯示的數字，是因為由它會推出這樣的數字。",
        few: "確認的案例少於 10 個：不顯示數字。",
        published: "公布日期",
        stays: "已公布的年份保持原樣。",
        other: "其他年份",
        csv: "CSV 檔案",
        cases: "確認的案例",
        removed: "已見移除",
        unknown: "未知",
        others: "其餘合計",
        withheld: "不顯示",
        tables: [
            ("合計", "年份"),
            ("依首次回報的月份", "月份"),
            ("依類別", "類別"),
            ("依產品", "CITES 貿易術語"),
            ("依平台所在國家或地區", "國家或地區"),
            ("依刊登的語言", "語言"),
            ("依隱藏方式", "方式"),
        ],
    },
    Words {
        lang: "th",
        title: "ปีต่อปี",
        purpose: "สิ่งที่อาสาสมัครและผู้เชี่ยวชาญของ {} พบในตลาดออนไลน์",
        none: "ยังไม่มีการเผยแพร่ปีใด",
        years: "ปีที่เผยแพร่แล้ว",
        missing_title: "ยังไม่เผยแพร่",
        missing: "ยังไม่มีการเผยแพร่ตัวเลขของปีนี้",
        lead: "ประกาศที่อาสาสมัครรายงานต่อ {} ในปีนี้และผู้เชี่ยวชาญยืนยันแล้ว: น่าจะเป็นสัตว์ป่าหรือพืชคุ้มครองที่ไม่ควรเสนอขายที่นั่น ไม่มีตัวเลขใดบอกว่าประกาศหนึ่งฝ่าฝืนกฎหมาย",
        removal: "เห็นว่านำออกแล้ว: ผู้เชี่ยวชาญดูอีกครั้งหลังแจ้งบริษัท และบริษัทหรือหน้านั้นบอกว่านำออกแล้ว ประกาศที่เพียงแค่หายไปไม่นับ ไม่มีตัวเลขใดแทนจำนวนน้อยกว่า 10 กรณี ตัวเลขที่ไม่แสดงคือตัวเลขที่จะทำให้รู้จำนวนเช่นนั้นได้",
        few: "ยืนยันได้น้อยกว่า 10 กรณี จึงไม่แสดงตัวเลข",
        published: "เผยแพร่เมื่อ",
        stays: "ปีที่เผยแพร่แล้วจะคงไว้ตามเดิม",
        other: "ปีอื่น",
        csv: "เป็น CSV",
        cases: "กรณีที่ยืนยัน",
        removed: "เห็นว่านำออกแล้ว",
        unknown: "ไม่ทราบ",
        others: "อื่น ๆ ทั้งหมดรวมกัน",
        withheld: "ไม่แสดง",
        tables: [
            ("รวมทั้งหมด", "ปี"),
            ("ตามเดือนของรายงานแรก", "เดือน"),
            ("ตามกลุ่ม", "กลุ่ม"),
            ("ตามผลิตภัณฑ์", "คำศัพท์การค้าของ CITES"),
            ("ตามประเทศของตลาด", "ประเทศ"),
            ("ตามภาษาของประกาศ", "ภาษา"),
            ("ตามวิธีปกปิดการเสนอขาย", "วิธี"),
        ],
    },
    Words {
        lang: "vi",
        title: "Từng năm",
        purpose: "Những gì tình nguyện viên và chuyên gia của {} tìm thấy trên các sàn trực tuyến.",
        none: "Chưa có năm nào được công bố.",
        years: "Các năm đã công bố",
        missing_title: "Chưa công bố",
        missing: "Chưa công bố số liệu của năm này.",
        lead: "Các tin mà tình nguyện viên đã báo cho {} trong năm này và được chuyên gia xác nhận: có khả năng là động thực vật được bảo vệ, không nên rao ở đó. Không số liệu nào nói rằng một tin vi phạm pháp luật.",
        removal: "Đã thấy gỡ: một chuyên gia xem lại sau khi công ty được báo, và công ty hoặc trang đó cho biết tin đã bị gỡ. Tin chỉ đơn giản là không còn thì không tính. Không con số nào đại diện cho ít hơn 10 vụ; ở đâu một con số được giữ lại thì từ đó có thể suy ra một con số như vậy.",
        few: "Có ít hơn 10 vụ được xác nhận: không hiển thị số liệu.",
        published: "Công bố ngày",
        stays: "Năm đã công bố được giữ nguyên.",
        other: "Các năm khác",
        csv: "Dạng CSV",
        cases: "Vụ được xác nhận",
        removed: "Đã thấy gỡ",
        unknown: "Không rõ",
        others: "Tất cả phần còn lại",
        withheld: "giữ lại",
        tables: [
            ("Tất cả", "Năm"),
            ("Theo tháng của báo cáo đầu tiên", "Tháng"),
            ("Theo nhóm", "Nhóm"),
            ("Theo sản phẩm", "Thuật ngữ thương mại CITES"),
            ("Theo quốc gia của sàn", "Quốc gia"),
            ("Theo ngôn ngữ của tin", "Ngôn ngữ"),
            ("Theo cách che giấu tin rao", "Cách"),
        ],
    },
    Words {
        lang: "ar",
        title: "عامًا بعد عام",
        purpose: "ما وجده متطوعو {} وخبراؤها في الأسواق الإلكترونية.",
        none: "لم يُنشر أي عام بعد.",
        years: "الأعوام المنشورة",
        missing_title: "غير منشور",
        missing: "لم تُنشر أرقام هذا العام.",
        lead: "إعلانات أبلغ بها متطوعون {} في هذا العام وأكدها خبراء: على الأرجح أحياء برية محمية لا ينبغي عرضها هناك. ولا يقول أي رقم إن إعلانًا يخالف قانونًا.",
        removal: "إزالة شوهدت: نظر خبير مجددًا بعد إبلاغ الشركة، وقالت الشركة أو الصفحة إن الإعلان أُزيل. وما اختفى فحسب لا يُحسب. ولا يمثل أي رقم أقل من 10 حالات؛ وحيث حُجب رقم فلأن رقمًا كهذا كان سيُستنتج منه.",
        few: "تأكدت أقل من 10 حالات: لا تُعرض أرقام.",
        published: "نُشر في",
        stays: "العام المنشور يبقى كما هو.",
        other: "أعوام أخرى",
        csv: "بصيغة CSV",
        cases: "حالات مؤكدة",
        removed: "إزالة شوهدت",
        unknown: "غير معروف",
        others: "كل ما عدا ذلك معًا",
        withheld: "محجوب",
        tables: [
            ("الكل معًا", "العام"),
            ("حسب شهر أول بلاغ", "الشهر"),
            ("حسب المجموعة", "المجموعة"),
            ("حسب المنتج", "مصطلح التجارة في CITES"),
            ("حسب بلد السوق", "البلد"),
            ("حسب لغة الإعلان", "اللغة"),
            ("حسب طريقة إخفاء العرض", "الطريقة"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public::words;

    #[test]
    fn every_language_of_the_pages_has_every_word() {
        assert_eq!(ALL.each_ref().map(|w| w.lang), words::ALL.each_ref().map(|w| w.lang));
        for w in &ALL {
            let once = [w.purpose, w.lead];
            assert!(once.iter().all(|s| s.matches("{}").count() == 1), "{}", w.lang);
            let tens = [w.removal, w.few];
            assert!(tens.iter().all(|s| s.contains(&spotter_survey::public::K.to_string())), "{}", w.lang);
            assert!(w.lang == "en" || w.tables.iter().zip(ALL[0].tables).all(|(a, b)| a.0 != b.0), "{}", w.lang);
        }
    }

    #[test]
    fn groups_and_terms_have_names_in_every_language() {
        for (w, names) in ALL.iter().zip(NAMES.iter()) {
            assert_eq!(names.len(), NAMES[0].len(), "{}", w.lang);
        }
        assert_eq!(name("de", "Parrots"), "Papageien");
        assert_eq!(name("de", &crate::console::words::product("CAR")), "Schnitzerei (CAR)");
        for as_it_is in ["2025-03", "TH", "Written with look-alike letters", "x (NOTHING)", "(", ")"] {
            assert_eq!(name("zh-Hans", as_it_is), as_it_is);
        }
        assert_eq!(name("en", "Parrots"), "Parrots");
    }
}
