//! Cargo leaves a crate out that nothing names, and its plugins with it. Naming it keeps it; a list names it.

#[path = "support/fixture.rs"]
mod fixture;

use fixture::{Fixture, errors, printed};

#[test]
fn a_crate_that_nothing_names_is_dropped_and_one_that_is_named_is_not() {
    let fixture = Fixture::copy_of("dropped");
    let run = |program: &str| {
        let output = fixture.cargo(&["run", "--bin", program]);
        assert!(output.status.success(), "{}", errors(&output));
        printed(&output)
    };
    assert_eq!(run("forgotten"), "");
    assert_eq!(run("imported"), "leaf\ntwig\n");
    assert_eq!(
        run("listed"),
        "\
plugins, in start order (1 on, 0 off)
  leaf        registered    1.0.0; listed
  leaf::Twig  unlisted      linked, but not in the list"
    );
}
