//! An order's life, drawn when it is placed.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use kept_base::{Country, Currency, Money};
use kept_domain::input::{
    Answer, CancelledBy, CustomerAnswered, CustomerContacted, Input, LineOrdered, News, OrderLinesCancelled, OrderPlaced,
    ParcelAnnounced, RefundPaid,
};

use super::SharedParcel;
use super::clock::{Clock, days_after, later};
use super::goods;
use super::parcel::{Carrier, Parcel, Scan, Step};
use super::people::Person;
use super::words;
use crate::rng::Rng;

/// What goes wrong with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    None,
    /// No scan for days, then it arrives.
    Silent,
    /// No scan ever again.
    Lost,
    /// A label, and the parcel stays in the warehouse.
    LateHandOver,
    /// Nobody home, as the carrier says.
    FailedAttempt,
    /// The carrier cannot read the address.
    Address,
    /// Left at a counter.
    Pickup,
    /// The carrier says delivered; the customer says no.
    DeliveredNot,
    /// Damaged on the way and sent back.
    Damaged,
    /// Late by the carrier's own word.
    Delayed,
    /// Lines that were shown as available and are not.
    OutOfStock,
    /// The customer no longer wants it.
    CustomerCancels,
    /// The customer wishes another day.
    AnotherDay,
    /// Two parcels, the second days later.
    Split,
    /// The carrier uses a code nobody has heard of.
    Unheard,
}

impl Trouble {
    /// How often each occurs in so many orders.
    pub(super) const DECK: [(Trouble, usize); 15] = [
        (Trouble::None, 60),
        (Trouble::Silent, 3),
        (Trouble::Lost, 1),
        (Trouble::LateHandOver, 3),
        (Trouble::FailedAttempt, 4),
        (Trouble::Address, 2),
        (Trouble::Pickup, 4),
        (Trouble::DeliveredNot, 1),
        (Trouble::Damaged, 1),
        (Trouble::Delayed, 3),
        (Trouble::OutOfStock, 3),
        (Trouble::CustomerCancels, 1),
        (Trouble::AnotherDay, 1),
        (Trouble::Split, 2),
        (Trouble::Unheard, 1),
    ];
}

/// What an order's life is drawn from.
pub(super) struct OrderSeed {
    pub seed: u64,
    pub serial: u64,
    pub number: String,
    pub placed: Timestamp,
    pub trouble: Trouble,
}

/// Something that will happen.
pub(super) struct Planned {
    pub at: Timestamp,
    pub what: What,
}

/// What will happen.
pub(super) enum What {
    Order(Box<Input>),
    Fact(Box<Input>),
    Scan { parcel: SharedParcel, index: usize, sent: Timestamp },
}

/// Everything that will happen to an order, in no particular order.
pub(super) fn plan(order: &OrderSeed, person: &Person, clock: &Clock) -> Vec<Planned> {
    let mut rng = Rng::new(order.seed, 10_000_000 + order.serial);
    let lines = goods::basket(&mut rng, person.speaks_french());
    let express = rng.percent(20);
    let placed_day = clock.day_of(order.placed);
    let abroad = person.country != Country::FR;
    let promised_days = if express { 2 } else { rng.between(3, 5) } + if abroad { 3 } else { 0 };
    let promised_day = clock.working_days_after(placed_day, promised_days);
    let in_time = clock.minute_of(order.placed) < 12 * 60;
    let ready_day = if in_time { clock.working_day_from(placed_day) } else { clock.working_days_after(placed_day, 1) };
    let mut life =
        Life { order, person, clock, rng, lines, express, abroad, ready_day, promised_day, planned: Vec::new(), facts: 0 };
    life.place();
    life.unfold();
    life.planned
}

struct Life<'w> {
    order: &'w OrderSeed,
    person: &'w Person,
    clock: &'w Clock,
    rng: Rng,
    lines: Vec<LineOrdered>,
    express: bool,
    abroad: bool,
    /// When the warehouse is ready to hand over.
    ready_day: Date,
    promised_day: Date,
    planned: Vec<Planned>,
    facts: u32,
}

