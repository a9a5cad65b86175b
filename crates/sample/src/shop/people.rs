//! The customers of Maison Lumen: nobody who exists.
//!
//! Mail addresses end in names reserved for examples (RFC 2606, RFC 6761); French numbers lie in the range kept free for works of fiction
//! (Arcep, 06 39 98), British ones in Ofcom's (07700 900).

use kept_base::{Country, Language};
use kept_domain::input::{CustomerDetails, CustomerRef};

use crate::rng::Rng;

const FRENCH_FIRST: [&str; 40] = [
    "Camille",
    "Léa",
    "Manon",
    "Chloé",
    "Inès",
    "Jade",
    "Louise",
    "Zoé",
    "Nathalie",
    "Sylvie",
    "Brigitte",
    "Françoise",
    "Aïcha",
    "Noémie",
    "Élodie",
    "Mélanie",
    "Océane",
    "Hélène",
    "Agnès",
    "Rokhaya",
    "Lucas",
    "Hugo",
    "Théo",
    "Nathan",
    "Mathis",
    "Jules",
    "Raphaël",
    "Mohamed",
    "Karim",
    "Benoît",
    "Jérôme",
    "François",
    "Gérard",
    "Loïc",
    "Yann",
    "Étienne",
    "Bruno",
    "Thibault",
    "Anatole",
    "Côme",
];
const FRENCH_LAST: [&str; 44] = [
    "Aubrecourt",
    "Bellemain",
    "Cordonval",
    "Delafontenelle",
    "Esparville",
    "Fauvergeon",
    "Garrigolles",
    "Hautecombes",
    "Isambourg",
    "Jolivaux",
    "Kerlégan",
    "Lamontagnac",
    "Marvillard",
    "Noirétable",
    "Orsignac",
    "Pérelongue",
    "Quincerot",
    "Roquevaire",
    "Sautereau-Blin",
    "Tournebise",
    "Ussonval",
    "Valcroissant",
    "Wattrelin",
    "Xaintrailles",
    "Yvertois",
    "Zellerbach",
    "Benyamina-Roux",
    "Diabaté-Morel",
    "N'Guessanval",
    "Châtelperron",
    "Brézolles",
    "d'Aurignan",
    "de La Varennière",
    "Le Goazigou",
    "Lœuillet",
    "Maÿsonnave",
    "Prud'hommeau",
    "Saint-Airault",
    "Toussaintois",
    "Vieuxmarché",
    "Grandclos",
    "Malbrancque",
    "Puyferrand",
    "Rocheblave",
];
const ENGLISH_FIRST: [&str; 12] =
    ["Olivia", "Emily", "Grace", "Harriet", "Priya", "Siobhan", "Oliver", "George", "Callum", "Rhys", "Femi", "Declan"];
const ENGLISH_LAST: [&str; 12] = [
    "Ashgrove",
    "Birkenholt",
    "Carrowmoor",
    "Dunsterville",
    "Eastlake-Moss",
    "Fennimoor",
    "Gillingwater",
    "Harrowmead",
    "Inverleith",
    "Kestrelby",
    "Longthorne",
    "O'Brannagh",
];
const FRENCH_STREETS: [&str; 14] = [
    "rue des Lilas",
    "rue de la République",
    "avenue Jean-Jaurès",
    "rue du Moulin",
    "place de l'Église",
    "impasse des Tilleuls",
    "rue Victor-Hugo",
    "chemin des Vignes",
    "quai de la Fosse",
    "boulevard Gambetta",
    "rue de l'Abreuvoir",
    "allée des Cèdres",
    "rue Émile-Zola",
    "cours Lafayette",
];
const FRENCH_CITIES: [(&str, &str); 32] = [
    ("75011", "Paris"),
    ("75018", "Paris"),
    ("69003", "Lyon"),
    ("69007", "Lyon"),
    ("13001", "Marseille"),
    ("13008", "Marseille"),
    ("59000", "Lille"),
    ("31000", "Toulouse"),
    ("44000", "Nantes"),
    ("67000", "Strasbourg"),
    ("42000", "Saint-Étienne"),
    ("33000", "Bordeaux"),
    ("35000", "Rennes"),
    ("34000", "Montpellier"),
    ("06000", "Nice"),
    ("38000", "Grenoble"),
    ("21000", "Dijon"),
    ("49100", "Angers"),
    ("63000", "Clermont-Ferrand"),
    ("29200", "Brest"),
    ("37000", "Tours"),
    ("80000", "Amiens"),
    ("57000", "Metz"),
    ("25000", "Besançon"),
    ("86000", "Poitiers"),
    ("64000", "Pau"),
    ("74000", "Annecy"),
    ("17000", "La Rochelle"),
    ("14000", "Caen"),
    ("30000", "Nîmes"),
    ("20200", "Bastia"),
    ("68100", "Mulhouse"),
];
const ENGLISH_STREETS: [&str; 6] =
    ["Orchard Lane", "Chapel Row", "Mill Road", "Quarry Terrace", "Station Approach", "Heron Close"];
