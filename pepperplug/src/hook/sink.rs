//! What becomes of the hooks' outcomes, by the event's mode.

#![allow(
    unsafe_code,
    reason = "a value is taken from where a hook has put it; a `Done` is the proof that it has"
)]

use core::ops::ControlFlow;
use core::task::{Context, Poll};
use core::time::Duration;

use super::dispatch::Dispatcher;
use super::emission::Emission;
use super::result::{HookError, HookFailure, HookResult};
use super::sync;
use super::table::TableHook;
use super::values::Values;
use crate::error::{EmitError, Error};
use crate::event::{EmitContext, EventMeta, EventMode};
use crate::slot::Slot;

/// The type of an event, as values.
pub(super) type Of = (&'static Slot, &'static EventMeta);

/// How an emit ended, its hooks' failures left aside.
pub(super) type Ended = Result<(), Box<EmitError>>;

/// Takes what each hook came to. Part of the sealed [`Mode`](crate::Mode).
pub trait Sink: Send + Sized {
    /// What the emit returns.
    type Returns;

    /// Whether the hooks yield values, so that each is to be taken.
    #[doc(hidden)]
    const TAKES: bool;
    /// Whether it is to be told how long each took.
    #[doc(hidden)]
    const TIMES: bool;

    #[doc(hidden)]
    fn new() -> Self;

    /// Where the next value goes.
    #[doc(hidden)]
    fn out(&mut self) -> *mut ();

    /// A hook is done, and its value has been put into `out`.
    #[doc(hidden)]
    fn done(&mut self, done: Done<'_>) -> ControlFlow<()>;

    /// As [`done`](Self::done), for a hook that runs beside others: the value is kept as that of the `nth`, to be put back
    /// once those before it are done.
    #[doc(hidden)]
    fn keep(&mut self, done: &Done<'_>, nth: usize);

    /// Puts back what was kept.
    #[doc(hidden)]
    fn put_back(&mut self, nth: usize);

    /// Where a hook that wraps the others puts what they return.
    #[doc(hidden)]
    fn around_out(&mut self) -> *mut () {
        self.out()
    }

    /// As [`done`](Self::done), for a hook that wraps the others.
    #[doc(hidden)]
    fn around_done(&mut self, done: Done<'_>) {
        let _ = self.done(done);
    }

    /// A hook has failed.
    #[doc(hidden)]
    fn failed(&mut self, failed: HookError, mode: EventMode) -> ControlFlow<()>;

    /// Runs an emit.
    ///
    /// # Safety
    /// As [`Emission::poll`].
    #[doc(hidden)]
    unsafe fn poll(
        &mut self,
        emission: &mut Emission<'_>,
        of: Of,
        cx: &mut Context<'_>,
    ) -> Poll<Ended> {
        // SAFETY: the caller's promise.
        unsafe { emission.poll(of, self, cx) }
    }

    /// Runs an emit without a future.
    ///
    /// # Safety
    /// As [`sync::emit`].
    #[doc(hidden)]
    unsafe fn emit_sync(
        &mut self,
        dispatcher: &Dispatcher,
        of: Of,
        event: *mut (),
        context: Option<Box<EmitContext>>,
    ) -> Ended {
        // SAFETY: the caller's promise.
        unsafe { sync::emit(dispatcher, of, event, context, self) }
    }

    #[doc(hidden)]
    fn finish(self, event: &'static str) -> Result<Self::Returns, Error>;

    /// That hooks have failed, where that is not told by [`finish`](Self::finish).
    #[doc(hidden)]
    fn settle(self, _: &EventMeta) -> Result<Self, Box<EmitError>> {
        Ok(self)
    }
}

/// A hook that is done.
#[derive(Debug)]
pub struct Done<'a> {
    pub(super) hook: &'a TableHook,
    pub(super) attempts: u32,
    pub(super) took: Duration,
}

/// Of hooks that yield nothing: their errors.
#[derive(Debug)]
#[allow(
    clippy::box_collection,
    reason = "a word, since almost always there are none"
)]
pub struct Errors(Option<Box<Vec<HookError>>>);

impl Errors {
    #[inline(always)]
    pub(super) fn ended(&mut self, event: &EventMeta, ended: Ended) -> Ended {
        match self.0.take() {
            None => ended,
            Some(errors) => Self::failed_hooks(event, *errors, ended),
        }
    }

    #[cold]
    fn failed_hooks(event: &EventMeta, errors: Vec<HookError>, ended: Ended) -> Ended {
        if ended.is_err() {
            // Only one of them can be returned.
            let hooks = crate::error::hooks(event.name(), &errors);
            tracing::warn!(target: "pepperplug::dispatch", hooks, "hooks failed before the emit ended early");
            return ended;
        }
        Err(Box::new(hooks_failed(event.name(), errors)))
    }
}

impl Sink for Errors {
    type Returns = ();
    const TAKES: bool = false;
    const TIMES: bool = false;

    #[inline(always)]
    fn new() -> Self {
        Self(None)
    }

    #[inline(always)]
    fn out(&mut self) -> *mut () {
        core::ptr::null_mut()
    }

