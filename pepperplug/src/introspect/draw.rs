//! The graph as a picture, and as text that other programs draw.

use core::fmt::Write;

use super::description::Description;
use super::edges::{Edge, Strength};

/// The graph of an application, to be drawn. An arrow leads from a plugin to what it needs.
#[derive(Debug, Clone)]
pub struct GraphDrawing {
    description: Description,
}

impl GraphDrawing {
    pub(crate) fn new(description: Description) -> Self {
        Self { description }
    }

    /// A [Mermaid](https://mermaid.js.org) flowchart: solid arrows are ready first, dotted ones are optional or lazy.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut text = "flowchart TD\n".to_owned();
        for plugin in &self.description.plugins {
            line(
                &mut text,
                format_args!(
                    "    {}[\"{} {}\"]",
                    id(plugin.name),
                    plugin.name,
                    plugin.version
                ),
            );
        }
        self.edges(|from, edge| {
            let arrow = match edge.strength {
                Strength::Ordered => "-->",
                Strength::Optional | Strength::Lazy => "-.->",
            };
            line(
                &mut text,
                format_args!("    {} {arrow}|{}| {}", id(from), edge.label(), id(edge.to)),
            );
        });
        text
    }

    /// The same for [Graphviz](https://graphviz.org).
    #[must_use]
    pub fn dot(&self) -> String {
        let mut text = "digraph plugins {\n    node [shape=box];\n".to_owned();
        for plugin in &self.description.plugins {
            let name = plugin.name;
            line(
                &mut text,
                format_args!("    {name:?} [label=\"{name}\\n{}\"];", plugin.version),
            );
        }
        self.edges(|from, edge| {
            let style = match edge.strength {
                Strength::Ordered => "solid",
                Strength::Optional | Strength::Lazy => "dashed",
            };
            line(
                &mut text,
                format_args!(
                    "    {from:?} -> {:?} [label={:?}, style={style}];",
                    edge.to,
                    edge.label()
                ),
            );
        });
        text.push_str("}\n");
        text
    }

    /// A picture, drawn here: an [SVG](https://www.w3.org/TR/SVG2/) document that stands on its own, for light and dark
    /// backgrounds.
    ///
    /// Plugins stand in columns, and each is right of those that need it: what is further right starts earlier. A box says
    /// the plugin's name, version and state, and the services it provides, at which the lines end that ask for one. What
    /// it shows when it is pointed at says more. The same application has the same picture.
    ///
    /// Each plugin is an element with `data-plugin`, each connection one with `data-from`, `data-to` and `data-kind`
    /// (`ordered`, `optional` or `lazy`), for scripts of a page to find.
    ///
    /// ```
    /// use pepperplug::prelude::*;
    ///
    /// #[plugin(name = "clock")]
    /// struct Clock;
    ///
    /// # fn main() -> Result<(), pepperplug::Error> {
    /// static PLUGINS: PluginSet = plugins![Clock];
    /// let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
    /// let picture = manager.graph().svg();
    /// assert!(picture.starts_with("<svg "));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn svg(&self) -> String {
        super::svg::svg(&self.description)
    }

    fn edges(&self, mut draw: impl FnMut(&str, &Edge<'_>)) {
        for plugin in &self.description.plugins {
            Edge::all_of(plugin).for_each(|edge| draw(plugin.name, &edge));
        }
    }
}

/// Mermaid takes letters, digits and underscores for an identifier, and some words are its own. What follows an underscore
/// says what stands there, so that two names never have one identifier.
fn id(name: &str) -> String {
    let mut id = "p_".to_owned();
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => id.push(c),
            '-' => id.push_str("__"),
            '_' => id.push_str("_u"),
            '.' => id.push_str("_d"),
            c => {
                // Writing to a `String` does not fail.
                let _ = write!(id, "_x{:x}_", u32::from(c));
            }
        }
    }
    id
}

fn line(text: &mut String, line: core::fmt::Arguments<'_>) {
    // Writing to a `String` does not fail.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::id;

    #[test]
    fn similar_names_have_identifiers_of_their_own() {
        let names = [
            "a-b", "a_b", "a.b", "a--b", "a__b", "aub", "a-ub", "a\u{e4}b",
        ];
        let ids: HashSet<String> = names.iter().map(|name| id(name)).collect();
        assert_eq!(ids.len(), names.len(), "{ids:?}");
    }
}
