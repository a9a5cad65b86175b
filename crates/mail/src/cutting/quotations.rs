//! Which lines of a mail its sender newly wrote.

use std::ops::Range;

use super::attribution;
use super::blocks;
use super::lines::{Line, Reading, read};
use super::outline::{Outline, Part};
use super::signature;

/// Cutting what was cut finds at most a signature that a quotation hid, and so on; more rounds than this only a made-up text needs.
const MOST_ROUNDS: usize = 6;
/// Longest quotation that a person may have set below words of their own that announce it, in lines.
const LONGEST_ANNOUNCED: usize = 3;

/// What of a text is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Line by line, whether it stays.
    pub lines: Vec<bool>,
    /// Whether a quotation was found, of a mail that is answered or passed on.
    pub quotation: bool,
}

/// The lines that stay. All, if nothing of the sender's would.
pub fn kept(lines: &[Line<'_>]) -> Kept {
    let mut left: Vec<(usize, Reading<'_>)> = read(lines).into_iter().enumerate().collect();
    let mut quotation = false;
    for _ in 0..MOST_ROUNDS {
        let (places, readings): (Vec<usize>, Vec<Reading<'_>>) = left.into_iter().unzip();
        let round = one_round(&readings);
        quotation |= round.quotation;
        let unchanged = round.lines.iter().all(|stays| *stays);
        left = places.into_iter().zip(readings).zip(&round.lines).filter(|(_, stays)| **stays).map(|(line, _)| line).collect();
        if unchanged {
            break;
        }
    }
    let mut kept = vec![false; lines.len()];
    for (at, _) in left {
        if let Some(stays) = kept.get_mut(at) {
            *stays = true;
        }
    }
    Kept { lines: kept, quotation }
}

fn one_round(readings: &[Reading<'_>]) -> Kept {
    let all = |quotation| Kept { lines: vec![true; readings.len()], quotation };
    let Outline { mut parts, tail, passed_on } = Outline::of(readings);
    if passed_on {
        return all(true);
    }
    let mut quotation = tail.is_some();
    let mut drops: Vec<Range<usize>> = tail.map(|tail| tail..readings.len()).into_iter().collect();
    // From the end: signatures and quotations in turn, until something stands there that the sender wrote.
    let mut below = quotation;
    while let Some(part) = parts.pop() {
        match part {
            Part::Quoted { lines, introduced } => {
                let announced =
                    !introduced && lines.len() <= LONGEST_ANNOUNCED && parts.last().is_some_and(|part| announces(part, readings));
                if announced {
                    parts.push(Part::Quoted { lines, introduced });
                    break;
                }
                (quotation, below) = (true, true);
                drops.push(lines);
            }
            Part::Own(lines) => {
                let mut cut = signature::within(readings, lines.clone(), below);
                let mut is_cut = vec![false; lines.len()];
                for at in cut.iter().cloned().flatten() {
                    if let Some(is_cut) = at.checked_sub(lines.start).and_then(|place| is_cut.get_mut(place)) {
                        *is_cut = true;
                    }
                }
                let last = lines
                    .clone()
                    .zip(is_cut)
                    .rev()
                    .find(|(at, is_cut)| !is_cut && readings.get(*at).is_some_and(blocks::says_something));
                if let Some((last, _)) = last {
                    if below || !cut.is_empty() {
                        cut.push(last + 1..lines.end);
                    }
                    drops.extend(cut);
                    parts.push(Part::Own(lines));
                    break;
                }
                drops.push(lines);
            }
        }
    }
    // An answer below the one quotation that it answers stands for itself; answers between quotations need them.
    if let [Part::Quoted { lines, introduced: true }, Part::Own(_)] = parts.as_slice() {
        quotation = true;
        drops.push(lines.clone());
    }
    if !parts.iter().any(|part| matches!(part, Part::Own(_))) {
        return all(quotation);
    }
    let mut lines = vec![true; readings.len()];
    for range in drops {
        for at in range {
            if let Some(stays) = lines.get_mut(at) {
                *stays = false;
            }
        }
    }
    Kept { lines, quotation }
}

/// Whether it ends with a person's own words that announce a quotation: "Vous m'avez écrit :".
fn announces(part: &Part, readings: &[Reading<'_>]) -> bool {
    let Part::Own(lines) = part else { return false };
    let last = readings.get(lines.clone()).and_then(|own| own.iter().rev().find(|reading| !reading.blank));
    last.is_some_and(|last| last.folded.ends_with(':') && !attribution::names_a_writer(last))
}
