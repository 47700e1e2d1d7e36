//! Values of flags that need more than a type: how they are read, and what is said if they cannot be.

use chrono::{DateTime, TimeDelta, Utc};

use super::config::Control;
use crate::{
    faults::sets::Set,
    model::LONGEST_DELAY,
    model::StartClock,
    support::{
        duration::{Duration, InvalidDuration},
        origin,
    },
    wire::date,
};

pub(super) fn fault_set(text: &str) -> Result<Set, String> {
    Set::named(text.trim()).map_err(|unknown| unknown.to_string())
}

/// A clock's start: a moment, and whether the clock stands still.
pub(super) fn clock(text: &str) -> Result<StartClock, String> {
    let (moment, frozen) = match text.split_once(',') {
        Some((moment, "frozen")) => (moment, true),
        Some(_) => return Err(CLOCK.into()),
        None => (text, false),
    };
    let at = date::moment(moment).ok_or(CLOCK)?;
    let (from, to) = (StartClock::earliest(), StartClock::latest());
    if (from..=to).contains(&at) {
        Ok(StartClock { at, frozen })
    } else {
        Err(format!("expected a moment from {} to {}", from.format("%Y"), to.format("%Y")))
    }
}

const CLOCK: &str =
    "expected a moment such as 2026-03-10T12:00:00Z, with \",frozen\" after it if the clock stands still";

pub(super) fn day(text: &str) -> Result<DateTime<Utc>, String> {
    date::moment(text).ok_or_else(|| "expected a date such as 2026-08-31".into())
}

pub(super) fn brownout(text: &str) -> Result<TimeDelta, InvalidDuration> {
    at_most(text, Duration::minutes(60), "1 hour").map(Duration::delta)
}

pub(super) fn delay(text: &str) -> Result<TimeDelta, InvalidDuration> {
    at_most(text, LONGEST_DELAY, "3650 days").map(Duration::delta)
}

pub(super) fn origin(text: &str) -> Result<axum::http::HeaderValue, String> {
    let origin = origin::as_browsers_write(text)?;
    axum::http::HeaderValue::from_str(&origin).map_err(|_| format!("\"{text}\" cannot be in a header"))
}

pub(super) fn some_time(text: &str) -> Result<std::time::Duration, String> {
    match at_most(text, Duration::minutes(24 * 60), "1 day").map_err(|error| error.to_string())? {
        time if time < Duration::milliseconds(1) => Err(format!("{time} is shorter than 1 ms")),
        time => Ok(time.std()),
    }
}

pub(super) fn control(text: &str) -> Result<Control, String> {
    match text {
        "on" => Ok(Control::On),
        "off" => Ok(Control::Off),
        address => {
            address.parse().map(Control::At).map_err(|error| format!("expected on, off, or where to listen: {error}"))
        }
    }
}

pub(super) fn time(text: &str) -> Result<std::time::Duration, InvalidDuration> {
    text.parse().map(Duration::std)
}

fn at_most(text: &str, longest: Duration, words: &'static str) -> Result<Duration, InvalidDuration> {
    text.parse::<Duration>()?.at_most(longest, words)
}
