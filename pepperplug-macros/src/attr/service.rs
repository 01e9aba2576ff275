//! `#[service(…)]`.

use proc_macro2::TokenStream;
use syn::{Ident, Path};

use super::{Key, Kind, Leading, Table};
use crate::code;
use crate::diag::Subject;
use crate::symbol;
use crate::value::name::Name;

pub(crate) static TABLE: Table = Table {
    attribute: "#[service]",
    leading: Some(Leading {
        what: "the service's name",
        example: "\"cache\"",
        required: Some(code::BAD_NAME),
    }),
    keys: &[
        Key::new(symbol::CRATE, Kind::Path, "::pepperplug"),
        Key::flag(symbol::SINGLE),
    ],
    elsewhere: &[],
};

/// The sound options of `#[service(…)]`.
pub(crate) struct ServiceAttr {
    pub(crate) krate: Option<Path>,
    pub(crate) name: Option<Name>,
    /// At most one plugin of a program provides it, so the linker can prove that there is one.
    pub(crate) single: bool,
}

/// Reads the attribute. `at` is where a missing name is reported.
pub(crate) fn from_tokens(tokens: TokenStream, at: &Ident, subject: Subject<'_>) -> ServiceAttr {
    let mut options = super::parse(&TABLE, subject, tokens);
    let name = options.leading(|| subject.report_no_name(at, "service"));
    ServiceAttr {
        krate: options.path(symbol::CRATE),
        name: name.and_then(|literal| subject.read_name(&literal, "the service's name")),
        single: options.key(symbol::SINGLE).is_some(),
    }
}
