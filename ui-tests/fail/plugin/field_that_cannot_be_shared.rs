//! PP028

use pepperplug::prelude::*;
use std::cell::RefCell;

#[plugin(name = "auth")]
struct AuthPlugin {
    sessions: RefCell<Vec<String>>,
}

fn main() {}
