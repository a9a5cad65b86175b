//! Words set into lines.

use std::borrow::Cow;

use crate::cutting::lines::{Line, Mark, is_blank, is_zero_width};
use crate::cutting::{MARKER_END, MARKER_START};

/// Deepest `>` that is written, and deepest indentation of lists: each line bears it.
const DEEPEST: usize = 12;
/// Most lines between where a program begins a quotation and the quoted words themselves.
const LONGEST_ATTRIBUTION: usize = 5;
/// A line drawn across. Not of underscores, below which mailing lists put their foot in text: in HTML such lines part newsletters.
const RULE: &str = "----------------------------------------";

/// Lines, as they are written.
#[derive(Default)]
pub struct Writer {
    lines: Vec<Line<'static>>,
    line: String,
    /// A space that is written before the next word on this line.
    space: bool,
    /// A blank line that is written before the next line.
    gap: bool,
    hidden: usize,
    preformatted: usize,
    quotations: usize,
    /// How deep in quotations the last line is.
    written_in: usize,
    attributions: usize,
    signatures: usize,
    /// Lists that are open; a number in those that count.
    lists: Vec<Option<u32>>,
    bullet: Option<String>,
    /// What the next line begins.
    mark: Mark,
    /// From which line on words may introduce a quotation that is about to begin.
    expected: Option<usize>,
    /// Where the text of the open links begins: line and place in it.
    links: Vec<(usize, usize)>,
}

