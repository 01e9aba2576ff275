//! What the build knows of a plugin, a service and an event: plain values in statics, readable in a `const`.

#![allow(
    unsafe_code,
    reason = "`MetaRef` keeps a raw pointer so that a ring of plugins is no ring of statics"
)]

use core::fmt;

use crate::event::EventMeta;
use crate::hook::HookMeta;
use crate::inject::{Injection, Provided, Requirement};
pub use crate::location::Location;
use crate::plugin::Vtable;
use crate::version::Version;
use crate::wiring::text::same;

/// A name together with the type that carries it: what tells two plugins, services or events apart.
///
/// The hash comes from the macro, so that a `const` compares one number where it would compare two strings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity {
    pub(crate) name: &'static str,
    pub(crate) hash: u64,
    pub(crate) type_name: &'static str,
    pub(crate) module: &'static str,
    /// Where the type is declared.
    pub(crate) location: Location,
}

impl Identity {
    pub(crate) const fn is_named(&self, name: &str, hash: u64) -> bool {
        self.hash == hash && same(self.name, name)
    }

    pub(crate) const fn same_name(&self, other: &Self) -> bool {
        self.is_named(other.name, other.hash)
    }

    /// Whether both are one type.
    pub(crate) const fn same_type(&self, other: &Self) -> bool {
        self.same_name(other) && self.same_declaration(other)
    }

    /// Whether both are declared in one place: two functions of a module may each have a type of one name, and so may two
    /// versions of a crate.
    pub(crate) const fn same_declaration(&self, other: &Self) -> bool {
        self.location.same(&other.location)
            && same(self.type_name, other.type_name)
            && same(self.module, other.module)
    }
}

/// FNV-1a, 64 bit: the hash that the macros compute of every name.
#[must_use]
pub(crate) const fn hash_name(name: &str) -> u64 {
    let name = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < name.len() {
        hash ^= name[i] as u64;
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

/// Everything that `#[plugin]` declares of a plugin.
#[derive(Debug, Clone)]
pub struct PluginMeta {
    pub(crate) identity: Identity,
    pub(crate) version: Version,
    pub(crate) description: &'static str,
    pub(crate) feature: Option<&'static str>,
    pub(crate) optional: bool,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) section: Option<&'static str>,
    pub(crate) requires: &'static [Requirement],
    pub(crate) provides: &'static [Provided],
    pub(crate) emits: &'static [&'static EventMeta],
    pub(crate) injects: &'static [Injection],
    pub(crate) hooks: &'static [HookMeta],
    pub(crate) vtable: Vtable,
}

#[doc(hidden)] // Builders for generated code.
impl PluginMeta {
    #[must_use]
    pub const fn new(
        name: &'static str,
        hash: u64,
        type_name: &'static str,
        module: &'static str,
        location: Location,
        vtable: Vtable,
    ) -> Self {
        Self {
            identity: Identity {
                name,
                hash,
                type_name,
                module,
                location,
            },
            version: Version::new(0, 0, 0, ""),
            description: "",
            feature: None,
            optional: false,
            timeout_ms: None,
            section: None,
            requires: &[],
            provides: &[],
            emits: &[],
            injects: &[],
            hooks: &[],
            vtable,
        }
    }

    #[must_use]
    pub const fn version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    #[must_use]
    pub const fn description(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    #[must_use]
    pub const fn feature(mut self, feature: &'static str) -> Self {
        self.feature = Some(feature);
        self
    }

    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    #[must_use]
    pub const fn timeout_ms(mut self, millis: u64) -> Self {
        self.timeout_ms = Some(millis);
        self
    }

    #[must_use]
    pub const fn settings_section(mut self, section: &'static str) -> Self {
        self.section = Some(section);
        self
    }

    #[must_use]
    pub const fn requires(mut self, requires: &'static [Requirement]) -> Self {
        self.requires = requires;
        self
    }

    #[must_use]
    pub const fn provides(mut self, provides: &'static [Provided]) -> Self {
        self.provides = provides;
        self
    }

    #[must_use]
    pub const fn emits(mut self, emits: &'static [&'static EventMeta]) -> Self {
        self.emits = emits;
        self
    }

