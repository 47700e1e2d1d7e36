//! /_mock/settings: how a sandbox answers. What is shown can be sent back.

use std::sync::Arc;

use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{body::Strict, settings_change::SettingsChange};
use crate::{
    journal::Limits,
    sandbox::{
        Auth, Sandbox, Settings,
        deprecations::{Mode, Sunset},
        selection::SelectedSandbox,
    },
    support::{duration::Duration, problem::Problem},
    wire::Style,
};

/// How a sandbox answers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Settings)]
pub(super) struct SettingsView {
    style: Style,
    auth: Auth,
    /// Whether a call that names no tenant, neither by a token nor by a header, is for the tenant in the path of its `Referer`.
    tenant_from_referer: bool,
    /// From the 202 of a refresh to its end: the `delay` of the activity policy.
    refresh_delay: Duration,
    sunset: SunsetView,
    journal: Limits,
}

/// How the deprecated operations are phased out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sunset)]
struct SunsetView {
    /// What callers notice.
    mode: Mode,
    /// The moment from which they may be gone, by the sandbox's clock.
    date: DateTime<Utc>,
    /// For how long from the start of each hour they are gone before that; null if they are not.
    #[schema(required = true)]
    brownout: Option<Duration>,
    /// Only these operations are ever gone; all if there are none.
    #[schema(value_type = Vec<String>)]
    only: Arc<[String]>,
}

fn shown(sandbox: &Sandbox) -> Json<SettingsView> {
    let view = sandbox.view();
    let Settings { style, auth, tenant_from_referer, refresh: _, sunset, journal } = Settings::clone(&view.settings);
    let Sunset { mode, date, brownout, only } = sunset;
    let sunset = SunsetView { mode, date, brownout: brownout.map(Into::into), only };
    let refresh_delay = view.model.refresh.delay;
    Json(SettingsView { style, auth, tenant_from_referer, refresh_delay, sunset, journal })
}

/// How the sandbox answers.
#[utoipa::path(
    get,
    path = "/_mock/settings",
    operation_id = "getSettings",
    tag = "Settings",
    responses((status = 200, description = "The settings.", body = SettingsView)),
)]
pub(super) async fn show_settings(Extension(chosen): Extension<SelectedSandbox>) -> Json<SettingsView> {
    shown(&chosen.sandbox)
}

/// Answers differently from here on; what is not given stays.
#[utoipa::path(
    patch,
    path = "/_mock/settings",
    operation_id = "changeSettings",
    tag = "Settings",
    request_body = SettingsChange,
    responses((status = 200, description = "The settings now.", body = SettingsView)),
)]
pub(super) async fn change_settings(
    Extension(chosen): Extension<SelectedSandbox>,
    Strict(change): Strict<SettingsChange>,
) -> Result<Json<SettingsView>, Problem> {
    change.is_for_a_running_sandbox()?;
    chosen.sandbox.try_change_settings(|settings| change.apply(settings))?;
    Ok(shown(&chosen.sandbox))
}
