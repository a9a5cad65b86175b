//! "On … wrote:", on one line or several, with or without `>`.
//!
//! A person's own sentence may say "Le livreur a écrit :" or "On Monday I wrote: …". So the words alone introduce nothing: nothing may
//! follow the colon on its line, and a date with a time, or an address, has to stand there too, and no word that only a sentence has.

use std::ops::Range;

use super::lines::{self, Reading};
use super::phrases::{FIRST_PERSON, Phrases, phrases};

/// Most lines that one introduction is broken into.
const MOST_LINES: usize = 5;
/// Longest introduction, in bytes.
const LONGEST: usize = 420;

/// The lines of the introduction that ends on this line.
///
/// `quoted_below`: whether lines with one more `>` follow, which needs less proof of what they are.
pub fn ending_at(readings: &[Reading<'_>], last: usize, quoted_below: bool) -> Option<Range<usize>> {
    let line = readings.get(last)?;
    let phrases = phrases();
    if line.blank || line.folded.is_empty() || !may_end(&line.folded, phrases) {
        return None;
    }
    // What is added above changes nothing about that.
    if has_prose(line.content, phrases, true)
        && wrote_at_end(core(&line.folded).trim_end_matches(':').trim_end(), phrases).is_none()
    {
        return None;
    }
    let mut fallback = None;
    let (mut folded, mut content) = (String::new(), String::new());
    for start in (last.saturating_sub(MOST_LINES - 1)..=last).rev() {
        let above = readings.get(start)?;
        if above.blank || above.depth != line.depth || above.folded.is_empty() {
            break;
        }
        folded = if folded.is_empty() { above.folded.clone() } else { format!("{} {folded}", above.folded) };
        content = if content.is_empty() { above.content.to_owned() } else { format!("{} {content}", above.content) };
        if folded.len() > LONGEST {
            break;
        }
        let candidate = Candidate::new(&folded, &content, phrases);
        if candidate.introduces(quoted_below) {
            if candidate.opens() {
                return Some(with_broken_beginning(readings, start, phrases)..last + 1);
            }
            fallback = fallback.or(Some(start..last + 1));
        }
    }
    fallback
}

/// Whether this looks like an introduction without saying of which mail: `Jean Dupont a écrit :`. It goes with a quotation, and proves none.
pub fn names_a_writer(reading: &Reading<'_>) -> bool {
    let phrases = phrases();
    let core = core(&reading.folded);
    let named = reading.content.chars().next().is_some_and(|first| !first.is_lowercase());
    let short = core.split(' ').count() <= 6;
    core.ends_with(':')
        && named
        && short
        && wrote_at_end(core.trim_end_matches(':').trim_end(), phrases).is_some()
        && !has_prose(reading.content, phrases, false)
}

/// Lines that were put together, and what they could be told by. What costs most to find out is found out last.
struct Candidate<'a> {
    /// The folded words without what is around them.
    core: &'a str,
    content: &'a str,
    phrases: &'static Phrases,
}

/// Where the words stand.
enum Wrote {
    Last,
    BeforeName,
    No,
}

impl<'a> Candidate<'a> {
    fn new(folded: &'a str, content: &'a str, phrases: &'static Phrases) -> Self {
        Self { core: core(folded), content, phrases }
    }

