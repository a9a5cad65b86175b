//! What is to be done in a shop is done there once, by whoever holds it, and everybody hears what became of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use crossbeam_channel::{Receiver, Sender, bounded};
use kept_base::PromiseId;
use kept_domain::Body;
use kept_domain::errand::{Errand, ErrandState};
use kept_domain::message::Mode;
use kept_domain::promise::{Promise, PromiseState};
use kept_engine::ports::{Act, ErrandKind, ErrandOutcome, Shop};
use kept_engine::{Engine, EngineError};
use kept_testkit::{Installation, at};
use serde_json::{Value, json};

use super::{assert_sound, count, facts, order, promise, second};

/// A shop as it is over there: it knows by its key what it did, whoever asks.
#[derive(Default)]
pub(super) struct Books {
    pub(super) done: BTreeMap<String, Act>,
    /// How it answers the next requests that act; then it does what it is asked.
    pub(super) next: Vec<Answer>,
    refused: Vec<String>,
    asked: u32,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Answer {
    /// It will not.
    Refuses,
    /// It is away.
    Away,
    /// It does it, and its answer is lost.
    DoesAndIsLost,
}

/// A way out to those books.
pub(super) struct Counter {
    books: Arc<Mutex<Books>>,
    offers: Vec<ErrandKind>,
    pause: Option<(bool, Sender<()>, Receiver<()>)>,
}

pub(super) fn books(counter: &Arc<Mutex<Books>>) -> MutexGuard<'_, Books> {
    counter.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Counter {
    pub(super) fn open(engine: &Engine) -> Arc<Mutex<Books>> {
        let kept = Arc::new(Mutex::new(Books::default()));
        Counter::open_on(engine, &kept, None);
        kept
    }

    fn open_on(engine: &Engine, kept: &Arc<Mutex<Books>>, pause: Option<(bool, Sender<()>, Receiver<()>)>) {
        let offers = vec![
            ErrandKind::Note,
            ErrandKind::CancelOrder,
            ErrandKind::Refund,
            ErrandKind::Reshipment,
            ErrandKind::AddressChange,
        ];
        engine.set_shops(vec![Arc::new(Counter { books: Arc::clone(kept), offers, pause })]);
    }

    fn stand_still(&self, here: bool) {
        if let Some((_, reached, go)) = self.pause.as_ref().filter(|(after, ..)| *after == here) {
            reached.send(()).expect("the test listens");
            go.recv().expect("the test lets go");
        }
    }
}

impl Shop for Counter {
    fn source(&self) -> &'static str {
        "woocommerce"
    }

    fn offers(&self, kind: ErrandKind) -> bool {
        self.offers.contains(&kind)
    }

