//! The description as people read it in a terminal.

use core::fmt;
use core::time::Duration;

use super::description::{Description, EventDescription, PluginDescription, PolicyDescription};
use crate::lifecycle::PluginState;

/// Why each plugin is on or off, who injects it, and the order of each event's hooks. Made to be printed.
#[derive(Debug, Clone)]
pub struct Report {
    description: Description,
}

impl Report {
    pub(crate) fn new(description: Description) -> Self {
        Self { description }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Description {
            plugins,
            off,
            unlisted,
            events,
            ..
        } = &self.description;
        write_heading(f, plugins, off.len())?;
        let names = plugins
            .iter()
            .map(|plugin| plugin.name)
            .chain(off.iter().map(|off| off.path))
            .chain(unlisted.iter().map(|plugin| plugin.path.as_str()));
        let width = names
            .map(|name| name.chars().count())
            .max()
            .unwrap_or_default();
        for plugin in plugins {
            write_plugin(f, plugin, width)?;
        }
        for off in off {
            write!(f, "\n  {:width$}  off           {}", off.path, off.why)?;
        }
        for plugin in unlisted {
            write!(
                f,
                "\n  {:width$}  unlisted      linked, but not in the list",
                plugin.path
            )?;
        }
        if !events.is_empty() {
            f.write_str("\nhooks, in the order in which they run")?;
        }
        events.iter().try_for_each(|event| write_event(f, event))
    }
}

fn write_heading(
    f: &mut fmt::Formatter<'_>,
    plugins: &[PluginDescription],
    off: usize,
) -> fmt::Result {
    let count = |of: PluginState| plugins.iter().filter(|plugin| plugin.state == of).count();
    write!(
        f,
        "plugins, in start order ({} on, {off} off",
        plugins.len()
    )?;
    for state in [PluginState::Failed, PluginState::Skipped] {
        match count(state) {
            0 => {}
            some => write!(f, ", {some} {state}")?,
        }
    }
    f.write_str(")")
}

fn write_plugin(
    f: &mut fmt::Formatter<'_>,
    plugin: &PluginDescription,
    width: usize,
) -> fmt::Result {
    let PluginDescription {
        name,
        version,
        state,
        ..
    } = plugin;
    write!(f, "\n  {name:width$}  {state:12}  {version}")?;
    if let Some(took) = plugin.initialized_in {
        write!(f, ", ready in {}", Seconds(took))?;
    }
    if let Some(after) = plugin.ready_after {
        write!(f, ", {} after the start", Seconds(after))?;
    }
    write!(f, "; {}", plugin.why)?;
    if !plugin.provides.is_empty() {
        write!(f, "; provides {}", plugin.provides.join(", "))?;
    }
    if !plugin.emits.is_empty() {
        write!(f, "; emits {}", plugin.emits.join(", "))?;
    }
    if !plugin.injected_into.is_empty() {
        write!(f, "; injected into {}", plugin.injected_into.join(", "))?;
    }
    if let Some(reason) = &plugin.reason {
        write!(f, "; {state}: {reason}")?;
    }
    Ok(())
}

fn write_event(f: &mut fmt::Formatter<'_>, event: &EventDescription) -> fmt::Result {
    write!(f, "\n  {} ({})", event.name, event.mode)?;
    for (place, hook) in (1..).zip(&event.hooks) {
        write!(f, "\n    {place}. {}  {}", hook.label(), hook.because)?;
        if hook.disabled {
            f.write_str("; disabled: it failed too often")?;
        }
        for policy in &hook.policies {
            let PolicyDescription {
                policy,
                value,
                origin,
            } = policy;
            write!(f, "; {policy} {value} ({origin})")?;
        }
    }
    Ok(())
}

/// A time as people read it: `1.5ms`.
struct Seconds(f64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1?}", Duration::from_secs_f64(self.0))
    }
}
