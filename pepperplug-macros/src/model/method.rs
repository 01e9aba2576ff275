//! A `#[plugin] impl`: its lifecycle methods and its hooks.

use syn::spanned::Spanned as _;
use syn::{Attribute, Ident, ImplItem, ImplItemFn, ItemImpl, PatType, Path, Signature};

use super::hook::{Argument, Hook};
use super::phase::{Form, Phase};
use super::plugin::SelfType;
use super::signature::{self, Reader, SelfKind};
use super::{generic_params, readable};
use crate::attr::hook::{self, HookAttr};
use crate::attr::inject::{arguments, name_span};
use crate::attr::strip::{self, Ours};
use crate::check;
use crate::code;
use crate::diag::{Diag, Subject};
use crate::symbol;

pub(crate) struct PluginImpl {
    pub(crate) krate: Option<Path>,
    pub(crate) self_ty: SelfType,
    pub(crate) phases: Vec<Phase>,
    pub(crate) hooks: Vec<Hook>,
}

impl PluginImpl {
    /// Reads an impl block and takes our attributes off its methods.
    pub(crate) fn from_impl(
        krate: Option<Path>,
        self_ty: SelfType,
        original: &mut ItemImpl,
        diag: &Diag,
    ) -> Self {
        let ours = Ours::of(&krate);
        let mut phases = Vec::new();
        let mut hooks = Vec::new();
        for item in &mut original.items {
            let ImplItem::Fn(method) = item else { continue };
            let name = &format!("hook `{}`", method.sig.ident);
            let subject = Subject { name, diag };
            let attributes = ours.take(&mut method.attrs, symbol::HOOK);
            ours.refuse_in_cfg_attr(&mut method.attrs, &[symbol::HOOK], subject);
            if let Some(form) = Form::of(&method.sig.ident) {
                // One that was meant as a hook has a hook's arguments: of those there is nothing to say.
                if form.is_no_hook(&attributes, diag) {
                    let phase =
                        Phase::from_method(form, &method.sig, &method.attrs, &self_ty, diag);
                    phases.extend(phase);
                }
            } else {
                hooks.extend(hook_from_method(attributes, method, &self_ty, subject));
            }
        }
        PluginImpl {
            krate,
            self_ty,
            phases,
            hooks,
        }
    }

    /// The type of an impl block that can be a plugin's; reports why not.
    pub(crate) fn self_type(original: &ItemImpl, diag: &Diag) -> Option<SelfType> {
        let faults = diag.count();
        if let Some((path, _)) = &original.trait_ {
            let line = format_args!(
                "`#[plugin]` stands on an impl of the trait `{}`",
                readable(path)
            );
            let help = "move it, with the hooks if there are any, to the impl block of the plugin's own methods";
            diag.report(code::TRAIT_IMPL, path, line, help);
        }
        if let Some(params) = generic_params(&original.generics, true) {
            let line = "a plugin cannot be generic: it is linked once, by name";
            diag.report(code::BAD_IMPL, &params, line, "write concrete types");
        }
        let self_ty = SelfType::from_type(&original.self_ty);
        if self_ty.is_none() && diag.count() == faults {
            let shown = readable(&original.self_ty);
            let line = format_args!(
                "`#[plugin]` stands on an impl of `{shown}`, which cannot be a plugin"
            );
            let help = "put it on an `impl` block of a plain struct";
            diag.report(code::BAD_IMPL, &original.self_ty, line, help);
        }
        self_ty.filter(|_| diag.count() == faults)
    }
}

