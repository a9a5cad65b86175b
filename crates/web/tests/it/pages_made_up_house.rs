//! Made-up figures, playbooks, unread codes and settings: what is about the house, and not about one person's promise.

use std::collections::BTreeMap;

use jiff::civil::date;
use kept_base::{
    BrandId, Currency, CustomerId, ErrandId, Language, Money, OrderId, Position, PromiseId, SealedId, TokenId, UserId,
};
use kept_domain::SealedRef;
use kept_domain::errand::{Errand, ErrandKind, ErrandState};
use kept_domain::message::Mode;
use kept_domain::notice::{Notice, NoticesSaid, Teller};
use kept_domain::promise::SignalKind;
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_engine::ports::Trouble;
use kept_engine::views::*;
use kept_engine::{ApiToken, Outlook, TellerLine, User, WarningCurve};
use kept_learn::{Arrival, Basis, Costs, Forecast, HOUR, Level, Pace, Point, Policy};
use kept_web::pages::settings::SettingsFacts;

use crate::pages_made_up::{at, person};

pub fn errand_line(number: i64, state: ErrandState) -> ErrandLine {
    let refund = number % 2 == 0;
    ErrandLine {
        errand: Errand {
            id: ErrandId::new(number),
            brand: BrandId::new(1),
            shop: "woocommerce".to_owned(),
            kind: if refund { ErrandKind::Refund } else { ErrandKind::CancelOrder },
            order: OrderId::new(50),
            promise: PromiseId::new(2_000_377),
            customer: Some(CustomerId::new(40)),
            amount: refund.then_some(Money::new(4590, Currency::EUR)),
            content: SealedRef { id: SealedId::new(number), hash: "00".repeat(16) },
            playbook: if refund { "pay-back" } else { "carry-out-cancel" }.to_owned(),
            by: if refund { "playbook" } else { "customer" }.to_owned(),
            state,
            reason: None,
            asked_at: at("2026-11-27T13:20:00Z"),
            handled_by: None,
            attempts: u32::from(state == ErrandState::Refused),
            said: (state == ErrandState::Refused).then(|| "the order is completed in WooCommerce already".to_owned()),
            settled_at: None,
            facts: Vec::new(),
        },
        order_number: Some("10377".to_owned()),
        person: Some(person(40, "Anne Perret", "Brest")),
        act: None,
        offered: true,
    }
}

fn share(count: u64, of: u64) -> Share {
    let (n, p, z) = (of as f64, count as f64 / of as f64, 1.96_f64);
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    Share { count, of, low: middle - half, high: middle + half }
}

pub fn figures() -> Figures {
    Figures {
        due: 412,
        kept: share(371, 398),
        kept_late: share(19, 398),
        broken: share(8, 398),
        withdrawn: share(3, 398),
        released: 4,
        late_open: 2,
        open: 31,
        amended: 6,
        disputed: 1,
        told_first: share(21, 27),
        coverage: share(397, 412),
        chased: share(14, 412),
        chasers: 17,
        needless: share(5, 30),
        by_hand: share(14, 390),
        own_hand: share(3, 390),
        by_hand_by_owner: vec![("service".to_owned(), share(14, 19))],
        own_hand_by_owner: vec![("service".to_owned(), share(3, 19))],
        length_hours: Quantiles { n: 398, median: Some(118.0), p90: Some(172.0) },
        lead_hours: Quantiles { n: 30, median: Some(26.0), p90: Some(51.0) },
        held_hours: Quantiles { n: 4, median: Some(216.0), p90: Some(530.0) },
        by_carrier: vec![
            ("chronopost".to_owned(), share(120, 129)),
            ("laposte".to_owned(), share(201, 211)),
            ("dpd".to_owned(), share(50, 58)),
        ],
        by_kind: vec![
            ("delivery".to_owned(), share(340, 366)),
            ("refund".to_owned(), share(22, 22)),
            ("reply".to_owned(), share(9, 10)),
        ],
        by_giver: vec![("law".to_owned(), share(49, 58)), ("shop".to_owned(), share(322, 340))],
        by_owner: vec![("accounts".to_owned(), share(22, 22)), ("operations".to_owned(), share(349, 376))],
        by_month: vec![(date(2026, 11, 1), share(371, 398))],
        by_week: vec![
            (date(2026, 11, 2), share(91, 96)),
            (date(2026, 11, 9), share(98, 104)),
            (date(2026, 11, 16), share(94, 99)),
            (date(2026, 11, 23), share(88, 99)),
        ],
    }
}

