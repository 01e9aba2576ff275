//! The chapters of the book, so that `cargo test` compiles and runs every program in them.

/// A module for each chapter.
macro_rules! chapters {
    ($($name:ident: $file:literal,)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("src/", $file))]
            mod $name {}
        )*

        /// The files of all chapters.
        pub const CHAPTERS: &[&str] = &[$($file),*];
    };
}

chapters! {
    introduction: "introduction.md",
    first_plugin: "first-plugin.md",
    injection: "injection.md",
    services: "services.md",
    events: "events.md",
    settings: "settings.md",
    hot_reload: "hot-reload.md",
    testing: "testing.md",
    features: "features.md",
    errors: "errors.md",
    internals: "internals.md",
    from_python: "from-python.md",
}
