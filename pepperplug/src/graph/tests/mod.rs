//! The graph against an oracle that says the same plainly and slowly.

mod examples;
mod model;
mod properties;
pub(crate) mod random;
pub(crate) mod sketch;

use self::sketch::{Part, PluginSketch, metas};
use super::{Graph, NotAGraph};
use crate::inject::{Construct, InjectError};
use crate::meta::{Location, MetaRef, PluginMeta};
use crate::plugin::{ImplMeta, Plugin, Shared, Vtable};
use crate::slot::TypeSlot;
use crate::verdict::IsShared;

/// A plugin that nobody builds.
struct Blank;

static BLANK: PluginMeta = PluginMeta::new(
    "blank",
    0,
    "Blank",
    module_path!(),
    Location::new(file!(), line!(), column!()),
    Vtable::of::<Blank>(),
);

impl Plugin for Blank {
    const SHARED: Option<Shared<Self>> = IsShared::<Self>::SHARED;
    const META: MetaRef = MetaRef::new(&BLANK);
    const IMPL: ImplMeta<Self> = ImplMeta::new();

    fn slot() -> &'static TypeSlot<Self> {
        static SLOT: TypeSlot<Blank> = TypeSlot::new();
        &SLOT
    }

    fn construct(_: &mut Construct<'_>) -> Result<Self, InjectError> {
        Ok(Self)
    }
}

impl Part for Blank {
    fn number(&self) -> usize {
        unreachable!("nobody builds it")
    }
}

pub(crate) fn declare(sketch: &[PluginSketch]) -> Vec<MetaRef> {
    metas::<Blank>(sketch, &[], &[], |_| Vtable::of::<Blank>())
}

pub(crate) fn graph(sketch: &[PluginSketch]) -> Result<Graph, NotAGraph> {
    Graph::build(&declare(sketch))
}
