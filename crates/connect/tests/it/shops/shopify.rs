use std::sync::{Arc, Mutex};
use std::time::Duration;

use kept_connect::shops::shopify::{API_VERSION, ShopifyAccess, ShopifyReader, ShopifySettings, ShopifyShop};
use kept_domain::input::CancelledBy;
use kept_engine::ports::{Act, ErrandKind, ErrandOutcome, Shop, ShopReader, Verification};
use serde_json::{Value, json};

use super::woocommerce::signed;
use super::{Asked, Reply, SHOPIFY, Server, Store, carried, json_of, kinds, moved, reason, refund_of};
use crate::shared::source;

fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut order: Value = serde_json::from_str(SHOPIFY).expect("JSON");
    change(&mut order);
    order.to_string().into_bytes()
}

#[test]
fn an_order_says_everything_it_knows() {
    let parsed = source("shopify").parse(SHOPIFY.as_bytes());
    let news = json_of(&parsed);
    assert_eq!(kinds(&parsed), ["placed", "parcel", "cancelled", "refund"]);
    assert_eq!(
        news[0],
        json!({
            "source": "shopify", "kind": "order.placed", "order_number": "1001", "at": "2026-03-02T10:15:00+01:00", "offset": "known",
            "customer": {
                "reference": "115310627314723954", "name": "Odile Marchand", "email": "odile@example.org", "phone": "+33600000001",
                "address": "12 quai Nord\nBât. B\n59000, Lille", "city": "Lille", "language": "fr", "country": "FR", "consumer": true,
            },
            "lines": [
                { "sku": "BOUGIE", "title": "Bougie", "quantity": 2, "price": { "minor": 1800, "currency": "EUR" } },
                { "sku": "variant-22", "title": "Lampe - Bleue", "quantity": 1, "price": { "minor": 4000, "currency": "EUR" } },
            ],
            "delivery_fee": { "minor": 490, "currency": "EUR" },
            "promised_day": "2026-03-09", "destination_country": "FR", "destination_postal": "59000",
            "as_of": { "at": "2026-03-06T09:00:00+01:00", "offset": "known" },
        })
    );
    assert_eq!((&news[1]["carrier"], &news[1]["skus"]), (&json!("laposte"), &json!(["BOUGIE"])));
    assert_eq!((&news[2]["skus"], &news[2]["by"]), (&json!(["variant-22"]), &json!("shop")));
    assert_eq!(news[2]["at"], "2026-03-06T09:00:00+01:00");
    assert_eq!((&news[3]["event_id"], &news[3]["amount"]["minor"]), (&json!("transaction-179259969"), &json!(4000)));
    assert_eq!(parsed.unmapped.iter().map(|unmapped| unmapped.code.as_str()).collect::<Vec<_>>(), ["refund failure"]);
}

#[test]
fn fewer_of_a_line_that_has_not_left_is_so_many_that_will_not_come() {
    let raw = changed(|order| {
        order["fulfillments"] = json!([]);
        for line in order["line_items"].as_array_mut().expect("lines") {
            line["fulfillment_status"] = Value::Null;
            line["current_quantity"] = json!(1);
        }
    });
    let parsed = source("shopify").parse(&raw);
    let news = json_of(&parsed);
    assert_eq!(kinds(&parsed), ["placed", "cancelled", "refund"]);
    assert_eq!((&news[1]["skus"], &news[1]["quantity"], &news[1]["by"]), (&json!(["BOUGIE"]), &json!(1), &json!("shop")));
}

#[test]
fn who_cancelled_is_taken_from_the_reason() {
    for (given, by, cause) in [
        ("customer", "customer", Value::Null),
        ("inventory", "shop", json!("unavailable")),
        ("fraud", "shop", json!("fraud")),
        ("other", "shop", json!("other")),
    ] {
        let raw = changed(|order| {
            order["cancelled_at"] = json!("2026-03-05T08:00:00+01:00");
            order["cancel_reason"] = json!(given);
        });
        let news = json_of(&source("shopify").parse(&raw));
        assert_eq!((&news[2]["by"], &news[2]["cause"], &news[2]["skus"]), (&json!(by), &cause, &json!([])), "{given}");
    }
}

