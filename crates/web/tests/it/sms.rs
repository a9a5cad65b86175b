//! Text messages on pages and in the API.

use axum::http::Method;
use kept_domain::message::Mode;
use serde_json::json;

use crate::house::House;

/// A house whose only message waits for a yes, to somebody with a phone and no mail address.
fn waiting() -> (House, String) {
    let house = House::new();
    house.installation.switch_all(Mode::Approve).unwrap();
    house.installation.open_gateway();
    for news in [
        json!({ "kind": "order.placed", "order_number": "8001", "at": "2026-11-02T09:00:00+01:00", "promised_day": "2026-11-05",
            "customer": { "reference": "C-8001", "name": "Rose Lantier", "phone": "06 12 34 56 78", "language": "fr", "country": "FR" },
            "lines": [{ "sku": "RADIO" }] }),
        json!({ "kind": "parcel.announced", "order_number": "8001", "carrier": "laposte", "tracking_number": "6A08001000001", "at": "2026-11-02T12:00:00+01:00" }),
        json!({ "kind": "parcel.scanned", "tracking_number": "6A08001000001", "carrier": "laposte", "code": "PB1", "milestone": "available_for_pickup", "at": "2026-11-04T10:00:00+01:00" }),
    ] {
        house.installation.tell(news).unwrap();
    }
    let found = house.app.engine.messages(&kept_engine::views::MessageFilter::default()).unwrap();
    let message = found.rows.iter().find(|line| line.message.customer.is_some()).unwrap().message.id.to_string();
    (house, message)
}

#[tokio::test]
async fn a_text_message_is_shown_as_it_is_with_what_it_costs() {
    let (house, message) = waiting();
    let cookie = house.session(house.user("agent"));
    let page = house.get_as(&format!("/messages/{message}"), &cookie).await.body;
    assert!(page.contains("Rose Lantier &lt;+33612345678&gt;") || page.contains("Rose Lantier &#60;+33612345678&#62;"), "{page}");
    assert!(page.contains("text message") && page.contains("7-bit GSM alphabet"), "{page}");
    assert!(page.contains("Maison Lumen : votre commande 8001 vous attend au point de retrait."), "{page}");
    assert!(
        page.contains("to this number") && !page.contains(&format!("/messages/{message}/html")),
        "no address, and no formatted version: {page}"
    );
    let list = house.get_as("/messages?state=waiting", &cookie).await.body;
    assert!(list.contains("text message"), "{list}");
    house.post(&format!("/messages/{message}/release"), "").await;
    let settings = house.get_as("/settings", &house.session(house.user("admin"))).await.body;
    assert!(settings.contains("Text messages"), "{settings}");
    let playbooks = house.get_as("/playbooks", &cookie).await.body;
    assert!(playbooks.contains("mail, text message"), "{playbooks}");
}

#[tokio::test]
async fn the_api_names_channel_segments_and_receipt() {
    let (house, message) = waiting();
    let (reader, admin) = (house.token(&["read"]), house.token(&["admin"]));
    house.api(Method::POST, &format!("/api/messages/{message}/release"), &admin, "").await;
    house.installation.settle().unwrap();
    let receipt = json!({ "kind": "message.receipt", "source": "mailbox", "reference": "G-1", "delivered": true, "code": "4" });
    house.installation.tell(receipt).unwrap();
    let list = house.api(Method::GET, "/api/messages?state=accepted", &reader, "").await.json();
    let found = &list["rows"][0];
    assert_eq!(
        (found["id"].as_str(), found["channel"].as_str(), found["state"].as_str()),
        (Some(message.as_str()), Some("sms"), Some("accepted"))
    );
    assert!(found["segments"].as_u64().is_some_and(|segments| segments >= 1), "{found}");
    assert_eq!((found["receipt"]["delivered"].as_bool(), found["receipt"]["code"].as_str()), (Some(true), Some("4")), "{found}");
    assert!(!list.to_string().contains("612345678"), "a number is personal: {list}");
    assert_eq!(house.api(Method::GET, "/api/health", &reader, "").await.json()["sms"], "mailbox");
    let playbooks = house.api(Method::GET, "/api/playbooks", &reader, "").await.json();
    let tells = playbooks.as_array().unwrap().iter().find(|playbook| playbook["name"] == "tell-late").unwrap();
    assert_eq!(tells["channels"], json!(["mail", "sms"]));
    // What the promise's page tells of it.
    let cookie = house.session(house.user("agent"));
    let promise = found["promise"].as_str().unwrap();
    let page = house.get_as(&format!("/promises/{promise}"), &cookie).await.body;
    assert!(page.contains("The network says that the text message arrived"), "{page}");
    house.installation.tell(json!({ "kind": "customer.opted_out", "phone": "+33612345678" })).unwrap();
    let customer = found["customer"].as_str().unwrap();
    let page = house.get_as(&format!("/customers/{customer}"), &cookie).await.body;
    assert!(page.contains("STOP received") && page.contains("The customer answered STOP"), "{page}");
}
