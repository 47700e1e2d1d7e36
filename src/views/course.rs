//! How the licences of a tenant and their use go on from a moment, if nothing changes but the time: rows
//! start and expire, devices come and go.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::holdings::{Cell, Holdings, KindUse, cover, hardware};
use crate::model::{Period, Status};

/// What will change, and when.
#[derive(Clone, Debug)]
pub struct Course<'h, 's> {
    holdings: &'h Holdings<'s>,
    /// By moment.
    changes: Vec<(DateTime<Utc>, Change)>,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    /// The valid licences of a cell.
    Quantity { cell: usize, by: i64 },
    /// The licences that the devices of a kind use.
    Demand { kind: usize, by: i64 },
}

/// Licences and use at one moment of the course.
#[derive(Clone, Debug)]
pub struct Present<'s> {
    /// As [`Holdings::cells`].
    pub cells: Vec<Cell<'s>>,
    /// By kind: licences in use that nobody has.
    pub uncovered: Vec<i64>,
    demand: Vec<i64>,
}

impl<'h, 's> Course<'h, 's> {
    /// The course of what a tenant holds.
    pub fn of(holdings: &'h Holdings<'s>) -> Self {
        let rows = holdings.rows.iter().flat_map(|row| {
            let Period { start, .. } = row.period;
            let by = |by| Change::Quantity { cell: row.cell, by };
            [(start, by(row.quantity)), (row.period.after(), by(-row.quantity))]
        });
        let mut changes: Vec<_> = rows.collect();
        for (index, kind) in holdings.kinds.iter().enumerate() {
            let hardware = holdings.tenant.devices.iter().filter(|group| group.device_type.is_hardware());
            let groups: Vec<_> = if kind.is_analytics() { hardware.collect() } else { kind.groups.clone() };
            for group in groups {
                let each = if kind.is_analytics() { 1 } else { holdings.licenses_each(group) };
                let by = |sign: i64| Change::Demand { kind: index, by: sign * group.count * each };
                changes.push((group.installed, by(1)));
                changes.extend(group.removed.map(|at| (at, by(-1))));
            }
        }
        changes.sort_by_key(|(at, _)| *at);
        Self { holdings, changes }
    }

    /// Visits a moment, and each later one up to `end` at which something changes; until the visitor breaks off.
    pub fn walk(
        &self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        mut visit: impl FnMut(DateTime<Utc>, &Present<'s>) -> ControlFlow<()>,
    ) {
        let mut present = self.at(start);
        let mut at = start;
        let first = self.changes.partition_point(|(moment, _)| *moment <= start);
        let mut later = self.changes[first..].chunk_by(|(a, _), (b, _)| a == b).filter(|group| group[0].0 <= end);
        while visit(at, &present).is_continue() {
            let Some(group) = later.next() else { return };
            at = group[0].0;
            for (_, change) in group {
                let kind = match *change {
                    Change::Quantity { cell, by } => {
                        present.cells[cell].quantity += by;
                        self.holdings.kinds.partition_point(|kind| kind.cells.end <= cell)
                    }
                    Change::Demand { kind, by } => {
                        present.demand[kind] += by;
                        kind
                    }
                };
                present.cover(kind, &self.holdings.kinds[kind]);
            }
        }
    }

    /// Licences and use at one moment.
    pub fn at(&self, at: DateTime<Utc>) -> Present<'s> {
        let Holdings { tenant, rows, kinds, cells, .. } = self.holdings;
        let mut present = Present {
            cells: cells.iter().map(|cell| Cell { quantity: 0, used: 0, ..*cell }).collect(),
            uncovered: vec![0; kinds.len()],
            demand: kinds.iter().map(|kind| self.holdings.demand(kind, at)).collect(),
        };
        debug_assert!(
            kinds
                .iter()
                .zip(&present.demand)
                .all(|(kind, demand)| !kind.is_analytics() || *demand == hardware(tenant, at))
        );
        for row in rows.iter().filter(|row| row.period.status_at(at) == Status::Valid) {
            present.cells[row.cell].quantity += row.quantity;
        }
        for (index, kind) in kinds.iter().enumerate() {
            present.cover(index, kind);
        }
        present
    }

    /// For each kind, the first later moment at which devices are without a licence, and how many licences
    /// they lack then. None for kinds that are short already, or never will be.
    pub fn shortages(&self) -> Vec<Option<(DateTime<Utc>, i64)>> {
        let mut found: Vec<Option<(DateTime<Utc>, i64)>> = vec![None; self.holdings.kinds.len()];
        let mut waiting: Vec<usize> = Vec::new();
        self.walk(self.holdings.now, DateTime::<Utc>::MAX_UTC, |at, present| {
            if at == self.holdings.now {
                waiting = (0..found.len()).filter(|kind| present.uncovered[*kind] == 0).collect();
            }
            waiting.retain(|kind| {
                let lacking = present.uncovered[*kind];
                found[*kind] = (lacking > 0).then_some((at, lacking));
                lacking == 0
            });
            if waiting.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        found
    }
}

impl Present<'_> {
    fn cover(&mut self, index: usize, kind: &KindUse<'_>) {
        (_, self.uncovered[index]) = cover(kind.kind, self.demand[index], &mut self.cells[kind.cells.clone()]);
    }
}
