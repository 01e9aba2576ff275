//! Events.

use super::reports;

#[test]
fn names() {
    insta::assert_snapshot!(reports(&[
        r#"#[event] struct UserLogin;"#,
        r#"#[event] struct Gäste;"#,
        r#"#[event()] struct UserLogin;"#,
        r#"#[event("")] struct UserLogin;"#,
        r#"#[event("user.*")] struct UserLogin;"#,
        r#"#[event("UserLogin")] struct UserLogin;"#,
        r#"#[event(mode = notify)] struct UserLogin;"#,
        r#"#[event(name = "user.login")] struct UserLogin;"#,
    ]));
}

#[test]
fn modes() {
    insta::assert_snapshot!(reports(&[
        r#"#[event("e", mode = frist)] struct E;"#,
        r#"#[event("e", mode = broadcast, output = u8)] struct E;"#,
        r#"#[event("e", mode = collect)] struct E;"#,
        r#"#[event("e", mode = transform, output = u8)] struct E;"#,
        r#"#[event("e", output = u8)] struct E;"#,
        r#"#[event("e", sync, timeout = "5s")] struct E;"#,
        r#"#[event("e", async)] struct E;"#,
        r#"#[event("e", mode = notify, output = ())] struct Sound;"#,
        r#"#[event("e", mode = first, output = HashMap<u8, Vec<u8>>, sync)] enum Sound {}"#,
    ]));
}

#[test]
fn items() {
    insta::assert_snapshot!(reports(&[
        r#"#[event("e")] struct E<'a, T>(&'a T);"#,
        r#"#[event("e")] union E { a: u8 }"#,
        r#"#[event("e")] fn e() {}"#,
        r#"#[event("e")] trait E {}"#,
    ]));
}