#[test]
fn lines_that_kept_took_out_at_the_customer_s_wish_are_released() {
    let raw = changed(|order| {
        order["note_attributes"] = json!([{ "name": "_kept_released", "value": "OTHER|variant-22" }]);
    });
    assert_eq!(json_of(&source("shopify").parse(&raw))[2]["by"], "customer");
}

#[test]
fn what_was_sent_and_came_back_is_no_cancellation() {
    let raw = changed(|order| order["line_items"][1]["fulfillment_status"] = json!("fulfilled"));
    assert_eq!(kinds(&source("shopify").parse(&raw)), ["placed", "parcel", "refund"]);
}

#[test]
fn firms_other_currencies_and_goods_that_do_not_travel() {
    let raw = changed(|order| order["company"] = json!({ "id": 42, "location_id": 43 }));
    let news = json_of(&source("shopify").parse(&raw));
    assert_eq!((&news[0]["customer"]["consumer"], &news[0]["customer"]["account"]), (&json!(false), &json!("42")));
    let raw = changed(|order| {
        order["presentment_currency"] = json!("CHF");
        order["line_items"][0]["price_set"]["presentment_money"] = json!({ "amount": "11.00", "currency_code": "CHF" });
    });
    let news = json_of(&source("shopify").parse(&raw));
    assert_eq!(news[0]["lines"][0]["price"], json!({ "minor": 2000, "currency": "CHF" }));
    let raw = changed(|order| {
        let card = order["line_items"][2].clone();
        order["line_items"] = json!([card]);
    });
    let parsed = source("shopify").parse(&raw);
    assert_eq!((parsed.error, parsed.inputs.len(), parsed.unmapped[0].code.as_str()), (None, 0, "order without goods"));
}

#[test]
fn a_fulfillment_alone_names_its_order() {
    let order: Value = serde_json::from_str(SHOPIFY).expect("JSON");
    let fulfillment = order["fulfillments"][0].clone();
    let news = json_of(&source("shopify").parse(fulfillment.to_string().as_bytes()));
    assert_eq!((&news[0]["order_number"], &news[0]["tracking_number"]), (&json!("1001"), &json!("6A00000000001")));
    let mut cancelled = fulfillment.clone();
    cancelled["status"] = json!("cancelled");
    assert!(source("shopify").parse(cancelled.to_string().as_bytes()).inputs.is_empty());
    let mut nameless = fulfillment;
    nameless["name"] = Value::Null;
    assert_eq!(source("shopify").parse(nameless.to_string().as_bytes()).unmapped[0].code, "fulfillment");
    let refund = &order["refunds"][0];
    assert_eq!(source("shopify").parse(refund.to_string().as_bytes()).unmapped[0].code, "refunds/create");
}

#[test]
fn the_same_order_ten_times_is_the_same_news() {
    let one = json_of(&source("shopify").parse(SHOPIFY.as_bytes()));
    let list = json!({ "orders": vec![serde_json::from_str::<Value>(SHOPIFY).expect("JSON"); 10] });
    let ten = json_of(&source("shopify").parse(list.to_string().as_bytes()));
    let (one, ten) = (one.as_array().expect("a list"), ten.as_array().expect("a list"));
    assert!(ten.chunks(one.len()).all(|chunk| chunk == one.as_slice()));
}

#[test]
fn signatures() {
    let parser = source("shopify");
    let raw = SHOPIFY.as_bytes();
    let with = |signature: String| move |name: &str| (name == "x-shopify-hmac-sha256").then(|| signature.clone());
    assert_eq!(parser.verify(&with(signed("secret", raw)), raw, "secret"), Verification::Verified);
    assert_eq!(parser.verify(&with(signed("secret", raw)), &changed(|_| {}), "secret"), Verification::Refused);
    assert_eq!(parser.verify(&with(signed("", raw)), raw, ""), Verification::Refused);
    assert_eq!(parser.verify(&|_| None, raw, "secret"), Verification::Refused);
}

fn settings(server: &Server) -> ShopifySettings {
    let access = ShopifyAccess::Token("shpat_made_up".to_owned());
    ShopifySettings { timeout: Duration::from_millis(800), ..ShopifySettings::new(server.url(), access) }
}

