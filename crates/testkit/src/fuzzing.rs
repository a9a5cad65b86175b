//! Changed samples for tests that nothing makes a parser panic: the same in every run, so that a failure can be had again.

/// Numbers that are the same in every run (SplitMix64).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that roll as this seed has it.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A number below `bound`; 0 where that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.roll() % bound).unwrap_or_default()
    }

    /// One of these.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// A sample with up to eight changes: bytes lost, said twice, taken from another sample, cut off; or what `prick` does at a place.
pub fn changed(samples: &[Vec<u8>], dice: &mut Dice, mut prick: impl FnMut(&mut Vec<u8>, usize, &mut Dice)) -> Vec<u8> {
    let mut raw = dice.one(samples).cloned().unwrap_or_default();
    for _ in 0..=dice.below(8) {
        let (one, other) = (dice.below(raw.len() + 1), dice.below(raw.len() + 1));
        let (from, to) = (one.min(other), one.max(other).min(one.min(other) + 400));
        match dice.below(8) {
            0 => {
                let place = dice.below(raw.len());
                let byte = u8::try_from(dice.below(256)).unwrap_or_default();
                raw.get_mut(place).into_iter().for_each(|at| *at = byte);
            }
            1 => drop(raw.drain(from..to)),
            2 => {
                let again: Vec<u8> = raw.iter().take(to).skip(from).copied().collect();
                raw.splice(to..to, again);
            }
            3 => {
                let sample = dice.one(samples).map(Vec::as_slice).unwrap_or_default();
                let (start, length) = (dice.below(sample.len()), dice.below(600));
                raw.splice(from..to, sample.iter().skip(start).take(length).copied());
            }
            4 if dice.below(4) == 0 => raw.truncate(from),
            _ => prick(&mut raw, from, dice),
        }
    }
    raw
}
