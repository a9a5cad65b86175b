//! `cargo xtask test`: everything, in the order in which it fails fastest; `cargo xtask postgres` and `cargo xtask openapi`.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::str::FromStr;

use anyhow::{Context, Error, Result, bail};

use crate::postgres::Cluster;
use crate::step::{Count, LONGEST, Tally, counted, one_check, read_cargo};
use crate::tools::{HARNESSES, PYTHON, Tools, path_with};
use crate::{browser, tidy};

/// What tests of properties draw their samples from.
const SAMPLES: &str = "PROPTEST_RNG_SEED";

/// Which part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// All.
    Everything,
    /// The rules of the repository.
    Tidy,
    /// Format and lints.
    Lint,
    /// Tests of the crates.
    Unit,
    /// Tests in a browser.
    Browser,
}

impl FromStr for Only {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        Ok(match word {
            "tidy" => Only::Tidy,
            "lint" => Only::Lint,
            "unit" => Only::Unit,
            "e2e" => Only::Browser,
            other => bail!("there is no part \"{other}\": tidy, lint, unit or e2e"),
        })
    }
}

impl Only {
    fn covers(self, part: Only) -> bool {
        self == Only::Everything || self == part
    }
}

/// Runs every step that was asked for, whatever becomes of the others.
pub fn test(root: &Path, only: Only, tools: &Tools) -> Result<ExitCode> {
    let mut tally = Tally::default();
    if only.covers(Only::Lint) {
        tally.step("format", || one_check(cargo(root).args(["fmt", "--all", "--check"])));
    }
    if only.covers(Only::Tidy) {
        tally.step("rules of the repository", || {
            let report = tidy::check(root)?;
            report.print();
            Ok(report.count())
        });
    }
    if only.covers(Only::Lint) {
        tally.step("lints", || {
            one_check(cargo(root).args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))
        });
    }
    if only.covers(Only::Unit) || only.covers(Only::Browser) {
        test_running(root, only, tools, &mut tally);
    }
    Ok(tally.finish())
}

/// Runs a command with KEPT_TEST_POSTGRES set, and stops the cluster when it is done.
pub fn beside_postgres(root: &Path, words: &[String], tools: &Tools) -> Result<ExitCode> {
    let (program, rest) = words.split_first().context("say which command to run, such as: cargo test -p kept-store")?;
    let cluster = Cluster::start(tools)?;
    let status = Command::new(program)
        .args(rest)
        .current_dir(root)
        .env("KEPT_TEST_POSTGRES", cluster.url())
        .env("PATH", path_with(cluster.programs())?)
        .status()
        .with_context(|| format!("cannot run {program}"))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes the description of the API again, from the code.
pub fn openapi(root: &Path) -> Result<ExitCode> {
    let mut tally = Tally::default();
    tally.step("openapi", || {
        counted(
            LONGEST,
            cargo(root).args(["test", "--quiet", "--package", "kept-web", "openapi"]).env("KEPT_BLESS", "1"),
            read_cargo,
        )
    });
    Ok(tally.finish())
}

/// The steps that need programs of ours, PostgreSQL, Python, Node or a browser.
fn test_running(root: &Path, only: Only, tools: &Tools, tally: &mut Tally) {
    // With the targets of the tests the features are those of `cargo test --workspace`, so nothing is compiled twice.
    let build: &[&str] = if only == Only::Browser {
        &["build", "--quiet", "--package", "kept"]
    } else {
        &["build", "--quiet", "--workspace", "--bins", "--tests"]
    };
    let built = tally.step("build", || one_check(cargo(root).args(build)));

    let mut cluster = None;
    tally.step("PostgreSQL", || {
        cluster = Some(Cluster::start(tools)?);
        Ok(Count::one_passed())
    });

    if only.covers(Only::Unit) {
        tally.step("tools of the harnesses", || {
            tools.try_all(HARNESSES);
            Ok(Count::one_passed())
        });
        tally.step("Python", || tools.ensure(&PYTHON).map(|_| Count::one_passed()));
        tally.step("tests of the crates", || {
            let mut command = cargo(root);
            command.args(["test", "--workspace", "--no-fail-fast"]);
            // The same change passes or fails here twice alike; `cargo test` draws other samples each time.
            if std::env::var_os(SAMPLES).is_none() {
                command.env(SAMPLES, "1");
            }
            if let Some(cluster) = &cluster {
                command.env("KEPT_TEST_POSTGRES", cluster.url());
            }
            counted(LONGEST, &command, read_cargo)
        });
    }
    if only.covers(Only::Browser) {
        if built {
            browser::test(root, tools, cluster.as_ref(), tally);
        } else {
            tally.skipped("browser tests", "the program was not built");
        }
    }
}

/// The cargo that runs this task, at the root of the workspace.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}
