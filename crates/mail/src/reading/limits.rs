//! How large a mail may be, and why one cannot be read.

/// The largest mail, in bytes.
pub const MOST_BYTES: usize = 25 * 1024 * 1024;
/// The longest header, in bytes.
pub const MOST_HEADER_BYTES: usize = 256 * 1024;
/// The most parts, those of enclosed mails among them.
pub const MOST_PARTS: usize = 1000;
/// How deep parts and enclosed mails may lie in one another.
pub const MOST_DEPTH: usize = 50;
/// The most links: beyond, HTML is not offered and the text stands alone.
pub const MOST_LINKS: usize = 5000;
/// The longest HTML that is cleaned, in bytes; beyond, the text stands alone.
pub const MOST_HTML_BYTES: usize = 2 * 1024 * 1024;
/// How deep elements of HTML may lie, counted without knowing which are closed by others; beyond, the text stands alone.
pub const MOST_HTML_DEPTH: usize = 1000;
/// As many blanks and signs as one tag may have; beyond, the text stands alone.
pub const MOST_IN_A_TAG: usize = 5000;
/// As many references (`&amp;`) as HTML may have; beyond, the text stands alone.
pub const MOST_REFERENCES: usize = 50_000;

/// Why a mail cannot be read; its bytes are kept and a person looks at it.
///
/// Every text says what was found and, as a hint, what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing, or nothing but blanks.
    #[error("the mail is empty; hint: give the whole mail as it was received, with its header")]
    Empty,
    /// No header of a mail.
    #[error("this is no mail: it does not begin with a header; hint: give the whole mail as it was received")]
    NotAMail,
    /// Over [`MOST_BYTES`].
    #[error("the mail has {bytes} bytes, and {most} are read; hint: ask for a link in place of large attachments", most = MOST_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Over [`MOST_HEADER_BYTES`].
    #[error("a header of the mail has {bytes} bytes, and {most} are read; hint: look at the mail yourself, it is kept", most = MOST_HEADER_BYTES)]
    HeaderTooLong {
        /// Its size.
        bytes: usize,
    },
    /// Over [`MOST_PARTS`].
    #[error("the mail has more than {most} parts; hint: look at the mail yourself, it is kept", most = MOST_PARTS)]
    TooManyParts,
    /// Over [`MOST_DEPTH`].
    #[error("parts of the mail lie more than {most} deep in one another; hint: look at the mail yourself, it is kept", most = MOST_DEPTH)]
    TooDeep,
    /// A fault of ours, or of a library.
    #[error("reading the mail failed ({said}); hint: look at the mail yourself, it is kept, and report it please")]
    Broken {
        /// What the fault said of itself.
        said: String,
    },
}
