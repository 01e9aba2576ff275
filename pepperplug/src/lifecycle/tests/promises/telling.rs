//! Whoever asked to be told of plugins that fail.

use std::sync::{Mutex, PoisonError};

use super::super::super::Phase;
use super::*;
use crate::manager::PluginManagerBuilder;

/// What was told, as text.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn take(&self) -> Vec<String> {
        core::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn call(&self) -> impl Fn(Phase, &str, &str) + Send + Sync + 'static {
        let told = self.clone();
        move |phase, plugin, error| {
            let mut told = told.0.lock().unwrap_or_else(PoisonError::into_inner);
            told.push(format!("{plugin}: {phase}: {error}"));
        }
    }
}

fn limits(builder: PluginManagerBuilder) -> PluginManagerBuilder {
    builder
        .initialize_timeout(ms(100))
        .cleanup_timeout(ms(50))
        .shutdown_timeout(ms(1_000))
}

/// The same on one thread, and as on several.
fn each_way(
    roles: &[Role],
    configure: impl Fn(PluginManagerBuilder) -> PluginManagerBuilder,
) -> [(Arc<Stage>, PluginManager); 2] {
    let raise = |several: bool| {
        Stage::raise(roles.to_vec(), |builder| {
            let builder = configure(limits(builder));
            match several {
                true => builder.on_several_threads(),
                false => builder,
            }
        })
    };
    [raise(false), raise(true)]
}

#[tokio::test(start_paused = true)]
async fn every_failure_is_told_with_its_phase_once() {
    let roles = [
        role("a", &[], WELL).cleans_up(Act::Ends(0, End::InError)),
        role("b", &[Want::Arc(0)], Act::Ends(0, End::InError)).optional(),
        role("c", &[Want::Arc(0)], Act::CannotBeBuilt).optional(),
        role("d", &[Want::Arc(0)], Act::Ends(4, End::InPanic)).optional(),
        role("e", &[Want::Arc(0)], Act::Hangs).optional(),
        role("f", &[Want::Arc(0)], WELL).cleans_up(Act::Ends(4, End::InPanic)),
        role("g", &[Want::Arc(5)], WELL).cleans_up(Act::Hangs),
        role("h", &[Want::Arc(0)], WELL).cleans_up(WELL),
    ];
    let told = Told::default();
    for (_stage, manager) in each_way(&roles, |builder| builder.on_plugin_error(told.call())) {
        manager.initialize().await.expect("they are optional");
        assert_eq!(
            told.take(),
            [
                "b: initialize: it is out of order",
                "c: construct: it panicked while it was built: it cannot be built",
                "d: initialize: it panicked: it fell over",
                "e: initialize: not initialized after 100ms, its limit",
            ]
        );
        manager.shutdown().await.expect_err("some fail");
        assert_eq!(
            told.take(),
            [
                "g: cleanup: not cleaned up after 50ms, its limit",
                "f: cleanup: its cleanup panicked: it fell over",
                "a: cleanup: its cleanup failed: it is out of order",
            ]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollback_tells_as_well_and_before_the_start_has_failed() {
    let roles = [
        role("a", &[], WELL).cleans_up(Act::Ends(0, End::InError)),
        role("b", &[Want::Arc(0)], Act::Ends(4, End::InError)),
        role("c", &[Want::Arc(1)], WELL),
        role("d", &[], Act::Hangs),
    ];
    let told = Told::default();
    for (_stage, manager) in each_way(&roles, |builder| builder.on_plugin_error(told.call())) {
        manager.initialize().await.expect_err("one fails");
        // `c` never began, and `d` was cancelled: neither has failed.
        assert_eq!(
            told.take(),
            [
                "b: initialize: it is out of order",
                "a: cleanup: its cleanup failed: it is out of order",
            ]
        );
        manager.initialize().await.expect_err("it fails again");
        assert_eq!(told.take().len(), 2, "and is told again");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_panics_or_looks_at_the_manager_is_in_nobodys_way() {
    let roles = [
        role("a", &[], WELL).cleans_up(Act::Ends(0, End::InError)),
        role("b", &[Want::Arc(0)], Act::Ends(0, End::InError)).optional(),
    ];
    let manager_to_look_at: Arc<Mutex<Option<PluginManager>>> = Arc::default();
    let told = Told::default();
    let looks = Arc::clone(&manager_to_look_at);
    let states = Told::default();
    let noted = states.clone();
    let configure = |builder: PluginManagerBuilder| {
        let (looks, noted) = (Arc::clone(&looks), noted.clone());
        builder
            .on_plugin_error(|_, _, _| std::panic::resume_unwind(Box::new("it is out of ink")))
            .on_plugin_error(move |_, plugin, _| {
                // Would wait for ever if a lock of the manager were held.
                let manager = looks.lock().expect("no panic").clone();
                let manager = manager.expect("it was put there");
                let state = manager.get_by_name(plugin).expect("it is one").state();
                drop(manager.describe());
                let mut noted = noted.0.lock().expect("no panic");
                noted.push(format!("{plugin} {state}"));
            })
            .on_plugin_error(told.call())
    };
    for (_stage, manager) in each_way(&roles, configure) {
        *manager_to_look_at.lock().expect("no panic") = Some(manager.clone());
        manager.initialize().await.expect("it is optional");
        manager.shutdown().await.expect_err("one fails");
        assert_eq!(states.take(), ["b failed", "a failed"]);
        assert_eq!(told.take().len(), 2, "all are called");
        // It would keep the manager, which keeps the call.
        manager_to_look_at.lock().expect("no panic").take();
    }
}
