//! The pools of an MSP as its two summaries show them. Both read the same sums, so they agree.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{days_left, holdings::Holdings};
use crate::model::{Period, PoolKey, PoolSums, Status};

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
pub fn msp_summaries(holdings: &Holdings<'_>) -> Vec<MspSummary> {
    let mut leading: BTreeMap<PoolKey, Leading> = BTreeMap::new();
    for purchase in holdings.tenant.msp_entitlements.iter() {
        leading.entry(purchase.pool()).or_default().add(purchase.period, holdings.now);
    }
    let period = |pool| leading.get(pool).and_then(Leading::period);
    holdings.pools.iter().map(|(pool, sums)| MspSummary { pool: *pool, sums: *sums, period: period(pool) }).collect()
}

/// Whether a tenant has licences on top of its purchases.
pub fn has_courtesy(holdings: &Holdings<'_>) -> bool {
    holdings.pools.values().any(|sums| sums.courtesy > 0)
}

/// The periods of which one leads.
#[derive(Default)]
struct Leading {
    valid: Option<Period>,
    future: Option<Period>,
    expired: Option<Period>,
}

impl Leading {
    fn add(&mut self, period: Period, now: DateTime<Utc>) {
        let (own, replaces): (_, fn(Period, Period) -> bool) = match period.status_at(now) {
            Status::Valid => (&mut self.valid, |new, old| new.end < old.end),
            Status::Future => (&mut self.future, |new, old| new.start < old.start),
            Status::Expired | Status::Revoked => (&mut self.expired, |new, old| new.end >= old.end),
        };
        if own.is_none_or(|old| replaces(period, old)) {
            *own = Some(period);
        }
    }

    fn period(&self) -> Option<Period> {
        self.valid.or(self.future).or(self.expired)
    }
}
