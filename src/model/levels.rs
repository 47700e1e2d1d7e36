//! Quantities over time, as steps: what holds from one moment until the next.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::Period;

/// A quantity at every moment: zero before the first step, then the level of each step until the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// By moment; neighbours differ in their level.
    steps: Vec<(DateTime<Utc>, i64)>,
}

impl Levels {
    /// The sum of quantities, each of which counts during its period.
    pub fn sum(parts: impl IntoIterator<Item = (Period, i64)>) -> Self {
        let parts = parts.into_iter().filter(|(period, _)| period.start < period.after());
        Self::of(parts.flat_map(|(period, quantity)| [(period.start, quantity), (period.after(), -quantity)]).collect())
    }

    /// The sum of several quantities over time.
    pub fn total<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let changes = |levels: &'a Self| {
            (0..levels.steps.len()).map(move |n| (levels.steps[n].0, levels.steps[n].1 - levels.before(n)))
        };
        Self::of(parts.into_iter().flat_map(changes).collect())
    }

    fn of(mut changes: Vec<(DateTime<Utc>, i64)>) -> Self {
        changes.sort_unstable_by_key(|(at, _)| *at);
        let mut levels = Self::default();
        let mut level = 0;
        for group in changes.chunk_by(|(a, _), (b, _)| a == b) {
            let change: i64 = group.iter().map(|(_, change)| change).sum();
            level += change;
            if change != 0 {
                levels.steps.push((group[0].0, level));
            }
        }
        levels
    }

    /// Adds a quantity during a period; a negative one takes away.
    pub fn add(&mut self, period: Period, quantity: i64) {
        if period.start < period.after() {
            let first = self.split(period.start);
            let last = self.split(period.after());
            for (_, level) in &mut self.steps[first..last] {
                *level += quantity;
            }
            self.join(last);
            self.join(first);
        }
    }

    /// What holds at a moment.
    pub fn at(&self, moment: DateTime<Utc>) -> i64 {
        self.before(self.steps.partition_point(|(at, _)| *at <= moment))
    }

    /// The level in front of a step.
    fn before(&self, index: usize) -> i64 {
        index.checked_sub(1).map_or(0, |index| self.steps[index].1)
    }

    /// The index of the step at a moment, which is made if there is none.
    fn split(&mut self, at: DateTime<Utc>) -> usize {
        let index = self.steps.partition_point(|(step, _)| *step < at);
        if self.steps.get(index).is_none_or(|(step, _)| *step != at) {
            let level = self.before(index);
            self.steps.insert(index, (at, level));
        }
        index
    }

    /// Removes a step that changes nothing.
    fn join(&mut self, index: usize) {
        if self.steps[index].1 == self.before(index) {
            self.steps.remove(index);
        }
    }
}

/// Visits the start of a period, and each later moment of it at which one of the levels changes, with
/// the quantities that hold from then on; until the visitor breaks off.
pub fn walk(levels: &[&Levels], period: Period, mut visit: impl FnMut(DateTime<Utc>, &[i64]) -> ControlFlow<()>) {
    let mut next: Vec<usize> =
        levels.iter().map(|levels| levels.steps.partition_point(|(at, _)| *at <= period.start)).collect();
    let mut held: Vec<i64> = levels.iter().zip(&next).map(|(levels, next)| levels.before(*next)).collect();
    let mut at = period.start;
    while visit(at, &held).is_continue() {
        let following = levels.iter().zip(&next).filter_map(|(levels, next)| levels.steps.get(*next));
        let Some(moment) = following.map(|(at, _)| *at).min().filter(|at| *at <= period.end) else { return };
        at = moment;
        for ((levels, next), held) in levels.iter().zip(&mut next).zip(&mut held) {
            if let Some((_, level)) = levels.steps.get(*next).filter(|(step, _)| *step == at) {
                *held = *level;
                *next += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn period(from: i64, seconds: i64) -> Period {
        let start = DateTime::UNIX_EPOCH + TimeDelta::seconds(from);
        Period { start, end: start + TimeDelta::seconds(seconds) }
    }

    proptest! {
        #[test]
        fn levels_are_the_sums_of_what_counts_at_each_moment(
            parts in proptest::collection::vec((-20_i64..20, -3_i64..20, -5_i64..5), 0..12),
        ) {
            let parts = parts.into_iter().map(|(from, seconds, quantity)| (period(from, seconds), quantity));
            let parts: Vec<_> = parts.collect();
            let counted = |at: DateTime<Utc>| -> i64 {
                parts.iter().filter(|(p, _)| p.start <= at && at < p.after()).map(|(_, quantity)| quantity).sum()
            };
            let at_once = Levels::sum(parts.iter().copied());
            let mut in_turn = Levels::default();
            for (period, quantity) in &parts {
                in_turn.add(*period, *quantity);
            }
            prop_assert_eq!(&at_once, &in_turn);
            let (some, others) = parts.split_at(parts.len() / 2);
            let halves = [some, others].map(|half| Levels::sum(half.iter().copied()));
            prop_assert_eq!(&at_once, &Levels::total(&halves));
            let whole = period(-30, 80);
            let mut visited = Vec::new();
            walk(&[&at_once], whole, |at, levels| {
                visited.push((at, levels[0]));
                ControlFlow::Continue(())
            });
            for seconds in -30..=50 {
                let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
                prop_assert_eq!(at_once.at(at), counted(at));
                prop_assert_eq!(visited.iter().rfind(|(from, _)| *from <= at).unwrap().1, counted(at));
            }
        }
    }
}
