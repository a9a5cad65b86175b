//! HTML of strangers, made harmless: an allow-list of elements and attributes, nothing that runs, nothing that loads.

use std::borrow::Cow;
use std::collections::HashSet;

use ammonia::{Builder, UrlRelative};

use super::limits::{MOST_HTML_BYTES, MOST_LINKS};

/// Stands before the address of a remote image: no browser knows it, so nothing is loaded until a page puts the address back.
pub const REMOTE: &str = "remote:";

/// The HTML that may be shown, in a sandboxed frame; `None` where it is too much, or nothing is left.
pub fn cleaned(html: &str) -> Option<String> {
    if html.len() > MOST_HTML_BYTES || links_in(html) > MOST_LINKS {
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

fn links_in(html: &str) -> usize {
    html.as_bytes().windows(3).filter(|three| matches!(three, [b'<', b'a' | b'A', b' ' | b'\n' | b'\t' | b'\r'])).count()
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
    fn too_many_links_leave_the_text() {
        assert_eq!(cleaned(&"<a href=https://a.example>a</a>".repeat(MOST_LINKS + 1)), None);
        assert_eq!(cleaned("<script>x</script>"), None);
    }
}
