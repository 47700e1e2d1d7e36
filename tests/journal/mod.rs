//! The journal and the event stream, through the whole router, without a port.

mod events;
mod export;
mod listing;
mod recording;
mod verifying;

use serde_json::{Value, json};

use crate::support::{App, Setup, app::frozen_at};

/// The default scenario on 2026-01-31 at noon.
fn app() -> App {
    App::with(Setup { start: frozen_at("2026-01-31T12:00:00Z"), ..Setup::default() })
}

async fn revoke(app: &App, id: u64) {
    app.call("DELETE", "/assignments").json(json!([{ "assignmentId": id }])).send().await;
}

/// `seq method path` of each row that is listed.
async fn listed(app: &App, query: &str) -> Vec<String> {
    let page = app.get(&format!("/_mock/requests{query}")).await;
    let row =
        |row: &Value| format!("{} {} {}", row["seq"], row["method"].as_str().unwrap(), row["path"].as_str().unwrap());
    page["requests"].as_array().unwrap().iter().map(row).collect()
}

async fn verify(app: &App, expected: Value) -> (u16, Value) {
    let answer = app.post("/_mock/requests/verify", expected).await;
    (answer.status, answer.json())
}
