//! 17TRACK: an aggregator that pushes the full history of a number, and answers with the same when it is asked.
//!
//! Shapes: the documents of Tracking API v2.2 and v2.4, which name the fields read here alike; see
//! `docs/connectors/seventeentrack.md`.

mod version_1;

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kept_base::Moment;
use kept_engine::ports::{Inbound, ParseError, Parsed, Unmapped, Verification};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::partner::{CarrierPacks, Partner};
use crate::reading::answer::{
    Object, list, not_found, object, read_each, read_json, report_failures, short, text, timeless, unreadable, wrong_shape,
};
use crate::reading::codes::CodeTable;
use crate::reading::history::{self, ReadScan, Scan};
use crate::reading::names::Carriers;
use crate::reading::shipment::Shipment;
use crate::reading::{place, signature, times};

/// The name in `POST /in/seventeentrack`, in `--source` and in every input.
pub const SOURCE: &str = "seventeentrack";

/// The header of the signature: SHA-256 over the raw body, `/` and the key, in hexadecimal. A plain hash, not an HMAC.
pub const SIGNATURE_HEADER: &str = "sign";

pub(crate) const PARTNER: Partner = Partner {
    source: SOURCE,
    table: include_str!("../../../../../packs/carriers/seventeentrack.toml"),
    parser: |packs| Arc::new(SeventeenTrack::new(packs)),
};

/// Reads 17TRACK's webhooks and the answers of `gettrackinfo` and `getRealTimeTrackInfo`.
///
/// Inputs are each number's events of all its carriers, oldest first, then what its status adds (*expired*), then the estimate.
/// Codes are sub-statuses. A rejected number is `unmapped` beside accepted ones, and the error where there are none.
#[derive(Clone, Debug)]
pub struct SeventeenTrack {
    table: Arc<CodeTable>,
    carriers: Arc<Carriers>,
}

impl SeventeenTrack {
    /// A parser with the tables of these packs.
    #[must_use]
    pub fn new(packs: &CarrierPacks) -> SeventeenTrack {
        SeventeenTrack { table: packs.table(SOURCE), carriers: Arc::clone(&packs.carriers) }
    }
}

impl Inbound for SeventeenTrack {
    fn source(&self) -> &'static str {
        SOURCE
    }

    fn verify(&self, header: &dyn Fn(&str) -> Option<String>, raw: &[u8], secret: &str) -> Verification {
        let Ok(given) = hex::decode(header(SIGNATURE_HEADER).unwrap_or_default().trim()) else { return Verification::Refused };
        let digest = Sha256::new().chain_update(raw).chain_update(b"/").chain_update(secret.as_bytes()).finalize();
        signature::verdict(!secret.is_empty() && signature::same(&digest, &given))
    }

    fn parse(&self, raw: &[u8]) -> Parsed {
        Parsed::by(|parsed| self.read(raw, parsed))
    }
}

impl SeventeenTrack {
    fn read(&self, raw: &[u8], parsed: &mut Parsed) -> Result<(), ParseError> {
        match read_json("17TRACK", raw)? {
            Value::Object(payload) => self.read_one(&payload, parsed),
            // Webhooks or items that were kept together.
            Value::Array(payloads) if !payloads.is_empty() => {
                read_each(&payloads, parsed, |payload, parsed| self.read_one(payload, parsed))
            }
            _ => Err(not_an_answer()),
        }
    }

    fn read_one(&self, payload: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        match text(payload, "event") {
            Some(event) => self.read_webhook(&event, payload, parsed),
            None => self.read_answer(payload, parsed),
        }
    }

    fn read_webhook(&self, event: &str, payload: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        match event {
            // 17TRACK no longer follows the number: says nothing about the parcel.
            "TRACKING_STOPPED" => Ok(()),
            "TRACKING_UPDATED" => {
                let items = list(payload, "data", &mut parsed.unmapped).to_vec();
                let numbers = items.iter().filter_map(Value::as_object).filter(|item| item.contains_key("number"));
                let read = numbers.map(|item| self.read_item(item, parsed)).count();
                if read == 0 { Err(not_an_answer()) } else { Ok(()) }
            }
            _ => {
                let words = payload.get("data").map(Value::to_string).unwrap_or_default();
                parsed.unmapped.push(Unmapped { code: event.to_owned(), text: short(&words), what: "event".to_owned() });
                Ok(())
            }
        }
    }

