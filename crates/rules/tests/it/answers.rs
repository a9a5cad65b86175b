//! What rules answer, and what they say when they cannot.

use kept_rules::{Facts, Rule, RuleError, RuleErrorKind};
use serde_json::json;

pub(crate) const KNOWN: &[&str] = &["order", "promise", "parcel", "customer", "signal"];

pub(crate) fn facts() -> Facts {
    Facts::new()
        .with(
            "order",
            json!({
                "total": 18450, "country": "FR", "consumer": true, "express": 9.9, "note": null,
                "placed_at": "2026-11-23T20:31:00Z",
                "lines": [{"sku": "VESTA", "quantity": 1}, {"sku": "E27", "quantity": 2}],
            }),
        )
        .with("parcel", json!({"carrier": "chronopost", "milestone": "in_network", "silent_hours": 41, "scans": [1, 2, 3]}))
        .with("signal", json!({"kind": "silent", "chance": 0.28}))
}

fn ask(source: &str) -> Result<bool, RuleError> {
    Rule::compile(source, KNOWN)?.holds(&facts())
}

fn refused(source: &str) -> RuleError {
    match Rule::compile(source, KNOWN) {
        Ok(rule) => panic!("{source} compiled, with {} steps", rule.steps()),
        Err(error) => error,
    }
}

#[test]
fn a_rule_answers_yes_or_no() {
    for (source, expected) in [
        ("true", true),
        ("order.consumer && order.country == 'FR'", true),
        ("order.total > 20000", false),
        ("order.total > 100.5", true),
        ("order.express < 10", true),
        ("order.note == null", true),
        ("signal.chance < 0.5 && signal.kind in ['silent', 'late']", true),
        ("size(order.lines) == 2 && order.lines.exists(line, line.quantity > 1)", true),
        ("order.lines.all(line, line.sku.startsWith('V'))", false),
        ("order.lines.exists_one(line, line.sku == 'E27')", true),
        ("order.lines.filter(line, line.quantity > 1).map(line, line.sku) == ['E27']", true),
        ("order.lines.exists(a, order.lines.exists(b, a.sku != b.sku && a.quantity < b.quantity))", true),
        ("has(order.coupon) ? order.coupon == 'X' : parcel.silent_hours >= 24", true),
        ("!has(order.coupon)", true),
        ("parcel.scans[0] + parcel.scans[1] * 2 == 5", true),
        ("timestamp(order.placed_at) < timestamp('2026-12-01T00:00:00Z')", true),
        ("timestamp(order.placed_at) + duration('24h') > timestamp('2026-11-24T00:00:00Z')", true),
        ("timestamp(order.placed_at).getHours() >= 20", true),
        ("order['country'] == \"FR\" // a comment with + - * / && (((", true),
    ] {
        assert_eq!(ask(source), Ok(expected), "{source}");
    }
}

#[test]
fn an_unknown_name_is_refused_with_the_known_ones() {
    let error = refused("order.total > 5 && ordr.total < 9");
    assert_eq!(error.kind, RuleErrorKind::UnknownName);
    assert_eq!(error.column, Some(20));
    assert_eq!(error.to_string(), "column 20: \"ordr\" is not known");
    assert_eq!(error.hint, "known names: order, promise, parcel, customer, signal");
}

#[test]
fn a_place_is_told_by_line_and_by_character() {
    let error = refused("order.city == 'Saint-Étienne' &&\n  nobody.knows");
    assert_eq!((error.line, error.column), (Some(2), Some(3)));
    let error = refused("order.city == 'Saint-Étienne' && nobody.knows");
    assert_eq!((error.line, error.column), (Some(1), Some(34)));
}

#[test]
fn what_rules_may_not_use_is_refused() {
    for source in [
        "order.country.matches('(a+)+$')",
        "matches(order.country, 'a')",
        "type(order.total) == type(1)",
        "dyn(order.total) == 1",
        "bytes('a') == b'a'",
        "order.?total == 1",
        "cel.bind(x, 1, x == 1)",
        "Order{total: 1} == order",
        "optional.of(1).hasValue()",
        "base64.encode(b'a') == 'x'",
        "now() > 5",
        "order.lines.map(order, order.sku) == []",
        "order.lines.exists(a, order.lines.exists(a, a.quantity > 1))",
        "order.lines.all(line, @result)",
        "order.lines.all(line, __result__)",
        "exists(order.lines)",
    ] {
        refused(source);
    }
}

