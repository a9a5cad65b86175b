//! Going through what changed while it goes on changing.

use jiff::Timestamp;

/// Where the reading is: from a moment on, and how many pages further.
///
/// Numbered pages shift when an order in them changes, and one at a border would be missed. So each page begins at the newest change of the
/// page before; only where a whole page changed within one second are pages counted.
pub(super) struct Cursor {
    pub since: Timestamp,
    pub page: u64,
}

impl Cursor {
    /// The first page, or the one that `next` named.
    pub(super) fn at(since: Timestamp, page: Option<&str>) -> Cursor {
        let named = page.and_then(|page| {
            let (since, page) = page.split_once(' ')?;
            Some(Cursor { since: since.parse().ok()?, page: page.parse().ok()? })
        });
        named.unwrap_or(Cursor { since, page: 1 })
    }

    /// The name of the next page, if there is one.
    pub(super) fn next(&self, more: bool, read_to: Option<Timestamp>) -> Option<String> {
        more.then(|| match read_to.filter(|read_to| *read_to > self.since) {
            Some(read_to) => format!("{read_to} 1"),
            None => format!("{} {}", self.since, self.page + 1),
        })
    }
}
