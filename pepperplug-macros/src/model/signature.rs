//! Signatures of hooks and lifecycle methods: what is called with what, and what cannot be called.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned as _;
use syn::{
    FnArg, GenericArgument, PatType, PathArguments, Receiver, ReceiverKind, ReturnType, Safety,
    Signature, Type, TypeParamBound,
};

use super::hook::{Argument, EventArgument, Returns};
use super::{generic_params, readable, unwrap_groups, without_self};
use crate::code;
use crate::diag::{Code, Subject};

/// Reads signatures on behalf of one hook or method.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) subject: Subject<'a>,
    /// What `Self` stands for.
    pub(crate) self_ty: &'a TokenStream,
}

/// How a method may take `self`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SelfKind {
    Ref,
    RefMut,
    Value,
}

impl Reader<'_> {
    /// Reports what keeps any function from being called through a pointer: generics, and the qualifiers.
    pub(crate) fn check_callable(self, signature: &Signature, generic: Code, qualifier: Code) {
        let Subject { name, diag } = self.subject;
        if let Some(params) = generic_params(&signature.generics, false) {
            let line =
                format_args!("{name} is generic, and nobody would say for which types to call it");
            diag.report(generic, &params, line, "write concrete types");
        }
        for argument in arguments(signature) {
            self.check_concrete(&argument.ty, generic);
        }
        let is_unsafe = matches!(signature.safety, Safety::Unsafe(_));
        let qualifiers = [
            (signature.constness.map(|token| token.span), "const"),
            (is_unsafe.then(|| signature.safety.span()), "unsafe"),
            (
                signature.abi.as_ref().map(|abi| abi.extern_token.span),
                "extern",
            ),
        ];
        for (span, word) in qualifiers {
            if let Some(span) = span {
                let line = format_args!("{name} is `{word}`, and pepperplug calls plain methods");
                diag.report(qualifier, span, line, format_args!("remove `{word}`"));
            }
        }
    }

    fn check_concrete(self, ty: &Type, code: Code) {
        let inner = match unwrap_groups(ty) {
            Type::Reference(reference) => unwrap_groups(&reference.elem),
            ty => ty,
        };
        if let Type::ImplTrait(generic) = inner {
            let line = format_args!(
                "{} is generic through `{}`",
                self.subject,
                readable(generic)
            );
            self.subject
                .diag
                .report(code, generic, line, "write a concrete type");
        }
    }

    /// What a hook is called with: `arguments` are those after `self`.
    pub(crate) fn argument(self, arguments: &[&PatType]) -> Option<Argument> {
        let (first, rest) = arguments.split_first()?;
        if is_context(&first.ty) {
            return rest.is_empty().then_some(Argument::Context);
        }
        let with_context = rest.first().is_some_and(|second| is_context(&second.ty));
        let next = rest.get(usize::from(with_context));
        let with_next = next.filter(|next| is_next(&next.ty));
        let with_next =
            with_next.map(|next| Some(without_self(next_event(&next.ty)?, self.self_ty)));
        let event = self.event(first, with_context)?;
        Some(Argument::Event(EventArgument { with_next, ..event }))
    }

    /// The event in `&E` or `&mut E`.
    fn event(self, argument: &PatType, with_context: bool) -> Option<EventArgument> {
        let ty = unwrap_groups(&argument.ty);
        let Type::Reference(reference) = ty else {
            let shown = readable(ty);
            let line = format_args!("{} takes the event `{shown}` by value", self.subject);
            let help = format_args!("write `&{shown}`, or `&mut {shown}` in mode `transform`");
            self.subject
                .diag
                .report(code::EVENT_BY_VALUE, ty, line, help);
            return None;
        };
        let elem = unwrap_groups(&reference.elem);
        if matches!(elem, Type::ImplTrait(_)) {
            // Reported as generic.
            return None;
        }
        if is_unsized(elem) {
            let line = format_args!(
                "{} takes `{}`, which is not an event",
                self.subject,
                readable(elem)
            );
            let help = "take a struct or an enum with `#[event]`: `&Event`";
            self.subject
                .diag
                .report(code::NOT_AN_EVENT, elem, line, help);
            return None;
        }
        let and = reference.and_token.span;
        Some(EventArgument {
            ty: without_self(elem, self.self_ty),
            mutable: reference.mutability.is_some(),
            reference: (and, reference.mutability.map_or(and, |token| token.span)),
            with_context,
            with_next: None,
        })
    }

    /// What the function returns, `async` or by `impl Future`.
    pub(crate) fn returns(self, signature: &Signature) -> Returns {
        let ty = match &signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(unwrap_groups(ty)),
        };
        let asyncness = signature.asyncness.map(|token| token.span);
        let future = ty.filter(|_| asyncness.is_none()).and_then(future_output);
        let (asyncness, ty) = match future {
            Some((span, output)) => (Some(span), Some(output)),
            None => (asyncness, ty),
        };
        Returns {
            asyncness,
            answers: ty.is_some_and(certainly_answers),
            ty: ty.map(|ty| without_self(ty, self.self_ty)),
        }
    }
}

