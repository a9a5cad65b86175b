//! The header of a mail or part: its lines put in order, and its fields read.

use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Address as Parsed, HeaderValue};
use serde::Serialize;

use super::limits::{MOST_HEADER_BYTES, Unreadable};
use super::{charset, words};

/// A person or list as a mail names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The name shown, decoded.
    pub name: Option<String>,
    /// The address, without angle brackets.
    pub address: Option<String>,
}

/// A field that has a first value and parameters: `Content-Type`, `Content-Disposition`.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    /// The value, in small letters: `text/plain`, `attachment`.
    pub value: String,
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// A parameter by its name in small letters.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// The fields of a header, in their order.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    fields: Vec<(String, String)>,
}

/// Fields by which a mail is told from other text.
const KNOWN: [&str; 18] = [
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "received",
    "return-path",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "mime-version",
    "sender",
    "reply-to",
    "delivered-to",
    "x-mailer",
    "in-reply-to",
    "references",
];

impl Headers {
    /// Reads the header that bytes begin with, and tells where the body begins.
    pub fn read(bytes: &[u8]) -> Result<(Self, usize), Unreadable> {
        let (raw, body) = split(bytes);
        let size = raw.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        if size > MOST_HEADER_BYTES {
            return Err(Unreadable::HeaderTooLong { bytes: size });
        }
        let declared = declared_charset(&raw);
        let fields = raw.into_iter().map(|(name, value)| (name, text_of(&value, declared.as_deref()))).collect();
        Ok((Self { fields }, body))
    }

    /// Whether a mail may begin so.
    pub fn is_a_mail(&self) -> bool {
        self.fields.iter().any(|(name, _)| KNOWN.contains(&name.as_str()))
    }

    /// The first field of a name (in small letters) as it stands, unfolded.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// All fields of a name.
    pub fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> {
        self.fields.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether a field is there.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The decoded text of the first field of a name that says something.
    pub fn text(&self, name: &str) -> Option<String> {
        self.all(name).map(words::decoded).find(|text| !text.is_empty())
    }

    /// Everybody whom the fields of a name list; of groups, their members.
    pub fn addresses(&self, name: &str) -> Vec<Address> {
        self.all(name).flat_map(addresses_in).collect()
    }

    /// Message ids of the first field of a name, without angle brackets.
    pub fn ids(&self, name: &str) -> Vec<String> {
        self.first(name).map(ids_in).unwrap_or_default()
    }

    /// A field with parameters, RFC 2231 undone.
    pub fn parameters(&self, name: &str) -> Option<Parameters> {
        self.all(name).map(parameters_in).find(|parameters| !parameters.value.is_empty())
    }
}

type RawField = (String, Vec<u8>);

/// Lines of a header put in order: what real mails have wrong is forgiven, and where the body begins is told.
fn split(bytes: &[u8]) -> (Vec<RawField>, usize) {
    let mut fields: Vec<RawField> = Vec::new();
    let mut place = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    loop {
        let Some((line, next)) = line_at(bytes, place) else { return (fields, bytes.len()) };
        let following = line_at(bytes, next).map(|(line, _)| line);
        match kind_of(line) {
            Kind::Blank if line.is_empty() => return (fields, next),
            // Blanks alone end the header, unless more of it follows.
            Kind::Blank if !following.is_some_and(|line| matches!(kind_of(line), Kind::Field | Kind::Continued)) => {
                return (fields, next);
            }
            Kind::Blank | Kind::Envelope => {}
            Kind::Field => fields.push(field_of(line)),
            Kind::Continued => match fields.last_mut() {
                Some((_, value)) => value.extend_from_slice(line),
                None if matches!(kind_of(line.trim_ascii_start()), Kind::Field) => fields.push(field_of(line.trim_ascii_start())),
                None => return (fields, place),
            },
            // A line that is no field: a fold without its blank if the header goes on behind it, else the body without an empty line.
            Kind::Other => match fields.last_mut() {
                Some((_, value))
                    if !line.starts_with(b"--") && following.is_some_and(|line| !matches!(kind_of(line), Kind::Other)) =>
                {
                    value.push(b' ');
                    value.extend_from_slice(line);
                }
                _ => return (fields, place),
            },
        }
        place = next;
    }
}

enum Kind {
    Blank,
    Field,
    Continued,
    Envelope,
    Other,
}

fn kind_of(line: &[u8]) -> Kind {
    if line.trim_ascii().is_empty() {
        return Kind::Blank;
    }
    if line.starts_with(b" ") || line.starts_with(b"\t") {
        return Kind::Continued;
    }
    // The line by which mail boxes part their mails.
    let envelope = line.strip_prefix(b">").unwrap_or(line).strip_prefix(b"From ");
    if envelope.is_some_and(|rest| !rest.trim_ascii_start().starts_with(b":")) {
        return Kind::Envelope;
    }
    match line.iter().position(|byte| *byte == b':') {
        Some(colon) if colon > 0 => {
            let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
            let is_name = name.iter().all(|byte| byte.is_ascii_graphic()) && !name.is_empty() && name.len() <= 200;
            if is_name { Kind::Field } else { Kind::Other }
        }
        _ => Kind::Other,
    }
}

fn field_of(line: &[u8]) -> RawField {
    let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
    let name = String::from_utf8_lossy(line.get(..colon).unwrap_or_default()).trim().to_ascii_lowercase();
    (name, line.get(colon + 1..).unwrap_or_default().trim_ascii_start().to_vec())
}

/// The line that begins at a place, without its end, and where the next begins.
fn line_at(bytes: &[u8], place: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(place..).filter(|rest| !rest.is_empty())?;
    let (line, next) = match rest.iter().position(|byte| *byte == b'\n') {
        Some(end) => (rest.get(..end)?, place + end + 1),
        None => (rest, bytes.len()),
    };
    let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
    Some((line.get(..end)?, next))
}

/// The charset of the body, which names in the header often share without saying so.
fn declared_charset(raw: &[RawField]) -> Option<String> {
    let (_, value) = raw.iter().find(|(name, _)| name == "content-type")?;
    let value = value.is_ascii().then(|| String::from_utf8_lossy(value))?;
    parameters_in(&value).get("charset").map(str::to_owned)
}

/// A field's bytes as text: 8-bit bytes are UTF-8, else of the body's charset, else of western Windows.
fn text_of(value: &[u8], declared: Option<&str>) -> String {
    let read = charset::decode(value, None);
    if read.doubt.is_none() {
        return read.text;
    }
    match declared.map(|declared| charset::decode(value, Some(declared))) {
        Some(declared) if declared.doubt.is_none() => declared.text,
        _ => read.text,
    }
}

/// Everybody in a list of addresses.
pub fn addresses_in(value: &str) -> Vec<Address> {
    let line = format!("{}\r\n", parted(&words::joined(value).replace(['\r', '\n'], " ")));
    let HeaderValue::Address(parsed) = MessageStream::new(line.as_bytes()).parse_address() else { return Vec::new() };
    let all: Vec<Addr<'_>> = match parsed {
        Parsed::List(list) => list,
        Parsed::Group(groups) => groups.into_iter().flat_map(|group| group.addresses).collect(),
    };
    let named = !value.contains('<');
    all.iter().flat_map(|addr| address_of(addr, named)).collect()
}

