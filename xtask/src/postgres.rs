//! A private PostgreSQL cluster that lives as long as the tests.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::tools::{POSTGRES, Tools, is_root, output_of};

const ATTEMPTS: u32 = 5;
const MOST_WAIT: Duration = Duration::from_secs(60);

/// The shell that watches over the server.
///
/// It reads its standard input, which this process holds open: however this process ends (done, failed, Ctrl-C, killed), the pipe
/// closes, the shell stops the server and removes the folder. It runs in a process group of its own, so that Ctrl-C in a terminal
/// does not reach it. `$1` server, `$2` folder, `$3` port.
const WATCHER: &str = r#"
"$1" -D "$2/data" -p "$3" -k "$2" -c listen_addresses=127.0.0.1 -c max_connections=300 \
    -c log_min_messages=warning -c log_statement=none >"$2/log" 2>&1 </dev/null &
server=$!
read -r _
kill -INT "$server" 2>/dev/null
wait "$server"
rm -rf "$2"
"#;

/// A running cluster; dropping it stops the server and removes its folder.
///
/// Durability is as shipped (`fsync` on): tests that kill nodes rely on it.
pub struct Cluster {
    watcher: Child,
    pipe: Option<ChildStdin>,
    programs: PathBuf,
    address: Address,
}

/// Where the cluster listens, and with which password.
struct Address {
    port: u16,
    password: String,
}

impl Cluster {
    /// Makes and starts a cluster on a free port of 127.0.0.1, with the role `kept` and the database `kept_test`.
    pub fn start(tools: &Tools) -> Result<Self> {
        let initdb = tools.ensure(&POSTGRES)?;
        let programs = initdb.parent().context("initdb lies in no folder")?.to_path_buf();
        let user = if is_root()? { Some(unprivileged()?) } else { None };
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match Self::try_start(&programs, user) {
                Ok(cluster) => return Ok(cluster),
                Err(error) => last = Some(error),
            }
        }
        Err(last.context("no attempt was made")?).context("PostgreSQL does not start")
    }

    /// The address that tests take as KEPT_TEST_POSTGRES.
    pub fn url(&self) -> String {
        format!("postgres://kept:{}@127.0.0.1:{}/kept_test", self.address.password, self.address.port)
    }

    /// Where `createdb`, `psql` and the others lie.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    fn try_start(programs: &Path, user: Option<(u32, u32)>) -> Result<Self> {
        // The folder is removed by the watcher, which outlives this process; until it runs, by this value.
        let folder = tempfile::Builder::new().prefix("kept-postgres-").tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        let password = random_word()?;
        let secret = folder.path().join("password");
        fs::write(&secret, &password)?;
        if let Some((user_id, group_id)) = user {
            chown(folder.path(), Some(user_id), Some(group_id))?;
            chown(&secret, Some(user_id), Some(group_id))?;
        }
        output_of(
            run_as(user, Command::new(programs.join("initdb")))
                .current_dir(folder.path())
                .args(["--username=owner", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-instructions"])
                .arg("--pwfile")
                .arg(&secret)
                .arg("--pgdata")
                .arg(folder.path().join("data")),
        )?;

        let port = free_port()?;
        let mut watcher = run_as(user, Command::new("sh"))
            .current_dir(folder.path())
            .args(["-c", WATCHER, "kept-postgres"])
            .arg(programs.join("postgres"))
            .arg(folder.path())
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start a shell")?;
        let pipe = watcher.stdin.take();
        let kept = folder.keep();
        let cluster = Cluster { watcher, pipe, programs: programs.to_path_buf(), address: Address { port, password } };
        cluster.wait_until_ready(&kept)?;
        cluster.statement("CREATE ROLE kept LOGIN CREATEDB")?;
        cluster.statement(&format!("ALTER ROLE kept PASSWORD '{}'", cluster.address.password))?;
        cluster.statement("CREATE DATABASE kept_test OWNER kept")?;
        Ok(cluster)
    }

    fn wait_until_ready(&self, folder: &Path) -> Result<()> {
        let started = Instant::now();
        loop {
            let answer = self.statement("SELECT 1");
            let Err(error) = answer else { return Ok(()) };
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            let ended = log.contains("FATAL") && !log.contains("starting up");
            if ended || started.elapsed() > MOST_WAIT {
                bail!("{error:#}\nits log says:\n{}", log.trim());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn statement(&self, sql: &str) -> Result<()> {
        output_of(
            Command::new(self.programs.join("psql"))
                .args(["--no-psqlrc", "--quiet", "--host=127.0.0.1", "--username=owner", "--dbname=postgres"])
                .arg(format!("--port={}", self.address.port))
                .args(["--set=ON_ERROR_STOP=1", "--command", sql])
                .env("PGPASSWORD", &self.address.password),
        )
        .map(|_| ())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Closing the pipe is the order to stop; waiting makes sure that nothing is left when the task says it is done.
        drop(self.pipe.take());
        if let Err(error) = self.watcher.wait() {
            eprintln!("warning: PostgreSQL may still run: {error}");
        }
    }
}

/// The user and group for a server that refuses to run as root: Debian's `postgres`, else one made for this.
fn unprivileged() -> Result<(u32, u32)> {
    for name in ["postgres", "kept-test"] {
        if let Some(ids) = ids_of(name)? {
            return Ok(ids);
        }
    }
    output_of(Command::new("useradd").args(["--system", "--no-create-home", "--user-group", "kept-test"]))
        .context("PostgreSQL refuses to run as root, and no other user could be made\nhint: run the tests as an ordinary user")?;
    ids_of("kept-test")?.context("the user kept-test was made and is not there")
}

fn ids_of(name: &str) -> Result<Option<(u32, u32)>> {
    let Ok(user_id) = output_of(Command::new("id").args(["-u", name])) else { return Ok(None) };
    let group_id = output_of(Command::new("id").args(["-g", name]))?;
    Ok(Some((user_id.trim().parse()?, group_id.trim().parse()?)))
}

fn run_as(user: Option<(u32, u32)>, mut command: Command) -> Command {
    if let Some((user_id, group_id)) = user {
        command.uid(user_id).gid(group_id);
    }
    command
}

/// A port that was free a moment ago; another attempt follows if it no longer is.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn random_word() -> Result<String> {
    let mut bytes = [0_u8; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_free_and_words_differ() {
        let port = free_port().unwrap();
        assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
        assert_ne!(random_word().unwrap(), random_word().unwrap());
        assert_eq!(random_word().unwrap().len(), 32);
    }
}
