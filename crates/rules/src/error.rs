//! What is wrong with a rule, in words for the person who wrote it.

/// Why a rule was refused, or could not be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", place(*line, *column))]
pub struct RuleError {
    /// What sort of trouble it is, for code that must tell them apart.
    pub kind: RuleErrorKind,
    /// What happened, in one sentence without a full stop.
    pub message: String,
    /// What the author can do about it.
    pub hint: String,
    /// The line in the source, from 1, where it is known.
    pub line: Option<usize>,
    /// The column in that line, in characters from 1, where it is known.
    pub column: Option<usize>,
}

/// The sorts of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleErrorKind {
    /// The source is too long, too deep or has too many operators.
    TooLarge,
    /// It is not a well-formed expression.
    Syntax,
    /// It names something that is not there to be asked.
    UnknownName,
    /// It uses a function or a construct that rules may not use.
    Forbidden,
    /// It could take too many steps.
    TooCostly,
    /// It answers something other than yes or no.
    NotYesOrNo,
    /// It asked for a fact that was not given, or compared what cannot be compared.
    Evaluation,
    /// It reads a part of the facts that was too long to be given whole.
    FactsCut,
}

impl RuleError {
    pub(crate) fn new(kind: RuleErrorKind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        RuleError { kind, message: message.into(), hint: hint.into(), line: None, column: None }
    }

    /// Adds the place of a byte of the source.
    pub(crate) fn at(mut self, source: &str, byte: usize) -> Self {
        let mut end = byte.min(source.len());
        while !source.is_char_boundary(end) {
            end -= 1;
        }
        let before = source.get(..end).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.line = Some(before.matches('\n').count() + 1);
        self.column = Some(before.get(line_start..).unwrap_or_default().chars().count() + 1);
        self
    }
}

fn place(line: Option<usize>, column: Option<usize>) -> String {
    match (line, column) {
        (Some(1), Some(column)) => format!("column {column}: "),
        (Some(line), Some(column)) => format!("line {line}, column {column}: "),
        _ => String::new(),
    }
}
