//! The parts of a mail, as a tree.
//!
//! Walked here and not by the library: a multipart is split from the outside in, so that one that is never closed ends where what it lies in
//! goes on, and depth and number are bounded while walking. The library's walk loses what follows such a part, and fails on some broken mails.

use std::borrow::Cow;

use super::headers::{Headers, Parameters};
use super::limits::{MOST_DEPTH, MOST_PARTS, Unreadable};
use super::{transfer, words};

/// A part with its header.
#[derive(Debug)]
pub struct Part<'m> {
    pub headers: Headers,
    /// In small letters, `text/plain` where nothing is said.
    pub media_type: String,
    pub content: Parameters,
    /// `inline`, `attachment` or something of its own.
    pub disposition: Option<String>,
    /// The file's name, decoded.
    pub name: Option<String>,
    pub body: Body<'m>,
}

/// What a part holds.
#[derive(Debug)]
pub enum Body<'m> {
    /// Bytes, with the transfer encoding undone.
    Leaf(Cow<'m, [u8]>),
    /// Other parts.
    Parts(Vec<Part<'m>>),
    /// A whole mail: its bytes, and its header with the tree below it, of which no bytes are kept.
    Enclosed(Cow<'m, [u8]>, Box<Part<'m>>),
}

impl Part<'_> {
    /// The kind of report that a `multipart/report` names, in small letters.
    pub fn report_type(&self) -> Option<String> {
        self.content.get("report-type").map(|kind| kind.trim().to_ascii_lowercase())
    }

    /// Whether it is a report and calls itself one of this kind.
    pub fn is_report_of(&self, kind: &str) -> bool {
        self.media_type == "multipart/report" && self.report_type().is_some_and(|named| named == kind)
    }

    /// This part and those in it, but not what is in enclosed mails.
    pub fn walk(&self) -> Vec<&Part<'_>> {
        let mut all = vec![self];
        if let Body::Parts(parts) = &self.body {
            all.extend(parts.iter().flat_map(Part::walk));
        }
        all
    }
}

/// Reads a mail as a tree.
pub fn read(bytes: &[u8]) -> Result<Part<'_>, Unreadable> {
    let mut walk = Walk { parts: 0 };
    walk.part(bytes, "text/plain", 0, true)
}

struct Walk {
    parts: usize,
}

impl Walk {
    fn part<'m>(&mut self, bytes: &'m [u8], default: &str, depth: usize, keep: bool) -> Result<Part<'m>, Unreadable> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(Unreadable::TooManyParts);
        }
        if depth > MOST_DEPTH {
            return Err(Unreadable::TooDeep);
        }
        let (headers, start) = Headers::read(bytes)?;
        let body = bytes.get(start..).unwrap_or_default();
        let content = headers.parameters("content-type").unwrap_or_default();
        let mut media_type = media_type_of(&content.value, default);
        let encoding = headers.first("content-transfer-encoding").unwrap_or_default();
        let encoding = encoding.split([';', ' ']).next().unwrap_or_default().to_owned();
        let body = if media_type.starts_with("multipart/") {
            match self.multipart(&content, &media_type, body, depth, keep)? {
                Some(parts) => Body::Parts(parts),
                // Nothing is parted: what is there is read as text.
                None => {
                    media_type = "text/plain".to_owned();
                    Body::Leaf(leaf(body, &encoding, keep))
                }
            }
        } else if matches!(media_type.as_str(), "message/rfc822" | "message/global" | "message/news") {
            self.enclosed(leaf(body, &encoding, true), depth, keep)?
        } else {
            Body::Leaf(leaf(body, &encoding, keep))
        };
        let disposition = headers.parameters("content-disposition").unwrap_or_default();
        let name = name_of(&disposition, &content);
        let disposition = (!disposition.value.is_empty()).then_some(disposition.value);
        Ok(Part { headers, media_type, content, disposition, name, body })
    }

    fn multipart<'m>(
        &mut self,
        content: &Parameters,
        media_type: &str,
        body: &'m [u8],
        depth: usize,
        keep: bool,
    ) -> Result<Option<Vec<Part<'m>>>, Unreadable> {
        let declared = content.get("boundary").map(str::trim).filter(|boundary| !boundary.is_empty());
        let mut found = declared.map(|boundary| pieces(body, boundary.as_bytes())).unwrap_or_default();
        if found.is_empty()
            && let Some(guessed) = guessed_boundary(body)
        {
            found = pieces(body, guessed);
        }
        if found.is_empty() {
            return Ok(None);
        }
        let default = if media_type == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let parts = found.into_iter().map(|piece| self.part(piece, default, depth + 1, keep));
        parts.collect::<Result<Vec<_>, _>>().map(Some)
    }

    fn enclosed<'m>(&mut self, bytes: Cow<'m, [u8]>, depth: usize, keep: bool) -> Result<Body<'m>, Unreadable> {
        let inner = match &bytes {
            Cow::Borrowed(bytes) => self.part(bytes, "text/plain", depth + 1, false)?,
            // Of the tree below only headers are kept, and those are its own.
            Cow::Owned(bytes) => bare(self.part(bytes, "text/plain", depth + 1, false)?),
        };
        Ok(Body::Enclosed(if keep { bytes } else { Cow::Borrowed(&[]) }, Box::new(inner)))
    }
}

