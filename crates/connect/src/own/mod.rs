//! Kept's own facts: what a shop's systems and `kept record` write, one JSON object each.
//!
//! Kinds and fields: `docs/connectors/own-facts.md`; the table is in `kinds.rs`.

mod kinds;
mod shape;

use std::fmt;

use kept_domain::input::Input;
use serde_json::Value;

use crate::reading::fold::nearest;
use kinds::{KINDS, fields_of};

/// The names of the fields nobody reads: kept, counted, shown. Nested ones with their path: `customer.nickname`.
pub type UnreadFields = Vec<String>;

/// What became of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct LineResult {
    /// The line in the file, from 1; for a JSON array the place of the element, from 1.
    pub line: usize,
    /// The news, or why it cannot be read.
    pub result: Result<(Input, UnreadFields), LineError>,
}

/// Why a line cannot be read, in the user's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LineError {
    /// What is wrong, naming the field.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for LineResult {
    /// `line 3: "at" is missing; hint: …`, or `line 3: read`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.result {
            Ok(_) => write!(f, "line {}: read", self.line),
            Err(LineError { message, hint: None }) => write!(f, "line {}: {message}", self.line),
            Err(LineError { message, hint: Some(hint) }) => write!(f, "line {}: {message}; hint: {hint}", self.line),
        }
    }
}

/// Reads one JSON object, an array of them, or one object a line (NDJSON); one bad line does not hurt the others.
///
/// `content_type` decides where it is given (`application/x-ndjson` and the like mean lines); else the bytes do: what is JSON as
/// a whole is read as a whole. Empty lines are skipped. Times without an offset are accepted: their offset is unknown. Bytes
/// without anything in them give one error.
#[must_use]
pub fn parse_lines(raw: &[u8], content_type: Option<&str>) -> Vec<LineResult> {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let by_lines =
        content_type.is_some_and(|name| ["ndjson", "jsonl", "json-lines", "jsonlines"].iter().any(|word| name.contains(word)));
    if raw.trim_ascii().is_empty() {
        return vec![LineResult {
            line: 1,
            result: Err(error("there is nothing to read", "send one JSON object, an array, or one object a line")),
        }];
    }
    if by_lines {
        return read_lines(raw);
    }
    match serde_json::from_slice(raw) {
        Ok(Value::Array(elements)) => {
            let numbered = elements.into_iter().zip(1..);
            numbered.map(|(element, line)| LineResult { line, result: read_value(element) }).collect()
        }
        Ok(value) => vec![LineResult { line: 1, result: read_value(value) }],
        Err(_) if looks_like_lines(raw) => read_lines(raw),
        Err(broken) => vec![LineResult { line: broken.line().max(1), result: Err(not_json(&broken)) }],
    }
}

/// Reads one object.
///
/// # Errors
/// What is missing or wrong, naming the field.
pub fn read_value(value: Value) -> Result<(Input, UnreadFields), LineError> {
    let Value::Object(mut object) = value else {
        return Err(error(
            format!("{} is not a fact", shape::described(&value)),
            "a fact is a JSON object: {\"kind\": …, \"at\": …}",
        ));
    };
    let kind = match object.remove("kind") {
        Some(Value::String(kind)) => kind,
        None | Some(Value::Null) => return Err(error("`kind` is missing", known_kinds())),
        Some(other) => return Err(error(format!("`kind` is {}, not a word", shape::described(&other)), known_kinds())),
    };
    let Some(fields) = fields_of(&kind) else {
        let meant = nearest(&kind, KINDS.iter().map(|(name, _)| *name));
        let hint = meant.map_or_else(known_kinds, |near| format!("did you mean {near:?}? {}", known_kinds()));
        return Err(error(format!("`kind` is {kind:?}, which is not known"), hint));
    };
    let mut unread = Vec::new();
    let mut read = shape::read_object(object, fields, "", &mut unread)?;
    kinds::check_whole(&kind, &read)?;
    read.insert("kind".to_owned(), Value::String(kind));
    let input =
        serde_json::from_value(Value::Object(read)).map_err(|broken| LineError { message: broken.to_string(), hint: None })?;
    Ok((input, unread))
}

/// A broken array or object spans lines as well; lines are meant when the first one stands for itself.
fn looks_like_lines(raw: &[u8]) -> bool {
    let mut lines = raw.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let first_is_whole = lines.next().is_some_and(|first| serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok());
    // Or the first is the broken one, and another stands for itself as an object.
    first_is_whole
        || raw.trim_ascii_start().starts_with(b"{")
            && lines.any(|line| {
                line.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
            })
}

fn read_lines(raw: &[u8]) -> Vec<LineResult> {
    let numbered = raw.split(|byte| *byte == b'\n').zip(1..);
    let written = numbered.filter(|(text, _)| !text.trim_ascii().is_empty());
    written
        .map(|(text, line)| {
            let result = serde_json::from_slice(text).map_err(|broken| not_json(&broken)).and_then(read_value);
            LineResult { line, result }
        })
        .collect()
}

fn not_json(broken: &serde_json::Error) -> LineError {
    let place = if broken.column() > 0 { format!(" (column {})", broken.column()) } else { String::new() };
    if broken.is_eof() {
        return error(format!("the JSON stops in the middle{place}"), "a fact is one whole object; in NDJSON on one line");
    }
    error(format!("this is not JSON{place}"), "texts stand in double quotes, fields are separated by commas, files are UTF-8")
}

fn known_kinds() -> String {
    let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    format!("one of {}", names.join(", "))
}

fn error(message: impl Into<String>, hint: impl Into<String>) -> LineError {
    LineError { message: message.into(), hint: Some(hint.into()) }
}
