//! How a sandbox starts, and starts anew: as a scenario, as an imported state.

use std::sync::Arc;

use crate::{
    faults::{Engine, sets::Set},
    journal::{Journal, Match},
    model::Store,
    sandbox::{
        Sandbox, StartClock,
        clock::Clock,
        deprecations::Ledger,
        events::Listeners,
        settings::{Kept, Settings, Start},
        state::{Content, Replacement, SandboxState},
    },
    scenario::{Finding, LoadError, Scenario, format},
    wire::date,
};

impl Sandbox {
    /// A sandbox at the root that starts as the scenario says; and notes worth telling.
    pub fn new(scenario: Arc<Scenario>, start: impl Into<Start>) -> Result<(Self, Vec<Finding>), LoadError> {
        Self::named("", scenario, start)
    }

    /// A sandbox that is selected by a name.
    pub fn named(
        name: &str,
        scenario: Arc<Scenario>,
        start: impl Into<Start>,
    ) -> Result<(Self, Vec<Finding>), LoadError> {
        let start = Arc::new(start.into());
        let clock = start_clock(&scenario.meta.clock, start.clock);
        let (model, notes) = scenario.build_shared(clock.now())?;
        let content = Content { model, scenario, start: Arc::clone(&start), requests: 0 };
        Ok((Self::starting(name, content, clock, start), notes))
    }

    /// A sandbox with this content, under the settings and faults of its start.
    pub(super) fn starting(name: &str, content: Content, clock: Clock, start: Arc<Start>) -> Self {
        let journal = Journal::new(start.settings.journal);
        let mut state = SandboxState::new(content, clock, Arc::clone(&start.settings));
        state.apply_settings();
        state.put_faults(start_faults(&start.faults));
        Self {
            name: name.into(),
            journal,
            deprecations: Ledger::default(),
            start,
            state: state.into(),
            listeners: Listeners::default(),
        }
    }

    /// Goes back to the start of the scenario, except what is kept: the same requests then get the same answers
    /// (invariant I7). The counts of deprecated calls always stay: a suite that resets between its tests asks for
    /// them at its end.
    pub fn reset_keeping(&self, keep: &[Kept]) -> Result<(), LoadError> {
        let (scenario, start) = {
            let state = self.lock();
            (Arc::clone(&state.content.scenario), Arc::clone(&state.content.start))
        };
        self.begin(scenario, start, keep)
    }

    /// [`Self::reset_keeping`] nothing.
    pub fn reset(&self) -> Result<(), LoadError> {
        self.reset_keeping(&[])
    }

    /// Starts anew as another scenario says, except what is kept. If the scenario cannot be used, all stays.
    pub fn load_keeping(&self, scenario: Arc<Scenario>, keep: &[Kept]) -> Result<(), LoadError> {
        self.begin(scenario, Arc::clone(&self.start), keep)
    }

    /// [`Self::load_keeping`] nothing.
    pub fn load(&self, scenario: Arc<Scenario>) -> Result<(), LoadError> {
        self.load_keeping(scenario, &[])
    }

    /// Starts anew as an exported state says, with the clock and the refresh policy that it says. Other settings, faults
    /// and journal stay. If the state cannot be used, all stays. A reset then goes back to this state.
    pub fn replace_state(&self, scenario: Arc<Scenario>) -> Result<(), LoadError> {
        let (clock, plan) = (scenario_clock(&scenario.meta.clock), scenario.meta.refresh.clone());
        let refreshing = |settings: &Settings| {
            let refresh = settings.refresh.clone().then(&plan);
            Arc::new(Settings { refresh, ..Settings::clone(settings) })
        };
        let start = Arc::new(Start {
            settings: refreshing(&self.start.settings),
            clock: clock.or(self.start.clock),
            faults: Arc::clone(&self.start.faults),
        });
        // A state without a clock holds from now on.
        let (clock, now) = match clock {
            Some(clock) => (Some(clock.into()), clock.at),
            None => (None, self.look().1),
        };
        let (model, _) = scenario.build_shared(now)?;
        let mut state = self.lock();
        let settings = Some(refreshing(&state.settings));
        let content = Content { model, scenario, start, requests: 0 };
        let old = state.swap(Replacement { content, clock, settings, faults: None }, &self.listeners);
        drop(state);
        drop(old);
        Ok(())
    }

