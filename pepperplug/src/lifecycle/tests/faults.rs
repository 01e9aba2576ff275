//! Random graphs, a random fault in each plugin, and a random disruption; on paused time.

use core::future::Future;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

use proptest::prelude::*;
use tokio::time::{sleep, timeout};

use super::super::{Phase, PluginState, ShutdownError, StartError, Threads};
use super::check::{CLEANUP, Fate, INITIALIZE, Trace};
use super::player::Player;
use super::stage::{Act, End, Entry, Role, Stage};
use crate::error::Error;
use crate::graph::tests::random::sketches;
use crate::manager::PluginManager;

#[derive(Debug, Clone)]
struct Case {
    roles: Vec<Role>,
    /// How long the whole shutdown, or rollback, may take.
    shutdown: Duration,
    disruption: Disruption,
}

/// What comes in between.
#[derive(Debug, Clone, Copy)]
enum Disruption {
    Nothing,
    /// The future of `initialize` is dropped, and somebody else calls it.
    CallerGoesAway(Duration),
    ShutDown(Duration),
    /// The last handle is dropped.
    Dropped(Duration),
}

fn failure() -> impl Strategy<Value = End> {
    prop_oneof![
        Just(End::InError),
        Just(End::InPanic),
        Just(End::InErrorThatPanics)
    ]
}

/// Even, while the limits are odd: nothing ends in the very moment in which its time is up.
fn after(most: u64) -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), (0..=most / 2).prop_map(|half| half * 2)]
}

fn goes_well() -> impl Strategy<Value = Act> {
    prop_oneof![
        1 => Just(Act::Absent),
        4 => after(30).prop_map(|after| Act::Ends(after, End::Well)),
    ]
}

fn goes_wrong(too_late: u64) -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (after(30), failure()).prop_map(|(after, end)| Act::Ends(after, end)),
        1 => Just(Act::Hangs),
        1 => Just(Act::Ends(too_late, End::Well)),
    ]
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    let initialize = (
        goes_well(),
        prop_oneof![4 => goes_wrong(120), 1 => Just(Act::CannotBeBuilt)],
    );
    let cleanup = (goes_well(), goes_wrong(90));
    let own_limit = prop::option::weighted(0.2, prop_oneof![Just(33), Just(61)]);
    let role = (initialize, cleanup, own_limit, 0..100u8, 0..100u8);
    // From applications in which all is well to such in which little is.
    let rate = prop_oneof![Just(0), Just(8u8), Just(30)];
    let fit = |(sketch, roles, rate): (Vec<_>, Vec<_>, u8)| {
        let role = |(mut plugin, role): (crate::graph::tests::sketch::PluginSketch, _)| {
            let ((well, wrong), (cleans, fails), own_limit, fails_at, cleanup_fails_at) = role;
            plugin.timeout_ms = own_limit;
            Role {
                plugin,
                initialize: if fails_at >= 100 - rate { wrong } else { well },
                cleanup: if cleanup_fails_at >= 100 - rate {
                    fails
                } else {
                    cleans
                },
            }
        };
        sketch.into_iter().zip(roles).map(role).collect()
    };
    (sketches(14), prop::collection::vec(role, 14), rate).prop_map(fit)
}

fn cases() -> impl Strategy<Value = Case> {
    let at = || (0..150u64).prop_map(Duration::from_millis);
    let disruption = prop_oneof![
        4 => Just(Disruption::Nothing),
        2 => at().prop_map(Disruption::CallerGoesAway),
        3 => at().prop_map(Disruption::ShutDown),
        3 => at().prop_map(Disruption::Dropped),
    ];
    let shutdown = prop_oneof![3 => Just(30_000), 1 => Just(121)];
    (roles(), shutdown, disruption).prop_map(|(roles, shutdown, disruption)| Case {
        roles,
        shutdown: Duration::from_millis(shutdown),
        disruption,
    })
}

/// Longer than anything that is bounded takes.
const FOR_EVER: Duration = Duration::from_secs(24 * 60 * 60);

fn on_paused_time<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime starts")
        .block_on(future)
}

