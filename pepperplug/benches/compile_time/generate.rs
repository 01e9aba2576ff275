//! The generated crates: plugins in modules of fifty, with the macros or without.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What is generated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// The same structs and methods without the macros.
    Plain,
    /// With the macros.
    Macros,
    /// With the macros, and a `plugins![…]` of all.
    List,
}

const IN_A_MODULE: usize = 50;

impl Variant {
    pub(crate) const ALL: [Self; 3] = [Self::Plain, Self::Macros, Self::List];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Macros => "macros",
            Self::List => "list",
        }
    }
}

pub(crate) fn write(folder: &Path, library: &Path, variant: Variant, plugins: usize) {
    let source = folder.join("src");
    fs::create_dir_all(&source).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"{}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\npepperplug = {{ path = {:?} }}\n\n[workspace]\n",
        folder
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name"),
        library.display().to_string(),
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    let lock = library.parent().expect("the workspace").join("Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).expect("a lock file");
    let modules = plugins.div_ceil(IN_A_MODULE);
    for module in 0..modules {
        let first = module * IN_A_MODULE;
        let text = self::module(variant, first..plugins.min(first + IN_A_MODULE));
        fs::write(source.join(format!("m{module}.rs")), text).expect("a module");
    }
    fs::write(source.join("lib.rs"), root(variant, modules, plugins)).expect("a crate root");
}

/// Makes cargo check the crate anew.
pub(crate) fn touch(folder: &Path) {
    let root = folder.join("src/lib.rs");
    let text = fs::read_to_string(&root).expect("the crate root");
    fs::write(root, text).expect("the crate root");
}

fn root(variant: Variant, modules: usize, plugins: usize) -> String {
    let mut text = String::new();
    for module in 0..modules {
        line(&mut text, &format!("pub mod m{module};"));
    }
    let with = |attribute: &'static str| {
        if variant == Variant::Plain {
            ""
        } else {
            attribute
        }
    };
    line(&mut text, with("use pepperplug::prelude::*;"));
    line(&mut text, with("#[event(\"tick\")]"));
    line(&mut text, "pub struct Tick(pub u64);");
    line(&mut text, with("#[service(\"clock\")]"));
    line(
        &mut text,
        "pub trait Clock: Send + Sync {\n    fn now(&self) -> u64;\n}",
    );
    if variant == Variant::List {
        line(&mut text, "pub static PLUGINS: PluginSet = plugins![");
        for plugin in 0..plugins {
            line(
                &mut text,
                &format!("    m{}::Plugin{plugin},", plugin / IN_A_MODULE),
            );
        }
        line(&mut text, "];");
    }
    text
}

fn module(variant: Variant, plugins: std::ops::Range<usize>) -> String {
    let mut text = String::from("use crate::*;\nuse std::sync::Arc;\n");
    for plugin in plugins {
        self::plugin(&mut text, variant, plugin);
    }
    text
}

/// Each plugin injects the clock, which the first provides, and one of those before it.
fn plugin(text: &mut String, variant: Variant, plugin: usize) {
    let with = |attribute: String| {
        if variant == Variant::Plain {
            String::new()
        } else {
            attribute
        }
    };
    let provides = if plugin == 0 {
        ", provides(dyn Clock)"
    } else {
        ""
    };
    line(
        text,
        &with(format!(
            "#[plugin(name = \"plugin-{plugin}\", version = \"1.0.0\"{provides})]"
        )),
    );
    line(text, &format!("pub struct Plugin{plugin} {{"));
    if plugin > 0 {
        let before = (plugin * 7919) % plugin;
        let inject = with("#[inject] ".to_owned());
        line(text, &format!("    {inject}clock: Arc<dyn Clock>,"));
        line(
            text,
            &format!(
                "    {inject}before: Arc<crate::m{}::Plugin{before}>,",
                before / IN_A_MODULE
            ),
        );
    }
    line(text, "    count: std::sync::atomic::AtomicU64,\n}");
    if plugin == 0 {
        line(
            text,
            "impl Clock for Plugin0 { fn now(&self) -> u64 { 0 } }",
        );
    }
    line(text, &with("#[plugin]".to_owned()));
    line(text, &format!("impl Plugin{plugin} {{"));
    line(
        text,
        &format!("    {}", with("#[hook(\"tick\")]".to_owned())),
    );
    line(text, "    pub fn on_tick(&self, tick: &Tick) {");
    if plugin > 0 {
        line(
            text,
            "        let _ = (self.clock.now(), Arc::strong_count(&self.before));",
        );
    }
    line(
        text,
        "        self.count.fetch_add(tick.0, std::sync::atomic::Ordering::Relaxed);\n    }\n}",
    );
}

fn line(text: &mut String, line: &str) {
    // Writing to a `String` does not fail.
    let _ = writeln!(text, "{line}");
}
