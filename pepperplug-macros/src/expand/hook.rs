//! A hook: the shim that calls it, its metadata, and the checks of its signature against its event.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};

use super::method::return_type;
use super::path::{self, Private};
use crate::model::hook::{Argument, EventArgument, Hook};
use crate::model::plugin::SelfType;
use crate::model::{readable, signature};
use crate::value::name::Name;
use syn::Ident;

/// How the call inside a shim is written: `Type::method(this, …)`, or `function(…, injected)`.
pub(super) type Callee<'a> = &'a dyn Fn(&TokenStream) -> TokenStream;

/// One element of the list of hooks, a method's.
pub(super) fn expand_meta(pp: &Private, self_ty: &SelfType, hook: &Hook) -> TokenStream {
    let ty = &self_ty.tokens;
    let ident = &hook.ident;
    expand_meta_with(pp, ty, hook, &|arguments| {
        let this = path::local("this");
        expand_call(ty, ident, &quote!(#this, #arguments))
    })
}

/// One element of the list of hooks.
pub(super) fn expand_meta_with(
    pp: &Private,
    ty: &TokenStream,
    hook: &Hook,
    callee: Callee<'_>,
) -> TokenStream {
    let cfgs = &hook.cfgs;
    let label = hook.ident.to_string();
    let label = label.trim_start_matches("r#");
    let location = path::location(hook.ident.span());
    let shim = expand_shim(pp, ty, hook, callee);
    let constructor = match (&hook.argument, hook.returns.asyncness) {
        (Argument::Event(argument), asyncness) => {
            match (argument.with_next.is_some(), argument.mutable, asyncness) {
                (false, false, None) => "sync",
                (false, true, None) => "sync_mut",
                (false, false, Some(_)) => "r#async",
                (false, true, Some(_)) => "async_mut",
                (true, false, None) => "around",
                (true, true, None) => "around_mut",
                (true, false, Some(_)) => "async_around",
                (true, true, Some(_)) => "async_around_mut",
            }
        }
        (Argument::Context, None) => "sync_named",
        (Argument::Context, Some(_)) => "async_named",
    };
    let constructor = format_ident!("{constructor}");
    let meta = match &hook.argument {
        Argument::Event(EventArgument { ty: event, .. }) => {
            let (first, last) = path::ends(event);
            let event = expand_event(pp, event, (first, last));
            // Together these two cover the event's type, like all that fails when it is none.
            let (shim, call) = (quote_spanned!(first=> __Shim), quote_spanned!(last=> call));
            quote!(#pp::HookMeta::#constructor::<#ty, #event>(#shim::#call, #label, #location))
        }
        Argument::Context => {
            let name = &hook.event.text;
            quote!(#pp::HookMeta::#constructor::<#ty>(#name, __Shim::call, #label, #location))
        }
    };
    let options = expand_options(pp, hook);
    quote!(#(#cfgs)* { #shim #meta #options })
}

/// The function that the dispatch tables call.
fn expand_shim(pp: &Private, ty: &TokenStream, hook: &Hook, callee: Callee<'_>) -> TokenStream {
    let [this, event, ctx, start, output] =
        ["this", "event", "ctx", "start", "output"].map(path::local);
    let (event_ty, place, reference, arguments) = match &hook.argument {
        Argument::Event(argument) => {
            let (first, last) = path::ends(&argument.ty);
            let reference = if argument.mutable {
                quote_spanned!(first=> &'a mut)
            } else {
                quote_spanned!(first=> &'a)
            };
            let context = argument.with_context.then(|| quote!(#ctx,));
            let next = argument.with_next.is_some();
            let next = next.then(|| quote!(#pp::Next::after(#ctx),));
            (
                expand_event(pp, &argument.ty, (first, last)),
                (first, last),
                reference,
                quote!(#event, #context #next),
            )
        }
        Argument::Context => {
            let at = hook.ident.span();
            (quote!(#pp::Named), (at, at), quote!(&'a), quote!(#ctx,))
        }
    };
    let call = callee(&arguments);
    let returns = return_type(&hook.returns, hook.ident.span());
    let value = expand_value(pp, hook, &event_ty);
    let into = expand_into(pp, &returns, &value, place);
    let parameters =
        quote!(#this: &'a #ty, #event: #reference #event_ty, #ctx: &'a #pp::EventContext<'a>);
    let body = if hook.returns.asyncness.is_none() {
        quote!(#start.done(#pp::convert(#into, #call)))
    } else {
        let (check, future) = expand_future("PP034_hook_future", &call, hook.ident.span());
        quote!(#check #start.run(#future, |#output| #pp::convert(#into, #output)))
    };
    let function = quote! {
        fn call<'a>(#parameters, #start: #pp::Start<'a, '_, #value>) -> #pp::Status { #body }
    };
    quote! {
        struct __Shim;
        impl __Shim { #function }
    }
}

/// `Type::method(…)`, placed at the method's name: the compiler points there when the future is not `Send`.
pub(super) fn expand_call(
    ty: &TokenStream,
    method: &Ident,
    arguments: &TokenStream,
) -> TokenStream {
    let at = method.span();
    let ty = path::located_at(ty.clone(), at);
    quote_spanned!(at=> #ty::#method(#arguments))
}

/// `let future = …;` of an async method, and the cast that says that it is `Send`: the compiler names the trait that it is
/// cast to, so that is where the error's code stands.
///
/// The future is bound once more by what takes it; of two at one place, the compiler reports the one that comes first.
pub(super) fn expand_future(rule: &str, call: &TokenStream, at: Span) -> (TokenStream, Ident) {
    let (pp, rule) = (Private::at(at), Ident::new(rule, at));
    let future = Ident::new("__future", at);
    let statements = quote_spanned! {at=>
        let #future = #call;
        let _: &(dyn #pp::#rule + ::core::marker::Send) = &#future;
    };
    (statements, future)
}

/// The event's type, if it is an event.
///
/// Shims name the type many times, and each time would be an error if it were no event. As the first of a pair with what
/// only an event has, it is the same error each time, at the same place, and the compiler prints it once.
fn expand_event(pp: &Private, ty: &TokenStream, (first, last): (Span, Span)) -> TokenStream {
    let mode = path::projection(ty, &quote!(#pp::Event), "Mode");
    let open = quote_spanned!(first=> <);
    let close = quote_spanned!(last=> >::Then);
    quote!(#open (#ty, #mode) as #pp::If #close)
}

fn expand_options(pp: &Private, hook: &Hook) -> TokenStream {
    let mut options = TokenStream::new();
    if let Some(priority) = hook.priority.map(Literal::i32_unsuffixed) {
        options.extend(quote!(.priority(#priority)));
    }
    for (method, names) in [("before", &hook.before), ("after", &hook.after)] {
        if !names.is_empty() {
            let method = format_ident!("{method}");
            let names = names.iter().map(|name: &Name| &name.text);
            options.extend(quote!(.#method(&[#(#names),*])));
        }
    }
    options.extend(expand_policies(pp, &hook.policies));
    if hook.parallel.is_some() {
        options.extend(quote!(.parallel()));
    }
    if hook.sequential {
        options.extend(quote!(.sequential()));
    }
    options
}

/// The policies that hooks and events share.
pub(super) fn expand_policies(pp: &Private, policies: &crate::attr::hook::Policies) -> TokenStream {
    let mut calls = TokenStream::new();
    if let Some(timeout) = policies.timeout.map(Literal::u64_unsuffixed) {
        calls.extend(quote!(.timeout_ms(#timeout)));
    }
    if let Some(retries) = policies.retries.map(Literal::u32_unsuffixed) {
        calls.extend(quote!(.retries(#retries)));
    }
    if let Some(pause) = policies.backoff.map(Literal::u64_unsuffixed) {
        calls.extend(quote!(.backoff_ms(#pause)));
    }
    if let Some(failures) = policies.disable_after.map(Literal::u32_unsuffixed) {
        calls.extend(quote!(.disable_after(#failures)));
    }
    if let Some(within) = policies.disable_within.map(Literal::u64_unsuffixed) {
        calls.extend(quote!(.disable_within_ms(#within)));
    }
    if let Some(variant) = policies.on_error_variant() {
        let variant = format_ident!("{variant}");
        calls.extend(quote!(.on_error(#pp::OnError::#variant)));
    }
    calls
}

/// What the hook's event type can answer, each at the token to change.
pub(super) fn checks(pp: &Private, hooks: &[Hook]) -> TokenStream {
    hooks.iter().map(|hook| expand_checks(pp, hook)).collect()
}

fn expand_checks(pp: &Private, hook: &Hook) -> TokenStream {
    let Argument::Event(argument) = &hook.argument else {
        return TokenStream::new();
    };
    let (cfgs, label) = (&hook.cfgs, hook.ident.to_string());
    let meta = path::projection(&argument.ty, &quote!(#pp::Event), "META");
    let name = &hook.event.text;
    let check = quote!(#pp::check_event_name(#meta, #name, #label));
    let mut checks = path::const_check(cfgs, &check, &hook.event.literal.to_token_stream());
    if let Some(asyncness) = hook.returns.asyncness {
        checks.extend(expand_async_check(pp, hook, &argument.ty, asyncness));
    }
    let (shown, exclusive) = (readable(&argument.ty), argument.mutable);
    let check = quote!(#pp::check_reference(#meta, #exclusive, #shown, #label));
    let (first, last) = argument.reference;
    let reference = quote_spanned!(first=> &)
        .into_iter()
        .chain(quote_spanned!(last=> mut));
    checks.extend(path::const_check(cfgs, &check, &reference.collect()));
    if let Some(parallel) = &hook.parallel {
        let check = quote!(#pp::check_parallel(#meta, #label));
        checks.extend(path::const_check(cfgs, &check, &parallel.to_token_stream()));
    }
    if let Some(Some(next)) = &argument.with_next {
        let (event, shown) = (&argument.ty, readable(next));
        let same = quote!(<#pp::IsSame<#next, #event>>::YES);
        let check = quote!(#pp::check_next(#meta, #same, #shown, #label));
        checks.extend(path::const_check(cfgs, &check, next));
    }
    checks.extend(expand_return_check(pp, hook, &argument.ty));
    checks
}

/// What a hook returns fits its event. A hook that takes only the context answers nothing, which its shim's types say.
fn expand_return_check(pp: &Private, hook: &Hook, event: &TokenStream) -> TokenStream {
    let meta = path::projection(event, &quote!(#pp::Event), "META");
    let returns = return_type(&hook.returns, hook.ident.span());
    let label = hook.ident.to_string();
    let written = expand_written(pp, &returns);
    let place = path::ends(event);
    let value = expand_value(pp, hook, &expand_event(pp, event, place));
    let into = expand_into(pp, &returns, &value, place);
    let around = hook.is_around();
    let check = quote!(#pp::check_return(#meta, #into.is_some(), #written, #label, #around));
    path::const_check(&hook.cfgs, &check, &returns)
}

/// What a hook of the event yields: what the event takes, or, of one that wraps the rest, what an emit of it returns.
fn expand_value(pp: &Private, hook: &Hook, event: &TokenStream) -> TokenStream {
    if hook.is_around() {
        quote!(#pp::Returned<#event>)
    } else {
        quote!(#pp::Value<#event>)
    }
}

/// What brings `returns` into the shape of `value`; placed at the event, like all that fails when it is none.
fn expand_into(
    pp: &Private,
    returns: &TokenStream,
    value: &TokenStream,
    (first, last): (Span, Span),
) -> TokenStream {
    let open = quote_spanned!(first=> <);
    let close = quote_spanned!(last=> >::INTO);
    quote!(#open #pp::Returns<#returns, #value> #close)
}

/// A return type as text, for messages.
pub(super) fn expand_written(pp: &Private, returns: &TokenStream) -> TokenStream {
    let ty = readable(returns);
    let result = match signature::result_parts(returns) {
        Some((value, error)) => quote!(::core::option::Option::Some((#value, #error))),
        None => quote!(::core::option::Option::None),
    };
    quote!(#pp::Written { ty: #ty, result: #result })
}

/// An event that is declared `sync` has no async hooks.
fn expand_async_check(pp: &Private, hook: &Hook, ty: &TokenStream, asyncness: Span) -> TokenStream {
    let meta = path::projection(ty, &quote!(#pp::Event), "META");
    let text = format!(
        "[PP033] hook `{}` is async, but event `{}` is declared `sync`\nhelp: remove `async`, or `sync` from the event's `#[event]`",
        hook.ident, hook.event.text
    );
    // Of a type that is no event, the error about that is enough, so it comes first.
    let is_wrong = quote!({ let _ = #meta; !<#pp::IsAsync<#ty>>::YES });
    let at = Ident::new("async", asyncness).to_token_stream();
    path::const_fault(&hook.cfgs, &is_wrong, &text, &at)
}
