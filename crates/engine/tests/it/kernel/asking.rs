//! Carriers are asked about what is promised next first, within their limits, and nobody is never asked about.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use kept_engine::Asking;
use kept_engine::ports::{Inbound, Parsed, PollError, Poller};
use kept_testkit::Installation;
use serde_json::json;

const INTERVAL: Duration = Duration::from_secs(900);

/// A carrier that writes down what it is asked, and fails as often as it is told to.
#[derive(Default)]
struct Desk {
    asked: Vec<Vec<String>>,
    fails: VecDeque<Option<u64>>,
}

struct Carrier {
    desk: Arc<Mutex<Desk>>,
    a_second: f64,
}

impl Poller for Carrier {
    fn source(&self) -> &'static str {
        "dhl"
    }

    fn batch(&self) -> usize {
        2
    }

    fn calls_per_second(&self) -> f64 {
        self.a_second
    }

    fn ask(&self, numbers: &[String]) -> Result<Vec<u8>, PollError> {
        let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        desk.asked.push(numbers.to_vec());
        match desk.fails.pop_front() {
            Some(retry_after_seconds) => Err(PollError {
                source_name: "DHL".to_owned(),
                message: "no".to_owned(),
                retry_after_seconds,
                trouble: kept_engine::ports::Trouble::Other,
            }),
            None => Ok(format!("{{\"asked\": {:?}}}", desk.asked.len()).into_bytes()),
        }
    }
}

/// What it answers says nothing.
struct Nothing;

impl Inbound for Nothing {
    fn source(&self) -> &'static str {
        "dhl"
    }

    fn parse(&self, _raw: &[u8]) -> Parsed {
        Parsed::default()
    }
}

/// An order with a parcel for each day, the last announced first.
fn announced(installation: &Installation, days: std::ops::RangeInclusive<u32>) -> Result<()> {
    for day in days.rev() {
        installation.tell(json!({
            "kind": "order.placed", "order_number": format!("N{day:02}"), "at": "2026-11-02T09:00:00+01:00",
            "customer": { "reference": format!("C{day}"), "country": "FR" }, "lines": [{ "sku": "VESTA" }], "promised_day": format!("2026-11-{day:02}")
        }))?;
        installation.tell(json!({
            "kind": "parcel.announced", "order_number": format!("N{day:02}"), "carrier": "dhl", "tracking_number": format!("D{day:02}"), "at": "2026-11-02T10:00:00+01:00"
        }))?;
    }
    Ok(())
}

fn asking(a_second: f64) -> (Asking, Arc<Mutex<Desk>>) {
    let desk = Arc::new(Mutex::new(Desk::default()));
    let carrier = Carrier { desk: Arc::clone(&desk), a_second };
    (Asking::new(Arc::new(carrier), Arc::new(Nothing), INTERVAL), desk)
}

/// Turns until a moment; gives when each call was made.
fn turn(
    asking: &mut Asking,
    installation: &Installation,
    desk: &Mutex<Desk>,
    now: &mut Duration,
    until: Duration,
) -> Vec<Duration> {
    let mut calls = Vec::new();
    while *now < until {
        let before = desk.lock().unwrap_or_else(PoisonError::into_inner).asked.len();
        let rest = asking.turn(&installation.engine, *now).rest;
        if desk.lock().unwrap_or_else(PoisonError::into_inner).asked.len() > before {
            calls.push(*now);
        }
        *now += rest.max(Duration::from_millis(1));
    }
    calls
}

fn take(desk: &Mutex<Desk>) -> Vec<Vec<String>> {
    std::mem::take(&mut desk.lock().unwrap_or_else(PoisonError::into_inner).asked)
}

#[test]
fn what_is_due_next_is_asked_about_first_and_everybody_once_an_interval() -> Result<()> {
    for installation in Installation::each()? {
        announced(&installation, 5..=9)?;
        let (mut asking, desk) = asking(0.5);
        let mut now = Duration::ZERO;
        let calls = turn(&mut asking, &installation, &desk, &mut now, INTERVAL);
        assert_eq!(take(&desk), [vec!["D05", "D06"], vec!["D07", "D08"], vec!["D09"]], "{}", installation.kind());
        assert!(calls.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_secs(2)), "its limit is kept: {calls:?}");
        // The next round begins an interval after this one began, and with whoever is due first by then.
        announced(&installation, 4..=4)?;
        let calls = turn(&mut asking, &installation, &desk, &mut now, INTERVAL * 2);
        assert_eq!(take(&desk), [["D04", "D05"], ["D06", "D07"], ["D08", "D09"]], "{}", installation.kind());
        assert_eq!(calls.first(), Some(&INTERVAL));
    }
    Ok(())
}

