//! The mail that a report is about: enclosed, or copied into the text.

use super::text::addresses_in;
use crate::reading::headers::Headers;
use crate::reading::parts::{Body, Part};

/// The original's header, and the text around it.
#[derive(Debug, Default)]
pub struct Original {
    pub headers: Option<Headers>,
    /// What the server wrote before the original, or all it wrote.
    pub before: String,
    /// What stands behind the original's header: the rest of the original, or of what the server wrote.
    pub after: String,
}

/// Fields that the header of a mail has and hardly a text for people.
const TECHNICAL: [&str; 12] = [
    "received",
    "return-path",
    "message-id",
    "mime-version",
    "dkim-signature",
    "content-type",
    "content-transfer-encoding",
    "delivered-to",
    "x-mailer",
    "arc-seal",
    "authentication-results",
    "user-agent",
];
const PLAIN: [&str; 8] = ["from", "to", "cc", "subject", "date", "reply-to", "sender", "references"];

impl Original {
    /// Its id, without angle brackets.
    pub fn message_id(&self) -> Option<String> {
        self.headers.as_ref()?.ids("message-id").into_iter().next()
    }

    /// To whom it was sent.
    pub fn recipients(&self) -> Vec<String> {
        let Some(headers) = &self.headers else { return Vec::new() };
        let named = ["x-envelope-to", "x-hmxmroriginalrecipient", "to", "cc", "bcc", "apparently-to"]
            .into_iter()
            .flat_map(|name| headers.all(name));
        named.flat_map(addresses_in).map(|(_, address)| address).collect()
    }

    /// By whom it was sent, in small letters.
    pub fn senders(&self) -> Vec<String> {
        let Some(headers) = &self.headers else { return Vec::new() };
        let named = ["from", "return-path", "sender"].into_iter().flat_map(|name| headers.all(name));
        named.flat_map(addresses_in).map(|(_, address)| address.to_lowercase()).collect()
    }
}

/// Looks for the original of a report.
pub fn find(root: &Part<'_>, text: &str) -> Original {
    let enclosed = root.walk().into_iter().find_map(|part| match &part.body {
        Body::Enclosed(_, inner) if inner.headers.is_a_mail() => Some(inner.headers.clone()),
        Body::Leaf(bytes)
            if part.media_type == "text/rfc822-headers" || (part.name.is_some() && part.media_type.starts_with("text/")) =>
        {
            Headers::read(bytes).ok().map(|(headers, _)| headers).filter(Headers::is_a_mail)
        }
        _ => None,
    });
    let lines: Vec<&str> = text.lines().collect();
    let Some((start, end)) = header_in(&lines) else {
        return Original { headers: enclosed, before: text.to_owned(), after: String::new() };
    };
    let join = |part: Option<&[&str]>| part.unwrap_or_default().join("\n");
    let indent = lines.get(start).map_or(0, |line| line.len() - unquoted(line).len());
    let header: Vec<&str> =
        lines.get(start..end).unwrap_or_default().iter().map(|line| line.get(indent..).unwrap_or(unquoted(line))).collect();
    let copied = Headers::read(header.join("\n").as_bytes()).ok().map(|(headers, _)| headers);
    Original { headers: enclosed.or(copied), before: join(lines.get(..start)), after: join(lines.get(end..)) }
}

/// Where in a text the header of a mail stands: three fields and more in a row, one of them technical.
fn header_in(lines: &[&str]) -> Option<(usize, usize)> {
    let mut start = 0;
    while start < lines.len() {
        if field_of(lines.get(start)?).is_none() {
            start += 1;
            continue;
        }
        let mut names: Vec<String> = Vec::new();
        let mut end = start;
        while let Some(line) = lines.get(end) {
            match field_of(line) {
                Some(name) => names.push(name),
                None if line.trim_start_matches('>').starts_with([' ', '\t']) && !line.trim().is_empty() => {}
                None if !line.trim().is_empty() && line.contains(':') && !line.contains(": <") && names.len() > 2 => {}
                None => break,
            }
            end += 1;
        }
        let technical = names.iter().any(|name| TECHNICAL.contains(&name.as_str()));
        names.sort();
        names.dedup();
        if technical && names.len() >= 3 {
            return Some((start, end));
        }
        start = end.max(start + 1);
    }
    None
}

/// The name of a known field that a line begins with.
fn field_of(line: &str) -> Option<String> {
    let (name, _) = unquoted(line).split_once(':')?;
    let name = name.trim_end().to_ascii_lowercase();
    (TECHNICAL.contains(&name.as_str()) || PLAIN.contains(&name.as_str())).then_some(name)
}

fn unquoted(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '\t'])
}
