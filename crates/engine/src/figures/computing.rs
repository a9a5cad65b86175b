//! Figures from sums: shares with their intervals, groups, quantiles.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use kept_base::from_millis;
use kept_domain::figures::{Group, Stands, Sum, Sums};

use super::share;
use crate::views::{Figures, Quantiles, Share};

type Counted = (Group, Stands, Sum);

pub(super) fn computed(sums: &Sums, zone: &str) -> Figures {
    let groups = &sums.groups;
    // What the customer moved is neutral, what is disputed is not settled: both are counted apart.
    let decided: Vec<&Counted> = groups.iter().filter(|(_, stands, _)| stands.is_decided()).collect();
    let all = |of: &dyn Fn(&Sum) -> u64| groups.iter().map(|(_, _, sum)| of(sum)).sum::<u64>();
    let standing = |asked: Stands| groups.iter().filter(|(_, stands, _)| *stands == asked).map(|(_, _, sum)| sum.count).sum();
    let over_decided = |of: &dyn Fn(&Sum) -> u64| decided.iter().map(|(_, _, sum)| of(sum)).sum::<u64>();
    let kept_ones: Vec<&Counted> = groups.iter().filter(|(_, stands, _)| stands.is_kept()).collect();
    let over_kept = |of: &dyn Fn(&Sum) -> u64| {
        let counted = |of: &dyn Fn(&Sum) -> u64| kept_ones.iter().map(|(_, _, sum)| of(sum)).sum::<u64>();
        share(counted(of), counted(&|sum| sum.count))
    };
    let due = all(&|sum| sum.count);
    let of = over_decided(&|sum| sum.count);
    let kept: u64 = standing(Stands::Kept);
    let told = decided.iter().filter(|(_, stands, _)| *stands != Stands::Kept).map(|(_, _, sum)| sum.told_first).sum();
    let zone = &kept_base::moment::zone_named(zone).unwrap_or(TimeZone::UTC);
    let by_day = by_day(&sums.quarters, zone);
    Figures {
        due,
        kept: share(kept, of),
        kept_late: share(standing(Stands::KeptLate), of),
        broken: share(standing(Stands::Broken), of),
        withdrawn: share(over_decided(&|sum| sum.withdrawn), of),
        released: standing(Stands::Released),
        late_open: standing(Stands::LateOpen),
        open: standing(Stands::Open),
        amended: all(&|sum| sum.amended),
        disputed: standing(Stands::Disputed),
        told_first: share(told, of - kept),
        coverage: share(all(&|sum| sum.reachable), due),
        chased: share(all(&|sum| sum.chased), due),
        chasers: all(&|sum| sum.chasers),
        needless: share(over_decided(&|sum| sum.needless), over_decided(&|sum| sum.warned)),
        by_hand: over_kept(&|sum| sum.by_hand),
        own_hand: over_kept(&|sum| sum.own_hand),
        by_hand_by_owner: hands(&kept_ones, |sum| sum.by_hand),
        own_hand_by_owner: hands(&kept_ones, |sum| sum.own_hand),
        length_hours: tenths(&sums.lengths),
        lead_hours: tenths(&sums.leads),
        held_hours: tenths(&sums.held),
        by_carrier: grouped(&decided, |group| group.carrier.clone()),
        by_kind: grouped(&decided, |group| Some(group.kind.clone())),
        by_giver: grouped(&decided, |group| Some(group.giver.clone()).filter(|giver| !giver.is_empty())),
        by_owner: grouped(&decided, |group| Some(group.owner.clone())),
        by_week: shares(by_day.iter().filter_map(|(day, kept, of)| Some((week(*day)?, *kept, *of)))),
        by_month: shares(by_day.iter().map(|(day, kept, of)| (day.first_of_month(), *kept, *of))),
    }
}

/// Kept by first due, group by group, in order of the groups.
fn grouped(decided: &[&Counted], name: impl Fn(&Group) -> Option<String>) -> Vec<(String, Share)> {
    shares(decided.iter().filter_map(|(group, stands, sum)| {
        let kept = if *stands == Stands::Kept { sum.count } else { 0 };
        Some((name(group)?, kept, sum.count))
    }))
}

/// On whose word it was kept, owner by owner; those with nothing that was closed by hand are left out.
fn hands(kept: &[&Counted], count: impl Fn(&Sum) -> u64) -> Vec<(String, Share)> {
    let with_hands: BTreeSet<&str> =
        kept.iter().filter(|(_, _, sum)| sum.by_hand > 0).map(|(group, _, _)| group.owner.as_str()).collect();
    let of_them = kept.iter().filter(|(group, _, _)| with_hands.contains(group.owner.as_str()));
    shares(of_them.map(|(group, _, sum)| (group.owner.clone(), count(sum), sum.count)))
}

/// Adds up what bears the same name, in order of the names.
fn shares<K: Ord>(counted: impl Iterator<Item = (K, u64, u64)>) -> Vec<(K, Share)> {
    let mut sums: BTreeMap<K, (u64, u64)> = BTreeMap::new();
    for (name, counts, of) in counted {
        let sum = sums.entry(name).or_default();
        sum.0 += counts;
        sum.1 += of;
    }
    sums.into_iter().map(|(name, (counts, of))| (name, share(counts, of))).collect()
}

/// Decided ones by the day where the house works: kept, and how many. The quarters are those of a minute before, since the end of a day is
/// the first instant of the next.
fn by_day(quarters: &[(i64, u64, u64)], zone: &TimeZone) -> Vec<(jiff::civil::Date, u64, u64)> {
    let mut days: Vec<(jiff::civil::Date, u64, u64)> = Vec::new();
    for (quarter, of, kept) in quarters {
        let Some(at) = quarter.checked_mul(900_000).and_then(from_millis) else { continue };
        let day = at.to_zoned(zone.clone()).date();
        match days.last_mut().filter(|last| last.0 == day) {
            Some(last) => {
                last.1 += kept;
                last.2 += of;
            }
            None => days.push((day, *kept, *of)),
        }
    }
    days
}

/// The Monday of a day's week.
fn week(day: jiff::civil::Date) -> Option<jiff::civil::Date> {
    day.checked_sub(jiff::Span::new().days(i64::from(day.weekday().to_monday_zero_offset()))).ok()
}

/// Median and 90th percentile of counted tenths of hours, in order.
pub(super) fn tenths(counted: &[(i64, u64)]) -> Quantiles {
    let n: u64 = counted.iter().map(|(_, count)| count).sum();
    let at = |share: u64| {
        let rank = (n * share).div_ceil(100).max(1);
        let mut passed = 0;
        let found = counted.iter().find(|(_, count)| {
            passed += count;
            passed >= rank
        });
        found.map(|(tenths, _)| *tenths as f64 / 10.0)
    };
    Quantiles { n, median: at(50), p90: at(90) }
}
