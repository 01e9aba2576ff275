//! Empty: cargo asks for a build script where `links` is set, and `links` is what makes it refuse two versions of
//! pepperplug in one build, which would split the registry.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
