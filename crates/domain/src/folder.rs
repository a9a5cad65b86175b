//! The subjects at hand: loaded, folded into, written when they changed, and let go when they were not used for long.

use kept_base::SubjectId;
use rustc_hash::FxHashMap;

use crate::customer::Customer;
use crate::errand::Errand;
use crate::message::Message;
use crate::order::Order;
use crate::parcel::Parcel;
use crate::promise::Promise;
use crate::subject::{Columns, Subject};

/// The subjects at hand, with what was changed.
#[derive(Debug, Default)]
pub struct Folder {
    held: FxHashMap<SubjectId, Held>,
    round: u32,
    dirty: usize,
}

#[derive(Debug)]
struct Held {
    subject: Subject,
    dirty: bool,
    /// What the row's columns held when it was last read or written; none: there is no row yet.
    columns: Option<Columns>,
    /// The round it was last used in.
    used: u32,
    /// The moment its row says to look again, as far as it was written from here.
    watch: Option<i64>,
}

/// A subject to be written.
#[derive(Debug)]
pub struct Changed<'a> {
    /// Its state.
    pub subject: &'a Subject,
    /// How much of its row has changed.
    pub extent: Extent,
}

/// How much of a row has changed: each column that is written again costs the indexes that hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Anything, or there is no row yet.
    Whole,
    /// How it stands: not whose it is, nor what it belongs to.
    Standing,
    /// What is found by no index.
    Body,
}

impl Folder {
    /// Puts a subject's state at hand, as loaded.
    pub fn put(&mut self, subject: Subject) {
        let columns = Some(subject.columns());
        self.held.insert(subject.id(), Held { subject, dirty: false, columns, used: self.round, watch: None });
    }

    /// Whether a subject is at hand; it counts as used.
    pub fn has(&mut self, id: SubjectId) -> bool {
        let round = self.round;
        self.held.get_mut(&id).is_some_and(|held| {
            held.used = round;
            true
        })
    }

    /// How many subjects were changed and not written since.
    pub fn dirty(&self) -> usize {
        self.dirty
    }

    /// The subjects that were changed and not written since, in any order.
    pub fn changed(&self) -> impl Iterator<Item = &Subject> {
        self.held.values().filter(|held| held.dirty).map(|held| &held.subject)
    }

