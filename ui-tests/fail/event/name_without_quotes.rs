//! PP001

use pepperplug::prelude::*;

#[event(user_login)]
struct UserLogin;

fn main() {}
