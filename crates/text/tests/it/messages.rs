//! What customers read, in full and with as little as is known.

use kept_base::Language;
use kept_text::{Drawing, MessagePack};
use serde_json::{Map, Value, json};

fn pack() -> MessagePack {
    MessagePack::embedded().expect("the embedded pack")
}

fn values(language: Language) -> Map<String, Value> {
    let french = json!({
        "greeting": "Madame Perret", "order_number": "10377", "tracking_number": "XY123456789FR", "due_day": "samedi 28 novembre",
        "estimate_day": "mardi 1ᵉʳ décembre", "reason": "silent", "last_place": "Lyon", "last_news_day": "mercredi 25 novembre",
        "silent_for": "41 h", "carrier": "Chronopost", "attempt_day": "vendredi 27 novembre", "next_attempt_day": "lundi 30 novembre",
        "pickup_place": "Tabac de la Gare, 3 rue de Siam, Brest", "pickup_until": "lundi 7 décembre", "delivered_day": "lundi 30 novembre",
        "in_time": false, "lines_coming": ["Lampe Vesta, laiton"], "lines_withdrawn": ["Ampoule E27 × 2", "Abat-jour lin"],
        "lines_waited": ["Suspension Ida"], "stock_day": "lundi 14 décembre", "partner": "Atelier Ida", "customer_due": "mardi 15 décembre", "added_by_law": "0,99 €", "adds_next": "0,99 €",
        "adds_next_day": "vendredi 18 décembre",
        "amount_back": "9,90 €", "refund_by": "vendredi 4 décembre", "answer_by": "mercredi 2 décembre", "next_word_day": "lundi avant midi",
        "owner": "Expéditions", "shop_said": "the order is completed in WooCommerce already", "customer_told": false, "team": "L’équipe Expéditions", "shop": "Maison Lumen",
        "link": "https://suivi.example/p/k7m2x9",
        "choices": [
            {"label": "Attendre", "url": "https://suivi.example/p/k7m2x9/attendre"},
            {"label": "Retirer en relais", "url": "https://suivi.example/p/k7m2x9/relais"},
            {"label": "Annuler et être remboursé", "url": "https://suivi.example/p/k7m2x9/annuler?a=1&b=2"},
        ],
    });
    let english = json!({
        "greeting": "Mrs Perret", "due_day": "Saturday 28 November", "estimate_day": "Tuesday 1 December",
        "last_news_day": "Wednesday 25 November", "attempt_day": "Friday 27 November", "next_attempt_day": "Monday 30 November",
        "pickup_until": "Monday 7 December", "delivered_day": "Monday 30 November", "lines_coming": ["Vesta lamp, brass"],
        "lines_waited": ["Ida pendant"], "stock_day": "Monday 14 December", "customer_due": "Tuesday 15 December", "added_by_law": "€0.99", "adds_next": "€0.99",
        "adds_next_day": "Friday 18 December",
        "lines_withdrawn": ["E27 bulb × 2", "Linen shade"], "amount_back": "€9.90", "refund_by": "Friday 4 December",
        "answer_by": "Wednesday 2 December", "next_word_day": "on Monday before noon", "owner": "Dispatch", "team": "The dispatch team",
        "choices": [
            {"label": "Wait", "url": "https://suivi.example/p/k7m2x9/attendre"},
            {"label": "Collect it at a pick-up point", "url": "https://suivi.example/p/k7m2x9/relais"},
            {"label": "Cancel and be paid back", "url": "https://suivi.example/p/k7m2x9/annuler?a=1&b=2"},
        ],
    });
    let mut values = french.as_object().cloned().expect("an object");
    if language == Language::English {
        values.extend(english.as_object().cloned().expect("an object"));
    }
    values
}

/// The reason that fits each message; most are about lateness.
fn reason(name: &str) -> &'static str {
    match name {
        "attempt-failed" => "absent",
        "returned" => "unclaimed",
        "choice-carried-out" | "choice-not-possible" => "cancel_order",
        "errand-refused" => "refund",
        "declared-lost" | "carrier-claim" => "destroyed",
        "found-again" | "carrier-claim-over" => "reship_withdrawn",
        "late-next-word" => "backordered",
        _ => "silent",
    }
}

