//! The pools of an MSP as its two summaries show them. Both are read off the same sums, so they
//! cannot disagree.

use chrono::{DateTime, Utc};

use super::days_left;
use crate::model::{MspEntitlement, Period, PoolKey, PoolSums, Status, Store, Tenant};

/// One pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MspSummary {
    /// Product and trial flag.
    pub pool: PoolKey,
    /// What was purchased, given, handed out and is left.
    pub sums: PoolSums,
    /// The period of the purchase that expires first; of a pool without a valid purchase, of the one
    /// that starts next or expired last; none for assignments without any purchase on record.
    pub period: Option<Period>,
}

impl MspSummary {
    /// Days to the earliest expiry.
    pub fn remaining_days(&self, now: DateTime<Utc>) -> Option<i64> {
        self.period.map(|period| days_left(period.end, now))
    }

    /// Whether more has been handed out than was bought.
    pub fn courtesy_used(&self) -> bool {
        self.sums.courtesy > 0 && self.sums.assigned() > self.sums.purchased
    }
}

/// The pools of an MSP, by product, paid before trial.
pub fn msp_summaries(store: &Store, msp: &Tenant, now: DateTime<Utc>) -> Vec<MspSummary> {
    let period = |pool| leading_period(msp.msp_entitlements.iter().filter(|p| p.pool() == pool), now);
    store.pools(msp.id, now).into_iter().map(|(pool, sums)| MspSummary { pool, sums, period: period(pool) }).collect()
}

/// Whether a tenant has licences on top of its purchases.
pub fn has_courtesy(store: &Store, tenant: &Tenant, now: DateTime<Utc>) -> bool {
    store.pools(tenant.id, now).values().any(|sums| sums.courtesy > 0)
}

fn leading_period<'a>(purchases: impl Iterator<Item = &'a MspEntitlement>, now: DateTime<Utc>) -> Option<Period> {
    let periods: Vec<Period> = purchases.map(|p| p.period).collect();
    let having = |status| periods.iter().copied().filter(move |p| p.status_at(now) == status);
    having(Status::Valid)
        .min_by_key(|p| p.end)
        .or_else(|| having(Status::Future).min_by_key(|p| p.start))
        .or_else(|| having(Status::Expired).max_by_key(|p| p.end))
}
