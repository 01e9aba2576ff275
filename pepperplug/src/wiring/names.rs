//! Hooks that name an event without its type: whether there is an event of that name.

use super::analysis::Analysis;
use super::help::Nearest;
use super::list::{List, mark};
use super::message::Message;
use super::pattern::is_pattern;
use super::report::Report;
use super::text::same;
use super::topics::Role;
use crate::event::BUILTIN;
use crate::hook::{HookMeta, HookTarget};
use crate::meta::{PluginMeta, hash_name};

impl Analysis<'_> {
    /// Marks an entry with a hook on an event that nobody takes by its type, nobody says to emit, and nobody linked.
    pub(super) const fn check_names(&mut self, entry: usize) {
        let plugin = self.list.meta(entry);
        let mut item = 0;
        while item < plugin.hooks.len() {
            if let Some(name) = name_of(&plugin.hooks[item]) {
                let known = !matches!(
                    self.topics.first_role(hash_name(name), Role::HooksByName),
                    Some(Role::HooksByName)
                );
                if !known && !is_known_anyway(&self.list, name) {
                    self.marks[entry] |= mark::UNKNOWN;
                }
            }
            item += 1;
        }
    }
}

/// The name of a hook that has neither a type nor a pattern.
const fn name_of(hook: &HookMeta) -> Option<&'static str> {
    match hook.target {
        HookTarget::Named(name) if !is_pattern(name) => Some(name),
        _ => None,
    }
}

/// Whether an event of this name is there, whatever the plugins say.
const fn is_known_anyway(list: &List<'_>, name: &str) -> bool {
    let mut i = 0;
    while i < BUILTIN.len() {
        if same(BUILTIN[i], name) {
            return true;
        }
        i += 1;
    }
    i = 0;
    while i < list.linked.len() {
        if same(list.linked[i].meta().name(), name) {
            return true;
        }
        i += 1;
    }
    false
}

impl Report<'_> {
    /// What is wrong with the names that an entry's hooks have for events.
    pub(super) const fn write_unknown(&self, entry: usize, to: &mut Message) {
        let plugin = self.list.meta(entry);
        let mut item = 0;
        while item < plugin.hooks.len() {
            let hook = &plugin.hooks[item];
            if let Some(name) = name_of(hook) {
                if !is_known_anyway(&self.list, name) && !self.is_declared(name) {
                    self.write_name(plugin, hook, name, to);
                }
            }
            item += 1;
        }
    }

    const fn is_declared(&self, name: &str) -> bool {
        let mut events = Events::of(self.list);
        while let Some(event) = events.next() {
            if same(event, name) {
                return true;
            }
        }
        false
    }

    const fn write_name(&self, plugin: &PluginMeta, hook: &HookMeta, name: &str, to: &mut Message) {
        to.fault(
            "PP054",
            &["hook `", hook.name, "` of plugin `", plugin.name()],
        );
        to.push(&[
            "` is on event `",
            name,
            "`, and no plugin of this application takes or emits one of that name",
        ]);
        let mut nearest = Nearest::to(name);
        let mut events = Events::of(self.list);
        while let Some(event) = events.next() {
            nearest.offer(event);
        }
        let mut i = 0;
        while i < BUILTIN.len() {
            nearest.offer(BUILTIN[i]);
            i += 1;
        }
        match nearest.found() {
            Some(near) => {
                to.line(&["help: write `#[hook(\"", near, "\")]` at "]);
                to.place(&hook.location);
            }
            None => {
                to.line(&["hooked at "]);
                to.place(&hook.location);
                to.line(&["help: take the event by its type, or say who emits it: `#[plugin(emits(Event))]`"]);
            }
        }
    }
}

/// The names of all events that a list knows by their types.
struct Events<'a> {
    list: List<'a>,
    entry: usize,
    at: usize,
}

impl<'a> Events<'a> {
    const fn of(list: List<'a>) -> Self {
        let (entry, at) = (0, 0);
        Self { list, entry, at }
    }

    const fn next(&mut self) -> Option<&'static str> {
        while self.entry < self.list.len() {
            let plugin = self.list.meta(self.entry);
            let at = self.at;
            self.at += 1;
            if at < plugin.emits.len() {
                return Some(plugin.emits[at].name());
            }
            if at - plugin.emits.len() == plugin.hooks.len() {
                self.entry += 1;
                self.at = 0;
                continue;
            }
            if let HookTarget::Event(event) = plugin.hooks[at - plugin.emits.len()].target {
                return Some(event.meta().name());
            }
        }
        None
    }
}
