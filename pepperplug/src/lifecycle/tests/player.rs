//! The plugin that plays every role.

use core::fmt;
use core::time::Duration;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::Deserialize;
use tokio::time::sleep;

use super::stage::{Act, End, Role, Stage, What};
use crate::error::BoxError;
use crate::event::{AppStartup, EventContext};
use crate::graph::tests::sketch::{Part, Want};
use crate::hook::{Events, HookMeta, Start, Status};
use crate::inject::{Construct, InjectError, Lazy};
use crate::meta::{Location, MetaRef, PluginMeta};
use crate::plugin::{ImplMeta, Phase, Plugin, Shared, Vtable};
use crate::slot::TypeSlot;
use crate::verdict::IsShared;

/// Which role a plugin plays, and where.
#[derive(Debug, Deserialize)]
pub(super) struct Casting {
    stage: u64,
    plugin: usize,
}

pub(super) struct Player {
    stage: Arc<Stage>,
    number: usize,
    given: Vec<Given>,
    /// Never used: it closes the ring of the dispatcher, its tables and the plugins with hooks.
    _events: Events,
}

/// What it was given for one of its wants.
enum Given {
    Plugin(Arc<Player>),
    MaybePlugin(Option<Arc<Player>>),
    LaterPlugin(Lazy<Player>),
    Part(Arc<dyn Part>),
    MaybePart(Option<Arc<dyn Part>>),
    LaterPart(Lazy<dyn Part>),
    Parts(Vec<Arc<dyn Part>>),
}

impl Given {
    fn take(want: Want, cx: &mut Construct<'_>) -> Result<Option<Self>, InjectError> {
        Ok(Some(match want {
            Want::Arc(_) => Self::Plugin(cx.field()?),
            Want::Option(_) => Self::MaybePlugin(cx.field()?),
            Want::Lazy(_) => Self::LaterPlugin(cx.field()?),
            Want::Service(_) | Want::NamedService(..) => Self::Part(cx.field()?),
            Want::ServiceOption(_) => Self::MaybePart(cx.field()?),
            Want::ServiceLazy(_) => Self::LaterPart(cx.field()?),
            Want::ServiceMany(_) => Self::Parts(cx.field()?),
            Want::Requires(..) => return Ok(None),
        }))
    }

    /// Who that is. Nobody yet for what is looked up later.
    fn numbers(&self) -> Vec<usize> {
        match self {
            Self::Plugin(plugin) => vec![plugin.number],
            Self::MaybePlugin(plugin) => plugin.iter().map(|plugin| plugin.number).collect(),
            Self::Part(part) => vec![part.number()],
            Self::MaybePart(part) => part.iter().map(|part| part.number()).collect(),
            Self::Parts(parts) => parts.iter().map(|part| part.number()).collect(),
            Self::LaterPlugin(_) | Self::LaterPart(_) => Vec::new(),
        }
    }
}

const HERE: Location = Location::new(file!(), line!(), column!());

static NOBODY: PluginMeta = PluginMeta::new(
    "nobody",
    0,
    "Player",
    module_path!(),
    HERE,
    Vtable::of::<Player>(),
);

impl Plugin for Player {
    const SHARED: Option<Shared<Self>> = IsShared::<Self>::SHARED;
    const META: MetaRef = MetaRef::new(&NOBODY);
    const IMPL: ImplMeta<Self> = ImplMeta::new()
        .initialize(|player: &mut Self| player.plays(&INITIALIZE))
        .cleanup(|player: &Self| player.plays(&CLEANUP));

    fn slot() -> &'static TypeSlot<Self> {
        static SLOT: TypeSlot<Player> = TypeSlot::new();
        &SLOT
    }

    fn construct(cx: &mut Construct<'_>) -> Result<Self, InjectError> {
        let Casting { stage, plugin } = cx.field()?;
        let stage = Stage::numbered(stage).expect("a stage outlives its manager");
        let events = cx.field()?;
        let mut given = Vec::new();
        for want in &stage.roles[plugin].plugin.wants {
            given.extend(Given::take(*want, cx)?);
        }
        if matches!(stage.roles[plugin].initialize, Act::CannotBeBuilt) && !stage.is_healed() {
            stage.note(plugin, What::NotBuilt);
            let then = stage
                .when_not_built
                .lock()
                .expect("no panic while held")
                .take();
            if let Some(then) = then {
                then();
            }
            panic("it cannot be built");
        }
        let numbers = given.iter().flat_map(Given::numbers).collect();
        stage.note(plugin, What::Built(numbers));
        stage.alive.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            stage,
            number: plugin,
            given,
            _events: events,
        })
    }
}

