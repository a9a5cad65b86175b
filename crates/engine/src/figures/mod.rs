//! Figures that nobody can improve by clicking: by first due, from the facts, with counts and intervals.

use jiff::tz::TimeZone;
use kept_base::from_millis;
use kept_store::{FigureGroup, FigurePeriod, Listed};

use crate::views::{Figures, Quantiles, Share};
use crate::{Engine, EngineError};

/// The end of a day is the first instant of the next, yet belongs to the day that was promised: so do periods.
pub(crate) const PAST_THE_END: i64 = 1;

impl Engine {
    /// Figures of promises whose first due lies in `from..before` (epoch milliseconds), of one kind or all.
    ///
    /// # Errors
    /// Database errors.
    pub fn figures(&self, from: i64, before: i64, kind: Option<&str>) -> Result<Figures, EngineError> {
        let period = FigurePeriod { from: from + PAST_THE_END, before: before + PAST_THE_END, kind, now: self.now() };
        self.reading(|connection| {
            let groups = connection.figure_groups(period)?;
            let (lengths, leads) = (connection.figure_lengths(period)?, connection.figure_leads(period)?);
            let held = connection.figure_held(period)?;
            let carriers = connection.figure_carriers(period)?;
            let figures = compute(&groups, &lengths, &leads, carriers, &self.shared.settings.zone);
            Ok(Figures { held_hours: tenths(&held), ..figures })
        })
    }
}

/// The promises under a figure, as [`Figures`] counts them.
pub(crate) fn under(list: Listed, figure: &str, now: i64) -> Listed {
    let judged = |list: Listed| list.with("amended = ?", 0_i64).with("disputed = ?", 0_i64);
    let kept = |list: Listed| judged(list).only("by_first_due in ('kept', 'kept_late')");
    match figure {
        "kept" => judged(list).with("by_first_due = ?", "kept"),
        "kept_late" => judged(list).with("by_first_due = ?", "kept_late"),
        "broken" => judged(list).with("by_first_due = ?", "broken"),
        "late_open" => judged(list).with("open = ?", 1_i64).with("first_due <= ?", now),
        "open" => judged(list).with("open = ?", 1_i64).with("coalesce(first_due, 9000000000000000) > ?", now),
        "withdrawn" => judged(list).with("withdrawn = ?", 1_i64),
        "released" => judged(list).with("by_first_due = ?", "released"),
        // What a share by giver, owner, month … is counted over.
        "decided" => judged(list)
            .with("(by_first_due in ('kept', 'kept_late', 'broken') or (by_first_due is null and first_due <= ?))", now),
        "amended" => list.with("amended = ?", 1_i64),
        "disputed" => list.with("disputed = ?", 1_i64),
        "told_first" => judged(list)
            .with("told_first = ?", 1_i64)
            .with("withdrawn = ?", 0_i64)
            .with("(by_first_due in ('kept_late', 'broken') or (by_first_due is null and first_due <= ?))", now),
        "chased" => list.only("chasers > 0"),
        "needless" => judged(list).with("needless = ?", 1_i64),
        "by_hand" => kept(list).with("by_hand = ?", 1_i64),
        "own_hand" => kept(list).with("own_hand = ?", 1_i64),
        _ => list,
    }
}

/// How promises stand that are kept, in time or late: over these it is counted whose word that rests on.
const KEPT: [&str; 2] = ["kept", "kept_late"];

/// How promises that a share can be counted over stand: judged, or past their first due.
const DECIDED: [&str; 4] = ["kept", "kept_late", "broken", "late_open"];

fn compute(
    groups: &[FigureGroup],
    lengths: &[(i64, u64)],
    leads: &[(i64, u64)],
    carriers: Vec<(String, u64, u64)>,
    zone: &str,
) -> Figures {
    // What the customer moved is neutral, what is disputed is not settled: both are counted apart.
    let decided: Vec<&FigureGroup> = groups.iter().filter(|group| DECIDED.contains(&group.stands.as_str())).collect();
    let all = |of: &dyn Fn(&FigureGroup) -> u64| groups.iter().map(of).sum::<u64>();
    let standing = |stands: &str| all(&|group| if group.stands == stands { group.count } else { 0 });
    let over_decided = |of: &dyn Fn(&FigureGroup) -> u64| decided.iter().map(|group| of(group)).sum::<u64>();
    let kept_ones: Vec<&FigureGroup> = groups.iter().filter(|group| KEPT.contains(&group.stands.as_str())).collect();
    let over_kept = |of: &dyn Fn(&FigureGroup) -> u64| {
        share(kept_ones.iter().map(|group| of(group)).sum(), kept_ones.iter().map(|group| group.count).sum())
    };
    let due = all(&|group| group.count);
    let of = over_decided(&|group| group.count);
    let kept = standing("kept");
    let told = over_decided(&|group| if group.stands == "kept" { 0 } else { group.told_first });
    let withdrawn = over_decided(&|group| group.withdrawn);
    let moment = |group: &FigureGroup| group.quarter.checked_mul(900_000);
    let zone = &kept_base::moment::zone_named(zone).unwrap_or(TimeZone::UTC);
    Figures {
        due,
        kept: share(kept, of),
        kept_late: share(standing("kept_late"), of),
        broken: share(standing("broken"), of),
        withdrawn: share(withdrawn, of),
        released: standing("released"),
        late_open: standing("late_open"),
        open: standing("open"),
        amended: all(&|group| group.amended),
        disputed: standing("disputed"),
        told_first: share(told, of - kept),
        coverage: share(all(&|group| group.reachable), due),
        chased: share(all(&|group| group.chased), due),
        chasers: all(&|group| group.chasers),
        needless: share(over_decided(&|group| group.needless), over_decided(&|group| group.warned)),
        by_hand: over_kept(&|group| group.by_hand),
        own_hand: over_kept(&|group| group.own_hand),
        by_hand_by_owner: hands(&kept_ones, |group| group.by_hand),
        own_hand_by_owner: hands(&kept_ones, |group| group.own_hand),
        length_hours: tenths(lengths),
        lead_hours: tenths(leads),
        held_hours: Quantiles::default(),
        by_carrier: carriers.into_iter().map(|(carrier, of, kept)| (carrier, share(kept, of))).collect(),
        by_kind: grouped(&decided, |group| Some(group.kind.clone())),
        by_giver: grouped(&decided, |group| Some(group.giver.clone()).filter(|giver| !giver.is_empty())),
        by_owner: grouped(&decided, |group| Some(group.owner.clone())),
        by_week: grouped(&decided, |group| week(moment(group)?, zone)),
        by_month: grouped(&decided, |group| Some(day(moment(group)?, zone)?.first_of_month())),
    }
}