impl Life<'_> {
    fn place(&mut self) {
        let total = goods::total(&self.lines);
        let fee = match (self.express, total) {
            (true, _) => Some(990),
            (false, ..6_000) => Some(490),
            _ => None,
        };
        let news = News::OrderPlaced(OrderPlaced {
            order_number: self.order.number.clone(),
            at: self.clock.moment(self.order.placed),
            customer: self.person.details.clone(),
            lines: self.lines.clone(),
            delivery_fee: fee.map(|cents| Money::new(cents, Currency::EUR)),
            promised_day: Some(self.promised_day),
            promised_at: None,
            ship_by: Some(self.clock.working_days_after(self.clock.day_of(self.order.placed), 1)),
            destination_country: Some(self.person.country),
            destination_postal: Some(self.person.postal.clone()),
            as_of: None,
        });
        let input = Box::new(self.input(news));
        self.planned.push(Planned { at: later(self.order.placed, 1), what: What::Order(input) });
    }

    fn unfold(&mut self) {
        match self.order.trouble {
            Trouble::CustomerCancels => {
                let minutes = self.rng.between(20, 150);
                let at = later(self.order.placed, minutes);
                self.cancel(at, Vec::new(), CancelledBy::Customer, None);
                let paid = later(at, 60 * self.rng.between(20, 60));
                self.refund(paid, goods::total(&self.lines));
            }
            Trouble::OutOfStock => self.run_out(),
            Trouble::Split if self.lines.len() > 1 => {
                let skus: Vec<String> = self.lines.iter().map(|line| line.sku.clone()).collect();
                let (first, rest) = skus.split_at(1);
                let (first, rest) = (first.to_vec(), rest.to_vec());
                let second_day = self.clock.working_days_after(self.ready_day, self.rng.between(1, 3));
                self.send(0, self.ready_day, first);
                self.send(1, second_day, rest);
            }
            _ => self.send(0, self.ready_day, Vec::new()),
        }
    }

    /// The pharmacy basket: one line comes, the others were never there.
    fn run_out(&mut self) {
        let noticed_day = self.clock.working_days_after(self.ready_day, self.rng.below(3));
        let noticed = self.clock.at(noticed_day, self.rng.between(700, 1_000));
        let kept = usize::from(self.lines.len() > 1);
        let gone: Vec<String> = self.lines.iter().skip(kept).map(|line| line.sku.clone()).collect();
        let owed: i64 = self.lines.iter().skip(kept).filter_map(|line| line.price).map(|price| price.minor).sum();
        self.cancel(noticed, if kept == 0 { Vec::new() } else { gone }, CancelledBy::Shop, Some("unavailable"));
        // The shop does not always think of the money.
        if self.rng.percent(70) {
            let day = self.clock.working_days_after(noticed_day, self.rng.between(2, 9));
            let at = self.clock.at(day, self.rng.between(540, 1_020));
            self.refund(at, owed);
        }
        if kept > 0 {
            let sku = self.lines.first().map(|line| line.sku.clone());
            self.send(0, self.ready_day, sku.into_iter().collect());
        } else if self.rng.percent(50) {
            let at = self.clock.at(days_after(noticed_day, 2), self.rng.between(560, 1_200));
            self.contact(at, true, words::where_is_my_money(self.person.speaks_french()));
        }
    }

    /// A parcel from its label to its end.
    fn send(&mut self, which: u64, ready_day: Date, skus: Vec<String>) {
        let carrier = match self.rng.below(100) {
            _ if self.express && !self.abroad => Carrier::Chronopost,
            ..60 => Carrier::Colissimo,
            _ => Carrier::Dpd,
        };
        let number = carrier.tracking_number(self.order.serial * 2 + which);
        let label = self.clock.at(ready_day, self.rng.between(740, 900));
        let news = News::ParcelAnnounced(ParcelAnnounced {
            order_number: self.order.number.clone(),
            carrier: carrier.name().to_owned(),
            tracking_number: number.clone(),
            at: self.clock.moment(label),
            skus,
        });
        self.fact(label, news);
        let scans = self.way(label, ready_day, carrier);
        let without_offset = carrier == Carrier::Dpd && self.rng.percent(10);
        self.react(&scans, label);
        let parcel = Arc::new(Parcel { number, carrier, order_number: self.order.number.clone(), without_offset, scans });
        let mut told_last = label;
        for (index, scan) in parcel.scans.iter().enumerate() {
            // News of one parcel never overtake each other; those of different parcels do.
            let sent = later(scan.at, self.rng.between(2, 25)).max(later(told_last, 1));
            told_last = sent;
            self.planned.push(Planned { at: sent, what: What::Scan { parcel: Arc::clone(&parcel), index, sent } });
            if !carrier.is_asked() && self.rng.percent(2) {
                let again = later(sent, 30);
                self.planned.push(Planned { at: again, what: What::Scan { parcel: Arc::clone(&parcel), index, sent } });
            }
        }
    }

    fn way(&mut self, label: Timestamp, ready_day: Date, carrier: Carrier) -> Vec<Scan> {
        let trouble = self.order.trouble;
        let waits = if trouble == Trouble::LateHandOver { self.rng.between(2, 4) } else { 0 };
        let handed_day = self.clock.working_days_after(ready_day, waits);
        let days = match carrier {
            Carrier::Chronopost => 1,
            Carrier::Dpd => self.rng.between(1, 2),
            Carrier::Colissimo => 2 + i64::from(self.rng.percent(12)),
        } + if self.abroad { 2 } else { 0 };
        let expected = self.clock.working_days_after(handed_day, days);
        let mut way = Way { clock: self.clock, scans: Vec::new() };
        let (hub, depot) = ("Gonesse", self.person.city().to_owned());
        way.add(later(label, self.rng.between(8, 40)), Step::Announced, "Pantin", None);
        way.add(self.clock.at(handed_day, self.rng.between(1_050, 1_140)), Step::HandedOver, "Pantin", Some(expected));
        way.add(self.clock.at(handed_day, self.rng.between(1_320, 1_560)), Step::InNetwork, hub, None);
        if trouble == Trouble::Lost {
            return way.scans;
        }
        let slipped = match trouble {
            Trouble::Silent => self.rng.between(3, 6),
            Trouble::Delayed => self.rng.between(1, 3),
            _ => 0,
        };
        let mut day = self.clock.working_days_after(expected, slipped);
        if trouble == Trouble::AnotherDay {
            day = day.max(self.wished_day());
        }
        if days > 1 && trouble != Trouble::Silent {
            way.add(self.clock.at(days_after(handed_day, 1), self.rng.between(1_330, 1_500)), Step::InNetwork, hub, None);
        }
        match trouble {
            Trouble::Delayed => {
                let step = if self.rng.percent(70) { Step::Delayed } else { Step::Weather };
                way.add(self.clock.at(expected, self.rng.between(420, 540)), step, hub, Some(day));
            }
            Trouble::Unheard => way.add(self.clock.at(expected, 300), Step::Unheard, hub, None),
            Trouble::Damaged => {
                way.add(self.clock.at(expected, self.rng.between(380, 600)), Step::Damaged, hub, None);
                way.add(self.clock.at(self.clock.working_days_after(expected, 1), 620), Step::Returning, hub, None);
                way.add(self.clock.at(self.clock.working_days_after(expected, 4), 690), Step::Returned, "Pantin", None);
                return way.scans;
            }
            _ => {}
        }
        way.add(self.clock.at(day, self.rng.between(330, 405)), Step::AtDepot, &depot, None);
        way.add(self.clock.at(day, self.rng.between(465, 540)), Step::OutForDelivery, &depot, None);
        self.arrive(&mut way, day, &depot);
        way.scans
    }

    /// The last mile, from the van on.
    fn arrive(&mut self, way: &mut Way<'_>, day: Date, depot: &str) {
        let at_door = self.clock.at(day, self.rng.between(570, 1_080));
        let next = self.clock.working_days_after(day, 1);
        match self.order.trouble {
            Trouble::FailedAttempt => {
                let step = if self.rng.percent(75) { Step::Absent } else { Step::NoAccess };
                way.add(at_door, step, depot, Some(next));
                if self.rng.percent(50) {
                    way.add(self.clock.at(next, self.rng.between(570, 660)), Step::ReadyForPickup, depot, None);
                    self.collect(way, next, depot);
                } else {
                    way.add(self.clock.at(next, self.rng.between(465, 540)), Step::OutForDelivery, depot, None);
                    way.add(self.clock.at(next, self.rng.between(570, 1_080)), Step::Delivered, depot, None);
                }
            }
            Trouble::Address => {
                way.add(at_door, Step::AddressProblem, depot, None);
                if self.rng.percent(70) {
                    let again = self.clock.working_days_after(day, self.rng.between(2, 3));
                    way.add(self.clock.at(again, self.rng.between(465, 540)), Step::OutForDelivery, depot, Some(again));
                    way.add(self.clock.at(again, self.rng.between(570, 1_080)), Step::Delivered, depot, None);
                } else {
                    way.add(self.clock.at(self.clock.working_days_after(day, 5), 600), Step::Returning, depot, None);
                    way.add(self.clock.at(self.clock.working_days_after(day, 8), 660), Step::Returned, "Pantin", None);
                }
            }
            Trouble::Pickup => {
                way.add(at_door, Step::ReadyForPickup, depot, None);
                self.collect(way, next, depot);
            }
            _ => way.add(at_door, Step::Delivered, depot, None),
        }
    }

    fn collect(&mut self, way: &mut Way<'_>, from: Date, depot: &str) {
        if self.rng.percent(80) {
            let day = self.clock.working_days_after(from, self.rng.between(0, 3));
            way.add(self.clock.at(day, self.rng.between(680, 1_120)), Step::PickedUp, depot, None);
        } else {
            way.add(self.clock.at(days_after(from, 15), 600), Step::Returning, depot, None);
            way.add(self.clock.at(days_after(from, 19), 660), Step::Returned, "Pantin", None);
        }
    }

    fn wished_day(&self) -> Date {
        self.clock.working_days_after(self.promised_day, 3)
    }

    /// What the customer does about it.
    fn react(&mut self, scans: &[Scan], label: Timestamp) {
        let french = self.person.speaks_french();
        let find = |steps: &[Step]| scans.iter().find(|scan| steps.contains(&scan.step)).map(|scan| scan.at);
        let received = find(&[Step::Delivered, Step::PickedUp]);
        let trouble = self.order.trouble;
        if trouble == Trouble::AnotherDay {
            let at = later(self.order.placed, self.rng.between(60, 400)).min(label);
            let day = self.wished_day();
            self.answer(at, Answer::AnotherDay { day });
        }
        if let Some(at) = find(&[Step::Absent, Step::NoAccess]).filter(|_| self.rng.percent(40)) {
            let at = later(at, self.rng.between(20, 200));
            self.answer(at, Answer::AttemptContested);
        }
        if let Some(at) = find(&[Step::AddressProblem]).filter(|_| self.rng.percent(60)) {
            let at = later(at, self.rng.between(90, 600));
            self.contact(at, false, words::my_address(french));
        }
        if let (Trouble::DeliveredNot, Some(delivered)) = (trouble, received) {
            let at = later(delivered, self.rng.between(150, 1_200));
            self.answer(at, Answer::NotArrived);
            if self.rng.percent(50) {
                let at = later(at, self.rng.between(900, 2_800));
                self.answer(at, Answer::Arrived);
            }
            return;
        }
        self.ask(received, trouble);
        if let Some(received) = received {
            let at = later(received, self.rng.between(5, 600));
            match self.rng.below(100) {
                ..5 => self.contact(at, false, words::thanks(french)),
                5..12 => self.answer(at, Answer::Arrived),
                _ => {}
            }
        }
    }

    /// Customers who wait too long ask; some ask before, when nothing is heard.
    fn ask(&mut self, received: Option<Timestamp>, trouble: Trouble) {
        let french = self.person.speaks_french();
        let early = matches!(trouble, Trouble::Silent | Trouble::Lost | Trouble::LateHandOver) && self.rng.percent(30);
        let first_day = if early { self.promised_day } else { days_after(self.promised_day, 1) };
        let patience = if trouble == Trouble::AnotherDay { 0 } else { 45 };
        let mut asks = self.clock.at(first_day, self.rng.between(540, 1_240));
        let times = if self.rng.percent(patience) { 1 + i64::from(self.rng.percent(30)) } else { i64::from(early) };
        for time in 0..times {
            if received.is_some_and(|received| received <= asks) {
                return;
            }
            self.contact(asks, true, words::where_is_it(french, time > 0));
            if time == 0 && self.rng.percent(15) {
                let at = later(asks, 40);
                let answer = if self.rng.percent(70) { Answer::Wait } else { Answer::Cancel };
                self.answer(at, answer);
            }
            asks = later(asks, 60 * self.rng.between(26, 60));
        }
    }

    fn cancel(&mut self, at: Timestamp, skus: Vec<String>, by: CancelledBy, cause: Option<&str>) {
        let news = News::OrderLinesCancelled(OrderLinesCancelled {
            order_number: self.order.number.clone(),
            at: self.clock.moment(at),
            skus,
            quantity: None,
            by,
            cause: cause.map(str::to_owned),
        });
        self.fact(at, news);
    }

    fn refund(&mut self, at: Timestamp, cents: i64) {
        let amount = Money::new(cents, Currency::EUR);
        self.fact(
            at,
            News::RefundPaid(RefundPaid { order_number: self.order.number.clone(), at: self.clock.moment(at), amount }),
        );
    }

    fn contact(&mut self, at: Timestamp, asked: bool, text: &str) {
        let mut customer = self.person.reference();
        customer.order_number = Some(self.order.number.clone());
        let channel = match self.rng.below(10) {
            ..5 => "mail",
            5..8 => "phone",
            _ => "chat",
        };
        let text = text.replace("{order}", &self.order.number);
        let at_paris = self.clock.moment(at);
        let news = CustomerContacted {
            customer,
            promise: None,
            at: at_paris,
            channel: channel.to_owned(),
            asked,
            text: Some(text),
            noted_by: None,
        };
        self.fact(at, News::CustomerContacted(news));
    }

    fn answer(&mut self, at: Timestamp, answer: Answer) {
        let news = CustomerAnswered {
            promise: None,
            order_number: Some(self.order.number.clone()),
            at: self.clock.moment(at),
            answer,
            noted_by: None,
        };
        self.fact(at, News::CustomerAnswered(news));
    }

    fn fact(&mut self, at: Timestamp, news: News) {
        let input = Box::new(self.input(news));
        self.planned.push(Planned { at: later(at, 1), what: What::Fact(input) });
    }

    fn input(&mut self, news: News) -> Input {
        self.facts += 1;
        Input { source: "shop".to_owned(), event_id: Some(format!("{}-{}", self.order.number, self.facts)), news }
    }
}

struct Way<'w> {
    clock: &'w Clock,
    scans: Vec<Scan>,
}

impl Way<'_> {
    /// A scan; never before the one before it.
    fn add(&mut self, at: Timestamp, step: Step, place: &str, estimate: Option<Date>) {
        let after = self.scans.last().map_or(at, |last| later(last.at, 3));
        // Nobody scans in the small hours on the road; only the hub works at night.
        let at = if step == Step::InNetwork || self.clock.minute_of(at) >= 240 { at } else { later(at, 240) };
        self.scans.push(Scan { at: at.max(after), step, place: place.to_owned(), estimate });
    }
}
