//! Reading a pack file: a mistake in it is named by file, line and column.

use std::ops::Range;

use serde::de::DeserializeOwned;

/// Why a pack or a mapping file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The file cannot be read.
    #[error("{file} cannot be read")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// What it says is wrong. Line and column are of where it says so, counted from 1.
    #[error("{file}, line {line}, column {column}: {message}; hint: {hint}")]
    Wrong {
        /// The file.
        file: String,
        /// Its line.
        line: usize,
        /// The character in that line.
        column: usize,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
}

/// A file's name and text, so that a span can become a place.
#[derive(Clone, Copy)]
pub(crate) struct Pack<'t> {
    /// Its name, as shown.
    pub file: &'t str,
    /// Its text.
    pub text: &'t str,
}

impl Pack<'_> {
    /// Reads the shape, refusing keys that nobody reads.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, PackError> {
        toml::from_str(self.text).map_err(|error| {
            let message = error.message().trim().replace('\n', ", ");
            self.wrong(error.span().unwrap_or(0..0), message, "compare with the format in docs/adding-a-connector.md")
        })
    }

    /// A mistake at a span.
    pub(crate) fn wrong(&self, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) -> PackError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        PackError::Wrong {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column,
            message: message.into(),
            hint: hint.into(),
        }
    }
}
