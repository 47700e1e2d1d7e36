//! One connection from its first frame to its last.
//!
//! One task, and no queue: while a frame is on its way to a slow reader, events wait in the backlog that
//! all listeners share, and what falls out of it is found again by looking at the state.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::{
    sync::watch,
    time::{Interval, interval, timeout},
};

use super::{
    audience::{Claimed, DeliveryState},
    packet::{self, PING, Pings, Said, Version},
};
use crate::{
    model::{Activity, Store},
    sandbox::{Sandbox, events::Event, registry::Registry},
    wire::activity_event::{ActivityEvent, NAME},
};

/// The namespace of activities (observed).
const ACTIVITY: &str = "/activity";

/// One connection.
pub struct Session {
    /// What the client knows it by.
    pub id: String,
    /// What the client speaks.
    pub version: Version,
    /// How it is found out that one side has gone.
    pub pings: Pings,
    /// Who the client said it is in the handshake.
    pub claimed: Claimed,
    /// Where the activities are.
    pub sandbox: Arc<Sandbox>,
    /// Where that sandbox is, as long as nobody removes it.
    pub registry: Arc<Registry>,
}

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum CloseReason {
    #[error("the client left")]
    Left,
    #[error("the client closed the session")]
    Closed,
    #[error("the client sent what cannot be taken")]
    Unreadable,
    #[error("the client was silent for too long")]
    Silent,
    #[error("the client does not read what it is sent")]
    Stuck,
    #[error("the sandbox was removed")]
    Removed,
    #[error("the server stops")]
    Stopping,
}

/// How a client is known to be there.
struct Heartbeat {
    timer: Interval,
    pings: Pings,
    /// Whether the server has pinged and waits for the answer (version 4).
    waiting: bool,
}

impl Session {
    /// Talks until one side ends it.
    pub async fn run(self, mut socket: WebSocket, mut stop: watch::Receiver<bool>) {
        tracing::info!(socket = %self.id, version = ?self.version, "socket opened");
        let over = match self.talk(&mut socket, &mut stop).await {
            Err(over) => over,
            Ok(never) => match never {},
        };
        let code = match over {
            CloseReason::Silent => close_code::POLICY,
            CloseReason::Closed => close_code::NORMAL,
            // The one thing wrong with a frame that clients bring about is its length.
            CloseReason::Unreadable => close_code::SIZE,
            CloseReason::Left | CloseReason::Stuck | CloseReason::Removed | CloseReason::Stopping => close_code::AWAY,
        };
        let goodbye = Message::Close(Some(CloseFrame { code, reason: over.to_string().into() }));
        // A client that does not read it is dropped with the connection.
        let part = timeout(Duration::from_millis(500), async {
            if over != CloseReason::Left {
                socket.send(goodbye).await?;
            }
            // The answer to the client's own goodbye; and what is left unread would take ours with it.
            while socket.recv().await.transpose()?.is_some() {}
            Ok::<_, axum::Error>(())
        });
        if over != CloseReason::Stuck {
            let _ = part.await;
        }
        tracing::info!(socket = %self.id, "socket closed: {over}");
    }

