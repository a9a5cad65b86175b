//! Made-up people, parcels and promises, so that every page can be rendered without an engine.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use kept_base::{
    BrandId, Currency, CustomerId, DecisionId, Due, ItemId, Language, LineId, MessageId, Moment, Money, OrderId, ParcelId,
    Position, PromiseId, SealedId, SignalId, UserId, WordId,
};
use kept_domain::SealedRef;
use kept_domain::errand::ErrandState;
use kept_domain::input::{CustomerDetails, Giver};
use kept_domain::message::{Message, MessageState, Mode};
use kept_domain::parcel::{Exception, Parcel, Scan};
use kept_domain::promise::{
    Estimate, Item, ItemKind, ItemState, Outcome, Promise, PromiseState, SignalKind, SignalMark, Told, Word,
};
use kept_domain::vocabulary::{Cause, ExceptionKind, Milestone, OpenedBy};
use kept_engine::User;
use kept_engine::ports::{Channel, Letter};
use kept_engine::views::*;
use kept_text::Texts;
use kept_web::access::Session;
use kept_web::pages::frame::{Frame, FrameFacts};
use kept_web::pages::words::Words;
use serde_json::json;

/// Friday 27 November 2026, 14:07 in Paris.
pub fn now() -> i64 {
    at("2026-11-27T13:07:00Z")
}

pub fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().expect("a moment").as_millisecond()
}

pub fn words(language: Language) -> Words {
    Words::new(Arc::new(Texts::embedded().expect("texts")), language, "Europe/Paris", now())
}

pub fn frame(language: Language, here: &str) -> Frame {
    let user = User {
        id: UserId::new(3),
        email: "ines@lumen.example".to_owned(),
        name: "Inès Caradec".to_owned(),
        role: "admin".to_owned(),
        language,
        password_hash: String::new(),
        active: true,
    };
    Frame::new(words(language), &frame_facts(), &Session { user, csrf: "abc123".to_owned() }, here, false)
}

pub fn frame_facts() -> FrameFacts {
    FrameFacts {
        position: Position(1 << 20),
        now: now(),
        shop: "Maison Lumen".to_owned(),
        zone: "Europe/Paris".to_owned(),
        pressing: pressing(),
        health: crate::pages_made_up_house::health(),
        failing: 0,
    }
}

pub fn due(day: Date) -> Due {
    Due::end_of_day(day, "Europe/Paris").expect("a due")
}

pub fn person(id: i64, name: &str, city: &str) -> Person {
    Person {
        id: CustomerId::new(id),
        details: Some(CustomerDetails {
            name: Some(name.to_owned()),
            email: Some("anne.perret@example.org".to_owned()),
            city: Some(city.to_owned()),
            phone: Some("+33 6 12 34 56 78".to_owned()),
            reference: Some("C-2041".to_owned()),
            ..CustomerDetails::default()
        }),
    }
}

pub fn promise(id: i64, kind: &str, state: PromiseState, made: &str, due_day: Option<Date>) -> Promise {
    let due = due_day.map(due);
    Promise {
        id: PromiseId::new(id),
        brand: BrandId::new(1),
        kind: kind.to_owned(),
        definition: "p1".to_owned(),
        customer: Some(CustomerId::new(40)),
        order: Some(OrderId::new(50)),
        owner: "Expéditions".to_owned(),
        owners_before: Vec::new(),
        made_at: at(made),
        heard_at: at(made),
        words: vec![
            word(1, Giver::Shop, made, due_day, Some("offer")),
            word(2, Giver::Law, made, Some(date(2026, 12, 23)), Some("Code de la consommation, L216-1")),
        ],
        due: due.clone(),
        first_due: due,
        review_at: None,
        items: vec![
            Item {
                id: ItemId::new(1),
                kind: ItemKind::Line(LineId::new(1)),
                state: ItemState::Open,
                settled_at: None,
                cause: None,
            },
            Item {
                id: ItemId::new(2),
                kind: ItemKind::Line(LineId::new(2)),
                state: ItemState::Broken,
                settled_at: Some(at("2026-11-26T09:00:00Z")),
                cause: Some("unavailable".to_owned()),
            },
            Item { id: ItemId::new(3), kind: ItemKind::Fee, state: ItemState::Open, settled_at: None, cause: None },
        ],
        amount: None,
        penalty: None,
        held_since: None,
        upstream: None,
        state,
        amended: false,
        disputed: None,
        outcome: None,
        deed: None,
        estimate: None,
        in_vain_since: None,
        told: Vec::new(),
        chasers: Vec::new(),
        peace: false,
        choice: None,
        next_word_at: None,
        signals: Vec::new(),
        errands: vec![],
        armed_by: Position(1),
        facts: Vec::new(),
    }
}