impl Writer {
    pub fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            // Our marker may be hidden from readers; here it counts.
            if text.contains(MARKER_START) && text.contains(MARKER_END) && self.mark != Mark::Seam {
                self.mark = Mark::Marker;
            }
            return;
        }
        for character in text.chars() {
            if self.preformatted > 0 && matches!(character, '\n' | '\r') {
                if character == '\n' {
                    self.break_line();
                }
            } else if character.is_ascii_whitespace() && self.preformatted == 0 {
                self.space = true;
            } else if !matches!(character, '\u{FEFF}' | '\u{AD}' | '\u{34F}' | '\0') {
                self.write(character);
            }
        }
    }

    /// Ends the line, even an empty one.
    pub fn break_line(&mut self) {
        if self.hidden == 0 && !self.flush() {
            self.blank();
        }
    }

    /// Ends the line, if there is something on it.
    pub fn end_line(&mut self) {
        self.flush();
    }

    /// Ends the line, and keeps a distance to the next.
    pub fn end_paragraph(&mut self) {
        self.flush();
        self.gap = true;
    }

    pub fn rule(&mut self) {
        if self.hidden == 0 {
            self.flush();
            self.line.push_str(RULE);
            self.flush();
        }
    }

    pub fn begin_cell(&mut self) {
        if !self.line.is_empty() && self.hidden == 0 {
            self.line.push('\t');
            self.space = false;
        }
    }

    pub fn begin_list(&mut self, counts: bool) {
        if self.lists.is_empty() {
            self.end_paragraph()
        } else {
            self.end_line()
        }
        self.lists.push(counts.then_some(0));
    }

    pub fn end_list(&mut self) {
        self.flush();
        self.lists.pop();
        self.bullet = None;
        self.gap |= self.lists.is_empty();
    }

    pub fn begin_item(&mut self) {
        self.flush();
        let indentation = "  ".repeat(self.lists.len().saturating_sub(1).min(DEEPEST));
        self.bullet = Some(match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{indentation}{number}. ")
            }
            _ => format!("{indentation}- "),
        });
    }

    pub fn begin_quotation(&mut self) {
        if let Some(from) = self.expected.take() {
            let introduces = |line: &&mut Line<'_>| !is_blank(&line.text) && matches!(line.mark, Mark::None);
            if self.lines.iter().skip(from).filter(|line| !is_blank(&line.text)).count() <= LONGEST_ATTRIBUTION {
                self.lines.iter_mut().skip(from).filter(introduces).for_each(|line| line.mark = Mark::Attribution);
            }
        }
        self.quotations += 1;
    }

    pub fn end_quotation(&mut self) {
        self.quotations = self.quotations.saturating_sub(1);
        self.gap = true;
    }

    pub fn begin_attribution(&mut self) {
        self.flush();
        self.attributions += 1;
    }

    pub fn end_attribution(&mut self) {
        self.flush();
        self.attributions = self.attributions.saturating_sub(1);
    }

    /// What follows introduces a quotation, if one does follow.
    pub fn expect_quotation(&mut self) {
        self.flush();
        self.expected = Some(self.lines.len());
    }

    pub fn seam(&mut self, if_labelled: bool) {
        self.flush();
        if self.hidden == 0 && !matches!(self.mark, Mark::Seam | Mark::Marker) {
            self.mark = if if_labelled { Mark::SeamIfLabelled } else { Mark::Seam };
        }
    }

    pub fn begin_signature(&mut self) {
        self.flush();
        self.signatures += 1;
    }

    pub fn end_signature(&mut self) {
        self.flush();
        self.signatures = self.signatures.saturating_sub(1);
    }

    pub fn begin_preformatted(&mut self) {
        self.preformatted += 1;
    }

    pub fn end_preformatted(&mut self) {
        self.preformatted = self.preformatted.saturating_sub(1);
    }

    pub fn hide(&mut self) {
        self.hidden += 1;
    }

    pub fn show(&mut self) {
        self.hidden = self.hidden.saturating_sub(1);
    }

    pub fn begin_link(&mut self) {
        let place = if self.space && !self.line.is_empty() { self.line.len() + 1 } else { self.line.len() };
        self.links.push((self.lines.len(), place));
    }

    /// Writes where a link leads, unless its words say so.
    pub fn end_link(&mut self, address: &str) {
        let Some((line, place)) = self.links.pop() else { return };
        if self.hidden > 0 || line != self.lines.len() {
            return;
        }
        let shown = self.line.get(place..).unwrap_or_default().trim();
        let on_the_web = address.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"))
            || address.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
        if on_the_web && !is_blank(shown) && bare(shown) != bare(address) && !address.chars().any(char::is_whitespace) {
            let address = format!(" ({address})");
            self.line.push_str(&address);
        }
    }

    pub fn finish(mut self) -> Vec<Line<'static>> {
        self.flush();
        self.lines
    }

    fn write(&mut self, character: char) {
        if self.line.is_empty() {
            self.space = false;
            if let Some(bullet) = self.bullet.take() {
                self.line.push_str(&bullet);
            }
        } else if self.space {
            self.line.push(' ');
            self.space = false;
        }
        self.line.push(character);
    }

    /// Writes the line that was begun; whether there was one.
    fn flush(&mut self) -> bool {
        self.space = false;
        if self.line.is_empty() {
            return false;
        }
        let mut line = std::mem::take(&mut self.line);
        if is_blank(&line) {
            self.blank();
            return true;
        }
        if std::mem::take(&mut self.gap) {
            self.blank();
        }
        line.truncate(line.trim_end_matches(|character: char| character.is_whitespace() || is_zero_width(character)).len());
        let mark = match std::mem::take(&mut self.mark) {
            Mark::None if self.attributions > 0 => Mark::Attribution,
            Mark::None if self.signatures > 0 => Mark::Signature,
            mark => mark,
        };
        let text = if self.quotations > 0 { format!("{}{line}", "> ".repeat(self.quotations.min(DEEPEST))) } else { line };
        self.lines.push(Line { text: Cow::Owned(text), mark });
        self.written_in = self.quotations;
        true
    }

    /// One blank line, not two. Between a quotation and what is none it belongs to neither.
    fn blank(&mut self) {
        self.gap = false;
        if self.lines.last().is_some_and(|last| !is_blank(last.text.trim_start_matches(['>', ' ']))) {
            let depth = self.quotations.min(self.written_in).min(DEEPEST);
            self.lines.push(Line { text: Cow::Owned("> ".repeat(depth).trim_end().to_owned()), mark: Mark::None });
        }
    }
}

/// An address without what people leave out.
fn bare(address: &str) -> String {
    let address = address.trim().to_lowercase();
    let address = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or(&address);
    address.strip_prefix("www.").unwrap_or(address).trim_end_matches('/').to_owned()
}
