//! A text as a row of stretches: what the sender wrote, what is quoted.

use std::ops::Range;

use super::blocks::{self, Separator};
use super::lines::{Mark, Reading};
use super::phrases::phrases;
use super::{attribution, holds_marker};

/// Most lines at the top of a quotation among which the words that introduce it are looked for.
const TOP: usize = 8;
/// Most words around a mail that is passed on in which a person says so.
const LONGEST_COVERING_NOTE: usize = 1_200;

/// A stretch of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// What the sender wrote, and blank lines.
    Own(Range<usize>),
    /// Lines with `>`, with the words of a program above them.
    Quoted {
        /// The lines, those words among them.
        lines: Range<usize>,
        /// Whether there are such words; otherwise a person may have set the `>`.
        introduced: bool,
    },
}

/// The text as a row of stretches, up to where a quotation begins that is not marked line by line.
#[derive(Debug, Default)]
pub struct Outline {
    pub parts: Vec<Part>,
    /// Where that quotation begins.
    pub tail: Option<usize>,
    /// Whether the first quotation is a mail that is passed on, and so is the message itself.
    pub passed_on: bool,
}

impl Outline {
    /// Reads the text from above to below, each line once.
    pub fn of(readings: &[Reading<'_>]) -> Self {
        let mut outline = Self::default();
        let quoted_next = next_is_quoted(readings);
        let (mut own_from, mut at) = (0, 0);
        while let Some(reading) = readings.get(at) {
            if reading.blank && reading.depth == 0 && reading.mark == Mark::None {
                at += 1;
            } else if reading.depth > 0 && !matches!(reading.mark, Mark::Seam | Mark::Attribution) {
                let end = end_of_quotation(readings, at, &quoted_next);
                if outline.is_first_quotation() && separator_of_first(readings, at..end) == Some(Separator::Forwarded) {
                    outline.passed_on = true;
                    return outline;
                }
                let from = with_writer(readings, own_from, at);
                outline.own(readings, own_from..from);
                // Orange's webmail marks the header lines and leaves what they are about without marks.
                if labels_only(readings, at..end) && readings.iter().skip(end).any(Reading::is_own) {
                    outline.tail = Some(from);
                    return outline;
                }
                outline.parts.push(Part::Quoted { lines: from..end, introduced: introduces_itself(readings, at..end) });
                (own_from, at) = (end, end);
            } else if let Some(seam) = seam_at(readings, at, &quoted_next) {
                let forward = seam.forward || separator_of_first(readings, at..readings.len()) == Some(Separator::Forwarded);
                if forward && outline.is_first_quotation() {
                    outline.passed_on = true;
                    return outline;
                }
                let from = with_rules(readings, own_from, seam.lines.start.max(own_from));
                let first = (seam.lines.end..readings.len()).find(|at| readings.get(*at).is_some_and(|reading| !reading.blank));
                match first {
                    Some(first) if !seam.whole && quoted_at(readings, first) => {
                        let end = end_of_quotation(readings, first, &quoted_next);
                        outline.own(readings, own_from..from);
                        outline.parts.push(Part::Quoted { lines: from..end, introduced: true });
                        (own_from, at) = (end, end);
                    }
                    _ => {
                        outline.passed_on =
                            !seam.whole && outline.is_first_quotation() && is_covering_note(readings, own_from..from);
                        outline.own(readings, own_from..from);
                        outline.tail = Some(from);
                        return outline;
                    }
                }
            } else {
                at += 1;
            }
        }
        outline.own(readings, own_from..readings.len());
        outline
    }

    /// Blank lines alone are nobody's.
    fn own(&mut self, readings: &[Reading<'_>], lines: Range<usize>) {
        if lines.clone().any(|at| readings.get(at).is_some_and(|reading| !reading.blank)) {
            self.parts.push(Part::Own(lines));
        }
    }

    fn is_first_quotation(&self) -> bool {
        !self.parts.iter().any(|part| matches!(part, Part::Quoted { .. }))
    }
}

/// The lines that introduce a quotation.
struct Seam {
    lines: Range<usize>,
    /// The mail is passed on.
    forward: bool,
    /// All below is quoted, whatever it looks like.
    whole: bool,
}

fn seam_at(readings: &[Reading<'_>], at: usize, quoted_next: &[bool]) -> Option<Seam> {
    let reading = readings.get(at)?;
    let seam = |lines| Some(Seam { lines, forward: false, whole: false });
    match reading.mark {
        Mark::Marker => return Some(Seam { lines: at..at + 1, forward: false, whole: true }),
        Mark::Attribution => {
            let end = (at..readings.len()).find(|at| readings.get(*at).is_some_and(|reading| reading.mark != Mark::Attribution));
            return seam(at..end.unwrap_or(readings.len()));
        }
        Mark::Seam => return seam(at..at),
        Mark::SeamIfLabelled if blocks::looks_labelled_from(readings, at) => return seam(at..at),
        Mark::None | Mark::Signature | Mark::SeamIfLabelled => {}
    }
    if holds_marker(readings, at) {
        return Some(Seam { lines: at..at + 1, forward: false, whole: true });
    }
    match blocks::separator(reading) {
        Some(Separator::Forwarded) => return Some(Seam { lines: at..at + 1, forward: true, whole: false }),
        Some(Separator::Original) => return seam(at..at + 1),
        Some(Separator::Rule) => return None,
        None => {}
    }
    if let Some(lines) = blocks::labelled_from(readings, at) {
        return seam(lines);
    }
    attribution::ending_at(readings, at, quoted_next.get(at + 1) == Some(&true)).and_then(seam)
}

/// Whether the words that introduce it stand inside a quotation, as Apple and Orange write them.
fn introduces_itself(readings: &[Reading<'_>], quotation: Range<usize>) -> bool {
    let top = quotation.start..quotation.end.min(quotation.start + TOP);
    top.into_iter().any(|at| {
        readings.get(at).is_some_and(|reading| {
            reading.mark == Mark::Marker
                || holds_marker(readings, at)
                || blocks::separator(reading) == Some(Separator::Original)
                || blocks::labelled_from(readings, at).is_some()
                || attribution::ending_at(readings, at, true).is_some()
        })
    })
}

fn labels_only(readings: &[Reading<'_>], quotation: Range<usize>) -> bool {
    let seen = |at: &usize| readings.get(*at).is_some_and(|reading| !reading.blank);
    let (Some(first), Some(last)) = (quotation.clone().find(seen), quotation.rev().find(seen)) else { return false };
    blocks::labelled_from(readings, first).is_some_and(|labelled| labelled.end == last + 1)
}

fn separator_of_first(readings: &[Reading<'_>], lines: Range<usize>) -> Option<Separator> {
    let mut seen = readings.get(lines)?.iter().filter(|reading| !reading.blank).take(3).map(blocks::separator);
    seen.find(|separator| *separator != Some(Separator::Rule)).flatten()
}

/// For each line and the end: whether the next line that is not blank is quoted.
fn next_is_quoted(readings: &[Reading<'_>]) -> Vec<bool> {
    let mut quoted = vec![false; readings.len() + 1];
    let mut next = false;
    for (at, reading) in readings.iter().enumerate().rev() {
        if reading.depth > 0 {
            next = true;
        } else if !reading.blank {
            next = false;
        }
        if let Some(quoted) = quoted.get_mut(at) {
            *quoted = next;
        }
    }
    quoted
}

fn quoted_at(readings: &[Reading<'_>], at: usize) -> bool {
    readings.get(at).is_some_and(|reading| reading.depth > 0 && reading.mark != Mark::Seam)
}

/// Blank lines between two quoted ones belong to the quotation.
fn end_of_quotation(readings: &[Reading<'_>], start: usize, quoted_next: &[bool]) -> usize {
    let goes_on = |at: &usize| {
        readings.get(*at).is_some_and(|reading| {
            (reading.depth > 0 || (reading.blank && quoted_next.get(*at) == Some(&true))) && reading.mark != Mark::Seam
        })
    };
    (start..readings.len()).take_while(goes_on).last().map_or(start + 1, |last| last + 1)
}

/// A line `Jean Dupont a écrit :` right above a quotation goes with it.
fn with_writer(readings: &[Reading<'_>], own_from: usize, quotation: usize) -> usize {
    let above = (own_from..quotation).rev().find(|at| readings.get(*at).is_some_and(|reading| !reading.blank));
    above.filter(|above| readings.get(*above).is_some_and(attribution::names_a_writer)).unwrap_or(quotation)
}

/// A rule or the words "Message d'origine" above the header lines go with them.
fn with_rules(readings: &[Reading<'_>], own_from: usize, seam: usize) -> usize {
    let mut from = seam;
    while from > own_from {
        let Some(above) = readings.get(from - 1) else { break };
        if !above.blank
            && blocks::separator(above) != Some(Separator::Rule)
            && !blocks::names_original(above)
            && !is_notes_rule(above)
        {
            break;
        }
        from -= 1;
    }
    from
}

/// `Jean Morvan---12/03/2024 14:30:05---Bonjour`, which Notes writes above header lines.
fn is_notes_rule(reading: &Reading<'_>) -> bool {
    reading.folded.matches("---").count() == 2 && attribution::has_time(&reading.folded) && attribution::has_year(&reading.folded)
}

/// Whether a person passes a mail on whose program does not say so: "Voici ce que j'ai reçu :", "je vous transfère …".
fn is_covering_note(readings: &[Reading<'_>], own: Range<usize>) -> bool {
    let Some(own) = readings.get(own) else { return false };
    let Some(last) = own.iter().rev().find(|reading| !reading.blank) else { return false };
    if last.folded.ends_with(':') && last.folded.split(' ').count() >= 4 {
        return true;
    }
    let length: usize = own.iter().map(|reading| reading.content.len()).sum();
    length <= LONGEST_COVERING_NOTE
        && own.iter().any(|reading| phrases().passing_on.iter().any(|phrase| reading.folded.contains(phrase.as_str())))
}