    /// Whether it introduces a quotation.
    fn introduces(&self, quoted_below: bool) -> bool {
        let words = self.core.trim_end_matches(':').trim_end();
        let colon = self.core.ends_with(':');
        let address = words.contains('@') && words.split(' ').any(is_address);
        let digit = words.bytes().any(|byte| byte.is_ascii_digit());
        if !(digit || quoted_below && address) {
            return false;
        }
        let (time, year) = (has_time(words), has_year(words));
        if !(address || time || year) {
            return false;
        }
        let ending = wrote_at_end(words, self.phrases);
        let wrote = match ending {
            Some(_) => Wrote::Last,
            None if colon && self.phrases.wrote_by.iter().any(|phrase| has_phrase(words, phrase)) => Wrote::BeforeName,
            None => Wrote::No,
        };
        let told = without_last_words(self.content, ending.map_or(0, |ending| ending.split(' ').count()));
        let named = || !has_prose(told, self.phrases, false);
        let introduces = match wrote {
            Wrote::Last if !colon => (address && (time || year) || quoted_below && time && year && named()) && self.opens(),
            Wrote::Last if self.opens() => address || ((time || year) && named()),
            Wrote::Last => address && (time || year || quoted_below),
            Wrote::BeforeName if self.opens() => (address && (time || year)) || (time && year && named()),
            // `Haus Lila schrieb am 12.03.2024 um 14:30:`
            Wrote::BeforeName => time && (address || quoted_below && year && named()),
            Wrote::No => {
                let last = words.rsplit(' ').next().unwrap_or_default();
                let ends_in_address = is_address(last) || (last == ">" && address);
                colon && address && time && (quoted_below || ends_in_address && self.opens())
            }
        };
        introduces && !has_prose(told, self.phrases, true)
    }

    /// Whether it begins as an introduction does: with `On`, a weekday or a date.
    fn opens(&self) -> bool {
        opens(self.core, self.phrases)
    }
}

/// The line without the dashes, stars and quotes around it: `---- On … wrote ----`.
fn core(folded: &str) -> &str {
    folded.trim_matches(|character: char| matches!(character, '-' | '*' | '_' | ' ' | '"' | '[' | ']' | '\u{2014}' | '='))
}

/// What cheaply tells most lines apart: an introduction ends with a colon, or with the word.
fn may_end(folded: &str, phrases: &Phrases) -> bool {
    let core = core(folded);
    core.ends_with(':') || wrote_at_end(core, phrases).is_some()
}

/// The phrase of "wrote" that the words end with.
fn wrote_at_end<'a>(words: &str, phrases: &'a Phrases) -> Option<&'a str> {
    let last = words.rsplit([' ', '>', '"', ',']).next().unwrap_or_default();
    if !phrases.wrote_ends.contains(last) && !last.ends_with(is_of_unspaced_script) {
        return None;
    }
    phrases.wrote.iter().map(String::as_str).find(|phrase| {
        words.strip_suffix(phrase).is_some_and(|before| {
            // Scripts without spaces put the word right behind the name.
            before.is_empty() || is_unspaced(phrase) || before.ends_with([' ', '>', '"', ','])
        })
    })
}

/// The text without its last words; a colon that stands alone is none.
fn without_last_words(text: &str, count: usize) -> &str {
    let mut rest = text.trim_end_matches(|character: char| !character.is_alphanumeric() && character != ')');
    for _ in 0..count {
        rest = rest.rsplit_once(char::is_whitespace).map_or("", |(before, _)| before.trim_end());
    }
    rest
}

fn is_unspaced(phrase: &str) -> bool {
    phrase.starts_with(is_of_unspaced_script)
}

