//! What is learned from a world whose rules are known, against who knows them; and what the counts are.

use kept_learn::{Case, Costs, DAY, Exit, Features, HOUR, Level, Model, NotReady, Settings, Stage};

use crate::replay::{Play, Rule, Track, When};
use crate::table::{kept, warned};
use crate::world;

#[test]
fn forecasts_come_near_to_who_knows_the_rules() {
    for (look, found) in world::compare(7, 40, 12) {
        assert!(found.n > 200, "{look}: {found}");
        assert!(found.precision > found.best_precision - 0.08, "{look}: {found}");
        assert!(found.area > found.best_area - 0.06, "{look}: {found}");
        // Honest: as far off as chance alone would make it, and a little more.
        assert!(found.error < found.floor + 0.04, "{look}: {found}");
    }
}

#[test]
fn quoted_days_are_kept_as_often_as_declared() {
    let orders = world::orders(13, 40, 10);
    let play = Play { rules: &[], settings: Settings::default(), shares: &[0.5, 0.8, 0.9], until: None };
    let (tracks, _) = play.run(&orders);
    let later: Vec<&Track> = tracks.iter().filter(|track| track.order.placed > 70 * DAY).collect();
    for when in [When::Purchase, When::HandOver] {
        for share in [0.5, 0.8, 0.9] {
            let (kept, n, _) = kept(&later, when, share).unwrap();
            // A day is whole: more of them is kept than a moment would be.
            assert!(n > 1500 && kept > share - 0.03 && kept < share + 0.15, "{when:?} {share} {kept} {n}");
        }
    }
}

#[test]
fn dearer_silence_warns_of_more_and_dearer_noise_of_less() {
    let orders = world::orders(3, 40, 8);
    let rules = [100.0, 1.0, 0.02].map(|unannounced| Rule::Chosen(Costs { unannounced, ..Costs::default() }));
    let (tracks, _) = Play { rules: &rules, settings: Settings::default(), shares: &[], until: None }.run(&orders);
    let later = || tracks.iter().filter(|track| track.order.placed > 140 * DAY);
    let [dear, even, cheap] = [0, 1, 2].map(|rule| warned(later(), rule));
    assert!(dear.warned > even.warned && even.warned > cheap.warned, "{dear:?} {even:?} {cheap:?}");
    assert!(dear.with_days[1] >= even.with_days[1] && dear.precision() < even.precision());
}

#[test]
fn before_there_is_history_nothing_is_claimed() {
    let mut model = Model::new(Settings::default());
    let case = Case { features: Features::default(), stage: Stage::InNetwork, since: 0, due: 5 * DAY };
    for parcel in 0..29 {
        let features = Features::default();
        model.observe_entry(&features, Stage::InNetwork, parcel * HOUR);
        model.observe_exit(&features, Stage::InNetwork, parcel * HOUR, parcel * HOUR + DAY, Exit::Delivered);
        let snapshot = model.snapshot(3 * DAY);
        let n = u32::try_from(parcel).unwrap() + 1;
        assert_eq!(snapshot.late(&case, DAY), Err(NotReady::TooFew { n, needed: 30 }));
        assert_eq!(snapshot.crossing(&case, DAY, 0.5), Err(NotReady::TooFew { n, needed: 30 }));
        assert!(snapshot.arrival(&case, DAY, 0.8).is_err());
        assert!(snapshot.policy(&Costs::default()).is_err());
    }
}

/// Parcels of one carrier on two lanes, a slow one and a fast one.
fn two_lanes() -> Vec<(Features, i64, i64)> {
    let lane = |name: &str| Features { carrier: "c".to_owned(), lane: name.to_owned(), ..Features::default() };
    let parcels = |name: &'static str, days: i64, count: i64| {
        (0..count).map(move |parcel| (lane(name), parcel * 9 * HOUR, parcel * 9 * HOUR + (days + parcel % 3) * DAY))
    };
    parcels("slow", 9, 60).chain(parcels("fast", 2, 60)).chain(parcels("new", 2, 4)).collect()
}

#[test]
fn a_lane_speaks_for_itself_once_it_has_seen_enough_and_leans_on_the_carrier_before() {
    let mut model = Model::new(Settings::default());
    for (features, entered, left) in two_lanes() {
        model.observe_entry(&features, Stage::InNetwork, entered);
        model.observe_exit(&features, Stage::InNetwork, entered, left, Exit::Delivered);
    }
    let now = 40 * DAY;
    let snapshot = model.snapshot(now);
    let on = |lane: &str| {
        let features = Features { carrier: "c".to_owned(), lane: lane.to_owned(), ..Features::default() };
        let case = Case { features, stage: Stage::InNetwork, since: now, due: now + 6 * DAY };
        snapshot.late(&case, now).unwrap()
    };
    let (slow, fast, new, unseen) = (on("slow"), on("fast"), on("new"), on("unseen"));
    assert!(slow.probability > 0.8 && fast.probability < 0.15, "{slow:?} {fast:?}");
    assert!(fast.probability < unseen.probability && unseen.probability < slow.probability);
    assert!(new.probability < unseen.probability, "what little it has seen counts");
    assert_eq!((slow.basis.level, slow.basis.n), (Level::Lane, 60));
    assert_eq!((new.basis.level, unseen.basis.level), (Level::Carrier, Level::Carrier));
    assert_eq!(unseen.basis.n, 124);
}

