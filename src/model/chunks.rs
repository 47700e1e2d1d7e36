//! A list in chunks that clones share: a clone copies one pointer, and a write after it copies one chunk.

use std::sync::Arc;

/// Rows of a full chunk.
const CHUNK: usize = 256;

/// A list that only grows at its end. All chunks but the last are full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunks<T>(Arc<Vec<Arc<Vec<T>>>>);

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Chunks<T> {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * CHUNK + last.len())
    }

    /// The row at a position, counted from 0.
    pub(super) fn get(&self, position: usize) -> Option<&T> {
        self.0.get(position / CHUNK)?.get(position % CHUNK)
    }

    /// All rows, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flat_map(|chunk| chunk.iter())
    }

    /// The position of the row for which `order` is equal, in a list that is sorted by it.
    pub(super) fn position(&self, order: impl Fn(&T) -> std::cmp::Ordering) -> Option<usize> {
        let chunk = self.0.partition_point(|chunk| chunk.last().is_some_and(|last| order(last).is_lt()));
        let within = self.0.get(chunk)?.binary_search_by(order).ok()?;
        Some(chunk * CHUNK + within)
    }
}

impl<T: Clone> Chunks<T> {
    /// Adds a row at the end.
    pub(super) fn push(&mut self, row: T) {
        let chunks = Arc::make_mut(&mut self.0);
        match chunks.last_mut() {
            Some(last) if last.len() < CHUNK => Arc::make_mut(last).push(row),
            _ => {
                let mut rows = Vec::with_capacity(CHUNK);
                rows.push(row);
                chunks.push(Arc::new(rows));
            }
        }
    }

    /// The row at a position, to be changed.
    pub(super) fn get_mut(&mut self, position: usize) -> Option<&mut T> {
        let chunk = Arc::make_mut(&mut self.0).get_mut(position / CHUNK)?;
        Arc::make_mut(chunk).get_mut(position % CHUNK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_keeps_its_rows_when_the_original_grows_or_changes() {
        let mut rows = Chunks::default();
        for row in 0..1_000 {
            rows.push(row);
        }
        let before = rows.clone();
        rows.push(1_000);
        *rows.get_mut(300).unwrap() = -1;
        assert_eq!((before.len(), rows.len()), (1_000, 1_001));
        assert_eq!((before.get(300), rows.get(300)), (Some(&300), Some(&-1)));
        assert!(before.iter().copied().eq(0..1_000));
        assert_eq!(rows.get(1_001), None);
    }

    #[test]
    fn a_row_is_found_by_its_place_in_the_order() {
        let mut rows = Chunks::default();
        assert_eq!(rows.position(|row: &i64| row.cmp(&1)), None);
        for row in 0..600 {
            rows.push(row * 2);
        }
        for row in [0, 255, 256, 511, 512, 599] {
            assert_eq!(rows.position(|own| own.cmp(&(row * 2))), usize::try_from(row).ok());
        }
        for missing in [-1, 1, 511, 1_199] {
            assert_eq!(rows.position(|own| own.cmp(&missing)), None, "{missing}");
        }
    }
}
