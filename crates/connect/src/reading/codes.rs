//! What a source's codes mean, read from a pack.

use std::sync::Arc;

use kept_domain::vocabulary::{ExceptionKind, Milestone};
use serde::Deserialize;
use toml::Spanned;

use crate::reading::fold::{fold, nearest};
use crate::reading::pack::{Pack, PackError};

/// A source's codes, labels and tags.
///
/// Looked up by code, whose first rule that fits refines it; then by the source's labels; then by its coarser tag; then, for a
/// source whose codes say too little (`words = true`), by the words that carriers share.
#[derive(Clone, Debug, Default)]
pub struct CodeTable {
    codes: Vec<Code>,
    labels: Vec<Rule>,
    tags: Vec<Tag>,
    /// Read when nothing of the source's own fits.
    words: Option<Arc<CodeTable>>,
}

/// What one code of one scan means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// How far the parcel is.
    pub milestone: Milestone,
    /// What is wrong.
    pub exception: Option<ExceptionKind>,
    /// False when the code is not in the table, even if the tag settled the milestone: it is to be reported.
    pub mapped: bool,
}

#[derive(Clone, Debug)]
struct Code {
    /// In upper case; a prefix when `any_ending`.
    code: String,
    any_ending: bool,
    shipment_status: bool,
    sense: Sense,
    rules: Vec<Rule>,
    /// Too coarse a code: where no rule fits, the words that carriers share come before its own sense.
    refined_by_words: bool,
}

#[derive(Clone, Debug)]
struct Tag {
    name: String,
    sense: Sense,
    /// Too coarse a tag: the words that carriers share come before its own sense.
    refined_by_words: bool,
}

#[derive(Clone, Debug)]
struct Rule {
    /// Any of these; each is fragments that occur in this order. Empty: any label.
    says: Vec<Vec<String>>,
    /// The milestone so far is one of these. Empty: any.
    after: Vec<Milestone>,
    /// The source's coarser tag is one of these. Empty: any.
    tags: Vec<String>,
    sense: Sense,
}

#[derive(Clone, Copy, Debug)]
struct Sense {
    stage: Stage,
    exception: Option<ExceptionKind>,
}

/// An exception's code often says what is wrong and not where the parcel is. `Keep` then carries the milestone of the scan before
/// it in the same history, because any fixed one would be a step back for a parcel that is already further.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Is(Milestone),
    Keep { otherwise: Milestone },
}

impl CodeTable {
    /// Reads a table. `source` is the name that the file must carry; `file` only names the place of a mistake.
    ///
    /// # Errors
    /// Text that is not the format, a word outside the vocabulary, a code given twice.
    pub fn read(file: &str, text: &str, source: &str) -> Result<CodeTable, PackError> {
        Self::read_with(file, text, source, None)
    }

    /// The same, with the words that carriers share for the tables that ask for them.
    ///
    /// # Errors
    /// As [`CodeTable::read`].
    pub fn read_with(file: &str, text: &str, source: &str, words: Option<&Arc<CodeTable>>) -> Result<CodeTable, PackError> {
        let pack = Pack { file, text };
        let read: TableFile = pack.read()?;
        if read.source.get_ref() != source {
            let message = format!("this is the table of {:?}, not of {source:?}", read.source.get_ref());
            return Err(pack.wrong(read.source.span(), message, format!("write source = {source:?}, or rename the file")));
        }
        let mut codes: Vec<Code> = Vec::with_capacity(read.code.len());
        for entry in read.code {
            let span = entry.code.span();
            let code = entry.read(&pack)?;
            if codes.iter().any(|other| other.code == code.code && other.any_ending == code.any_ending) {
                return Err(pack.wrong(span, format!("{:?} is here twice", code.code), "delete one, or make it a [[code.when]]"));
            }
            codes.push(code);
        }
        let labels = read.label.into_iter().map(|rule| rule.read(&pack, None)).collect::<Result<_, PackError>>()?;
        let tags = read
            .tag
            .into_iter()
            .map(|entry| {
                let sense = entry.sense.read(&pack, None)?;
                Ok(Tag { name: entry.tag, sense, refined_by_words: entry.words })
            })
            .collect::<Result<_, PackError>>()?;
        Ok(CodeTable { codes, labels, tags, words: words.filter(|_| read.words).cloned() })
    }

