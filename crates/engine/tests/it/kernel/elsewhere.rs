//! Another address, a pick-up point, another day: what the customer wishes is changed in the shop while nothing has left, or told by a person.

use anyhow::{Context, Result};
use kept_base::PromiseId;
use kept_domain::Body;
use kept_domain::errand::{DeliveryAddress, ErrandState};
use kept_domain::message::Mode;
use kept_domain::promise::PromiseState;
use kept_engine::ports::{Act, ErrandKind};
use kept_engine::{Engine, EngineError};
use kept_testkit::Installation;
use serde_json::{Value, json};

use super::errands::{Answer, Counter, books, errands, only, ordered, templates};
use super::{assert_sound, facts, promise};

fn moves(number: &str, street: &str, at: &str) -> Value {
    json!({ "kind": "customer.answered", "order_number": number, "at": at, "answer": { "says": "new_address", "address": {
        "last_name": "Anne Perret", "street": street, "postal": "29200", "city": "Brest", "country": "FR" } } })
}

fn scanned(number: &str, milestone: &str, exception: Option<&str>, at: &str) -> Value {
    json!({ "kind": "parcel.scanned", "tracking_number": format!("6A{number}"), "carrier": "laposte", "code": format!("X{at}"),
        "milestone": milestone, "exception": exception, "at": at })
}

fn announced(number: &str) -> Value {
    json!({ "kind": "parcel.announced", "order_number": number, "carrier": "laposte", "tracking_number": format!("6A{number}"),
        "at": "2026-11-02T16:00:00+01:00" })
}

fn offered(engine: &Engine, id: PromiseId) -> Result<Vec<&'static str>> {
    Ok(engine.promise(id)?.context("the promise")?.offers.choices.into_iter().map(|choice| choice.says).collect())
}

fn streets(acts: impl Iterator<Item = Act>) -> Vec<String> {
    acts.filter_map(|act| match act {
        Act::AddressChange { address: DeliveryAddress { street, .. }, .. } => Some(street),
        _ => None,
    })
    .collect()
}

