//! What shall be different about the settings of a sandbox. What is not given stays; null clears what can be absent, and
//! is refused elsewhere.

use std::sync::Arc;

use serde::Deserialize;
use utoipa::ToSchema;

use super::clock::moment;
use crate::{
    catalogue,
    faults::sets::Set,
    journal::Limits,
    model::RefreshPlan,
    sandbox::{
        Auth, Settings, Start, StartClock,
        deprecations::{Mode, Sunset},
    },
    support::{
        duration::Duration,
        given::{clearable, given},
        problem::Problem,
        suggest::nearest,
    },
    wire::Style,
};

/// What shall be different; what is not given stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(clippy::option_option, reason = "absent, null and a value are three things")]
pub struct SettingsChange {
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    style: Option<Style>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    auth: Option<Auth>,
    /// Whether a call that names no tenant, neither by a token nor by a header, is for the tenant in the path of its `Referer`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    tenant_from_referer: Option<bool>,
    /// From the 202 of a refresh to its end, such as `PT2S` or `500ms`: the `delay` of the activity policy. Null goes
    /// back to what the scenario says.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>)]
    refresh_delay: Option<Option<Duration>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    sunset: Option<SunsetChange>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    journal: Option<JournalLimitsChange>,
    /// What the clock shows at the start; for new sandboxes.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    clock: Option<ClockStart>,
    /// Sets of faults that are in force from the start; for new sandboxes.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    faults: Option<Vec<String>>,
}

/// How the deprecated operations shall be phased out; what is not given stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(clippy::option_option, reason = "absent, null and a value are three things")]
struct SunsetChange {
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    mode: Option<Mode>,
    /// The day from which they may be gone, by the sandbox's clock.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    date: Option<String>,
    /// For how long from the start of each hour they are gone before that, one hour at the most; `0s` or null ends it.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<String>)]
    brownout: Option<Option<Duration>>,
    /// Only these operations are ever gone, by operationId; none, or null, means all.
    #[serde(default, deserialize_with = "clearable")]
    #[schema(value_type = Option<Vec<String>>)]
    only: Option<Option<Vec<String>>>,
}

/// How much the journal shall keep; what is not given stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct JournalLimitsChange {
    /// The most requests; 0 records nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    count: Option<usize>,
    /// The most bytes of all of them.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    bytes: Option<usize>,
    /// The most bytes of one body.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    body_bytes: Option<usize>,
}

/// What a clock shows at the start.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = StartClock)]
struct ClockStart {
    now: String,
    #[serde(default)]
    frozen: bool,
}

impl SettingsChange {
    /// Refuses what only holds at the start.
    pub fn is_for_a_running_sandbox(&self) -> Result<(), Problem> {
        if self.clock.is_some() {
            return Err(Problem::bad("clock: a running sandbox's clock is set with PUT /_mock/clock"));
        }
        if self.faults.is_some() {
            return Err(Problem::bad("faults: in a running sandbox they are set with POST /_mock/faults/sets/{name}"));
        }
        Ok(())
    }

    /// Changes settings.
    pub fn apply(&self, settings: &mut Settings) -> Result<(), Problem> {
        let Self { style, auth, tenant_from_referer, refresh_delay, sunset, journal, clock: _, faults: _ } = self;
        settings.style = style.unwrap_or(settings.style);
        settings.auth = auth.unwrap_or(settings.auth);
        settings.tenant_from_referer = tenant_from_referer.unwrap_or(settings.tenant_from_referer);
        if let Some(delay) = refresh_delay {
            let plan = RefreshPlan { delay: *delay, ..settings.refresh.clone() };
            plan.check().map_err(|invalid| Problem::bad(format!("refreshDelay: {invalid}")))?;
            settings.refresh = plan;
        }
        if let Some(sunset) = sunset {
            sunset.apply(&mut settings.sunset)?;
        }
        if let Some(journal) = journal {
            settings.journal = journal.applied(settings.journal);
        }
        Ok(())
    }

    /// Changes what a new sandbox starts with.
    pub fn apply_to_start(&self, start: &mut Start) -> Result<(), Problem> {
        self.apply(Arc::make_mut(&mut start.settings))?;
        if let Some(ClockStart { now, frozen }) = &self.clock {
            start.clock = Some(StartClock { at: moment("clock.now", now)?, frozen: *frozen });
        }
        if let Some(names) = &self.faults {
            start.faults = names.iter().map(|name| set(name)).collect::<Result<_, _>>()?;
        }
        Ok(())
    }
}

impl SunsetChange {
    fn apply(&self, sunset: &mut Sunset) -> Result<(), Problem> {
        let Self { mode, date, brownout, only } = self;
        sunset.mode = mode.unwrap_or(sunset.mode);
        if let Some(date) = date {
            sunset.date = moment("sunset.date", date)?;
        }
        if let Some(brownout) = brownout {
            sunset.brownout = brownout.map(at_most_an_hour).transpose()?.filter(|time| !time.is_zero());
        }
        if let Some(only) = only {
            let only = only.as_deref().unwrap_or_default();
            only.iter().try_for_each(|id| is_deprecated(id))?;
            sunset.only = only.into();
        }
        Ok(())
    }
}

impl JournalLimitsChange {
    fn applied(&self, limits: Limits) -> Limits {
        Limits {
            count: self.count.unwrap_or(limits.count),
            bytes: self.bytes.unwrap_or(limits.bytes),
            body_bytes: self.body_bytes.unwrap_or(limits.body_bytes),
        }
    }
}

/// A brownout begins with an hour and ends with it at the latest.
fn at_most_an_hour(time: Duration) -> Result<chrono::TimeDelta, Problem> {
    let time = time.at_most(Duration::minutes(60), "1 hour");
    time.map(Duration::delta).map_err(|error| Problem::bad(format!("sunset.brownout: {error}")))
}

fn is_deprecated(id: &str) -> Result<(), Problem> {
    let ids = || catalogue::deprecated().map(|operation| operation.id);
    if ids().any(|known| known == id) {
        return Ok(());
    }
    let all: Vec<&str> = ids().collect();
    let (all, near) = (all.join(", "), nearest(id, ids()));
    Err(Problem::bad(format!("sunset.only: \"{id}\" is no deprecated operation; expected some of {all}{near}")))
}

fn set(name: &str) -> Result<Set, Problem> {
    Set::named(name).map_err(|unknown| Problem::bad(format!("faults: {unknown}")))
}
