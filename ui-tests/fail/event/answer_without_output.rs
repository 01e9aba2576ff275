//! PP010

use pepperplug::prelude::*;

#[event("http.request", mode = first)]
struct HttpRequest;

fn main() {}
