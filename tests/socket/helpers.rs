//! A server on a free port, and clients that are as slow or as strange as a test wants them.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use chrono::TimeDelta;
use futures_util::{SinkExt, StreamExt};
use http_body_util::BodyExt;
use r1_entitlements_mock::{
    cli::serve,
    sandbox::{
        Auth, Sandbox, Settings, StartClock,
        registry::{Registry, RegistryLimits},
    },
    scenario::Catalog,
    socket::{Pings, Sockets},
};
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderName},
};
use tower::ServiceExt;

pub const REC: &str = "c0000000000000000000000000000001";
pub const MSP: &str = "a0000000000000000000000000000001";

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a free port.
pub struct App {
    pub registry: Arc<Registry>,
    pub sandbox: Arc<Sandbox>,
    pub sockets: Arc<Sockets>,
    router: Router,
    address: SocketAddr,
}

impl App {
    pub async fn start() -> Self {
        Self::new("default", Pings::default()).await
    }

    pub async fn with_scenario(scenario: &str) -> Self {
        Self::new(scenario, Pings::default()).await
    }

    pub async fn with_pings(pings: Pings) -> Self {
        Self::new("default", pings).await
    }

    async fn new(scenario: &str, pings: Pings) -> Self {
        let clock = StartClock { at: "2026-03-10T12:00:00Z".parse().unwrap(), frozen: true };
        let settings = Settings { clock: Some(clock), ..Settings::default() };
        let catalog = Catalog::default();
        let (sandbox, _) = Sandbox::new(catalog.load(scenario).unwrap(), settings).unwrap();
        let sandbox = Arc::new(sandbox);
        let registry = Arc::new(Registry::new(Arc::clone(&sandbox), catalog, RegistryLimits::default()));
        let sockets = Arc::new(Sockets::new(pings));
        let router = serve::router_with(Arc::clone(&registry), Vec::new(), Arc::clone(&sockets));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, router.clone()).into_future());
        Self { registry, sandbox, sockets, router, address }
    }

    pub fn default_tenant(&self) -> String {
        self.sandbox.look().0.default_tenant.to_string()
    }

    /// Lets seconds pass.
    pub fn pass(&self, seconds: i64) {
        self.sandbox.turn_clock(|clock| clock.advance(TimeDelta::seconds(seconds)));
    }

    pub fn end_at_once(&self) {
        self.sandbox.change_settings(|settings| settings.refresh_delay = Some(TimeDelta::zero()));
    }

    pub fn require_tokens(&self) {
        self.sandbox.change_settings(|settings| settings.auth = Auth::Required);
    }

    /// Asks without a connection.
    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, Value) {
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Starts a refresh and answers its id.
    pub async fn refresh(&self, path: &str, tenant: &str) -> String {
        let (status, body) = self.call("GET", path, &[("x-rks-tenantid", tenant)]).await;
        assert_eq!(status, 202, "{body}");
        body["requestId"].as_str().unwrap().to_owned()
    }

    pub async fn activity(&self, id: &str, tenant: &str) -> Value {
        self.call("GET", &format!("/activities/{id}"), &[("x-rks-tenantid", tenant)]).await.1
    }

    pub async fn token(&self, tenant: &str) -> String {
        let form = "grant_type=client_credentials&client_id=r1mock&client_secret=r1mock-secret";
        let request = Request::post(format!("/oauth2/token/{tenant}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let body: Value = serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
        body["access_token"].as_str().unwrap().to_owned()
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
        let _ = tokio::time::timeout(PATIENCE, right).await;
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
        let message = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("nothing came");
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
