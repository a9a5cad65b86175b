//! A week of a shop on a clock set by hand, against servers that speak their partners' documented formats, with everything that goes wrong in
//! one: carriers that say *too often*, are away for half a day or answer with a web page, webhooks lost, repeated and overtaking each other,
//! a restart of Kept, a shop whose answers get lost. What must hold is computed from what the servers saw.

mod house;
mod partners;
mod proof;
mod time;
mod webhooks;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use kept_base::{Currency, Money};
use kept_domain::input::{CustomerDetails, LineOrdered, OrderPlaced};
use kept_domain::message::Mode;
use kept_engine::views::Found;
use kept_sample::door::{Door, Reply};
use kept_sample::{SmtpPeer, WooShop};
use reqwest::blocking::Client;

use self::house::{Addresses, House};
use self::partners::{Conduct, Fault, Register, Scan, skybill, suivi};
use self::proof::nothing_is_left;
use self::time::{DAY, HOUR, MINUTE, Span, Time, moment};
use self::webhooks::{Webhook, aftership, sendcloud, signature};
use crate::books::{facts, holds_and_rebuilds};
use crate::client::{Draw, http};
use crate::place::{Place, turn};

/// Orders; they are placed in the first five days.
const ORDERS: u64 = 80;
const AFTERSHIP: &str = "aftership-secret";
const SENDCLOUD: &str = "sendcloud-secret";

#[test]
fn a_week_with_everything_that_goes_wrong_on_sqlite() -> Result<()> {
    week(&Place::sqlite()?)
}

#[test]
fn a_week_with_everything_that_goes_wrong_on_postgres() -> Result<()> {
    match Place::postgres()? {
        Some(place) => week(&place),
        None => Ok(()),
    }
}

/// Something that will happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Carrier(usize),
    Shop,
    Order(u64),
    Ship(u64),
    Webhook(usize),
    Choice(usize),
    Down,
    Up,
}

/// What a customer does on their page.
#[derive(Clone, Debug, PartialEq)]
enum Choice {
    Cancel,
    AnotherDay(String),
}

struct Week {
    time: Time,
    shop: WooShop,
    laposte: Arc<Register>,
    chronopost: Arc<Register>,
    webhooks: Vec<Webhook>,
    choices: Vec<(u64, Choice, bool)>,
    agenda: BinaryHeap<Reverse<(i64, u64, Event)>>,
    sequence: u64,
    draw: Draw,
    client: Client,
    down: Span,
    shop_trouble: Arc<Conduct>,
    /// Requests that act, whose answer the shop loses.
    lose: Arc<AtomicU32>,
}

