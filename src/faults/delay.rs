//! How long a request is kept waiting: always the same time, or one drawn from a distribution.

use std::time;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Rng;
use crate::support::duration::Duration;

/// The longest time that a request is kept waiting.
pub const LONGEST: Duration = Duration::minutes(10);
/// The same in words.
pub const LONGEST_WORDS: &str = "10 minutes";

/// How long a reply is kept back, before the request is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Delay {
    /// Always the same.
    Fixed(Duration),
    /// Anything from `min` to `max`, all as likely.
    Uniform {
        /// The shortest delay.
        min: Duration,
        /// The longest delay; not below `min`.
        max: Duration,
    },
    /// Around a mean; never below nothing.
    Normal {
        /// The mean of the delays.
        mean: Duration,
        /// The standard deviation; what would be negative is no delay.
        deviation: Duration,
    },
    /// Mostly short, now and then long, as networks are.
    Lognormal {
        /// Half of all are shorter.
        median: Duration,
        /// How far the long ones go: 0.5 is mild, 1.5 wild.
        sigma: f64,
    },
}

impl Delay {
    /// One delay.
    pub fn sample(self, rng: &mut Rng) -> time::Duration {
        let seconds = match self {
            Self::Fixed(time) => return time.std(),
            Self::Uniform { min, max } => {
                let (min, max) = (min.std().as_secs_f64(), max.std().as_secs_f64());
                min + (max - min) * rng.fraction()
            }
            Self::Normal { mean, deviation } => mean.std().as_secs_f64() + deviation.std().as_secs_f64() * rng.normal(),
            Self::Lognormal { median, sigma } => median.std().as_secs_f64() * (sigma * rng.normal()).exp(),
        };
        time::Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST.std().as_secs_f64())).unwrap_or_default()
    }

    /// What is wrong with it, if anything.
    pub fn check(self) -> Result<(), String> {
        let longest = match self {
            Self::Fixed(time) => time,
            Self::Uniform { min: _, max } => max,
            Self::Normal { mean, deviation } => mean.max(deviation),
            Self::Lognormal { median, sigma: _ } => median,
        };
        longest.at_most(LONGEST, LONGEST_WORDS).map_err(|error| error.to_string())?;
        match self {
            Self::Uniform { min, max } if min > max => Err("min is longer than max".into()),
            Self::Lognormal { sigma, .. } if !(0.0..=5.0).contains(&sigma) => {
                Err(format!("sigma is {sigma}; expected a number from 0 to 5"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_stay_where_they_belong() {
        let all = |delay: Delay| (0..1_000).map(move |n| delay.sample(&mut Rng::new(3, n)));
        let uniform = Delay::Uniform { min: Duration::milliseconds(100), max: Duration::milliseconds(200) };
        assert!(all(uniform).all(|d| (100..=200).contains(&d.as_millis())));
        let mean = |delay| all(delay).sum::<time::Duration>() / 1_000;
        let normal = mean(Delay::Normal { mean: Duration::milliseconds(200), deviation: Duration::milliseconds(20) });
        assert!((195..=205).contains(&normal.as_millis()), "{normal:?}");
        let shorter =
            all(Delay::Lognormal { median: Duration::milliseconds(100), sigma: 1.0 }).filter(|d| d.as_millis() < 100);
        assert!((450..=550).contains(&shorter.count()));
        assert!(all(Delay::Lognormal { median: LONGEST, sigma: 5.0 }).all(|d| d <= LONGEST.std()));
    }
}
