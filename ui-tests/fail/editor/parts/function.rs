// A free hook function.

#[hook("user.login")]
fn greet(login: &UserLogin, auth: Arc<AuthPlugin>) {
    auth.note(&login.user);
}
