//! PP039

#![allow(unused)]

use pepperplug::prelude::*;
use std::rc::Rc;

#[plugin(name = "auth")]
struct AuthPlugin;

#[plugin]
impl AuthPlugin {
    async fn initialize(&mut self) {
        let key = Rc::new([0_u8; 32]);
        std::future::ready(()).await;
        drop(key);
    }
}

fn main() {}
