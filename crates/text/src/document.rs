//! A message's body: paragraphs, lists and a few places, made from text that strangers' values are part of.
//!
//! A value cannot become markup: before it is put into a template, the characters that mean something here are swapped for characters
//! that mean nothing ([`inert`]), and swapped back once the structure is known. HTML is escaped as a whole, at the very end.

/// Characters with a meaning in a body, and what stands in for them inside a value (private use area).
const STAND_INS: [(char, char); 4] = [('*', '\u{e000}'), ('-', '\u{e001}'), ('[', '\u{e002}'), (']', '\u{e003}')];
/// Longest value, in characters; the rest is cut.
const MOST_VALUE_CHARACTERS: usize = 300;

/// The small drawing of a promise, from given to due, made by whoever draws promises.
///
/// `svg` is put into the HTML part as it is, if it is one `<svg>` element without scripts, links or styles of its own; `words` say the
/// same, are shown below it and stand for it in the text part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// One `<svg>` element.
    pub svg: String,
    /// What it shows, in words.
    pub words: String,
}

/// A part of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Paragraph(String),
    List(Vec<String>),
    /// `[[choices]]` on a line of its own.
    Choices,
    /// `[[line]]` on a line of its own.
    Line,
}

/// The value as one harmless line: no control, direction or line characters, nothing with a meaning in a body.
pub(crate) fn inert(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut length = 0;
    for character in value.chars() {
        let kept = match character {
            '\u{e000}'..='\u{e00f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => continue,
            '\u{2028}' | '\u{2029}' => ' ',
            control if control.is_control() => ' ',
            other => STAND_INS.iter().find(|(meant, _)| *meant == other).map_or(other, |(_, inert)| *inert),
        };
        if kept == ' ' && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        length += 1;
        if length > MOST_VALUE_CHARACTERS {
            out.push('…');
            break;
        }
        out.push(kept);
    }
    out.truncate(out.trim_end_matches(' ').len());
    out
}

/// The text with the characters of its values back.
pub(crate) fn restore(text: &str) -> String {
    text.chars()
        .map(|character| STAND_INS.iter().find(|(_, inert)| *inert == character).map_or(character, |(meant, _)| *meant))
        .collect()
}

/// Ordinary spaces and line ends made one; spaces that do not break stay.
pub(crate) fn collapse(text: &str) -> String {
    text.split([' ', '\n', '\t', '\r']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The blocks of a rendered body; empty ones vanish.
pub(crate) fn blocks(body: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in body.lines().map(str::trim).chain([""]) {
        let ends = line.is_empty() || line.starts_with("- ") || line.starts_with("[[");
        if ends && !lines.is_empty() {
            blocks.push(Block::Paragraph(collapse(&lines.join(" "))));
            lines.clear();
        }
        match line {
            "" => {}
            "[[choices]]" => blocks.push(Block::Choices),
            "[[line]]" => blocks.push(Block::Line),
            _ => match line.strip_prefix("- ") {
                Some(item) => match blocks.last_mut() {
                    Some(Block::List(items)) => items.push(collapse(item)),
                    _ => blocks.push(Block::List(vec![collapse(item)])),
                },
                None => lines.push(line),
            },
        }
    }
    blocks
}

/// A run of text without its emphasis.
pub(crate) fn plain(run: &str) -> String {
    restore(&run.replace("**", ""))
}

/// A run of text as HTML: escaped, with its emphasis.
pub(crate) fn html(run: &str) -> String {
    let mut out = String::new();
    let parts: Vec<&str> = run.split("**").collect();
    for (at, part) in parts.iter().enumerate() {
        // Parts at odd places stand between two marks, if a mark follows.
        let strong = at % 2 == 1 && at + 1 < parts.len();
        if strong {
            out.push_str("<strong>");
        }
        out.push_str(&escape(&restore(part)));
        if strong {
            out.push_str("</strong>");
        }
    }
    out
}

/// The text with the five characters of HTML escaped: safe between tags and in a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Whether the drawing is nothing but a drawing.
pub(crate) fn is_harmless(svg: &str) -> bool {
    let lower = svg.trim().to_ascii_lowercase();
    let one_element = lower.starts_with("<svg") && lower.ends_with("</svg>") && lower.matches("</svg").count() == 1;
    let forbidden = [
        "<script",
        "<style",
        "<foreignobject",
        "<image",
        "<use",
        "<animate",
        "<set",
        "<a ",
        "<a>",
        "href",
        "javascript:",
        "url(",
        "<!",
        "<?",
    ];
    one_element
        && !forbidden.iter().any(|word| lower.contains(word))
        && !lower.split_ascii_whitespace().any(|word| word.starts_with("on"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_line_and_means_nothing() {
        let value = inert("  Anne\r\nBcc: x@y\u{2028}**b** - [[choices]]\u{202e}\u{e000} \u{0}end  ");
        assert!(!value.contains(['\r', '\n', '*', '-', '[', '\u{202e}', '\u{0}']));
        assert_eq!(restore(&value), "Anne Bcc: x@y **b** - [[choices]] end");
        assert_eq!(blocks(&format!("- {value}")), [Block::List(vec![value.clone()])]);
        assert_eq!(inert(&"x".repeat(1000)).chars().count(), MOST_VALUE_CHARACTERS + 1);
    }

    #[test]
    fn blocks_are_found_and_empty_ones_vanish() {
        let body = "\n One\n  line **strong** \n\n\n \n Then:\n- a\n- b\n[[choices]]\n\n[[line]]\nEnd";
        assert_eq!(
            blocks(body),
            [
                Block::Paragraph("One line **strong**".into()),
                Block::Paragraph("Then:".into()),
                Block::List(vec!["a".into(), "b".into()]),
                Block::Choices,
                Block::Line,
                Block::Paragraph("End".into()),
            ]
        );
    }

    #[test]
    fn emphasis_needs_its_partner() {
        assert_eq!(html("a **b** <c> **d"), "a <strong>b</strong> &lt;c&gt; d");
        assert_eq!(plain("a **b**"), "a b");
    }

    #[test]
    fn only_a_drawing_is_a_drawing() {
        assert!(is_harmless("<svg class=\"pl\" role=\"img\"><line class=\"axis\" x1=\"6\"/></svg>"));
        for svg in [
            "<p>no</p>",
            "<svg><script>alert(1)</script></svg>",
            "<svg onload=\"alert(1)\"></svg>",
            "<svg\nonload=alert(1)></svg>",
            "<svg><a href=\"https://x\">y</a></svg>",
            "<svg></svg><img src=x></svg>",
            "<svg><rect style=\"fill:url(https://x)\"/></svg>",
        ] {
            assert!(!is_harmless(svg), "{svg}");
        }
    }
}
