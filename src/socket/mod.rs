//! The activity socket of the vendor's web UI: it waits here, and not by polling, for the end of a refresh.
//!
//! | file | what |
//! |---|---|
//! | `packet` | frames of Engine.IO 3 and 4, read and written |
//! | `audience` | whose activities a client hears of, and which are news to it |
//! | `session` | one connection from its first frame to its last |
//!
//! Websockets only, as the UI has it: long polling is refused with words. Rooms, acknowledgements and
//! whatever else clients send are not there: nothing is known to use them.

mod audience;
pub mod packet;
mod session;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Extension, Json, Router,
    extract::{
        RawQuery, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use serde_json::json;
use tokio::sync::watch;

pub use self::packet::Pings;
use self::{audience::Claimed, packet::Version, session::Session};
use crate::{
    catalogue::ACTIVITY_SOCKET,
    model::IdSource,
    sandbox::{registry::Registry, selection::SelectedSandbox},
    support::cors,
};

/// The most bytes of a client's message. What clients send is short.
const MOST_BYTES: usize = 64 * 1024;

/// Room for what was read and not looked at yet: small, for there can be thousands of connections.
const READ_BUFFER: usize = 4 * 1024;

/// All connections of a server.
#[derive(Debug)]
pub struct Sockets {
    pings: Pings,
    opened: AtomicU64,
    stop: watch::Sender<bool>,
}

impl Default for Sockets {
    fn default() -> Self {
        Self::new(Pings::default())
    }
}

impl Sockets {
    /// None yet.
    pub fn new(pings: Pings) -> Self {
        Self { pings, opened: AtomicU64::new(0), stop: watch::Sender::new(false) }
    }

    /// Says goodbye to all, and returns when the last is gone. Clients take it for a lost connection and
    /// try again, which is right: the server may come back.
    pub async fn close(&self) {
        self.stop.send_replace(true);
        self.stop.closed().await;
    }

    /// How many are open.
    pub fn open(&self) -> usize {
        self.stop.receiver_count()
    }
}

/// The socket's one path, with and without a slash at its end.
pub fn router(registry: Arc<Registry>, sockets: Arc<Sockets>, origins: Vec<HeaderValue>) -> Router {
    Router::new()
        .route(ACTIVITY_SOCKET, any(connect))
        .route(&format!("{ACTIVITY_SOCKET}/"), any(connect))
        .layer(cors::layer(origins))
        .with_state((registry, sockets))
}

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

async fn connect(
    State((registry, sockets)): State<(Arc<Registry>, Arc<Sockets>)>,
    Extension(SelectedSandbox { sandbox, .. }): Extension<SelectedSandbox>,
    RawQuery(query): RawQuery,
    upgrade: Upgrade,
) -> Response {
    let query = query.unwrap_or_default();
    let (version, upgrade) = match check(&query, upgrade) {
        Ok(checked) => checked,
        Err(refusal) => return refusal.into_response(),
    };
    let number = sockets.opened.fetch_add(1, Ordering::Relaxed);
    let session = Session {
        id: IdSource::new(number).next_request_id().simple().to_string(),
        version,
        pings: sockets.pings,
        claimed: Claimed::in_query(&query),
        sandbox,
        registry,
    };
    let stop = sockets.stop.subscribe();
    upgrade
        .read_buffer_size(READ_BUFFER)
        .max_message_size(MOST_BYTES)
        .max_frame_size(MOST_BYTES)
        .on_upgrade(|socket| session.run(socket, stop))
}

/// The version, if the request is one for a websocket of a version that is served; else a refusal as
/// Engine.IO has it.
fn check(query: &str, upgrade: Upgrade) -> Result<(Version, WebSocketUpgrade), Refusal> {
    let refuse = |code, message| Refusal { code, message };
    let value = |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, v)| v);
    match value("transport").as_deref() {
        Some("websocket") => {}
        other => {
            let found = other.map_or_else(|| "none was given".to_owned(), |other| format!("\"{other}\" was given"));
            let say = format!("transport=websocket is expected, {found}; give the client transports: ['websocket']");
            return Err(refuse(0, say));
        }
    }
    let version = match value("EIO").as_deref() {
        None | Some("3") => Version::Three,
        Some("4") => Version::Four,
        Some(other) => return Err(refuse(5, format!("EIO=3 or EIO=4 is expected, \"{other}\" was given"))),
    };
    let upgrade = upgrade.map_err(|rejection| refuse(3, format!("a websocket handshake is expected: {rejection}")))?;
    Ok((version, upgrade))
}

/// Why there is no session, as Engine.IO numbers it and in words.
struct Refusal {
    code: u8,
    message: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { code, message } = self;
        (StatusCode::BAD_REQUEST, Json(json!({ "code": code, "message": message }))).into_response()
    }
}
