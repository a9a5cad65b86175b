//! What a trial leaves unread changes nothing: what conditions are told, and how far lines of the ledger are read.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use kept_base::{BrandId, Position};
use kept_domain::fact::{Body, Fact, FactSketch, UnknownBody, head_of};
use kept_domain::message::Mode;
use kept_domain::promise::SignalKind;
use kept_engine::Engine;
use kept_engine::trial::{TrialRow, Tried};
use kept_testkit::Installation;
use serde_json::{Value, json};

use super::{always, history, tried};

fn draft(kinds: &str, condition: &str) -> Tried {
    Tried::Draft(format!(
        "[[playbook]]\nname = \"mine\"\ntitle = {{ fr = \"a\", en = \"a\" }}\nexplanation = {{ fr = \"a\", en = \"a\" }}\non = [{kinds}]\nwhen = \"{condition}\"\naudience = \"customer\"\nmessage = \"late-apology\"\n"
    ))
}

fn rows(engine: &Engine, kinds: &str, condition: &str) -> Result<Vec<TrialRow>> {
    Ok(tried(engine, &always(draft(kinds, condition), Mode::Shadow))?.rows)
}

/// Every fact, and its line.
fn facts(engine: &Engine) -> Result<Vec<(Fact, Vec<u8>)>> {
    let mut all = Vec::new();
    for block in engine.database().read(|connection| connection.blocks_after(0, i64::MAX))? {
        let lines = block.lines()?;
        for (index, line) in lines.split() {
            all.push((lines.parse(index, line)?, line.to_vec()));
        }
    }
    Ok(all)
}

#[test]
fn conditions_are_told_how_often_delivery_was_tried_by_then() -> Result<()> {
    const KINDS: &str = "'late', 'at_risk', 'silent', 'attempt_failed', 'disputed'";
    let kinds = KINDS.replace('\'', "\"");
    let installation = Installation::sqlite()?;
    history::live(&installation, 11, 60, 240)?;
    let engine = &installation.engine;
    let (mut parcels, mut promises, mut attempts) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for (fact, _) in facts(engine)? {
        match fact.body {
            Body::ParcelAnnounced(body) => parcels.extend(body.order.map(|order| (body.parcel, order))),
            Body::ParcelLinked(body) => parcels.extend([(body.parcel, body.order)]),
            Body::PromiseMade(body) => promises.extend(body.order.map(|order| (body.promise, order))),
            Body::ParcelScanned(body)
                if body.exception.is_some_and(kept_domain::vocabulary::ExceptionKind::is_failed_attempt) =>
            {
                attempts.push((body.parcel, fact.position));
            }
            _ => {}
        }
    }
    let all = rows(engine, &kinds, "true")?;
    let mut found = 0;
    for tries in 0..2 {
        let told =
            rows(engine, &kinds, &format!("signal.attempts == {tries} && order.parcels == 1 && parcel.carrier == 'laposte'"))?;
        assert!(!told.is_empty(), "some were tried {tries} times");
        for row in &told {
            let order = promises.get(&row.promise);
            let before = |(parcel, at): &&(_, Position)| parcels.get(parcel) == order && *at < row.position;
            assert_eq!(attempts.iter().filter(before).count(), tries, "{row:?}");
        }
        found += told.len();
    }
    assert_eq!(found, all.len(), "no signal is left over");
    // What is asked about as a whole is there as a whole.
    let whole = rows(engine, &kinds, "size(signal) == 3 && size(order) == 4 && size(promise) == 12 && signal['attempts'] < 9")?;
    assert_eq!(whole.len(), all.len());
    Ok(())
}

