//! The line between Kept and a mail server, cut where a test wants it; Kept may be killed at that very moment.
//!
//! Each connection takes the next shot, and without one it is only passed through. What Kept said is passed on before its answer is
//! withheld: whatever the mail server then did, Kept cannot know.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::cluster::signal;
use crate::place::pass;

/// The longest either side may be silent before a connection is given up; far beyond what is measured.
const SILENCE: Duration = Duration::from_secs(120);

/// A point of the conversation. *Sent*: it reached the mail server, whose answer is withheld. *Answered*: the answer was passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    Connected,
    Greeted,
    EhloSent,
    EhloAnswered,
    MailSent,
    MailAnswered,
    RcptSent,
    RcptAnswered,
    DataSent,
    /// 354 was passed on, and nothing of the letter yet.
    DataAnswered,
    /// Some lines of the letter were passed on.
    InLetter,
    /// All of it but the final dot.
    BeforeDot,
    /// The mail server accepted the letter, and Kept is not told.
    DotSent,
    DotAnswered,
    QuitSent,
}

/// All points, in their order.
pub const POINTS: [Point; 15] = [
    Point::Connected,
    Point::Greeted,
    Point::EhloSent,
    Point::EhloAnswered,
    Point::MailSent,
    Point::MailAnswered,
    Point::RcptSent,
    Point::RcptAnswered,
    Point::DataSent,
    Point::DataAnswered,
    Point::InLetter,
    Point::BeforeDot,
    Point::DotSent,
    Point::DotAnswered,
    Point::QuitSent,
];

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The line is cut; Kept lives.
    Cut,
    /// Kept is killed, and then the line is cut.
    Kill,
    /// The line is cut, and Kept is killed a moment later, while it makes something of that.
    CutThenKill(Duration),
}

/// A cut to come.
#[derive(Clone, Copy, Debug)]
pub struct Shot {
    pub point: Point,
    pub end: End,
    /// Lines of the letter that are passed on before a cut in it.
    pub lines: u64,
}

/// A cut that was made, and what was known of the letter by then.
#[derive(Clone, Debug)]
pub struct Fired {
    pub shot: Shot,
    /// The recipient, once he was named.
    pub to: Option<String>,
    /// The letter's own name, once its line came by.
    pub name: Option<String>,
}

/// The line; nothing comes through any more when it is dropped.
pub struct Line {
    /// Where Kept finds it.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    peer: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    shots: VecDeque<Shot>,
    /// The process that is shot at; connections wait until it is named.
    process: Option<u32>,
    fired: Vec<Fired>,
    closed: bool,
}

impl Line {
    /// A line to a mail server.
    pub fn to(peer: SocketAddr) -> Result<Line> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { peer, state: Mutex::default(), changed: Condvar::new() });
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("line".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if own.lock().closed {
                    return;
                }
                let (Ok(stream), own) = (stream, Arc::clone(&own)) else { continue };
                // Either side may go at any time; that is what this is for.
                drop(std::thread::Builder::new().name("talk".to_owned()).spawn(move || drop(talk(&own, stream))));
            }
        })?;
        Ok(Line { address, shared, thread: Some(thread) })
    }

    /// Names the process that is shot at. Its connections were kept waiting until now.
    pub fn aim_at(&self, process: u32) {
        self.shared.lock().process = Some(process);
        self.shared.changed.notify_all();
    }

    /// Loads shots, for connections to come.
    pub fn load(&self, shots: impl IntoIterator<Item = Shot>) {
        self.shared.lock().shots.extend(shots);
    }

    /// Every cut so far.
    pub fn fired(&self) -> Vec<Fired> {
        self.shared.lock().fired.clone()
    }

    /// Waits for the cut of this number, from 0.
    pub fn wait_for(&self, number: usize, deadline: Duration) -> Result<Fired> {
        let state = self.shared.lock();
        let waited = self.shared.changed.wait_timeout_while(state, deadline, |state| state.fired.len() <= number);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state
            .fired
            .get(number)
            .cloned()
            .with_context(|| format!("after {deadline:?} no cut {number}; to come: {:?}", state.shots))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        // The listener wakes only for a caller.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The shot for a new connection, once it is known whom it would hit.
    fn next(&self, kept: &TcpStream) -> Result<Option<Shot>> {
        let wait = |state: &mut State| state.process.is_none() && !state.closed;
        let mut state = self.changed.wait_while(self.lock(), wait).unwrap_or_else(PoisonError::into_inner);
        ensure!(!state.closed, "the test is over");
        // What a killed process still opened takes no shot from the next one. Kept does not speak first: alive means silent.
        kept.set_nonblocking(true)?;
        let silent = kept.peek(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        kept.set_nonblocking(false)?;
        ensure!(silent, "its process is gone");
        Ok(state.shots.pop_front())
    }
}

/// One connection.
struct Talk<'a> {
    shared: &'a Shared,
    shot: Option<Shot>,
    kept: BufReader<TcpStream>,
    peer: BufReader<TcpStream>,
    to: Option<String>,
    name: Option<String>,
}

