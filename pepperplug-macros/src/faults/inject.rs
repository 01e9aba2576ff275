//! Fields of plugins.

use super::{report, reports};

#[test]
fn types_that_cannot_be_injected() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
struct A {
    #[inject] a: Box<dyn Cache>,
    #[inject] b: Rc<Database>,
    #[inject] c: &'static Database,
    #[inject] d: dyn Cache,
    #[inject] e: Arc<Option<Database>>,
    #[inject] f: Arc<Vec<dyn Cache>>,
    #[inject] g: Vec<Arc<Database>>,
    #[inject] h: Vec<dyn Cache>,
    #[inject] i: Vec<Box<dyn Cache>>,
    #[inject] j: Option<Database>,
    #[inject] k: Option<Lazy<Database>>,
    #[inject] l: Option<Box<dyn Cache>>,
    #[inject] m: Lazy<Arc<dyn Cache>>,
    #[inject] n: (Arc<A>, Arc<B>),
    #[inject] o: [Arc<A>; 3],
    #[inject] p: Arc<dyn Cache + Send>,
    #[inject] q: Arc<Mutex<Database>>,
    #[inject] r: Mutex<Arc<Database>>,
    #[inject] s: Weak<Database>,
    #[inject] t: fn(),
    #[inject] u: Arc<Arc<Database>>,
    #[inject] v: Arc<[u8]>,
    #[inject] w: Option<Option<Arc<Database>>>,
    #[inject] x: std::boxed::Box<Database>,
    #[inject] y: Arc<Lazy<Database>>,
    #[inject] z: Option<Box<dyn 'static + Cache>>,
}"#
    ));
}

#[test]
fn types_that_can() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
struct A {
    #[inject] a: Arc<Database>,
    #[inject] b: std::sync::Arc<dyn cache::Cache>,
    #[inject] c: Option<(Arc<Database>)>,
    #[inject] d: Vec<::std::sync::Arc<dyn Cache>>,
    #[inject] e: Lazy<Self>,
    #[inject] f: pepperplug::Events,
    #[inject] g: Alias,
    #[inject] h: <X as Y>::Z,
    #[inject] i: alias!(),
    #[inject(settings)] j: Vec<String>,
    #[inject] m: Arc<dyn Cache + 'static>,
    #[inject] n: Option<Arc<dyn 'static + Cache>>,
    #[inject] o: Vec<Arc<dyn Cache + 'static>>,
    #[inject] p: Lazy<(dyn Cache + 'static)>,
    #[pepperplug::inject("name", version = "1")] k: Arc<Database>,
    #[::pepperplug::inject] l: Arc<Database>,
}"#
    ));
}

#[test]
fn attributes() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
struct A(
    #[inject] #[inject] Arc<A>,
    #[inject] #[init(3)] Arc<A>,
    #[init(1)] #[init(2)] u8,
    #[init] u8,
    #[init()] u8,
    #[init = 3] u8,
    #[init(1 2)] u8,
    #[inject = "audit"] Arc<A>,
    #[inject("Audit")] Arc<A>,
    #[inject(version = "one")] Arc<A>,
    #[inject(3)] Arc<A>,
    #[inject(audit)] Arc<A>,
);"#
    ));
}

#[test]
fn options_where_there_is_no_choice() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
struct A {
    #[inject("events")] a: Events,
    #[inject(settings, version = "1")] b: S,
    #[inject("x", settings)] c: S,
    #[inject("x", version = "1")] d: Vec<Arc<dyn S>>,
}"#
    ));
}

#[test]
fn settings_twice() {
    insta::assert_snapshot!(reports(&[
        "#[plugin] struct A { #[inject(settings)] a: S, #[inject(settings)] b: T }",
        "#[plugin] struct A { #[cfg(a)] #[inject(settings)] a: S, #[cfg(not(a))] #[inject(settings)] b: T }",
    ]));
}