    fn carry_out(&self, act: &Act, key: &str, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> ErrandOutcome {
        books(&self.books).asked += 1;
        if books(&self.books).done.contains_key(key) {
            return ErrandOutcome::Done { reference: format!("found-{key}") };
        }
        self.stand_still(false);
        if let Err(reason) = in_doubt() {
            books(&self.books).refused.push(reason.clone());
            return ErrandOutcome::Retry { reason, after_seconds: 10 };
        }
        self.stand_still(true);
        let mut books = books(&self.books);
        let answer = if books.next.is_empty() { None } else { Some(books.next.remove(0)) };
        match answer {
            Some(Answer::Refuses) => return ErrandOutcome::Refused { reason: "it is completed already".to_owned() },
            Some(Answer::Away) => return ErrandOutcome::Retry { reason: "503".to_owned(), after_seconds: 30 },
            _ => {}
        }
        let before = books.done.insert(key.to_owned(), act.clone());
        assert!(before.is_none(), "done twice for {key}");
        match answer {
            Some(Answer::DoesAndIsLost) => ErrandOutcome::Unknown { reason: "no answer".to_owned() },
            _ => ErrandOutcome::Done { reference: "made-1".to_owned() },
        }
    }
}

/// An order from the shop, 129 € and 9.90 € for its delivery, of which nothing has left; its delivery promise.
pub(super) fn ordered(installation: &Installation, number: &str) -> Result<PromiseId> {
    installation.tell(json!({
        "kind": "order.placed", "source": "woocommerce", "order_number": number, "at": "2026-11-02T09:00:00+01:00",
        "customer": { "reference": format!("C-{number}"), "name": "Anne Perret", "email": format!("{number}@example.org"), "language": "fr", "country": "FR" },
        "lines": [{ "sku": "VESTA", "title": "Lampe Vesta", "quantity": 1, "price": { "minor": 12900, "currency": "EUR" } }],
        "delivery_fee": { "minor": 990, "currency": "EUR" }, "promised_day": "2026-11-20"
    }))?;
    order(&installation.engine, number)?.1.delivery.context("the delivery promise")
}

pub(super) fn chooses(number: &str, says: &str, at: &str) -> Value {
    json!({ "kind": "customer.answered", "order_number": number, "at": at, "answer": { "says": says } })
}

pub(super) fn errands(engine: &Engine, promise: PromiseId) -> Result<Vec<Errand>> {
    Ok(engine.promise(promise)?.context("the promise")?.errands.into_iter().map(|line| line.errand).collect())
}

pub(super) fn only(engine: &Engine, promise: PromiseId) -> Result<Errand> {
    let mut found = errands(engine, promise)?;
    assert_eq!(found.len(), 1, "one errand: {found:?}");
    found.pop().context("an errand")
}

pub(super) fn refund(engine: &Engine, number: &str) -> Result<Promise> {
    promise(engine, order(engine, number)?.1.refund.context("the refund promise")?)
}

pub(super) fn templates(installation: &Installation) -> Vec<String> {
    installation.mail.letters().iter().map(|letter| letter.subject.clone()).collect()
}

#[test]
fn what_a_customer_chooses_is_done_in_the_shop_and_confirmed_and_what_they_paid_comes_back() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "7001")?;
        installation.tell(chooses("7001", "cancel", "2026-11-03T10:00:00+01:00"))?;

        let cancelled = only(engine, delivery)?;
        assert_eq!(
            (cancelled.kind, cancelled.state, cancelled.by.as_str()),
            (ErrandKind::CancelOrder, ErrandState::Done, "customer")
        );
        assert_eq!(promise(engine, delivery)?.state, PromiseState::Released, "{kind}: their own wish lets us off");
        let owed = refund(engine, "7001")?;
        assert_eq!(owed.amount.map(|amount| amount.minor), Some(13_890), "{kind}: all that was paid, delivery too");
        assert!(owed.state.is_open(), "{kind}: the shop was asked to pay; that it paid is its own news");
        let paying = only(engine, owed.id)?;
        assert_eq!((paying.kind, paying.state, paying.amount), (ErrandKind::Refund, ErrandState::Done, owed.amount), "{kind}");
        let acts: Vec<Act> = books(&counter).done.values().cloned().collect();
        assert!(
            acts.iter().any(|act| matches!(act, Act::Refund { amount, delivery_fee: true, skus, .. }
                if amount.minor == 13_890 && skus == &["VESTA".to_owned()])),
            "{kind}: {acts:?}"
        );
        // What the shop says of it later is known.
        let told = installation.tell(json!({
            "kind": "order.lines_cancelled", "source": "woocommerce", "order_number": "7001", "by": "customer", "at": "2026-11-03T10:01:00+01:00"
        }))?;
        assert_eq!((told.accepted, told.duplicates), (0, 1), "{kind}");
        installation.tell(json!({
            "kind": "refund.paid", "source": "woocommerce", "event_id": "refund-1", "order_number": "7001",
            "amount": { "minor": 13_890, "currency": "EUR" }, "at": "2026-11-03T11:00:00+01:00"
        }))?;
        assert_eq!(refund(engine, "7001")?.state, PromiseState::Kept, "{kind}");
        let subjects = templates(&installation);
        assert_eq!(
            subjects,
            ["Votre commande 7001 est annulée", "Votre commande 7001\u{202f}: le remboursement est fait"],
            "{kind}: each once"
        );
        assert!(installation.mail.letters()[0].text.contains("138,90"), "{kind}");
        assert_eq!(books(&counter).done.len(), 2, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn what_is_owed_back_later_is_asked_for_by_itself_and_what_the_law_adds_is_a_person_s() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let line = |sku: &str, minor: i64| json!({ "sku": sku, "quantity": 1, "price": { "minor": minor, "currency": "EUR" } });
        installation.tell(json!({
            "kind": "order.placed", "source": "woocommerce", "order_number": "7301", "at": "2026-11-02T09:00:00+01:00", "promised_day": "2026-11-20",
            "customer": { "reference": "C-1", "email": "a@example.org", "language": "fr", "country": "FR" },
            "lines": [line("A", 1000), line("B", 2000), line("C", 3000)]
        }))?;
        let withdrawn = |sku: &str, at: &str| json!({ "kind": "order.lines_cancelled", "order_number": "7301", "skus": [sku], "by": "shop", "at": at });
        installation.tell(withdrawn("A", "2026-11-03T09:00:00+01:00"))?;
        installation.tell(withdrawn("B", "2026-11-04T09:00:00+01:00"))?;
        // Fifteen days later nothing of it was paid: the law adds to it, which the shop's interface cannot pay.
        installation.live_until("2026-11-19T09:00:00+01:00")?;
        let owed = refund(engine, "7301")?;
        assert_eq!(owed.amount.map(|amount| amount.minor), Some(3300), "{kind}: ten percent more");
        let paid = |act: &Act| match act {
            Act::Refund { amount, skus, delivery_fee, .. } => Some((amount.minor, skus.clone(), *delivery_fee)),
            _ => None,
        };
        let asked: Vec<_> = {
            let books = books(&counter);
            let mut asked: Vec<_> = books.done.values().filter_map(paid).collect();
            asked.sort();
            asked
        };
        assert_eq!(asked, [(1000, vec!["A".to_owned()], false), (2000, vec!["B".to_owned()], false)], "{kind}: each once");
        assert_eq!(errands(engine, owed.id)?.len(), 2, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_person_releases_drops_or_does_it_by_hand() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Approve)?;
        let (released, dropped, by_hand) =
            (ordered(&installation, "7101")?, ordered(&installation, "7102")?, ordered(&installation, "7103")?);
        for number in ["7101", "7102", "7103"] {
            installation.tell(chooses(number, "cancel", "2026-11-03T10:00:00+01:00"))?;
        }
        assert_eq!(books(&counter).asked, 0, "{kind}: nothing without a yes");
        assert_eq!(engine.today()?.errands.total, 3, "{kind}: a person sees that they wait");
        for (promise, to, reason) in [
            (released, ErrandState::Queued, ""),
            (dropped, ErrandState::Dropped, "she wrote that she keeps it"),
            (by_hand, ErrandState::Done, "cancelled in the shop at ten"),
        ] {
            engine.handle_errand(only(engine, promise)?.id, to, "Ada", reason, None)?;
        }
        installation.settle()?;
        assert_eq!(books(&counter).done.len(), 1, "{kind}: only what was released");
        assert_eq!(only(engine, released)?.state, ErrandState::Done, "{kind}");
        assert_eq!(promise(engine, released)?.state, PromiseState::Released, "{kind}");
        assert_eq!(promise(engine, dropped)?.state, PromiseState::Open, "{kind}");
        assert_eq!(promise(engine, by_hand)?.state, PromiseState::Released, "{kind}: done is done, whoever did it");
        let again = engine.handle_errand(only(engine, released)?.id, ErrandState::Queued, "Ada", "", None);
        assert!(matches!(again, Err(EngineError::Conflict(_))), "{kind}: {again:?}");
        // What they owe now is to be paid back, and waits for a yes of its own.
        let waiting: Vec<ErrandKind> = engine.today()?.errands.rows.iter().map(|line| line.errand.kind).collect();
        assert_eq!(waiting, [ErrandKind::Refund, ErrandKind::Refund], "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn in_shadow_nothing_is_asked_of_the_shop_and_the_wish_is_seen() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        let delivery = ordered(&installation, "7201")?;
        installation.tell(chooses("7201", "cancel", "2026-11-03T10:00:00+01:00"))?;
        assert_eq!((only(engine, delivery)?.state, books(&counter).asked), (ErrandState::Shadow, 0), "{kind}");
        assert_eq!(engine.today()?.errands.total, 1, "{kind}: the customer's wish is a wish, whatever the switch says");
        engine.handle_errand(only(engine, delivery)?.id, ErrandState::Queued, "Ada", "", None)?;
        installation.settle()?;
        assert_eq!((only(engine, delivery)?.state, books(&counter).done.len()), (ErrandState::Done, 1), "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_shop_that_refuses_is_said_to_everybody_and_a_shop_that_is_away_is_asked_again() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "7301")?;
        books(&counter).next = vec![Answer::Away, Answer::Refuses];
        installation.tell(chooses("7301", "cancel", "2026-11-03T10:00:00+01:00"))?;
        assert_eq!(only(engine, delivery)?.state, ErrandState::Retry, "{kind}");
        installation.advance_to("2026-11-03T10:00:30+01:00")?;
        assert_eq!(books(&counter).asked, 1, "{kind}: not before its time");
        installation.advance_to("2026-11-03T10:02:00+01:00")?;
        let refused = only(engine, delivery)?;
        assert_eq!((refused.state, refused.attempts), (ErrandState::Refused, 2), "{kind}");
        assert_eq!(refused.said.as_deref(), Some("it is completed already"), "{kind}");
        assert_eq!(promise(engine, delivery)?.state, PromiseState::Open, "{kind}: what was promised stands");
        let subjects = templates(&installation);
        assert_eq!(subjects, ["Votre demande pour la commande 7301\u{202f}: nous la reprenons à la main"], "{kind}");
        assert!(promise(engine, delivery)?.next_word_at.is_some(), "{kind}: a day is named by which they hear more");
        assert_eq!(engine.today()?.errands.total, 1, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn an_answer_that_is_lost_is_looked_for_and_the_deed_not_repeated() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let counter = Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "7401")?;
        books(&counter).next = vec![Answer::DoesAndIsLost];
        installation.tell(chooses("7401", "cancel", "2026-11-03T10:00:00+01:00"))?;
        assert_eq!(only(engine, delivery)?.state, ErrandState::Unknown, "{kind}");
        assert_eq!(
            promise(engine, delivery)?.state,
            PromiseState::Open,
            "{kind}: nothing is said to be done that nobody knows of"
        );
        installation.advance_to("2026-11-03T10:05:00+01:00")?;
        let found = only(engine, delivery)?;
        assert_eq!(found.state, ErrandState::Done, "{kind}");
        assert_eq!(found.said, Some(format!("found-{}", found.key())), "{kind}: it was found, not done again");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

/// One node stands still in the middle of an errand, and its claim runs out; `after`: it has passed the point after which it may have acted.
fn taken_over(after: bool) -> Result<()> {
    for installation in Installation::each()? {
        let (kind, slow) = (installation.kind(), installation.engine.clone());
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "7501")?;
        let kept = Arc::new(Mutex::new(Books::default()));
        let ((reached, is_reached), (let_go, go)) = (bounded(1), bounded(1));
        Counter::open_on(&slow, &kept, Some((after, reached, go)));
        let quick = second(&installation)?;
        Counter::open_on(&quick, &kept, None);
        super::record(&slow, vec![chooses("7501", "cancel", "2026-11-02T09:00:00+01:00")])?;
        slow.decide()?;
        std::thread::scope(|scope| -> Result<()> {
            let running = scope.spawn(|| slow.run_errands());
            is_reached.recv()?;
            assert_eq!(quick.run_errands()?, 0, "{kind}: while the claim stands nobody else tries");
            quick.database().connect()?.free_outbox("")?;
            if after {
                // It may have acted: as far as anybody can see it has not, so the shop is asked; here it acts now, under the same key.
                let_go.send(())?;
                running.join().expect("the paused node")?;
                assert_eq!(quick.run_errands()?, 0, "{kind}: it ended itself");
            } else {
                assert_eq!(quick.run_errands()?, 1, "{kind}");
                let_go.send(())?;
                running.join().expect("the paused node")?;
            }
            Ok(())
        })?;
        let kept = books(&kept);
        assert_eq!(kept.done.keys().filter(|key| key.starts_with("ern_")).count(), 1, "{kind}: once");
        assert_eq!(kept.refused.len(), usize::from(!after), "{kind}: {:?}", kept.refused);
        let outcomes = facts(&quick)?.into_iter().filter(|fact| matches!(fact.body, Body::ErrandOutcome(_))).count();
        assert_eq!(outcomes, 1, "{kind}: what the paused one says afterwards changes nothing");
        assert_eq!(only(&quick, delivery)?.state, ErrandState::Done, "{kind}");
        assert_eq!(count(&quick, "select count(*) from outbox where noun = 'errand' and state <> 'ready'")?, 0, "{kind}");
    }
    Ok(())
}

#[test]
fn a_node_paused_before_it_acts_does_nothing_once_another_took_over() -> Result<()> {
    taken_over(false)
}

#[test]
fn a_node_paused_while_it_acts_and_not_overtaken_ends_what_it_began() -> Result<()> {
    taken_over(true)
}

#[test]
fn a_node_that_vanished_after_it_acted_is_followed_by_one_that_finds_it_done() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "7601")?;
        let kept = Arc::new(Mutex::new(Books::default()));
        let ((reached, is_reached), (let_go, go)) = (bounded(1), bounded(1));
        let gone = second(&installation)?;
        Counter::open_on(&gone, &kept, Some((true, reached, go)));
        Counter::open_on(engine, &kept, None);
        super::record(engine, vec![chooses("7601", "cancel", "2026-11-02T09:00:00+01:00")])?;
        engine.decide()?;
        std::thread::scope(|scope| -> Result<()> {
            let running = scope.spawn(|| gone.run_errands());
            is_reached.recv()?;
            // It acted, and nothing was heard of it since: the next holder asks with the same key.
            let errand = only(engine, delivery)?;
            books(&kept).done.insert(errand.key(), Act::Note { order_number: "7601".to_owned(), text: String::new() });
            engine.database().connect()?.free_outbox("")?;
            assert_eq!(engine.run_errands()?, 1, "{kind}");
            books(&kept).done.clear();
            let_go.send(())?;
            running.join().expect("the vanished node")?;
            Ok(())
        })?;
        let found = only(engine, delivery)?;
        assert_eq!((found.state, found.said.clone()), (ErrandState::Done, Some(format!("found-{}", found.key()))), "{kind}");
        let outcomes = facts(engine)?.into_iter().filter(|fact| matches!(fact.body, Body::ErrandOutcome(_))).count();
        assert_eq!(outcomes, 1, "{kind}");
    }
    Ok(())
}

