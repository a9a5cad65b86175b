//! What must stand on the ledger, and what must have been sent.

use anyhow::{Context, Result, bail};
use jiff::tz::TimeZone;
use kept_base::{Due, from_millis, moment::zone_named};
use kept_domain::message::Message;
use kept_domain::order::Order;
use kept_domain::promise::{Item, ItemKind, Promise};
use kept_engine::ports::Letter;
use kept_engine::views::{Found, MessageFilter};
use kept_testkit::at;
use serde_json::{Map, Value, json};

use super::Telling;
use super::facts::{promise, promises_named};
use super::fields::Fields;

/// Checks one line of a `ledger` block; gives what does not hold.
pub fn ledger(telling: &Telling, value: &Value) -> Result<Vec<String>> {
    let mut fields = Fields::of(value)?;
    if let Some(name) = fields.text("message")? {
        return message(telling, &name, fields);
    }
    if let Some(number) = fields.text("parcel")? {
        return parcel(telling, &number, fields);
    }
    let name = fields.need("promise")?;
    if let Some(count) = fields.take("count") {
        fields.done()?;
        let found = json!(promises_named(telling, &name)?.len());
        return Ok(differs(&name, "count", &count, &found).into_iter().collect());
    }
    let state = match promise(telling, &name) {
        Ok(state) => state,
        Err(error) => {
            fields.left()?;
            return Ok(vec![format!("{error:#}")]);
        }
    };
    if let Some(mark) = fields.text("same_as")? {
        fields.done()?;
        let mark = telling.marks.get(&mark).with_context(|| format!("nothing was marked as `{mark}`"))?;
        let then = mark.promises.get(&state.id.to_string());
        let same = then.is_some_and(|then| *then == state);
        return Ok(if same { Vec::new() } else { vec![format!("{name} changed: it was {then:?}, it is {state:?}")] });
    }
    let serves = match fields.text("serves")? {
        Some(other) => {
            let served = promise(telling, &other)?.id;
            let holds = state.upstream.as_ref().is_some_and(|upstream| upstream.serves == served);
            (!holds).then(|| format!("{name}: it does not serve {other}"))
        }
        None => None,
    };
    let order = match state.order {
        Some(order) => telling.installation.engine.order(order)?.map(|(file, _)| file.order),
        None => None,
    };
    let wrong = compare(&name, fields.left()?, |key| promise_value(&state, order.as_ref(), key))?;
    Ok(wrong.into_iter().chain(serves).collect())
}

/// Checks a `sent` block: exactly these letters left since the last one, in this order.
pub fn sent(telling: &mut Telling, lines: &[(usize, Value)]) -> Result<Vec<String>> {
    let engine = telling.installation.engine.clone();
    let letters: Vec<Letter> = telling.installation.mail.letters().into_iter().skip(telling.read).collect();
    telling.read += letters.len();
    let messages: Vec<Message> = engine
        .messages(&MessageFilter { limit: Some(200), ..MessageFilter::default() })?
        .rows
        .into_iter()
        .map(|line| line.message)
        .collect();
    let message_of = |letter: &Letter| {
        let id = letter.message_id.split('.').next().unwrap_or_default();
        messages.iter().find(|message| message.id.to_string() == id)
    };
    let mut wrong = Vec::new();
    let mut expected = Vec::new();
    for (line, value) in lines {
        let mut fields = Fields::of(value)?;
        match fields.take("none") {
            Some(Value::Bool(true)) if lines.len() == 1 => fields.done()?,
            Some(_) => bail!("`none` stands alone and is true"),
            None => expected.push((*line, fields)),
        }
    }
    let missing = expected.len().saturating_sub(letters.len());
    for (index, letter) in letters.iter().enumerate().skip(expected.len()) {
        let template = message_of(letter).map(|message| message.template.as_str()).unwrap_or_default();
        let when = message_of(letter).and_then(|message| message.settled_at).map(said).unwrap_or_default();
        wrong.push(format!("letter {} was not expected: `{template}` at {when}: {}\n{}", index + 1, letter.subject, letter.text));
    }
    let count = expected.len();
    for (index, (line, mut fields)) in expected.into_iter().enumerate() {
        let template = fields.need("template")?;
        let Some(letter) = letters.get(index) else {
            wrong.push(format!("line {line}: `{template}` was not sent ({missing} of {count} letters are missing)"));
            continue;
        };
        let message = message_of(letter).context("a letter without its message")?;
        wrong.extend(letter_differs(&template, letter, message, fields)?.into_iter().map(|what| format!("line {line}: {what}")));
    }
    Ok(wrong)
}