    /// Replaces the model; everything else stays.
    pub fn replace(&self, model: Arc<Store>) {
        let mut state = self.lock();
        let content = Content { model, ..state.content.clone() };
        let old = state.swap(Replacement { content, clock: None, settings: None, faults: None }, &self.listeners);
        drop(state);
        drop(old);
    }

    fn begin(&self, scenario: Arc<Scenario>, start: Arc<Start>, keep: &[Kept]) -> Result<(), LoadError> {
        let keeps = |what| keep.contains(&what);
        let clock = (!keeps(Kept::Clock)).then(|| start_clock(&scenario.meta.clock, start.clock));
        let now = clock.map_or_else(|| self.look().1, |clock| clock.now());
        let (model, _) = scenario.build_shared(now)?;
        let settings = (!keeps(Kept::Settings)).then(|| Arc::clone(&start.settings));
        let faults = (!keeps(Kept::Faults)).then(|| start_faults(&start.faults));
        let mut state = self.lock();
        let old = state.swap(
            Replacement { content: Content { model, scenario, start, requests: 0 }, clock, settings, faults },
            &self.listeners,
        );
        self.journal.set_limits(state.settings.journal);
        if !keeps(Kept::Journal) {
            self.clear_journal();
        }
        drop(state);
        drop(old);
        Ok(())
    }
}

/// The faults of a start.
fn start_faults(sets: &[Set]) -> Engine {
    let mut faults = Engine::default();
    for set in sets {
        // Each set is there once, and there are no other rules that it could be in conflict with.
        let _ = faults.put_set(*set, 0, &Match::default());
    }
    faults
}

fn start_clock(scenario: &format::Clock, setting: Option<StartClock>) -> Clock {
    match setting.or_else(|| scenario_clock(scenario)) {
        Some(start) => start.into(),
        None if scenario.frozen => Clock::frozen_at(Clock::real().now()),
        None => Clock::real(),
    }
}

/// The clock with which a scenario says that it starts, if it does.
fn scenario_clock(scenario: &format::Clock) -> Option<StartClock> {
    let at = scenario.start.as_ref().and_then(|start| date::moment(&start.0))?;
    Some(StartClock { at, frozen: scenario.frozen })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::scenario::Catalog;

    /// The title of the scenario and the rows of an export.
    fn exported(sandbox: &Sandbox) -> (String, String) {
        let state = sandbox.export();
        (state["scenario.json"]["title"].to_string(), state["tenants.json"].to_string())
    }

    #[test]
    fn no_export_mixes_two_scenarios_that_are_loaded_in_turn() {
        let scenarios = ["expiring", "empty"].map(|name| Catalog::default().load(name).unwrap());
        let sandbox = Sandbox::new(Arc::clone(&scenarios[0]), Start::default()).unwrap().0;
        let whole = scenarios.clone().map(|scenario| {
            sandbox.load(scenario).unwrap();
            exported(&sandbox)
        });
        let done = AtomicBool::new(false);
        std::thread::scope(|threads| {
            let exports = [(); 2].map(|()| {
                threads.spawn(|| {
                    let mut torn = 0;
                    while !done.load(Ordering::Relaxed) {
                        torn += usize::from(!whole.contains(&exported(&sandbox)));
                    }
                    torn
                })
            });
            for scenario in scenarios.iter().cycle().take(2_000) {
                sandbox.load(Arc::clone(scenario)).unwrap();
            }
            done.store(true, Ordering::Relaxed);
            assert_eq!(exports.map(|export| export.join().unwrap()), [0, 0], "torn exports");
        });
    }
}
