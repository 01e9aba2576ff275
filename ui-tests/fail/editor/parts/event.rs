// An event and its methods.

#[event("user.login")]
#[derive(Clone)]
struct UserLogin {
    user: String,
}

impl UserLogin {
    fn name(&self) -> &str {
        &self.user
    }
}
