//! What each customer of an MSP had, and on which days.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    days::{Span, days_active, days_in_force},
    usage_kind::{Kind, kind_of, kind_of_devices, licenses},
    usage_report::{Asked, Device, NoReport, Usage, Usages},
};
use crate::model::{DeviceGroup, MspProduct, Store, Tenant};

/// Everything that one customer had, each with the days on which it had it.
pub struct CustomerUsage<'a> {
    /// Who.
    pub customer: &'a Tenant,
    /// Licences and devices.
    lives: Vec<(Kind<'a>, Span, Usage)>,
    /// The devices once more, with their places.
    groups: Vec<(Kind<'a>, Span, usize, &'a DeviceGroup)>,
}

/// The customers of an MSP, or the one asked for, by name, then id.
pub fn courses<'a>(store: &'a Store, msp: &Tenant, asked: &Asked) -> Result<Vec<CustomerUsage<'a>>, NoReport> {
    let mut assignments: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let wanted = |product: MspProduct, trial| asked.license.is_none_or(|wanted| product.license_type(trial) == wanted);
    for assignment in store.assignments_of(msp.id).filter(|a| !a.is_own() && wanted(a.product, a.trial)) {
        let usage = Usage { assigned: assignment.quantity, devices: 0 };
        let life = days_in_force(assignment).map(|days| (kind_of(assignment.product), days, usage));
        assignments.entry(assignment.customer).or_default().extend(life);
    }
    let mut customers: Vec<&Tenant> = store.tenants().filter(|tenant| tenant.parent == Some(msp.id)).collect();
    if let Some(id) = &asked.customer {
        customers.retain(|tenant| tenant.id.to_string() == *id);
        if customers.is_empty() {
            return Err(NoReport::UnknownCustomer { id: id.clone() });
        }
    }
    customers.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let course = |customer: &'a Tenant| {
        let mut lives = assignments.remove(&customer.id).unwrap_or_default();
        let groups = customer.devices.iter().enumerate().filter_map(|(n, group)| {
            let kind = kind_of_devices(customer, group);
            let licensed = asked.license.is_none_or(|wanted| licenses(wanted, kind));
            days_active(group).filter(|_| licensed).map(|days| (kind, days, n, group))
        });
        let groups: Vec<_> = groups.collect();
        lives.extend(
            groups.iter().map(|(kind, days, _, group)| (*kind, *days, Usage { assigned: 0, devices: group.count })),
        );
        CustomerUsage { customer, lives, groups }
    };
    Ok(customers.into_iter().map(course).collect())
}

impl<'a> CustomerUsage<'a> {
    /// What it had over a span.
    pub fn sums(&self, span: Span) -> Usages<'a> {
        let mut sums = Usages::new();
        for (kind, days, usage) in &self.lives {
            let days = days.overlap(span).map_or(0, Span::len);
            *sums.entry(*kind).or_default() += usage.times(days);
        }
        sums.retain(|_, usage| *usage != Usage::default());
        sums
    }

    /// What it had on each day of a span.
    pub fn daily(&self, span: Span) -> impl Iterator<Item = Usages<'a>> {
        let mut changes: BTreeMap<usize, Vec<(Kind<'a>, Usage)>> = BTreeMap::new();
        for (kind, days, usage) in &self.lives {
            if let Some(days) = days.overlap(span) {
                changes.entry(span.index_of(days.first)).or_default().push((*kind, *usage));
                changes.entry(span.index_of(days.last) + 1).or_default().push((*kind, usage.times(-1)));
            }
        }
        let mut running = Usages::new();
        span.days().enumerate().map(move |(n, _)| {
            for (kind, change) in changes.remove(&n).unwrap_or_default() {
                *running.entry(kind).or_default() += change;
            }
            running.retain(|_, usage| *usage != Usage::default());
            running.clone()
        })
    }

    /// Its devices on a day.
    pub fn devices_on(&self, date: NaiveDate) -> Vec<Device<'a>> {
        let present = self.groups.iter().filter(|(_, days, ..)| days.first <= date && date <= days.last);
        let devices = present.flat_map(|(kind, _, group_number, group)| {
            (0..group.count).map(|n| Device {
                kind: *kind,
                model: group.model.as_deref(),
                serial: serial(self.customer, *group_number, n),
                installed: group.installed,
            })
        });
        devices.collect()
    }
}

/// Twelve digits (FNV-1a over the customer and the device's place).
fn serial(customer: &Tenant, group: usize, number: i64) -> String {
    let text = format!("{}/{group}/{number}", customer.id);
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{:012}", hash % 1_000_000_000_000)
}
