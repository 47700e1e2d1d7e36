//! /_mock/settings: how a sandbox answers. What is shown can be sent back.

use std::sync::Arc;

use axum::{Extension, Json};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{body::Strict, clock::moment};
use crate::{
    catalogue,
    faults::sets::Set,
    journal::Limits,
    model::LONGEST_DELAY,
    route,
    sandbox::{
        Auth, Settings, Start, StartClock,
        deprecations::{Mode, Sunset},
        registry::Registry,
        selection::SelectedSandbox,
    },
    support::{duration::Duration, problem::Problem, routes::Routes, suggest::nearest},
    wire::Style,
};

pub fn routes() -> Routes<Arc<Registry>> {
    Routes::new().routes(route!(show, change))
}

/// How a sandbox answers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Settings)]
struct SettingsView {
    style: Style,
    auth: Auth,
    /// From the 202 of a refresh to its end.
    refresh_delay: Duration,
    sunset: ShownSunset,
    journal: Limits,
}

/// How the deprecated operations are phased out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sunset)]
struct ShownSunset {
    /// What callers notice.
    mode: Mode,
    /// The moment from which they may be gone, by the sandbox's clock.
    date: DateTime<Utc>,
    /// For how long from the start of each hour they are gone before that; null if they are not.
    brownout: Option<Duration>,
    /// Only these operations are ever gone; all if there are none.
    #[schema(value_type = Vec<String>)]
    only: Arc<[String]>,
}

/// What shall be different; what is not given stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SettingsChange)]
pub struct Patch {
    style: Option<Style>,
    auth: Option<Auth>,
    /// From the 202 of a refresh to its end, such as `PT2S` or `500ms`.
    refresh_delay: Option<Duration>,
    sunset: Option<SunsetPatch>,
    journal: Option<LimitsPatch>,
    /// What the clock shows at the start; for new sandboxes.
    clock: Option<ClockStart>,
    /// Sets of faults that are in force from the start; for new sandboxes.
    faults: Option<Vec<String>>,
}

/// How the deprecated operations shall be phased out; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SunsetChange)]
struct SunsetPatch {
    mode: Option<Mode>,
    /// The day from which they may be gone, by the sandbox's clock.
    date: Option<String>,
    /// For how long from the start of each hour they are gone before that, one hour at the most; `0s` ends it.
    brownout: Option<Duration>,
    /// Only these operations are ever gone, by operationId; none means all.
    only: Option<Vec<String>>,
}

/// How much the journal shall keep; what is not given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = JournalLimitsChange)]
struct LimitsPatch {
    /// The most requests; 0 records nothing.
    count: Option<usize>,
    /// The most bytes of all of them.
    bytes: Option<usize>,
    /// The most bytes of one body.
    body_bytes: Option<usize>,
}

/// What a clock shows at the start.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = StartClock)]
struct ClockStart {
    now: String,
    #[serde(default)]
    frozen: bool,
}

/// Settings with a patch applied.
fn patched(settings: Settings, patch: &Patch) -> Result<Settings, Problem> {
    let delay = patch.refresh_delay.map(|time| refresh_delay("refreshDelay", time)).transpose()?;
    Ok(Settings {
        style: patch.style.unwrap_or(settings.style),
        auth: patch.auth.unwrap_or(settings.auth),
        refresh_delay: delay.or(settings.refresh_delay),
        sunset: match &patch.sunset {
            Some(patch) => phased_out(settings.sunset, patch)?,
            None => settings.sunset,
        },
        journal: patch.journal.as_ref().map_or(settings.journal, |patch| limited(settings.journal, patch)),
    })
}

/// What a new sandbox starts with, with a patch applied.
pub fn patched_start(start: Start, patch: &Patch) -> Result<Start, Problem> {
    let Start { settings, clock, faults } = start;
    let asked = |clock: &ClockStart| {
        Ok::<_, Problem>(StartClock { at: moment("clock.now", &clock.now)?, frozen: clock.frozen })
    };
    Ok(Start {
        settings: patched(Arc::unwrap_or_clone(settings), patch)?.into(),
        clock: patch.clock.as_ref().map(asked).transpose()?.or(clock),
        faults: match &patch.faults {
            Some(names) => names.iter().map(|name| set(name)).collect::<Result<_, _>>()?,
            None => faults,
        },
    })
}

