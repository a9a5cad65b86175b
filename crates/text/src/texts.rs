//! The texts of pages and words, by key.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use kept_base::Language;
use unic_langid::LanguageIdentifier;

use crate::error::TextError;
use crate::typography::{decimal, typeset};

/// Every file of texts: language, name, content. A file added to a folder is added here.
const FILES: [(Language, &str, &str); 22] = [
    (Language::French, "fr/auth.ftl", include_str!("../locales/fr/auth.ftl")),
    (Language::French, "fr/choices.ftl", include_str!("../locales/fr/choices.ftl")),
    (Language::French, "fr/common.ftl", include_str!("../locales/fr/common.ftl")),
    (Language::French, "fr/connections.ftl", include_str!("../locales/fr/connections.ftl")),
    (Language::French, "fr/hands.ftl", include_str!("../locales/fr/hands.ftl")),
    (Language::French, "fr/scorecards.ftl", include_str!("../locales/fr/scorecards.ftl")),
    (Language::French, "fr/sms.ftl", include_str!("../locales/fr/sms.ftl")),
    (Language::French, "fr/notices.ftl", include_str!("../locales/fr/notices.ftl")),
    (Language::French, "fr/start.ftl", include_str!("../locales/fr/start.ftl")),
    (Language::French, "fr/trials.ftl", include_str!("../locales/fr/trials.ftl")),
    (Language::French, "fr/web.ftl", include_str!("../locales/fr/web.ftl")),
    (Language::English, "en/auth.ftl", include_str!("../locales/en/auth.ftl")),
    (Language::English, "en/choices.ftl", include_str!("../locales/en/choices.ftl")),
    (Language::English, "en/common.ftl", include_str!("../locales/en/common.ftl")),
    (Language::English, "en/connections.ftl", include_str!("../locales/en/connections.ftl")),
    (Language::English, "en/hands.ftl", include_str!("../locales/en/hands.ftl")),
    (Language::English, "en/scorecards.ftl", include_str!("../locales/en/scorecards.ftl")),
    (Language::English, "en/sms.ftl", include_str!("../locales/en/sms.ftl")),
    (Language::English, "en/notices.ftl", include_str!("../locales/en/notices.ftl")),
    (Language::English, "en/start.ftl", include_str!("../locales/en/start.ftl")),
    (Language::English, "en/trials.ftl", include_str!("../locales/en/trials.ftl")),
    (Language::English, "en/web.ftl", include_str!("../locales/en/web.ftl")),
];

/// All texts in all languages; shared by every thread.
pub struct Texts {
    french: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

/// A value put into a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Words, as they are.
    Text(String),
    /// A number: decides the plural, and is written as its language writes it.
    Number(f64),
}

impl Texts {
    /// The texts that are part of the program.
    ///
    /// # Errors
    /// When a file is malformed or says a key twice.
    pub fn embedded() -> Result<Texts, TextError> {
        Texts::from_files(FILES)
    }

    /// The texts of the given files: language, name for errors, content.
    ///
    /// # Errors
    /// When a file is malformed or says a key that was said already.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (Language, &'a str, &'a str)>) -> Result<Texts, TextError> {
        let mut french = FluentBundle::new_concurrent(vec![identifier(Language::French)]);
        let mut english = FluentBundle::new_concurrent(vec![identifier(Language::English)]);
        french.set_formatter(Some(|value, _| format_value(Language::French, value)));
        english.set_formatter(Some(|value, _| format_value(Language::English, value)));
        for bundle in [&mut french, &mut english] {
            // The marks around values are for mixed directions of writing; in an attribute or a subject they are noise.
            bundle.set_use_isolating(false);
        }
        for (language, file, content) in files {
            let wrong = |message: String| TextError::Locale { file: file.to_owned(), message };
            let content = typeset(language, content);
            let resource = FluentResource::try_new(content.clone()).map_err(|(_, errors)| {
                let Some(first) = errors.first() else {
                    return wrong("not well formed".to_owned());
                };
                let before = content.get(..first.pos.start).unwrap_or_default();
                wrong(format!("near line {}: {first}", before.matches('\n').count() + 1))
            })?;
            let bundle = match language {
                Language::French => &mut french,
                Language::English => &mut english,
            };
            bundle
                .add_resource(resource)
                .map_err(|errors| wrong(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
        }
        Ok(Texts { french, english })
    }

    /// The text of a key, with its values put in; `key.attribute` names an attribute.
    ///
    /// A key that is not there is shown as `‹key›`, a value that is missing as `{$value}`: the page still serves. The values are not
    /// escaped; the page does that.
    #[must_use]
    pub fn say(&self, language: Language, key: &str, args: &[(&str, Arg)]) -> String {
        let bundle = self.bundle(language);
        let (name, attribute) = key.split_once('.').map_or((key, None), |(name, attribute)| (name, Some(attribute)));
        let pattern = bundle.get_message(name).and_then(|message| match attribute {
            None => message.value(),
            Some(attribute) => message.get_attribute(attribute).map(|attribute| attribute.value()),
        });
        let Some(pattern) = pattern else {
            return format!("‹{key}›");
        };
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            let value = match value {
                Arg::Text(text) => FluentValue::from(text.as_str()),
                Arg::Number(number) => FluentValue::from(*number),
            };
            values.set(*name, value);
        }
        bundle.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned()
    }

    /// Whether the key is there in that language.
    #[must_use]
    pub fn has(&self, language: Language, key: &str) -> bool {
        self.bundle(language).has_message(key)
    }

    fn bundle(&self, language: Language) -> &FluentBundle<FluentResource> {
        match language {
            Language::French => &self.french,
            Language::English => &self.english,
        }
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").finish_non_exhaustive()
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Arg::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Arg::Text(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Arg::Text(text.clone())
    }
}

impl From<f64> for Arg {
    fn from(number: f64) -> Self {
        Arg::Number(number)
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        // Counts on a page are far below 2^53, where doubles stop being exact.
        Arg::Number(number as f64)
    }
}

impl From<i32> for Arg {
    fn from(number: i32) -> Self {
        Arg::Number(f64::from(number))
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Arg::Number(f64::from(number))
    }
}

impl From<u64> for Arg {
    fn from(number: u64) -> Self {
        Arg::Number(number as f64)
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Arg::Number(number as f64)
    }
}

/// The tag as fluent wants it; it decides the rules of plurals.
fn identifier(language: Language) -> LanguageIdentifier {
    language.tag().parse().unwrap_or_default()
}

fn format_value(language: Language, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(decimal(language, number.value)),
        _ => None,
    }
}