fn letter_differs(template: &str, letter: &Letter, message: &Message, mut fields: Fields) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut same = |name: &str, expected: Option<String>, found: &str| {
        if let Some(expected) = expected.filter(|expected| expected != found) {
            wrong.push(format!("{name}: expected {expected:?}, found {found:?}"));
        }
    };
    same("template", Some(template.to_owned()), &message.template);
    same("language", fields.text("language")?, letter.language.tag());
    same("to", fields.text("to")?, &letter.to_address);
    same("channel", fields.text("channel")?, letter.channel.word());
    let settled = message.settled_at.unwrap_or_default();
    if let Some(moment) = fields.text("at")? {
        let expected = at(&moment)?;
        if expected != settled {
            wrong.push(format!("`{template}`: expected at {moment}, it left at {}", said(settled)));
        }
    }
    if let Some(moment) = fields.text("before")?
        && settled >= at(&moment)?
    {
        wrong.push(format!("`{template}`: expected before {moment}, it left at {}", said(settled)));
    }
    let text = plain_spaces(&format!("{}\n{}", letter.subject, letter.text));
    for words in fields.texts("contains")? {
        if !text.contains(&words) {
            wrong.push(format!("`{template}` should contain {words:?}; it says:\n{text}"));
        }
    }
    for words in fields.texts("lacks")? {
        if text.contains(&words) {
            wrong.push(format!("`{template}` should not contain {words:?}; it says:\n{text}"));
        }
    }
    fields.done()?;
    Ok(wrong)
}

fn message(telling: &Telling, template: &str, mut fields: Fields) -> Result<Vec<String>> {
    let name = fields.need("promise")?;
    let id = promise(telling, &name)?.id;
    let page = telling.installation.engine.messages(&MessageFilter { limit: Some(200), ..MessageFilter::default() })?;
    let mut about: Vec<Message> = page
        .rows
        .into_iter()
        .map(|line| line.message)
        .filter(|message| message.promise == id && message.template == template)
        .collect();
    if let Some(count) = fields.take("count") {
        fields.done()?;
        return Ok(differs(template, "count", &count, &json!(about.len())).into_iter().collect());
    }
    let (Some(message), 0) = (about.pop(), about.len()) else {
        fields.left()?;
        return Ok(vec![format!("there is not one message `{template}` about {name}")]);
    };
    compare(&format!("`{template}` about {name}"), fields.left()?, |key| {
        Some(match key {
            "state" => json!(message.state.word()),
            "reasons" => json!(message.reasons),
            "by" => json!(message.handled_by),
            _ => return None,
        })
    })
}

fn parcel(telling: &Telling, number: &str, fields: Fields) -> Result<Vec<String>> {
    let engine = &telling.installation.engine;
    let Some(Found::Parcel(id)) = engine.find(number)? else { bail!("there is no parcel {number}") };
    let parcel = engine.parcel(id)?.context("the parcel")?.parcel;
    compare(number, fields.left()?, |key| {
        Some(match key {
            "milestone" => json!(parcel.milestone.word()),
            "exceptions" => {
                let words = parcel.exceptions.iter().map(|exception| json!({ "kind": exception.kind, "cause": exception.cause, "opened_by": exception.opened_by, "contested": exception.contested, "open": exception.resolved_at.is_none() }));
                Value::Array(words.collect())
            }
            _ => return None,
        })
    })
}

