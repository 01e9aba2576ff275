//! The attribute macros of pepperplug. Use them through the crate `pepperplug`, which documents how they work together.

mod attr;
mod check;
mod code;
mod diag;
mod driver;
mod expand;
#[cfg(test)]
mod faults;
mod misplaced;
mod model;
// With the guard on, there is more to each expansion, which the tests in `expand::link` look at.
#[cfg(all(test, not(feature = "link-guard")))]
mod snapshots;
mod suggest;
mod symbol;
mod unread;
mod value;

use proc_macro::TokenStream;

/// Declares a plugin: on its struct, and on the `impl` block with its lifecycle methods and hooks.
#[proc_macro_attribute]
pub fn plugin(attr: TokenStream, item: TokenStream) -> TokenStream {
    driver::plugin(attr.into(), item.into()).into()
}

/// Declares a hook: on a method of a `#[plugin]` impl block, or on a free function.
#[proc_macro_attribute]
pub fn hook(attr: TokenStream, item: TokenStream) -> TokenStream {
    driver::hook(attr.into(), item.into()).into()
}

/// Declares an event: on a struct or an enum.
#[proc_macro_attribute]
pub fn event(attr: TokenStream, item: TokenStream) -> TokenStream {
    driver::event(attr.into(), item.into()).into()
}

/// Declares a service: on a trait that plugins provide and others inject.
#[proc_macro_attribute]
pub fn service(attr: TokenStream, item: TokenStream) -> TokenStream {
    driver::service(attr.into(), item.into()).into()
}

/// Injects a field of a `#[plugin]` struct.
#[proc_macro_attribute]
pub fn inject(_attr: TokenStream, item: TokenStream) -> TokenStream {
    misplaced::field_attribute(symbol::INJECT, &item.into()).into()
}

/// Gives the first value of a field of a `#[plugin]` struct.
#[proc_macro_attribute]
pub fn init(_attr: TokenStream, item: TokenStream) -> TokenStream {
    misplaced::field_attribute(symbol::INIT, &item.into()).into()
}

/// A list of plugins, and the proof that they fit together.
#[proc_macro]
pub fn plugins(tokens: TokenStream) -> TokenStream {
    driver::plugins(tokens.into()).into()
}

/// Defines or needs a symbol of the link guard. Called by the macros that `#[service]` emits.
#[doc(hidden)]
#[proc_macro]
pub fn __link(tokens: TokenStream) -> TokenStream {
    driver::link(tokens.into()).into()
}
