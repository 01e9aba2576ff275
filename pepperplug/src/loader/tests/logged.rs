//! What ends in the log.

use core::fmt;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::loader::{LoaderConfig, Manifest, PluginLoader};

/// Keeps the events of the loader, one line each.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0 += &format!("{}={value:?} ", field.name());
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "pepperplug::loader"
    }

    fn event(&self, event: &Event<'_>) {
        assert_eq!(*event.metadata().level(), Level::WARN);
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().expect("no panic").push(line.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn each_problem_is_logged_once_unless_it_is_an_error() {
    let log = Log::default();
    let text = "name = 'nobody-has-this-name'";
    tracing::subscriber::with_default(log.clone(), || {
        let manifest = || [Manifest::from_toml(text).expect("a manifest")];
        let loader = PluginLoader::default();
        let valid = loader
            .validate_plugins(manifest())
            .expect("it is not strict");
        loader.validate_plugins(valid).expect("it is not strict");
        let strict = PluginLoader::new(LoaderConfig::new().strict(true));
        strict
            .validate_plugins(manifest())
            .expect_err("it is strict");
    });
    let lines = log.0.lock().expect("no panic");
    let [line] = lines.as_slice() else {
        panic!("{lines:#?}");
    };
    let place = "message=<toml>:1:8  no plugin is named `nobody-has-this-name` [PP252]";
    assert!(line.contains(place), "{line}");
    assert!(
        line.contains("code=\"PP252\" plugin=\"nobody-has-this-name\""),
        "{line}"
    );
}
