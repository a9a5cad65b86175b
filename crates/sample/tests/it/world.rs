//! The shop's world is the same every time, complete, and speaks Kept's language.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use kept_domain::input::{Input, News};
use kept_sample::shop::{HISTORY_DAYS, aftership_signature};
use kept_sample::{Happened, Happening, World};

fn start() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn history(seed: u64) -> Vec<Happened> {
    World::new(seed, start()).until(start())
}

fn input(happening: &Happening) -> Option<&Input> {
    match happening {
        Happening::Order(input) | Happening::Fact(input) => Some(input),
        _ => None,
    }
}

#[test]
fn the_same_seed_gives_the_same_world_however_time_is_cut() {
    let end = start() + SignedDuration::from_hours(50);
    let at_once = World::new(7, start()).until(end);
    let mut in_pieces = Vec::new();
    let mut world = World::new(7, start());
    let mut now = start() - SignedDuration::from_hours(24 * 22);
    while now < end {
        in_pieces.extend(world.until(now));
        now += SignedDuration::from_mins(97);
    }
    in_pieces.extend(world.until(end));
    assert_eq!(in_pieces.len(), at_once.len());
    assert!(in_pieces == at_once);
    assert!(history(8) != history(7));
    assert!(at_once.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert!(world.until(end).is_empty() && world.until(start()).is_empty());
}

#[test]
fn the_history_is_three_weeks_with_every_kind_of_trouble() {
    let history = history(7);
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    for happened in &history {
        let kind = match &happened.happening {
            Happening::AfterShip { .. } => "aftership",
            Happening::LaPosteScan { .. } => "laposte",
            Happening::Order(_) => "order",
            Happening::Fact(input) => match &input.news {
                News::ParcelAnnounced(_) => "announced",
                News::OrderLinesCancelled(_) => "cancelled",
                News::CustomerContacted(contact) if contact.asked => "asked",
                News::CustomerContacted(_) => "contacted",
                News::CustomerAnswered(_) => "answered",
                News::RefundPaid(_) => "refund",
                other => panic!("not expected: {other:?}"),
            },
        };
        *kinds.entry(kind).or_default() += 1;
    }
    println!("{kinds:?}");
    for (kind, least) in [
        ("order", 300),
        ("announced", 280),
        ("aftership", 500),
        ("laposte", 500),
        ("cancelled", 10),
        ("asked", 10),
        ("contacted", 10),
        ("answered", 20),
        ("refund", 5),
    ] {
        assert!(kinds.get(kind).copied().unwrap_or(0) >= least, "{kind}: {kinds:?}");
    }
    let first = history.first().unwrap().at;
    let span = start().duration_since(first);
    assert!(span > SignedDuration::from_hours(24 * (HISTORY_DAYS - 1)), "{span}");
    assert!(history.iter().all(|happened| happened.at <= start()));
}

#[test]
fn facts_are_read_as_inputs_and_nothing_of_them_is_left_over() {
    let mut seen = BTreeSet::new();
    for happened in history(7) {
        let Some(input) = input(&happened.happening) else { continue };
        let written = serde_json::to_value(input).unwrap();
        let read: Input = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(&read, input);
        assert_eq!(serde_json::to_value(&read).unwrap(), written);
        let id = input.event_id.clone().unwrap();
        assert!(seen.insert(id.clone()), "{id} twice");
    }
    assert!(seen.len() > 600);
}

#[test]
fn facts_are_told_after_they_happened_and_orders_first() {
    let mut orders = BTreeSet::new();
    let mut announced = BTreeSet::new();
    for happened in history(7) {
        match &happened.happening {
            Happening::Order(Input { news: News::OrderPlaced(order), .. }) => {
                assert!(order.at.instant().unwrap() <= happened.at && order.at.is_known());
                assert!(order.promised_day.is_some() && !order.lines.is_empty());
                assert!(orders.insert(order.order_number.clone()));
            }
            Happening::Fact(Input { news, .. }) => {
                let (at, order) = match news {
                    News::ParcelAnnounced(parcel) => {
                        assert!(announced.insert(parcel.tracking_number.clone()), "{} twice", parcel.tracking_number);
                        (parcel.at, Some(&parcel.order_number))
                    }
                    News::OrderLinesCancelled(cancelled) => (cancelled.at, Some(&cancelled.order_number)),
                    News::CustomerContacted(contact) => (contact.at, contact.customer.order_number.as_ref()),
                    News::CustomerAnswered(answered) => (answered.at, answered.order_number.as_ref()),
                    News::RefundPaid(paid) => (paid.at, Some(&paid.order_number)),
                    other => panic!("{other:?}"),
                };
                assert!(at.instant().unwrap() <= happened.at);
                assert!(orders.contains(order.unwrap()), "{order:?} is not known yet");
            }
            Happening::LaPosteScan { tracking_number } => assert!(announced.contains(tracking_number)),
            other => assert!(matches!(other, Happening::AfterShip { .. }), "{other:?}"),
        }
    }
}

#[test]
fn webhooks_tell_the_whole_history_and_some_come_twice() {
    let mut bodies = BTreeMap::new();
    let mut longest: BTreeMap<String, usize> = BTreeMap::new();
    let mut repeated = 0;
    for happened in history(7) {
        let Happening::AfterShip { body } = happened.happening else { continue };
        let webhook: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(webhook["event"], "tracking_update");
        assert!(webhook["ts"].as_i64().unwrap() <= happened.at.as_second());
        let number = webhook["msg"]["tracking_number"].as_str().unwrap().to_owned();
        let checkpoints = webhook["msg"]["checkpoints"].as_array().unwrap();
        let longest = longest.entry(number).or_default();
        let id = webhook["event_id"].as_str().unwrap().to_owned();
        match bodies.insert(id, body.clone()) {
            Some(before) => {
                repeated += 1;
                assert_eq!(before, body);
            }
            None => {
                assert_eq!(checkpoints.len(), *longest + 1);
                *longest = checkpoints.len();
            }
        }
        let times: Vec<&str> = checkpoints.iter().map(|checkpoint| checkpoint["checkpoint_time"].as_str().unwrap()).collect();
        assert!(times.iter().all(|time| time.len() == times[0].len()), "{times:?}");
    }
    assert!(repeated > 3, "{repeated}");
}

#[test]
fn signatures_follow_the_documented_rule() {
    // Computed from the documented rule, with no vendor vector.
    let body = "{\"event\":\"tracking_update\",\"msg\":{\"message\":\"Livré à Saint-Étienne\"}}";
    assert_eq!(aftership_signature("whsec-test", body.as_bytes()), "4/+03M017ULbUjOFjGy8m/YBFH59yQ8d3PSWv69QmXk=");
}

#[test]
fn nobody_real_can_be_reached() {
    let mut languages = BTreeMap::new();
    for happened in history(7) {
        let Happening::Order(Input { news: News::OrderPlaced(order), .. }) = &happened.happening else { continue };
        let customer = &order.customer;
        assert!(customer.email.is_some() || customer.phone.is_some(), "{customer:?}");
        if let Some(email) = &customer.email {
            let host = email.split_once('@').unwrap().1;
            assert!(["example.org", "example.com", "example.net", "refused.example", "busy.example"].contains(&host), "{email}");
            assert!(email.is_ascii() && !email.contains(' '));
        }
        if let Some(phone) = &customer.phone {
            assert!(
                (phone.starts_with("+3363998") && phone.len() == 12) || (phone.starts_with("+447700900") && phone.len() == 13),
                "{phone}"
            );
        }
        *languages.entry(format!("{:?}", customer.language)).or_insert(0) += 1;
    }
    assert_eq!(languages.len(), 2, "{languages:?}");
}
