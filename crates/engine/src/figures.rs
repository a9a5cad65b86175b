//! Figures that nobody can improve by clicking: by first due, from the facts, with counts and intervals.

use kept_base::from_millis;
use kept_store::{Listed, Row};

use crate::views::{Figures, Quantiles, Share};
use crate::{Engine, EngineError};

/// z for a Wilson interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// The end of a day is the first instant of the next, yet belongs to the day that was promised: so do periods.
pub(crate) const PAST_THE_END: i64 = 1;

impl Engine {
    /// Figures of promises whose first due lies in `from..before` (epoch milliseconds), of one kind or all.
    ///
    /// # Errors
    /// Database errors.
    pub fn figures(&self, from: i64, before: i64, kind: Option<&str>) -> Result<Figures, EngineError> {
        let now = self.now();
        let rows = self.reading(|connection| connection.figure_rows(from + PAST_THE_END, before + PAST_THE_END, kind))?;
        let counted: Vec<Counted> = rows.iter().filter_map(|row| Counted::read(row).ok()).collect();
        Ok(compute(&counted, now, &self.shared.settings.zone))
    }
}

/// The promises under a figure, as [`Figures`] counts them.
pub(crate) fn under(list: Listed, figure: &str, now: i64) -> Listed {
    let judged = |list: Listed| list.with("amended = ?", 0_i64).with("disputed = ?", 0_i64);
    match figure {
        "kept" => judged(list).with("by_first_due = ?", "kept"),
        "kept_late" => judged(list).with("by_first_due = ?", "kept_late"),
        "broken" => judged(list).with("by_first_due = ?", "broken"),
        "late_open" => judged(list).with("open = ?", 1_i64).with("first_due <= ?", now),
        "open" => judged(list).with("open = ?", 1_i64).with("coalesce(first_due, 9000000000000000) > ?", now),
        "amended" => list.with("amended = ?", 1_i64),
        "disputed" => list.with("disputed = ?", 1_i64),
        "told_first" => judged(list)
            .with("told_first = ?", 1_i64)
            .with("(by_first_due in ('kept_late', 'broken') or (by_first_due is null and first_due <= ?))", now),
        "chased" => list.only("chasers > 0"),
        "needless" => judged(list).with("needless = ?", 1_i64),
        _ => list,
    }
}

struct Counted {
    kind: String,
    by_first_due: Option<String>,
    disputed: bool,
    amended: bool,
    told_first: bool,
    chasers: u64,
    needless: bool,
    warned: bool,
    made_at: i64,
    first_due: Option<i64>,
    told_at: Option<i64>,
    reachable: bool,
    carrier: Option<String>,
}

impl Counted {
    fn read(row: &Row) -> Result<Counted, kept_store::StoreError> {
        Ok(Counted {
            kind: row.text(0)?,
            by_first_due: row.maybe_text(2)?,
            disputed: row.int(3)? == 1,
            amended: row.int(4)? == 1,
            told_first: row.int(5)? == 1,
            chasers: row.int(6)?.unsigned_abs(),
            needless: row.int(7)? == 1,
            warned: row.int(8)? == 1,
            made_at: row.int(9)?,
            first_due: row.maybe_int(10)?,
            told_at: row.maybe_int(11)?,
            reachable: row.int(12)? == 1,
            carrier: row.maybe_text(13)?,
        })
    }

    fn is(&self, state: &str) -> bool {
        self.by_first_due.as_deref() == Some(state)
    }

    /// Past its first due, or judged: what a share can be counted over.
    fn decided(&self, now: i64) -> bool {
        self.by_first_due.as_deref().is_some_and(|state| state != "released")
            || (self.by_first_due.is_none() && self.first_due.is_some_and(|due| due <= now))
    }
}