/// One run of a case, checked as it goes.
struct Show<'a> {
    case: &'a Case,
    threads: Threads,
    stage: Arc<Stage>,
    begun: Duration,
    /// Everything that happened, and what was returned.
    log: Vec<Entry>,
    returned: Vec<String>,
    told: Told,
}

/// Whom `on_plugin_error` was told of.
type Told = Arc<Mutex<Vec<(Phase, String)>>>;

type Transcript = (Vec<Entry>, Vec<String>);

async fn run(case: &Case, threads: Threads) -> Transcript {
    let told = Told::default();
    let tells = Arc::clone(&told);
    let (stage, manager) = Stage::raise(case.roles.clone(), |builder| {
        let builder = builder
            .on_plugin_error(move |phase, plugin, _| {
                let mut told = tells.lock().unwrap_or_else(PoisonError::into_inner);
                told.push((phase, plugin.to_owned()));
            })
            .initialize_timeout(INITIALIZE)
            .cleanup_timeout(CLEANUP)
            .shutdown_timeout(case.shutdown);
        match threads {
            Threads::One => builder,
            Threads::Several => builder.on_several_threads(),
        }
    });
    let mut show = Show {
        case,
        threads,
        begun: stage.now(),
        stage,
        log: Vec::new(),
        returned: Vec::new(),
        told,
    };
    match case.disruption {
        Disruption::Nothing => {
            let (one, other) = tokio::join!(manager.initialize(), manager.initialize());
            assert_eq!(text(&one), text(&other), "two that call at once");
            show.started(&manager, one).await;
        }
        Disruption::CallerGoesAway(at) => {
            let outcome = match timeout(at, manager.initialize()).await {
                Ok(outcome) => outcome,
                Err(_) => manager.initialize().await,
            };
            show.started(&manager, outcome).await;
        }
        Disruption::ShutDown(at) => show.shut_down(&manager, at).await,
        Disruption::Dropped(at) => {
            let outcome = timeout(at, manager.initialize()).await.ok();
            drop(manager.clone());
            drop(manager);
            show.abandoned(at, outcome).await;
            return show.end().await;
        }
    }
    drop(manager);
    show.end().await
}

