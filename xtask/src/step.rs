//! Steps: named, timed, counted; all of them run, and the failures are listed at the end.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// What became of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Checks or tests that passed.
    pub passed: usize,
    /// Checks or tests that failed.
    pub failed: usize,
    /// Names of those that failed, where known.
    pub names: Vec<String>,
}

impl Count {
    /// One check, passed.
    pub fn one_passed() -> Self {
        Count { passed: 1, ..Count::default() }
    }

    /// One check, failed.
    pub fn one_failed(name: impl Into<String>) -> Self {
        Count { failed: 1, names: vec![name.into()], ..Count::default() }
    }
}

/// What became of every step so far.
#[derive(Debug, Default)]
pub struct Tally {
    steps: Vec<(String, Count, Duration)>,
}

impl Tally {
    /// Runs a step and keeps what became of it; an error in it is a failure of the step, not of the run.
    ///
    /// Answers whether it passed.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Count>) -> bool {
        println!("── {name}");
        let started = Instant::now();
        let count = work().unwrap_or_else(|error| {
            println!("error: {error:#}");
            Count::one_failed("could not be run")
        });
        let taken = started.elapsed();
        let mark = if count.failed == 0 { "✓" } else { "✗" };
        println!("{mark}  {name}: {} passed, {} failed, {:.1} s\n", count.passed, count.failed, taken.as_secs_f64());
        let good = count.failed == 0;
        self.steps.push((name.to_owned(), count, taken));
        good
    }

    /// Notes a step that could not be tried because another failed: it counts as failed.
    pub fn skipped(&mut self, name: &str, reason: &str) {
        println!("✗  {name}: not run: {reason}\n");
        self.steps.push((name.to_owned(), Count::one_failed(format!("not run: {reason}")), Duration::ZERO));
    }

    /// Prints times, failures and, alone on the last line, the sums; the code to exit with.
    pub fn finish(&self) -> ExitCode {
        println!("── summary");
        for (name, count, taken) in &self.steps {
            let mark = if count.failed == 0 { "✓" } else { "✗" };
            println!("{mark}  {:<28} {:>5} passed {:>4} failed {:>7.1} s", name, count.passed, count.failed, taken.as_secs_f64());
        }
        for (name, count, _) in self.steps.iter().filter(|(_, count, _)| count.failed > 0) {
            println!("\nfailed in {name}:");
            for failed in &count.names {
                println!("   {failed}");
            }
        }
        let passed: usize = self.steps.iter().map(|(_, count, _)| count.passed).sum();
        let failed: usize = self.steps.iter().map(|(_, count, _)| count.failed).sum();
        println!("\n{passed} passed, {failed} failed");
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Runs a command that is one check: it passes when the command does.
pub fn one_check(command: &mut Command) -> Result<Count> {
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot run {command:?}"))?;
    Ok(if status.success() { Count::one_passed() } else { Count::one_failed(shown(command)) })
}

/// How long the tests of a step may take, beside other work too: one that waits for ever must cost its own step, not the whole run.
pub const LONGEST: Duration = Duration::from_secs(40 * 60);

/// Runs a command whose output says how many tests passed and failed; the output is shown as it comes.
///
/// `read` takes a line into the count. A command that fails without a failed test (it does not compile, it was killed) counts as one
/// failure; one that passes without having counted any test is a failure too, for then nothing was tested. One that takes longer than
/// `longest` is ended, with all it started.
pub fn counted(longest: Duration, command: &Command, mut read: impl FnMut(&str, &mut Count)) -> Result<Count> {
    let mut limited = within(longest, command);
    let mut child =
        limited.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().with_context(|| format!("cannot run {command:?}"))?;
    let output = child.stdout.take().context("a child without output")?;
    let mut count = Count::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        std::io::stdout().flush()?;
        read(&line, &mut count);
    }
    let status = child.wait()?;
    if matches!(status.code(), Some(TIMED_OUT | KILLED)) {
        count.failed += 1;
        count.names.push(format!("{} took longer than {} s: a test waits for ever", shown(command), longest.as_secs()));
    }
    if !status.success() && count.failed == 0 {
        count.failed = 1;
        count.names.push(format!("{} ({status})", shown(command)));
    }
    if status.success() && count.passed == 0 && count.failed == 0 {
        count = Count::one_failed(format!("{} ran no test", shown(command)));
    }
    Ok(count)
}

