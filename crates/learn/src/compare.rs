//! Like with like: a share against what others have where the work is the same, and against itself before.

use serde::{Deserialize, Serialize};

use crate::interval::Share;

/// Cases that may be compared with each other: those of one, among those of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stratum {
    /// Of the one: cases that count.
    pub hits: u64,
    /// Of the one: all its cases.
    pub n: u64,
    /// Of everybody, the one included: cases that count.
    pub all_hits: u64,
    /// Of everybody: all cases.
    pub all: u64,
}

/// What one has against what everybody's shares in the same strata would have given it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// Its cases.
    pub n: u64,
    /// Of them, in strata in which somebody else has cases too: only these are compared.
    pub comparable: u64,
    /// Cases that count, among the comparable ones.
    pub observed: u64,
    /// How many would, at everybody's share stratum by stratum.
    pub expected: f64,
    /// Lower end of the 95 % interval of what is observed beyond what is expected.
    pub lower: f64,
    /// Its upper end.
    pub upper: f64,
    /// Whether there are enough to say anything: the criterion of Mantel and Fleiss (1980).
    pub enough: bool,
}

/// The normal quantile that leaves 2.5 % above it.
const Z: f64 = 1.959_963_984_540_054;
/// What must be possible on either side of what is expected, in cases.
const ROOM: f64 = 5.0;

/// Observed minus expected, stratum by stratum, with the variance of Mantel and Haenszel (1959): whoever has the hard strata is held
/// against how everybody does there. A stratum of one alone says nothing, and counts for nothing.
pub fn against_expected(strata: &[Stratum]) -> Against {
    let (mut observed, mut expected, mut variance, mut least, mut most) = (0, 0.0, 0.0, 0.0, 0.0);
    let (mut n, mut comparable) = (0, 0);
    for stratum in strata {
        n += stratum.n;
        if stratum.n == 0 || stratum.all <= stratum.n {
            continue;
        }
        comparable += stratum.n;
        observed += stratum.hits;
        let [of, hits, all] = [stratum.n, stratum.all_hits, stratum.all].map(float);
        expected += of * hits / all;
        variance += of * (all - of) * hits * (all - hits) / (all * all * (all - 1.0));
        least += (hits + of - all).max(0.0);
        most += of.min(hits);
    }
    let (beyond, half) = (float(observed) - expected, Z * f64::sqrt(variance));
    let enough = (expected - least).min(most - expected) >= ROOM;
    Against { n, comparable, observed, expected, lower: beyond - half, upper: beyond + half, enough }
}

/// A share now, less what it was before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The difference, from -1 to 1.
    pub by: f64,
    /// Lower end of its 95 % interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// The difference of two independent shares with the interval of R. G. Newcombe (1998, method 10), made of the two Wilson intervals.
/// None where either has no cases.
pub fn change(now: Share, before: Share) -> Option<Change> {
    if now.n == 0 || before.n == 0 {
        return None;
    }
    let by = now.value() - before.value();
    let down = f64::hypot(now.value() - now.lower, before.upper - before.value());
    let up = f64::hypot(now.upper - now.value(), before.value() - before.lower);
    Some(Change { by, lower: by - down, upper: by + up })
}

fn float(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let float = count as f64;
    float
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stratum_is_the_mean_and_variance_of_drawing_without_putting_back() {
        // 60 of 100 hits, 40 drawn: expected 24, variance 40·60·60·40 / (100²·99) = 5.818.
        let against = against_expected(&[Stratum { hits: 30, n: 40, all_hits: 60, all: 100 }]);
        assert!((against.expected - 24.0).abs() < 1e-9);
        assert!((against.upper - against.lower - 2.0 * Z * 5.818_181_818_f64.sqrt()).abs() < 1e-6);
        assert!(against.enough && against.lower > 0.0, "{against:?}");
    }

    #[test]
    fn whoever_has_the_hard_stratum_is_not_punished() {
        // Both carriers keep half of the hard lane and nine of ten of the easy one; one has mostly hard parcels.
        let hard = Stratum { hits: 90, n: 180, all_hits: 100, all: 200 };
        let easy = Stratum { hits: 18, n: 20, all_hits: 180, all: 200 };
        let against = against_expected(&[hard, easy]);
        assert!((against.expected - 108.0).abs() < 1e-9);
        assert!(against.lower < 0.0 && against.upper > 0.0, "{against:?}");
    }

    #[test]
    fn alone_or_few_says_nothing() {
        let alone = against_expected(&[Stratum { hits: 900, n: 1000, all_hits: 900, all: 1000 }]);
        assert_eq!((alone.comparable, alone.enough), (0, false));
        let few = against_expected(&[Stratum { hits: 5, n: 6, all_hits: 80, all: 100 }]);
        assert!(!few.enough, "{few:?}");
    }

    #[test]
    fn newcombe_as_published() {
        // Newcombe (1998), example a: 56/70 against 48/80, method 10: .0524 to .3339.
        let change = change(Share::wilson(56, 70).unwrap(), Share::wilson(48, 80).unwrap()).unwrap();
        assert!((change.lower - 0.0524).abs() < 0.0001 && (change.upper - 0.3339).abs() < 0.0001, "{change:?}");
        assert_eq!(super::change(Share::wilson(1, 2).unwrap(), Share { hits: 0, n: 0, lower: 0.0, upper: 1.0 }), None);
    }
}
