//! A simulator under a frozen clock, with the real router.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Router, body::Body, http::HeaderValue};
use chrono::TimeDelta;
use r1_entitlements_mock::{
    embed::Service,
    proxy::{Config, Upstream},
    sandbox::{
        Auth, Sandbox, Settings, Start, StartClock,
        registry::{Registry, RegistryLimits},
    },
    scenario::{Catalog, Scenario, format},
    socket::{Pings, Sockets},
    wire::Style,
};
use serde_json::{Value, json};

use super::{
    Answer, COMPANY, MSP, START, at,
    call::Call,
    contract::{Contract, Formats, Seen},
    together::{among_others, is_together},
};

/// A running simulator.
#[derive(Clone)]
pub struct App {
    /// All sandboxes of the server.
    pub registry: Arc<Registry>,
    /// The one that requests without a sandbox name reach.
    pub sandbox: Arc<Sandbox>,
    pub sockets: Arc<Sockets>,
    pub router: Router,
    /// How its answers are checked, and what they were.
    pub contract: Contract,
}

/// How an [`App`] starts.
pub struct Setup {
    pub scenario: Arc<Scenario>,
    pub start: Start,
    /// Where other scenarios are found.
    pub catalog: Catalog,
    pub limits: RegistryLimits,
    pub pings: Pings,
    pub cors_origins: Vec<HeaderValue>,
    /// The real system behind it.
    pub upstream: Option<Config>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            scenario: scenario("default"),
            start: frozen(),
            catalog: Catalog::default(),
            limits: RegistryLimits::default(),
            pings: Pings::default(),
            cors_origins: Vec::new(),
            upstream: None,
        }
    }
}

/// A scenario of the binary, or of a directory.
pub fn scenario(name: &str) -> Arc<Scenario> {
    Catalog::default().load(name).unwrap()
}

/// A scenario of the binary with other settings.
pub fn edited(name: &str, edit: impl FnOnce(&mut format::Scenario)) -> Arc<Scenario> {
    let mut scenario = Scenario::clone(&scenario(name));
    edit(&mut scenario.meta);
    Arc::new(scenario)
}

/// A clock frozen at [`START`], and nothing else set.
pub fn frozen() -> Start {
    frozen_at(START)
}

/// A clock frozen at a moment, and nothing else set.
pub fn frozen_at(moment: &str) -> Start {
    Start { clock: Some(StartClock { at: at(moment), frozen: true }), ..Start::default() }
}

/// A clock frozen at a moment, and these settings.
pub fn frozen_with(moment: &str, settings: Settings) -> Start {
    Start { settings: Arc::new(settings), ..frozen_at(moment) }
}

impl App {
    /// A scenario in the documented style, open to all.
    pub fn new(name: &str) -> Self {
        Self::of(scenario(name), frozen())
    }

    /// In the observed style.
    pub fn observed(name: &str) -> Self {
        Self::of(scenario(name), frozen_with(START, Settings { style: Style::Observed, ..Settings::default() }))
    }

    /// For callers who prove who they are.
    pub fn guarded(name: &str) -> Self {
        Self::of(scenario(name), frozen_with(START, Settings { auth: Auth::Required, ..Settings::default() }))
    }

    /// A scenario with other settings.
    pub fn edited(name: &str, edit: impl FnOnce(&mut format::Scenario)) -> Self {
        Self::of(edited(name, edit), frozen())
    }

    /// Any scenario with any start.
    pub fn of(scenario: Arc<Scenario>, start: Start) -> Self {
        if is_together() {
            return among_others(scenario, start);
        }
        Self::with(Setup { scenario, start, ..Setup::default() })
    }

    pub fn with(setup: Setup) -> Self {
        let Setup { scenario, start, catalog, limits, pings, cors_origins, upstream } = setup;
        let sandbox = Arc::new(Sandbox::new(scenario, start).unwrap().0);
        let registry = Arc::new(Registry::new(Arc::clone(&sandbox), catalog, limits));
        let sockets = Arc::new(Sockets::new(pings));
        let contract = Contract::new(upstream.is_some());
        let service = Service::builder(Arc::clone(&registry))
            .origins(cors_origins)
            .sockets(Arc::clone(&sockets))
            .upstream(upstream.map(|config| Arc::new(Upstream::new(config).unwrap())));
        let router = service.build().into_router();
        Self { registry, sandbox, sockets, router, contract }
    }

