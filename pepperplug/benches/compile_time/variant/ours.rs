//! The plugins with our macros, and without.

use super::{Place, Purpose, Variant, line};

pub(super) fn dependencies(library: &str) -> String {
    format!(
        "pepperplug = {{ path = {library:?} }}\ntokio = {{ version = \"1\", default-features = false, features = [\"rt\", \"time\"] }}"
    )
}

pub(super) fn root(text: &mut String, variant: Variant, purpose: Purpose, plugins: usize) {
    let with = |attribute: &'static str| attribute_of(variant, attribute.to_owned());
    line(text, &with("use pepperplug::prelude::*;"));
    line(text, &with("#[event(\"tick\")]"));
    line(text, "pub struct Tick(pub u64);");
    line(text, &with("#[service(\"clock\")]"));
    line(
        text,
        "pub trait Clock: Send + Sync {\n    fn now(&self) -> u64;\n}",
    );
    if variant == Variant::List {
        line(text, "pub static PLUGINS: PluginSet = plugins![");
        for plugin in (0..plugins).map(Place) {
            line(text, &format!("    {},", plugin.path("Plugin")));
        }
        line(text, "];");
    }
    if purpose == Purpose::Build {
        main(text, variant, plugins);
    }
}

fn main(text: &mut String, variant: Variant, plugins: usize) {
    if variant != Variant::List {
        line(text, "fn main() {");
        // Reached, or it would not be compiled.
        for plugin in (0..plugins).map(Place) {
            line(
                text,
                &format!(
                    "    std::hint::black_box({}::on_tick as fn(&_, &Tick));",
                    plugin.path("Plugin")
                ),
            );
        }
        line(text, &format!("    println!(\"{plugins}\");\n}}"));
        return;
    }
    let last = Place(plugins - 1).path("Plugin");
    line(
        text,
        &format!(
            r#"fn main() -> Result<(), pepperplug::Error> {{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {{
        let manager = PluginManager::builder().plugins(&PLUGINS).build()?;
        manager.initialize().await?;
        manager.emit(&Tick(1)).await?;
        let last: Arc<{last}> = manager.get()?;
        println!("{{}}", {} + last.count.load(std::sync::atomic::Ordering::Relaxed));
        drop(last);
        manager.shutdown().await
    }})
}}"#,
            plugins - 1
        ),
    );
}

pub(super) fn plugin(text: &mut String, variant: Variant, plugin: Place) {
    let number = plugin.0;
    let with = |attribute: String| attribute_of(variant, attribute);
    let provides = if number == 0 {
        ", provides(dyn Clock)"
    } else {
        ""
    };
    line(
        text,
        &with(format!(
            "#[plugin(name = \"plugin-{number}\", version = \"1.0.0\"{provides})]"
        )),
    );
    line(text, &format!("pub struct Plugin{number} {{"));
    if let Some(before) = plugin.before() {
        let inject = with("#[inject] ".to_owned());
        line(
            text,
            &format!("    {inject}clock: std::sync::Arc<dyn Clock>,"),
        );
        line(
            text,
            &format!(
                "    {inject}before: std::sync::Arc<crate::{}>,",
                before.path("Plugin")
            ),
        );
    }
    line(text, "    pub count: std::sync::atomic::AtomicU64,\n}");
    if number == 0 {
        line(
            text,
            "impl Clock for Plugin0 { fn now(&self) -> u64 { 0 } }",
        );
    }
    line(text, &with("#[plugin]".to_owned()));
    line(text, &format!("impl Plugin{number} {{"));
    line(
        text,
        &format!("    {}", with("#[hook(\"tick\")]".to_owned())),
    );
    line(text, "    pub fn on_tick(&self, tick: &Tick) {");
    if number > 0 {
        line(
            text,
            "        let _ = (self.clock.now(), std::sync::Arc::strong_count(&self.before));",
        );
    }
    line(
        text,
        "        self.count.fetch_add(tick.0, std::sync::atomic::Ordering::Relaxed);\n    }\n}",
    );
}

/// The attribute, where the macros are used.
fn attribute_of(variant: Variant, attribute: String) -> String {
    if variant == Variant::Plain {
        String::new()
    } else {
        attribute
    }
}
