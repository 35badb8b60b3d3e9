//! The words of *Before you buy*, one set for each language. Owns every sentence of it that is not the register's.
//!
//! A rule's own sentence is English and marked so. Nothing here states a rule, and nothing sends anybody to a seller.

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    /// BCP-47.
    pub lang: &'static str,
    /// Its own name.
    pub name: &'static str,
    /// Writing direction.
    pub dir: &'static str,
    /// To the content.
    pub skip: &'static str,
    /// What the list of languages is called.
    pub language: &'static str,
    /// The page's name.
    pub title: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Before the list of countries.
    pub choose: &'static str,
    /// The countries whose rules are held, by code.
    pub countries: [(&'static str, &'static str); 8],
    /// Where the address names none.
    pub no_country: &'static str,
    /// Heading of the rules.
    pub rules: &'static str,
    /// What they are, and are not.
    pub rules_note: &'static str,
    /// Where nothing may be said of a country.
    pub not_held: &'static str,
    /// Before the date of a text.
    pub text_of: &'static str,
    /// Where only an excerpt was read.
    pub excerpt: &'static str,
    /// Before the day on which it was checked.
    pub checked: &'static str,
    /// Heading of the kinds of goods.
    pub may_be: &'static str,
    /// Before what else to choose.
    pub instead: &'static str,
    /// Goods, what they may be, what else to choose.
    pub kinds: [[&'static str; 3]; 7],
    /// Heading of where to report.
    pub report: &'static str,
    /// The ways, in their order.
    pub ways: [&'static str; 4],
    /// Before the organisation's name and address.
    pub this_programme: &'static str,
}

impl Words {
    /// What a country whose rules are held is called.
    pub fn country(&self, code: &str) -> Option<&'static str> {
        self.countries.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
    }
}

/// The words for a tag of BCP-47, by its language alone.
pub fn of(tag: &str) -> Option<&'static Words> {
    let base = tag.split('-').next().unwrap_or("");
    ALL.iter().find(|w| w.lang.eq_ignore_ascii_case(base))
}