/// One value of a promise, by the name stories give it.
fn promise_value(promise: &Promise, order: Option<&Order>, key: &str) -> Option<Value> {
    let zone = order.map_or("Europe/Paris", |order| order.zone.as_str());
    let zone = zone_named(zone).unwrap_or(TimeZone::UTC);
    // A due is the first instant that is too late.
    let day_at = |at: i64| from_millis(at).map(|at| at.to_zoned(zone.clone()).date());
    let day = |due: &Option<Due>| json!(due.as_ref().and_then(|due| day_at(kept_base::millis(due.at) - 1)));
    let outcome = promise.outcome.as_ref();
    Some(match key {
        "state" => json!(promise.state.word()),
        "due_day" => day(&promise.due),
        "first_due_day" => day(&promise.first_due),
        "review_day" => json!(promise.review_at.and_then(day_at)),
        "next_word_day" => json!(promise.next_word_at.and_then(day_at)),
        "told_first" => json!(promise.told_first()),
        "told" => json!(promise.told.iter().map(|told| told.template.as_str()).collect::<Vec<_>>()),
        "needless" => json!(promise.needless_alarm()),
        "chasers" => json!(promise.chasers.len()),
        "amended" => json!(promise.amended),
        "disputed" => json!(promise.disputed.is_some()),
        "owner" => json!(promise.owner),
        "choice" => json!(promise.choice),
        "amount" => json!(promise.amount),
        "penalty_percent" => json!(promise.penalty.as_ref().map(|penalty| penalty.percent)),
        "partner" => json!(promise.upstream.as_ref().map(|upstream| upstream.partner.as_str())),
        "words" => json!(promise.words.iter().map(|word| word.by).collect::<Vec<_>>()),
        "signals" => json!(promise.signals.iter().map(|mark| mark.kind.word()).collect::<Vec<_>>()),
        "by_first_due" => json!(outcome.map(|outcome| outcome.by_first_due.word())),
        "judged_by" => json!(outcome.map(|outcome| outcome.by.as_str())),
        "certain" => json!(outcome.map(|outcome| outcome.certain)),
        "cause" => json!(outcome.and_then(|outcome| outcome.cause.as_deref())),
        "estimate_day" => json!(promise.estimate.as_ref().map(|estimate| estimate.day)),
        "estimate_from" => json!(promise.estimate.as_ref().map(|estimate| estimate.basis.as_str())),
        "items" => items(promise, order, |item| json!(item.state)),
        "causes" => items(promise, order, |item| json!(item.cause)),
        _ => return None,
    })
}

/// Parts by what stories call them: the article number, `fee`, `whole`, `parcel`.
fn items(promise: &Promise, order: Option<&Order>, value: impl Fn(&Item) -> Value) -> Value {
    let named = promise.items.iter().map(|item| {
        let name = match item.kind {
            ItemKind::Line(line) => order
                .and_then(|order| order.lines.iter().find(|other| other.id == line))
                .map_or_else(|| line.to_string(), |line| line.sku.clone()),
            ItemKind::Parcel(_) => "parcel".to_owned(),
            ItemKind::Fee => "fee".to_owned(),
            ItemKind::Whole => "whole".to_owned(),
        };
        (name, value(item))
    });
    Value::Object(named.collect())
}

/// Compares what is expected with what is found, name by name; a name nothing knows is an error.
pub fn compare(what: &str, expected: Map<String, Value>, found: impl Fn(&str) -> Option<Value>) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for (name, expected) in expected {
        let found = found(&name).with_context(|| format!("nothing here is called `{name}`"))?;
        wrong.extend(differs(what, &name, &expected, &found));
    }
    Ok(wrong)
}

fn differs(what: &str, name: &str, expected: &Value, found: &Value) -> Option<String> {
    (expected != found).then(|| format!("{what}: {name}: expected {expected}, found {found}"))
}

/// Texts are set with narrow and fixed spaces and raised letters; stories are written with plain ones.
fn plain_spaces(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ").replace("ᵉʳ", "er")
}

fn said(at: i64) -> String {
    let zone = zone_named("Europe/Paris").unwrap_or(TimeZone::UTC);
    from_millis(at).map(|at| at.to_zoned(zone).to_string()).unwrap_or_default()
}
