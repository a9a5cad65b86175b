//! The programs that tests need: found where systems put them, or installed with apt.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Finds programs, and installs what is missing where that is allowed.
pub struct Tools {
    install: bool,
    package_lists: OnceCell<()>,
}

/// A program with the Debian package that brings it.
pub struct Tool {
    /// Names it goes by, best first.
    pub names: &'static [&'static str],
    /// Debian package.
    pub package: &'static str,
    /// What it is needed for.
    pub purpose: &'static str,
}

/// The database server; its other programs lie beside it.
pub const POSTGRES: Tool = Tool { names: &["initdb"], package: "postgresql", purpose: "the tests on PostgreSQL" };
/// The browser.
pub const CHROMIUM: Tool =
    Tool { names: &["chromium", "chromium-browser", "google-chrome"], package: "chromium", purpose: "the browser tests" };
/// What runs the browser tests.
pub const NODE: Tool = Tool { names: &["node"], package: "nodejs", purpose: "the browser tests" };
/// What installs their two libraries.
pub const NPM: Tool = Tool { names: &["npm"], package: "npm", purpose: "the browser tests" };
/// The second opinion on time zones.
pub const PYTHON: Tool = Tool { names: &["python3"], package: "python3", purpose: "the second opinion on time zones" };

/// What harnesses need that not every machine has; a harness whose tool is missing says that it is not tried.
pub const HARNESSES: &[Tool] = &[
    Tool { names: &["fiu-run"], package: "fiu-utils", purpose: "the tests with errors of the disk" },
    Tool { names: &["faketime"], package: "faketime", purpose: "the tests in which the clock jumps" },
    Tool { names: &["mkfs.xfs"], package: "xfsprogs", purpose: "the tests of power cuts" },
];

/// A real mail server; only the nights need it.
pub const POSTFIX: Tool = Tool { names: &["postfix"], package: "postfix", purpose: "the nightly tests with a real mail server" };

impl Tools {
    /// Finds only, or finds and installs.
    pub fn new(install: bool) -> Self {
        Tools { install, package_lists: OnceCell::new() }
    }

    /// Where a tool lies; installed first if it is missing and installing is allowed.
    ///
    /// Fails with what to do when it is missing and cannot be installed.
    pub fn ensure(&self, tool: &Tool) -> Result<PathBuf> {
        if let Some(found) = find(tool) {
            return Ok(found);
        }
        let name = tool.names.first().copied().unwrap_or(tool.package);
        let hint = format!("hint: apt-get install -y {} (or put `{name}` in PATH)", tool.package);
        if !self.install {
            bail!("`{name}` is missing; {} need it\n{hint}", tool.purpose);
        }
        if find_program("apt-get").is_none() {
            bail!("`{name}` is missing and there is no apt-get here to install it; {} need it\n{hint}", tool.purpose);
        }
        if !is_root()? {
            bail!("`{name}` is missing and only root can install it; {} need it\n{hint}", tool.purpose);
        }
        self.apt_install(tool.package)?;
        find(tool).with_context(|| format!("`{name}` is still missing after installing {}", tool.package))
    }

    /// Looks for tools that can be done without, and installs what may be installed.
    pub fn try_all(&self, tools: &[Tool]) {
        for tool in tools {
            if let Err(missing) = self.ensure(tool) {
                println!("   {missing:#}");
            }
        }
    }

    /// Whether anything may be installed.
    pub fn may_install(&self) -> bool {
        self.install
    }

    fn apt_install(&self, package: &str) -> Result<()> {
        if self.package_lists.get().is_none() {
            println!("   apt-get update");
            apt_get(&["update", "-qq"])?;
            self.package_lists.get_or_init(|| ());
        }
        println!("   apt-get install {package}");
        apt_get(&["install", "-y", "-qq", "--no-install-recommends", package])
    }
}

/// Whether this process may do everything.
pub fn is_root() -> Result<bool> {
    Ok(output_of(Command::new("id").arg("-u"))?.trim() == "0")
}

/// What a command writes; an error with its complaints when it fails.
pub fn output_of(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {shown}"))?;
    if !output.status.success() {
        let complaints = String::from_utf8_lossy(&output.stderr);
        bail!("{shown} failed ({}): {}", output.status, complaints.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn find(tool: &Tool) -> Option<PathBuf> {
    tool.names.iter().find_map(|name| find_program(name))
}

/// A program in PATH, else in the newest of Debian's versioned folders for PostgreSQL.
///
/// Debian keeps `initdb` out of PATH, and its wrappers in /usr/bin are not the programs themselves. Links are followed: what lies
/// beside the link need not lie beside the program.
fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(postgres_folders())
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
        .map(|found| if name == "initdb" { found.canonicalize().unwrap_or(found) } else { found })
}

fn postgres_folders() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir("/usr/lib/postgresql") else { return Vec::new() };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name().and_then(|name| name.to_str())?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, path)| path).collect()
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    output_of(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive")).map(|_| ())
}

/// PATH with one more folder in front.
pub fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).context("PATH cannot be extended")
}
