//! The forms that the graph is drawn in.

use std::path::Path;

use clap::ValueEnum;

use crate::introspect::GraphDrawing;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A picture
    Svg,
    /// For Graphviz
    Dot,
    /// For Mermaid, which many pages that show Markdown draw
    Mermaid,
}

/// The one that is asked for, or that the file's name says.
pub(super) fn format(asked: Option<Format>, file: Option<&Path>) -> Format {
    let ending = || file?.extension()?.to_str().map(str::to_ascii_lowercase);
    asked.unwrap_or_else(|| match ending().as_deref() {
        Some("dot" | "gv") => Format::Dot,
        Some("mermaid" | "mmd") => Format::Mermaid,
        _ => Format::Svg,
    })
}

impl Format {
    pub(super) fn draw(self, graph: &GraphDrawing) -> String {
        match self {
            Self::Svg => graph.svg(),
            Self::Dot => graph.dot(),
            Self::Mermaid => graph.mermaid(),
        }
    }
}
