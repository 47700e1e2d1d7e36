//! A server on a free port, and clients that are as slow or as strange as a test wants them.

use std::{net::SocketAddr, ops::Deref, time::Duration};

use chrono::TimeDelta;
use futures_util::{SinkExt, StreamExt};
use r1_entitlements_mock::{sandbox::Auth, socket::Pings};
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderName},
};

use crate::support::{App, Setup, app::scenario};

/// How long a test waits for what must come.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A simulator that listens on a free port.
pub struct Server {
    app: App,
    address: SocketAddr,
}

impl Deref for Server {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Server {
    pub async fn start() -> Self {
        Self::new("default", Pings::default()).await
    }

    pub async fn with_scenario(scenario: &str) -> Self {
        Self::new(scenario, Pings::default()).await
    }

    pub async fn with_pings(pings: Pings) -> Self {
        Self::new("default", pings).await
    }

    async fn new(name: &str, pings: Pings) -> Self {
        let app = App::with(Setup { scenario: scenario(name), pings, ..Setup::default() });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, app.router.clone()).into_future());
        Self { app, address }
    }

    pub fn default_tenant(&self) -> String {
        self.sandbox.look().0.default_tenant.to_string()
    }

    /// Lets seconds pass.
    pub fn pass(&self, seconds: i64) {
        self.sandbox.turn_clock(|clock| clock.advance(TimeDelta::seconds(seconds)));
    }

    pub fn end_at_once(&self) {
        self.sandbox.change_settings(|settings| settings.refresh.delay = Some(TimeDelta::zero().into()));
    }

    pub fn require_tokens(&self) {
        self.sandbox.change_settings(|settings| settings.auth = Auth::Required);
    }

    /// Starts a refresh and answers its id.
    pub async fn refresh(&self, path: &str, tenant: &str) -> String {
        self.fetch_as(tenant, path).await.expect(202).json()["requestId"].as_str().unwrap().to_owned()
    }

    pub async fn activity(&self, id: &str, tenant: &str) -> Value {
        self.fetch_as(tenant, &format!("/activities/{id}")).await.json()
    }

    pub async fn connect(&self, rest: &str) -> Client {
        self.connect_at(&format!("/api/websocket/socket.io{rest}"), &[]).await
    }

    pub async fn connect_at(&self, path: &str, headers: &[(&str, &str)]) -> Client {
        self.connect_over(TcpStream::connect(self.address).await.unwrap(), path, headers).await
    }

    async fn connect_over(&self, stream: TcpStream, path: &str, headers: &[(&str, &str)]) -> Client {
        let mut request = format!("ws://{}{path}", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        Client(client_async(request, stream).await.unwrap().0)
    }

    /// A client of version 2 that listens for a tenant.
    pub async fn listen(&self, tenant: &str) -> Client {
        let mut client = self.connect("/?EIO=3&transport=websocket").await.greeted(3).await;
        client.join(&format!("tenantId={tenant}")).await;
        client
    }

    /// The same, with hardly any room for what it has not read.
    pub async fn listen_with_little_room(&self, tenant: &str) -> Client {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(2_048).unwrap();
        let stream = socket.connect(self.address).await.unwrap();
        let client = self.connect_over(stream, "/api/websocket/socket.io/?EIO=3&transport=websocket", &[]).await;
        let mut client = client.greeted(3).await;
        client.join(&format!("tenantId={tenant}")).await;
        client
    }

    /// Waits until so many sockets are open.
    pub async fn until_open(&self, sockets: usize) {
        let right = async {
            while self.sockets.open() != sockets {
                tokio::task::yield_now().await;
            }
        };
        let _ = tokio::time::timeout(TIMEOUT, right).await;
        assert_eq!(self.sockets.open(), sockets, "open sockets");
    }
}

/// The other end of a socket.
pub struct Client(WebSocketStream<TcpStream>);

impl Client {
    pub async fn say(&mut self, frame: &str) {
        self.0.send(Message::text(frame)).await.unwrap();
    }

    async fn receive(&mut self) -> Option<Message> {
        let message = tokio::time::timeout(TIMEOUT, self.0.next()).await.expect("nothing came");
        message.and_then(Result::ok)
    }

    /// The next frame.
    pub async fn next(&mut self) -> String {
        match self.receive().await {
            Some(Message::Text(text)) => text.to_string(),
            other => panic!("expected a frame, got {other:?}"),
        }
    }

    pub async fn next_but_pings(&mut self) -> String {
        loop {
            match self.next().await.as_str() {
                "2" => self.say("3").await,
                other => return other.to_owned(),
            }
        }
    }

    /// The next frame, which must be an event.
    pub async fn event(&mut self) -> Value {
        event(&self.next().await)
    }

    /// How the connection ends: with a code and a reason, or just so. Frames before that are no matter.
    pub async fn end(&mut self) -> Option<(u16, String)> {
        while let Some(message) = self.receive().await {
            if let Message::Close(frame) = message {
                return frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
            }
        }
        None
    }

    /// Twice, the answer to a ping comes first: nothing was on its way.
    pub async fn hears_nothing(&mut self) {
        for _ in 0..2 {
            self.say("2").await;
            assert_eq!(self.next().await, "3");
        }
    }

    /// Past the first frames of a version.
    pub async fn greeted(mut self, version: u8) -> Self {
        assert!(self.next().await.starts_with("0{"));
        if version == 3 {
            assert_eq!(self.next().await, "40");
        }
        self
    }

    /// Joins the namespace of activities as version 2 does.
    pub async fn join(&mut self, query: &str) {
        self.say(&format!("40/activity?{query},")).await;
        assert_eq!(self.next().await, "40/activity,");
    }
}

/// What an event frame says.
pub fn event(frame: &str) -> Value {
    let json = frame.strip_prefix("42/activity,").unwrap_or_else(|| panic!("no event: {frame}"));
    let [name, text]: [String; 2] = serde_json::from_str(json).unwrap();
    assert_eq!(name, "activityChangedEvent");
    serde_json::from_str(&text).unwrap()
}
