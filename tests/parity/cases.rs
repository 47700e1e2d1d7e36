//! Random stores and writes to them.

use std::sync::Arc;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use proptest::{collection::vec, prelude::*};
use r1_entitlements_mock::model::{
    Actor, Alm, Assignment, AssignmentChange, DeviceGroup, DeviceType, Entitlement, Features, Lot, MspEntitlement,
    MspProduct, NewAssignment, Period, Policy, RefreshKind, RefreshOutcome, RefreshPolicy, Revision, Revocation, Store,
    Tenant, TenantId, TenantType, Upstream, Wanted,
};

const MSP: u128 = 0xa0;
const TENANTS: [u128; 4] = [MSP, 0xec1, 0xec2, 0xc0];
const DEVICES: [(DeviceType, Option<&str>); 8] = [
    (DeviceType::Apsw, None),
    (DeviceType::Wifi, None),
    (DeviceType::Switch, Some("ICX76")),
    (DeviceType::Switch, Some("ICX_ANY")),
    (DeviceType::Analytics, None),
    (DeviceType::VirtualEdge, None),
    (DeviceType::SltnToken, None),
    (DeviceType::EdgeSecl, None),
];
const PRODUCTS: [MspProduct; 7] = [
    MspProduct::MspApsw,
    MspProduct::MspWifi,
    MspProduct::MspIcx76,
    MspProduct::MspIcxAny,
    MspProduct::MspUrlf,
    MspProduct::MspSltnToken,
    MspProduct::MspEdgeSecl,
];

/// Licences or devices of one kind: the owner, the kind, how many, the first day, for how many days, whether they are
/// trials, and one more flag.
type Batch = (usize, usize, i64, i64, i64, bool, bool);

fn batch() -> impl Strategy<Value = Batch> {
    (0..4usize, 0..8usize, 1..60i64, -500..90i64, 0..800i64, any::<bool>(), any::<bool>())
}

#[derive(Clone, Debug)]
pub struct Case {
    purchases: Vec<Batch>,
    pools: Vec<Batch>,
    devices: Vec<Batch>,
    assignments: Vec<Batch>,
    pub writes: Vec<(u8, Batch)>,
    agnostic: bool,
    extended_trial: bool,
    pub live: bool,
    pub day: i64,
}

pub fn case() -> impl Strategy<Value = Case> {
    let rows = (vec(batch(), 0..6), vec(batch(), 0..6), vec(batch(), 0..5), vec(batch(), 0..5));
    let rest = (vec((0..7u8, batch()), 0..6), any::<bool>(), any::<bool>(), any::<bool>(), -30..500i64);
    (rows, rest).prop_map(
        |((purchases, pools, devices, assignments), (writes, agnostic, extended_trial, live, day))| Case {
            purchases,
            pools,
            devices,
            assignments,
            writes,
            agnostic,
            extended_trial,
            live,
            day,
        },
    )
}

pub fn start() -> DateTime<Utc> {
    "2026-03-10T09:30:00Z".parse().unwrap()
}

fn period(from: i64, days: i64) -> Period {
    let midnight = start().date_naive().and_time(NaiveTime::MIN).and_utc();
    let first = midnight + TimeDelta::days(from);
    Period { start: first, end: first + TimeDelta::days(days + 1) - TimeDelta::seconds(1) }
}

fn tenant(index: usize) -> TenantId {
    TENANTS[index].into()
}

impl Case {
    pub fn store(&self) -> Store {
        let policy = Policy {
            initial_days: 60,
            close_days: 7,
            paid_grace_days: 30,
            trial_grace_days: 7,
            analytics_grace_days: 3,
            mail_days: 30,
            analytics_mail_days: 7,
            courtesy_percent: 5,
            courtesy_until: "2025-10-01T00:00:00Z".parse().unwrap(),
            licenses_per_virtual_edge: 5,
            max_rows_per_call: 500,
        };
        let refresh = RefreshPolicy {
            outcome: if self.live { RefreshOutcome::Success } else { RefreshOutcome::Fail },
            ..RefreshPolicy::default()
        };
        let tenants = (0..TENANTS.len()).map(|index| self.tenant(index));
        let assignments = self.assignments.iter().enumerate().map(|(n, row)| assigned(n, row));
        Store::new(policy, refresh, tenant(0), tenants, assignments)
    }

