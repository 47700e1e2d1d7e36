//! GET /_mock/console/overview and /_mock/console/tenants/{tenant}: what the page shows, each in one
//! answer at one moment. The parts of a tenant are the vendor's own bodies, in the documented style.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::Path,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    model::{self, Store, TenantId, TenantType},
    sandbox::{Auth, Sandbox, selection::SelectedSandbox},
    support::{heavy, problem::Problem},
    views::{banner, filter::Filter, holdings::Holdings, msp_banner, msp_summary, summary},
    wire::{
        Context, Style,
        assignment::LegacyAssignment,
        banner::MspBannerType,
        responses,
        summary::{AssignmentSummary, LicensesSummary, MspSummaries},
    },
};

/// A sandbox at a glance.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    version: &'static str,
    sandbox: Arc<str>,
    scenario: String,
    title: String,
    style: Style,
    auth: Auth,
    now: DateTime<Utc>,
    frozen: bool,
    speed: f64,
    /// Another one than before: the state has changed.
    generation: u64,
    tenants: Vec<Row>,
}

/// A tenant at a glance.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: TenantId,
    name: Arc<str>,
    r#type: TenantType,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<TenantId>,
    default: bool,
    has_entitlement_id: bool,
    /// Licences that it has: of an MSP, those of its pools.
    total: i64,
    /// How many of them are in use: of an MSP, assigned.
    used: i64,
    /// The types of its banners.
    banners: Vec<MspBannerType>,
}

pub async fn show_overview(Extension(chosen): Extension<SelectedSandbox>) -> Json<Overview> {
    Json(heavy::run(move || overview(&chosen.sandbox)).await)
}

fn overview(sandbox: &Sandbox) -> Overview {
    let (store, now) = sandbox.look();
    let (clock, scenario, settings) = (sandbox.clock(), sandbox.scenario(), sandbox.settings());
    Overview {
        version: env!("CARGO_PKG_VERSION"),
        sandbox: Arc::clone(&sandbox.name),
        scenario: scenario.name.clone(),
        title: scenario.meta.title.clone(),
        style: settings.style,
        auth: settings.auth,
        now,
        frozen: clock.is_frozen(),
        speed: clock.speed(),
        generation: store.generation,
        tenants: store.tenants().map(|tenant| row(&store, tenant, now)).collect(),
    }
}

fn row(store: &Store, tenant: &model::Tenant, now: DateTime<Utc>) -> Row {
    let holdings = Holdings::of(store, tenant, now);
    let (total, used, banners) = if tenant.kind.is_msp() {
        let pools = msp_summary::msp_summaries(&holdings);
        let sum = |count: fn(&model::PoolSums) -> i64| pools.iter().map(|pool| count(&pool.sums)).sum::<i64>();
        let banners = msp_banner::msp_banners(&holdings, |_| true).iter().map(|b| b.kind.into()).collect();
        (sum(|sums| sums.purchased + sums.courtesy), sum(model::PoolSums::assigned), banners)
    } else {
        let rows = summary::summaries(&holdings, Filter::default());
        let banners = banner::banners(&holdings, |_, _| true);
        let banners = banners.iter().map(|b| MspBannerType::Expiry(b.kind.into())).collect();
        (rows.iter().map(|row| row.quantity).sum(), rows.iter().map(|row| row.used).sum(), banners)
    };
    Row {
        id: tenant.id,
        name: Arc::clone(&tenant.name),
        r#type: tenant.kind,
        parent: tenant.parent,
        default: tenant.id == store.default_tenant,
        has_entitlement_id: tenant.entitlement_id.is_some(),
        total,
        used,
        banners,
    }
}

/// A tenant in full.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tenant<'a> {
    id: TenantId,
    /// As GET /entitlements/summaries.
    summaries: LicensesSummary<'a>,
    /// Of an MSP: as GET /mspEntitlements/summaries.
    #[serde(skip_serializing_if = "Option::is_none")]
    msp_summaries: Option<MspSummaries<'a>>,
    /// Of an MSP: as GET /assignments/summaries.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment_summaries: Option<Vec<AssignmentSummary>>,
    /// As GET /assignments: of an MSP those that it made, of others those that they got.
    assignments: Vec<LegacyAssignment<'a>>,
    /// Where callers must prove who they are: a token that is good for this tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

pub async fn show_tenant(
    Extension(chosen): Extension<SelectedSandbox>,
    Path(tenant): Path<String>,
) -> Result<Response, Problem> {
    heavy::run(move || tenant_in_full(&chosen, &tenant)).await
}

fn tenant_in_full(chosen: &SelectedSandbox, tenant: &str) -> Result<Response, Problem> {
    let (store, now) = chosen.sandbox.look();
    let unknown = || Problem::unknown(format!("there is no tenant {tenant}; GET /_mock/tenants lists them"));
    let id: TenantId = tenant.parse().map_err(|_| unknown())?;
    let tenant = store.tenant(id).ok_or_else(unknown)?;
    let ctx = Context { now, style: Style::Documented, policy: &store.policy };
    let is_msp = tenant.kind.is_msp();
    let assignments = if is_msp {
        responses::assignments(&store, id, None, ctx)
    } else {
        store.assignments_to(id).map(|row| LegacyAssignment::new(row, ctx)).collect()
    };
    let token = || chosen.sandbox.token_of(id).or_else(|| chosen.sandbox.token_of(tenant.parent?));
    let holdings = Holdings::of(&store, tenant, now);
    Ok(Json(Tenant {
        id,
        summaries: responses::summaries(&holdings, Filter::default(), ctx),
        msp_summaries: is_msp.then(|| responses::msp_summaries(&holdings, ctx)),
        assignment_summaries: is_msp.then(|| responses::assignment_summaries(&holdings)),
        assignments,
        token: (chosen.sandbox.settings().auth == Auth::Required).then(token).flatten(),
    })
    .into_response())
}