fn talk(shared: &Shared, kept: TcpStream) -> Result<()> {
    let shot = shared.next(&kept)?;
    let peer = TcpStream::connect(shared.peer)?;
    for stream in [&kept, &peer] {
        stream.set_read_timeout(Some(SILENCE))?;
        stream.set_write_timeout(Some(SILENCE))?;
        stream.set_nodelay(true)?;
    }
    let mut talk = Talk { shared, shot, kept: BufReader::new(kept), peer: BufReader::new(peer), to: None, name: None };
    talk.pass_on()
}

impl Talk<'_> {
    fn pass_on(&mut self) -> Result<()> {
        let greeting = answer(&mut self.peer)?;
        if self.answered(&greeting, Point::Connected, Point::Greeted)? {
            return Ok(());
        }
        loop {
            let Some(line) = line(&mut self.kept)? else { return Ok(()) };
            self.peer.get_ref().write_all(&line)?;
            let said = answer(&mut self.peer)?;
            let line = String::from_utf8_lossy(&line).into_owned();
            let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            if word == "RCPT" {
                self.to = line.split(['<', '>']).nth(1).map(str::to_owned);
            }
            let (sent, answered) = match word.as_str() {
                "EHLO" => (Point::EhloSent, Point::EhloAnswered),
                "MAIL" => (Point::MailSent, Point::MailAnswered),
                "RCPT" => (Point::RcptSent, Point::RcptAnswered),
                "DATA" => (Point::DataSent, Point::DataAnswered),
                "QUIT" => (Point::QuitSent, Point::QuitSent),
                other => anyhow::bail!("nobody expected {other}"),
            };
            if self.answered(&said, sent, answered)? || (word == "DATA" && said.starts_with(b"354") && self.letter()?) {
                return Ok(());
            }
        }
    }

    /// Passes an answer on unless it is cut before; true: it was cut, before or after.
    fn answered(&mut self, said: &[u8], sent: Point, answered: Point) -> Result<bool> {
        if self.falls(sent) {
            return Ok(true);
        }
        self.kept.get_ref().write_all(said)?;
        Ok(self.falls(answered))
    }

    /// Passes a letter on; true: it was cut.
    fn letter(&mut self) -> Result<bool> {
        let mut lines = 0;
        loop {
            let line = line(&mut self.kept)?.context("the letter broke off")?;
            let text = String::from_utf8_lossy(&line);
            if let Some(name) = text.strip_prefix("Message-ID: ") {
                self.name.get_or_insert_with(|| name.trim().to_owned());
            }
            let dot = line == b".\r\n";
            if (dot || self.shot.is_some_and(|shot| lines >= shot.lines)) && self.falls(Point::InLetter) {
                return Ok(true);
            }
            if dot && self.falls(Point::BeforeDot) {
                return Ok(true);
            }
            self.peer.get_ref().write_all(&line)?;
            lines += 1;
            if dot {
                let verdict = answer(&mut self.peer)?;
                return self.answered(&verdict, Point::DotSent, Point::DotAnswered);
            }
        }
    }

    /// Cuts here, if that is where this connection is cut.
    fn falls(&mut self, point: Point) -> bool {
        let Some(shot) = self.shot.take_if(|shot| shot.point == point) else { return false };
        let process = match shot.end {
            End::Cut => None,
            // From here on connections wait for the next process.
            End::Kill | End::CutThenKill(_) => self.shared.lock().process.take(),
        };
        match shot.end {
            End::Cut => self.cut(),
            End::Kill => {
                process.into_iter().for_each(|process| signal("KILL", process));
                self.cut();
            }
            End::CutThenKill(after) => {
                self.cut();
                pass(after);
                process.into_iter().for_each(|process| signal("KILL", process));
            }
        }
        self.shared.lock().fired.push(Fired { shot, to: self.to.clone(), name: self.name.clone() });
        self.shared.changed.notify_all();
        true
    }

    fn cut(&self) {
        for stream in [self.kept.get_ref(), self.peer.get_ref()] {
            // The other side may have gone already.
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

/// A line with its end; `None`: the connection was closed.
fn line(reader: &mut impl BufRead) -> Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    Ok(line.ends_with(b"\n").then_some(line))
}

/// An answer of the mail server, with all its lines.
fn answer(peer: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let next = line(peer)?.context("the mail server hung up")?;
        let more = next.get(3) == Some(&b'-');
        whole.extend(next);
        if !more {
            return Ok(whole);
        }
    }
}