    fn read_answer(&self, answer: &Object, parsed: &mut Parsed) -> Result<(), ParseError> {
        if answer.contains_key("track_info") || answer.contains_key("track") {
            self.read_item(answer, parsed);
            return Ok(());
        }
        let code: i64 = text(answer, "code").and_then(|code| code.parse().ok()).unwrap_or_default();
        let data = object(answer, "data");
        let errors = data.map(|data| list(data, "errors", &mut parsed.unmapped).to_vec()).unwrap_or_default();
        if let Some(error) = errors.iter().find_map(Value::as_object) {
            return Err(refused(error, None));
        }
        if code != 0 {
            let said = text(answer, "message").or_else(|| text(answer, "msg"));
            return Err(refusal(code, said.as_deref().unwrap_or_default(), None));
        }
        let data = data.ok_or_else(not_an_answer)?;
        if !data.contains_key("accepted") && !data.contains_key("rejected") {
            return Err(not_an_answer());
        }
        let accepted = list(data, "accepted", &mut parsed.unmapped).to_vec();
        let rejected = list(data, "rejected", &mut parsed.unmapped).to_vec();
        let mut unknown = None;
        for item in accepted.iter().filter_map(Value::as_object) {
            let before = parsed.inputs.len();
            self.read_item(item, parsed);
            let status =
                object(item, "track_info").and_then(|info| object(info, "latest_status")).and_then(|one| text(one, "status"));
            if status.as_deref() == Some("NotFound") && parsed.inputs.len() == before {
                let number = text(item, "number").unwrap_or_default();
                unknown = Some(not_found(format!("17TRACK's carrier does not know {number} yet")));
            }
        }
        let mut failures: Vec<ParseError> = unknown.into_iter().collect();
        for item in rejected.iter().filter_map(Value::as_object) {
            let error = object(item, "error");
            failures.push(error.map_or_else(not_an_answer, |error| refused(error, text(item, "number"))));
        }
        // One number that is not known must not hide the parcels beside it.
        if accepted.len() <= 1 && parsed.inputs.is_empty() {
            return failures.into_iter().next().map_or(Ok(()), Err);
        }
        report_failures(failures, &mut parsed.unmapped);
        Ok(())
    }

    fn read_item(&self, item: &Object, parsed: &mut Parsed) {
        let Some(number) = text(item, "number") else {
            let words = short(&Value::Object(item.clone()).to_string());
            parsed.unmapped.push(Unmapped { code: "number".to_owned(), text: words, what: "field".to_owned() });
            return;
        };
        let Some(info) = object(item, "track_info") else {
            if let Some(track) = object(item, "track") {
                self.read_version_1(item, number, track, parsed);
            }
            return;
        };
        let providers = object(info, "tracking").map(|tracking| list(tracking, "providers", &mut parsed.unmapped).to_vec());
        let providers = providers.unwrap_or_default();
        let destination = object(info, "shipping_info").and_then(|info| object(info, "recipient_address"));
        let (_, destination) = place::address(destination, ADDRESS);
        let mut scans = Vec::new();
        for provider in providers.iter().filter_map(Value::as_object) {
            read_events(list(provider, "events", &mut parsed.unmapped), destination.as_ref(), &mut scans, &mut parsed.unmapped);
        }
        if scans.is_empty() {
            // An answer cut down to its newest event (`latest_event`) still says where the parcel is.
            read_events(list(info, "latest_event", &mut parsed.unmapped), destination.as_ref(), &mut scans, &mut parsed.unmapped);
        }
        let mut history = history::read(&self.table, scans, &mut parsed.unmapped);
        history.extend(self.status_scan(info, &history));
        let provider = providers.first().and_then(Value::as_object).and_then(|provider| object(provider, "provider"));
        let shipment = Shipment {
            source: SOURCE,
            number,
            carrier: self.carrier(text(item, "carrier"), provider),
            order_number: text(item, "order_no"),
            expected: estimate(info, &mut parsed.unmapped),
            ..Shipment::default()
        };
        shipment.tell(history, parsed);
    }

