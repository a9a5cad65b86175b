use kept_base::Offset;
use kept_connect::own::{LineResult, parse_lines};
use kept_domain::input::{Input, News};
use serde_json::{Value, json};

/// One of each kind, with every field.
pub const EVERY_KIND: &str = include_str!("../../src/own/samples/every_kind_made_up.json");

fn lines(text: &str) -> Vec<LineResult> {
    parse_lines(text.as_bytes(), Some("application/x-ndjson"))
}

fn one(value: &Value) -> LineResult {
    parse_lines(value.to_string().as_bytes(), Some("application/json")).remove(0)
}

fn scan() -> Value {
    json!({ "kind": "parcel.scanned", "tracking_number": "T1", "carrier": "laposte", "code": "ET1", "milestone": "in_network", "at": "2026-01-05T10:00:00+01:00" })
}

fn address() -> Value {
    json!({ "last_name": "Anne Perret", "street": "8 rue Haute", "postal": "29200", "city": "Brest", "country": "FR" })
}

fn with(mut value: Value, name: &str, new: Value) -> Value {
    value[name] = new;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().expect("an object").remove(name);
    value
}

#[test]
fn every_kind_with_every_field_is_read_whole() {
    let document: Vec<Value> = serde_json::from_str(EVERY_KIND).expect("JSON");
    let results = parse_lines(EVERY_KIND.as_bytes(), None);
    assert_eq!(results.len(), document.len());
    for (written, result) in document.iter().zip(&results) {
        let (input, unread) = result.result.as_ref().unwrap_or_else(|error| panic!("{error} in {written}"));
        assert_eq!(unread, &Vec::<String>::new(), "{written}");
        // What the domain serialises is what was written: no field is lost on the way, and the table of kinds has them all.
        let again = serde_json::to_value(input).expect("JSON");
        for name in written.as_object().expect("an object").keys() {
            assert!(again.get(name).is_some(), "{name} of {written} was lost");
        }
        let reread: Input = serde_json::from_value(again.clone()).expect("the domain's own shape");
        assert_eq!(&reread, input);
        assert_eq!(one(&again).result.expect("reads its own output"), (input.clone(), Vec::new()));
    }
    insta::assert_json_snapshot!("own_every_kind", results.into_iter().map(|line| line.result.unwrap().0).collect::<Vec<_>>());
}

#[test]
fn one_bad_line_does_not_hurt_the_others() {
    let text = format!("{}\n\n{}\r\n{{broken\n{}\n[]\n", scan(), without(scan(), "at"), scan());
    let results = lines(&text);
    let shown: Vec<String> = results.iter().map(ToString::to_string).collect();
    assert_eq!(shown[0], "line 1: read");
    assert_eq!(shown[1], "line 3: `at` is missing; hint: add a date and time: \"2026-07-04T14:30:00+02:00\"");
    assert!(shown[2].starts_with("line 4: this is not JSON (column 2); hint: "), "{}", shown[2]);
    assert_eq!(shown[3], "line 5: read");
    assert!(shown[4].starts_with("line 6: a list is not a fact; hint: "), "{}", shown[4]);
    assert_eq!(shown.len(), 5);
}

#[test]
fn an_object_an_array_and_lines_are_told_apart() {
    let pretty = serde_json::to_string_pretty(&scan()).expect("JSON");
    assert_eq!(parse_lines(pretty.as_bytes(), None).len(), 1);
    assert_eq!(parse_lines(json!([scan(), scan()]).to_string().as_bytes(), Some("application/json")).len(), 2);
    let ndjson = format!("\u{feff}{}\n{}\n", scan(), scan());
    assert_eq!(parse_lines(ndjson.as_bytes(), None).len(), 2);
    assert_eq!(parse_lines(ndjson.as_bytes(), Some("application/json; charset=utf-8")).len(), 2);
    let first_broken = format!("{{broken\n{}\n", scan());
    let results = parse_lines(first_broken.as_bytes(), None);
    assert_eq!((results.len(), results[0].result.is_err(), results[1].result.is_ok()), (2, true, true));
    let cut = &pretty[..60];
    let results = parse_lines(cut.as_bytes(), None);
    assert_eq!(results.len(), 1);
    assert!(results[0].to_string().contains("stops in the middle"), "{}", results[0]);
    assert!(parse_lines(b" \n", None)[0].to_string().contains("nothing to read"));
}

#[test]
fn times_keep_what_is_known_of_their_offset() {
    let at = |value: &Value| match one(value).result.expect("read").0.news {
        News::ParcelScanned(scan) => scan.at,
        _ => panic!("a scan"),
    };
    assert_eq!(at(&scan()).offset, Offset::Known(3600));
    assert_eq!(at(&with(scan(), "at", json!("2026-01-05 10:00"))).offset, Offset::Unknown);
    assert_eq!(at(&with(scan(), "offset", json!("guessed"))).offset, Offset::Guessed(3600));
    assert_eq!(at(&with(scan(), "offset", Value::Null)).offset, Offset::Known(3600));
    for year in ["1900", "2100"] {
        assert_eq!(at(&with(scan(), "at", json!(format!("{year}-06-01T00:00:00Z")))).offset, Offset::Known(0));
    }
}

