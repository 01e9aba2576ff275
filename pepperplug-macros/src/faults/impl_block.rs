//! `#[plugin]` on impl blocks, and lifecycle methods.

use super::{report, reports};

#[test]
fn blocks() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin] impl Clone for A { fn clone(&self) -> Self { A } }"#,
        r#"#[plugin] impl Service for A { #[hook("e")] fn f(&self, e: &E) {} }"#,
        r#"#[plugin] impl<T> A<T> {}"#,
        r#"#[plugin] impl A<u8> {}"#,
        r#"#[plugin] impl dyn A {}"#,
        r#"#[plugin] impl &A {}"#,
        r#"#[plugin(name = "a", optional, crate = pp)] impl A {}"#,
        r#"#[plugin(nmae = "a")] impl A {}"#,
        r#"#[plugin] impl<T> A<T> { #[hook] fn a(self) {} }"#,
    ]));
}

#[test]
fn initialize() {
    insta::assert_snapshot!(reports(&[
        "#[plugin] impl A { async fn initialize(&self) {} }",
        "#[plugin] impl A { async fn initialize(self) {} }",
        "#[plugin] impl A { async fn initialize() {} }",
        "#[plugin] impl A { async fn initialize(&mut self, db: &Db, x: u8) {} }",
        "#[plugin] impl A { unsafe fn initialize<T>(&mut self, t: impl Into<T>) {} }",
    ]));
}

#[test]
fn cleanup() {
    insta::assert_snapshot!(reports(&[
        "#[plugin] impl A { async fn cleanup(&mut self) {} }",
        "#[plugin] impl A { async fn cleanup(self: Arc<Self>) {} }",
        "#[plugin] impl A { const fn cleanup(&self) {} }",
        "#[plugin] impl A { fn cleanup(self: &Self) {} }",
    ]));
}

#[test]
fn reconfigure() {
    insta::assert_snapshot!(reports(&[
        "#[plugin] impl A { async fn reconfigure(&self) {} }",
        "#[plugin] impl A { async fn reconfigure(&self, settings: &Settings) {} }",
        "#[plugin] impl A { async fn reconfigure(&mut self, settings: Settings, more: u8) {} }",
        "#[plugin] impl A { extern \"C\" fn reconfigure<'a, T>(&self, settings: T) {} }",
    ]));
}

#[test]
fn lifecycle_hook() {
    insta::assert_snapshot!(report(
        r#"#[plugin] impl A { #[hook("app.startup")] async fn initialize(&mut self) {} }"#
    ));
}