fn word(id: i64, by: Giver, given: &str, day: Option<Date>, source: Option<&str>) -> Word {
    Word {
        id: WordId::new(id),
        by,
        given_at: at(given),
        due: day.map(due),
        sentence: None,
        source: source.map(str::to_owned),
        waiting: false,
        exceeded: false,
        proof: Position(1),
    }
}

pub fn told(when: &str) -> Told {
    Told { message: MessageId::new(70), template: "late".to_owned(), channel: Channel::Mail, at: at(when), bounced: false }
}

fn estimate(day: Date, by: Option<Date>) -> Estimate {
    Estimate { day, by_day: by, basis: "past".to_owned(), n: 1284, at: at("2026-11-27T13:02:00Z") }
}

pub fn outcome(state: PromiseState, when: &str) -> Outcome {
    Outcome {
        state,
        by_first_due: state,
        at: at(when),
        certain: true,
        by: "carrier_claim".to_owned(),
        cause: None,
        evidence: Position(9),
    }
}

/// The promise of the design's picture: at risk, with an estimate and a message that waits.
pub fn at_risk() -> Promise {
    Promise {
        estimate: Some(estimate(date(2026, 12, 1), Some(date(2026, 12, 2)))),
        signals: vec![SignalMark {
            signal: SignalId::new(1),
            kind: SignalKind::AtRisk,
            armed_by: Position(5),
            true_at: at("2026-11-27T13:02:00Z"),
            reason: "silent".to_owned(),
            foreseen: None,
        }],
        next_word_at: Some(at("2026-11-30T11:00:00Z")),
        ..promise(2_000_377, "delivery", PromiseState::AtRisk, "2026-11-23T19:31:00Z", Some(date(2026, 11, 28)))
    }
}

pub fn parcel(id: i64, carrier: &str, number: &str, milestone: Milestone, trouble: Option<ExceptionKind>) -> Parcel {
    let scan = |when: &str, milestone, exception| Scan {
        at: at(when),
        certain: true,
        key: 1,
        place: 0,
        milestone,
        exception,
        position: Position(7),
    };
    Parcel {
        id: ParcelId::new(id),
        brand: BrandId::new(1),
        carrier: carrier.to_owned(),
        tracking_number: number.to_owned(),
        order: Some(OrderId::new(50)),
        promise: Some(PromiseId::new(2_000_377)),
        lines: Vec::new(),
        first_seen: at("2026-11-24T08:12:00Z"),
        scans: vec![
            scan("2026-11-24T08:12:00Z", Milestone::Announced, None),
            scan("2026-11-25T16:40:00Z", Milestone::HandedOver, None),
            scan("2026-11-25T20:04:00Z", milestone, trouble),
        ],
        withdrawn: Vec::new(),
        milestone,
        exceptions: trouble
            .map(|kind| Exception {
                kind,
                cause: kind.default_cause(),
                opened_by: OpenedBy::Silence,
                opened_at: at("2026-11-27T13:02:00Z"),
                resolved_at: None,
                contested: false,
            })
            .into_iter()
            .chain([Exception {
                kind: ExceptionKind::AttemptFailedAbsent,
                cause: Cause::Unknown,
                opened_by: OpenedBy::CarrierEvent,
                opened_at: at("2026-11-25T10:00:00Z"),
                resolved_at: Some(at("2026-11-25T20:00:00Z")),
                contested: true,
            }])
            .collect(),
        not_found: None,
        manifested: None,
        carrier_estimate: Some((date(2026, 11, 30), at("2026-11-25T20:10:00Z"))),
        fired: Vec::new(),
        facts: Vec::new(),
    }
}

