//! `plugins![…]`.

use super::reports;

#[test]
fn entries() {
    insta::assert_snapshot!(reports(&[
        r#"plugins![auth::AuthPlugin::new(), auth::AuthPlugin {}, "auth", 3, &A, dyn A, auth::AuthPlugin, , (A, B)]"#,
        r#"plugins![#[allow(dead_code)] A, #[cfg(a)] #[doc = "x"] B]"#,
        r#"plugins![A; B]"#,
        r#"plugins![a::A B, C; D E]"#,
        "plugins![a::A\n#[cfg(x)] B]",
        r#"plugins![A b!(), c::d![]]"#,
        "plugins![/// one\nA]",
        r#"plugins![crate = "my::path"; A]"#,
        r#"plugins![crate = my::path; A, B,]"#,
        r#"plugins![]"#,
    ]));
}
