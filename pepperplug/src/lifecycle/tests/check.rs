//! What a log of a start and a stop must be like, whatever the plugins do.

use core::time::Duration;

use super::super::{StartError, Threads};
use super::stage::{Act, Entry, Role, What};
use crate::graph::tests::sketch::Want;

/// The limits of every case. None is a multiple of another, so that few things happen at one moment.
pub(super) const INITIALIZE: Duration = Duration::from_millis(101);
pub(super) const CLEANUP: Duration = Duration::from_millis(83);

/// One start, with what came after it, as its log tells it.
pub(super) struct Trace<'a> {
    pub(super) roles: &'a [Role],
    pub(super) log: &'a [Entry],
    /// When `initialize` was called.
    pub(super) begun: Duration,
    /// When it was to be cancelled, if it was.
    pub(super) cancelled: Option<Duration>,
    pub(super) threads: Threads,
}

/// How a plugin's start ended, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Ready(Duration),
    Failed(Duration),
    /// Something that it needs did not start.
    Skipped(Duration),
    /// It was in flight when the start was given up.
    Cancelled(Duration),
    NotBegun,
}

impl Fate {
    pub(super) fn is_ready(self) -> bool {
        matches!(self, Self::Ready(_))
    }

    /// When those that wait for it were told, if they were.
    fn settled(self) -> Option<Duration> {
        match self {
            Self::Ready(at) | Self::Failed(at) | Self::Skipped(at) => Some(at),
            Self::Cancelled(_) | Self::NotBegun => None,
        }
    }
}

/// A plugin that another waits for.
#[derive(Debug, Clone, Copy)]
struct On {
    plugin: usize,
    needed: bool,
}

