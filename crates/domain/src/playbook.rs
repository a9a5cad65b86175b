//! Playbooks: what turns a signal into an act, as data that a user may edit (`packs/playbooks/*.toml`).

use std::collections::BTreeMap;

use kept_base::CalendarDuration;
use kept_rules::Rule;
use serde::Deserialize;

use crate::definition::{PackError, rule};
use crate::promise::SignalKind;

/// One playbook.
#[derive(Debug)]
pub struct Playbook {
    /// Its name.
    pub name: String,
    /// What it does, by language tag.
    pub title: BTreeMap<String, String>,
    /// How it decides, by language tag.
    pub explanation: BTreeMap<String, String>,
    /// The signals it answers.
    pub on: Vec<SignalKind>,
    /// Under which condition, in CEL.
    pub when: Option<Rule>,
    /// To the customer, or to operations.
    pub audience: Audience,
    /// The template of what it says.
    pub message: String,
    /// Says nothing when any of these was said already about the promise.
    pub unless_told: Vec<String>,
    /// The choices it offers.
    pub choices: Vec<String>,
    /// When it promises the next word.
    pub next_word: Option<CalendarDuration>,
}

/// To whom a playbook speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The customer.
    Customer,
    /// The shop's own people.
    Operations,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    playbook: Vec<toml::Spanned<Raw>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: String,
    title: BTreeMap<String, String>,
    explanation: BTreeMap<String, String>,
    on: Vec<SignalKind>,
    when: Option<String>,
    audience: Audience,
    message: String,
    #[serde(default)]
    unless_told: Vec<String>,
    #[serde(default)]
    choices: Vec<String>,
    next_word: Option<CalendarDuration>,
}

/// Reads one file of playbooks.
///
/// # Errors
/// The first thing wrong, with its line and a hint.
pub fn read(file: &str, text: &str, templates: &[String]) -> Result<Vec<Playbook>, PackError> {
    let raw: File = toml::from_str(text).map_err(|error| {
        PackError::at(file, text, error.span(), error.message())
            .hint("compare with the packs that come with Kept; docs/packs.md lists every key")
    })?;
    raw.playbook
        .into_iter()
        .map(|playbook| {
            let span = playbook.span();
            let playbook = playbook.into_inner();
            let refuse = |message: String| PackError::at(file, text, Some(span.clone()), message);
            for language in ["fr", "en"] {
                if !playbook.title.contains_key(language) || !playbook.explanation.contains_key(language) {
                    return Err(refuse(format!("playbook `{}` has no title or explanation in `{language}`", playbook.name))
                        .hint("every text is there in French and in English"));
                }
            }
            if !templates.contains(&playbook.message) {
                return Err(refuse(format!("there is no message `{}`", playbook.message))
                    .hint(format!("one of: {}", templates.join(", "))));
            }
            Ok(Playbook {
                when: rule(file, text, &span, playbook.when.as_deref())?,
                name: playbook.name,
                title: playbook.title,
                explanation: playbook.explanation,
                on: playbook.on,
                audience: playbook.audience,
                message: playbook.message,
                unless_told: playbook.unless_told,
                choices: playbook.choices,
                next_word: playbook.next_word,
            })
        })
        .collect()
}