#[test]
fn a_rule_that_cannot_answer_yes_or_no_is_refused_early_or_late() {
    for source in ["1", "1 + 1", "'yes'", "[true]", "size(order.lines)", "order.lines.map(x, true)", "null"] {
        assert_eq!(refused(source).kind, RuleErrorKind::NotYesOrNo, "{source}");
    }
    let error = ask("order.total").unwrap_err();
    assert_eq!(error.kind, RuleErrorKind::NotYesOrNo);
    assert!(error.message.contains("int"), "{error}");
}

#[test]
fn a_missing_fact_says_which_and_what_to_do() {
    let error = ask("order.coupon == 'X'").unwrap_err();
    assert_eq!(error.kind, RuleErrorKind::Evaluation);
    assert_eq!(error.message, "there is no \"coupon\" here");
    assert_eq!(error.hint, "ask first whether it is there, with `has(….coupon) && …`");
    let error = ask("promise.kind == 'delivery'").unwrap_err();
    assert_eq!(error.message, "\"promise\" was not given");
    assert_eq!(ask("order.total / 0 == 1").unwrap_err().message, "it divides by zero");
    assert_eq!(ask("parcel.scans[7] == 1").unwrap_err().kind, RuleErrorKind::Evaluation);
    assert_eq!(ask("order.country > 5").unwrap_err().kind, RuleErrorKind::Evaluation);
}

#[test]
fn errors_do_not_show_the_values() {
    let secret = Facts::new().with("customer", json!({"name": "Anne Perret", "names": ["Anne Perret"]}));
    for source in
        ["customer.name > 5", "customer.name + 1 == 2", "customer.names[9] == 'x'", "int(customer.name) == 1", "customer.name"]
    {
        let error = Rule::compile(source, KNOWN).unwrap().holds(&secret).unwrap_err();
        assert!(!format!("{error:?}").contains("Perret"), "{error:?}");
    }
    assert!(!format!("{secret:?}").contains("Perret"));
}

#[test]
fn facts_that_had_to_be_cut_are_not_guessed_about() {
    let lines: Vec<_> = (0..65).map(|number| json!({ "quantity": number })).collect();
    let facts = Facts::new().with("order", json!({"lines": lines, "total": 5, "line_count": 65}));
    assert_eq!(facts.cut(), ["order.lines"]);
    for source in
        ["order.lines.all(x, x.quantity < 64)", "size(order.lines) == 64", "order == order", "order['lines'][0].quantity == 0"]
    {
        let error = Rule::compile(source, KNOWN).unwrap().holds(&facts).unwrap_err();
        assert_eq!(error.kind, RuleErrorKind::FactsCut, "{source}");
    }
    let rule = Rule::compile("order.total == 5 && order.line_count == 65", KNOWN).unwrap();
    assert_eq!(rule.holds(&facts), Ok(true));
    assert_eq!(rule.reads(), ["order.line_count", "order.total"]);
}

#[test]
fn what_no_rule_reads_need_not_be_given() {
    for (source, reads, passes_over) in [
        ("order.total > 1", vec![vec!["order"], vec!["order", "total"]], vec![vec!["order", "country"], vec!["signal"]]),
        ("size(order) > 1", vec![vec!["order"], vec!["order", "total"]], vec![vec!["signal", "kind"]]),
        ("order['total'] > 1", vec![vec!["order", "total"], vec!["order", "country"]], vec![vec!["parcel"]]),
        ("has(order.coupon.code)", vec![vec!["order", "coupon"]], vec![vec!["order", "total"]]),
        (
            "order.lines.all(line, line.sku == signal.kind)",
            vec![vec!["order", "lines"], vec!["signal", "kind"]],
            vec![vec!["line", "sku"]],
        ),
        ("true", vec![], vec![vec!["order"]]),
    ] {
        let rule = Rule::compile(source, KNOWN).unwrap();
        for path in reads {
            assert!(rule.reads_part(&path), "{source} reads {path:?}");
        }
        for path in passes_over {
            assert!(!rule.reads_part(&path), "{source} does not read {path:?}");
        }
    }
}

#[test]
fn rules_and_facts_cross_threads() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>() {}
    shared::<Rule>();
    sent::<Facts>();
    shared::<RuleError>();
}
