//! A hook: a method of a `#[plugin] impl`, or a free function.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Ident};

use crate::attr::hook::{OnError, Policies};
use crate::value::name::Name;

pub(crate) struct Hook {
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) ident: Ident,
    /// The event's name or a pattern.
    pub(crate) event: Name,
    pub(crate) argument: Argument,
    pub(crate) returns: Returns,
    pub(crate) priority: Option<i32>,
    pub(crate) before: Vec<Name>,
    pub(crate) after: Vec<Name>,
    pub(crate) policies: Policies,
    /// The word, where it is there.
    pub(crate) parallel: Option<Ident>,
    pub(crate) sequential: bool,
}

impl Hook {
    /// Whether it wraps all that come after it.
    pub(crate) fn is_around(&self) -> bool {
        matches!(&self.argument, Argument::Event(argument) if argument.with_next.is_some())
    }
}

/// What a hook is called with.
pub(crate) enum Argument {
    /// The event, and the context when the hook wants it.
    Event(EventArgument),
    /// The context only.
    Context,
}

pub(crate) struct EventArgument {
    /// The event's type, without the reference.
    pub(crate) ty: TokenStream,
    /// `&mut`.
    pub(crate) mutable: bool,
    /// The `&` and the `mut`, from first to last: what to change when the reference does not fit the event's mode.
    pub(crate) reference: (Span, Span),
    pub(crate) with_context: bool,
    /// What comes after it, where it takes that and wraps it: the event in `Next<'_, E>`, where that is written.
    pub(crate) with_next: Option<Option<TokenStream>>,
}

/// What a hook or lifecycle method returns.
pub(crate) struct Returns {
    /// The token that makes it async, if anything does.
    pub(crate) asyncness: Option<Span>,
    /// The type it yields in the end; nothing when none is written.
    pub(crate) ty: Option<TokenStream>,
    /// Whether that is certainly a value, and not `()` or an alias.
    pub(crate) answers: bool,
}

impl Policies {
    /// The names of [`OnError`] in the runtime.
    pub(crate) fn on_error_variant(&self) -> Option<&'static str> {
        self.on_error.map(|on_error| match on_error {
            OnError::Fail => "Fail",
            OnError::Ignore => "Ignore",
            OnError::Disable => "Disable",
        })
    }
}
