//! PP032

#![allow(unused)]

use pepperplug::prelude::*;

#[derive(Clone)]
struct Identity;

#[event("http.request", mode = first, output = Identity)]
struct HttpRequest;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    #[hook("http.request")]
    async fn authenticate(&self, request: &HttpRequest) -> Result<Identity, std::io::Error> {
        Ok(Identity)
    }
}

fn main() {}
