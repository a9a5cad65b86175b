//! Isotonic regression: the closest rising step function.

/// The weighted least-squares fit of values that must not fall (pool adjacent violators). One fitted value for each `(value, weight)`, in
/// the same order; weights of 0 or less count as nearly nothing.
pub fn isotonic(rows: &[(f64, f64)]) -> Vec<f64> {
    // Blocks of neighbours that share a mean: sum, weight, members.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::with_capacity(rows.len());
    for (value, weight) in rows {
        let weight = weight.max(1e-12);
        let mut block = (value * weight, weight, 1);
        while let Some(last) = blocks.pop_if(|last| last.0 / last.1 >= block.0 / block.1) {
            block = (last.0 + block.0, last.1 + block.1, last.2 + block.2);
        }
        blocks.push(block);
    }
    blocks.iter().flat_map(|(sum, weight, members)| std::iter::repeat_n(sum / weight, *members)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_that_fall_are_pooled() {
        assert_eq!(isotonic(&[(1.0, 1.0), (3.0, 1.0), (2.0, 1.0), (4.0, 1.0)]), [1.0, 2.5, 2.5, 4.0]);
        assert_eq!(isotonic(&[(4.0, 3.0), (0.0, 1.0)]), [3.0, 3.0]);
        assert_eq!(isotonic(&[]), [] as [f64; 0]);
    }

    proptest! {
        #[test]
        fn the_fit_rises_and_keeps_the_mean(values in proptest::collection::vec((0.0..1.0f64, 0.1..5.0f64), 1..40)) {
            let fit = isotonic(&values);
            prop_assert!(fit.windows(2).all(|pair| pair[0] <= pair[1] + 1e-9));
            let sum: f64 = values.iter().map(|(value, weight)| value * weight).sum();
            let fitted: f64 = fit.iter().zip(&values).map(|(value, (_, weight))| value * weight).sum();
            prop_assert!((sum - fitted).abs() < 1e-6);
        }
    }
}
