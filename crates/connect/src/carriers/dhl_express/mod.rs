//! DHL Express, XML Services and the SOAP web service before MyDHL API: `TrackingResponse`, which is asked.
//!
//! Where the shape comes from, and what is not verified: `docs/connectors/dhl_express.md`.

use crate::partner::Partner;
use crate::reading::outline::Outline;

/// The name in `--source` and in every input.
pub const SOURCE: &str = "dhl_express";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/dhl_express.toml"),
    parser: |packs| OUTLINE.parser(packs),
};

static OUTLINE: Outline = Outline {
    source: SOURCE,
    carrier: SOURCE,
    partner: "DHL Express",
    number: &["AWBNumber", "AWBNumber.ArrayOfAWBNumberItem", "TrackedBy.AWBNumber", "LPNumber"],
    events: &[
        "ShipmentInfo.ShipmentEvent.ArrayOfShipmentEventItem",
        "ShipmentInfo.ShipmentEvent",
        "ShipmentEvent.ArrayOfShipmentEventItem",
        "ShipmentEvent",
        "PieceEvent.ArrayOfPieceEventItem",
        "PieceEvent",
    ],
    code: &["ServiceEvent.EventCode", "EventCode"],
    text: &["ServiceEvent.Description", "EventDescription", "Description"],
    reason: &["EventRemarks.FurtherDetails", "EventRemarks"],
    places: &[&[&["ServiceArea.Description", "ServiceArea.ServiceAreaCode"]]],
    destination: &["ShipmentInfo.Consignee.CountryCode", "ShipmentInfo.ConsigneeAddress.CountryCode"],
    date: &["Date"],
    time: &["Time"],
    offset: &["GMTOffset"],
    expected: &["ShipmentInfo.EstDlvyDate", "ShipmentInfo.EstimatedDeliveryDate", "EstDlvyDate"],
    ..Outline::EMPTY
};