    /// Checks the formats of texts too, which are true in the documented style.
    pub fn with_formats(mut self, formats: Formats) -> Self {
        self.contract.formats = formats;
        self
    }

    /// The operations that have answered so far, and with which statuses.
    pub fn seen(&self) -> BTreeSet<Seen> {
        self.contract.seen.lock().clone()
    }

    /// Puts the clock forward.
    pub fn advance(&self, by: TimeDelta) {
        self.sandbox.turn_clock(|clock| clock.advance(by));
    }

    /// Puts the clock to a moment.
    pub fn turn_to(&self, moment: &str) {
        self.sandbox.turn_clock(|clock| clock.set(at(moment)));
    }

    /// A request to be built.
    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        Call::new(self, method, path)
    }

    /// A request in one line.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        self.call(method, path).headers(headers).body(body).send().await
    }

    /// An operation such as `POST /entitlements/query`, called by a tenant. Null is no body.
    pub async fn ask(&self, tenant: &str, operation: &str, body: Value) -> Answer {
        self.ask_with(operation, &[("x-rks-tenantid", tenant), ("content-type", "application/json")], body).await
    }

    /// The same with any headers.
    pub async fn ask_with(&self, operation: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let (method, path) = operation.split_once(' ').unwrap();
        let mut call = self.call(method, path).headers(headers);
        if !body.is_null() {
            call = call.body(body.to_string());
        }
        call.send().await
    }

    /// The answer to GET, whatever its status.
    pub async fn fetch(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    /// The same for a tenant.
    pub async fn fetch_as(&self, tenant: &str, path: &str) -> Answer {
        self.call("GET", path).tenant(tenant).send().await
    }

    /// The JSON of a 200 to GET, for the default tenant.
    pub async fn get(&self, path: &str) -> Value {
        self.call("GET", path).ok().await
    }

    /// The JSON of a 200 to GET, for a tenant.
    pub async fn get_as(&self, tenant: &str, path: &str) -> Value {
        self.call("GET", path).tenant(tenant).ok().await
    }

    /// Null is no body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.with_json("POST", path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.with_json("PUT", path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.with_json("PATCH", path, body).await
    }

    async fn with_json(&self, method: &str, path: &str, body: Value) -> Answer {
        let call = self.call(method, path);
        let call = if body.is_null() { call } else { call.json(body) };
        call.send().await
    }

    /// The statuses of so many GETs of one path.
    pub async fn statuses(&self, path: &str, count: usize) -> Vec<u16> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(self.fetch(path).await.status);
        }
        all
    }

    /// Makes a sandbox.
    pub async fn sandbox(&self, name: &str, scenario: &str) -> Value {
        self.post("/_mock/sandboxes", json!({ "name": name, "scenario": scenario })).await.expect(201).json()
    }

    /// A new token of an API client of a tenant.
    pub async fn token(&self, tenant: &str, client: &str) -> String {
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret=r1mock-secret");
        let answer = self.call("POST", &format!("/oauth2/token/{tenant}")).form(form).send().await;
        answer.expect(200).json()["access_token"].as_str().unwrap().to_owned()
    }

    /// What reads answer for a tenant, byte for byte.
    pub async fn everything(&self, tenant: &str, paths: &[&str]) -> Vec<String> {
        let mut all = Vec::new();
        for path in paths {
            all.push(self.fetch_as(tenant, path).await.text());
        }
        all
    }

    /// What a company and an MSP read under a prefix, byte for byte.
    pub async fn everything_under(&self, prefix: &str) -> Vec<String> {
        let mut all = Vec::new();
        for (tenant, paths) in [
            (COMPANY, &["/entitlements", "/entitlements/summaries", "/banners"][..]),
            (MSP, &["/mspEntitlements/summaries", "/assignments", "/assignments/summaries", "/mspBanners"][..]),
        ] {
            for path in paths {
                all.push(self.fetch_as(tenant, &format!("{prefix}{path}")).await.expect(200).text());
            }
        }
        all
    }
}
