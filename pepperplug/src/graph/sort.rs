//! Kahn's algorithm: of the nodes that are free, the first by number comes next, so the order is total.

use super::free::Free;
use super::rows::Rows;
use super::{NodeId, to_u32};

/// The nodes, each after its dependencies; `None` where there is a ring.
pub(super) fn order(dependencies: &Rows, dependents: &Rows) -> Option<Vec<NodeId>> {
    let count = dependencies.ends.len();
    let mut waits: Vec<u32> = Vec::with_capacity(count);
    let mut free = Free::new(count);
    let mut start = 0;
    for (node, end) in (0..).zip(&dependencies.ends) {
        let length = end - core::mem::replace(&mut start, *end);
        waits.push(length);
        if length == 0 {
            free.insert(node);
        }
    }
    let mut order = Vec::with_capacity(count);
    while let Some(node) = free.take_least() {
        order.push(node);
        for dependent in dependents.row(node) {
            let waits = &mut waits[dependent.node as usize];
            *waits -= 1;
            if *waits == 0 {
                free.insert(dependent.node);
            }
        }
    }
    (to_u32(order.len()) == to_u32(count)).then_some(order)
}