    /// What a scan means. `tag` is the source's coarser tag, or several, finest first, with `|` between them; `so_far` is the last
    /// milestone known before it in the same history.
    #[must_use]
    pub fn meaning(&self, code: &str, tag: Option<&str>, label: &str, so_far: Option<Milestone>) -> Meaning {
        // Padded, so that a pattern can ask for a word's beginning or end with a space.
        let label = format!(" {} ", fold(label));
        let tag = tag.map(str::trim);
        if let Some(entry) = self.find(code) {
            let rule = entry.rules.iter().find(|rule| rule.fits(&label, tag, so_far)).map(|rule| rule.sense);
            let shared = || {
                let shared = self.words.as_ref().filter(|_| entry.refined_by_words)?.label(&label, tag, so_far)?;
                // Words about a day to come ("will be delivered tomorrow") do not take back what the code says is wrong.
                (entry.sense.exception.is_none() || !shared.is_silent()).then_some(shared)
            };
            return rule.or_else(shared).unwrap_or(entry.sense).meaning(so_far, true);
        }
        if let Some(sense) = self.label(&label, tag, so_far) {
            return sense.meaning(so_far, true);
        }
        let by_tag = tags_of(tag).find_map(|one| self.tags.iter().find(|entry| entry.name == one));
        let words = || self.words.as_ref().and_then(|words| words.label(&label, tag, so_far));
        if let Some(entry) = by_tag {
            let shared = if entry.refined_by_words { words() } else { None };
            // A source without finer codes gives its tag as the code: then nothing is unmapped.
            return shared.unwrap_or(entry.sense).meaning(so_far, self.tags.iter().any(|entry| entry.name == code.trim()));
        }
        // What the carrier says in so many words is no guess; its code, where it has one, is reported all the same.
        match words() {
            Some(sense) => sense.meaning(so_far, code.trim().is_empty()),
            None => Meaning { milestone: Milestone::Unknown, exception: None, mapped: false },
        }
    }

    fn label(&self, padded: &str, tag: Option<&str>, so_far: Option<Milestone>) -> Option<Sense> {
        self.labels.iter().find(|rule| rule.fits(padded, tag, so_far)).map(|rule| rule.sense)
    }

    /// Whether the code is read from the shipment's own status, because no scan carries it.
    #[must_use]
    pub fn is_shipment_status(&self, code: &str) -> bool {
        self.find(code).is_some_and(|entry| entry.shipment_status)
    }

    fn find(&self, code: &str) -> Option<&Code> {
        let code = code.trim().to_uppercase();
        let exact = self.codes.iter().find(|entry| !entry.any_ending && entry.code == code);
        let beginning = || self.codes.iter().find(|entry| entry.any_ending && code.starts_with(&entry.code));
        // Some carriers write one code in two ways, by country: `BETWEEN_DEPOTS` and `BetweenDepots`.
        let joined = || self.codes.iter().find(|entry| !entry.any_ending && same_but_underscores(&entry.code, &code));
        exact.or_else(beginning).or_else(joined)
    }
}

impl Rule {
    fn fits(&self, padded_label: &str, tag: Option<&str>, so_far: Option<Milestone>) -> bool {
        let after = self.after.is_empty() || so_far.is_some_and(|milestone| self.after.contains(&milestone));
        let tagged = self.tags.is_empty() || tags_of(tag).any(|tag| self.tags.iter().any(|one| one == tag));
        after && tagged && (self.says.is_empty() || self.says.iter().any(|fragments| occur_in_order(fragments, padded_label)))
    }
}