/// Whether a type can be no event, being of no known size. The compiler would say so of each place that takes it.
fn is_unsized(ty: &Type) -> bool {
    match ty {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// The arguments after `self`.
pub(crate) fn arguments(signature: &Signature) -> Vec<&PatType> {
    let mut arguments = Vec::new();
    for argument in &signature.inputs {
        if let FnArg::Typed(typed) = argument {
            arguments.push(typed);
        }
    }
    arguments
}

/// How `self` is taken. `self: &Self` counts as `&self`.
pub(crate) fn self_kind(receiver: &Receiver) -> SelfKind {
    let mutability = match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability,
        ReceiverKind::Typed(_, ty) => match unwrap_groups(ty) {
            Type::Reference(reference) if readable(&reference.elem) == "Self" => {
                &reference.mutability
            }
            _ => return SelfKind::Value,
        },
        _ => return SelfKind::Value,
    };
    if mutability.is_some() {
        SelfKind::RefMut
    } else {
        SelfKind::Ref
    }
}

/// Whether a type is `&EventContext`, by the name of its last segment.
pub(crate) fn is_context(ty: &Type) -> bool {
    let Type::Reference(reference) = unwrap_groups(ty) else {
        return false;
    };
    match unwrap_groups(&reference.elem) {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "EventContext"),
        _ => false,
    }
}

/// Whether a type is `Next`, by the name of its last segment: the rest of the hooks.
pub(crate) fn is_next(ty: &Type) -> bool {
    match unwrap_groups(ty) {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "Next")
        }
        _ => false,
    }
}

/// `E` of `Next<'_, E>`.
fn next_event(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = unwrap_groups(ty) else {
        return None;
    };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(event) => Some(unwrap_groups(event)),
        _ => None,
    })
}

/// `Output` of `impl Future<Output = T>` or of a boxed `dyn Future<Output = T>`, and where the type says so.
pub(crate) fn future_output(ty: &Type) -> Option<(Span, &Type)> {
    match unwrap_groups(ty) {
        Type::ImplTrait(opaque) => opaque.bounds.iter().find_map(output_of),
        Type::TraitObject(object) => object.bounds.iter().find_map(output_of),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return None;
            };
            match arguments.args.first()? {
                GenericArgument::Type(inner) if last.ident == "Pin" || last.ident == "Box" => {
                    future_output(inner)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// `T` of the bound `Future<Output = T>`.
fn output_of(bound: &TypeParamBound) -> Option<(Span, &Type)> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let output = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(binding) if binding.ident == "Output" => Some(&binding.ty),
        _ => None,
    })?;
    (last.ident == "Future").then(|| (last.ident.span(), output))
}

/// Names of types that are certainly not `()` and no alias of a `Result`.
const VALUES: &[&str] = &[
    "bool", "char", "String", "Option", "Vec", "Box", "Arc", "u8", "u16", "u32", "u64", "u128",
    "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64",
];

/// Whether a return type says for certain that a hook answers: then it is no hook of a pattern.
fn certainly_answers(ty: &Type) -> bool {
    match unwrap_groups(ty) {
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return false;
            };
            match &last.arguments {
                PathArguments::AngleBracketed(arguments) if last.ident == "Result" => {
                    match arguments.args.first() {
                        Some(GenericArgument::Type(ok)) => certainly_answers(ok),
                        _ => false,
                    }
                }
                _ => VALUES.iter().any(|name| last.ident == name),
            }
        }
        Type::Tuple(tuple) => !tuple.elems.is_empty(),
        Type::Reference(_) | Type::Array(_) | Type::Slice(_) => true,
        _ => false,
    }
}

/// `T` and `E` of a return type that is written `Result<T, E>`, as text.
pub(crate) fn result_parts(returns: &TokenStream) -> Option<(String, String)> {
    let Ok(Type::Path(path)) = syn::parse2(returns.clone()) else {
        return None;
    };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let mut arguments = arguments.args.iter();
    match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(value), Some(error), None) if last.ident == "Result" => {
            Some((readable(value), readable(error)))
        }
        _ => None,
    }
}
