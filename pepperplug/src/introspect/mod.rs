//! What an application is made of, read off a manager: data, drawings and a report.

mod describe;
mod description;
mod draw;
mod edges;
mod events;
mod report;
mod svg;

pub(crate) use self::describe::{Edges, disabled, off, unlisted};
pub use self::description::{
    DecidedBy, Description, EventDescription, HookDescription, InjectionDescription,
    OffDescription, PluginDescription, PolicyDescription, UnlistedDescription, Why,
};
pub use self::draw::GraphDrawing;
pub(crate) use self::events::events;
pub use self::report::Report;
