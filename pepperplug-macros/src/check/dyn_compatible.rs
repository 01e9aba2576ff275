//! A service is used as `dyn Trait`, so everything in its trait must be reachable through one. The compiler knows that rule
//! too, but explains it at every place that names the trait; here it is told once, at the token to change.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;
use syn::{
    Attribute, Generics, ItemTrait, ReturnType, Signature, TraitBound, TraitItem, Type,
    TypeParamBound, WherePredicate,
};

use super::boxed;
use crate::code;
use crate::diag::Subject;
use crate::model::{generic_params, readable, signature, unwrap_groups};

/// Supertraits that cannot be called through `dyn`, since they name or need the type itself.
const OF_ONE_TYPE: &[&str] = &[
    "Sized",
    "Clone",
    "Copy",
    "Default",
    "PartialEq",
    "Eq",
    "PartialOrd",
    "Ord",
];

/// What there is to do about an item that must not be in the service.
const KEEP_OUT: &str = "or add `where Self: Sized` to keep it out of the service";

/// A service's trait is dyn compatible.
pub(super) fn check(original: &ItemTrait, subject: Subject<'_>) {
    for bound in &original.supertraits {
        supertrait(bound, &original.ident.to_string(), subject);
    }
    let is_rewritten = original.attrs.iter().any(boxes_futures);
    for item in &original.items {
        match item {
            TraitItem::Fn(method) if is_rewritten && method.sig.asyncness.is_some() => {}
            TraitItem::Fn(method) if !needs_sized(&method.sig.generics) => {
                check_method(&method.sig, subject);
            }
            TraitItem::Const(constant) => {
                let name = &constant.ident;
                let line = format_args!(
                    "{subject} has the constant `{name}`, which `dyn {}` cannot know",
                    original.ident
                );
                let help = format_args!(
                    "write a method: `fn {}(&self) -> …`",
                    name.to_string().to_lowercase()
                );
                subject.diag.report(code::NOT_DYN, name, line, help);
            }
            TraitItem::Type(ty) if !needs_sized(&ty.generics) => {
                let line = format_args!(
                    "{subject} leaves its type `{}` to each plugin, so `dyn {}` cannot be one type",
                    ty.ident, original.ident
                );
                let help = format_args!("write a concrete type in place of `Self::{}`", ty.ident);
                subject.diag.report(code::NOT_DYN, &ty.ident, line, help);
            }
            _ => {}
        }
    }
}

/// Whether an attribute, which is expanded after this, puts the futures of async methods into boxes.
fn boxes_futures(attr: &Attribute) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|last| last.ident == "async_trait")
}

/// Whether a supertrait keeps a trait from being used as `dyn`.
pub(crate) fn is_of_one_type(bound: &TraitBound) -> bool {
    let last = bound.path.segments.last();
    // `?Sized` relaxes.
    let is_relaxed = readable(bound).starts_with('?');
    !is_relaxed && last.is_some_and(|last| OF_ONE_TYPE.iter().any(|name| last.ident == name))
}

fn supertrait(bound: &TypeParamBound, service: &str, subject: Subject<'_>) {
    let TypeParamBound::Trait(bound) = bound else {
        return;
    };
    let Some(last) = bound.path.segments.last() else {
        return;
    };
    if is_of_one_type(bound) {
        let line = format_args!(
            "{subject} has the supertrait `{}`, which `dyn {service}` cannot have",
            last.ident
        );
        subject
            .diag
            .report(code::NOT_DYN, &bound.path, line, "remove it");
    }
}

fn check_method(sig: &Signature, subject: Subject<'_>) {
    let name = &sig.ident;
    for Obstacle { at, why, help } in obstacles(sig) {
        let line = format_args!(
            "{subject}: its method `{name}` {why}, so nobody can call it through `dyn`"
        );
        subject.diag.report(code::NOT_DYN, at, line, help);
    }
}

