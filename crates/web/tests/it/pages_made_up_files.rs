//! Made-up orders, promises and customers with all that belongs to them.

use jiff::civil::date;
use kept_base::{BrandId, Country, Currency, CustomerId, Language, LineId, Money, OrderId, ParcelId, Position, PromiseId};
use kept_domain::customer::{Contact, Customer};
use kept_domain::errand::{ErrandKind, ErrandState};
use kept_domain::input::{CancelledBy, CustomerDetails};
use kept_domain::message::MessageState;
use kept_domain::order::{Backorder, Line, Order};
use kept_domain::parcel::Parcel;
use kept_domain::promise::{Promise, PromiseState};
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_engine::views::*;

use crate::pages_made_up::{at, at_risk, due, facts, line, message_file, message_line, outcome, parcel, person, promise, told};
use crate::pages_made_up_house::errand_line;

pub fn order_file() -> OrderFile {
    let line = |id: i64, sku: &str, quantity: u32, minor: i64| Line {
        id: LineId::new(id),
        sku: sku.to_owned(),
        title: None,
        quantity,
        price: Some(Money::new(minor, Currency::EUR)),
        cancelled: (id == 2).then(|| (CancelledBy::Shop, at("2026-11-26T09:00:00Z"))),
        removed: false,
        backorder: (id == 1).then(|| Backorder {
            since: at("2026-11-24T09:00:00Z"),
            expected: Some(at("2026-12-01T23:00:00Z")),
            said: Position(8502),
        }),
        restocked_at: None,
        seller: (id == 2).then(|| "Atelier Ida".to_owned()),
    };
    OrderFile {
        order: Order {
            id: OrderId::new(50),
            brand: BrandId::new(1),
            shop: "woocommerce".to_owned(),
            number: "10377".to_owned(),
            customer: Some(CustomerId::new(40)),
            placed_at: at("2026-11-23T19:31:00Z"),
            as_of: None,
            supplies: Vec::new(),
            lines: vec![line(1, "VESTA-L", 1, 14500), line(2, "E27-2", 2, 2960)],
            fee: Some(Money::new(990, Currency::EUR)),
            promised: Some(due(date(2026, 11, 28))),
            ship_by: None,
            country: Some(Country::FR),
            zone: "Europe/Paris".to_owned(),
            parcels: vec![ParcelId::new(60)],
            delivery: Some(PromiseId::new(2_000_377)),
            refund: None,
            refunded: Some(Money::new(2960, Currency::EUR)),
            facts: Vec::new(),
        },
        titles: vec![Some("Lampe Vesta, laiton".to_owned()), Some("Ampoule E27".to_owned())],
        person: Some(person(40, "Anne Perret", "Brest")),
        parcels: vec![parcel(60, "chronopost", "XY123456789FR", Milestone::InNetwork, Some(ExceptionKind::StalledInNetwork))],
        promises: vec![at_risk()],
    }
}

pub fn promise_file() -> PromiseFile {
    PromiseFile {
        line: line(
            at_risk(),
            "Mme Perret",
            "10377",
            vec![parcel(60, "chronopost", "XY123456789FR", Milestone::InNetwork, Some(ExceptionKind::StalledInNetwork))],
            Some(71),
        ),
        order: Some(order_file()),
        sentences: vec![Some("Livraison sous 5 jours".to_owned()), None],
        messages: vec![message_file(71, MessageState::Waiting)],
        errands: vec![errand_line(90, ErrandState::Waiting), errand_line(91, ErrandState::Refused)],
        offers: Offers { kinds: ErrandKind::ALL.to_vec(), destination: Some(Country::FR), ..Offers::default() },
        related: vec![Promise {
            amount: Some(Money::new(2960, Currency::EUR)),
            ..promise(2_000_378, "refund", PromiseState::Open, "2026-11-26T09:00:00Z", Some(date(2026, 12, 10)))
        }],
        facts: facts(),
        watch_at: Some(at("2026-11-27T15:00:00Z")),
    }
}

