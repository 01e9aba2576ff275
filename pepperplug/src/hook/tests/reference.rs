//! What an emit does with a hook's future, in a box and without `unsafe`.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::actor::{Asked, Shim, Stage, Starter, enter, panic};
use crate::error::BoxError;
use crate::event::EventContext;
use crate::hook::HookFailure;

struct Mapped<F, M> {
    future: Pin<Box<F>>,
    map: M,
}

impl<F: Future<Output = Result<u64, BoxError>>, M> Future for Mapped<F, M>
where
    M: Fn(Result<u64, BoxError>) -> Result<u64, BoxError> + Unpin,
{
    type Output = Result<u64, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.future
            .as_mut()
            .poll(cx)
            .map(|output| (self.map)(output))
    }
}

type Boxed<'a> = Box<dyn Future<Output = Result<u64, BoxError>> + Send + 'a>;

struct InABox;

impl<'a> Starter<'a> for InABox {
    type Started = Pin<Boxed<'a>>;

    fn start<F, M>(self, future: F, map: M) -> Self::Started
    where
        F: Future<Output = Result<u64, BoxError>> + Send + 'a,
        M: Fn(Result<u64, BoxError>) -> Result<u64, BoxError> + Send + 'a,
    {
        let (future, map) = (Box::pin(future), Box::new(map));
        Box::pin(Mapped { future, map })
    }
}

pub(super) struct Reference<'a> {
    held: Option<Pin<Boxed<'a>>>,
    begun: bool,
    stage: &'a Stage,
    event: &'a Asked,
    ctx: &'a EventContext<'a>,
}

impl<'a> Reference<'a> {
    pub(super) fn new(stage: &'a Stage, event: &'a Asked, ctx: &'a EventContext<'a>) -> Self {
        Self {
            held: None,
            begun: false,
            stage,
            event,
            ctx,
        }
    }

    fn begin(&mut self, cx: &mut Context<'_>) -> Poll<Result<u64, BoxError>> {
        self.begun = true;
        match self.stage.script.shim {
            Shim::Panics => panic("no start"),
            Shim::Starts | Shim::StartsAndPanics => {}
        }
        self.held = Some(enter(self.stage, self.event, self.ctx, InABox));
        let polled = self.poll_held(cx);
        if self.stage.script.shim == Shim::StartsAndPanics {
            panic("a false start");
        }
        polled
    }

    fn poll_held(&mut self, cx: &mut Context<'_>) -> Poll<Result<u64, BoxError>> {
        let Some(held) = &mut self.held else {
            return Poll::Pending;
        };
        let polled = held.as_mut().poll(cx);
        if polled.is_ready() {
            drop(self.held.take());
        }
        polled
    }
}

impl Future for Reference<'_> {
    type Output = Result<u64, HookFailure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            if self.begun {
                self.poll_held(cx)
            } else {
                self.begin(cx)
            }
        }));
        match polled {
            Ok(polled) => polled.map(|output| output.map_err(HookFailure::Error)),
            Err(panic) => {
                let _ = catch_unwind(AssertUnwindSafe(|| drop(self.held.take())));
                Poll::Ready(Err(HookFailure::panicked(panic)))
            }
        }
    }
}

impl Drop for Reference<'_> {
    fn drop(&mut self) {
        let _ = catch_unwind(AssertUnwindSafe(|| drop(self.held.take())));
    }
}