#[test]
fn what_no_shop_can_do_waits_for_hands_and_is_refused_when_asked_for() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        let delivery = ordered(&installation, "7701")?;
        installation.tell(chooses("7701", "cancel", "2026-11-03T10:00:00+01:00"))?;
        let waiting = only(engine, delivery)?;
        assert_eq!((waiting.state, waiting.reason.as_deref()), (ErrandState::Waiting, Some("no-way-out")), "{kind}");
        let note = Act::Note { order_number: "7701".to_owned(), text: "call her".to_owned() };
        assert!(matches!(engine.ask_errand(delivery, &note, "Ada", None), Err(EngineError::Invalid(_))), "{kind}");
        assert!(
            matches!(engine.handle_errand(waiting.id, ErrandState::Queued, "Ada", "", None), Err(EngineError::Invalid(_))),
            "{kind}"
        );
        let counter = Counter::open(engine);
        engine.ask_errand(delivery, &note, "Ada", None)?;
        let refund = Act::Refund {
            order_number: "7701".to_owned(),
            amount: kept_base::Money::new(500, kept_base::Currency::EUR),
            skus: Vec::new(),
            delivery_fee: false,
            reason: "a gesture".to_owned(),
        };
        engine.ask_errand(delivery, &refund, "Ada", None)?;
        assert!(
            matches!(engine.ask_errand(delivery, &refund, "Ada", None), Err(EngineError::Conflict(_))),
            "{kind}: not twice at once"
        );
        let elsewhere = Act::Note { order_number: "1".to_owned(), text: "x".to_owned() };
        assert!(matches!(engine.ask_errand(delivery, &elsewhere, "Ada", None), Err(EngineError::NotFound(_))), "{kind}");
        installation.settle()?;
        assert_eq!(books(&counter).done.len(), 2, "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn a_key_is_never_given_again_and_an_erased_person_leaves_nothing_to_do() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Approve)?;
        let counter = Counter::open(engine);
        let delivery = ordered(&installation, "7801")?;
        installation.tell(chooses("7801", "cancel", "2026-11-03T10:00:00+01:00"))?;
        let errand = only(engine, delivery)?;
        assert!(
            errand.key().starts_with(&format!("{}-", errand.id)) && errand.key().len() > errand.id.to_string().len() + 10,
            "{kind}"
        );
        engine.erase_customer(promise(engine, delivery)?.customer.context("the customer")?, "Ada")?;
        engine.handle_errand(errand.id, ErrandState::Queued, "Ada", "", None)?;
        engine.clock().set(at("2026-11-03T10:10:00+01:00")?);
        engine.run_errands()?;
        let left = only(engine, delivery)?;
        assert_eq!((left.state, left.said.as_deref()), (ErrandState::Refused, Some("what was asked for was erased")), "{kind}");
        assert!(books(&counter).done.is_empty(), "{kind}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}
