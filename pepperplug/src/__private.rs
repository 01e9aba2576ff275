//! Everything that generated code may touch. No part of the public API.

#![allow(missing_docs, reason = "for generated code only")]

pub use crate::event::{
    AsData, AsyncEvent, ByMut, ByRef, Collect, Event, EventContext, EventMeta, EventMode, First,
    HookOutput, HookReturn, Notify, Returned, SyncEvent, Transform, Value,
};
pub use crate::hook::{
    AroundMutShim, AroundShim, Dispatcher, HookMeta, MutShim, Named, Next, OnError,
    PP034_hook_future, Shim, Start, Status,
};
pub use crate::inject::{
    Cast, Construct, Edge, Inject, InjectError, Injectable, Injection, Provided, Requirement,
    SettingsType, provide,
};
pub use crate::meta::{Location, MetaRef, PluginMeta, ServiceMeta};
pub use crate::plugin::{
    ImplMeta, Instance, PP039_lifecycle_future, PP075_write_a_single_plugin_impl_block, Phase,
    PhaseReturn, Plugin, ReconfigureWith, Shared, Vtable,
};
pub use crate::registry::*;
pub use crate::service::Service;
pub use crate::slot::{Slot, TypeSlot};
pub use crate::verdict::{
    CanInject, Checks, Defaults, Describes, Ends, If, ImplOf, IsAsync, IsData, IsKept,
    IsMadeOfData, IsSame, IsShared, Returns, SettingsOf, convert, otherwise,
};
pub use crate::version::{Comparator, Op, Version, VersionReq};
pub use crate::wiring::{
    Candidate, PluginSet, Wiring, Written, check_event_name, check_historic, check_injected_name,
    check_injected_version, check_next, check_parallel, check_phase_return, check_reference,
    check_return, check_ring, refuse, refuse_if,
};
pub use crate::{__register_event as register_event, __register_plugin as register};
#[cfg(feature = "inventory")]
pub use inventory;
#[cfg(not(feature = "inventory"))]
pub use linkme;
pub use pepperplug_macros::__link as link;
