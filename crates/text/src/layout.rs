//! The one look of every message: a single column, a headline, hairlines, choices of equal weight, a signature.
//!
//! No table, no image, no remote font, nothing that is fetched when the mail is opened.

use kept_base::Language;

use crate::document::{Block, Drawing, escape, html, is_harmless, plain, restore};

/// Everything a message is made of, its values already inert.
pub(crate) struct Letter<'a> {
    pub(crate) language: Language,
    pub(crate) subject: &'a str,
    pub(crate) greeting: Option<&'a str>,
    pub(crate) internal: bool,
    pub(crate) blocks: &'a [Block],
    pub(crate) choices: &'a [Choice],
    pub(crate) link: Option<&'a str>,
    pub(crate) team: &'a str,
    pub(crate) shop: &'a str,
    pub(crate) drawing: Option<&'a Drawing>,
}

/// Something the reader can do, and where.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) label: String,
    pub(crate) url: String,
}

/// The colours that a drawing made for pages may name, in their light values; without this they would turn black in a mail.
const TOKENS: [(&str, &str); 11] = [
    ("var(--ground)", "#faf8f4"),
    ("var(--surface)", "#ffffff"),
    ("var(--ink)", "#1b2333"),
    ("var(--ink-2)", "#5b6475"),
    ("var(--ink-3)", "#646a79"),
    ("var(--line-strong)", "#cfc8ba"),
    ("var(--kept)", "#1f7a4d"),
    ("var(--risk)", "#9a5b00"),
    ("var(--late)", "#b3261e"),
    ("var(--amended)", "#3550c9"),
    ("var(--held)", "#6b4fa0"),
];

/// Colours are those of the pages (`tokens`), written out: clients of mail know no variables.
const STYLE: &str = "\
body{margin:0;background:#faf8f4;color:#1b2333;font:400 16px/1.55 Inter,'Source Sans 3',system-ui,-apple-system,'Segoe UI',sans-serif}\
.mail{max-width:560px;margin:0 auto;padding:28px 20px 40px}\
.shop{font:600 17px/1.3 'Source Serif 4',Georgia,'Times New Roman',serif;margin:0 0 26px}\
h1{font:600 26px/1.25 'Source Serif 4',Georgia,'Times New Roman',serif;letter-spacing:-.01em;margin:0 0 20px;padding:20px 0 0;border-top:1px solid #cfc8ba}\
p{margin:0 0 14px}ul{margin:0 0 14px;padding:0 0 0 20px}li{margin:0 0 4px}\
figure{margin:6px 0 20px}figcaption{color:#5b6475;font-size:14px;margin:6px 0 0}\
.choices{list-style:none;padding:0;margin:4px 0 18px}.choices li{margin:0 0 8px}\
.choices a{display:block;border:1px solid #cfc8ba;border-radius:6px;background:#ffffff;color:#1b2333;padding:12px 14px;text-decoration:none;font-weight:500}\
.signature{margin:24px 0 0}\
.foot{border-top:1px solid #cfc8ba;margin:26px 0 0;padding:14px 0 0;color:#5b6475;font-size:14px}.foot a{color:#5b6475}\
.pl{display:block;max-width:100%;height:auto}.pl text{font:500 12px Inter,system-ui,sans-serif;fill:#646a79}\
.pl .axis{stroke:#cfc8ba;stroke-width:1.5}.pl .run{stroke:#5b6475;stroke-width:1.5}.pl .given{fill:#faf8f4;stroke:#5b6475;stroke-width:1.5}\
.pl .due{stroke:#1b2333;stroke-width:2.2}.pl .now{stroke:#1b2333;stroke-width:1;stroke-dasharray:2 2;opacity:.55}.pl .over{stroke-width:2.4}\
.pl .band{opacity:.22}.pl .mid{stroke-width:1.6}.pl .told{stroke:none}\
@media (prefers-color-scheme:dark){body{background:#14171d;color:#e9e6df}h1,.foot{border-color:#3a4250}figcaption,.foot,.foot a{color:#a6adba}\
.choices a{background:#1a1e26;color:#e9e6df;border-color:#3a4250}.pl text{fill:#8b93a1}.pl .axis{stroke:#3a4250}.pl .run,.pl .given{stroke:#a6adba}\
.pl .given{fill:#14171d}.pl .due,.pl .now{stroke:#e9e6df}.pl .band{opacity:.4}}";

