//! News from the team itself: what was promised is done, by the word of a person.

use super::promise::BY_HAND;
use super::{React, ReactError, Reaction};
use crate::input::DeedNoted;
use crate::promise::Promise;

impl React<'_, '_> {
    /// A word and its evidence, not a proof: the promise is judged by hand, is counted so, and the customer may dispute it.
    pub(super) fn deed_noted(&mut self, news: &DeedNoted) -> Result<Reaction, ReactError> {
        let (by, evidence) = (news.noted_by.trim(), news.evidence.trim());
        if by.is_empty() || evidence.is_empty() {
            return Err(ReactError::Invalid(
                "say who says so in `noted_by`, and by what one can see it in `evidence`".to_owned(),
            ));
        }
        let id = news.promise;
        let Some(kind) = self.desk.promise(id)?.map(|promise| promise.kind.clone()) else {
            return Err(ReactError::Invalid(format!("there is no promise {id}")));
        };
        if self.rules.packs.definition(&kind).is_some_and(|definition| !definition.by_hand) {
            return Err(ReactError::Invalid(format!(
                "promises of kind `{kind}` are not closed by hand; see `by_hand` in the packs"
            )));
        }
        self.open_promise(id)?;
        self.advance_promise(id, false)?;
        // What fell due meanwhile may have ended it.
        let promise = self.open_promise(id)?;
        let at = self.desk.clock;
        let about: Vec<kept_base::SubjectId> = promise.customer.map(Into::into).into_iter().chain([id.into()]).collect();
        let evidence = self.desk.shelf().seal(&about, evidence.as_bytes())?;
        let own = promise.is_or_was_owned_by(by);
        self.desk.emit(crate::deed::Noted { promise: id, at, by: by.to_owned(), own, evidence })?;
        self.keep_whole(&promise, at)?;
        self.judge_by(id, BY_HAND)?;
        self.rearm(id)?;
        Ok(Reaction::Taken)
    }

    fn open_promise(&mut self, id: kept_base::PromiseId) -> Result<Promise, ReactError> {
        let promise = self.desk.promise(id)?.cloned();
        promise
            .filter(|promise| promise.state.is_open())
            .ok_or_else(|| ReactError::Invalid(format!("promise {id} is no longer open")))
    }
}
