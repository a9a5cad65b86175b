//! The tasks of this repository: `cargo xtask test`, `tidy`, `postgres`, `nightly`, `openapi`, `shots`.
//!
//! Invariant: a task that fails says which step failed and what to do, leaves nothing running behind it, and exits with another code
//! than 0. The rules of the house are tests here ([`tidy`]), not sentences in a document.
//!
//! Deliberately absent: anything the product needs at run time, and any task that needs a tool which [`tools`] cannot find or install.

mod browser;
mod nightly;
mod postgres;
mod step;
mod suite;
mod tidy;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::suite::Only;
use crate::tools::Tools;

const HELP: &str = "\
Tasks of this repository.

  cargo xtask test       everything: format, rules, lints, tests on SQLite and PostgreSQL, browser tests
      --only PART        one part: tidy, lint, unit or e2e
      --no-install       install nothing; say what is missing
  cargo xtask tidy       the rules of the repository
  cargo xtask postgres COMMAND…
                         run a command with KEPT_TEST_POSTGRES set, beside a cluster of its own
  cargo xtask nightly [HARNESS…]
                         the long forms of the harnesses, and a table of their figures: hours
      --share PERCENT    so much of each
      --no-install       install nothing; say what is missing
  cargo xtask openapi    write the description of the API again, from the code
  cargo xtask shots      pictures of every page, in e2e/shots
      --readme           and the chosen ones into docs/pictures
      --no-install       install nothing; say what is missing
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<ExitCode> {
    let root = root()?;
    let (task, options) = match words.split_first() {
        None => ("help", &[][..]),
        Some((task, options)) => (task.as_str(), options),
    };
    match task {
        "test" => {
            let options = Options::read(options, &["--only", "--no-install"])?;
            suite::test(&root, options.only, &Tools::new(options.install))
        }
        "tidy" => {
            Options::read(options, &[])?;
            let report = tidy::check(&root)?;
            report.print();
            println!("{} passed, {} failed", report.passed(), report.failed());
            Ok(exit_code(report.failed() == 0))
        }
        "postgres" => suite::beside_postgres(&root, options, &Tools::new(true)),
        "nightly" => nightly::run(&root, options),
        "openapi" => {
            Options::read(options, &[])?;
            suite::openapi(&root)
        }
        "shots" => {
            let options = Options::read(options, &["--readme", "--no-install"])?;
            browser::shots(&root, &Tools::new(options.install), options.readme)
        }
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("there is no task \"{other}\"\n\n{HELP}"),
    }
}

/// What was asked for after the task's name.
struct Options {
    only: Only,
    install: bool,
    readme: bool,
}

impl Options {
    fn read(words: &[String], known: &[&str]) -> Result<Self> {
        let mut options = Options { only: Only::Everything, install: true, readme: false };
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let (name, inline) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word.as_str(), None),
            };
            if !known.contains(&name) {
                bail!("this task has no option \"{name}\"\n\n{HELP}");
            }
            match name {
                "--only" => {
                    let part = inline.or_else(|| rest.next().map(String::as_str)).context("--only needs a part")?;
                    options.only = part.parse()?;
                }
                "--no-install" => options.install = false,
                _ => options.readme = true,
            }
        }
        Ok(options)
    }
}

/// The root of the workspace: the parent of this crate.
fn root() -> Result<PathBuf> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map(Path::to_path_buf).context("xtask lies in no workspace")
}

fn exit_code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
