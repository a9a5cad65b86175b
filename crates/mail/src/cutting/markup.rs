//! HTML as lines of text.
//!
//! The tokens of html5ever are read one after the other, with a list of what is open beside them. There is no tree: none has to be
//! built, walked or dropped, so that neither depth nor length of a stranger's markup costs more than the reading of it.

mod guard;
mod writer;

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::containers::{self, Meaning};
use super::lines::Line;
use writer::Writer;

/// How far up an end tag looks for its element, past others of the same kind that were left open.
const FARTHEST: usize = 256;
/// Longest description of a picture that is shown: a face, drawn as a picture.
const LONGEST_FACE: usize = 4;

/// The text of an HTML document, line by line, with what its elements say about them.
pub fn lines(html: &str) -> Vec<Line<'static>> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(&*guard::without_endless_tags(html)));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    // The sink never asks for a pause, so that one call reads all.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.document.into_inner().writer.finish()
}

/// Takes the tokens.
#[derive(Default)]
struct Sink {
    document: RefCell<Document>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut document = self.document.borrow_mut();
        match token {
            Token::CharacterTokens(text) => document.writer.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return document.open(&tag),
            Token::TagToken(tag) => document.close(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[derive(Default)]
struct Document {
    writer: Writer,
    open: Vec<Open>,
}

/// An element that is open.
struct Open {
    name: String,
    layout: Layout,
    meaning: Meaning,
    quotes: bool,
    address: Option<String>,
}

/// How an element stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Inline,
    /// Lines of its own.
    Block,
    /// Lines of its own, with space around them.
    Paragraph,
    Cell,
    Item,
    BulletList,
    NumberedList,
    /// White space counts.
    Preformatted,
    /// Nothing of it is text for a reader.
    Unread,
}

impl Layout {
    fn of(tag: &Tag) -> Self {
        match &*tag.name {
            "p" if containers::is_tight(tag) => Self::Block,
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "dl" | "figure" | "fieldset" => Self::Paragraph,
            "div" | "section" | "article" | "header" | "footer" | "main" | "nav" | "aside" | "address" | "center" | "form"
            | "details" | "summary" | "dt" | "dd" | "figcaption" | "table" | "tbody" | "thead" | "tfoot" | "tr" | "caption"
            | "body" | "html" | "legend" | "option" | "dir" | "menu" => Self::Block,
            "td" | "th" => Self::Cell,
            "li" => Self::Item,
            "ul" => Self::BulletList,
            "ol" => Self::NumberedList,
            "pre" | "textarea" | "listing" => Self::Preformatted,
            "title" | "svg" | "math" | "template" | "object" | "audio" | "video" | "canvas" | "datalist" => Self::Unread,
            _ => Self::Inline,
        }
    }
}

/// Elements without an end.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
            | "frame"
    )
}

impl Document {
    fn open(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        let meaning = containers::meaning(tag);
        if is_void(name) {
            self.void(tag, meaning);
            return TokenSinkResult::Continue;
        }
        self.close_implied(name);
        let mut layout = Layout::of(tag);
        if tag.self_closing && layout == Layout::Unread {
            return TokenSinkResult::Continue;
        }
        let raw = raw_text(name);
        if raw.is_some() {
            layout = Layout::Unread;
        }
        let quotes = meaning == Meaning::Quotation || (name == "blockquote" && meaning != Meaning::Indented);
        if meaning == Meaning::Hidden || layout == Layout::Unread {
            self.writer.hide();
        }
        self.begin(layout, quotes);
        match meaning {
            Meaning::Attribution => self.writer.begin_attribution(),
            Meaning::AttributedQuotation => self.writer.expect_quotation(),
            Meaning::Seam => self.writer.seam(false),
            Meaning::SeamIfLabelled => self.writer.seam(true),
            Meaning::Signature => self.writer.begin_signature(),
            Meaning::Nothing | Meaning::Hidden | Meaning::Quotation | Meaning::Indented => {}
        }
        let address = (name == "a").then(|| containers::attribute(tag, "href").unwrap_or_default().trim().to_owned());
        if address.is_some() {
            self.writer.begin_link();
        }
        self.open.push(Open { name: name.to_owned(), layout, meaning, quotes, address });
        raw.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }

    fn begin(&mut self, layout: Layout, quotes: bool) {
        match layout {
            Layout::Inline | Layout::Unread => {}
            Layout::Block => self.writer.end_line(),
            Layout::Paragraph => self.writer.end_paragraph(),
            Layout::Preformatted => {
                self.writer.end_paragraph();
                self.writer.begin_preformatted();
            }
            Layout::Cell => self.writer.begin_cell(),
            Layout::Item => self.writer.begin_item(),
            Layout::BulletList => self.writer.begin_list(false),
            Layout::NumberedList => self.writer.begin_list(true),
        }
        if quotes {
            self.writer.end_paragraph();
            self.writer.begin_quotation();
        }
    }

    fn void(&mut self, tag: &Tag, meaning: Meaning) {
        match meaning {
            Meaning::Hidden => return,
            Meaning::Seam => {
                self.writer.end_line();
                self.writer.seam(false);
            }
            _ => {}
        }
        match &*tag.name {
            "br" => self.writer.break_line(),
            "hr" => self.writer.rule(),
            "img" => {
                let face = containers::attribute(tag, "alt").unwrap_or_default();
                if !face.is_ascii() && face.chars().count() <= LONGEST_FACE && !face.chars().any(char::is_alphanumeric) {
                    self.writer.text(face);
                }
            }
            _ => {}
        }
    }

    /// Elements whose end tag may be left out.
    fn close_implied(&mut self, name: &str) {
        let closes: &[&str] = match name {
            "li" => &["li"],
            "tr" => &["td", "th", "tr"],
            "td" | "th" => &["td", "th"],
            "dt" | "dd" => &["dt", "dd"],
            "option" => &["option"],
            "p" | "div" | "ul" | "ol" | "table" | "blockquote" | "hr" | "pre" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => &["p"],
            _ => return,
        };
        while self.open.last().is_some_and(|last| closes.contains(&last.name.as_str())) {
            self.close_last();
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            // Browsers read both as a line break.
            "br" => return self.writer.break_line(),
            "p" if !self.open.iter().rev().take(FARTHEST).any(|open| open.name == "p") => return self.writer.end_paragraph(),
            _ => {}
        }
        let mut inline_only = true;
        for (depth, open) in self.open.iter().rev().take(FARTHEST).enumerate() {
            if open.name == name {
                // A `</b>` that comes too late closes no paragraph: that would end a quotation before its end.
                if open.layout == Layout::Inline && !inline_only {
                    return;
                }
                for _ in 0..=depth {
                    self.close_last();
                }
                return;
            }
            inline_only &= open.layout == Layout::Inline;
            let walled = matches!(open.layout, Layout::Cell)
                && !matches!(name, "table" | "tr" | "tbody" | "thead" | "tfoot" | "body" | "html");
            if walled {
                return;
            }
        }
    }

    fn close_last(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if let Some(address) = open.address {
            self.writer.end_link(&address);
        }
        if open.quotes {
            self.writer.end_line();
            self.writer.end_quotation();
        }
        match open.layout {
            Layout::Inline | Layout::Unread | Layout::Cell => {}
            Layout::Block | Layout::Item => self.writer.end_line(),
            Layout::Paragraph => self.writer.end_paragraph(),
            Layout::Preformatted => {
                self.writer.end_paragraph();
                self.writer.end_preformatted();
            }
            Layout::BulletList | Layout::NumberedList => self.writer.end_list(),
        }
        match open.meaning {
            Meaning::Attribution => self.writer.end_attribution(),
            Meaning::Signature => self.writer.end_signature(),
            _ => {}
        }
        if open.meaning == Meaning::Hidden || open.layout == Layout::Unread {
            self.writer.show();
        }
    }
}

/// What is not markup inside, and what of it is never text.
fn raw_text(name: &str) -> Option<RawKind> {
    match name {
        "title" => Some(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "script" => Some(RawKind::ScriptData),
        _ => None,
    }
}