impl Trace<'_> {
    fn place(&self, plugin: usize, what: impl Fn(&What) -> bool) -> Option<usize> {
        let mut places = (0..)
            .zip(self.log)
            .filter(|(_, entry)| entry.plugin == plugin && what(&entry.what));
        let first = places.next().map(|(place, _)| place);
        assert!(places.next().is_none(), "twice: {:?}", self.log);
        first
    }

    fn at(&self, plugin: usize, what: impl Fn(&What) -> bool) -> Option<Duration> {
        self.place(plugin, what).map(|place| self.log[place].at)
    }

    pub(super) fn all(&self) -> core::ops::Range<usize> {
        0..self.roles.len()
    }

    pub(super) fn name(&self, plugin: usize) -> &str {
        &self.roles[plugin].plugin.name
    }

    /// All providers of a service, in the order of their names.
    fn providers(&self, service: usize) -> Vec<usize> {
        let mut providers: Vec<usize> = self
            .all()
            .filter(|by| self.roles[*by].plugin.provides.contains(&service))
            .collect();
        providers.sort_by_key(|by| self.name(*by));
        providers
    }

    fn meet(&self, want: Want) -> Vec<usize> {
        match want {
            Want::Arc(to) | Want::Option(to) | Want::Lazy(to) | Want::Requires(to, _) => vec![to],
            Want::NamedService(_, by) => vec![by],
            Want::Service(of)
            | Want::ServiceOption(of)
            | Want::ServiceLazy(of)
            | Want::ServiceMany(of) => self.providers(of),
        }
    }

    fn waits_for(&self, plugin: usize) -> Vec<On> {
        let wants = self.roles[plugin].plugin.wants.iter();
        wants
            .filter(|want| want.orders())
            .flat_map(|want| {
                let needed = want.needs();
                let on = move |plugin| On { plugin, needed };
                self.meet(*want).into_iter().map(on)
            })
            .collect()
    }

    pub(super) fn limit(&self, plugin: usize) -> Duration {
        let own = self.roles[plugin].plugin.timeout_ms;
        own.map_or(INITIALIZE, Duration::from_millis)
    }

    fn has_initialize(&self, plugin: usize) -> bool {
        !matches!(self.roles[plugin].initialize, Act::Absent)
    }

    pub(super) fn has_cleanup(&self, plugin: usize) -> bool {
        !matches!(self.roles[plugin].cleanup, Act::Absent)
    }

    /// How each start ended: from the log, not from what the roles say.
    pub(super) fn fates(&self) -> Vec<Fate> {
        let mut fates: Vec<Option<Fate>> = vec![None; self.roles.len()];
        // By number: each waits only for those of a lower one.
        for plugin in self.all() {
            fates[plugin] = Some(self.fate(plugin, &fates));
        }
        fates.into_iter().flatten().collect()
    }

    fn fate(&self, plugin: usize, before: &[Option<Fate>]) -> Fate {
        let is = |what| move |other: &What| *other == what;
        if let Some(at) = self
            .at(plugin, is(What::NotBuilt))
            .or(self.at(plugin, is(What::Failed)))
        {
            return Fate::Failed(at);
        }
        if let Some(at) = self.at(plugin, is(What::Cancelled)) {
            let begun = self.at(plugin, is(What::Begun)).expect("it was cancelled");
            let late = begun + self.limit(plugin);
            return if at >= late {
                Fate::Failed(late)
            } else {
                Fate::Cancelled(at)
            };
        }
        let ready = if self.has_initialize(plugin) {
            self.at(plugin, is(What::Ready))
        } else {
            self.at(plugin, |what| matches!(what, What::Built(_)))
        };
        if let Some(at) = ready {
            return Fate::Ready(at);
        }
        if self
            .at(plugin, |what| matches!(what, What::Built(_)))
            .is_some()
        {
            // Cancelled before its task had its first turn.
            let dropped = self.at(plugin, is(What::Dropped));
            return Fate::Cancelled(dropped.expect("what is cancelled is dropped"));
        }
        let out = self.waits_for(plugin).into_iter().filter_map(|on| {
            let fate = before[on.plugin].expect("it has a lower number");
            fate.settled().filter(|_| on.needed && !fate.is_ready())
        });
        out.min().map_or(Fate::NotBegun, Fate::Skipped)
    }

    /// Whether the application cannot start when `plugin` does not.
    fn dooms(&self, plugin: usize) -> bool {
        let needs = |by: usize| {
            self.waits_for(by)
                .iter()
                .any(|on| on.needed && on.plugin == plugin)
        };
        !self.roles[plugin].plugin.optional || self.all().any(|by| needs(by) && self.dooms(by))
    }

    /// When the start was given up because of a plugin.
    pub(super) fn doomed_at(&self, fates: &[Fate]) -> Option<Duration> {
        let failed = self.all().filter_map(|plugin| match fates[plugin] {
            Fate::Failed(at) if self.dooms(plugin) => Some(at),
            _ => None,
        });
        failed.min()
    }

    /// When the start was given up, for whatever reason.
    pub(super) fn given_up_at(&self, fates: &[Fate]) -> Option<Duration> {
        self.doomed_at(fates)
            .into_iter()
            .chain(self.cancelled)
            .min()
    }

    /// Promise 1, and the half of promise 2 that is about beginning.
    pub(super) fn assert_begun_in_order(&self, fates: &[Fate]) {
        let given_up = self.given_up_at(fates);
        for plugin in self.all() {
            let built = self.place(plugin, |what| {
                matches!(what, What::Built(_) | What::NotBuilt)
            });
            let Some(place) = built else {
                self.assert_may_be_left_out(plugin, fates, given_up);
                continue;
            };
            let at = self.log[place].at;
            assert!(
                given_up.is_none_or(|up| at <= up),
                "{plugin} begins after the end"
            );
            // As soon as the last that it waits for is settled: so independent ones overlap.
            let mut free = self.begun;
            for on in self.waits_for(plugin) {
                let fate = fates[on.plugin];
                assert!(
                    fate.is_ready() || !on.needed,
                    "{plugin} without {}",
                    on.plugin
                );
                let settled = fate.settled();
                free = free.max(settled.unwrap_or_else(|| panic!("{plugin} before {}", on.plugin)));
                if fate.is_ready() {
                    let ready = self.ready_place(on.plugin);
                    assert!(ready < Some(place), "{plugin} before {}", on.plugin);
                }
            }
            assert_eq!(at, free, "{plugin} begins when it may");
            if let What::Built(given) = &self.log[place].what {
                assert_eq!(*given, self.gives(plugin, fates), "what {plugin} is given");
            }
        }
    }

    /// That it was not begun is right: what it needs is out, or the start was given up before its turn.
    fn assert_may_be_left_out(&self, plugin: usize, fates: &[Fate], given_up: Option<Duration>) {
        if matches!(fates[plugin], Fate::Skipped(_)) {
            return;
        }
        assert_eq!(fates[plugin], Fate::NotBegun);
        let given_up = given_up.unwrap_or_else(|| panic!("{plugin} was forgotten"));
        let waits_for = self.waits_for(plugin);
        let settled: Option<Vec<Duration>> = (waits_for.iter())
            .map(|on| fates[on.plugin].settled())
            .collect();
        let free = settled.map(|settled| settled.into_iter().fold(self.begun, Duration::max));
        assert!(
            free.is_none_or(|free| free >= given_up),
            "{plugin} was forgotten"
        );
    }

    fn ready_place(&self, plugin: usize) -> Option<usize> {
        if self.has_initialize(plugin) {
            self.place(plugin, |what| *what == What::Ready)
        } else {
            self.place(plugin, |what| matches!(what, What::Built(_)))
        }
    }

    /// Whom a plugin is to be given, in the order of its wants.
    fn gives(&self, plugin: usize, fates: &[Fate]) -> Vec<usize> {
        let wants = self.roles[plugin].plugin.wants.iter();
        wants
            .filter(|want| want.orders() && want.kind().is_some())
            .flat_map(|want| self.meet(*want))
            .filter(|to| fates[*to].is_ready())
            .collect()
    }

    /// Whom its lazy wants are to find while the application runs.
    pub(super) fn finds_later(&self, plugin: usize, fates: &[Fate]) -> Vec<Option<usize>> {
        let wants = self.roles[plugin].plugin.wants.iter();
        wants
            .filter(|want| !want.orders())
            .map(|want| {
                self.meet(*want)
                    .into_iter()
                    .find(|to| fates[*to].is_ready())
            })
            .collect()
    }

    /// Promise 2: everything that was in flight has ended, when the start was given up at the latest; promise 6: in time.
    pub(super) fn assert_ended_in_time(&self, fates: &[Fate]) {
        let given_up = self.given_up_at(fates);
        for plugin in self.all() {
            let Some(begun) = self.at(plugin, |what| *what == What::Begun) else {
                continue;
            };
            let ended = self.at(plugin, |what| {
                matches!(what, What::Ready | What::Failed | What::Cancelled)
            });
            let ended = ended.unwrap_or_else(|| panic!("{plugin} has not ended"));
            let latest = begun + self.limit(plugin);
            assert!(
                ended <= given_up.map_or(latest, |up| up.min(latest)),
                "{plugin} ends late"
            );
            if let Fate::Cancelled(at) = fates[plugin] {
                assert_eq!(Some(at), given_up, "{plugin} was cancelled for nothing");
            }
        }
    }

    /// Promises 2 and 4: each that was ready was cleaned up once, in reverse, and nothing else was; promise 6: in time.
    pub(super) fn assert_cleaned_up(&self, fates: &[Fate]) {
        for plugin in self.all() {
            let begun = self.place(plugin, |what| *what == What::CleanupBegun);
            let cleans = fates[plugin].is_ready() && self.has_cleanup(plugin);
            assert_eq!(
                begun.is_some(),
                cleans,
                "the cleanup of {plugin}: {:?}",
                self.log
            );
            let Some(begun) = begun else { continue };
            let ended = self
                .cleanup_end(plugin)
                .unwrap_or_else(|| panic!("{plugin} cleans up for ever"));
            assert!(
                self.log[ended].at - self.log[begun].at <= CLEANUP,
                "{plugin} cleans up too long"
            );
            for on in self.waits_for(plugin) {
                if let Some(other) = self.place(on.plugin, |what| *what == What::CleanupBegun) {
                    assert!(ended < other, "{plugin} still uses {}", on.plugin);
                }
            }
        }
        // A plugin without `initialize` becomes ready when the manager turns to it, which no log tells.
        let order = |what: fn(&What) -> bool| {
            let entries = self.log.iter().filter(move |entry| what(&entry.what));
            entries
                .map(|entry| entry.plugin)
                .filter(|plugin| self.has_cleanup(*plugin) && self.has_initialize(*plugin))
                .collect::<Vec<_>>()
        };
        let mut ready = order(|what| *what == What::Ready);
        ready.reverse();
        let cleaned = order(|what| *what == What::CleanupBegun);
        match self.threads {
            Threads::One => assert_eq!(cleaned, ready, "the reverse order"),
            // Which of two that become ready in one moment is heard of first, no log tells.
            Threads::Several => {
                let at = |plugin: &usize| self.at(*plugin, |what| *what == What::Ready);
                let is_reverse = cleaned.is_sorted_by_key(|plugin| core::cmp::Reverse(at(plugin)));
                assert!(is_reverse, "the reverse order: {:?}", self.log);
                assert_eq!(cleaned.len(), ready.len(), "all of them");
            }
        }
    }

    fn cleanup_end(&self, plugin: usize) -> Option<usize> {
        self.place(plugin, |what| {
            matches!(
                what,
                What::Cleaned | What::CleanupFailed | What::CleanupCancelled
            )
        })
    }

    /// Whose cleanup did not end well, in the order in which they ended.
    pub(super) fn cleanup_failures(&self) -> Vec<&str> {
        let failed = self
            .log
            .iter()
            .filter(|entry| matches!(entry.what, What::CleanupFailed | What::CleanupCancelled));
        failed.map(|entry| self.name(entry.plugin)).collect()
    }

    /// The names of those whose fate is one of some, sorted.
    fn names(&self, fates: &[Fate], is: impl Fn(Fate) -> bool) -> Vec<&str> {
        let those = self.all().filter(|plugin| is(fates[*plugin]));
        let mut names: Vec<&str> = those.map(|plugin| self.name(plugin)).collect();
        names.sort_unstable();
        names
    }

    /// The error says of each plugin what became of it.
    pub(super) fn assert_told(&self, fates: &[Fate], error: &StartError) {
        let sorted = |mut names: Vec<&'static str>| {
            names.sort_unstable();
            names
        };
        let given_up = self.given_up_at(fates).expect("it failed");
        // Those whose time was up in the very moment in which the start was given up may be told either way.
        let in_that_moment = |plugin: usize| {
            fates[plugin] == Fate::Failed(given_up)
                && self.at(plugin, |what| *what == What::Cancelled).is_some()
        };
        let mut failed = self.names(fates, |fate| matches!(fate, Fate::Failed(_)));
        let mut told = sorted(error.failed().collect());
        for plugin in self.all().filter(|plugin| in_that_moment(*plugin)) {
            failed.retain(|name| *name != self.name(plugin));
            told.retain(|name| *name != self.name(plugin));
        }
        assert_eq!(told, failed, "{error}");
        let not_begun = |fate| matches!(fate, Fate::Skipped(_) | Fate::NotBegun);
        assert_eq!(
            sorted(error.not_begun().collect()),
            self.names(fates, not_begun),
            "{error}"
        );
        assert_eq!(
            sorted(error.rolled_back().collect()),
            self.names(fates, Fate::is_ready),
            "{error}"
        );
        let rolled_back = error.rolled_back();
        let rolled_back = rolled_back.filter(|name| {
            self.all()
                .any(|plugin| self.name(plugin) == *name && self.has_cleanup(plugin))
        });
        let cleaned_up = self
            .log
            .iter()
            .filter(|entry| entry.what == What::CleanupBegun);
        let cleaned_up = cleaned_up.map(|entry| self.name(entry.plugin));
        assert!(rolled_back.eq(cleaned_up), "in that order: {error}");
        assert_eq!(error.still_running().count(), 0, "{error}");
        if !error.was_shut_down() {
            let first = error.failed().next().expect("a plugin failed");
            let first = self
                .all()
                .find(|plugin| self.name(*plugin) == first)
                .expect("it is one");
            assert!(self.dooms(first), "the first cause: {error}");
            assert_eq!(
                fates[first],
                Fate::Failed(given_up),
                "the first cause: {error}"
            );
        } else {
            assert_eq!(self.cancelled, Some(given_up), "{error}");
        }
        for plugin in self.all() {
            assert!(error.to_string().contains(self.name(plugin)), "{error}");
        }
    }

    pub(super) fn assert_not_cleaned_up(&self) {
        for plugin in self.all() {
            assert_eq!(self.place(plugin, |what| *what == What::CleanupBegun), None);
        }
    }
}
