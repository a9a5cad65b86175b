//! Tests and pictures in a browser: Node, its two libraries and Debian's Chromium, against the program just built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::postgres::Cluster;
use crate::step::{Count, LONGEST, Tally, counted, one_check, read_tap};
use crate::suite::cargo;
use crate::tools::{CHROMIUM, NODE, NPM, Tools, output_of, path_with};

const OLDEST_NODE: u32 = 20;
/// The pictures of the README, as (file in e2e/shots, file in docs/pictures).
const README_PICTURES: &[(&str, &str)] =
    &[("today-en-wide-light.png", "today.png"), ("promise-en-wide-light.png", "promise.png")];

/// Browser tests on SQLite, then the pass on PostgreSQL when there is a cluster.
pub fn test(root: &Path, tools: &Tools, cluster: Option<&Cluster>, tally: &mut Tally) {
    let mut browser = None;
    let ready = tally.step("browser", || {
        browser = Some(prepare(root, tools)?);
        Ok(Count::one_passed())
    });
    let Some(browser) = browser.filter(|_| ready) else {
        tally.skipped("browser tests", "there is no browser");
        return;
    };
    tally.step("browser tests", || counted(LONGEST, &browser.node(root, "run.mjs"), read_tap));
    match cluster {
        Some(cluster) => {
            tally.step("browser tests, PostgreSQL", || {
                let mut command = browser.node(root, "run.mjs");
                command.env("KEPT_E2E_POSTGRES", cluster.url()).env("PATH", path_with(cluster.programs())?);
                counted(LONGEST, &command, read_tap)
            });
        }
        None => tally.skipped("browser tests, PostgreSQL", "PostgreSQL did not start"),
    }
}

/// Pictures of every page in e2e/shots; with `readme`, the chosen ones into docs/pictures as well.
pub fn shots(root: &Path, tools: &Tools, readme: bool) -> Result<ExitCode> {
    let mut tally = Tally::default();
    let built = tally.step("build", || one_check(cargo(root).args(["build", "--quiet", "--package", "kept"])));
    if built {
        tally.step("pictures", || {
            let browser = prepare(root, tools)?;
            let count = one_check(&mut browser.node(root, "shots.mjs"))?;
            if readme && count.failed == 0 {
                copy_readme_pictures(root)?;
            }
            Ok(count)
        });
    }
    Ok(tally.finish())
}

/// What a browser test runs with.
struct Browser {
    node: PathBuf,
    chromium: PathBuf,
}

impl Browser {
    fn node(&self, root: &Path, script: &str) -> Command {
        let mut command = Command::new(&self.node);
        command
            .arg(script)
            .current_dir(root.join("e2e"))
            .env("KEPT_CHROMIUM", &self.chromium)
            .env("KEPT_PROGRAM", target_folder(root).join("debug").join("kept"));
        command
    }
}

fn prepare(root: &Path, tools: &Tools) -> Result<Browser> {
    let chromium = tools.ensure(&CHROMIUM)?;
    let node = tools.ensure(&NODE)?;
    let version = output_of(Command::new(&node).arg("--version"))?;
    let major: u32 = version.trim().trim_start_matches('v').split('.').next().unwrap_or_default().parse()?;
    if major < OLDEST_NODE {
        bail!("Node {} is too old for the browser tests\nhint: put Node {OLDEST_NODE} or newer in PATH", version.trim());
    }
    if !installed(root) {
        if !tools.may_install() {
            bail!("the libraries of the browser tests are missing\nhint: cd e2e && npm ci");
        }
        let npm = tools.ensure(&NPM)?;
        println!("   npm ci");
        output_of(Command::new(npm).args(["ci", "--ignore-scripts", "--loglevel=error"]).current_dir(root.join("e2e")))?;
    }
    Ok(Browser { node, chromium })
}

/// Whether the libraries in place are those of the lock file: npm keeps its own copy, written when it is done.
fn installed(root: &Path) -> bool {
    let changed = |path: PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
    let wanted = changed(root.join("e2e/package-lock.json"));
    let present = changed(root.join("e2e/node_modules/.package-lock.json"));
    matches!((wanted, present), (Some(wanted), Some(present)) if present >= wanted)
}

fn copy_readme_pictures(root: &Path) -> Result<()> {
    fs::create_dir_all(root.join("docs/pictures"))?;
    for (from, to) in README_PICTURES {
        let (from, to) = (root.join("e2e/shots").join(from), root.join("docs/pictures").join(to));
        fs::copy(&from, &to).with_context(|| format!("there is no picture {}", from.display()))?;
        println!("   {}", to.display());
    }
    Ok(())
}

fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}
