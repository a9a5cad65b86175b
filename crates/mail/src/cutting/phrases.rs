//! The words by which mail programs introduce a quotation and sign, language by language, as data.
//!
//! Written as people read them; they are folded (case, accents, spaces) once, as the lines are before they are compared. To add a
//! language, add a row to one of the two tables; to teach a program's wording, add the words to the language's row. Sources: the wordings of the programs' own
//! translations (Gmail, Outlook, Apple Mail, Thunderbird, Yahoo, the webmails of Orange, SFR, Free and La Poste).

mod farther;
mod west;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::lines::folded;
use farther::FARTHER;
use west::WEST;

/// One language's words.
#[derive(Debug)]
struct Words {
    /// How "On … wrote:" begins: `On`, `Le`. Weekdays, months and figures begin one in every language.
    begins: &'static [&'static str],
    /// The words that end it: `wrote`, `a écrit`.
    wrote: &'static [&'static str],
    /// The words in the midst, where the name comes last: `schrieb`.
    wrote_by: &'static [&'static str],
    /// Words that only somebody's own sentence has where the name is expected: `j'ai`, `votre`.
    prose: &'static [&'static str],
    /// Weekdays and months, whole and as they are abbreviated.
    calendar: &'static [&'static str],
    from: &'static [&'static str],
    /// When it was sent, in words that nobody writes above a date of their own: `Envoyé`.
    sent: &'static [&'static str],
    date: &'static [&'static str],
    to: &'static [&'static str],
    copy: &'static [&'static str],
    subject: &'static [&'static str],
    /// What stands between dashes above a quoted mail.
    original: &'static [&'static str],
    /// What stands above a mail that is passed on.
    forwarded: &'static [&'static str],
    /// What a person says who passes a mail on.
    passing_on: &'static [&'static str],
    /// How the line of a program or a device begins: `Envoyé de`.
    sent_from: &'static [&'static str],
    /// `my`, after which any device may follow.
    my: &'static [&'static str],
    /// Whole lines of programs, or their beginnings.
    adverts: &'static [&'static str],
}

/// No words yet; rows fill in what their language has.
const NONE: Words = Words {
    begins: &[],
    wrote: &[],
    wrote_by: &[],
    prose: &[],
    calendar: &[],
    from: &[],
    sent: &[],
    date: &[],
    to: &[],
    copy: &[],
    subject: &[],
    original: &[],
    forwarded: &[],
    passing_on: &[],
    sent_from: &[],
    my: &[],
    adverts: &[],
};

/// Names of programs and devices, after which "Sent from" is no sentence of a person.
const DEVICES: &[&str] = &[
    "iphone",
    "ipad",
    "ipod",
    "mac",
    "macbook",
    "android",
    "samsung",
    "galaxy",
    "huawei",
    "honor",
    "xiaomi",
    "redmi",
    "oppo",
    "pixel",
    "blackberry",
    "nokia",
    "wiko",
    "smartphone",
    "handy",
    "mobile",
    "mobil",
    "telephone",
    "téléphone",
    "portable",
    "tablette",
    "tablet",
    "outlook",
    "hotmail",
    "windows",
    "courrier",
    "yahoo",
    "gmail",
    "gmx",
    "web.de",
    "t-online",
    "telekom",
    "aol",
    "proton",
    "protonmail",
    "tutanota",
    "tuta",
    "thunderbird",
    "typeapp",
    "bluemail",
    "spark",
    "sparrow",
    "mailbird",
    "airmail",
    "canary",
    "edison",
    "newton",
    "zoho",
    "zimbra",
    "k-9",
    "fairemail",
    "nine",
    "mailspring",
    "superhuman",
    "orange",
    "sfr",
    "bouygues",
    "laposte",
    "laposte.net",
    "libero",
    "virgilio",
    "alice",
    "mail.ru",
    "yandex",
    "seznam",
    "wp",
    "onet",
    "o2",
    "skymail",
    "mail",
];

/// What programs put before the subject of an answer or of a mail that is passed on, folded.
pub const ANSWERS: &[&str] =
    &["re", "aw", "sv", "antw", "tr", "fw", "fwd", "wg", "rv", "rif", "r", "i", "odp", "vs", "ynt", "res", "enc", "rep", "ref"];

/// Header lines that have a date and no colon before it, folded: Orange's `Message du 12/03/24 14:30`.
pub const DATED_WITHOUT_COLON: &[&str] = &["message du ", "message of "];