/// Whether a method can be called through `dyn`.
pub(crate) fn is_callable(sig: &Signature) -> bool {
    needs_sized(&sig.generics) || obstacles(sig).is_empty()
}

/// Why a method cannot be called through `dyn`.
struct Obstacle {
    at: Span,
    why: &'static str,
    help: String,
}

fn obstacles(sig: &Signature) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let mut add =
        |at: Span, why: &'static str, help: String| found.push(Obstacle { at, why, help });
    let keep_out = |first: &str| format!("{first}, {KEEP_OUT}");
    if sig.receiver().is_none() {
        // Without `self` nothing else matters.
        add(
            sig.ident.span(),
            "takes no `self`",
            keep_out("write `&self` first"),
        );
        return found;
    }
    if let Some(token) = &sig.asyncness {
        let output = match &sig.output {
            ReturnType::Type(_, ty) => ty.to_token_stream(),
            ReturnType::Default => quote!(()),
        };
        add(token.span(), "is `async`", boxed::help(sig, output));
    } else if let Some((at, bounds, output)) = opaque(&sig.output) {
        let help = match output {
            Some(output) => boxed::help(sig, output),
            None => format!("return it in a box: `Box<dyn {bounds}>`"),
        };
        add(at, "returns an `impl` type", help);
    }
    if let Some(params) = generic_params(&sig.generics, false) {
        let at = params
            .into_iter()
            .next()
            .map_or(sig.ident.span(), |token| token.span());
        add(at, "is generic", keep_out("write concrete types"));
    }
    for argument in signature::arguments(sig) {
        if let Some(at) = find_impl(&argument.ty) {
            add(
                at,
                "is generic through `impl`",
                keep_out("write a concrete type or `&dyn …`"),
            );
        } else if let Some(at) = bare_self(argument.ty.to_token_stream()) {
            add(
                at,
                "takes another `Self`",
                keep_out("write a concrete type"),
            );
        }
    }
    if let ReturnType::Type(_, ty) = &sig.output {
        if let Some(at) = bare_self(ty.to_token_stream()) {
            add(at, "returns `Self`", keep_out("write a concrete type"));
        }
    }
    found
}

/// `where Self: Sized`: the item is there for the types alone, and `dyn` does without it.
fn needs_sized(generics: &Generics) -> bool {
    let Some(clause) = &generics.where_clause else {
        return false;
    };
    clause.predicates.iter().any(|predicate| match predicate {
        WherePredicate::Type(bounds) => {
            readable(&bounds.bounded_ty) == "Self"
                && bounds.bounds.iter().any(|bound| {
                    matches!(bound, TypeParamBound::Trait(bound)
                        if bound.path.segments.last().is_some_and(|last| last.ident == "Sized"))
                })
        }
        _ => false,
    })
}

/// Where a return type is `impl Trait`, its bounds, and what it yields if it is a future.
fn opaque(output: &ReturnType) -> Option<(Span, String, Option<TokenStream>)> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let ty = unwrap_groups(ty);
    let Type::ImplTrait(opaque) = ty else {
        return None;
    };
    let yields = signature::future_output(ty).map(|(_, output)| output.to_token_stream());
    Some((opaque.span(), readable(&opaque.bounds), yields))
}

fn find_impl(ty: &Type) -> Option<Span> {
    let inner = match unwrap_groups(ty) {
        Type::Reference(reference) => unwrap_groups(&reference.elem),
        ty => ty,
    };
    matches!(inner, Type::ImplTrait(_)).then(|| inner.span())
}

/// `Self` by itself; `Self::Key` is a type that `dyn` knows.
fn bare_self(tokens: TokenStream) -> Option<Span> {
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let found = match tree {
            TokenTree::Ident(word) if word == "Self" => {
                let is_path =
                    matches!(trees.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                (!is_path).then(|| word.span())
            }
            TokenTree::Group(group) => bare_self(group.stream()),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}
