//! What joins one plugin to another, as the drawings have it.

use super::description::{InjectionDescription, PluginDescription};

/// How much a plugin needs another; the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// The other is ready first.
    Ordered,
    /// As `Ordered`, where there is another.
    Optional,
    /// The other is looked up on first use.
    Lazy,
}

impl Strength {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Optional => "optional",
            Self::Lazy => "lazy",
        }
    }
}

#[derive(Debug)]
pub(super) struct Edge<'a> {
    pub(super) to: &'static str,
    pub(super) strength: Strength,
    /// The injection; none where the plugin is required by name.
    injection: Option<&'a InjectionDescription>,
}

impl<'a> Edge<'a> {
    /// The edges that lead from a plugin to others, in the order in which it declares them.
    pub(super) fn all_of(plugin: &'a PluginDescription) -> impl Iterator<Item = Self> {
        let requires = plugin.requires.iter().map(|to| Self {
            to,
            strength: Strength::Ordered,
            injection: None,
        });
        let injects = plugin.injects.iter().flat_map(|injection| {
            let strength = match injection.kind {
                "optional" => Strength::Optional,
                "lazy" => Strength::Lazy,
                _ => Strength::Ordered,
            };
            injection.by.iter().map(move |to| Self {
                to,
                strength,
                injection: Some(injection),
            })
        });
        requires.chain(injects)
    }

    /// The service that it asks for.
    pub(super) fn service(&self) -> Option<&'static str> {
        self.injection?.service
    }

    pub(super) fn label(&self) -> String {
        let Some(injection) = self.injection else {
            return "requires".to_owned();
        };
        let what = match injection.service {
            Some(service) => format!("dyn {service}"),
            None => "injects".to_owned(),
        };
        match injection.kind {
            "one" => what,
            kind => format!("{what}, {kind}"),
        }
    }
}