#[test]
fn a_carrier_that_allows_too_little_is_asked_about_the_nearest_in_time_and_never_forgets_the_last() -> Result<()> {
    let installation = Installation::sqlite()?;
    announced(&installation, 3..=28)?;
    // Nine calls an interval for thirteen questions.
    let (mut asking, desk) = asking(0.01);
    let mut now = Duration::ZERO;
    let calls = turn(&mut asking, &installation, &desk, &mut now, INTERVAL * 12);
    let asked = take(&desk);
    let mut times: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (call, numbers) in asked.iter().enumerate() {
        for number in numbers {
            times.entry(number.clone()).or_default().push(call);
        }
    }
    assert_eq!(times.len(), 26, "everybody was asked about: {:?}", times.keys());
    let of = |number: &str| times.get(number).map_or(0, Vec::len);
    assert!(of("D03") >= 12, "what is due next, in every round: {} times", of("D03"));
    assert!(of("D03") > of("D28") && of("D28") >= 3, "{} and {}", of("D03"), of("D28"));
    assert!(calls.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_secs(100)), "{calls:?}");
    Ok(())
}

#[test]
fn a_question_that_failed_is_asked_again_and_one_that_always_fails_holds_up_nobody() -> Result<()> {
    let installation = Installation::sqlite()?;
    announced(&installation, 5..=8)?;
    let (mut asking, desk) = asking(1.0);
    desk.lock().unwrap_or_else(PoisonError::into_inner).fails = VecDeque::from([Some(30), Some(30), Some(30), None]);
    let mut now = Duration::ZERO;
    let calls = turn(&mut asking, &installation, &desk, &mut now, INTERVAL);
    let (first, second) = (["D05", "D06"], ["D07", "D08"]);
    // Three times, then the others; trying the others' is useless, which is not repeated before the next round.
    assert_eq!(take(&desk), [first, first, first, second, first]);
    assert!(calls[1] - calls[0] >= Duration::from_secs(30), "it waits as long as it was told to: {calls:?}");
    let calls = turn(&mut asking, &installation, &desk, &mut now, INTERVAL * 2);
    assert_eq!(
        (take(&desk), calls.first()),
        (vec![first.map(str::to_owned).to_vec(), second.map(str::to_owned).to_vec()], Some(&INTERVAL))
    );
    Ok(())
}

/// A plan reads one index: what it holds of a promise follows the promise, whichever of parcel and promise was there first, live and made
/// anew.
#[test]
fn rows_of_parcels_hold_when_their_promise_is_due() -> Result<()> {
    use crate::trial::history;
    let apart = |installation: &Installation, when: &str| -> Result<()> {
        let sql = "select q.due, coalesce(p.due, 9000000000000000), q.id from parcel q left join promise p on p.id = q.promise";
        let rows = installation.engine.database().read(|connection| connection.query(sql, &[]))?;
        assert!(rows.len() > 1, "{when}: parcels");
        for row in rows {
            assert_eq!(row.0[0], row.0[1], "{}, {when}: parcel {:?}", installation.kind(), row.0[2]);
        }
        Ok(())
    };
    for installation in Installation::each()? {
        // A parcel before its order, and its promise moved.
        installation.tell(json!({
            "kind": "parcel.scanned", "carrier": "dhl", "tracking_number": "E1", "order_number": "M1", "code": "x", "milestone": "in_network", "at": "2026-11-02T08:00:00+01:00"
        }))?;
        announced(&installation, 5..=6)?;
        apart(&installation, "announced")?;
        installation.tell(json!({
            "kind": "order.placed", "order_number": "M1", "at": "2026-11-02T09:00:00+01:00", "customer": { "reference": "C1", "country": "FR" },
            "lines": [{ "sku": "VESTA" }], "promised_day": "2026-11-04"
        }))?;
        apart(&installation, "placed")?;
        installation.tell(json!({
            "kind": "customer.answered", "order_number": "M1", "answer": { "says": "another_day", "day": "2026-11-09" }, "noted_by": "Paul", "at": "2026-11-02T10:00:00+01:00"
        }))?;
        apart(&installation, "moved")?;
        let plan = installation.engine.plan("dhl")?;
        assert_eq!(installation.engine.planned_numbers(&plan, 0, 3)?, ["D05", "D06", "E1"], "{}", installation.kind());
        history::live_for(&installation, 51, 14, 600, "2026-11-12T09:00:00+01:00")?;
        apart(&installation, "a past")?;
        installation.engine.rebuild(|_| {})?;
        apart(&installation, "rebuilt")?;
    }
    Ok(())
}
