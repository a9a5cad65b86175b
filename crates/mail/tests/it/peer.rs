//! A mail server that follows a script and notes every byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;

/// A point of the conversation at which the script may step in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Body,
    Dot,
    Quit,
}

/// What the server does there instead of what is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Closes the connection.
    Cut,
    /// Says nothing and waits until the client leaves.
    Silence,
    /// Answers this line.
    Say(&'static str),
    /// Answers this line and closes.
    SayAndCut(&'static str),
}

/// What the server saw.
#[derive(Debug, Default)]
pub struct Seen {
    pub commands: Vec<String>,
    /// Bytes that came after 354.
    pub data: Vec<u8>,
    /// The final dot came.
    pub whole: bool,
}

pub struct Peer {
    pub address: SocketAddr,
    thread: JoinHandle<Seen>,
}

impl Peer {
    /// One conversation, then the end.
    pub fn start(script: Option<(Point, Act)>, offers: &'static [&'static str]) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut seen = Seen::default();
            // The client may leave at any point: that ends the conversation and is no fault.
            let _ = converse(&stream, script, offers, &mut seen);
            seen
        });
        Peer { address, thread }
    }

    /// What was seen, once the conversation is over.
    pub fn seen(self) -> Seen {
        self.thread.join().unwrap()
    }
}

fn converse(stream: &TcpStream, script: Option<(Point, Act)>, offers: &[&str], seen: &mut Seen) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream.try_clone()?;
    let mut answer = |point: Point, right: &str, reader: &mut BufReader<TcpStream>, seen: &mut Seen| -> std::io::Result<()> {
        let gone = || Err(std::io::Error::other("the end"));
        match script {
            Some((at, act)) if at == point => match act {
                Act::Cut => gone(),
                Act::Silence => {
                    let mut rest = Vec::new();
                    reader.read_to_end(&mut rest)?;
                    if point == Point::Data {
                        seen.data.extend(rest);
                    }
                    gone()
                }
                Act::Say(line) => writer.write_all(format!("{line}\r\n").as_bytes()),
                Act::SayAndCut(line) => {
                    writer.write_all(format!("{line}\r\n").as_bytes())?;
                    gone()
                }
            },
            _ => writer.write_all(format!("{right}\r\n").as_bytes()),
        }
    };
    answer(Point::Greeting, "220 peer.example ESMTP", &mut reader, seen)?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        seen.commands.push(line.clone());
        match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => {
                let mut lines: Vec<String> = vec!["250-peer.example".to_owned()];
                lines.extend(offers.iter().map(|offer| format!("250-{offer}")));
                lines.push("250 8BITMIME".to_owned());
                answer(Point::Ehlo, &lines.join("\r\n"), &mut reader, seen)?;
            }
            "STARTTLS" => answer(Point::StartTls, "220 go ahead", &mut reader, seen)?,
            "AUTH" => answer(Point::Auth, "235 2.7.0 welcome", &mut reader, seen)?,
            "MAIL" => answer(Point::Mail, "250 2.1.0 ok", &mut reader, seen)?,
            "RCPT" => answer(Point::Rcpt, "250 2.1.5 ok", &mut reader, seen)?,
            "DATA" => {
                answer(Point::Data, "354 end with a dot", &mut reader, seen)?;
                if let Some((Point::Data, _)) = script {
                    continue;
                }
                if script == Some((Point::Body, Act::Cut)) {
                    let mut some = [0_u8; 512];
                    reader.read_exact(&mut some)?;
                    seen.data.extend(some);
                    return Ok(());
                }
                while !seen.data.ends_with(b"\r\n.\r\n") {
                    let mut line = Vec::new();
                    if reader.read_until(b'\n', &mut line)? == 0 {
                        return Ok(());
                    }
                    seen.data.extend(line);
                }
                seen.whole = true;
                answer(Point::Dot, "250 2.0.0 Ok: queued as 4F1C2", &mut reader, seen)?;
            }
            "QUIT" => return answer(Point::Quit, "221 bye", &mut reader, seen),
            _ => writer_unknown(stream)?,
        }
    }
}

fn writer_unknown(mut stream: &TcpStream) -> std::io::Result<()> {
    stream.write_all(b"502 not known\r\n")
}
