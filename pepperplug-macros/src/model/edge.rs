//! What an injected type asks for, read off its shape.
//!
//! A macro sees names, not types, so the shape is that of the last path segment: `std::sync::Arc<P>` is `Arc<P>`. Any other
//! path may be an alias of such a type; its edge is resolved by trait.

use proc_macro2::TokenStream;
use syn::{GenericArgument, PathArguments, PathSegment, Type, TypePath};

use super::{only_trait, unwrap_groups, without_lifetimes, without_self};

/// What is wanted.
pub(crate) enum Edge {
    Plugin(Access, TokenStream),
    Service(Access, TokenStream),
    /// A type whose edge a trait knows: `Events`, or an alias.
    Other(TokenStream),
    Settings(TokenStream),
}

/// How it is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Arc,
    Option,
    Vec,
    Lazy,
}

/// Generic types that nobody can take for an alias of something injectable.
const WRAPPERS: &[&str] = &[
    "Arc", "Box", "Cell", "Lazy", "Mutex", "OnceCell", "OnceLock", "Option", "Rc", "RefCell",
    "RwLock", "Vec", "Weak",
];

impl Edge {
    /// `None` for a type that cannot be injected; why not, is for [`super::refusal`] to say.
    pub(super) fn from_type(ty: &Type, owner: &TokenStream) -> Option<Self> {
        let ty = unwrap_groups(ty);
        let other = || Edge::Other(without_self(ty, owner));
        let Some((wrapper, inner)) = wrapped(ty) else {
            // `<T as Trait>::Assoc`, `alias!()`, `Alias`: whatever they stand for, a trait decides.
            return matches!(ty, Type::Path(_) | Type::Macro(_)).then(other);
        };
        match wrapper.as_str() {
            "Arc" => target(inner, Access::Arc, owner),
            "Lazy" => target(inner, Access::Lazy, owner),
            "Option" => target(shared(inner)?, Access::Option, owner),
            "Vec" => target(shared(inner)?, Access::Vec, owner),
            _ => None,
        }
    }
}

/// The plugin or service behind an `Arc` or `Lazy`.
fn target(ty: &Type, access: Access, owner: &TokenStream) -> Option<Edge> {
    let ty = unwrap_groups(ty);
    let tokens = without_self(ty, owner);
    match ty {
        Type::TraitObject(object) => {
            let service = only_trait(object).map(|_| without_lifetimes(ty.clone()))?;
            Some(Edge::Service(access, without_self(&service, owner)))
        }
        Type::Path(_) if wrapped(ty).is_some() || access == Access::Vec => None,
        Type::Path(_) | Type::Macro(_) => Some(Edge::Plugin(access, tokens)),
        _ => None,
    }
}

/// `T` of `Arc<T>`.
fn shared(ty: &Type) -> Option<&Type> {
    wrapped(ty)
        .filter(|(wrapper, _)| wrapper == "Arc")
        .map(|(_, inner)| inner)
}

/// The wrapper's name and what it wraps.
pub(super) fn wrapped(ty: &Type) -> Option<(String, &Type)> {
    let Type::Path(TypePath {
        qself: None, path, ..
    }) = unwrap_groups(ty)
    else {
        return None;
    };
    let segment = path.segments.last()?;
    let name = segment.ident.to_string();
    let inner = only_argument(segment).filter(|_| WRAPPERS.contains(&name.as_str()))?;
    Some((name, inner))
}

/// The generic argument of a segment that has exactly one, and it a type.
fn only_argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match (arguments.args.len(), arguments.args.first()) {
        (1, Some(GenericArgument::Type(ty))) => Some(ty),
        _ => None,
    }
}
