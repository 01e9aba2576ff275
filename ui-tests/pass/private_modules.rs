//! Plugins, events and services that only their own module can name, and such as a list names by many paths.

#![deny(warnings)]

use pepperplug::prelude::*;

mod api {
    use pepperplug::prelude::*;

    #[event("tick")]
    pub(super) struct Tick;

    #[service("clock")]
    pub(super) trait Clock: Send + Sync {
        fn now(&self) -> u64;
    }
}

mod auth {
    mod inner {
        use pepperplug::prelude::*;

        use super::super::api::{Clock as Time, Tick};

        #[plugin(name = "auth")]
        pub(in super::super) struct AuthPlugin {
            #[inject]
            clock: Arc<dyn Time>,
            #[inject]
            hidden: Arc<Hidden>,
        }

        #[plugin(name = "hidden", provides(dyn Time))]
        #[derive(Clone, Copy)]
        pub(in super::super) struct Hidden;

        impl Time for Hidden {
            fn now(&self) -> u64 {
                7
            }
        }

        #[plugin]
        impl AuthPlugin {
            #[hook("tick")]
            fn on_tick(&self, _tick: &Tick) {
                let _ = (self.clock.now(), *self.hidden);
            }
        }
    }

    pub(super) use inner::{AuthPlugin as Auth, Hidden};
}

static PLUGINS: PluginSet = plugins![self::auth::Auth, crate::auth::Hidden];

fn main() {
    assert_eq!(PLUGINS.plugins().len(), 2);
}
