//! Mails read: bytes in, what they say out.
//!
//! Total: whatever comes, a mail or a reason why it has to be looked at. Nothing is judged of the sender here: a From address is a claim.
//!
//! The way through: [`parts`] (the tree, with [`headers`] and [`transfer`]), [`bodies`] (text and attachments), [`crate::cutting`] (the
//! sender's new words), [`cleaning`] (HTML), [`automatic`] with [`bounce`] (whether anybody wrote it).

mod automatic;
mod bodies;
mod bounce;
mod charset;
mod cleaning;
mod date;
mod headers;
mod limits;
mod parts;
mod transfer;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

pub use automatic::Automatic;
pub use bounce::{Action, Bounce, BouncedRecipient, Reason};
pub use cleaning::REMOTE;
pub use headers::Address;
pub use limits::{MOST_BYTES, MOST_DEPTH, MOST_HEADER_BYTES, MOST_PARTS, Unreadable};

use crate::cutting;

/// A mail, read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Who claims to write; where From says nothing, Reply-To, Sender or Return-Path.
    pub from: Option<Address>,
    /// To whom it is written.
    pub to: Vec<Address>,
    /// Who reads along.
    pub cc: Vec<Address>,
    /// Where answers are wanted, the first.
    pub reply_to: Option<Address>,
    /// The subject, decoded, on one line.
    pub subject: Option<String>,
    /// Its id, without angle brackets, as all ids.
    pub message_id: Option<String>,
    /// What it answers, the first.
    pub in_reply_to: Option<String>,
    /// The chain it belongs to, oldest first.
    pub references: Vec<String>,
    /// When it was written, RFC 3339 with the offset it names; `None` where that cannot be read or no offset is named.
    pub date: Option<String>,
    /// Whether a machine wrote it.
    pub automatic: Automatic,
    /// What the sender newly wrote.
    pub text: String,
    /// All of it, quotations and signature too.
    pub full_text: String,
    /// The HTML, cleaned; remote images wait behind [`REMOTE`].
    pub html: Option<String>,
    /// What came with it.
    pub attachments: Vec<Attachment>,
    /// What could not be delivered, where this is a report of it.
    pub bounce: Option<Bounce>,
    /// What was read by guessing.
    #[serde(skip)]
    pub doubts: Vec<Doubt>,
}

/// A file that came with a mail, or a whole mail within it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Its name, decoded: no folder, no line end, nothing unseen.
    pub name: Option<String>,
    /// The media type that the mail says, in small letters.
    pub media_type: String,
    /// Bytes, with the transfer encoding undone.
    pub size: usize,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
    /// Whether it is shown within the text.
    pub inline: bool,
}

/// Something that was read by guessing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// `charset` or `date`.
    pub what: &'static str,
    /// What was declared or written; empty where nothing was.
    pub code: String,
}

/// Reads a mail.
pub fn read(bytes: &[u8]) -> Result<Mail, Unreadable> {
    if bytes.len() > MOST_BYTES {
        return Err(Unreadable::TooLarge { bytes: bytes.len() });
    }
    // No parser of ours panics by intention, and a library's may; a stranger's mail must not end the program.
    let read = catch_unwind(AssertUnwindSafe(|| read_unguarded(bytes)));
    read.unwrap_or_else(|fault| {
        let said =
            fault.downcast_ref::<&str>().map(|said| (*said).to_owned()).or_else(|| fault.downcast_ref::<String>().cloned());
        Err(Unreadable::Broken { said: said.unwrap_or_else(|| "nothing was said".to_owned()) })
    })
}

fn read_unguarded(bytes: &[u8]) -> Result<Mail, Unreadable> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).ok_or(Unreadable::Empty)?;
    // Blank lines before the header are none of the mail; blanks on its first line may be.
    let start = bytes
        .get(..start)
        .and_then(|blank| blank.iter().rposition(|byte| matches!(byte, b'\r' | b'\n')))
        .map_or(0, |end| end + 1);
    let bytes = bytes.get(start..).unwrap_or_default();
    // Mail with the line ends of old Macintoshes.
    if !bytes.contains(&b'\n') && bytes.contains(&b'\r') {
        let lines: Vec<u8> = bytes.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect();
        return read_lines(&lines);
    }
    read_lines(bytes)
}

fn read_lines(bytes: &[u8]) -> Result<Mail, Unreadable> {
    let root = parts::read(bytes)?;
    let headers = &root.headers;
    if !headers.is_a_mail() {
        return Err(Unreadable::NotAMail);
    }
    let bodies = bodies::gather(&root);
    let cut = cutting::cut(bodies.plain.as_deref(), bodies.html.as_deref());
    let first = |name: &str| headers.addresses(name).into_iter().find(|one| one.address.is_some());
    let named = || headers.addresses("from").into_iter().next();
    let from = first("from").or_else(|| first("reply-to")).or_else(|| first("sender")).or_else(|| first("return-path"));
    let written = headers.first("date").unwrap_or_default();
    let date = date::rfc3339(written);
    let mut doubts: Vec<Doubt> = bodies.doubts.into_iter().map(|code| Doubt { what: "charset", code }).collect();
    if date.is_none() && headers.has("date") {
        doubts.push(Doubt { what: "date", code: words::one_line(written) });
    }
    let mut mail = Mail {
        from: from.or_else(named),
        to: headers.addresses("to"),
        cc: headers.addresses("cc"),
        reply_to: first("reply-to"),
        subject: headers.text("subject"),
        message_id: headers.ids("message-id").into_iter().next(),
        in_reply_to: headers.ids("in-reply-to").into_iter().next(),
        references: headers.ids("references"),
        date,
        automatic: Automatic::No,
        text: cut.text,
        full_text: cut.full_text,
        html: bodies.html.as_deref().and_then(cleaning::cleaned),
        attachments: bodies.attachments,
        bounce: None,
        doubts,
    };
    (mail.automatic, mail.bounce) = automatic::classify(&root, &mail);
    Ok(mail)
}
