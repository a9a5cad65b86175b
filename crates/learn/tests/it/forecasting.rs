//! One way of counting against another: ahead against step by step, backwards against forwards.

use std::sync::OnceLock;

use kept_learn::{Case, DAY, Exit, Features, HOUR, Model, Policy, STEP, Settings, Snapshot, Stage};
use proptest::prelude::*;

use crate::world::Rng;

const NOW: i64 = 70 * DAY;

/// A network with depots, rounds and failed attempts, where some go back and some skip a stage.
fn snapshot() -> &'static Snapshot {
    static SNAPSHOT: OnceLock<Snapshot> = OnceLock::new();
    SNAPSHOT.get_or_init(|| {
        let mut rng = Rng(2);
        let mut model = Model::new(Settings::default());
        for parcel in 0..600i64 {
            let features = features(parcel % 3);
            let placed = parcel * 2 * HOUR + rng.below(HOUR);
            let mut at = placed;
            let mut go = |stage: Stage, at: &mut i64, hours: i64, exit: Exit| {
                let left = *at + hours * HOUR / 2 + rng.below(hours * HOUR);
                model.observe_entry(&features, stage, *at);
                model.observe_exit(&features, stage, *at, left, exit);
                *at = left;
            };
            go(Stage::Placed, &mut at, 30, Exit::To(Stage::InNetwork));
            let skips = parcel % 7 == 0;
            let next = if skips { Stage::OutForDelivery } else { Stage::AtDepot };
            go(Stage::InNetwork, &mut at, 60 + 20 * (parcel % 3), Exit::To(next));
            if !skips {
                go(Stage::AtDepot, &mut at, 16, Exit::To(Stage::OutForDelivery));
            }
            if parcel % 5 == 0 {
                go(Stage::OutForDelivery, &mut at, 9, Exit::To(Stage::AtDepot));
                go(Stage::AtDepot, &mut at, 16, Exit::To(Stage::OutForDelivery));
            }
            go(Stage::OutForDelivery, &mut at, 9, Exit::Delivered);
            // Some forecasts were too fearful: the calibration has something to say.
            let glances =
                [10 * DAY, 4 * DAY, 2 * DAY + 6 * HOUR].map(|notice| kept_learn::Glance { notice, raw: 0.5, probability: 0.5 });
            model.observe_outcome(&glances, parcel % 4 == 0, at);
        }
        model.snapshot(NOW)
    })
}

fn features(lane: i64) -> Features {
    Features { carrier: "c".to_owned(), lane: lane.to_string(), ..Features::default() }
}

fn stages() -> impl Strategy<Value = Stage> {
    prop_oneof![Just(Stage::Placed), Just(Stage::InNetwork), Just(Stage::AtDepot), Just(Stage::OutForDelivery),]
}

fn cases() -> impl Strategy<Value = Case> {
    (0..3i64, stages(), 0..8 * DAY, -DAY..20 * DAY).prop_map(|(lane, stage, ago, ahead)| Case {
        features: features(lane),
        stage,
        since: NOW - ago,
        due: NOW + ahead,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_crossing_is_the_first_moment_at_which_asking_would_give_it(case in cases(), from in 0..2 * DAY, threshold in 0.02..0.99f64) {
        let snapshot = snapshot();
        let from = NOW + from;
        let crossing = snapshot.crossing(&case, from, threshold).unwrap();
        prop_assert!(crossing >= from);
        prop_assert!(snapshot.late(&case, crossing).unwrap().probability >= threshold);
        let mut moment = from;
        while moment < crossing {
            prop_assert!(snapshot.late(&case, moment).unwrap().probability < threshold, "at {moment}");
            moment += HOUR;
        }
        if crossing > from {
            prop_assert!(snapshot.late(&case, crossing - 1).unwrap().probability < threshold);
        }
    }

    #[test]
    fn a_warning_never_comes_before_its_notice(case in cases(), days in 1..9i64, threshold in 0.02..0.99f64) {
        let snapshot = snapshot();
        let policy = Policy { notice: days * DAY, threshold };
        if let Some(at) = snapshot.warning(&case, NOW, &policy).unwrap() {
            prop_assert!(at >= NOW && at >= case.due - policy.notice && at < case.due);
            prop_assert!(snapshot.late(&case, at).unwrap().probability >= threshold);
        }
    }

    #[test]
    fn glances_ahead_are_what_asking_then_gives(case in cases()) {
        let snapshot = snapshot();
        for glance in snapshot.glances(&case, NOW).unwrap() {
            let forecast = snapshot.late(&case, case.due - glance.notice).unwrap();
            prop_assert_eq!((forecast.raw, forecast.probability), (glance.raw, glance.probability));
        }
    }

    #[test]
    fn an_arrival_is_the_first_day_that_is_probable_enough(case in cases(), share in 0.5..0.99f64) {
        let snapshot = snapshot();
        let arrival = snapshot.arrival(&case, NOW, share).unwrap();
        prop_assert_eq!(arrival.by % DAY, 0);
        // Counted forwards, and backwards from that day.
        let by = |due: i64| 1.0 - snapshot.late(&Case { due, ..case.clone() }, NOW).unwrap().raw;
        prop_assert!((by(arrival.by) - arrival.probability).abs() < 1e-4);
        prop_assert!(arrival.probability >= share);
        prop_assert!(arrival.by - DAY <= NOW || by(arrival.by - DAY) < share + 1e-4);
    }

    #[test]
    fn more_time_never_makes_late_likelier(case in cases(), more in 1..60i64) {
        let snapshot = snapshot();
        prop_assume!(case.due > NOW);
        let later = Case { due: case.due + more * STEP, ..case.clone() };
        prop_assert!(snapshot.late(&later, NOW).unwrap().raw <= snapshot.late(&case, NOW).unwrap().raw + 1e-9);
    }

    #[test]
    fn any_numbers_are_survived(since in any::<i64>(), due in any::<i64>(), now in any::<i64>(), threshold in any::<f64>()) {
        let snapshot = snapshot();
        let case = Case { features: features(0), stage: Stage::Placed, since, due };
        if let Ok(forecast) = snapshot.late(&case, now) {
            prop_assert!((0.0..=1.0).contains(&forecast.probability));
        }
        let _ = snapshot.crossing(&case, now, threshold);
        let _ = snapshot.arrival(&case, now, threshold);
        let _ = snapshot.glances(&case, now);
        let _ = snapshot.warning(&case, now, &Policy { notice: due, threshold });
        let mut model = Model::new(Settings::default());
        model.observe_entry(&case.features, Stage::Placed, since);
        model.observe_exit(&case.features, Stage::Placed, since, now, Exit::Delivered);
        model.prune(due);
        let _ = model.snapshot(now).late(&case, due);
    }
}

#[test]
fn after_the_due_moment_it_is_late() {
    let case = Case { features: features(0), stage: Stage::InNetwork, since: NOW, due: NOW };
    assert_eq!(snapshot().late(&case, NOW).unwrap().probability, 1.0);
}

/// Who waits for long enters the next stage over many steps, a small share in each.
#[test]
fn small_shares_that_are_let_go_do_not_add_up() {
    let snapshot = snapshot();
    let case = Case { features: features(2), stage: Stage::InNetwork, since: 63 * DAY + 6 * HOUR - 1, due: NOW };
    let arrival = snapshot.arrival(&case, NOW, 0.97).unwrap();
    let late = snapshot.late(&Case { due: arrival.by, ..case }, NOW).unwrap().raw;
    assert!((1.0 - late - arrival.probability).abs() < 1e-5, "{late} late, {} arrived", arrival.probability);
}
