//! Two ways of doing one thing, timed in turns.

#![allow(dead_code, reason = "each bench uses its part")]

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Rounds of each comparison; odd, so that there is a median.
const ROUNDS: usize = 401;
/// What one side of one round takes at least, so that reading the clock is lost in it.
const ROUND: Duration = Duration::from_micros(500);
/// Fewer rounds for what takes long by itself, but never fewer than this.
const LEAST_ROUNDS: usize = 15;
/// What one comparison may take.
const COMPARISON: Duration = Duration::from_secs(3);

/// The comparisons of one bench, as the command line wants them.
pub(crate) struct Bench {
    quick: bool,
    only: Vec<String>,
}

impl Bench {
    /// Reads the command line. `None` where it only asked for help.
    pub(crate) fn from_args(about: &str) -> Option<Self> {
        let args: Vec<String> = std::env::args().skip(1).collect();
        if args.iter().any(|arg| arg == "--help" || arg == "-h") {
            help(about);
            return None;
        }
        Some(Self {
            quick: args.iter().any(|arg| arg == "--test") || cfg!(debug_assertions),
            // The other options are cargo's, and those of its test harness: `--bench`, `--nocapture`.
            only: args
                .into_iter()
                .filter(|arg| !arg.starts_with('-'))
                .collect(),
        })
    }

    /// Whether to measure what is called `name`.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.contains(only.as_str()))
    }

    /// Whether each thing is done only once, to see that it runs.
    pub(crate) fn is_quick(&self) -> bool {
        self.quick
    }

    /// Times `ours` against `by_hand`, for things so short that a round does them many times.
    pub(crate) fn compare(&self, name: &str, ours: impl FnMut(), by_hand: impl FnMut()) {
        self.side_by_side(name, ours, "by-hand", by_hand);
    }

    /// Times `ours` against another library's way of doing the same.
    pub(crate) fn versus(&self, name: &str, ours: impl FnMut(), theirs: impl FnMut()) {
        self.side_by_side(name, ours, "theirs", theirs);
    }

    fn side_by_side(
        &self,
        name: &str,
        mut ours: impl FnMut(),
        others: &str,
        mut other: impl FnMut(),
    ) {
        if !self.wants(name) {
            return;
        }
        let per_ours = self.times_in(ROUND, &mut ours);
        let per_other = self.times_in(ROUND, &mut other);
        let round = |do_it: &mut dyn FnMut(u32), times: u32| {
            let since = Instant::now();
            do_it(times);
            since.elapsed().as_secs_f64() * 1e9 / f64::from(times)
        };
        let mut many_ours = |times| (0..times).for_each(|_| ours());
        let mut many_other = |times| (0..times).for_each(|_| other());
        let rounds = self.rounds(|turn| {
            in_turns(
                turn,
                || round(&mut many_ours, per_ours),
                || round(&mut many_other, per_other),
            )
        });
        report(name, &rounds);
        print_line("ns", name, &rounds, 1.0, others);
    }

    /// As [`compare`](Self::compare), for things that time themselves, and that consist of `parts`.
    pub(crate) fn report_parts(&self, name: &str, parts: u32, rounds: &[(f64, f64)]) {
        if self.wants(name) {
            report(name, rounds);
            print_line("ns-per-plugin", name, rounds, f64::from(parts), "by-hand");
        }
    }

    /// What rounds of two threads and of one thread have taken: by how much two are quicker, so more is better.
    pub(crate) fn report_threads(&self, name: &str, rounds: &[(f64, f64)]) {
        let ratio = median(rounds.iter().map(|(two, one)| one / two));
        println!("ratio {name} {ratio:.3}");
        print_line("ns", name, rounds, 1.0, "one-thread");
    }

    /// So many rounds, or the one of a test.
    pub(crate) fn at_most(&self, rounds: usize) -> usize {
        if self.quick { 1 } else { rounds }
    }

    /// How often a thing must be done to fill a round.
    pub(crate) fn times_in(&self, round: Duration, mut do_it: impl FnMut()) -> u32 {
        let mut times = 1;
        loop {
            let since = Instant::now();
            (0..times).for_each(|_| do_it());
            if self.quick || since.elapsed() >= round {
                return black_box(times);
            }
            times *= 2;
        }
    }

    /// The nanoseconds of each side in each round; `measure` is told which turn it is.
    pub(crate) fn rounds<T>(&self, mut measure: impl FnMut(usize) -> T) -> Vec<T> {
        if self.quick {
            return vec![measure(0)];
        }
        let until = Instant::now() + COMPARISON;
        let mut rounds = Vec::with_capacity(ROUNDS);
        while rounds.len() < ROUNDS && (rounds.len() < LEAST_ROUNDS || Instant::now() < until) {
            rounds.push(measure(rounds.len()));
        }
        rounds
    }
}

/// Both sides once, the other one first in every other turn.
pub(crate) fn in_turns<T>(
    turn: usize,
    ours: impl FnOnce() -> T,
    by_hand: impl FnOnce() -> T,
) -> (T, T) {
    if turn % 2 == 0 {
        let ours = ours();
        (ours, by_hand())
    } else {
        let by_hand = by_hand();
        (ours(), by_hand)
    }
}

fn help(about: &str) {
    println!(
        "{about}\n\n\
         Prints, for each comparison, `ratio <name> <value>`: our side divided by the hand-written one, both measured\n\
         in this run, in turns; the median of the ratios of up to {ROUNDS} rounds (fewer, but {LEAST_ROUNDS} or more, \
         where these would take\n\
         longer than {COMPARISON:?}). Where a round does a thing many times, each side takes {ROUND:?} or more of it.\n\
         A second line gives the medians of both sides: `ns` for one time, `ns-per-plugin` for one plugin.\n\n\
         Usage: [--test] [NAME]...\n\n\
         NAME     only what has this in its name\n\
         --test   each thing once, to see that it runs; so does every build with debug assertions"
    );
}

fn report(name: &str, rounds: &[(f64, f64)]) {
    let ratio = median(rounds.iter().map(|(ours, by_hand)| ours / by_hand));
    println!("ratio {name} {ratio:.3}");
}

fn print_line(unit: &str, name: &str, rounds: &[(f64, f64)], parts: f64, others: &str) {
    let ours = median(rounds.iter().map(|(ours, _)| *ours)) / parts;
    let other = median(rounds.iter().map(|(_, other)| *other)) / parts;
    println!("{unit} {name} {ours:.2} {others} {other:.2}");
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
