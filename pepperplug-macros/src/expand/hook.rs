//! A hook: the shim that calls it, its metadata, and the checks of its signature against its event.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};

use super::method::return_type;
use super::path::{self, Private};
use crate::model::hook::{Argument, EventArgument, Hook};
use crate::model::plugin::SelfType;
use crate::value::name::Name;
use syn::{Attribute, Ident};

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
    let location = path::location(pp, hook.ident.span());
    let shim = expand_shim(pp, ty, hook, callee);
    let constructor = match (&hook.argument, hook.returns.asyncness) {
        (Argument::Event(EventArgument { mutable: false, .. }), None) => "sync",
        (Argument::Event(EventArgument { mutable: true, .. }), None) => "sync_mut",
        (Argument::Event(EventArgument { mutable: false, .. }), Some(_)) => "r#async",
        (Argument::Event(EventArgument { mutable: true, .. }), Some(_)) => "async_mut",
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
    let (event_ty, reference, arguments) = match &hook.argument {
        Argument::Event(argument) => {
            let (first, last) = path::ends(&argument.ty);
            let reference = if argument.mutable {
                quote_spanned!(first=> &'a mut)
            } else {
                quote_spanned!(first=> &'a)
            };
            let context = argument.with_context.then(|| quote!(#ctx,));
            (
                expand_event(pp, &argument.ty, (first, last)),
                reference,
                quote!(#event, #context),
            )
        }
        Argument::Context => (quote!(#pp::Named), quote!(&'a), quote!(#ctx,)),
    };
    let call = callee(&arguments);
    let returns = return_type(&hook.returns, hook.ident.span());
    let convert = path::projection(
        &returns,
        &quote!(#pp::HookReturn<#pp::Value<#event_ty>>),
        "into_output",
    );
    let parameters =
        quote!(#this: &'a #ty, #event: #reference #event_ty, #ctx: &'a #pp::EventContext<'a>);
    let function = if hook.returns.asyncness.is_none() {
        quote! {
            fn call<'a>(#parameters) -> #pp::HookOutput<#event_ty> { #convert(#call) }
        }
    } else {
        let (check, future) = expand_future("PP034_hook_future", &call, hook.ident.span());
        quote! {
            fn call<'a>(#parameters, #start: #pp::Start<'a, '_, #pp::Value<#event_ty>>) -> #pp::Started<#pp::Value<#event_ty>> {
                #check
                #start.run(#future, |#output| #convert(#output))
            }
        }
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

/// The trait behind [`expand_event`], once in each block that has hooks.
pub(super) fn expand_if_trait(hooks: &[Hook]) -> Option<TokenStream> {
    let has_event = |hook: &Hook| matches!(hook.argument, Argument::Event(_));
    hooks.iter().any(has_event).then(|| {
        quote! {
            trait __If { type Then; }
            impl<T, C> __If for (T, C) { type Then = T; }
        }
    })
}

/// The event's type, if it is an event.
///
/// Shims name the type many times, and each time would be an error if it were no event. As the first of a pair with what
/// only an event has, it is the same error each time, at the same place, and the compiler prints it once.
fn expand_event(pp: &Private, ty: &TokenStream, (first, last): (Span, Span)) -> TokenStream {
    let mode = path::projection(ty, &quote!(#pp::Event), "Mode");
    let open = quote_spanned!(first=> <);
    let close = quote_spanned!(last=> >::Then);
    quote!(#open (#ty, #mode) as __If #close)
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
    if hook.parallel {
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
    let Argument::Event(EventArgument {
        ty,
        mutable,
        reference,
        ..
    }) = &hook.argument
    else {
        return TokenStream::new();
    };
    let cfgs = &hook.cfgs;
    let meta = path::projection(ty, &quote!(#pp::Event), "META");
    let name = &hook.event.text;
    let label = hook.ident.to_string();
    let check = quote!(#pp::check_event_name(#meta, #name, #label));
    let mut checks = path::const_check(cfgs, &check, &hook.event.literal.to_token_stream());
    if let Some(asyncness) = hook.returns.asyncness {
        checks.extend(expand_async_check(pp, hook, ty, asyncness));
    }
    let (first, last) = *reference;
    let open = quote_spanned!(first=> <);
    let close = quote_spanned!(last=> >::Mode);
    let by = if *mutable {
        quote!(#pp::ByMut)
    } else {
        quote!(#pp::ByRef)
    };
    checks.extend(expand_fits(
        cfgs,
        &quote!(#open #ty as #pp::Event #close),
        &by,
        first,
    ));
    checks
}

/// `<ty as bound>::OK`; the caret is where the outermost tokens of `ty` are.
fn expand_fits(
    cfgs: &[Attribute],
    ty: &TokenStream,
    bound: &TokenStream,
    span: Span,
) -> TokenStream {
    let open = quote_spanned!(span=> <);
    let close = quote_spanned!(span=> >::OK);
    quote!(#(#cfgs)* const _: () = #open #ty as #bound #close;)
}

/// An event that is declared `sync` has no async hooks.
///
/// A bound would say so too, but of a type that is no event it would say so beside the error about that. So the answer is
/// a constant, which the compiler evaluates only where the types are right.
fn expand_async_check(pp: &Private, hook: &Hook, ty: &TokenStream, asyncness: Span) -> TokenStream {
    let cfgs = &hook.cfgs;
    let meta = path::projection(ty, &quote!(#pp::Event), "META");
    let text = format!(
        "[PP033] hook `{}` is async, but event `{}` is declared `sync`\nhelp: remove `async`, or `sync` from the event's `#[event]`",
        hook.ident, hook.event.text
    );
    let panic = quote_spanned!(asyncness=> ::core::panic!(#text));
    quote! {
        #(#cfgs)*
        const _: () = {
            let _ = #meta;
            if !<__IsAsync<#ty>>::YES { #panic }
        };
    }
}

/// The constant behind [`expand_async_check`]: an inherent one, where its bound holds, wins over a trait's.
pub(super) fn expand_is_async(pp: &Private, hooks: &[Hook]) -> Option<TokenStream> {
    let is_async = |hook: &Hook| {
        matches!(hook.argument, Argument::Event(_)) && hook.returns.asyncness.is_some()
    };
    hooks.iter().any(is_async).then(|| {
        quote! {
            struct __IsAsync<E>(::core::marker::PhantomData<E>);
            impl<E: #pp::AsyncEvent> __IsAsync<E> { const YES: bool = true; }
            trait __IsSync { const YES: bool = false; }
            impl<E> __IsSync for __IsAsync<E> {}
        }
    })
}
