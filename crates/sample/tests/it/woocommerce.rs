//! The shop with an entrance of its own: asked and acted in as WooCommerce is documented to be.

use jiff::Timestamp;
use kept_base::{Currency, Moment, Money};
use kept_domain::input::{CustomerDetails, LineOrdered, OrderPlaced};
use kept_sample::WooShop;
use kept_sample::door::{Door, Reply, Request};
use serde_json::{Value, json};

fn at(minute: i64) -> Moment {
    let start: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
    Moment::known(start + jiff::SignedDuration::from_mins(minute), 3600)
}

fn shop() -> WooShop {
    WooShop::new("ck", "cs", || at(600))
}

fn order(number: &str, minute: i64) -> OrderPlaced {
    OrderPlaced {
        order_number: number.to_owned(),
        at: at(minute),
        customer: CustomerDetails {
            name: Some("Odile Marchand".to_owned()),
            city: Some("Lille".to_owned()),
            ..CustomerDetails::default()
        },
        lines: vec![LineOrdered {
            sku: "LAMPE".to_owned(),
            title: None,
            quantity: 2,
            price: Some(Money::new(4_000, Currency::EUR)),
            seller: None,
        }],
        delivery_fee: Some(Money::new(490, Currency::EUR)),
        promised_day: None,
        promised_at: None,
        ship_by: None,
        destination_country: None,
        destination_postal: None,
        as_of: None,
    }
}

fn ask(shop: &WooShop, method: &str, target: &str, body: Value) -> (u16, Value, Reply) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request = Request {
        method: method.to_owned(),
        path: format!("/wp-json/wc/v3/orders{path}"),
        query: query.to_owned(),
        // `ck:cs` in base64.
        headers: vec![("authorization".to_owned(), "Basic Y2s6Y3M=".to_owned())],
        body: body.to_string().into_bytes(),
    };
    let reply = shop.answer(&request);
    (reply.status, serde_json::from_slice(&reply.body).unwrap(), reply)
}

#[test]
fn what_changed_is_listed_by_when_and_in_pages() {
    let shop = shop();
    for (number, minute) in [("A", 0), ("B", 10), ("C", 20)] {
        shop.place(&order(number, minute));
    }
    shop.ship("A", "colissimo", "6A1", &at(30), &["LAMPE".to_owned()]).unwrap();
    let (_, found, reply) = ask(&shop, "GET", "?modified_after=2026-11-23T10%3A10%3A00&per_page=1&page=2", Value::Null);
    assert_eq!((found[0]["number"].as_str(), found.as_array().map(Vec::len)), (Some("A"), Some(1)), "C changed before A did");
    assert!(reply.headers.contains(&("X-WP-TotalPages", "2".to_owned())), "{:?}", reply.headers);
    assert_eq!(found[0]["date_modified"], "2026-11-23T11:30:00", "its wall clock, beside UTC");
    assert_eq!(found[0]["date_modified_gmt"], "2026-11-23T10:30:00");
    // What is told later than something newer is a newer change all the same, or whoever reads on would never see it.
    shop.cancel("B", &at(5), true).unwrap();
    let (_, found, _) = ask(&shop, "GET", "?modified_after=2026-11-23T10:29:59", Value::Null);
    assert_eq!(found.as_array().map(Vec::len), Some(2));
    assert!(!shop.stands("B") && shop.stands("A") && !shop.stands("Z"));
}

#[test]
fn no_more_is_paid_back_than_was_paid_and_all_of_it_makes_the_order_refunded() {
    let shop = shop();
    let id = shop.place(&order("A", 0))["id"].to_string();
    let refund = |amount: &str| ask(&shop, "POST", &format!("/{id}/refunds"), json!({ "amount": amount, "reason": "r" }));
    assert_eq!(refund("44.91").0, 500);
    let (status, made, _) = refund("40.00");
    assert_eq!((status, &made["refunded_payment"], &made["amount"]), (201, &json!(true), &json!("40.00")));
    assert!(shop.stands("A"));
    assert_eq!(refund("5.00").1["code"], "woocommerce_rest_cannot_create_order_refund");
    assert_eq!(refund("4.90").0, 201);
    let (_, found, _) = ask(&shop, "GET", &format!("/{id}"), Value::Null);
    assert_eq!((&found["status"], found["refunds"].as_array().map(Vec::len)), (&json!("refunded"), Some(2)));
    assert_eq!(shop.pay_back("A", &at(1), Money::new(1, Currency::EUR), ""), None);
    assert_eq!(shop.acts().len(), 4, "what was refused was asked for, too");
}

#[test]
fn it_answers_over_http_to_its_own_key_only() {
    let shop = shop();
    shop.place(&order("A/é", 0));
    let door = Door::open("shop", move |request| shop.answer(request)).unwrap();
    let url = format!("{}/wp-json/wc/v3/orders?search=A%2F%C3%A9", door.base_url());
    let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    let found: Value = client.get(&url).basic_auth("ck", Some("cs")).send().unwrap().json().unwrap();
    assert_eq!(found[0]["number"], "A/é");
    assert_eq!(client.get(&url).basic_auth("ck", Some("wrong")).send().unwrap().status(), 401);
    assert_eq!(client.get(format!("{}/wp-json/", door.base_url())).basic_auth("ck", Some("cs")).send().unwrap().status(), 404);
}