#[test]
fn another_address_is_changed_in_the_shop_confirmed_and_moves_no_due() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "8001")?;
        let before = promise(engine, delivery)?;
        let choices = offered(engine, delivery)?;
        assert!(choices.contains(&"new_address") && choices.contains(&"pickup_point"), "{kind}: {choices:?}");

        installation.tell(moves("8001", "8 rue Haute", "2026-11-03T10:00:00+01:00"))?;
        let changed = only(engine, delivery)?;
        assert_eq!(
            (changed.kind, changed.state, changed.by.as_str()),
            (ErrandKind::AddressChange, ErrandState::Done, "customer"),
            "{kind}"
        );
        assert_eq!(streets(books(&counter).done.values().cloned()), ["8 rue Haute"], "{kind}");
        let after = promise(engine, delivery)?;
        assert_eq!((after.due, after.first_due), (before.due, before.first_due), "{kind}: what was promised stands");
        assert_eq!(
            (after.state, after.amended, after.choice.as_deref()),
            (PromiseState::Open, false, Some("new_address")),
            "{kind}"
        );
        assert_eq!(templates(&installation), ["L’adresse de votre commande 8001 est changée"], "{kind}");

        // The same again is nothing new; another one is another errand, and so is a pick-up point, which stands where a firm would.
        installation.tell(moves("8001", "8 rue Haute", "2026-11-03T10:01:00+01:00"))?;
        assert_eq!(errands(engine, delivery)?.len(), 1, "{kind}");
        installation.tell(moves("8001", "9 rue Haute", "2026-11-03T10:02:00+01:00"))?;
        installation.tell(json!({ "kind": "customer.answered", "order_number": "8001", "at": "2026-11-03T10:03:00+01:00", "noted_by": "Karim",
            "answer": { "says": "pickup_point", "name": "Tabac du Port", "address": {
                "last_name": "Anne Perret", "street": "1 quai de la Douane", "postal": "29200", "city": "Brest", "country": "FR" } } }))?;
        assert_eq!(errands(engine, delivery)?.len(), 3, "{kind}");
        let acts: Vec<Act> = books(&counter).done.values().cloned().collect();
        assert!(
            acts.iter().any(
                |act| matches!(act, Act::AddressChange { address, .. } if address.company.as_deref() == Some("Tabac du Port"))
            ),
            "{kind}: {acts:?}"
        );
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn what_waits_is_replaced_by_a_newer_wish() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Approve)?;
        let delivery = ordered(&installation, "8101")?;
        installation.tell(moves("8101", "8 rue Haute", "2026-11-03T10:00:00+01:00"))?;
        installation.tell(moves("8101", "9 rue Haute", "2026-11-03T10:01:00+01:00"))?;
        let all = errands(engine, delivery)?;
        let states: Vec<_> = all.iter().map(|errand| (errand.state, errand.handled_by.as_deref())).collect();
        assert_eq!(states, [(ErrandState::Dropped, Some("customer")), (ErrandState::Waiting, None)], "{kind}");
        assert_eq!(engine.today()?.errands.total, 1, "{kind}: one wish, not two");
        engine.handle_errand(all[1].id, ErrandState::Queued, "Ada", "", None)?;
        installation.settle()?;
        assert_eq!(streets(books(&counter).done.values().cloned()), ["9 rue Haute"], "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn once_a_parcel_has_left_a_person_tells_the_carrier() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "8201")?;
        installation.tell(announced("8201"))?;
        installation.tell(scanned("8201", "handed_over", None, "2026-11-02T18:00:00+01:00"))?;
        assert!(!offered(engine, delivery)?.contains(&"new_address"), "{kind}: it would reach nobody");
        installation.tell(scanned("8201", "out_for_delivery", Some("address_problem"), "2026-11-03T09:00:00+01:00"))?;
        let choices = offered(engine, delivery)?;
        assert!(choices.contains(&"new_address") && !choices.contains(&"pickup_point"), "{kind}: {choices:?}");
        let asks =
            installation.mail.letters().into_iter().find(|letter| letter.subject.contains("adresse exacte")).context("asked")?;
        assert!(asks.text.contains("Livrer à une autre adresse"), "{kind}: {}", asks.text);

        installation.tell(moves("8201", "8 bis rue Haute", "2026-11-03T10:00:00+01:00"))?;
        let waiting = only(engine, delivery)?;
        assert_eq!((waiting.state, waiting.reason.as_deref()), (ErrandState::Waiting, Some("left-already")), "{kind}");
        assert!(!engine.today()?.errands.rows[0].offered, "{kind}");
        let released = engine.handle_errand(waiting.id, ErrandState::Queued, "Ada", "", None);
        assert!(matches!(released, Err(EngineError::Invalid(_))), "{kind}: the shop cannot tell a carrier: {released:?}");
        engine.handle_errand(waiting.id, ErrandState::Done, "Ada", "told La Poste on the phone", None)?;
        installation.settle()?;
        assert!(books(&counter).done.is_empty(), "{kind}");
        let subjects = templates(&installation);
        assert!(subjects.iter().any(|subject| subject == "L’adresse de votre commande 8201 est changée"), "{kind}: {subjects:?}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_label_that_is_made_holds_it_for_a_person_and_a_parcel_that_leaves_meanwhile_is_not_led_elsewhere() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let (made, left) = (ordered(&installation, "8301")?, ordered(&installation, "8302")?);
        for number in ["8301", "8302"] {
            installation.tell(announced(number))?;
            installation.tell(moves(number, "8 rue Haute", "2026-11-03T10:00:00+01:00"))?;
        }
        assert_eq!(only(engine, made)?.reason.as_deref(), Some("label-made"), "{kind}");
        installation.tell(scanned("8302", "handed_over", None, "2026-11-03T11:00:00+01:00"))?;
        for promise in [made, left] {
            engine.handle_errand(only(engine, promise)?.id, ErrandState::Queued, "Ada", "", None)?;
        }
        installation.settle()?;
        assert_eq!(only(engine, made)?.state, ErrandState::Done, "{kind}");
        let refused = only(engine, left)?;
        assert_eq!(
            (refused.state, refused.said.as_deref()),
            (ErrandState::Refused, Some("a parcel has left: tell its carrier")),
            "{kind}"
        );
        assert_eq!(books(&counter).done.len(), 1, "{kind}");
        let subjects = templates(&installation);
        assert!(
            subjects.iter().any(|subject| subject.starts_with("Votre demande pour la commande 8302")),
            "{kind}: {subjects:?}"
        );
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn while_one_address_is_being_changed_the_next_waits_for_a_person() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "8401")?;
        books(&counter).next = vec![Answer::Away];
        installation.tell(moves("8401", "8 rue Haute", "2026-11-03T10:00:00+01:00"))?;
        installation.tell(moves("8401", "9 rue Haute", "2026-11-03T10:00:05+01:00"))?;
        let all = errands(engine, delivery)?;
        assert_eq!((all[0].state, all[1].state), (ErrandState::Retry, ErrandState::Waiting), "{kind}");
        assert_eq!(all[1].reason.as_deref(), Some("under-way"), "{kind}: or the older one might be done last");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn an_address_that_cannot_be_is_refused_with_words_and_leaves_nothing() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        let delivery = ordered(&installation, "8501")?;
        let wrong = |change: fn(&mut Value)| {
            let mut news = moves("8501", "8 rue Haute", "2026-11-03T10:00:00+01:00");
            change(&mut news["answer"]["address"]);
            news
        };
        let cases: [(Value, &str); 3] = [
            (wrong(|address| address["postal"] = json!("2920")), "no postal code of FR; one looks like 75011"),
            (wrong(|address| address["country"] = json!("BE")), "the order goes to FR"),
            (wrong(|address| address["street"] = json!("a\nb")), "one line"),
        ];
        for (news, words) in cases {
            let said = super::record(engine, vec![news])?.rejected;
            assert!(said.iter().any(|(_, why)| why.contains(words)), "{kind}: {said:?} lacks {words}");
        }
        assert!(errands(engine, delivery)?.is_empty() && promise(engine, delivery)?.choice.is_none(), "{kind}");
        drop(counter);
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_shop_that_cannot_change_it_and_a_country_with_states_offer_no_form() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let delivery = ordered(&installation, "8601")?;
        assert!(!offered(engine, delivery)?.contains(&"new_address"), "{kind}: no way out");
        Counter::open(engine);
        assert!(offered(engine, delivery)?.contains(&"new_address"), "{kind}");
        installation.tell(json!({
            "kind": "order.placed", "source": "woocommerce", "order_number": "8602", "at": "2026-11-02T09:00:00+01:00",
            "customer": { "reference": "C-8602", "email": "8602@example.org", "language": "en", "country": "US" }, "destination_country": "US",
            "lines": [{ "sku": "VESTA" }], "promised_day": "2026-11-20"
        }))?;
        let american = super::order(engine, "8602")?.1.delivery.context("a promise")?;
        let choices = offered(engine, american)?;
        assert!(!choices.contains(&"new_address"), "{kind}: the form asks for no state: {choices:?}");
    }
    Ok(())
}

