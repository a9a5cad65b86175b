//! What somebody writes who means harm, or a program that writes at random.

use std::cell::Cell;
use std::thread;

use kept_rules::{Facts, MOST_STEPS, Rule, RuleErrorKind};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::answers::{KNOWN, facts};

fn kind_of_refusal(source: &str) -> RuleErrorKind {
    Rule::compile(source, KNOWN).expect_err("should be refused").kind
}

#[test]
fn long_and_deep_sources_are_refused_before_they_are_parsed() {
    assert_eq!(kind_of_refusal(&vec!["1"; 10_000].join("+")), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("{} == 1", vec!["1"; 200].join("+"))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("{}true{}", "(".repeat(500), ")".repeat(500))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("{}true{}", "(".repeat(17), ")".repeat(17))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("{}1{} == 1", "[".repeat(400), "]".repeat(400))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("{}true", "!".repeat(1000))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("{}1 == 1", "- ".repeat(400))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("{}true", "true?false:".repeat(90))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("1 in {}[1]", "[1] in ".repeat(120))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("order{} == 1", ".a".repeat(400))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("order{} == 1", "[0]".repeat(300))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal(&format!("1 in [{}]", vec!["1"; 65].join(","))), RuleErrorKind::TooLarge);
    assert_eq!(kind_of_refusal("  \n "), RuleErrorKind::Syntax);
    assert_eq!(kind_of_refusal("order.total == 'never closed"), RuleErrorKind::Syntax);
    assert_eq!(kind_of_refusal("(order.total == 1"), RuleErrorKind::Syntax);
    assert_eq!(kind_of_refusal("order.total == 1]"), RuleErrorKind::Syntax);
}

#[test]
fn operators_hidden_in_texts_do_not_count_and_hide_nothing() {
    let text = "+".repeat(300);
    assert!(Rule::compile(&format!("order.note == '{text}'"), KNOWN).is_ok());
    assert!(Rule::compile(&format!("order.note == \"\\\"{text}\""), KNOWN).is_ok());
    assert!(Rule::compile(&format!("order.note == r'\\' || '{text}' == ''"), KNOWN).is_ok());
    assert!(Rule::compile(&format!("order.note == '''it's {text}'''"), KNOWN).is_ok());
    assert_eq!(kind_of_refusal(&format!("order.note == r'\\' || 1{} == 2 || '", "+1".repeat(300))), RuleErrorKind::TooLarge);
}

#[test]
fn nesting_of_lists_is_bounded_and_what_follows_is_counted() {
    assert!(Rule::compile("order.lines.all(a, order.lines.all(b, a.sku == b.sku))", KNOWN).is_ok());
    let three = "order.lines.all(a, order.lines.all(b, order.lines.all(c, a == b)))";
    let four = "order.lines.all(a, order.lines.all(b, order.lines.all(c, order.lines.all(d, a == d))))";
    assert_eq!(kind_of_refusal(three), RuleErrorKind::TooCostly);
    assert_eq!(kind_of_refusal(four), RuleErrorKind::TooCostly);
    // Lists made longer by joining them, or by `map`, are counted at their length.
    let joined = "(order.lines + order.lines + order.lines + order.lines)";
    assert_eq!(kind_of_refusal(&format!("{joined}.all(a, {joined}.all(b, a == b))")), RuleErrorKind::TooCostly);
    let mapped = format!("order.lines.map(x, {joined}).exists(y, y.exists(z, z == order))");
    assert_eq!(kind_of_refusal(&mapped), RuleErrorKind::TooCostly);
    // Whole documents compared for each pair of elements.
    assert_eq!(kind_of_refusal("order.lines.all(a, order.lines.all(b, order == order))"), RuleErrorKind::TooCostly);
}

#[test]
fn the_largest_rules_run_on_a_small_stack() {
    let conjunction = vec!["true"; 65].join("&&");
    let sum = format!("{} == 24", vec!["1"; 24].join("+"));
    let brackets = format!("{}true{}", "(".repeat(16), ")".repeat(16));
    let nots = format!("{}true", "!".repeat(24));
    for source in [conjunction.as_str(), sum.as_str(), brackets.as_str(), nots.as_str()] {
        let source = source.to_owned();
        let answer = thread::Builder::new()
            .stack_size(1024 * 1024)
            .spawn(move || Rule::compile(&source, KNOWN).and_then(|rule| rule.holds(&Facts::new())))
            .expect("a thread")
            .join()
            .expect("no overflow");
        assert_eq!(answer, Ok(true));
    }
}

