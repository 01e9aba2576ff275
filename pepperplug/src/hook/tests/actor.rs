//! Futures of many sizes and alignments that do what a script says, and write down what happens to them.

use core::cell::Cell;
use core::future::Future;
use core::marker::PhantomPinned;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};

use crate::error::BoxError;
use crate::event::{Collect, Event, EventContext, EventMeta};
use crate::hook::slot::INLINE;
use crate::hook::{Start, Status};
use crate::meta::{Location, hash_name};
use crate::slot::TypeSlot;

/// What a shim does with the future that it is to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shim {
    Starts,
    StartsAndPanics,
    Panics,
}

/// What a future does.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) shim: Shim,
    /// An index into the sizes below.
    pub(super) size: usize,
    /// It is ready at the poll after so many.
    pub(super) pendings: u32,
    pub(super) panics_at: Option<u32>,
    pub(super) panics_when_dropped: bool,
    pub(super) map_panics: bool,
    pub(super) fails: bool,
}

/// Where a future acts.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) script: Script,
    log: Mutex<Vec<String>>,
}

impl Stage {
    pub(super) fn new(script: Script) -> Self {
        let log = Mutex::default();
        Self { script, log }
    }

    pub(super) fn note(&self, what: impl Into<String>) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.push(what.into());
    }

    pub(super) fn log(self) -> Vec<String> {
        self.log
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Panics without a message on the terminal.
pub(super) fn panic(text: &'static str) -> ! {
    resume_unwind(Box::new(text))
}

pub(super) struct Asked(pub(super) u64);

impl Event for Asked {
    type Mode = Collect;
    type Output = u64;
    const META: &'static EventMeta = &EventMeta::new(
        "asked",
        hash_name("asked"),
        "Asked",
        module_path!(),
        Location::new(file!(), line!(), column!()),
    );

    fn slot() -> &'static TypeSlot<Self> {
        static SLOT: TypeSlot<Asked> = TypeSlot::new();
        &SLOT
    }
}

/// Borrows from all that a hook's future may borrow from, and looks at all of it in each poll and in its drop.
pub(super) struct Actor<'a, const N: usize, A> {
    stage: &'a Stage,
    event: &'a Asked,
    ctx: &'a EventContext<'a>,
    /// Each byte counts the polls.
    payload: [Cell<u8>; N],
    polls: Cell<u32>,
    /// Where it was when it was first polled.
    place: Cell<usize>,
    _align: A,
    _pinned: PhantomPinned,
}

impl<'a, const N: usize, A> Actor<'a, N, A> {
    fn new(stage: &'a Stage, event: &'a Asked, ctx: &'a EventContext<'a>, align: A) -> Self {
        Self {
            stage,
            event,
            ctx,
            payload: [const { Cell::new(0) }; N],
            polls: Cell::new(0),
            place: Cell::new(0),
            _align: align,
            _pinned: PhantomPinned,
        }
    }

    /// Whether it is whole, and still where it was.
    fn check(&self) {
        let (place, polls) = (core::ptr::from_ref(self).addr(), self.polls.get());
        assert_eq!(place % align_of::<Self>(), 0, "it is aligned");
        if polls > 0 {
            assert_eq!(place, self.place.get(), "it is pinned");
        }
        let whole = |byte: &Cell<u8>| u32::from(byte.get()) == polls;
        assert!(self.payload.iter().all(whole), "it is whole");
    }
}

impl<const N: usize, A> Future for Actor<'_, N, A> {
    type Output = Result<u64, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (this, script) = (self.as_ref().get_ref(), &self.stage.script);
        this.check();
        this.place.set(core::ptr::from_ref(this).addr());
        let poll = this.polls.get();
        this.polls.set(poll + 1);
        for byte in &this.payload {
            byte.set(byte.get() + 1);
        }
        this.stage
            .note(format!("polled {poll} for {}", this.ctx.event()));
        if script.panics_at == Some(poll) {
            panic("it fell over");
        }
        if poll < script.pendings {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(if script.fails {
            Err("it is out of order".into())
        } else {
            Ok(this.event.0 + u64::from(poll))
        })
    }
}

impl<const N: usize, A> Drop for Actor<'_, N, A> {
    fn drop(&mut self) {
        self.check();
        self.stage.note(format!("dropped for {}", self.ctx.event()));
        if self.stage.script.panics_when_dropped {
            panic("it clings to life");
        }
    }
}

/// What a future's output is brought into shape with. Not a plain function, so it is dropped as well.
pub(super) struct Map<'a>(&'a Stage);

impl Map<'_> {
    fn map(&self, output: Result<u64, BoxError>) -> Result<u64, BoxError> {
        self.0.note("mapped");
        if self.0.script.map_panics {
            panic("it has no shape");
        }
        output.map(|answer| answer * 2)
    }
}

impl Drop for Map<'_> {
    fn drop(&mut self) {
        self.0.note("map dropped");
    }
}

#[derive(Clone, Copy)]
pub(super) struct A1;
#[repr(align(16))]
pub(super) struct A16;
#[repr(align(32))]
pub(super) struct A32;
#[repr(align(256))]
pub(super) struct A256;

/// Takes a future of any type.
pub(super) trait Starter<'a> {
    type Started;
    fn start<F, M>(self, future: F, map: M) -> Self::Started
    where
        F: Future<Output = Result<u64, BoxError>> + Send + 'a,
        M: Fn(Result<u64, BoxError>) -> Result<u64, BoxError> + Send + 'a;
}

impl<'a> Starter<'a> for Start<'a, '_, u64> {
    type Started = Status;

    fn start<F, M>(self, future: F, map: M) -> Status
    where
        F: Future<Output = Result<u64, BoxError>> + Send + 'a,
        M: Fn(Result<u64, BoxError>) -> Result<u64, BoxError> + Send + 'a,
    {
        self.run(future, map)
    }
}

// A payload of 212 bytes fills the room to the last one.
const _: () = {
    assert!(size_of::<(Actor<'_, 212, A1>, Map<'_>)>() == INLINE);
    assert!(size_of::<(Actor<'_, 213, A1>, Map<'_>)>() > INLINE);
};

macro_rules! sizes {
    ($($number:literal => $size:literal $align:ident),+ $(,)?) => {
        pub(super) const SIZES: usize = [$($number),+].len();

        /// Starts the actor that the stage's script asks for.
        pub(super) fn enter<'a, S: Starter<'a>>(
            stage: &'a Stage,
            event: &'a Asked,
            ctx: &'a EventContext<'a>,
            starter: S,
        ) -> S::Started {
            let map = Map(stage);
            let map = move |output| map.map(output);
            match stage.script.size {
                $($number => starter.start(Actor::<$size, $align>::new(stage, event, ctx, $align), map),)+
                _ => unreachable!("there are no more"),
            }
        }
    };
}

sizes! {
    0 => 0 A1, 1 => 1 A1, 2 => 100 A1, 3 => 211 A1, 4 => 212 A1, 5 => 213 A1, 6 => 256 A1, 7 => 5000 A1,
    8 => 0 A16, 9 => 204 A16, 10 => 205 A16, 11 => 0 A32, 12 => 100 A32, 13 => 3000 A32, 14 => 0 A256, 15 => 1000 A256,
}
