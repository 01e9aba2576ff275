//! The order of an event's hooks.

use std::collections::BinaryHeap;

use super::meta::HookMeta;

/// What a hook's place among the hooks of its event depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) priority: i32,
    pub(crate) rank: u32,
    pub(crate) plugin: &'static str,
    pub(crate) hook: &'static str,
    pub(crate) before: &'static [&'static str],
    pub(crate) after: &'static [&'static str],
}

impl Order {
    pub(super) fn of(plugin: &'static str, rank: u32, hook: &HookMeta) -> Self {
        Self {
            priority: hook.priority,
            rank,
            plugin,
            hook: hook.name,
            before: hook.before,
            after: hook.after,
        }
    }

    pub(super) fn precedes(&self, other: &Self) -> bool {
        self.before.contains(&other.plugin) || other.after.contains(&self.plugin)
    }

    /// The order among hooks that no `before` or `after` decides; the names make it total.
    fn key(&self) -> impl Ord + use<> {
        (
            core::cmp::Reverse(self.priority),
            self.rank,
            self.plugin,
            self.hook,
        )
    }

    /// Sorts: `before` and `after` hold always, then the higher priority, the lower rank, and the names decide.
    ///
    /// Where `before` and `after` contradict each other, which the build refuses, the hooks of the ring stand in the
    /// order of the other rules.
    pub(crate) fn sort<T>(hooks: &mut Vec<(Self, T)>) {
        hooks.sort_by_key(|(order, _)| order.key());
        if hooks
            .iter()
            .all(|(order, _)| order.before.is_empty() && order.after.is_empty())
        {
            return;
        }
        let places = Self::topological(&hooks.iter().map(|(order, _)| *order).collect::<Vec<_>>());
        let mut slots: Vec<Option<(Self, T)>> = hooks.drain(..).map(Some).collect();
        hooks.extend(places.into_iter().filter_map(|place| slots[place].take()));
    }

    /// Kahn's algorithm over hooks that are already sorted by the other rules: of those that may come next, the first.
    fn topological(hooks: &[Self]) -> Vec<usize> {
        let count = hooks.len();
        let precedes = |a: usize, b: usize| {
            a != b && hooks[a].plugin != hooks[b].plugin && hooks[a].precedes(&hooks[b])
        };
        let mut waits: Vec<usize> = (0..count)
            .map(|b| (0..count).filter(|&a| precedes(a, b)).count())
            .collect();
        let mut ready: BinaryHeap<_> = (0..count)
            .filter(|&i| waits[i] == 0)
            .map(core::cmp::Reverse)
            .collect();
        let mut sorted = Vec::with_capacity(count);
        let mut placed = vec![false; count];
        while sorted.len() < count {
            let next = match ready.pop() {
                Some(core::cmp::Reverse(next)) => next,
                // A ring: take the first that is left, so that nothing is lost.
                None => (0..count).find(|&i| !placed[i]).unwrap_or_default(),
            };
            if core::mem::replace(&mut placed[next], true) {
                continue;
            }
            sorted.push(next);
            for b in (0..count).filter(|&b| !placed[b] && precedes(next, b)) {
                waits[b] = waits[b].saturating_sub(1);
                if waits[b] == 0 {
                    ready.push(core::cmp::Reverse(b));
                }
            }
        }
        sorted
    }
}
