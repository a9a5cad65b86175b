//! Connections: who asks, how it goes, what is heard of each source; and an imported past, which is told to nobody.

use kept_domain::message::Mode;
use kept_domain::promise::PromiseState;
use kept_engine::ports::{Given, PollError, Trouble};
use kept_engine::trial::{TrialAsked, TrialOutcome, Tried};
use kept_engine::views::PromiseFilter;
use kept_engine::{Delivery, Engine, Import, RecordOptions};
use kept_testkit::Installation;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn refused() -> PollError {
    PollError {
        source_name: "Someone".to_owned(),
        message: "the key was refused (401)".to_owned(),
        retry_after_seconds: None,
        trouble: Trouble::Key,
    }
}

#[test]
fn what_is_filled_in_is_kept_and_forgotten_and_how_it_goes_is_noted() {
    for installation in Installation::each().unwrap() {
        let engine = &installation.engine;
        let given: Given =
            [("url".to_owned(), "https://shop.example".to_owned()), ("key".to_owned(), "s3cret".to_owned())].into();
        engine.save_connection("woocommerce", &given).unwrap();
        let saved = engine.connections().unwrap();
        assert_eq!(
            saved.iter().map(|saved| (saved.source.as_str(), &saved.given)).collect::<Vec<_>>(),
            [("woocommerce", &given)]
        );
        assert!(!format!("{saved:?}").contains("s3cret"));

        engine.note_failed("woocommerce", &refused(), 300).unwrap();
        assert_eq!(engine.failing_connections().unwrap(), 1);
        let heard = engine.sources_heard().unwrap().remove("woocommerce").unwrap();
        let failed = heard.asking.unwrap().failed.unwrap();
        assert_eq!((failed.trouble, failed.said.as_str()), (Trouble::Key, "Someone answered: the key was refused (401)"));
        engine.clock().set(engine.now() + HOUR);
        engine.note_answered("woocommerce", 300).unwrap();
        assert_eq!(engine.failing_connections().unwrap(), 0, "it was overcome");

        engine.remove_connection("woocommerce").unwrap();
        assert!(engine.connections().unwrap().is_empty());
        assert!(engine.remove_connection("woocommerce").is_err(), "there is nothing to forget");
    }
}

#[test]
fn an_import_goes_on_from_where_it_was_and_another_takes_its_place() {
    for installation in Installation::each().unwrap() {
        let engine = &installation.engine;
        let from = engine.now() - 90 * DAY;
        engine.begin_import("shopify", from).unwrap();
        let begun = engine.import("shopify").unwrap().unwrap();
        engine.note_import("shopify", &begun, from + 10 * DAY, 50, false).unwrap();
        engine.note_import("shopify", &begun, from + 20 * DAY, 50, false).unwrap();
        let under_way = Import { at: from + 20 * DAY, orders: 100, ..begun };
        assert_eq!(engine.import("shopify").unwrap(), Some(under_way));
        engine.clock().set(engine.now() + HOUR);
        engine.begin_import("shopify", from).unwrap();
        engine.note_import("shopify", &begun, begun.to, 3, true).unwrap();
        let anew = engine.import("shopify").unwrap().unwrap();
        assert_eq!((anew.orders, anew.done_at), (0, None), "the one that was replaced notes nothing any more");
        engine.note_import("shopify", &anew, anew.to, 7, true).unwrap();
        assert_eq!(engine.import("shopify").unwrap().unwrap().done_at, Some(engine.now()));
        assert!(engine.begin_import("shopify", engine.now() + HOUR).is_err());
    }
}

#[test]
fn of_several_one_asks_until_it_is_gone() {
    for installation in Installation::each().unwrap() {
        let mut connection = installation.engine.database().connect().unwrap();
        assert!(connection.hold("asks:dhl", "one", 100, 200).unwrap());
        assert!(!connection.hold("asks:dhl", "other", 150, 300).unwrap());
        assert!(connection.hold("asks:dhl", "one", 160, 260).unwrap(), "it renews its lease");
        assert!(!connection.hold("asks:dhl", "other", 250, 300).unwrap());
        assert!(connection.hold("asks:dhl", "other", 261, 300).unwrap());
        assert!(!connection.hold("asks:dhl", "one", 270, 300).unwrap());
    }
}

