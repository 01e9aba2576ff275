//! PP032

use std::error::Error;

use pepperplug::prelude::*;

#[event("user.login")]
pub struct UserLogin {
    pub user: String,
}

#[plugin(name = "audit")]
struct AuditPlugin;

#[plugin]
impl AuditPlugin {
    #[hook("user.login")]
    async fn on_login(&self, login: &UserLogin) -> Result<(), Box<dyn Error>> {
        println!("{}", login.user);
        Ok(())
    }
}

fn main() {}
