//! What elements mean that mail programs put around quotations, signatures and what is not to be seen.

use html5ever::tokenizer::Tag;

/// What an element means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing more than its name says.
    Nothing,
    /// Not shown.
    Hidden,
    /// A quotation, all of it.
    Quotation,
    /// Words that introduce a quotation.
    Attribution,
    /// Words that introduce a quotation, and then the quotation in a `blockquote`.
    AttributedQuotation,
    /// A quotation begins, and is not marked further.
    Seam,
    /// A quotation begins if these are header lines; people have lines drawn, too.
    SeamIfLabelled,
    /// The program's signature.
    Signature,
    /// A `blockquote` that only indents.
    Indented,
}

/// Classes, by program.
const CLASSES: &[(&str, Meaning)] = &[
    ("gmail_attr", Meaning::Attribution),
    ("gmail_quote", Meaning::AttributedQuotation),
    ("gmail_signature", Meaning::Signature),
    ("gmail_signature_prefix", Meaning::Signature),
    ("moz-cite-prefix", Meaning::Attribution),
    ("moz-signature", Meaning::Signature),
    ("moz-email-headers-table", Meaning::Seam),
    ("moz-forward-container", Meaning::Nothing),
    ("yahoo_quoted", Meaning::Quotation),
    ("yahoo-quoted-begin", Meaning::Attribution),
    ("ymail_quoted", Meaning::Quotation),
    ("protonmail_quote", Meaning::AttributedQuotation),
    ("protonmail_signature_block", Meaning::Signature),
    ("tutanota_quote", Meaning::Quotation),
    ("zmail_extra", Meaning::Quotation),
    ("zmail_extra_hr", Meaning::Seam),
    ("outlookmessageheader", Meaning::Seam),
    ("nylas-quote", Meaning::AttributedQuotation),
    ("freebirdquote", Meaning::Quotation),
    ("airmail_on", Meaning::Attribution),
    ("bloop_markdown_quote", Meaning::Quotation),
    ("mailmate-quote", Meaning::Quotation),
    ("wisestamp_signature", Meaning::Signature),
    ("ms-outlook-mobile-signature", Meaning::Signature),
    ("mailbird-quote", Meaning::Quotation),
    ("spark-quote", Meaning::Quotation),
    ("mail-quote", Meaning::Quotation),
    ("mcntmcntquotedcontent", Meaning::Quotation),
    ("quoted-text", Meaning::Quotation),
    ("elided-text", Meaning::Nothing),
    ("io-ox-quote", Meaning::Quotation),
    ("io-ox-signature", Meaning::Signature),
];

/// Ids, by program.
const IDS: &[(&str, Meaning)] = &[
    ("divrplyfwdmsg", Meaning::Seam),
    ("divfwdmsg", Meaning::Seam),
    ("mail-editor-reference-message-container", Meaning::Seam),
    ("olk_src_body_section", Meaning::Quotation),
    ("replysplit", Meaning::Seam),
    ("stopspelling", Meaning::Seam),
    ("zwchr", Meaning::Seam),
    ("reply-intro", Meaning::Attribution),
    ("isreplycontent", Meaning::Quotation),
    ("original-content", Meaning::Quotation),
    ("mailru-quote", Meaning::Quotation),
    ("quoted_text", Meaning::Quotation),
    ("_reply_message", Meaning::Quotation),
];

/// Values of `data-marker`, by which Zimbra (Free's webmail) parts a mail.
const DATA_MARKERS: &[(&str, Meaning)] = &[
    ("__divider__", Meaning::Seam),
    ("__headers__", Meaning::Seam),
    ("__quoted_text__", Meaning::Quotation),
    ("__sig_pre__", Meaning::Signature),
    ("__sig_post__", Meaning::Signature),
];

