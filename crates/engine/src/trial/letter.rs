//! The letter of a row, written when somebody opens it: only then is anything personal unsealed.

use kept_base::{Position, SignalId};
use kept_domain::Noun;
use kept_domain::Subject;
use kept_domain::promise::{SignalMark, Told};
use kept_store::PendingSignal;

use super::folding::recalled;
use super::{TrialAsked, TrialResult};
use crate::considering::Ways;
use crate::deciding::Situation;
use crate::ports::Letter;
use crate::writer::away;
use crate::{Engine, EngineError};

impl Engine {
    /// The letter of a row of a trial, as it would have gone; `None` for a row that says nothing, or whose promise is not there.
    ///
    /// What it says of parcels and orders is what was known then. A refund or an answer owed that it names is as it stands today.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when a draft or a text is wrong; database errors.
    pub fn trial_letter(&self, asked: &TrialAsked, result: &TrialResult, row: usize) -> Result<Option<Letter>, EngineError> {
        let Some(found) = result.rows.get(row).filter(|row| row.says) else { return Ok(None) };
        let earlier = result.rows.get(..row).unwrap_or_default().iter().filter(|other| other.promise == found.promise);
        let mut told: Vec<Told> = Vec::new();
        for other in earlier.filter(|other| other.state == kept_domain::message::MessageState::Accepted) {
            if let (Some(at), Some(_)) = (other.told_at, other.customer) {
                told.push(Told {
                    message: kept_base::MessageId::new(0),
                    template: other.template.to_string(),
                    channel: kept_domain::message::Channel::Mail,
                    at,
                    bounced: false,
                });
            }
        }
        self.flush()?;
        let mut connection = self.shared.database.connect().map_err(away)?;
        let mut look = |noun: Noun, id: kept_base::SubjectId| {
            let before: Position = found.position;
            recalled(&mut connection, noun, id, before, &result.left_out)
                .map_err(away)
                .map(|found| found.map(|(subject, _)| subject))
        };
        let Some(Subject::Promise(mut promise)) = look(Noun::Promise, found.promise.into())? else { return Ok(None) };
        promise.told.extend(told);
        let real = promise.signals.iter().rev().find(|mark| mark.kind == found.signal && !found.follows).cloned();
        let mark = real.unwrap_or_else(|| SignalMark {
            signal: SignalId::new(0),
            kind: found.signal,
            armed_by: found.position,
            true_at: found.decided_at,
            reason: found.noticed.clone(),
            foreseen: None,
        });
        let order = match promise.order.map(|order| look(Noun::Order, order.into())).transpose()?.flatten() {
            Some(Subject::Order(order)) => Some(*order),
            _ => None,
        };
        let customer = match promise.customer.map(|customer| look(Noun::Customer, customer.into())).transpose()?.flatten() {
            Some(Subject::Customer(customer)) => Some(*customer),
            _ => None,
        };
        let mut parcels = Vec::new();
        for id in order.iter().flat_map(|order| &order.parcels) {
            if let Some(Subject::Parcel(parcel)) = look(Noun::Parcel, (*id).into())? {
                parcels.push(*parcel);
            }
        }
        let signal = PendingSignal {
            signal: mark.signal,
            promise: promise.id,
            kind: found.signal,
            position: found.position,
            raised: found.decided_at,
        };
        let situation = Situation {
            signal,
            mark,
            promise: *promise,
            order,
            customer,
            parcels,
            recent: Vec::new(),
            said: Vec::new(),
            now: found.decided_at,
        };
        self.with_tried(&asked.what, |playbooks| {
            let playbook = playbooks.iter().find(|playbook| *playbook.name == *found.playbook);
            let saying = playbook.and_then(|playbook| playbook.saying());
            saying
                .map(|saying| {
                    let ways = Ways::of(saying, situation.customer.as_ref(), self.reach());
                    self.draft_by(&situation, saying, &ways).map(|(draft, _)| draft.letter)
                })
                .transpose()
        })?
    }
}
