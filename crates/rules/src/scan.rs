//! A look at the characters, before the parser is let near them.
//!
//! The parser recurses on the source; in a trial a long `1+1+…` overflowed a stack of 2 MiB and aborted the process. So length, operators
//! and brackets are bounded here by a loop that needs no stack at all.

use crate::error::{RuleError, RuleErrorKind};
use crate::{MOST_BRACKETS, MOST_OPERATORS, MOST_SOURCE_BYTES};

/// Refuses a source that is too long, too deep, or has too many operators.
pub(crate) fn scan(source: &str) -> Result<(), RuleError> {
    if source.len() > MOST_SOURCE_BYTES {
        return Err(RuleError::new(
            RuleErrorKind::TooLarge,
            format!("the rule has {} bytes; {MOST_SOURCE_BYTES} are allowed", source.len()),
            "split it into several rules",
        ));
    }
    if source.trim().is_empty() {
        return Err(RuleError::new(RuleErrorKind::Syntax, "the rule is empty", "write a condition, or `true` for always"));
    }
    let mut seen = Seen { source, operators: 0, open: Vec::new() };
    let mut rest = source.char_indices().peekable();
    let mut before = ' ';
    let mut word = String::new();
    while let Some((at, character)) = rest.next() {
        if character.is_alphanumeric() || character == '_' {
            word.push(character);
            before = character;
            continue;
        }
        if word == "in" {
            seen.operator(at)?;
        }
        match character {
            '"' | '\'' => {
                let raw = word.eq_ignore_ascii_case("r") || word.eq_ignore_ascii_case("br") || word.eq_ignore_ascii_case("rb");
                let after = end_of_string(source, at, character, raw).ok_or_else(|| {
                    RuleError::new(RuleErrorKind::Syntax, "a text has no closing quote", "close it with the quote it began with")
                        .at(source, at)
                })?;
                while rest.next_if(|(next, _)| *next < after).is_some() {}
            }
            '/' if rest.peek().is_some_and(|(_, next)| *next == '/') => {
                while rest.next_if(|(_, next)| *next != '\n').is_some() {}
            }
            '(' | '[' | '{' => seen.opened(at, character)?,
            ')' | ']' | '}' => seen.closed(at, character)?,
            // The second character of `==`, `&&`, `<=` … belongs to the first.
            '=' | '&' | '|' if matches!(before, '=' | '!' | '<' | '>' | '&' | '|') => {}
            '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!' | '&' | '|' | '?' => seen.operator(at)?,
            _ => {}
        }
        word.clear();
        before = character;
    }
    match seen.open.last() {
        None => Ok(()),
        Some((at, bracket)) => Err(RuleError::new(
            RuleErrorKind::Syntax,
            format!("the bracket {bracket:?} is never closed"),
            "close it, or take it away",
        )
        .at(source, *at)),
    }
}

struct Seen<'a> {
    source: &'a str,
    operators: usize,
    open: Vec<(usize, char)>,
}

impl Seen<'_> {
    fn operator(&mut self, at: usize) -> Result<(), RuleError> {
        self.operators += 1;
        if self.operators <= MOST_OPERATORS {
            return Ok(());
        }
        Err(RuleError::new(
            RuleErrorKind::TooLarge,
            format!("the rule has more than {MOST_OPERATORS} operators"),
            "split it into several rules, or test a list with `in [ … ]`",
        )
        .at(self.source, at))
    }

    fn opened(&mut self, at: usize, bracket: char) -> Result<(), RuleError> {
        self.open.push((at, bracket));
        if self.open.len() <= MOST_BRACKETS {
            return Ok(());
        }
        Err(RuleError::new(
            RuleErrorKind::TooLarge,
            format!("brackets are nested more than {MOST_BRACKETS} deep"),
            "take away the brackets that are not needed",
        )
        .at(self.source, at))
    }

    fn closed(&mut self, at: usize, bracket: char) -> Result<(), RuleError> {
        let wanted = match bracket {
            ')' => '(',
            ']' => '[',
            _ => '{',
        };
        match self.open.pop() {
            Some((_, opened)) if opened == wanted => Ok(()),
            _ => Err(RuleError::new(
                RuleErrorKind::Syntax,
                format!("the bracket {bracket:?} closes nothing"),
                "open it before, or take it away",
            )
            .at(self.source, at)),
        }
    }
}

/// The byte after the closing quote of the text that begins at `start`.
fn end_of_string(source: &str, start: usize, quote: char, raw: bool) -> Option<usize> {
    let rest = source.get(start..)?;
    let triple: String = [quote; 3].iter().collect();
    let closing = if rest.starts_with(&triple) { triple } else { quote.to_string() };
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(closing.len()) {
        if escaped {
            escaped = false;
        } else if character == '\\' && !raw {
            escaped = true;
        } else if rest.get(at..).is_some_and(|tail| tail.starts_with(&closing)) {
            return Some(start + at + closing.len());
        }
    }
    None
}
