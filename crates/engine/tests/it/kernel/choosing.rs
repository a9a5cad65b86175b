//! What may be chosen: the same in a letter and on the page, and still there when a carrier has lost what was promised.

use anyhow::{Context, Result};
use kept_base::PromiseId;
use kept_domain::errand::ErrandState;
use kept_domain::message::Mode;
use kept_domain::promise::PromiseState;
use kept_engine::Engine;
use kept_engine::ports::{Act, ErrandKind};
use kept_engine::views::Choice;
use kept_testkit::Installation;
use serde_json::{Value, json};

use super::errands::{Counter, books, chooses, errands, only, refund, templates};
use super::{assert_sound, order, promise};

/// Two things in two parcels, 129 € and 40 €, of which the first is lost and the second delivered.
fn half_lost(installation: &Installation, number: &str) -> Result<PromiseId> {
    let line = |sku: &str, minor: i64| json!({ "sku": sku, "title": sku, "price": { "minor": minor, "currency": "EUR" } });
    installation.tell(json!({
        "kind": "order.placed", "source": "woocommerce", "order_number": number, "at": "2026-11-02T09:00:00+01:00",
        "customer": { "reference": format!("C-{number}"), "email": format!("{number}@example.org"), "language": "fr", "country": "FR" },
        "lines": [line("LAMP", 12_900), line("SHADE", 4_000)], "delivery_fee": { "minor": 990, "currency": "EUR" },
        "promised_day": "2026-11-20"
    }))?;
    for (sku, milestone, exception) in [("LAMP", "in_network", Some("lost")), ("SHADE", "delivered", None)] {
        let tracking = format!("6A{number}{sku}");
        installation.tell(json!({ "kind": "parcel.announced", "order_number": number, "carrier": "laposte", "skus": [sku],
            "tracking_number": tracking, "at": "2026-11-02T16:00:00+01:00" }))?;
        installation.tell(json!({ "kind": "parcel.scanned", "tracking_number": tracking, "carrier": "laposte", "code": "X",
            "milestone": milestone, "exception": exception, "at": "2026-11-05T10:00:00+01:00" }))?;
    }
    order(&installation.engine, number)?.1.delivery.context("the delivery promise")
}

fn offered(engine: &Engine, id: PromiseId) -> Result<Vec<Choice>> {
    Ok(engine.promise(id)?.context("the promise")?.offers.choices)
}

fn rejected(engine: &Engine, news: Value) -> Result<String> {
    let said = super::record(engine, vec![news])?.rejected;
    Ok(said.into_iter().map(|(_, why)| why).collect())
}

#[test]
fn what_a_carrier_lost_is_paid_back_when_the_customer_chooses_so() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = half_lost(&installation, "9201")?;
        assert_eq!(promise(engine, delivery)?.state, PromiseState::Broken, "{kind}");
        let choices = offered(engine, delivery)?;
        let said: Vec<_> = choices.iter().map(|choice| (choice.says, choice.amount.map(|amount| amount.minor))).collect();
        assert_eq!(said, [("reship", None), ("cancel", Some(12_900))], "{kind}: what is lost, and no more");

        installation.tell(chooses("9201", "cancel", "2026-11-06T10:00:00+01:00"))?;
        let owed = refund(engine, "9201")?;
        assert_eq!(owed.amount.map(|amount| amount.minor), Some(12_900), "{kind}: it is owed without a yes of the shop");
        let paying = only(engine, owed.id)?;
        assert_eq!((paying.kind, paying.state), (ErrandKind::Refund, ErrandState::Done), "{kind}");
        assert!(
            errands(engine, delivery)?.is_empty(),
            "{kind}: nothing of the order is cancelled in the shop: half of it arrived"
        );
        assert_eq!(promise(engine, delivery)?.state, PromiseState::Broken, "{kind}: no choice makes it kept");
        assert!(offered(engine, delivery)?.is_empty(), "{kind}: one of the two");

        // Whoever asks all the same for a new parcel gets none: it was paid back.
        installation.tell(chooses("9201", "reship", "2026-11-06T11:00:00+01:00"))?;
        assert!(errands(engine, delivery)?.is_empty(), "{kind}");
        assert_eq!(books(&counter).done.len(), 1, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn what_a_carrier_lost_is_sent_again_and_nothing_else_is() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = half_lost(&installation, "9301")?;
        installation.tell(chooses("9301", "reship", "2026-11-06T10:00:00+01:00"))?;
        let again = only(engine, delivery)?;
        assert_eq!((again.kind, again.state), (ErrandKind::Reshipment, ErrandState::Done), "{kind}");
        let acts: Vec<Act> = books(&counter).done.values().cloned().collect();
        assert!(matches!(&acts[..], [Act::Reshipment { skus, .. }] if skus == &["LAMP".to_owned()]), "{kind}: {acts:?}");
        assert_eq!(
            templates(&installation).last().map(String::as_str),
            Some("Nous vous renvoyons votre commande 9301"),
            "{kind}"
        );
        assert!(offered(engine, delivery)?.is_empty(), "{kind}");
        let why = rejected(engine, chooses("9301", "cancel", "2026-11-06T11:00:00+01:00"))?;
        assert!(why.contains("chose the other already"), "{kind}: {why}");
        assert_eq!(order(engine, "9301")?.1.refund, None, "{kind}: not both");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_letter_offers_what_the_page_offers() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        let ids: Vec<PromiseId> =
            ["9401", "9402"].into_iter().map(|number| super::errands::ordered(&installation, number)).collect::<Result<_>>()?;
        for (number, milestone, exception) in
            [("9401", "out_for_delivery", Some("attempt_failed_absent")), ("9402", "returning", None)]
        {
            installation.tell(json!({ "kind": "parcel.announced", "order_number": number, "carrier": "laposte",
                "tracking_number": format!("6A{number}"), "at": "2026-11-02T16:00:00+01:00" }))?;
            installation
                .tell(json!({ "kind": "parcel.scanned", "tracking_number": format!("6A{number}"), "carrier": "laposte",
                "code": "X", "milestone": milestone, "exception": exception, "at": "2026-11-03T10:00:00+01:00" }))?;
            let letter = installation.mail.letters().pop().context("a letter")?;
            let page = engine.promise(ids[usize::from(number == "9402")])?.context("the promise")?.offers.choices;
            let links: Vec<&str> = letter.text.split("?choice=").skip(1).filter_map(|rest| rest.split('#').next()).collect();
            assert!(!links.is_empty(), "{kind}: {}", letter.text);
            for says in links {
                assert!(page.iter().any(|choice| choice.says == says), "{kind}: {says} is not on the page: {page:?}");
            }
            // No shop is there: a person looks first, and a letter says so as the page does.
            assert!(!letter.text.contains("choice=reship"), "{kind}: no shop sends it again");
            assert!(
                !letter.text.contains("choice=cancel") || letter.text.contains("(une personne vérifie d’abord)"),
                "{kind}: {}",
                letter.text
            );
        }
        assert_sound(engine, kind)?;
    }
    Ok(())
}
