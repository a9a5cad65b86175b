//! One parcel of an answer: its scans with their meaning, then what its carrier expects.

use jiff::civil::Date;
use kept_base::Moment;
use kept_domain::input::{Input, News, ParcelEstimated, ParcelScanned};
use kept_engine::ports::Parsed;

use crate::reading::codes::CodeTable;
use crate::reading::history::{self, ReadScan, Scan};

/// A parcel as its source tells of it.
#[derive(Default)]
pub(crate) struct Shipment {
    /// The source, as in `--source`.
    pub source: &'static str,
    /// The carrier's number.
    pub number: String,
    /// The carrier, by the name Kept uses.
    pub carrier: String,
    /// The shop's order, where the source says it.
    pub order_number: Option<String>,
    /// In any order; [`Scan::sequence`] is the source's own.
    pub scans: Vec<Scan>,
    /// The day it is expected.
    pub expected: Option<Date>,
    /// When the source said so, where it says; else not before the newest scan.
    pub said_at: Option<Moment>,
}

impl Shipment {
    /// Puts the scans in order, gives each its meaning, and adds them and the estimate to what was read. A code that no table
    /// has is reported.
    pub(crate) fn read_into(mut self, table: &CodeTable, parsed: &mut Parsed) {
        let history = history::read(table, std::mem::take(&mut self.scans), &mut parsed.unmapped);
        self.tell(history, parsed);
    }

    /// The same for scans that have their meaning.
    pub(crate) fn tell(self, history: Vec<ReadScan>, parsed: &mut Parsed) {
        let newest = history.last().map(|read| read.scan.at);
        parsed.inputs.extend(history.into_iter().map(|read| self.input(self.scanned(read))));
        // An estimate that nobody can date could not be told from an older one.
        if let Some((at, expected_day)) = self.said_at.or(newest).zip(self.expected) {
            let (tracking_number, carrier) = (self.number.clone(), self.carrier.clone());
            parsed.inputs.push(self.input(News::ParcelEstimated(ParcelEstimated { tracking_number, carrier, at, expected_day })));
        }
    }

    fn scanned(&self, read: ReadScan) -> News {
        News::ParcelScanned(ParcelScanned {
            tracking_number: self.number.clone(),
            carrier: self.carrier.clone(),
            code: read.scan.code,
            text: read.scan.text,
            location: read.scan.location,
            at: read.scan.at,
            milestone: read.milestone,
            exception: read.exception,
            order_number: self.order_number.clone(),
            promised_at: None,
        })
    }

    fn input(&self, news: News) -> Input {
        Input { source: self.source.to_owned(), event_id: None, news }
    }
}
