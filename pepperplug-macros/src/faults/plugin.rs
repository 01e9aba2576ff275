//! `#[plugin]` on structs.

use super::reports;

#[test]
fn names() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin(name = "")] struct A;"#,
        r#"#[plugin(name = "Rate Limit")] struct A;"#,
        r#"#[plugin(name = "rate/limit", settings = "rate..limit", feature = "a b")] struct A;"#,
        r#"#[plugin(name = "-x")] struct A;"#,
        r#"#[plugin] struct Überwachung;"#,
        r#"#[plugin(name = "gäst")] struct A;"#,
    ]));
}

#[test]
fn versions() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin(version = "1.0")] struct A;"#,
        r#"#[plugin(version = "v1.0.0")] struct A;"#,
        r#"#[plugin(requires("cache >=", "db 1.x.2", "audit => 2", "mail 1.2,", "log ^1 y", "kv >=1  <2"))] struct A;"#,
    ]));
}

#[test]
fn durations() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin(timeout = "5")] struct A;"#,
        r#"#[plugin(timeout = "0ms")] struct A;"#,
        r#"#[plugin(timeout = "5 seconds")] struct A;"#,
        r#"#[plugin(timeout = 5)] struct A;"#,
    ]));
}

#[test]
fn requirements() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin(requires("cache", "db", "cache >=1.2"))] struct A;"#,
        r#"#[plugin(requires("auth"))] struct AuthPlugin;"#,
        r#"#[plugin(name = "auth", requires("auth >=1"))] struct A;"#,
    ]));
}

#[test]
fn provisions() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin(provides(Cache, Arc<dyn Cache>, dyn A + Send, &dyn B, dyn C, dyn C + 'static, dyn 'static + D))] struct A;"#,
    ]));
}

#[test]
fn generic() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin] struct A<'a, T: Clone, const N: usize>(&'a [T; N]);"#,
        r#"#[plugin(name = 3)] struct A<T>(#[inject] T);"#,
    ]));
}

#[test]
fn twice() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin] #[plugin] struct A;"#,
        r#"#[plugin(name = "a")] #[derive(Clone)] #[pepperplug::plugin(name = "b")] struct A;"#,
        r#"#[plugin(crate = pp)] #[pp::plugin] impl A {}"#,
        r#"#[event("a")] #[event("b")] struct E;"#,
        r#"#[event("a")] #[event("b")] enum E {}"#,
        r#"#[service("a")] #[service("b")] trait A: Send + Sync {}"#,
        r#"#[plugin] #[other::plugin] struct Sound;"#,
    ]));
}

#[test]
fn not_a_struct() {
    insta::assert_snapshot!(reports(&[
        r#"#[plugin] enum A { B }"#,
        r#"#[plugin] union A { b: u8 }"#,
        r#"#[plugin] trait A {}"#,
        r#"#[plugin] fn a() {}"#,
        r#"#[plugin] mod a {}"#,
        r#"#[plugin] use a::b;"#,
        r#"#[plugin] type A = B;"#,
    ]));
}
