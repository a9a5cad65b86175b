//! What a carrier itself declares lost: the customer hears it once, chooses, and hears as honestly when it was not lost.

use anyhow::{Context, Result};
use kept_base::PromiseId;
use kept_domain::Body;
use kept_domain::errand::ErrandState;
use kept_domain::message::Mode;
use kept_domain::promise::{PromiseState, SignalKind};
use kept_engine::Engine;
use kept_engine::ports::{ErrandKind, SendOutcome};
use kept_testkit::Installation;
use serde_json::{Value, json};

use super::errands::{Counter, chooses, errands, ordered};
use super::{announced, assert_sound, facts, order, parcel, promise};

fn scan(number: &str, at: &str, milestone: &str, place: Option<&str>) -> Value {
    let mut news = json!({ "kind": "parcel.scanned", "tracking_number": format!("6A{number}"), "carrier": "laposte", "code": milestone,
        "milestone": milestone, "at": at });
    if let Some(place) = place {
        news["location"] = json!(place);
    }
    news
}

fn lost(number: &str, at: &str) -> Value {
    let mut news = scan(number, at, "in_network", None);
    news["exception"] = json!("lost");
    news["code"] = json!("PB1");
    news
}

/// The carrier takes back what it declared on the 4th.
fn withdrawn(number: &str) -> Value {
    json!({ "kind": "parcel.scan_withdrawn", "tracking_number": format!("6A{number}"), "carrier": "laposte", "code": "PB1",
        "at": "2026-11-04T10:00:00+01:00" })
}

/// Declared lost on the 4th, in the midst of its way.
fn declared(installation: &Installation, number: &str) -> Result<PromiseId> {
    let delivery = ordered(installation, number)?;
    installation.tell(announced(number, &format!("6A{number}")))?;
    installation.tell(scan(number, "2026-11-03T06:00:00+01:00", "in_network", Some("Paris")))?;
    installation.tell(lost(number, "2026-11-04T10:00:00+01:00"))?;
    Ok(delivery)
}

/// Signals about a loss, with their reasons.
fn noticed(engine: &Engine) -> Result<Vec<(SignalKind, String)>> {
    let about = |kind| matches!(kind, SignalKind::Lost | SignalKind::DeclaredLost | SignalKind::FoundAgain);
    let found = facts(engine)?.into_iter().filter_map(|fact| match fact.body {
        Body::SignalRaised(signal) if about(signal.signal_kind) => Some((signal.signal_kind, signal.reason)),
        _ => None,
    });
    Ok(found.collect())
}

fn last_letter(installation: &Installation) -> Result<String> {
    Ok(installation.mail.letters().pop().context("a letter")?.text.replace('\u{a0}', " "))
}

fn offered(engine: &Engine, id: PromiseId) -> Result<Vec<&'static str>> {
    Ok(engine.promise(id)?.context("the promise")?.offers.choices.into_iter().map(|choice| choice.says).collect())
}

