//! A service: a trait.

use syn::{Ident, Path, Visibility};

use crate::attr::service::ServiceAttr;
use crate::value::name::{self, Name};

pub(crate) struct Service {
    pub(crate) krate: Option<Path>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) name: Name,
    pub(crate) single: bool,
}

impl Service {
    pub(crate) fn from_attr(attr: ServiceAttr, ident: &Ident, vis: &Visibility) -> Self {
        let derived = || Name::derived(name::from_ident(&ident.to_string()), ident.span());
        Service {
            krate: attr.krate,
            vis: vis.clone(),
            ident: ident.clone(),
            name: attr.name.unwrap_or_else(derived),
            single: attr.single,
        }
    }
}
