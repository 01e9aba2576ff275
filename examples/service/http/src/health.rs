//! Whether it is worth sending requests: `/healthz` for the process, `/readyz` for the plugins.

use std::collections::BTreeMap;

use api::{Health, HealthCheck};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pepperplug::PluginState;
use serde::Serialize;

use crate::answer::Answer;

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    /// The state of each plugin.
    plugins: BTreeMap<&'static str, String>,
    /// What plugins say of themselves.
    checks: BTreeMap<&'static str, Health>,
}

/// The process answers, so it lives.
pub(crate) fn alive() -> Response {
    (StatusCode::OK, "ok\n").into_response()
}

/// Every plugin runs, and those that check themselves are well. An optional plugin may be missing.
pub(crate) async fn ready(answer: &Answer) -> Response {
    let plugins = match answer.manager.upgrade() {
        Some(manager) => manager.plugins(),
        None => Vec::new(),
    };
    let runs = |state| matches!(state, PluginState::Ready);
    let may_fail = |plugin: &pepperplug::PluginHandle| {
        plugin.meta().is_optional()
            && matches!(plugin.state(), PluginState::Failed | PluginState::Skipped)
    };
    let all_run = !plugins.is_empty()
        && plugins
            .iter()
            .all(|plugin| runs(plugin.state()) || may_fail(plugin));
    let states = plugins
        .iter()
        .map(|plugin| (plugin.name(), plugin.state().to_string()));
    let mut readiness = Readiness {
        ready: all_run,
        plugins: states.collect(),
        checks: BTreeMap::new(),
    };
    match answer.events.emit(&HealthCheck::default()).await {
        Ok(results) => {
            for result in results {
                let health = result
                    .outcome
                    .unwrap_or_else(|error| Health::ill(error.failure.to_string()));
                readiness.ready &= health.well;
                readiness.checks.insert(result.plugin, health);
            }
        }
        Err(_) => readiness.ready = false,
    }
    let status = match readiness.ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(readiness)).into_response()
}
