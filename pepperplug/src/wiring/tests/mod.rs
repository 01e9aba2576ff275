//! The rules against naive ones on random lists, the texts word for word, and the same results in a `const`.

mod consts;
mod messages;
mod oracle;
pub(crate) mod parts;
mod properties;
mod small;
mod world;
