//! /_mock/clock: the clock of a sandbox. The `Date` header, tokens, activities and all data live by it.

use axum::{
    Extension, Json, Router,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    body::Strict,
    duration::{self, Stretch},
};
use crate::{
    clock::Clock,
    dispatch::Chosen,
    problem::Problem,
    sandbox::Sandbox,
    views::timeline::{self, Happening},
    wire::date,
};

pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/_mock/clock", get(show).put(set))
        .route("/_mock/clock/advance", post(advance))
        .route("/_mock/clock/next", post(advance_to_next))
        .route("/_mock/clock/freeze", post(freeze))
        .route("/_mock/clock/resume", post(resume))
}

/// What a clock shows.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    now: DateTime<Utc>,
    frozen: bool,
    /// How many times as fast as real time it runs.
    speed: f64,
    /// The next thing that happens by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Next>,
    /// What happened on the way, where the clock was put forward.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    happened: Vec<Next>,
}

/// A moment, and what happens at it.
#[derive(Debug, Serialize)]
struct Next {
    at: DateTime<Utc>,
    what: Vec<String>,
}

impl From<(DateTime<Utc>, Vec<Happening>)> for Next {
    fn from((at, happenings): (DateTime<Utc>, Vec<Happening>)) -> Self {
        Self { at, what: happenings.into_iter().map(|h| format!("{}: {}", h.tenant, h.what)).collect() }
    }
}

fn shown(sandbox: &Sandbox, happened: Vec<Next>) -> Json<Shown> {
    let (store, now) = sandbox.sim.look();
    let clock = sandbox.sim.clock();
    let next = timeline::next(&store, now).map(Into::into);
    Json(Shown { now, frozen: clock.is_frozen(), speed: clock.speed(), next, happened })
}

async fn show(Extension(chosen): Extension<Chosen>) -> Json<Shown> {
    shown(&chosen.sandbox, Vec::new())
}

/// What a clock shall show.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Set {
    now: Option<String>,
    frozen: Option<bool>,
    speed: Option<f64>,
}

async fn set(Extension(chosen): Extension<Chosen>, Strict(asked): Strict<Set>) -> Result<Json<Shown>, Problem> {
    let now = asked.now.as_deref().map(moment).transpose()?;
    let speed = asked.speed.map(check_speed).transpose()?;
    chosen.sandbox.sim.turn_clock(|clock| {
        if let Some(now) = now {
            clock.set(now);
        }
        if let Some(speed) = speed {
            clock.run_at(speed);
        }
        match asked.frozen {
            Some(true) => clock.freeze(),
            Some(false) if clock.is_frozen() => clock.resume(),
            Some(false) | None => {}
        }
    });
    Ok(shown(&chosen.sandbox, Vec::new()))
}

/// How far a clock shall go: by a stretch, or to a moment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    by: Option<String>,
    to: Option<String>,
}

/// Puts the clock forward. Answers when all that fell due has happened, in order.
async fn advance(Extension(chosen): Extension<Chosen>, Strict(asked): Strict<Advance>) -> Result<Json<Shown>, Problem> {
    let sim = &chosen.sandbox.sim;
    let (_, now) = sim.look();
    let then = match (&asked.by, &asked.to) {
        (Some(by), None) => {
            let stretch = Stretch::parse(by)
                .ok_or_else(|| Problem::bad(format!("by: \"{by}\" is not {}", duration::EXPECTED)))?;
            stretch.after(now).filter(|then| *then <= Clock::latest())
        }
        (None, Some(to)) => Some(moment(to)?),
        _ => return Err(Problem::bad("expected either \"by\" (a duration) or \"to\" (a date)")),
    };
    let then = then.ok_or_else(|| Problem::bad(format!("a clock goes no further than {}", Clock::latest())))?;
    if then < now {
        return Err(Problem::bad(format!("{then} lies before {now}; a clock is put back with PUT /_mock/clock")));
    }
    Ok(go(&chosen.sandbox, then))
}

/// Puts the clock forward to the next thing that happens by itself.
async fn advance_to_next(Extension(chosen): Extension<Chosen>) -> Result<Json<Shown>, Problem> {
    let (store, now) = chosen.sandbox.sim.look();
    let (at, _) = timeline::next(&store, now)
        .filter(|(at, _)| *at <= Clock::latest())
        .ok_or_else(|| Problem::conflict("nothing will happen by itself any more"))?;
    Ok(go(&chosen.sandbox, at))
}

fn go(sandbox: &Sandbox, then: DateTime<Utc>) -> Json<Shown> {
    let (store, now) = sandbox.sim.look();
    let happened = timeline::timeline(&store, now).into_iter().take_while(|(at, _)| *at <= then).map(Into::into);
    let happened = happened.collect();
    // From where it is: a running clock has gone on meanwhile.
    sandbox.sim.turn_clock(|clock| clock.set(then.max(clock.now())));
    shown(sandbox, happened)
}

/// Where a clock shall stop.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Freeze {
    at: Option<String>,
}

async fn freeze(Extension(chosen): Extension<Chosen>, Strict(asked): Strict<Freeze>) -> Result<Json<Shown>, Problem> {
    let at = asked.at.as_deref().map(moment).transpose()?;
    chosen.sandbox.sim.turn_clock(|clock| {
        clock.freeze();
        if let Some(at) = at {
            clock.set(at);
        }
    });
    Ok(shown(&chosen.sandbox, Vec::new()))
}

async fn resume(Extension(chosen): Extension<Chosen>) -> Json<Shown> {
    chosen.sandbox.sim.turn_clock(Clock::resume);
    shown(&chosen.sandbox, Vec::new())
}

/// A moment that a clock can show.
pub fn moment(text: &str) -> Result<DateTime<Utc>, Problem> {
    let (from, to) = (Clock::earliest(), Clock::latest());
    let exact = DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    exact.or_else(|| date::parse(text).map(date::Given::as_start)).filter(|at| (from..=to).contains(at)).ok_or_else(
        || Problem::bad(format!("\"{text}\" is not a date between {from} and {to}, such as 2026-01-31T12:00:00Z")),
    )
}

fn check_speed(speed: f64) -> Result<f64, Problem> {
    let good = speed.is_finite() && (0.0..=1_000_000.0).contains(&speed);
    if good { Ok(speed) } else { Err(Problem::bad(format!("speed: {speed} is not a number from 0 to 1000000"))) }
}