fn deliver(engine: &Engine, number: i64, error: Option<&str>) {
    let delivery = Delivery {
        source: "aftership".to_owned(),
        id: number.to_string(),
        raw: b"{}".to_vec(),
        error: error.map(str::to_owned),
        trouble: error.map(|_| Trouble::NotData),
        unmapped: Vec::new(),
    };
    engine.record(Vec::new(), RecordOptions { delivery: Some(delivery), ..RecordOptions::default() }).unwrap();
}

#[test]
fn a_source_that_was_heard_every_hour_and_is_not_any_more_is_silent() {
    for installation in Installation::each().unwrap() {
        let engine = &installation.engine;
        let begin = engine.now();
        for number in 0..30 {
            engine.clock().set(begin + number * HOUR);
            deliver(engine, number, None);
        }
        let heard = |engine: &Engine| engine.sources_heard().unwrap().remove("aftership").unwrap();
        let now = heard(engine);
        assert_eq!((now.week, now.day, now.silent_beyond), (30, 25, None));
        engine.clock().set(begin + 29 * HOUR + 5 * HOUR);
        assert_eq!(heard(engine).silent_beyond, None, "nothing shorter than six hours is a silence");
        engine.clock().set(begin + 29 * HOUR + 3 * DAY);
        let silent = heard(engine);
        assert_eq!((silent.silent_beyond, silent.day, silent.week), (Some(HOUR), 0, 30));
        deliver(engine, 99, Some("what AfterShip sent is not JSON"));
        let (at, trouble, said) = heard(engine).last_error.unwrap();
        assert_eq!((at, trouble), (engine.now(), Some(Trouble::NotData)));
        assert_eq!(said, "what AfterShip sent is not JSON");
        assert_eq!(engine.quarantine().unwrap().first().unwrap().trouble, Some(Trouble::NotData));
    }
}

/// Tells an order of late August, today: it was promised for the 24th.
fn past_order(installation: &Installation, number: u32) {
    tell_now(
        installation,
        serde_json::json!({
            "kind": "order.placed", "order_number": format!("P{number}"), "at": "2026-08-20T09:00:00+02:00",
            "customer": { "reference": format!("C{number}"), "name": "Anne Perret", "email": format!("anne.{number}@example.org"), "city": "Brest", "language": "fr", "country": "FR" },
            "lines": [{ "sku": "VESTA", "quantity": 1 }], "promised_day": "2026-08-24", "destination_country": "FR"
        }),
    );
    tell_now(
        installation,
        serde_json::json!({
            "kind": "parcel.announced", "order_number": format!("P{number}"), "carrier": "dhl", "tracking_number": format!("T{number}"),
            "at": "2026-08-20T11:00:00+02:00"
        }),
    );
}

fn scan(installation: &Installation, number: u32, at: &str, milestone: &str) {
    tell_now(
        installation,
        serde_json::json!({
            "kind": "parcel.scanned", "tracking_number": format!("T{number}"), "carrier": "dhl", "code": milestone, "at": at, "offset": "known",
            "milestone": milestone
        }),
    );
}

/// The clock stays where it is: what happened long ago is told now.
fn tell_now(installation: &Installation, news: serde_json::Value) {
    let mut input: kept_domain::input::Input = serde_json::from_value(news).unwrap();
    "dhl".clone_into(&mut input.source);
    let recorded = installation.engine.record(vec![input], RecordOptions::default()).unwrap();
    assert_eq!(recorded.rejected, []);
}

fn states(engine: &Engine) -> Vec<PromiseState> {
    let filter = PromiseFilter { kind: Some("delivery".to_owned()), ..PromiseFilter::default() };
    engine.promises(&filter).unwrap().rows.iter().map(|line| line.promise.state).collect()
}

fn all_automatic(engine: &Engine) -> Vec<String> {
    let playbooks = engine.playbooks().unwrap();
    for playbook in &playbooks {
        engine.switch_playbook(&playbook.name, Mode::Automatic, "test").unwrap();
    }
    playbooks.into_iter().filter(|line| line.to_customer && line.errand.is_none()).map(|line| line.name).collect()
}