fn week(place: &Place) -> Result<()> {
    let _turn = turn();
    let begun = std::time::Instant::now();
    let time = Time::new();
    let span = |day: i64, hour: i64, minute: i64, lasts: i64| {
        let from = time.at(day, hour, minute);
        Span { from, until: from + lasts }
    };
    let down = span(3, 14, 7, 30 * MINUTE);
    let laposte_conduct = Conduct::new(
        &time,
        2,
        vec![(span(1, 11, 0, HOUR), Fault::TooOften(None)), (span(4, 15, 0, 20 * MINUTE), Fault::WebPage)],
    );
    let chronopost_conduct =
        Conduct::new(&time, 1, vec![(span(2, 6, 0, 12 * HOUR), Fault::Away), (span(4, 10, 0, HOUR), Fault::TooOften(Some(120)))]);
    let shop_conduct = Conduct::new(&time, 60, vec![(span(2, 10, 0, HOUR), Fault::TooOften(None))]);

    let (laposte, chronopost) = (Arc::new(Register::default()), Arc::new(Register::default()));
    let clock = time.clone();
    let shop = WooShop::new("ck_week", "cs_week", move || clock.moment());
    let lose = Arc::new(AtomicU32::new(0));
    let carrier = |name: &str, conduct: &Arc<Conduct>, register: &Arc<Register>, answer: partners::Answers| {
        let (conduct, register, time) = (Arc::clone(conduct), Arc::clone(register), time.clone());
        Door::open(name, move |request| conduct.instead().unwrap_or_else(|| answer(&register, time.now(), request)))
    };
    let laposte_door = carrier("laposte", &laposte_conduct, &laposte, suivi)?;
    let chronopost_door = carrier("chronopost", &chronopost_conduct, &chronopost, skybill)?;
    let shop_door = {
        let (conduct, shop, lose) = (Arc::clone(&shop_conduct), shop.clone(), Arc::clone(&lose));
        Door::open("shop", move |request| {
            if let Some(reply) = conduct.instead() {
                return reply;
            }
            let reply = shop.answer(request);
            let acts = request.method != "GET";
            let lost = acts && lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
            if lost { Reply::nothing() } else { reply }
        })?
    };
    let mail = SmtpPeer::start()?;
    let addresses = Addresses {
        laposte: laposte_door.base_url(),
        chronopost: chronopost_door.base_url(),
        shop: shop_door.base_url(),
        mail: mail.address(),
    };

    let mut week = Week {
        time: time.clone(),
        shop,
        laposte,
        chronopost,
        webhooks: Vec::new(),
        choices: Vec::new(),
        agenda: BinaryHeap::new(),
        sequence: 0,
        draw: Draw::new(20),
        client: http()?,
        down,
        shop_trouble: Arc::clone(&shop_conduct),
        lose,
    };
    week.plan();
    week.live(place, &addresses)?;
    let lived = begun.elapsed();

    let books = facts(&place.database()?)?;
    let told = week.told(&books)?;
    let known = week.nothing_is_known_late(&books, &laposte_conduct, &chronopost_conduct)?;
    for (name, conduct) in [("La Poste", &laposte_conduct), ("Chronopost", &chronopost_conduct), ("the shop", &shop_conduct)] {
        let seen = conduct.seen();
        ensure!(seen.too_often == 0, "{name}: asked too often {} times: {seen:?}", seen.too_often);
        ensure!(seen.impatient == 0, "{name}: asked {} times before the time it named", seen.impatient);
        ensure!(seen.in_faults > 0, "{name}: its faults were never met: the test tries nothing");
        eprintln!("  {name}: {} calls, {} of them into a fault", seen.calls, seen.in_faults);
    }
    let chosen = week.every_choice_is_carried_out_once(&books)?;
    let stored = week.every_webhook_is_stored_once(&books)?;
    nothing_is_left(place)?;
    holds_and_rebuilds(place)?;
    eprintln!(
        "week, {}: {ORDERS} orders, {told} scans told, {known} of them by asking and none late; {chosen} choices carried out once; {stored} webhooks \
         stored once; {} letters; lived in {:.1} s, {:.1} s with its proof",
        place.kind(),
        mail.received(),
        lived.as_secs_f64(),
        begun.elapsed().as_secs_f64(),
    );
    Ok(())
}

impl Week {
    /// What will happen, drawn once.
    fn plan(&mut self) {
        for order in 0..ORDERS {
            let day = i64::try_from(order * 5 / ORDERS).expect("a day");
            let placed = self.time.at(day, 8, 0) + self.below(11 * 60) * MINUTE;
            self.happens(placed, Event::Order(order));
            self.happens(placed + 12 * HOUR, Event::Ship(order));
            let choice = match order % 10 {
                1 | 6 => Some((Choice::Cancel, placed + HOUR + self.below(120) * MINUTE)),
                3 => {
                    let day = moment(placed + 6 * DAY).wall.date().to_string();
                    Some((Choice::AnotherDay(day), placed + 2 * HOUR))
                }
                _ => None,
            };
            if let Some((choice, at)) = choice {
                self.choices.push((order, choice, false));
                let index = self.choices.len() - 1;
                self.happens(at, Event::Choice(index));
            }
        }
        self.happens(self.time.start, Event::Shop);
        self.happens(self.time.start + 10_000, Event::Carrier(0));
        self.happens(self.time.start + 20_000, Event::Carrier(1));
        self.happens(self.down.from, Event::Down);
        self.happens(self.down.until, Event::Up);
    }

