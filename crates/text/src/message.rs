//! Messages to customers and teams, from packs of texts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use kept_base::Language;
use serde_json::{Map, Value};

use crate::document::{Drawing, blocks, collapse, restore};
use crate::error::TextError;
use crate::layout::Letter;
use crate::sms::plain;
use crate::template::{Template, sample};

/// Longest subject, in characters; longer ones are cut.
const MOST_SUBJECT_CHARACTERS: usize = 140;

/// The files of the pack that is part of the program.
const EMBEDDED: [(&str, &str); 26] = [
    ("late-warning.toml", include_str!("../../../packs/messages/late-warning.toml")),
    ("late-apology.toml", include_str!("../../../packs/messages/late-apology.toml")),
    ("late-next-word.toml", include_str!("../../../packs/messages/late-next-word.toml")),
    ("arrived-after-warning.toml", include_str!("../../../packs/messages/arrived-after-warning.toml")),
    ("attempt-failed.toml", include_str!("../../../packs/messages/attempt-failed.toml")),
    ("address-problem.toml", include_str!("../../../packs/messages/address-problem.toml")),
    ("pickup-waiting.toml", include_str!("../../../packs/messages/pickup-waiting.toml")),
    ("pickup-reminder.toml", include_str!("../../../packs/messages/pickup-reminder.toml")),
    ("presumed-lost.toml", include_str!("../../../packs/messages/presumed-lost.toml")),
    ("declared-lost.toml", include_str!("../../../packs/messages/declared-lost.toml")),
    ("found-again.toml", include_str!("../../../packs/messages/found-again.toml")),
    ("carrier-claim.toml", include_str!("../../../packs/messages/carrier-claim.toml")),
    ("carrier-claim-over.toml", include_str!("../../../packs/messages/carrier-claim-over.toml")),
    ("carrier-enquiry.toml", include_str!("../../../packs/messages/carrier-enquiry.toml")),
    ("silent-operations.toml", include_str!("../../../packs/messages/silent-operations.toml")),
    ("backordered.toml", include_str!("../../../packs/messages/backordered.toml")),
    ("partner-late.toml", include_str!("../../../packs/messages/partner-late.toml")),
    ("refund-late.toml", include_str!("../../../packs/messages/refund-late.toml")),
    ("lines-withdrawn.toml", include_str!("../../../packs/messages/lines-withdrawn.toml")),
    ("returned.toml", include_str!("../../../packs/messages/returned.toml")),
    ("not-arrived-received.toml", include_str!("../../../packs/messages/not-arrived-received.toml")),
    ("proof-of-delivery.toml", include_str!("../../../packs/messages/proof-of-delivery.toml")),
    ("choice-carried-out.toml", include_str!("../../../packs/messages/choice-carried-out.toml")),
    ("choice-not-possible.toml", include_str!("../../../packs/messages/choice-not-possible.toml")),
    ("refunded.toml", include_str!("../../../packs/messages/refunded.toml")),
    ("errand-refused.toml", include_str!("../../../packs/messages/errand-refused.toml")),
];

/// A set of messages, each in every language, checked when it was loaded.
#[derive(Debug)]
pub struct MessagePack {
    templates: BTreeMap<String, Template>,
}

/// A message ready to be put into a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line, without CR or LF, at most 140 characters.
    pub subject: String,
    /// The text part, lines ended by LF.
    pub text: String,
    /// The HTML part, a whole document that fetches nothing.
    pub html: String,
}

impl MessagePack {
    /// The messages that are part of the program. A test of this crate tries them with all that they may be given: at each start that
    /// would take most of the time until the program answers.
    ///
    /// # Errors
    /// When a file is wrong; a test of this crate sees to it that none is.
    pub fn embedded() -> Result<MessagePack, TextError> {
        let templates = EMBEDDED.iter().map(|(file, content)| Template::read(file, content)).collect::<Result<_, _>>()?;
        Ok(MessagePack { templates })
    }

