//! A row of licences that a tenant may use: bought, or assigned by its MSP.

use std::{borrow::Cow, cmp::Ordering};

use chrono::{DateTime, Utc};

use super::expiry;
use crate::model::{
    Alm, Assignment, BannerState, DeviceType, Entitlement, LicenseType, MspProduct, Period, Policy, Status, Tenant,
};

/// What is counted together: a device type, and the variant within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind<'s> {
    /// The device type, APSW for all hardware of a device-agnostic tenant.
    pub device_type: DeviceType,
    /// The variant, such as `ICX76`.
    pub sub_type: Option<&'s str>,
}

/// A row of licences.
#[derive(Clone, Copy, Debug)]
pub struct Row<'s> {
    /// Where it comes from.
    pub source: Source<'s>,
    /// What it counts under.
    pub kind: Kind<'s>,
    /// The licensing model that the licences belong to, such as APSW.
    pub license_type: LicenseType,
    /// Trial or paid.
    pub trial: bool,
    /// How many licences.
    pub quantity: i64,
    /// First and last moment of use.
    pub period: Period,
    /// How many of its licences devices use.
    pub used: i64,
    pub(super) cell: usize,
}

/// Where a row comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'s> {
    /// The tenant bought it.
    Bought(&'s Entitlement),
    /// An assignment by the tenant's MSP; of an MSP, by itself.
    Granted(&'s Assignment),
}

impl<'s> Row<'s> {
    pub(super) fn bought(tenant: &Tenant, row: &'s Entitlement) -> Self {
        let device_type = counted_as(tenant, row.device_type);
        let sub_type = row.device_sub_type.as_deref().filter(|_| device_type == row.device_type);
        Self {
            source: Source::Bought(row),
            kind: Kind { device_type, sub_type },
            license_type: row.license_type,
            trial: row.trial,
            quantity: row.quantity,
            period: row.period,
            used: 0,
            cell: 0,
        }
    }

    pub(super) fn granted(tenant: &Tenant, row: &'s Assignment) -> Self {
        Self {
            source: Source::Granted(row),
            kind: pool_kind(tenant, row.product),
            license_type: row.product.tenant_license_type(),
            trial: row.trial,
            quantity: row.quantity,
            period: row.period,
            used: 0,
            cell: 0,
        }
    }

    /// Earliest expiry first, then by id.
    pub(super) fn by_expiry(&self, other: &Self) -> Ordering {
        self.period.end.cmp(&other.period.end).then_with(|| self.by_id(other))
    }

    /// By the text of the id. Ids of granted rows that have nine digits compare as numbers, which spares two
    /// strings for each comparison.
    fn by_id(&self, other: &Self) -> Ordering {
        let nine_digits = 0..100_000_000;
        match (self.source, other.source) {
            (Source::Granted(one), Source::Granted(two))
                if nine_digits.contains(&one.id) && nine_digits.contains(&two.id) =>
            {
                one.id.cmp(&two.id)
            }
            _ => self.id().cmp(&other.id()),
        }
    }

    /// Its id; that of a granted row is made in the shape of the vendor's (chosen).
    pub fn id(&self) -> Cow<'s, str> {
        match self.source {
            Source::Bought(row) => Cow::Borrowed(&row.id),
            Source::Granted(row) => Cow::Owned(format!("{}-1", 900_000_000 + row.id)),
        }
    }

    /// Stock keeping unit.
    pub fn sku(&self) -> &'s str {
        match self.source {
            Source::Bought(row) => &row.sku,
            Source::Granted(row) => &row.lot.sku,
        }
    }

    /// Silver, Gold or Platinum.
    pub fn tier(&self) -> Option<&'s str> {
        match self.source {
            Source::Bought(row) => row.sku_tier.as_deref(),
            Source::Granted(row) => row.lot.tier.as_deref(),
        }
    }

    /// Whether an MSP assigned it.
    pub fn is_assigned(&self) -> bool {
        matches!(self.source, Source::Granted(_))
    }

    /// When it came to be, and when it last changed.
    pub fn written(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        match self.source {
            Source::Bought(row) => (row.created, row.updated),
            Source::Granted(row) => (row.created, row.created),
        }
    }

    /// Name for people.
    pub fn license_name(&self) -> Option<Cow<'s, str>> {
        match self.source {
            Source::Bought(row) => row.license_name.as_deref().map(Cow::Borrowed),
            Source::Granted(row) => Some(format!("{} assigned by MSP", row.product.tenant_device_type()).into()),
        }
    }

    /// The id of another licensing system; of a granted row, that of the assignment.
    pub fn external_id(&self) -> Option<Cow<'s, str>> {
        match self.source {
            Source::Bought(row) => row.external_id.as_deref().map(Cow::Borrowed),
            Source::Granted(row) => Some(row.id.to_string().into()),
        }
    }

    /// The purchase, if it is one: what granted rows do not have.
    pub fn purchase(&self) -> Option<&'s Entitlement> {
        match self.source {
            Source::Bought(row) => Some(row),
            Source::Granted(_) => None,
        }
    }

    /// What the application licence manager knows of it.
    pub fn alm(&self) -> Option<&'s Alm> {
        self.purchase()?.alm.as_ref()
    }

    /// Whether its licences count at a moment.
    pub fn is_valid_at(&self, now: DateTime<Utc>) -> bool {
        self.period.status_at(now) == Status::Valid
    }

    /// Until when its licences stay usable after expiry.
    pub fn grace_end(&self, policy: &Policy) -> DateTime<Utc> {
        self.period.end + policy.grace(self.device_type(), self.trial)
    }

    /// The state of its banner; none while expiry is far, or before it starts.
    pub fn banner_state(&self, policy: &Policy, now: DateTime<Utc>) -> Option<BannerState> {
        expiry::state(self.period, self.grace_end(policy), policy, now)
    }

    /// How far the expiry mails have got; none before the first.
    pub fn email_stage(&self, policy: &Policy, now: DateTime<Utc>) -> Option<BannerState> {
        expiry::email_stage(self.period, self.grace_end(policy), policy.mail_days(self.device_type()), policy, now)
    }

    fn device_type(&self) -> DeviceType {
        self.kind.device_type
    }
}

/// The type under which a tenant counts a device or a row.
pub fn counted_as(tenant: &Tenant, device_type: DeviceType) -> DeviceType {
    if tenant.features.device_agnostic { device_type.agnostic() } else { device_type }
}

/// The kind under which a tenant counts what it gets out of a pool.
pub fn pool_kind(tenant: &Tenant, product: MspProduct) -> Kind<'static> {
    let device_type = counted_as(tenant, product.tenant_device_type());
    let sub_type = product.tenant_sub_type().filter(|_| device_type == product.tenant_device_type());
    Kind { device_type, sub_type }
}
