//! What the sender newly wrote, cut from what a mail quotes.
//!
//! Nothing is lost: the whole text comes along, and the page shows it on demand. Where it is doubtful whether something is a quotation,
//! it stays, since hiding a customer's words costs more than showing ours again. In turn are looked for: the line that our own letters
//! begin with; what mail programs put around a quotation in HTML; "Le … a écrit :" and its like; header lines of a quoted mail;
//! "-----Message d'origine-----"; lines with `>` at the end; the signature. A mail that is passed on is the message, and is kept, and so
//! are quotations with answers between them.
//!
//! A reader guesses where to look: [`phrases`] has every word of every language, as data; [`attribution`] reads "On … wrote:";
//! [`blocks`] header lines; [`signature`] the end; [`outline`] puts them together, [`quotations`] decides; [`markup`] makes text of
//! HTML, by what [`containers`] says that elements mean.

mod attribution;
mod blocks;
mod containers;
mod lines;
mod markup;
mod outline;
mod phrases;
mod quotations;
mod signature;

use lines::{Line, Reading};

/// How the line begins under which our letters' own text stands; the words between are for the reader ("Répondez au-dessus de cette
/// ligne"). It is the surest seam, since no program and no language can spoil it.
pub const MARKER_START: &str = "##-";
/// How that line ends.
pub const MARKER_END: &str = "-##";

/// Longest words between the two, in bytes.
const LONGEST_MARKER: usize = 200;

/// Most lines that are read. Nobody writes more, and each takes memory; a longer text is shown as it is.
const MOST_LINES: usize = 200_000;

/// A mail's text, cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// What the sender newly wrote; all, if nothing else would be left. Lines end with `\n`.
    pub text: String,
    /// All readable text: the plain part, or else the HTML as text. Lines end with `\n`.
    pub full_text: String,
}

/// Cuts what a mail quotes from what its sender wrote.
///
/// Of a mail with both parts the plain one is shown. Where it does not show where the quotation begins, the HTML is asked.
#[must_use]
pub fn cut(plain: Option<&str>, html: Option<&str>) -> Cut {
    match plain.filter(|plain| !lines::is_blank(plain)) {
        Some(plain) => {
            let plain = with_simple_line_ends(plain);
            if plain.bytes().filter(|byte| *byte == b'\n').count() > MOST_LINES {
                let all = plain.trim().to_owned();
                return Cut { text: all.clone(), full_text: all };
            }
            let of_plain = lines::split(&plain);
            let mut kept = quotations::kept(&of_plain);
            if !kept.quotation
                && let Some(html) = html
                && let Some(seam) = seam_by_markup(&of_plain, html)
            {
                kept = quotations::kept(of_plain.get(..seam).unwrap_or(&of_plain));
            }
            Cut { text: joined(&of_plain, Some(&kept.lines)), full_text: joined(&of_plain, None) }
        }
        None => {
            let of_html = html.map(markup::lines).unwrap_or_default();
            if of_html.len() > MOST_LINES {
                let all = joined(&of_html, None);
                return Cut { text: all.clone(), full_text: all };
            }
            let kept = quotations::kept(&of_html);
            Cut { text: joined(&of_html, Some(&kept.lines)), full_text: joined(&of_html, None) }
        }
    }
}

/// The line of the plain text at which the HTML's quotation begins.
///
/// Both parts hold the same words. So if what the HTML keeps is how the plain text begins, word by word, the seam is where those end,
/// provided that a line ends there.
fn seam_by_markup(plain: &[Line<'_>], html: &str) -> Option<usize> {
    let of_html = markup::lines(html);
    if of_html.len() > MOST_LINES {
        return None;
    }
    let kept = quotations::kept(&of_html);
    if !kept.quotation || kept.lines.iter().all(|stays| *stays) {
        return None;
    }
    let last = kept.lines.iter().rposition(|stays| *stays)?;
    let told = kept.lines.get(..=last)?;
    if !told.iter().zip(&of_html).all(|(stays, line)| *stays || lines::is_blank(&line.text)) {
        return None;
    }
    let mut wanted = of_html.iter().take(last + 1).flat_map(|line| words(&line.text)).peekable();
    wanted.peek()?;
    for (at, line) in plain.iter().enumerate() {
        for word in words(&line.text) {
            if wanted.next() != Some(word) {
                return None;
            }
        }
        if wanted.peek().is_none() {
            return Some(at + 1);
        }
    }
    None
}

/// Letters and figures only: each part draws its links, bullets and rules in its own way.
fn words(line: &str) -> impl Iterator<Item = String> {
    line.split_whitespace().filter_map(|word| {
        let word: String = word.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        (!word.is_empty()).then_some(word)
    })
}

/// Whether this is the line that our letters begin with, or that of a program like this one; programs may have wrapped it.
fn holds_marker(readings: &[Reading<'_>], at: usize) -> bool {
    let content = |at: usize| readings.get(at).map_or("", |reading| reading.content.trim_matches(['*', '_', ' ']));
    let (here, below) = (content(at), content(at + 1));
    here.len() <= LONGEST_MARKER
        && here.starts_with(MARKER_START)
        && (here.ends_with(MARKER_END) || below.len() <= LONGEST_MARKER && below.ends_with(MARKER_END))
}

fn with_simple_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{0B}', '\u{0C}', '\u{85}'], "\n")
}

/// The lines that stay, without blank ones around them, and with one for several that were parted by what is cut.
fn joined(lines: &[Line<'_>], kept: Option<&[bool]>) -> String {
    let stays = |at: usize| kept.is_none_or(|kept| kept.get(at) == Some(&true));
    let mut out = String::new();
    let (mut blanks, mut cut_between) = (0, false);
    for (at, line) in lines.iter().enumerate() {
        if !stays(at) {
            cut_between = true;
        } else if lines::is_blank(&line.text) {
            blanks += 1;
        } else {
            if !out.is_empty() {
                let blanks = if cut_between { 1 } else { blanks };
                out.extend(std::iter::repeat_n('\n', blanks + 1));
            }
            // The space in `-- ` means something.
            out.push_str(if line.text == "-- " { &line.text } else { line.text.trim_end() });
            (blanks, cut_between) = (0, false);
        }
    }
    out
}