pub fn line(promise: Promise, name: &str, number: &str, parcels: Vec<Parcel>, waiting: Option<i64>) -> PromiseLine {
    PromiseLine {
        promise,
        person: Some(person(40, name, "Brest")),
        order_number: Some(number.to_owned()),
        parcels,
        waiting: waiting.map(MessageId::new),
    }
}

pub fn message(id: i64, state: MessageState) -> Message {
    Message {
        id: MessageId::new(id),
        brand: BrandId::new(1),
        decision: DecisionId::new(1),
        signal: SignalId::new(1),
        signal_kind: SignalKind::AtRisk,
        playbook: "tell-late".to_owned(),
        mode: Mode::Approve,
        promise: PromiseId::new(2_000_377),
        order: Some(OrderId::new(50)),
        customer: Some(CustomerId::new(40)),
        template: "late".to_owned(),
        language: Language::French,
        channel: Channel::Mail,
        state,
        reasons: if state == MessageState::Held { vec!["quiet-hours".to_owned()] } else { Vec::new() },
        held_until: (state == MessageState::Held).then(|| at("2026-11-28T07:00:00Z")),
        letter: Some(SealedRef { id: SealedId::new(1), hash: "00".to_owned() }),
        estimate: None,
        next_word_at: Some(at("2026-11-30T11:00:00Z")),
        decided_at: at("2026-11-27T13:02:00Z"),
        handled_by: None,
        attempts: 1,
        settled_at: None,
        reply: Some("250 2.0.0 queued as 4F2A".to_owned()),
        receipt: None,
        facts: Vec::new(),
    }
}

pub fn message_line(id: i64, state: MessageState) -> MessageLine {
    MessageLine {
        message: message(id, state),
        person: Some(person(40, "Anne Perret", "Brest")),
        order_number: Some("10377".to_owned()),
        subject: Some("Votre commande 10377 arrivera sans doute mardi 1ᵉʳ décembre".to_owned()),
        sms: None,
    }
}

pub fn message_file(id: i64, state: MessageState) -> MessageFile {
    MessageFile {
        line: message_line(id, state),
        letter: Some(Letter {
            channel: Channel::Mail,
            message_id: "x@lumen.example".to_owned(),
            from_name: "Maison Lumen".to_owned(),
            from_address: "bonjour@lumen.example".to_owned(),
            to_name: "Anne Perret".to_owned(),
            to_address: "anne.perret@example.org".to_owned(),
            subject: "Votre commande 10377 arrivera sans doute mardi 1ᵉʳ décembre".to_owned(),
            text: letter_text(),
            html: "<p>Bonjour</p>".to_owned(),
            language: Language::French,
        }),
    }
}

pub fn letter_text() -> String {
    "Bonjour Anne Perret,\n\nVotre commande 10377 n’arrivera sans doute pas samedi comme promis : nous pensons maintenant à mardi 1ᵉʳ décembre. \
     Le colis est à Lyon, sans nouvelle depuis mercredi.\n\nVous pouvez attendre, choisir un autre jour, ou annuler et être remboursée. Nous vous \
     écrirons de nouveau lundi avant midi.\n\nInès, Maison Lumen"
        .to_owned()
}

pub fn pressing() -> Pressing {
    let Today { late, next_hour, today, at_risk, waiting, held, unknown, quarantine, unmapped, .. } = today();
    Pressing {
        late: late.total,
        next_hour: next_hour.total,
        today: today.total,
        at_risk: at_risk.total,
        waiting: waiting.total,
        held: held.total,
        unknown: unknown.total,
        quarantine,
        unmapped,
    }
}

