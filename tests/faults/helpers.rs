//! Simulators with faults in force.

use r1_entitlements_mock::sandbox::{Auth, Settings, registry::RegistryLimits};
use serde_json::Value;

use crate::support::{
    App, Setup,
    app::{frozen_with, scenario},
};

pub fn app() -> App {
    with_auth(Auth::Open)
}

pub fn with_auth(auth: Auth) -> App {
    let start = frozen_with("2026-03-01T12:00:00Z", Settings { auth, ..Settings::default() });
    let limits = RegistryLimits { on_first_use: true, ..RegistryLimits::default() };
    App::with(Setup { scenario: scenario("default"), start, limits, ..Setup::default() })
}

/// With these faults.
pub async fn with(faults: &str) -> App {
    let app = app();
    add(&app, faults).await;
    app
}

/// Adds faults and answers them as they are listed.
pub async fn add(app: &App, faults: &str) -> Value {
    app.send("POST", "/_mock/faults", &[], faults.to_owned()).await.expect(201).json()
}
