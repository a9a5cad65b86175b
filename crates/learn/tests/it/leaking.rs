//! Nothing is known before it happened.

use kept_learn::score::auc;
use kept_learn::{Costs, DAY, HOUR, Policy, Settings};

use crate::replay::{Order, Play, Rule, Said};
use crate::table::Look;
use crate::world::{self, Rng};

/// What was said up to a moment.
fn said_by(said: &Said, due: i64, moment: i64) -> Said {
    Said {
        glances: said.glances.iter().copied().filter(|glance| due - glance.notice <= moment).collect(),
        at_purchase: said.at_purchase.filter(|glance| due - glance.notice <= moment),
        at_hand_over: said.at_hand_over.filter(|glance| due - glance.notice <= moment),
        warned: said.warned.iter().map(|at| at.filter(|at| *at <= moment)).collect(),
        quoted: said.quoted.iter().copied().filter(|quoted| quoted.at <= moment).collect(),
    }
}

/// The orders as they were known at a moment.
fn known_at(orders: &[Order], moment: i64) -> Vec<Order> {
    let known = |at: Option<i64>| at.filter(|at| *at <= moment);
    let placed = orders.iter().filter(|order| order.placed <= moment);
    placed
        .map(|order| Order { handed_over: known(order.handed_over), delivered: known(order.delivered), ..order.clone() })
        .collect()
}

#[test]
fn what_happens_later_changes_nothing_that_was_said_before() {
    let orders = world::orders(11, 24, 6);
    let rules = [
        Rule::Chosen(Costs::default()),
        Rule::Fixed(Policy { notice: 6 * DAY, threshold: 0.3 }),
        Rule::Fixed(Policy { notice: 2 * DAY + 6 * HOUR, threshold: 0.0 }),
    ];
    let play = |orders: &[Order], until: i64| {
        Play { rules: &rules, settings: Settings::default(), shares: &[0.8], until: Some(until) }.run(orders).0
    };
    let full = play(&orders, 24 * 7 * DAY);
    for moment in [90 * DAY + 7 * HOUR, 131 * DAY] {
        let blanked = play(&known_at(&orders, moment), moment);
        assert!(blanked.iter().any(|track| track.said.warned.iter().any(Option::is_some)), "nothing to compare");
        for (full, blanked) in full.iter().zip(&blanked) {
            assert_eq!((full.order.placed, full.order.due), (blanked.order.placed, blanked.order.due));
            let due = full.order.due;
            assert_eq!(said_by(&full.said, due, moment), said_by(&blanked.said, due, moment));
        }
    }
}

#[test]
fn where_a_coin_decides_nothing_is_foreseen() {
    // Each order comes two days before its due moment or two days after it, as a coin falls.
    let mut rng = Rng(5);
    let orders: Vec<Order> = world::orders(5, 40, 10)
        .into_iter()
        .map(|order| {
            let late = if rng.next().is_multiple_of(2) { 2 * DAY } else { -2 * DAY };
            let due = order.placed / DAY * DAY + 8 * DAY;
            Order { handed_over: Some(order.placed + 12 * HOUR), delivered: Some(due + late - 6 * HOUR), due, ..order }
        })
        .collect();
    let play = Play { rules: &[], settings: Settings::default(), shares: &[], until: None };
    let (tracks, _) = play.run(&orders);
    for look in [Look::Purchase, Look::HandOver] {
        let rows: Vec<(f64, bool)> =
            tracks.iter().filter_map(|track| Some((look.of(track)?.probability, track.order.late()))).collect();
        assert!(rows.len() > 2000);
        // Three standard errors of the area for that many coins are .034.
        let area = auc(&rows).unwrap();
        assert!((area - 0.5).abs() < 0.034, "{} {area}", look.name());
    }
}
