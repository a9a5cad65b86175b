//! TNT: ExpressConnect Tracking V3 (XML), which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/tnt.md`.

use std::sync::Arc;

use jiff::tz::TimeZone;
use kept_base::{Country, Moment};
use kept_engine::ports::{Inbound, ParseError, Parsed};
use roxmltree::Node;

use crate::partner::Partner;
use crate::reading::answer::{short, timeless, wrong_shape};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, Scan};
use crate::reading::refusal::{Outcome, Refusal, refused};
use crate::reading::shipment::Shipment;
use crate::reading::xml::{self, read_xml, text_of};
use crate::reading::{place, times};

/// The name in `--source` and in every input.
pub const SOURCE: &str = "tnt";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/tnt.toml"),
    parser: |packs| Arc::new(Tnt { table: packs.table(SOURCE) }),
};

/// How dates are written (`format="YYYYMMDD"`).
const DATES: &[&str] = &["%Y%m%d"];

/// Reads a `TrackResponse`: consignments, each with its statuses, its summary code and, where the account may see it, its due date.
///
/// Inputs are the scans of each consignment, oldest first, then its estimate. A consignment that is not found (`CNF`) does not hide the
/// others.
struct Tnt {
    table: Arc<CodeTable>,
}

impl Inbound for Tnt {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| {
            read_xml("TNT", raw, |root| {
                let mut outcome = Outcome::default();
                for consignment in xml::all(root, "Consignment") {
                    let number = ["ConsignmentNumber", "AlternativeConsignmentNumber"];
                    let number = number.iter().find_map(|name| text_of(consignment, name)).map(|number| short(&number));
                    outcome.note(number.clone(), self.read(consignment, number, parsed));
                }
                if outcome.is_empty() {
                    return Err(said_no(root));
                }
                outcome.tell(parsed);
                Ok(())
            })
        })
    }
}

impl Tnt {
    fn read(&self, consignment: Node<'_, '_>, number: Option<String>, parsed: &mut Parsed) -> Result<(), ParseError> {
        let summary = text_of(consignment, "SummaryCode");
        if summary.as_deref() == Some("CNF") {
            return Err(refused("TNT", Refusal::NotFound, "CNF", ""));
        }
        let number = number.ok_or_else(|| {
            wrong_shape("TNT's answer has a consignment without a number (`ConsignmentNumber`)", "look at the answer as it came")
        })?;
        let way = Way::of(consignment);
        let mut scans = Vec::new();
        for status in consignment.children().filter(|child| child.tag_name().name() == "StatusData") {
            match way.scan(status) {
                Some(scan) => scans.push(scan),
                None => {
                    let said = text_of(status, "StatusDescription").unwrap_or_default();
                    parsed.unmapped.push(timeless(text_of(status, "StatusCode"), &said));
                }
            }
        }
        if scans.is_empty() {
            scans.extend(way.arrival(consignment, summary.as_deref()));
        }
        history::number(&mut scans, true);
        // The summary is of the consignment as it stands now: it says something of its newest status, and of no other.
        if let Some(newest) = scans.iter_mut().max_by_key(|scan| (scan.at.wall, scan.sequence)) {
            newest.tag = summary;
        }
        let seen = scans.iter().map(|scan| scan.at.wall.date()).max();
        let due = xml::child(consignment, "ShipmentSummary").and_then(|shipment| text_of(shipment, "DueDate"));
        let due = due.and_then(|due| times::day(&due, DATES));
        let expected = due.zip(seen).filter(|(due, seen)| times::plausible(*due, *seen)).map(|(due, _)| due);
        let parcel = Shipment { source: SOURCE, number, carrier: SOURCE.to_owned(), scans, expected, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
        Ok(())
    }
}

/// Where a consignment comes from and goes to, as far as its depots' clocks can be told from it.
struct Way {
    depot: Option<String>,
    origin: Option<Country>,
    destination: Option<Country>,
}

impl Way {
    fn of(consignment: Node<'_, '_>) -> Way {
        let country = |name: &str| {
            let country = xml::child(consignment, name)?;
            let written = text_of(country, "CountryCode").or_else(|| text_of(country, "CountryName"))?;
            place::country_code(&written)
        };
        Way {
            depot: text_of(consignment, "OriginDepot"),
            origin: country("OriginCountry"),
            destination: country("DestinationCountry"),
        }
    }

    /// Times are the depot's own, and its country is not said. It is known of the depot of origin, and of all where a consignment stays
    /// in one country.
    fn zone(&self, depot: Option<&str>) -> Option<TimeZone> {
        let at_origin = depot.is_some() && depot == self.depot.as_deref();
        let within = self.origin == self.destination;
        self.origin.as_ref().filter(|_| at_origin || within).and_then(zone_of)
    }

    fn scan(&self, status: Node<'_, '_>) -> Option<Scan> {
        let depot = text_of(status, "Depot");
        Some(Scan {
            code: text_of(status, "StatusCode").unwrap_or_default(),
            tag: None,
            text: text_of(status, "StatusDescription").unwrap_or_default(),
            reason: None,
            location: text_of(status, "DepotName").or_else(|| depot.clone()),
            at: moment(status, "LocalEventDate", "LocalEventTime", self.zone(depot.as_deref()).as_ref())?,
            sequence: 0,
        })
    }

    /// A summary has no statuses: that the consignment has arrived, when and in which town is all that it tells.
    fn arrival(&self, consignment: Node<'_, '_>, summary: Option<&str>) -> Option<Scan> {
        let code = summary.filter(|summary| *summary == "DEL")?;
        let zone = self.destination.as_ref().and_then(zone_of);
        Some(Scan {
            code: code.to_owned(),
            tag: None,
            text: String::new(),
            reason: None,
            location: text_of(consignment, "DeliveryTown"),
            at: moment(consignment, "DeliveryDate", "DeliveryTime", zone.as_ref())?,
            sequence: 0,
        })
    }
}

fn zone_of(country: &Country) -> Option<TimeZone> {
    place::zone(Some(country.code()), None, None)
}

/// A day without a time has no moment that an offset could belong to.
fn moment(node: Node<'_, '_>, date: &str, time: &str, zone: Option<&TimeZone>) -> Option<Moment> {
    let time = text_of(node, time);
    let wall = times::joined(&text_of(node, date)?, time.as_deref(), DATES)?;
    Some(times::local(wall, zone.filter(|_| time.is_some())))
}

fn said_no(root: Node<'_, '_>) -> ParseError {
    let Some(error) = xml::find(root, "Error") else {
        return wrong_shape(
            "this is XML, but not an answer of TNT's ExpressConnect Tracking",
            "look at the bytes as they came; was another address called?",
        );
    };
    let said = text_of(error, "Message").or_else(|| xml::text(error)).unwrap_or_default();
    // TNT's numbers are its own: none of them is an HTTP status.
    refused("TNT", Refusal::of("", &said), &text_of(error, "Code").unwrap_or_default(), &said)
}