fn compute(all: &[Counted], now: i64, zone: &str) -> Figures {
    // What the customer moved is neutral, what is disputed is not settled: both are counted apart.
    let judged: Vec<&Counted> = all.iter().filter(|counted| !counted.amended && !counted.disputed).collect();
    let decided: Vec<&Counted> = judged.iter().copied().filter(|counted| counted.decided(now)).collect();
    let of = decided.len() as u64;
    let count = |test: &dyn Fn(&Counted) -> bool| decided.iter().filter(|counted| test(counted)).count() as u64;
    let kept = count(&|counted| counted.is("kept"));
    let not_kept: Vec<&Counted> = decided.iter().copied().filter(|counted| !counted.is("kept")).collect();
    let told = not_kept.iter().filter(|counted| counted.told_first).count() as u64;
    let warned = decided.iter().filter(|counted| counted.warned).count() as u64;
    let needless = decided.iter().filter(|counted| counted.needless).count() as u64;
    let chased = all.iter().filter(|counted| counted.chasers > 0).count() as u64;
    let reachable = all.iter().filter(|counted| counted.reachable).count() as u64;
    let hours = |from: i64, to: i64| (to - from) as f64 / 3_600_000.0;
    let lengths = all.iter().filter_map(|counted| counted.first_due.map(|due| hours(counted.made_at, due)));
    let leads =
        judged.iter().filter(|counted| counted.warned).filter_map(|counted| Some(hours(counted.told_at?, counted.first_due?)));
    Figures {
        due: all.len() as u64,
        kept: share(kept, of),
        kept_late: share(count(&|counted| counted.is("kept_late")), of),
        broken: share(count(&|counted| counted.is("broken")), of),
        late_open: count(&|counted| counted.by_first_due.is_none()),
        open: judged.iter().filter(|counted| counted.by_first_due.is_none() && !counted.decided(now)).count() as u64,
        amended: all.iter().filter(|counted| counted.amended).count() as u64,
        disputed: all.iter().filter(|counted| counted.disputed).count() as u64,
        told_first: share(told, not_kept.len() as u64),
        coverage: share(reachable, all.len() as u64),
        chased: share(chased, all.len() as u64),
        chasers: all.iter().map(|counted| counted.chasers).sum(),
        needless: share(needless, warned),
        length_hours: quantiles(lengths.collect()),
        lead_hours: quantiles(leads.collect()),
        by_carrier: grouped(&decided, |counted| counted.carrier.clone()),
        by_kind: grouped(&decided, |counted| Some(counted.kind.clone())),
        by_week: grouped(&decided, |counted| week(counted.first_due?, zone)),
    }
}

/// Kept by first due, group by group, in order of the groups.
fn grouped<K: Ord>(decided: &[&Counted], group: impl Fn(&Counted) -> Option<K>) -> Vec<(K, Share)> {
    let mut groups: std::collections::BTreeMap<K, (u64, u64)> = std::collections::BTreeMap::new();
    for counted in decided {
        let Some(key) = group(counted) else { continue };
        let (kept, of) = groups.entry(key).or_default();
        *kept += u64::from(counted.is("kept"));
        *of += 1;
    }
    groups.into_iter().map(|(key, (kept, of))| (key, share(kept, of))).collect()
}

/// The Monday of a moment's week where the house works.
fn week(at: i64, zone: &str) -> Option<jiff::civil::Date> {
    let zone = kept_base::moment::zone_named(zone).ok()?;
    // The end of a day is the first instant of the next: a minute earlier lies in the day that was promised.
    let day = from_millis(at - 60_000)?.to_zoned(zone).date();
    day.checked_sub(jiff::Span::new().days(i64::from(day.weekday().to_monday_zero_offset()))).ok()
}

/// A share with its Wilson 95 % interval.
pub(crate) fn share(count: u64, of: u64) -> Share {
    if of == 0 {
        return Share { count, of, low: 0.0, high: 1.0 };
    }
    let n = of as f64;
    let p = count as f64 / n;
    let denominator = 1.0 + Z * Z / n;
    let centre = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    Share { count, of, low: ((centre - spread) / denominator).max(0.0), high: ((centre + spread) / denominator).min(1.0) }
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
    }
}
