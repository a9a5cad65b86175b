//! HTML of strangers, made harmless: an allow-list of elements and attributes, nothing that runs, nothing that loads.

use std::borrow::Cow;
use std::collections::HashSet;

use ammonia::{Builder, UrlRelative};

use super::limits::{MOST_HTML_BYTES, MOST_HTML_DEPTH, MOST_IN_A_TAG, MOST_LINKS, MOST_REFERENCES};

/// Stands before the address of a remote image: no browser knows it, so nothing is loaded until a page puts the address back.
pub const REMOTE: &str = "remote:";

/// The HTML that may be shown, in a sandboxed frame; `None` where it is too much, or nothing is left.
pub fn cleaned(html: &str) -> Option<String> {
    if html.len() > MOST_HTML_BYTES || is_too_much(html.as_bytes()) {
        return None;
    }
    let clean = builder().clean(html).to_string();
    (!clean.trim().is_empty()).then_some(clean)
}

fn builder() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .url_relative(UrlRelative::Deny)
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid", "data"]))
        .attribute_filter(address);
    builder
}

/// Pictures stay where they came with the mail, and wait where they would be fetched; links lead to pages, mail and telephones only.
fn address<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let small = value.trim_start().to_ascii_lowercase();
    let remote = ["http:", "https:"].iter().any(|scheme| small.starts_with(scheme));
    match attribute {
        "src" if element == "img" => {
            let here = small.starts_with("cid:")
                || ["png", "gif", "jpeg", "jpg", "webp"].iter().any(|kind| small.starts_with(&format!("data:image/{kind};")));
            match (here, remote) {
                (true, _) => Some(Cow::Borrowed(value)),
                (_, true) => Some(Cow::Owned(format!("{REMOTE}{}", value.trim()))),
                _ => None,
            }
        }
        "href" => (remote || small.starts_with("mailto:") || small.starts_with("tel:")).then_some(Cow::Borrowed(value)),
        // The source of a quotation loads nothing and tells nothing.
        "cite" | "src" | "data" | "longdesc" | "background" => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Elements that are closed without saying so.
const CLOSED_BY_THEMSELVES: [&[u8]; 19] = [
    b"area", b"base", b"br", b"col", b"dd", b"dt", b"hr", b"img", b"input", b"li", b"link", b"meta", b"o:p", b"option", b"p",
    b"tbody", b"td", b"th", b"tr",
];

/// Whether cleaning would take long: what a parser does for each element grows with how deep it lies, and for each attribute with their number.
fn is_too_much(html: &[u8]) -> bool {
    let (mut links, mut depth, mut references) = (0_usize, 0_usize, 0_usize);
    let mut in_tag: Option<usize> = None;
    let mut rest = html;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'<' => {
                in_tag = Some(0);
                let closing = after.first() == Some(&b'/');
                let name: Vec<u8> = after
                    .iter()
                    .skip(usize::from(closing))
                    .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b':')
                    .take(12)
                    .map(u8::to_ascii_lowercase)
                    .collect();
                if name.is_empty() || CLOSED_BY_THEMSELVES.contains(&name.as_slice()) {
                    continue;
                }
                links += usize::from(name == b"a" && !closing);
                depth = if closing { depth.saturating_sub(1) } else { depth + 1 };
            }
            b'>' => in_tag = None,
            b'&' => references += 1,
            b'=' | b' ' | b'\n' | b'\t' | b'/' => {
                if let Some(count) = &mut in_tag {
                    *count += 1;
                }
            }
            _ => {}
        }
        if links > MOST_LINKS
            || depth > MOST_HTML_DEPTH
            || references > MOST_REFERENCES
            || in_tag.is_some_and(|count| count > MOST_IN_A_TAG)
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_runs_and_nothing_loads() {
        let html = "<p onclick=x()>a<script>b()</script><img src=https://t.example/p.gif width=1><img src=cid:1><img src=/a.png>\
            <a href=javascript:c()>d</a><a href=https://e.example/>e</a><iframe src=https://f.example></iframe><style>p{}</style>\
            <img src=\"data:image/svg+xml;base64,AA\"><a href=\"data:text/html,x\">g</a><form action=https://h.example><input></form>";
        let clean = cleaned(html).unwrap();
        assert_eq!(
            clean,
            "<p>a<img src=\"remote:https://t.example/p.gif\" width=\"1\"><img src=\"cid:1\"><img>\
             <a rel=\"noopener noreferrer\">d</a><a href=\"https://e.example/\" rel=\"noopener noreferrer\">e</a>\
             <img><a rel=\"noopener noreferrer\">g</a></p>"
        );
    }

    #[test]
    fn what_would_take_long_leaves_the_text() {
        assert_eq!(cleaned(&"<div>".repeat(50_000)), None);
        assert_eq!(cleaned(&format!("<p {}>", "a=1 ".repeat(50_000))), None);
        assert_eq!(cleaned(&"&".repeat(200_000)), None);
        assert!(cleaned(&"<tr><td><p>a<br>".repeat(3000)).is_some());
        assert!(cleaned(&"<div><b>a</b></div>".repeat(3000)).is_some());
    }

    #[test]
    fn too_many_links_leave_the_text() {
        assert_eq!(cleaned(&"<a href=https://a.example>a</a>".repeat(MOST_LINKS + 1)), None);
        assert_eq!(cleaned("<script>x</script>"), None);
    }
}
