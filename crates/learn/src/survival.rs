//! The Kaplan–Meier estimate: how many are still there, where some were only seen for a while.

use serde::{Deserialize, Serialize};

/// One duration under observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// How long, in any unit.
    pub lasted: i64,
    /// Whether it ended then; else it was only seen to last so long.
    pub ended: bool,
}

/// The estimate after one moment at which something ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Survival {
    /// The duration.
    pub at: i64,
    /// Spells that lasted at least so long.
    pub at_risk: usize,
    /// Spells that ended then.
    pub ended: usize,
    /// Share that lasts longer.
    pub share: f64,
    /// Its standard error (Greenwood).
    pub error: f64,
}

/// Durations that are the same, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spells {
    /// How long, in any unit.
    pub lasted: i64,
    /// How many ended then.
    pub ended: usize,
    /// How many were only seen to last so long.
    pub seen: usize,
}

/// The Kaplan–Meier estimate (1958) with Greenwood's standard error, one entry for each duration at which something ended. A spell that
/// was last seen at the moment at which another ended counts as at risk there.
pub fn kaplan_meier(spells: &[Spell]) -> Vec<Survival> {
    let mut sorted = spells.to_vec();
    sorted.sort_by_key(|spell| spell.lasted);
    let counted = sorted.chunk_by(|left, right| left.lasted == right.lasted).map(|same| {
        let ended = same.iter().filter(|spell| spell.ended).count();
        Spells { lasted: same.first().map_or(0, |spell| spell.lasted), ended, seen: same.len() - ended }
    });
    kaplan_meier_counted(&counted.collect::<Vec<_>>())
}

/// The same of counts, each duration once and in order.
pub fn kaplan_meier_counted(spells: &[Spells]) -> Vec<Survival> {
    let mut at_risk: usize = spells.iter().map(|same| same.ended + same.seen).sum();
    let (mut share, mut variance) = (1.0, 0.0);
    let mut found = Vec::new();
    for same in spells {
        let ended = same.ended;
        if ended > 0 {
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
            let (gone, there) = (ended as f64, at_risk as f64);
            share *= 1.0 - gone / there;
            // The last one gone leaves a share of 0, which is 0 whatever the variance.
            variance += if there > gone { gone / (there * (there - gone)) } else { 0.0 };
            found.push(Survival { at: same.lasted, at_risk, ended, share, error: share * f64::sqrt(variance) });
        }
        at_risk -= ended + same.seen;
    }
    found
}

/// The shortest duration by which at least this share has ended; none where the estimate does not reach so far.
pub fn ended_by(survival: &[Survival], share: f64) -> Option<i64> {
    survival.iter().find(|point| 1.0 - point.share >= share - 1e-12).map(|point| point.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_read_off_the_curve() {
        let spell = |lasted, ended| Spell { lasted, ended };
        let curve = kaplan_meier(&[spell(1, true), spell(2, false), spell(3, true), spell(4, true)]);
        assert_eq!(curve.iter().map(|point| point.at_risk).collect::<Vec<_>>(), [4, 2, 1]);
        assert_eq!(ended_by(&curve, 0.5), Some(3));
        assert_eq!(ended_by(&curve, 1.0), Some(4));
        assert_eq!(ended_by(&kaplan_meier(&[spell(9, false)]), 0.5), None);
        // The same by counts.
        let counts = [(1, 1, 0), (2, 0, 1), (3, 1, 0), (4, 1, 0)];
        let counted = counts.map(|(lasted, ended, seen)| Spells { lasted, ended, seen });
        assert_eq!(kaplan_meier_counted(&counted), curve);
    }
}
