//! A plugin struct, and the impl block that goes with it.

use std::env;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{Fields, Ident, Index, ItemStruct, LitStr, Member, Path, Type};

use super::inject::Field;
use super::without_lifetimes;
use crate::attr::literal::Requirement;
use crate::attr::plugin::PluginAttr;
use crate::attr::strip::Ours;
use crate::code;
use crate::diag::Diag;
use crate::value::name::{self, Name};
use crate::value::version::{self, Version};

/// A plugin, whether written as a struct or as a free hook function.
pub(crate) struct Plugin {
    pub(crate) krate: Option<Path>,
    pub(crate) ident: Ident,
    pub(crate) name: Name,
    pub(crate) is_tuple: bool,
    pub(crate) version: Version,
    pub(crate) description: Option<LitStr>,
    pub(crate) feature: Option<Name>,
    pub(crate) optional: bool,
    /// In milliseconds.
    pub(crate) timeout: Option<u64>,
    pub(crate) settings: Option<Name>,
    pub(crate) requires: Vec<Requirement>,
    pub(crate) provides: Vec<Type>,
    pub(crate) emits: Vec<Type>,
    pub(crate) fields: Vec<Field>,
}

impl Plugin {
    /// Reads a struct and takes our attributes off its fields.
    pub(crate) fn from_struct(attr: PluginAttr, original: &mut ItemStruct, diag: &Diag) -> Self {
        let ours = Ours::of(&attr.krate);
        let ident = original.ident.clone();
        let fields = fields(&mut original.fields, &ident, ours, diag);
        // A name that was given and has a fault is reported already; its stand-in must not be.
        let faulty = || Name::derived(String::new(), ident.span());
        let derived = || {
            if attr.name_given {
                faulty()
            } else {
                let help = "write `#[plugin(name = \"…\")]`, or an identifier of a-z, 0-9 and `_`";
                derived_name(&ident, help, diag)
            }
        };
        Plugin {
            krate: attr.krate,
            name: attr.name.unwrap_or_else(derived),
            is_tuple: matches!(original.fields, Fields::Unnamed(_)),
            version: attr.version.unwrap_or_else(crate_version),
            description: attr.description,
            feature: attr.feature,
            optional: attr.optional,
            timeout: attr.timeout,
            settings: attr.settings,
            requires: attr.requires,
            provides: attr.provides.into_iter().map(without_lifetimes).collect(),
            emits: attr.emits,
            fields,
            ident,
        }
    }

    /// The plugin behind a free hook function.
    pub(crate) fn from_function(
        ident: Ident,
        name: Name,
        krate: Option<Path>,
        fields: Vec<Field>,
    ) -> Self {
        Plugin {
            krate,
            is_tuple: false,
            name,
            version: crate_version(),
            description: None,
            feature: None,
            optional: false,
            timeout: None,
            settings: None,
            requires: Vec::new(),
            provides: Vec::new(),
            emits: Vec::new(),
            fields,
            ident,
        }
    }
}

fn fields(fields: &mut Fields, owner: &Ident, ours: Ours<'_>, diag: &Diag) -> Vec<Field> {
    let read = |(position, field): (usize, &mut syn::Field)| {
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::Unnamed(Index {
                index: u32::try_from(position).unwrap_or(u32::MAX),
                span: field.ty.span(),
            }),
        };
        Field::from_syn(field, member, owner, ours, diag)
    };
    fields.iter_mut().enumerate().map(read).collect()
}

/// A name made from the type's or function's; only an identifier outside of ASCII does not make one.
pub(super) fn derived_name(ident: &Ident, help: &str, diag: &Diag) -> Name {
    let text = name::from_ident(&ident.to_string());
    if let Err(reason) = name::check(&text) {
        let line = format_args!("the name `{text}`, made from `{ident}`, {reason}");
        diag.report(code::BAD_NAME, ident, line, help);
    }
    Name::derived(text, ident.span())
}

/// The version of the user's crate. Outside of cargo there is none.
fn crate_version() -> Version {
    let version = env::var("CARGO_PKG_VERSION")
        .ok()
        .and_then(|text| version::parse_version(&text).ok());
    version.unwrap_or(Version {
        major: 0,
        minor: 0,
        patch: 0,
        pre: String::new(),
    })
}

/// The type of an impl block.
pub(crate) struct SelfType {
    pub(crate) tokens: TokenStream,
    /// The last segment, for messages.
    pub(crate) ident: Ident,
}

impl SelfType {
    pub(crate) fn from_ident(ident: &Ident) -> Self {
        SelfType {
            tokens: ident.to_token_stream(),
            ident: ident.clone(),
        }
    }

    /// In place of the type of an impl block that cannot be a plugin's.
    pub(crate) fn unknown(ty: &Type) -> Self {
        SelfType {
            tokens: ty.to_token_stream(),
            ident: Ident::new("_unknown", Span::call_site()),
        }
    }

    /// `None` for anything but a path without generic arguments.
    pub(crate) fn from_type(ty: &Type) -> Option<Self> {
        let ty = super::unwrap_groups(ty);
        let Type::Path(path) = ty else { return None };
        let last = path.path.segments.last().filter(|_| path.qself.is_none())?;
        let plain = path
            .path
            .segments
            .iter()
            .all(|segment| segment.arguments.is_empty());
        plain.then(|| SelfType {
            tokens: ty.to_token_stream(),
            ident: last.ident.clone(),
        })
    }
}
