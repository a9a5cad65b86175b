//! What happened, said: nobody is called told who was not, and every reason of the watch is words.

use kept_base::Language;
use kept_domain::errand::ErrandKind;
use kept_web::pages::happened::{reason_words, timeline};
use serde_json::json;

use crate::pages_made_up::{fact, words};

#[test]
fn a_message_to_the_team_tells_no_customer() {
    let outcome = |customer: serde_json::Value| {
        let plain = json!({ "message": 1, "customer": customer, "state": "accepted", "reply": "250 Ok" });
        let facts = [fact(1, "message.outcome", "2026-11-27T10:00:00Z", "outbox", plain)];
        timeline(&words(Language::English), &facts, &[]).remove(0).lead
    };
    assert_eq!(outcome(json!(7)), "The customer is told");
    assert_eq!(outcome(json!(null)), "The team is told");
}

#[test]
fn a_source_is_called_by_its_name() {
    let plain = json!({ "code": "InTransit_007", "text": "Left", "milestone": "in_network" });
    let facts = [fact(1, "parcel.scanned", "2026-11-27T10:00:00Z", "aftership", plain)];
    let raw = timeline(&words(Language::French), &facts, &[]).remove(0).raw;
    assert!(raw.starts_with("AfterShip InTransit_007"), "{raw}");
}

#[test]
fn a_scan_that_its_source_took_back_is_struck_through() {
    let scan = |key: u64| json!({ "key": key, "code": "DI1", "milestone": "delivered" });
    let facts = [
        fact(
            3,
            "parcel.scan_withdrawn",
            "2026-11-27T12:00:00Z",
            "epcis",
            json!({ "key": 7, "code": "DI1", "reason": "did_not_occur" }),
        ),
        fact(2, "parcel.scanned", "2026-11-27T11:00:00Z", "epcis", scan(8)),
        fact(1, "parcel.scanned", "2026-11-27T10:00:00Z", "epcis", scan(7)),
    ];
    let told = timeline(&words(Language::English), &facts, &[]);
    assert_eq!(told.iter().map(|entry| entry.withdrawn).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(told[0].lead, "A scan was withdrawn by its source");
    assert!(told[0].raw.contains("did_not_occur"), "{}", told[0].raw);
}

#[test]
fn what_nobody_dropped_is_not_said_to_be_given_up_by_somebody() {
    let dropped = |by: &str| {
        let plain = json!({ "errand": 1, "promise": 1, "to": "dropped", "by": by, "reason": null });
        let told = timeline(&words(Language::English), &[fact(1, "errand.handled", "2026-11-27T10:00:00Z", "agent", plain)], &[])
            .remove(0);
        format!("{} {}", told.lead, told.text)
    };
    assert!(dropped("customer").contains("a newer wish of the customer"), "{}", dropped("customer"));
    assert!(dropped("rule").contains("the promise is judged"), "{}", dropped("rule"));
    assert!(dropped("Ada").contains("Ada"), "{}", dropped("Ada"));
}

#[test]
fn every_reason_of_a_signal_is_words() {
    // The words that the domain gives to a signal: its own, a failed attempt's, a state's and a milestone's.
    let reasons = [
        "not_handed_over",
        "unreachable",
        "silent",
        "due_passed",
        "word_promised",
        "review",
        "pickup",
        "withdrawn",
        "not_arrived",
        "cancel",
        "reship",
        "another_day",
        "new_address",
        "pickup_point",
        "attempt_failed_absent",
        "attempt_failed_closed",
        "attempt_failed_access",
        "address_problem",
        "returned",
        "lost",
        "destroyed",
        "seen_again",
        "reshipped",
        "paid_back",
        "reship_withdrawn",
        "returning",
        "kept",
        "kept_late",
        "broken",
    ];
    let reasons: Vec<&str> = reasons.into_iter().chain(ErrandKind::ALL.map(ErrandKind::word)).collect();
    for language in [Language::French, Language::English] {
        let words = words(language);
        let bare: Vec<&str> = reasons
            .iter()
            .copied()
            .filter(|reason| {
                let key = reason.replace('_', "-");
                !["reason", "exception", "state", "milestone"]
                    .iter()
                    .any(|prefix| words.texts.has(language, &format!("{prefix}-{key}")))
            })
            .collect();
        assert_eq!(bare, Vec::<&str>::new(), "{language:?}");
    }
    assert_eq!(reason_words(&words(Language::French), "pickup"), "le colis attend au point de retrait");
    assert!(!reason_words(&words(Language::French), "attempt_failed_absent").contains("attempt"));
}
