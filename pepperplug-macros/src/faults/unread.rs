//! Items that do not parse: the compiler has said so, and nothing is added to it.

use super::{expand, report};

/// What is emitted for an item that does not parse, with single spaces.
fn unread(source: &str) -> String {
    assert_eq!(report(source), "no errors\n", "{source}");
    let text = expand(source).to_string();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn is_kept_without_the_attributes_inside() {
    let text = unread(
        r#"#[plugin] impl A { #[inline] #[hook("e")] fn h(&self, e: &E) { let x = ; } const N: u8 = 3; }"#,
    );
    let kept = "impl A { # [inline] fn h (& self , e : & E) { let x = ; } const N : u8 = 3 ; }";
    assert!(text.starts_with(kept), "{text}");
    let text = unread("#[plugin] struct A { #[pepperplug::inject] a: Arc<B> #[init(3)] c: u8 }");
    assert!(
        text.starts_with("struct A { a : Arc < B > c : u8 }"),
        "{text}"
    );
}

#[test]
fn is_not_forgotten_should_it_be_well() {
    for (source, code) in [
        ("#[plugin] impl A { fn f() { let x = ; } }", "[PP070]"),
        (r#"#[hook("e")] fn f(e: &E) { let x = ; }"#, "[PP083]"),
        (r#"#[event("e")] struct E { a: u8 b: u8 }"#, "[PP077]"),
        (
            r#"#[service("s")] trait S { fn f() { let x = ; } }"#,
            "[PP079]",
        ),
    ] {
        let text = unread(source);
        assert!(
            text.contains(&format!(":: core :: panic ! (\"{code} ")),
            "{text}"
        );
    }
}

#[test]
fn is_what_its_attribute_makes_it() {
    for (source, implementation) in [
        (
            r#"#[plugin] struct A { a: u8 b: u8 }"#,
            "impl __pp :: Plugin for A",
        ),
        (
            r#"#[hook("e")] pub fn f(e: &E) { let x = ; }"#,
            "pub struct f { }",
        ),
        (
            r#"#[event("e")] enum E { A B }"#,
            "impl __pp :: Event for E",
        ),
        (
            r#"#[service("s")] trait S { fn f() { let x = ; } }"#,
            "impl __pp :: Service for dyn S",
        ),
    ] {
        let text = unread(source);
        assert!(text.contains(implementation), "{text}");
    }
}

#[test]
fn hooks_outside_of_plugins_are_told_apart_without_their_bodies() {
    let text = report(r#"#[hook("e")] fn h(&self, e: &E) { let x = ; }"#);
    assert!(
        text.contains("[PP083] hook `h` stands in a block without `#[plugin]`"),
        "{text}"
    );
}