/// Every language that the page is written in; English first.
pub static ALL: [Words; 4] = [
    Words {
        lang: "en",
        name: "English",
        dir: "ltr",
        skip: "To the content",
        language: "Language",
        title: "Before you buy",
        purpose: "Some things on sale are made from protected animals or plants, and a listing seldom says so. This page tells what a thing may be, what the rules ask where you are, what else to choose, and where to report an offer. It is no legal advice.",
        choose: "Where are you?",
        countries: [
            ("CN", "China"),
            ("DE", "Germany"),
            ("EU", "European Union"),
            ("FR", "France"),
            ("GB", "United Kingdom"),
            ("HK", "Hong Kong"),
            ("SG", "Singapore"),
            ("US", "United States"),
        ],
        no_country: "There is no such country here. Choose one of these.",
        rules: "What the rule is here",
        rules_note: "Only rules whose own text was read, with the date of that text. Below each: what a seller may claim, and what would show that it is true. Laws change: the responsible authority has the last word.",
        not_held: "No rule of this country was read here in its own text, so nothing is said of it. Before you buy, ask the authority that is responsible for CITES there.",
        text_of: "text of",
        excerpt: "an excerpt was read",
        checked: "checked on",
        may_be: "What it may be",
        instead: "Choose instead:",
        kinds: [
            [
                "Ivory, and what looks like it",
                "Elephant, mammoth, hippopotamus, walrus or whale, and also bone or plastic. Pictures alone rarely tell which.",
                "carvings of wood, ceramic or tagua nut that are sold as such.",
            ],
            ["Tortoiseshell", "The shell of the hawksbill turtle, or plastic.", "acetate that is sold as such."],
            [
                "Fur, leather and skins",
                "Spotted cats, crocodiles, snakes or lizards.",
                "leather of cattle, or fabrics.",
            ],
            [
                "Live parrots, reptiles, monkeys and cats",
                "Animals taken from the wild and called captive-bred.",
                "an animal from a shelter, or none.",
            ],
            ["Corals and shells", "Stony corals, giant clams, queen conch.", "glass or ceramic."],
            [
                "Remedies",
                "Bear bile, tiger bone, rhino horn, pangolin scales, musk.",
                "what a doctor or pharmacist advises.",
            ],
            [
                "Orchids, cacti and rare woods",
                "Plants dug up in the wild; rosewood and agarwood.",
                "plants from a nursery that propagates them, and local woods.",
            ],
        ],
        report: "Where to report an offer",
        ways: [
            "Use the marketplace's own report button. Say which listing, and why you think so.",
            "Tell the authority in your country that is responsible for CITES, or the police where an animal is in danger.",
            "Keep the address of the listing and the date. Do not write to the seller.",
            "Do not buy to rescue: what is bought is replaced.",
        ],
        this_programme: "This programme of observers is run by",
    },
    Words {
        lang: "de",
        name: "Deutsch",
        dir: "ltr",
        skip: "Zum Inhalt",
        language: "Sprache",
        title: "Vor dem Kauf",
        purpose: "Manches, was angeboten wird, stammt von geschützten Tieren oder Pflanzen, und selten steht es dabei. Diese Seite sagt, was etwas sein kann, was die Regeln bei Ihnen verlangen, was Sie stattdessen wählen können und wo Sie ein Angebot melden. Sie ist keine Rechtsberatung.",
        choose: "Wo sind Sie?",
        countries: [
            ("CN", "China"),
            ("DE", "Deutschland"),
            ("EU", "Europäische Union"),
            ("FR", "Frankreich"),
            ("GB", "Vereinigtes Königreich"),
            ("HK", "Hongkong"),
            ("SG", "Singapur"),
            ("US", "Vereinigte Staaten"),
        ],
        no_country: "Dieses Land gibt es hier nicht. Wählen Sie eines von diesen.",
        rules: "Was hier gilt",
        rules_note: "Nur Regeln, deren eigener Wortlaut gelesen wurde, mit dem Datum dieser Fassung; die Sätze sind auf Englisch. Darunter jeweils: was jemand beim Verkauf angeben kann und was es belegen würde. Gesetze ändern sich: Das letzte Wort hat die zuständige Behörde.",
        not_held: "Von diesem Land wurde hier keine Regel im Wortlaut gelesen, darum steht hier nichts dazu. Fragen Sie vor dem Kauf die Behörde, die dort für CITES zuständig ist.",
        text_of: "Fassung vom",
        excerpt: "nur ein Auszug wurde gelesen",
        checked: "geprüft am",
        may_be: "Was es sein kann",
        instead: "Stattdessen:",
        kinds: [
            [
                "Elfenbein und was so aussieht",
                "Elefant, Mammut, Flusspferd, Walross oder Wal, aber auch Knochen oder Kunststoff. Bilder allein verraten es selten.",
                "Schnitzereien aus Holz, Keramik oder Taguanuss, die auch so angeboten werden.",
            ],
            [
                "Schildpatt",
                "Der Panzer der Echten Karettschildkröte, oder Kunststoff.",
                "Acetat, das auch so angeboten wird.",
            ],
            ["Pelz, Leder und Häute", "Gefleckte Katzen, Krokodile, Schlangen oder Echsen.", "Rindsleder oder Stoffe."],
            [
                "Lebende Papageien, Reptilien, Affen und Katzen",
                "Tiere aus der Natur, die als Nachzucht angeboten werden.",
                "ein Tier aus dem Tierheim, oder keines.",
            ],
            ["Korallen und Muscheln", "Steinkorallen, Riesenmuscheln, Fechterschnecken.", "Glas oder Keramik."],
            [
                "Heilmittel",
                "Bärengalle, Tigerknochen, Nashornhorn, Schuppen vom Schuppentier, Moschus.",
                "was Ärztin oder Apotheker raten.",
            ],
            [
                "Orchideen, Kakteen und seltene Hölzer",
                "In der Natur ausgegrabene Pflanzen; Rosenholz und Adlerholz.",
                "Pflanzen aus einer Gärtnerei, die sie selbst vermehrt, und heimische Hölzer.",
            ],
        ],
        report: "Wo Sie ein Angebot melden",
        ways: [
            "Mit der Meldefunktion des Marktplatzes. Nennen Sie das Angebot und Ihren Grund.",
            "Bei der Behörde Ihres Landes, die für CITES zuständig ist, oder bei der Polizei, wo ein Tier in Gefahr ist.",
            "Bewahren Sie Adresse und Datum des Angebots auf. Schreiben Sie nicht an den Verkäufer.",
            "Kaufen Sie nichts, um es zu retten: Was gekauft wird, wird ersetzt.",
        ],
        this_programme: "Dieses Programm von Beobachtenden leitet",
    },
    Words {
        lang: "fr",
        name: "Français",
        dir: "ltr",
        skip: "Aller au contenu",
        language: "Langue",
        title: "Avant d’acheter",
        purpose: "Certains objets en vente proviennent d’animaux ou de plantes protégés, et l’annonce le dit rarement. Cette page explique ce qu’un objet peut être, ce que les règles demandent là où vous êtes, que choisir à la place et où signaler une annonce. Elle ne remplace pas un conseil juridique.",
        choose: "Où êtes-vous ?",
        countries: [
            ("CN", "Chine"),
            ("DE", "Allemagne"),
            ("EU", "Union européenne"),
            ("FR", "France"),
            ("GB", "Royaume-Uni"),
            ("HK", "Hong Kong"),
            ("SG", "Singapour"),
            ("US", "États-Unis"),
        ],
        no_country: "Ce pays ne figure pas ici. Choisissez-en un dans la liste.",
        rules: "Ce que dit la règle ici",
        rules_note: "Seulement des règles dont le texte même a été lu, avec la date de cette version ; les phrases sont en anglais. Sous chacune : ce qu’un vendeur peut affirmer, et ce qui le prouverait. Les lois changent : l’autorité compétente a le dernier mot.",
        not_held: "Aucune règle de ce pays n’a été lue ici dans son texte ; rien n’en est donc dit. Avant d’acheter, interrogez l’autorité chargée de la CITES dans ce pays.",
        text_of: "version du",
        excerpt: "seul un extrait a été lu",
        checked: "vérifié le",
        may_be: "Ce que cela peut être",
        instead: "À la place :",
        kinds: [
            [
                "L’ivoire et ce qui lui ressemble",
                "Éléphant, mammouth, hippopotame, morse ou baleine, mais aussi os ou plastique. Les photos seules le disent rarement.",
                "des sculptures en bois, en céramique ou en noix de tagua, vendues comme telles.",
            ],
            [
                "L’écaille de tortue",
                "La carapace de la tortue imbriquée, ou du plastique.",
                "de l’acétate vendu comme tel.",
            ],
            [
                "Fourrures, cuirs et peaux",
                "Félins tachetés, crocodiles, serpents ou lézards.",
                "du cuir de vache ou des tissus.",
            ],
            [
                "Perroquets, reptiles, singes et félins vivants",
                "Des animaux pris dans la nature et présentés comme nés en captivité.",
                "un animal de refuge, ou aucun.",
            ],
            ["Coraux et coquillages", "Coraux durs, bénitiers, lambis.", "du verre ou de la céramique."],
            [
                "Remèdes",
                "Bile d’ours, os de tigre, corne de rhinocéros, écailles de pangolin, musc.",
                "ce que conseille un médecin ou un pharmacien.",
            ],
            [
                "Orchidées, cactus et bois rares",
                "Des plantes arrachées dans la nature ; palissandre et bois d’agar.",
                "des plantes d’une pépinière qui les multiplie, et des bois locaux.",
            ],
        ],
        report: "Où signaler une annonce",
        ways: [
            "Avec le bouton de signalement de la place de marché. Indiquez l’annonce et votre raison.",
            "Auprès de l’autorité de votre pays chargée de la CITES, ou de la police si un animal est en danger.",
            "Gardez l’adresse de l’annonce et la date. N’écrivez pas au vendeur.",
            "N’achetez pas pour sauver : ce qui est acheté est remplacé.",
        ],
        this_programme: "Ce programme d’observation est mené par",
    },
    Words {
        lang: "es",
        name: "Español",
        dir: "ltr",
        skip: "Ir al contenido",
        language: "Idioma",
        title: "Antes de comprar",
        purpose: "Algunas cosas en venta proceden de animales o plantas protegidos, y el anuncio rara vez lo dice. Esta página explica qué puede ser un objeto, qué piden las normas donde usted está, qué elegir en su lugar y dónde avisar de un anuncio. No es asesoramiento jurídico.",
        choose: "¿Dónde está usted?",
        countries: [
            ("CN", "China"),
            ("DE", "Alemania"),
            ("EU", "Unión Europea"),
            ("FR", "Francia"),
            ("GB", "Reino Unido"),
            ("HK", "Hong Kong"),
            ("SG", "Singapur"),
            ("US", "Estados Unidos"),
        ],
        no_country: "Ese país no figura aquí. Elija uno de estos.",
        rules: "Qué dice la norma aquí",
        rules_note: "Solo normas cuyo propio texto se ha leído, con la fecha de esa versión; las frases están en inglés. Debajo de cada una: qué puede afirmar quien vende y qué lo demostraría. Las leyes cambian: la última palabra la tiene la autoridad competente.",
        not_held: "De este país no se ha leído aquí ninguna norma en su texto, por eso no se dice nada de ella. Antes de comprar, pregunte a la autoridad responsable de la CITES en ese país.",
        text_of: "versión de",
        excerpt: "solo se leyó un extracto",
        checked: "comprobado el",
        may_be: "Qué puede ser",
        instead: "En su lugar:",
        kinds: [
            [
                "El marfil y lo que se le parece",
                "Elefante, mamut, hipopótamo, morsa o ballena, y también hueso o plástico. Las fotos solas rara vez lo dicen.",
                "tallas de madera, cerámica o nuez de tagua que se vendan como tales.",
            ],
            ["El carey", "El caparazón de la tortuga carey, o plástico.", "acetato que se venda como tal."],
            ["Pieles y cueros", "Felinos manchados, cocodrilos, serpientes o lagartos.", "cuero de vaca o tejidos."],
            [
                "Loros, reptiles, monos y felinos vivos",
                "Animales capturados en la naturaleza que se anuncian como criados en cautividad.",
                "un animal de un refugio, o ninguno.",
            ],
            ["Corales y conchas", "Corales duros, almejas gigantes, caracol rosado.", "vidrio o cerámica."],
            [
                "Remedios",
                "Bilis de oso, hueso de tigre, cuerno de rinoceronte, escamas de pangolín, almizcle.",
                "lo que aconseje un médico o un farmacéutico.",
            ],
            [
                "Orquídeas, cactus y maderas raras",
                "Plantas arrancadas de la naturaleza; palisandro y madera de agar.",
                "plantas de un vivero que las reproduzca, y maderas locales.",
            ],
        ],
        report: "Dónde avisar de un anuncio",
        ways: [
            "Con el botón de denuncia del propio mercado. Indique el anuncio y su motivo.",
            "A la autoridad de su país responsable de la CITES, o a la policía si un animal está en peligro.",
            "Guarde la dirección del anuncio y la fecha. No escriba a quien vende.",
            "No compre para rescatar: lo que se compra se repone.",
        ],
        this_programme: "Este programa de observación lo dirige",
    },
];

#[cfg(test)]
mod tests {
    use super::{ALL, of};

    #[test]
    fn tags_find_their_language_and_every_country_that_is_held_has_a_name() {
        assert_eq!(
            (of("de-AT").map(|w| w.lang), of("EN").map(|w| w.lang), of("tlh").map(|w| w.lang)),
            (Some("de"), Some("en"), None)
        );
        for w in &ALL {
            for country in spotter_law::built_in().countries() {
                assert!(w.country(&country.code).is_some(), "{}: {}", w.lang, country.code);
            }
        }
    }
}