fn drawing(language: Language) -> Drawing {
    let words = match language {
        Language::French => "Promis le 23, pour le 28 ; nous pensons au 1ᵉʳ.",
        Language::English => "Promised on the 23rd, for the 28th; we expect the 1st.",
    };
    Drawing {
        svg: "<svg class=\"pl\" width=\"460\" height=\"30\" role=\"img\"><line class=\"axis\" x1=\"6\" x2=\"454\"/></svg>".into(),
        words: words.into(),
    }
}

#[test]
fn every_message_reads_well_with_everything_and_with_the_least() {
    let pack = pack();
    for name in pack.names() {
        let mut shown = String::new();
        for language in Language::ALL {
            let mut full = values(language);
            full.insert("reason".into(), reason(name).into());
            let everything = pack.render(name, language, &Value::Object(full.clone())).expect("renders with everything");
            let least = pack.least_values(name, &full).expect("known");
            let little = pack.render(name, language, &least).expect("renders with the least");
            for (title, message) in [("everything", everything), ("the least", little)] {
                shown.push_str(&format!("=== {language}, {title}\nSubject: {}\n\n{}\n", message.subject, message.text));
            }
        }
        insta::assert_snapshot!(format!("text_{name}"), shown);
    }
}

#[test]
fn the_page_of_a_message_is_whole_and_fetches_nothing() {
    let pack = pack();
    for language in Language::ALL {
        let message = pack
            .render_with("late-warning", language, &Value::Object(values(language)), Some(&drawing(language)))
            .expect("renders");
        insta::assert_snapshot!(format!("html_late-warning_{language}"), message.html);
        assert!(message.text.contains(&drawing(language).words));
    }
    for name in pack.names() {
        let html = pack.render(name, Language::French, &Value::Object(values(Language::French))).expect("renders").html;
        for forbidden in ["<img", "src=", "<table", "<script", "@import", "url(", "<link", "<iframe", "<form"] {
            assert!(!html.contains(forbidden), "{name}: {forbidden}");
        }
    }
}

#[test]
fn each_value_may_be_absent_unless_required() {
    let pack = pack();
    for name in pack.names() {
        for language in Language::ALL {
            for missing in values(language).keys() {
                let mut some = values(language);
                some.remove(missing);
                match pack.render(name, language, &Value::Object(some)) {
                    Ok(message) => {
                        for text in [&message.subject, &message.text] {
                            assert!(
                                !text.contains("none") && !text.contains("undefined") && !text.contains("{{"),
                                "{name} without {missing}: {text}"
                            );
                            assert!(
                                !text.contains("  ") || text.contains("\n  https://"),
                                "{name} without {missing}: two spaces: {text}"
                            );
                            assert!(
                                !text.contains(" .") && !text.contains(" ,") && !text.contains("\n,"),
                                "{name} without {missing}: {text}"
                            );
                        }
                    }
                    Err(error) => assert!(error.to_string().contains(missing.as_str()), "{name} without {missing}: {error}"),
                }
            }
        }
    }
}

#[test]
fn no_cause_is_told_for_a_reason_that_is_not_known() {
    let pack = pack();
    let mut values = values(Language::French);
    values.insert("reason".into(), "aliens".into());
    let unknown = pack.render("late-warning", Language::French, &Value::Object(values.clone())).expect("renders");
    values.remove("reason");
    assert_eq!(unknown, pack.render("late-warning", Language::French, &Value::Object(values)).expect("renders"));
    assert!(!unknown.text.contains("nouvelles"));
}

#[test]
fn a_greeting_that_is_not_known_stays_neutral() {
    let mut values = values(Language::French);
    for absent in [None, Some(Value::Null), Some(Value::from("  \r\n "))] {
        values.remove("greeting");
        values.extend(absent.map(|absent| ("greeting".to_owned(), absent)));
        let message = pack().render("late-warning", Language::French, &Value::Object(values.clone())).expect("renders");
        assert!(message.text.starts_with("Bonjour,\n\nVotre commande"), "{}", message.text);
    }
}

