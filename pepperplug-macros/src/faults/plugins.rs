//! `plugins![…]`.

use super::reports;

#[test]
fn entries() {
    insta::assert_snapshot!(reports(&[
        r#"plugins![auth::AuthPlugin::new(), auth::AuthPlugin {}, "auth", 3, &A, dyn A, auth::AuthPlugin, , (A, B)]"#,
        r#"plugins![#[allow(dead_code)] A, #[cfg(a)] #[doc = "x"] B]"#,
        r#"plugins![A; B]"#,
        r#"plugins![crate = my::path; A, B,]"#,
        r#"plugins![]"#,
    ]));
}
