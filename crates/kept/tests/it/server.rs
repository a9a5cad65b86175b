//! `kept serve` as a process.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};

use crate::place::Place;

/// The longest a start may take before the test gives up; far beyond what is measured.
const START: Duration = Duration::from_secs(60);

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts it and waits until it listens. Its log goes to a file beside the data, one for all starts.
    pub fn start(place: &Place) -> Result<Server> {
        Server::start_with(place, &[])
    }

    /// The same with further flags.
    pub fn start_with(place: &Place, flags: &[&str]) -> Result<Server> {
        Server::of(place.command(&["serve", "--listen", "127.0.0.1:0"]).args(flags), place)
    }

    /// Starts a command that serves on this place.
    pub fn of(command: &mut Command, place: &Place) -> Result<Server> {
        let mut starting = Starting::of(command, place)?;
        let address = starting.listens()?;
        Ok(Server { child: starting.child.take().context("no process")?, address })
    }

    /// Its address with a path.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Process id.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub fn ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// The code that it ended with.
    pub fn code(&mut self) -> Result<Option<i32>> {
        Ok(self.child.wait()?.code())
    }

    /// kill -9: nothing in it gets to run again.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop (SIGTERM) and waits; it must end well.
    pub fn stop(mut self) -> Result<()> {
        let status = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", self.child.id())).status()?;
        ensure!(status.success(), "no signal could be sent");
        let ended = self.child.wait()?;
        ensure!(ended.success(), "the server ended with {ended}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that may not listen yet: to be killed while it starts.
pub struct Starting {
    child: Option<Child>,
    lines: mpsc::Receiver<String>,
    log: PathBuf,
}

impl Starting {
    /// Starts the process.
    pub fn begin(place: &Place) -> Result<Starting> {
        Starting::of(&mut place.command(&["serve", "--listen", "127.0.0.1:0"]), place)
    }

    fn of(command: &mut Command, place: &Place) -> Result<Starting> {
        place.url()?;
        let log = place.beside("serve.log");
        let errors = File::options().create(true).append(true).open(&log)?;
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn().context("kept could not be started")?;
        let stdout = child.stdout.take().context("no standard output")?;
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Whoever started it may have what it wanted already; the pipe must be read on.
                let _ = send.send(line);
            }
        });
        Ok(Starting { child: Some(child), lines, log })
    }

    fn listens(&mut self) -> Result<SocketAddr> {
        loop {
            let line = self.lines.recv_timeout(START).map_err(|_| {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                anyhow!("the server never said where it listens; its log: {log}")
            })?;
            if let Some(address) = line.strip_prefix("Kept listens on http://") {
                return Ok(address.trim().parse()?);
            }
        }
    }

    /// kill -9, wherever it is.
    pub fn kill(mut self) -> Result<()> {
        let mut child = self.child.take().context("no process")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
