//! A resource manager as a plugin.

use std::path::Path;

use pepperplug::plugins::{ResourcePlugin, ResourcePluginConfig};
use pepperplug::prelude::*;
use pepperplug::resources::ResourceError;

use super::{folder, refused};

static PLUGINS: PluginSet = plugins![ResourcePlugin];

#[tokio::test]
async fn it_is_opened_and_closed_with_the_application() {
    let folder = folder(&[("config.yaml", "a: 1")]);
    let dir = folder.path().display();
    let settings = format!("[resource_manager]\nresource_dir = '{dir}'");
    let settings = Settings::from_toml(&settings).expect("settings");
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(settings)
        .build()
        .expect("it fits");
    manager.initialize().await.expect("it starts");
    let resources = manager.get::<ResourcePlugin>().expect("it runs");
    resources
        .create_resource("config", "config.yaml", ())
        .await
        .expect("made");
    assert_eq!(resources.dir(), folder.path());
    manager.shutdown().await.expect("it stops");
    refused(
        resources.get_resource("config").await,
        "PP270",
        &format!("the resources in `{dir}` are closed: `cleanup` has been called"),
    );
}

#[tokio::test]
async fn it_does_by_itself() {
    let folder = folder(&[("config.yaml", "a: 1")]);
    let mut config = ResourcePluginConfig::default();
    assert_eq!(config.name, "resource_manager");
    assert_eq!(config.resource_dir, Path::new("resources"));
    config.resource_dir = folder.path().to_owned();
    let mut plugin = ResourcePlugin::new(config);
    assert_eq!(
        plugin.list_resources().await.expect_err("too early").code(),
        "PP270"
    );
    plugin.initialize().await.expect("it opens");
    plugin
        .create_resource("config", "config.yaml", ())
        .await
        .expect("made");
    assert_eq!(plugin.list_resources().await.expect("a list").len(), 1);
    plugin.cleanup().await;
    assert_eq!(
        plugin.list_resources().await.expect_err("too late").code(),
        "PP270"
    );
}

#[test]
fn its_settings_are_checked() {
    let settings =
        Settings::from_toml("[resource_manager]\nresource_dri = 'x'\nname = 1").expect("TOML");
    let error = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(settings)
        .build()
        .expect_err("wrong");
    let text = error.to_string();
    assert!(
        text.contains("resource_dri: no such key; did you mean `resource_dir`?"),
        "{text}"
    );
    assert!(text.contains("name: found 1, expected a string"), "{text}");
}

#[plugin(name = "site")]
#[derive(Debug)]
pub(crate) struct Site {
    #[inject]
    resources: Arc<ResourcePlugin>,
}

#[plugin]
impl Site {
    async fn initialize(&mut self) -> Result<(), ResourceError> {
        self.resources
            .create_resource("index", "index.html", ())
            .await?;
        Ok(())
    }

    async fn cleanup(&self) -> Result<(), ResourceError> {
        self.resources.delete_resource("index").await
    }
}

#[tokio::test]
async fn others_inject_it_and_have_it_from_start_to_end() {
    static SITE: PluginSet = plugins![Site, ResourcePlugin];
    let folder = folder(&[("index.html", "")]);
    let settings = format!(
        "[resource_manager]\nresource_dir = '{}'",
        folder.path().display()
    );
    let settings = Settings::from_toml(&settings).expect("settings");
    let manager = PluginManager::builder()
        .plugins(&SITE)
        .settings(settings)
        .build()
        .expect("it fits");
    manager.initialize().await.expect("it starts");
    let resources = manager.get::<ResourcePlugin>().expect("it runs");
    assert_eq!(resources.list_resources().await.expect("a list").len(), 1);
    manager.shutdown().await.expect("it stops");
    assert_eq!(
        super::open(folder.path())
            .await
            .list_resources()
            .await
            .expect("a list"),
        []
    );
}

/// The library is linked into every program: that says nothing.
#[test]
fn it_is_no_part_of_applications_that_do_not_list_it() {
    static NONE: PluginSet = plugins![];
    let manager = PluginManager::builder()
        .plugins(&NONE)
        .build()
        .expect("it fits");
    let description = manager.describe();
    let unlisted: Vec<&str> = description
        .unlisted
        .iter()
        .map(|plugin| plugin.name)
        .collect();
    assert_eq!(unlisted, ["site"]);
    let error = manager
        .get::<ResourcePlugin>()
        .expect_err("it is not listed");
    assert_eq!(
        error.to_string(),
        "[PP221] plugin `resource_manager` is not one of this manager: \
        add `pepperplug::plugins::resources::ResourcePlugin` to its `plugins![…]`"
    );
    let error = PluginManager::linked().expect_err("nobody has listed what `site` injects");
    let error = error.to_string();
    assert!(
        error.ends_with("add `pepperplug::plugins::resources::ResourcePlugin` to the list"),
        "{error}"
    );
}