/// Kept by first due, group by group, in order of the groups.
fn grouped<K: Ord>(decided: &[&FigureGroup], group: impl Fn(&FigureGroup) -> Option<K>) -> Vec<(K, Share)> {
    summed(decided, group, |counted| if counted.stands == "kept" { counted.count } else { 0 })
}

/// On whose word it was kept, owner by owner; those with nothing that was closed by hand are left out.
fn hands(kept: &[&FigureGroup], count: impl Fn(&FigureGroup) -> u64) -> Vec<(String, Share)> {
    let with_hands: std::collections::BTreeSet<&str> =
        kept.iter().filter(|group| group.by_hand > 0).map(|group| group.owner.as_str()).collect();
    summed(kept, |group| Some(group.owner.clone()).filter(|owner| with_hands.contains(owner.as_str())), count)
}

fn summed<K: Ord>(
    over: &[&FigureGroup],
    group: impl Fn(&FigureGroup) -> Option<K>,
    count: impl Fn(&FigureGroup) -> u64,
) -> Vec<(K, Share)> {
    let mut groups: std::collections::BTreeMap<K, (u64, u64)> = std::collections::BTreeMap::new();
    for counted in over {
        let Some(key) = group(counted) else { continue };
        let (counts, of) = groups.entry(key).or_default();
        *counts += count(counted);
        *of += counted.count;
    }
    groups.into_iter().map(|(key, (counts, of))| (key, share(counts, of))).collect()
}

/// The day of a moment where the house works. The end of a day is the first instant of the next, yet lies in the day that was promised:
/// the database takes a minute off.
fn day(at: i64, zone: &TimeZone) -> Option<jiff::civil::Date> {
    Some(from_millis(at)?.to_zoned(zone.clone()).date())
}

/// The Monday of a moment's week.
fn week(at: i64, zone: &TimeZone) -> Option<jiff::civil::Date> {
    let day = day(at, zone)?;
    day.checked_sub(jiff::Span::new().days(i64::from(day.weekday().to_monday_zero_offset()))).ok()
}

/// Median and 90th percentile of counted tenths of hours, in order.
fn tenths(counted: &[(i64, u64)]) -> Quantiles {
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

/// A share with its Wilson 95 % interval; of nothing it may be anything.
pub(crate) fn share(count: u64, of: u64) -> Share {
    let (low, high) = kept_learn::Share::wilson(count, of).map_or((0.0, 1.0), |share| (share.lower, share.upper));
    Share { count, of, low, high }
}

/// Median and 90th percentile: the smallest value with at least that share at or below it.
pub(crate) fn quantiles(mut values: Vec<f64>) -> Quantiles {
    values.sort_by(f64::total_cmp);
    let at = |share: usize| {
        let rank = (values.len() * share).div_ceil(100).max(1);
        values.get(rank - 1).copied()
    };
    Quantiles { n: values.len() as u64, median: at(50), p90: at(90) }
}

#[cfg(test)]
mod tests {
    use super::{quantiles, share};

    #[test]
    fn wilson_as_published() {
        // Wilson (1927) for 8 of 10: .4902 to .9433.
        let share = share(8, 10);
        assert!((share.low - 0.4902).abs() < 0.0001, "{}", share.low);
        assert!((share.high - 0.9433).abs() < 0.0001, "{}", share.high);
    }

    #[test]
    fn quantiles_of_few() {
        let quantiles = quantiles(vec![3.0, 1.0, 2.0]);
        assert_eq!((quantiles.median, quantiles.p90), (Some(2.0), Some(3.0)));
        assert_eq!(super::quantiles(Vec::new()).median, None);
        // The same by counts: 1, 2, 2, 2, 30 tenths.
        let counted = super::tenths(&[(1, 1), (2, 3), (30, 1)]);
        assert_eq!((counted.n, counted.median, counted.p90), (5, Some(0.2), Some(3.0)));
        assert_eq!(super::tenths(&[]).median, None);
    }
}
