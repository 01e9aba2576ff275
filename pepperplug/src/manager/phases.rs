//! From idle to running to stopped: who may begin what, and what all who wait are told.
//!
//! A phase is left by a task of its own, never by a caller's future, so a caller that goes away leaves nothing half
//! done. Each such task carries a guard: should the runtime end under it, those who wait are told so.

use std::sync::{Arc, Weak};

use tokio::runtime::Handle as Runtime;
use tokio::sync::watch;
use tokio::time::Instant;

use super::caught::caught;
use super::generation::{Current, Generation};
use super::shared::{Read, Shared, Started};
use crate::error::Error;
use crate::event::{AppShutdown, AppStartup};
use crate::graph::{Graph, NodeId};
use crate::hook::{Events, Gate, panic_text, text_of};
use crate::lifecycle::{
    Note, Problems, Records, ShutdownError, StartContext, StartError, roll_back, start, stop,
};
use crate::plugin::AnySettings;
use crate::settings::Settings;

/// Where a manager is in its life.
#[derive(Debug)]
pub(super) enum Phase {
    Idle,
    Starting(StartOutcome),
    Running,
    /// It runs, and some of it is being replaced.
    Reloading,
    Failed(StartError),
    Stopping,
    Stopped(Result<(), ShutdownError>),
}

/// What comes of the start that is under way, for all who wait for this very one.
type StartOutcome = watch::Receiver<Option<Result<(), StartError>>>;

/// What a call of `initialize` is to do.
enum Turn {
    Begin(Starting, StartOutcome),
    Wait(StartOutcome),
    Nothing,
    Refuse,
}

impl Shared {
    pub(super) async fn initialize(shared: &Arc<Self>) -> Result<(), Error> {
        let runtime = Runtime::try_current().map_err(|_| Error::NoRuntime)?;
        // Several may call at once: one begins, all wait for what comes of it.
        let mut outcome = match Self::turn(shared) {
            Turn::Begin(starting, outcome) => {
                runtime.spawn(starting.run());
                outcome
            }
            Turn::Wait(outcome) => outcome,
            Turn::Nothing => return Ok(()),
            Turn::Refuse => return Err(Error::Stopped),
        };
        let settled = outcome.wait_for(Option::is_some).await;
        match settled.as_deref() {
            Ok(Some(Ok(()))) => Ok(()),
            Ok(Some(Err(error))) => Err(Error::Start(error.clone())),
            // Not reached: `Starting` tells in any case.
            Ok(None) | Err(_) => Err(Error::Stopped),
        }
    }

    fn turn(shared: &Arc<Self>) -> Turn {
        let mut turn = Turn::Refuse;
        shared.phase.send_if_modified(|phase| {
            let stopping = *shared.stopping.borrow();
            match phase {
                Phase::Idle | Phase::Failed(_) if !stopping => {
                    let (told, outcome) = watch::channel(None);
                    let shared = Arc::clone(shared);
                    turn = Turn::Begin(Starting { shared, told }, outcome.clone());
                    *phase = Phase::Starting(outcome);
                    return true;
                }
                Phase::Starting(outcome) => turn = Turn::Wait(outcome.clone()),
                Phase::Running | Phase::Reloading => turn = Turn::Nothing,
                Phase::Idle | Phase::Failed(_) | Phase::Stopping | Phase::Stopped(_) => {}
            }
            false
        });
        turn
    }

    async fn start(&self) -> Result<(), StartError> {
        let generation = Arc::clone(&self.generation.get());
        generation.records.reset();
        if cfg!(panic = "abort") {
            tracing::warn!(
                target: "pepperplug::lifecycle",
                "built with `panic = \"abort\"`: a panic in a plugin ends the process instead of being an error",
            );
        }
        let inputs = self.inputs.load_full();
        match self.read(&inputs.settings, &generation.graph) {
            Ok(read) => self.start_with(&generation, read, &inputs.settings).await,
            Err(error) => {
                let note = Note::Other(error.to_string());
                Err(StartError::new(Vec::new(), Some(note)))
            }
        }
    }

    /// What a start of these plugins works with.
    pub(super) fn start_context(
        &self,
        graph: &Arc<Graph>,
        records: &Arc<Records>,
        settings: Vec<(NodeId, AnySettings)>,
        all_settings: &Settings,
    ) -> StartContext {
        let running: Weak<Current> = Arc::downgrade(&self.generation);
        StartContext {
            graph: Arc::clone(graph),
            records: Arc::clone(records),
            events: Events::new(Arc::clone(&self.dispatcher)),
            manager: self.manager.get().cloned().unwrap_or_default(),
            running,
            kept: Vec::new(),
            timeouts: self.timeouts,
            settings,
            all_settings: all_settings.clone(),
            given: self.listed.given_in(graph),
            cancelled: self.stopping.subscribe(),
            threads: self.threads(),
        }
    }

