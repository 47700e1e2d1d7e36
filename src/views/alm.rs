//! What the application licence manager knows of rows.

use chrono::{DateTime, Utc};

use super::row::Row;
use crate::model::LicenseType;

/// Sums over the rows that the application licence manager manages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlmSums {
    /// The licensing model of the first of them.
    pub license_type: LicenseType,
    /// Licences of the sales orders.
    pub so_ent_quantity: i64,
    /// Licences not in use, or of a pool: not assigned. Expired and future licences are neither.
    pub remaining: i64,
}

impl AlmSums {
    /// The sums over the valid ones of these rows; none if none of them, valid or not, is managed.
    pub(super) fn of_valid_rows(rows: &[Row<'_>], now: DateTime<Utc>) -> Option<Self> {
        let of_row = |row: &Row<'_>| row.is_valid_at(now).then(|| Self::of_row(row, now)).flatten();
        let first = rows.iter().find(|row| row.alm().is_some())?;
        let none = Self { license_type: first.license_type, so_ent_quantity: 0, remaining: 0 };
        Some(rows.iter().filter_map(of_row).fold(none, Self::plus))
    }

    /// Of one row, if it is managed.
    pub(super) fn of_row(row: &Row<'_>, now: DateTime<Utc>) -> Option<Self> {
        let remaining = if row.is_valid_at(now) { row.quantity - row.used } else { 0 };
        let alm = row.alm()?;
        Some(Self { license_type: row.license_type, so_ent_quantity: alm.so_ent_quantity, remaining })
    }

    fn plus(self, other: Self) -> Self {
        Self {
            license_type: self.license_type,
            so_ent_quantity: self.so_ent_quantity + other.so_ent_quantity,
            remaining: self.remaining + other.remaining,
        }
    }

    /// The sums of two parts, of which either may have none.
    pub(super) fn both(a: Option<Self>, b: Option<Self>) -> Option<Self> {
        match (a, b) {
            (Some(a), Some(b)) => Some(a.plus(b)),
            (one, other) => one.or(other),
        }
    }
}
