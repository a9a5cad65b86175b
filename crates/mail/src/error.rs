//! What can be wrong with the way out, in the operator's words.

/// Why a mail setting cannot work, or why the mail server could not be used.
///
/// Every text says what happened and, as a hint, what to do; none holds a password or a customer's address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// A setting that can never work.
    #[error("the mail setting `{setting}` {problem}; hint: {hint}")]
    Setting {
        /// The setting's name in the configuration.
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// Nobody answered, or the connection broke.
    #[error("the mail server {server} could not be reached ({step}): {seen}; hint: {hint}")]
    Unreachable {
        /// Host and port.
        server: String,
        /// How far it came.
        step: &'static str,
        /// What was seen.
        seen: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// The server answered no.
    #[error("the mail server {server} refused ({step}): {reply}; hint: {hint}")]
    Refused {
        /// Host and port.
        server: String,
        /// What it refused.
        step: &'static str,
        /// Its line.
        reply: String,
        /// What to do about it.
        hint: &'static str,
    },
}