#[test]
fn a_new_parcel_that_nobody_has_sent_is_taken_back_when_the_first_is_found() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        engine.switch_playbook("send-again", Mode::Approve, "test")?;
        let delivery = declared(&installation, "9501")?;
        assert_eq!(promise(engine, delivery)?.state, PromiseState::Broken, "{kind}");
        assert_eq!(offered(engine, delivery)?, ["reship", "cancel"], "{kind}");
        installation.tell(chooses("9501", "reship", "2026-11-04T11:00:00+01:00"))?;
        // Said once more by the carrier, in other words: that is no news.
        let mut again = lost("9501", "2026-11-04T12:00:00+01:00");
        again["code"] = json!("PB1-2");
        installation.tell(again)?;
        assert_eq!(noticed(engine)?, [(SignalKind::DeclaredLost, "lost".to_owned())], "{kind}");

        // A message of the carrier's office names no place: nobody has seen the parcel.
        installation.tell(scan("9501", "2026-11-04T13:00:00+01:00", "in_network", None))?;
        assert_eq!(promise(engine, delivery)?.state, PromiseState::Broken, "{kind}");
        installation.tell(scan("9501", "2026-11-04T16:00:00+01:00", "in_network", Some("Lyon")))?;
        let seen = noticed(engine)?;
        assert_eq!(seen.last(), Some(&(SignalKind::FoundAgain, "reship_withdrawn".to_owned())), "{kind}");
        let states: Vec<_> = errands(engine, delivery)?.iter().map(|errand| (errand.kind, errand.state)).collect();
        assert_eq!(states, [(ErrandKind::Reshipment, ErrandState::Dropped)], "{kind}");
        assert!(super::errands::books(&counter).done.is_empty(), "{kind}: nothing was sent again");
        let letter = last_letter(&installation)?;
        assert!(letter.contains("est retrouvé") && letter.contains("ne partira pas"), "{kind}: {letter}");
        let owed = promise(engine, delivery)?;
        assert_eq!((owed.state, owed.outcome, owed.choice), (PromiseState::Open, None, None), "{kind}");

        // Lost once more, it can be chosen once more.
        installation.tell(lost("9501", "2026-11-04T18:00:00+01:00"))?;
        assert_eq!(noticed(engine)?.last(), Some(&(SignalKind::DeclaredLost, "lost".to_owned())), "{kind}");
        assert_eq!(offered(engine, delivery)?, ["reship", "cancel"], "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_new_parcel_that_was_sent_stands_and_so_does_the_verdict() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = declared(&installation, "9601")?;
        installation.tell(chooses("9601", "reship", "2026-11-04T11:00:00+01:00"))?;
        assert_eq!(super::errands::books(&counter).done.len(), 1, "{kind}");
        installation.tell(scan("9601", "2026-11-05T09:00:00+01:00", "out_for_delivery", Some("Brest")))?;
        assert_eq!(noticed(engine)?.last(), Some(&(SignalKind::FoundAgain, "reshipped".to_owned())), "{kind}");
        let letter = last_letter(&installation)?;
        assert!(letter.contains("Un nouvel envoi a déjà été demandé"), "{kind}: {letter}");
        installation.tell(scan("9601", "2026-11-05T11:00:00+01:00", "delivered", Some("Brest")))?;
        assert_eq!(promise(engine, delivery)?.state, PromiseState::Broken, "{kind}: it was given up and replaced");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_declaration_taken_back_too_late_changes_no_verdict() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let _counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = declared(&installation, "9651")?;
        installation.tell(chooses("9651", "reship", "2026-11-04T11:00:00+01:00"))?;
        installation.tell(withdrawn("9651"))?;
        assert_eq!(noticed(engine)?.last(), Some(&(SignalKind::FoundAgain, "reshipped".to_owned())), "{kind}");
        assert_eq!(promise(engine, delivery)?.state, PromiseState::Broken, "{kind}: it was given up and replaced");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_declaration_that_its_source_takes_back_is_no_loss() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = declared(&installation, "9701")?;
        installation.tell(withdrawn("9701"))?;
        assert_eq!(noticed(engine)?.last(), Some(&(SignalKind::FoundAgain, "seen_again".to_owned())), "{kind}");
        assert_eq!(promise(engine, delivery)?.state, PromiseState::Open, "{kind}");
        assert!(last_letter(&installation)?.contains("n’est donc plus vrai"), "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn what_is_told_late_of_a_loss_that_is_over_is_no_loss() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "9801")?;
        installation.tell(announced("9801", "6A9801"))?;
        installation.tell(scan("9801", "2026-11-04T09:00:00+01:00", "delivered", Some("Brest")))?;
        super::record(engine, vec![lost("9801", "2026-11-03T10:00:00+01:00")])?;
        installation.settle()?;
        assert_eq!((noticed(engine)?, promise(engine, delivery)?.state), (Vec::new(), PromiseState::Kept), "{kind}");
        assert!(installation.mail.letters().is_empty(), "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn what_was_taken_for_lost_and_comes_to_the_door_needs_one_word() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "9901")?;
        installation.tell(announced("9901", "6A9901"))?;
        installation.tell(scan("9901", "2026-11-03T06:00:00+01:00", "in_network", Some("Paris")))?;
        installation.advance_to("2026-11-10T12:00:00+01:00")?;
        let id = order(engine, "9901")?.1.parcels[0];
        assert!(parcel(engine, id)?.is_missing() && !parcel(engine, id)?.is_lost(), "{kind}");
        let before = installation.mail.letters().len();
        installation.tell(scan("9901", "2026-11-10T14:00:00+01:00", "delivered", Some("Brest")))?;
        let seen = noticed(engine)?;
        assert_eq!(seen.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [SignalKind::Lost, SignalKind::FoundAgain], "{kind}");
        let since: Vec<String> = installation.mail.letters().into_iter().skip(before).map(|letter| letter.subject).collect();
        assert_eq!(since.len(), 1, "{kind}: that it arrived: {since:?}");
        assert_eq!(promise(engine, delivery)?.state, PromiseState::Kept, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn what_is_taken_for_lost_is_expected_on_no_day() -> Result<()> {
    let estimated = |day: &str, said: &str| json!({ "kind": "parcel.estimated", "carrier": "laposte", "tracking_number": "6A9911", "expected_day": day, "at": said });
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "9911")?;
        installation.tell(announced("9911", "6A9911"))?;
        installation.tell(scan("9911", "2026-11-05T06:00:00+01:00", "in_network", Some("Paris")))?;
        installation.advance_to("2026-11-06T12:00:00+01:00")?;
        for day in 6..=9 {
            installation.tell(estimated(&format!("2026-11-{}", day + 4), &format!("2026-11-{day:02}T13:00:00+01:00")))?;
            installation.advance_to(&format!("2026-11-{:02}T13:00:00+01:00", day + 1))?;
        }
        let letters: Vec<_> = installation.mail.letters().into_iter().map(|letter| letter.text.replace('\u{a0}', " ")).collect();
        assert!(letters.iter().any(|text| text.contains("Nous pensons maintenant à jeudi 12 novembre")), "{kind}: {letters:?}");
        assert!(promise(engine, delivery)?.estimate.is_some(), "{kind}");

        // Its carrier's office goes on quoting days; nobody has seen the parcel.
        installation.advance_to("2026-11-13T12:00:00+01:00")?;
        assert_eq!(noticed(engine)?.last(), Some(&(SignalKind::Lost, "presumed_lost".to_owned())), "{kind}");
        assert_eq!(promise(engine, delivery)?.estimate, None, "{kind}");
        let before = installation.mail.letters().len();
        installation.tell(estimated("2026-11-20", "2026-11-13T12:00:00+01:00"))?;
        installation.advance_to("2026-11-16T12:00:00+01:00")?;
        let since: Vec<_> = installation.mail.letters().into_iter().skip(before).collect();
        assert!(since.iter().any(|letter| letter.text.contains("Nous tenons le colis pour perdu")), "{kind}: {since:?}");
        assert!(since.iter().all(|letter| !letter.text.contains("Nous pensons maintenant")), "{kind}: {since:?}");
        assert_eq!(promise(engine, delivery)?.estimate, None, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_letter_that_was_on_its_way_when_the_loss_was_seen_gives_no_day_back() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "9912")?;
        installation.tell(announced("9912", "6A9912"))?;
        installation.tell(scan("9912", "2026-11-05T06:00:00+01:00", "in_network", Some("Paris")))?;
        installation.advance_to("2026-11-06T12:00:00+01:00")?;
        let refused = SendOutcome::Retry { reason: "450 4.2.0 try again".to_owned() };
        for day in 6..=9 {
            if day == 8 {
                installation.mail.answer_with(Some(refused.clone()));
            }
            installation.tell(json!({ "kind": "parcel.estimated", "carrier": "laposte", "tracking_number": "6A9912",
                "expected_day": format!("2026-11-{}", day + 4), "at": format!("2026-11-{day:02}T13:00:00+01:00") }))?;
            installation.advance_to(&format!("2026-11-{:02}T13:00:00+01:00", day + 1))?;
        }
        installation.advance_to("2026-11-13T12:00:00+01:00")?;
        assert_eq!(noticed(engine)?.last(), Some(&(SignalKind::Lost, "presumed_lost".to_owned())), "{kind}");

        let before = installation.mail.letters().len();
        installation.mail.answer_with(None);
        for hour in [13, 18] {
            installation.advance_to(&format!("2026-11-13T{hour}:00:00+01:00"))?;
        }
        let since: Vec<_> = installation.mail.letters().into_iter().skip(before).map(|letter| letter.text).collect();
        assert!(
            since.iter().any(|text| text.contains("Nous pensons maintenant")),
            "{kind}: what was written before leaves: {since:?}"
        );
        assert_eq!(promise(engine, delivery)?.estimate, None, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn what_came_back_says_nothing_of_the_other_parcels_day() -> Result<()> {
    let told = |kind: &str, tracking: &str, mut more: Value| {
        more["kind"] = json!(kind);
        more["carrier"] = json!("laposte");
        more["tracking_number"] = json!(tracking);
        more
    };
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        let line = |sku: &str| json!({ "sku": sku, "title": sku, "price": { "minor": 4_000, "currency": "EUR" } });
        installation.tell(
            json!({ "kind": "order.placed", "source": "woocommerce", "order_number": "9921", "at": "2026-11-02T09:00:00+01:00",
            "customer": { "reference": "C-9921", "email": "9921@example.org", "language": "fr", "country": "FR" },
            "lines": [line("LAMP"), line("SHADE")], "promised_day": "2026-11-06" }),
        )?;
        for sku in ["LAMP", "SHADE"] {
            let tracking = format!("6A9921{sku}");
            installation.tell(told(
                "parcel.announced",
                &tracking,
                json!({ "order_number": "9921", "skus": [sku], "at": "2026-11-02T16:00:00+01:00" }),
            ))?;
            installation.tell(told(
                "parcel.scanned",
                &tracking,
                json!({ "code": "X", "milestone": "in_network", "at": "2026-11-03T06:00:00+01:00" }),
            ))?;
        }
        installation.tell(told(
            "parcel.scanned",
            "6A9921LAMP",
            json!({ "code": "R", "milestone": "returned", "at": "2026-11-05T10:00:00+01:00" }),
        ))?;
        let delivery = order(engine, "9921")?.1.delivery.context("the delivery promise")?;
        assert!(promise(engine, delivery)?.state.is_open(), "{kind}: the other parcel is owed");
        for day in 6..=8 {
            installation.tell(told(
                "parcel.scanned",
                "6A9921SHADE",
                json!({ "code": format!("X{day}"), "milestone": "in_network", "at": format!("2026-11-{day:02}T06:00:00+01:00") }),
            ))?;
            let said = format!("2026-11-{day:02}T07:00:00+01:00");
            installation.tell(told(
                "parcel.estimated",
                "6A9921SHADE",
                json!({ "expected_day": format!("2026-11-{}", day + 6), "at": said }),
            ))?;
            installation.advance_to(&format!("2026-11-{:02}T05:00:00+01:00", day + 1))?;
        }
        let letters: Vec<_> = installation.mail.letters().into_iter().map(|letter| letter.text).collect();
        assert!(promise(engine, delivery)?.estimate.is_some(), "{kind}: {letters:?}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}