fn phased_out(sunset: Sunset, patch: &SunsetPatch) -> Result<Sunset, Problem> {
    let brownout = match patch.brownout {
        // It begins with an hour and ends with it at the latest.
        Some(time) => Some(at_most("sunset.brownout", time, Duration::minutes(60), "1 hour")?),
        None => sunset.brownout,
    };
    for id in patch.only.iter().flatten() {
        let ids = || catalogue::deprecated().map(|operation| operation.id);
        if !ids().any(|known| known == id) {
            let all: Vec<&str> = ids().collect();
            let near = nearest(id, ids());
            let all = all.join(", ");
            return Err(Problem::bad(format!(
                "sunset.only: \"{id}\" is no deprecated operation; expected some of {all}{near}"
            )));
        }
    }
    Ok(Sunset {
        mode: patch.mode.unwrap_or(sunset.mode),
        date: patch.date.as_deref().map(|text| moment("sunset.date", text)).transpose()?.unwrap_or(sunset.date),
        brownout: brownout.filter(|time| !time.is_zero()),
        only: patch.only.as_ref().map_or(sunset.only, |only| only.as_slice().into()),
    })
}

fn limited(limits: Limits, patch: &LimitsPatch) -> Limits {
    Limits {
        count: patch.count.unwrap_or(limits.count),
        bytes: patch.bytes.unwrap_or(limits.bytes),
        body_bytes: patch.body_bytes.unwrap_or(limits.body_bytes),
    }
}

fn set(name: &str) -> Result<Set, Problem> {
    Set::named(name).map_err(|unknown| Problem::bad(format!("faults: {unknown}")))
}

/// The delay of a refresh in a field, which may be at most ten years.
pub fn refresh_delay(field: &str, time: Duration) -> Result<TimeDelta, Problem> {
    at_most(field, time, LONGEST_DELAY.into(), "3650 days")
}

/// The duration in a field, which may be at most so long.
fn at_most(field: &str, time: Duration, longest: Duration, words: &'static str) -> Result<TimeDelta, Problem> {
    let time = time.at_most(longest, words).map_err(|error| Problem::bad(format!("{field}: {error}")))?;
    Ok(time.delta())
}

/// How the sandbox answers.
#[utoipa::path(
    get,
    path = "/_mock/settings",
    operation_id = "getSettings",
    tag = "Settings",
    responses((status = 200, description = "The settings.", body = SettingsView)),
)]
async fn show(Extension(chosen): Extension<SelectedSandbox>) -> Json<SettingsView> {
    let view = chosen.sandbox.view();
    let Settings { style, auth, refresh_delay: _, sunset, journal } = Settings::clone(&view.settings);
    let Sunset { mode, date, brownout, only } = sunset;
    let sunset = ShownSunset { mode, date, brownout: brownout.map(Into::into), only };
    Json(SettingsView { style, auth, refresh_delay: view.model.refresh.delay.into(), sunset, journal })
}

/// Answers differently from here on; what is not given stays.
#[utoipa::path(
    patch,
    path = "/_mock/settings",
    operation_id = "changeSettings",
    tag = "Settings",
    request_body = Patch,
    responses((status = 200, description = "The settings now.", body = SettingsView)),
)]
async fn change(
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(patch): Strict<Patch>,
) -> Result<Json<SettingsView>, Problem> {
    if patch.clock.is_some() {
        return Err(Problem::bad("clock: a running sandbox's clock is set with PUT /_mock/clock"));
    }
    if patch.faults.is_some() {
        return Err(Problem::bad("faults: in a running sandbox they are set with POST /_mock/faults/sets/{name}"));
    }
    let changed = patched(Settings::clone(&chosen.sandbox.settings()), &patch)?;
    chosen.sandbox.change_settings(|settings| *settings = changed);
    Ok(show(Extension(chosen)).await)
}
