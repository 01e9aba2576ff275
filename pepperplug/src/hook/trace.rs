//! Spans of emits and hooks, for whoever has a tracing subscriber that wants them: level `debug`, target
//! `pepperplug::dispatch`.

use tracing::Span;
use tracing::level_filters::LevelFilter;
use tracing::span::EnteredSpan;

use super::table::TableHook;
use crate::event::EventContext;

/// The spans of one emit: its own, and that of the hook that runs. None where nobody wants them.
#[derive(Default)]
pub(super) struct Trace(Option<Box<Spans>>);

struct Spans {
    emit: Span,
    hook: Option<Span>,
}

/// Whether anybody may want spans: a load and a comparison.
#[inline(always)]
pub(super) fn may_be_on() -> bool {
    LevelFilter::current() >= LevelFilter::DEBUG
}

impl Trace {
    /// Of an emit that begins.
    pub(super) fn begin(ctx: &EventContext<'_>) -> Self {
        if !may_be_on() || !tracing::enabled!(target: "pepperplug::dispatch", tracing::Level::DEBUG)
        {
            return Self(None);
        }
        let emit = tracing::debug_span!(
            target: "pepperplug::dispatch", "emit",
            event = ctx.event(), correlation_id = %ctx.correlation_id(),
        );
        Self(Some(Box::new(Spans { emit, hook: None })))
    }

    #[inline(always)]
    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Enters the span of a hook, which is made where it has none yet.
    pub(super) fn enter(&mut self, hook: &TableHook) -> Option<EnteredSpan> {
        let Spans { emit, hook: span } = &mut **self.0.as_mut()?;
        let span = span.get_or_insert_with(|| Self::span(emit, hook));
        Some(span.clone().entered())
    }

    /// The hook is done.
    pub(super) fn leave(&mut self) {
        if let Some(spans) = &mut self.0 {
            spans.hook = None;
        }
    }

    /// A span of one hook of several that run at the same time.
    pub(super) fn beside(&self, hook: &TableHook) -> Option<Span> {
        let spans = self.0.as_ref()?;
        Some(Self::span(&spans.emit, hook))
    }

    fn span(emit: &Span, hook: &TableHook) -> Span {
        tracing::debug_span!(
            target: "pepperplug::dispatch", parent: emit, "hook",
            plugin = hook.plugin, hook = hook.meta.name(),
        )
    }
}
