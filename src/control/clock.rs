//! /_mock/clock: the clock of a sandbox. The `Date` header, tokens, activities and all data live by it.

use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Strict;
use crate::support::duration::CalendarDuration;
use crate::{
    model::StartClock,
    sandbox::{Sandbox, StateView, clock::Clock, selection::SelectedSandbox},
    support::{given::given, problem::Problem},
    views::timeline::{self, Happening, Passage},
    wire::date,
};

/// What a clock shows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Clock)]
pub(super) struct ClockView {
    now: DateTime<Utc>,
    frozen: bool,
    /// How many times as fast as real time it runs.
    speed: f64,
    /// The next thing that happens by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Moment>,
    /// What happened on the way, where the clock was put forward.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    happened: Vec<Moment>,
}

/// A moment, and what happens at it.
#[derive(Debug, Serialize, ToSchema)]
struct Moment {
    at: DateTime<Utc>,
    what: Vec<String>,
}

impl From<(DateTime<Utc>, Vec<Happening>)> for Moment {
    fn from((at, happenings): (DateTime<Utc>, Vec<Happening>)) -> Self {
        Self { at, what: happenings.into_iter().map(|h| format!("{}: {}", h.tenant, h.what)).collect() }
    }
}

fn shown(sandbox: &Sandbox, happened: Vec<Moment>) -> Json<ClockView> {
    let StateView { model, now, clock, scenario: _, settings: _ } = sandbox.view();
    let next = timeline::next(&model, now).map(Into::into);
    Json(ClockView { now, frozen: clock.is_frozen(), speed: clock.speed(), next, happened })
}

/// What the clock shows, and what happens by itself next.
#[utoipa::path(
    get,
    path = "/_mock/clock",
    operation_id = "getClock",
    tag = "Clock",
    responses((status = 200, description = "What it shows.", body = ClockView)),
)]
pub(super) async fn show(Extension(chosen): Extension<SelectedSandbox>) -> Json<ClockView> {
    shown(&chosen.sandbox, Vec::new())
}

/// What a clock shall show.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ClockChange)]
pub(super) struct Set {
    /// The moment, forward or back.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    now: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    frozen: Option<bool>,
    /// How many times as fast as real time it shall run.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    speed: Option<f64>,
}

/// Sets the clock, stops it, or lets it run at another speed.
#[utoipa::path(
    put,
    path = "/_mock/clock",
    operation_id = "setClock",
    tag = "Clock",
    request_body = Set,
    responses((status = 200, description = "What it shows now.", body = ClockView)),
)]
pub(super) async fn set(
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(asked): Strict<Set>,
) -> Result<Json<ClockView>, Problem> {
    let now = asked.now.as_deref().map(|text| moment("now", text)).transpose()?;
    let speed = asked.speed.map(check_speed).transpose()?;
    if let (Some(frozen), Some(speed)) = (asked.frozen, speed)
        && frozen != (speed == 0.0)
    {
        return Err(Problem::bad("\"frozen\" and \"speed\" contradict each other; leave one of them out"));
    }
    chosen.sandbox.turn_clock(|clock| {
        if let Some(speed) = speed {
            clock.run_at(speed);
        }
        match asked.frozen {
            Some(true) => clock.freeze(),
            Some(false) if clock.is_frozen() => clock.resume(),
            Some(false) | None => {}
        }
        // Last: what it shows is exactly this, however fast it ran before.
        if let Some(now) = now {
            clock.set(now);
        }
    });
    Ok(shown(&chosen.sandbox, Vec::new()))
}

/// How far a clock shall go: by a stretch, or to a moment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ClockAdvance)]
pub(super) struct Advance {
    /// How far: ISO 8601, such as `P60D`, or as people write it, such as `36h`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false, example = "P60D")]
    by: Option<CalendarDuration>,
    /// The moment, instead of `by`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    to: Option<String>,
}

