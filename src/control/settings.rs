//! /_mock/settings: how a sandbox answers.

use axum::{Extension, Json, Router, routing::get};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    body::Strict,
    clock::moment,
    duration::{self, Stretch},
};
use crate::{
    dispatch::Chosen,
    problem::Problem,
    sandbox::{Auth, Settings, StartClock},
    wire::Style,
};

pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/_mock/settings", get(show).patch(change))
}

/// How a sandbox answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    style: Style,
    auth: Auth,
    /// In milliseconds.
    refresh_delay_ms: i64,
}

/// What shall be different; what is not given stays.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Patch {
    style: Option<Style>,
    auth: Option<Auth>,
    /// From the 202 of a refresh to its end.
    refresh_delay: Option<String>,
    /// What the clock shows at the start; for new sandboxes.
    clock: Option<Start>,
}

/// What a clock shows at the start.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Start {
    now: String,
    #[serde(default)]
    frozen: bool,
}

/// Settings with a patch applied.
pub fn patched(settings: Settings, patch: &Patch) -> Result<Settings, Problem> {
    let delay = patch.refresh_delay.as_deref().map(delay).transpose()?;
    let start = |start: &Start| Ok::<_, Problem>(StartClock { at: moment(&start.now)?, frozen: start.frozen });
    Ok(Settings {
        style: patch.style.unwrap_or(settings.style),
        auth: patch.auth.unwrap_or(settings.auth),
        refresh_delay: delay.or(settings.refresh_delay),
        sunset: settings.sunset,
        clock: patch.clock.as_ref().map(start).transpose()?.or(settings.clock),
    })
}

/// A stretch of time as an exact one.
pub fn delay(text: &str) -> Result<TimeDelta, Problem> {
    let epoch = DateTime::<Utc>::UNIX_EPOCH;
    let then = Stretch::parse(text).and_then(|stretch| stretch.after(epoch));
    then.map(|then| then - epoch).ok_or_else(|| Problem::bad(format!("\"{text}\" is not {}", duration::EXPECTED)))
}

async fn show(Extension(chosen): Extension<Chosen>) -> Json<Shown> {
    let settings = chosen.sandbox.settings();
    let (store, _) = chosen.sandbox.sim.look();
    Json(Shown { style: settings.style, auth: settings.auth, refresh_delay_ms: store.refresh.delay.num_milliseconds() })
}

async fn change(Extension(chosen): Extension<Chosen>, Strict(patch): Strict<Patch>) -> Result<Json<Shown>, Problem> {
    if patch.clock.is_some() {
        return Err(Problem::bad("clock: a running sandbox's clock is set with PUT /_mock/clock"));
    }
    let changed = patched(chosen.sandbox.settings(), &patch)?;
    chosen.sandbox.change_settings(|settings| *settings = changed);
    Ok(show(Extension(chosen)).await)
}