pub fn playbooks() -> Vec<PlaybookLine> {
    let texts = |fr: &str, en: &str| BTreeMap::from([("fr".to_owned(), fr.to_owned()), ("en".to_owned(), en.to_owned())]);
    let line = |name: &str,
                title: BTreeMap<String, String>,
                explanation: BTreeMap<String, String>,
                on: Vec<SignalKind>,
                mode,
                to_customer,
                record| PlaybookLine {
        name: name.to_owned(),
        title,
        explanation,
        on,
        to_customer,
        channels: vec![kept_domain::message::Channel::Mail],
        leaves: if name == "tell-late" { Vec::new() } else { vec![Notice::PickupWaiting, Notice::Refunded] },
        errand: None,
        mode,
        record,
    };
    vec![
        line(
            "tell-late",
            texts("Prévenir le client quand un colis sera en retard", "Tell the customer when a parcel will be late"),
            texts(
                "Dès qu’un colis ne pourra sans doute pas arriver à temps, avec la nouvelle date et de vrais choix.",
                "As soon as a parcel will probably not arrive in time, with the new date and real choices.",
            ),
            vec![SignalKind::AtRisk, SignalKind::Silent],
            Mode::Approve,
            true,
            PlaybookRecord {
                decided: 41,
                shadow: 12,
                waiting: 1,
                held: 2,
                accepted: 26,
                failed: 0,
                then_kept: 5,
                then_late: 33,
                still_open: 3,
            },
        ),
        line(
            "ask-address",
            texts("Demander une adresse à corriger", "Ask for an address to be corrected"),
            texts("Quand le transporteur dit que l’adresse ne suffit pas.", "When the carrier says the address is not enough."),
            vec![SignalKind::AddressProblem],
            Mode::Shadow,
            true,
            PlaybookRecord::default(),
        ),
        line(
            "ring-operations",
            texts("Alerter les expéditions d’un colis jamais remis", "Alert shipping to a parcel never handed over"),
            texts("Le matin qui suit.", "The morning after."),
            vec![SignalKind::Silent],
            Mode::Automatic,
            false,
            PlaybookRecord {
                decided: 9,
                shadow: 0,
                waiting: 0,
                held: 0,
                accepted: 9,
                failed: 0,
                then_kept: 6,
                then_late: 2,
                still_open: 1,
            },
        ),
    ]
}

pub fn unmapped() -> (Vec<UnmappedLine>, Vec<QuarantineLine>) {
    (
        vec![
            UnmappedLine {
                source: "chronopost".to_owned(),
                what: "code".to_owned(),
                code: "XX".to_owned(),
                text: "En attente".to_owned(),
                count: 41,
                first: at("2026-11-20T10:00:00Z"),
                last: at("2026-11-27T10:00:00Z"),
                mapped: None,
            },
            UnmappedLine {
                source: "laposte".to_owned(),
                what: "code".to_owned(),
                code: "ZZ9".to_owned(),
                text: "Prise en charge exceptionnelle".to_owned(),
                count: 3,
                first: at("2026-11-20T10:00:00Z"),
                last: at("2026-11-26T10:00:00Z"),
                mapped: Some((Milestone::InNetwork, Some(ExceptionKind::Weather))),
            },
            UnmappedLine {
                source: "aftership".to_owned(),
                what: "field".to_owned(),
                code: "msg.first_mile".to_owned(),
                text: String::new(),
                count: 1,
                first: at("2026-11-20T10:00:00Z"),
                last: at("2026-11-26T10:00:00Z"),
                mapped: None,
            },
        ],
        vec![QuarantineLine {
            trouble: Some(Trouble::NotData),
            position: Position(8123),
            source: "aftership".to_owned(),
            at: at("2026-11-26T10:00:00Z"),
            size: 412,
            error: "JSON coupé à l’octet 412".to_owned(),
            excerpt: Some("{\"ts\": 17326, \"msg\": <b>".to_owned()),
        }],
    )
}

