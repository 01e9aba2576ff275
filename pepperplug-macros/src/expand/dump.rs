//! `PEPPERPLUG_DUMP=<name>` in the environment prints the expansion of the item of that name.
//!
//! The tokens are printed as they are: a formatter would be a dependency of every build.

use std::env;

use proc_macro2::TokenStream;

const VARIABLE: &str = "PEPPERPLUG_DUMP";

/// Prints `expansion` to stderr if the user asked for `item`.
pub(crate) fn print(item: &str, expansion: &TokenStream) {
    if env::var_os(VARIABLE).is_some_and(|wanted| wanted == item) {
        eprintln!("// {VARIABLE}: the expansion of `{item}`\n{expansion}");
    }
}
