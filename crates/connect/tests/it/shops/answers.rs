//! What a shop, or something in front of it, answers that is no answer: whichever shop it is, reading waits or gives up in words, nothing is
//! taken for done, and no key is shown.

use kept_connect::shops::prestashop::{PrestaShopReader, PrestaShopSettings, PrestaShopShop};
use kept_connect::shops::shopify::{ShopifyAccess, ShopifyReader, ShopifySettings, ShopifyShop};
use kept_connect::shops::woocommerce::{WooCommerceReader, WooCommerceSettings, WooCommerceShop};
use kept_domain::input::CancelledBy;
use kept_engine::ports::{Act, ErrandOutcome, Shop, ShopReader, Trouble};

use super::{PRESTASHOP, Reply, Server, carried, reason};

const KEY: &str = "KEYMADEUP";

/// A reader and a way out of each shop at this address.
fn shops(url: &str) -> [(Box<dyn ShopReader>, Box<dyn Shop>); 3] {
    let woocommerce = WooCommerceSettings::new(url, KEY, KEY);
    let shopify = ShopifySettings::new(url, ShopifyAccess::Token(KEY.to_owned()));
    let prestashop = PrestaShopSettings::new(url, KEY, "Europe/Paris");
    [
        (
            Box::new(WooCommerceReader::new(&woocommerce).expect("a reader")),
            Box::new(WooCommerceShop::new(&woocommerce).expect("a shop")),
        ),
        (Box::new(ShopifyReader::new(&shopify).expect("a reader")), Box::new(ShopifyShop::new(&shopify).expect("a shop"))),
        (
            Box::new(PrestaShopReader::new(&prestashop).expect("a reader")),
            Box::new(PrestaShopShop::new(&prestashop).expect("a shop")),
        ),
    ]
}

/// What a whole answer looks like in gzip, and the first half of it: nobody asked for it packed.
fn packed() -> Vec<u8> {
    vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x8b, 0x8e, 5, 0, 0x29, 0xbb, 0x4c, 0x0d, 2, 0, 0, 0]
}

fn answers() -> Vec<(&'static str, u16, &'static str, Vec<u8>)> {
    let utf_16: Vec<u8> = "{\"orders\":[]}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin_1 = [b"{\"orders\":[{\"name\":\"Ren".as_slice(), &[0xe9], b"\"}]}"].concat();
    vec![
        ("a web page", 200, "content-type: text/html\r\n", b"<html><body>Maintenance</body></html>".to_vec()),
        ("nothing", 200, "", Vec::new()),
        ("a notice before the data", 200, "", b"Notice: undefined index in index.php on line 3\n[]".to_vec()),
        ("the middle of a transfer", 200, "", b"{\"orders\":[{\"id\":1,\"na".to_vec()),
        ("packed, unasked", 200, "content-encoding: gzip\r\n", packed()),
        ("packed, and cut off", 200, "content-encoding: gzip\r\n", packed().into_iter().take(11).collect()),
        ("UTF-16", 200, "", utf_16),
        ("Latin-1", 200, "", latin_1),
        ("a bad gateway", 502, "content-type: text/html\r\n", b"<html>Bad gateway</html>".to_vec()),
    ]
}

#[test]
fn what_is_no_answer_is_asked_for_again_and_nothing_is_taken_for_done() {
    for (what, status, headers, body) in answers() {
        let server = Server::start(move |_| Reply::Bytes(status, headers, body.clone()));
        for (reader, out) in shops(&server.url()) {
            let name = reader.source();
            let error = reader.changed("2026-03-01T09:00:00Z".parse().expect("a moment"), None).expect_err(what);
            assert!(error.retry_after_seconds.is_some_and(|wait| wait <= 300), "{name}, {what}: {error}");
            assert!(!error.to_string().contains(KEY), "{name}, {what}: {error}");
            let (outcome, doubts) = carried(out.as_ref(), &cancellation("1"), "err_1");
            assert!(matches!(outcome, ErrandOutcome::Retry { .. }), "{name}, {what}: {outcome:?}");
            assert_eq!(doubts, 0, "{name}, {what}: nothing was begun");
        }
        assert!(server.acts().iter().all(|asked| asked.body.contains("query(")), "{what}: only looked at");
    }
}

#[test]
fn a_shop_that_is_asked_too_often_all_day_is_left_alone_for_as_long_as_it_says() {
    let server = Server::start(|_| Reply::Raw(429, "retry-after: 86400\r\n".to_owned(), "slow down".to_owned()));
    for (reader, out) in shops(&server.url()) {
        let name = reader.source();
        for _ in 0..24 {
            let error = reader.changed("2026-03-01T09:00:00Z".parse().expect("a moment"), None).expect_err("refused");
            // No wait is longer than an hour: whoever says a day may be open again sooner.
            assert_eq!((error.retry_after_seconds, error.trouble), (Some(3600), Trouble::TooOften), "{name}: {error}");
        }
        let (outcome, doubts) = carried(out.as_ref(), &cancellation("1"), "err_1");
        assert!(matches!(outcome, ErrandOutcome::Retry { after_seconds: 3600, .. }) && doubts == 0, "{name}: {outcome:?}");
    }
}

#[test]
fn what_goes_wrong_in_the_midst_of_an_act_is_unknown_and_never_done() {
    for (what, status, headers, body) in answers() {
        // The order is found; what answers the act is no answer.
        let server = Server::start(move |asked| match asked.line().as_str() {
            "GET /api/orders" => {
                let order = serde_json::from_str::<serde_json::Value>(PRESTASHOP).expect("JSON")["prestashop"]["order"].clone();
                let order = {
                    let mut order = order;
                    order["current_state"] = serde_json::json!("3");
                    order
                };
                Reply::Json(200, serde_json::json!({ "orders": [order] }))
            }
            "GET /api/order_histories" => Reply::Raw(200, String::new(), "[]".to_owned()),
            "GET /wp-json/wc/v3/orders/1" => {
                Reply::Json(200, serde_json::json!({ "id": 1, "number": "1", "status": "processing" }))
            }
            _ if asked.body.contains("orders(first") => Reply::Json(
                200,
                serde_json::json!({ "data": { "orders": { "nodes": [
                { "id": "gid://shopify/Order/1", "name": "#1", "cancelledAt": null }] } } }),
            ),
            _ => Reply::Bytes(status, headers, body.clone()),
        });
        for ((reader, out), number) in shops(&server.url()).into_iter().zip(["1", "1", "XKBKNABJK"]) {
            let name = reader.source();
            let (outcome, doubts) = carried(out.as_ref(), &cancellation(number), "err_1");
            assert!(matches!(outcome, ErrandOutcome::Unknown { .. }) && doubts == 1, "{name}, {what}: {outcome:?}");
            assert!(!reason(&outcome).contains(KEY), "{name}, {what}: {outcome:?}");
        }
    }
}

fn cancellation(number: &str) -> Act {
    Act::Cancellation { order_number: number.to_owned(), skus: Vec::new(), by: CancelledBy::Customer, cause: None }
}
