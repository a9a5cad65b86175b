use std::sync::{Arc, Mutex};
use std::time::Duration;

use kept_base::{Currency, Money};
use kept_connect::shops::prestashop::{PrestaShopReader, PrestaShopSettings, PrestaShopShop};
use kept_domain::input::CancelledBy;
use kept_engine::ports::{Act, ErrandKind, ErrandOutcome, Shop, ShopReader, Verification};
use serde_json::{Value, json};

use super::{Asked, PRESTASHOP, PRESTASHOP_XML, Reply, Server, Store, carried, json_of, kinds, moved, reason};
use crate::shared::source;

fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut payload: Value = serde_json::from_str(PRESTASHOP).expect("JSON");
    change(&mut payload["prestashop"]);
    payload.to_string().into_bytes()
}

#[test]
fn an_order_says_everything_it_knows() {
    let parsed = source("prestashop").parse(PRESTASHOP.as_bytes());
    let news = json_of(&parsed);
    assert_eq!(kinds(&parsed), ["placed", "parcel", "refund"]);
    assert_eq!(
        news[0],
        json!({
            "source": "prestashop", "kind": "order.placed", "order_number": "XKBKNABJK",
            "at": "2026-03-02T10:15:00+01:00", "offset": "known",
            "customer": {
                "reference": "2", "name": "Odile Marchand", "email": "odile@example.org", "phone": "+33600000001",
                "address": "12 quai Nord\nBât. B\n59000, Lille", "city": "Lille", "language": "fr", "country": "FR",
                "consumer": false, "account": "FR00000000000",
            },
            "lines": [
                { "sku": "BOUGIE", "title": "Bougie", "quantity": 2, "price": { "minor": 2000, "currency": "EUR" } },
                { "sku": "product-7-8", "title": "Lampe - Bleue", "quantity": 1, "price": { "minor": 4000, "currency": "EUR" } },
            ],
            "delivery_fee": { "minor": 490, "currency": "EUR" },
            "promised_day": "2026-03-09", "destination_country": "FR", "destination_postal": "59000",
            "as_of": { "at": "2026-03-03T08:00:01+01:00", "offset": "known" },
        })
    );
    assert_eq!((&news[1]["carrier"], &news[1]["at"]), (&json!("laposte"), &json!("2026-03-03T08:00:01+01:00")));
    assert_eq!((&news[2]["event_id"], &news[2]["amount"]["minor"]), (&json!("slip-1"), &json!(500)));
    assert_eq!(parsed.unmapped, []);
}

#[test]
fn xml_alone_says_less_and_invents_nothing() {
    let parsed = source("prestashop").parse(PRESTASHOP_XML.as_bytes());
    let news = json_of(&parsed);
    assert_eq!(kinds(&parsed), ["placed", "parcel", "available"]);
    assert_eq!((&news[0]["at"], &news[0]["offset"]), (&json!("2026-03-02T10:15:00"), &json!("unknown")));
    assert_eq!(news[0]["lines"], json!([{ "sku": "BOUGIE", "title": "Bougie", "quantity": 2 }]));
    assert_eq!(news[0]["customer"], json!({ "reference": "2" }));
    assert_eq!(news[1]["carrier"], "unknown");
}

#[test]
fn states_say_whether_it_is_ordered() {
    let state = |state: &str, paid: &str| {
        let raw = changed(|payload| {
            payload["order"]["current_state"] = json!(state);
            payload["order"]["total_paid_real"] = json!(paid);
        });
        let parsed = source("prestashop").parse(&raw);
        (kinds(&parsed), parsed.unmapped.len())
    };
    assert_eq!(state("10", "0.000000"), (vec![], 0));
    assert_eq!(state("6", "0.000000"), (vec![], 0));
    assert_eq!(state("6", "64.900000"), (vec!["placed", "parcel", "cancelled", "refund"], 0));
    assert_eq!(state("9", "64.900000"), (vec!["placed", "parcel", "refund", "backordered"], 0));
    assert_eq!(state("3", "64.900000"), (vec!["placed", "parcel", "refund", "available"], 0));
    assert_eq!(state("13", "0.000000"), (vec!["placed", "parcel", "refund"], 0));
}

#[test]
fn a_guest_is_known_by_address_and_the_delivery_slip_s_day_is_no_promise() {
    let raw = changed(|payload| {
        payload["customer"]["is_guest"] = json!("1");
        payload["order"]["promised_delivery_date"] = json!("0000-00-00 00:00:00");
    });
    let parsed = source("prestashop").parse(&raw);
    let news = json_of(&parsed);
    assert_eq!((news[0]["customer"].get("reference"), news[0].get("promised_day")), (None, None));
    assert_eq!(parsed.unmapped, []);
}