/// What the element means, by its attributes.
pub fn meaning(tag: &Tag) -> Meaning {
    let style = attribute(tag, "style").unwrap_or_default().to_ascii_lowercase();
    let style = Style::of(&style);
    if attribute(tag, "hidden").is_some() || style.hides() {
        return Meaning::Hidden;
    }
    let id = attribute(tag, "id").map(|id| id.to_ascii_lowercase());
    if let Some(id) = id.as_deref().map(without_prefix) {
        if let Some(meaning) = found(IDS, id) {
            return meaning;
        }
        if id.starts_with("yahoo_quoted") || id.starts_with("aolmsgpart") || id.starts_with("ydp") && id.ends_with("yahoo_quoted")
        {
            return Meaning::Quotation;
        }
    }
    for class in attribute(tag, "class").unwrap_or_default().split_ascii_whitespace() {
        let class = class.to_ascii_lowercase();
        if class.ends_with("yahoo_quoted") {
            return Meaning::Quotation;
        }
        if let Some(meaning) = found(CLASSES, without_prefix(&class)) {
            // Gmail gives the class to the quotation's `blockquote`, too.
            let is_blockquote = &*tag.name == "blockquote";
            if !(is_blockquote && meaning == Meaning::AttributedQuotation) {
                return meaning;
            }
            return if style.only_indents() { Meaning::Indented } else { Meaning::Nothing };
        }
    }
    if let Some(meaning) = attribute(tag, "data-marker").and_then(|marker| found(DATA_MARKERS, &marker.to_ascii_lowercase())) {
        return meaning;
    }
    if attribute(tag, "data-signatureblock").is_some() {
        return Meaning::Signature;
    }
    match &*tag.name {
        // GMX and WEB.DE.
        "div" if attribute(tag, "name").is_some_and(|name| name.eq_ignore_ascii_case("quote")) => Meaning::Quotation,
        "blockquote" if attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite")) => Meaning::Nothing,
        "blockquote" if style.only_indents() || attribute(tag, "class").is_some_and(|class| class.contains("indent")) => {
            Meaning::Indented
        }
        "div" if style.is_drawn_above() => Meaning::SeamIfLabelled,
        _ => Meaning::Nothing,
    }
}

/// The value of an attribute.
pub fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

/// Whether a paragraph of this style has no space around it, as Word writes all of them.
pub fn is_tight(tag: &Tag) -> bool {
    attribute(tag, "class").is_some_and(|class| class.to_ascii_lowercase().contains("msonormal"))
        || attribute(tag, "style").is_some_and(|style| {
            Style::of(&style.to_ascii_lowercase()).value("margin").is_some_and(|margin| margin.starts_with('0'))
        })
}

fn found(table: &[(&str, Meaning)], name: &str) -> Option<Meaning> {
    table.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning)
}

/// Outlook on the web and Hotmail put their own before the names in what they quote or send on.
fn without_prefix(name: &str) -> &str {
    let mut rest = name;
    while let Some(after) = rest.strip_prefix("x_").or_else(|| rest.strip_prefix("ecx")) {
        rest = after;
    }
    rest
}

/// A `style` attribute in lower case.
struct Style<'a>(&'a str);

impl<'a> Style<'a> {
    fn of(style: &'a str) -> Self {
        Self(style)
    }

    fn value(&self, property: &str) -> Option<&'a str> {
        self.0
            .split(';')
            .filter_map(|declaration| declaration.split_once(':'))
            .find(|(name, _)| name.trim() == property)
            .map(|(_, value)| value.trim())
    }

    fn is(&self, property: &str, value: &str) -> bool {
        self.value(property).is_some_and(|found| found.trim_end_matches("!important").trim_end() == value)
    }

    fn is_zero(&self, property: &str) -> bool {
        self.value(property).is_some_and(|found| {
            let number = found
                .trim_end_matches("!important")
                .trim_end()
                .trim_end_matches(|character: char| character.is_ascii_alphabetic() || character == '%');
            !number.is_empty() && number.chars().all(|character| character == '0' || character == '.')
        })
    }

    /// Preheaders and the like; no size alone hides, since a size of nothing is set where children have their own.
    fn hides(&self) -> bool {
        self.is("display", "none")
            || self.is("visibility", "hidden")
            || self.is_zero("opacity")
            || (self.is_zero("max-height")
                && (self.is("overflow", "hidden") || self.is_zero("font-size") || self.is_zero("max-width")))
            || (self.is_zero("font-size") && (self.is_zero("line-height") || self.is_zero("height")))
    }

    /// Gmail and Apple indent by a `blockquote` without a line beside it.
    fn only_indents(&self) -> bool {
        self.value("margin").is_some_and(|margin| margin.ends_with("40px") && margin.starts_with('0'))
            && self.value("border").is_none_or(|border| border.starts_with("none") || border.starts_with('0'))
            && self.value("border-left").is_none()
    }

    /// Outlook and Windows Mail draw a line above the header lines of what they quote.
    fn is_drawn_above(&self) -> bool {
        self.value("border-top").is_some_and(|border| border.contains("solid")) || self.is("border-top-style", "solid")
    }
}
