//! Quantiles that say how many values they rest on.

use serde::{Deserialize, Serialize};

/// A quantile of some values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantile {
    /// The value.
    pub value: i64,
    /// Values it was taken from.
    pub n: usize,
    /// Lower end of an interval that holds the true quantile in at least 95 % of cases; none where there are too few values for one.
    pub lower: Option<i64>,
    /// Its upper end.
    pub upper: Option<i64>,
}

/// The smallest value that at least this share of the values does not exceed (nearest rank), with an interval from the order of the
/// values alone: it assumes nothing of their distribution. None without values or for a share outside of 0 to 1.
pub fn quantile(values: &[i64], share: f64) -> Option<Quantile> {
    if values.is_empty() || !(0.0..=1.0).contains(&share) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let n = sorted.len();
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let count = n as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank from 1 to n")]
    let rank = (count * share).ceil().max(1.0) as usize;
    let (lower, upper) = ranks(n, count, share);
    Some(Quantile {
        value: sorted.get(rank - 1).copied()?,
        n,
        lower: lower.and_then(|rank| sorted.get(rank).copied()),
        upper: upper.and_then(|rank| sorted.get(rank).copied()),
    })
}

/// Places, from 0, of the order statistics that enclose the quantile: each side leaves out at most 2.5 % of the binomial distribution.
fn ranks(n: usize, count: f64, share: f64) -> (Option<usize>, Option<usize>) {
    const OUTSIDE: f64 = 0.025;
    if share <= 0.0 || share >= 1.0 {
        return (None, None);
    }
    // The chance that so many values lie below the quantile, from none on; in logarithms, since the first can be very small.
    let odds = (share / (1.0 - share)).ln();
    let mut log = count * (1.0 - share).ln();
    let (mut below, mut lower, mut upper) = (0.0, None, None);
    let mut left = count;
    for (place, rank) in (0..=n).zip(1u32..) {
        below += log.exp();
        if below <= OUTSIDE {
            lower = Some(place);
        }
        if upper.is_none() && below >= 1.0 - OUTSIDE && place < n {
            upper = Some(place);
        }
        log += odds + (left / f64::from(rank)).ln();
        left -= 1.0;
    }
    (lower, upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_the_ninth_decile_are_values_that_occurred() {
        let values: Vec<i64> = (1..=100).rev().collect();
        let median = quantile(&values, 0.5).unwrap();
        assert_eq!((median.value, median.n), (50, 100));
        // The 40th and 61st of 100: the textbook interval of a median (Conover, Practical Nonparametric Statistics).
        assert_eq!((median.lower, median.upper), (Some(40), Some(61)));
        assert_eq!(quantile(&values, 0.9).unwrap().value, 90);
        assert_eq!(quantile(&values, 1.0).unwrap().value, 100);
    }

    #[test]
    fn few_values_have_a_quantile_and_no_interval() {
        let found = quantile(&[7, 3, 5], 0.9).unwrap();
        assert_eq!((found.value, found.n, found.upper), (7, 3, None));
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[1], f64::NAN), None);
    }
}