impl Part for Player {
    fn number(&self) -> usize {
        self.number
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.stage.note(self.number, What::Dropped);
        self.stage.alive.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Panics without the message on the terminal, which thousands of random cases would flood.
fn panic(text: &'static str) -> ! {
    resume_unwind(Box::new(text))
}

/// How a phase is told of.
struct PhaseOf {
    act: fn(&Role) -> &Act,
    begun: What,
    well: What,
    failed: What,
    cancelled: What,
}

static INITIALIZE: PhaseOf = PhaseOf {
    act: |role| &role.initialize,
    begun: What::Begun,
    well: What::Ready,
    failed: What::Failed,
    cancelled: What::Cancelled,
};

static CLEANUP: PhaseOf = PhaseOf {
    act: |role| &role.cleanup,
    begun: What::CleanupBegun,
    well: What::Cleaned,
    failed: What::CleanupFailed,
    cancelled: What::CleanupCancelled,
};

/// One run of a phase: it was cancelled unless it says otherwise.
struct Run<'a> {
    player: &'a Player,
    of: &'static PhaseOf,
    ended: bool,
}

impl Run<'_> {
    fn ends(mut self, end: End) -> Result<(), BoxError> {
        self.ended = true;
        let what = if end == End::Well {
            &self.of.well
        } else {
            &self.of.failed
        };
        self.player.stage.note(self.player.number, what.clone());
        match end {
            End::Well => Ok(()),
            End::InError => Err("it is out of order".into()),
            End::InPanic => panic("it fell over"),
            End::InErrorThatPanics => Err(Box::new(Unspeakable)),
        }
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let what = self.of.cancelled.clone();
            self.player.stage.note(self.player.number, what);
        }
    }
}

#[derive(Debug)]
struct Unspeakable;

impl fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic("its error cannot be written")
    }
}

impl std::error::Error for Unspeakable {}

fn on_startup<'a>(
    player: &'a Player,
    _: &'a AppStartup,
    _: &'a EventContext<'a>,
    start: Start<'a, '_, ()>,
) -> Status {
    if player.stage.closed.load(Ordering::Relaxed) {
        return start.done(Err("it stays closed".into()));
    }
    start.done(Ok(()))
}

impl Player {
    pub(super) const HOOKS: &'static [HookMeta] = &[HookMeta::sync::<Self, AppStartup>(
        on_startup,
        "on_startup",
        HERE,
    )];

    /// The calls of a plugin that plays `role`: it lacks the phases that the role lacks.
    pub(super) fn vtable(role: &Role) -> Vtable {
        let mut vtable = Vtable::of::<Self>();
        if matches!(role.initialize, Act::Absent) {
            vtable.initialize = None;
        }
        if matches!(role.cleanup, Act::Absent) {
            vtable.cleanup = None;
        }
        vtable
    }

    /// For each of its lazy wants, whom it finds.
    pub(super) fn finds_later(&self) -> Vec<Option<usize>> {
        let found = |given: &Given| match given {
            Given::LaterPlugin(later) => Some(later.get().ok().map(|plugin| plugin.number)),
            Given::LaterPart(later) => Some(later.get().ok().map(|part| part.number())),
            _ => None,
        };
        self.given.iter().filter_map(found).collect()
    }

    fn plays(&self, of: &'static PhaseOf) -> Phase<'_> {
        self.stage.note(self.number, of.begun.clone());
        let run = Run {
            player: self,
            of,
            ended: false,
        };
        let act = (of.act)(&self.stage.roles[self.number]);
        if self.stage.is_healed() {
            return Phase::done(run.ends(End::Well));
        }
        match act {
            Act::Absent | Act::CannotBeBuilt => unreachable!("there is no such phase"),
            Act::Ends(0, end) => Phase::done(run.ends(*end)),
            Act::Ends(after, end) => Phase::pending(
                async move {
                    sleep(Duration::from_millis(*after)).await;
                    run.ends(*end)
                },
                |result| result,
            ),
            Act::Hangs => Phase::pending(
                async move {
                    let _run = run;
                    core::future::pending().await
                },
                |result| result,
            ),
            Act::Blocks(latch) => Phase::pending(
                async move {
                    latch.wait();
                    run.ends(End::Well)
                },
                |result| result,
            ),
        }
    }
}
