//! A made-up past: orders day after day, some late, silent, failed, asked about, disputed long after, all from a seed.

use anyhow::Result;
use jiff::ToSpan;
use jiff::civil::DateTime;
use kept_testkit::Installation;
use serde_json::{Value, json};

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn moment(at: DateTime) -> String {
    format!("{}+01:00", at.strftime("%Y-%m-%dT%H:%M:%S"))
}

/// Lives through `orders` orders, `each` minutes apart, and a month after the last.
pub(super) fn live(installation: &Installation, seed: u64, orders: u32, each: i64) -> Result<()> {
    lived(installation, seed, orders, each, None)
}

/// The same, but no longer than to a moment.
pub(crate) fn live_for(installation: &Installation, seed: u64, orders: u32, each: i64, until: &str) -> Result<()> {
    lived(installation, seed, orders, each, Some(until))
}

fn lived(installation: &Installation, seed: u64, orders: u32, each: i64, until: Option<&str>) -> Result<()> {
    let mut random = Random(seed);
    let mut news: Vec<(DateTime, u64, Value)> = Vec::new();
    let mut placed = "2026-11-02T09:30:00".parse::<DateTime>()?;
    for number in 0..orders {
        let (order, tracking) = (format!("7{number:04}"), format!("6A{number:011}"));
        let days = 3 + random.below(3) as i64;
        let due = (placed + days.days()).date();
        // A fifth of the customers come back.
        let customer = if random.below(5) == 0 { number / 2 } else { number };
        let mut add = |at: DateTime, random: &mut Random, value: Value| news.push((at, random.below(1 << 30), value));
        add(
            placed,
            &mut random,
            json!({
                "kind": "order.placed", "order_number": order, "promised_day": due.to_string(),
                "customer": { "reference": format!("C-{customer}"), "name": "Anne Perret", "email": format!("c{customer}@example.org"), "language": "fr", "country": "FR" },
                "lines": [{ "sku": "VESTA", "title": "Lampe", "quantity": 1 }]
            }),
        );
        let mut at = placed + 2.hours();
        add(
            at,
            &mut random,
            json!({ "kind": "parcel.announced", "order_number": order, "carrier": "laposte", "tracking_number": tracking }),
        );
        let scan = |code: &str, milestone: &str, exception: Option<&str>| json!({ "kind": "parcel.scanned", "tracking_number": tracking, "carrier": "laposte", "code": code, "milestone": milestone, "exception": exception, "location": "Lyon" });
        // What goes wrong: nothing, it is late, it goes silent, nobody is home, it never comes, it is barely in time.
        let fate = random.below(8);
        let handed = at + (6 + random.below(20) as i64).hours();
        add(handed, &mut random, scan("PC1", "handed_over", None));
        let end = due.at(10 + random.below(9) as i8, random.below(60) as i8, 0, 0);
        at = match fate {
            0 | 1 => end + (1 + random.below(4) as i64).days(),
            2 => end + 6.days(),
            5 => end,
            _ => end - 1.day(),
        };
        if fate != 2 && fate != 4 {
            add(at - 20.hours(), &mut random, scan("ET1", "in_network", None));
            add(at - 3.hours(), &mut random, scan("MD2", "out_for_delivery", None));
        }
        if fate == 3 {
            add(at - 1.hour(), &mut random, scan("AG1", "out_for_delivery", Some("attempt_failed_absent")));
            at += 1.day();
        }
        if fate != 4 {
            add(at, &mut random, scan("DI1", "delivered", None));
        }
        if random.below(4) == 0 {
            let asked = end - 12.hours() + (random.below(40) as i64).hours();
            add(
                asked,
                &mut random,
                json!({ "kind": "customer.contacted", "customer": { "order_number": order }, "channel": "phone", "asked": true }),
            );
        }
        if fate != 4 && random.below(6) == 0 {
            // Long after it is over and forgotten.
            let late = at + (1 + random.below(9) as i64).days();
            add(
                late,
                &mut random,
                json!({ "kind": "customer.answered", "order_number": order, "answer": { "says": "not_arrived" } }),
            );
        }
        if random.below(9) == 0 {
            add(
                placed + 1.day(),
                &mut random,
                json!({ "kind": "customer.answered", "order_number": order, "answer": { "says": "peace" } }),
            );
        }
        placed += each.minutes();
    }
    news.sort_by_key(|(at, order, _)| (*at, *order));
    let end = news.last().map_or(placed, |(at, _, _)| *at) + 20.days();
    for (at, _, mut value) in news {
        let at = moment(at);
        if until.is_some_and(|until| at.as_str() > until) {
            break;
        }
        installation.live_until(&at)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("at".to_owned(), Value::String(at));
        }
        installation.tell(value)?;
    }
    installation.live_until(&until.map_or_else(|| moment(end), str::to_owned))
}