#[test]
fn an_attempt_that_was_withdrawn_was_none() -> Result<()> {
    let installation = Installation::sqlite()?;
    installation.tell(json!({
        "kind": "order.placed", "order_number": "1", "at": "2026-11-02T09:00:00+01:00", "promised_day": "2026-11-05",
        "customer": { "reference": "C-1", "name": "Anne Perret", "email": "anne@example.org", "language": "fr", "country": "FR" },
        "lines": [{ "sku": "VESTA", "title": "Lampe Vesta" }]
    }))?;
    let scan = |hour: &str, exception: Option<&str>| {
        json!({
            "kind": "parcel.scanned", "tracking_number": "6A00000000001", "carrier": "laposte", "order_number": "1", "code": "AG1",
            "milestone": "out_for_delivery", "exception": exception, "location": "Lyon", "at": format!("2026-11-04T{hour}:00:00+01:00"),
            // A text that looks like what a trial looks for.
            "text": "\"exception\":\"attempt_failed_absent\",\"recorded\":1,"
        })
    };
    let mut withdrawn = scan("10", None);
    withdrawn["kind"] = Value::from("parcel.scan_withdrawn");
    let told = [
        ("2026-11-04T09:00:00+01:00", scan("09", None)),
        ("2026-11-04T10:00:00+01:00", scan("10", Some("attempt_failed_absent"))),
        ("2026-11-04T15:00:00+01:00", scan("15", Some("attempt_failed_absent"))),
        ("2026-11-04T16:00:00+01:00", withdrawn),
    ];
    for (at, news) in told {
        installation.live_until(at)?;
        installation.tell(news)?;
    }
    installation.live_until("2026-11-08T12:00:00+01:00")?;
    let engine = &installation.engine;
    let of = |kind: &str, tries: u32| {
        rows(engine, &format!("\"{kind}\""), &format!("signal.attempts == {tries}")).map(|rows| rows.len())
    };
    assert_eq!((of("attempt_failed", 1)?, of("attempt_failed", 2)?), (1, 1), "as they came");
    assert_eq!((of("late", 0)?, of("late", 1)?, of("late", 2)?), (0, 1, 0), "one is left");
    Ok(())
}

#[test]
fn the_head_of_a_line_is_found_without_reading_the_line() -> Result<()> {
    let installation = Installation::sqlite()?;
    history::live(&installation, 12, 20, 240)?;
    let mut all = facts(&installation.engine)?;
    assert!(all.len() > 200);
    let (fact, _) = all.first().cloned().context("a fact")?;
    let mean = Fact {
        brand: BrandId::new(1),
        source: "\",\"recorded\":1,\"".to_owned(),
        event: Some(",\"recorded\":2,".to_owned()),
        body: Body::Unknown(UnknownBody {
            kind: "of.tomorrow".to_owned(),
            version: 9,
            plain: "{\"kind\":\"x\",\"recorded\":3,\"y\":1}".to_owned(),
        }),
        ..fact
    };
    let line = mean.to_line()?;
    all.push((mean, line));
    for (fact, line) in &all {
        let text = String::from_utf8_lossy(line);
        assert_eq!(head_of(line), Some((fact.body.kind(), fact.recorded)), "{text}");
        let sketch = FactSketch::from_line(line)?;
        assert_eq!((sketch.kind, sketch.recorded), (fact.body.kind(), fact.recorded), "{text}");
    }
    for other in [
        "",
        "{}",
        "{\"v\":1,\"kind\":\"a\",\"recorded\":1,\"x\":1}",
        "{\"kind\":\"a\"}",
        "{\"kind\":\"a\",\"recorded\":\"1\",\"x\":1}",
    ] {
        assert_eq!(head_of(other.as_bytes()), None, "{other}");
    }
    Ok(())
}

#[test]
fn what_nobody_asks_about_is_left_out_and_what_is_off_says_nothing() -> Result<()> {
    let installation = Installation::sqlite()?;
    history::live(&installation, 13, 30, 240)?;
    let engine = &installation.engine;
    let all = rows(engine, "\"late\"", "true")?;
    assert!(all.iter().all(|row| row.signal == SignalKind::Late) && !all.is_empty());
    // A field that is never there is an error that says so, on the record and to nobody.
    let wrong = rows(engine, "\"late\"", "promise.colour == 'red'")?;
    assert_eq!(wrong.len(), all.len());
    assert!(wrong.iter().all(|row| !row.says && row.reasons.iter().any(|reason| reason.starts_with("condition: "))), "{wrong:?}");
    assert!(tried(engine, &always(draft("\"late\"", "true"), Mode::Off))?.rows.is_empty());
    Ok(())
}