#[test]
fn what_is_ordinary_differs_by_lane() {
    let mut model = Model::new(Settings::default());
    for (features, entered, left) in two_lanes() {
        model.observe_entry(&features, Stage::InNetwork, entered);
        model.observe_exit(&features, Stage::InNetwork, entered, left, Exit::Delivered);
    }
    let snapshot = model.snapshot(40 * DAY);
    let on = |lane: &str| {
        let features = Features { carrier: "c".to_owned(), lane: lane.to_owned(), ..Features::default() };
        snapshot.stay(&features, Stage::InNetwork, 40 * DAY, 0.95).unwrap().until - 40 * DAY
    };
    // They take two to four and nine to eleven days.
    assert!((4 * DAY..8 * DAY).contains(&on("fast")), "{}", on("fast"));
    assert!((10 * DAY..20 * DAY).contains(&on("slow")), "{}", on("slow"));
    assert!(snapshot.stay(&Features::default(), Stage::AtDepot, 0, 0.95).is_err());
}

#[test]
fn open_parcels_count_as_having_taken_so_long() {
    let mut model = Model::new(Settings::default());
    let features = Features::default();
    for parcel in 0..40 {
        model.observe_entry(&features, Stage::InNetwork, parcel * HOUR);
        model.observe_exit(&features, Stage::InNetwork, parcel * HOUR, parcel * HOUR + 2 * DAY, Exit::Delivered);
    }
    let case = Case { features: features.clone(), stage: Stage::InNetwork, since: 20 * DAY, due: 26 * DAY };
    let before = model.snapshot(20 * DAY).late(&case, 20 * DAY).unwrap();
    // Forty more that have been silent for a fortnight: nothing ended, and yet something is known.
    for parcel in 0..40 {
        model.observe_entry(&features, Stage::InNetwork, 5 * DAY + parcel * HOUR);
    }
    let after = model.snapshot(20 * DAY).late(&case, 20 * DAY).unwrap();
    assert!(after.raw > before.raw + 0.2, "{before:?} {after:?}");
    assert_eq!(after.basis.n, before.basis.n);
    assert!(after.pace.factor < before.pace.factor);
}

#[test]
fn counts_add_up_in_any_order_and_survive_being_stored() {
    let parcels = two_lanes();
    let feed = |model: &mut Model, parcels: &[(Features, i64, i64)]| {
        for (features, entered, left) in parcels {
            model.observe_exit(features, Stage::InNetwork, *entered, *left, Exit::Delivered);
            model.observe_entry(features, Stage::InNetwork, *entered);
        }
    };
    let mut whole = Model::new(Settings::default());
    feed(&mut whole, &parcels);
    let mut reversed = Model::new(Settings::default());
    feed(&mut reversed, &parcels.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(whole, reversed);
    let (mut left, mut right) = (Model::new(Settings::default()), Model::new(Settings::default()));
    feed(&mut left, &parcels[..50]);
    feed(&mut right, &parcels[50..]);
    left.merge(&right);
    assert_eq!(whole, left);
    let stored: Model = serde_json::from_str(&serde_json::to_string(&whole).unwrap()).unwrap();
    assert_eq!(whole, stored);
}

#[test]
fn what_is_forgotten_no_longer_weighs() {
    let mut model = Model::new(Settings::default());
    for (features, entered, left) in two_lanes() {
        model.observe_entry(&features, Stage::InNetwork, entered);
        model.observe_exit(&features, Stage::InNetwork, entered, left, Exit::Delivered);
    }
    model.observe_outcome(&[], false, DAY);
    model.observe_estimate(0.8, true, DAY);
    model.prune(600 * DAY);
    assert_eq!(model, Model::new(Settings::default()));
}

#[test]
fn days_that_are_not_kept_are_no_longer_quoted() {
    let mut model = Model::new(Settings::default());
    for (features, entered, left) in two_lanes() {
        model.observe_entry(&features, Stage::InNetwork, entered);
        model.observe_exit(&features, Stage::InNetwork, entered, left, Exit::Delivered);
    }
    let now = 40 * DAY;
    let features = Features { carrier: "c".to_owned(), lane: "fast".to_owned(), ..Features::default() };
    let case = Case { features, stage: Stage::InNetwork, since: now, due: now + 6 * DAY };
    let quoted = model.snapshot(now).arrival(&case, now, 0.8).unwrap();
    assert_eq!((quoted.kept, quoted.basis.level), (None, Level::Lane));
    assert!(quoted.by >= now + 4 * DAY && quoted.by <= now + 6 * DAY, "{quoted:?}");
    for estimate in 0..100 {
        model.observe_estimate(0.8, estimate % 2 == 0, now);
    }
    assert_eq!(model.snapshot(now).arrival(&case, now, 0.8), Err(NotReady::NotKept { kept: 50, n: 100 }));
    assert!(model.snapshot(now).arrival(&case, now, 0.9).is_ok(), "another share has a record of its own");
}
