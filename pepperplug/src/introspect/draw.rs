//! The graph as text that other programs draw.

use core::fmt::Write;

use super::describe::{Description, InjectionDescription, PluginDescription};

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
        self.edges(|from, to, edge| {
            let arrow = if edge.is_solid { "-->" } else { "-.->" };
            line(
                &mut text,
                format_args!("    {} {arrow}|{}| {}", id(from), edge.label, id(to)),
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
        self.edges(|from, to, edge| {
            let style = if edge.is_solid { "solid" } else { "dashed" };
            line(
                &mut text,
                format_args!(
                    "    {from:?} -> {to:?} [label={:?}, style={style}];",
                    edge.label
                ),
            );
        });
        text.push_str("}\n");
        text
    }

    fn edges(&self, mut draw: impl FnMut(&str, &str, &Edge<'_>)) {
        for plugin in &self.description.plugins {
            for required in &plugin.requires {
                draw(
                    plugin.name,
                    required,
                    &Edge {
                        label: "requires",
                        is_solid: true,
                    },
                );
            }
            injections(plugin, &mut draw);
        }
    }
}

struct Edge<'a> {
    label: &'a str,
    is_solid: bool,
}

fn injections(plugin: &PluginDescription, draw: &mut impl FnMut(&str, &str, &Edge<'_>)) {
    for injection in &plugin.injects {
        let label = label(injection);
        for by in &injection.by {
            let is_solid = matches!(injection.kind, "one" | "many");
            draw(
                plugin.name,
                by,
                &Edge {
                    label: &label,
                    is_solid,
                },
            );
        }
    }
}

fn label(injection: &InjectionDescription) -> String {
    let what = injection
        .service
        .map_or("injects".to_owned(), |service| format!("dyn {service}"));
    match injection.kind {
        "one" => what,
        kind => format!("{what}, {kind}"),
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
