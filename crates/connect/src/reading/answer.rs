//! Reading a partner's JSON without trusting it.

use kept_base::Moment;
use kept_engine::ports::{ParseError, Parsed, Trouble, Unmapped};
use serde_json::{Map, Value};

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// Reads JSON; what is not JSON is explained. `partner` is the name shown.
pub(crate) fn read_json(partner: &str, raw: &[u8]) -> Result<Value, ParseError> {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let first = raw.iter().find(|byte| !byte.is_ascii_whitespace());
    let (message, hint) = match first {
        None => (format!("{partner} answered with nothing"), "ask again later"),
        Some(b'<') => (
            format!("{partner} answered with a web page instead of data"),
            "check the address that is called, and ask again later",
        ),
        Some(_) => match serde_json::from_slice(raw) {
            Ok(value) => return Ok(value),
            Err(error) if error.is_eof() => {
                (format!("what {partner} sent stops in the middle"), "ask again: the transfer was cut off")
            }
            Err(error) => {
                let place = format!("line {}, column {}", error.line(), error.column());
                (
                    format!("what {partner} sent is not JSON ({place})"),
                    "check the address that is called; the bytes as they came are kept",
                )
            }
        },
    };
    Err(unreadable(message, hint))
}

/// Bytes that are not what the partner speaks: asking again may help.
pub(crate) fn unreadable(message: String, hint: &str) -> ParseError {
    ParseError { message, hint: Some(hint.to_owned()), retryable: true, not_found: false, trouble: Trouble::NotData }
}

/// A number that the partner does not know.
pub(crate) fn not_found(message: impl Into<String>) -> ParseError {
    let hint = "it may be too early: a number is known some hours after the label; else check it";
    ParseError {
        message: message.into(),
        hint: Some(hint.to_owned()),
        retryable: false,
        not_found: true,
        trouble: Trouble::NotFound,
    }
}

/// A payload that is JSON and has not the expected shape: trying again is useless.
pub(crate) fn wrong_shape(message: impl Into<String>, hint: &str) -> ParseError {
    ParseError {
        message: message.into(),
        hint: Some(hint.to_owned()),
        retryable: false,
        not_found: false,
        trouble: Trouble::Form,
    }
}

/// Text, or a whole number written as text (partners give ids both ways), trimmed; `None` for anything else and for nothing.
pub(crate) fn text(object: &Object, name: &str) -> Option<String> {
    let text = match object.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The first text under one of these names, in this order: versions of one answer name a thing differently.
pub(crate) fn first_text(object: &Object, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| text(object, name))
}

/// The first object under one of these names.
pub(crate) fn first_object<'o>(object: &'o Object, names: &[&str]) -> Option<&'o Object> {
    names.iter().find_map(|name| self::object(object, name))
}

/// The objects of a list, or the single object where a source leaves the brackets out; anything else holds none.
pub(crate) fn objects(value: Option<&Value>) -> impl Iterator<Item = &Object> {
    let (one, many) = match value {
        Some(Value::Object(object)) => (Some(object), &[][..]),
        Some(Value::Array(values)) => (None, values.as_slice()),
        _ => (None, &[][..]),
    };
    one.into_iter().chain(many.iter().filter_map(Value::as_object))
}

/// A moment under one of these names, as the source wrote it.
pub(crate) fn moment(object: &Object, name: &str) -> Option<Moment> {
    Moment::parse_iso(&text(object, name)?).ok()
}

/// The calendar day of a date or of a date and time, where the source says it is.
pub(crate) fn day(written: &str) -> Option<jiff::civil::Date> {
    let written = written.trim();
    match Moment::parse_iso(written) {
        Ok(moment) => Some(moment.wall.date()),
        Err(_) if written.len() == 10 => written.parse().ok(),
        Err(_) => None,
    }
}

/// An object under this name.
pub(crate) fn object<'o>(object: &'o Object, name: &str) -> Option<&'o Object> {
    object.get(name)?.as_object()
}

/// A list under this name: an array, or a single object where a source leaves the brackets out; a thing of another shape is
/// reported.
pub(crate) fn list<'o>(object: &'o Object, name: &str, unmapped: &mut Vec<Unmapped>) -> &'o [Value] {
    match object.get(name) {
        None | Some(Value::Null) => &[],
        Some(Value::Array(values)) => values,
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        Some(other) => {
            unmapped.push(Unmapped { code: name.to_owned(), text: short(&other.to_string()), what: "field".to_owned() });
            &[]
        }
    }
}

/// Reads each of several things that came in one payload. What could not be read is the error where nothing was, and is reported
/// beside the others where something was: one number that is not known must not hide the parcels beside it.
pub(crate) fn read_each(
    things: &[Value],
    parsed: &mut Parsed,
    mut read: impl FnMut(&Object, &mut Parsed) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    let failures = things.iter().filter_map(Value::as_object).filter_map(|thing| read(thing, parsed).err());
    let mut failures: Vec<ParseError> = failures.collect();
    if parsed.inputs.is_empty() {
        return failures.pop().map_or(Ok(()), Err);
    }
    report_failures(failures, &mut parsed.unmapped);
    Ok(())
}

/// Reports what could not be read beside what could.
pub(crate) fn report_failures(failures: Vec<ParseError>, unmapped: &mut Vec<Unmapped>) {
    unmapped.extend(failures.iter().map(|failure| not_read(String::new(), None, failure)));
}

/// What could not be read beside what could: an answer, or a number that the partner does not know.
pub(crate) fn not_read(code: String, number: Option<&str>, failure: &ParseError) -> Unmapped {
    let what = if failure.not_found { Unmapped::NUMBER } else { "answer" };
    let text = number.map_or_else(|| failure.message.clone(), |number| format!("{number}: {}", failure.message));
    Unmapped { code, text, what: what.to_owned() }
}

/// A scan without a time that can be read: it cannot be put in any order, so it is reported and not told.
pub(crate) fn timeless(code: Option<String>, event: &str) -> Unmapped {
    let words = format!("an event without a time that can be read: {event}");
    Unmapped { code: code.unwrap_or_default(), text: short(&words), what: "event".to_owned() }
}

/// Reports the fields that nobody reads, each once.
pub(crate) fn report_unread(object: &Object, known: &[&str], unmapped: &mut Vec<Unmapped>) {
    for (name, value) in object.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
        let seen = unmapped.iter().any(|entry| entry.what == "field" && entry.code == *name);
        if !seen {
            unmapped.push(Unmapped { code: name.clone(), text: short(&value.to_string()), what: "field".to_owned() });
        }
    }
}

/// At most 200 characters: enough to recognise it; the bytes as they came are kept elsewhere.
pub(crate) fn short(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
