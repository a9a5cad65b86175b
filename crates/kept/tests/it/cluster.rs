//! PostgreSQL clusters of a test's own, to be stopped, killed and promoted.

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use kept_store::Database;

use crate::place::until;

/// Stops the server when this process ends, however it ends: the pipe it reads from is closed then.
const WATCHER: &str = r#""$1/postgres" -D "$2" -p "$3" -k "" -c listen_addresses=127.0.0.1 -c log_min_messages=warning >>"$2.log" 2>&1 </dev/null &
server=$!
read -r _
kill -QUIT "$server" 2>/dev/null
wait "$server""#;

/// A cluster; stopped when dropped.
pub struct Cluster {
    programs: PathBuf,
    data: PathBuf,
    /// Its port on 127.0.0.1.
    pub port: u16,
    user: Option<(u32, u32)>,
    watcher: Option<Child>,
}

impl Cluster {
    /// Makes a cluster in a folder that exists; not started yet. `None`, said in words, where PostgreSQL's programs are not.
    pub fn make(folder: &Path, settings: &str) -> Result<Option<Cluster>> {
        let Some(cluster) = Cluster::at(folder)? else { return Ok(None) };
        cluster.program(
            "initdb",
            &["--username=kept", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-instructions", "-D"],
        )?;
        cluster.configure(settings)?;
        Ok(Some(cluster))
    }

    /// A cluster whose files are in a folder already, or will be.
    pub fn at(folder: &Path) -> Result<Option<Cluster>> {
        let Some(programs) = programs() else {
            eprintln!("initdb is neither in PATH nor under /usr/lib/postgresql: not tried");
            return Ok(None);
        };
        let user = match ids("root")? == Some((0, 0)) && output(Command::new("id").arg("-u"))?.trim() == "0" {
            false => None,
            true => match ids("postgres")?.or(ids("kept-test")?) {
                Some(user) => Some(user),
                None => {
                    eprintln!("PostgreSQL refuses to run as root and there is no user postgres: not tried");
                    return Ok(None);
                }
            },
        };
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
        if let Some((user, group)) = user {
            chown(folder, Some(user), Some(group))?;
        }
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        Ok(Some(Cluster { programs, data: folder.join("pg"), port, user, watcher: None }))
    }

    /// Adds to its settings; what stands last counts.
    pub fn configure(&self, settings: &str) -> Result<()> {
        let file = self.data.join("postgresql.conf");
        Ok(std::fs::write(&file, format!("{}\n{settings}\n", std::fs::read_to_string(&file)?))?)
    }

    /// Starts it and waits until it answers.
    pub fn start(&mut self) -> Result<()> {
        let mut command = Command::new("sh");
        command.args(["-c", WATCHER, "sh"]).arg(&self.programs).arg(&self.data).arg(self.port.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        self.watcher = Some(self.owned(&mut command).spawn()?);
        let url = self.url("postgres");
        until("PostgreSQL answers", Duration::from_secs(60), || Ok(Database::administer(&url, "select 1").ok()))
            .with_context(|| std::fs::read_to_string(self.data.with_extension("log")).unwrap_or_default())
    }

    /// A database's address.
    pub fn url(&self, name: &str) -> String {
        format!("postgres://kept@127.0.0.1:{}/{name}", self.port)
    }

    /// A copy of this cluster that follows it, in a folder of its own; not started yet.
    pub fn standby(&self, folder: &Path, name: &str) -> Result<Cluster> {
        let standby = Cluster::at(folder)?.context("PostgreSQL was there a moment ago")?;
        let from = format!("host=127.0.0.1 port={} user=kept application_name={name}", self.port);
        standby.program("pg_basebackup", &["-d", &from, "-R", "-c", "fast", "-D"])?;
        Ok(standby)
    }

    /// Ends it without a checkpoint, as when its machine loses power: every process of it at once, by kill -9.
    pub fn kill(&mut self) -> Result<()> {
        let server = self.process()?;
        let children = children_of(server)?;
        for process in std::iter::once(server).chain(children) {
            signal("KILL", process);
        }
        if let Some(mut watcher) = self.watcher.take() {
            drop(watcher.stdin.take());
            watcher.wait()?;
        }
        Ok(())
    }

    /// Stops it at once; it recovers at the next start.
    pub fn stop(&mut self) -> Result<()> {
        if let Some(mut watcher) = self.watcher.take() {
            drop(watcher.stdin.take());
            watcher.wait()?;
        }
        Ok(())
    }

    /// The process that receives what the primary writes, if it is running.
    pub fn receiver(&self) -> Result<Option<u32>> {
        let receiver = |process: &u32| {
            std::fs::read(format!("/proc/{process}/cmdline"))
                .is_ok_and(|words| String::from_utf8_lossy(&words).contains("walreceiver"))
        };
        Ok(children_of(self.process()?)?.into_iter().find(receiver))
    }

    /// Makes a standby the primary, and waits until it is. One whose receiver was killed starts anew meanwhile and has to be told again.
    pub fn promote(&self) -> Result<()> {
        let url = self.url("postgres");
        until("the standby writes", Duration::from_secs(60), || {
            if Database::administer(&url, "create table promoted (x int); drop table promoted").is_ok() {
                return Ok(Some(()));
            }
            // Refused while it starts, and once it is the primary: what counts is that it writes.
            let _ = Database::administer(&url, "select pg_promote(false)");
            Ok(None)
        })
    }

    fn process(&self) -> Result<u32> {
        let text = std::fs::read_to_string(self.data.join("postmaster.pid"))?;
        text.lines().next().and_then(|line| line.trim().parse().ok()).context("no process id")
    }

    fn program(&self, name: &str, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new(self.programs.join(name));
        command.args(arguments).arg(&self.data).current_dir("/");
        let done = self.owned(&mut command).output()?;
        ensure!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }

    fn owned<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        match self.user {
            Some((user, group)) => command.uid(user).gid(group),
            None => command,
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

/// Sends a signal; a process that is gone is none of ours any more.
pub fn signal(name: &str, process: u32) {
    let _ = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).stderr(Stdio::null()).status();
}

fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut versions: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    folders.extend(versions.into_iter().rev());
    // What lies beside a link need not lie beside the program.
    let found = folders.into_iter().map(|folder| folder.join("initdb")).find(|file| file.is_file())?;
    found.canonicalize().ok()?.parent().map(Path::to_path_buf)
}

fn ids(name: &str) -> Result<Option<(u32, u32)>> {
    let id = |which: &str| -> Result<Option<u32>> {
        let found = Command::new("id").args([which, name]).output()?;
        Ok(found.status.success().then(|| String::from_utf8_lossy(&found.stdout).trim().parse().ok()).flatten())
    };
    Ok(id("-u")?.zip(id("-g")?))
}

fn output(command: &mut Command) -> Result<String> {
    let done = command.output()?;
    if !done.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Processes whose parent this is.
fn children_of(process: u32) -> Result<Vec<u32>> {
    let mut children = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(child) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(text) = std::fs::read_to_string(format!("/proc/{child}/stat")) else { continue };
        // The name in parentheses may hold spaces; after it come the state and the parent.
        let parent = text.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        if parent == Some(process) {
            children.push(child);
        }
    }
    Ok(children)
}