pub fn health() -> Health {
    Health {
        database: "sqlite".to_owned(),
        facts: 184_220,
        blocks: 61_204,
        last_fact: Some(at("2026-11-27T13:06:00Z")),
        verified: Some((at("2026-11-27T13:00:00Z"), true)),
        signals_pending: 0,
        outbox_pending: 1,
        unwatched: 0,
        sources: vec![SourceHealth {
            source: "laposte".to_owned(),
            deliveries: 91_002,
            last: Some(at("2026-11-27T13:05:00Z")),
            refused: 2,
            unreadable: 1,
        }],
        outbound: "drawer".to_owned(),
        sms: "none".to_owned(),
        packs: "kept 2026-11 (3fa9c1)".to_owned(),
        packs_error: None,
    }
}

pub fn settings() -> SettingsFacts {
    let user = |id: i64, name: &str, role: &str| User {
        id: UserId::new(id),
        email: format!("{}@lumen.example", id),
        name: name.to_owned(),
        role: role.to_owned(),
        language: Language::French,
        password_hash: String::new(),
        active: id != 5,
    };
    SettingsFacts {
        users: vec![user(3, "Inès Caradec", "admin"), user(4, "Karim Benali", "agent"), user(5, "Paul Martin", "supervisor")],
        tokens: vec![
            ApiToken {
                id: TokenId::new(8),
                name: "Boutique".to_owned(),
                scopes: vec!["facts:write".to_owned(), "read".to_owned()],
                created: at("2026-10-01T10:00:00Z"),
                last_used: Some(at("2026-11-27T13:05:00Z")),
                revoked: None,
            },
            ApiToken {
                id: TokenId::new(9),
                name: "Essai".to_owned(),
                scopes: vec!["read".to_owned()],
                created: at("2026-10-01T10:00:00Z"),
                last_used: None,
                revoked: Some(at("2026-11-01T10:00:00Z")),
            },
        ],
    }
}

/// What is believed of an open promise.
pub fn outlook() -> Outlook {
    let basis = Basis { level: Level::Band, n: 1284, since: at("2026-08-03T00:00:00Z") };
    let pace = Pace { factor: 0.8, seen: 40.0, expected: 80.0 };
    let by = |moment: &str, share: f64| Some(Arrival { by: at(moment), share, probability: share, basis, kept: None });
    Outlook {
        late: Ok(Forecast { probability: 0.62, raw: 0.6, basis, pace }),
        likely: by("2026-11-29T23:00:00Z", 0.5),
        nearly_sure: by("2026-12-01T23:00:00Z", 0.9),
    }
}

/// Rules that warn from two and a quarter days before due, with what each would have brought.
pub fn curve() -> WarningCurve {
    let points: Vec<Point> = (1..=19_u8)
        .map(|step| {
            let threshold = f64::from(step) / 20.0;
            let mut hits = [0.0; 9];
            hits[6] = 100.0 * (1.0 - threshold / 2.0);
            Point {
                policy: Policy { notice: 54 * HOUR, threshold },
                cases: 2000.0,
                late: 110.0,
                needless: 120.0 * (1.0 - threshold),
                hits,
            }
        })
        .collect();
    WarningCurve { chosen: Ok(points[11].clone()), points, costs: Costs::default() }
}

/// A shop and a carrier that usually write, of whom one was said, and a carrier of whom nothing is known.
pub fn tellers() -> Vec<TellerLine> {
    let line = |source: &str, teller, usual: &[Notice], said: Option<&[Notice]>| TellerLine {
        source: source.to_owned(),
        teller,
        usual: usual.to_vec(),
        switched: [("fr", "Réglages → E-mails"), ("en", "Settings → Emails")]
            .into_iter()
            .filter(|_| !usual.is_empty())
            .map(|(tag, text)| (tag.to_owned(), text.to_owned()))
            .collect(),
        said: said.map(|notices| NoticesSaid {
            source: source.to_owned(),
            teller,
            notices: notices.to_vec(),
            by: "Inès".to_owned(),
        }),
    };
    vec![
        line("woocommerce", Teller::Shop, &[Notice::Refunded], Some(&[Notice::Refunded])),
        line("laposte", Teller::Carrier, &[Notice::PickupWaiting, Notice::Delivered], None),
        line("gls", Teller::Carrier, &[], None),
    ]
}
