//! Hooks in impl blocks.

use super::report;

#[test]
fn event_names() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
impl A {
    #[hook] fn a(&self, e: &E) {}
    #[hook()] fn b(&self, e: &E) {}
    #[hook(priority = high)] fn c(&self, e: &E) {}
    #[hook(UserLogin)] fn d(&self, e: &E) {}
    #[hook(UserLogin, priorty = 1)] fn e(&self, e: &E) {}
    #[hook("User.Login")] fn f(&self, e: &E) {}
    #[hook("user.")] fn g(&self, e: &E) {}
    #[hook("user*")] fn h(&self, ctx: &EventContext) {}
    #[hook("user..*")] fn i(&self, ctx: &EventContext) {}
    #[hook("user.login")] #[hook("user.logout")] fn j(&self, e: &E) {}
}"#
    ));
}

#[test]
fn policies() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
impl A {
    #[hook("e", priority = hgih, retries = 101, on_error = ingore, timeout = "5sec")] async fn a(&self, e: &E) {}
    #[hook("e", priority = 3000000000, retries = -1, on_error = explode, timeout = "")] async fn b(&self, e: &E) {}
    #[hook("e", priority = urgent, retries = 99999999999999999999999999999999999999999)] fn c(&self, e: &E) {}
    #[hook("e", before("a", "b", "a"), after("c", "b"), parallel, sequential)] fn d(&self, e: &E) {}
    #[hook("e", before = "Rate Limit")] fn f(&self, e: &E) {}
    #[hook("e", priority = -5, retries = 0, on_error = disable, before = "x")] fn sound(&self, e: &E) {}
}"#
    ));
}

#[test]
fn timeouts() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
impl A {
    #[hook("e", timeout = "5s")] fn a(&self, e: &E) {}
    #[hook("e.*", timeout = "5s")] fn b(&self, ctx: &EventContext) {}
    #[hook("e", timeout = "5s")] async fn sound(&self, e: &E) {}
    #[hook("e", timeout = "5s")] fn sound(&self, e: &E) -> Pin<Box<dyn Future<Output = ()> + Send>> {}
}"#
    ));
}

#[test]
fn options_that_have_their_place_elsewhere() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
impl A {
    #[hook("e", name = "warm-up")] fn a(&self, e: &E) {}
    #[hook(name = "e")] fn b(&self, e: &E) {}
    #[hook("e", crate = pp)] fn c(&self, e: &E) {}
}"#
    ));
}

#[test]
fn receivers() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
impl A {
    #[hook("e")] fn a(e: &E) {}
    #[hook("e")] fn b(&mut self, e: &E) {}
    #[hook("e")] fn c(self, e: &E) {}
    #[hook("e")] fn d(self: Arc<Self>, e: &E) {}
    #[hook("e")] fn e() {}
    #[hook("e")] fn sound(self: &Self, e: &E) {}
}"#
    ));
}

#[test]
fn arguments() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
impl A {
    #[hook("e")] fn a(&self) {}
    #[hook("e")] fn b(&self, e: E) {}
    #[hook("e")] fn c(&self, e: &E, x: u8) {}
    #[hook("e")] fn d(&self, e: &E, ctx: &EventContext, x: u8, y: u8) {}
    #[hook("e")] fn f(&self, ctx: &EventContext, e: &E) {}
    #[hook("e")] fn g(&self, e: &E, ctx: EventContext) {}
    #[hook("e")] fn h(&self, e: &str) {}
    #[hook("e")] fn i(&self, e: &mut [u8], ctx: &EventContext) {}
    #[hook("e")] fn j(&self, e: &(dyn Event + Send)) {}
    #[hook("e")] fn sound(&self, e: &mut pp::E, ctx: &pp::EventContext<'_>) {}
}"#
    ));
}

#[test]
fn signatures() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
impl A {
    #[hook("e")] fn a<T, const N: usize>(&self, e: &E) {}
    #[hook("e")] fn b(&self, e: &impl Event) {}
    #[hook("e")] unsafe fn c(&self, e: &E) {}
    #[hook("e")] const extern "C" fn d(&self, e: &E) {}
    #[hook("e")] fn sound<'a>(&'a self, e: &'a E) -> impl Future<Output = ()> + Send + 'a { async {} }
}"#
    ));
}

#[test]
fn patterns() {
    insta::assert_snapshot!(report(
        r#"
#[plugin]
impl A {
    #[hook("user.*")] fn a(&self, e: &UserLogin) {}
    #[hook("**")] fn b(&self, e: &UserLogin, ctx: &EventContext) {}
    #[hook("user.*")] fn c(&self, ctx: &EventContext) -> Option<u8> { None }
    #[hook("user.login")] async fn d(&self, ctx: &EventContext) -> Result<Identity, E> { todo() }
    #[hook("user.login")] async fn f(&self, ctx: &EventContext) -> Result<String, E> { todo() }
    #[hook("user.*")] async fn sound(&self, ctx: &EventContext) -> Result<(), E> { Ok(()) }
}"#
    ));
}