    #[must_use]
    pub const fn injects(mut self, injects: &'static [Injection]) -> Self {
        self.injects = injects;
        self
    }

    #[must_use]
    pub const fn hooks(mut self, hooks: &'static [HookMeta]) -> Self {
        self.hooks = hooks;
        self
    }
}

impl PluginMeta {
    /// The plugin's name, unique in an application.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.identity.name
    }

    /// The name of the type, without its module.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.identity.type_name
    }

    /// The module that declares the type.
    #[must_use]
    pub const fn module(&self) -> &'static str {
        self.identity.module
    }

    /// The type's path, as its own crate names it.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}::{}", self.module(), self.type_name())
    }

    /// Where the type is declared.
    #[must_use]
    pub const fn location(&self) -> Location {
        self.identity.location
    }

    /// The declared version; without one, that of the crate.
    #[must_use]
    pub const fn declared_version(&self) -> Version {
        self.version
    }

    /// The declared description; without one, empty.
    #[must_use]
    pub const fn describe(&self) -> &'static str {
        self.description
    }

    /// The cargo feature that enables this plugin, where it declares one.
    #[must_use]
    pub const fn enabled_by(&self) -> Option<&'static str> {
        self.feature
    }

    /// Whether the application may start without it.
    #[must_use]
    pub const fn is_optional(&self) -> bool {
        self.optional
    }

    /// The settings section it reads: its name, unless it declares another.
    #[must_use]
    pub const fn section(&self) -> &'static str {
        match self.section {
            Some(section) => section,
            None => self.identity.name,
        }
    }

    /// What it hooks into.
    #[must_use]
    pub const fn declared_hooks(&self) -> &'static [HookMeta] {
        self.hooks
    }

    /// What is injected into it.
    #[must_use]
    pub const fn injections(&self) -> &'static [Injection] {
        self.injects
    }

    /// What it provides.
    #[must_use]
    pub const fn provided(&self) -> &'static [Provided] {
        self.provides
    }

    /// The events that it says it emits. It may emit others too.
    #[must_use]
    pub const fn emitted(&self) -> &'static [&'static EventMeta] {
        self.emits
    }

    /// What it requires by name.
    #[must_use]
    pub const fn required(&self) -> &'static [Requirement] {
        self.requires
    }
}

/// A plugin's metadata, by address.
///
/// A reference would make the compiler evaluate the statics of a ring of plugins in a ring, and report that in words of
/// its own; behind a raw pointer the ring is data that the wiring check walks and explains.
#[derive(Clone, Copy)]
pub struct MetaRef(*const PluginMeta);

// SAFETY: the pointer comes from a `&'static PluginMeta`, and `PluginMeta` is `Sync` (asserted below).
unsafe impl Send for MetaRef {}
// SAFETY: as above.
unsafe impl Sync for MetaRef {}

const _: () = {
    const fn assert_sync<T: Sync>() {}
    assert_sync::<PluginMeta>();
};

impl MetaRef {
    /// The metadata at `meta`.
    #[must_use]
    pub const fn new(meta: &'static PluginMeta) -> Self {
        Self(meta)
    }

    /// The metadata.
    #[must_use]
    pub const fn get(self) -> &'static PluginMeta {
        // SAFETY: made from a `&'static PluginMeta` in `new`, the only constructor.
        unsafe { &*self.0 }
    }
}

impl fmt::Debug for MetaRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By name: the whole metadata would follow the edges, and they may form a ring.
        f.debug_tuple("MetaRef").field(&self.get().name()).finish()
    }
}

/// Everything that `#[service]` declares of a trait.
#[derive(Debug)]
pub struct ServiceMeta {
    pub(crate) identity: Identity,
}

impl ServiceMeta {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        hash: u64,
        type_name: &'static str,
        module: &'static str,
        location: Location,
    ) -> Self {
        Self {
            identity: Identity {
                name,
                hash,
                type_name,
                module,
                location,
            },
        }
    }

    /// The service's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.identity.name
    }

    /// The trait's name, without its module.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.identity.type_name
    }

    /// Where the trait is declared.
    #[must_use]
    pub const fn location(&self) -> Location {
        self.identity.location
    }
}
