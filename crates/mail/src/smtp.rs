//! SMTP out, over lettre's blocking client, one conversation a letter.
//!
//! lettre's own `send` writes the message straight after 354; here the conversation is led step by step so that *in doubt* can be made
//! durable in between (GUARANTEES, G3).

use std::cell::Cell;
use std::error::Error as _;
use std::fmt;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kept_engine::ports::{Letter, Outbound, SendOutcome};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};

use crate::compose::{self, Composed, Sender, breaks_lines, compose};
use crate::error::MailError;

/// RFC 5321, 4.5.3.2.6: giving up earlier after the final dot makes unknown outcomes out of slow ones.
const WAIT_FOR_THE_VERDICT: Duration = Duration::from_secs(600);
/// Good-bye is a courtesy: nothing depends on its answer.
const LONGEST_GOOD_BYE: Duration = Duration::from_secs(5);
/// A write that fails part-way proves that the final dot was not written; small parts make that provable early.
const PART: usize = 16 * 1024;
/// Characters of a server's line that are kept.
const LONGEST_REPLY: usize = 500;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all: for a relay on this machine or on a private line.
    None,
    /// Plain first, then encrypted (usually port 587); nothing is sent when the server does not offer it.
    StartTls,
    /// Encrypted from the first byte (usually port 465).
    Tls,
}

/// How the mail server is reached.
///
/// Certificates are checked against Mozilla's roots, which are compiled in (lettre's feature `webpki-roots`); the machine's own store
/// is not read, so a server with a certificate of a private authority is refused.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpConfig {
    /// Host name or address.
    pub host: String,
    /// Port: 587, 465, 25 …
    pub port: u16,
    /// Protection of the connection.
    pub security: Security,
    /// User name, when the server wants one.
    pub user: Option<String>,
    /// Its password; never shown and never logged.
    pub password: Option<String>,
    /// The name given in EHLO; empty means this machine's name.
    pub hello_name: String,
    /// Seconds for the connection and for each answer before the final dot; after it ten minutes are allowed.
    pub timeout_seconds: u64,
    /// The sender's name for letters that have none.
    pub from_name: String,
    /// The sender's address for letters that have none.
    pub from_address: String,
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("user", &self.user.as_ref().map(|_| "***"))
            .field("password", &self.password.as_ref().map(|_| "***"))
            .field("hello_name", &self.hello_name)
            .field("timeout_seconds", &self.timeout_seconds)
            .field("from_address", &self.from_address)
            .finish_non_exhaustive()
    }
}

/// The way out by SMTP.
///
/// Blocks: never call it from an asynchronous task.
pub struct SmtpOutbound {
    config: SmtpConfig,
    verdict_timeout: Duration,
    /// Connections that delivered and are owed a good-bye.
    parting: Mutex<Vec<SmtpConnection>>,
}

impl fmt::Debug for SmtpOutbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpOutbound").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Where a conversation broke.
struct Failure {
    step: &'static str,
    error: SmtpError,
}

impl SmtpOutbound {
    /// Checks the settings; connects to nobody.
    ///
    /// # Errors
    /// [`MailError::Setting`] for a setting that can never work, among them a password that would travel unprotected to another machine.
    pub fn new(config: SmtpConfig) -> Result<SmtpOutbound, MailError> {
        check_settings(&config)?;
        Ok(SmtpOutbound { config, verdict_timeout: WAIT_FOR_THE_VERDICT, parting: Mutex::default() })
    }

    /// Waits this long for the answer to the final dot instead of the ten minutes of RFC 5321.
    #[must_use]
    pub fn with_verdict_timeout(mut self, timeout: Duration) -> SmtpOutbound {
        self.verdict_timeout = timeout;
        self
    }

    /// Tries the way without sending: connects, greets, protects, signs in and says good-bye.
    ///
    /// Gives one sentence for the operator.
    ///
    /// # Errors
    /// What went wrong, with a hint.
    pub fn check(&self) -> Result<String, MailError> {
        let mut connection = self.open().map_err(|failure| self.in_words(&failure))?;
        let protection = if connection.is_encrypted() { "encrypted" } else { "not encrypted" };
        let signed_in = if self.config.user.is_some() { ", signed in" } else { "" };
        self.good_bye(&mut connection);
        Ok(format!("the mail server {} answers ({protection}{signed_in})", self.server()))
    }

    fn open(&self) -> Result<SmtpConnection, Failure> {
        let at = |step: &'static str| move |error: SmtpError| Failure { step, error };
        let hello = self.hello();
        let timeout = Some(self.timeout());
        let server = (self.config.host.as_str(), self.config.port);
        let connection = match self.config.security {
            Security::None => SmtpConnection::connect(server, timeout, &hello, None, None).map_err(at("connecting"))?,
            Security::Tls => {
                let tls = self.tls().map_err(at("preparing encryption"))?;
                SmtpConnection::connect(server, timeout, &hello, Some(&tls), None).map_err(at("connecting, encrypted"))?
            }
            Security::StartTls => {
                let tls = self.tls().map_err(at("preparing encryption"))?;
                let mut connection = SmtpConnection::connect(server, timeout, &hello, None, None).map_err(at("connecting"))?;
                connection.starttls(&tls, &hello).map_err(at("STARTTLS"))?;
                connection
            }
        };
        self.sign_in(connection)
    }

