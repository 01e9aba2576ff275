//! The rules that see more than one value, one function each. The sentence above a rule is the sentence in its error.

mod boxed;
pub(crate) mod dyn_compatible;
pub(crate) mod event;
pub(crate) mod hook;
pub(crate) mod plugin;
pub(crate) mod service;
