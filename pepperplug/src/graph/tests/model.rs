//! What a graph is, said as plainly as possible and slowly: the oracle.

use super::super::Dependency;
use super::sketch::{PluginSketch, Want};

/// The plugins are numbered as in the graph: by name.
#[derive(Debug)]
pub(super) struct Model {
    /// The number in the sketch of each.
    pub(super) plugins: Vec<usize>,
    /// Who meets each injection of each.
    pub(super) providers: Vec<Vec<Vec<u32>>>,
    pub(super) dependencies: Vec<Vec<Dependency>>,
    pub(super) order: Vec<u32>,
}

/// The graph of those plugins of `sketch` that are `listed`; none where they do not form one.
pub(super) fn model(sketch: &[PluginSketch], listed: &[usize]) -> Option<Model> {
    let mut plugins = listed.to_vec();
    plugins.sort_by_key(|plugin| &sketch[*plugin].name);
    if plugins
        .windows(2)
        .any(|pair| sketch[pair[0]].name == sketch[pair[1]].name)
    {
        return None;
    }
    let mut providers = Vec::new();
    let mut dependencies = Vec::new();
    for plugin in &plugins {
        let (mut met, mut injected, mut required) = (Vec::new(), Vec::new(), Vec::new());
        for want in &sketch[*plugin].wants {
            let by = found(sketch, &plugins, *want)?;
            let needed = want.needs();
            let waits_for = by.iter().map(|node| Dependency {
                node: *node,
                needed,
            });
            match want.kind() {
                // What is required by name comes after what is injected.
                None => required.extend(waits_for),
                Some(_) if want.orders() => injected.extend(waits_for),
                Some(_) => {}
            }
            if want.kind().is_some() {
                met.push(by);
            }
        }
        dependencies.push([injected, required].concat());
        providers.push(met);
    }
    let order = order(&dependencies)?;
    Some(Model {
        plugins,
        providers,
        dependencies,
        order,
    })
}

fn found(sketch: &[PluginSketch], plugins: &[usize], want: Want) -> Option<Vec<u32>> {
    let all = |is: &dyn Fn(&PluginSketch) -> bool| -> Vec<u32> {
        (0..)
            .zip(plugins)
            .filter(|(_, plugin)| is(&sketch[**plugin]))
            .map(|(node, _)| node)
            .collect()
    };
    let named = |to: usize| all(&|plugin| plugin.name == sketch[to].name);
    let providing = |of: usize| all(&|plugin| plugin.provides.contains(&of));
    let one = |found: Vec<u32>| (found.len() == 1).then_some(found);
    match want {
        Want::Arc(to) | Want::Lazy(to) => one(named(to)),
        Want::Option(to) => Some(named(to)),
        Want::Requires(to, major) => one(all(&|plugin| {
            plugin.name == sketch[to].name && plugin.major >= major
        })),
        Want::Service(of) | Want::ServiceLazy(of) => one(providing(of)),
        Want::ServiceOption(of) => Some(providing(of)).filter(|found| found.len() <= 1),
        Want::ServiceMany(of) => Some(providing(of)),
        Want::NamedService(of, by) => one(all(&|plugin| {
            plugin.provides.contains(&of) && plugin.name == sketch[by].name
        })),
    }
}

/// Again and again the first by name that has nothing left to wait for.
fn order(dependencies: &[Vec<Dependency>]) -> Option<Vec<u32>> {
    let mut order: Vec<u32> = Vec::new();
    while order.len() < dependencies.len() {
        let free = (0..).zip(dependencies).find(|(node, on)| {
            !order.contains(node) && on.iter().all(|on| order.contains(&on.node))
        });
        order.push(free?.0);
    }
    Some(order)
}
