//! Tags without an end, cut short before they are read.

use std::borrow::Cow;

/// Longest tag that is read whole, in bytes: a picture may be written into its tag, and is not shown here.
const LONGEST_TAG: usize = 16 * 1024;
/// How much of a longer one is.
const READ_OF_LONGER: usize = 2 * 1024;

/// The markup without the rest of tags that are longer than any program writes.
///
/// The tokenizer compares each attribute's name with all others of its tag, so that a million in one would take hours.
pub fn without_endless_tags(html: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(opened) = html.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        let begins_tag = html.as_bytes().get(opened + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/');
        if !begins_tag {
            at = opened + 1;
            continue;
        }
        let Some(rest) = html.get(opened..) else { break };
        let length = rest.find('>').unwrap_or(rest.len());
        if length > LONGEST_TAG {
            let mut end = opened + READ_OF_LONGER;
            while !html.is_char_boundary(end) {
                end -= 1;
            }
            out.push_str(html.get(copied..end).unwrap_or_default());
            // Ends the value, whichever quotes it stands in.
            out.push_str("\"'>");
            copied = (opened + length + 1).min(html.len());
        }
        at = opened + length.max(1);
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(html.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}