/// A list with a comma behind each bracket that has none: the library takes two addresses without one for one.
fn parted(value: &str) -> String {
    let mut all = String::with_capacity(value.len() + 8);
    let mut quoted = false;
    let mut letters = value.char_indices();
    while let Some((place, letter)) = letters.next() {
        all.push(letter);
        match letter {
            '\\' if quoted => all.extend(letters.next().map(|(_, letter)| letter)),
            '"' => quoted = !quoted,
            '>' if !quoted => {
                let rest = value.get(place + 1..).unwrap_or_default().trim_start();
                if rest.starts_with(|next: char| !matches!(next, ',' | ';' | '(' | ':' | '>')) {
                    all.push(',');
                }
            }
            _ => {}
        }
    }
    all
}

fn address_of(addr: &Addr<'_>, unbracketed: bool) -> Vec<Address> {
    let clean = |text: &str| words::decoded(text).trim_matches(['"', '\'', ' ']).to_owned();
    let name = addr.name.as_deref().map(clean).filter(|name| !name.is_empty());
    let address = addr.address.as_deref().map(bare_address).filter(|address| !address.is_empty());
    match (name, address) {
        // Addresses with blanks and no comma between them.
        (name, Some(address)) if address.split_whitespace().all(|word| word.contains('@')) => {
            let words: Vec<&str> = address.split_whitespace().collect();
            let first = words.first().map(|word| Address { name, address: Some((*word).to_owned()) });
            let others = words.iter().skip(1).map(|word| Address { name: None, address: Some((*word).to_owned()) });
            first.into_iter().chain(others).collect()
        }
        (name, Some(address)) => vec![Address { name, address: Some(address) }],
        // `ann@example.org <>`, and the names of local mailboxes: `postmaster`.
        (Some(name), None) if (name.contains('@') || unbracketed) && !name.contains(' ') => {
            vec![Address { name: None, address: Some(name.trim_matches(['<', '>']).to_owned()) }]
        }
        (Some(name), None) => vec![Address { name: Some(name), address: None }],
        (None, None) => Vec::new(),
    }
}

/// An address without brackets, without the route that RFC 822 had before it, and without blanks around its dots.
fn bare_address(text: &str) -> String {
    let text = words::one_line(text);
    let text = text.trim_matches(['<', '>', ' ']);
    let text = match text.strip_prefix('@').and_then(|route| route.rsplit_once(':')) {
        Some((_, address)) if address.contains('@') => address,
        _ => text,
    };
    let mut all = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '.' | '@') {
            all.truncate(all.trim_end().len());
        }
        if !(letter == ' ' && all.ends_with(['.', '@'])) {
            all.push(letter);
        }
    }
    all
}

