//! The application in lists and numbers.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use pepperplug::prelude::*;

#[event("user.login")]
pub struct UserLogin;

#[event("user.logout")]
pub struct UserLogout;

#[plugin(name = "auth")]
pub struct Auth;

#[plugin]
impl Auth {
    #[hook("user.login", on_error = disable, disable_after = 1)]
    fn logs_in(&self, _: &UserLogin) -> Result<(), &'static str> {
        Err("it always fails")
    }

    #[hook("user.*", priority = high)]
    fn hears(&self, _: &EventContext<'_>) {}
}

#[plugin(name = "extra", optional)]
pub struct Extra;

#[plugin]
impl Extra {
    fn initialize(&mut self) -> Result<(), &'static str> {
        Err("it always fails")
    }
}

#[plugin(name = "mail")]
pub struct Mail {
    #[inject]
    _auth: Arc<Auth>,
}

static PLUGINS: PluginSet = plugins![Mail, Auth, Extra];

#[tokio::test(start_paused = true)]
async fn an_application_in_numbers() {
    let settings = Settings::from_toml("[plugins.mail]\nenabled = false\n").expect("settings");
    let manager = PluginManager::builder()
        .plugins(&PLUGINS)
        .settings(settings)
        .build()
        .expect("the build proved the wiring");
    let stats = manager.get_stats();
    assert_eq!((stats.plugins, stats.ready, stats.hooks), (2, 0, 0));
    assert_eq!(stats.running_for, None);
    manager.initialize().await.expect("it starts");
    let _listens = manager
        .register_hook("user.logout", |_| async {}, 100)
        .expect("it is an event");
    // Its only other hook on that event fails, which takes it out.
    manager.emit(&UserLogin).await.expect("it is only disabled");
    let stats = manager.get_stats();
    assert_eq!(
        (stats.plugins, stats.ready, stats.failed, stats.disabled),
        (2, 1, 1, 1)
    );
    assert_eq!((stats.events, stats.hooks, stats.disabled_hooks), (2, 4, 1));
    assert!(stats.running_for.is_some());
    manager.reload().await.expect("nothing changed");
    let stats = serde_json::to_value(manager.get_stats()).expect("numbers");
    assert_eq!(
        (&stats["reloads"], &stats["failed_reloads"]),
        (&1.into(), &0.into())
    );

    let hooks = manager.get_hooks();
    let hooks: Vec<_> = hooks
        .iter()
        .map(|hook| (hook.event(), hook.plugin(), hook.priority()))
        .collect();
    assert_eq!(
        hooks,
        [
            ("user.login", "auth", 100),
            ("user.logout", "auth", 100),
            ("user.logout", "", 100),
        ]
    );
    let ordered = manager.get_ordered();
    let ordered: Vec<_> = ordered.iter().map(|plugin| plugin.name()).collect();
    assert_eq!(ordered, ["auth", "extra"]);
}