    async fn start_with(
        &self,
        generation: &Generation,
        read: Read,
        all_settings: &Settings,
    ) -> Result<(), StartError> {
        let mut stopping = self.stopping.subscribe();
        let (graph, records) = (&generation.graph, &generation.records);
        let context = self.start_context(graph, records, read.plugins, all_settings);
        let running = start(context).await?;
        let instances = Arc::clone(&running.instances);
        self.generation.replace(generation.with(instances));
        let drained = self.open_gate(&generation.graph, &running, read.hooks);
        let started = Started {
            since: Instant::now(),
            running,
            drained,
        };
        let startup = AppStartup::default();
        let told = tokio::select! {
            biased;
            true = async { stopping.wait_for(|stopping| *stopping).await.is_ok() } => Err(Note::ShutDown),
            told = self.dispatcher.emit(&startup) => told.map_err(|error| {
                Note::Other(format!("a hook on `app.startup` failed: {}", text_of(&error)))
            }),
        };
        let (started, note) = match told {
            Ok(()) => match self.run(started) {
                Ok(()) => return Ok(()),
                Err(started) => (started, Note::ShutDown),
            },
            Err(note) => (started, note),
        };
        Err(self.take_back(started, note).await)
    }

    /// From starting to running, unless it is to stop. Decided under the phase's lock: so whoever says that it is to
    /// stop either finds it running, or is heeded here.
    fn run(&self, started: Started) -> Result<(), Started> {
        let mut started = Some(started);
        self.phase.send_if_modified(|phase| {
            if *self.stopping.borrow() {
                return false;
            }
            if let Some(started) = started.take() {
                self.keep(started);
            }
            *phase = Phase::Running;
            true
        });
        started.map_or(Ok(()), Err)
    }

    /// Stops what has started, but must not run.
    async fn take_back(&self, started: Started, note: Note) -> StartError {
        let Started {
            running, drained, ..
        } = started;
        let deadline = Instant::now() + self.timeouts.shutdown / 2;
        if let Err(why) = self.close_gate(Gate::NotStarted, drained, deadline).await {
            tracing::error!(target: "pepperplug::lifecycle", "events: {why}");
        }
        let limits = (self.timeouts, self.threads());
        let now = Arc::clone(&self.generation.get());
        roll_back(&now.graph, &now.records, running, limits, note).await
    }

    pub(super) async fn shutdown(shared: &Arc<Self>) -> Result<(), Error> {
        if Runtime::try_current().is_err() {
            return Err(Error::NoRuntime);
        }
        let mut phase = shared.phase.subscribe();
        // From now on no start or reload begins, and one that is under way is taken back and leaves by itself.
        shared.stopping.send_replace(true);
        // Before the first await: a caller that goes away takes nothing of this with it.
        Self::stop_soon(shared);
        let stopped = phase
            .wait_for(|phase| matches!(phase, Phase::Stopped(_)))
            .await;
        match stopped.as_deref() {
            Ok(Phase::Stopped(Err(error))) => Err(Error::Shutdown(error.clone())),
            _ => Ok(()),
        }
    }

    /// Stops the application, in a task of its own, if it runs.
    pub(super) fn stop_soon(shared: &Arc<Self>) {
        let Some(stopping) = Self::leave(shared) else {
            return;
        };
        // Where the runtime has ended, `stopping` says so of itself.
        if let Ok(runtime) = Runtime::try_current() {
            runtime.spawn(stopping.run());
        }
    }

    /// From whatever it is in towards stopped; where there is something to be stopped, by the one that gets it.
    fn leave(shared: &Arc<Self>) -> Option<Stopping> {
        let mut stopping = None;
        let left = shared.phase.send_if_modified(|phase| {
            match phase {
                Phase::Running => {
                    *phase = Phase::Stopping;
                    stopping = Some(Stopping {
                        shared: Arc::clone(shared),
                        outcome: None,
                    });
                }
                // The start was taken back for this shutdown: what went wrong in that, went wrong in stopping.
                Phase::Failed(error) if error.was_shut_down() => {
                    let problems = Problems {
                        plugins: error.cleanup_problems(),
                        ..Problems::default()
                    };
                    *phase = Phase::Stopped(problems.into_result());
                }
                Phase::Idle | Phase::Failed(_) => *phase = Phase::Stopped(Ok(())),
                Phase::Starting(_) | Phase::Reloading | Phase::Stopping | Phase::Stopped(_) => {
                    return false;
                }
            }
            true
        });
        if left && stopping.is_none() {
            // It never ran, or no longer: from now on events are told why they are refused.
            shared.dispatcher.close(Gate::ShutDown);
        }
        stopping
    }