    fn read_version_1(&self, item: &Object, number: String, track: &Object, parsed: &mut Parsed) {
        let scans = version_1::scans(track, &mut parsed.unmapped);
        // Of the two carriers that `w1` and `w2` name the first is the one that was asked for.
        let key = if item.contains_key("carrier") { text(item, "carrier") } else { text(track, "w1") };
        let parcel = Shipment { source: SOURCE, number, carrier: self.carrier(key, None), scans, ..Shipment::default() };
        parcel.read_into(&self.table, parsed);
    }

    /// *Expired* is said of the number and of no event: silence, as AfterShip's. It keeps the newest event's milestone and time.
    fn status_scan(&self, info: &Object, history: &[ReadScan]) -> Option<ReadScan> {
        let status = object(info, "latest_status")?;
        let code = text(status, "sub_status").or_else(|| text(status, "status"))?;
        let newest = history.last()?;
        let so_far = history.iter().rev().map(|read| read.milestone).find(|milestone| milestone.rank() > 0);
        let already = history.iter().any(|read| read.scan.code == code);
        if already || !self.table.is_shipment_status(&code) {
            return None;
        }
        let words = text(status, "sub_status_descr").unwrap_or_default();
        let meaning = self.table.meaning(&code, None, &words, so_far);
        let at = newest.scan.at;
        let scan = Scan { code, tag: None, text: words, reason: None, location: None, at, sequence: i64::MAX };
        Some(ReadScan { scan, milestone: meaning.milestone, exception: meaning.exception })
    }

    /// By 17TRACK's key where the table has it (`17track-3011`), else by the name the first provider goes by.
    fn carrier(&self, key: Option<String>, provider: Option<&Object>) -> String {
        let key = key.or_else(|| text(provider?, "key")).map(|key| format!("17track-{key}"));
        let mut names = ["alias", "name"].into_iter().filter_map(|name| text(provider?, name));
        let known = key.iter().cloned().chain(names.clone()).find_map(|name| self.carriers.known(&name).map(str::to_owned));
        known.unwrap_or_else(|| self.carriers.name(&names.next_back().or(key).unwrap_or_else(|| SOURCE.to_owned())))
    }
}

const ADDRESS: [&str; 4] = ["city", "state", "postal_code", "country"];

fn read_events(events: &[Value], destination: Option<&TimeZone>, scans: &mut Vec<Scan>, unmapped: &mut Vec<Unmapped>) {
    let mut own = Vec::with_capacity(events.len());
    for event in events {
        let object_of = event.as_object();
        let code = object_of.and_then(|event| text(event, "sub_status").or_else(|| text(event, "stage")));
        let scan = object_of.and_then(|event| {
            let (parts, zone) = place::address(object(event, "address"), ADDRESS);
            let city = object(event, "address").is_some_and(|address| text(address, "city").is_some());
            let written = place::line(&[text(event, "location")]);
            let zone = zone.or_else(|| place::zone_of_line(written.as_deref()?));
            Some(Scan {
                code: code.clone().unwrap_or_default(),
                tag: text(event, "stage"),
                text: text(event, "description").unwrap_or_default(),
                reason: object(event, "description_translation").and_then(|translation| text(translation, "description")),
                location: if city { parts } else { written.or(parts) },
                at: when(event, zone.as_ref().or(destination))?,
                sequence: 0,
            })
        });
        match scan {
            Some(scan) => own.push(scan),
            None => unmapped.push(timeless(code, &event.to_string())),
        }
    }
    // Newest first, as documented, unless the times say otherwise.
    if own.first().zip(own.last()).is_some_and(|(first, last)| first.at.wall < last.at.wall) {
        own.reverse();
    }
    for mut scan in own {
        scan.sequence = -i64::try_from(scans.len()).unwrap_or(i64::MAX);
        scans.push(scan);
    }
}

