//! Faults that a test puts into plugins.

use super::stand_in::{Given, leak};
use crate::error::BoxError;
use crate::hook::{Fault, HookMeta};
use crate::inject::{Construct, InjectError};
use crate::lifecycle::Phase;
use crate::meta::PluginMeta;
use crate::plugin::{self, Instance, Vtable};
use crate::suggest::nearest;

/// Where a fault is to be.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Phase(Phase),
    Hook(String),
}

/// A fault that was asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) plugin: String,
    pub(super) place: Place,
    pub(super) fault: Fault,
}

/// Puts each fault into its plugin, and says which cannot be.
pub(super) fn put_into(
    metas: &mut [&'static PluginMeta],
    asked: &[Asked],
    given: &[Given],
    linked: &[&'static PluginMeta],
) -> Vec<String> {
    let mut problems = Vec::new();
    for asked in asked {
        match metas.iter().position(|meta| meta.name() == asked.plugin) {
            Some(at) => match faulty(metas[at], asked, given) {
                Ok(meta) => metas[at] = leak(meta),
                Err(problem) => problems.push(problem),
            },
            None => problems.push(unknown(asked, metas, linked)),
        }
    }
    problems
}

fn unknown(asked: &Asked, metas: &[&'static PluginMeta], linked: &[&'static PluginMeta]) -> String {
    let name = &asked.plugin;
    if let Some(plugin) = linked.iter().find(|plugin| plugin.name() == name) {
        return format!(
            "plugin `{name}` is not part of this test, so it cannot be made to fail\nhelp: write `.plugin::<{}>()`",
            plugin.path()
        );
    }
    let guess = nearest(name, metas.iter().map(|meta| meta.name()));
    let help = did_you_mean(guess, metas.iter().map(|meta| meta.name()));
    format!("there is no plugin `{name}` in this test{help}")
}

fn did_you_mean<'a>(guess: Option<&str>, all: impl Iterator<Item = &'a str>) -> String {
    match guess {
        Some(guess) => format!("; did you mean `{guess}`?"),
        None => {
            let all: Vec<String> = all.map(|name| format!("`{name}`")).collect();
            match all.as_slice() {
                [] => "; it has none".to_owned(),
                all => format!("; there are {}", all.join(", ")),
            }
        }
    }
}

fn faulty(meta: &PluginMeta, asked: &Asked, given: &[Given]) -> Result<PluginMeta, String> {
    let mut changed = meta.clone();
    match &asked.place {
        Place::Phase(phase) => {
            if given.iter().any(|given| given.meta.name() == meta.name()) {
                return Err(format!(
                    "plugin `{}` is given as a value, so it is neither built, nor initialized, nor cleaned up\nhelp: leave out its `.with(…)`, and the plugin itself takes part",
                    meta.name()
                ));
            }
            put_into_phase(&mut changed.vtable, *phase, asked.fault)
                .map_err(|why| format!("plugin `{}` {why}", meta.name()))?;
        }
        Place::Hook(hook) => changed.hooks = put_into_hook(meta, hook, asked.fault)?,
    }
    Ok(changed)
}

fn put_into_phase(vtable: &mut Vtable, phase: Phase, fault: Fault) -> Result<(), &'static str> {
    match (phase, fault) {
        (Phase::Construct, Fault::Fails) => vtable.construct = fails_to_construct,
        (Phase::Construct, Fault::Panics) => vtable.construct = panics_in_construct,
        (Phase::Construct, Fault::Hangs) => {
            return Err(
                "cannot hang while it is built: nothing is awaited there\nhelp: let it hang at `Phase::Initialize`",
            );
        }
        (Phase::Initialize, Fault::Fails) => vtable.initialize = Some(|_| fails()),
        (Phase::Initialize, Fault::Panics) => vtable.initialize = Some(|_| panics()),
        (Phase::Initialize, Fault::Hangs) => vtable.initialize = Some(|_| hangs()),
        (Phase::Cleanup, Fault::Fails) => vtable.cleanup = Some(|_| fails()),
        (Phase::Cleanup, Fault::Panics) => vtable.cleanup = Some(|_| panics()),
        (Phase::Cleanup, Fault::Hangs) => vtable.cleanup = Some(|_| hangs()),
        (Phase::Reconfigure, Fault::Fails) => vtable.reconfigure = Some(|_, _| fails()),
        (Phase::Reconfigure, Fault::Panics) => vtable.reconfigure = Some(|_, _| panics()),
        (Phase::Reconfigure, Fault::Hangs) => vtable.reconfigure = Some(|_, _| hangs()),
    }
    Ok(())
}

/// The hooks of a plugin, with the fault in all of that name: a method may hook several events.
fn put_into_hook(
    meta: &PluginMeta,
    name: &str,
    fault: Fault,
) -> Result<&'static [HookMeta], String> {
    let plugin = meta.name();
    let names = || meta.hooks.iter().map(|hook| hook.name());
    let is_it = |hook: &&HookMeta| hook.name() == name;
    let Some(hook) = meta.hooks.iter().find(is_it) else {
        let help = did_you_mean(nearest(name, names()), names());
        return Err(format!("plugin `{plugin}` has no hook `{name}`{help}"));
    };
    if fault == Fault::Hangs && !hook.is_async() {
        return Err(format!(
            "hook `{name}` of plugin `{plugin}` is not async, so it cannot hang ({})\nhelp: let it fail or panic",
            hook.location()
        ));
    }
    let put = |hook: &HookMeta| match is_it(&hook) {
        true => hook.with_fault(fault),
        false => *hook,
    };
    let hooks: Vec<HookMeta> = meta.hooks.iter().map(put).collect();
    Ok(leak(hooks))
}

fn fails_to_construct(_: &mut Construct<'_>) -> Result<Instance, InjectError> {
    Err(InjectError::Asked)
}

fn panics_in_construct(_: &mut Construct<'_>) -> Result<Instance, InjectError> {
    panic!("it panics, as the test asks")
}

fn fails<'a>() -> plugin::Phase<'a> {
    plugin::Phase::done(Err(BoxError::from("it fails, as the test asks")))
}

fn panics<'a>() -> plugin::Phase<'a> {
    panic!("it panics, as the test asks")
}

fn hangs<'a>() -> plugin::Phase<'a> {
    plugin::Phase::pending(core::future::pending(), Ok)
}
