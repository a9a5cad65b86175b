//! What happens in a story: news as it comes in, time that passes, and what the team does.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use kept_base::{MessageId, PromiseId};
use kept_domain::input::Input;
use kept_domain::message::Mode;
use kept_domain::promise::{Promise, PromiseState};
use kept_engine::EngineError;
use kept_engine::views::{Found, MessageFilter};
use kept_testkit::at;
use serde_json::{Value, json};

use super::fields::Fields;
use super::{Mark, Telling, figures};

/// Tells one line of a `facts` block.
pub fn tell(telling: &mut Telling, value: &Value) -> Result<()> {
    // A mark of figures names a kind of promise; kinds of news have a dot.
    if value.get("kind").and_then(Value::as_str).is_some_and(|kind| kind.contains('.')) {
        return news(telling, value);
    }
    let mut fields = Fields::of(value)?;
    let what = ["clock", "switch", "gateway", "history", "mark", "refused", "release", "withdraw", "settle", "assign"]
        .into_iter()
        .find(|name| fields.has(name));
    match what.context("neither news (`kind`) nor anything else that can happen")? {
        "clock" => telling.installation.live_until(&fields.need("clock")?)?,
        "switch" => switch(telling, &mut fields)?,
        "gateway" => gateway(telling, &mut fields)?,
        "history" => history(telling, &fields.take("history").unwrap_or_default())?,
        "mark" => mark(telling, &mut fields)?,
        "refused" => refused(telling, &mut fields)?,
        team => by_the_team(telling, team, &fields.take(team).unwrap_or_default())?,
    }
    fields.done()
}

/// The promise a story calls `delivery of 10377`, or `refund to C-7` where no order is known.
pub fn promise(telling: &Telling, name: &str) -> Result<Promise> {
    let mut named = promises_named(telling, name)?;
    match (named.pop(), named.len()) {
        (Some(promise), 0) => Ok(promise),
        (None, _) => bail!("there is no {name}"),
        (Some(_), more) => bail!("there are {} promises that are `{name}`", more + 1),
    }
}

/// All promises of that name; `open refund of 5002` means open ones only.
pub fn promises_named(telling: &Telling, name: &str) -> Result<Vec<Promise>> {
    let engine = &telling.installation.engine;
    let (name, open_only) = name.strip_prefix("open ").map_or((name, false), |name| (name, true));
    let (kind, whom) = name
        .split_once(" of ")
        .or_else(|| name.split_once(" to "))
        .context("a promise is called `delivery of 10377` or `refund to C-7`")?;
    let all = match engine.find(whom)? {
        Some(Found::Order(order)) => engine.order(order)?.map(|(file, _)| file.promises).unwrap_or_default(),
        Some(Found::Customer(customer)) => engine
            .customer(customer)?
            .map(|file| file.promises.into_iter().map(|line| line.promise).collect())
            .unwrap_or_default(),
        _ => bail!("nothing is called `{whom}`"),
    };
    Ok(all.into_iter().filter(|promise| promise.kind == kind && (!open_only || promise.state.is_open())).collect())
}

fn news(telling: &Telling, value: &Value) -> Result<()> {
    let input: Input = serde_json::from_value(value.clone()).map_err(|error| anyhow!("not news: {error}; in {value}"))?;
    every_field_is_read(value, &serde_json::to_value(&input)?, "")?;
    let moment = value.get("at").and_then(Value::as_str).context("news needs `at`, with its offset")?;
    if at(moment)? < telling.installation.engine.now() {
        bail!("{moment} lies before what was told already");
    }
    telling.installation.live_until(moment)?;
    telling.installation.tell(value.clone()).map(|_| ())
}

/// A field that reading drops would make a story say less than it seems to.
fn every_field_is_read(given: &Value, read: &Value, path: &str) -> Result<()> {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => {
            for (name, value) in given {
                let path = format!("{path}.{name}");
                every_field_is_read(value, read.get(name).with_context(|| format!("nothing reads `{path}`"))?, &path)?;
            }
            Ok(())
        }
        (Value::Array(given), Value::Array(read)) => {
            given.iter().zip(read).try_for_each(|(given, read)| every_field_is_read(given, read, path))
        }
        _ => Ok(()),
    }
}

fn switch(telling: &Telling, fields: &mut Fields) -> Result<()> {
    let word = fields.need("switch")?;
    let mode = Mode::from_word(&word).with_context(|| format!("`{word}` is no mode"))?;
    telling.installation.switch_all(mode)
}

/// Text messages can leave from now on.
fn gateway(telling: &Telling, fields: &mut Fields) -> Result<()> {
    match fields.take("gateway") {
        Some(Value::Bool(true)) => telling.installation.open_gateway(),
        _ => bail!("`gateway` is true"),
    }
    Ok(())
}

