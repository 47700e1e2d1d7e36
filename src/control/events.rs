//! GET /_mock/events: everything that happens in a sandbox, as it happens (server-sent events).

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::HeaderMap,
    response::sse::{self, KeepAlive, Sse},
};
use futures_core::Stream;
use serde_json::json;
use strum::VariantNames;
use tokio::sync::mpsc;

use crate::{
    sandbox::{
        Sandbox,
        events::{Event, Subscription},
        registry::Registry,
        selection::SelectedSandbox,
    },
    support::{problem::Problem, suggest::nearest},
};

/// How often to say that nothing happened, so that nobody in between hangs up.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The event that reports that a reader was too slow.
const MISSED: &str = "missed";

/// Everything that happens in the sandbox, as it happens: server-sent events.
#[utoipa::path(
    get,
    path = "/_mock/events",
    operation_id = "streamEvents",
    tag = "Server",
    params(("types" = Option<String>, Query, description = "Only events of these types, between commas.")),
    responses((status = 200, description = "A stream that ends with the server.", body = Event, content_type = "text/event-stream")),
)]
pub(super) async fn stream(
    State(registry): State<Arc<Registry>>,
    Extension(chosen): Extension<SelectedSandbox>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Problem> {
    let types = types(query.as_deref().unwrap_or_default())?;
    // From this moment on, not from the first read.
    let subscription = Subscription::new(chosen.sandbox);
    let stopped = registry.stop.stopped();
    let (sender, receiver) = mpsc::channel(1);
    let producer = async move {
        tokio::select! {
            () = produce(subscription, &types, &sender, headers.contains_key("last-event-id")) => {}
            () = stopped => {}
        }
    };
    let events = Events { producer: Some(Box::pin(producer)), receiver };
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// The types that `?types=a,b` names; none if it names none.
fn types(query: &str) -> Result<Vec<String>, Problem> {
    let mut types = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name != "types" {
            let advice = nearest(&name, ["types"]);
            return Err(Problem::bad(format!(
                "there is no parameter \"{name}\" here; expected types, a list of event types between commas{advice}"
            )));
        }
        types.extend(value.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()));
    }
    match types.iter().find(|name| **name != MISSED && !Event::VARIANTS.contains(&name.as_str())) {
        Some(unknown) => Err(Problem::bad(format!(
            "types: there is no event type \"{unknown}\"; expected some of {}{}",
            Event::VARIANTS.join(", "),
            nearest(unknown, Event::VARIANTS.iter().copied())
        ))),
        None => Ok(types),
    }
}

/// Turns events into messages, one at a time: who does not read does not make it go on, and misses some.
/// A reader that was here before has missed what happened meanwhile; how much, nobody has counted.
async fn produce(
    mut subscription: Subscription<Arc<Sandbox>>,
    types: &[String],
    sender: &mpsc::Sender<sse::Event>,
    came_back: bool,
) {
    let missed = || sse::Event::default().event(MISSED).data(json!({ "type": MISSED }).to_string());
    if came_back && sender.send(missed()).await.is_err() {
        return;
    }
    // Counts what has happened since the reader came, whether or not it was told.
    let mut number: u64 = 0;
    loop {
        let (name, data) = match subscription.next().await {
            Ok(event) => {
                number += 1;
                let name: &'static str = (&event).into();
                if !types.is_empty() && !types.iter().any(|wanted| wanted == name) {
                    continue;
                }
                (name, serde_json::to_string(&event))
            }
            Err(count) => {
                number += count;
                (MISSED, serde_json::to_string(&json!({ "type": MISSED, "count": count })))
            }
        };
        let is_last = name == <&'static str>::from(&Event::SandboxRemoved);
        let message = sse::Event::default().event(name).id(number.to_string()).data(data.unwrap_or_default());
        if sender.send(message).await.is_err() || is_last {
            return;
        }
    }
}

/// What a future produces, for as long as it is read.
struct Events {
    /// None once the server stops.
    producer: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    receiver: mpsc::Receiver<sse::Event>,
}

impl Stream for Events {
    type Item = Result<sse::Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(producer) = &mut self.producer
            && producer.as_mut().poll(context).is_ready()
        {
            self.producer = None;
        }
        self.receiver.poll_recv(context).map(|event| event.map(Ok))
    }
}
