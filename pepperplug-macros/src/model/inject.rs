//! A field of a plugin, or a parameter of a free hook function: where its first value comes from.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Attribute, Expr, Ident, Member, Type};

use super::edge::Edge;
use super::{refusal, without_self};
use crate::attr::inject::{self, InjectAttr};
use crate::attr::strip::{self, Ours};
use crate::code;
use crate::diag::{Diag, Subject};
use crate::symbol;

/// A field of a plugin, or a parameter of a free hook function.
pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) ty: TokenStream,
    pub(crate) source: Source,
}

/// Where a field's first value comes from.
pub(crate) enum Source {
    Inject(Injection),
    Init(Expr),
    /// Its default; with the edge that `#[inject]` would make of its type, where it would be one.
    Default(Option<Edge>),
    /// The attribute or the type has a fault, which is reported.
    Faulty,
}

pub(crate) struct Injection {
    pub(crate) edge: Edge,
    pub(crate) attr: InjectAttr,
}

impl Field {
    /// The name in messages and in introspection: `database`, or `0` in a tuple struct.
    pub(crate) fn label(&self) -> String {
        label(&self.member)
    }

    /// Reads a field of a plugin struct and takes our attributes off it.
    pub(crate) fn from_syn(
        field: &mut syn::Field,
        member: Member,
        owner: &Ident,
        ours: Ours<'_>,
        diag: &Diag,
    ) -> Self {
        let name = &format!("field `{}` of plugin `{owner}`", label(&member));
        let subject = Subject { name, diag };
        let injects = ours.take(&mut field.attrs, symbol::INJECT);
        let inits = ours.take(&mut field.attrs, symbol::INIT);
        ours.refuse_in_cfg_attr(&mut field.attrs, &[symbol::INJECT, symbol::INIT], subject);
        let inject = strip::only_one(injects, symbol::INJECT, subject);
        let init = strip::only_one(inits, symbol::INIT, subject);
        let owner = &owner.to_token_stream();
        let source = match (inject, init) {
            (Some(_), Some(init)) => {
                let at = inject::name_span(&init);
                let line = format_args!("{subject} has both `#[inject]` and `#[init]`");
                diag.report(code::ATTRIBUTE_TWICE, at, line, "remove one of the two");
                Source::Faulty
            }
            (Some(inject), None) => source(
                inject::from_attribute(&inject, subject),
                &field.ty,
                owner,
                subject,
            ),
            (None, Some(init)) => {
                inject::init_from_attribute(&init, subject).map_or(Source::Faulty, Source::Init)
            }
            (None, None) => Source::Default(Edge::from_type(&field.ty, owner)),
        };
        Field {
            member,
            cfgs: strip::cfgs(&field.attrs),
            ty: without_self(&field.ty, owner),
            source,
        }
    }
}

fn label(member: &Member) -> String {
    match member {
        Member::Named(ident) => ident.to_string().trim_start_matches("r#").to_owned(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// The source of something injected as `attr` says.
pub(crate) fn source(
    attr: InjectAttr,
    ty: &Type,
    owner: &TokenStream,
    subject: Subject<'_>,
) -> Source {
    let edge = if attr.settings.is_some() {
        Some(Edge::Settings(without_self(ty, owner)))
    } else {
        Edge::from_type(ty, owner)
    };
    match edge {
        Some(edge) => Source::Inject(Injection { edge, attr }),
        None => {
            let (reason, help) = refusal::explain(ty);
            subject.report(code::NOT_INJECTABLE, ty, reason, help);
            Source::Faulty
        }
    }
}
