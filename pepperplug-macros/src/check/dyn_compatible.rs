//! A service is used as `dyn Trait`, so everything in its trait must be reachable through one. The compiler knows that rule
//! too, but explains it at every place that names the trait; here it is told once, at the token to change.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{
    Generics, ItemTrait, ReturnType, Signature, TraitItem, Type, TypeParamBound, WherePredicate,
};

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
    for item in &original.items {
        match item {
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
                if let Some(params) = generic_params(&ty.generics, true) {
                    let line = format_args!(
                        "{subject}: its type `{}` is generic, so `dyn {}` cannot name it",
                        ty.ident, original.ident
                    );
                    subject
                        .diag
                        .report(code::NOT_DYN, &params, line, "write a concrete type");
                }
            }
            _ => {}
        }
    }
}

fn supertrait(bound: &TypeParamBound, service: &str, subject: Subject<'_>) {
    let TypeParamBound::Trait(bound) = bound else {
        return;
    };
    let Some(last) = bound.path.segments.last() else {
        return;
    };
    // `?Sized` relaxes.
    let relaxed = readable(bound).starts_with('?');
    if OF_ONE_TYPE.iter().any(|name| last.ident == name) && !relaxed {
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
    let report = |at: Span, why: &str, help: &str| {
        let line = format_args!(
            "{subject}: its method `{name}` {why}, so nobody can call it through `dyn`"
        );
        subject.diag.report(code::NOT_DYN, at, line, help);
    };
    if sig.receiver().is_none() {
        let help = format!("write `&self` first, {KEEP_OUT}");
        return report(name.span(), "takes no `self`", &help);
    }
    if let Some(token) = &sig.asyncness {
        let help = "return the future in a box: `fn …(&self) -> Pin<Box<dyn Future<Output = …> + Send + '_>>`";
        report(token.span(), "is `async`", help);
    } else if let Some(future) = opaque(&sig.output) {
        let help = format!("return it in a box: `Box<dyn {}>`", future.1);
        report(future.0, "returns an `impl` type", &help);
    }
    if let Some(params) = generic_params(&sig.generics, false) {
        let help = format!("write concrete types, {KEEP_OUT}");
        let at = params
            .into_iter()
            .next()
            .map_or(name.span(), |token| token.span());
        report(at, "is generic", &help);
    }
    for argument in signature::arguments(sig) {
        if let Some(generic) = find_impl(&argument.ty) {
            let help = format!("write a concrete type or `&dyn …`, {KEEP_OUT}");
            report(generic, "is generic through `impl`", &help);
        } else if let Some(at) = bare_self(argument.ty.to_token_stream()) {
            let help = format!("write a concrete type, {KEEP_OUT}");
            report(at, "takes another `Self`", &help);
        }
    }
    if let ReturnType::Type(_, ty) = &sig.output {
        if let Some(at) = bare_self(ty.to_token_stream()) {
            let help = format!("write a concrete type, {KEEP_OUT}");
            report(at, "returns `Self`", &help);
        }
    }
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

/// Where a return type is `impl Trait`, and the trait.
fn opaque(output: &ReturnType) -> Option<(Span, String)> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    match unwrap_groups(ty) {
        Type::ImplTrait(opaque) => Some((opaque.span(), readable(&opaque.bounds))),
        _ => None,
    }
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
