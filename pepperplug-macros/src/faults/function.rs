//! Hooks that are free functions.

use super::reports;

#[test]
fn functions() {
    insta::assert_snapshot!(reports(&[
        r#"#[hook] fn a(e: &E) {}"#,
        r#"#[hook("app.startup")] fn a() {}"#,
        r#"#[hook("app.startup")] fn a(e: E) {}"#,
        r#"#[hook("app.startup", crate = pp)] async fn a<T>(e: &E, t: Arc<T>) {}"#,
        r#"#[hook("app.*")] unsafe fn a(e: &E) {}"#,
        r#"#[hook("app.startup")] fn überwachung(e: &E) {}"#,
        r#"#[hook("app.startup", name = "watch")] fn überwachung(sound: &E) {}"#,
        r#"#[hook("app.startup", name = "Wärme")] fn a(e: &E) {}"#,
        r#"#[hook(name = "app.startup")] fn a(e: &E) {}"#,
        r#"#[hook("app.startup", nmae = "watch")] fn a(e: &E) {}"#,
        r#"#[hook("app.startup", timeout = "1s")] fn a(e: &E) {}"#,
        r#"#[hook("app.startup")] #[hook("app.shutdown")] fn a(e: &E) {}"#,
        r#"#[hook("app.startup")] fn a(e: &str, #[cfg_attr(x, inject(settings))] s: S) {}"#,
    ]));
}

#[test]
fn parameters() {
    insta::assert_snapshot!(reports(&[
        r#"#[hook("e")] fn a(e: &E, db: &Database) {}"#,
        r#"#[hook("e")] fn a(e: &E, cache: Arc<dyn Cache>, ctx: &EventContext) {}"#,
        r#"#[hook("e")] fn a(e: &E, ctx: &EventContext, cache: Box<dyn Cache>, x: (u8, u8)) {}"#,
        r#"#[hook("e")] fn a(e: &E, #[inject(settings)] s: &S, #[inject(settings)] t: T) {}"#,
        r#"#[hook("e")] fn a(e: &E, #[inject(nope)] #[inject] s: Arc<S>) {}"#,
        r#"#[hook("e")] fn sound(ctx: &EventContext, #[inject("db")] db: Arc<Db>, #[inject(settings)] s: &S) {}"#,
    ]));
}