/// Reads a hook method. `None` when it is none, or so faulty that nothing can be called.
fn hook_from_method(
    attributes: Vec<Attribute>,
    method: &ImplItemFn,
    self_ty: &SelfType,
    subject: Subject<'_>,
) -> Option<Hook> {
    let signature = &method.sig;
    let attribute = strip::only_one(attributes, symbol::HOOK, subject)?;
    let at = Ident::new(symbol::HOOK, name_span(&attribute));
    let tokens = arguments(&attribute, subject);
    let attr = hook::from_tokens(&hook::OF_METHOD, tokens, &at, subject);
    let self_ty = &self_ty.tokens;
    let reader = Reader { subject, self_ty };
    reader.check_callable(signature, code::GENERIC_HOOK, code::HOOK_QUALIFIER);
    check_receiver(signature, subject);
    let arguments = signature::arguments(signature);
    check_arguments(&arguments, signature, subject);
    let argument = reader.argument(&arguments);
    assemble(
        attr,
        argument,
        reader,
        signature,
        strip::cfgs(&method.attrs),
    )
}

/// A hook from its parts, after the rules that see more than one of them.
pub(super) fn assemble(
    attr: HookAttr,
    argument: Option<Argument>,
    reader: Reader<'_>,
    signature: &Signature,
    cfgs: Vec<Attribute>,
) -> Option<Hook> {
    let returns = reader.returns(signature);
    check::hook::check(
        &attr,
        argument.as_ref(),
        &returns,
        signature,
        reader.subject,
    );
    Some(Hook {
        cfgs,
        ident: signature.ident.clone(),
        event: attr.event?,
        argument: argument?,
        returns,
        priority: attr.priority,
        before: attr.before,
        after: attr.after,
        policies: attr.policies,
        parallel: attr.parallel.clone(),
        sequential: attr.sequential.is_some(),
    })
}

/// A running plugin is shared, so a hook takes `&self`.
fn check_receiver(signature: &Signature, subject: Subject<'_>) {
    match signature.receiver() {
        None => {
            let line = format_args!("{subject} takes no `&self`");
            let help = "write `&self` first, or move the hook out of the impl block: a free function may be a hook too";
            subject
                .diag
                .report(code::HOOK_WITHOUT_SELF, &signature.ident, line, help);
        }
        Some(receiver) if signature::self_kind(receiver) == SelfKind::Ref => {}
        Some(receiver) => {
            let line = format_args!(
                "{subject} takes `{}`, but a running plugin is shared",
                readable(receiver)
            );
            let help = "write `&self`, and keep what changes in a `Mutex` or an atomic";
            subject
                .diag
                .report(code::HOOK_RECEIVER, receiver, line, help);
        }
    }
}

/// A hook takes its event, and the context if it wants that; a hook by name takes the context only.
fn check_arguments(arguments: &[&PatType], signature: &Signature, subject: Subject<'_>) {
    let diag = subject.diag;
    let Some(first) = arguments.first() else {
        let line = format_args!("{subject} takes no event");
        let help = "write `(&self, event: &Event)`, or `(&self, ctx: &EventContext)` for the name and data only";
        diag.report(code::HOOK_WITHOUT_ARGUMENT, &signature.ident, line, help);
        return;
    };
    if let Some(second) = arguments.get(1) {
        let shown = readable(&second.ty);
        if signature::is_context(&first.ty) {
            let line =
                format_args!("{subject} takes the context first, so it can take nothing after it");
            let help = "write the event first: `(&self, event: &Event, ctx: &EventContext)`";
            diag.report(code::HOOK_ARGUMENTS, *second, line, help);
        } else if !signature::is_context(&second.ty) && !signature::is_next(&second.ty) {
            let line = format_args!(
                "{subject}: the argument after the event is `&EventContext`, not `{shown}`"
            );
            let help =
                "write `&EventContext`; whatever else the hook needs is injected into the struct";
            diag.report(code::NOT_A_CONTEXT, second.ty.span(), line, help);
        }
    }
    let with_next = arguments.len() > 2
        && signature::is_context(&arguments[1].ty)
        && signature::is_next(&arguments[2].ty);
    for superfluous in arguments.iter().skip(2 + usize::from(with_next)) {
        let line = format_args!("{subject} takes the event, `&EventContext`, and nothing else");
        let help = "remove it; whatever else the hook needs is injected into the struct";
        diag.report(code::HOOK_ARGUMENTS, *superfluous, line, help);
    }
}