#[test]
fn what_changed_is_read_by_the_link_and_within_the_bucket() {
    let server = Server::start(|asked| {
        let next = "<https://s.myshopify.com/admin/api/x/orders.json?limit=100&page_info=abc>; rel=\"next\"";
        let order: Value = serde_json::from_str(SHOPIFY).expect("JSON");
        let (headers, orders) = if asked.query().contains("page_info=abc") {
            ("x-shopify-shop-api-call-limit: 39/40\r\n".to_owned(), json!([]))
        } else {
            (format!("link: {next}\r\nx-shopify-shop-api-call-limit: 1/40\r\n"), json!([order]))
        };
        Reply::Raw(200, headers, json!({ "orders": orders }).to_string())
    });
    let reader = ShopifyReader::new(&settings(&server)).expect("a reader");
    let since = "2026-03-04T10:00:00Z".parse().expect("a moment");
    let first = reader.changed(since, None).expect("a page");
    assert_eq!((first.next.as_deref(), first.read_to), (Some("abc"), "2026-03-06T08:00:00Z".parse().ok()));
    assert!(first.wait_seconds < 0.2);
    let second = reader.changed(since, first.next.as_deref()).expect("a page");
    assert_eq!((second.payloads.len(), second.next), (0, None));
    assert!(second.wait_seconds > 5.0);
    let asked = server.asked();
    assert_eq!(asked[0].line(), format!("GET /admin/api/{API_VERSION}/orders.json"));
    for part in ["status=any", "order=updated_at asc", "updated_at_min=2026-03-04T10:00:00Z", "limit=100"] {
        assert!(asked[0].query().contains(part), "{}", asked[0].query());
    }
    assert!(!asked[1].query().contains("status"), "{}", asked[1].query());
    assert!(asked[0].head.to_lowercase().contains("x-shopify-access-token: shpat_made_up"));
}

