//! A Postfix in a folder of the test's own: it accepts letters for anybody, throws them away, and its log says which it accepted.

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::place::{until, write};

/// Postfix ends with whoever holds the other end of the pipe, even when that is killed.
const WATCHER: &str = "postfix -c \"$1\" start-fg & cat > /dev/null; postfix -c \"$1\" stop; wait";
const DAEMONS: &str = "/usr/lib/postfix/sbin";
/// What a minimal Postfix consists of; all without chroot.
const SERVICES: &str = "\
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
";

/// A running Postfix; stopped when dropped.
pub struct Postfix {
    folder: tempfile::TempDir,
    port: u16,
    watcher: Option<Child>,
}

impl Postfix {
    /// Starts one; `None`, said in words, where it cannot be.
    pub fn start() -> Result<Option<Postfix>> {
        let root = Command::new("id").arg("-u").output()?.stdout == b"0\n";
        if !root || !Path::new(DAEMONS).join("master").exists() {
            eprintln!("Postfix is missing or this is not root (Debian: postfix): a line to it that is cut is not tried");
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        // Its daemons give up their rights, and still have to get here.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut postfix = Postfix { folder, port, watcher: None };
        for name in ["queue", "data", "log"] {
            std::fs::create_dir_all(postfix.at(name))?;
        }
        let owned = Command::new("chown").arg("postfix").arg(postfix.at("data")).status()?;
        ensure!(owned.success(), "there is no user postfix");
        write(&postfix.at("conf/main.cf"), &postfix.settings())?;
        write(&postfix.at("conf/master.cf"), &format!("127.0.0.1:{port} inet n - n - - smtpd\n{SERVICES}"))?;
        let mut command = Command::new("sh");
        command.args(["-c", WATCHER, "sh"]).arg(postfix.at("conf"));
        command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(postfix.at("log/start"))?);
        postfix.watcher = Some(command.spawn()?);
        let address = postfix.address();
        let listens = until("Postfix listens", Duration::from_secs(60), || Ok(TcpStream::connect(address).ok()));
        listens.with_context(|| [postfix.said("start"), postfix.said("mail")].concat())?;
        Ok(Some(postfix))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Letters that it accepted, once it is done with them: by its own number, the name that the letter bears.
    pub fn gather(&self, accepted: &mut HashMap<String, String>) -> Result<()> {
        let done = until("Postfix is done with what it accepted", Duration::from_secs(60), || {
            let waiting = ["incoming", "active"].iter().map(|name| std::fs::read_dir(self.at("queue").join(name)));
            for queue in waiting {
                if queue?.next().is_some() {
                    return Ok(None);
                }
            }
            let log = self.said("mail");
            let numbers = |what: &str| -> HashSet<&str> {
                log.lines().filter(|line| line.contains(what)).filter_map(|line| line.split(": ").nth(1)).collect()
            };
            let (taken, removed) = (numbers("(queue active)"), numbers(": removed"));
            if taken != removed {
                return Ok(None);
            }
            // A letter that broke off has a name in the log as well; only what got into the queue was accepted.
            let names = log.lines().filter_map(|line| {
                let (before, name) = line.split_once(": message-id=")?;
                let (_, number) = before.split_once(": ")?;
                taken.contains(number).then(|| (number.to_owned(), name.trim().to_owned()))
            });
            Ok(Some(names.collect::<HashMap<_, _>>()))
        });
        accepted.extend(done?);
        Ok(())
    }

    fn settings(&self) -> String {
        format!(
            "compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
maillog_file = {log}/mail
maillog_file_prefixes = {log}
command_directory = /usr/sbin
daemon_directory = {DAEMONS}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
smtpd_peername_lookup = no
alias_maps =
alias_database =
local_recipient_maps =
default_transport = discard:
relay_transport = discard:
enable_long_queue_ids = yes
smtputf8_enable = yes
",
            queue = self.at("queue").display(),
            data = self.at("data").display(),
            log = self.at("log").display(),
        )
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn said(&self, log: &str) -> String {
        std::fs::read_to_string(self.at("log").join(log)).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        if let Some(mut watcher) = self.watcher.take() {
            drop(watcher.stdin.take());
            drop(watcher.wait());
        }
    }
}