#[test]
fn lists_errors_and_nothing() {
    let order = serde_json::from_str::<Value>(PRESTASHOP).expect("JSON")["prestashop"]["order"].clone();
    let list = json!({ "orders": [order.clone(), order] }).to_string();
    assert_eq!(kinds(&source("prestashop").parse(list.as_bytes())), ["placed", "placed"]);
    assert_eq!(source("prestashop").parse(b"[]"), Default::default());
    let errors = br#"{"errors":[{"code":26,"message":"Resource of type \"orders\" is not allowed"}]}"#;
    assert!(source("prestashop").parse(errors).error.expect("an error").message.contains("not allowed"));
    assert_eq!(source("prestashop").verify(&|_| None, b"{}", "secret"), Verification::NotDefined);
}

fn settings(server: &Server) -> PrestaShopSettings {
    PrestaShopSettings {
        timeout: Duration::from_millis(800),
        ..PrestaShopSettings::new(server.url(), "KEYMADEUP", "Europe/Paris")
    }
}

fn shop_that_answers() -> Server {
    let beside: Value = serde_json::from_str(PRESTASHOP).expect("JSON");
    let beside = beside["prestashop"].clone();
    Server::start(move |asked: &Asked| {
        let one = |value: &Value| json!([value]);
        let mut delivery = beside["delivery"].clone();
        delivery["id_country"] = json!("8");
        let mut customer = beside["customer"].clone();
        customer["passwd"] = json!("$2y$10$made.up");
        let answer = match asked.line().as_str() {
            "GET /api/orders" if asked.query().contains("filter[reference]") => json!({ "orders": [
                { "id": 5, "reference": "XKBKNABJK" }, { "id": 4, "reference": "XKBKNABJK" } ] }),
            "GET /api/orders" => json!({ "orders": one(&beside["order"]) }),
            "GET /api/customers" => json!({ "customers": one(&customer) }),
            "GET /api/addresses" => json!({ "addresses": [delivery] }),
            "GET /api/countries" => json!({ "countries": [{ "id": 8, "iso_code": "FR" }] }),
            "GET /api/currencies" => json!({ "currencies": [{ "id": 1, "iso_code": "EUR" }] }),
            "GET /api/languages" => json!({ "languages": [{ "id": 1, "iso_code": "fr" }] }),
            "GET /api/carriers" => json!({ "carriers": [{ "id": 2, "name": "Colissimo - domicile" }] }),
            "GET /api/order_carriers" => json!({ "order_carriers": beside["order_carriers"] }),
            "GET /api/order_slip" => json!({ "order_slips": beside["order_slips"] }),
            other => return Reply::Json(404, json!({ "errors": [{ "code": 1, "message": other }] })),
        };
        Reply::Json(200, answer)
    })
}

#[test]
fn what_changed_is_read_with_everything_that_is_named_by_number() {
    let server = shop_that_answers();
    let reader = PrestaShopReader::new(&settings(&server)).expect("a reader");
    let page = reader.changed("2026-03-01T09:00:00Z".parse().expect("a moment"), None).expect("a page");
    assert_eq!((page.payloads.len(), page.next.clone()), (1, None));
    assert_eq!(page.read_to, "2026-03-03T07:00:01Z".parse().ok());
    let news = json_of(&source("prestashop").parse(&page.payloads[0]));
    // Two orders of one cart have one reference: PrestaShop itself calls the second one so.
    assert_eq!(news[0]["order_number"], "XKBKNABJK#2");
    assert_eq!(news[0]["customer"]["country"], "FR");
    assert_eq!((&news[1]["carrier"], &news[2]["event_id"]), (&json!("laposte"), &json!("slip-1")));
    assert!(!String::from_utf8_lossy(&page.payloads[0]).contains("passwd"));
    let query = server.asked()[0].query();
    for part in [
        "output_format=JSON",
        "display=full",
        "date=1",
        "filter[date_upd]=[2026-03-01 10:00:00,2099-12-31 23:59:59]",
        "sort=[date_upd_ASC]",
        "limit=0,40",
    ] {
        assert!(query.contains(part), "{query}");
    }
    assert!(server.asked().iter().any(|asked| asked.query().contains("filter[id]=[4|5]")));
}

#[test]
fn nothing_changed_is_one_question() {
    let server = Server::start(|_| Reply::Raw(200, String::new(), "[]".to_owned()));
    let reader = PrestaShopReader::new(&settings(&server)).expect("a reader");
    let page = reader.changed("2026-03-01T09:00:00Z".parse().expect("a moment"), None).expect("a page");
    assert_eq!((page.payloads.len(), page.next, server.asked().len()), (0, None, 1));
}

