//! A world that lives by one stream of choices: a simulator, clients whose requests are under way at the same time, and all
//! that can happen to them. The same choices make the same world, so a failing one replays.
//!
//! No socket, no second thread for requests: a request is a future that is polled when a choice says so, its body comes in
//! pieces, and a client that goes away drops it.

mod clients;
mod directory;
mod events;
mod http;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use axum::{Router, body::Bytes};
use r1_entitlements_mock::{
    embed::Service,
    sandbox::{
        Sandbox, Start, StartClock,
        kept::Budget,
        registry::{Registry, RegistryLimits},
    },
    scenario::Catalog,
};
use serde_json::Value;

use self::{
    clients::{Fate, UnderWay},
    directory::Directory,
    http::{Answer, call, comparable, reads},
};

const MSP: &str = "a0000000000000000000000000000001";
const CUSTOMERS: [&str; 2] = ["ec000000000000000000000000000001", "ec000000000000000000000000000002"];
const COMPANY: &str = "c0000000000000000000000000000001";
const START: &str = "2026-03-10T12:00:00Z";

/// How many requests are under way at most.
const CLIENTS: usize = 4;

/// A number below the one that is given.
pub type Choose<'c> = &'c mut dyn FnMut(usize) -> usize;

struct World<'c> {
    choose: Choose<'c>,
    router: Router,
    /// The same sandbox without kept replies.
    computing: Router,
    clients: [Option<UnderWay>; CLIENTS],
    /// What is known of the assignments that clients made.
    rows: BTreeMap<i64, Fate>,
    /// Rows that a request from before the last new start may still revoke.
    tainted: BTreeSet<i64>,
    /// Counts new starts. What was asked before one says nothing about the time after it.
    epoch: usize,
    /// The fingerprint of the last new start.
    origin: String,
    directory: Directory,
    trace: String,
}

/// Why a world is wrong: the last statement that did not hold, after all that happened.
pub type Outcome = Result<(), String>;

/// Lives through a world of so many steps.
pub async fn live(steps: usize, choose: Choose<'_>) -> Outcome {
    let mut world = World::new(choose).await;
    let mut outcome = Ok(());
    for _ in 0..steps {
        outcome = world.step().await;
        if outcome.is_err() {
            break;
        }
        // Futures that are polled by hand use up the budget of this task.
        tokio::task::yield_now().await;
    }
    if outcome.is_ok() {
        outcome = world.end().await;
    }
    outcome.map_err(|violation| format!("{violation}\nafter:\n{}", world.trace))
}

impl<'c> World<'c> {
    async fn new(choose: Choose<'c>) -> Self {
        let directory = Directory::new();
        let catalog = Catalog::new(Some(directory.0.clone())).unwrap();
        let start = Start { clock: Some(StartClock { at: START.parse().unwrap(), frozen: true }), ..Start::default() };
        let sandbox = Arc::new(Sandbox::new(catalog.load("mine").unwrap(), start).unwrap().0);
        let registry = Arc::new(Registry::new(sandbox, catalog, RegistryLimits::default()));
        let router = Service::builder(Arc::clone(&registry)).build().into_router();
        let computing = Service::builder(registry).kept(Arc::new(Budget::new(0))).build().into_router();
        let mut world = Self {
            choose,
            router,
            computing,
            clients: [const { None }; CLIENTS],
            rows: BTreeMap::new(),
            tainted: BTreeSet::new(),
            epoch: 0,
            origin: String::new(),
            directory,
            trace: String::new(),
        };
        world.origin = world.fingerprint().await;
        world
    }

    fn below(&mut self, count: usize) -> usize {
        (self.choose)(count)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn note(&mut self, what: impl std::fmt::Display) {
        let _ = writeln!(self.trace, "  {what}");
    }

    async fn step(&mut self) -> Outcome {
        match self.below(48) {
            0..=13 => {
                self.send();
                Ok(())
            }
            14..=32 => self.poll(),
            33 | 34 => {
                self.cut_off();
                Ok(())
            }
            35..=37 => self.turn_clock().await,
            38 | 39 => self.change_settings().await,
            40 => self.break_writes().await,
            41 => self.start_anew().await,
            42 => self.go_back().await,
            43 => self.use_another_sandbox().await,
            44 => self.one_jump_is_many_steps().await,
            45 => self.import().await,
            _ => self.check().await,
        }
    }

    /// All requests end, everything holds, and a reset leads back to the start.
    async fn end(&mut self) -> Outcome {
        for _ in 0..200 {
            self.poll()?;
            tokio::task::yield_now().await;
        }
        self.check().await?;
        self.order("POST", "/_mock/reset", Value::Null, 204).await?;
        let now = self.fingerprint().await;
        claim(now == self.origin, "after a reset the state is not that of the start (I7)")
    }

    async fn check(&mut self) -> Outcome {
        let checked = self.ask("GET", "/_mock/check", Value::Null).await.json();
        claim(checked["ok"] == true, &format!("the self-check (I9): {checked}"))?;
        let kept = self.reads().await;
        for ((path, tenant), kept) in reads().zip(kept) {
            let computed = call(self.computing.clone(), tenant, ("GET", path.to_owned(), Value::Null), 1).await;
            let same = (kept.0, &kept.1) == (computed.status, &comparable(&computed));
            claim(same, &format!("the kept reply to {path} of {tenant} is not the computed one (I10)"))?;
        }
        let listed = self.ask("GET", "/assignments", Value::Null).await.json();
        let status = |id: i64| {
            let row = listed.as_array().into_iter().flatten().find(|row| row["id"] == id);
            row.and_then(|row| row["status"].as_str())
        };
        for (id, fate) in &self.rows {
            let holds = match (fate, status(*id)) {
                (_, None) => false,
                (Fate::Valid, Some(status)) => status != "REVOKED",
                (Fate::Revoked, Some(status)) => status == "REVOKED",
                (Fate::Unknown, Some(_)) => true,
            };
            claim(holds, &format!("assignment {id} should be {fate:?}, and is {:?}", status(*id)))?;
        }
        Ok(())
    }

    /// All reads of all tenants: status and body.
    async fn reads(&mut self) -> Vec<(u16, Bytes)> {
        let mut found = Vec::new();
        for (path, tenant) in reads() {
            let answer = call(self.router.clone(), tenant, ("GET", path.to_owned(), Value::Null), 1).await;
            found.push((answer.status, comparable(&answer)));
        }
        found
    }

    async fn ask(&mut self, method: &'static str, path: &str, body: Value) -> Answer {
        call(self.router.clone(), MSP, (method, path.to_owned(), body), 1).await
    }

    /// A request that must be answered so.
    async fn order(&mut self, method: &'static str, path: &str, body: Value, status: u16) -> Outcome {
        let answer = self.ask(method, path, body).await;
        claim(answer.status == status, &format!("{method} {path}: {answer:?}"))
    }

    async fn fingerprint(&mut self) -> String {
        String::from_utf8_lossy(&self.ask("GET", "/_mock/fingerprint", Value::Null).await.body).into_owned()
    }
}

fn claim(holds: bool, statement: &str) -> Outcome {
    if holds { Ok(()) } else { Err(statement.to_owned()) }
}
