//! What an application is made of, read off a manager: data, drawings and a report.

mod describe;
mod draw;
mod report;

pub use self::describe::{
    Description, EventDescription, HookDescription, InjectionDescription, OffDescription,
    PluginDescription, UnlistedDescription,
};
pub(crate) use self::describe::{Edges, events, off, unlisted};
pub use self::draw::GraphDrawing;
pub use self::report::Report;
