//! `cargo xtask nightly`: the long forms of the harnesses in `crates/kept/tests/it`, one after the other, and a table of their figures.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::postgres::Cluster;
use crate::step::{Count, Tally, counted, one_check, read_cargo};
use crate::suite::cargo;
use crate::tools::{HARNESSES, POSTFIX, Tools, path_with};

/// How long one harness may take.
const NIGHT: Duration = Duration::from_secs(8 * 60 * 60);

/// A harness: the tests that it is, and how long its long form is.
struct Harness {
    name: &'static str,
    tests: &'static str,
    long: &'static [(&'static str, &'static str)],
}

const ALL: &[Harness] = &[
    Harness { name: "tamper", tests: "tamper::", long: &[("KEPT_TAMPER", "10000")] },
    Harness { name: "crash", tests: "crash::", long: &[("KEPT_CRASH_CYCLES", "1000")] },
    Harness { name: "power", tests: "power::", long: &[("KEPT_POWER_CUTS", "500"), ("KEPT_POWER_CUTS_POSTGRES", "100")] },
    Harness { name: "faults", tests: "faults::", long: &[("KEPT_FAULTS", "2000")] },
    Harness { name: "full", tests: "full::", long: &[("KEPT_FULL", "100")] },
    Harness { name: "clocks", tests: "clocks::", long: &[("KEPT_CLOCK_JUMPS", "500")] },
    Harness { name: "away", tests: "away::g11", long: &[("KEPT_STOPS", "100")] },
    Harness { name: "failover", tests: "away::g01d", long: &[("KEPT_FAILOVERS", "200")] },
    Harness { name: "paused", tests: "paused::", long: &[("KEPT_PAUSES", "200")] },
    Harness { name: "fire", tests: "fire::", long: &[("KEPT_FIRE", "80")] },
];

/// Runs all of them, or those that are named; `--share PERCENT` makes each so much shorter.
pub fn run(root: &Path, words: &[String]) -> Result<ExitCode> {
    let asked = Asked::read(words)?;
    let tools = Tools::new(asked.install);
    let mut tally = Tally::default();
    tally.step("build", || one_check(cargo(root).args(["test", "--quiet", "--package", "kept", "--test", "it", "--no-run"])));
    tools.try_all(HARNESSES);
    tools.try_all(&[POSTFIX]);
    let cluster = Cluster::start(&tools)?;
    let mut figures: Vec<String> = Vec::new();
    for harness in ALL.iter().filter(|harness| asked.names.is_empty() || asked.names.iter().any(|name| name == harness.name)) {
        tally.step(harness.name, || harness.run(root, &cluster, asked.share, &mut figures));
    }
    println!("── figures");
    for line in &figures {
        println!("{line}");
    }
    println!();
    Ok(tally.finish())
}

impl Harness {
    fn run(&self, root: &Path, cluster: &Cluster, share: u64, figures: &mut Vec<String>) -> Result<Count> {
        let program = cargo(root);
        // Figures go to standard error, where the tests' own output does not swallow them.
        let mut command = Command::new("sh");
        command.args(["-c", "exec \"$@\" 2>&1", "sh"]).arg(program.get_program()).current_dir(root);
        command.args([
            "test",
            "--quiet",
            "--package",
            "kept",
            "--test",
            "it",
            "--",
            "--nocapture",
            "--test-threads=1",
            self.tests,
        ]);
        command.env("KEPT_TEST_POSTGRES", cluster.url()).env("PATH", path_with(cluster.programs())?);
        for (name, full) in self.long {
            let full: u64 = full.parse().context("how long a harness runs is a number")?;
            command.env(name, (full * share / 100).max(1).to_string());
        }
        counted(NIGHT, &command, |line, count| {
            if let Some(figure) = figure_in(line) {
                figures.push(figure.to_owned());
            }
            read_cargo(line, count);
        })
    }
}

/// A harness's own words in a line: its name, the database, what it did. What the test runner wrote before them is left out.
fn figure_in(line: &str) -> Option<&str> {
    let words = line.rsplit_once(" ... ").map_or(line, |(_, words)| words).trim_start_matches('.');
    let (name, rest) = words.split_once(", ").unwrap_or_default();
    let named = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase());
    let figure = (named && (rest.starts_with("sqlite") || rest.starts_with("postgres"))) || words.contains("not tried");
    figure.then_some(words)
}

/// What was asked for.
struct Asked {
    names: Vec<String>,
    share: u64,
    install: bool,
}

impl Asked {
    fn read(words: &[String]) -> Result<Asked> {
        let mut asked = Asked { names: Vec::new(), share: 100, install: true };
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match word.as_str() {
                "--no-install" => asked.install = false,
                "--share" => {
                    asked.share = rest.next().and_then(|share| share.parse().ok()).context("--share needs a percentage")?;
                }
                name if ALL.iter().any(|harness| harness.name == name) => asked.names.push(name.to_owned()),
                other => {
                    let names: Vec<&str> = ALL.iter().map(|harness| harness.name).collect();
                    bail!("there is no harness \"{other}\": {}", names.join(", "));
                }
            }
        }
        Ok(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_from_other_lines() {
        let power = "power, sqlite: 8 cuts under load, 0 lost";
        assert_eq!(figure_in(power), Some(power));
        assert_eq!(figure_in(&format!(".{power}")), Some(power));
        assert_eq!(figure_in(&format!("test power::g01b_power_cuts_on_sqlite ... {power}")), Some(power));
        assert!(figure_in("libfaketime is missing (Debian: faketime): a jump of the clock is not tried").is_some());
        assert_eq!(figure_in("test power::g01b_power_cuts_on_sqlite ... ok"), None);
        assert_eq!(figure_in("first, second"), None);
    }

    #[test]
    fn a_harness_that_is_not_there_is_refused() {
        assert!(Asked::read(&["thunder".to_owned()]).is_err());
        let asked = Asked::read(&["power".to_owned(), "--share".to_owned(), "5".to_owned()]).unwrap();
        assert_eq!((asked.names, asked.share), (vec!["power".to_owned()], 5));
    }
}
