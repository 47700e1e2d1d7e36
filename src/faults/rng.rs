//! Random numbers that can be repeated: the n-th number of a seed is always the same.

use crate::model::split_mix;

/// A stream of numbers that depends on a seed and on a count, on nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rng {
    stream: u64,
    drawn: u64,
}

impl Rng {
    /// The numbers for the `count`-th use of a seed.
    pub fn new(seed: u64, count: u64) -> Self {
        Self { stream: split_mix(seed ^ split_mix(count)), drawn: 0 }
    }

    /// The next number, evenly distributed over all of `u64`.
    pub fn number(&mut self) -> u64 {
        self.drawn += 1;
        split_mix(self.stream ^ self.drawn.rotate_left(32))
    }

    /// The next number from 0 up to but not including 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits are what an f64 holds")]
    pub fn fraction(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The next number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.number().checked_rem(end).unwrap_or_default()).unwrap_or_default()
    }

    /// Whether the next throw of a coin with this chance succeeds.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.fraction() < probability
    }

    /// The next number of the normal distribution with mean 0 and deviation 1 (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.fraction()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.fraction()).cos()
    }

    /// Puts a list into another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_and_counts_draw_alike_and_others_differently() {
        let rng = |seed, count| {
            let mut rng = Rng::new(seed, count);
            [rng.number(), rng.number()]
        };
        assert_eq!(rng(1, 1), rng(1, 1));
        assert_ne!(rng(1, 1), rng(1, 2));
        assert_ne!(rng(1, 1), rng(2, 1));
        assert_ne!(rng(1, 1)[0], rng(1, 1)[1]);
    }

    #[test]
    fn fractions_fill_the_range_and_the_normal_distribution_is_centred() {
        let mut rng = Rng::new(7, 0);
        let fractions: Vec<f64> = (0..2_000).map(|_| rng.fraction()).collect();
        assert!(fractions.iter().all(|f| (0.0..1.0).contains(f)));
        let mean = fractions.iter().sum::<f64>() / 2_000.0;
        assert!((mean - 0.5).abs() < 0.03, "{mean}");
        let normal = (0..2_000).map(|_| rng.normal()).sum::<f64>() / 2_000.0;
        assert!(normal.abs() < 0.1, "{normal}");
    }
}