    fn live(&mut self, place: &Place, partners: &Addresses) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let end = self.time.at(8, 12, 0);
        let mut house = Some(House::start(place, &self.time, partners, &runtime)?);
        if let Some(house) = &house {
            house.engine.set_secret("inbound:aftership", AFTERSHIP)?;
            house.engine.set_secret("inbound:sendcloud", SENDCLOUD)?;
            for playbook in house.engine.playbooks()? {
                house.engine.switch_playbook(&playbook.name, Mode::Automatic, "week")?;
            }
        }
        // Two answers about something done get lost: one cancels, one pays back or the other way round.
        self.lose.store(2, Ordering::SeqCst);
        let mut settled = self.time.now();
        while let Some(Reverse((at, _, event))) = self.agenda.pop() {
            if at > end {
                break;
            }
            self.time.clock.set(at);
            let mut soon = matches!(event, Event::Webhook(_) | Event::Choice(_));
            match (event, &mut house) {
                (Event::Order(order), _) => self.place_order(order),
                (Event::Ship(order), _) => self.ship(order),
                (Event::Down, running) => {
                    // Whatever was acknowledged and not yet acted on stays for the next start.
                    running.take().context("it runs")?.stop(&runtime)?;
                    continue;
                }
                (Event::Up, running) => {
                    *running = Some(House::start(place, &self.time, partners, &runtime)?);
                    self.happens(at, Event::Shop);
                    self.happens(at, Event::Carrier(0));
                    self.happens(at, Event::Carrier(1));
                    soon = true;
                }
                (Event::Carrier(index), Some(house)) => {
                    let passed = std::time::Duration::from_millis(u64::try_from(at - self.time.start)?);
                    let rest = house.carriers[index].turn(&house.engine, passed).rest;
                    self.happens(at + whole_millis(rest), Event::Carrier(index));
                }
                (Event::Shop, Some(house)) => {
                    let rest = house.shop.turn(&house.engine).rest;
                    self.happens(at + whole_millis(rest), Event::Shop);
                }
                (Event::Webhook(index), running) => self.post(index, running.as_ref())?,
                (Event::Choice(index), running) => self.choose(index, running.as_ref())?,
                // The threads of a Kept that is down end with it.
                (Event::Carrier(_) | Event::Shop, None) => {}
            }
            // The last choice before the stop is left undecided.
            let undisturbed = at < self.down.from - MINUTE || at >= self.down.until;
            if let Some(house) = house.as_ref().filter(|_| undisturbed && (soon || at - settled >= 3 * MINUTE)) {
                house.settle()?;
                settled = at;
            }
        }
        self.time.clock.set(end);
        let house = house.context("it runs")?;
        house.settle()?;
        house.stop(&runtime)
    }

    fn place_order(&self, order: u64) {
        self.shop.place(&OrderPlaced {
            order_number: number(order),
            at: self.time.moment(),
            customer: CustomerDetails {
                reference: Some(format!("C-{}", 7000 + order)),
                name: Some(format!("Anne Perret{order}")),
                email: Some(format!("anne.{order}@example.org")),
                city: Some("Brest".to_owned()),
                language: Some(if order.is_multiple_of(2) { kept_base::Language::French } else { kept_base::Language::English }),
                country: Some(kept_base::Country::FR),
                ..CustomerDetails::default()
            },
            lines: vec![LineOrdered {
                sku: "VESTA".to_owned(),
                title: Some("Lampe Vesta".to_owned()),
                quantity: 1,
                price: Some(Money::new(4_590 + i64::try_from(order).unwrap_or(0), Currency::EUR)),
                seller: None,
            }],
            delivery_fee: Some(Money::new(490, Currency::EUR)),
            promised_day: Some(moment(self.time.now() + 3 * DAY).wall.date()),
            promised_at: None,
            ship_by: None,
            destination_country: Some(kept_base::Country::FR),
            destination_postal: Some("29200".to_owned()),
            as_of: None,
        });
    }

    /// The warehouse sends what was not cancelled; from here on its carrier knows the parcel's way.
    fn ship(&mut self, order: u64) {
        let now = self.time.now();
        let name = number(order);
        if !self.shop.stands(&name) {
            return;
        }
        let after = |draw: &mut Draw, hours: i64| now + hours * HOUR + i64::try_from(draw.below(3000)).unwrap_or(0) * 1000;
        let times: Vec<i64> = [2, 5, 14, 26, 31, 38].into_iter().map(|hours| after(&mut self.draw, hours)).collect();
        let way = |codes: [(&'static str, &'static str); 6]| -> Vec<Scan> {
            times.iter().zip(codes).map(|(at, (code, label))| (*at, code, label)).collect()
        };
        let (carrier, tracking) = match order % 4 {
            0 => ("colissimo", format!("6A{:011}", 40_000_000_000 + order)),
            1 => ("chronopost", format!("XY{:09}FR", 500_000_000 + order)),
            2 => ("dpd", format!("{:014}", 26_000_000_000_000 + order)),
            _ => ("mondial_relay", format!("{:08}", 34_000_000 + order)),
        };
        match carrier {
            "colissimo" => self.laposte.add(&tracking, way(SUIVI)),
            "chronopost" => self.chronopost.add(&tracking, way(SKYBILL)),
            "dpd" => self.pushed(&name, &tracking, &times, aftership),
            _ => self.pushed(&name, &tracking, &times, sendcloud),
        }
        self.shop.ship(&name, carrier, &tracking, &moment(now), &[]).expect("the order");
    }

    /// A parcel whose news is pushed: some of it never, some twice, some after what came later.
    fn pushed(&mut self, order: &str, tracking: &str, times: &[i64], tell: fn(&str, &str, &[i64]) -> Webhook) {
        for told in 1..=times.len() {
            if self.below(100) < 12 {
                continue;
            }
            self.webhooks.push(tell(order, tracking, &times[..told]));
            let index = self.webhooks.len() - 1;
            let slow = if self.below(100) < 20 { HOUR + self.below(3 * 60) * MINUTE } else { 0 };
            let sent = times[told - 1] + self.below(120) * 1000 + slow;
            self.happens(sent, Event::Webhook(index));
            if self.below(100) < 20 {
                let again = sent + MINUTE + self.below(90) * MINUTE;
                self.happens(again, Event::Webhook(index));
            }
        }
    }

    fn post(&mut self, index: usize, house: Option<&House>) -> Result<()> {
        let now = self.time.now();
        let again = now + 5 * MINUTE;
        let Some(house) = house else {
            self.happens(again, Event::Webhook(index));
            return Ok(());
        };
        let webhook = &mut self.webhooks[index];
        let request = self.client.post(format!("http://{}/in/{}", house.address, webhook.source)).body(webhook.body.clone());
        let request = match webhook.source {
            "aftership" => request.header(
                "aftership-hmac-sha256",
                base64::engine::general_purpose::STANDARD.encode(signature(AFTERSHIP, &webhook.body)),
            ),
            _ => {
                let hex: String = signature(SENDCLOUD, &webhook.body).iter().map(|byte| format!("{byte:02x}")).collect();
                request.header("Sendcloud-Signature", hex)
            }
        };
        let answer = request.header("content-type", "application/json").send()?;
        ensure!(answer.status() == 200, "a webhook was answered with {}", answer.status());
        webhook.taken.get_or_insert(now);
        Ok(())
    }

    /// On the customer's own page; somebody whose click is not taken tries again in a while.
    fn choose(&mut self, index: usize, house: Option<&House>) -> Result<()> {
        let now = self.time.now();
        let (order, choice, _) = self.choices[index].clone();
        let found = house.map(|house| house.engine.find(&number(order))).transpose()?.flatten();
        let (Some(house), Some(Found::Order(id))) = (house, found) else {
            self.happens(now + 10 * MINUTE, Event::Choice(index));
            return Ok(());
        };
        let (file, _) = house.engine.order(id)?.context("the order")?;
        let secret = house.engine.customer_secret(file.order.customer.context("its customer")?)?;
        let promise = file.order.delivery.context("its delivery")?;
        let fields = match &choice {
            Choice::Cancel => format!("promise={promise}&says=cancel"),
            Choice::AnotherDay(day) => format!("promise={promise}&says=another_day&day={day}"),
        };
        let request = self.client.post(format!("http://{}/p/{secret}/answer", house.address)).body(fields);
        let request = request.header("content-type", "application/x-www-form-urlencoded").header("sec-fetch-site", "same-origin");
        let answer = request.send()?;
        ensure!(
            answer.status().is_redirection() || answer.status().is_success(),
            "a choice was answered with {}",
            answer.status()
        );
        let went = answer.headers().get("location").map(|location| location.to_str().unwrap_or_default().to_owned());
        ensure!(!went.clone().unwrap_or_default().contains("not-taken"), "a choice was not taken: {went:?}");
        self.choices[index].2 = true;
        Ok(())
    }

    fn happens(&mut self, at: i64, event: Event) {
        self.sequence += 1;
        self.agenda.push(Reverse((at, self.sequence, event)));
    }

    fn below(&mut self, bound: u64) -> i64 {
        i64::try_from(self.draw.below(bound)).expect("a small number")
    }
}

const SUIVI: [(&str, &str); 6] = [
    ("DR1", "Votre Colissimo va bientôt nous être confié !"),
    ("PC1", "Votre Colissimo est pris en charge par La Poste."),
    ("ET1", "Votre colis est en transit sur nos plateformes logistiques."),
    ("MD2", "Votre colis est arrivé sur son site de distribution."),
    ("MD2", "Votre colis est en cours de livraison par votre facteur."),
    ("DI1", "Votre colis est livré."),
];
const SKYBILL: [(&str, &str); 6] = [
    ("DC", "Envoi en cours de préparation chez l'expéditeur"),
    ("DB", "Envoi pris en charge"),
    ("TS", "Envoi en cours d'acheminement"),
    ("SD", "Tri effectué sur le site de livraison"),
    ("TA", "Envoi en cours de livraison"),
    ("D", "Livraison effectuée"),
];
fn number(order: u64) -> String {
    format!("W-{}", 5000 + order)
}

fn whole_millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX)
}