pub fn today() -> Today {
    let late_one = Promise {
        told: vec![told("2026-11-25T09:00:00Z")],
        choice: Some("wait".to_owned()),
        estimate: Some(estimate(date(2026, 11, 28), Some(date(2026, 11, 29)))),
        ..promise(2_000_342, "delivery", PromiseState::Late, "2026-11-20T10:00:00Z", Some(date(2026, 11, 26)))
    };
    let call_back = Promise {
        chasers: vec![at("2026-11-27T08:00:00Z")],
        owner: "Karim B.".to_owned(),
        due: Some(Due::at("2026-11-26T11:00:00Z".parse().expect("moment"))),
        ..promise(2_000_100, "call_back", PromiseState::Late, "2026-11-25T10:00:00Z", Some(date(2026, 11, 26)))
    };
    let reply = Promise {
        due: Some(Due::at("2026-11-27T14:00:00Z".parse().expect("moment"))),
        owner: "Équipe SAV".to_owned(),
        ..promise(2_000_101, "reply", PromiseState::AtRisk, "2026-11-25T14:00:00Z", Some(date(2026, 11, 27)))
    };
    let refund = Promise {
        amount: Some(Money::new(12900, Currency::EUR)),
        owner: "Compta".to_owned(),
        ..promise(2_000_102, "refund", PromiseState::Open, "2026-11-13T14:00:00Z", Some(date(2026, 11, 27)))
    };
    let two = Promise {
        estimate: Some(estimate(date(2026, 11, 30), None)),
        ..promise(2_000_391, "delivery", PromiseState::AtRisk, "2026-11-24T10:00:00Z", Some(date(2026, 11, 28)))
    };
    let warned = Promise {
        told: vec![told("2026-11-27T07:00:00Z")],
        estimate: Some(estimate(date(2026, 12, 2), Some(date(2026, 12, 3)))),
        ..promise(2_000_403, "repair", PromiseState::AtRisk, "2026-11-20T10:00:00Z", Some(date(2026, 12, 4)))
    };
    let disputed = Promise {
        disputed: Some(at("2026-11-27T10:00:00Z")),
        outcome: Some(outcome(PromiseState::Kept, "2026-11-26T15:20:00Z")),
        ..promise(2_000_300, "delivery", PromiseState::Kept, "2026-11-20T10:00:00Z", Some(date(2026, 11, 27)))
    };
    let stalled = || parcel(60, "chronopost", "XY123456789FR", Milestone::InNetwork, Some(ExceptionKind::StalledInNetwork));
    Today {
        late: Section {
            rows: vec![
                line(call_back, "Mme Moreau", "10101", vec![], None),
                line(
                    late_one,
                    "M. Haddad",
                    "10342",
                    vec![parcel(61, "laposte", "6A11298765432", Milestone::InNetwork, Some(ExceptionKind::Held))],
                    None,
                ),
            ],
            total: 2,
        },
        next_hour: Section { rows: vec![line(reply, "Mme N’Guyen", "10288", vec![], None)], total: 1 },
        today: Section { rows: vec![line(refund, "M. Lefèvre", "10190", vec![], None)], total: 1 },
        at_risk: Section {
            rows: vec![
                line(at_risk(), "Mme Perret", "10377", vec![stalled()], Some(71)),
                line(
                    two,
                    "M. Da Silva",
                    "10391",
                    vec![parcel(62, "dpd", "05112233445566", Milestone::Announced, Some(ExceptionKind::LabelNotHandedOver))],
                    None,
                ),
                line(warned, "Mme Aubry", "10403", vec![], None),
            ],
            total: 14,
        },
        waiting: Section { rows: vec![message_line(71, MessageState::Waiting)], total: 1 },
        held: Section { rows: vec![message_line(72, MessageState::Held)], total: 1 },
        unknown: Section { rows: vec![message_line(73, MessageState::Unknown)], total: 1 },
        errands: Section { rows: vec![crate::pages_made_up_house::errand_line(90, ErrandState::Waiting)], total: 1 },
        standing: vec![Standstill {
            carrier: "chronopost".to_owned(),
            place: "Compans".to_owned(),
            key: 7,
            parcels: 42,
            since: at("2026-11-24T18:00:00Z"),
        }],
        disputed: Section {
            rows: vec![line(
                disputed,
                "Mme Colin",
                "10255",
                vec![parcel(63, "laposte", "6A99887766554", Milestone::Delivered, Some(ExceptionKind::DeliveredDisputed))],
                None,
            )],
            total: 1,
        },
        quarantine: 1,
        unmapped: 2,
        told_first: (11, 13),
        open: 1284,
    }
}

