//! A manager of whatever the build linked, in a binary whose plugins fit together.

#![allow(
    missing_debug_implementations,
    missing_docs,
    reason = "plugins that nobody else uses"
)]

use std::sync::Mutex;

use pepperplug::AppStartup;
use pepperplug::prelude::*;

// The linker sees the plugins in this order, more or less; no order that a user sees may follow it.

mod last {
    use pepperplug::prelude::*;

    #[plugin(name = "z-store", provides(dyn super::Store))]
    pub(crate) struct ZStore;

    impl super::Store for ZStore {
        fn name(&self) -> &'static str {
            "z-store"
        }
    }
}

#[service("store")]
pub trait Store: Send + Sync {
    fn name(&self) -> &'static str;
}

#[hook("app.startup")]
fn m_hook(_: &AppStartup, log: Arc<Log>) {
    log.0.lock().expect("no panic").push("m-hook");
}

#[plugin(name = "log")]
#[derive(Default)]
pub struct Log(Mutex<Vec<&'static str>>);

macro_rules! stores {
    ($($plugin:ident $name:literal),*) => {$(
        #[plugin(name = $name, provides(dyn Store))]
        pub struct $plugin {
            #[inject]
            log: Arc<Log>,
        }

        #[plugin]
        impl $plugin {
            #[hook("app.startup")]
            async fn start(&self, _: &AppStartup) {
                self.log.0.lock().expect("no panic").push($name);
            }
        }

        impl Store for $plugin {
            fn name(&self) -> &'static str {
                $name
            }
        }
    )*};
}

stores!(Y "y-store", B "b-store", X "x-store", C "c-store");

/// It needs the last by name, so it does not come first.
#[plugin(name = "a-first", requires("z-store"))]
pub struct AFirst {
    #[inject]
    stores: Vec<Arc<dyn Store>>,
}

const BY_NAME: [&str; 5] = ["b-store", "c-store", "x-store", "y-store", "z-store"];

async fn started() -> PluginManager {
    let manager = PluginManager::linked().expect("all that is linked fits together");
    manager.initialize().await.expect("nothing fails");
    manager
}

#[tokio::test]
async fn all_that_is_linked_starts_in_an_order_that_the_linker_has_no_part_in() {
    let manager = started().await;
    let names: Vec<_> = manager.plugins().iter().map(|p| p.name()).collect();
    assert_eq!(
        names,
        [
            "log", "b-store", "c-store", "m-hook", "x-store", "y-store", "z-store", "a-first"
        ]
    );
    let stores = &manager.get::<AFirst>().expect("it runs").stores;
    let names: Vec<_> = stores.iter().map(|store| store.name()).collect();
    assert_eq!(names, BY_NAME);
}

#[tokio::test]
async fn hooks_run_in_that_order_too() {
    let manager = started().await;
    let log = manager.get::<Log>().expect("it runs");
    assert_eq!(
        *log.0.lock().expect("no panic"),
        ["b-store", "c-store", "m-hook", "x-store", "y-store"]
    );
}

#[tokio::test]
async fn services_come_in_that_order_too() {
    let manager = started().await;
    let services = manager.services::<dyn Store>();
    let names: Vec<_> = services.iter().map(|store| store.name()).collect();
    assert_eq!(names, BY_NAME);
}

#[test]
fn a_builder_without_a_list_takes_the_same() {
    let built = PluginManager::builder().build().expect("it fits together");
    let linked = PluginManager::linked().expect("it fits together");
    let names = |manager: &PluginManager| -> Vec<_> {
        manager.plugins().iter().map(|p| p.name()).collect()
    };
    assert_eq!(names(&built), names(&linked));
}