impl Letter<'_> {
    /// The text part.
    pub(crate) fn text(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.salutation().map(|words| restore(&words)));
        for block in self.placed() {
            match block {
                Block::Paragraph(run) => parts.push(plain(run)),
                Block::List(items) => {
                    parts.push(items.iter().map(|item| format!("- {}", plain(item))).collect::<Vec<_>>().join("\n"));
                }
                Block::Choices => {
                    let lines = self.choices.iter().map(|choice| format!("- {}\n  {}", restore(&choice.label), choice.url));
                    parts.push(lines.collect::<Vec<_>>().join("\n"));
                }
                Block::Line => parts.extend(self.drawing.map(|drawing| drawing.words.clone())),
            }
        }
        parts.push(format!("{}\n{}", restore(self.team), restore(self.shop)));
        if let Some(link) = self.link {
            parts.push(format!("{}\n{link}", self.about_link()));
        }
        parts.retain(|part| !part.is_empty());
        let mut text = parts.join("\n\n");
        text.push('\n');
        text
    }

    /// The HTML part, a whole document.
    pub(crate) fn html(&self) -> String {
        let subject = escape(&restore(self.subject));
        let mut body = format!("<p class=\"shop\">{}</p>\n<h1>{subject}</h1>\n", escape(&restore(self.shop)));
        if let Some(words) = self.salutation() {
            body.push_str(&format!("<p>{}</p>\n", escape(&restore(&words))));
        }
        for block in self.placed() {
            match block {
                Block::Paragraph(run) => body.push_str(&format!("<p>{}</p>\n", html(run))),
                Block::List(items) => {
                    let items: String = items.iter().map(|item| format!("<li>{}</li>", html(item))).collect();
                    body.push_str(&format!("<ul>{items}</ul>\n"));
                }
                Block::Choices => {
                    let items: String = self
                        .choices
                        .iter()
                        .map(|choice| {
                            format!("<li><a href=\"{}\">{}</a></li>\n", escape(&choice.url), escape(&restore(&choice.label)))
                        })
                        .collect();
                    body.push_str(&format!("<ul class=\"choices\">\n{items}</ul>\n"));
                }
                Block::Line => body.push_str(&self.figure()),
            }
        }
        body.push_str(&format!(
            "<p class=\"signature\">{}<br>{}</p>\n",
            escape(&restore(self.team)),
            escape(&restore(self.shop))
        ));
        if let Some(link) = self.link {
            body.push_str(&format!("<p class=\"foot\"><a href=\"{}\">{}</a></p>\n", escape(link), escape(&self.link_words())));
        }
        format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{subject}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <div class=\"mail\" style=\"max-width:560px;margin:0 auto\">\n{body}</div>\n</body>\n</html>\n",
            self.language.tag()
        )
    }

    /// The blocks in order, with choices and drawing put at the end where a template names no place for them.
    fn placed(&self) -> Vec<&Block> {
        let mut blocks: Vec<&Block> = self
            .blocks
            .iter()
            .filter(|block| match block {
                Block::Choices => !self.choices.is_empty(),
                Block::Line => self.drawing.is_some(),
                _ => true,
            })
            .collect();
        if !self.choices.is_empty() && !blocks.contains(&&Block::Choices) {
            blocks.push(&Block::Choices);
        }
        if self.drawing.is_some() && !blocks.contains(&&Block::Line) {
            blocks.push(&Block::Line);
        }
        blocks
    }

    fn figure(&self) -> String {
        let Some(drawing) = self.drawing else {
            return String::new();
        };
        let mut svg = if is_harmless(&drawing.svg) { drawing.svg.trim().to_owned() } else { String::new() };
        for (token, colour) in TOKENS {
            svg = svg.replace(token, colour);
        }
        format!("<figure>{svg}<figcaption>{}</figcaption></figure>\n", escape(&drawing.words))
    }

    fn salutation(&self) -> Option<String> {
        if self.internal {
            return None;
        }
        let hello = match self.language {
            Language::French => "Bonjour",
            Language::English => "Hello",
        };
        Some(match self.greeting {
            Some(name) => format!("{hello} {name},"),
            None => format!("{hello},"),
        })
    }

    fn link_words(&self) -> String {
        match (self.language, self.internal) {
            (Language::French, false) => "Ce que nous vous avons promis, et où cela en est".to_owned(),
            (Language::English, false) => "What we promised you, and how it stands".to_owned(),
            (Language::French, true) => "Voir la promesse".to_owned(),
            (Language::English, true) => "See the promise".to_owned(),
        }
    }

    fn about_link(&self) -> String {
        let colon = match self.language {
            Language::French => "\u{202f}:",
            Language::English => ":",
        };
        format!("{}{colon}", self.link_words())
    }
}
