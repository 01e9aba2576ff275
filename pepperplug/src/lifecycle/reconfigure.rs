//! Giving new settings to a plugin that runs.

use core::future::Future;
use core::time::Duration;
use std::sync::Arc;

use tokio::time::{Instant, timeout};
use tracing::Instrument;

use super::held::spawn_beside;
use super::problem::error_chain;
use crate::event::LAST_CHANCE;
use crate::hook::panic_text;
use crate::meta::PluginMeta;
use crate::plugin::{AnySettings, Instance};

/// Calls a plugin's `reconfigure`, in a task of its own, and says what went wrong. It may take as long as `initialize`.
pub(crate) async fn reconfigure(
    plugin: &'static PluginMeta,
    instance: &Instance,
    settings: AnySettings,
    limit: Duration,
) -> Result<(), String> {
    let Some(call) = plugin.vtable.reconfigure else {
        return Err("it has no `reconfigure`".to_owned());
    };
    let limit = plugin.timeout_ms.map_or(limit, Duration::from_millis);
    let instance = Arc::clone(instance);
    let begun = Instant::now();
    let taking = async move {
        let result = call(&instance, settings).await;
        // An error's text is the plugin's code as well: a panic in it must end here.
        result.map_err(|error| error_chain(&*error))?;
        Ok::<_, String>(begun.elapsed())
    };
    let mut task = spawn_beside(taking.instrument(span(plugin)));
    let Ok(joined) = timeout(limit, &mut task).await else {
        task.abort();
        return Err(not_in_time(limit, task).await);
    };
    match joined {
        Ok(Ok(took)) if took > limit => Err(format!(
            "`reconfigure` ended only after {took:?}, over its limit of {limit:?}: it blocks its thread"
        )),
        Ok(Ok(_)) => Ok(()),
        Ok(Err(why)) => Err(format!("`reconfigure` failed: {why}")),
        Err(error) => Err(match error.try_into_panic() {
            Ok(panic) => format!("`reconfigure` panicked: {}", panic_text(panic)),
            Err(_) => "`reconfigure` was cancelled: the runtime shuts down".to_owned(),
        }),
    }
}

async fn not_in_time<T>(limit: Duration, task: impl Future<Output = T>) -> String {
    let still_running = match timeout(LAST_CHANCE, task).await {
        Ok(_) => "",
        Err(_) => ", and still running: it blocks its thread",
    };
    format!("`reconfigure` not done after {limit:?}, its limit{still_running}")
}

fn span(plugin: &'static PluginMeta) -> tracing::Span {
    tracing::info_span!(target: "pepperplug::lifecycle", "reconfigure", plugin = plugin.name())
}