impl Sense {
    /// It says neither where the parcel is nor what is wrong.
    fn is_silent(self) -> bool {
        self.exception.is_none() && matches!(self.stage, Stage::Keep { .. })
    }

    fn meaning(self, so_far: Option<Milestone>, mapped: bool) -> Meaning {
        let milestone = match self.stage {
            Stage::Is(milestone) => milestone,
            Stage::Keep { otherwise } => so_far.unwrap_or(otherwise),
        };
        Meaning { milestone, exception: self.exception, mapped }
    }
}

fn same_but_underscores(one: &str, other: &str) -> bool {
    let letters = |code: &'_ str| code.chars().filter(|character| *character != '_').collect::<String>();
    letters(one) == letters(other)
}

fn tags_of(tag: Option<&str>) -> impl Iterator<Item = &str> {
    tag.into_iter().flat_map(|tag| tag.split('|')).map(str::trim)
}

/// Whether these occur in the padded label, one after the other.
fn occur_in_order(fragments: &[String], padded_label: &str) -> bool {
    let mut rest = padded_label;
    for fragment in fragments {
        match rest.split_once(fragment.as_str()) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    source: Spanned<String>,
    /// Whether the words that carriers share are read where nothing here fits.
    #[serde(default)]
    words: bool,
    #[serde(default)]
    code: Vec<CodeEntry>,
    #[serde(default)]
    label: Vec<WhenEntry>,
    #[serde(default)]
    tag: Vec<TagEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeEntry {
    code: Spanned<String>,
    /// For the reader of the file.
    #[serde(default, rename = "label")]
    _label: String,
    #[serde(default)]
    shipment_status: bool,
    #[serde(default)]
    words: bool,
    milestone: Option<Spanned<String>>,
    otherwise: Option<Spanned<String>>,
    exception: Option<Spanned<String>>,
    #[serde(default)]
    when: Vec<WhenEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenEntry {
    #[serde(default)]
    says: Vec<Spanned<String>>,
    #[serde(default)]
    after: Vec<Spanned<String>>,
    #[serde(default)]
    tags: Vec<String>,
    milestone: Option<Spanned<String>>,
    otherwise: Option<Spanned<String>>,
    exception: Option<Spanned<String>>,
}

/// `flatten` would lose the spans, so the three keys are repeated above and meet here.
struct SenseWords {
    milestone: Option<Spanned<String>>,
    otherwise: Option<Spanned<String>>,
    exception: Option<Spanned<String>>,
}

struct TagEntry {
    tag: String,
    words: bool,
    sense: SenseWords,
}

impl<'de> Deserialize<'de> for TagEntry {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Words {
            tag: String,
            #[serde(default)]
            words: bool,
            milestone: Spanned<String>,
            otherwise: Option<Spanned<String>>,
            exception: Option<Spanned<String>>,
        }
        let Words { tag, words, milestone, otherwise, exception } = Words::deserialize(deserializer)?;
        Ok(TagEntry { tag, words, sense: SenseWords { milestone: Some(milestone), otherwise, exception } })
    }
}

impl CodeEntry {
    fn read(self, pack: &Pack<'_>) -> Result<Code, PackError> {
        let span = self.code.span();
        let written = self.code.into_inner();
        let trimmed = written.trim();
        let (code, any_ending) = trimmed.strip_suffix('*').map_or((trimmed, false), |prefix| (prefix, true));
        if code.is_empty() {
            return Err(pack.wrong(span, "a code without a name", "write the source's code, or its beginning followed by *"));
        }
        if self.milestone.is_none() {
            return Err(pack.wrong(span, format!("{code:?} has no milestone"), "add milestone = \"…\", or \"keep\""));
        }
        let words = SenseWords { milestone: self.milestone, otherwise: self.otherwise, exception: self.exception };
        let sense = words.read(pack, None)?;
        let rules = self.when.into_iter().map(|rule| rule.read(pack, Some(sense))).collect::<Result<_, PackError>>()?;
        Ok(Code {
            code: code.to_uppercase(),
            any_ending,
            shipment_status: self.shipment_status,
            sense,
            rules,
            refined_by_words: self.words,
        })
    }
}

impl WhenEntry {
    /// What a rule does not say it takes from its code, if it belongs to one.
    fn read(self, pack: &Pack<'_>, code: Option<Sense>) -> Result<Rule, PackError> {
        let mut says = Vec::with_capacity(self.says.len());
        for pattern in &self.says {
            let fragments: Vec<String> = pattern.get_ref().split('*').map(fold_pattern).filter(|part| !part.is_empty()).collect();
            if fragments.is_empty() {
                return Err(pack.wrong(pattern.span(), "a pattern that fits every label", "write words of the label"));
            }
            says.push(fragments);
        }
        let after = self.after.iter().map(|word| milestone(pack, word)).collect::<Result<_, PackError>>()?;
        let words = SenseWords { milestone: self.milestone, otherwise: self.otherwise, exception: self.exception };
        Ok(Rule { says, after, tags: self.tags, sense: words.read(pack, code)? })
    }
}

impl SenseWords {
    fn read(self, pack: &Pack<'_>, inherited: Option<Sense>) -> Result<Sense, PackError> {
        let stage = match (&self.milestone, &self.otherwise) {
            (Some(word), otherwise) if word.get_ref() == "keep" => {
                let otherwise = otherwise.as_ref().ok_or_else(|| {
                    pack.wrong(word.span(), "\"keep\" without `otherwise`", "say which milestone holds when nothing came before")
                })?;
                Stage::Keep { otherwise: milestone(pack, otherwise)? }
            }
            (_, Some(otherwise)) => {
                let hint = "delete it, or write milestone = \"keep\"";
                return Err(pack.wrong(otherwise.span(), "`otherwise` goes with milestone = \"keep\" only", hint));
            }
            (Some(word), None) => Stage::Is(milestone(pack, word)?),
            (None, None) => inherited.map_or(Stage::Is(Milestone::Unknown), |sense| sense.stage),
        };
        let exception = match &self.exception {
            None => inherited.and_then(|sense| sense.exception),
            Some(word) if word.get_ref() == "none" => None,
            Some(word) => Some(exception(pack, word)?),
        };
        Ok(Sense { stage, exception })
    }
}

/// A space at either end of a pattern is meant: it asks for a word's beginning or end.
fn fold_pattern(written: &str) -> String {
    let folded = fold(written);
    if folded.is_empty() {
        return folded;
    }
    let start = if written.starts_with(' ') { " " } else { "" };
    let end = if written.ends_with(' ') { " " } else { "" };
    format!("{start}{folded}{end}")
}

fn milestone(pack: &Pack<'_>, word: &Spanned<String>) -> Result<Milestone, PackError> {
    Milestone::from_word(word.get_ref())
        .ok_or_else(|| unknown_word(pack, word, "milestone", &Milestone::ALL.map(Milestone::word)))
}

fn exception(pack: &Pack<'_>, word: &Spanned<String>) -> Result<ExceptionKind, PackError> {
    let words: Vec<&'static str> = ExceptionKind::ALL.iter().map(|kind| kind.word()).collect();
    ExceptionKind::from_word(word.get_ref()).ok_or_else(|| unknown_word(pack, word, "exception", &words))
}

fn unknown_word(pack: &Pack<'_>, word: &Spanned<String>, what: &str, words: &[&'static str]) -> PackError {
    let message = format!("{:?} is not a word for {what}", word.get_ref());
    let hint = match nearest(word.get_ref(), words.iter().copied()) {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("one of {}", words.join(", ")),
    };
    pack.wrong(word.span(), message, hint)
}
