//! Mutated samples of every registered source: none may panic.
//!
//! A few thousand of them by default; `KEPT_FUZZ=1000000 cargo test -p kept-connect --release -- fuzz` for an evening, and with
//! `KEPT_FUZZ_SEED=2` others.

use std::panic::{AssertUnwindSafe, catch_unwind};

use kept_testkit::fuzzing::{Dice, changed};
use serde_json::Value;

use crate::shared::{samples_of, sources};

/// What parsers stumble over: in text, numbers, times and structure.
const THORNS: [&str; 28] = [
    "null",
    "true",
    "[]",
    "{}",
    "[[]]",
    "\"\"",
    "\" \"",
    "-1",
    "0",
    "1e308",
    "9223372036854775807",
    "18446744073709551616",
    "1.5",
    "\"\\u0000\"",
    "\"é’œß\u{1f4e6}\"",
    "\"0000-00-00T00:00:00\"",
    "\"9999-12-31T23:59:59-14:00\"",
    "\"2026-02-30T25:61:61Z\"",
    "\"2026-01-01T24:00:00+99:99\"",
    "\"-9999-01-01 00:00:00.0000000000000\"",
    "\"12:00 AM\"",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a>",
    "&#xD800;",
    "\u{feff}",
    "\\",
    ",",
];

/// JSON that stays JSON: some of its values become others, or what stands elsewhere in the samples.
fn restructured(samples: &[Vec<u8>], dice: &mut Dice) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(&samples[dice.below(samples.len())]).ok()?;
    for _ in 0..=dice.below(5) {
        let thorn = match dice.below(3) {
            0 => {
                let mut other: Value = serde_json::from_slice(&samples[dice.below(samples.len())]).ok()?;
                let mut place = dice.below(values(&other));
                at(&mut other, &mut place).map(Value::take).unwrap_or_default()
            }
            _ => serde_json::from_str(THORNS[dice.below(THORNS.len())]).unwrap_or_default(),
        };
        let mut place = dice.below(values(&document));
        if let Some(value) = at(&mut document, &mut place) {
            *value = thorn;
        }
    }
    Some(document.to_string().into_bytes())
}

/// How many values a document has, itself with them.
fn values(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(values).sum(),
        Value::Object(fields) => fields.values().map(values).sum::<usize>(),
        _ => 0,
    }
}

/// The value of this number, counted from the outermost.
fn at<'v>(value: &'v mut Value, place: &mut usize) -> Option<&'v mut Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|inner| at(inner, place)),
        Value::Object(fields) => fields.values_mut().find_map(|inner| at(inner, place)),
        _ => None,
    }
}

fn mutated(samples: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    if dice.below(2) == 0
        && let Some(raw) = restructured(samples, dice)
    {
        return raw;
    }
    changed(samples, dice, value_replaced)
}

/// Puts a thorn where a value stands, from a colon to the next comma or bracket: what stays is mostly JSON still.
fn value_replaced(raw: &mut Vec<u8>, from: usize, dice: &mut Dice) {
    let thorn = THORNS[dice.below(THORNS.len())].bytes();
    let start = raw.iter().skip(from).position(|byte| matches!(byte, b':' | b'>')).map_or(from, |step| from + step + 1);
    let end =
        raw.iter().skip(start).position(|byte| matches!(byte, b',' | b'}' | b']' | b'<')).map_or(raw.len(), |step| start + step);
    raw.splice(start.min(end)..end, thorn);
}

/// How many threads try, each with samples of its own: the same on every machine, so that the samples are.
const HANDS: u64 = 4;

#[test]
fn fuzz() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (count, seed) = (number("KEPT_FUZZ", 4000), number("KEPT_FUZZ_SEED", 1));
    let known: Vec<_> = sources().iter().map(|inbound| (inbound, samples_of(inbound.source()))).collect();
    let try_some = |hand: u64| {
        let mut dice = Dice::new(seed * HANDS + hand);
        for (round, (own, samples)) in (hand..count).step_by(HANDS as usize).zip(known.iter().cycle()) {
            let raw = mutated(samples, &mut dice);
            // Most go to the source they are of, some to a stranger.
            let inbound = if dice.below(8) == 0 { known[dice.below(known.len())].0 } else { own };
            let read = catch_unwind(AssertUnwindSafe(|| inbound.parse(&raw)));
            let Ok(parsed) = read else { panic!("{} in round {round}: {}", inbound.source(), String::from_utf8_lossy(&raw)) };
            if let Some(error) = parsed.error {
                assert!(
                    !error.message.is_empty() && parsed.inputs.is_empty(),
                    "{}: {}",
                    inbound.source(),
                    String::from_utf8_lossy(&raw)
                );
            }
        }
    };
    std::thread::scope(|scope| {
        for hand in 0..HANDS {
            let try_some = &try_some;
            scope.spawn(move || try_some(hand));
        }
    });
}