    /// The messages that are part of the program, with those of a folder in place of the ones of the same name.
    ///
    /// # Errors
    /// When the folder cannot be read or a file in it is wrong: the error names file and line, and says what to do.
    pub fn load(folder: &Path) -> Result<MessagePack, TextError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| TextError::Read { path, source }
        };
        let mut pack = MessagePack::embedded()?;
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
        paths.sort();
        for path in paths {
            let content = fs::read_to_string(&path).map_err(unreadable(&path))?;
            let (name, template) = Template::read_and_try(&path.to_string_lossy(), &content)?;
            pack.templates.insert(name, template);
        }
        Ok(pack)
    }

    /// The messages of the given files, tried: name for errors, content.
    ///
    /// # Errors
    /// When a file is wrong.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<MessagePack, TextError> {
        let templates =
            files.into_iter().map(|(file, content)| Template::read_and_try(file, content)).collect::<Result<_, _>>()?;
        Ok(MessagePack { templates })
    }

    /// The names of the messages, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.templates.keys().map(String::as_str)
    }

    /// Whether the message is for the team, not for a customer.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn is_internal(&self, name: &str) -> Result<bool, TextError> {
        self.template(name).map(|template| template.internal)
    }

    /// The message with its values put in, without a drawing.
    ///
    /// `values` is an object; `packs/messages/README.md` lists what it may hold. Days and amounts are given as they are to be said.
    ///
    /// # Errors
    /// When there is no such message, a value that it needs is absent, or one is not what it should be.
    pub fn render(&self, name: &str, language: Language, values: &Value) -> Result<Rendered, TextError> {
        self.render_with(name, language, values, None)
    }

    /// The message with its values and, where it is given, the drawing of the promise.
    ///
    /// # Errors
    /// As [`MessagePack::render`].
    pub fn render_with(
        &self,
        name: &str,
        language: Language,
        values: &Value,
        drawing: Option<&Drawing>,
    ) -> Result<Rendered, TextError> {
        let template = self.template(name)?;
        let filled = template.fill(name, language, values)?;
        let blocks = blocks(&filled.body);
        let subject = header(&filled.subject);
        let letter = Letter {
            language,
            subject: &subject,
            greeting: filled.greeting.as_deref(),
            internal: template.internal,
            blocks: &blocks,
            choices: &filled.choices,
            link: filled.link.as_deref(),
            team: &filled.team,
            shop: &filled.shop,
            drawing,
        };
        Ok(Rendered { text: letter.text(), html: letter.html(), subject })
    }

    /// Whether the message can go as a text message: it has a short text.
    #[must_use]
    pub fn has_sms(&self, name: &str) -> bool {
        self.templates.get(name).is_some_and(Template::has_sms)
    }

    /// The short text with its values put in and the customer's link behind it, on one line, as far as it goes in the GSM alphabet
    /// ([`crate::sms::plain`]); `None` for a message that has none.
    ///
    /// # Errors
    /// As [`MessagePack::render`].
    pub fn render_sms(&self, name: &str, language: Language, values: &Value) -> Result<Option<String>, TextError> {
        let filled = self.template(name)?.fill(name, language, values)?;
        let Some(short) = filled.sms else { return Ok(None) };
        let mut text = plain(&one_line(&collapse(&short)));
        if let Some(link) = &filled.link {
            text.push(' ');
            text.push_str(link);
        }
        Ok(Some(text))
    }

    /// Values of every kind that a message may be given, to show how it looks.
    #[must_use]
    pub fn sample_values() -> Value {
        Value::Object(sample())
    }

    /// The same values without those that the message can do without.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn least_values(&self, name: &str, values: &Map<String, Value>) -> Result<Value, TextError> {
        self.template(name).map(|template| Value::Object(template.least(values)))
    }

    fn template(&self, name: &str) -> Result<&Template, TextError> {
        self.templates.get(name).ok_or_else(|| TextError::UnknownMessage {
            name: name.to_owned(),
            known: self.names().collect::<Vec<_>>().join(", "),
        })
    }
}

/// What came in as one line, whatever it holds.
fn one_line(text: &str) -> String {
    restore(text).chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// The subject as a header can hold it.
fn header(subject: &str) -> String {
    let mut line = one_line(subject);
    if line.chars().count() > MOST_SUBJECT_CHARACTERS {
        line = line.chars().take(MOST_SUBJECT_CHARACTERS - 1).collect();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_of_the_program_says_something_whatever_is_absent() {
        let tried = MessagePack::from_files(EMBEDDED).unwrap();
        assert!(tried.names().eq(MessagePack::embedded().unwrap().names()));
        assert_eq!(tried.names().count(), EMBEDDED.len());
    }
}
