//! What types must be, as traits: where one does not hold, the compiler names it beside the message that says why.
//!
//! Each is implemented for every type that fits, or by the macros; nobody implements one by hand. The codes lead to the
//! pages in [`errors`](crate::errors).
//!
//! | rule | page |
//! | --- | --- |
//! | [`Inject`], [`Injectable`]: what a field annotated `#[inject]` may have | [PP020](crate::errors::pp020), [PP021](crate::errors::pp021) |
//! | [`SettingsType`]: what `#[inject(settings)]` can read | [PP025](crate::errors::pp025) |
//! | [`HookReturn`]: what a hook may return | [PP032](crate::errors::pp032) |
//! | [`PP034_hook_future`], `Send`: what an async hook returns | [PP034](crate::errors::pp034) |
//! | [`ByRef`], [`ByMut`]: how a hook takes its event | [PP035](crate::errors::pp035) |
//! | [`PhaseReturn`]: what a lifecycle method may return | [PP038](crate::errors::pp038) |
//! | [`PP039_lifecycle_future`], `Send`: what an async lifecycle method returns | [PP039](crate::errors::pp039) |
//! | [`PP075_write_a_single_plugin_impl_block`]: what the impl block of a plugin declares | [PP075](crate::errors::pp075) |

pub use crate::event::{ByMut, ByRef, HookReturn};
pub use crate::hook::PP034_hook_future;
pub use crate::inject::{Inject, Injectable, SettingsType};
pub use crate::plugin::{
    PP039_lifecycle_future, PP075_write_a_single_plugin_impl_block, PhaseReturn,
};