#[test]
fn a_missing_right_is_named_and_the_key_is_not() {
    let server = Server::start(|_| {
        Reply::Json(401, json!({ "errors": [{ "code": 26, "message": "Resource is not allowed with key KEYMADEUP" }] }))
    });
    let reader = PrestaShopReader::new(&settings(&server)).expect("a reader");
    let error = reader.changed("2026-03-01T09:00:00Z".parse().expect("a moment"), None).expect_err("refused");
    assert!(error.message.contains("orders") && error.message.contains("not allowed"), "{error}");
    assert!(!error.to_string().contains("KEYMADEUP"), "{error}");
    assert_eq!(error.retry_after_seconds, None);
    assert!(PrestaShopReader::new(&PrestaShopSettings::new("https://x", "k", "Mars/Olympus")).is_err());
    assert!(PrestaShopReader::new(&PrestaShopSettings::new("https://x", "", "Europe/Paris")).is_err());
}

/// A shop that remembers.
#[derive(Default)]
struct Books {
    order: Value,
    addresses: Vec<Value>,
    /// The states it went through.
    histories: Vec<String>,
    lose: bool,
    instead: Option<(u16, String)>,
}

fn books() -> Store<Books> {
    let order = serde_json::from_str::<Value>(PRESTASHOP).expect("JSON")["prestashop"]["order"].clone();
    let books = Books { order, ..Books::default() };
    let books = Arc::new(Mutex::new(books));
    books.lock().expect("the books").order["current_state"] = json!("3");
    books
}

fn within(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
}

fn shop(books: &Store<Books>) -> Server {
    let books = Arc::clone(books);
    Server::start(move |asked: &Asked| {
        let mut books = books.lock().expect("the books");
        if asked.method != "GET"
            && let Some((status, body)) = books.instead.take()
        {
            return Reply::Raw(status, "retry-after: 30\r\n".to_owned(), body);
        }
        let answer = match asked.line().as_str() {
            "GET /api/orders" => json!({ "orders": [books.order] }),
            "GET /api/order_histories" => {
                let wanted =
                    books.histories.iter().filter(|state| asked.query().contains(&format!("filter[id_order_state]=[{state}]")));
                json!({ "order_histories": wanted.map(|state| json!({ "id": state })).collect::<Vec<_>>() })
            }
            "GET /api/countries" => json!({ "countries": [{ "id": 8 }] }),
            "GET /api/addresses" => json!({ "addresses": books.addresses }),
            "POST /api/addresses" => {
                let made = json!({ "id": 31 });
                books.addresses.push(made.clone());
                json!({ "address": made })
            }
            "POST /api/order_histories" => {
                let state = within(&asked.body, "id_order_state");
                books.histories.extend(state.clone());
                books.order["current_state"] = json!(state);
                json!({ "order_history": { "id": 77 } })
            }
            "PATCH /api/orders/5" => {
                for name in ["note", "id_address_delivery"] {
                    if let Some(value) = within(&asked.body, name) {
                        books.order[name] = json!(value);
                    }
                }
                json!({ "order": { "id": 5 } })
            }
            other => return Reply::Json(404, json!({ "errors": [{ "code": 1, "message": other }] })),
        };
        if asked.method != "GET" && std::mem::take(&mut books.lose) {
            return Reply::Lost;
        }
        Reply::Json(200, answer)
    })
}

fn cancellation() -> Act {
    Act::Cancellation { order_number: "XKBKNABJK".to_owned(), skus: Vec::new(), by: CancelledBy::Shop, cause: None }
}

#[test]
fn an_order_is_cancelled_once_whatever_is_lost() {
    let books = books();
    let server = shop(&books);
    let out = PrestaShopShop::new(&settings(&server)).expect("a shop");
    books.lock().expect("the books").lose = true;
    assert!(matches!(carried(&out, &cancellation(), "err_1"), (ErrandOutcome::Unknown { .. }, 1)));
    assert_eq!(carried(&out, &cancellation(), "err_1"), (ErrandOutcome::Done { reference: "5".to_owned() }, 0));
    assert_eq!(server.acts().len(), 1);
    assert!(server.acts()[0].body.contains("<id_order>5</id_order><id_order_state>6</id_order_state>"));
    books.lock().expect("the books").order["current_state"] = json!("5");
    assert!(matches!(carried(&out, &cancellation(), "err_2"), (ErrandOutcome::Refused { .. }, 0)));
}

