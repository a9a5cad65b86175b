//! Header lines of a quoted mail, "De : … Envoyé : … À : … Objet : …", and lines as "-----Message d'origine-----".

use std::ops::Range;

use super::attribution::{has_time, has_year};
use super::lines::Reading;
use super::phrases::{ANSWERS, DATED_WITHOUT_COLON, Label, phrases};

/// Longest word or words before a label's colon, in bytes of the folded line.
const LONGEST_LABEL: usize = 32;
/// Most lines of a block that are looked at.
const MOST_LINES: usize = 40;
/// Most lines that one label's value is wrapped into; lists of recipients are long.
const MOST_WRAPPED: usize = 8;

/// What a line between dashes says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// A mail that is answered begins below.
    Original,
    /// A mail that is passed on begins below.
    Forwarded,
    /// Only dashes, underscores or the like.
    Rule,
}

/// What the line separates, where it is a line that does.
pub fn separator(reading: &Reading<'_>) -> Option<Separator> {
    let folded = reading.folded.as_str();
    if folded.is_empty() || folded.len() > 120 {
        return None;
    }
    let inner = folded.trim_matches(is_stroke);
    let leading = folded.chars().take_while(|character| is_stroke(*character) && *character != ' ').count();
    if inner.is_empty() {
        return (folded.chars().filter(|character| *character != ' ').count() >= 3).then_some(Separator::Rule);
    }
    let phrases = phrases();
    let words = inner.trim_end_matches([':', ' ', '.']).trim_matches(['[', ']', '(', ')', ' ']);
    let is = |phrase: &String| words == phrase;
    if phrases.forwarded.iter().any(is) && (leading >= 2 || inner.ends_with(':')) {
        return Some(Separator::Forwarded);
    }
    // `----- Forwarded by Jane Doe on 12/03/2024 -----`
    if leading >= 2 && phrases.forwarded.iter().any(|phrase| words.starts_with(phrase.as_str())) {
        return Some(Separator::Forwarded);
    }
    if leading >= 2 && phrases.original.iter().any(is) {
        return Some(Separator::Original);
    }
    None
}

/// Whether the line says, without dashes, that an older mail follows; it proves nothing without that mail's header lines.
pub fn names_original(reading: &Reading<'_>) -> bool {
    let words = reading.folded.trim_matches(|character: char| is_stroke(character) || character == ':');
    !words.is_empty() && phrases().original.iter().any(|phrase| words == phrase)
}

