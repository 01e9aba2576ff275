//! Measures what users read against the rules that every message keeps. `fail.rs` holds the words; this holds their form.

#![allow(clippy::unwrap_used, reason = "a test")]

mod programs;

use programs::Program;

/// The most lines that one mistake may take in a terminal.
const MOST_LINES: usize = 15;

/// Programs whose mistake rustc explains in words of its own, and why it is left to that.
const IN_THE_COMPILERS_WORDS: &[(&str, &str)] = &[(
    "plugin/items_that_do_not_parse",
    "the compiler has told it before any macro is called",
)];

/// Programs whose mistake is a whole attribute, so that there is no smaller token to point at.
const AT_A_WHOLE: &[&str] = &["wiring/entry_with_another_attribute"];

/// One error as it stands in a terminal.
struct Message<'a> {
    lines: Vec<&'a str>,
}

impl<'a> Message<'a> {
    /// Everything from one line that begins with `error` to the next.
    fn all(stderr: &'a str) -> Vec<Self> {
        let mut messages: Vec<Self> = Vec::new();
        for line in stderr.lines() {
            if line.starts_with("error") {
                messages.push(Message { lines: Vec::new() });
            }
            if let Some(message) = messages.last_mut() {
                message.lines.push(line);
            }
        }
        for message in &mut messages {
            while message.lines.last().is_some_and(|line| line.is_empty()) {
                message.lines.pop();
            }
        }
        messages
    }

    /// The code in brackets in the first line; where the words are rustc's own, in the name of a trait.
    fn code(&self) -> Option<&'a str> {
        let first = self.lines.first()?;
        let bracketed = first.find("[PP").map(|at| &first[at + 1..at + 6]);
        let named = || {
            let code = self.lines.iter().find_map(|line| {
                let after = |named: &str| line.find(named).map(|at| at + named.len() - 2);
                let at = after("dyn PP").or_else(|| after("`PP"))?;
                line.get(at..at + 5)
            });
            code.filter(|code| code[2..].bytes().all(|byte| byte.is_ascii_digit()))
        };
        bracketed.or_else(named)
    }

    /// The user's text under the first carets.
    fn pointed_at(&self) -> Option<&'a str> {
        let at = self.lines.iter().position(|line| {
            let rest = line.trim_start().strip_prefix('|').unwrap_or_default();
            rest.trim_start().starts_with('^')
        })?;
        let (source, carets) = (self.lines[at - 1], self.lines[at]);
        let start = carets.find('^')?;
        let count = carets[start..].chars().take_while(|c| *c == '^').count();
        source.get(start..start + count)
    }

    fn text(&self) -> String {
        self.lines.join("\n")
    }
}

/// Says what is wrong with the form of each message, all at once.
fn complaints() -> Vec<String> {
    let mut complaints = Vec::new();
    for program in Program::all_that_fail() {
        let stderr = program.stderr();
        let mut complain = |what: String| complaints.push(format!("{}: {what}", program.name()));
        let messages = Message::all(&stderr);
        if stderr.lines().any(|line| line.starts_with("warning")) {
            complain("warns of something beside the mistake".to_owned());
        }
        let own_words = |name: &str| {
            IN_THE_COMPILERS_WORDS
                .iter()
                .any(|(program, _)| *program == name)
        };
        if own_words(program.name()) {
            assert!(program.codes().is_empty(), "{}", program.name());
            continue;
        }
        let mut codes: Vec<&str> = messages.iter().filter_map(Message::code).collect();
        codes.sort_unstable();
        let mut expected = program.codes();
        expected.sort_unstable();
        if codes != expected || codes.len() != messages.len() {
            complain(format!(
                "has the codes {codes:?} in {} errors",
                messages.len()
            ));
        }
        for message in &messages {
            for fault in faults_of(message, program.name()) {
                complain(format!("{fault}:\n{}", message.text()));
            }
        }
    }
    complaints
}

fn faults_of(message: &Message<'_>, program: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if message.lines.len() > MOST_LINES {
        faults.push(format!("takes {} lines", message.lines.len()));
    }
    let text = message.text();
    for internal in ["__", "$WORKSPACE/pepperplug", "this error originates in"] {
        if text.contains(internal) {
            faults.push(format!("shows `{internal}`, which is no business of users"));
        }
    }
    let helps = [
        "help:",
        "= note:",
        "note: future is not `Send` as this value",
        // Of two impls the compiler shows the headers and the trait, so the trait's name says what to do.
        "conflicting implementations of trait `PP075_write_",
    ];
    if !helps.iter().any(|help| text.contains(help)) {
        faults.push("says nothing of what to do".to_owned());
    }
    let whole = |at: &str| at.starts_with("#[") || at.starts_with("plugins![");
    match message.pointed_at() {
        None => faults.push("points at nothing".to_owned()),
        Some(at) if whole(at) != AT_A_WHOLE.contains(&program) => {
            faults.push(format!("points at `{at}`"));
        }
        Some(_) => {}
    }
    faults
}

#[test]
fn every_message_keeps_the_rules() {
    let complaints = complaints();
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

#[test]
fn the_measure_measures() {
    let stderr = "\
error[E0080]: evaluation panicked: [PP042] plugin `auth` requires plugin `config`
              help: add it
  --> fail/x.rs:7:38
   |
 7 | static PLUGINS: PluginSet = plugins![AuthPlugin];
   |                                      ^^^^^^^^^^ evaluation of `PLUGINS::_` failed here

error: something without a code
  --> fail/x.rs:9:1
   |
 9 | #[plugin(name = \"auth\")]
   | ^^^^^^^^^^^^^^^^^^^^^^^^ here
   |
   = note: required by `pepperplug::__private::Vtable`
";
    let messages = Message::all(stderr);
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].code(), Some("PP042"));
    assert_eq!(messages[0].pointed_at(), Some("AuthPlugin"));
    assert_eq!(faults_of(&messages[0], "x"), Vec::<String>::new());
    assert_eq!(messages[1].code(), None);
    let faults = faults_of(&messages[1], "x");
    assert_eq!(faults.len(), 2, "{faults:?}");
}
