//! Which plugins a test is made of: those that it names, and what these cannot be without.

use super::stand_in::{Given, is_one_of};
use crate::inject::{EdgeKind, Injection, Target};
use crate::meta::{PluginMeta, ServiceMeta};
use crate::suggest::nearest;

/// What a plugin cannot be without, but does not name as a type.
#[derive(Clone, Copy)]
struct Need {
    by: &'static PluginMeta,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    /// A service, injected.
    Service(&'static ServiceMeta, &'static Injection),
    /// A plugin, required by name.
    Plugin(&'static str, crate::Location),
}

/// The plugins of a test, as far as they are known.
pub(super) struct Closure<'a> {
    metas: Vec<&'static PluginMeta>,
    /// How many of them have been asked for what they need.
    asked: usize,
    needs: Vec<Need>,
    /// The services that were given, once for each time: nobody else provides them.
    given: &'a [&'static ServiceMeta],
    /// What else may be part of it.
    linked: Vec<&'static PluginMeta>,
}

impl<'a> Closure<'a> {
    /// Begins with `given`, which need nothing.
    pub(super) fn new(
        given: &[Given],
        services: &'a [&'static ServiceMeta],
        linked: Vec<&'static PluginMeta>,
    ) -> Self {
        Self {
            metas: given.iter().map(|given| given.meta).collect(),
            asked: 0,
            needs: Vec::new(),
            given: services,
            linked,
        }
    }

    /// `plugin` is part of it, unless one was given in its place.
    pub(super) fn add(&mut self, plugin: &'static PluginMeta) {
        let is_it = |meta: &&PluginMeta| meta.identity.same_type(&plugin.identity);
        if !self.metas.iter().any(is_it) {
            self.metas.push(plugin);
        }
    }

    /// All plugins, or what is missing and what to write for it.
    pub(super) fn close(mut self) -> Result<Vec<&'static PluginMeta>, Vec<String>> {
        loop {
            while let Some(plugin) = self.metas.get(self.asked) {
                self.asked += 1;
                self.ask(plugin);
            }
            // Only now: what is part of it for another reason goes before what is merely linked.
            let choice = self.needs.iter().find_map(|need| self.only_choice(need));
            match choice {
                Some(plugin) => self.add(plugin),
                None => break,
            }
        }
        let problems: Vec<String> = self.needs.iter().filter_map(|n| self.problem(n)).collect();
        if problems.is_empty() {
            Ok(self.metas)
        } else {
            Err(problems)
        }
    }

    fn ask(&mut self, by: &'static PluginMeta) {
        for injection in by.injects {
            match (injection.edge.kind, injection.edge.target) {
                // What a plugin can do without is there only if something else wants it.
                (EdgeKind::Optional | EdgeKind::Many, _) => {}
                (_, Target::Plugin(plugin)) => self.add(plugin.get()),
                (_, Target::Service(service)) => self.needs.push(Need {
                    by,
                    what: What::Service(service, injection),
                }),
                (
                    _,
                    Target::Events | Target::Manager | Target::Settings(_) | Target::AllSettings,
                ) => {}
            }
        }
        self.needs.extend(by.requires.iter().map(|required| Need {
            by,
            what: What::Plugin(required.name, required.location),
        }));
    }

    /// Those of `plugins` that meet a need.
    fn meeting(&self, need: &Need, plugins: &[&'static PluginMeta]) -> Vec<&'static PluginMeta> {
        let meets = |plugin: &&&PluginMeta| match need.what {
            What::Plugin(name, _) => plugin.name() == name,
            What::Service(service, injection) => {
                let provides =
                    |of: &crate::Provided| of.service.identity.same_type(&service.identity);
                plugin.provides.iter().any(provides)
                    && (injection.name).is_none_or(|name| plugin.name() == name)
            }
        };
        plugins.iter().filter(meets).copied().collect()
    }

    /// Whether it comes from what was given, which the graph sees to.
    fn is_given(&self, need: &Need) -> bool {
        matches!(need.what, What::Service(service, _) if is_one_of(service, self.given))
    }

    fn count_given(&self, service: &ServiceMeta) -> usize {
        let given = self.given.iter();
        given.filter(|of| is_one_of(service, &[of])).count()
    }

    /// The plugin that meets a need that nothing meets so far, if there is exactly one.
    fn only_choice(&self, need: &Need) -> Option<&'static PluginMeta> {
        if self.is_given(need) || !self.meeting(need, &self.metas).is_empty() {
            return None;
        }
        match self.meeting(need, &self.linked)[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// What is wrong with a need, once all is known.
    fn problem(&self, need: &Need) -> Option<String> {
        let here = self.meeting(need, &self.metas);
        let by = need.by.name();
        match need.what {
            What::Service(service, injection) => {
                let (name, of, at) = (service.name(), service.type_name(), injection.location);
                let give = format!("`.with_service::<dyn {of}>(Arc::new(…))`");
                let from = match injection.name {
                    Some(plugin) => format!(" of plugin `{plugin}`"),
                    None => String::new(),
                };
                let needs = format!("plugin `{by}` injects service `{name}`{from} ({at})");
                if self.is_given(need) {
                    return several_given(&needs, self.count_given(service), &give);
                }
                let linked = self.meeting(need, &self.linked);
                match (&here[..], &linked[..]) {
                    ([_], _) => None,
                    ([], []) => Some(format!(
                        "{needs}, and no linked plugin provides it\nhelp: write {give}, or link the crate of one that does: `use that_crate as _;`"
                    )),
                    ([], choices) => Some(format!(
                        "{needs}, and {} provide it\nhelp: write {}, or {give}",
                        names(choices),
                        added(choices),
                    )),
                    (several, _) => Some(format!(
                        "{needs}, and {}, all part of this test, provide it\nhelp: write {give}, which takes the place of them all",
                        names(several),
                    )),
                }
            }
            What::Plugin(name, at) if here.is_empty() => {
                let linked = self.linked.iter().map(|plugin| plugin.name());
                let guess = nearest(name, linked)
                    .map(|guess| format!("; there is `{guess}`"))
                    .unwrap_or_default();
                Some(format!(
                    "plugin `{by}` requires plugin `{name}` ({at}), and no linked plugin has that name{guess}\nhelp: link the crate of one that has: `use that_crate as _;`, or declare one in the test, `#[plugin(name = \"{name}\")]`"
                ))
            }
            What::Plugin(..) => None,
        }
    }
}

fn several_given(needs: &str, count: usize, give: &str) -> Option<String> {
    (count > 1)
        .then(|| format!("{needs}, and {count} were given\nhelp: write {give} once, and not more"))
}

fn names(plugins: &[&'static PluginMeta]) -> String {
    let names = plugins.iter().map(|plugin| format!("`{}`", plugin.name()));
    names.collect::<Vec<_>>().join(" and ")
}

fn added(plugins: &[&'static PluginMeta]) -> String {
    let added = plugins
        .iter()
        .map(|plugin| format!("`.plugin::<{}>()`", plugin.path()));
    added.collect::<Vec<_>>().join(" or ")
}
