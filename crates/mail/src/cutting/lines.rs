//! A line as the seams are looked for in it: without its `>`, folded, and what it holds.

use std::borrow::Cow;

use kept_text::fold;

/// Longest line that is compared with phrases, in bytes. What introduces a quotation is short; a paragraph without line ends is not.
const LONGEST_COMPARED: usize = 600;
/// Deepest quotation that is told apart from a deeper one.
const DEEPEST: usize = 64;

/// What the markup says about a line; text/plain has none of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// Part of the words that introduce a quotation, in whatever language.
    Attribution,
    /// A quotation of a whole mail begins here.
    Seam,
    /// A quotation begins here if these are a mail's header lines.
    SeamIfLabelled,
    /// The line that our own letters begin with was here, hidden or not.
    Marker,
    /// The writing program keeps the signature in here.
    Signature,
}

/// A line of the text that is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line<'a> {
    /// As it is shown, with `>` before what is quoted.
    pub text: Cow<'a, str>,
    /// What the markup says about it.
    pub mark: Mark,
}

/// A line, read.
#[derive(Debug)]
pub struct Reading<'a> {
    /// What stands behind the `>`, trimmed.
    pub content: &'a str,
    /// The content without case and accents, with single spaces; empty where the line is too long to introduce anything.
    pub folded: String,
    /// How many `>` stand before it.
    pub depth: usize,
    pub mark: Mark,
    /// Whether it is `-- ` with its space, by which a signature begins (RFC 3676).
    pub signs: bool,
    /// Whether nothing can be seen in it, `>` aside.
    pub blank: bool,
}

impl Reading<'_> {
    /// Whether somebody wrote it here, as far as the line alone can tell.
    pub fn is_own(&self) -> bool {
        self.depth == 0 && !self.blank
    }
}

/// The lines of a plain text.
pub fn split(text: &str) -> Vec<Line<'_>> {
    text.split('\n').map(|line| Line { text: Cow::Borrowed(line), mark: Mark::None }).collect()
}

/// Reads all lines.
pub fn read<'a>(lines: &'a [Line<'_>]) -> Vec<Reading<'a>> {
    let mut readings: Vec<Reading<'a>> = Vec::with_capacity(lines.len());
    for line in lines {
        let reading = match readings.last() {
            Some(before) if closes_what_was_wrapped(&line.text, before) => read_unquoted(line),
            _ => read_line(line),
        };
        readings.push(reading);
    }
    rejoin_wrapped_quotations(&mut readings);
    readings
}

/// Whether nothing can be seen in the text.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_unseen)
}

/// Folded for comparison, with single spaces, without what cannot be seen, and with the entities that some programs leave in plain text.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let plain_ascii = text.is_ascii();
    let lowered = if plain_ascii { text.to_ascii_lowercase() } else { fold(text) };
    let lowered =
        if lowered.contains('&') { lowered.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"") } else { lowered };
    let mut space = false;
    for character in lowered.chars() {
        if character.is_whitespace() {
            space = !out.is_empty();
        } else if !is_unseen(character) {
            if space {
                out.push(' ');
                space = false;
            }
            out.push(character);
        }
    }
    out
}

fn is_unseen(character: char) -> bool {
    character.is_whitespace() || is_zero_width(character)
}

/// Characters that take no room: joiners, marks of direction, the byte order mark, the soft hyphen.
pub fn is_zero_width(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}' | '\u{34F}')
}

fn read_line<'a>(line: &'a Line<'_>) -> Reading<'a> {
    let mut depth = 0;
    let mut rest = line.text.trim_matches(is_unseen);
    while depth < DEEPEST {
        let Some(after) = rest.strip_prefix('>').or_else(|| rest.strip_prefix('＞')) else { break };
        depth += 1;
        rest = after.trim_start_matches(is_unseen);
    }
    Reading { signs: line.text == "-- ", ..reading(rest, depth, line.mark) }
}

fn read_unquoted<'a>(line: &'a Line<'_>) -> Reading<'a> {
    reading(line.text.trim_matches(is_unseen), 0, line.mark)
}

fn reading(content: &str, depth: usize, mark: Mark) -> Reading<'_> {
    let blank = content.is_empty();
    let folded = if blank || content.len() > LONGEST_COMPARED { String::new() } else { folded(content) };
    Reading { content, folded, depth, mark, signs: false, blank }
}

/// Whether the `>` of this line closes an address that the line before opened: `… Boutique <sav@example.com` and `> a écrit :` below it.
fn closes_what_was_wrapped(text: &str, before: &Reading<'_>) -> bool {
    before.is_own()
        && before.content.len() <= LONGEST_COMPARED
        && before.content.matches('<').count() > before.content.matches('>').count()
        && text.trim_matches(is_unseen).strip_prefix('>').is_some_and(|rest| rest.trim_end().ends_with([':', '：']))
}

/// A program that wraps what it quotes leaves the rest of a long line without its `>`. Such a rest is no answer: it stands right below
/// a long quoted line that ends in the midst of a sentence, or it begins small, and is followed by more of the quotation.
fn rejoin_wrapped_quotations(readings: &mut [Reading<'_>]) {
    const LONG: usize = 60;
    let mut at = 1;
    while at < readings.len() {
        let joined = match (readings.get(at - 1), readings.get(at), readings.get(at + 1)) {
            (Some(above), Some(here), below) => {
                let inside = below.is_some_and(|below| below.depth > 0);
                let unfinished = !above.content.ends_with(['.', '?', '!', ':', ';', '…', '"', '»', ')', ',']);
                let small = here.content.chars().next().is_some_and(char::is_lowercase);
                (above.depth > 0
                    && here.is_own()
                    && here.mark == Mark::None
                    && inside
                    && above.content.len() >= LONG
                    && here.content.len() < LONG
                    && (unfinished || small))
                    .then_some(above.depth)
            }
            _ => None,
        };
        if let (Some(depth), Some(here)) = (joined, readings.get_mut(at)) {
            here.depth = depth;
        }
        at += 1;
    }
}
