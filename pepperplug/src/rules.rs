//! What types must be, as traits: where one does not hold, the compiler names it beside the message that says why.
//!
//! Each is implemented for every type that fits, or by the macros; nobody implements one by hand. The codes lead to the
//! pages in [`errors`](crate::errors).
//!
//! | rule | code |
//! | --- | --- |
//! | [`Inject`], [`Injectable`]: what a field annotated `#[inject]` may have | PP020, PP021 |
//! | [`SettingsType`]: what `#[inject(settings)]` can read | PP025 |
//! | [`FieldDefault`]: what a field that is not injected starts with | PP026 |
//! | [`HookReturn`]: what a hook may return | PP032 |
//! | [`PP034_hook_future`], `Send`: what an async hook returns | PP034 |
//! | [`ByRef`], [`ByMut`]: how a hook takes its event | PP035 |
//! | [`PhaseReturn`]: what a lifecycle method may return | PP038 |
//! | [`PP039_lifecycle_future`], `Send`: what an async lifecycle method returns | PP039 |

pub use crate::event::{ByMut, ByRef, HookReturn};
pub use crate::hook::PP034_hook_future;
pub use crate::inject::{FieldDefault, Inject, Injectable, SettingsType};
pub use crate::plugin::{PP039_lifecycle_future, PhaseReturn};