    fn done(&mut self, _: Done<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn keep(&mut self, _: &Done<'_>, _: usize) {}

    fn put_back(&mut self, _: usize) {}

    /// In mode notify all hooks run, and all errors are told. In mode transform a failed hook may leave the event half
    /// changed, so the next does not get it.
    #[cold]
    fn failed(&mut self, failed: HookError, mode: EventMode) -> ControlFlow<()> {
        self.0.get_or_insert_default().push(failed);
        match mode {
            EventMode::Transform => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    // Compiled here, once for all events.
    #[inline(never)]
    unsafe fn poll(
        &mut self,
        emission: &mut Emission<'_>,
        of: Of,
        cx: &mut Context<'_>,
    ) -> Poll<Ended> {
        // SAFETY: the caller's promise.
        let ended = unsafe { emission.poll_quickly(of, self, cx) };
        ended.map(|ended| self.ended(of.1, ended))
    }

    #[inline(always)]
    unsafe fn emit_sync(
        &mut self,
        dispatcher: &Dispatcher,
        of: Of,
        event: *mut (),
        context: Option<Box<EmitContext>>,
    ) -> Ended {
        // SAFETY: the caller's promise.
        unsafe {
            match context {
                None => sync::emit_quickly(dispatcher, of, event),
                context => {
                    let ended = sync::emit(dispatcher, of, event, context, self);
                    self.ended(of.1, ended)
                }
            }
        }
    }

    #[inline(always)]
    fn finish(self, _: &'static str) -> Result<(), Error> {
        Ok(())
    }

    fn settle(mut self, event: &EventMeta) -> Result<Self, Box<EmitError>> {
        self.ended(event, Ok(()))?;
        Ok(self)
    }
}

/// In mode first an answer ends the round, and so does an error: a hook that failed might have answered.
#[derive(Debug)]
pub struct Ask<O> {
    values: Values<Option<O>>,
    found: Result<Option<O>, HookError>,
}

impl<O: Send + 'static> Sink for Ask<O> {
    type Returns = Option<O>;
    const TAKES: bool = true;
    const TIMES: bool = false;

    fn new() -> Self {
        Self {
            values: Values::new(),
            found: Ok(None),
        }
    }

    fn out(&mut self) -> *mut () {
        self.values.out()
    }

    fn done(&mut self, done: Done<'_>) -> ControlFlow<()> {
        match self.values.take(&done) {
            None => ControlFlow::Continue(()),
            answer => {
                self.found = Ok(answer);
                ControlFlow::Break(())
            }
        }
    }

    fn keep(&mut self, done: &Done<'_>, nth: usize) {
        self.values.keep(done, nth);
    }

    fn put_back(&mut self, nth: usize) {
        self.values.put_back(nth);
    }

    fn failed(&mut self, failed: HookError, _: EventMode) -> ControlFlow<()> {
        self.found = Err(failed);
        ControlFlow::Break(())
    }

    fn finish(self, event: &'static str) -> Result<Option<O>, Error> {
        self.found
            .map_err(|error| Error::Emit(hooks_failed(event, vec![error])))
    }
}

/// In mode collect every hook's answer is kept.
#[derive(Debug)]
pub struct Gather<O> {
    values: Values<O>,
    wrapped: Values<Vec<HookResult<O>>>,
    results: Vec<HookResult<O>>,
}

impl<O: Send + 'static> Sink for Gather<O> {
    type Returns = Vec<HookResult<O>>;
    const TAKES: bool = true;
    const TIMES: bool = true;

    fn new() -> Self {
        Self {
            values: Values::new(),
            wrapped: Values::new(),
            results: Vec::new(),
        }
    }

    fn out(&mut self) -> *mut () {
        self.values.out()
    }

    fn done(&mut self, done: Done<'_>) -> ControlFlow<()> {
        let answer = self.values.take(&done);
        self.results.push(HookResult {
            plugin: done.hook.plugin,
            hook: done.hook.meta.name(),
            attempts: done.attempts,
            duration: done.took,
            outcome: Ok(answer),
        });
        ControlFlow::Continue(())
    }

    fn keep(&mut self, done: &Done<'_>, nth: usize) {
        self.values.keep(done, nth);
    }

    fn put_back(&mut self, nth: usize) {
        self.values.put_back(nth);
    }

    fn around_out(&mut self) -> *mut () {
        self.wrapped.out()
    }

    fn around_done(&mut self, done: Done<'_>) {
        self.results.extend(self.wrapped.take(&done));
    }

    fn failed(&mut self, failed: HookError, _: EventMode) -> ControlFlow<()> {
        self.results.push(HookResult {
            plugin: failed.plugin,
            hook: failed.hook,
            attempts: failed.attempts,
            duration: failed.duration.unwrap_or_default(),
            outcome: Err(failed),
        });
        ControlFlow::Continue(())
    }

    fn finish(self, _: &'static str) -> Result<Self::Returns, Error> {
        Ok(self.results)
    }
}

/// What an emit fails with whose hooks failed. That emits within emits do not end is told as it is, and not as the failure of
/// each hook in between.
#[cold]
fn hooks_failed(event: &'static str, mut errors: Vec<HookError>) -> EmitError {
    match errors.iter().position(HookError::is_too_deep) {
        Some(at) => {
            let failure = errors.swap_remove(at).failure;
            too_deep(failure).unwrap_or(EmitError::Hooks { event, errors })
        }
        None => EmitError::Hooks { event, errors },
    }
}

fn too_deep(failure: HookFailure) -> Option<EmitError> {
    let HookFailure::Error(error) = failure else {
        return None;
    };
    match *error.downcast::<Error>().ok()? {
        Error::Emit(error) => Some(error),
        _ => None,
    }
}