/// The header lines that begin on this line: the lines from the first label to the last.
pub fn labelled_from(readings: &[Reading<'_>], start: usize) -> Option<Range<usize>> {
    let first = readings.get(start)?;
    let (kind, _) = label(first)?;
    // Had a block begun above, this line would be in it.
    let above = start.checked_sub(1).and_then(|above| readings.get(above)).and_then(label);
    if kind != Label::From && above.is_some() {
        return None;
    }
    let mut seen = Seen::default();
    let (mut end, mut wrapped, mut blanks) = (start, 0, 0);
    for (at, reading) in readings.iter().enumerate().skip(start).take(MOST_LINES) {
        if reading.depth != first.depth {
            break;
        }
        if reading.blank {
            // Some programs put every label into a paragraph of its own.
            blanks += 1;
            if blanks > 1 || seen.is_whole() {
                break;
            }
            continue;
        }
        if let Some((label, value)) = label(reading) {
            if at == start {
                seen.note_all_in(value);
            }
            if seen.has(label) && label == Label::From {
                break;
            }
            seen.note(label, value);
            end = at + 1;
            wrapped = 0;
        } else if blanks == 0 && wrapped < MOST_WRAPPED && continues_value(reading) {
            wrapped += 1;
            seen.address |= reading.folded.contains('@');
            end = at + 1;
        } else {
            break;
        }
        blanks = 0;
    }
    seen.is_a_mails().then_some(start..end)
}

/// Whether header lines of a mail begin here, in a language that is not known perhaps: where a program has drawn its line above.
pub fn looks_labelled_from(readings: &[Reading<'_>], start: usize) -> bool {
    const LOOKED_AT: usize = 6;
    let lines = || readings.iter().skip(start).filter(|reading| says_something(reading)).take(LOOKED_AT);
    lines().take(2).filter(|reading| looks_labelled(reading)).count() == 2
        && lines().any(|reading| reading.folded.contains('@') || (has_time(&reading.folded) && has_year(&reading.folded)))
}

/// Whether there is more in the line than a rule.
pub fn says_something(reading: &Reading<'_>) -> bool {
    !reading.blank && separator(reading) != Some(Separator::Rule)
}

/// A word or two and a colon.
fn looks_labelled(reading: &Reading<'_>) -> bool {
    reading.folded.split_once(':').is_some_and(|(name, _)| {
        let name = name.trim();
        !name.is_empty()
            && name.len() <= LONGEST_LABEL
            && name.split(' ').count() <= 3
            && !name.bytes().any(|byte| byte.is_ascii_digit())
    })
}

/// Which labels a block has, and what they prove.
#[derive(Default)]
struct Seen {
    from: bool,
    sent: bool,
    date: bool,
    to: bool,
    copy: bool,
    subject: bool,
    address: bool,
    time: bool,
    year: bool,
    /// The subject says that it is an answer: `RE:`.
    answers: bool,
}

impl Seen {
    fn has(&self, label: Label) -> bool {
        match label {
            Label::From => self.from,
            Label::Sent => self.sent,
            Label::Date => self.date,
            Label::To => self.to,
            Label::Copy => self.copy,
            Label::Subject => self.subject,
        }
    }

    fn note(&mut self, label: Label, value: &str) {
        match label {
            Label::From => self.from = true,
            Label::Sent => self.sent = true,
            Label::Date => self.date = true,
            Label::To => self.to = true,
            Label::Copy => self.copy = true,
            Label::Subject => self.subject = true,
        }
        self.address |= value.contains('@');
        self.time |= matches!(label, Label::Sent | Label::Date) && has_time(value);
        self.year |= matches!(label, Label::Sent | Label::Date) && has_year(value);
        self.answers |= label == Label::Subject
            && value.split_once(':').is_some_and(|(start, _)| ANSWERS.contains(&start.trim_matches([' ', '*', '_'])));
    }

    /// Some programs write all header lines on one: `De : … Envoyé : … À : … Objet : …`.
    fn note_all_in(&mut self, line: &str) {
        for (at, _) in line.match_indices(':').take(12) {
            let before = line.get(..at).unwrap_or_default().trim_end().trim_end_matches(['*', '_']);
            let value = line.get(at + 1..).unwrap_or_default();
            let name = before.rsplit([' ', '*', '_']).next().unwrap_or_default();
            if let Some(label) = phrases().labels.get(name).filter(|label| **label != Label::From) {
                self.note(*label, value);
            }
        }
    }

    fn kinds(&self) -> usize {
        [self.from, self.sent || self.date, self.to, self.copy, self.subject].into_iter().filter(|seen| *seen).count()
    }

    fn is_whole(&self) -> bool {
        self.from && (self.sent || self.date) && self.to && self.subject
    }

    /// A person may write "De : Paris", "À : Lyon", "Date : 12 mars" about a parcel. A mail's lines have an address, or say when it was
    /// sent to the minute.
    fn is_a_mails(&self) -> bool {
        let dated = self.time && self.subject && (self.sent || (self.year && self.to));
        let proven = self.address || dated || self.answers;
        let told = self.sent || self.date || self.answers;
        self.from && proven && told && (self.kinds() >= 3 || (self.kinds() == 2 && self.time))
    }
}

/// The label of a header line, and its value.
fn label<'a>(reading: &'a Reading<'_>) -> Option<(Label, &'a str)> {
    let folded = reading.folded.trim_start_matches(['*', '_', ' ', '|', '\u{2022}']);
    // Orange's webmail puts no colon there: `Message du 12/03/24 14:30`.
    for opening in DATED_WITHOUT_COLON {
        if let Some(value) = folded.strip_prefix(*opening)
            && value.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
        {
            return Some((Label::Date, value));
        }
    }
    let (name, value) = folded.split_once(':')?;
    if name.len() > LONGEST_LABEL {
        return None;
    }
    let name = name.trim_matches(['*', '_', ' ']);
    let label = phrases().labels.get(name)?;
    Some((*label, value))
}

/// Whether the line goes on with what the label above it says: an address, or more of a list.
fn continues_value(reading: &Reading<'_>) -> bool {
    let folded = reading.folded.as_str();
    folded.contains('@') && folded.len() < 300
        || folded.ends_with([';', ','])
        || folded.starts_with(['<', '['])
        || has_time(folded) && folded.len() < 12
}

fn is_stroke(character: char) -> bool {
    matches!(
        character,
        '-' | '_' | '=' | '*' | '~' | '#' | ' ' | '+' | '\u{2010}'
            ..='\u{2015}' | '\u{2500}' | '\u{2501}' | '\u{FF0D}' | '\u{30FC}'
    )
}