#[test]
fn an_app_of_the_shop_fetches_its_token_once() {
    let server = Server::start(|asked| match asked.line().as_str() {
        "POST /admin/oauth/access_token" if asked.body.contains("client_secret=secret") => {
            Reply::Json(200, json!({ "access_token": "fresh", "scope": "read_orders", "expires_in": 86399 }))
        }
        "POST /admin/oauth/access_token" => Reply::Json(400, json!({ "error": "application_cannot_be_found" })),
        _ => Reply::Json(200, json!({ "orders": [] })),
    });
    let access = |secret: &str| ShopifyAccess::Client { id: "id".to_owned(), secret: secret.to_owned() };
    let reader = ShopifyReader::new(&ShopifySettings::new(server.url(), access("secret"))).expect("a reader");
    let since = "2026-03-04T10:00:00Z".parse().expect("a moment");
    for _ in 0..2 {
        reader.changed(since, None).expect("a page");
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert!(asked[1].head.to_lowercase().contains("x-shopify-access-token: fresh"));
    let reader = ShopifyReader::new(&ShopifySettings::new(server.url(), access("wrong-one"))).expect("a reader");
    let error = reader.changed(since, None).expect_err("refused");
    assert!(error.message.contains("application_cannot_be_found") && !error.message.contains("wrong-one"), "{error}");
    assert!(ShopifyReader::new(&ShopifySettings::new(server.url(), access(""))).is_err());
}

#[test]
fn too_many_questions_wait_and_a_page_is_no_answer() {
    for (status, headers, body, wait) in [
        (429, "retry-after: 2.0\r\n", "{}", Some(2)),
        (200, "", "<html></html>", Some(300)),
        (403, "", "{\"errors\":\"[API] This action requires merchant approval for read_orders scope.\"}", None),
    ] {
        let server = Server::start(move |_| Reply::Raw(status, headers.to_owned(), body.to_owned()));
        let reader = ShopifyReader::new(&settings(&server)).expect("a reader");
        let error = reader.changed("2026-03-04T10:00:00Z".parse().expect("a moment"), None).expect_err("a failure");
        assert_eq!(error.retry_after_seconds, wait, "{error}");
    }
}

/// A shop that remembers.
#[derive(Default)]
struct Books {
    order: Value,
    drafts: Vec<Value>,
    /// Name of the mutation that is carried out and whose answer is lost.
    lose: Option<&'static str>,
    /// Cancelling takes its time: the job has begun, and the order is not cancelled yet.
    slow: bool,
    /// What is answered to the next mutation instead.
    instead: Option<(u16, String)>,
}

fn books() -> Store<Books> {
    let line = |id: u32, sku: &str, variant: u32| {
        json!({ "id": format!("gid://shopify/LineItem/{id}"), "sku": sku, "title": "T", "quantity": 2, "currentQuantity": 2,
            "unfulfilledQuantity": 2, "refundableQuantity": 2, "variant": { "id": format!("gid://shopify/ProductVariant/{variant}") } })
    };
    let order = json!({
        "id": "gid://shopify/Order/1", "name": "#1001", "note": "ring twice", "email": "odile@example.org", "cancelledAt": null,
        "displayFulfillmentStatus": "UNFULFILLED", "presentmentCurrencyCode": "EUR", "customer": { "id": "gid://shopify/Customer/7" },
        "customAttributes": [{ "key": "Delivery-Date", "value": "2026/03/09" }],
        "shippingAddress": { "firstName": "Odile", "lastName": "Marchand", "company": null, "address1": "12 quai Nord", "address2": null,
            "city": "Lille", "zip": "59000", "provinceCode": null, "countryCodeV2": "FR", "phone": null },
        "lineItems": { "nodes": [line(1, "BOUGIE", 11), line(2, "", 22)] },
        "refunds": [],
        "transactions": [
            { "id": "gid://shopify/OrderTransaction/1", "kind": "SALE", "status": "SUCCESS", "gateway": "gift_card", "parentTransaction": null,
              "amountSet": { "presentmentMoney": { "amount": "15.0", "currencyCode": "EUR" } } },
            { "id": "gid://shopify/OrderTransaction/2", "kind": "CAPTURE", "status": "SUCCESS", "gateway": "shopify_payments",
              "parentTransaction": null, "amountSet": { "presentmentMoney": { "amount": "50.0", "currencyCode": "EUR" } } },
            { "id": "gid://shopify/OrderTransaction/3", "kind": "REFUND", "status": "SUCCESS", "gateway": "gift_card",
              "parentTransaction": { "id": "gid://shopify/OrderTransaction/1" },
              "amountSet": { "presentmentMoney": { "amount": "5.0", "currencyCode": "EUR" } } },
        ],
    });
    Arc::new(Mutex::new(Books { order, ..Books::default() }))
}

fn mutation(asked: &Asked) -> Option<&'static str> {
    let query = asked.json()["query"].as_str().unwrap_or_default().to_owned();
    const ALL: [&str; 8] = [
        "orderUpdate",
        "orderCancel",
        "orderEditBegin",
        "orderEditSetQuantity",
        "orderEditCommit",
        "refundCreate",
        "draftOrderCreate",
        "draftOrderComplete",
    ];
    ALL.into_iter().find(|name| query.starts_with("mutation") && query.contains(&format!("{name}(")))
}

