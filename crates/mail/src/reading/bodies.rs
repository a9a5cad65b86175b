//! What of a mail is its text, and what is attached.

use sha2::{Digest, Sha256};

use super::parts::{Body, Part};
use super::{Attachment, charset};

/// Text and attachments of a mail, gathered.
#[derive(Debug, Default)]
pub struct Bodies {
    /// The text as it was sent plain; `None` where a part of it came as HTML only.
    pub plain: Option<String>,
    /// The text as it was sent in HTML; parts that came plain only are set into it.
    pub html: Option<String>,
    pub attachments: Vec<Attachment>,
    /// Charsets that are unknown or did not fit; empty where none was declared.
    pub doubts: Vec<String>,
}

/// One piece of the text: plain, in HTML, or both as alternatives of each other.
#[derive(Debug, Default)]
struct Piece {
    plain: Option<String>,
    html: Option<String>,
}

/// Gathers what a mail says and brings.
pub fn gather(root: &Part<'_>) -> Bodies {
    let mut gathering = Gathering { pieces: Vec::new(), bodies: Bodies::default() };
    gathering.part(root, true);
    let Gathering { pieces, mut bodies } = gathering;
    let pieces: Vec<Piece> = pieces.into_iter().filter(|piece| piece.plain.is_some() || piece.html.is_some()).collect();
    if !pieces.is_empty() && pieces.iter().all(|piece| piece.plain.is_some()) {
        let texts: Vec<&str> = pieces.iter().filter_map(|piece| piece.plain.as_deref()).collect();
        bodies.plain = Some(texts.join("\n"));
    }
    if pieces.iter().any(|piece| piece.html.is_some()) {
        let html = pieces.iter().map(|piece| match (&piece.html, &piece.plain) {
            (Some(html), _) => html.clone(),
            (None, Some(plain)) => as_html(plain),
            (None, None) => String::new(),
        });
        bodies.html = Some(html.collect::<Vec<_>>().join("\n"));
    }
    bodies
}

struct Gathering {
    pieces: Vec<Piece>,
    bodies: Bodies,
}

impl Gathering {
    fn part(&mut self, part: &Part<'_>, is_root: bool) {
        match &part.body {
            Body::Parts(parts) if part.media_type == "multipart/alternative" => self.alternatives(parts),
            Body::Parts(parts) => parts.iter().for_each(|part| self.part(part, false)),
            Body::Enclosed(bytes, _) => self.attach(part, bytes),
            Body::Leaf(bytes) => match text_kind(part, is_root) {
                Some(kind) => {
                    let text = self.text(part, bytes);
                    if !text.trim().is_empty() {
                        self.pieces.push(kind.piece(text));
                    }
                }
                None if is_root && bytes.is_empty() => {}
                None => self.attach(part, bytes),
            },
        }
    }