    fn sign_in(&self, mut connection: SmtpConnection) -> Result<SmtpConnection, Failure> {
        if let (Some(user), Some(password)) = (&self.config.user, &self.config.password) {
            let credentials = Credentials::new(user.clone(), password.clone());
            let signed_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            signed_in.map_err(|error| Failure { step: "signing in", error })?;
        }
        Ok(connection)
    }

    /// Everything that can be refused before the message: MAIL, RCPT, DATA.
    fn offer(&self, connection: &mut SmtpConnection, composed: &Composed) -> Result<(), SendOutcome> {
        let envelope = &composed.envelope;
        let mut parameters = Vec::new();
        if envelope.from().into_iter().chain(envelope.to()).any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let reply = "an address has letters beyond ASCII and the mail server does not offer SMTPUTF8".to_owned();
                return Err(SendOutcome::Refused { reply });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !composed.bytes.is_ascii() {
            if !connection.server_info().supports_feature(Extension::EightBitMime) {
                let reply = "the letter needs 8BITMIME and the mail server does not offer it".to_owned();
                return Err(SendOutcome::Refused { reply });
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let completed = |response: &Response| response.code().severity == Severity::PositiveCompletion;
        let answer = connection.command(Mail::new(envelope.from().cloned(), parameters));
        expect("MAIL", answer, completed)?;
        for recipient in envelope.to() {
            expect("RCPT", connection.command(Rcpt::new(recipient.clone(), vec![])), completed)?;
        }
        // Any other positive answer would mean that answers and questions are out of step: then nothing may be believed.
        expect("DATA", connection.command(Data), |response| response.has_code(354))
    }

    fn transfer(&self, connection: &mut SmtpConnection, bytes: &[u8]) -> SendOutcome {
        if connection.set_timeout(Some(self.verdict_timeout)).is_err() {
            return SendOutcome::Retry { reason: "the connection broke before the message was written".to_owned() };
        }
        // lettre writes the final dot after the last part was taken, and only then.
        let dot_may_be_written = Cell::new(false);
        let mut parts = bytes.chunks(PART);
        let parts = std::iter::from_fn(|| {
            let part = parts.next();
            dot_may_be_written.set(part.is_none());
            part
        });
        match connection.message_iter(parts) {
            Ok(response) if response.code().severity == Severity::PositiveCompletion => {
                SendOutcome::Accepted { reply: reply_of(&response), reference: None }
            }
            Ok(response) => {
                SendOutcome::Unknown { reason: format!("an answer out of turn after the message: {}", reply_of(&response)) }
            }
            Err(error) if error.is_transient() => SendOutcome::Retry { reason: seen(&error) },
            Err(error) if error.is_permanent() => SendOutcome::Refused { reply: seen(&error) },
            Err(error) if !dot_may_be_written.get() => {
                SendOutcome::Retry { reason: format!("in the message, before its end: {}", seen(&error)) }
            }
            Err(error) => SendOutcome::Unknown { reason: format!("after the message, before the answer: {}", seen(&error)) },
        }
    }

    fn good_bye(&self, connection: &mut SmtpConnection) {
        if connection.set_timeout(Some(self.timeout().min(LONGEST_GOOD_BYE))).is_ok() {
            // Whatever the answer: the verdict has been given.
            drop(connection.quit());
        }
    }

    fn parting(&self) -> MutexGuard<'_, Vec<SmtpConnection>> {
        self.parting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hello(&self) -> ClientId {
        match self.config.hello_name.trim() {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        }
    }

    fn tls(&self) -> Result<TlsParameters, SmtpError> {
        TlsParameters::new(self.config.host.clone())
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(self.config.timeout_seconds)
    }

    fn server(&self) -> String {
        format!("{}:{}", self.config.host, self.config.port)
    }

    fn in_words(&self, failure: &Failure) -> MailError {
        let server = self.server();
        let step = failure.step;
        if failure.error.status().is_some() {
            let hint = if step == "signing in" {
                "check user and password; some providers want a password made for applications"
            } else {
                "ask whoever runs the mail server whether this machine may send through it"
            };
            return MailError::Refused { server, step, reply: seen(&failure.error), hint };
        }
        let hint = if failure.error.is_tls() {
            "the certificate must be for this host name and from a public authority; a private authority is not known here"
        } else if step == "STARTTLS" {
            "the server does not offer STARTTLS; use its port for encrypted mail (465 with `tls`)"
        } else if step == "signing in" {
            "the server offers no way to sign in that is known here (PLAIN, LOGIN), or closed the connection"
        } else if timed_out(&failure.error) {
            "host and port may be right and a firewall in between; or the port wants `tls` where `starttls` is set"
        } else {
            "check host and port: 587 with `starttls`, 465 with `tls`, 25 with `none`"
        };
        MailError::Unreachable { server, step, seen: seen(&failure.error), hint }
    }
}

impl Outbound for SmtpOutbound {
    fn name(&self) -> &'static str {
        "smtp"
    }

    fn send(&self, letter: &Letter, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> SendOutcome {
        let sender = Sender { name: &self.config.from_name, address: &self.config.from_address };
        let composed = match compose(letter, &sender) {
            Ok(composed) => composed,
            Err(reason) => return SendOutcome::Refused { reply: reason },
        };
        let mut connection = match self.open() {
            Ok(connection) => connection,
            Err(failure) => return before_the_dot(failure.step, &failure.error),
        };
        if let Err(outcome) = self.offer(&mut connection, &composed) {
            return outcome;
        }
        if let Err(reason) = in_doubt() {
            // No QUIT: after 354 every byte is message, so the connection is only dropped.
            return SendOutcome::Retry { reason: format!("not sent, because it could not be noted first: {reason}") };
        }
        let outcome = self.transfer(&mut connection, &composed.bytes);
        if matches!(outcome, SendOutcome::Accepted { .. }) {
            self.parting().push(connection);
        }
        outcome
    }

    fn part(&self) {
        let parting = std::mem::take(&mut *self.parting());
        for mut connection in parting {
            self.good_bye(&mut connection);
        }
    }
}

fn expect(step: &'static str, answer: Result<Response, SmtpError>, fits: impl Fn(&Response) -> bool) -> Result<(), SendOutcome> {
    match answer {
        Ok(response) if fits(&response) => Ok(()),
        Ok(response) => Err(SendOutcome::Retry { reason: format!("{step}: an answer out of turn: {}", reply_of(&response)) }),
        Err(error) => Err(before_the_dot(step, &error)),
    }
}

/// Nothing was handed over yet: a 5xx is final, everything else may be tried again.
fn before_the_dot(step: &'static str, error: &SmtpError) -> SendOutcome {
    if error.is_permanent() {
        return SendOutcome::Refused { reply: seen(error) };
    }
    SendOutcome::Retry { reason: format!("{step}: {}", seen(error)) }
}

fn reply_of(response: &Response) -> String {
    let words: Vec<&str> = response.message().collect();
    one_line(&format!("{} {}", response.code(), words.join(" ")))
}

/// The server's own line where there is one, else what was seen.
fn seen(error: &SmtpError) -> String {
    let words = error.source().map(ToString::to_string);
    match (error.status(), words) {
        (Some(code), Some(words)) => one_line(&format!("{code} {words}")),
        (Some(code), None) => code.to_string(),
        (None, _) if timed_out(error) => "no answer in time".to_owned(),
        (None, Some(words)) => one_line(&words),
        (None, None) => one_line(&error.to_string()),
    }
}

/// lettre's own test misses what Linux says when a read has waited long enough.
fn timed_out(error: &SmtpError) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| matches!(cause.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock))
}