fn shop(books: &Store<Books>) -> Server {
    let books = Arc::clone(books);
    Server::start(move |asked: &Asked| {
        assert_eq!(asked.line(), format!("POST /admin/api/{API_VERSION}/graphql.json"));
        let mut books = books.lock().expect("the books");
        let (name, variables) = (mutation(asked), asked.json()["variables"].clone());
        if name.is_some()
            && let Some((status, body)) = books.instead.take()
        {
            return Reply::Raw(status, "retry-after: 30\r\n".to_owned(), body);
        }
        let data = match name {
            None if asked.body.contains("draftOrder(") => {
                let draft = books.drafts.iter().find(|draft| draft["id"] == variables["id"]).cloned();
                json!({ "draftOrder": draft })
            }
            None if asked.body.contains("order(id:") => json!({ "order": books.order }),
            None if asked.body.contains("refund(id:") => {
                let refunds = books.order["refunds"].as_array().cloned().unwrap_or_default();
                json!({ "refund": refunds.into_iter().find(|refund| refund["id"] == variables["id"]) })
            }
            None => json!({ "orders": { "nodes": [books.order] } }),
            Some("orderUpdate") => {
                let input = variables["input"].as_object().cloned().expect("an input");
                for (field, value) in input {
                    if field == "shippingAddress" {
                        let mut address = value;
                        address["countryCodeV2"] = address["countryCode"].take();
                        books.order[field] = address;
                    } else {
                        books.order[field] = value;
                    }
                }
                json!({ "orderUpdate": { "order": { "id": books.order["id"] }, "userErrors": [] } })
            }
            Some("orderCancel") => {
                if !books.slow {
                    books.order["cancelledAt"] = json!("2026-03-05T08:00:00Z");
                }
                json!({ "orderCancel": { "job": { "id": "gid://shopify/Job/1" }, "orderCancelUserErrors": [] } })
            }
            Some("orderEditBegin") => {
                let nodes: Vec<Value> = books.order["lineItems"]["nodes"].as_array().cloned().unwrap_or_default();
                json!({ "orderEditBegin": { "calculatedOrder": { "id": "gid://shopify/CalculatedOrder/9", "lineItems": { "nodes": nodes } },
                    "userErrors": [] } })
            }
            Some("orderEditSetQuantity") => {
                json!({ "orderEditSetQuantity": { "calculatedOrder": { "id": "gid://shopify/CalculatedOrder/9" }, "userErrors": [] } })
            }
            Some("orderEditCommit") => {
                books.order["lineItems"]["nodes"][1]["currentQuantity"] = json!(0);
                json!({ "orderEditCommit": { "order": { "id": books.order["id"] }, "userErrors": [] } })
            }
            Some("refundCreate") => {
                let id = json!("gid://shopify/Refund/5");
                let transactions = json!({ "nodes": [{ "status": "PENDING" }] });
                let refund = json!({ "id": id, "note": variables["input"]["note"], "transactions": transactions });
                books.order["refunds"].as_array_mut().expect("a list").push(refund.clone());
                json!({ "refundCreate": { "refund": refund, "userErrors": [] } })
            }
            Some("draftOrderCreate") => {
                let id = json!(format!("gid://shopify/DraftOrder/{}", books.drafts.len() + 1));
                books.drafts.push(json!({ "id": id, "status": "OPEN", "order": null }));
                json!({ "draftOrderCreate": { "draftOrder": { "id": id }, "userErrors": [] } })
            }
            Some(_) => {
                let draft = books.drafts.iter_mut().find(|draft| draft["id"] == variables["id"]).expect("a draft");
                draft["order"] = json!({ "id": "gid://shopify/Order/2", "name": "#1002" });
                json!({ "draftOrderComplete": { "draftOrder": draft, "userErrors": [] } })
            }
        };
        if name.is_some() && books.lose == name {
            books.lose = None;
            return Reply::Lost;
        }
        Reply::Json(200, json!({ "data": data }))
    })
}

fn mutations(server: &Server) -> Vec<&'static str> {
    server.asked().iter().filter_map(mutation).collect()
}

fn sent(server: &Server, name: &str) -> Value {
    let asked = server.asked().into_iter().rfind(|asked| mutation(asked) == Some(name)).expect("it was asked");
    asked.json()["variables"].clone()
}

fn refund(minor: i64) -> Act {
    refund_of("1001", minor, true)
}

#[test]
fn a_refund_goes_back_by_the_way_it_came_and_once() {
    let books = books();
    let server = shop(&books);
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    books.lock().expect("the books").lose = Some("refundCreate");
    assert!(matches!(carried(&out, &refund(2000), "err_1"), (ErrandOutcome::Unknown { .. }, 1)));
    let done = ErrandOutcome::Done { reference: "gid://shopify/Refund/5".to_owned() };
    assert_eq!(carried(&out, &refund(2000), "err_1"), (done, 0));
    assert_eq!(mutations(&server), ["refundCreate"]);
    let variables = sent(&server, "refundCreate");
    let parts = &variables["input"]["transactions"];
    assert_eq!((&parts[0]["amount"], &parts[0]["gateway"]), (&json!("10.00"), &json!("gift_card")));
    assert_eq!((&parts[1]["amount"], &parts[1]["parentId"]), (&json!("10.00"), &json!("gid://shopify/OrderTransaction/2")));
    assert_eq!(variables["input"]["refundLineItems"][0]["restockType"], "NO_RESTOCK");
    assert_eq!(variables["key"].as_str().map(str::len), Some(36));
    assert!(server.asked().iter().any(|asked| asked.body.contains("@idempotent")));
    // More than was paid is refused before anything is asked for.
    assert!(matches!(carried(&out, &refund(6001), "err_2"), (ErrandOutcome::Refused { .. }, 0)));
}

