//! Errands over the API: asked for, released, dropped, done by hand, each once for its key.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use kept_base::PromiseId;
use kept_domain::errand::{Act, ErrandKind};
use kept_engine::ports::{ErrandOutcome, Shop};
use kept_engine::views::Found;
use serde_json::{Value, json};

use crate::house::{House, Reply, ask};

/// A shop that does what it is asked, and cannot take lines out of an order.
struct Counter;

impl Shop for Counter {
    fn source(&self) -> &'static str {
        "woocommerce"
    }

    fn offers(&self, kind: ErrandKind) -> bool {
        !matches!(kind, ErrandKind::CancelLines | ErrandKind::DeliveryDay)
    }

    fn carry_out(&self, _: &Act, key: &str, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> ErrandOutcome {
        in_doubt().expect("the claim stands");
        ErrandOutcome::Done { reference: format!("done-{key}") }
    }
}

struct Ordered {
    house: House,
    promise: PromiseId,
    admin: String,
    read: String,
    personal: String,
}

impl Ordered {
    fn new() -> Ordered {
        let house = House::new();
        house.app.engine.set_shops(vec![Arc::new(Counter)]);
        let placed = json!({
            "kind": "order.placed", "source": "woocommerce", "order_number": "9101", "at": "2026-11-02T09:00:00+01:00",
            "customer": { "reference": "C-9101", "name": "Anne Perret", "email": "9101@example.org", "language": "en", "country": "FR" },
            "lines": [{ "sku": "VESTA", "price": { "minor": 12900, "currency": "EUR" } }], "promised_day": "2026-11-20"
        });
        house.installation.tell(placed).unwrap();
        let Some(Found::Order(order)) = house.app.engine.find("9101").unwrap() else { panic!("the order") };
        let promise = house.app.engine.order(order).unwrap().unwrap().0.order.delivery.unwrap();
        let (admin, read, personal) = (house.token(&["admin"]), house.token(&["read"]), house.token(&["read", "personal"]));
        Ordered { house, promise, admin, read, personal }
    }

