//! Where the sender's words end and the signature begins: "-- ", "Envoyé de mon iPhone", the foot of a mailing list.

use std::ops::Range;

use super::blocks::{self, Separator};
use super::lines::{Mark, Reading};
use super::phrases::{GOES_ON, POSTSCRIPTS, phrases};

/// Most words of a device's name after "Sent from my".
const MOST_DEVICE_WORDS: usize = 5;
/// Most words of a line that a program adds.
const MOST_PROGRAM_WORDS: usize = 9;
/// Most lines below a `--` that lacks its space; more is a text with a rule in it.
const MOST_LINES: usize = 16;
/// Most lines below a line of underscores or another rule.
const MOST_FOOT_LINES: usize = 8;
/// Most lines that a program's own mark makes a signature; people type below it, and what they type is then inside.
const MOST_MARKED_LINES: usize = 12;

/// The lines of one stretch of own text that are signature.
///
/// `quotation_below`: whether a quotation was found below. Then what stands between a device's line and that quotation is the sender's;
/// without one it is the quotation, as a program wrote it that says nothing of it.
pub fn within(readings: &[Reading<'_>], stretch: Range<usize>, quotation_below: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if let Some(start) = delimiter(readings, stretch.clone()) {
        found.push(start..stretch.end);
        found.extend(device_lines(readings, stretch.start..start, true));
    } else {
        found.extend(device_lines(readings, stretch.clone(), quotation_below));
    }
    found.extend(marked(readings, stretch));
    found
}

/// Whether the line is one that a device or a program adds.
pub fn is_device_line(reading: &Reading<'_>) -> bool {
    let phrases = phrases();
    let full = reading.folded.trim_start_matches(|character: char| !character.is_alphanumeric());
    if full.is_empty() || full.len() > 200 {
        return false;
    }
    let first = full.split([' ', '\'']).next().unwrap_or_default();
    if full.is_ascii() && !phrases.device_begins.contains(first) && !full.ends_with("gesendet") {
        return false;
    }
    let (words, linked) = without_link(full);
    if phrases.adverts.iter().any(|advert| words.starts_with(advert.as_str())) {
        return words.split(' ').count() <= MOST_PROGRAM_WORDS + 6;
    }
    if words.ends_with("gesendet") && words.split(' ').count() <= MOST_PROGRAM_WORDS && names_device(words) {
        return true;
    }
    phrases.sent_from.iter().any(|opening| {
        let Some(rest) = words.strip_prefix(opening.as_str()) else { return false };
        let spaced = rest.starts_with(' ') || opening.ends_with(['\'', ':']) || !opening.is_ascii();
        let rest = rest.trim_matches([' ', '.', ':']);
        let count = rest.split(' ').count();
        if !spaced || rest.is_empty() || count > MOST_PROGRAM_WORDS || rest.contains(['?', '!', ';']) {
            return false;
        }
        let mine =
            phrases.my.iter().any(|my| rest.strip_prefix(my.as_str()).is_some_and(|device| device.starts_with([' ', '\''])));
        linked
            || names_device(rest) && !has_clause(rest)
            || mine && count <= MOST_DEVICE_WORDS + 1 && !rest.contains(',') && !has_clause(rest)
    })
}

/// `Télécharger Outlook pour iOS<https://aka.ms/…>`, `… (https://aka.ms/…)`
fn without_link(words: &str) -> (&str, bool) {
    let at = ["<http", "(http", "[http", " http"].iter().filter_map(|opening| words.find(opening)).min();
    match at {
        Some(at) => (words.get(..at).unwrap_or(words).trim_end(), true),
        None => (words.trim_end(), false),
    }
}

fn names_device(words: &str) -> bool {
    let devices = &phrases().devices;
    words.split([' ', ',']).any(|word| {
        let word = word.trim_matches(|character: char| !character.is_alphanumeric());
        devices.iter().any(|device| device == word)
    })
}

/// Whether a sentence goes on: `Envoyé de mon téléphone, je n'ai pas …`, `sent from my phone but …`
fn has_clause(rest: &str) -> bool {
    let prose = &phrases().prose;
    rest.split([' ', ',']).skip(1).any(|word| GOES_ON.contains(&word) || word.len() > 2 && prose.contains(word) && word != "the")
}

/// Lines of devices and programs. With nothing found below them, all below them.
fn device_lines(readings: &[Reading<'_>], stretch: Range<usize>, quotation_below: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for at in stretch.clone() {
        let Some(reading) = readings.get(at) else { continue };
        if !reading.is_own() || reading.folded.is_empty() || !is_device_line(reading) || !stands_alone(readings, at, &stretch) {
            continue;
        }
        if quotation_below || is_postscript(readings, at + 1..stretch.end) {
            found.push(at..at + 1);
        } else {
            found.push(at..stretch.end);
            break;
        }
    }
    found
}

