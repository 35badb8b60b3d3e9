//! The words of the page on the programme's own quality, one set for each language. Owns every sentence of it.

/// The words of a figure.
#[derive(Debug)]
pub struct Figures {
    /// What it is called.
    pub name: &'static str,
    /// What it says.
    pub means: &'static str,
    /// Before how many it is of.
    pub of: &'static str,
    /// Before how many of them count.
    pub hits: &'static str,
    /// Before how many count as neither.
    pub open: &'static str,
}

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    /// BCP-47.
    pub lang: &'static str,
    /// The page's name.
    pub title: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Where nothing may be published yet.
    pub none: &'static str,
    /// What the detector finds of what there is.
    pub recall: Figures,
    /// Confirmed among decided.
    pub precision: Figures,
    /// Wrong among sent.
    pub wrongful: Figures,
    /// Removals that somebody saw.
    pub removals: Figures,
    /// Where there are too few of a thing.
    pub fewer: &'static str,
    /// Where there is nothing that a figure could be of.
    pub nothing: &'static str,
    /// Before the two ends.
    pub interval: &'static str,
    /// Heading of how to make the figures again.
    pub again: &'static str,
    /// How that is done.
    pub again_how: &'static str,
    /// The archive.
    pub archive: &'static str,
    /// Before the day.
    pub made_on: &'static str,
    /// What no figure says.
    pub note: &'static str,
}

/// The words for a language of the pages.
pub fn of(lang: &str) -> &'static Words {
    ALL.iter().find(|w| w.lang == lang).unwrap_or(&ALL[0])
}

