//! A letter as bytes.
//!
//! Headers are typed values; a field that could open a second header is refused before anybody is called.

use kept_engine::ports::Letter;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

/// RFC 5322, 2.1.1: no line is longer, and a message id cannot be folded.
const LONGEST_MESSAGE_ID: usize = 900;

/// Who a letter comes from when it does not say so itself.
pub(crate) struct Sender<'s> {
    pub name: &'s str,
    pub address: &'s str,
}

/// A letter ready to leave.
pub(crate) struct Composed {
    pub envelope: Envelope,
    pub bytes: Vec<u8>,
}

/// Composes a letter; the error is a reason for which it can never leave, in the agent's words.
pub(crate) fn compose(letter: &Letter, sender: &Sender<'_>) -> Result<Composed, String> {
    let from_address = if letter.from_address.trim().is_empty() { sender.address } else { &letter.from_address };
    let from_name = if letter.from_name.trim().is_empty() { sender.name } else { &letter.from_name };
    let fields = [
        ("message id", letter.message_id.as_str()),
        ("sender's name", from_name),
        ("sender's address", from_address),
        ("recipient's name", &letter.to_name),
        ("recipient's address", &letter.to_address),
        ("subject", &letter.subject),
    ];
    for (field, value) in fields {
        if value.chars().any(breaks_lines) {
            return Err(format!("the {field} holds a line break or another control character"));
        }
    }
    check_message_id(&letter.message_id)?;
    let from = address(from_address, "sender's")?;
    let to = address(&letter.to_address, "recipient's")?;
    let envelope = Envelope::new(Some(from.clone()), vec![to.clone()]).map_err(|error| error.to_string())?;
    let message = Message::builder()
        .from(Mailbox::new(named(from_name), from))
        .to(Mailbox::new(named(&letter.to_name), to))
        .subject(letter.subject.trim())
        .message_id(Some(format!("<{}>", letter.message_id)))
        .date_now()
        .header(AutoSubmitted)
        .header(ContentLanguage(letter.language.tag()))
        .multipart(
            MultiPart::alternative()
                .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(clean_breaks(&letter.text)))
                .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(clean_breaks(&letter.html))),
        )
        .map_err(|error| format!("the letter could not be composed: {error}"))?;
    Ok(Composed { envelope, bytes: message.formatted() })
}

/// Reads an address; `whose` is for the error.
pub(crate) fn address(text: &str, whose: &str) -> Result<Address, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("the {whose} address is missing"));
    }
    text.parse::<Address>().map_err(|error| format!("the {whose} address cannot be read: {error}"))
}

/// Also U+2028 and U+2029, which some readers take as line ends.
pub(crate) fn breaks_lines(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

fn check_message_id(id: &str) -> Result<(), String> {
    let whole = id.split_once('@').is_some_and(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains('@'));
    let plain = id.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'(' | b')' | b',' | b';' | b'"'));
    if whole && plain && id.len() <= LONGEST_MESSAGE_ID {
        return Ok(());
    }
    Err("the message id is not of the form left@right".to_owned())
}

fn named(name: &str) -> Option<String> {
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// A lone carriage return is read as a line end by some servers and not by others: the gap that smuggled mails go through.
/// Line feeds are completed here because lettre does it one by one, in quadratic time.
fn clean_breaks(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\n'], "\r\n")
}

/// RFC 3834: vacation robots and other automata stay silent.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// RFC 3282.
#[derive(Clone)]
struct ContentLanguage(&'static str);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(tag: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let language = kept_base::Language::from_tag(tag).ok_or_else(|| "not a language spoken here".to_owned())?;
        Ok(ContentLanguage(language.tag()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.to_owned())
    }
}
