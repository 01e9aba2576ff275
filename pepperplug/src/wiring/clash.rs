//! What is wrong with a list as a whole: plugins that are there twice, and types that share a name.

use super::list::{List, mark};
use super::message::Message;
use super::report::Report;
use super::text::same;
use super::topics::{Role, Use, declared};
use crate::meta::{Identity, PluginMeta};

impl Report<'_> {
    /// What is wrong with an entry because of another.
    pub(super) const fn write_shared(&self, entry: usize, to: &mut Message) {
        if self.marks[entry] & mark::TWICE != 0 {
            self.write_twice(entry, to);
        }
        if self.marks[entry] & mark::CLASH != 0 {
            self.write_clashes(entry, to);
        }
    }

    const fn write_twice(&self, entry: usize, to: &mut Message) {
        let plugin = self.list.meta(entry);
        to.fault("PP050", &["plugin `", plugin.name(), "` is listed twice"]);
        let first = self.written(self.list.of_type(&plugin.identity));
        let second = self.written(entry);
        if !same(first, second) {
            to.push(&[": as `", first, "` and as `", second, "`"]);
        }
        to.line(&["help: remove one of the two"]);
    }

    /// The path that was written for an entry; empty where there is no list.
    const fn written(&self, entry: usize) -> &'static str {
        let (mut candidate, mut at) = (0, 0);
        while candidate < self.list.candidates.len() {
            let written = &self.list.candidates[candidate];
            if written.on() {
                if at == entry {
                    return written.path();
                }
                at += 1;
            }
            candidate += 1;
        }
        ""
    }

    /// Of each type that an entry is the first to use beside another of its name.
    const fn write_clashes(&self, entry: usize, to: &mut Message) {
        let mut at = 0;
        while at < use_count(self.list.meta(entry)) {
            let by = use_at(self.list.meta(entry), entry, at);
            if let Some(second) = declared(&self.list, by) {
                let (first, of) = self.first_of_name(second, by.role);
                if !first.same_declaration(second) && !self.is_told(second, entry, at) {
                    write_clash(
                        first,
                        self.list.meta(of),
                        second,
                        self.list.meta(entry),
                        by.role,
                        to,
                    );
                }
            }
            at += 1;
        }
    }

    /// The type that carries this name first, in the order of the analysis: providers come before those who inject.
    const fn first_of_name(
        &self,
        named: &'static Identity,
        role: Role,
    ) -> (&'static Identity, usize) {
        let roles = if role.is_of_events() {
            [Role::Emits, Role::Hooks]
        } else {
            [Role::Provides, Role::Injects]
        };
        let mut pass = 0;
        while pass < roles.len() {
            let mut entry = 0;
            while entry < self.list.len() {
                let found = first_use(&self.list, entry, roles[pass], named);
                if let (Some(found), 0) = (found, self.marks[entry] & mark::TWICE) {
                    return (found, entry);
                }
                entry += 1;
            }
            pass += 1;
        }
        (named, 0)
    }

    /// Whether a type was told of at an earlier use.
    const fn is_told(&self, named: &Identity, before: usize, before_at: usize) -> bool {
        let mut entry = 0;
        while entry <= before {
            let plugin = self.list.meta(entry);
            let end = if entry == before {
                before_at
            } else {
                use_count(plugin)
            };
            let mut at = 0;
            while at < end && self.marks[entry] & mark::CLASH != 0 {
                if let Some(other) = declared(&self.list, use_at(plugin, entry, at)) {
                    if other.same_type(named) {
                        return true;
                    }
                }
                at += 1;
            }
            entry += 1;
        }
        false
    }

    /// Whether an edge leads to a service that is not the first of its name.
    pub(super) const fn is_clashing(&self, entry: usize, number: usize) -> bool {
        if self.marks[entry] & mark::CLASH == 0 || number >= self.list.meta(entry).injects.len() {
            return false;
        }
        match declared(
            &self.list,
            Use {
                role: Role::Injects,
                entry,
                item: number,
            },
        ) {
            Some(named) => !self
                .first_of_name(named, Role::Injects)
                .0
                .same_declaration(named),
            None => false,
        }
    }
}

const fn use_count(plugin: &PluginMeta) -> usize {
    plugin.provides.len() + plugin.injects.len() + plugin.emits.len() + plugin.hooks.len()
}

const fn use_at(plugin: &PluginMeta, entry: usize, at: usize) -> Use {
    let counts = [
        (Role::Provides, plugin.provides.len()),
        (Role::Injects, plugin.injects.len()),
        (Role::Emits, plugin.emits.len()),
        (Role::Hooks, plugin.hooks.len()),
    ];
    let (mut item, mut i) = (at, 0);
    while i < counts.len() - 1 && item >= counts[i].1 {
        item -= counts[i].1;
        i += 1;
    }
    let role = counts[i].0;
    Use { role, entry, item }
}

/// What an entry first calls by the name of `named`, in one role.
const fn first_use(
    list: &List<'_>,
    entry: usize,
    role: Role,
    named: &Identity,
) -> Option<&'static Identity> {
    let plugin = list.meta(entry);
    let count = match role {
        Role::Provides => plugin.provides.len(),
        Role::Injects => plugin.injects.len(),
        Role::Emits => plugin.emits.len(),
        Role::Hooks => plugin.hooks.len(),
        Role::HooksByName | Role::Reads => 0,
    };
    let mut item = 0;
    while item < count {
        if let Some(found) = declared(list, Use { role, entry, item }) {
            if found.same_name(named) {
                return Some(found);
            }
        }
        item += 1;
    }
    None
}

const fn write_clash(
    first: &Identity,
    first_user: &PluginMeta,
    second: &Identity,
    second_user: &PluginMeta,
    role: Role,
    to: &mut Message,
) {
    let name = first.name;
    let attribute = if role.is_of_events() {
        to.fault("PP052", &["two event types are named `", name, "`: `"]);
        "event"
    } else {
        to.fault("PP053", &["two services are named `", name, "`: `"]);
        "service"
    };
    to.path(first);
    to.push(&["` and `"]);
    to.path(second);
    to.push(&["`"]);
    let (user, other) = (first_user.name(), second_user.name());
    let both = same(user, other);
    to.line(&[
        "plugin `",
        user,
        if both {
            "` uses both: "
        } else {
            "` uses the one at "
        },
    ]);
    to.place(&first.location);
    if both {
        to.push(&[" and "]);
    } else {
        to.push(&[", plugin `", other, "` the one at "]);
    }
    to.place(&second.location);
    to.line(&[
        "help: use one and the same, or give the second another name: `#[",
        attribute,
        "(\"…\")]` at ",
    ]);
    to.place(&second.location);
}
