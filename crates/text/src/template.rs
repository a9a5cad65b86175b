//! One message: its file, its checks, and putting values in.

use std::collections::BTreeMap;
use std::ops::Range;

use kept_base::Language;
use minijinja::value::{Value as Inner, ValueKind};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde::Deserialize;
use serde_json::{Map, Value};
use toml::Spanned;

use crate::document::inert;
use crate::error::TextError;
use crate::layout::Choice;
use crate::said;
use crate::typography::typeset;

/// Instructions that one rendering may take; the longest of ours takes a few hundred.
const FUEL: u64 = 20_000;
/// Most elements of a list that a message shows.
const MOST_ELEMENTS: usize = 100;
/// The tags that a template may use: nothing that reads another template or defines a macro.
const TAGS: [&str; 7] = ["if", "elif", "else", "endif", "for", "endfor", "set"];

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Flag,
    List,
    Reason,
    Link,
    Choices,
}

/// Every value that a message may be given. `packs/messages/README.md` says what each means.
pub(crate) const VALUES: [(&str, Shape); 36] = [
    ("greeting", Shape::Text),
    ("order_number", Shape::Text),
    ("tracking_number", Shape::Text),
    ("due_day", Shape::Text),
    ("estimate_day", Shape::Text),
    ("reason", Shape::Reason),
    ("last_place", Shape::Text),
    ("last_news_day", Shape::Text),
    ("silent_for", Shape::Text),
    ("carrier", Shape::Text),
    ("attempt_day", Shape::Text),
    ("next_attempt_day", Shape::Text),
    ("pickup_place", Shape::Text),
    ("pickup_until", Shape::Text),
    ("delivered_day", Shape::Text),
    ("in_time", Shape::Flag),
    ("lines_coming", Shape::List),
    ("lines_withdrawn", Shape::List),
    ("lines_waited", Shape::List),
    ("stock_day", Shape::Text),
    ("partner", Shape::Text),
    ("customer_due", Shape::Text),
    ("added_by_law", Shape::Text),
    ("adds_next", Shape::Text),
    ("adds_next_day", Shape::Text),
    ("amount_back", Shape::Text),
    ("refund_by", Shape::Text),
    ("answer_by", Shape::Text),
    ("next_word_day", Shape::Text),
    ("owner", Shape::Text),
    ("shop_said", Shape::Text),
    ("customer_told", Shape::Flag),
    ("team", Shape::Text),
    ("shop", Shape::Text),
    ("link", Shape::Link),
    ("choices", Shape::Choices),
];
/// Values that every message needs.
const ALWAYS: [&str; 3] = ["order_number", "team", "shop"];
/// The reasons that the texts know. Any other is left out: no cause is told for which there is no text.
pub(crate) const REASONS: [&str; 23] = [
    "silent",
    "not_handed_over",
    "not_far_enough",
    "carrier_delay",
    "absent",
    "closed",
    "access",
    "refused",
    "unclaimed",
    "address",
    "damaged",
    "expiring",
    "no_first_scan",
    "backordered",
    "not_restocked",
    "lost",
    "destroyed",
    "reship_withdrawn",
    "returning",
    "cancel_order",
    "reshipment",
    "address_change",
    "refund",
];

/// A message in both languages, compiled.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) internal: bool,
    requires: Vec<String>,
    french: Compiled,
    english: Compiled,
}

/// A body and a subject with their values put in; values are inert, markup is not read yet.
pub(crate) struct Filled {
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) choices: Vec<Choice>,
    pub(crate) link: Option<String>,
    pub(crate) greeting: Option<String>,
    pub(crate) team: String,
    pub(crate) shop: String,
    /// The short text, where there is one; typography and markup as they were written.
    pub(crate) sms: Option<String>,
}

#[derive(Debug)]
struct Compiled {
    environment: Environment<'static>,
    subject: Place,
    text: Place,
    sms: Option<Place>,
}

/// The first line of a text in its file, to say where a mistake is.
#[derive(Clone, Copy, Debug)]
struct Place {
    first_line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    #[serde(default)]
    requires: Vec<Spanned<String>>,
    #[serde(default)]
    internal: bool,
    fr: Parts,
    en: Parts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    subject: Spanned<String>,
    text: Spanned<String>,
    sms: Option<Spanned<String>>,
}

