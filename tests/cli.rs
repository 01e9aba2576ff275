//! `plugins …` on the command line of a real program: what it prints where, and how it ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn application() -> Command {
    clean(env!("CARGO_BIN_EXE_application"))
}

/// Without what the environment of the tests says of colours.
fn clean(program: &str) -> Command {
    let mut command = Command::new(program);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "SETTINGS"] {
        command.env_remove(variable);
    }
    command.arg("plugins");
    command
}

fn run(command: &mut Command, arguments: &[&str]) -> Output {
    command.args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it is text")
}

/// What it prints to the standard output, where it ends well.
fn printed(arguments: &[&str]) -> String {
    let output = run(&mut application(), arguments);
    assert!(output.status.success(), "{output:?}");
    text(&output.stdout).to_owned()
}

/// What it prints to the standard error, where it ends with `code` and nothing is printed to the standard output.
fn refused(command: &mut Command, arguments: &[&str], code: i32) -> String {
    let output = run(command, arguments);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert_eq!(text(&output.stdout), "");
    text(&output.stderr).to_owned()
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The application with these settings, and the file that they are in.
fn with_settings(name: &str, settings: &str) -> (Command, String) {
    let file = file(name);
    fs::write(&file, settings).expect("a file");
    let mut command = application();
    command.env("SETTINGS", &file);
    (command, file.display().to_string())
}

const STRAY: &str = "note: plugin `stray` is linked, but not in the list: add `application::Stray` to `plugins![…]` if it \
                     is to be part of the application\n";

#[test]
fn list_shows_every_plugin() {
    assert_eq!(
        printed(&["list"]),
        "\
NAME                VERSION  STATE       WHY                          INJECTED INTO
cache               1.2.0    registered  listed                       mailer
mailer              0.3.0    registered  listed
audit::Audit                 off         `any()` is not on
application::Stray           unlisted    linked, but not in the list
"
    );
}

#[test]
fn list_may_be_limited_to_states() {
    assert_eq!(
        printed(&["list", "--start", "--state", "ready", "--state=off"]),
        "\
NAME          VERSION  STATE  WHY                INJECTED INTO
cache         1.2.0    ready  listed             mailer
mailer        0.3.0    ready  listed
audit::Audit           off    `any()` is not on
"
    );
    assert_eq!(printed(&["list", "--state", "failed"]), "");
    let error = refused(&mut application(), &["list", "--state", "redy"], 2);
    assert!(error.contains("a similar value exists: 'ready'"), "{error}");
}

#[test]
fn list_and_report_are_data_too() {
    let list: serde_json::Value =
        serde_json::from_str(&printed(&["list", "--json"])).expect("it is JSON");
    assert_eq!(list["plugins"][1]["name"], "mailer");
    assert_eq!(list["plugins"][1]["injects"][0]["by"][0], "cache");
    assert_eq!(list["off"][0]["path"], "audit::Audit");
    assert_eq!(list["unlisted"][0]["name"], "stray");
    assert_eq!(list.get("events"), None);
    let report: serde_json::Value =
        serde_json::from_str(&printed(&["report", "--json", "--start"])).expect("it is JSON");
    assert_eq!(report["format"], 1);
    assert_eq!(report["plugins"][0]["state"], "ready");
    assert!(report["plugins"][0]["ready_after"].is_f64(), "{report}");
    assert_eq!(
        report["events"][0]["hooks"][0]["policies"][0]["value"],
        "5s"
    );
}

#[test]
fn report_tells_of_hooks_without_a_start() {
    assert_eq!(
        printed(&["report"]),
        "\
plugins, in start order (2 on, 1 off)
  cache               registered    1.2.0; listed; provides store; injected into mailer
  mailer              registered    0.3.0; listed
  audit::Audit        off           `any()` is not on
  application::Stray  unlisted      linked, but not in the list
hooks, in the order in which they run
  user.login (notify)
    1. mailer::greet  priority 50; timeout 5s (hook)
"
    );
    assert!(printed(&["report", "--start"]).contains("ready in "));
}

#[test]
fn graph_is_drawn_in_each_form() {
    let svg = printed(&["graph"]);
    assert!(
        svg.starts_with("<svg ") && svg.ends_with("</svg>\n"),
        "{svg}"
    );
    assert_eq!(svg, printed(&["graph", "--format", "svg"]));
    assert!(printed(&["graph", "--format", "dot"]).starts_with("digraph plugins {\n"));
    assert!(printed(&["graph", "--format=mermaid"]).starts_with("flowchart TD\n"));
    let error = refused(&mut application(), &["graph", "--format", "png"], 2);
    assert!(
        error.contains("[possible values: svg, dot, mermaid]"),
        "{error}"
    );
}

#[test]
fn graph_is_written_to_a_file_in_the_form_that_its_name_says() {
    for (name, begins) in [
        ("plugins.svg", "<svg "),
        ("plugins.dot", "digraph "),
        ("plugins.mmd", "flowchart "),
        ("plugins", "<svg "),
    ] {
        let file = file(name);
        let path = file.display().to_string();
        assert_eq!(printed(&["graph", "--output", &path]), "");
        let written = fs::read_to_string(&file).expect("it is there");
        assert!(written.starts_with(begins), "{name}: {written}");
    }
    let nowhere = file("no/such/folder/plugins.svg").display().to_string();
    let error = refused(&mut application(), &["graph", "-o", &nowhere], 1);
    assert!(
        error.starts_with(&format!("error: cannot write `{nowhere}`: ")),
        "{error}"
    );
}

/// Also of settings that are wrong.
#[cfg(feature = "schema")]
#[test]
fn schema_is_that_of_all_settings() {
    let (mut command, _) = with_settings("to-mend.toml", "[cache]\nsize = \"x\"\n");
    let output = run(&mut command, &["schema"]);
    assert!(output.status.success(), "{output:?}");
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    for section in ["cache", "mailer"] {
        assert!(schema["properties"][section].is_object(), "{schema}");
    }
    // Of a program that is linked together, too.
    let output = run(&mut clean(env!("CARGO_BIN_EXE_misfits")), &["schema"]);
    assert!(output.status.success(), "{output:?}");
}

#[cfg(not(feature = "schema"))]
#[test]
fn schema_says_which_feature_it_needs() {
    let error = refused(&mut application(), &["schema"], 1);
    assert!(
        error.contains("cargo add pepperplug --features schema"),
        "{error}"
    );
}

#[test]
fn check_says_in_one_line_that_all_is_well() {
    let output = run(&mut application(), &["check"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        text(&output.stdout),
        "2 plugins fit together, and so do the settings\n"
    );
    assert_eq!(text(&output.stderr), STRAY);
    assert_eq!(
        printed(&["check", "--start"]),
        "2 plugins fit together, and so do the settings; they were started and stopped\n"
    );
}

#[test]
fn every_problem_of_the_settings_is_told() {
    let settings = "[cache]\nsize = \"x\"\nsiez = 1\n[mialer]\n";
    let (mut command, file) = with_settings("wrong.toml", settings);
    assert_eq!(
        refused(&mut command, &["check"], 1),
        format!(
            "\
error: 3 problems in the settings
  {file}:2:8  [cache] size: found \"x\", expected an integer from 0 to 4294967295 [PP211]
  {file}:3:1  [cache] siez: no such key; did you mean `size`? [PP212]
  {file}:4:1  [mialer]: no plugin reads this section; did you mean `[mailer]`? [PP214]
"
        )
    );
    for arguments in [["list"], ["graph"], ["report"]] {
        let (mut command, _) = with_settings("wrong.toml", settings);
        let error = refused(&mut command, &arguments, 1);
        assert!(
            error.starts_with("error: 3 problems in the settings\n"),
            "{error}"
        );
    }
}

#[test]
fn settings_that_are_no_toml_are_an_error_of_the_application() {
    let (mut command, file) = with_settings("torn.toml", "[cache\n");
    let error = refused(&mut command, &["check"], 1);
    assert!(error.contains(&format!("{file}:1:")), "{error}");
}

#[test]
fn every_problem_of_the_wiring_is_told_whatever_is_asked_for() {
    for arguments in [["check"], ["list"], ["graph"], ["report"]] {
        let error = refused(&mut clean(env!("CARGO_BIN_EXE_misfits")), &arguments, 1);
        let first = error.lines().next();
        assert_eq!(
            first,
            Some("error: 2 problems: the plugins do not fit together")
        );
        for problem in [
            "[PP043] plugin `needy` injects service `store`, and no plugin of this application provides it",
            "[PP042] plugin `needy` requires plugin `nowhere`, and no plugin of this application has that name",
        ] {
            assert!(error.contains(problem), "{error}");
        }
    }
}

#[test]
fn a_start_that_fails_is_told_and_what_has_become_of_it_is_shown() {
    let (mut command, _) = with_settings("small.toml", "[cache]\nsize = 0\n");
    let output = run(&mut command, &["list", "--start", "--state", "failed"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stdout),
        "\
NAME   VERSION  STATE   WHY                               INJECTED INTO
cache  1.2.0    failed  listed; failed: there is no room  mailer
"
    );
    let error = text(&output.stderr);
    assert!(
        error.starts_with("error: [PP230] the application did not start\n"),
        "{error}"
    );
    // Nothing but a start finds out.
    let (mut command, _) = with_settings("small.toml", "[cache]\nsize = 0\n");
    assert!(run(&mut command, &["check"]).status.success());
    let (mut command, _) = with_settings("small.toml", "[cache]\nsize = 0\n");
    let error = refused(&mut command, &["check", "--start"], 1);
    assert!(error.contains("there is no room"), "{error}");
}

#[test]
fn an_optional_plugin_that_fails_is_a_warning() {
    let (mut command, _) = with_settings("down.toml", "[mailer]\nserver = \"down\"\n");
    let output = run(&mut command, &["check", "--start"]);
    assert!(output.status.success(), "{output:?}");
    let warning = "warning: plugin `mailer` is optional, and failed: the server does not answer\n";
    assert_eq!(text(&output.stderr), format!("{STRAY}{warning}"));
}

#[test]
fn a_command_that_is_none_is_an_error_with_a_tip() {
    let error = refused(&mut application(), &["grpah"], 2);
    assert!(
        error.contains("a similar subcommand exists: 'graph'"),
        "{error}"
    );
    let help = refused(&mut application(), &[], 2);
    assert!(
        help.contains("Usage: application plugins <COMMAND>"),
        "{help}"
    );
}

#[test]
fn help_shows_examples() {
    let help = printed(&["--help"]);
    assert!(
        help.contains("plugins graph --output plugins.svg"),
        "{help}"
    );
    for command in ["list", "graph", "report", "check"] {
        let help = printed(&[command, "--help"]);
        assert!(help.contains("--start"), "{help}");
    }
}

#[test]
fn colours_are_for_terminals() {
    let coloured = |variables: &[(&str, &str)]| {
        let mut command = application();
        command.envs(variables.iter().copied());
        let output = run(&mut command, &["check"]);
        text(&output.stderr).contains('\u{1b}')
    };
    assert!(!coloured(&[]), "this is no terminal");
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("NO_COLOR", "1"), ("TERM", "xterm")]));
}

#[test]
fn nobody_who_reads_to_the_end_is_no_fault() {
    let mut child = application()
        .args(["report", "--start"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    // Gone before it prints anything.
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stderr), "");
}
