//! How everybody did, from counts: each held against its like, nobody ranked on too few.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use kept_domain::scorecard::{Bin, Group, Mark, Scorecards as Counts, Stays};
use kept_learn::{Against, Stratum, against_expected, change, ended_by, kaplan_meier_counted};

use super::{Apart, BEFORE, CAUSES, Drift, FEW, LATELY, Lasting, Partner, Scorecard, Scorecards, Standing, Warehouse};
use crate::figures::share;
use crate::views::Share;

pub(super) fn computed(counts: &Counts, period: &RangeInclusive<i32>, now: i64, today: i32) -> Scorecards {
    let sums = counts.sum(period, now);
    let lately = counts.sum(&(today - LATELY + 1..=today), now);
    let earlier = counts.sum(&(today - LATELY - BEFORE + 1..=today - LATELY), now);
    let by = |name: fn(&Group) -> &str| {
        let (period, lately, earlier) = (by(&sums, name), by(&lately, name), by(&earlier, name));
        let nothing = Bin::default();
        let cards = period.iter().map(|(name, bin)| {
            let side = |of: &BTreeMap<String, Bin>| kept(of.get(name).unwrap_or(&nothing));
            scorecard(name, bin, drift(side(&lately), side(&earlier)))
        });
        let mut cards: Vec<Scorecard> = cards.collect();
        cards.sort_by(|one, other| other.parcels.cmp(&one.parcels).then_with(|| one.name.cmp(&other.name)));
        cards
    };
    let (all, all_lately, all_earlier) = (total(&sums), total(&lately), total(&earlier));
    let mut carriers = by(|group| &group.carrier);
    compare(&mut carriers, &sums);
    let mut classes = by(|group| &group.class);
    classes.sort_by_key(|card| card.name.parse::<u32>().unwrap_or(u32::MAX));
    let own = |sums: &[(&Group, Bin)]| total(&only(sums, |group| group.seller.is_empty()));
    Scorecards {
        from: 0,
        before: 0,
        carriers,
        lanes: by(|group| &group.lane),
        classes,
        warehouse: warehouse(&own(&sums), &own(&lately), &own(&earlier)),
        partners: partners(&sums, &lately, &earlier),
        all: scorecard("", &all, drift(kept(&all_lately), kept(&all_earlier))),
        waiting: 0,
    }
}

fn warehouse(bin: &Bin, lately: &Bin, earlier: &Bin) -> Warehouse {
    let in_time = |bin: &Bin| share(bin.count(Mark::ShipInTime), bin.count(Mark::ShipJudged));
    Warehouse {
        parcels: bin.parcels(),
        in_time: in_time(bin),
        never_handed: share(bin.count(Mark::NeverHanded), bin.parcels()),
        preparing: lasting(&bin.preparing),
        drift: drift(in_time(lately), in_time(earlier)),
    }
}

/// Partners, each held against everybody to the same countries with promises as long. Not among equals in when they hand over: that is
/// their own doing.
fn partners(sums: &[(&Group, Bin)], lately: &[(&Group, Bin)], earlier: &[(&Group, Bin)]) -> Vec<Partner> {
    let like = |group: &Group| (group.lane.clone(), group.class.clone());
    let everybody = everybody(sums, like);
    let of = |sums: &[(&Group, Bin)], name: &str| total(&only(sums, |group| group.seller == name));
    let mut names: Vec<&str> = sums.iter().map(|(group, _)| group.seller.as_str()).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let partner = |name: &str| {
        let bin = of(sums, name);
        let (against, standing) = held_against(&only(sums, |group| group.seller == name), &everybody, like);
        Partner {
            name: name.to_owned(),
            kept: kept(&bin),
            against,
            standing,
            claimed: share(bin.count(Mark::ClaimedMerchant), bin.count(Mark::Handed)),
            hands_over: warehouse(&bin, &of(lately, name), &of(earlier, name)),
        }
    };
    let mut partners: Vec<Partner> = names.into_iter().map(partner).collect();
    partners.sort_by_key(|partner| std::cmp::Reverse(partner.hands_over.parcels));
    partners
}

fn only<'g>(sums: &[(&'g Group, Bin)], which: impl Fn(&Group) -> bool) -> Vec<(&'g Group, Bin)> {
    sums.iter().filter(|(group, _)| which(group)).cloned().collect()
}

/// What everybody kept, of how many, among those that are alike.
fn everybody<K: Ord>(sums: &[(&Group, Bin)], like: impl Fn(&Group) -> K) -> BTreeMap<K, (u64, u64)> {
    let mut everybody: BTreeMap<K, (u64, u64)> = BTreeMap::new();
    for (group, bin) in sums {
        let (hits, all) = everybody.entry(like(group)).or_default();
        *hits += bin.count(Mark::Kept);
        *all += bin.count(Mark::Judged);
    }
    everybody
}