fn is_of_unspaced_script(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{11FF}' | '\u{3040}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

fn has_phrase(words: &str, phrase: &str) -> bool {
    words.match_indices(phrase).any(|(at, _)| {
        let before = words.get(..at).and_then(|text| text.chars().next_back());
        let after = words.get(at + phrase.len()..).and_then(|text| text.chars().next());
        is_unspaced(phrase)
            || (before.is_none_or(|before| !before.is_alphanumeric() && before != '\'')
                && after.is_none_or(|after| !after.is_alphanumeric()))
    })
}

fn opens(core: &str, phrases: &Phrases) -> bool {
    let first = core.split([' ', ',', '.']).next().unwrap_or_default();
    first.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
        || phrases.calendar.contains(first)
        || phrases.begins.iter().any(|begin| {
            core.strip_prefix(begin.as_str()).is_some_and(|rest| is_unspaced(begin) || rest.starts_with([' ', ',', ':']))
        })
}

/// Lines above that hold nothing but the beginning of the date: `Le lundi` before `3 mai 2022 à 8:05 …`.
fn with_broken_beginning(readings: &[Reading<'_>], start: usize, phrases: &Phrases) -> usize {
    let Some(first) = readings.get(start) else { return start };
    let mut from = start;
    while from > 0 && start - from < 2 {
        let Some(above) = readings.get(from - 1) else { break };
        let belongs = !above.blank
            && above.depth == first.depth
            && above.folded.len() <= 40
            && !above.folded.is_empty()
            && above.folded.split([' ', ',', '.']).filter(|word| !word.is_empty()).all(|word| {
                word.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
                    || phrases.calendar.contains(word)
                    || phrases.begins.iter().any(|begin| begin == word)
            });
        if !belongs {
            break;
        }
        from -= 1;
    }
    from
}

fn is_address(word: &str) -> bool {
    word.match_indices('@').any(|(at, _)| {
        let before = word.get(..at).and_then(|text| text.chars().next_back());
        let after = word.get(at + 1..).and_then(|text| text.chars().next());
        before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == '-' || before == '"')
            && after.is_some_and(char::is_alphanumeric)
    })
}

/// A time of day: `14:30`, `14h30`, `18.20`, `9:05pm`.
pub fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    bytes.iter().enumerate().any(|(at, byte)| {
        if !matches!(byte, b':' | b'h' | b'.') || at == 0 || !digit(at - 1) || !digit(at + 1) || !digit(at + 2) || digit(at + 3) {
            return false;
        }
        let start = if at >= 2 && digit(at - 2) { at - 2 } else { at - 1 };
        if start > 0 && (digit(start - 1) || (*byte == b'.' && bytes.get(start - 1) == Some(&b'.'))) {
            return false;
        }
        // `15.01.24` is a date.
        if *byte == b'.' && bytes.get(at + 3) == Some(&b'.') && digit(at + 4) {
            return false;
        }
        let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u32>().ok());
        number(start, at).is_some_and(|hour| hour <= 24) && number(at + 1, at + 3).is_some_and(|minute| minute < 60)
    })
}

/// A year, or a date in figures, which has one.
pub fn has_year(text: &str) -> bool {
    text.split(|character: char| !character.is_ascii_digit())
        .any(|digits| digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20")))
        || text.split([' ', ',']).any(|word| {
            let parts: Vec<&str> =
                word.trim_matches(|character: char| !character.is_ascii_digit()).split(['/', '.', '-']).collect();
            parts.len() == 3
                && parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
        })
}

/// Whether it has a word that names no writer. In the first person it is never an introduction, whatever else it has. A capital letter
/// makes a name of it (La Redoute), and so does standing first (Le 12 mars).
fn has_prose(content: &str, phrases: &Phrases, first_person: bool) -> bool {
    let mut words = content.split_whitespace().peekable();
    let mut first = true;
    while let Some(word) = words.next() {
        let stands_first = std::mem::take(&mut first);
        let word = word.trim_matches(|character: char| !character.is_alphanumeric() && character != '\'' && character != '’');
        if word.is_empty() || word.contains('@') {
            continue;
        }
        let small = word.chars().next().is_some_and(char::is_lowercase);
        let folded = lines::folded(word);
        let person = FIRST_PERSON.contains(&folded.as_str());
        // `I` is always written with a capital letter; a middle initial has its point, which keeps `John I. Doe` a name.
        if person && (small || word == "I" && !content.contains("I.")) {
            return true;
        }
        // `le 12 mars`
        let before_a_date = words.peek().is_some_and(|next| next.starts_with(|digit: char| digit.is_ascii_digit()));
        if !first_person && !stands_first && small && !before_a_date && phrases.prose.contains(&folded) {
            return true;
        }
    }
    false
}
