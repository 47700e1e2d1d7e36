//! The only reader of real time. A clock runs at a speed from where it was set, or stands still.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

pub use crate::model::StartClock;

/// The clock of one sandbox.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    set_to: DateTime<Utc>,
    set_at: Instant,
    speed: f64,
}

impl From<StartClock> for Clock {
    fn from(StartClock { at, frozen }: StartClock) -> Self {
        if frozen { Self::frozen_at(at) } else { Self::running_from(at) }
    }
}

impl Clock {
    /// A clock that shows real time.
    pub fn real() -> Self {
        Self::running_from(real_now())
    }

    /// A clock that runs from `now` on.
    pub fn running_from(now: DateTime<Utc>) -> Self {
        Self { set_to: now, set_at: instant(), speed: 1.0 }
    }

    /// A clock that stands still at `now`.
    pub fn frozen_at(now: DateTime<Utc>) -> Self {
        Self { speed: 0.0, ..Self::running_from(now) }
    }

    /// What it shows.
    pub fn now(&self) -> DateTime<Utc> {
        if self.speed == 0.0 {
            return self.set_to;
        }
        let passed = instant().saturating_duration_since(self.set_at).as_secs_f64() * self.speed;
        let passed = Duration::try_from_secs_f64(passed).ok().and_then(|passed| TimeDelta::from_std(passed).ok());
        let now = passed.and_then(|passed| self.set_to.checked_add_signed(passed));
        now.unwrap_or_else(StartClock::latest).min(StartClock::latest())
    }

    /// Puts it to `now`; it goes on running or standing.
    pub fn set(&mut self, now: DateTime<Utc>) {
        *self = Self { set_to: now, set_at: instant(), speed: self.speed };
    }

    /// Puts it forward, to [`StartClock::latest`] at the most.
    pub fn advance(&mut self, by: TimeDelta) {
        let then = self.now().checked_add_signed(by).unwrap_or_else(StartClock::latest);
        self.set(then.min(StartClock::latest()));
    }

    /// Stops it.
    pub fn freeze(&mut self) {
        *self = Self::frozen_at(self.now());
    }

    /// Lets it run at real speed.
    pub fn resume(&mut self) {
        *self = Self::running_from(self.now());
    }

    /// Lets it run at a multiple of real speed; 0 stops it.
    pub fn run_at(&mut self, speed: f64) {
        *self = Self { speed, ..Self::running_from(self.now()) };
    }

    /// How many times as fast as real time it runs; 0 if it stands still.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Real time until it shows `then`; none if it stands still.
    pub fn real_time_until(&self, then: DateTime<Utc>) -> Option<Duration> {
        let left = (then - self.now()).to_std().unwrap_or_default();
        let real = || Duration::try_from_secs_f64(left.as_secs_f64() / self.speed).unwrap_or(Duration::MAX);
        (self.speed > 0.0).then(real)
    }

    /// Whether it stands still.
    pub fn is_frozen(&self) -> bool {
        self.speed == 0.0
    }
}

#[allow(clippy::disallowed_methods, reason = "this is the one place that reads real time")]
fn real_now() -> DateTime<Utc> {
    Utc::now()
}

/// Real time that only measures how long something takes.
#[allow(clippy::disallowed_methods, reason = "this is the one place that reads real time")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_frozen_clock_moves_only_when_it_is_moved() {
        let mut clock = Clock::frozen_at(at("2026-01-01T00:00:00Z"));
        assert_eq!(clock.now(), at("2026-01-01T00:00:00Z"));
        clock.advance(TimeDelta::days(31));
        assert_eq!(clock.now(), at("2026-02-01T00:00:00Z"));
        clock.set(at("2025-12-31T12:00:00Z"));
        assert_eq!(clock.now(), at("2025-12-31T12:00:00Z"));
        assert!(clock.is_frozen());
    }

    #[test]
    fn a_running_clock_runs_from_where_it_was_set_and_can_be_stopped() {
        let mut clock = Clock::running_from(at("2026-01-01T00:00:00Z"));
        let first = clock.now();
        assert!(first >= at("2026-01-01T00:00:00Z") && first < at("2026-01-01T00:01:00Z"));
        clock.freeze();
        assert_eq!(clock.now(), clock.now());
        clock.resume();
        assert!(!clock.is_frozen());
    }
}
