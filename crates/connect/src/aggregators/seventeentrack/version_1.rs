//! The first version of the API, whose fields are letters: `track.z1`, `z2` and `z9` are the events of the carriers, `z0` the newest.

use kept_engine::ports::Unmapped;
use serde_json::Value;

use crate::reading::answer::{Object, list, text, timeless};
use crate::reading::history::Scan;
use crate::reading::{place, times};

/// The carriers' lists; each begins with its newest event.
const LISTS: [&str; 3] = ["z1", "z2", "z9"];

/// The events of a `track`: time (`a`), places (`c`, `d`) and words (`z`). There is no code: the words alone say what happened.
pub(super) fn scans(track: &Object, unmapped: &mut Vec<Unmapped>) -> Vec<Scan> {
    let mut events: Vec<Value> = LISTS.iter().flat_map(|name| list(track, name, unmapped).to_vec()).collect();
    if events.is_empty() {
        events = list(track, "z0", unmapped).to_vec();
    }
    let mut scans: Vec<Scan> = Vec::with_capacity(events.len());
    for event in events {
        match event.as_object().and_then(scan) {
            Some(scan) => scans.push(Scan { sequence: -i64::try_from(scans.len()).unwrap_or(i64::MAX), ..scan }),
            None => unmapped.push(timeless(None, &event.to_string())),
        }
    }
    scans
}

fn scan(event: &Object) -> Option<Scan> {
    let location = place::line(&[text(event, "c"), text(event, "d")]);
    let zone = location.as_deref().and_then(place::zone_of_line);
    Some(Scan {
        code: String::new(),
        tag: None,
        text: text(event, "z").unwrap_or_default(),
        reason: None,
        location,
        at: times::moment_or_day(&text(event, "a")?, &["%Y-%m-%d %H:%M"], zone.as_ref())?,
        sequence: 0,
    })
}
