//! PP032
use pepperplug::Next;
use pepperplug::prelude::*;

#[event("asked", mode = collect, output = u32)]
pub struct Asked;

#[plugin(name = "adder")]
pub struct AdderPlugin;

#[plugin]
impl AdderPlugin {
    #[hook("asked")]
    async fn wrap(&self, _asked: &Asked, _next: Next<'_, Asked>) -> u32 {
        1
    }
}

fn main() {}
