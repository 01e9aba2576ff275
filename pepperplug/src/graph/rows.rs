//! Rows of different lengths in one allocation.

use super::{Dependency, NodeId, to_u32};

#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The end of each row.
    pub(super) ends: Vec<u32>,
    pub(super) items: Vec<Dependency>,
}

impl Rows {
    pub(super) fn with_capacity(rows: usize, items: usize) -> Self {
        Self {
            ends: Vec::with_capacity(rows),
            items: Vec::with_capacity(items),
        }
    }

    pub(super) fn end_row(&mut self) {
        self.ends.push(to_u32(self.items.len()));
    }

    #[inline]
    pub(super) fn row(&self, node: NodeId) -> &[Dependency] {
        let node = node as usize;
        let start = if node == 0 {
            0
        } else {
            self.ends[node - 1] as usize
        };
        &self.items[start..self.ends[node] as usize]
    }

    /// The same edges from the other end, each row in ascending order.
    pub(super) fn transposed(&self) -> Self {
        let mut ends = vec![0u32; self.ends.len()];
        for item in &self.items {
            ends[item.node as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            // First the start of each row; filling moves it to the end.
            total += core::mem::replace(end, total);
        }
        let nobody = Dependency {
            node: 0,
            needed: false,
        };
        let mut items = vec![nobody; self.items.len()];
        let mut start = 0;
        for (from, until) in (0..).zip(&self.ends) {
            let until = *until as usize;
            for to in &self.items[start..until] {
                let end = &mut ends[to.node as usize];
                items[*end as usize] = Dependency {
                    node: from,
                    needed: to.needed,
                };
                *end += 1;
            }
            start = until;
        }
        Self { ends, items }
    }
}