#[test]
fn the_costliest_rule_over_the_largest_facts_ends() {
    let lines: Vec<_> =
        (0..64).map(|number| json!({"sku": format!("SKU-{number}"), "a": 1, "b": [1, 2, 3], "c": null})).collect();
    let facts = Facts::new().with("order", json!({ "lines": lines }));
    assert_eq!(facts.cut(), [""; 0]);
    let source = "order.lines.all(a, order.lines.all(b, a.b == b.b && a.a + b.a == 2 && a.sku != 'x' && b.sku.contains('SKU')))";
    let rule = Rule::compile(source, KNOWN).expect("within the fence");
    assert!(rule.steps() <= MOST_STEPS);
    let started = std::time::Instant::now();
    assert_eq!(rule.holds(&facts), Ok(true));
    println!("{} steps counted, {:?} taken", rule.steps(), started.elapsed());
}

#[test]
fn asking_is_cheap() {
    let rule = Rule::compile("order.consumer && order.country == 'FR' && parcel.silent_hours > 24", KNOWN).expect("a rule");
    let facts = facts();
    let started = std::time::Instant::now();
    for _ in 0..1000 {
        assert_eq!(rule.holds(&facts), Ok(true));
    }
    let asking = started.elapsed() / 1000;
    let started = std::time::Instant::now();
    for _ in 0..100 {
        let _ = self::facts();
    }
    println!("asking takes {asking:?}, building facts {:?}", started.elapsed() / 100);
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("order.total".to_owned()),
        Just("order.lines".to_owned()),
        Just("parcel.scans".to_owned()),
        Just("signal".to_owned()),
        Just("x".to_owned()),
        Just("y.sku".to_owned()),
        Just("'é'".to_owned()),
        Just("true".to_owned()),
        Just("9223372036854775807".to_owned()),
        Just("1.5".to_owned()),
        Just("null".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            (
                inner.clone(),
                inner.clone(),
                prop::sample::select(vec!["+", "-", "*", "/", "%", "==", "!=", "<", "&&", "||", "in"])
            )
                .prop_map(|(left, right, operator)| format!("({left} {operator} {right})")),
            (
                inner.clone(),
                inner.clone(),
                prop::sample::select(vec!["all", "exists", "exists_one", "filter", "map"]),
                prop::sample::select(vec!["x", "y"])
            )
                .prop_map(|(list, body, name, element)| format!("{list}.{name}({element}, {body})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|elements| format!("[{}]", elements.join(", "))),
            (inner.clone(), prop::sample::select(vec!["size", "string", "int", "timestamp", "duration", "has", "-", "!"]))
                .prop_map(|(value, name)| format!("{name}({value})")),
            (inner.clone(), inner).prop_map(|(list, at)| format!("{list}[{at}]")),
        ]
    })
}

#[test]
fn random_rules_never_panic_and_stay_within_their_steps() {
    let mut runner = TestRunner::new(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() });
    let (taken, answered) = (Cell::new(0), Cell::new(0));
    let facts = facts();
    runner
        .run(
            &(expression(), expression(), prop::sample::select(vec!["==", "!=", "&&", "||", "in", "<"])),
            |(left, right, operator)| {
                if let Ok(rule) = Rule::compile(&format!("{left} {operator} {right}"), KNOWN) {
                    prop_assert!(rule.steps() <= MOST_STEPS);
                    taken.set(taken.get() + 1);
                    answered.set(answered.get() + usize::from(rule.holds(&facts).is_ok()));
                }
                Ok(())
            },
        )
        .expect("no rule panics");
    println!("of 10000 random rules {} were taken and {} answered", taken.get(), answered.get());
    assert!(taken.get() > 500 && answered.get() > 20, "the random rules have become too wild to test anything");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_characters_never_panic(source in "[-+*/%!&|<>=?:.,()\\[\\]{}'\"\\\\ a-z0-9_@é\n]{0,60}") {
        if let Ok(rule) = Rule::compile(&source, KNOWN) {
            let _ = rule.holds(&facts());
        }
    }
}