    fn tenant(&self, index: usize) -> Tenant {
        let own = |rows: &[Batch]| rows.iter().filter(|row| row.0 == index).copied().collect::<Vec<_>>();
        let entitlements: Vec<Entitlement> =
            own(&self.purchases).iter().enumerate().map(|(n, row)| bought(n, row)).collect();
        let pools = self.pools.iter().enumerate().filter(|_| index == 0);
        let pools: Vec<MspEntitlement> = pools.map(|(n, row)| pool(n, row)).collect();
        let grown = |row: &Entitlement| Entitlement { quantity: row.quantity + 7, ..row.clone() };
        let revision = Revision {
            entitlements: entitlements.iter().skip(1).map(grown).collect(),
            msp_entitlements: pools.iter().skip(1).cloned().collect(),
        };
        Tenant {
            id: tenant(index),
            name: format!("Tenant {index}").into(),
            kind: [TenantType::Msp, TenantType::MspEc, TenantType::MspEc, TenantType::Rec][index],
            parent: (index == 1 || index == 2).then(|| tenant(0)),
            entitlement_id: Some("140360222".into()),
            features: Features {
                device_agnostic: self.agnostic && index != 1,
                extended_trial: self.extended_trial,
                analytics: index == 3,
                beta: false,
            },
            tier: "Gold".into(),
            vertical: "Default".into(),
            region: "US".into(),
            devices: own(&self.devices).iter().map(devices).collect(),
            clients: Arc::default(),
            token_settings: Arc::default(),
            entitlements: entitlements.into(),
            msp_entitlements: pools.into(),
            upstream: Upstream { revisions: [revision].into(), taken: 0 },
            session: 0,
        }
    }
}

fn bought(n: usize, &(owner, kind, quantity, from, days, trial, managed): &Batch) -> Entitlement {
    let (device_type, sub_type) = DEVICES[kind];
    let period = period(from, days);
    Entitlement {
        id: format!("35888{owner}{n:03}-1").into(),
        device_type,
        device_sub_type: sub_type.map(Into::into),
        license_type: device_type.license_type(),
        sku: format!("CLD-{device_type}-{n}").into(),
        sku_tier: managed.then(|| "Gold".into()),
        quantity,
        trial,
        period,
        created: period.start,
        updated: period.start,
        license_name: None,
        license_desc: managed.then(|| "Text".into()),
        external_id: None,
        parent_id: None,
        alm: managed.then(|| Alm { activation_id: "A".into(), so_ent_quantity: quantity + 3 }),
    }
}

fn pool(n: usize, &(_, kind, quantity, from, days, trial, managed): &Batch) -> MspEntitlement {
    MspEntitlement {
        id: format!("4{n:03}-1").into(),
        product: PRODUCTS[kind % PRODUCTS.len()],
        trial,
        sku: format!("CLD-M-{n}").into(),
        sku_tier: ["Silver", "Gold", "Platinum"].get(n % 4).map(|tier| (*tier).into()),
        quantity,
        period: period(from, days),
        alm: managed.then(|| Alm { activation_id: "A".into(), so_ent_quantity: quantity }),
    }
}

fn devices(&(_, kind, count, from, days, leave, _): &Batch) -> DeviceGroup {
    let (device_type, sub_type) = DEVICES[kind];
    let period = period(from, days);
    DeviceGroup {
        device_type,
        device_sub_type: sub_type.map(Into::into),
        model: None,
        count,
        installed: period.start,
        removed: leave.then(|| period.after()),
    }
}

fn assigned(n: usize, &(to, kind, quantity, from, days, trial, revoked): &Batch) -> Assignment {
    let period = period(from, days);
    Assignment {
        id: 100 + i64::try_from(n).unwrap(),
        msp: MSP.into(),
        customer: tenant(to % 3),
        product: PRODUCTS[kind % PRODUCTS.len()],
        trial,
        lot: Lot::default(),
        quantity,
        period,
        created: period.start,
        created_by: "someone".into(),
        revoked: revoked.then(|| Revocation { at: start(), by: "someone else".into() }),
    }
}

/// One write of either generation; what is refused changes nothing.
pub fn write(store: &mut Store, &(kind, lot): &(u8, Batch), now: DateTime<Utc>) {
    let (to, what, quantity, from, days, trial, other) = lot;
    let actor = Actor { msp: MSP.into(), name: "writer", now };
    let id = 100 + i64::try_from(what).unwrap();
    let end = other.then(|| period(from, days).end);
    let change = AssignmentChange { id, quantity: Some(quantity), start: None, end };
    let new = NewAssignment {
        customer: tenant(to % 3),
        wanted: Wanted::Product(PRODUCTS[what % PRODUCTS.len()]),
        trial,
        tier: (quantity % 5 == 0).then(|| "Gold".into()),
        quantity: quantity / 4,
        period: period(from.max(0), days),
    };
    match kind {
        0 => drop(store.assign(&[new], actor)),
        1 => drop(store.assign(&[NewAssignment { customer: MSP.into(), ..new }], actor)),
        2 => drop(store.change(&[change], actor)),
        3 => drop(store.change_own(change, actor)),
        4 => drop(store.revoke(&[id], actor)),
        5 => drop(store.revoke_own(id, actor)),
        _ => drop(store.begin_refresh(tenant(to), RefreshKind::Sync, "writer", now)),
    }
}