/// `time_iso` with its offset; else what the carrier wrote, which is all there is where the carrier gives no offset, beside
/// `time_utc` where that is there; else `time_utc` alone.
fn when(event: &Object, zone: Option<&TimeZone>) -> Option<Moment> {
    let iso = |name: &str| Moment::parse_iso(&text(event, name)?).ok();
    let (local, utc) = (iso("time_iso"), iso("time_utc"));
    if let Some(moment) = local.filter(|moment| moment.offset_seconds().is_some()) {
        return Some(moment);
    }
    let Some((written, whole)) = raw(event).or_else(|| Some((local?, true))) else { return utc };
    if written.offset_seconds().is_some() || !whole {
        return Some(written);
    }
    let pair = utc.filter(|utc| utc.offset_seconds() == Some(0)).and_then(|utc| times::paired(written.wall, utc.wall));
    Some(pair.unwrap_or_else(|| times::placed(written, zone)))
}

/// `time_raw`: date, time and perhaps an offset apart, or all in one text; and whether it has a time of day. A day alone is told as
/// its first minute and gets no offset: there is no moment that one could belong to.
fn raw(event: &Object) -> Option<(Moment, bool)> {
    let Some(raw) = object(event, "time_raw") else { return in_one_text(&text(event, "time_raw")?) };
    let date = text(raw, "date")?;
    let Some(clock) = text(raw, "time") else { return in_one_text(&date) };
    let iso = Moment::parse_iso(&format!("{date}T{clock}")).ok().map(|moment| moment.wall);
    let wall = iso.or_else(|| times::joined(&date, Some(&clock), &[]))?;
    let given = text(raw, "timezone").and_then(|offset| times::offset(&offset));
    Some((given.map_or_else(|| Moment::unknown(wall), |seconds| Moment::with_known_offset(wall, seconds)), true))
}

fn in_one_text(written: &str) -> Option<(Moment, bool)> {
    let whole = times::moment(written, &[], None).map(|moment| (moment, true));
    whole.or_else(|| Some((times::moment_or_day(written, &[], None)?, false)))
}

/// A range is kept by its end: a promise of "5 to 7" is broken on the 8th.
fn estimate(info: &Object, unmapped: &mut Vec<Unmapped>) -> Option<Date> {
    let range = object(object(info, "time_metrics")?, "estimated_delivery_date")?;
    let written = text(range, "to").or_else(|| text(range, "from"))?;
    let expected = times::day(&written, &[]);
    if expected.is_none() {
        unmapped.push(Unmapped { code: "estimated_delivery_date".to_owned(), text: short(&written), what: "field".to_owned() });
    }
    expected
}

fn refused(error: &Object, number: Option<String>) -> ParseError {
    let code = text(error, "code").and_then(|code| code.parse().ok()).unwrap_or_default();
    refusal(code, &text(error, "message").unwrap_or_default(), number.as_deref())
}

/// Error codes: the API document, "Error codes". The group -180100 is the account's, -180198 and -180199 the number's.
fn refusal(code: i64, said: &str, number: Option<&str>) -> ParseError {
    let said = if said.is_empty() { String::new() } else { format!(": {}", short(said)) };
    let of = number.map(|number| format!(" {number}")).unwrap_or_default();
    match code {
        -18_019_909 | -18_019_905 => not_found(format!("17TRACK has no information on the number{of} yet ({code}){said}")),
        -18_019_902 => wrong_shape(
            format!("17TRACK does not follow the number{of} ({code}){said}"),
            "register the number with 17TRACK before asking for it",
        ),
        -18_010_001 => wrong_shape(
            format!("17TRACK refused this server's address ({code}){said}"),
            "add the server's IP address to the white list in 17TRACK's settings",
        ),
        -18_010_002 | -18_010_004 | 401 => {
            wrong_shape(format!("17TRACK refused the key ({code}){said}"), "check the API key in the settings")
        }
        -18_010_003 | 500..=599 => unreadable(format!("17TRACK is out of order ({code}){said}"), "it is asked again later"),
        429 => unreadable(format!("17TRACK was asked too often ({code}){said}"), "it is asked again later"),
        -18_019_908 | -18_019_907 => {
            unreadable(format!("17TRACK's quota is used up ({code}){said}"), "it is asked again later, or raise the quota")
        }
        _ => wrong_shape(format!("17TRACK did not accept the question{of} ({code}){said}"), "check the number and the carrier"),
    }
}

fn not_an_answer() -> ParseError {
    wrong_shape("this is JSON, but neither a webhook nor an answer of 17TRACK", "look at the payload as it came")
}