#[test]
fn a_cancellation_whose_answer_was_lost_is_known_whatever_became_of_the_order() {
    let after = |since: &str| {
        let books = books();
        let server = shop(&books);
        let out = PrestaShopShop::new(&settings(&server)).expect("a shop");
        books.lock().expect("the books").lose = true;
        assert!(matches!(carried(&out, &cancellation(), "err_1"), (ErrandOutcome::Unknown { .. }, 1)));
        books.lock().expect("the books").order["current_state"] = json!(since);
        let outcome = carried(&out, &cancellation(), "err_1");
        assert_eq!(server.acts().len(), 1, "{since}: {outcome:?}");
        outcome
    };
    // Cancelled, then paid back by the merchant.
    assert!(matches!(after("7"), (ErrandOutcome::Done { .. }, 0)));
    // Cancelled, then taken up again, or sent all the same: a person asks.
    for since in ["3", "5"] {
        assert!(matches!(after(since), (ErrandOutcome::Refused { .. }, 0)), "{since}");
    }
}

#[test]
fn an_address_that_the_merchant_changed_since_stays() {
    let books = books();
    let server = shop(&books);
    let out = PrestaShopShop::new(&settings(&server)).expect("a shop");
    books.lock().expect("the books").addresses.push(json!({ "id": 31 }));
    books.lock().expect("the books").lose = true;
    assert!(matches!(carried(&out, &moved("XKBKNABJK", None), "err_1"), (ErrandOutcome::Unknown { .. }, 1)));
    books.lock().expect("the books").order["id_address_delivery"] = json!("12");
    assert!(matches!(carried(&out, &moved("XKBKNABJK", None), "err_1"), (ErrandOutcome::Done { .. }, 0)));
    assert_eq!(books.lock().expect("the books").order["id_address_delivery"], "12");
}

#[test]
fn it_is_refused_waits_or_is_unknown() {
    let books = books();
    let server = shop(&books);
    let out = PrestaShopShop::new(&settings(&server)).expect("a shop");
    let after = |status: u16, body: &str| {
        books.lock().expect("the books").instead = Some((status, body.to_owned()));
        carried(&out, &cancellation(), "err_1").0
    };
    let outcome = after(400, r#"{"errors":[{"code":90,"message":"id_order_state is wrong"}]}"#);
    assert!(matches!(&outcome, ErrandOutcome::Refused { .. }) && reason(&outcome).contains("wrong"), "{outcome:?}");
    assert!(matches!(after(429, "{}"), ErrandOutcome::Retry { after_seconds: 30, .. }));
    assert!(matches!(after(200, "<html></html>"), ErrandOutcome::Unknown { .. }));
    assert!(matches!(after(500, "{\"errors\":[]}"), ErrandOutcome::Unknown { .. }));
    assert!(matches!(after(405, "{}"), ErrandOutcome::Refused { .. }));
}

#[test]
fn notes_and_addresses() {
    let books = books();
    let server = shop(&books);
    let out = PrestaShopShop::new(&settings(&server)).expect("a shop");
    let note = Act::Note { order_number: "XKBKNABJK".to_owned(), text: "Told <Monday> & before.".to_owned() };
    for doubts in [1, 0] {
        assert!(matches!(carried(&out, &note, "err_1"), (ErrandOutcome::Done { .. }, found) if found == doubts));
    }
    assert_eq!(books.lock().expect("the books").order["note"], "Told &lt;Monday&gt; &amp; before. [kept:err_1]");
    let change = moved("XKBKNABJK", Some("Odile"));
    books.lock().expect("the books").lose = true;
    // The address was made, and the order not led to it: harmless.
    assert!(matches!(carried(&out, &change, "err_2"), (ErrandOutcome::Retry { .. }, 0)));
    for doubts in [1, 0] {
        assert_eq!(carried(&out, &change, "err_2"), (ErrandOutcome::Done { reference: "31".to_owned() }, doubts));
    }
    assert_eq!(books.lock().expect("the books").addresses.len(), 1);
}

#[test]
fn what_cannot_be_done_is_not_offered() {
    let out = PrestaShopShop::new(&PrestaShopSettings::new("http://127.0.0.1:9", "k", "Europe/Paris")).expect("a shop");
    let offered: Vec<ErrandKind> = ErrandKind::ALL.into_iter().filter(|kind| out.offers(*kind)).collect();
    assert_eq!(offered, [ErrandKind::Note, ErrandKind::CancelOrder, ErrandKind::AddressChange]);
    let refund = Act::Refund {
        order_number: "XKBKNABJK".to_owned(),
        amount: Money { minor: 100, currency: Currency::EUR },
        skus: Vec::new(),
        delivery_fee: false,
        reason: String::new(),
    };
    assert!(matches!(carried(&out, &refund, "err_1"), (ErrandOutcome::Refused { .. }, 0)));
}