impl Template {
    /// Reads one file of a pack and tries it with sample values; gives its name too.
    pub(crate) fn read_and_try(file: &str, content: &str) -> Result<(String, Template), TextError> {
        let (name, template) = Template::read(file, content)?;
        template.try_out(file)?;
        Ok((name, template))
    }

    /// Reads one file of a pack; gives its name too.
    pub(crate) fn read(file: &str, content: &str) -> Result<(String, Template), TextError> {
        let parsed: File = toml::from_str(content).map_err(|error| TextError::Pack {
            file: file.to_owned(),
            line: error.span().map(|span| line_of(content, span.start)),
            message: error.message().trim().to_owned(),
            hint: "a message has `name`, and `subject` and `text` under `[fr]` and `[en]`; it may have `requires` and `internal`, and `sms` \
                   under both languages"
                .to_owned(),
        })?;
        let name = parsed.name.get_ref().clone();
        let stem = file.rsplit(['/', '\\']).next().unwrap_or(file).trim_end_matches(".toml");
        if name != stem {
            return Err(TextError::Pack {
                file: file.to_owned(),
                line: Some(line_of(content, parsed.name.span().start)),
                message: format!("the message is named {name:?} and its file {stem:?}"),
                hint: "give both the same name".to_owned(),
            });
        }
        for required in &parsed.requires {
            if !VALUES.iter().any(|(known, _)| known == required.get_ref()) {
                return Err(TextError::Pack {
                    file: file.to_owned(),
                    line: Some(line_of(content, required.span().start)),
                    message: format!("{:?} is not a value that messages know", required.get_ref()),
                    hint: known_values(),
                });
            }
        }
        if let Some(short) = parsed.fr.sms.as_ref().or(parsed.en.sms.as_ref())
            && (parsed.internal || parsed.fr.sms.is_some() != parsed.en.sms.is_some())
        {
            return Err(TextError::Pack {
                file: file.to_owned(),
                line: Some(line_of(content, short.span().start)),
                message: if parsed.internal {
                    "the team is not written to by SMS"
                } else {
                    "`sms` is there in one language only"
                }
                .to_owned(),
                hint: "give `sms` under `[fr]` and under `[en]`, or under neither; a message that is `internal` has none"
                    .to_owned(),
            });
        }
        let template = Template {
            internal: parsed.internal,
            requires: parsed.requires.into_iter().map(Spanned::into_inner).collect(),
            french: Compiled::new(file, content, Language::French, &parsed.fr)?,
            english: Compiled::new(file, content, Language::English, &parsed.en)?,
        };
        Ok((name, template))
    }

    /// Puts the values in.
    pub(crate) fn fill(&self, name: &str, language: Language, values: &Value) -> Result<Filled, TextError> {
        let wrong = |message: String, hint: String| TextError::Values { name: name.to_owned(), message, hint };
        let Value::Object(given) = values else {
            return Err(wrong("the values are not an object".to_owned(), known_values()));
        };
        let prepared = self.prepare(given).map_err(|(message, hint)| wrong(message, hint))?;
        self.compiled(language).fill(&prepared).map_err(|(_, error)| wrong(said_plainly(&error), hint_for(&error)))
    }

    /// Whether there is a short text.
    pub(crate) fn has_sms(&self) -> bool {
        self.french.sms.is_some()
    }