    async fn post(&self, path: &str, key: Option<&str>, body: &Value) -> Reply {
        let mut request = ask(Method::POST, path)
            .header(AUTHORIZATION, format!("Bearer {}", self.admin))
            .header(CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.house.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn ask_for(&self, key: Option<&str>, body: Value) -> Reply {
        self.post(&format!("/api/promises/{}/errands", self.promise), key, &body).await
    }

    async fn list(&self, query: &str) -> Vec<Value> {
        let reply = self.house.api(Method::GET, &format!("/api/errands{query}"), &self.read, "").await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        reply.json()["rows"].as_array().unwrap().clone()
    }

    fn wishes_to_cancel(&self) {
        let wish = json!({ "kind": "customer.answered", "order_number": "9101", "at": "2026-11-03T10:00:00+01:00", "answer": { "says": "cancel" } });
        self.house.installation.tell(wish).unwrap();
    }
}

#[tokio::test]
async fn an_errand_is_asked_for_once_for_its_key_and_found_again() {
    let ordered = Ordered::new();
    let note = json!({ "act": "note", "text": "Call her before noon" });
    let first = ordered.ask_for(Some("note-1"), note.clone()).await;
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    let id = first.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((first.json()["state"].as_str(), first.json()["by"].as_str()), (Some("queued"), Some("token:test")));
    let again = ordered.ask_for(Some("note-1"), note.clone()).await;
    assert_eq!(again.json()["id"], first.json()["id"], "the same request, the same errand");
    let reused = ordered.ask_for(Some("note-1"), json!({ "act": "note", "text": "another" })).await;
    assert_eq!(
        (reused.status, reused.json()["error"]["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("key_reused")),
        "{reused:?}"
    );
    ordered.house.installation.settle().unwrap();
    let done = ordered.house.api(Method::GET, &format!("/api/errands/{id}"), &ordered.read, "").await.json();
    assert_eq!((done["state"].as_str(), done["attempts"].as_u64()), (Some("done"), Some(1)), "{done}");
    assert!(done["act"].is_null() && done["person"].is_null(), "{done}: a token that may not see persons sees neither");
    let shown = ordered.house.api(Method::GET, &format!("/api/errands/{id}"), &ordered.personal, "").await.json();
    assert_eq!(shown["act"]["text"].as_str(), Some("Call her before noon"), "{shown}");
    let other = json!({ "act": "note", "text": "Call her before noon" });
    assert_eq!(ordered.ask_for(None, other).await.status, StatusCode::OK, "without a key it is another note");
    assert_eq!(ordered.list(&format!("?promise={}", ordered.promise)).await.len(), 2);
    ordered.house.installation.settle().unwrap();
    assert_eq!(ordered.list("?state=done").await.len(), 2);
    assert!(ordered.list("?state=waiting").await.is_empty());
    for wrong in ["?state=lost", "?promise=ord_1", "?limit=0", "?sate=done"] {
        let reply = ordered.house.api(Method::GET, &format!("/api/errands{wrong}"), &ordered.read, "").await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn what_an_act_lacks_is_said() {
    let ordered = Ordered::new();
    let cases = [
        (json!({ "act": "fly" }), StatusCode::BAD_REQUEST, "act"),
        (json!({ "act": "delivery_day" }), StatusCode::BAD_REQUEST, "act"),
        (json!({ "act": "note", "text": "  " }), StatusCode::UNPROCESSABLE_ENTITY, "`text` is missing"),
        (json!({ "act": "note", "text": "x".repeat(1001) }), StatusCode::UNPROCESSABLE_ENTITY, "too long"),
        (json!({ "act": "cancel_order" }), StatusCode::UNPROCESSABLE_ENTITY, "whose wish"),
        (json!({ "act": "cancel_order", "by": "shop", "skus": ["VESTA"] }), StatusCode::UNPROCESSABLE_ENTITY, "`skus`"),
        (json!({ "act": "cancel_lines", "by": "shop", "skus": ["VESTA"] }), StatusCode::UNPROCESSABLE_ENTITY, "cannot be asked"),
        (json!({ "act": "refund" }), StatusCode::UNPROCESSABLE_ENTITY, "`amount` is missing"),
        (
            json!({ "act": "refund", "amount": { "minor": 0, "currency": "EUR" } }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "above nothing",
        ),
        (json!({ "act": "refund", "amount": { "minor": 5, "currency": "euro" } }), StatusCode::UNPROCESSABLE_ENTITY, "currency"),
        (json!({ "act": "note", "text": "x", "colour": "red" }), StatusCode::UNPROCESSABLE_ENTITY, "colour"),
        (
            json!({ "act": "address_change", "address": { "last_name": "A", "street": "1 rue", "postal": "2920", "city": "B", "country": "FR" } }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "postal",
        ),
        (
            json!({ "act": "address_change", "address": { "last_name": "A", "street": "1 rue", "postal": "1000", "city": "B", "country": "BE" } }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "goes to FR",
        ),
    ];
    for (body, status, words) in cases {
        let reply = ordered.ask_for(None, body.clone()).await;
        assert_eq!(reply.status, status, "{body}: {reply:?}");
        assert!(reply.body.contains(words), "{body}: {reply:?}");
    }
    assert!(ordered.list("").await.is_empty(), "nothing was asked");
    let unknown =
        ordered.post(&format!("/api/promises/{}/errands", PromiseId::new(1)), None, &json!({ "act": "note", "text": "x" })).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_waits_is_released_dropped_or_done_by_hand() {
    let ordered = Ordered::new();
    ordered.wishes_to_cancel();
    let waiting = ordered.list("?state=shadow").await;
    assert_eq!(
        (waiting.len(), waiting[0]["by"].as_str(), waiting[0]["can_release"].as_bool()),
        (1, Some("customer"), Some(true))
    );
    let path = format!("/api/errands/{}/handling", waiting[0]["id"].as_str().unwrap());
    assert_eq!(ordered.post(&path, None, &json!({ "to": "refused" })).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(ordered.post(&path, None, &json!({ "to": "done" })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let released = ordered.post(&path, Some("release-1"), &json!({ "to": "queued" })).await;
    assert_eq!((released.status, released.json()["state"].as_str()), (StatusCode::OK, Some("queued")), "{released:?}");
    ordered.house.installation.settle().unwrap();
    let again = ordered.post(&path, Some("release-1"), &json!({ "to": "queued" })).await;
    assert_eq!(
        (again.status, again.json()["state"].as_str()),
        (StatusCode::OK, Some("done")),
        "the same request: as it stands now"
    );
    assert_eq!(ordered.post(&path, Some("release-2"), &json!({ "to": "queued" })).await.status, StatusCode::CONFLICT);

    // What is owed now waits for a yes of its own.
    let refunds: Vec<Value> = ordered.list("?state=shadow").await;
    assert_eq!(
        (refunds.len(), refunds[0]["kind"].as_str(), refunds[0]["amount"]["minor"].as_i64()),
        (1, Some("refund"), Some(12_900))
    );
    let path = format!("/api/errands/{}/handling", refunds[0]["id"].as_str().unwrap());
    let done = ordered.post(&path, None, &json!({ "to": "done", "reason": "paid back in the shop, number 77" })).await.json();
    assert_eq!((done["state"].as_str(), done["handled_by"].as_str()), (Some("done"), Some("token:test")), "{done}");
    assert_eq!(done["said"].as_str(), Some("paid back in the shop, number 77"));
}
