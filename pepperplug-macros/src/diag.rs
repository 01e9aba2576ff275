//! The error accumulator.
//!
//! A user who made three mistakes wants to read three errors, so no stage stops at the first: each reports into a [`Diag`]
//! and goes on with what is sound. A `Diag` that is dropped unread would lose errors, hence the panic in its `Drop`.

use std::cell::RefCell;
use std::fmt::{self, Display, Write as _};
use std::thread;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The stable number of an error; printed as `PP012`.
#[derive(Clone, Copy)]
pub(crate) struct Code(pub(crate) u16);

impl Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PP{:03}", self.0)
    }
}

/// One error: a first line that stands alone, then lines that help.
pub(crate) struct Fault {
    text: String,
}

impl Fault {
    pub(crate) fn new(code: Code, first_line: impl Display) -> Self {
        Fault {
            text: format!("[{code}] {first_line}"),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Adds a line with something to type.
    pub(crate) fn help(mut self, line: impl Display) -> Self {
        // Writing to a `String` cannot fail.
        let _ = write!(self.text, "\nhelp: {line}");
        self
    }

    /// Adds a line of background, for instance the list of what is allowed.
    pub(crate) fn note(mut self, line: impl Display) -> Self {
        let _ = write!(self.text, "\n{line}");
        self
    }
}

/// Collects the faults of one macro invocation.
pub(crate) struct Diag {
    /// `None` once read.
    faults: RefCell<Option<Vec<syn::Error>>>,
}

impl Diag {
    pub(crate) fn new() -> Self {
        Diag {
            faults: RefCell::new(Some(Vec::new())),
        }
    }

    /// Reports a fault that has one line of help.
    pub(crate) fn report(
        &self,
        code: Code,
        at: impl Place,
        line: impl Display,
        help: impl Display,
    ) {
        self.push(at, Fault::new(code, line).help(help));
    }

    pub(crate) fn push(&self, at: impl Place, fault: Fault) {
        if let Some(faults) = self.faults.borrow_mut().as_mut() {
            faults.push(at.error(fault.text));
        }
    }

    /// How many faults stand; a stage that wants to know whether *it* found one compares before and after.
    pub(crate) fn count(&self) -> usize {
        self.faults.borrow().as_ref().map_or(0, Vec::len)
    }

    /// One `compile_error!` for each fault, or nothing.
    pub(crate) fn into_errors(self) -> Option<Errors> {
        let faults = self.faults.take().unwrap_or_default();
        let first = faults.first()?.to_compile_error();
        let all = faults.iter().map(syn::Error::to_compile_error).collect();
        Some(Errors { all, first })
    }
}

/// The faults as tokens.
pub(crate) struct Errors {
    pub(crate) all: TokenStream,
    /// One of them as an expression, for constants that cannot have a value. The compiler prints the same error once, and
    /// evaluates nothing that such a constant is part of.
    pub(crate) first: TokenStream,
}

/// What errors are about, as in messages: "hook `on_login`". Most first lines begin with it.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) name: &'a str,
    pub(crate) diag: &'a Diag,
}

impl Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Subject<'_> {
    /// Reports a fault whose first line is "<name>: <line>".
    pub(crate) fn report(self, code: Code, at: impl Place, line: impl Display, help: impl Display) {
        self.diag.push(at, self.fault(code, line).help(help));
    }

    /// A fault whose first line is "<name>: <line>".
    pub(crate) fn fault(self, code: Code, line: impl Display) -> Fault {
        Fault::new(code, format_args!("{self}: {line}"))
    }
}

/// Where an error points: at one token, or at all of some tokens, of which there must be one.
pub(crate) trait Place {
    fn error(self, text: String) -> syn::Error;
}

impl Place for Span {
    fn error(self, text: String) -> syn::Error {
        syn::Error::new(self, text)
    }
}

impl<T: ToTokens> Place for &T {
    fn error(self, text: String) -> syn::Error {
        syn::Error::new_spanned(self, text)
    }
}

impl Drop for Diag {
    fn drop(&mut self) {
        if self.faults.get_mut().is_some() && !thread::panicking() {
            panic!("a `Diag` was dropped without its faults being read");
        }
    }
}
