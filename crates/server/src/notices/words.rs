//! The words of notices, one set for each language. Owns every sentence that a company reads; knows no listing.
//!
//! Whole sentences with named places in braces, so that each language orders them as it likes. No counsel has read them:
//! whoever sends notices has them read first (docs/notices.md).

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    /// BCP-47.
    pub lang: &'static str,
    /// Subject of a policy notice: `{item}`, `{organisation}`, `{number}`.
    pub subject_policy: &'static str,
    /// Subject of a notice that alleges illegality.
    pub subject_dsa16: &'static str,
    /// Greeting and purpose of a policy notice.
    pub intro_policy: &'static str,
    /// The same for one that alleges illegality.
    pub intro_dsa16: &'static str,
    /// Labels: listing, address, id, seen, species.
    pub labels: [&'static str; 5],
    /// Where no species is named.
    pub no_taxa: &'static str,
    /// Where nothing is known of a listing; where one appendix; where several: `{appendices}`.
    pub listed: [&'static str; 3],
    /// The clause: `{title}`, `{address}`, `{read}`.
    pub clause: &'static str,
    /// A rule of the law in its own text: `{title}`, `{article}`, `{date}`, `{address}`.
    pub law: &'static str,
    /// Labels: provision, facts, proof that is missing.
    pub alleged: [&'static str; 3],
    /// The organisation's statement of good faith.
    pub good_faith: &'static str,
    /// The status of trusted flagger: `{by}`.
    pub trusted: &'static str,
    /// Where to answer: `{link}`.
    pub answer: &'static str,
    /// How it ends: `{organisation}`, `{contact}`, `{number}`.
    pub end: &'static str,
    /// At the foot of a PDF: `{page}`, `{pages}`.
    pub page: &'static str,
    /// Where no font has a character: `{count}`, `{scripts}`.
    pub missing: &'static str,
    /// Where a PDF is cut.
    pub cut: &'static str,
}

/// Every language that notices are written in.
pub static ALL: [Words; 4] = [
    Words {
        lang: "en",
        subject_policy: "Listing {item} for review against your policy ({number})",
        subject_dsa16: "Notice of allegedly illegal content: listing {item} ({number})",
        intro_policy: "An expert of {organisation} has looked at the listing below. It likely offers a specimen of protected wildlife. Please check it against your own policy.",
        intro_dsa16: "{organisation} notifies you under Article 16 of Regulation (EU) 2022/2065 of a listing that it alleges to be illegal. Two experts have looked at it.",
        labels: ["Listing", "Address", "Item id", "Seen", "Likely species"],
        no_taxa: "not determined",
        listed: ["CITES listing not determined", "CITES {appendices}", "CITES {appendices}, depending on origin"],
        clause: "Your policy: {title}, {address}, as read on {read}",
        law: "The law: {title}, {article}, text of {date}, {address}",
        alleged: ["Provision", "Facts", "Proof that is missing"],
        good_faith: "{organisation} states in good faith that the information and allegations in this notice are accurate and complete.",
        trusted: "{organisation} holds the status of trusted flagger, awarded by {by}.",
        answer: "Please tell us here what you decided, and say so if we are wrong: {link}",
        end: "{organisation}, {contact}\nNotice {number}",
        page: "Page {page} of {pages}",
        missing: "Not shown here: {count} characters for which the server that made this file has no font ({scripts}). Each is marked \u{fffd}. They stand in this notice's text and in its form for machines.",
        cut: "This file is cut here: the notice is longer than a PDF of it may be. Its text is whole.",
    },
    Words {
        lang: "de",
        subject_policy: "Angebot {item}: Bitte um Prüfung nach Ihren Regeln ({number})",
        subject_dsa16: "Meldung mutmaßlich rechtswidriger Inhalte: Angebot {item} ({number})",
        intro_policy: "Eine Fachkraft von {organisation} hat das folgende Angebot geprüft. Es handelt sich wahrscheinlich um ein Exemplar einer geschützten Art. Bitte prüfen Sie es nach Ihren eigenen Regeln.",
        intro_dsa16: "{organisation} meldet Ihnen nach Artikel 16 der Verordnung (EU) 2022/2065 ein Angebot, das nach unserer Auffassung rechtswidrig ist. Zwei Fachkräfte haben es geprüft.",
        labels: ["Angebot", "Adresse", "Artikelnummer", "Gesehen", "Wahrscheinliche Art"],
        no_taxa: "nicht bestimmt",
        listed: ["CITES-Listung nicht bestimmt", "CITES {appendices}", "CITES {appendices}, je nach Herkunft"],
        clause: "Ihre Regel: {title}, {address}, gelesen am {read}",
        law: "Rechtsvorschrift: {title}, {article}, Fassung vom {date}, {address}",
        alleged: ["Vorschrift", "Tatsachen", "Fehlender Nachweis"],
        good_faith: "{organisation} erklärt in gutem Glauben, dass die Angaben und Anführungen in dieser Meldung richtig und vollständig sind.",
        trusted: "{organisation} hat den Status eines vertrauenswürdigen Hinweisgebers, zuerkannt durch {by}.",
        answer: "Bitte teilen Sie uns hier Ihre Entscheidung mit, auch wenn wir uns geirrt haben: {link}",
        end: "{organisation}, {contact}\nMeldung {number}",
        page: "Seite {page} von {pages}",
        missing: "Hier nicht dargestellt: {count} Zeichen, für die der Server, der diese Datei erstellt hat, keine Schrift besitzt ({scripts}). Jedes ist mit \u{fffd} gekennzeichnet. Sie stehen im Text dieser Meldung und in ihrer maschinenlesbaren Form.",
        cut: "Diese Datei ist hier gekürzt: Die Meldung ist länger, als ein PDF davon sein darf. Ihr Text ist vollständig.",
    },
    Words {
        lang: "fr",
        subject_policy: "Annonce {item} : demande d’examen au regard de vos règles ({number})",
        subject_dsa16: "Notification d’un contenu présumé illicite : annonce {item} ({number})",
        intro_policy: "L’annonce ci-dessous a été examinée par un spécialiste de {organisation}. Elle propose probablement un spécimen d’une espèce protégée. Merci de l’examiner au regard de vos propres règles.",
        intro_dsa16: "Au titre de l’article 16 du règlement (UE) 2022/2065, {organisation} vous notifie une annonce qu’elle estime illicite. Deux spécialistes l’ont examinée.",
        labels: ["Annonce", "Adresse", "Numéro d’article", "Vue le", "Espèce probable"],
        no_taxa: "non déterminée",
        listed: ["inscription CITES non déterminée", "CITES {appendices}", "CITES {appendices}, selon l’origine"],
        clause: "Votre règle : {title}, {address}, lue le {read}",
        law: "Texte de loi : {title}, {article}, version du {date}, {address}",
        alleged: ["Disposition", "Faits", "Preuve manquante"],
        good_faith: "{organisation} déclare de bonne foi que les informations et les allégations de cette notification sont exactes et complètes.",
        trusted: "{organisation} a le statut de signaleur de confiance, attribué par {by}.",
        answer: "Merci de nous indiquer ici votre décision, y compris si nous nous sommes trompés : {link}",
        end: "{organisation}, {contact}\nNotification {number}",
        page: "Page {page} sur {pages}",
        missing: "Non affichés ici : {count} caractères pour lesquels le serveur qui a produit ce fichier n’a pas de police ({scripts}). Chacun est marqué \u{fffd}. Ils figurent dans le texte de cette notification et dans sa version lisible par machine.",
        cut: "Ce fichier est coupé ici : la notification dépasse la longueur permise pour un PDF. Son texte est complet.",
    },
    Words {
        lang: "es",
        subject_policy: "Anuncio {item}: solicitud de revisión según sus normas ({number})",
        subject_dsa16: "Notificación de contenido presuntamente ilícito: anuncio {item} ({number})",
        intro_policy: "Una persona experta de {organisation} ha revisado el anuncio siguiente. Probablemente ofrece un espécimen de una especie protegida. Les rogamos que lo revisen según sus propias normas.",
        intro_dsa16: "En virtud del artículo 16 del Reglamento (UE) 2022/2065, {organisation} les notifica un anuncio que considera ilícito. Lo han revisado dos personas expertas.",
        labels: ["Anuncio", "Dirección", "Número de artículo", "Visto", "Especie probable"],
        no_taxa: "sin determinar",
        listed: ["inclusión en la CITES sin determinar", "CITES {appendices}", "CITES {appendices}, según el origen"],
        clause: "Su norma: {title}, {address}, leída el {read}",
        law: "Norma legal: {title}, {article}, versión de {date}, {address}",
        alleged: ["Disposición", "Hechos", "Prueba que falta"],
        good_faith: "{organisation} declara de buena fe que la información y las alegaciones de esta notificación son exactas y completas.",
        trusted: "{organisation} tiene la condición de alertador fiable, otorgada por {by}.",
        answer: "Indíquennos aquí su decisión, también si nos hemos equivocado: {link}",
        end: "{organisation}, {contact}\nNotificación {number}",
        page: "Página {page} de {pages}",
        missing: "No se muestran aquí {count} caracteres para los que el servidor que creó este archivo no tiene tipo de letra ({scripts}). Cada uno está marcado con \u{fffd}. Figuran en el texto de esta notificación y en su versión para máquinas.",
        cut: "Este archivo se corta aquí: la notificación es más larga de lo que admite un PDF. Su texto está completo.",
    },
];

/// The words for a company: its first language that there are words for, else English.
#[must_use]
pub fn of(languages: &str) -> &'static Words {
    let base = |tag: &str| tag.split('-').next().unwrap_or("").to_ascii_lowercase();
    languages.split_whitespace().find_map(|tag| ALL.iter().find(|w| w.lang == base(tag))).unwrap_or(&ALL[0])
}

/// A sentence with its places filled. What is put in is never read for places again.
#[must_use]
pub fn fill(sentence: &str, places: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(sentence.len() + 64);
    let mut rest = sentence;
    while let Some((before, (name, after))) = rest.split_once('{').and_then(|(b, r)| Some((b, r.split_once('}')?))) {
        out.push_str(before);
        out.push_str(places.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| *text));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{ALL, fill, of};

    #[test]
    fn the_first_language_that_there_are_words_for() {
        for (languages, want) in [("de-AT en", "de"), ("pl fr", "fr"), ("pl", "en"), ("", "en"), ("ES", "es")] {
            assert_eq!(of(languages).lang, want, "{languages}");
        }
    }

    #[test]
    fn what_is_put_in_cannot_ask_for_more() {
        assert_eq!(fill("{a} and {b}{c}", &[("a", "{b}"), ("b", "1")]), "{b} and 1");
        assert_eq!(fill("no {end", &[]), "no {end");
    }

    #[test]
    fn every_language_has_every_place() {
        for w in &ALL {
            for (sentence, places) in [
                (w.subject_policy, &["{item}", "{number}"][..]),
                (w.subject_dsa16, &["{item}", "{number}"]),
                (w.intro_policy, &["{organisation}"]),
                (w.intro_dsa16, &["{organisation}", "16", "2022/2065"]),
                (w.listed[1], &["{appendices}"]),
                (w.listed[2], &["{appendices}"]),
                (w.clause, &["{title}", "{address}", "{read}"]),
                (w.law, &["{title}", "{article}", "{date}", "{address}"]),
                (w.good_faith, &["{organisation}"]),
                (w.trusted, &["{organisation}", "{by}"]),
                (w.answer, &["{link}"]),
                (w.end, &["{organisation}", "{contact}", "{number}"]),
                (w.page, &["{page}", "{pages}"]),
                (w.missing, &["{count}", "{scripts}", "\u{fffd}"]),
            ] {
                for place in places {
                    assert!(sentence.contains(place), "{}: {sentence} has no {place}", w.lang);
                }
            }
            // Illegality is alleged in one kind of notice alone, and never by its article in the other.
            assert!(!w.intro_policy.contains("16") && !w.subject_policy.contains("16"), "{}", w.lang);
        }
    }
}
