//! The property: the order of an event's hooks depends on what they declare alone, and not on the order in which the linker,
//! or anybody else, happens to name them.

use proptest::prelude::*;

use crate::hook::order::Order;

const PLUGINS: [&str; 6] = ["auth", "cache", "config", "database", "mail", "metrics"];
const HOOKS: [&str; 3] = ["on_a", "on_b", "on_c"];
const LISTS: [&[&str]; 6] = [&[], &[], &[], &["auth"], &["cache", "mail"], &["metrics"]];

/// One hook of a plugin at most of each name; a plugin's rank is the same in all its hooks.
fn hooks() -> impl Strategy<Value = Vec<Order>> {
    let hook = (
        0..PLUGINS.len(),
        0..HOOKS.len(),
        -1..2_i32,
        0..LISTS.len(),
        0..LISTS.len(),
    );
    let ranks = Just((0..6_u32).collect::<Vec<_>>()).prop_shuffle();
    (prop::collection::vec(hook, 0..12), ranks).prop_map(|(hooks, ranks)| {
        let mut orders: Vec<Order> = Vec::new();
        for (plugin, hook, priority, before, after) in hooks {
            let order = Order {
                priority: priority * 50,
                rank: ranks[plugin] / 2,
                plugin: PLUGINS[plugin],
                hook: HOOKS[hook],
                before: LISTS[before],
                after: LISTS[after],
            };
            let is_new = |other: &Order| (other.plugin, other.hook) != (order.plugin, order.hook);
            if orders.iter().all(is_new) {
                orders.push(order);
            }
        }
        orders
    })
}

fn sorted(hooks: &[Order]) -> Vec<(&'static str, &'static str)> {
    let mut hooks: Vec<(Order, ())> = hooks.iter().map(|order| (*order, ())).collect();
    Order::sort(&mut hooks);
    hooks
        .iter()
        .map(|(order, ())| (order.plugin, order.hook))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_order_they_come_in_they_run_in_one(
        (hooks, shuffled) in hooks().prop_flat_map(|hooks| (Just(hooks.clone()), Just(hooks).prop_shuffle()))
    ) {
        prop_assert_eq!(sorted(&hooks), sorted(&shuffled));
    }

    #[test]
    fn before_and_after_hold_where_they_do_not_contradict_each_other(hooks in hooks()) {
        // Those of one side only cannot contradict each other: what comes before `auth` is told of no other way.
        let hooks: Vec<Order> = hooks
            .into_iter()
            .map(|order| Order { after: &[], before: if order.plugin == "auth" { &[] } else { order.before }, ..order })
            .filter(|order| order.before.iter().all(|plugin| *plugin == "auth"))
            .collect();
        let run = sorted(&hooks);
        prop_assert_eq!(run.len(), hooks.len());
        let place = |plugin: &str, hook: &str| run.iter().position(|at| *at == (plugin, hook));
        for hook in hooks.iter().filter(|hook| hook.before == ["auth"]) {
            for of_auth in hooks.iter().filter(|other| other.plugin == "auth") {
                prop_assert!(place(hook.plugin, hook.hook) < place("auth", of_auth.hook));
            }
        }
    }

    #[test]
    fn without_before_and_after_the_higher_priority_and_then_the_lower_rank_come_first(hooks in hooks()) {
        let hooks: Vec<Order> = hooks
            .into_iter()
            .map(|order| Order { before: &[], after: &[], ..order })
            .collect();
        let run = sorted(&hooks);
        let of = |at: &(&str, &str)| hooks.iter().find(|hook| (hook.plugin, hook.hook) == *at);
        for pair in run.windows(2) {
            let (Some(first), Some(second)) = (of(&pair[0]), of(&pair[1])) else {
                return Err(TestCaseError::fail("one is lost"));
            };
            prop_assert!(first.priority >= second.priority);
            if first.priority == second.priority {
                prop_assert!((first.rank, first.plugin) <= (second.rank, second.plugin));
            }
        }
    }
}