/// Who writes in the first person introduces no quotation, folded.
pub const FIRST_PERSON: &[&str] = &["i", "we", "j'ai", "je", "m'a", "m'avez", "ich", "wir", "ik", "ho", "jag", "jeg"];

/// Words by which a sentence goes on after `Sent from my …`, folded.
pub const GOES_ON: &[&str] = &[
    "je",
    "j'ai",
    "hier",
    "mais",
    "est",
    "et",
    "i",
    "but",
    "to",
    "is",
    "was",
    "yesterday",
    "app",
    "because",
    "and",
    "ich",
    "gestern",
    "und",
];

/// How a postscript begins, folded and without points.
pub const POSTSCRIPTS: &[&str] = &["ps", "pps", "nb", "postscriptum", "postscript"];

/// What a header line of a quoted mail tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    From,
    Sent,
    Date,
    To,
    Copy,
    Subject,
}

/// All languages' words, folded.
#[derive(Debug)]
pub struct Phrases {
    pub begins: Vec<String>,
    pub wrote: Vec<String>,
    /// The last words of those, by which most lines are told to have none.
    pub wrote_ends: HashSet<String>,
    pub wrote_by: Vec<String>,
    pub prose: HashSet<String>,
    pub calendar: HashSet<String>,
    pub labels: HashMap<String, Label>,
    pub original: Vec<String>,
    pub forwarded: Vec<String>,
    pub passing_on: Vec<String>,
    pub sent_from: Vec<String>,
    /// The first words of those and of the adverts, by which most lines are told to be neither.
    pub device_begins: HashSet<String>,
    pub my: Vec<String>,
    pub adverts: Vec<String>,
    pub devices: Vec<String>,
}

/// All languages' words, folded when they are first needed.
pub fn phrases() -> &'static Phrases {
    static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases {
        begins: gathered(|words| words.begins),
        wrote: gathered(|words| words.wrote),
        wrote_ends: gathered(|words| words.wrote)
            .iter()
            .filter_map(|phrase| phrase.rsplit(' ').next())
            .map(str::to_owned)
            .collect(),
        wrote_by: gathered(|words| words.wrote_by),
        prose: prose(),
        calendar: gathered(|words| words.calendar).into_iter().collect(),
        labels: labels(),
        original: gathered(|words| words.original),
        forwarded: gathered(|words| words.forwarded),
        passing_on: gathered(|words| words.passing_on),
        sent_from: gathered(|words| words.sent_from),
        device_begins: first_words(|words| words.sent_from).chain(first_words(|words| words.adverts)).collect(),
        my: gathered(|words| words.my),
        adverts: gathered(|words| words.adverts),
        devices: DEVICES.iter().map(|device| folded(device)).collect(),
    });
    &PHRASES
}

fn languages() -> impl Iterator<Item = &'static Words> {
    WEST.iter().chain(FARTHER)
}

fn first_words(of: impl Fn(&'static Words) -> &'static [&'static str]) -> impl Iterator<Item = String> {
    gathered(of).into_iter().map(|phrase| phrase.split([' ', '\'']).next().unwrap_or_default().to_owned())
}

/// Longest first, so that the first that fits is the one that says most.
fn gathered(of: impl Fn(&'static Words) -> &'static [&'static str]) -> Vec<String> {
    let mut all: Vec<String> = languages().flat_map(|words| of(words).iter().map(|phrase| folded(phrase))).collect();
    all.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    all.dedup();
    all
}

/// What is a weekday in one language is none of another's prose (`mar.`, `ma`).
fn prose() -> HashSet<String> {
    let calendar = gathered(|words| words.calendar);
    gathered(|words| words.prose).into_iter().filter(|word| !calendar.contains(word)).collect()
}

/// Where two languages give one word two meanings, the row that stands first decides.
fn labels() -> HashMap<String, Label> {
    let mut labels = HashMap::new();
    for words in languages() {
        for (label, of_label) in [
            (Label::From, words.from),
            (Label::Sent, words.sent),
            (Label::Date, words.date),
            (Label::To, words.to),
            (Label::Copy, words.copy),
            (Label::Subject, words.subject),
        ] {
            for word in of_label {
                labels.entry(folded(word)).or_insert(label);
            }
        }
    }
    labels
}
