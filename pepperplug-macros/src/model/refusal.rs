//! Why a type cannot be injected, and what to write instead.
//!
//! Whatever was wrapped in the wrong way, what is wanted stands innermost, and the wrappers say how it is wanted: that is
//! enough to write the type that was meant.

use syn::Type;

use super::edge::wrapped;
use super::{first_trait, only_trait, readable, unwrap_groups};

const INJECTABLE: &str = "inject `Arc<Plugin>`, `Arc<dyn Service>`, an `Option` of these, `Vec<Arc<dyn Service>>`, \
                          `Lazy<…>` or `Events`; settings with `#[inject(settings)]`";

/// The reason and the remedy.
pub(super) fn explain(ty: &Type) -> (String, String) {
    let shown = readable(ty);
    let Meant {
        wrappers,
        inner,
        several,
    } = Meant::by(ty);
    let Some(inner) = inner else {
        return (
            format!("`{shown}` cannot be injected"),
            INJECTABLE.to_owned(),
        );
    };
    let has = |name: &str| wrappers.iter().any(|wrapper| wrapper == name);
    let is_service = inner.starts_with("dyn ");
    let reason = match wrappers.first().map(String::as_str) {
        Some("Vec") if !is_service => {
            format!("`{shown}` asks for several of one plugin, and there is one `{inner}` at most")
        }
        Some("Option") if has("Lazy") => format!("`{shown}` is optional and lazy at once"),
        Some("Lazy") if has("Arc") => {
            format!("`{shown}` cannot be injected, since `Lazy` shares by itself")
        }
        Some("Box" | "Rc" | "&") => {
            format!("`{shown}` cannot be injected, since plugins share what they inject")
        }
        Some("Arc" | "Lazy" | "Option" | "Vec") if several => {
            format!("`{shown}` cannot be injected, since a service is one trait")
        }
        _ => format!("`{shown}` cannot be injected"),
    };
    let help = if has("Lazy") || has("Weak") {
        format!("write `Lazy<{inner}>`, which is resolved on first use")
    } else if has("Option") {
        format!("write `Option<Arc<{inner}>>`")
    } else if has("Vec") && is_service {
        format!("write `Vec<Arc<{inner}>>`")
    } else if has("Vec") {
        format!("write `Arc<{inner}>`, or `Vec<Arc<dyn Service>>` for all providers of a service")
    } else {
        format!("write `Arc<{inner}>`")
    };
    (reason, help)
}

/// What a type is taken apart into.
struct Meant {
    /// From the outside in.
    wrappers: Vec<String>,
    /// What is wanted, as one would write it; nothing when the type says nothing about that.
    inner: Option<String>,
    /// Whether that is more than one trait.
    several: bool,
}

impl Meant {
    fn by(ty: &Type) -> Self {
        let mut wrappers = Vec::new();
        let mut ty = unwrap_groups(ty);
        loop {
            if let Some((wrapper, inner)) = wrapped(ty) {
                wrappers.push(wrapper);
                ty = unwrap_groups(inner);
            } else if let Type::Reference(reference) = ty {
                wrappers.push("&".to_owned());
                ty = unwrap_groups(&reference.elem);
            } else {
                break;
            }
        }
        let inner = match ty {
            Type::Path(_) => Some(readable(ty)),
            // A service is `Send + Sync` by its supertraits; one trait is all there is to write.
            Type::TraitObject(object) => first_trait(&object.bounds),
            Type::ImplTrait(opaque) => first_trait(&opaque.bounds),
            _ => None,
        };
        let several = matches!(ty, Type::TraitObject(object) if only_trait(object).is_none());
        Meant {
            wrappers,
            inner,
            several,
        }
    }
}