/// A part without what lies below it.
fn bare<'m>(part: Part<'_>) -> Part<'m> {
    Part {
        headers: part.headers,
        media_type: part.media_type,
        content: part.content,
        disposition: part.disposition,
        name: part.name,
        body: Body::Leaf(Cow::Borrowed(&[])),
    }
}

fn leaf<'m>(body: &'m [u8], encoding: &str, keep: bool) -> Cow<'m, [u8]> {
    if !keep {
        return Cow::Borrowed(&[]);
    }
    match encoding.to_ascii_lowercase().as_str() {
        "" | "7bit" | "8bit" | "binary" => Cow::Borrowed(body),
        other => Cow::Owned(transfer::decoded(body, other)),
    }
}

fn media_type_of(value: &str, default: &str) -> String {
    let token = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&byte))
    };
    match value.split_once('/') {
        Some((kind, sub)) if token(kind) && token(sub) => value.to_owned(),
        _ if value == "text" || value.is_empty() => default.to_owned(),
        _ if value.starts_with("text/") => "text/plain".to_owned(),
        _ if value.starts_with("multipart") => "multipart/mixed".to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

/// A file's name, made one that shows: no line ends, nothing unseen, no folders.
fn name_of(disposition: &Parameters, content: &Parameters) -> Option<String> {
    let given = disposition.get("filename").or_else(|| content.get("name")).or_else(|| disposition.get("name"))?;
    let seen: String = words::decoded(given).chars().filter(|letter| !is_unseen(*letter)).collect();
    let name = seen.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// Characters of no width, and those that turn the direction of writing: `exe.` may look like `.txt` behind one.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{00ad}')
}

/// What lies between the delimiters of a boundary.
fn pieces<'m>(body: &'m [u8], boundary: &[u8]) -> Vec<&'m [u8]> {
    let mut all = Vec::new();
    let mut began: Option<usize> = None;
    let mut place = 0;
    while let Some(rest) = body.get(place..).filter(|rest| !rest.is_empty()) {
        let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or_default();
        if let Some(closing) = delimiter(line, boundary) {
            if let Some(start) = began {
                all.push(without_last_end(body.get(start..place).unwrap_or_default()));
            }
            began = (!closing).then_some(place + length);
            if closing {
                return all;
            }
        }
        place += length;
    }
    if let Some(start) = began {
        let last = body.get(start..).unwrap_or_default();
        if !last.trim_ascii().is_empty() {
            all.push(last);
        }
    }
    all
}

/// Whether a line parts parts, and whether it is the last that does.
fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii();
    match rest {
        [] => Some(false),
        [b'-', b'-', ..] => Some(true),
        _ => None,
    }
}

/// The line end before a delimiter belongs to the delimiter.
fn without_last_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// The boundary of a multipart that declares none, or another than it uses: the first line that looks like one, followed by a header.
fn guessed_boundary(body: &[u8]) -> Option<&[u8]> {
    let mut lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).peekable();
    while let Some(line) = lines.next() {
        if let Some(boundary) = line.strip_prefix(b"--").filter(|boundary| boundary.len() > 3)
            && lines.peek().is_some_and(|next| next.to_ascii_lowercase().starts_with(b"content-"))
        {
            return Some(boundary);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(part: &Part<'_>) -> String {
        match &part.body {
            Body::Leaf(bytes) => format!("{}:{}", part.media_type, String::from_utf8_lossy(bytes)),
            Body::Parts(parts) => format!("[{}]", parts.iter().map(shape).collect::<Vec<_>>().join(", ")),
            Body::Enclosed(bytes, inner) => format!("mail({} bytes, {})", bytes.len(), inner.media_type),
        }
    }

    #[test]
    fn a_part_that_is_not_closed_ends_where_the_outer_goes_on() {
        let mail = b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=ab\n\n--ab\n\none\n--ab\nContent-Type: text/html\n\n<p>\n--a\n\nlast\n--a--\nrest";
        assert_eq!(shape(&read(mail).unwrap()), "[[text/plain:one, text/html:<p>], text/plain:last]");
    }

    #[test]
    fn a_boundary_that_is_not_declared_is_found() {
        let mail = b"Content-Type: multipart/mixed\n\n--xyzzy\nContent-Type: text/plain\n\none\n--xyzzy--\n";
        assert_eq!(shape(&read(mail).unwrap()), "[text/plain:one]");
        assert_eq!(shape(&read(b"Content-Type: multipart/mixed; boundary=b\n\njust text").unwrap()), "text/plain:just text");
    }

    #[test]
    fn enclosed_mails_are_whole() {
        let mail = b"Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: b\n\nc\n--a--";
        assert_eq!(shape(&read(mail).unwrap()), "[mail(13 bytes, text/plain)]");
    }

    #[test]
    fn names_of_files_show_what_they_are() {
        let mail = "Content-Disposition: attachment; filename=\"../a\u{202e}txt.exe\"\n\n";
        assert_eq!(read(mail.as_bytes()).unwrap().name.as_deref(), Some("atxt.exe"));
    }

    #[test]
    fn endless_mails_end() {
        let deep = "Content-Type: message/rfc822\n\n".repeat(80);
        assert_eq!(read(deep.as_bytes()).unwrap_err(), Unreadable::TooDeep);
        let many = format!("Content-Type: multipart/mixed; boundary=a\n\n{}", "--a\n\n1\n".repeat(1200));
        assert_eq!(read(many.as_bytes()).unwrap_err(), Unreadable::TooManyParts);
    }
}