    async fn stop(&self) -> Result<(), ShutdownError> {
        let mut problems = Problems::default();
        let begun = Instant::now();
        let (half, deadline) = (
            begun + self.timeouts.shutdown / 2,
            begun + self.timeouts.shutdown,
        );
        let hooks = self
            .dispatcher
            .emit_until(&AppShutdown::default(), half)
            .await;
        if let Err(error) = hooks {
            problems.others.push(("app.shutdown", text_of(&error)));
        }
        if let Some(Started {
            running, drained, ..
        }) = self.take()
        {
            if let Err(why) = self.close_gate(Gate::ShutDown, drained, half).await {
                problems.others.push(("events", why));
            }
            let limits = (self.timeouts.cleanup, deadline);
            let threads = self.threads();
            let now = Arc::clone(&self.generation.get());
            let told = stop(&now.graph, &now.records, &running, limits, threads).await;
            let told = told.into_iter();
            let plugins = told.map(|told| (now.graph.meta(told.node).name(), told.why));
            problems.plugins = plugins.collect();
        }
        problems.into_result()
    }

    /// The last handle is gone. Plugins hold the dispatcher and its tables hold the plugins: letting go of the tables
    /// ends that ring. A start that is under way is cancelled.
    pub(super) fn abandon(&self) {
        self.stopping.send_replace(true);
        if !matches!(*self.phase.borrow(), Phase::Running) {
            return;
        }
        tracing::warn!(
            target: "pepperplug::lifecycle",
            "the plugin manager was dropped without `shutdown().await`: no plugin was cleaned up",
        );
        self.let_go(Gate::ShutDown);
    }
}

/// The duty to say what came of a start.
struct Starting {
    shared: Arc<Shared>,
    told: watch::Sender<Option<Result<(), StartError>>>,
}

impl Starting {
    async fn run(self) {
        let outcome = caught(self.shared.start()).await.map_err(panic_text);
        self.tell(outcome.unwrap_or_else(|why| {
            let note = format!("the task that starts the plugins ended early: {why}");
            Err(StartError::new(Vec::new(), Some(Note::Other(note))))
        }));
    }

    fn tell(&self, outcome: Result<(), StartError>) {
        #[cfg(feature = "hot-reload")]
        if let (Ok(()), Some(options)) = (&outcome, &self.shared.hot_reload) {
            super::watch::watch(&self.shared, options);
        }
        if let Err(error) = &outcome {
            self.shared.let_go(Gate::NotStarted);
            self.shared.phase.send_replace(Phase::Failed(error.clone()));
            // A shutdown that came while it started has left this to do.
            let stopping = *self.shared.stopping.borrow();
            if stopping {
                Shared::leave(&self.shared);
            }
        }
        self.told.send_replace(Some(outcome));
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        if self.told.borrow().is_none() {
            let note = Note::Other("its runtime ended while it started".to_owned());
            self.tell(Err(StartError::new(Vec::new(), Some(note))));
        }
    }
}

/// The duty to say what came of a shutdown.
struct Stopping {
    shared: Arc<Shared>,
    outcome: Option<Result<(), ShutdownError>>,
}

impl Stopping {
    async fn run(mut self) {
        let outcome = caught(self.shared.stop()).await.map_err(panic_text);
        self.outcome = Some(outcome.unwrap_or_else(|why| {
            ended_early(format!(
                "the task that stops the plugins ended early: {why}"
            ))
        }));
    }
}

impl Drop for Stopping {
    fn drop(&mut self) {
        let outcome = self
            .outcome
            .take()
            .unwrap_or_else(|| ended_early("its runtime ended while it stopped".to_owned()));
        self.shared.let_go(Gate::ShutDown);
        self.shared.phase.send_replace(Phase::Stopped(outcome));
    }
}

fn ended_early(why: String) -> Result<(), ShutdownError> {
    let problems = Problems {
        others: vec![("manager", why)],
        ..Problems::default()
    };
    problems.into_result()
}