fn one_line(text: &str) -> String {
    let line = text.chars().map(|character| if breaks_lines(character) { ' ' } else { character });
    line.take(LONGEST_REPLY).collect::<String>().trim().to_owned()
}

fn check_settings(config: &SmtpConfig) -> Result<(), MailError> {
    let wrong = |setting, problem: &str, hint| Err(MailError::Setting { setting, problem: problem.to_owned(), hint });
    if config.host.trim().is_empty() || config.host.chars().any(|character| breaks_lines(character) || character.is_whitespace())
    {
        return wrong("host", "is empty or holds spaces", "write the name of the mail server, like smtp.example.org");
    }
    let hello_fits =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_' | '[' | ']' | ':');
    if !config.hello_name.trim().chars().all(hello_fits) {
        return wrong("hello_name", "is not a host name", "write this machine's name, like kept.example.org, or leave it empty");
    }
    if config.timeout_seconds == 0 {
        return wrong("timeout_seconds", "is 0", "write a number of seconds from 1; 30 is usual");
    }
    if config.from_name.chars().any(breaks_lines) {
        return wrong("from_name", "holds a line break", "write the name on one line");
    }
    if let Err(problem) = compose::address(&config.from_address, "sender's") {
        let hint = "write an address like service@example.org";
        return Err(MailError::Setting { setting: "from_address", problem: format!("cannot be used: {problem}"), hint });
    }
    match (&config.user, &config.password) {
        (Some(_), None) => wrong("password", "is missing", "a user needs a password; or leave both out"),
        (None, Some(_)) => wrong("user", "is missing", "a password needs a user; or leave both out"),
        (Some(_), Some(_)) if config.security == Security::None && !is_this_machine(&config.host) => {
            wrong("security", "is `none`, so the password would travel unprotected", "use `starttls` or `tls`")
        }
        _ => Ok(()),
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
