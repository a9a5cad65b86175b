//! A mail server for the demonstration: it takes letters and keeps the last ones, so that they really leave and really arrive.
//!
//! Addresses at `refused.example` do not exist (550); those at `busy.example` are put off the first time (451). Nothing leaves this machine.

use std::collections::{HashSet, VecDeque};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Letters kept; older ones are forgotten.
pub const LETTERS_KEPT: usize = 500;
/// RFC 5321 asks for 512 octets; senders with long parameters get more.
const LONGEST_COMMAND: u64 = 4_096;
const LARGEST_LETTER: usize = 25 * 1024 * 1024;

/// A letter that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedLetter {
    /// The id given in the 250 line.
    pub queue_id: String,
    /// Envelope sender.
    pub from: String,
    /// Envelope recipients.
    pub to: Vec<String>,
    /// The message, with the stuffed dots taken out again.
    pub bytes: Vec<u8>,
}

/// The mail server; stops when it is dropped.
pub struct SmtpPeer {
    address: SocketAddr,
    mailbox: Arc<Mutex<LetterBox>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct LetterBox {
    letters: VecDeque<ReceivedLetter>,
    received: u64,
    put_off: HashSet<String>,
}

impl SmtpPeer {
    /// Listens on a free port of this machine.
    ///
    /// # Errors
    /// No port could be had.
    pub fn start() -> io::Result<SmtpPeer> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let mailbox = Arc::new(Mutex::new(LetterBox::default()));
        let stopping = Arc::new(AtomicBool::new(false));
        let (stop, letters) = (Arc::clone(&stopping), Arc::clone(&mailbox));
        let thread = std::thread::Builder::new().name("demo-mail".to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Acquire) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let letters = Arc::clone(&letters);
                // A client that breaks off harms nobody but itself.
                drop(std::thread::Builder::new().spawn(move || drop(converse(&stream, &letters))));
            }
        })?;
        Ok(SmtpPeer { address, mailbox, stopping, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The last letters, oldest first.
    #[must_use]
    pub fn letters(&self) -> Vec<ReceivedLetter> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner).letters.iter().cloned().collect()
    }

    /// How many letters arrived since it started, forgotten ones included.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner).received
    }
}

impl Drop for SmtpPeer {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        // The listener wakes only for a caller.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn converse(stream: &TcpStream, letters: &Mutex<LetterBox>) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.set_write_timeout(Some(Duration::from_secs(60)))?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    let mut say = |line: &str| -> io::Result<()> { writer.write_all(format!("{line}\r\n").as_bytes()) };
    say("220 mail.lumen.example ESMTP")?;
    let mut from: Option<String> = None;
    let mut to: Vec<String> = Vec::new();
    loop {
        let mut line = Vec::new();
        if reader.by_ref().take(LONGEST_COMMAND).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "EHLO" => say("250-mail.lumen.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 26214400")?,
            "HELO" => say("250 mail.lumen.example")?,
            "MAIL" if from.is_some() => say("503 5.5.1 one sender at a time")?,
            "MAIL" => match path(&line) {
                Some(sender) => {
                    from = Some(sender);
                    say("250 2.1.0 sender ok")?;
                }
                None => say("501 5.1.7 write MAIL FROM:<address>")?,
            },
            "RCPT" if from.is_none() => say("503 5.5.1 MAIL first")?,
            "RCPT" => {
                let recipient = path(&line).unwrap_or_default();
                let answer = receive(&recipient, letters);
                if answer.starts_with('2') {
                    to.push(recipient);
                }
                say(answer)?;
            }
            "DATA" if to.is_empty() => say("503 5.5.1 RCPT first")?,
            "DATA" => {
                say("354 end with a line that is a dot")?;
                let Some(bytes) = read_letter(&mut reader)? else {
                    return say("552 5.3.4 too large");
                };
                let queue_id = keep(letters, from.take().unwrap_or_default(), std::mem::take(&mut to), bytes);
                say(&format!("250 2.0.0 Ok: queued as {queue_id}"))?;
            }
            "RSET" => {
                from = None;
                to.clear();
                say("250 2.0.0 ok")?;
            }
            "NOOP" => say("250 2.0.0 ok")?,
            "QUIT" => return say("221 2.0.0 bye"),
            _ => say("502 5.5.2 not known here")?,
        }
    }
}

/// The address between angle brackets.
fn path(line: &str) -> Option<String> {
    let (_, rest) = line.split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    Some(address.to_owned())
}

fn receive(recipient: &str, letters: &Mutex<LetterBox>) -> &'static str {
    let host = recipient.rsplit_once('@').map(|(_, host)| host.to_ascii_lowercase());
    match host.as_deref() {
        None => "501 5.1.3 write RCPT TO:<address>",
        Some("refused.example") => "550 5.1.1 no such mailbox here",
        Some("busy.example") => {
            let mut letters = letters.lock().unwrap_or_else(PoisonError::into_inner);
            if letters.put_off.insert(recipient.to_ascii_lowercase()) {
                "451 4.2.1 mailbox busy, try again later"
            } else {
                "250 2.1.5 recipient ok"
            }
        }
        Some(_) => "250 2.1.5 recipient ok",
    }
}

/// The bytes up to the lone dot; `None` when there are too many. An end without the dot is an error: nothing was handed over.
fn read_letter(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        let rest = u64::try_from(LARGEST_LETTER.saturating_sub(bytes.len())).unwrap_or(0);
        if rest == 0 {
            return Ok(None);
        }
        if reader.by_ref().take(rest).read_until(b'\n', &mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(Some(bytes));
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn keep(letters: &Mutex<LetterBox>, from: String, to: Vec<String>, bytes: Vec<u8>) -> String {
    let mut letters = letters.lock().unwrap_or_else(PoisonError::into_inner);
    letters.received += 1;
    let queue_id = format!("LUM{:08X}", letters.received);
    letters.letters.push_back(ReceivedLetter { queue_id: queue_id.clone(), from, to, bytes });
    while letters.letters.len() > LETTERS_KEPT {
        letters.letters.pop_front();
    }
    queue_id
}