/// Every language; English first.
pub static ALL: [Words; 12] = [
    Words {
        lang: "en",
        title: "How good this is",
        purpose: "How well the detector, the experts and the notices of this programme do, marketplace by marketplace. Each share stands with its 95 % interval: between these two ends the truth probably lies.",
        none: "So far there are fewer than 10 of everything. Figures stand here as soon as there are enough.",
        recall: Figures {
            name: "What the detector finds",
            means: "Of the likely protected wildlife among the listings that were seen, so much was flagged. Estimated from ten-second checks of listings that were not flagged, drawn at random, and from what experts decided.",
            of: "Checks:",
            hits: "missed among them:",
            open: "cannot tell:",
        },
        precision: Figures {
            name: "What experts confirm",
            means: "Of the flagged and reported listings on which experts decided, so many were confirmed.",
            of: "Decided:",
            hits: "confirmed:",
            open: "cannot tell:",
        },
        wrongful: Figures {
            name: "Wrongful notices",
            means: "Of the notices that were sent, so many were shown wrong: taken back, decided otherwise later, or the listing was put back. Refused ones do not count as wrong.",
            of: "Sent:",
            hits: "shown wrong:",
            open: "refused:",
        },
        removals: Figures {
            name: "Verified removals",
            means: "Of the listings that somebody looked at again after the notice, so many were removed by the company. One that is merely gone counts as neither.",
            of: "Looked at again:",
            hits: "removed:",
            open: "cannot tell:",
        },
        fewer: "fewer than 10",
        nothing: "There is nothing yet that this could be a share of.",
        interval: "95 %:",
        again: "Make the figures again",
        again_how: "The archive holds the rows behind every figure, without persons, and is signed by this endpoint. This command checks the signature and makes every figure again:",
        archive: "The archive",
        made_on: "Made on",
        note: "What could not be told counts as neither. No figure says that an offer breaks a law.",
    },
    Words {
        lang: "de",
        title: "Wie gut das ist",
        purpose: "Wie gut Detektor, Fachleute und Meldungen dieses Programms sind, Marktplatz für Marktplatz. Jeder Anteil steht mit seinem 95-%-Intervall: Zwischen diesen beiden Enden liegt wahrscheinlich die Wahrheit.",
        none: "Bisher gibt es von allem weniger als 10. Zahlen stehen hier, sobald es genug gibt.",
        recall: Figures {
            name: "Was der Detektor findet",
            means: "So viel der wahrscheinlich geschützten Tiere und Pflanzen unter den gesehenen Angeboten wurde markiert. Geschätzt aus Zehn-Sekunden-Prüfungen zufällig gezogener, nicht markierter Angebote und aus den Entscheidungen der Fachleute.",
            of: "Prüfungen:",
            hits: "darunter übersehen:",
            open: "nicht zu erkennen:",
        },
        precision: Figures {
            name: "Was Fachleute bestätigen",
            means: "So viele der markierten und gemeldeten Angebote, über die Fachleute entschieden, wurden bestätigt.",
            of: "Entschieden:",
            hits: "bestätigt:",
            open: "nicht zu erkennen:",
        },
        wrongful: Figures {
            name: "Zu Unrecht gesendete Mitteilungen",
            means: "So viele der Mitteilungen an Unternehmen erwiesen sich als falsch: zurückgenommen, später anders entschieden, oder das Angebot wurde wieder eingestellt. Abgelehnte zählen nicht als falsch.",
            of: "Gesendet:",
            hits: "als falsch erwiesen:",
            open: "abgelehnt:",
        },
        removals: Figures {
            name: "Nachgeprüfte Entfernungen",
            means: "So viele der Angebote, die nach der Mitteilung noch einmal angesehen wurden, hat das Unternehmen entfernt. Eines, das bloß verschwunden ist, zählt als keines von beiden.",
            of: "Noch einmal angesehen:",
            hits: "entfernt:",
            open: "nicht zu erkennen:",
        },
        fewer: "weniger als 10",
        nothing: "Es gibt noch nichts, wovon das ein Anteil sein könnte.",
        interval: "95 %:",
        again: "Die Zahlen selbst nachrechnen",
        again_how: "Das Archiv enthält die Zeilen hinter jeder Zahl, ohne Personen, und ist von diesem Server signiert. Dieser Befehl prüft die Signatur und rechnet jede Zahl nach:",
        archive: "Das Archiv",
        made_on: "Erstellt am",
        note: "Was nicht zu erkennen war, zählt als keines von beiden. Keine Zahl sagt, dass ein Angebot gegen ein Gesetz verstößt.",
    },
    Words {
        lang: "es",
        title: "Qué tan bueno es esto",
        purpose: "Qué tan buenos son el detector, los expertos y los avisos de este programa, mercado por mercado. Cada proporción lleva su intervalo del 95 %: la verdad está probablemente entre esos dos extremos.",
        none: "Hasta ahora hay menos de 10 de todo. Las cifras estarán aquí en cuanto haya suficientes.",
        recall: Figures {
            name: "Lo que encuentra el detector",
            means: "De la vida silvestre probablemente protegida entre los anuncios vistos, esta parte fue marcada. Se estima con comprobaciones de diez segundos de anuncios no marcados, elegidos al azar, y con lo que decidieron los expertos.",
            of: "Comprobaciones:",
            hits: "omitidos entre ellas:",
            open: "no se puede saber:",
        },
        precision: Figures {
            name: "Lo que confirman los expertos",
            means: "De los anuncios marcados y comunicados sobre los que decidieron los expertos, estos fueron confirmados.",
            of: "Decididos:",
            hits: "confirmados:",
            open: "no se puede saber:",
        },
        wrongful: Figures {
            name: "Avisos erróneos",
            means: "De los avisos enviados, estos resultaron erróneos: se retiraron, se decidió después otra cosa, o el anuncio fue repuesto. Los rechazados no cuentan como erróneos.",
            of: "Enviados:",
            hits: "erróneos:",
            open: "rechazados:",
        },
        removals: Figures {
            name: "Retiradas comprobadas",
            means: "De los anuncios que alguien volvió a mirar después del aviso, estos fueron retirados por la empresa. Uno que simplemente ya no está no cuenta ni como lo uno ni como lo otro.",
            of: "Mirados de nuevo:",
            hits: "retirados:",
            open: "no se puede saber:",
        },
        fewer: "menos de 10",
        nothing: "Todavía no hay nada de lo que esto pueda ser una parte.",
        interval: "95 %:",
        again: "Rehacer las cifras",
        again_how: "El archivo contiene las filas que hay detrás de cada cifra, sin personas, y está firmado por este servidor. Esta orden comprueba la firma y rehace cada cifra:",
        archive: "El archivo",
        made_on: "Hecho el",
        note: "Lo que no se pudo saber no cuenta ni como lo uno ni como lo otro. Ninguna cifra dice que un anuncio infrinja una ley.",
    },
    Words {
        lang: "fr",
        title: "Ce que cela vaut",
        purpose: "Ce que valent le détecteur, les experts et les avis de ce programme, place de marché par place de marché. Chaque part est donnée avec son intervalle à 95 % : la vérité se trouve probablement entre ces deux bornes.",
        none: "Pour l’instant, il y a moins de 10 de tout. Les chiffres seront ici dès qu’il y en aura assez.",
        recall: Figures {
            name: "Ce que le détecteur trouve",
            means: "Parmi les annonces vues, voilà la part des espèces probablement protégées qui a été signalée. Estimée à partir de vérifications de dix secondes d’annonces non signalées, tirées au hasard, et des décisions des experts.",
            of: "Vérifications :",
            hits: "manquées parmi elles :",
            open: "impossible à dire :",
        },
        precision: Figures {
            name: "Ce que les experts confirment",
            means: "Parmi les annonces signalées et transmises sur lesquelles les experts ont décidé, voilà la part confirmée.",
            of: "Décidées :",
            hits: "confirmées :",
            open: "impossible à dire :",
        },
        wrongful: Figures {
            name: "Avis injustifiés",
            means: "Parmi les avis envoyés, voilà la part qui s’est révélée fausse : retirés, décidés autrement plus tard, ou annonce remise en ligne. Les refus ne comptent pas comme faux.",
            of: "Envoyés :",
            hits: "révélés faux :",
            open: "refusés :",
        },
        removals: Figures {
            name: "Retraits vérifiés",
            means: "Parmi les annonces que quelqu’un a revues après l’avis, voilà la part que l’entreprise a retirée. Une annonce simplement disparue ne compte ni dans un sens ni dans l’autre.",
            of: "Revues :",
            hits: "retirées :",
            open: "impossible à dire :",
        },
        fewer: "moins de 10",
        nothing: "Il n’y a encore rien dont cela puisse être une part.",
        interval: "95 % :",
        again: "Refaire les chiffres",
        again_how: "L’archive contient les lignes derrière chaque chiffre, sans personnes, et elle est signée par ce serveur. Cette commande vérifie la signature et refait chaque chiffre :",
        archive: "L’archive",
        made_on: "Fait le",
        note: "Ce qui ne pouvait être dit ne compte ni dans un sens ni dans l’autre. Aucun chiffre ne dit qu’une annonce enfreint une loi.",
    },
    Words {
        lang: "pt",
        title: "Quão bom isto é",
        purpose: "Quão bons são o detector, os especialistas e os avisos deste programa, mercado a mercado. Cada parcela vem com o seu intervalo de 95 %: a verdade está provavelmente entre esses dois extremos.",
        none: "Até agora há menos de 10 de tudo. Os números ficam aqui assim que houver o suficiente.",
        recall: Figures {
            name: "O que o detector encontra",
            means: "Da vida selvagem provavelmente protegida entre os anúncios vistos, esta parcela foi marcada. Estimada a partir de verificações de dez segundos de anúncios não marcados, sorteados, e do que os especialistas decidiram.",
            of: "Verificações:",
            hits: "perdidos entre elas:",
            open: "não dá para saber:",
        },
        precision: Figures {
            name: "O que os especialistas confirmam",
            means: "Dos anúncios marcados e comunicados sobre os quais os especialistas decidiram, estes foram confirmados.",
            of: "Decididos:",
            hits: "confirmados:",
            open: "não dá para saber:",
        },
        wrongful: Figures {
            name: "Avisos errados",
            means: "Dos avisos enviados, estes mostraram-se errados: retirados, decididos depois de outra forma, ou o anúncio foi reposto. Os recusados não contam como errados.",
            of: "Enviados:",
            hits: "errados:",
            open: "recusados:",
        },
        removals: Figures {
            name: "Remoções verificadas",
            means: "Dos anúncios que alguém voltou a ver depois do aviso, estes foram removidos pela empresa. Um que apenas desapareceu não conta nem como uma coisa nem como outra.",
            of: "Vistos de novo:",
            hits: "removidos:",
            open: "não dá para saber:",
        },
        fewer: "menos de 10",
        nothing: "Ainda não há nada de que isto possa ser uma parcela.",
        interval: "95 %:",
        again: "Refazer os números",
        again_how: "O arquivo contém as linhas por trás de cada número, sem pessoas, e está assinado por este servidor. Este comando verifica a assinatura e refaz cada número:",
        archive: "O arquivo",
        made_on: "Feito em",
        note: "O que não se pôde saber não conta nem como uma coisa nem como outra. Nenhum número diz que um anúncio viola uma lei.",
    },
    Words {
        lang: "id",
        title: "Seberapa baik ini",
        purpose: "Seberapa baik detektor, para ahli, dan pemberitahuan program ini, pasar demi pasar. Setiap bagian disertai selang 95 %-nya: kebenaran kemungkinan ada di antara kedua ujung itu.",
        none: "Sejauh ini semuanya kurang dari 10. Angka akan ada di sini begitu jumlahnya cukup.",
        recall: Figures {
            name: "Yang ditemukan detektor",
            means: "Dari satwa dan tumbuhan yang kemungkinan dilindungi di antara iklan yang dilihat, sebanyak ini ditandai. Diperkirakan dari pemeriksaan sepuluh detik atas iklan yang tidak ditandai, diundi secara acak, dan dari keputusan para ahli.",
            of: "Pemeriksaan:",
            hits: "luput di antaranya:",
            open: "tidak dapat dipastikan:",
        },
        precision: Figures {
            name: "Yang dipastikan para ahli",
            means: "Dari iklan yang ditandai dan dilaporkan serta diputuskan para ahli, sebanyak ini dipastikan.",
            of: "Diputuskan:",
            hits: "dipastikan:",
            open: "tidak dapat dipastikan:",
        },
        wrongful: Figures {
            name: "Pemberitahuan yang keliru",
            means: "Dari pemberitahuan yang dikirim, sebanyak ini terbukti keliru: ditarik kembali, kemudian diputuskan lain, atau iklannya dipasang lagi. Yang ditolak tidak dihitung keliru.",
            of: "Dikirim:",
            hits: "terbukti keliru:",
            open: "ditolak:",
        },
        removals: Figures {
            name: "Penghapusan yang diperiksa",
            means: "Dari iklan yang dilihat lagi setelah pemberitahuan, sebanyak ini dihapus oleh perusahaan. Iklan yang sekadar tidak ada lagi tidak dihitung sebagai keduanya.",
            of: "Dilihat lagi:",
            hits: "dihapus:",
            open: "tidak dapat dipastikan:",
        },
        fewer: "kurang dari 10",
        nothing: "Belum ada apa pun yang dapat dihitung bagiannya.",
        interval: "95 %:",
        again: "Hitung ulang angkanya",
        again_how: "Arsip ini memuat baris di balik setiap angka, tanpa orang, dan ditandatangani oleh server ini. Perintah ini memeriksa tanda tangan dan menghitung ulang setiap angka:",
        archive: "Arsip",
        made_on: "Dibuat pada",
        note: "Yang tidak dapat dipastikan tidak dihitung sebagai keduanya. Tidak ada angka yang menyatakan bahwa suatu iklan melanggar hukum.",
    },
    Words {
        lang: "ms",
        title: "Sebaik mana ini",
        purpose: "Sebaik mana pengesan, pakar dan notis program ini, pasaran demi pasaran. Setiap bahagian disertakan dengan selang 95 %: kebenaran mungkin terletak di antara dua hujung itu.",
        none: "Setakat ini semuanya kurang daripada 10. Angka akan ada di sini sebaik sahaja mencukupi.",
        recall: Figures {
            name: "Apa yang ditemui pengesan",
            means: "Daripada hidupan liar yang mungkin dilindungi dalam iklan yang dilihat, sebanyak ini ditandai. Dianggarkan daripada semakan sepuluh saat bagi iklan yang tidak ditandai, dicabut secara rawak, dan daripada keputusan pakar.",
            of: "Semakan:",
            hits: "terlepas antaranya:",
            open: "tidak dapat dipastikan:",
        },
        precision: Figures {
            name: "Apa yang disahkan pakar",
            means: "Daripada iklan yang ditandai dan dilaporkan serta diputuskan oleh pakar, sebanyak ini disahkan.",
            of: "Diputuskan:",
            hits: "disahkan:",
            open: "tidak dapat dipastikan:",
        },
        wrongful: Figures {
            name: "Notis yang salah",
            means: "Daripada notis yang dihantar, sebanyak ini terbukti salah: ditarik balik, kemudian diputuskan sebaliknya, atau iklannya dipasang semula. Yang ditolak tidak dikira salah.",
            of: "Dihantar:",
            hits: "terbukti salah:",
            open: "ditolak:",
        },
        removals: Figures {
            name: "Penyingkiran yang disemak",
            means: "Daripada iklan yang dilihat semula selepas notis, sebanyak ini disingkirkan oleh syarikat. Iklan yang sekadar tiada lagi tidak dikira sebagai kedua-duanya.",
            of: "Dilihat semula:",
            hits: "disingkirkan:",
            open: "tidak dapat dipastikan:",
        },
        fewer: "kurang daripada 10",
        nothing: "Belum ada apa-apa yang boleh dikira bahagiannya.",
        interval: "95 %:",
        again: "Kira semula angkanya",
        again_how: "Arkib ini mengandungi baris di sebalik setiap angka, tanpa orang, dan ditandatangani oleh pelayan ini. Arahan ini menyemak tandatangan dan mengira semula setiap angka:",
        archive: "Arkib",
        made_on: "Dibuat pada",
        note: "Yang tidak dapat dipastikan tidak dikira sebagai kedua-duanya. Tiada angka yang menyatakan bahawa sesuatu iklan melanggar undang-undang.",
    },
    Words {
        lang: "vi",
        title: "Mức độ tốt của chương trình",
        purpose: "Bộ dò, các chuyên gia và các thông báo của chương trình này tốt đến đâu, theo từng sàn. Mỗi tỷ lệ đi kèm khoảng 95 %: sự thật có lẽ nằm giữa hai đầu đó.",
        none: "Đến nay mọi thứ đều ít hơn 10. Số liệu sẽ có ở đây ngay khi đủ.",
        recall: Figures {
            name: "Bộ dò tìm được bao nhiêu",
            means: "Trong số động thực vật hoang dã có khả năng được bảo vệ ở các tin đã xem, chừng này đã được đánh dấu. Ước lượng từ các lần kiểm tra mười giây những tin không được đánh dấu, rút ngẫu nhiên, và từ quyết định của chuyên gia.",
            of: "Lần kiểm tra:",
            hits: "bỏ sót trong đó:",
            open: "không thể biết:",
        },
        precision: Figures {
            name: "Chuyên gia xác nhận bao nhiêu",
            means: "Trong số các tin được đánh dấu và báo cáo mà chuyên gia đã quyết định, chừng này được xác nhận.",
            of: "Đã quyết định:",
            hits: "được xác nhận:",
            open: "không thể biết:",
        },
        wrongful: Figures {
            name: "Thông báo sai",
            means: "Trong số các thông báo đã gửi, chừng này cho thấy là sai: được rút lại, sau đó quyết định khác, hoặc tin được đăng lại. Thông báo bị từ chối không tính là sai.",
            of: "Đã gửi:",
            hits: "cho thấy là sai:",
            open: "bị từ chối:",
        },
        removals: Figures {
            name: "Việc gỡ đã được kiểm chứng",
            means: "Trong số các tin được xem lại sau thông báo, chừng này đã bị công ty gỡ. Tin chỉ đơn giản là không còn thì không tính là gì cả.",
            of: "Đã xem lại:",
            hits: "đã gỡ:",
            open: "không thể biết:",
        },
        fewer: "ít hơn 10",
        nothing: "Chưa có gì để tính tỷ lệ này.",
        interval: "95 %:",
        again: "Tính lại các số liệu",
        again_how: "Tệp lưu trữ chứa các dòng đằng sau mỗi số liệu, không có người nào, và do máy chủ này ký. Lệnh này kiểm tra chữ ký và tính lại từng số liệu:",
        archive: "Tệp lưu trữ",
        made_on: "Lập ngày",
        note: "Điều không thể biết không tính là gì cả. Không số liệu nào nói rằng một tin vi phạm pháp luật.",
    },
    Words {
        lang: "th",
        title: "โครงการนี้ดีเพียงใด",
        purpose: "ตัวตรวจจับ ผู้เชี่ยวชาญ และหนังสือแจ้งของโครงการนี้ดีเพียงใด แยกตามตลาด สัดส่วนแต่ละค่ามีช่วง 95 % กำกับ ความจริงน่าจะอยู่ระหว่างปลายทั้งสองนั้น",
        none: "จนถึงตอนนี้ทุกอย่างมีน้อยกว่า 10 ตัวเลขจะอยู่ที่นี่ทันทีที่มีมากพอ",
        recall: Figures {
            name: "สิ่งที่ตัวตรวจจับพบ",
            means: "ในบรรดาสัตว์ป่าและพืชป่าที่น่าจะคุ้มครองในประกาศที่ได้เห็น มีการทำเครื่องหมายไว้เท่านี้ ประมาณจากการตรวจสอบสิบวินาทีของประกาศที่ไม่ถูกทำเครื่องหมายซึ่งสุ่มมา และจากการตัดสินของผู้เชี่ยวชาญ",
            of: "ตรวจสอบ:",
            hits: "พลาดไปในจำนวนนั้น:",
            open: "บอกไม่ได้:",
        },
        precision: Figures {
            name: "สิ่งที่ผู้เชี่ยวชาญยืนยัน",
            means: "ในบรรดาประกาศที่ถูกทำเครื่องหมายและรายงานซึ่งผู้เชี่ยวชาญตัดสินแล้ว ได้รับการยืนยันเท่านี้",
            of: "ตัดสินแล้ว:",
            hits: "ยืนยัน:",
            open: "บอกไม่ได้:",
        },
        wrongful: Figures {
            name: "หนังสือแจ้งที่ผิด",
            means: "ในบรรดาหนังสือแจ้งที่ส่งไป ปรากฏว่าผิดเท่านี้ คือถูกถอนคืน ตัดสินเป็นอย่างอื่นภายหลัง หรือประกาศถูกนำกลับมา ที่ถูกปฏิเสธไม่นับว่าผิด",
            of: "ส่งแล้ว:",
            hits: "ปรากฏว่าผิด:",
            open: "ถูกปฏิเสธ:",
        },
        removals: Figures {
            name: "การนำออกที่ตรวจแล้ว",
            means: "ในบรรดาประกาศที่มีคนดูอีกครั้งหลังหนังสือแจ้ง บริษัทนำออกเท่านี้ ประกาศที่เพียงแค่หายไปไม่นับเป็นอย่างใดเลย",
            of: "ดูอีกครั้ง:",
            hits: "นำออก:",
            open: "บอกไม่ได้:",
        },
        fewer: "น้อยกว่า 10",
        nothing: "ยังไม่มีอะไรที่จะคิดเป็นสัดส่วนได้",
        interval: "95 %:",
        again: "คำนวณตัวเลขใหม่",
        again_how: "แฟ้มเก็บถาวรมีแถวข้อมูลเบื้องหลังทุกตัวเลข ไม่มีบุคคล และลงลายมือชื่อโดยเซิร์ฟเวอร์นี้ คำสั่งนี้ตรวจลายมือชื่อและคำนวณทุกตัวเลขใหม่:",
        archive: "แฟ้มเก็บถาวร",
        made_on: "จัดทำเมื่อ",
        note: "สิ่งที่บอกไม่ได้ไม่นับเป็นอย่างใดเลย ไม่มีตัวเลขใดบอกว่าประกาศหนึ่งฝ่าฝืนกฎหมาย",
    },
    Words {
        lang: "ar",
        title: "ما مدى جودة هذا",
        purpose: "ما مدى جودة الكاشف والخبراء والإشعارات في هذا البرنامج، سوقًا بعد سوق. مع كل نسبة مجالها عند 95 %: والحقيقة على الأرجح بين هذين الطرفين.",
        none: "حتى الآن يوجد أقل من 10 من كل شيء. ستظهر الأرقام هنا متى صار العدد كافيًا.",
        recall: Figures {
            name: "ما يجده الكاشف",
            means: "من الحياة البرية المحمية على الأرجح بين الإعلانات التي شوهدت عُلِّم هذا القدر. يُقدَّر من فحوص مدتها عشر ثوانٍ لإعلانات لم تُعلَّم، سُحبت عشوائيًا، ومن قرارات الخبراء.",
            of: "الفحوص:",
            hits: "ما فات منها:",
            open: "لا يمكن الجزم:",
        },
        precision: Figures {
            name: "ما يؤكده الخبراء",
            means: "من الإعلانات المعلَّمة والمبلَّغ عنها التي بتّ فيها الخبراء تأكد هذا القدر.",
            of: "بُتّ فيها:",
            hits: "تأكدت:",
            open: "لا يمكن الجزم:",
        },
        wrongful: Figures {
            name: "الإشعارات الخاطئة",
            means: "من الإشعارات المرسلة تبيّن خطأ هذا القدر: سُحبت، أو قُرر غير ذلك لاحقًا، أو أُعيد الإعلان. والمرفوضة لا تُعد خاطئة.",
            of: "المرسلة:",
            hits: "تبيّن خطؤها:",
            open: "المرفوضة:",
        },
        removals: Figures {
            name: "الإزالات المتحقق منها",
            means: "من الإعلانات التي نُظر إليها مجددًا بعد الإشعار أزالت الشركة هذا القدر. والإعلان الذي اختفى فحسب لا يُحسب في أي من الجانبين.",
            of: "نُظر إليها مجددًا:",
            hits: "أُزيلت:",
            open: "لا يمكن الجزم:",
        },
        fewer: "أقل من 10",
        nothing: "لا يوجد بعد ما يمكن أن تكون هذه نسبة منه.",
        interval: "95 %:",
        again: "أعد حساب الأرقام",
        again_how: "يضم الأرشيف الصفوف التي وراء كل رقم، بلا أشخاص، وهو موقَّع من هذا الخادم. يتحقق هذا الأمر من التوقيع ويعيد حساب كل رقم:",
        archive: "الأرشيف",
        made_on: "أُعد في",
        note: "ما لم يمكن الجزم به لا يُحسب في أي من الجانبين. ولا يقول أي رقم إن إعلانًا يخالف قانونًا.",
    },
    Words {
        lang: "zh-Hans",
        title: "做得有多好",
        purpose: "本项目的检测器、专家和通知做得有多好，按交易平台列出。每个比例都附有 95 % 区间：真实值很可能在这两端之间。",
        none: "目前各项都少于 10。一旦足够，数字就会显示在这里。",
        recall: Figures {
            name: "检测器找到多少",
            means: "在看到的信息中，很可能受保护的野生动植物有这么多被标记。由随机抽取的未标记信息的十秒检查以及专家的决定估算得出。",
            of: "检查：",
            hits: "其中漏掉：",
            open: "无法判断：",
        },
        precision: Figures {
            name: "专家确认多少",
            means: "在已标记、已举报且专家作出决定的信息中，有这么多得到确认。",
            of: "已决定：",
            hits: "已确认：",
            open: "无法判断：",
        },
        wrongful: Figures {
            name: "错误的通知",
            means: "在已发出的通知中，有这么多被证明是错的：被撤回、之后改判，或信息被恢复。被拒绝的不算错误。",
            of: "已发出：",
            hits: "被证明错误：",
            open: "被拒绝：",
        },
        removals: Figures {
            name: "经核实的移除",
            means: "在通知之后再次查看的信息中，有这么多被公司移除。仅仅消失的信息不计入任何一方。",
            of: "再次查看：",
            hits: "已移除：",
            open: "无法判断：",
        },
        fewer: "少于 10",
        nothing: "还没有可以据此计算比例的内容。",
        interval: "95 %：",
        again: "重新计算这些数字",
        again_how: "档案包含每个数字背后的各行数据，不含任何人，并由本服务器签名。以下命令核对签名并重新计算每个数字：",
        archive: "档案",
        made_on: "制作日期",
        note: "无法判断的不计入任何一方。没有任何数字表示某条信息违反法律。",
    },
    Words {
        lang: "zh-Hant",
        title: "做得有多好",
        purpose: "本計畫的偵測器、專家和通知做得有多好，按交易平台列出。每個比例都附有 95 % 區間：真實值很可能在這兩端之間。",
        none: "目前各項都少於 10。一旦足夠，數字就會顯示在這裡。",
        recall: Figures {
            name: "偵測器找到多少",
            means: "在看到的刊登中，很可能受保護的野生動植物有這麼多被標記。由隨機抽取的未標記刊登的十秒檢查以及專家的決定估算得出。",
            of: "檢查：",
            hits: "其中漏掉：",
            open: "無法判斷：",
        },
        precision: Figures {
            name: "專家確認多少",
            means: "在已標記、已回報且專家作出決定的刊登中，有這麼多得到確認。",
            of: "已決定：",
            hits: "已確認：",
            open: "無法判斷：",
        },
        wrongful: Figures {
            name: "錯誤的通知",
            means: "在已發出的通知中，有這麼多被證明是錯的：被撤回、之後改判，或刊登被恢復。被拒絕的不算錯誤。",
            of: "已發出：",
            hits: "被證明錯誤：",
            open: "被拒絕：",
        },
        removals: Figures {
            name: "經查證的移除",
            means: "在通知之後再次查看的刊登中，有這麼多被公司移除。僅僅消失的刊登不計入任何一方。",
            of: "再次查看：",
            hits: "已移除：",
            open: "無法判斷：",
        },
        fewer: "少於 10",
        nothing: "還沒有可以據此計算比例的內容。",
        interval: "95 %：",
        again: "重新計算這些數字",
        again_how: "檔案庫包含每個數字背後的各列資料，不含任何人，並由本伺服器簽名。以下指令核對簽名並重新計算每個數字：",
        archive: "檔案庫",
        made_on: "製作日期",
        note: "無法判斷的不計入任何一方。沒有任何數字表示某則刊登違反法律。",
    },
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_language_of_the_pages_has_its_words_and_none_calls_an_offer_what_nobody_knows() {
        let ours: Vec<&str> = ALL.iter().map(|w| w.lang).collect();
        for shell in &super::super::words::ALL {
            assert!(ours.contains(&shell.lang), "{}", shell.lang);
        }
        let mut all: Vec<&str> = vec![];
        for w in &ALL {
            for f in [&w.recall, &w.precision, &w.wrongful, &w.removals] {
                all.extend([f.name, f.means, f.of, f.hits, f.open]);
            }
            all.extend([
                w.title,
                w.purpose,
                w.none,
                w.fewer,
                w.nothing,
                w.interval,
                w.again,
                w.again_how,
                w.archive,
                w.made_on,
                w.note,
            ]);
        }
        for text in all {
            assert!(!text.trim().is_empty() && !text.to_lowercase().contains("illegal"), "{text}");
        }
    }
}