    /// Renders with everything and with as little as allowed, so that a wrong text is found now.
    fn try_out(&self, file: &str) -> Result<(), TextError> {
        for trial in self.trials() {
            let prepared = self.prepare(&trial).map_err(|(message, hint)| TextError::Pack {
                file: file.to_owned(),
                line: None,
                message,
                hint,
            })?;
            for language in Language::ALL {
                let compiled = self.compiled(language);
                let filled = compiled.fill(&prepared).map_err(|(place, error)| pack_error(file, place, &error))?;
                let silent = match (&filled.sms, compiled.sms) {
                    _ if filled.subject.is_empty() => Some(compiled.subject),
                    _ if filled.body.trim().is_empty() => Some(compiled.text),
                    (Some(sms), place) if sms.trim().is_empty() => place,
                    _ => None,
                };
                if let Some(place) = silent {
                    return Err(TextError::Pack {
                        file: file.to_owned(),
                        line: Some(place.first_line),
                        message: "says nothing when some values are absent".to_owned(),
                        hint: "write a sentence that needs no value, or name the value in `requires`".to_owned(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Sets of values that lead into every branch that a single value decides, alone or under a reason.
    ///
    /// With each reason and none, everything and then each value missing; the same with every flag down; as little as allowed, and then
    /// each value alone. Values that the texts do not name are not varied.
    fn trials(&self) -> Vec<Map<String, Value>> {
        let full = sample();
        let least = self.least(&full);
        let varied: Vec<&str> =
            VALUES.iter().map(|(name, _)| *name).filter(|name| self.names(name) && !self.is_required(name)).collect();
        let mut down = full.clone();
        down.retain(|name, _| !VALUES.iter().any(|(known, shape)| known == name && *shape == Shape::Flag));
        let mut bases = vec![full.clone(), down];
        if self.names("reason") {
            bases.extend(REASONS.iter().map(|reason| {
                let mut base = full.clone();
                base.insert("reason".to_owned(), Value::from(*reason));
                base
            }));
            let mut without = full.clone();
            without.remove("reason");
            bases.push(without);
        }
        let mut trials = vec![least.clone()];
        for name in &varied {
            let mut alone = least.clone();
            alone.extend(full.get(*name).map(|value| ((*name).to_owned(), value.clone())));
            trials.push(alone);
        }
        for base in bases {
            for name in &varied {
                let mut missing = base.clone();
                missing.remove(*name);
                trials.push(missing);
            }
            trials.push(base);
        }
        trials
    }

    /// Whether any of its texts names the value.
    fn names(&self, value: &str) -> bool {
        self.french.names(value) || self.english.names(value)
    }

    /// The values without those that may be absent.
    pub(crate) fn least(&self, values: &Map<String, Value>) -> Map<String, Value> {
        values.iter().filter(|(name, _)| self.is_required(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn is_required(&self, name: &str) -> bool {
        ALWAYS.contains(&name) || self.requires.iter().any(|required| required == name)
    }

    fn compiled(&self, language: Language) -> &Compiled {
        match language {
            Language::French => &self.french,
            Language::English => &self.english,
        }
    }

    fn prepare(&self, given: &Map<String, Value>) -> Result<Prepared, (String, String)> {
        if let Some(unknown) = given.keys().find(|name| !VALUES.iter().any(|(known, _)| known == name)) {
            return Err((format!("{unknown:?} is not a value that messages know"), known_values()));
        }
        let mut prepared = Prepared::default();
        for (name, shape) in VALUES {
            let value = given.get(name).unwrap_or(&Value::Null);
            let value = prepared.take(name, shape, value)?;
            if value.is_none() && self.is_required(name) || (self.is_required(name) && value.as_str().is_some_and(str::is_empty))
            {
                return Err((
                    format!("the value {name:?} is needed and absent"),
                    format!("give it, or take {name:?} out of `requires`"),
                ));
            }
            prepared.context.insert(name, value);
        }
        Ok(prepared)
    }
}

impl Compiled {
    fn new(file: &str, content: &str, language: Language, parts: &Parts) -> Result<Self, TextError> {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_formatter(|out, _, value| match value.kind() {
            ValueKind::None => {
                Err(Error::new(ErrorKind::UndefinedError, "a value that may be absent is written without asking `{% if … %}`"))
            }
            ValueKind::String | ValueKind::Number => {
                out.write_str(&value.to_string()).map_err(|_| Error::from(ErrorKind::WriteFailure))
            }
            _ => Err(Error::new(
                ErrorKind::NonPrimitive,
                "only texts and numbers can be written; lists go through `|listed` or `{% for … %}`",
            )),
        });
        environment.add_filter("listed", move |things: Vec<String>| said::list(language, &things));
        environment.add_filter("capitalised", |text: String| said::capitalised(&text));
        environment.add_filter("count", |things: Vec<Inner>| things.len());
        let mut places = Vec::new();
        let short = parts.sms.as_ref().map(|sms| ("sms", sms));
        for (part, text) in [("subject", &parts.subject), ("text", &parts.text)].into_iter().chain(short) {
            let place = Place { first_line: first_line(content, text.span()) };
            let source = typeset(language, text.get_ref());
            if let Some((line, tag)) = forbidden_tag(&source) {
                return Err(TextError::Pack {
                    file: file.to_owned(),
                    line: Some(place.first_line + line),
                    message: format!("{tag:?} cannot be used in a message"),
                    hint: format!("only these tags can: {}", TAGS.join(", ")),
                });
            }
            environment.add_template_owned(part, source).map_err(|error| pack_error(file, place, &error))?;
            places.push(place);
        }
        let subject = places.first().copied().unwrap_or(Place { first_line: 1 });
        let text = places.get(1).copied().unwrap_or(subject);
        Ok(Compiled { environment, subject, text, sms: places.get(2).copied() })
    }

    fn names(&self, value: &str) -> bool {
        self.environment.templates().any(|(_, template)| template.source().contains(value))
    }

    fn fill(&self, prepared: &Prepared) -> Result<Filled, (Place, Error)> {
        let render = |part: &str, place: Place| {
            let template = self.environment.get_template(part).map_err(|error| (place, error))?;
            template.render(&prepared.context).map_err(|error| (place, error))
        };
        let word = |name: &str| prepared.context.get(name).and_then(Inner::as_str).unwrap_or_default().to_owned();
        Ok(Filled {
            subject: crate::document::collapse(&render("subject", self.subject)?),
            body: render("text", self.text)?,
            choices: prepared.choices.clone(),
            link: prepared.link.clone(),
            greeting: Some(word("greeting")).filter(|name| !name.is_empty()),
            team: word("team"),
            shop: word("shop"),
            sms: self.sms.map(|place| render("sms", place)).transpose()?,
        })
    }
}

/// Values checked and made inert.
#[derive(Default)]
struct Prepared {
    context: BTreeMap<&'static str, Inner>,
    choices: Vec<Choice>,
    link: Option<String>,
}

impl Prepared {
    fn take(&mut self, name: &str, shape: Shape, value: &Value) -> Result<Inner, (String, String)> {
        let wrong =
            |wanted: &str| Err((format!("the value {name:?} is not {wanted}"), "see the list of values of messages".to_owned()));
        match (shape, value) {
            (Shape::List | Shape::Choices, Value::Null) => Ok(Inner::from(Vec::<Inner>::new())),
            (Shape::Flag, Value::Null) => Ok(Inner::from(false)),
            (_, Value::Null) => Ok(Inner::from(())),
            (Shape::Text, Value::String(text)) => {
                let text = inert(text);
                Ok(if text.is_empty() { Inner::from(()) } else { Inner::from(text) })
            }
            (Shape::Text, Value::Number(number)) => Ok(Inner::from(inert(&number.to_string()))),
            (Shape::Text, _) => wrong("a text"),
            (Shape::Flag, Value::Bool(yes)) => Ok(Inner::from(*yes)),
            (Shape::Flag, _) => wrong("true or false"),
            (Shape::Reason, Value::String(code)) if REASONS.contains(&code.as_str()) => Ok(Inner::from(code.as_str())),
            (Shape::Reason, Value::String(_)) => Ok(Inner::from(())),
            (Shape::Reason, _) => wrong("a reason's code"),
            (Shape::List, Value::Array(things)) => {
                let things = things.iter().take(MOST_ELEMENTS).map(Value::as_str).collect::<Option<Vec<_>>>();
                match things {
                    Some(things) => Ok(Inner::from(things.into_iter().map(inert).collect::<Vec<_>>())),
                    None => wrong("a list of texts"),
                }
            }
            (Shape::List, _) => wrong("a list of texts"),
            (Shape::Link, Value::String(url)) if is_address(url) => {
                self.link = Some(url.clone());
                Ok(Inner::from(true))
            }
            (Shape::Link, _) => wrong("a web address"),
            (Shape::Choices, Value::Array(choices)) => {
                for choice in choices.iter().take(MOST_ELEMENTS) {
                    let label = choice.get("label").and_then(Value::as_str).map(inert).filter(|label| !label.is_empty());
                    let url = choice.get("url").and_then(Value::as_str).filter(|url| is_address(url));
                    match (label, url) {
                        (Some(label), Some(url)) => self.choices.push(Choice { label, url: url.to_owned() }),
                        _ => return wrong("a list of choices, each with a label and a web address"),
                    }
                }
                Ok(Inner::from(self.choices.iter().map(|choice| Inner::from(choice.label.clone())).collect::<Vec<_>>()))
            }
            (Shape::Choices, _) => wrong("a list of choices"),
        }
    }
}

/// Sample values of every kind, for trying a text out.
pub(crate) fn sample() -> Map<String, Value> {
    let mut values = Map::new();
    for (name, shape) in VALUES {
        let value = match shape {
            Shape::Text => Value::from("samedi 28 novembre"),
            Shape::Flag => Value::from(true),
            Shape::List => Value::from(vec!["Lampe Vesta", "Ampoule E27"]),
            Shape::Reason => Value::from("silent"),
            Shape::Link => Value::from("https://boutique.example/p/secret"),
            Shape::Choices => serde_json::json!([{"label": "Attendre", "url": "https://boutique.example/p/secret/attendre"}]),
        };
        values.insert(name.to_owned(), value);
    }
    values
}

/// Whether a link may lead there: the web, without anything that could end an attribute or a line.
fn is_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    url.len() <= 2000
        && rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '['))
        && url.chars().all(|character| character.is_ascii_graphic() && !matches!(character, '"' | '\'' | '<' | '>' | '\\' | '`'))
}

/// The first tag that messages may not use, with its line from 0.
fn forbidden_tag(source: &str) -> Option<(usize, String)> {
    source.match_indices("{%").find_map(|(at, mark)| {
        let after = source.get(at + mark.len()..)?.trim_start_matches(['-', '+']).trim_start();
        let tag: String = after.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();
        let line = source.get(..at)?.matches('\n').count();
        (!TAGS.contains(&tag.as_str())).then_some((line, tag))
    })
}

fn pack_error(file: &str, place: Place, error: &Error) -> TextError {
    let line = error.line().map_or(place.first_line, |line| place.first_line + line.saturating_sub(1));
    TextError::Pack { file: file.to_owned(), line: Some(line), message: said_plainly(error), hint: hint_for(error) }
}

/// The trouble without the values: a detail of the template engine may quote one.
fn said_plainly(error: &Error) -> String {
    match (error.kind(), error.detail()) {
        (
            ErrorKind::UndefinedError | ErrorKind::SyntaxError | ErrorKind::UnknownFilter | ErrorKind::NonPrimitive,
            Some(detail),
        ) => detail.to_owned(),
        (kind, _) => kind.to_string(),
    }
}

fn hint_for(error: &Error) -> String {
    match error.kind() {
        ErrorKind::UndefinedError => {
            format!("ask first with `{{% if … %}}`, name it in `requires`, or mend its name; {}", known_values())
        }
        ErrorKind::UnknownFilter => "filters: listed, capitalised, count".to_owned(),
        ErrorKind::OutOfFuel => "make the text shorter and its loops fewer".to_owned(),
        _ => "look at the tags and brackets of this line".to_owned(),
    }
}

fn known_values() -> String {
    format!("known values: {}", VALUES.map(|(name, _)| name).join(", "))
}

/// The line on which a text of several lines really begins: after `'''` and the line end that TOML drops.
fn first_line(content: &str, span: Range<usize>) -> usize {
    let line = line_of(content, span.start);
    let opening = content.get(span).unwrap_or_default();
    let triple = opening.strip_prefix("'''").or_else(|| opening.strip_prefix("\"\"\""));
    if triple.is_some_and(|rest| rest.starts_with('\n') || rest.starts_with("\r\n")) { line + 1 } else { line }
}

fn line_of(content: &str, byte: usize) -> usize {
    content.get(..byte).unwrap_or_default().matches('\n').count() + 1
}