const ENGLISH_CITIES: [(&str, &str, Country); 6] = [
    ("EC1A 1BB", "London", Country::GB),
    ("M1 1AE", "Manchester", Country::GB),
    ("EH1 1YZ", "Edinburgh", Country::GB),
    ("BS1 4DJ", "Bristol", Country::GB),
    ("D02 X285", "Dublin", Country::IE),
    ("T12 RX8A", "Cork", Country::IE),
];
const MAIL_HOSTS: [&str; 3] = ["example.org", "example.com", "example.net"];
/// How many of so many customers are strangers to the mail server (the address is refused) or hard to reach (the first try is put off).
const REFUSED_EVERY: u64 = 97;
const BUSY_EVERY: u64 = 61;
/// And how many can only be texted.
const PHONE_ONLY_EVERY: u64 = 9;

/// A customer of the shop.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub details: CustomerDetails,
    pub postal: String,
    pub language: Language,
    pub country: Country,
}

impl Person {
    pub(crate) fn reference(&self) -> CustomerRef {
        CustomerRef { reference: self.details.reference.clone(), ..CustomerRef::default() }
    }

    pub(crate) fn speaks_french(&self) -> bool {
        self.language == Language::French
    }

    pub(crate) fn city(&self) -> &str {
        self.details.city.as_deref().unwrap_or_default()
    }
}

/// So many customers of a seed, always the same.
pub(crate) fn people(seed: u64, how_many: u64) -> Vec<Person> {
    (0..how_many).map(|number| person(number, &mut Rng::new(seed, 1_000_000 + number))).collect()
}

fn person(number: u64, rng: &mut Rng) -> Person {
    let english = rng.percent(14);
    // Half of the English speakers live in France: language and country are two things.
    let abroad = english && rng.percent(50);
    let language = if english { Language::English } else { Language::French };
    let (first, last) = match english {
        true => (rng.pick(&ENGLISH_FIRST), rng.pick(&ENGLISH_LAST)),
        false => (rng.pick(&FRENCH_FIRST), rng.pick(&FRENCH_LAST)),
    };
    let house = rng.between(1, 148);
    let phone_end = rng.below(10_000);
    let (postal, city, country, address, phone) = if abroad {
        let place = usize::try_from(rng.below(6)).unwrap_or(0);
        let (postal, city, country) = ENGLISH_CITIES.get(place).copied().unwrap_or(("EC1A 1BB", "London", Country::GB));
        let address = format!("{house} {}\n{city}\n{postal}", rng.pick(&ENGLISH_STREETS));
        (postal, city, country, address, format!("+447700900{:03}", phone_end % 1_000))
    } else {
        let (postal, city) = rng.pick(&FRENCH_CITIES);
        let address = format!("{house} {}\n{postal} {city}", rng.pick(&FRENCH_STREETS));
        (postal, city, Country::FR, address, format!("+3363998{phone_end:04}"))
    };
    let host = match number {
        number if number % REFUSED_EVERY == REFUSED_EVERY - 1 => "refused.example",
        number if number % BUSY_EVERY == BUSY_EVERY - 1 => "busy.example",
        _ => rng.pick(&MAIL_HOSTS),
    };
    // Somebody who ordered through a marketplace left a phone number and no mail address.
    let phone_only = number % PHONE_ONLY_EVERY == PHONE_ONLY_EVERY - 1;
    let consumer = !rng.percent(6);
    let email = format!("{}.{}{number}@{host}", ascii(first), ascii(last));
    let details = CustomerDetails {
        // A whole number, since a shop may know its customers by nothing else.
        reference: Some((20_000 + number).to_string()),
        name: Some(format!("{first} {last}")),
        email: (!phone_only).then_some(email),
        phone: (rng.percent(70) || phone_only).then_some(phone),
        address: Some(address),
        city: Some(city.to_owned()),
        language: Some(language),
        country: Some(country),
        zone: None,
        consumer: Some(consumer),
        account: None,
    };
    Person { details, postal: postal.to_owned(), language, country }
}

/// A name as it stands in an address: lower case, no accents, no spaces.
fn ascii(name: &str) -> String {
    let mut plain = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'a'..='z' => plain.push(letter),
            'à' | 'â' | 'ä' => plain.push('a'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'î' | 'ï' => plain.push('i'),
            'ô' | 'ö' => plain.push('o'),
            'ù' | 'û' | 'ü' => plain.push('u'),
            'ÿ' => plain.push('y'),
            'ç' => plain.push('c'),
            'œ' => plain.push_str("oe"),
            _ => {}
        }
    }
    plain
}
