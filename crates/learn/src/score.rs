//! What forecasts were worth, for evaluation: ranking (AUC, average precision) and honesty (expected calibration error).

/// Area under the ROC curve: the chance that a case that came true was given more than one that did not; ties count half. None where
/// either kind is missing.
pub fn auc(rows: &[(f64, bool)]) -> Option<f64> {
    let (mut below, mut better) = (0.0, 0.0);
    let mut positives = 0.0;
    for tied in by_chance(rows).chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
        let (yes, no) = counts(tied);
        better += yes * (below + no / 2.0);
        below += no;
        positives += yes;
    }
    (positives > 0.0 && below > 0.0).then(|| better / (positives * below))
}

/// Average precision: precision at each case that came true, highest chance first, averaged. Ties count as one step. None where nothing
/// came true.
pub fn average_precision(rows: &[(f64, bool)]) -> Option<f64> {
    let mut sorted = by_chance(rows);
    sorted.reverse();
    let (mut seen, mut hits, mut sum) = (0.0, 0.0, 0.0);
    for tied in sorted.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
        let (yes, no) = counts(tied);
        hits += yes;
        seen += yes + no;
        sum += yes * hits / seen;
    }
    (hits > 0.0).then(|| sum / hits)
}

/// How far forecasts were from what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationError {
    /// Expected calibration error over ten bins of equal width: mean distance of the share that came true from the mean chance, weighted
    /// by cases.
    pub error: f64,
    /// What the same figure would be on average if every chance were exactly right: with few cases chance alone is far from 0.
    pub floor: f64,
    /// Mean chance minus share that came true: above 0, too much was feared.
    pub bias: f64,
    /// Mean squared distance of chance and outcome (Brier score).
    pub brier: f64,
    /// Cases.
    pub n: usize,
}

/// The calibration error of some forecasts; none where there are none.
pub fn calibration_error(rows: &[(f64, bool)]) -> Option<CalibrationError> {
    const BINS: usize = 10;
    let mut bins = [(0.0, 0.0, 0.0, 0.0); BINS];
    let mut brier = 0.0;
    for (chance, came) in rows {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 9")]
        let bin = (chance * 10.0).clamp(0.0, 9.0) as usize;
        let came = f64::from(u8::from(*came));
        brier += (chance - came) * (chance - came);
        if let Some((n, sum, late, spread)) = bins.get_mut(bin) {
            *n += 1.0;
            *sum += chance;
            *late += came;
            *spread += chance * (1.0 - chance);
        }
    }
    let n: f64 = bins.iter().map(|bin| bin.0).sum();
    (n > 0.0).then(|| CalibrationError {
        error: bins.iter().map(|(_, sum, late, _)| (sum - late).abs()).sum::<f64>() / n,
        // The mean distance from 0 of a normal variable of that spread.
        floor: bins.iter().map(|(.., spread)| (spread * 2.0 / std::f64::consts::PI).sqrt()).sum::<f64>() / n,
        bias: bins.iter().map(|(_, sum, late, _)| sum - late).sum::<f64>() / n,
        brier: brier / n,
        n: rows.len(),
    })
}

fn by_chance(rows: &[(f64, bool)]) -> Vec<(f64, bool)> {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|left, right| left.0.total_cmp(&right.0));
    sorted
}

fn counts(rows: &[(f64, bool)]) -> (f64, f64) {
    rows.iter().fold((0.0, 0.0), |(yes, no), (_, came)| if *came { (yes + 1.0, no) } else { (yes, no + 1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranking_is_scored_as_the_textbooks_do() {
        let rows = [(0.1, false), (0.4, false), (0.35, true), (0.8, true)];
        assert_eq!(auc(&rows), Some(0.75));
        let expected = (1.0 + 2.0 / 3.0) / 2.0;
        assert!((average_precision(&rows).unwrap() - expected).abs() < 1e-12);
    }

    #[test]
    fn equal_chances_rank_nothing() {
        let rows = [(0.5, false), (0.5, true), (0.5, false), (0.5, true)];
        assert_eq!(auc(&rows), Some(0.5));
        assert_eq!(average_precision(&rows), Some(0.5));
        assert_eq!(auc(&[(0.5, true)]), None);
    }

    #[test]
    fn calibration_error_is_the_distance_and_knows_its_floor() {
        let rows: Vec<(f64, bool)> = (0..100).map(|index| (0.3, index < 50)).collect();
        let found = calibration_error(&rows).unwrap();
        assert!((found.error - 0.2).abs() < 1e-9);
        assert!((found.bias + 0.2).abs() < 1e-9);
        assert!((found.floor - (0.3f64 * 0.7 * 100.0 * 2.0 / std::f64::consts::PI).sqrt() / 100.0).abs() < 1e-9);
        assert_eq!(calibration_error(&[]), None);
    }
}
