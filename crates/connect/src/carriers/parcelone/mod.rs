//! PARCEL.ONE (Germany, cross-border): tracking, which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/parcelone.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "parcelone";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/parcelone.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "PARCEL.ONE",
    number: &["TrackingID", "TrackingNumber", "TrackingNo", "ParcelID", "ShipmentID"],
    events: &["Events", "TrackingEvents", "Trackings", "Statuses", "StatusHistory", "History"],
    code: &["StatusCode", "TrackingStatusCode", "EventCode", "Code", "Status"],
    text: &["StatusText", "TrackingStatus", "EventText", "Description", "Text", "Message", "Status"],
    places: &[&[
        &["Location.City", "LocationCity", "City", "Location", "TrackingLocation", "EventLocation", "Place"],
        &["Location.PostalCode", "PostalCode", "Zip"],
        &["Location.Country", "CountryCode", "Country"],
    ]],
    country: &["Location.Country", "CountryCode", "Country"],
    destination: &["DestinationCountry", "ShipToCountry"],
    at: &["TrackingDateTime", "EventDateTime", "DateTime", "Timestamp", "StatusDateTime", "EventDate", "Date"],
    time: &["Time", "EventTime"],
    patterns: &["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"],
    expected: &["EstimatedDeliveryDate"],
    ..Outline::EMPTY
};