#[test]
fn errors_name_the_field_and_the_way_out() {
    let order = || json!({ "kind": "order.placed", "order_number": "R-1", "at": "2026-01-05T10:00:00+01:00", "customer": { "email": "a@example.org" } });
    let answered = |answer: Value| json!({ "kind": "customer.answered", "order_number": "R-1", "at": "2026-01-05T10:00:00+01:00", "answer": answer });
    let cases = [
        (without(scan(), "kind"), "`kind` is missing", "order.placed, order.lines_cancelled"),
        (
            with(scan(), "kind", json!("parcel.scaned")),
            "\"parcel.scaned\", which is not known",
            "did you mean \"parcel.scanned\"?",
        ),
        (with(scan(), "kind", json!(3)), "`kind` is the number 3", "parcel.scanned"),
        (without(scan(), "tracking_number"), "`tracking_number` is missing", "a text"),
        (with(without(scan(), "tracking_number"), "tracking_no", json!("T1")), "`tracking_number` is missing", "`tracking_no`"),
        (with(scan(), "tracking_number", json!("  ")), "`tracking_number` is empty", "a text"),
        (with(scan(), "at", json!("2026-01-05")), "`at`: ", "a day has no hour"),
        (with(scan(), "at", json!("2026-02-30T10:00:00Z")), "day that does not exist", "2026-07-04"),
        (with(scan(), "at", json!(1768300000)), "`at` is the number 1768300000", "2026-07-04"),
        (with(scan(), "offset", json!("unknown")), "`offset` is \"unknown\", but `at` is", "leave `offset` out"),
        (with(scan(), "offset", json!(3600)), "`offset` is the number 3600", "known, guessed, unknown"),
        (with(scan(), "milestone", json!("deliverd")), "`milestone` is \"deliverd\"", "did you mean \"delivered\"?"),
        (with(scan(), "exception", json!("boom")), "`exception` is \"boom\"", "one of attempt_failed_absent"),
        (with(scan(), "promised_at", json!("soon")), "`promised_at`: ", "2026-07-04"),
        (with(order(), "customer", json!("Ada")), "`customer` is \"Ada\", which is not an object", "`reference`"),
        (with(order(), "customer", json!({ "language": "tlh" })), "`customer.language`", "\"fr\" or \"en\""),
        (with(order(), "customer", json!({ "country": "France" })), "`customer.country`", "\"FR\""),
        (with(order(), "customer", json!({ "zone": "Paris" })), "`customer.zone`", "Europe/Paris"),
        (with(order(), "lines", json!([{ "sku": "A" }, { "quantity": 2 }])), "`lines[2].sku` is missing", "a text"),
        (with(order(), "lines", json!([{ "sku": "A", "quantity": 0 }])), "`lines[1].quantity` is the number 0", "from 1"),
        (
            with(order(), "lines", json!([{ "sku": "A", "price": { "minor": 12.5, "currency": "EUR" } }])),
            "`lines[1].price.minor`",
            "1230 for 12.30 EUR",
        ),
        (with(order(), "delivery_fee", json!({ "minor": 1 })), "`delivery_fee.currency` is missing", "EUR"),
        (with(order(), "promised_day", json!("2026-01-05T10:00:00Z")), "`promised_day`", "\"2026-07-04\""),
        (answered(json!({ "says": "another_day" })), "`answer.day` is missing", "`day`"),
        (answered(json!({ "says": "new_address" })), "`answer.address` is missing", "`address`"),
        (
            answered(json!({ "says": "pickup_point", "address": address() })),
            "`answer.name` is missing",
            "\"pickup_point\" is said with a `name`",
        ),
        (
            answered(json!({ "says": "new_address", "address": without(address(), "postal") })),
            "`answer.address.postal` is missing",
            "a text",
        ),
        (
            answered(json!({ "says": "new_address", "address": with(address(), "country", json!("France")) })),
            "`answer.address.country`",
            "\"FR\"",
        ),
        (answered(json!({ "says": "yes" })), "`answer.says`", "arrived, not_arrived"),
        (without(answered(json!({ "says": "wait" })), "order_number"), "`promise` and `order_number` are both missing", "about"),
        (with(answered(json!({ "says": "wait" })), "promise", json!("cas_1")), "`promise`", "prm_"),
    ];
    for (value, message, hint) in cases {
        let error = one(&value).result.expect_err(&value.to_string());
        assert!(error.message.contains(message), "{value}: {error}");
        assert!(error.hint.as_deref().unwrap_or_default().contains(hint), "{value}: {error:?}");
    }
}

#[test]
fn fields_that_nobody_reads_are_named_and_do_no_harm() {
    let value = json!({ "kind": "order.placed", "order_number": 4711, "at": "2026-01-05T10:00:00+01:00", "colour": "red",
        "customer": { "email": "a@example.org", "nickname": "x" }, "lines": [{ "sku": "A", "weight": 3 }] });
    let (input, unread) = one(&value).result.expect("read");
    assert_eq!(unread, ["customer.nickname", "lines[1].weight", "colour"]);
    let News::OrderPlaced(order) = input.news else { panic!("an order") };
    assert_eq!((order.order_number.as_str(), order.lines[0].quantity), ("4711", 1));
}

#[test]
fn absent_null_and_empty_are_the_same() {
    let value = with(with(with(scan(), "exception", Value::Null), "location", Value::Null), "order_number", json!(" "));
    let (input, unread) = one(&value).result.expect("read");
    assert_eq!(unread, Vec::<String>::new());
    assert_eq!(input, one(&scan()).result.expect("read").0);
}

#[test]
fn a_language_with_a_region_is_a_language() {
    let value = json!({ "kind": "order.placed", "order_number": "1", "at": "2026-01-05T10:00:00+01:00", "customer": { "language": "fr-FR" } });
    assert!(one(&value).result.is_ok());
}
