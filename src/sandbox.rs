//! One simulated system: a [`Sim`] and the settings under which it answers.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    clock::Clock,
    deprecation::{Ledger, Sunset},
    fixtures::{Finding, LoadError, Scenario, format},
    sim::Sim,
    store::{IdSource, RefreshPolicy, Store},
    wire::{Style, date},
};

/// A simulated system.
#[derive(Debug)]
pub struct Sandbox {
    /// Its state and clock.
    pub sim: Sim,
    /// How it answers.
    pub settings: Settings,
    /// What it was made from.
    pub scenario: Arc<Scenario>,
    /// Who called which deprecated operation.
    pub deprecations: Ledger,
    requests: AtomicU64,
}

/// How a sandbox answers.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// By the reference or as seen live.
    pub style: Style,
    /// Whether callers must prove who they are.
    pub auth: Auth,
    /// In the place of the scenario's delay.
    pub refresh_delay: Option<TimeDelta>,
    /// How the deprecated operations are phased out.
    pub sunset: Sunset,
    /// What the clock shows at the start, in the place of the scenario's start or real time.
    pub clock: Option<StartClock>,
}

/// What a clock shows at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartClock {
    /// The moment.
    pub at: DateTime<Utc>,
    /// Whether it stands still.
    pub frozen: bool,
}

/// Whether callers must prove who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// Everyone is let in; who says nothing is the scenario's default tenant.
    #[default]
    Open,
    /// A token that this server issued, and that is alive.
    Required,
}

/// A request id for an exchange and its place in the count.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeId {
    /// The id.
    pub id: Uuid,
    /// From 1.
    pub number: u64,
}

impl Sandbox {
    /// A system that starts as the scenario says, under these settings; and notes worth telling.
    pub fn new(scenario: Arc<Scenario>, settings: Settings) -> Result<(Self, Vec<Finding>), LoadError> {
        let clock = start_clock(&scenario.meta.clock, settings.clock);
        let (store, notes) = start_store(&scenario, &settings, clock.now())?;
        let sandbox = Self {
            sim: Sim::new(store, clock),
            settings,
            scenario,
            deprecations: Ledger::default(),
            requests: AtomicU64::new(0),
        };
        Ok((sandbox, notes))
    }

    /// Goes back to the start: the same requests then get the same answers (invariant I7). The clock
    /// stays, and so does what is known of deprecated calls: a suite that resets between its tests asks
    /// for them at its end.
    pub fn reset(&self) -> Result<(), LoadError> {
        let (_, now) = self.sim.look();
        let (store, _) = start_store(&self.scenario, &self.settings, now)?;
        self.sim.replace(store);
        self.requests.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// An id for the next exchange.
    pub fn next_exchange(&self) -> ExchangeId {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        ExchangeId { id: IdSource::new(number).next_request_id(), number }
    }
}

fn start_store(
    scenario: &Scenario,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<(Store, Vec<Finding>), LoadError> {
    let (mut store, notes) = scenario.build(now)?;
    if let Some(delay) = settings.refresh_delay {
        store.refresh = Arc::new(RefreshPolicy { delay, ..RefreshPolicy::clone(&store.refresh) });
    }
    Ok((store, notes))
}

fn start_clock(scenario: &format::Clock, setting: Option<StartClock>) -> Clock {
    let from_scenario = || {
        let at = scenario.start.as_ref().and_then(|start| date::parse(&start.0)).map(date::Given::as_start);
        at.map(|at| StartClock { at, frozen: scenario.frozen })
    };
    match setting.or_else(from_scenario) {
        Some(StartClock { at, frozen: true }) => Clock::frozen_at(at),
        Some(StartClock { at, frozen: false }) => Clock::running_from(at),
        None if scenario.frozen => Clock::frozen_at(Clock::real().now()),
        None => Clock::real(),
    }
}
