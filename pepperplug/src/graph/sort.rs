//! Kahn's algorithm with a heap: of the nodes that are free, the first by number comes next, so the order is total.

use core::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{NodeId, Rows, to_u32};

/// The nodes, each after its dependencies; `None` where there is a ring.
pub(super) fn order(dependencies: &Rows, dependents: &Rows) -> Option<Vec<NodeId>> {
    let count = to_u32(dependencies.ends.len());
    let mut waits: Vec<u32> = (0..count)
        .map(|node| to_u32(dependencies.row(node).len()))
        .collect();
    let mut free: BinaryHeap<_> = (0..count)
        .filter(|node| waits[*node as usize] == 0)
        .map(Reverse)
        .collect();
    let mut order = Vec::with_capacity(count as usize);
    while let Some(Reverse(node)) = free.pop() {
        order.push(node);
        for dependent in dependents.row(node) {
            let waits = &mut waits[dependent.node as usize];
            *waits -= 1;
            if *waits == 0 {
                free.push(Reverse(dependent.node));
            }
        }
    }
    (order.len() == count as usize).then_some(order)
}
