//! Rows made up for a large scenario: the same ones every time.

use std::sync::Arc;

use chrono::{DateTime, Days, SubsecRound, Utc};

use super::format::Generate;
use crate::{
    model::{
        Assignment, DeviceGroup, DeviceType, Features, Lot, MspProduct, Period, Tenant, TenantId, TenantType, Upstream,
    },
    wire::date::{Given, last_second},
};

/// The first number of the assignments made up; those in files stay below it.
const FIRST_ASSIGNMENT: i64 = 1_000_001;

/// Customers of an MSP, numbered from ec00...01 on, and assignments dealt to them in turn: one to ten
/// licences each of APSW and, every fourth, of Wi-Fi; a year long, started within the last 300 days.
pub fn generate(msp: &Tenant, generate: &Generate, now: DateTime<Utc>) -> (Vec<Tenant>, Vec<Assignment>) {
    let customers: Vec<Tenant> = (1..=generate.customers).map(|n| customer(msp, n, now)).collect();
    let created_by: Arc<str> = "generator@msp.example".into();
    let assignments = (0..generate.assignments).map(|n| {
        let day = now.date_naive() - Days::new(u64::from(n * 7 % 300));
        Assignment {
            id: FIRST_ASSIGNMENT + i64::from(n),
            msp: msp.id,
            customer: customers[n as usize % customers.len()].id,
            // Every customer gets some of both, because it has devices of both.
            product: if (n + n / generate.customers.max(1)) % 4 == 3 {
                MspProduct::MspWifi
            } else {
                MspProduct::MspApsw
            },
            trial: false,
            lot: Lot::default(),
            quantity: i64::from(1 + n * 13 % 10),
            period: Period { start: Given::Day(day).as_start(), end: last_second(day + Days::new(365)) },
            created: Given::Day(day).as_start(),
            created_by: created_by.clone(),
            revoked: None,
        }
    });
    let assignments = assignments.collect();
    (customers, assignments)
}

fn customer(msp: &Tenant, number: u32, now: DateTime<Utc>) -> Tenant {
    let installed = (now - Days::new(200)).trunc_subsecs(0);
    let devices = [(DeviceType::Apsw, 40), (DeviceType::Wifi, 12)].map(|(device_type, base)| DeviceGroup {
        device_type,
        device_sub_type: None,
        model: None,
        count: base + i64::from(number % 17),
        installed,
        removed: None,
    });
    Tenant {
        id: TenantId::from((0xec_u128 << 120) + u128::from(number)),
        name: format!("Customer {number:03}").into(),
        kind: TenantType::MspEc,
        parent: Some(msp.id),
        entitlement_id: Some(format!("{}", 150_000_000 + number).into()),
        features: Features { device_agnostic: false, ..msp.features },
        tier: msp.tier.clone(),
        vertical: msp.vertical.clone(),
        region: msp.region.clone(),
        devices: devices.into(),
        clients: Arc::default(),
        token_settings: Arc::default(),
        entitlements: Arc::default(),
        msp_entitlements: Arc::default(),
        upstream: Upstream::default(),
        session: 0,
    }
}