/// What `timeout` exits with when it ended a command, and when it had to kill it.
const TIMED_OUT: i32 = 124;
const KILLED: i32 = 137;

/// The command under coreutils' `timeout`, which ends its whole process group.
///
/// At a terminal, `timeout` leaves the group as it is, so that Ctrl-C still ends everything.
fn within(longest: Duration, command: &Command) -> Command {
    let mut limited = Command::new("timeout");
    if std::io::stdin().is_terminal() {
        limited.arg("--foreground");
    }
    limited.arg("--kill-after=30").arg(longest.as_secs().to_string()).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        limited.current_dir(folder);
    }
    limited
}

/// A line of `cargo test`.
pub fn read_cargo(line: &str, count: &mut Count) {
    if let Some(result) = line.strip_prefix("test result: ") {
        count.passed += number_before(result, " passed");
        count.failed += number_before(result, " failed");
    } else if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
        count.names.push(name.to_owned());
    }
}

/// A line of Node's TAP reporter: sums are comments, tests are `ok` and `not ok`.
pub fn read_tap(line: &str, count: &mut Count) {
    let sum = |label: &str| line.strip_prefix(label).and_then(|rest| rest.trim().parse::<usize>().ok());
    if let Some(passed) = sum("# pass ") {
        count.passed += passed;
    } else if let Some(failed) = sum("# fail ").or_else(|| sum("# cancelled ")) {
        count.failed += failed;
    } else if let Some(rest) = line.trim_start().strip_prefix("not ok ") {
        count.names.push(rest.split_once(" - ").map_or(rest, |(_, name)| name).to_owned());
    }
}

fn number_before(text: &str, unit: &str) -> usize {
    text.split_once(unit)
        .and_then(|(before, _)| before.rsplit(|letter: char| !letter.is_ascii_digit()).next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

/// A command without its environment, as a person would type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_lines_are_counted() {
        let mut count = Count::default();
        for line in [
            "running 3 tests",
            "test tidy::a ... ok",
            "test tidy::b ... FAILED",
            "test result: FAILED. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        ] {
            read_cargo(line, &mut count);
        }
        assert_eq!(count, Count { passed: 16, failed: 1, names: vec!["tidy::b".to_owned()] });
    }

    #[test]
    fn tap_lines_are_counted() {
        let mut count = Count::default();
        for line in ["    not ok 2 - opens /parcels", "# tests 3", "# pass 2", "# fail 1", "# cancelled 0", "# skipped 0"] {
            read_tap(line, &mut count);
        }
        assert_eq!(count, Count { passed: 2, failed: 1, names: vec!["opens /parcels".to_owned()] });
    }

    #[test]
    fn a_command_that_waits_for_ever_is_ended_with_its_children() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'test result: ok. 1 passed; 0 failed'; sleep 600 & wait"]);
        let count = counted(Duration::from_secs(1), &command, read_cargo).unwrap();
        assert_eq!((count.passed, count.failed), (1, 1));
        assert!(count.names[0].contains("waits for ever"), "{:?}", count.names);
    }

    #[test]
    fn a_command_that_fails_without_a_test_counts_as_failed() {
        let count = counted(LONGEST, &Command::new("false"), read_cargo).unwrap();
        assert_eq!(count.failed, 1);
    }

    #[test]
    fn a_command_that_tests_nothing_counts_as_failed() {
        let count = counted(LONGEST, &Command::new("true"), read_cargo).unwrap();
        assert_eq!((count.passed, count.failed), (0, 1));
    }
}
