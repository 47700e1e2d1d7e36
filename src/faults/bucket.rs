//! The rate limit: a bucket of calls for each tenant, which fills again by the sandbox's clock.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::TenantId;

/// How many calls a tenant may make at once, and how fast it gets them back (documented: 200, and 100 a second).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RateLimit {
    /// The most calls that a bucket holds.
    pub bucket: u32,
    /// The calls that come back each second.
    pub per_second: f64,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { bucket: 200, per_second: 100.0 }
    }
}

impl RateLimit {
    /// What is wrong with it, if anything.
    pub fn check(self) -> Result<(), String> {
        if !(self.per_second > 0.0 && self.per_second <= 1e6) {
            return Err(format!("perSecond is {}; expected a number above 0, up to 1000000", self.per_second));
        }
        if self.bucket == 0 {
            return Err("bucket is 0; expected at least 1".into());
        }
        Ok(())
    }
}

/// The buckets of all tenants under one limit.
#[derive(Clone, Debug, Default)]
pub struct Buckets(BTreeMap<Option<TenantId>, Bucket>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: DateTime<Utc>,
}

/// The most buckets of one limit.
const MOST_TENANTS: usize = 10_000;

impl Bucket {
    /// What is in it at a moment. A clock that was put back gives nothing and takes nothing.
    fn after(self, limit: RateLimit, now: DateTime<Utc>) -> f64 {
        let passed = (now - self.at).to_std().unwrap_or_default().as_secs_f64();
        (self.left + passed * limit.per_second).min(f64::from(limit.bucket))
    }
}

impl Buckets {
    /// Takes a call out of a tenant's bucket, or returns after how many seconds there will be one.
    pub fn take(&mut self, limit: RateLimit, tenant: Option<TenantId>, now: DateTime<Utc>) -> Result<(), u64> {
        let full = f64::from(limit.bucket);
        if self.0.len() >= MOST_TENANTS {
            // Names of tenants come from callers. A bucket that is full again is as good as none.
            self.0.retain(|_, bucket| bucket.after(limit, now) < full);
        }
        if self.0.len() >= MOST_TENANTS {
            self.0.clear();
        }
        let bucket = self.0.entry(tenant).or_insert(Bucket { left: full, at: now });
        *bucket = Bucket { left: bucket.after(limit, now), at: now };
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        Err(whole_seconds((1.0 - bucket.left) / limit.per_second))
    }
}

/// Rounded up, at least one: `Retry-After` has no fractions.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a small positive range")]
fn whole_seconds(seconds: f64) -> u64 {
    seconds.ceil().clamp(1.0, 1e9) as u64
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_by_the_clock_and_each_tenant_has_its_own() {
        let limit = RateLimit { bucket: 2, per_second: 0.5 };
        let mut buckets = Buckets::default();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let (one, two) = (Some(TenantId::from(1)), Some(TenantId::from(2)));
        assert_eq!([0, 0, 0].map(|_| buckets.take(limit, one, now)), [Ok(()), Ok(()), Err(2)]);
        assert_eq!(buckets.take(limit, two, now), Ok(()));
        assert_eq!(buckets.take(limit, one, now + TimeDelta::seconds(1)), Err(1));
        assert_eq!(buckets.take(limit, one, now + TimeDelta::seconds(2)), Ok(()));
        assert_eq!(buckets.take(limit, one, now - TimeDelta::days(1)), Err(2));
    }
}