fn text<E: core::fmt::Display>(result: &Result<(), E>) -> String {
    match result {
        Ok(()) => "ok".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn start_error(outcome: Result<(), Error>) -> Option<StartError> {
    match outcome {
        Ok(()) => None,
        Err(Error::Start(error)) => Some(error),
        Err(other) => panic!("{other}"),
    }
}

fn shutdown_error(outcome: Result<(), Error>) -> Option<ShutdownError> {
    match outcome {
        Ok(()) => None,
        Err(Error::Shutdown(error)) => Some(error),
        Err(other) => panic!("{other}"),
    }
}

impl Show<'_> {
    /// Takes what has happened since the last look.
    fn look(&mut self) {
        self.log.extend(self.stage.take_log());
    }

    /// Whom somebody was told of since the last look, in that order: whose cleanup failed, or who did not start.
    fn take_told(&self, of_cleanup: bool) -> Vec<String> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let of_it = |(phase, _): &(Phase, String)| (*phase == Phase::Cleanup) == of_cleanup;
        let (taken, left) = core::mem::take(&mut *told)
            .into_iter()
            .partition::<Vec<_>, _>(of_it);
        *told = left;
        taken.into_iter().map(|(_, plugin)| plugin).collect()
    }

    /// What has happened since a start began at place `from` of the log.
    fn trace(&self, from: usize, cancelled: Option<Duration>) -> Trace<'_> {
        Trace {
            roles: &self.case.roles,
            log: &self.log[from..],
            begun: self.begun,
            cancelled,
            threads: self.threads,
        }
    }

    /// A start that nothing disrupted but its own plugins.
    async fn started(&mut self, manager: &PluginManager, outcome: Result<(), Error>) {
        self.returned.push(text(&outcome));
        self.look();
        let trace = self.trace(0, None);
        let fates = trace.fates();
        trace.assert_begun_in_order(&fates);
        trace.assert_ended_in_time(&fates);
        self.assert_bounded(&trace);
        match start_error(outcome) {
            Some(error) => {
                assert!(trace.doomed_at(&fates).is_some(), "nobody failed: {error}");
                assert!(!error.was_shut_down(), "{error}");
                trace.assert_cleaned_up(&fates);
                trace.assert_told(&fates, &error);
                assert_same(self.take_told(false), error.failed());
                let cleanups = error.cleanup_problems();
                let cleanups = cleanups.iter().map(|(plugin, _)| *plugin);
                assert_all_among(&self.take_told(true), cleanups);
                self.start_anew(manager).await;
            }
            None => {
                assert_eq!(trace.doomed_at(&fates), None, "it started");
                assert_runs(manager, &trace, &fates);
                let failed = |plugin: &usize| matches!(fates[*plugin], Fate::Failed(_));
                let failed = trace.all().filter(failed).map(|plugin| trace.name(plugin));
                assert_same(self.take_told(false), failed);
                self.stop(manager, 0, &fates).await;
            }
        }
    }

    /// After a failed start another one tries with new instances.
    async fn start_anew(&mut self, manager: &PluginManager) {
        self.stage.heal();
        self.begun = self.stage.now();
        let from = self.log.len();
        let outcome = manager.initialize().await;
        assert_eq!(text(&outcome), "ok", "nothing is wrong any more");
        self.look();
        let trace = self.trace(from, None);
        let fates = trace.fates();
        assert!(fates.iter().all(|fate| fate.is_ready()));
        trace.assert_begun_in_order(&fates);
        assert_runs(manager, &trace, &fates);
        self.stop(manager, from, &fates).await;
    }

    /// Stops what runs, by several who do not know of each other.
    async fn stop(&mut self, manager: &PluginManager, from: usize, fates: &[Fate]) {
        let again = manager.initialize().await;
        assert_eq!(text(&again), "ok", "it runs already");
        let since = self.log.len();
        self.look();
        assert_eq!(self.log.len(), since, "starting what runs does nothing");
        let (one, other) = tokio::join!(manager.shutdown(), manager.shutdown());
        assert_eq!(text(&one), text(&other), "two that call at once");
        self.look();
        self.stopped(from, fates, one);
        assert_eq!(self.stage.alive(), 0, "what has stopped keeps nothing");
        let since = self.log.len();
        let again = manager.shutdown().await;
        assert_eq!(&text(&again), self.returned.last().expect("it stopped"));
        assert!(matches!(manager.initialize().await, Err(Error::Stopped)));
        self.look();
        assert_eq!(
            self.log.len(),
            since,
            "stopping what has stopped does nothing"
        );
    }

    fn stopped(&mut self, from: usize, fates: &[Fate], outcome: Result<(), Error>) {
        self.returned.push(text(&outcome));
        let trace = self.trace(from, None);
        trace.assert_cleaned_up(fates);
        let failures = trace.cleanup_failures();
        let told: Vec<&str> = shutdown_error(outcome)
            .iter()
            .flat_map(|error| error.failed().collect::<Vec<_>>())
            .collect();
        assert_eq!(told, failures);
        // And of those that initialized too late, and were cleaned up before.
        assert_all_among(&self.take_told(true), failures.iter().copied());
    }

    async fn shut_down(&mut self, manager: &PluginManager, at: Duration) {
        let shutdown = async {
            sleep(at).await;
            manager.shutdown().await
        };
        let (outcome, stopped) = tokio::join!(manager.initialize(), shutdown);
        self.returned.extend([text(&outcome), text(&stopped)]);
        self.look();
        let error = start_error(outcome);
        let cancelled = error.is_some().then_some(self.begun + at);
        let trace = self.trace(0, cancelled);
        let fates = trace.fates();
        trace.assert_begun_in_order(&fates);
        trace.assert_ended_in_time(&fates);
        self.assert_bounded(&trace);
        if let Some(error) = &error {
            trace.assert_told(&fates, error);
        }
        // What the shutdown stopped, it answers for; what had failed on its own told of itself.
        if error.is_none_or(|error| error.was_shut_down()) {
            self.stopped(0, &fates, stopped);
        } else {
            trace.assert_cleaned_up(&fates);
            assert_eq!(text(&stopped), "ok");
        }
        assert!(matches!(manager.initialize().await, Err(Error::Stopped)));
    }

    /// Nobody is left to tell; but what had started is cleaned up, unless the application ran.
    async fn abandoned(&mut self, at: Duration, outcome: Option<Result<(), Error>>) {
        sleep(FOR_EVER).await;
        self.look();
        let ran = matches!(outcome, Some(Ok(())));
        let trace = self.trace(0, (!ran).then_some(self.begun + at));
        let fates = trace.fates();
        trace.assert_begun_in_order(&fates);
        trace.assert_ended_in_time(&fates);
        // It may have begun to run in the very moment in which the caller lost patience.
        let last = fates.iter().filter_map(|fate| match fate {
            Fate::Ready(at) | Fate::Failed(at) => Some(*at),
            _ => None,
        });
        let in_that_moment = outcome.is_none() && last.max() == Some(self.begun + at);
        if ran {
            trace.assert_not_cleaned_up();
        } else if !in_that_moment {
            trace.assert_cleaned_up(&fates);
        }
    }

    /// Promise 6: nothing waits longer than all that is declared.
    fn assert_bounded(&self, trace: &Trace<'_>) {
        let plugins = u32::try_from(self.case.roles.len()).expect("few");
        let starting: Duration = trace.all().map(|plugin| trace.limit(plugin)).sum();
        let last_chances = Duration::from_millis(200) * plugins;
        let most = starting + CLEANUP + self.case.shutdown + last_chances;
        assert!(
            self.stage.now() - self.begun <= most,
            "it took {:?}",
            self.stage.now()
        );
    }

    /// Nothing is left of it.
    async fn end(mut self) -> Transcript {
        sleep(FOR_EVER).await;
        self.look();
        assert_eq!(self.stage.alive(), 0, "an instance lives for ever");
        let tasks = tokio::runtime::Handle::current().metrics();
        assert_eq!(tasks.num_alive_tasks(), 0, "a task lives for ever");
        (self.log, self.returned)
    }
}

