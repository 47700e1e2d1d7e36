//! How a sandbox starts, and starts anew: as a scenario, as an imported state.

use std::sync::Arc;

use crate::{
    faults::Match,
    journal::Journal,
    model::Store,
    sandbox::{
        Sandbox, StartClock,
        clock::Clock,
        deprecations::Ledger,
        events::Listeners,
        settings::Start,
        state::{Content, SandboxState},
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
        let content = Content { model, scenario, start, requests: 0 };
        Ok((Self::starting(name, content, clock), notes))
    }

    /// A sandbox with this content, under the settings and faults of its start.
    pub(super) fn starting(name: &str, content: Content, clock: Clock) -> Self {
        let Start { settings, faults, clock: _ } = Start::clone(&content.start);
        let journal = Journal::new(settings.journal);
        let mut state = SandboxState::new(content, clock, settings);
        state.apply_settings();
        for set in faults.iter() {
            // Each set is there once, and there are no other rules that it could be in conflict with.
            let _ = state.change_faults(|faults| faults.put_set(*set, 0, &Match::default()));
        }
        Self {
            name: name.into(),
            journal,
            deprecations: Ledger::default(),
            state: state.into(),
            listeners: Listeners::default(),
        }
    }

    /// Goes back to the start: the same requests then get the same answers (invariant I7). The journal is
    /// empty then, as ids begin anew. The clock stays, and so do the counts of deprecated calls: a suite that
    /// resets between its tests asks for them at its end.
    pub fn reset(&self) -> Result<(), LoadError> {
        self.load(self.scenario())?;
        self.clear_journal();
        Ok(())
    }

    /// Starts anew as another scenario says. The clock stays. If the scenario cannot be used, all stays.
    pub fn load(&self, scenario: Arc<Scenario>) -> Result<(), LoadError> {
        let (_, now) = self.look();
        let (model, _) = scenario.build_shared(now)?;
        self.begin(model, scenario, None);
        Ok(())
    }

    /// Starts anew as an exported state says, with the clock that it says. If it cannot be used, all stays.
    pub fn replace_state(&self, scenario: Arc<Scenario>) -> Result<(), LoadError> {
        let Some(clock) = scenario_clock(&scenario.meta.clock) else { return self.load(scenario) };
        let (model, _) = scenario.build_shared(clock.at)?;
        self.begin(model, scenario, Some(clock));
        Ok(())
    }

    /// Puts another model in the place of this one; the clock stays.
    pub fn replace(&self, model: Arc<Store>) {
        self.begin(model, self.scenario(), None);
    }

    fn begin(&self, model: Arc<Store>, scenario: Arc<Scenario>, clock: Option<StartClock>) {
        let mut state = self.lock();
        let start = Arc::clone(&state.content.start);
        let clock = clock.map(|start| {
            let mut clock = state.clock;
            match (start.frozen, clock.is_frozen()) {
                (true, _) => clock.freeze(),
                (false, true) => clock.resume(),
                (false, false) => {}
            }
            clock.set(start.at);
            clock
        });
        state.swap(Content { model, scenario, start, requests: 0 }, clock, &self.listeners);
    }
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