/// Message ids: what stands in angle brackets, else what holds a sign between two parts.
pub fn ids_in(value: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((id, behind)) = after.split_once('>') else { break };
        // Ids that were folded have a blank in them.
        let id: String = id.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control()).collect();
        if !id.is_empty() {
            ids.push(id);
        }
        rest = behind;
    }
    if ids.is_empty() {
        let bare = value.split_whitespace().map(|word| word.trim_matches(['<', '>', ',', ';', '"']));
        ids = bare
            .filter(|word| word.contains('@') || !value.trim().contains(' '))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
    }
    ids
}

/// A value and its parameters.
pub fn parameters_in(value: &str) -> Parameters {
    let line = format!("{}\r\n", value.replace(['\r', '\n'], " "));
    let parsed = MessageStream::new(line.as_bytes()).parse_content_type();
    let HeaderValue::ContentType(parsed) = parsed else { return Parameters::default() };
    let value = match &parsed.c_subtype {
        Some(subtype) => format!("{}/{}", parsed.c_type, subtype),
        None => parsed.c_type.to_string(),
    };
    let pairs = parsed.attributes.iter().flatten();
    Parameters {
        value: value.trim().to_ascii_lowercase(),
        pairs: pairs.map(|pair| (pair.name.to_ascii_lowercase(), pair.value.to_string())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Headers {
        Headers::read(text).unwrap().0
    }

    fn shown(value: &str) -> Vec<String> {
        let text = |part: Option<String>| part.unwrap_or("-".to_owned());
        addresses_in(value).into_iter().map(|one| format!("{} | {}", text(one.name), text(one.address))).collect()
    }

    #[test]
    fn a_fold_without_its_blank_is_a_fold() {
        let headers = read(b"Subject: one\ntwo\nX-A: b\n c\n\nFrom: body");
        assert_eq!(headers.first("subject"), Some("one two"));
        assert_eq!(headers.first("x-a"), Some("b c"));
        assert!(!headers.has("from"));
    }

    #[test]
    fn a_body_without_an_empty_line_is_a_body() {
        let (headers, body) = Headers::read(b"From x\nSubject: a\nDear all,\nthere it is.\n").unwrap();
        assert_eq!((headers.first("subject"), body), (Some("a"), 18));
    }

    #[test]
    fn raw_bytes_are_text() {
        assert_eq!(read(b"Subject: caf\xe9\n\n").text("subject").as_deref(), Some("café"));
        assert_eq!(read("Subject: café\n\n".as_bytes()).text("subject").as_deref(), Some("café"));
        let russian = read(b"Subject: \xd0\xd2\xc9\xd7\xc5\xd4\nContent-Type: text/plain; charset=koi8-r\n\n");
        assert_eq!(russian.text("subject").as_deref(), Some("привет"));
    }

    #[test]
    fn addresses_as_they_are_met() {
        assert_eq!(shown("Ann <ann@example.org>, bob@example.org"), ["Ann | ann@example.org", "- | bob@example.org"]);
        assert_eq!(shown("\"=?utf-8?Q?Ren=C3=A9=2C_B?=\" <r@example.org>"), ["René, B | r@example.org"]);
        assert_eq!(shown("Team: a@example.org, B <b@example.org>;"), ["- | a@example.org", "B | b@example.org"]);
        assert_eq!(shown("ann@example.org (Ann)"), ["Ann | ann@example.org"]);
        assert_eq!(shown("undisclosed-recipients:;"), [""; 0]);
        assert_eq!(shown("MAILER-DAEMON <>"), ["MAILER-DAEMON | -"]);
        assert_eq!(shown("postmaster"), ["- | postmaster"]);
        assert_eq!(shown("Ann <a@example.org> Bob <b@example.org>"), ["Ann | a@example.org", "Bob | b@example.org"]);
        assert_eq!(shown("a@example.org b@example.org"), ["- | a@example.org", "- | b@example.org"]);
        assert_eq!(shown("Ann <@relay.example:a@example . org>"), ["Ann | a@example.org"]);
        assert_eq!(shown("\"a > b\" <a@example.org>"), ["a > b | a@example.org"]);
    }

    #[test]
    fn ids_have_no_brackets() {
        assert_eq!(ids_in("<a@b> <c\r\n d@e>, text"), ["a@b", "cd@e"]);
        assert_eq!(ids_in("a@b"), ["a@b"]);
        assert_eq!(ids_in("Your mail of <"), [""; 0]);
    }

    #[test]
    fn names_of_files() {
        let name = |value: &str| parameters_in(value).get("filename").map(words::decoded);
        assert_eq!(name("attachment; filename*0*=utf-8''%C3%A9t; filename*1*=%C3%A9.txt").as_deref(), Some("été.txt"));
        assert_eq!(name("attachment; filename=\"=?utf-8?B?w6kudHh0?=\"").as_deref(), Some("é.txt"));
        assert_eq!(name("attachment; filename=a b.txt").as_deref(), Some("a b.txt"));
    }
}
