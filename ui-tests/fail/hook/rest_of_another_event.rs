//! PP048
use pepperplug::Next;
use pepperplug::prelude::*;

#[event("user.login")]
pub struct UserLogin;

#[event("user.logout")]
pub struct UserLogout;

#[plugin(name = "audit")]
pub struct AuditPlugin;

#[plugin]
impl AuditPlugin {
    #[hook("user.login")]
    async fn wrap(
        &self,
        _login: &UserLogin,
        _next: Next<'_, UserLogout>,
    ) -> Result<(), pepperplug::Error> {
        Ok(())
    }
}

fn main() {}
