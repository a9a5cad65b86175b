//! Random numbers that are the same everywhere: SplitMix64.

/// A stream of numbers; each part of the world draws from its own, so that a change in one leaves the others alone.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    /// The stream `stream` of a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Rng {
        let mut rng = Rng(seed ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        // Neighbouring streams differ in few bits; one step spreads them.
        rng.next();
        rng
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to `bound - 1`; 0 for a bound below 1.
    pub(crate) fn below(&mut self, bound: i64) -> i64 {
        let bound = u64::try_from(bound).unwrap_or(0).max(1);
        i64::try_from(self.next() % bound).unwrap_or(0)
    }

    /// From `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    /// True so many times in a hundred.
    pub(crate) fn percent(&mut self, share: i64) -> bool {
        self.below(100) < share
    }

    /// One of these; the default where there is none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, of: &[T]) -> T {
        let place = usize::try_from(self.next()).unwrap_or(0).checked_rem(of.len()).unwrap_or(0);
        of.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn shuffle<T>(&mut self, of: &mut [T]) {
        for last in (1..of.len()).rev() {
            let bound = i64::try_from(last).unwrap_or(0) + 1;
            let place = usize::try_from(self.below(bound)).unwrap_or(0);
            of.swap(last, place);
        }
    }
}
