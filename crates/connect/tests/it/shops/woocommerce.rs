use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use kept_base::{Currency, Money};
use kept_connect::shops::woocommerce::{WooCommerceReader, WooCommerceSettings, WooCommerceShop};
use kept_domain::input::CancelledBy;
use kept_engine::ports::{Act, ErrandKind, ErrandOutcome, Shop, ShopReader, Verification};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Asked, Reply, Server, Store, WOOCOMMERCE, carried, json_of, kinds, moved, reason, refund_of};
use crate::shared::source;

fn sample() -> Value {
    serde_json::from_str(WOOCOMMERCE).expect("JSON")
}

fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut order = sample();
    change(&mut order);
    order.to_string().into_bytes()
}

pub(super) fn signed(secret: &str, raw: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(raw);
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

#[test]
fn an_order_says_everything_it_knows() {
    let parsed = source("woocommerce").parse(WOOCOMMERCE.as_bytes());
    let news = json_of(&parsed);
    assert_eq!(kinds(&parsed), ["placed", "parcel", "refund", "backordered"]);
    assert_eq!(
        news[0],
        json!({
            "source": "woocommerce", "kind": "order.placed", "order_number": "W-1001",
            "at": "2026-03-02T10:15:00+01:00", "offset": "known",
            "customer": {
                "reference": "26", "name": "Odile Marchand", "email": "odile@example.org", "phone": "+33600000001",
                "address": "12 quai Nord\nBât. B\n59000, Lille", "city": "Lille", "language": "fr", "country": "FR", "consumer": true,
            },
            "lines": [
                { "sku": "BOUGIE", "title": "Bougie", "quantity": 2, "price": { "minor": 2000, "currency": "EUR" } },
                { "sku": "variation-23", "title": "Lampe - Bleue", "quantity": 1, "price": { "minor": 4000, "currency": "EUR" } },
            ],
            "delivery_fee": { "minor": 490, "currency": "EUR" },
            "promised_day": "2026-03-09",
            "destination_country": "FR", "destination_postal": "59000",
            "as_of": { "at": "2026-03-04T16:40:12+01:00", "offset": "known" },
        })
    );
    assert_eq!(news[1]["carrier"], "laposte");
    assert_eq!(news[1]["skus"], json!(["BOUGIE"]));
    assert_eq!(news[1]["at"], "2026-03-04T01:00:00+01:00");
    assert_eq!(news[2]["event_id"], "refund-730");
    assert_eq!(news[2]["amount"], json!({ "minor": 500, "currency": "EUR" }));
    assert_eq!((&news[3]["skus"], news[3].get("expected_day")), (&json!(["variation-23"]), None));
    assert_eq!(parsed.unmapped, []);
}

#[test]
fn the_day_of_handing_over_is_read_where_the_shop_writes_one() {
    let raw = changed(|order| {
        order["meta_data"].as_array_mut().expect("a list").push(json!({ "key": "_ship_by", "value": "2026-03-04" }));
    });
    assert_eq!(json_of(&source("woocommerce").parse(&raw))[0]["ship_by"], "2026-03-04");
}

#[test]
fn nothing_is_ordered_before_it_is_paid() {
    for status in ["pending", "failed", "checkout-draft", "on-hold", "cancelled"] {
        let raw = changed(|order| {
            order["status"] = json!(status);
            order["date_paid"] = Value::Null;
            order["date_paid_gmt"] = Value::Null;
        });
        let parsed = source("woocommerce").parse(&raw);
        assert_eq!((parsed.error, parsed.inputs.len()), (None, 0), "{status}");
    }
}

#[test]
fn a_paid_order_is_cancelled_by_the_shop_unless_kept_wrote_who_wished_it() {
    let raw = changed(|order| order["status"] = json!("cancelled"));
    let news = json_of(&source("woocommerce").parse(&raw));
    assert_eq!((&news[2]["by"], &news[2]["cause"], &news[2]["skus"]), (&json!("shop"), &json!("cancelled"), &json!([])));
    let raw = changed(|order| {
        order["status"] = json!("cancelled");
        order["meta_data"].as_array_mut().expect("a list").push(json!({ "key": "_kept_cancelled_by", "value": "customer" }));
    });
    assert_eq!(json_of(&source("woocommerce").parse(&raw))[2]["by"], "customer");
}

#[test]
fn what_is_complete_is_not_withdrawn() {
    let raw = changed(|order| {
        order["status"] = json!("cancelled");
        order["date_completed"] = json!("2026-03-05T10:00:00");
    });
    let parsed = source("woocommerce").parse(&raw);
    assert_eq!(kinds(&parsed), ["placed", "parcel", "refund"]);
    assert!(parsed.unmapped.iter().any(|unmapped| unmapped.code == "cancelled when complete"));
}

#[test]
fn a_line_paid_back_before_anything_left_will_not_come() {
    let refund = json!([{ "id": 730, "date_created": "2026-03-03T09:00:00", "date_created_gmt": "2026-03-03T08:00:00", "amount": "40.00",
        "reason": "rupture", "refunded_payment": true,
        "line_items": [{ "id": 400, "product_id": 22, "variation_id": 23, "quantity": -1, "sku": "", "total": "-33.33" }] }]);
    let raw = changed(|order| {
        order["refunds"] = refund.clone();
        order["meta_data"] = json!([]);
    });
    let news = json_of(&source("woocommerce").parse(&raw));
    assert_eq!(news[1]["skus"], json!(["variation-23"]));
    assert_eq!(news[1]["at"], "2026-03-03T09:00:00+01:00");
    assert_eq!(news[2]["at"], "2026-03-03T09:00:00+01:00");
    // Once a parcel left or the order is complete it may be a return.
    let raw = changed(|order| order["refunds"] = refund.clone());
    assert_eq!(kinds(&source("woocommerce").parse(&raw)), ["placed", "parcel", "refund", "backordered"]);
}

#[test]
fn pieces_of_a_line_paid_back_before_anything_left_will_not_come_so_many_in_all() {
    let refund = |id: u32, pieces: i32| {
        json!({ "id": id, "date_created": "2026-03-03T09:00:00", "date_created_gmt": "2026-03-03T08:00:00", "amount": "10.00", "reason": "rupture",
            "line_items": [{ "id": 300, "product_id": 12, "quantity": -pieces, "sku": "BOUGIE", "total": "-8.33" }] })
    };
    let told = |refunds: Value| {
        let raw = changed(|order| {
            order["refunds"] = refunds.clone();
            order["meta_data"] = json!([]);
        });
        let news = json_of(&source("woocommerce").parse(&raw));
        let cancelled = news.as_array().expect("news").iter().filter(|news| news["kind"] == "order.lines_cancelled");
        cancelled.map(|news| (news["skus"].clone(), news.get("quantity").cloned())).collect::<Vec<_>>()
    };
    assert_eq!(told(json!([refund(730, 1)])), [(json!(["BOUGIE"]), Some(json!(1)))]);
    assert_eq!(told(json!([refund(730, 1), refund(731, 1)])), [(json!(["BOUGIE"]), Some(json!(1))), (json!(["BOUGIE"]), None)]);
    assert_eq!(told(json!([refund(730, 0)])), [], "money back for no piece is no piece less");
}

#[test]
fn firms_are_known_by_their_bill() {
    let raw = changed(|order| {
        order["billing"]["company"] = json!("Marchand SARL");
        order["meta_data"].as_array_mut().expect("a list").push(json!({ "key": "_billing_vat_number", "value": "FR00" }));
    });
    let news = json_of(&source("woocommerce").parse(&raw));
    assert_eq!((&news[0]["customer"]["consumer"], &news[0]["customer"]["account"]), (&json!(false), &json!("FR00")));
}

#[test]
fn signatures_and_the_ping() {
    let parser = source("woocommerce");
    let raw = WOOCOMMERCE.as_bytes();
    let with = |signature: String| move |name: &str| (name == "x-wc-webhook-signature").then(|| signature.clone());
    assert_eq!(parser.verify(&with(signed("secret", raw)), raw, "secret"), Verification::Verified);
    assert_eq!(parser.verify(&with(signed("other", raw)), raw, "secret"), Verification::Refused);
    assert_eq!(parser.verify(&with(signed("", raw)), raw, ""), Verification::Refused);
    assert_eq!(parser.verify(&with(signed("secret", raw)), sample().to_string().as_bytes(), "secret"), Verification::Refused);
    assert_eq!(parser.verify(&|_| None, raw, "secret"), Verification::Refused);
    assert_eq!(parser.verify(&|_| None, b"webhook_id=12", "secret"), Verification::NotDefined);
    assert_eq!(parser.verify(&|_| None, b"webhook_id=12&x=1", "secret"), Verification::Refused);
    assert_eq!(parser.parse(b"webhook_id=12"), Default::default());
}

#[test]
fn a_deleted_order_is_shown_and_an_error_is_one() {
    let parsed = source("woocommerce").parse(b"{\"id\": 727}");
    assert_eq!((parsed.error, parsed.unmapped[0].code.as_str()), (None, "order.deleted"));
    let parsed =
        source("woocommerce").parse(br#"{"code":"woocommerce_rest_cannot_view","message":"Sorry","data":{"status":401}}"#);
    assert!(parsed.error.expect("an error").message.contains("Sorry"));
}

fn settings(server: &Server) -> WooCommerceSettings {
    WooCommerceSettings {
        timeout: Duration::from_millis(800),
        ..WooCommerceSettings::new(server.url(), "ck_made_up", "cs_made_up")
    }
}

fn modified(id: u64, gmt: &str) -> Value {
    let mut order = sample();
    order["id"] = json!(id);
    order["number"] = json!(id.to_string());
    order["date_modified_gmt"] = json!(gmt);
    order["refunds"] = if id == 1 { json!([{ "id": 9, "reason": "", "total": "-1.00" }]) } else { json!([]) };
    order
}

#[test]
fn what_changed_is_read_page_by_page_with_refunds_in_full() {
    let server = Server::start(|asked| match asked.line().as_str() {
        "GET /wp-json/wc/v3/orders/1/refunds" => Reply::Json(
            200,
            json!([{ "id": 9, "amount": "1.00", "date_created": "2026-03-04T12:00:00", "date_created_gmt": "2026-03-04T11:00:00" }]),
        ),
        _ if asked.query().contains("modified_after=2026-03-04T09:59:59") => {
            let page = json!([modified(1, "2026-03-04T11:00:00"), modified(2, "2026-03-04T12:00:00")]);
            Reply::Raw(200, "x-wp-totalpages: 2\r\n".to_owned(), page.to_string())
        }
        _ => Reply::Raw(200, "x-wp-totalpages: 1\r\n".to_owned(), json!([modified(2, "2026-03-04T12:00:00")]).to_string()),
    });
    let reader = WooCommerceReader::new(&settings(&server)).expect("a reader");
    let since = "2026-03-04T10:00:00Z".parse().expect("a moment");
    let first = reader.changed(since, None).expect("a page");
    assert_eq!((first.payloads.len(), first.read_to), (2, "2026-03-04T12:00:00Z".parse().ok()));
    let news = json_of(&source("woocommerce").parse(&first.payloads[0]));
    assert_eq!(news[2]["at"], "2026-03-04T12:00:00+01:00");
    let second = reader.changed(since, first.next.as_deref()).expect("a page");
    assert_eq!((second.payloads.len(), second.next), (1, None));
    let asked = server.asked();
    let query = asked[0].query();
    for part in ["dates_are_gmt=true", "orderby=modified", "order=asc", "per_page=50", "page=1"] {
        assert!(query.contains(part), "{query}");
    }
    assert!(asked[2].query().contains("modified_after=2026-03-04T11:59:59"), "{}", asked[2].query());
    assert!(asked[0].head.contains("Basic "), "{}", asked[0].head);
}

#[test]
fn a_reader_waits_as_asked_and_shows_no_key() {
    let read = |status: u16, headers: &str, body: &str| {
        let (headers, body) = (headers.to_owned(), body.to_owned());
        let server = Server::start(move |_| Reply::Raw(status, headers.clone(), body.clone()));
        let reader = WooCommerceReader::new(&settings(&server)).expect("a reader");
        let error = reader.changed("2026-03-04T10:00:00Z".parse().expect("a moment"), None).expect_err("a failure");
        assert!(!error.to_string().contains("ck_made_up") && !error.to_string().contains("cs_made_up"), "{error}");
        error
    };
    assert_eq!(read(429, "retry-after: 17\r\n", "{}").retry_after_seconds, Some(17));
    assert_eq!(read(503, "", "<html>").retry_after_seconds, Some(2));
    assert!(read(200, "", "<html>maintenance</html>").retry_after_seconds.is_some());
    assert_eq!(read(301, "location: http://127.0.0.1:1/\r\n", "").retry_after_seconds, None);
    let refused =
        read(401, "", r#"{"code":"woocommerce_rest_cannot_view","message":"key ck_made_up may not","data":{"status":401}}"#);
    assert_eq!(refused.retry_after_seconds, None);
    assert!(refused.message.contains("may not"), "{refused}");
    assert!(WooCommerceReader::new(&WooCommerceSettings::new("ftp://x", "a", "b")).is_err());
    assert!(WooCommerceReader::new(&WooCommerceSettings::new("https://x", " ", "b")).is_err());
    assert!(!format!("{:?}", WooCommerceSettings::new("https://x", "ck_made_up", "cs_made_up")).contains("made_up"));
}

/// A shop that remembers refunds, notes, orders and what fails next.
#[derive(Default)]
struct Books {
    order: Value,
    again: Option<Value>,
    refunds: Vec<Value>,
    notes: Vec<Value>,
    /// Does what it is asked and loses the answer.
    lose: bool,
    fail: Option<(u16, String)>,
}

fn shop(books: &Store<Books>) -> Server {
    let books = Arc::clone(books);
    Server::start(move |asked: &Asked| {
        let mut books = books.lock().expect("the books");
        let acts = asked.method != "GET";
        if acts && let Some((status, body)) = books.fail.take() {
            return Reply::Raw(status, "retry-after: 30\r\n".to_owned(), body);
        }
        let (lost, body) = (acts && std::mem::take(&mut books.lose), asked.json());
        let made = |list: &mut Vec<Value>, from: i64| {
            let mut made = body.clone();
            made["id"] = json!(from + i64::try_from(list.len()).unwrap_or(0));
            list.push(made.clone());
            made
        };
        let answer = match asked.line().as_str() {
            "GET /wp-json/wc/v3/orders" => json!([books.order]),
            "GET /wp-json/wc/v3/orders/727/refunds" => json!(books.refunds),
            "POST /wp-json/wc/v3/orders/727/refunds" => {
                let mut refund = made(&mut books.refunds, 800);
                refund["refunded_payment"] = json!(true);
                if let Some(last) = books.refunds.last_mut() {
                    last["refunded_payment"] = json!(true);
                }
                refund
            }
            "GET /wp-json/wc/v3/orders/727/notes" => json!(books.notes),
            "POST /wp-json/wc/v3/orders/727/notes" => made(&mut books.notes, 900),
            "PUT /wp-json/wc/v3/orders/727" => {
                for (name, value) in body.as_object().cloned().unwrap_or_default() {
                    if name == "meta_data" {
                        let more = value.as_array().cloned().unwrap_or_default();
                        books.order["meta_data"].as_array_mut().expect("a list").extend(more);
                    } else {
                        books.order[name] = value;
                    }
                }
                books.order.clone()
            }
            "POST /wp-json/wc/v3/orders" => {
                let mut again = body.clone();
                again["id"] = json!(728);
                books.again = Some(again.clone());
                again
            }
            "GET /wp-json/wc/v3/orders/728" => books.again.clone().unwrap_or_default(),
            "PUT /wp-json/wc/v3/orders/728" => {
                let again = books.again.as_mut().expect("an order");
                again["status"] = body["status"].clone();
                again.clone()
            }
            other => return Reply::Json(404, json!({ "code": "rest_no_route", "message": other })),
        };
        if lost { Reply::Lost } else { Reply::Json(200, answer) }
    })
}

fn books() -> Store<Books> {
    Arc::new(Mutex::new(Books { order: sample(), ..Books::default() }))
}

fn refund(minor: i64) -> Act {
    refund_of("W-1001", minor, false)
}

#[test]
fn a_refund_is_made_once_for_its_key_whatever_is_lost() {
    let books = books();
    let server = shop(&books);
    let out = WooCommerceShop::new(&settings(&server)).expect("a shop");
    books.lock().expect("the books").lose = true;
    let (outcome, doubts) = carried(&out, &refund(2000), "err_1");
    assert!(matches!(outcome, ErrandOutcome::Unknown { .. }), "{outcome:?}");
    assert_eq!(doubts, 1);
    let (outcome, doubts) = carried(&out, &refund(2000), "err_1");
    assert_eq!((outcome, doubts), (ErrandOutcome::Done { reference: "800".to_owned() }, 0));
    assert_eq!(books.lock().expect("the books").refunds.len(), 1);
    // Another key is another refund; a key that only begins like it is another key.
    assert_eq!(carried(&out, &refund(100), "err_").0, ErrandOutcome::Done { reference: "801".to_owned() });
    let sent = server.acts()[0].json();
    assert_eq!((&sent["amount"], &sent["api_refund"]), (&json!("20.00"), &json!(true)));
    assert_eq!(
        sent["line_items"][0],
        json!({ "id": 315, "quantity": 2, "refund_total": 16.66, "refund_tax": [{ "id": 75, "refund_total": 3.34 }] })
    );
}

#[test]
fn a_refund_is_refused_waits_or_is_unknown() {
    let books = books();
    let server = shop(&books);
    let out = WooCommerceShop::new(&settings(&server)).expect("a shop");
    let after = |status: u16, body: &str| {
        books.lock().expect("the books").fail = Some((status, body.to_owned()));
        carried(&out, &refund(2000), "err_2").0
    };
    let no = r#"{"code":"woocommerce_rest_cannot_create_order_refund","message":"Insufficient funds (ck_made_up)","data":{"status":500}}"#;
    let outcome = after(500, no);
    assert!(matches!(&outcome, ErrandOutcome::Refused { .. }) && reason(&outcome).contains("Insufficient funds"), "{outcome:?}");
    assert!(!reason(&outcome).contains("ck_made_up"));
    assert!(matches!(after(429, "{}"), ErrandOutcome::Retry { after_seconds: 30, .. }));
    assert!(matches!(after(200, "<html>done?</html>"), ErrandOutcome::Unknown { .. }));
    assert!(matches!(after(502, "<html>Bad gateway</html>"), ErrandOutcome::Unknown { .. }));
    assert!(matches!(after(401, r#"{"code":"x","message":"no"}"#), ErrandOutcome::Refused { .. }));
    assert!(matches!(after(200, "{}"), ErrandOutcome::Unknown { .. }));
    // The wrong currency, nothing, and an unknown line are refused before anything is asked for.
    let acts = server.acts().len();
    let dollars = Act::Refund {
        order_number: "W-1001".to_owned(),
        amount: Money { minor: 1, currency: Currency::USD },
        skus: Vec::new(),
        delivery_fee: false,
        reason: String::new(),
    };
    assert!(matches!(carried(&out, &dollars, "err_3"), (ErrandOutcome::Refused { .. }, 0)));
    assert!(matches!(carried(&out, &refund(0), "err_4"), (ErrandOutcome::Refused { .. }, 0)));
    assert!(matches!(carried(&out, &refund(1), "bad key"), (ErrandOutcome::Refused { .. }, 0)));
    assert_eq!(server.acts().len(), acts);
    // When doubt cannot be noted, nothing is asked for.
    let outcome = out.carry_out(&refund(1), "err_5", &mut || Err("the disk is full".to_owned()));
    assert!(matches!(outcome, ErrandOutcome::Retry { .. }));
    assert_eq!(server.acts().len(), acts);
}

#[test]
fn a_refund_that_moved_no_money_is_not_done() {
    let books = books();
    let server = shop(&books);
    let out = WooCommerceShop::new(&settings(&server)).expect("a shop");
    books.lock().expect("the books").refunds.push(json!({ "id": 5, "reason": "x [kept:err_9]", "refunded_payment": false }));
    let (outcome, doubts) = carried(&out, &refund(2000), "err_9");
    assert!(matches!(outcome, ErrandOutcome::Refused { .. }), "{outcome:?}");
    assert_eq!(doubts, 0);
}

#[test]
fn a_server_that_is_not_there_is_tried_again() {
    let out = WooCommerceShop::new(&WooCommerceSettings::new("http://127.0.0.1:9", "a", "b")).expect("a shop");
    assert!(matches!(carried(&out, &refund(1), "err_1"), (ErrandOutcome::Retry { .. }, 0)));
}

#[test]
fn notes_and_cancellations_are_made_once() {
    let books = books();
    let server = shop(&books);
    let out = WooCommerceShop::new(&settings(&server)).expect("a shop");
    let note = Act::Note { order_number: "W-1001".to_owned(), text: "Told on Monday.".to_owned() };
    for _ in 0..3 {
        assert_eq!(carried(&out, &note, "err_1").0, ErrandOutcome::Done { reference: "900".to_owned() });
    }
    let sent = server.acts()[0].json();
    assert_eq!(sent, json!({ "note": "Told on Monday. [kept:err_1]", "customer_note": false }));
    let cancellation =
        Act::Cancellation { order_number: "W-1001".to_owned(), skus: Vec::new(), by: CancelledBy::Customer, cause: None };
    for _ in 0..2 {
        assert_eq!(carried(&out, &cancellation, "err_2").0, ErrandOutcome::Done { reference: "727".to_owned() });
    }
    assert_eq!(server.acts().len(), 2);
    // What comes back from the shop says that the customer wished it.
    let order = books.lock().expect("the books").order.to_string();
    assert_eq!(json_of(&source("woocommerce").parse(order.as_bytes()))[2]["by"], "customer");
}

#[test]
fn a_cancellation_whose_answer_was_lost_is_known_whatever_became_of_the_order() {
    let cancellation =
        Act::Cancellation { order_number: "W-1001".to_owned(), skus: Vec::new(), by: CancelledBy::Customer, cause: None };
    for since in ["cancelled", "refunded", "trash"] {
        let books = books();
        let server = shop(&books);
        let out = WooCommerceShop::new(&settings(&server)).expect("a shop");
        books.lock().expect("the books").lose = true;
        assert!(matches!(carried(&out, &cancellation, "err_1"), (ErrandOutcome::Unknown { .. }, 1)), "{since}");
        books.lock().expect("the books").order["status"] = json!(since);
        assert!(matches!(carried(&out, &cancellation, "err_1"), (ErrandOutcome::Done { .. }, 0)), "{since}");
        assert_eq!(server.acts().len(), 1, "{since}");
        // Asked by somebody else, what was paid back without being cancelled is left to a person.
        let other = carried(&out, &cancellation, "err_2");
        assert_eq!(matches!(other, (ErrandOutcome::Done { .. }, 0)), since == "cancelled", "{since}: {other:?}");
    }
}

#[test]
fn an_address_that_the_merchant_changed_since_stays() {
    let books = books();
    let server = shop(&books);
    let out = WooCommerceShop::new(&settings(&server)).expect("a shop");
    books.lock().expect("the books").lose = true;
    assert!(matches!(carried(&out, &moved("W-1001", None), "err_1"), (ErrandOutcome::Unknown { .. }, 1)));
    books.lock().expect("the books").order["shipping"]["address_1"] = json!("3 rue Courte");
    assert!(matches!(carried(&out, &moved("W-1001", None), "err_1"), (ErrandOutcome::Done { .. }, 0)));
    assert_eq!(books.lock().expect("the books").order["shipping"]["address_1"], "3 rue Courte");
}

#[test]
fn goods_are_sent_again_once() {
    let books = books();
    let server = shop(&books);
    let out = WooCommerceShop::new(&settings(&server)).expect("a shop");
    let again = Act::Reshipment { order_number: "W-1001".to_owned(), skus: vec!["BOUGIE".to_owned()], reason: "lost".to_owned() };
    // The answer to the making is lost: an order that waits, and nothing is released.
    books.lock().expect("the books").lose = true;
    let (outcome, doubts) = carried(&out, &again, "err_1");
    assert!(matches!(outcome, ErrandOutcome::Retry { .. }), "{outcome:?}");
    assert_eq!(doubts, 0);
    for doubts in [1, 0] {
        assert_eq!(carried(&out, &again, "err_1"), (ErrandOutcome::Done { reference: "728".to_owned() }, doubts));
    }
    let made = books.lock().expect("the books").again.clone().expect("an order");
    assert_eq!(
        made["line_items"],
        json!([{ "product_id": 93, "variation_id": 0, "quantity": 2, "subtotal": "0", "total": "0" }])
    );
    assert_eq!((&made["status"], &made["shipping"]["city"]), (&json!("processing"), &json!("Lille")));
}

#[test]
fn an_address_is_changed_and_not_after_the_fact() {
    let books = books();
    let server = shop(&books);
    let out = WooCommerceShop::new(&settings(&server)).expect("a shop");
    let change = moved("W-1001", Some("Odile"));
    assert!(matches!(carried(&out, &change, "err_1"), (ErrandOutcome::Done { .. }, 1)));
    assert!(matches!(carried(&out, &change, "err_1"), (ErrandOutcome::Done { .. }, 0)));
    books.lock().expect("the books").order["status"] = json!("completed");
    assert!(matches!(carried(&out, &change, "err_2"), (ErrandOutcome::Refused { .. }, 0)));
}

#[test]
fn what_cannot_be_done_is_not_offered() {
    let out = WooCommerceShop::new(&WooCommerceSettings::new("http://127.0.0.1:9", "a", "b")).expect("a shop");
    let offered: Vec<ErrandKind> = ErrandKind::ALL.into_iter().filter(|kind| out.offers(*kind)).collect();
    assert_eq!(offered.len(), 5);
    let lines =
        Act::Cancellation { order_number: "1".to_owned(), skus: vec!["A".to_owned()], by: CancelledBy::Shop, cause: None };
    assert!(matches!(carried(&out, &lines, "err_1"), (ErrandOutcome::Refused { .. }, 0)));
}
