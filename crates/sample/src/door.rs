//! A small HTTP server on this machine, for the partners that the sample pretends to be: one request a connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

/// Of a request's head, and of its body.
const LONGEST_HEAD: u64 = 16 * 1024;
const LONGEST_BODY: u64 = 1024 * 1024;

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: String,
    /// The path, without its query.
    pub path: String,
    /// The query, as it was written.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header, by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The value of a query's field, without its escapes.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(other, _)| *other == name).map(|(_, value)| unescaped(value))
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status; 0 breaks the connection off without an answer.
    pub status: u16,
    /// `Content-Type`.
    pub kind: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// JSON.
    #[must_use]
    pub fn json(status: u16, value: &Value) -> Reply {
        Reply { status, kind: "application/json; charset=utf-8", headers: Vec::new(), body: value.to_string().into_bytes() }
    }

    /// XML.
    #[must_use]
    pub fn xml(status: u16, text: String) -> Reply {
        Reply { status, kind: "text/xml; charset=utf-8", headers: Vec::new(), body: text.into_bytes() }
    }

    /// A web page.
    #[must_use]
    pub fn page(status: u16, text: &str) -> Reply {
        Reply { status, kind: "text/html; charset=utf-8", headers: Vec::new(), body: text.as_bytes().to_vec() }
    }

    /// No answer at all.
    #[must_use]
    pub fn nothing() -> Reply {
        Reply { status: 0, kind: "", headers: Vec::new(), body: Vec::new() }
    }

    /// With a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

/// The open door; shut when it is dropped.
pub struct Door {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Door {
    /// Listens on a free port of this machine and answers every request.
    ///
    /// # Errors
    /// No port could be had.
    pub fn open(name: &str, answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> io::Result<Door> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let (stop, answer) = (Arc::clone(&stopping), Arc::new(answer));
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Acquire) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let answer = Arc::clone(&answer);
                // A caller that breaks off harms nobody but itself.
                drop(std::thread::Builder::new().spawn(move || drop(serve(&stream, answer.as_ref()))));
            }
        })?;
        Ok(Door { address, stopping, thread: Some(thread) })
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        // The listener wakes only for a caller.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn serve(mut stream: &TcpStream, answer: &dyn Fn(&Request) -> Reply) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    let Some(request) = read(stream)? else { return Ok(()) };
    let reply = answer(&request);
    if reply.status == 0 {
        return Ok(());
    }
    let mut head = format!("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n", reply.status, reason(reply.status), reply.kind);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\nConnection: close\r\n\r\n", reply.body.len()));
    let mut bytes = head.into_bytes();
    bytes.extend(reply.body);
    stream.write_all(&bytes)?;
    stream.flush()
}

fn read(stream: &TcpStream) -> io::Result<Option<Request>> {
    let mut reader = BufReader::new(stream.take(LONGEST_HEAD + LONGEST_BODY));
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), ..Request::default() };
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            request.headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let length: u64 = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    reader.take(length.min(LONGEST_BODY)).read_to_end(&mut request.body)?;
    Ok(Some(request))
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        207 => "Multi-Status",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Answer",
    }
}

/// Text with its `%XX` and `+` resolved; what is none stays as it is.
#[must_use]
pub fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