#[test]
fn an_erased_person_leaves_no_address() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        Counter::open(engine);
        installation.switch_all(Mode::Approve)?;
        let delivery = ordered(&installation, "8701")?;
        installation.tell(moves("8701", "8 rue Haute", "2026-11-03T10:00:00+01:00"))?;
        let answered = |engine: &Engine| -> Result<kept_base::SealedId> {
            let said = facts(engine)?.into_iter().find_map(|fact| match fact.body {
                Body::CustomerAnswered(answered) => answered.text,
                _ => None,
            });
            Ok(said.context("the sealed address")?.id)
        };
        let sealed = answered(engine)?;
        let bytes = engine.database().connect()?.open_sealed(sealed)?.context("it is there")?;
        assert!(String::from_utf8(bytes)?.contains("rue Haute"), "{kind}");
        engine.erase_customer(promise(engine, delivery)?.customer.context("the customer")?, "Ada")?;
        assert_eq!(engine.database().connect()?.open_sealed(sealed)?, None, "{kind}");
        assert_eq!(engine.promise(delivery)?.context("it")?.errands[0].act, None, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

fn wishes_day(number: &str, day: &str, at: &str) -> Value {
    json!({ "kind": "customer.answered", "order_number": number, "at": at, "answer": { "says": "another_day", "day": day } })
}

/// The errands about the day: what is asked, and how it stands.
fn days(engine: &Engine, id: PromiseId) -> Result<Vec<(String, ErrandState)>> {
    let lines = engine.promise(id)?.context("the promise")?.errands.into_iter();
    let day = |act: Option<Act>| match act {
        Some(Act::DeliveryDay { day, .. }) => Some(day.to_string()),
        _ => None,
    };
    Ok(lines.filter_map(|line| day(line.act).map(|day| (day, line.errand.state))).collect())
}

#[test]
fn another_day_is_told_to_the_carrier_by_a_person_once_and_noted_on_the_order() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "8801")?;
        installation.tell(wishes_day("8801", "2026-11-24", "2026-11-03T10:00:00+01:00"))?;
        assert_eq!(days(engine, delivery)?, [("2026-11-24".to_owned(), ErrandState::Waiting)], "{kind}");
        let notes: Vec<Act> = books(&counter).done.values().cloned().collect();
        assert!(
            matches!(&notes[..], [Act::Note { text, .. }] if text == "Le client souhaite être livré mardi 24 novembre."),
            "{kind}: {notes:?}"
        );
        let today = engine.today()?.errands;
        assert_eq!(
            (today.total, today.rows[0].offered, today.rows[0].errand.reason.as_deref()),
            (1, false, Some("no-way-out")),
            "{kind}"
        );
        assert!(promise(engine, delivery)?.amended, "{kind}");

        // The same day again is nothing new; another one takes the place of what nobody has told yet.
        installation.tell(wishes_day("8801", "2026-11-24", "2026-11-03T10:01:00+01:00"))?;
        assert_eq!(engine.today()?.errands.total, 1, "{kind}");
        installation.tell(wishes_day("8801", "2026-11-25", "2026-11-03T10:02:00+01:00"))?;
        let open: Vec<_> = days(engine, delivery)?.into_iter().filter(|(_, state)| *state != ErrandState::Dropped).collect();
        assert_eq!(open, [("2026-11-25".to_owned(), ErrandState::Waiting)], "{kind}");

        let waiting = engine.today()?.errands.rows[0].errand.id;
        let released = engine.handle_errand(waiting, ErrandState::Queued, "Ada", "", None);
        assert!(matches!(released, Err(EngineError::Invalid(_))), "{kind}: {released:?}");
        engine.handle_errand(waiting, ErrandState::Done, "Ada", "told La Poste", None)?;
        installation.settle()?;
        assert_eq!(engine.today()?.errands.total, 0, "{kind}");
        assert!(installation.mail.letters().is_empty(), "{kind}: their page says it");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_note_of_a_day_that_waits_goes_with_it() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        Counter::open(engine);
        installation.switch_all(Mode::Approve)?;
        let delivery = ordered(&installation, "8951")?;
        for (day, at) in [("2026-11-24", "2026-11-03T10:00:00+01:00"), ("2026-11-25", "2026-11-03T10:01:00+01:00")] {
            installation.tell(wishes_day("8951", day, at))?;
            let waiting: Vec<_> = engine.today()?.errands.rows.into_iter().map(|line| line.errand.kind).collect();
            assert_eq!(waiting.len(), 2, "{kind}: the day, and a note of it: {waiting:?}");
        }
        let note = Act::Note { order_number: "8951".to_owned(), text: "call her".to_owned() };
        engine.ask_errand(delivery, &note, "Ada", None)?;
        installation.tell(announced("8951"))?;
        installation.tell(scanned("8951", "delivered", None, "2026-11-04T10:00:00+01:00"))?;
        assert_eq!(engine.today()?.errands.total, 0, "{kind}");
        let done = errands(engine, delivery)?.into_iter().filter(|errand| errand.state == ErrandState::Done).count();
        assert_eq!(done, 1, "{kind}: what a person asked for is theirs");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_wish_that_nobody_passed_on_disappears_when_the_parcel_is_there() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let delivery = ordered(&installation, "8901")?;
        installation.tell(wishes_day("8901", "2026-11-24", "2026-11-03T10:00:00+01:00"))?;
        assert_eq!(
            days(engine, delivery)?,
            [("2026-11-24".to_owned(), ErrandState::Waiting)],
            "{kind}: whatever the switch says"
        );
        assert_eq!(engine.today()?.errands.total, 1, "{kind}");
        // On the phone it is the same, and no signal: it has reached a person.
        let phoned = ordered(&installation, "8902")?;
        let mut news = wishes_day("8902", "2026-11-24", "2026-11-03T10:00:00+01:00");
        news["noted_by"] = json!("Karim");
        installation.tell(news)?;
        assert_eq!(days(engine, phoned)?, [("2026-11-24".to_owned(), ErrandState::Waiting)], "{kind}");
        assert!(promise(engine, phoned)?.signals.is_empty(), "{kind}");
        installation.tell(announced("8901"))?;
        installation.tell(scanned("8901", "delivered", None, "2026-11-04T10:00:00+01:00"))?;
        assert!(promise(engine, delivery)?.outcome.is_some(), "{kind}");
        let all = engine.promise(delivery)?.context("it")?.errands;
        let dropped = all.iter().map(|line| (line.errand.state, line.errand.handled_by.as_deref())).collect::<Vec<_>>();
        assert_eq!(dropped, [(ErrandState::Dropped, Some("rule"))], "{kind}");
        assert_eq!(engine.today()?.errands.total, 1, "{kind}: the one by phone");
        assert_sound(engine, kind)?;
    }
    Ok(())
}