pub fn customer() -> Customer {
    Customer {
        id: CustomerId::new(40),
        brand: BrandId::new(1),
        since: at("2025-03-02T10:00:00Z"),
        language: Language::French,
        country: Some(Country::FR),
        zone: "Europe/Paris".to_owned(),
        consumer: true,
        has_address: true,
        has_phone: false,
        details: None,
        orders: vec![OrderId::new(50), OrderId::new(51)],
        promises: vec![PromiseId::new(2_000_377)],
        contacts: vec![
            Contact { at: at("2026-11-26T09:00:00Z"), channel: "phone".to_owned(), asked: true, text: None },
            Contact { at: at("2026-11-20T09:00:00Z"), channel: "mail".to_owned(), asked: false, text: None },
        ],
        bounced: None,
        phone_bounced: None,
        sms_stopped: None,
        erased: false,
        facts: Vec::new(),
    }
}

pub fn customer_file() -> CustomerFile {
    CustomerFile {
        customer: customer(),
        person: person(40, "Anne Perret", "Brest"),
        promises: vec![promise_file().line],
        orders: vec![order_file().order],
        messages: vec![message_line(71, MessageState::Waiting), message_line(70, MessageState::Accepted)],
        facts: facts(),
    }
}

pub fn customer_page() -> CustomerPage {
    let kept = Promise {
        outcome: Some(outcome(PromiseState::Kept, "2026-11-23T15:20:00Z")),
        ..promise(2_000_300, "call_back", PromiseState::Kept, "2026-11-20T10:00:00Z", Some(date(2026, 11, 24)))
    };
    let delivered = Promise {
        outcome: Some(outcome(PromiseState::KeptLate, "2026-11-19T15:20:00Z")),
        told: vec![told("2026-11-17T08:00:00Z")],
        ..promise(2_000_200, "delivery", PromiseState::KeptLate, "2026-11-12T10:00:00Z", Some(date(2026, 11, 18)))
    };
    let refund = Promise {
        amount: Some(Money::new(2400, Currency::EUR)),
        ..promise(2_000_378, "refund", PromiseState::Open, "2026-11-26T09:00:00Z", Some(date(2026, 12, 4)))
    };
    let file = |promise: Promise, number: &str, parcels: Vec<Parcel>| PromiseFile {
        line: line(promise, "Anne Perret", number, parcels, None),
        order: None,
        sentences: vec![],
        messages: vec![],
        errands: vec![],
        offers: Offers::default(),
        related: vec![],
        facts: vec![],
        watch_at: None,
    };
    let risky = Promise { told: vec![told("2026-11-27T13:06:00Z")], ..at_risk() };
    let choice = |says, label, amount| Choice { says, label, amount };
    let offers = Offers {
        kinds: ErrandKind::ALL.to_vec(),
        choices: vec![
            choice("arrived", "own-choice-arrived", None),
            choice("another_day", "own-choice-another-day", None),
            choice("new_address", "own-choice-new-address", None),
            choice("pickup_point", "own-choice-pickup-point", None),
            choice("cancel", "own-choice-cancel-amount", Some(Money::new(13_890, Currency::EUR))),
        ],
        destination: Some(Country::FR),
    };
    CustomerPage {
        customer: customer(),
        person: Person {
            id: CustomerId::new(40),
            details: Some(CustomerDetails {
                name: Some("Anne Perret".to_owned()),
                city: Some("Brest".to_owned()),
                ..CustomerDetails::default()
            }),
        },
        promises: vec![
            PromiseFile {
                offers,
                ..file(
                    risky,
                    "10377",
                    vec![parcel(60, "chronopost", "XY123456789FR", Milestone::InNetwork, Some(ExceptionKind::StalledInNetwork))],
                )
            },
            file(refund, "10377", vec![]),
            file(kept, "10377", vec![]),
            file(delivered, "10201", vec![parcel(64, "laposte", "6A123", Milestone::Delivered, None)]),
        ],
    }
}