/// Some groups against everybody who is alike, and what that says.
fn held_against<K: Ord>(
    own: &[(&Group, Bin)],
    everybody: &BTreeMap<K, (u64, u64)>,
    like: impl Fn(&Group) -> K,
) -> (Against, Standing) {
    let strata = own.iter().map(|(group, bin)| {
        let (all_hits, all) = everybody.get(&like(group)).copied().unwrap_or_default();
        Stratum { hits: bin.count(Mark::Kept), n: bin.count(Mark::Judged), all_hits, all }
    });
    let against = against_expected(&strata.collect::<Vec<_>>());
    let standing = match against {
        Against { n, comparable: 0, .. } if n > 0 => Standing::Alone,
        Against { enough: false, .. } => Standing::TooFew,
        Against { lower, upper, .. } => told(lower, upper),
    };
    (against, standing)
}

fn by(sums: &[(&Group, Bin)], name: fn(&Group) -> &str) -> BTreeMap<String, Bin> {
    let mut found: BTreeMap<String, Bin> = BTreeMap::new();
    for (group, bin) in sums {
        found.entry(name(group).to_owned()).or_default().merge(bin);
    }
    found
}

fn total(sums: &[(&Group, Bin)]) -> Bin {
    let mut total = Bin::default();
    sums.iter().for_each(|(_, bin)| total.merge(bin));
    total
}

fn kept(bin: &Bin) -> Share {
    share(bin.count(Mark::Kept), bin.count(Mark::Judged))
}

fn scorecard(name: &str, bin: &Bin, drift: Drift) -> Scorecard {
    let handed_over = bin.count(Mark::Handed);
    let of_handed = |mark: Mark| share(bin.count(mark), handed_over);
    Scorecard {
        name: name.to_owned(),
        parcels: bin.parcels(),
        handed_over,
        kept: kept(bin),
        against: None,
        standing: Standing::NotCompared,
        rank: None,
        transit: lasting(&bin.transit),
        silent: of_handed(Mark::Silent),
        first_attempt: share(bin.count(Mark::FirstTry), bin.count(Mark::Attempted)),
        disputed: share(bin.count(Mark::Disputed), bin.count(Mark::Delivered)),
        contested: of_handed(Mark::Contested),
        claims: CAUSES.iter().map(|cause| (cause.word(), of_handed(Mark::claimed(*cause)))).collect(),
        apart: Apart {
            in_dispute: bin.count(Mark::InDispute),
            moved: bin.count(Mark::Moved),
            let_off: bin.count(Mark::LetOff),
            handed_too_late: bin.count(Mark::HandedTooLate),
        },
        drift,
    }
}

/// Kaplan–Meier over all of them: the median of those that have arrived would leave out whoever is still waiting.
fn lasting(stays: &Stays) -> Lasting {
    let curve = kaplan_meier_counted(&stays.spells());
    let by = |share: f64| ended_by(&curve, share);
    Lasting { n: stays.n(), ended: stays.ended(), median_hours: by(0.5), p90_hours: by(0.9) }
}

fn drift(now: Share, before: Share) -> Drift {
    let wilson = |share: Share| kept_learn::Share::wilson(share.count, share.of);
    let change = wilson(now).zip(wilson(before)).and_then(|(now, before)| change(now, before));
    let standing = match change {
        Some(change) if now.of >= FEW && before.of >= FEW => told(change.lower, change.upper),
        _ => Standing::TooFew,
    };
    Drift { now, before, change, standing }
}

fn told(lower: f64, upper: f64) -> Standing {
    match (lower > 0.0, upper < 0.0) {
        (true, _) => Standing::Better,
        (_, true) => Standing::Worse,
        _ => Standing::NoDifference,
    }
}

/// Holds each carrier against everybody on the same lanes, in the same classes, handed over as late; and ranks those of which there are
/// enough.
fn compare(carriers: &mut [Scorecard], sums: &[(&Group, Bin)]) {
    let like = |group: &Group| (group.lane.clone(), group.class.clone(), group.handed_late);
    let everybody = everybody(sums, like);
    for card in carriers.iter_mut() {
        let (against, standing) = held_against(&only(sums, |group| group.carrier == card.name), &everybody, like);
        card.standing = standing;
        card.against = Some(against);
    }
    // Beyond what is expected, for each comparable parcel.
    let beyond = |card: &Scorecard| {
        let against = card.against.filter(|against| against.enough)?;
        Some((against.observed as f64 - against.expected) / against.comparable as f64)
    };
    carriers.sort_by(|one, other| {
        let rank = |card: &Scorecard| beyond(card).unwrap_or(f64::NEG_INFINITY);
        rank(other).total_cmp(&rank(one))
    });
    // Where every difference may be chance nobody has a place.
    if !carriers.iter().any(|card| matches!(card.standing, Standing::Better | Standing::Worse)) {
        return;
    }
    for (rank, card) in (1..).zip(carriers.iter_mut().take_while(|card| beyond(card).is_some())) {
        card.rank = Some(rank);
    }
}
