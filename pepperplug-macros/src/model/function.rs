//! A free hook function: a hook and the plugin that stands for it.
//!
//! The parameters after the event are injected. Their values need an owner, so the function becomes a plugin of its own: a
//! struct of the function's name in the type namespace, where it meets no function, with a field for each parameter.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident};
use syn::spanned::Spanned as _;
use syn::{Attribute, FnArg, Ident, ItemFn, Member, Pat, PatType, Type, Visibility};

use super::hook::Hook;
use super::inject::{self as model, Field, Source};
use super::method::assemble;
use super::plugin::{Plugin, derived_name};
use super::signature::{self, Reader};
use super::{readable, unwrap_groups, without_self};
use crate::attr::hook::HookAttr;
use crate::attr::inject;
use crate::attr::strip::{self, Ours};
use crate::code;
use crate::diag::Subject;
use crate::symbol;
use crate::value::name::Name;

pub(crate) struct Function {
    pub(crate) vis: Visibility,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) plugin: Plugin,
    /// Nothing when its signature has faults.
    pub(crate) hook: Option<Hook>,
    /// How each injected parameter is passed, in the order of the plugin's fields.
    pub(crate) passes: Vec<Pass>,
}

/// How a parameter gets what its field holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    /// A clone: of an `Arc`, mostly.
    Clone,
    /// The parameter is a reference.
    Reference,
}

impl Function {
    /// Reads a function and takes our attributes off its parameters.
    pub(crate) fn from_item(attr: HookAttr, original: &mut ItemFn, subject: Subject<'_>) -> Self {
        let krate = attr.krate.clone();
        let signature = original.sig.clone();
        let self_ty = &signature.ident.to_token_stream();
        let reader = Reader { subject, self_ty };
        reader.check_callable(&signature, code::GENERIC_HOOK, code::HOOK_QUALIFIER);

        let arguments = signature::arguments(&signature);
        let of_event = count_event_arguments(&arguments);
        if of_event == 0 {
            let line = format_args!("{subject} takes no event");
            let help =
                "write `(event: &Event)`, or `(ctx: &EventContext)` for the name and data only";
            subject
                .diag
                .report(code::HOOK_WITHOUT_ARGUMENT, &signature.ident, line, help);
        }
        let argument = reader.argument(&arguments[..of_event]);
        let name = plugin_name(&attr, &signature.ident, subject);
        let ours = Ours::of(&krate);
        let (fields, passes) = parameters(original, of_event, ours, reader);
        Function {
            vis: original.vis.clone(),
            cfgs: strip::cfgs(&original.attrs),
            // The hook stands inside of items that carry the conditions already.
            hook: assemble(attr, argument, reader, &signature, Vec::new()),
            plugin: Plugin::from_function(signature.ident.clone(), name, krate, fields),
            passes,
        }
    }
}

/// The name that was given, or the function's.
fn plugin_name(attr: &HookAttr, ident: &Ident, subject: Subject<'_>) -> Name {
    let help = "write `#[hook(…, name = \"…\")]`, or an identifier of a-z, 0-9 and `_`";
    match &attr.name {
        Some(name) => name.clone(),
        // It has a fault, which is reported.
        None if attr.name_given => Name::derived(String::new(), ident.span()),
        None => derived_name(ident, help, subject.diag),
    }
}

/// How many parameters come from the event: itself, and the context.
fn count_event_arguments(arguments: &[&PatType]) -> usize {
    match arguments {
        [] => 0,
        [first, ..] if signature::is_context(&first.ty) => 1,
        [_, second, third, ..]
            if signature::is_context(&second.ty) && signature::is_next(&third.ty) =>
        {
            3
        }
        [_, second, ..] if signature::is_context(&second.ty) || signature::is_next(&second.ty) => 2,
        _ => 1,
    }
}

fn parameters(
    original: &mut ItemFn,
    skip: usize,
    ours: Ours<'_>,
    reader: Reader<'_>,
) -> (Vec<Field>, Vec<Pass>) {
    let mut parameters = Vec::new();
    for argument in original.sig.inputs.iter_mut().skip(skip) {
        if let FnArg::Typed(parameter) = argument {
            let position = parameters.len();
            parameters.push(read_parameter(parameter, position, ours, reader));
        }
    }
    parameters.into_iter().unzip()
}

fn read_parameter(
    parameter: &mut PatType,
    position: usize,
    ours: Ours<'_>,
    Reader { subject, self_ty }: Reader<'_>,
) -> (Field, Pass) {
    let name = &format!("parameter `{}` of {subject}", readable(&parameter.pat));
    let subject = Subject { name, ..subject };
    let attributes = ours.take(&mut parameter.attrs, symbol::INJECT);
    ours.refuse_in_cfg_attr(&mut parameter.attrs, &[symbol::INJECT], subject);
    let attribute = strip::only_one(attributes, symbol::INJECT, subject);
    let attr = attribute.map(|attribute| inject::from_attribute(&attribute, subject));
    let attr = attr.unwrap_or_default();
    let (ty, pass) = match unwrap_groups(&parameter.ty) {
        Type::Reference(reference) if attr.settings.is_some() => {
            (&*reference.elem, Pass::Reference)
        }
        ty => (ty, Pass::Clone),
    };
    let is_refused = pass == Pass::Clone && is_refused(ty, subject);
    let source = if is_refused {
        Source::Faulty
    } else {
        model::source(attr, ty, self_ty, subject)
    };
    let ty = if is_refused {
        // A reference in the struct that stands for the function would raise errors of its own.
        quote::quote!(())
    } else {
        without_self(ty, self_ty)
    };
    let field = Field {
        member: Member::Named(field_name(&parameter.pat, position)),
        cfgs: strip::cfgs(&parameter.attrs),
        ty,
        source,
    };
    (field, pass)
}

/// The parameter's own name where it has one, since introspection shows it.
fn field_name(pattern: &Pat, position: usize) -> Ident {
    match pattern {
        Pat::Ident(pattern) => pattern.ident.clone(),
        _ => format_ident!("__{position}"),
    }
}

/// A parameter after the event and the context is owned.
fn is_refused(ty: &Type, subject: Subject<'_>) -> bool {
    let Type::Reference(reference) = ty else {
        return false;
    };
    if signature::is_context(ty) {
        let line = "the context stands right after the event";
        subject.report(code::BAD_PARAMETER, ty.span(), line, "move it there");
        return true;
    }
    let inner: TokenStream = reference.elem.to_token_stream();
    let inner = readable(&inner);
    let line = format_args!("`{}` cannot be injected into a function", readable(ty));
    let help =
        format_args!("write `Arc<{inner}>`, or `#[inject(settings)] …: &{inner}` for settings");
    subject.report(code::BAD_PARAMETER, ty.span(), line, help);
    true
}
