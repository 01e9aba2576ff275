//! Building one plugin as a plain value from what is injected.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use crate::hook::panic_text;
use crate::inject::{Construct, Source};
use crate::meta::PluginMeta;
use crate::plugin::Instance;

/// Builds a plugin. A panic in a field's first value is an error like any other.
pub(super) fn build(plugin: &'static PluginMeta, source: Source<'_>) -> Result<Instance, String> {
    let construct =
        AssertUnwindSafe(|| (plugin.vtable.construct)(&mut Construct::new(plugin, source)));
    match catch_unwind(construct) {
        Ok(Ok(instance)) => Ok(instance),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => Err(format!(
            "it panicked while it was built: {}",
            panic_text(panic)
        )),
    }
}
