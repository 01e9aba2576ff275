//! Each promise by example, with the whole log and the whole text.

mod many;
mod optional;
mod starting;
mod stopping;
mod telling;

use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::FutureExt as _;
use tokio::time::{Instant, sleep, timeout};

use super::super::PluginState;
use super::stage::{Act, End, Role, Stage};
use crate::error::Error;
use crate::graph::tests::sketch::{PluginSketch, Want};
use crate::manager::PluginManager;

const WELL: Act = Act::Ends(0, End::Well);

/// A plugin with an `initialize` and no `cleanup`.
pub(super) fn role(name: &str, wants: &[Want], initialize: Act) -> Role {
    Role {
        plugin: PluginSketch::new(name, wants),
        initialize,
        cleanup: Act::Absent,
    }
}

impl Role {
    pub(super) fn cleans_up(mut self, cleanup: Act) -> Self {
        self.cleanup = cleanup;
        self
    }

    pub(super) fn optional(mut self) -> Self {
        self.plugin.optional = true;
        self
    }

    pub(super) fn limit(mut self, millis: u64) -> Self {
        self.plugin.timeout_ms = Some(millis);
        self
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// 100 ms for each `initialize`, 50 ms for each `cleanup`, 1 s for a whole shutdown or rollback.
fn raise(roles: Vec<Role>) -> (Arc<Stage>, PluginManager) {
    Stage::raise(roles, |builder| {
        builder
            .initialize_timeout(ms(100))
            .cleanup_timeout(ms(50))
            .shutdown_timeout(ms(1_000))
    })
}

/// The text of the error, with which the application does not start.
async fn fails(manager: &PluginManager) -> String {
    let error = manager.initialize().await.expect_err("it cannot start");
    error.to_string()
}
