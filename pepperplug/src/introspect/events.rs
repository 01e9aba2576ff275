//! The hooks of each event, in their order, with what put each in its place.

use super::description::{EventDescription, HookDescription, PolicyDescription};
use crate::event::EventMeta;
use crate::hook::{HookMeta, HookPolicy, PlacedHook, PolicyOrigin, PolicyValue};

pub(crate) fn events(placed: Vec<(&'static EventMeta, Vec<PlacedHook>)>) -> Vec<EventDescription> {
    let describe = |(event, hooks): (&'static EventMeta, Vec<PlacedHook>)| EventDescription {
        name: event.name(),
        mode: event.mode().name(),
        sync: event.sync,
        historic: event
            .historic
            .as_ref()
            .map(|historic| historic.limit as u64),
        location: event.location().to_string(),
        hooks: describe_all(event, &hooks),
    };
    let mut events: Vec<EventDescription> = placed.into_iter().map(describe).collect();
    events.sort_by_key(|event| event.name);
    events
}

impl HookDescription {
    pub(super) fn label(&self) -> String {
        match self.plugin {
            "" => format!("closure `{}`", self.hook),
            plugin => format!("{plugin}::{}", self.hook),
        }
    }
}

fn describe_all(event: &EventMeta, hooks: &[PlacedHook]) -> Vec<HookDescription> {
    let above = core::iter::once(None).chain(hooks.iter().map(Some));
    let describe = |(hook, above): (&PlacedHook, Option<&PlacedHook>)| HookDescription {
        plugin: hook.plugin,
        hook: hook.meta.name(),
        listens_to: hook.meta.event(),
        location: hook.meta.location().to_string(),
        priority: hook.meta.declared_priority(),
        parallel: hook.meta.is_parallel(event),
        around: hook.meta.around,
        disabled: hook.disabled,
        because: because(hook.plugin, &hook.meta, above),
        policies: policies(&hook.policy),
    };
    hooks.iter().zip(above).map(describe).collect()
}

/// What decided between a hook and the one above it.
fn because(plugin: &str, hook: &HookMeta, above: Option<&PlacedHook>) -> String {
    let priority = hook.declared_priority();
    let Some(above) = above else {
        return format!("priority {priority}");
    };
    if hook.after.contains(&above.plugin) {
        return format!("after `{}`", above.plugin);
    }
    if above.meta.before.contains(&plugin) {
        return format!("`{}` comes before it", above.plugin);
    }
    if above.meta.declared_priority() != priority {
        return format!("priority {priority}");
    }
    match (above.plugin == plugin, plugin) {
        (true, "") => "added later".to_owned(),
        (true, _) => "name of the method".to_owned(),
        (false, "") => "closures come after plugins".to_owned(),
        (false, _) => "start order of the plugins".to_owned(),
    }
}

/// The policies that somebody sets.
fn policies(policy: &HookPolicy) -> Vec<PolicyDescription> {
    let HookPolicy {
        timeout,
        retries,
        backoff,
        on_error,
        disable_after,
        disable_within,
    } = policy;
    [
        describe_policy("timeout", timeout, |timeout| match timeout {
            Some(timeout) => format!("{timeout:?}"),
            None => "none".to_owned(),
        }),
        describe_policy("retries", retries, u32::to_string),
        describe_policy("backoff", backoff, |pause| format!("{pause:?}")),
        describe_policy("on_error", on_error, ToString::to_string),
        describe_policy("disable_after", disable_after, u32::to_string),
        describe_policy("disable_within", disable_within, |within| {
            format!("{within:?}")
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn describe_policy<T>(
    policy: &'static str,
    value: &PolicyValue<T>,
    text: impl FnOnce(&T) -> String,
) -> Option<PolicyDescription> {
    (value.origin != PolicyOrigin::Default).then(|| PolicyDescription {
        policy,
        value: text(&value.value),
        origin: value.origin.to_string(),
    })
}
