//! What plugins have in common by name: services, events, sections of the settings. One table for all, by hash.

use super::edge::Providers;
use super::list::{List, NONE};
use crate::hook::HookTarget;
use crate::inject::Target;
use crate::meta::Identity;

/// How an entry came to name a topic; it tells services, events and sections apart, which may share names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Provides,
    Injects,
    Emits,
    Hooks,
    /// A hook that takes the event by its name alone.
    HooksByName,
    Reads,
}

impl Role {
    const fn kind(self) -> u64 {
        match self {
            Self::Provides | Self::Injects => 0,
            Self::Emits | Self::Hooks | Self::HooksByName => 1,
            Self::Reads => 2,
        }
    }
}

impl Role {
    pub(super) const fn is_of_events(self) -> bool {
        self.kind() == 1
    }
}

/// Where a topic is named: the item of that number, in that role, of that entry.
#[derive(Clone, Copy)]
pub(super) struct Use {
    pub(super) role: Role,
    pub(super) entry: usize,
    pub(super) item: usize,
}

/// A service, an event or a section.
#[derive(Clone, Copy)]
pub(super) struct Topic {
    key: u64,
    /// Who named it first. The type that carries the name there is the one that counts.
    pub(super) first: Use,
    next: usize,
    pub(super) providers: Providers,
    /// Its node in the graph; only services that somebody provides have one.
    pub(super) node: usize,
    /// The last of its hooks.
    pub(super) hooks: usize,
    /// Whether one of its hooks says `before` or `after`.
    pub(super) ordered: bool,
}

impl Topic {
    pub(super) const NONE: Self = Self {
        key: 0,
        first: Use {
            role: Role::Provides,
            entry: NONE,
            item: NONE,
        },
        next: NONE,
        providers: Providers::NONE,
        node: NONE,
        hooks: NONE,
        ordered: false,
    };
}

/// The table, in memory that is lent to it: as many buckets as there is room for topics.
pub(super) struct Topics<'a> {
    heads: &'a mut [usize],
    all: &'a mut [Topic],
    count: usize,
}

impl<'a> Topics<'a> {
    pub(super) const fn new(heads: &'a mut [usize], all: &'a mut [Topic]) -> Self {
        Self {
            heads,
            all,
            count: 0,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.count
    }

    pub(super) const fn get(&self, topic: usize) -> &Topic {
        &self.all[topic]
    }

    pub(super) const fn get_mut(&mut self, topic: usize) -> &mut Topic {
        &mut self.all[topic]
    }

    /// How the topic of this hash was named first, where there is one; `role` says of which kind it is.
    pub(super) const fn first_role(&self, hash: u64, role: Role) -> Option<Role> {
        let key = hash.wrapping_add(role.kind());
        let mut topic = self.heads[(key % self.heads.len() as u64) as usize];
        while topic != NONE {
            if self.all[topic].key == key {
                return Some(self.all[topic].first.role);
            }
            topic = self.all[topic].next;
        }
        None
    }

    /// The topic of this hash, made where there is none yet. A type counts for more than a name that came before it.
    /// The second value says whether there was one.
    pub(super) const fn find_or_add(&mut self, hash: u64, by: Use) -> (usize, bool) {
        let key = hash.wrapping_add(by.role.kind());
        let bucket = (key % self.heads.len() as u64) as usize;
        let mut topic = self.heads[bucket];
        while topic != NONE {
            if self.all[topic].key == key {
                if matches!(self.all[topic].first.role, Role::HooksByName) {
                    self.all[topic].first = by;
                }
                return (topic, true);
            }
            topic = self.all[topic].next;
        }
        topic = self.count;
        self.count += 1;
        self.all[topic] = Topic {
            key,
            first: by,
            next: self.heads[bucket],
            ..Topic::NONE
        };
        self.heads[bucket] = topic;
        (topic, false)
    }
}

/// The type that carries a topic's name in one place; none where it is only a name.
pub(super) const fn declared(list: &List<'_>, at: Use) -> Option<&'static Identity> {
    let plugin = list.meta(at.entry);
    match at.role {
        Role::Provides => Some(&plugin.provides[at.item].service.identity),
        Role::Injects => match plugin.injects[at.item].edge.target {
            Target::Service(service) => Some(&service.identity),
            _ => None,
        },
        Role::Emits => Some(&plugin.emits[at.item].identity),
        Role::Hooks => match plugin.hooks[at.item].target {
            HookTarget::Event(event) => Some(&event.meta().identity),
            HookTarget::Named(_) => None,
        },
        Role::HooksByName | Role::Reads => None,
    }
}
