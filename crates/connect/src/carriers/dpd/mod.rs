//! DPD: the parcel life cycle, in SOAP and in JSON, both asked; and the services of countries that have one of their own.
//!
//! Shapes: `integrations.dpd.nl`, `label-print-docs.dpd.ch`; see `docs/connectors/dpd.md`.

mod life_cycle_json;
mod life_cycle_soap;
mod national;
mod poll;

use std::sync::Arc;

use kept_base::{Country, Moment};
use kept_engine::ports::{Inbound, Parsed, Unmapped};

pub use poll::{DEFAULT_BASE_URL, poller};

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::timeless;
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::shipment::Shipment;
use crate::reading::{place, times};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "dpd";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/dpd.toml"),
    parser: |packs| Arc::new(Dpd::new(packs)),
};

/// Reads answers of `getTrackingData` (`ParcelLifeCycleService` 2.0, SOAP or REST), of the public `plc` page, and of the services of
/// France, Poland and the United Kingdom.
///
/// Codes are the statuses of the life cycle. A status that was not reached yet is a forecast of DPD's and no event. Inputs are the
/// statuses that were reached, oldest first.
#[derive(Clone, Debug)]
pub struct Dpd {
    table: Arc<CodeTable>,
}

impl Dpd {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> Dpd {
        Dpd { table: packs.table(SOURCE) }
    }
}

impl Inbound for Dpd {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| {
            let xml = raw.iter().find(|byte| byte.is_ascii_graphic()) == Some(&b'<');
            let cycles = if xml { life_cycle_soap::read(raw) } else { life_cycle_json::read(raw) };
            cycles?.into_iter().for_each(|cycle| self.tell(cycle, parsed));
            Ok(())
        })
    }
}

impl Dpd {
    fn tell(&self, cycle: LifeCycle, parsed: &mut Parsed) {
        let mut scans = Vec::new();
        for status in cycle.statuses {
            let (code, text) = (status.code.clone(), status.text.clone());
            match status.scan() {
                Some(scan) => scans.push(scan),
                None => parsed.unmapped.push(timeless(Some(code), &text)),
            }
        }
        history::number(&mut scans, false);
        // The answer is about the parcel that was asked for and does not always repeat its number.
        let number = cycle.number.unwrap_or_default();
        if number.is_empty() {
            let text = "the answer does not say which parcel it is about".to_owned();
            parsed.unmapped.push(Unmapped { code: "parcelLabelNumber".to_owned(), text, what: "field".to_owned() });
        }
        let parcel = Shipment { source: SOURCE, number, carrier: SOURCE.to_owned(), scans, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
    }
}

/// A parcel's life cycle, whichever way it came.
#[derive(Default)]
struct LifeCycle {
    number: Option<String>,
    statuses: Vec<Status>,
}

/// A status that was reached.
#[derive(Default)]
struct Status {
    code: String,
    text: String,
    location: Option<String>,
    country: Option<String>,
    date: Option<String>,
    /// The country whose own service tells it: whose clocks are meant where no other country is named, and whose own list the codes are
    /// from.
    nation: Option<&'static str>,
}

/// By country: twelve hours with the month first, twenty-four with the day first.
const PATTERNS: [&str; 19] = [
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y, %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y, %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y, %H:%M",
    "%d/%m/%Y, %H:%M:%S",
    // A day alone.
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
];

impl Status {
    fn scan(self) -> Option<Scan> {
        let in_words = self.location.as_deref().and_then(country_in);
        let named = self.location.as_deref().and_then(place::country_at_end);
        let country = self.country.as_deref().or(in_words).or(named.as_ref().map(Country::code)).or(self.nation);
        let zone = place::zone(country, None, None);
        // A narrow space stands before AM and PM in newer answers.
        let written: String = self.date?.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let at: Moment = times::moment_or_day(written.trim(), &PATTERNS, zone.as_ref())?;
        Some(Scan {
            // Also a tag: of a scan its words come before its kind. A nation's own codes are of no such kind.
            tag: Some(self.code.clone()).filter(|_| self.nation.is_none()),
            code: self.code,
            text: self.text,
            reason: None,
            location: place::line(&[self.location, self.country]),
            at,
            sequence: 0,
        })
    }
}

/// The country at the end of `Raunheim (DE)` or `Nijmegen, NL`.
fn country_in(location: &str) -> Option<&str> {
    let location = location.trim().trim_end_matches(')');
    let (_, country) = location.rsplit_once(['(', ','])?;
    let country = country.trim();
    place::is_abbreviation(country).then_some(country)
}

/// Yes, unless it says no: what an answer leaves out it does not deny.
fn is_reached(written: Option<&str>) -> bool {
    !written.is_some_and(|written| matches!(written.trim().to_ascii_lowercase().as_str(), "false" | "0" | "no"))
}
