//! Stretches of time, as people write them, and their distributions.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

use super::Rng;

/// The longest that anything here lasts.
pub const LONGEST: Duration = Duration::from_mins(10);

/// A stretch of time: `"250ms"`, `"2s"`, or a number of milliseconds; ten minutes at the most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "250ms")]
pub struct Span(pub Duration);

impl Span {
    /// So many milliseconds.
    pub const fn ms(ms: u64) -> Self {
        Self(Duration::from_millis(ms))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&humantime::format_duration(self.0))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SpanVisitor)
    }
}

struct SpanVisitor;

impl de::Visitor<'_> for SpanVisitor {
    type Value = Span;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a time such as \"250ms\" or \"2s\", or a number of milliseconds, ten minutes at the most")
    }

    fn visit_u64<E: de::Error>(self, ms: u64) -> Result<Span, E> {
        let span = Duration::from_millis(ms);
        if span <= LONGEST { Ok(Span(span)) } else { Err(E::invalid_value(de::Unexpected::Unsigned(ms), &self)) }
    }

    fn visit_i64<E: de::Error>(self, ms: i64) -> Result<Span, E> {
        let unsigned = u64::try_from(ms).map_err(|_| E::invalid_value(de::Unexpected::Signed(ms), &self))?;
        self.visit_u64(unsigned)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
        let span = humantime::parse_duration(text).ok().filter(|span| *span <= LONGEST);
        span.map(Span).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// How long a reply is kept back, before the request is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Delay {
    /// Always the same.
    Fixed(Span),
    /// Anything from `min` to `max`, all as likely.
    Uniform {
        /// The shortest.
        min: Span,
        /// The longest.
        max: Span,
    },
    /// Around a mean; never below nothing.
    Normal {
        /// The mean.
        mean: Span,
        /// The standard deviation.
        deviation: Span,
    },
    /// Mostly short, now and then long, as networks are.
    Lognormal {
        /// Half of all are shorter.
        median: Span,
        /// How far the long ones go: 0.5 is mild, 1.5 wild.
        sigma: f64,
    },
}

impl Delay {
    /// One delay.
    pub fn sample(self, rng: &mut Rng) -> Duration {
        let seconds = match self {
            Self::Fixed(span) => return span.0,
            Self::Uniform { min, max } => {
                let (min, max) = (min.0.as_secs_f64(), max.0.as_secs_f64());
                min + (max - min) * rng.fraction()
            }
            Self::Normal { mean, deviation } => mean.0.as_secs_f64() + deviation.0.as_secs_f64() * rng.normal(),
            Self::Lognormal { median, sigma } => median.0.as_secs_f64() * (sigma * rng.normal()).exp(),
        };
        Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST.as_secs_f64())).unwrap_or_default()
    }

    /// What is wrong with it, if anything.
    pub fn check(self) -> Result<(), String> {
        match self {
            Self::Uniform { min, max } if min.0 > max.0 => Err("min is longer than max".into()),
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
    fn a_span_is_a_number_of_milliseconds_or_a_text_with_a_unit() {
        let read = |json: &str| serde_json::from_str::<Span>(json).map_err(|error| error.to_string());
        assert_eq!(read("250"), Ok(Span::ms(250)));
        assert_eq!(read("\"2s\""), Ok(Span::ms(2_000)));
        assert!(read("\"2 parsecs\"").unwrap_err().contains("250ms"));
        assert!(read("600001").is_err() && read("-1").is_err() && read("\"1day\"").is_err());
    }

    #[test]
    fn distributions_stay_where_they_belong() {
        let all = |delay: Delay| (0..1_000).map(move |n| delay.sample(&mut Rng::new(3, n)));
        let uniform = Delay::Uniform { min: Span::ms(100), max: Span::ms(200) };
        assert!(all(uniform).all(|d| d >= Duration::from_millis(100) && d <= Duration::from_millis(200)));
        let mean = |delay| all(delay).sum::<Duration>() / 1_000;
        let normal = mean(Delay::Normal { mean: Span::ms(200), deviation: Span::ms(20) });
        assert!((195..=205).contains(&normal.as_millis()), "{normal:?}");
        let shorter = all(Delay::Lognormal { median: Span::ms(100), sigma: 1.0 }).filter(|d| d.as_millis() < 100);
        assert!((450..=550).contains(&shorter.count()));
        assert!(all(Delay::Lognormal { median: Span(LONGEST), sigma: 5.0 }).all(|d| d <= LONGEST));
    }
}
