//! Attributes where they have no place.

use super::reports;

#[test]
fn hook() {
    insta::assert_snapshot!(reports(&[
        r#"#[hook("e")] async fn on_login(&self, e: &E) {}"#,
        r#"#[hook("e")] struct E;"#,
        r#"#[hook("e")] impl E {}"#,
        r#"#[hook("e")] fn on_login(&self, e: &E);"#,
    ]));
}

#[test]
fn inject_and_init() {
    insta::assert_snapshot!(reports(&[
        r#"#[inject] struct E;"#,
        r#"#[init(3)] fn f() {}"#
    ]));
}