#[test]
fn an_imported_past_is_told_to_nobody_and_its_carriers_have_time_to_say_what_became_of_it() {
    for installation in Installation::each().unwrap() {
        let engine = &installation.engine;
        all_automatic(engine);
        past_order(&installation, 1);
        past_order(&installation, 2);
        installation.settle().unwrap();
        assert_eq!(states(engine), [PromiseState::Late, PromiseState::Late], "seventy days ago is not given up on the first day");
        scan(&installation, 1, "2026-08-23T10:00:00+02:00", "delivered");
        installation.settle().unwrap();
        assert!(states(engine).contains(&PromiseState::Kept), "{:?}", states(engine));
        installation.live_until("2026-12-03T12:00:00+01:00").unwrap();
        assert!(states(engine).contains(&PromiseState::Broken), "thirty days after it was heard of: {:?}", states(engine));
        assert_eq!(installation.mail.letters(), [], "what is long over is told to nobody");
    }
}

#[test]
fn what_is_noticed_in_time_is_told_as_ever() {
    let installation = Installation::sqlite().unwrap();
    all_automatic(&installation.engine);
    installation.sample_order().unwrap();
    installation.live_until("2026-11-10T12:00:00+01:00").unwrap();
    assert!(!installation.mail.letters().is_empty());
}

#[test]
fn after_an_outage_of_weeks_whoever_was_waiting_is_told() {
    for installation in Installation::each().unwrap() {
        all_automatic(&installation.engine);
        installation.sample_order().unwrap();
        installation.settle().unwrap();
        let before = installation.mail.letters().len();
        installation.advance_to("2026-11-25T12:00:00+01:00").unwrap();
        installation.settle().unwrap();
        let told: Vec<String> = installation.mail.letters().into_iter().skip(before).map(|letter| letter.subject).collect();
        assert!(!told.is_empty(), "{}: it was promised, it is weeks late, and nobody has said a word", installation.kind());
    }
}

#[test]
fn a_past_that_was_imported_is_relived_as_it_happened_and_nothing_is_written() {
    let installation = Installation::sqlite().unwrap();
    let engine = &installation.engine;
    let names = all_automatic(engine);
    for number in 1..=4 {
        past_order(&installation, number);
    }
    // The first came late, the second in time; of the third nobody says anything; the fourth is told backwards.
    scan(&installation, 1, "2026-08-21T10:00:00+02:00", "handed_over");
    scan(&installation, 1, "2026-08-22T10:00:00+02:00", "in_network");
    scan(&installation, 1, "2026-08-26T10:00:00+02:00", "delivered");
    scan(&installation, 2, "2026-08-21T10:00:00+02:00", "handed_over");
    scan(&installation, 2, "2026-08-22T10:00:00+02:00", "delivered");
    scan(&installation, 4, "2026-08-23T10:00:00+02:00", "delivered");
    scan(&installation, 4, "2026-08-21T10:00:00+02:00", "handed_over");
    installation.settle().unwrap();
    let before = engine.health().unwrap().facts;
    let now = engine.now();
    let asked = |what| TrialAsked { what, mode: Mode::Automatic, from: now - 90 * DAY, before: now };
    let whole = |asked: &TrialAsked| engine.trial(asked, |_| std::ops::ControlFlow::Continue(())).unwrap().unwrap();

    let learned = whole(&asked(Tried::InForce(names.clone())));
    assert_eq!(learned.counts.told_first.count, 0, "by the ledger all of it was noticed today");
    let relived = whole(&asked(Tried::Relived(names)));
    let played = relived.relived.unwrap();
    assert_eq!((played.orders, played.heard, played.with_day), (4, 3, 3));
    assert_eq!((relived.counts.late, relived.counts.told_first.count, relived.counts.needless.count), (1, 1, 0));
    let warned = relived.rows.iter().find(|row| row.outcome == TrialOutcome::ToldFirst).unwrap();
    let subject = engine.promise_subjects(&[warned.promise]).unwrap().remove(0).unwrap();
    assert_eq!(subject.order_number.as_deref(), Some("P1"), "rows speak of the promises that are here");
    // Twelve hours before its day is over, and decided within the minute.
    assert_eq!(warned.told_at.map(|at| kept_base::from_millis(at).unwrap().to_string()).as_deref(), Some("2026-08-24T10:01:00Z"));
    assert_eq!(engine.health().unwrap().facts, before, "nothing was written");
}
