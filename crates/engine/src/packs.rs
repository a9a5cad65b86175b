//! Packs: definitions, playbooks and message texts, from the program or from a folder; a wrong one is refused and the last good one
//! stays in force.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use kept_domain::definition::{self, PackError, Packs};
use kept_domain::notice::{self, Usual};
use kept_domain::playbook;
use kept_text::MessagePack;
use sha2::{Digest, Sha256};

use crate::{Engine, EngineError};

const PROMISES: &[(&str, &str)] = &[
    ("promises/delivery.toml", include_str!("../../../packs/promises/delivery.toml")),
    ("promises/money-and-answers.toml", include_str!("../../../packs/promises/money-and-answers.toml")),
];
const PLAYBOOKS: &[(&str, &str)] = &[
    ("playbooks/delivery.toml", include_str!("../../../packs/playbooks/delivery.toml")),
    ("playbooks/errands.toml", include_str!("../../../packs/playbooks/errands.toml")),
];

const NOTICES: (&str, &str) = ("notices.toml", include_str!("../../../packs/notices.toml"));

/// Where packs come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackSource {
    /// Those that come with the program.
    Embedded,
    /// A folder with `promises/`, `playbooks/` and `messages/`; what is not there comes from the program.
    Folder(PathBuf),
}

/// Packs as loaded.
#[derive(Debug)]
pub struct LoadedPacks {
    /// Definitions and playbooks.
    pub packs: Packs,
    /// Texts of messages.
    pub messages: MessagePack,
    /// What shops and carriers usually tell customers by themselves.
    pub usual: Vec<Usual>,
    /// Where they came from.
    pub source: PackSource,
}

impl LoadedPacks {
    /// Loads packs.
    ///
    /// # Errors
    /// The first thing wrong, with file, line and hint.
    pub fn load(source: PackSource) -> Result<LoadedPacks, PackError> {
        let (promises, playbooks, messages) = match &source {
            PackSource::Embedded => (owned(PROMISES), owned(PLAYBOOKS), embedded_messages()?),
            PackSource::Folder(folder) => {
                let messages = folder.join("messages");
                (
                    files(folder, "promises", PROMISES)?,
                    files(folder, "playbooks", PLAYBOOKS)?,
                    if messages.is_dir() {
                        MessagePack::load(&messages).map_err(|error| text_error(&error))?
                    } else {
                        embedded_messages()?
                    },
                )
            }
        };
        let (file, text) = match &source {
            PackSource::Embedded => (NOTICES.0.to_owned(), NOTICES.1.to_owned()),
            PackSource::Folder(folder) => notices_file(folder)?,
        };
        let usual = notice::read(&file, &text)?;
        Ok(LoadedPacks { usual, ..LoadedPacks::from_texts(&promises, &playbooks, messages, source)? })
    }

    /// Packs from texts, as tests and replays give them: file names and contents of promises and of playbooks.
    ///
    /// # Errors
    /// The first thing wrong.
    pub fn from_texts(
        promises: &[(String, String)],
        playbooks: &[(String, String)],
        messages: MessagePack,
        source: PackSource,
    ) -> Result<LoadedPacks, PackError> {
        let templates = known(&messages);
        let mut packs = Packs::default();
        let mut hash = Sha256::new();
        for (file, text) in promises {
            hash.update(text.as_bytes());
            for made in definition::read(file, text)? {
                if packs.definition(&made.kind).is_some() {
                    return Err(PackError::at(file, text, None, format!("`{}` is defined twice", made.kind))
                        .hint("one definition a kind"));
                }
                packs.definitions.push(made);
            }
        }
        for (file, text) in playbooks {
            hash.update(text.as_bytes());
            for made in playbook::read(file, text, &templates)? {
                if packs.playbook(&made.name).is_some() {
                    return Err(PackError::at(file, text, None, format!("playbook `{}` is there twice", made.name))
                        .hint("one playbook a name"));
                }
                packs.playbooks.push(made);
            }
        }
        packs.version = hex::encode(hash.finalize().get(..6).unwrap_or_default());
        Ok(LoadedPacks { packs, messages, usual: Vec::new(), source })
    }
}

/// The messages that playbooks may name.
pub(crate) fn known(messages: &MessagePack) -> Vec<playbook::Known> {
    messages.names().map(|name| playbook::Known { name: name.to_owned(), sms: messages.has_sms(name) }).collect()
}

fn embedded_messages() -> Result<MessagePack, PackError> {
    MessagePack::embedded().map_err(|error| text_error(&error))
}

fn text_error(error: &kept_text::TextError) -> PackError {
    PackError { file: "messages".to_owned(), line: None, message: error.to_string(), hint: None }
}

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// The file of usual notices of a folder, or the program's where there is none.
fn notices_file(folder: &Path) -> Result<(String, String), PackError> {
    let path = folder.join(NOTICES.0);
    if !path.is_file() {
        return Ok((NOTICES.0.to_owned(), NOTICES.1.to_owned()));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    Ok((path.display().to_string(), text))
}

fn unreadable(path: &Path, error: &std::io::Error) -> PackError {
    PackError {
        file: path.display().to_string(),
        line: None,
        message: error.to_string(),
        hint: Some("the folder must be readable".to_owned()),
    }
}

/// The files of a sub-folder, or the program's where there is none.
fn files(folder: &Path, name: &str, embedded: &[(&str, &str)]) -> Result<Vec<(String, String)>, PackError> {
    let folder = folder.join(name);
    if !folder.is_dir() {
        return Ok(owned(embedded));
    }
    let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            std::fs::read_to_string(&path)
                .map(|text| (path.display().to_string(), text))
                .map_err(|error| unreadable(&path, &error))
        })
        .collect()
}

/// The files of playbooks of a source, with their contents.
pub(crate) fn playbook_files(source: &PackSource) -> Result<Vec<(String, String)>, PackError> {
    match source {
        PackSource::Embedded => Ok(owned(PLAYBOOKS)),
        PackSource::Folder(folder) => files(folder, "playbooks", PLAYBOOKS),
    }
}

impl Engine {
    /// When a file of the packs' folder was last changed; `None` for those of the program.
    pub(crate) fn packs_changed_at(&self) -> Option<std::time::SystemTime> {
        let PackSource::Folder(folder) = &self.loaded().source else { return None };
        let folders = ["promises", "playbooks", "messages"].map(|name| folder.join(name));
        let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let files = entries.map(|entry| entry.path()).chain([folder.join(NOTICES.0)]);
        files.filter_map(|file| std::fs::metadata(file).ok()?.modified().ok()).max()
    }

    /// Loads the packs anew from where they came; when they are wrong the last good ones stay in force and the error is shown.
    ///
    /// # Errors
    /// The pack error in words, with file, line and hint.
    pub fn reload_packs(&self) -> Result<(), EngineError> {
        let source = self.loaded().source.clone();
        match LoadedPacks::load(source) {
            Ok(loaded) => {
                *self.shared.packs.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
                *self.shared.packs_error.write().unwrap_or_else(PoisonError::into_inner) = None;
                Ok(())
            }
            Err(error) => {
                let words = match &error.hint {
                    Some(hint) => format!("{error}; hint: {hint}"),
                    None => error.to_string(),
                };
                tracing::warn!(error = %words, "packs.refused");
                *self.shared.packs_error.write().unwrap_or_else(PoisonError::into_inner) = Some(words.clone());
                Err(EngineError::Invalid(words))
            }
        }
    }
}
