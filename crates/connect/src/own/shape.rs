//! Reading one field: its value in the form that `kept_domain::input` reads, or an error that names it.

use kept_base::{CalendarDuration, Country, Currency, Language, MessageId, Moment, Offset, PromiseId};
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use serde_json::{Map, Value, json};

use super::{LineError, error};
use crate::reading::answer::short;
use crate::reading::fold::nearest;

/// A field of a fact.
pub(super) struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// What may stand there.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
}

/// What may stand in a field.
pub(super) enum Shape {
    /// A text that is not empty; whole numbers are taken as text, since shops write numbers both ways.
    Text,
    /// Free text, kept as it came, even empty.
    Words,
    /// True or false.
    Flag,
    /// A whole number from 1.
    Count,
    /// Whole minor units, also negative.
    Minor,
    /// `at`, with `offset` beside it where it is given.
    Moment,
    /// A moment under a name of its own: a text, or `{"at", "offset"}`.
    NestedMoment,
    /// A calendar day.
    Day,
    /// An ISO 8601 duration.
    Span,
    /// A language tag.
    Language,
    /// A country code.
    Country,
    /// A currency code.
    Currency,
    /// An IANA time zone.
    Zone,
    /// A promise's id.
    Promise,
    /// A message's id.
    Message,
    /// A milestone's word.
    Milestone,
    /// An exception's word.
    Exception,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An object of these fields.
    Object(&'static [Field]),
    /// A list of one shape.
    List(&'static Shape),
}

/// Reads an object's fields; what is left over goes to `unread` with its path.
pub(super) fn read_object(
    mut object: Map<String, Value>,
    fields: &[Field],
    path: &str,
    unread: &mut Vec<String>,
) -> Result<Map<String, Value>, LineError> {
    let mut read = Map::new();
    let mut missing = None;
    for field in fields {
        let name = format!("{path}{}", field.name);
        // Exports write an empty text where they have nothing; only where something is needed is that an error.
        let is_nothing =
            |value: &Value| value.is_null() || (!field.required && is_blank(value) && !matches!(field.shape, Shape::Words));
        let value = object.remove(field.name).filter(|value| !is_nothing(value));
        match (value, &field.shape) {
            (None, _) if field.required && missing.is_none() => missing = Some((name, field)),
            (None, _) => {}
            (Some(value), Shape::Moment) => {
                let offset = object.remove("offset").filter(|offset| !offset.is_null());
                read.extend(moment(&value, offset.as_ref(), &name, "offset")?);
            }
            (Some(value), shape) => {
                read.insert(field.name.to_owned(), read_shape(value, shape, &name, unread)?);
            }
        }
    }
    if let Some((name, field)) = missing {
        let meant = nearest(field.name, object.keys().map(String::as_str));
        let hint = match meant {
            Some(near) => format!("is it what you call `{path}{near}`? It must be named `{name}`"),
            None => format!("add {}", field.shape.example()),
        };
        return Err(error(format!("`{name}` is missing"), hint));
    }
    // `offset` is only left over where `at` was missing, which is an error already.
    unread.extend(object.keys().map(|name| format!("{path}{name}")));
    Ok(read)
}

/// A few words for a value that is not what was expected.
pub(super) fn described(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("{:?}", short(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn read_shape(value: Value, shape: &Shape, name: &str, unread: &mut Vec<String>) -> Result<Value, LineError> {
    match (shape, value) {
        (Shape::Words, Value::String(words)) => Ok(Value::String(words)),
        (Shape::Flag, Value::Bool(flag)) => Ok(Value::Bool(flag)),
        (Shape::Count, Value::Number(number))
            if number.as_u64().is_some_and(|count| (1..=u64::from(u32::MAX)).contains(&count)) =>
        {
            Ok(Value::Number(number))
        }
        (Shape::Minor, Value::Number(number)) if number.is_i64() => Ok(Value::Number(number)),
        (Shape::Object(fields), Value::Object(object)) => {
            read_object(object, fields, &format!("{name}."), unread).map(Value::Object)
        }
        (Shape::List(inner), Value::Array(values)) => {
            let numbered = values.into_iter().zip(1..);
            let read = numbered.map(|(value, place)| read_shape(value, inner, &format!("{name}[{place}]"), unread));
            read.collect::<Result<Vec<Value>, LineError>>().map(Value::Array)
        }
        (Shape::NestedMoment, Value::Object(mut object)) => {
            let at = object.remove("at").unwrap_or(Value::Null);
            let offset = object.remove("offset").filter(|offset| !offset.is_null());
            unread.extend(object.keys().map(|key| format!("{name}.{key}")));
            moment(&at, offset.as_ref(), &format!("{name}.at"), &format!("{name}.offset")).map(Value::Object)
        }
        (Shape::NestedMoment, value) => moment(&value, None, name, "offset").map(Value::Object),
        (Shape::Promise | Shape::Message, value @ Value::Number(_)) if value.is_i64() => Ok(value),
        (shape, value) => read_text(&value, shape, name),
    }
}

/// The shapes that are written as text.
fn read_text(value: &Value, shape: &Shape, name: &str) -> Result<Value, LineError> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if matches!(shape, Shape::Text) && (number.is_i64() || number.is_u64()) => number.to_string(),
        _ => return Err(not_that(value, shape, name)),
    };
    if text.is_empty() && shape.is_textual() {
        return Err(error(format!("`{name}` is empty"), format!("write {}, or leave the field out", shape.example())));
    }
    match shape {
        Shape::Text => Some(json!(text)),
        // A day only: a day with an hour would silently lose it.
        Shape::Day if text.len() == 10 => text.parse::<jiff::civil::Date>().ok().map(|day| json!(day.to_string())),
        Shape::Span => text.parse::<CalendarDuration>().ok().and_then(|span| serde_json::to_value(span).ok()),
        Shape::Language => Language::from_tag(&text).map(|language| json!(language.tag())),
        Shape::Country => text.parse::<Country>().ok().map(|country| json!(country.code())),
        Shape::Currency => text.parse::<Currency>().ok().map(|currency| json!(currency.code())),
        Shape::Zone => jiff::tz::TimeZone::get(&text).ok().map(|_| json!(text)),
        Shape::Promise => text.parse::<PromiseId>().ok().map(|promise| json!(promise.get())),
        Shape::Message => text.parse::<MessageId>().ok().map(|message| json!(message.get())),
        Shape::Milestone => Milestone::from_word(&text).map(|milestone| json!(milestone.word())),
        Shape::Exception => ExceptionKind::from_word(&text).map(|kind| json!(kind.word())),
        Shape::Word(words) => words.contains(&text.as_str()).then(|| json!(text)),
        _ => None,
    }
    .ok_or_else(|| not_that(value, shape, name))
}

/// `offset` may be left out: then what `at` says of it counts.
fn moment(at: &Value, offset: Option<&Value>, name: &str, offset_name: &str) -> Result<Map<String, Value>, LineError> {
    let Value::String(text) = at else {
        return Err(not_that(at, &Shape::Moment, name));
    };
    let read = Moment::parse_iso(text).map_err(|broken| error(format!("`{name}`: {broken}"), moment_hint(text)))?;
    let offset = match (offset.map(|word| word.as_str().unwrap_or_default()), read.offset) {
        (None, offset) => offset,
        (Some("known"), Offset::Known(seconds)) => Offset::Known(seconds),
        (Some("guessed"), Offset::Known(seconds)) => Offset::Guessed(seconds),
        (Some("unknown"), Offset::Unknown) => Offset::Unknown,
        (Some(word), _) if ["known", "guessed", "unknown"].contains(&word) => {
            let message = format!("`{offset_name}` is {word:?}, but `{name}` is {text:?}");
            return Err(error(message, "write the offset at the end of the time (+02:00), or leave `offset` out"));
        }
        (Some(_), _) => {
            let given = offset.map(described).unwrap_or_default();
            return Err(error(format!("`{offset_name}` is {given}"), "one of known, guessed, unknown; or leave it out"));
        }
    };
    let moment = Moment { wall: read.wall, offset };
    Ok([("at", moment.at_text()), ("offset", moment.offset_word().to_owned())]
        .map(|(key, word)| (key.to_owned(), json!(word)))
        .into_iter()
        .collect())
}

fn moment_hint(text: &str) -> String {
    let hint = "write it like 2026-07-04T14:30:00+02:00; without an offset it counts as unknown";
    match text.trim().parse::<jiff::civil::Date>() {
        Ok(_) if text.trim().len() == 10 => format!("a day has no hour: {hint}"),
        _ => hint.to_owned(),
    }
}

fn not_that(value: &Value, shape: &Shape, name: &str) -> LineError {
    let words = shape.words();
    let text = value.as_str().unwrap_or_default();
    let near = if text.is_empty() { None } else { nearest(text, words.iter().copied()) };
    let hint = match near {
        Some(near) => format!("did you mean {near:?}? One of {}", words.join(", ")),
        None if words.is_empty() => format!("write {}", shape.example()),
        None => format!("one of {}", words.join(", ")),
    };
    error(format!("`{name}` is {}, which is not {}", described(value), shape.noun()), hint)
}

impl Shape {
    fn is_textual(&self) -> bool {
        !matches!(self, Shape::Flag | Shape::Count | Shape::Minor | Shape::Object(_) | Shape::List(_))
    }

    fn words(&self) -> Vec<&'static str> {
        match self {
            Shape::Milestone => Milestone::ALL.iter().map(|milestone| milestone.word()).collect(),
            Shape::Exception => ExceptionKind::ALL.iter().map(|kind| kind.word()).collect(),
            Shape::Word(words) => words.to_vec(),
            _ => Vec::new(),
        }
    }

    fn noun(&self) -> &'static str {
        match self {
            Shape::Text | Shape::Words => "a text",
            Shape::Flag => "true or false",
            Shape::Count => "a whole number from 1",
            Shape::Minor => "a whole number of cents",
            Shape::Moment | Shape::NestedMoment => "a date and time",
            Shape::Day => "a day",
            Shape::Span => "a duration",
            Shape::Language => "a language spoken here",
            Shape::Country => "a country code",
            Shape::Currency => "a currency code",
            Shape::Zone => "a time zone",
            Shape::Promise => "a promise's id",
            Shape::Message => "a message's id",
            Shape::Milestone => "a milestone",
            Shape::Exception => "an exception",
            Shape::Word(_) => "a word known here",
            Shape::Object(_) => "an object",
            Shape::List(_) => "a list",
        }
    }

    fn example(&self) -> String {
        match self {
            Shape::Text | Shape::Words => "a text: \"…\"".to_owned(),
            Shape::Flag => "true or false, without quotes".to_owned(),
            Shape::Count => "a whole number from 1, without quotes".to_owned(),
            Shape::Minor => "whole minor units without quotes: 1230 for 12.30 EUR".to_owned(),
            Shape::Moment | Shape::NestedMoment => "a date and time: \"2026-07-04T14:30:00+02:00\"".to_owned(),
            Shape::Day => "a day: \"2026-07-04\"".to_owned(),
            Shape::Span => "an ISO 8601 duration: \"P5D\", \"PT48H\"".to_owned(),
            Shape::Language => "a language: \"fr\" or \"en\"".to_owned(),
            Shape::Country => "a country of two letters: \"FR\"".to_owned(),
            Shape::Currency => "a currency of three letters: \"EUR\"".to_owned(),
            Shape::Zone => "a zone of the IANA database: \"Europe/Paris\"".to_owned(),
            Shape::Promise => "the promise's id as shown: \"prm_…\"".to_owned(),
            Shape::Message => "the message's id as shown: \"msg_…\"".to_owned(),
            Shape::Milestone | Shape::Exception | Shape::Word(_) => format!("one of {}", self.words().join(", ")),
            Shape::Object(fields) => {
                let names: Vec<String> = fields.iter().map(|field| format!("`{}`", field.name)).collect();
                format!("an object with {}", names.join(", "))
            }
            Shape::List(_) => "a list: [ … ]".to_owned(),
        }
    }
}