/// Puts the clock forward. Answers when all that fell due has happened, in order.
#[utoipa::path(
    post,
    path = "/_mock/clock/advance",
    operation_id = "advanceClock",
    tag = "Clock",
    request_body = Advance,
    responses((status = 200, description = "What it shows now, and what happened on the way.", body = ClockView)),
)]
pub(super) async fn advance(
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(asked): Strict<Advance>,
) -> Result<Json<ClockView>, Problem> {
    let (_, now) = chosen.sandbox.look();
    let then = match (&asked.by, &asked.to) {
        (Some(by), None) => by.after(now).filter(|then| *then <= StartClock::latest()),
        (None, Some(to)) => Some(moment("to", to)?),
        _ => return Err(Problem::bad("expected either \"by\" (a duration) or \"to\" (a date)")),
    };
    let then = then.ok_or_else(|| Problem::bad(format!("a clock goes no further than {}", StartClock::latest())))?;
    if then < now {
        return Err(Problem::bad(format!("{then} lies before {now}; a clock is put back with PUT /_mock/clock")));
    }
    Ok(go(&chosen.sandbox, then))
}

/// Puts the clock forward to the next thing that happens by itself.
#[utoipa::path(
    post,
    path = "/_mock/clock/next",
    operation_id = "advanceClockToNext",
    tag = "Clock",
    responses((status = 200, description = "What it shows now, and what happened.", body = ClockView)),
)]
pub(super) async fn advance_to_next(Extension(chosen): Extension<SelectedSandbox>) -> Result<Json<ClockView>, Problem> {
    let (store, now) = chosen.sandbox.look();
    let at = timeline::next_moment(&store, now)
        .filter(|at| *at <= StartClock::latest())
        .ok_or_else(|| Problem::conflict("nothing will happen by itself any more"))?;
    Ok(go(&chosen.sandbox, at))
}

fn go(sandbox: &Sandbox, then: DateTime<Utc>) -> Json<ClockView> {
    let passages = sandbox.advance_clock(then);
    let happened = passages.iter().flat_map(Passage::happenings).map(Into::into).collect();
    shown(sandbox, happened)
}

/// Where a clock shall stop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ClockFreeze)]
pub(super) struct Freeze {
    /// The moment; where it is if absent.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    at: Option<String>,
}

/// Stops the clock, where it is or at a moment.
#[utoipa::path(
    post,
    path = "/_mock/clock/freeze",
    operation_id = "freezeClock",
    tag = "Clock",
    request_body = Option<Freeze>,
    responses((status = 200, description = "What it shows.", body = ClockView)),
)]
pub(super) async fn freeze(
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(asked): Strict<Freeze>,
) -> Result<Json<ClockView>, Problem> {
    let at = asked.at.as_deref().map(|text| moment("at", text)).transpose()?;
    chosen.sandbox.turn_clock(|clock| {
        clock.freeze();
        if let Some(at) = at {
            clock.set(at);
        }
    });
    Ok(shown(&chosen.sandbox, Vec::new()))
}

/// Lets the clock run at real speed.
#[utoipa::path(
    post,
    path = "/_mock/clock/resume",
    operation_id = "resumeClock",
    tag = "Clock",
    responses((status = 200, description = "What it shows.", body = ClockView)),
)]
pub(super) async fn resume(Extension(chosen): Extension<SelectedSandbox>) -> Json<ClockView> {
    chosen.sandbox.turn_clock(Clock::resume);
    shown(&chosen.sandbox, Vec::new())
}

/// The moment in a field, such that a clock can show it.
pub fn moment(field: &str, text: &str) -> Result<DateTime<Utc>, Problem> {
    let (from, to) = (StartClock::earliest(), StartClock::latest());
    date::moment(text).filter(|at| (from..=to).contains(at)).ok_or_else(|| {
        Problem::bad(format!("{field}: \"{text}\" is not a date between {from} and {to}, such as 2026-01-31T12:00:00Z"))
    })
}

fn check_speed(speed: f64) -> Result<f64, Problem> {
    let good = speed.is_finite() && (0.0..=1_000_000.0).contains(&speed);
    if good { Ok(speed) } else { Err(Problem::bad(format!("speed: {speed} is not a number from 0 to 1000000"))) }
}
