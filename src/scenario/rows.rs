//! Single rows, checked like those of files: what a test puts into the state by hand.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    LoadError, captured,
    check::{self, Findings},
    convert::Builder,
    format::{DeviceRow, EntitlementRow, MspEntitlementRow, computed},
    schema,
};
use crate::model::{DeviceGroup, Entitlement, MspEntitlement};

const BODY: &str = "body";

/// A purchase of a tenant.
pub fn entitlement(row: Value, now: DateTime<Utc>) -> Result<Entitlement, LoadError> {
    read(row, computed::ENTITLEMENT, now, |row: EntitlementRow, builder| builder.entitlement(&row, BODY, "$"))
}

/// A pool of an MSP.
pub fn msp_entitlement(row: Value, now: DateTime<Utc>) -> Result<MspEntitlement, LoadError> {
    read(row, computed::MSP_ENTITLEMENT, now, |row: MspEntitlementRow, builder| {
        builder.msp_entitlement(&row, BODY, "$")
    })
}

/// The devices of a tenant.
pub fn devices(rows: Value, now: DateTime<Utc>) -> Result<Vec<DeviceGroup>, LoadError> {
    read(rows, &[], now, |rows: Vec<DeviceRow>, builder| {
        rows.iter().enumerate().map(|(n, row)| builder.device(row, &format!("$[{n}]"))).collect()
    })
}

fn read<R: DeserializeOwned + ToSchema, T>(
    mut row: Value,
    computed: &[&str],
    now: DateTime<Utc>,
    build: impl FnOnce(R, &mut Builder<'_>) -> T,
) -> Result<T, LoadError> {
    let mut findings = Findings::default();
    captured::tidy(&mut row, computed, BODY, &mut findings);
    check::check(&row, &schema::of::<R>(), BODY, &mut findings);
    let broken = |findings: Findings| LoadError::BadRow { findings: findings.into_sorted() };
    if findings.has_errors() {
        return Err(broken(findings));
    }
    let row: R = match serde_path_to_error::deserialize(row) {
        Ok(row) => row,
        Err(error) => {
            findings.error(BODY, error.path().to_string(), error.inner().to_string());
            return Err(broken(findings));
        }
    };
    let built = build(row, &mut Builder::new(now, &mut findings));
    if findings.has_errors() { Err(broken(findings)) } else { Ok(built) }
}
