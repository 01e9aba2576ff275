//! `macro_rules!` that expand to plugins, events, services, hooks and lists.

#![deny(warnings)]

use pepperplug::prelude::*;

macro_rules! event {
    ($type:ident, $name:literal) => {
        #[event($name)]
        pub struct $type;
    };
}

macro_rules! counter {
    ($(#[$meta:meta])* $type:ident, $name:literal, $event:ty, $text:literal, $($field:ident: $inner:ty),*) => {
        $(#[$meta])*
        #[plugin(name = $name)]
        pub struct $type {
            $(#[inject] $field: Arc<$inner>,)*
            count: std::sync::atomic::AtomicU32,
        }

        #[plugin]
        impl $type {
            #[hook($text, priority = high)]
            fn count(&self, _event: &$event) {
                $(let _ = &self.$field;)*
                self.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    };
}

macro_rules! all {
    ($($plugin:path),* $(,)?) => {
        plugins![$($plugin),*]
    };
}

event!(Login, "login");
event!(Logout, "logout");
counter!(
    /// Documented.
    Logins, "logins", Login, "login",
);
counter!(Logouts, "logouts", Logout, "logout", logins: Logins);

static PLUGINS: PluginSet = all![Logins, Logouts];

fn main() {
    assert_eq!(PLUGINS.plugins().len(), 2);
}
