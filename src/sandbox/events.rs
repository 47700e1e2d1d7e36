//! What happens in a sandbox, for its listeners: the activity socket, the console, a test that waits.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::{Notify, broadcast};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    model::{ActivityStatus, Change, RequestId, TenantId},
    sandbox::Sandbox,
};

/// How many events a slow listener may fall behind before it misses some.
const BACKLOG: usize = 256;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "camelCase")]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Event {
    /// An activity was accepted or ended.
    #[serde(rename_all = "camelCase")]
    ActivityChanged {
        /// The id of the activity, which the 202 returned.
        #[schema(value_type = Uuid)]
        request_id: RequestId,
        /// The tenant whose activity it is.
        tenant_id: TenantId,
        /// Whether it runs, or how it ended.
        status: ActivityStatus,
    },
    /// The state has changed.
    StateChanged {
        /// Counts the changes.
        generation: u64,
    },
    /// The clock was set, moved, stopped or started.
    ClockTurned {
        /// What it shows.
        now: DateTime<Utc>,
        /// Whether it stands still.
        frozen: bool,
    },
    /// A request was answered.
    RequestAnswered {
        /// Its number in the journal.
        seq: u64,
        /// Its id, if the answer carried one.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<Uuid>,
        /// The method of the request.
        method: String,
        /// The path, with the query.
        path: String,
        /// The status of the answer; 0 if the connection was cut.
        status: u16,
        /// The ids of the faults that were applied.
        #[schema(value_type = Vec<String>)]
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        faults: Arc<[Arc<str>]>,
    },
    /// Settings, fault rules or the refresh policy have changed.
    SettingsChanged,
    /// With `--watch`: the files of the scenario have changed. They were loaded, or cannot be used.
    FixturesRead {
        /// Why they cannot be used; the old state stays.
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<String>,
    },
    /// A snapshot was saved or deleted.
    SnapshotsChanged,
    /// The journal was emptied.
    RequestsCleared,
    /// The sandbox was removed. No event follows.
    SandboxRemoved,
}

impl From<Change> for Event {
    fn from(Change { request_id, tenant_id, status }: Change) -> Self {
        Self::ActivityChanged { request_id, tenant_id, status }
    }
}

/// The listeners of a sandbox. Takes no memory until the first one comes: most sandboxes have none.
#[derive(Debug, Default)]
pub(super) struct Listeners(OnceLock<Channel>);

#[derive(Debug)]
struct Channel {
    events: broadcast::Sender<Event>,
    /// Wakes those that sleep until the next due moment, when that moment may have changed.
    moved: Notify,
}

impl Listeners {
    /// Sends an event to all listeners. Sent under the lock of the state, events arrive in the order in which
    /// things happened.
    pub fn send(&self, event: Event) {
        if let Some(channel) = self.0.get() {
            // It is no failure that nobody listens.
            let _ = channel.events.send(event);
            channel.moved.notify_waiters();
        }
    }

    /// Whether anybody listens.
    pub fn any(&self) -> bool {
        self.0.get().is_some_and(|channel| channel.events.receiver_count() > 0)
    }

    fn channel(&self) -> &Channel {
        self.0.get_or_init(|| Channel { events: broadcast::Sender::new(BACKLOG), moved: Notify::new() })
    }

    /// Waits until `within` has passed in real time or something may have changed.
    async fn wait(&self, within: Option<Duration>) {
        let moved = self.channel().moved.notified();
        match within {
            Some(time) => {
                let _ = tokio::time::timeout(time, moved).await;
            }
            None => moved.await,
        }
    }
}

/// One listener's stream of events. While it waits, it also applies what falls due.
pub struct Subscription<S> {
    sandbox: S,
    events: broadcast::Receiver<Event>,
}

impl<S: Deref<Target = Sandbox>> Subscription<S> {
    /// Events from here on, of a sandbox that is borrowed or shared.
    pub fn new(sandbox: S) -> Self {
        let events = sandbox.listeners.channel().events.subscribe();
        Self { sandbox, events }
    }

    /// The next event, or how many were missed by falling behind.
    pub async fn next(&mut self) -> Result<Event, u64> {
        loop {
            let until_due = self.sandbox.until_due();
            tokio::select! {
                event = self.events.recv() => match event {
                    Ok(event) => return Ok(event),
                    Err(broadcast::error::RecvError::Lagged(missed)) => return Err(missed),
                    // The sender lives as long as the sandbox, which this holds.
                    Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
                },
                () = self.sandbox.listeners.wait(until_due) => {
                    self.sandbox.look();
                }
            }
        }
    }
}