#[test]
fn what_strangers_write_is_inert() {
    let pack = pack();
    let hostile = [
        "<script>alert(1)</script>",
        "{{ team }}{% for x in choices %}",
        "Anne\r\nBcc: everyone@example.org",
        "**bold** [[choices]]",
        "\n\n[[choices]]\n\n- item",
        "\" onmouseover=\"alert(1)",
        "\u{202e}gnp.exe\u{2028}next\u{0}",
        "&lt;img src=x onerror=alert(1)&gt;",
    ];
    let texts = [
        "greeting",
        "order_number",
        "due_day",
        "last_place",
        "carrier",
        "team",
        "shop",
        "pickup_place",
        "answer_by",
        "silent_for",
    ];
    for name in pack.names() {
        for attack in hostile {
            let mut values = values(Language::English);
            for text in texts {
                values.insert(text.into(), attack.into());
            }
            values.insert("lines_withdrawn".into(), json!([attack]));
            values.insert("lines_coming".into(), json!([attack, attack]));
            values.insert("choices".into(), json!([{"label": attack, "url": "https://suivi.example/p/x"}]));
            let message = pack.render(name, Language::English, &Value::Object(values)).expect("renders");
            assert!(!message.subject.contains(['\r', '\n', '\u{2028}', '\u{202e}', '\0']), "{name}: {:?}", message.subject);
            assert!(
                !message.text.contains(['\r', '\u{2028}', '\u{202e}', '\0']) && !message.text.contains("\nBcc"),
                "{name}: {}",
                message.text
            );
            assert_eq!(
                message.html.matches("<script").count() + message.html.matches("<img").count(),
                0,
                "{name}: {}",
                message.html
            );
            assert!(!message.html.contains("\" onmouseover"), "{name}");
            assert!(!message.html.contains("<strong>bold"), "{name}");
            assert_eq!(message.html.matches("class=\"choices\"").count(), 1, "{name}: {}", message.html);
            if attack.starts_with("{{") {
                assert!(message.text.contains(attack), "{name}: it is shown as it was written: {}", message.text);
            }
        }
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_without_being_shown() {
    let pack = pack();
    for (name, value) in [
        ("link", json!("javascript:alert(1)")),
        ("link", json!("https://x.example/\" onclick=\"y")),
        ("link", json!("https://x.example/a b")),
        ("link", json!("https://")),
        ("choices", json!([{"label": "Attendre"}])),
        ("choices", json!([{"label": "Secret", "url": "data:text/html,x"}])),
        ("greeting", json!(["Secret"])),
        ("in_time", json!("Secret")),
        ("lines_coming", json!([1])),
        ("greting", json!("Secret")),
        ("due_day", json!("")),
    ] {
        let mut values = values(Language::French);
        values.insert(name.into(), value);
        let error = pack.render("late-warning", Language::French, &Value::Object(values)).expect_err(name).to_string();
        assert!(error.contains(name) && !error.contains("Secret") && error.contains("hint: "), "{error}");
    }
    assert!(pack.render("late-warning", Language::French, &json!([])).is_err());
    let error = pack.render("late-warnin", Language::French, &json!({})).expect_err("unknown").to_string();
    assert!(error.contains("late-warning"), "{error}");
}

#[test]
fn long_values_are_cut() {
    let mut values = values(Language::French);
    values.insert("order_number".into(), "9".repeat(5000).into());
    let message = pack().render("late-warning", Language::French, &Value::Object(values)).expect("renders");
    assert!(message.subject.chars().count() <= 140);
    assert!(message.text.len() < 3000);
}

#[test]
fn a_drawing_that_is_more_than_a_drawing_is_left_out() {
    let drawing = Drawing { svg: "<svg><script>alert(1)</script></svg>".into(), words: "Promis le 28".into() };
    let message = pack()
        .render_with("late-warning", Language::French, &Value::Object(values(Language::French)), Some(&drawing))
        .expect("renders");
    assert!(!message.html.contains("script") && message.html.contains("<figcaption>Promis le 28</figcaption>"));
}

#[test]
fn the_colours_of_pages_are_written_out() {
    let svg = "<svg class=\"pl\"><rect class=\"band\" fill=\"var(--risk)\"/><path fill=\"var(--surface)\" stroke=\"var(--late)\"/></svg>";
    let drawing = Drawing { svg: svg.into(), words: "Promis le 28".into() };
    let message = pack()
        .render_with("late-warning", Language::French, &Value::Object(values(Language::French)), Some(&drawing))
        .expect("renders");
    assert!(message.html.contains("fill=\"#9a5b00\"") && !message.html.contains("var("), "{}", message.html);
}

#[test]
fn the_team_is_not_greeted() {
    let pack = pack();
    assert!(pack.is_internal("silent-operations").expect("known"));
    assert!(!pack.is_internal("late-warning").expect("known"));
    let message = pack.render("silent-operations", Language::French, &Value::Object(values(Language::French))).expect("renders");
    assert!(!message.text.contains("Bonjour"));
}