#[test]
fn a_refund_is_refused_waits_or_is_unknown() {
    let books = books();
    let server = shop(&books);
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    let after = |status: u16, body: &str| {
        books.lock().expect("the books").instead = Some((status, body.to_owned()));
        carried(&out, &refund(2000), "err_1").0
    };
    let no = r#"{"data":{"refundCreate":{"refund":null,"userErrors":[{"field":["transactions"],"message":"Card was closed"}]}}}"#;
    let outcome = after(200, no);
    assert!(matches!(&outcome, ErrandOutcome::Refused { .. }) && reason(&outcome).contains("Card was closed"), "{outcome:?}");
    let throttled = r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}"#;
    assert!(matches!(after(200, throttled), ErrandOutcome::Retry { .. }));
    let denied = r#"{"errors":[{"message":"Access denied for refundCreate","extensions":{"code":"ACCESS_DENIED"}}]}"#;
    assert!(matches!(after(200, denied), ErrandOutcome::Refused { .. }));
    let broken = r#"{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#;
    assert!(matches!(after(200, broken), ErrandOutcome::Unknown { .. }));
    assert!(matches!(after(429, "{}"), ErrandOutcome::Retry { after_seconds: 30, .. }));
    assert!(matches!(after(200, "<html></html>"), ErrandOutcome::Unknown { .. }));
    assert!(matches!(after(502, "<html></html>"), ErrandOutcome::Unknown { .. }));
    assert!(matches!(after(200, "{\"data\":{}}"), ErrandOutcome::Unknown { .. }));
    assert!(books.lock().expect("the books").order["refunds"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn an_order_is_cancelled_once_and_without_moving_money() {
    let books = books();
    let server = shop(&books);
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    let cancellation =
        |by| Act::Cancellation { order_number: "#1001".to_owned(), skus: Vec::new(), by, cause: Some("unavailable".to_owned()) };
    for doubts in [1, 0] {
        assert!(
            matches!(carried(&out, &cancellation(CancelledBy::Shop), "err_1"), (ErrandOutcome::Done { .. }, found) if found == doubts)
        );
    }
    assert_eq!(sent(&server, "orderCancel")["reason"], "INVENTORY");
    assert_eq!(sent(&server, "orderCancel")["notify"], false);
    assert_eq!(mutations(&server), ["orderCancel"]);
    assert!(server.asked().iter().any(|asked| asked.body.contains("originalPaymentMethodsRefund: false")));
}

fn cancellation() -> Act {
    Act::Cancellation { order_number: "1001".to_owned(), skus: Vec::new(), by: CancelledBy::Customer, cause: None }
}

#[test]
fn a_cancellation_is_done_once_the_order_says_so() {
    let books = books();
    let server = shop(&books);
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    // The job has begun, and its answer is lost; asked again it is still at work, then done.
    (books.lock().expect("the books").slow, books.lock().expect("the books").lose) = (true, Some("orderCancel"));
    assert!(matches!(carried(&out, &cancellation(), "err_1"), (ErrandOutcome::Unknown { .. }, 1)));
    assert!(matches!(carried(&out, &cancellation(), "err_1"), (ErrandOutcome::Retry { .. }, 1)));
    books.lock().expect("the books").order["cancelledAt"] = json!("2026-03-05T08:01:00Z");
    assert!(matches!(carried(&out, &cancellation(), "err_1"), (ErrandOutcome::Done { .. }, 0)));
}

#[test]
fn an_order_that_somebody_else_cancelled_meanwhile_is_cancelled() {
    let books = books();
    let no = r#"{"data":{"orderCancel":{"job":null,"orderCancelUserErrors":[{"field":null,"message":"Order is cancelled already"}]}}}"#;
    let server = {
        let books = Arc::clone(&books);
        // Between the look at the order and the cancellation the merchant cancels it.
        Server::start(move |asked: &Asked| match mutation(asked) {
            Some(_) => {
                books.lock().expect("the books").order["cancelledAt"] = json!("2026-03-05T08:00:00Z");
                Reply::Raw(200, String::new(), no.to_owned())
            }
            None if asked.body.contains("order(id:") => {
                Reply::Json(200, json!({ "data": { "order": books.lock().expect("the books").order } }))
            }
            None => Reply::Json(200, json!({ "data": { "orders": { "nodes": [books.lock().expect("the books").order] } } })),
        })
    };
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    assert!(matches!(carried(&out, &cancellation(), "err_1"), (ErrandOutcome::Done { .. }, 1)));
    // Lines of an order that is cancelled as a whole are out of it.
    let lines = Act::Cancellation {
        order_number: "1001".to_owned(),
        skus: vec!["BOUGIE".to_owned()],
        by: CancelledBy::Customer,
        cause: None,
    };
    assert!(matches!(carried(&out, &lines, "err_2"), (ErrandOutcome::Done { .. }, 0)));
}

#[test]
fn a_refund_that_moves_no_money_is_not_done_and_one_under_way_is_not_made_twice() {
    let books = books();
    let server = shop(&books);
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    let failed = json!({ "id": "gid://shopify/Refund/4", "note": "x [kept:err_9]", "transactions": { "nodes": [{ "status": "FAILURE" }] } });
    books.lock().expect("the books").order["refunds"] = json!([failed]);
    let (outcome, doubts) = carried(&out, &refund(2000), "err_9");
    assert!(matches!(&outcome, ErrandOutcome::Refused { .. }) && reason(&outcome).contains("no money moved"), "{outcome:?}");
    assert_eq!(doubts, 0);
    // Of the 65 € that were paid, 5 are back. The merchant pays 40 € back, and the provider has not answered yet: 20 are left.
    let under_way = json!({ "id": "gid://shopify/OrderTransaction/4", "kind": "REFUND", "status": "AWAITING_RESPONSE", "gateway": "shopify_payments",
        "parentTransaction": { "id": "gid://shopify/OrderTransaction/2" },
        "amountSet": { "presentmentMoney": { "amount": "40.0", "currencyCode": "EUR" } } });
    let mut failed = under_way.clone();
    failed["status"] = json!("ERROR");
    for transaction in [failed, under_way] {
        books.lock().expect("the books").order["transactions"].as_array_mut().expect("a list").push(transaction);
    }
    assert!(matches!(carried(&out, &refund(2001), "err_1"), (ErrandOutcome::Refused { .. }, 0)));
    assert!(matches!(carried(&out, &refund(2000), "err_1"), (ErrandOutcome::Done { .. }, 1)));
}

#[test]
fn an_address_that_the_merchant_changed_since_stays() {
    let books = books();
    let server = shop(&books);
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    books.lock().expect("the books").lose = Some("orderUpdate");
    assert!(matches!(carried(&out, &moved("1001", None), "err_1"), (ErrandOutcome::Unknown { .. }, 1)));
    books.lock().expect("the books").order["shippingAddress"]["address1"] = json!("3 rue Courte");
    assert!(matches!(carried(&out, &moved("1001", None), "err_1"), (ErrandOutcome::Done { .. }, 0)));
    assert_eq!(books.lock().expect("the books").order["shippingAddress"]["address1"], "3 rue Courte");
    // What the order had noted before is there still.
    assert_eq!(books.lock().expect("the books").order["customAttributes"][0]["key"], "Delivery-Date");
}

#[test]
fn shopify_writes_to_the_customer_only_when_it_is_asked_to() {
    let books = books();
    let server = shop(&books);
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    assert!(matches!(out.carry_out_telling(&refund(2000), "err_1", &mut || Ok(())), ErrandOutcome::Done { .. }));
    assert_eq!(sent(&server, "refundCreate")["input"]["notify"], true);
    assert!(matches!(carried(&out, &refund(1000), "err_2"), (ErrandOutcome::Done { .. }, 1)));
    assert_eq!(sent(&server, "refundCreate")["input"]["notify"], false);
    let whole = Act::Cancellation { order_number: "#1001".to_owned(), skus: Vec::new(), by: CancelledBy::Customer, cause: None };
    assert!(matches!(out.carry_out_telling(&whole, "err_3", &mut || Ok(())), ErrandOutcome::Done { .. }));
    assert_eq!(sent(&server, "orderCancel")["notify"], true);
}

#[test]
fn lines_are_taken_out_by_an_edit_that_counts_when_committed() {
    let books = books();
    let server = shop(&books);
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    let lines = |sku: &str| Act::Cancellation {
        order_number: "1001".to_owned(),
        skus: vec![sku.to_owned()],
        by: CancelledBy::Customer,
        cause: None,
    };
    books.lock().expect("the books").lose = Some("orderEditSetQuantity");
    assert!(matches!(carried(&out, &lines("variant-22"), "err_1"), (ErrandOutcome::Retry { .. }, 0)));
    books.lock().expect("the books").lose = Some("orderEditCommit");
    assert!(matches!(carried(&out, &lines("variant-22"), "err_1"), (ErrandOutcome::Unknown { .. }, 1)));
    assert!(matches!(carried(&out, &lines("variant-22"), "err_1"), (ErrandOutcome::Done { .. }, 0)));
    assert_eq!(mutations(&server).iter().filter(|name| **name == "orderEditCommit").count(), 1);
    let attributes = books.lock().expect("the books").order["customAttributes"].clone();
    assert_eq!(
        attributes,
        json!([{ "key": "Delivery-Date", "value": "2026/03/09" }, { "key": "_kept_released", "value": "variant-22" }])
    );
    assert!(matches!(carried(&out, &lines("NONE"), "err_2"), (ErrandOutcome::Refused { .. }, 0)));
    books.lock().expect("the books").order["lineItems"]["nodes"][0]["unfulfilledQuantity"] = json!(0);
    assert!(matches!(carried(&out, &lines("BOUGIE"), "err_3"), (ErrandOutcome::Refused { .. }, 0)));
}

#[test]
fn goods_are_sent_again_once() {
    let books = books();
    let server = shop(&books);
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    let again = Act::Reshipment { order_number: "1001".to_owned(), skus: vec!["BOUGIE".to_owned()], reason: "lost".to_owned() };
    books.lock().expect("the books").lose = Some("draftOrderCreate");
    assert!(matches!(carried(&out, &again, "err_1"), (ErrandOutcome::Retry { .. }, 0)));
    books.lock().expect("the books").lose = Some("draftOrderComplete");
    assert!(matches!(carried(&out, &again, "err_1"), (ErrandOutcome::Unknown { .. }, 1)));
    assert_eq!(carried(&out, &again, "err_1"), (ErrandOutcome::Done { reference: "1002".to_owned() }, 0));
    assert_eq!(mutations(&server).iter().filter(|name| **name == "draftOrderComplete").count(), 1);
    let input = sent(&server, "draftOrderCreate")["input"].clone();
    assert_eq!(input["appliedDiscount"]["value"], 100.0);
    assert_eq!(
        (&input["shippingAddress"]["countryCode"], &input["purchasingEntity"]["customerId"]),
        (&json!("FR"), &json!("gid://shopify/Customer/7"))
    );
}

#[test]
fn notes_and_addresses() {
    let books = books();
    let server = shop(&books);
    let out = ShopifyShop::new(&settings(&server)).expect("a shop");
    let note = Act::Note { order_number: "1001".to_owned(), text: "Told on Monday.".to_owned() };
    for doubts in [1, 0] {
        assert!(matches!(carried(&out, &note, "err_1"), (ErrandOutcome::Done { .. }, found) if found == doubts));
    }
    assert_eq!(books.lock().expect("the books").order["note"], "ring twice\nTold on Monday. [kept:err_1]");
    let change = moved("1001", None);
    for doubts in [1, 0] {
        assert!(matches!(carried(&out, &change, "err_2"), (ErrandOutcome::Done { .. }, found) if found == doubts));
    }
    books.lock().expect("the books").order["displayFulfillmentStatus"] = json!("FULFILLED");
    assert!(matches!(carried(&out, &change, "err_3"), (ErrandOutcome::Refused { .. }, 0)));
    assert!(ErrandKind::ALL.into_iter().all(|kind| out.offers(kind) == (kind != ErrandKind::DeliveryDay)));
    let strange = Act::Note { order_number: "1001 OR name:*".to_owned(), text: String::new() };
    assert!(matches!(carried(&out, &strange, "err_4"), (ErrandOutcome::Refused { .. }, 0)));
}
