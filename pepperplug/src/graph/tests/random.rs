//! Random sketches that form a graph.

use proptest::prelude::*;
use proptest::sample::Index;

use super::sketch::{PluginSketch, Want};

/// How many services there are.
pub(crate) const SERVICES: usize = 4;

#[derive(Debug, Clone)]
struct Raw {
    /// What its name begins with, so that the order of the names says nothing of the order of the edges.
    letter: u8,
    optional: bool,
    provides: Option<Index>,
    wants: Vec<(u8, Index)>,
}

fn raw() -> impl Strategy<Value = Raw> {
    let wants = prop::collection::vec((0..9u8, any::<Index>()), 0..5);
    let provides = prop::option::weighted(0.3, any::<Index>());
    (b'a'..=b'z', any::<bool>(), provides, wants).prop_map(|(letter, optional, provides, wants)| {
        Raw {
            letter,
            optional,
            provides,
            wants,
        }
    })
}

/// Up to `most` plugins, each of which waits only for plugins of a lower number.
pub(crate) fn sketches(most: usize) -> impl Strategy<Value = Vec<PluginSketch>> {
    prop::collection::vec(raw(), 1..=most).prop_map(|raw| connect(&raw))
}

fn connect(raw: &[Raw]) -> Vec<PluginSketch> {
    // Only the first half provides, so that there are consumers behind all of a service's providers.
    let provides = |number: usize| raw[number].provides.filter(|_| number * 2 <= raw.len());
    let mut sketch: Vec<PluginSketch> = raw
        .iter()
        .enumerate()
        .map(|(number, raw)| PluginSketch {
            name: format!("{}{number}", char::from(raw.letter)),
            major: 1,
            optional: raw.optional,
            provides: Vec::from_iter(provides(number).map(|service| service.index(SERVICES))),
            ..PluginSketch::default()
        })
        .collect();
    for (number, raw) in raw.iter().enumerate() {
        let wants = raw
            .wants
            .iter()
            .filter_map(|(kind, pick)| want(&sketch, number, *kind, *pick));
        sketch[number].wants = wants.collect();
    }
    sketch
}

/// An edge of a kind, where `number` may have such a one.
fn want(sketch: &[PluginSketch], number: usize, kind: u8, pick: Index) -> Option<Want> {
    let service = pick.index(SERVICES);
    let providers: Vec<usize> = (0..sketch.len())
        .filter(|by| sketch[*by].provides.contains(&service))
        .collect();
    let before = providers.iter().all(|by| *by < number);
    let earlier = || (number > 0).then(|| pick.index(number));
    match kind {
        0 => earlier().map(Want::Arc),
        1 => earlier().map(Want::Option),
        2 => earlier().map(|to| Want::Requires(to, 1)),
        3 => Some(Want::Lazy(pick.index(sketch.len()))),
        4 => (before && providers.len() == 1).then_some(Want::Service(service)),
        5 => (before && providers.len() <= 1).then_some(Want::ServiceOption(service)),
        6 => (providers.len() == 1).then_some(Want::ServiceLazy(service)),
        7 => before.then_some(Want::ServiceMany(service)),
        _ => {
            let provider = providers.iter().find(|by| **by < number)?;
            Some(Want::NamedService(service, *provider))
        }
    }
}