pub fn fact(position: i64, kind: &str, when: &str, source: &str, plain: serde_json::Value) -> FactLine {
    FactLine {
        position: Position(position),
        kind: kind.to_owned(),
        recorded: at(when),
        happened: None,
        source: source.to_owned(),
        plain,
        said: None,
    }
}

pub fn facts() -> Vec<FactLine> {
    let scanned = |position: i64, moment: Moment, code: &str, text: &str, place: &str, milestone: &str| {
        let mut plain =
            json!({"parcel": "par_1W", "key": 1, "code": code, "text": text, "location": place, "milestone": milestone});
        let given = serde_json::to_value(moment).expect("a moment");
        plain.as_object_mut().expect("an object").extend(given.as_object().expect("an object").clone());
        FactLine { happened: Some(moment), ..fact(position, "parcel.scanned", "2026-11-25T20:10:00Z", "chronopost", plain) }
    };
    vec![
        fact(
            9021,
            "message.outcome",
            "2026-11-27T13:06:00Z",
            "smtp",
            json!({"state": "accepted", "reply": "250 2.0.0 queued as 4F2A", "attempt": 1}),
        ),
        fact(
            9020,
            "decision.made",
            "2026-11-27T13:02:10Z",
            "engine",
            json!({"verdict": "say", "playbook": "tell-late", "mode": "approve", "reasons": [], "message": {"message": MessageId::new(71)}}),
        ),
        fact(
            9019,
            "signal.raised",
            "2026-11-27T13:02:00Z",
            "watch",
            json!({"signal_kind": "at_risk", "reason": "silent", "threshold": 147_600, "lateness": 12}),
        ),
        fact(9018, "customer.contacted", "2026-11-26T09:00:00Z", "agent", json!({"asked": true, "channel": "phone"})),
        scanned(8800, Moment::unknown(jiff::civil::datetime(2026, 11, 26, 6, 30, 0, 0)), "XX", "En attente", "", "unknown"),
        scanned(
            8702,
            Moment::known("2026-11-25T20:04:00Z".parse().expect("moment"), 3600),
            "SC",
            "Tri effectué dans l’agence de départ",
            "Lyon",
            "in_network",
        ),
        scanned(
            8701,
            Moment::in_zone(
                "2026-11-25T16:40:00Z".parse().expect("moment"),
                &jiff::tz::TimeZone::get("Europe/Paris").expect("zone"),
            ),
            "DB",
            "",
            "Lyon",
            "handed_over",
        ),
        fact(
            8600,
            "parcel.announced",
            "2026-11-24T08:12:00Z",
            "chronopost",
            json!({"carrier": "chronopost", "tracking_number": "XY123456789FR"}),
        ),
        fact(
            8503,
            "promise.word_given",
            "2026-11-23T19:31:00Z",
            "shop",
            json!({"by": "law", "due": due(date(2026, 12, 23)), "source": "L216-1"}),
        ),
        fact(8502, "promise.word_given", "2026-11-23T19:31:00Z", "shop", json!({"by": "shop", "due": due(date(2026, 11, 28))})),
        fact(8501, "promise.made", "2026-11-23T19:31:00Z", "shop", json!({"kind": "delivery"})),
        fact(8500, "order.placed", "2026-11-23T19:31:00Z", "shop", json!({"lines": [1, 2, 3]})),
    ]
}