/// Whether the first line says that it is one; people write it below the line of their telephone.
fn is_postscript(readings: &[Reading<'_>], lines: Range<usize>) -> bool {
    let first = readings.get(lines).and_then(|lines| lines.iter().find(|reading| !reading.blank));
    first.is_some_and(|first| {
        let word = first.folded.split([' ', ':', ',']).next().unwrap_or_default().replace(['.', '-'], "");
        POSTSCRIPTS.contains(&word.as_str())
    })
}

/// A wrapped sentence may have the words at the beginning of a line; a program's line has an end of its own.
fn stands_alone(readings: &[Reading<'_>], at: usize, stretch: &Range<usize>) -> bool {
    let Some(reading) = readings.get(at) else { return false };
    let open = |other: Option<&Reading<'_>>| {
        other.is_none_or(|other| {
            other.blank
                || other.depth > 0
                || other.mark != Mark::None
                || is_device_line(other)
                || blocks::separator(other).is_some()
        })
    };
    let above = at.checked_sub(1).filter(|above| stretch.contains(above)).and_then(|above| readings.get(above));
    let below = readings.get(at + 1).filter(|_| stretch.contains(&(at + 1)));
    let capital =
        !reading.content.trim_start_matches(|character: char| !character.is_alphanumeric()).starts_with(char::is_lowercase);
    open(above) && (open(below) || capital) || open(below) && capital
}

/// `-- ` begins a signature (RFC 3676); without its space it does if little follows. A line of underscores begins the foot of a mailing
/// list where an address of the web or of mail follows.
fn delimiter(readings: &[Reading<'_>], stretch: Range<usize>) -> Option<usize> {
    let near_end = last_lines(readings, &stretch, MOST_LINES);
    stretch.clone().find(|at| {
        let Some(reading) = readings.get(*at) else { return false };
        if reading.depth > 0 || (*at < near_end && !reading.signs) {
            return false;
        }
        let below = || readings.iter().take(stretch.end).skip(at + 1).filter(|reading| !reading.blank);
        match reading.content {
            "--" => reading.signs || !is_prose(below()),
            content if content.len() >= 2 && content.bytes().all(|byte| byte == b'_') => {
                below().take(MOST_FOOT_LINES + 1).count() <= MOST_FOOT_LINES
                    && below().any(|reading| reading.folded.contains("http") || reading.folded.contains('@'))
                    && blocks::separator(reading).is_none_or(|separator| separator == Separator::Rule)
            }
            content if !content.starts_with(['*', '#', '~', '+']) && blocks::separator(reading) == Some(Separator::Rule) => {
                is_card(below())
            }
            _ => false,
        }
    })
}

/// Whether most of the lines are sentences, as those of a signature are not.
fn is_prose<'a>(lines: impl Iterator<Item = &'a Reading<'a>>) -> bool {
    let (mut count, mut sentences) = (0, 0);
    for line in lines {
        count += 1;
        sentences += usize::from(line.content.ends_with(['.', '?', '!']));
    }
    sentences > 2 && sentences * 2 > count
}

/// The first line below which no more than so many are that show something.
fn last_lines(readings: &[Reading<'_>], stretch: &Range<usize>, most: usize) -> usize {
    let mut shown = 0;
    for at in stretch.clone().rev() {
        if shown > most {
            return at + 1;
        }
        shown += usize::from(readings.get(at).is_some_and(|reading| !reading.blank));
    }
    stretch.start
}

/// Whether the lines below a rule are somebody's card: short, without sentences, with an address, a number or a place of the web.
fn is_card<'a>(lines: impl Iterator<Item = &'a Reading<'a>>) -> bool {
    const LONGEST_LINE: usize = 70;
    let (mut count, mut reachable) = (0, false);
    for line in lines {
        count += 1;
        if count > MOST_LINES
            || line.depth > 0
            || line.content.len() > LONGEST_LINE
            || line.content.ends_with(['.', '?', '!', ':', ','])
        {
            return false;
        }
        let digits = line.folded.bytes().filter(u8::is_ascii_digit).count();
        let letters = line.folded.chars().filter(|character| character.is_alphabetic()).count();
        let at_sign = line.folded.split_once('@').is_some_and(|(before, after)| !before.is_empty() && after.contains('.'));
        reachable |= at_sign || line.folded.contains("http") || line.folded.contains("www.") || (digits >= 8 && letters <= 8);
    }
    count >= 2 && reachable
}

/// Stretches that the writing program itself marks as its signature.
fn marked(readings: &[Reading<'_>], stretch: Range<usize>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in stretch {
        if readings.get(at).is_some_and(|reading| reading.mark == Mark::Signature) {
            match found.last_mut() {
                Some(last) if last.end == at => last.end = at + 1,
                _ => found.push(at..at + 1),
            }
        }
    }
    found.retain(|range| range.len() <= MOST_MARKED_LINES);
    found
}
