//! Shares and their uncertainty.

use serde::{Deserialize, Serialize};

/// A share of counted cases with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Cases that count.
    pub hits: u64,
    /// All cases.
    pub n: u64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
}

impl Share {
    /// Wilson's score interval of a share at 95 % (E. B. Wilson, 1927): honest for few cases and near 0 and 1. None without cases; more
    /// hits than cases count as all.
    pub fn wilson(hits: u64, n: u64) -> Option<Share> {
        /// The normal quantile that leaves 2.5 % above it.
        const Z: f64 = 1.959_963_984_540_054;
        if n == 0 {
            return None;
        }
        let hits = hits.min(n);
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let (count, share) = (n as f64, hits as f64 / n as f64);
        let squared = Z * Z / count;
        let middle = (share + squared / 2.0) / (1.0 + squared);
        let half = Z * (share * (1.0 - share) / count + squared / (4.0 * count)).sqrt() / (1.0 + squared);
        // At the ends the interval ends there too; arithmetic would leave a dust of 1e-17.
        let lower = if hits == 0 { 0.0 } else { (middle - half).max(0.0) };
        let upper = if hits == n { 1.0 } else { (middle + half).min(1.0) };
        Some(Share { hits, n, lower, upper })
    }

    /// The share itself.
    pub fn value(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let share = self.hits as f64 / self.n as f64;
        share
    }
}
