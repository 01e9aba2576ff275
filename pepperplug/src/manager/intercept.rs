//! Interceptors: whoever looks on while events are emitted.

use super::builder::PluginManagerBuilder;
use crate::event::EventContext;
use crate::hook::HookOutcome;

impl PluginManagerBuilder {
    /// Calls `call` whenever an event is emitted, before its hooks. In the emitter's task, so it is to be quick; a panic in it
    /// is logged and nothing else.
    ///
    /// With an interceptor an emit costs more: each hook is looked at by itself, and the clock is read before and after it.
    pub fn on_emit(mut self, call: impl Fn(&EventContext<'_>) + Send + Sync + 'static) -> Self {
        self.observers.on_emit(call);
        self
    }

    /// Calls `call` whenever a hook is done, has failed, or was cancelled with its emit. As [`on_emit`](Self::on_emit).
    ///
    /// ```
    /// use pepperplug::prelude::*;
    ///
    /// # static PLUGINS: PluginSet = plugins![];
    /// # fn main() -> Result<(), pepperplug::Error> {
    /// let manager = PluginManager::builder()
    ///     .plugins(&PLUGINS)
    ///     .on_result(|outcome, ctx| {
    ///         println!("{} on {}: {}", outcome.hook, ctx.event(), outcome.result.name());
    ///     })
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_result(
        mut self,
        call: impl Fn(&HookOutcome<'_>, &EventContext<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.observers.on_result(call);
        self
    }

    /// Counts emits and hooks with the [`metrics`](https://docs.rs/metrics) crate, whatever recorder the application has
    /// installed:
    ///
    /// - `pepperplug_emits_total`, a counter by `event`;
    /// - `pepperplug_hooks_total`, a counter by `event`, `plugin`, `hook` and `outcome`: `done`, `failed`, `ignored` or `ended`;
    /// - `pepperplug_hook_duration_seconds`, a histogram by `event`, `plugin` and `hook`.
    #[cfg(feature = "metrics")]
    #[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
    pub fn metrics(self) -> Self {
        self.on_emit(|ctx| {
            metrics::counter!("pepperplug_emits_total", "event" => ctx.event()).increment(1);
        })
        .on_result(|outcome, ctx| {
            let (event, plugin, hook) = (ctx.event(), outcome.plugin, outcome.hook);
            let result = outcome.result.name();
            metrics::counter!(
                "pepperplug_hooks_total",
                "event" => event, "plugin" => plugin, "hook" => hook, "outcome" => result,
            )
            .increment(1);
            metrics::histogram!(
                "pepperplug_hook_duration_seconds",
                "event" => event, "plugin" => plugin, "hook" => hook,
            )
            .record(outcome.duration);
        })
    }
}

#[cfg(all(test, feature = "metrics"))]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    use metrics::{
        Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
        SharedString, Unit, with_local_recorder,
    };

    use crate::hook::{Dispatcher, Events, HookOptions};
    use crate::{AppStartup, PluginManager};

    /// Keeps what it is told, by key.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<BTreeMap<String, u64>>>);

    struct Cell(Kept, String);

    impl Cell {
        fn add(&self, value: u64) {
            let mut kept = self.0.0.lock().expect("no panic");
            *kept.entry(self.1.clone()).or_default() += value;
        }
    }

    impl CounterFn for Cell {
        fn increment(&self, value: u64) {
            self.add(value);
        }

        fn absolute(&self, value: u64) {
            self.add(value);
        }
    }

    impl HistogramFn for Cell {
        fn record(&self, value: f64) {
            assert!((0.0..60.0).contains(&value), "seconds");
            self.add(1);
        }
    }

    impl Recorder for Kept {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(Arc::new(Cell(self.clone(), key.to_string())))
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }

        fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::from_arc(Arc::new(Cell(self.clone(), key.to_string())))
        }
    }

    #[tokio::test]
    async fn metrics_count_emits_and_hooks() {
        let dispatcher = Arc::new(Dispatcher::new());
        dispatcher.observe(PluginManager::builder().metrics().observers);
        let events = Events::new(Arc::clone(&dispatcher));
        let options = HookOptions::new();
        let _done = events.on_sync(options.name("well"), |_: &AppStartup| ());
        let fails = |_: &AppStartup| Err::<(), _>("no");
        let _fails = events.on_sync(options.name("ill"), fails);
        let _drained = dispatcher.open(Vec::new(), Vec::new());
        let kept = Kept::default();
        with_local_recorder(&kept, || {
            let startup = AppStartup::default();
            let mut emit = core::pin::pin!(events.emit(&startup));
            let mut cx = core::task::Context::from_waker(core::task::Waker::noop());
            let polled = core::future::Future::poll(emit.as_mut(), &mut cx);
            assert!(polled.is_ready());
        });
        let kept = kept.0.lock().expect("no panic").clone();
        let lines: Vec<String> = kept.iter().map(|(key, n)| format!("{n} {key}")).collect();
        assert_eq!(lines.len(), 5, "{lines:#?}");
        for (name, label) in [("hooks_total", "done"), ("hooks_total", "failed")] {
            let counted = lines
                .iter()
                .any(|line| line.contains(name) && line.contains(label));
            assert!(counted, "{name} {label} in {lines:#?}");
        }
    }
}