    /// Subjects that were changed, in order of their ids, and marks them clean.
    pub fn take_dirty(&mut self) -> Vec<Changed<'_>> {
        let mut dirty = Vec::with_capacity(self.dirty);
        if std::mem::take(&mut self.dirty) == 0 {
            return dirty;
        }
        for held in self.held.values_mut() {
            if std::mem::take(&mut held.dirty) {
                let now = held.subject.columns();
                let extent = match held.columns.replace(now) {
                    Some(before) if before == now => Extent::Body,
                    Some(before) if before.belonging == now.belonging => Extent::Standing,
                    _ => Extent::Whole,
                };
                dirty.push(Changed { subject: &held.subject, extent });
            }
        }
        dirty.sort_by_key(|changed| changed.subject.id());
        dirty
    }

    /// Whether the moment to look again must be written. A moment is a lower bound: one that still lies ahead and is not later than
    /// the new one stays, so that it is not rewritten with every scan.
    pub fn watch_moves(&mut self, id: SubjectId, at: Option<i64>, clock: i64) -> bool {
        let Some(held) = self.held.get_mut(&id) else { return true };
        let stays = matches!((held.watch, at), (Some(written), Some(at)) if written > clock && written <= at);
        if !stays {
            held.watch = at;
        }
        !stays
    }

    /// Begins a round. When more than `most` are at hand, the half that was not used for longest is forgotten, but for what was changed
    /// and not written yet.
    pub fn forget_unused(&mut self, most: usize) {
        if self.held.len() > most {
            let mut rounds: Vec<u32> = self.held.values().map(|held| held.used).collect();
            let middle = rounds.len() / 2;
            let (_, median, _) = rounds.select_nth_unstable(middle);
            let median = *median;
            self.held.retain(|_, held| held.dirty || held.used > median);
        }
        self.round = self.round.saturating_add(1);
    }

    /// Changes a subject without its counting as changed: only for who writes nothing.
    pub fn thin(&mut self, id: SubjectId, change: impl FnOnce(&mut Subject)) {
        if let Some(held) = self.held.get_mut(&id) {
            change(&mut held.subject);
        }
    }

    /// Takes one subject away, whether or not it was written.
    pub fn take(&mut self, id: SubjectId) -> Option<Subject> {
        let held = self.held.remove(&id)?;
        self.dirty -= usize::from(held.dirty);
        Some(held.subject)
    }

    /// Forgets everything; only after what was dirty was written.
    pub fn clear(&mut self) {
        self.held.clear();
        self.dirty = 0;
    }

    /// How many subjects are at hand.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// A customer at hand.
    pub fn customer(&self, id: impl Into<SubjectId>) -> Option<&Customer> {
        match self.held.get(&id.into()).map(|held| &held.subject) {
            Some(Subject::Customer(customer)) => Some(customer),
            _ => None,
        }
    }

    /// An order at hand.
    pub fn order(&self, id: impl Into<SubjectId>) -> Option<&Order> {
        match self.held.get(&id.into()).map(|held| &held.subject) {
            Some(Subject::Order(order)) => Some(order),
            _ => None,
        }
    }

    /// A parcel at hand.
    pub fn parcel(&self, id: impl Into<SubjectId>) -> Option<&Parcel> {
        match self.held.get(&id.into()).map(|held| &held.subject) {
            Some(Subject::Parcel(parcel)) => Some(parcel),
            _ => None,
        }
    }

    /// A promise at hand.
    pub fn promise(&self, id: impl Into<SubjectId>) -> Option<&Promise> {
        match self.held.get(&id.into()).map(|held| &held.subject) {
            Some(Subject::Promise(promise)) => Some(promise),
            _ => None,
        }
    }

    /// A message at hand.
    pub fn message(&self, id: impl Into<SubjectId>) -> Option<&Message> {
        match self.held.get(&id.into()).map(|held| &held.subject) {
            Some(Subject::Message(message)) => Some(message),
            _ => None,
        }
    }

    /// An errand at hand.
    pub fn errand(&self, id: impl Into<SubjectId>) -> Option<&Errand> {
        match self.held.get(&id.into()).map(|held| &held.subject) {
            Some(Subject::Errand(errand)) => Some(errand),
            _ => None,
        }
    }

    pub(crate) fn add(&mut self, subject: Subject) {
        let held = Held { subject, dirty: true, columns: None, used: self.round, watch: None };
        let replaced = self.held.insert(held.subject.id(), held);
        self.dirty += usize::from(!replaced.is_some_and(|replaced| replaced.dirty));
    }

    pub(crate) fn edit(&mut self, id: SubjectId) -> Option<&mut Subject> {
        self.held.get_mut(&id).map(|held| {
            self.dirty += usize::from(!held.dirty);
            held.dirty = true;
            &mut held.subject
        })
    }

    pub(crate) fn on_customer(&mut self, id: impl Into<SubjectId>, change: impl FnOnce(&mut Customer)) {
        if let Some(Subject::Customer(customer)) = self.edit(id.into()) {
            change(customer);
        }
    }

    pub(crate) fn on_order(&mut self, id: impl Into<SubjectId>, change: impl FnOnce(&mut Order)) {
        if let Some(Subject::Order(order)) = self.edit(id.into()) {
            change(order);
        }
    }

    pub(crate) fn on_parcel(&mut self, id: impl Into<SubjectId>, change: impl FnOnce(&mut Parcel)) {
        if let Some(Subject::Parcel(parcel)) = self.edit(id.into()) {
            change(parcel);
        }
    }

    pub(crate) fn on_promise(&mut self, id: impl Into<SubjectId>, change: impl FnOnce(&mut Promise)) {
        if let Some(Subject::Promise(promise)) = self.edit(id.into()) {
            change(promise);
        }
    }

    pub(crate) fn on_errand(&mut self, id: impl Into<SubjectId>, change: impl FnOnce(&mut Errand)) {
        if let Some(Subject::Errand(errand)) = self.edit(id.into()) {
            change(errand);
        }
    }

    pub(crate) fn on_message(&mut self, id: impl Into<SubjectId>, change: impl FnOnce(&mut Message)) {
        if let Some(Subject::Message(message)) = self.edit(id.into()) {
            change(message);
        }
    }
}
