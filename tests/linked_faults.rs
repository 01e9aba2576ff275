//! A manager of whatever the build linked, in a binary whose plugins do not fit together: everything is told at once,
//! before any plugin is built.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use pepperplug::prelude::*;

#[service("cache")]
pub trait Cache: Send + Sync {}
#[service("mailer")]
pub trait Mailer: Send + Sync {}
#[service("left")]
pub trait Left: Send + Sync {}
#[service("right")]
pub trait Right: Send + Sync {}

#[plugin(name = "memory", version = "1.1.4", provides(dyn Cache))]
pub struct Memory;
#[plugin(name = "redis", provides(dyn Cache))]
pub struct Redis;
impl Cache for Memory {}
impl Cache for Redis {}

#[plugin(name = "needy", requires("nowhere", "memory >=1.2"))]
pub struct Needy {
    #[inject]
    _cache: Arc<dyn Cache>,
    #[inject]
    _mailer: Arc<dyn Mailer>,
}

#[plugin(name = "left-hand", provides(dyn Left))]
pub struct LeftHand {
    #[inject]
    _right: Arc<dyn Right>,
}
#[plugin(name = "right-hand", provides(dyn Right))]
pub struct RightHand {
    #[inject]
    _left: Arc<dyn Left>,
}
impl Left for LeftHand {}
impl Right for RightHand {}

#[plugin(name = "twin")]
pub struct Twin;
mod other {
    #[pepperplug::plugin(name = "twin")]
    pub(crate) struct Twin;
}

const FAULTS: &str = "\
6 problems: the plugins do not fit together
  [PP041] plugins depend on each other in a ring: left-hand -> right-hand -> left-hand
    FILE:39 injects service `right`, which `right-hand` provides
    FILE:44 injects service `left`, which `left-hand` provides
    help: make one edge lazy: `Lazy<dyn Left>` at FILE:44
  [PP044] plugin `needy` injects service `cache`, and 2 plugins provide it: `memory`, `redis`
    help: name one, `#[inject(\"memory\")]`, or take all, `Vec<Arc<dyn Cache>>`, at FILE:31
  [PP043] plugin `needy` injects service `mailer`, and no plugin of this application provides it
    injected at FILE:33
    help: link a plugin with `provides(dyn Mailer)`: name its crate in the code, as in `use the_crate as _;`
  [PP042] plugin `needy` requires plugin `nowhere`, and no plugin of this application has that name
    required at FILE:28
    help: link a plugin named `nowhere`: name its crate in the code, as in `use the_crate as _;`
  [PP046] plugin `needy` VERSION requires `memory` >=1.2, and the one linked is 1.1.4
    required at FILE:28, declared at FILE:22
    help: link a version in that range, or widen the range: `\"memory >=1.1.4\"`
  [PP040] two plugins are named `twin`: `linked_faults::Twin` and `linked_faults::other::Twin`
    declared at FILE:50 and FILE:53
    help: give this one another name: `#[plugin(name = \"linked-faults-twin\")]` at FILE:53";

#[test]
fn everything_that_does_not_fit_is_told_at_once() {
    let error = PluginManager::linked().expect_err("it does not fit");
    assert_eq!(error.code(), "PP200");
    let faults = FAULTS
        .replace("FILE", file!())
        .replace("VERSION", env!("CARGO_PKG_VERSION"));
    assert_eq!(error.to_string(), faults);
}

#[test]
fn a_manager_with_a_list_is_not_concerned() {
    static PLUGINS: PluginSet = plugins![Memory];
    let manager = PluginManager::builder().plugins(&PLUGINS).build();
    let plugins = manager.expect("the list fits together").plugins();
    assert_eq!(plugins.len(), 1);
}