    async fn talk(
        &self,
        socket: &mut WebSocket,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<std::convert::Infallible, CloseReason> {
        let mut events = self.sandbox.subscribe();
        let mut heard = None;
        let mut pulse = Heartbeat::new(self.version, self.pings);
        send(socket, self.version.open(&self.id, self.pings), self.pings.timeout).await?;
        loop {
            let frames = tokio::select! {
                message = socket.recv() => {
                    let message = message.ok_or(CloseReason::Left)?.map_err(|_| CloseReason::Unreadable)?;
                    pulse.felt(self.version, &message);
                    self.answer(&message, &mut heard)?
                }
                event = events.next() => match event {
                    Ok(Event::SandboxRemoved) => return Err(CloseReason::Removed),
                    event => self.tell(event.as_ref(), heard.as_mut()),
                },
                _ = pulse.timer.tick() => pulse.missed(self.version)?,
                _ = stop.wait_for(|stop| *stop) => return Err(CloseReason::Stopping),
            };
            send(socket, frames, self.pings.timeout).await?;
        }
    }

    /// What a message is answered with.
    fn answer(&self, message: &Message, heard: &mut Option<DeliveryState>) -> Result<Vec<String>, CloseReason> {
        let text = match message {
            Message::Text(text) => text.as_str(),
            Message::Close(_) => return Err(CloseReason::Left),
            _ => return Ok(Vec::new()),
        };
        Ok(match packet::read(text) {
            Said::Ping(with) => {
                self.still_there()?;
                vec![packet::pong(with)]
            }
            Said::Pong => {
                self.still_there()?;
                Vec::new()
            }
            Said::Close => return Err(CloseReason::Closed),
            Said::Connect { namespace: ACTIVITY, query, auth } => {
                let claimed = Claimed::in_json(auth).or(&Claimed::in_query(query)).or(&self.claimed);
                vec![self.join(&claimed, heard)]
            }
            Said::Connect { namespace: "/", .. } => vec![self.version.joined("/", &self.id)],
            Said::Connect { namespace, .. } => vec![self.version.refused(namespace, "Invalid namespace")],
            Said::Disconnect(namespace) => {
                if namespace == ACTIVITY {
                    *heard = None;
                }
                Vec::new()
            }
            Said::Other => Vec::new(),
        })
    }

    fn join(&self, claimed: &Claimed, heard: &mut Option<DeliveryState>) -> String {
        let (store, _) = self.sandbox.look();
        match claimed.tenant(&self.sandbox) {
            Ok(tenant) => {
                if let Some(tenant) = tenant {
                    tracing::info!(socket = %self.id, %tenant, "socket listens");
                } else {
                    let why = "its tenant is unknown, or no business of its token's";
                    tracing::warn!(socket = %self.id, "socket will hear nothing: {why}");
                }
                *heard = tenant.map(|tenant| DeliveryState::by_now(tenant, &store));
                self.version.joined(ACTIVITY, &self.id)
            }
            Err(reason) => self.version.refused(ACTIVITY, reason),
        }
    }

    /// What an event, or having missed some, is to the client.
    fn tell(&self, event: Result<&Event, &u64>, heard: Option<&mut DeliveryState>) -> Vec<String> {
        let Some(heard) = heard else { return Vec::new() };
        let may_be_news = match event {
            Ok(Event::ActivityChanged { tenant_id, .. }) => *tenant_id == heard.tenant(),
            Ok(Event::StateChanged { generation }) => heard.is_before(*generation),
            Ok(_) => false,
            Err(_) => true,
        };
        if !may_be_news {
            return Vec::new();
        }
        let (store, _) = self.sandbox.look();
        heard.news(&store).iter().map(|activity| frame(&store, activity)).collect()
    }

    /// A removed sandbox must not be talked about, and one that is listened to counts as used.
    fn still_there(&self) -> Result<(), CloseReason> {
        let name = &self.sandbox.name;
        let same = |found: Arc<Sandbox>| Arc::ptr_eq(&found, &self.sandbox);
        if name.is_empty() || self.registry.existing(name).is_ok_and(same) { Ok(()) } else { Err(CloseReason::Removed) }
    }
}

fn frame(store: &Store, activity: &Activity) -> String {
    let name = store.tenant(activity.tenant).map_or("", |tenant| &tenant.name);
    packet::event(ACTIVITY, NAME, &ActivityEvent::new(activity, name).text())
}

/// Sends frames to a client that may take `patience` to make room for each.
async fn send(socket: &mut WebSocket, frames: Vec<String>, patience: Duration) -> Result<(), CloseReason> {
    for frame in frames {
        let sent = timeout(patience, socket.send(Message::Text(frame.into()))).await;
        sent.map_err(|_| CloseReason::Stuck)?.map_err(|_| CloseReason::Left)?;
    }
    Ok(())
}

impl Heartbeat {
    fn new(version: Version, pings: Pings) -> Self {
        let mut pulse = Self { timer: interval(pings.interval), pings, waiting: false };
        pulse.rest(version);
        pulse
    }

    /// Something came: in version 3 anything counts, in version 4 the answer to the ping.
    fn felt(&mut self, version: Version, message: &Message) {
        let is_pong = || matches!(message, Message::Text(text) if packet::read(text) == Said::Pong);
        if version == Version::Three || is_pong() {
            self.rest(version);
        }
    }

    /// The time is over: to ping, or to wait no longer.
    fn missed(&mut self, version: Version) -> Result<Vec<String>, CloseReason> {
        if version == Version::Three || self.waiting {
            return Err(CloseReason::Silent);
        }
        self.waiting = true;
        self.timer.reset_after(self.pings.timeout);
        Ok(vec![PING.into()])
    }

    fn rest(&mut self, version: Version) {
        self.waiting = false;
        self.timer.reset_after(match version {
            Version::Three => self.pings.interval + self.pings.timeout,
            Version::Four => self.pings.interval,
        });
    }
}
