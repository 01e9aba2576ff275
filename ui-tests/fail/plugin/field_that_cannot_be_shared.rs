//! PP028

#![allow(unused)]

use pepperplug::prelude::*;
use std::cell::RefCell;

#[plugin(name = "auth")]
struct AuthPlugin {
    sessions: RefCell<Vec<String>>,
}

fn main() {}
