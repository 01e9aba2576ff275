//! The methods of a `#[plugin] impl` that the lifecycle calls: `initialize`, `cleanup`, `reconfigure`.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Attribute, Ident, Signature, Type};

use super::hook::Returns;
use super::plugin::SelfType;
use super::signature::{self, Reader, SelfKind};
use super::{readable, unwrap_groups, without_self};
use crate::attr::inject::name_span;
use crate::attr::strip;
use crate::code;
use crate::diag::{Code, Diag, Subject};
use crate::symbol;

/// A method that the lifecycle calls.
pub(crate) struct Phase {
    pub(crate) kind: PhaseKind,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) ident: Ident,
    pub(crate) returns: Returns,
}

pub(crate) enum PhaseKind {
    Initialize,
    Cleanup,
    /// With the type of the settings it takes.
    Reconfigure(TokenStream),
}

/// What a lifecycle method looks like.
pub(super) struct Form {
    name: &'static str,
    code: Code,
    self_kind: SelfKind,
    takes_settings: bool,
    usage: &'static str,
}

const FORMS: &[Form] = &[
    Form {
        name: symbol::INITIALIZE,
        code: code::BAD_INITIALIZE,
        self_kind: SelfKind::RefMut,
        takes_settings: false,
        usage: "async fn initialize(&mut self) -> Result<(), E>",
    },
    Form {
        name: symbol::CLEANUP,
        code: code::BAD_CLEANUP,
        self_kind: SelfKind::Ref,
        takes_settings: false,
        usage: "async fn cleanup(&self) -> Result<(), E>",
    },
    Form {
        name: symbol::RECONFIGURE,
        code: code::BAD_RECONFIGURE,
        self_kind: SelfKind::Ref,
        takes_settings: true,
        usage: "async fn reconfigure(&self, settings: T) -> Result<(), E>",
    },
];

impl Phase {
    /// Reads a method whose name is that of a phase.
    pub(super) fn from_method(
        form: &Form,
        signature: &Signature,
        attributes: &[Attribute],
        self_ty: &SelfType,
        diag: &Diag,
    ) -> Option<Self> {
        let faults = diag.count();
        let name = &format!("`{}` of plugin `{}`", form.name, self_ty.ident);
        let subject = Subject { name, diag };
        let reader = Reader {
            subject,
            self_ty: &self_ty.tokens,
        };
        reader.check_callable(signature, form.code, form.code);
        form.check_receiver(signature, subject);
        form.check_superfluous(signature, subject);
        let settings = form.check_settings(signature, subject);
        if diag.count() > faults {
            return None;
        }
        let kind = match (form.name, settings) {
            (symbol::INITIALIZE, _) => PhaseKind::Initialize,
            (symbol::CLEANUP, _) => PhaseKind::Cleanup,
            (_, settings) => PhaseKind::Reconfigure(without_self(&settings?, &self_ty.tokens)),
        };
        Some(Phase {
            kind,
            cfgs: strip::cfgs(attributes),
            ident: signature.ident.clone(),
            returns: reader.returns(signature),
        })
    }
}

impl Form {
    /// The form of a method of this name, if the lifecycle calls it.
    pub(super) fn of(method: &Ident) -> Option<&'static Self> {
        FORMS.iter().find(|form| method == form.name)
    }

    /// The lifecycle calls these methods; no event does.
    pub(super) fn is_no_hook(&self, hooks: &[Attribute], diag: &Diag) -> bool {
        for attribute in hooks {
            let line = format_args!(
                "`{}` is called by the lifecycle and cannot be a hook",
                self.name
            );
            let help = "remove `#[hook]`, or give the hook another name";
            diag.report(code::LIFECYCLE_HOOK, name_span(attribute), line, help);
        }
        hooks.is_empty()
    }

    fn check_receiver(&self, signature: &Signature, subject: Subject<'_>) {
        let wanted = if self.self_kind == SelfKind::RefMut {
            "`&mut self`"
        } else {
            "`&self`"
        };
        let help = format_args!("write `{}`", self.usage);
        match signature.receiver() {
            Some(receiver) if signature::self_kind(receiver) == self.self_kind => {}
            Some(receiver) => {
                let line = format_args!("{subject} takes {wanted}, not `{}`", readable(receiver));
                subject.diag.report(self.code, receiver, line, help);
            }
            None => {
                let line = format_args!("{subject} takes {wanted}");
                subject.diag.report(self.code, &signature.ident, line, help);
            }
        }
    }

    fn check_superfluous(&self, signature: &Signature, subject: Subject<'_>) {
        let takes = if self.takes_settings {
            "only the settings"
        } else {
            "nothing but itself"
        };
        let line = format_args!("{subject} takes {takes}");
        let help = format_args!(
            "write `{}`; whatever else it needs is injected into the struct",
            self.usage
        );
        let allowed = usize::from(self.takes_settings);
        for superfluous in signature::arguments(signature).into_iter().skip(allowed) {
            subject.diag.report(self.code, superfluous, line, help);
        }
    }

    /// Answers the type of the settings, where the method takes them.
    fn check_settings(&self, signature: &Signature, subject: Subject<'_>) -> Option<TokenStream> {
        if !self.takes_settings {
            return None;
        }
        let Some(settings) = signature::arguments(signature).into_iter().next() else {
            let line = format_args!("{subject} takes the new settings");
            let help = format_args!("write `{}`", self.usage);
            subject.diag.report(self.code, &signature.ident, line, help);
            return None;
        };
        if let Type::Reference(reference) = unwrap_groups(&settings.ty) {
            let line = format_args!("{subject} takes the new settings by value");
            let help = format_args!("write `{}`", readable(&reference.elem));
            subject.diag.report(self.code, reference, line, help);
            return None;
        }
        Some(settings.ty.to_token_stream())
    }
}