/// Remembers how everything stands; with `from` and `before` the figures of that period too.
fn mark(telling: &mut Telling, fields: &mut Fields) -> Result<()> {
    let name = fields.need("mark")?;
    let figures = if fields.has("from") { Some(figures::take(telling, fields)?) } else { None };
    let promises: BTreeMap<String, Promise> =
        telling.all_promises()?.into_iter().map(|promise| (promise.id.to_string(), promise)).collect();
    telling.marks.insert(name, Mark { promises, figures });
    Ok(())
}

/// Orders delivered before the story begins, so that there is something to learn from. They are promised generously and scanned often:
/// none is late or silent, nobody is written to. `from` is the first hand-over, one an hour; the first takes `shortest` hours, each
/// next one `step` hours more.
fn history(telling: &Telling, value: &Value) -> Result<()> {
    let mut fields = Fields::of(value)?;
    let mut number =
        |name: &str| fields.take(name).and_then(|value| value.as_i64()).with_context(|| format!("`{name}` is a number"));
    let (orders, shortest, step) = (number("orders")?, number("shortest_hours")?, number("step_hours")?);
    let (carrier, from) = (fields.need("carrier")?, at(&fields.need("from")?)?);
    fields.done()?;
    const HOUR: i64 = 3_600_000;
    let mut all: Vec<(i64, Value)> = Vec::new();
    for index in 0..orders {
        let (order, parcel) = (format!("H{index:03}"), format!("6H{index:011}"));
        let handed_over = from + index * HOUR;
        let delivered = handed_over + (shortest + index * step) * HOUR;
        let day = |at: i64| kept_base::from_millis(at).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
        all.push((handed_over - 3 * HOUR, json!({ "kind": "order.placed", "order_number": order, "promised_day": day(delivered + 96 * HOUR),
            "customer": { "reference": format!("CH{index:03}"), "email": format!("history.{index}@example.org"), "country": "FR" },
            "lines": [{ "sku": "VESTA" }] })));
        all.push((
            handed_over - 2 * HOUR,
            json!({ "kind": "parcel.announced", "order_number": order, "carrier": carrier, "tracking_number": parcel }),
        ));
        let mut moment = handed_over;
        let mut last = "handed_over";
        while moment < delivered {
            all.push((moment, json!({ "kind": "parcel.scanned", "tracking_number": parcel, "carrier": carrier, "code": last, "milestone": last })));
            moment += 20 * HOUR;
            last = "in_network";
        }
        all.push((delivered, json!({ "kind": "parcel.scanned", "tracking_number": parcel, "carrier": carrier, "code": "DI1", "milestone": "delivered" })));
    }
    all.sort_by_key(|(moment, _)| *moment);
    for (moment, mut value) in all {
        let moment = kept_base::from_millis(moment).context("a moment")?.to_string();
        value.as_object_mut().context("an object")?.insert("at".to_owned(), json!(moment));
        telling.installation.live_until(&moment)?;
        telling.installation.tell(value)?;
    }
    Ok(())
}

/// News or an act of the team that must be refused, with a word of the reason.
fn refused(telling: &mut Telling, fields: &mut Fields) -> Result<()> {
    let (what, because) = (fields.take("refused").unwrap_or_default(), fields.need("because")?);
    match tell(telling, &what) {
        Ok(()) => bail!("this should have been refused: {what}"),
        Err(error) => {
            let text = format!("{error:#}");
            if text.contains(&because) { Ok(()) } else { bail!("refused, but not because of `{because}`: {text}") }
        }
    }
}

fn by_the_team(telling: &Telling, act: &str, value: &Value) -> Result<()> {
    let mut fields = Fields::of(value)?;
    let engine = &telling.installation.engine;
    let name = fields.need("promise")?;
    let id: PromiseId = promise(telling, &name)?.id;
    let by = fields.need("by")?;
    match act {
        "release" => {
            let template = fields.need("message")?;
            let page = engine.messages(&MessageFilter { limit: Some(200), ..MessageFilter::default() })?;
            let messages: Vec<MessageId> = page
                .rows
                .iter()
                .filter(|line| line.message.promise == id && line.message.template == template)
                .map(|line| line.message.id)
                .collect();
            if messages.len() != 1 {
                bail!("{} messages `{template}` about {name}", messages.len());
            }
            if engine.release_messages(&messages, &by)? != 1 {
                bail!("the message `{template}` about {name} cannot be released");
            }
        }
        "withdraw" => plain(engine.withdraw_promise(id, &fields.need("cause")?, &by))?,
        "assign" => plain(engine.assign_promise(id, &fields.need("owner")?, &by))?,
        _ => {
            let word = fields.need("as")?;
            let state = PromiseState::from_word(&word).with_context(|| format!("`{word}` is no state"))?;
            plain(engine.settle_dispute(id, state, &by))?;
        }
    }
    fields.done()?;
    telling.installation.settle()
}

fn plain(result: Result<(), EngineError>) -> Result<()> {
    result.map_err(|error| anyhow!("{error}"))
}