    /// Several forms of one text: the first plain one that says something, and the last in HTML.
    fn alternatives(&mut self, parts: &[Part<'_>]) {
        let before = self.pieces.len();
        parts.iter().for_each(|part| self.part(part, false));
        let mut one = Piece::default();
        let mut html: Vec<String> = Vec::new();
        for piece in self.pieces.drain(before..) {
            match piece {
                // A form that is made of several parts, with its own plain beside it.
                Piece { plain: Some(plain), html: None } => one.plain = one.plain.or(Some(plain)),
                Piece { plain, html: Some(more) } => {
                    one.plain = one.plain.or(plain);
                    html.push(more);
                }
                Piece { plain: None, html: None } => {}
            }
        }
        if !html.is_empty() {
            one.html = Some(html.join("\n"));
        }
        self.pieces.push(one);
    }

    fn text(&mut self, part: &Part<'_>, bytes: &[u8]) -> String {
        let declared = part.content.get("charset");
        let decoded = match declared {
            None if part.media_type == "text/html" => charset::decode(bytes, charset_of_html(bytes).as_deref()),
            declared => charset::decode(bytes, declared),
        };
        if let Some(doubt) = decoded.doubt
            && !self.bodies.doubts.contains(&doubt)
        {
            self.bodies.doubts.push(doubt);
        }
        let text = decoded.text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let flowed = part.content.get("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
        if flowed && part.media_type == "text/plain" {
            return unflowed(&text, part.content.get("delsp").is_some_and(|value| value.eq_ignore_ascii_case("yes")));
        }
        text
    }

    fn attach(&mut self, part: &Part<'_>, bytes: &[u8]) {
        let inline = part.disposition.as_deref() == Some("inline")
            || (part.disposition.is_none() && part.headers.has("content-id") && part.media_type.starts_with("image/"));
        self.bodies.attachments.push(Attachment {
            name: part.name.clone(),
            media_type: part.media_type.clone(),
            size: bytes.len(),
            sha256: hex::encode(Sha256::digest(bytes)),
            inline,
        });
    }
}

enum TextKind {
    Plain,
    Html,
}

impl TextKind {
    fn piece(&self, text: String) -> Piece {
        match self {
            Self::Plain => Piece { plain: Some(text), html: None },
            Self::Html => Piece { plain: None, html: Some(text) },
        }
    }
}

/// Whether a part belongs to the text: it is text, and neither called an attachment nor named like a file.
fn text_kind(part: &Part<'_>, is_root: bool) -> Option<TextKind> {
    let attached = part.disposition.as_deref() == Some("attachment");
    if attached || (part.name.is_some() && !is_root) {
        return None;
    }
    match part.media_type.as_str() {
        "text/html" => Some(TextKind::Html),
        "text/plain" => Some(TextKind::Plain),
        // The whole mail is of a kind of text that nobody knows: better read than only offered for saving.
        kind if is_root && part.name.is_none() && kind.starts_with("text/") => Some(TextKind::Plain),
        _ => None,
    }
}

/// The charset that HTML says of itself near its beginning.
fn charset_of_html(bytes: &[u8]) -> Option<String> {
    let front = String::from_utf8_lossy(bytes.get(..bytes.len().min(2048)).unwrap_or_default()).to_ascii_lowercase();
    let (_, after) = front.split_once("charset=")?;
    let name: String = after
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter))
        .collect();
    (!name.is_empty()).then_some(name)
}

/// Lines of `format=flowed` (RFC 3676) put together again, each depth of quotation by itself.
fn unflowed(text: &str, delete_space: bool) -> String {
    let mut all = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        match open {
            Some(before) if before == depth && !signature => {}
            Some(_) => {
                all.push('\n');
                push_quotes(&mut all, depth);
            }
            None => push_quotes(&mut all, depth),
        }
        let flows = content.ends_with(' ') && !signature;
        all.push_str(if flows && delete_space { content.strip_suffix(' ').unwrap_or(content) } else { content });
        open = flows.then_some(depth);
        if !flows {
            all.push('\n');
        }
    }
    all
}

fn push_quotes(all: &mut String, depth: usize) {
    if depth > 0 {
        all.push_str(&">".repeat(depth));
        all.push(' ');
    }
}

/// Plain text set into HTML.
fn as_html(plain: &str) -> String {
    let escaped = plain.trim_end().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<div>{}</div>", escaped.replace('\n', "<br>\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::parts;

    fn bodies(mail: &str) -> Bodies {
        gather(&parts::read(mail.as_bytes()).unwrap())
    }

    #[test]
    fn flowed_lines_are_put_together() {
        assert_eq!(
            unflowed("one \ntwo\n> three \n> four\n>> five\n-- \nAnn\n", false),
            "one two\n> three four\n>> five\n-- \nAnn\n"
        );
        assert_eq!(unflowed("on \ne\n", true), "one\n");
    }

    #[test]
    fn an_empty_alternative_is_none() {
        let mail = "Content-Type: multipart/alternative; boundary=a\n\n--a\n\n  \n--a\nContent-Type: text/html\n\n<p>hi\n--a--";
        let read = bodies(mail);
        assert_eq!((read.plain, read.html.as_deref()), (None, Some("<p>hi")));
    }

    #[test]
    fn what_is_plain_only_is_set_into_the_html() {
        let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/html\n\n<p>hi\n--a\n\na < b\n--a--";
        let read = bodies(mail);
        assert_eq!((read.plain, read.html.as_deref()), (None, Some("<p>hi\n<div>a &lt; b</div>")));
    }

    #[test]
    fn named_text_is_attached() {
        let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\nContent-Type: text/plain; name=b.txt\n\nfile\n--a\n\ntwo\n--a--";
        let read = bodies(mail);
        assert_eq!(read.plain.as_deref(), Some("one\ntwo"));
        assert_eq!(read.attachments.len(), 1);
        assert_eq!((read.attachments[0].name.as_deref(), read.attachments[0].size), (Some("b.txt"), 4));
    }
}
