//! What can be wrong with texts.

use std::path::PathBuf;

/// A text, a message or a value that cannot be used, said to the person who can mend it.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// A file of texts is malformed, or two files say the same key.
    #[error("{file}: {message}")]
    Locale {
        /// The file, as `fr/common.ftl`.
        file: String,
        /// What is wrong with it.
        message: String,
    },
    /// A file of a message pack is malformed, or its texts cannot be rendered.
    #[error("{file}{}: {message}\nhint: {hint}", line.map(|line| format!(":{line}")).unwrap_or_default())]
    Pack {
        /// The file's name.
        file: String,
        /// The line in the file, from 1, where it is known.
        line: Option<usize>,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// A message that no pack has.
    #[error("there is no message {name:?}\nhint: known are {known}")]
    UnknownMessage {
        /// The name asked for.
        name: String,
        /// The names that are there.
        known: String,
    },
    /// The values given to a message do not fit.
    #[error("message {name:?}: {message}\nhint: {hint}")]
    Values {
        /// The message.
        name: String,
        /// What is wrong; never shows a value, which may belong to a person.
        message: String,
        /// What to do.
        hint: String,
    },
    /// A folder or file cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}