/// In any order.
fn assert_same<'a>(mut told: Vec<String>, failed: impl Iterator<Item = &'a str>) {
    let mut failed: Vec<&str> = failed.collect();
    told.sort_unstable();
    failed.sort_unstable();
    assert_eq!(told, failed);
}

/// Each once, in this order.
fn assert_all_among<'a>(told: &[String], failed: impl Iterator<Item = &'a str>) {
    let failed: Vec<&str> = failed.collect();
    let among: Vec<&str> = (told.iter().map(String::as_str))
        .filter(|plugin| failed.contains(plugin))
        .collect();
    assert_eq!(among, failed);
}

/// What runs is what became ready, and whoever asks is told of each why it is not.
fn assert_runs(manager: &PluginManager, trace: &Trace<'_>, fates: &[Fate]) {
    for plugin in trace.all() {
        let handle = manager.get_by_name(trace.name(plugin)).expect("it is one");
        let expected = match fates[plugin] {
            Fate::Ready(_) => PluginState::Ready,
            Fate::Failed(_) => PluginState::Failed,
            Fate::Skipped(_) => PluginState::Skipped,
            fate => panic!("{plugin} is {fate:?} in an application that runs"),
        };
        assert_eq!(handle.state(), expected, "{plugin}");
        assert_eq!(
            handle.reason().is_some(),
            expected != PluginState::Ready,
            "{plugin}"
        );
        let player = handle.downcast::<Player>();
        assert_eq!(player.is_some(), expected == PluginState::Ready, "{plugin}");
        if let Some(player) = player {
            assert_eq!(
                player.finds_later(),
                trace.finds_later(plugin, fates),
                "{plugin}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_goes_wrong_the_promises_hold(case in cases()) {
        for threads in [Threads::One, Threads::Several] {
            let first = on_paused_time(run(&case, threads));
            let second = on_paused_time(run(&case, threads));
            // Promise 10: the same again.
            prop_assert_eq!(first, second);
        }
    }
}
