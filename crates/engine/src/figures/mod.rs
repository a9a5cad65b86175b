//! Figures that nobody can improve by clicking: by first due, from the facts, with counts and intervals.

mod computing;
mod counting;

use kept_base::PromiseId;
use kept_domain::Noun;
use kept_domain::figures::Under;
use kept_store::{Cursor, Listed};

use crate::gathering::{page_of, promise_line, promise_of};
use crate::views::{Figures, Page, PromiseFilter, PromiseLine, Quantiles, Share};
use crate::{Engine, EngineError};

pub(crate) use counting::Counter;

/// The end of a day is the first instant of the next, yet belongs to the day that was promised: so do periods.
pub(crate) const PAST_THE_END: i64 = 1;

impl Engine {
    /// Figures of promises whose first due lies in `from..before` (epoch milliseconds), of one kind or all.
    ///
    /// # Errors
    /// Database errors.
    pub fn figures(&self, from: i64, before: i64, kind: Option<&str>) -> Result<Figures, EngineError> {
        let sums = self.counted(from.saturating_add(PAST_THE_END), before.saturating_add(PAST_THE_END), kind)?;
        Ok(computing::computed(&sums, &self.shared.settings.zone))
    }
}

impl Engine {
    /// The promises under a figure, latest first; none where the filter asks for more than what figures tell apart.
    pub(crate) fn promises_under(&self, filter: &PromiseFilter) -> Result<Option<Page<PromiseLine>>, EngineError> {
        let PromiseFilter { state: None, open_only: false, disputed: false, due_before: None, search: None, .. } = filter else {
            return Ok(None);
        };
        let Some(figure) = filter.figure.clone() else { return Ok(None) };
        let under = Under { figure, kind: filter.kind.clone(), owner: filter.owner.clone(), giver: filter.giver.clone() };
        let period = (
            filter.first_due_from.unwrap_or(0).saturating_add(PAST_THE_END),
            filter.first_due_before.unwrap_or(i64::MAX).saturating_add(PAST_THE_END),
        );
        let (after, limit) = page_of(filter.after.as_deref(), filter.limit);
        let most = usize::try_from(limit).unwrap_or(0);
        let after = after.map(|cursor| (cursor.key, PromiseId::new(cursor.id)));
        let now = self.now();
        let (mut found, total) =
            self.counting(period.0, period.1, |counts| counts.under(period, &under, now, after, most + 1))?;
        let more = found.len() > most;
        found.truncate(most);
        let next = found.last().filter(|_| more).map(|(at, id)| Cursor { key: *at, id: id.get() }.text());
        let rows = self.reading(|connection| {
            let mut rows = Vec::with_capacity(found.len());
            for (_, id) in found {
                if let Some(promise) = connection.load(Noun::Promise, id.into(), false)?.and_then(promise_of) {
                    rows.push(promise_line(connection, promise)?);
                }
            }
            Ok(rows)
        })?;
        Ok(Some(Page { rows, total, next }))
    }
}

/// The promises under a figure, as [`Figures`] counts them, for who asks for more than figures tell apart.
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
        let counted = super::computing::tenths(&[(1, 1), (2, 3), (30, 1)]);
        assert_eq!((counted.n, counted.median, counted.p90), (5, Some(0.2), Some(3.0)));
        assert_eq!(super::computing::tenths(&[]).median, None);
    }
}
