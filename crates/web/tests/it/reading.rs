//! What programs read, and the acts they may do.

use axum::http::{Method, StatusCode};

use crate::house::House;

#[tokio::test]
async fn persons_are_shown_only_with_the_scope_for_it() {
    let house = House::new();
    let sample = house.sample();
    let (plain, personal) = (house.token(&["read"]), house.token(&["read", "personal"]));
    let details = house.app.engine.customer(sample.customer).unwrap().unwrap().person.details.unwrap();
    let (name, email) = (details.name.unwrap(), details.email.unwrap());
    let lists = ["promises", "parcels", "messages"].map(|noun| format!("/api/{noun}"));
    let files = [
        format!("/api/promises/{}", sample.promise),
        format!("/api/parcels/{}", sample.parcel),
        format!("/api/orders/{}", sample.order),
    ];
    let mut seen = 0;
    for path in lists.iter().chain(&files) {
        let hidden = house.api(Method::GET, path, &plain, "").await;
        assert_eq!(hidden.status, StatusCode::OK, "{path}: {hidden:?}");
        assert!(!hidden.body.contains(&name) && !hidden.body.contains(&email), "{path}: {}", hidden.body);
        let shown = house.api(Method::GET, path, &personal, "").await;
        seen += usize::from(shown.body.contains(&email));
    }
    assert!(seen >= 4, "the scope shows persons in {seen} answers");
}

#[tokio::test]
async fn a_promise_is_found_by_its_filters() {
    let house = House::new();
    let sample = house.sample();
    let token = house.token(&["read"]);
    let id = sample.promise.to_string();
    let owner = house.app.engine.promise(sample.promise).unwrap().unwrap().line.promise.owner;
    for (query, found) in [
        ("".to_owned(), true),
        ("?kind=delivery&open=true".to_owned(), true),
        ("?kind=refund".to_owned(), false),
        (format!("?owner={owner}"), true),
        ("?due_before=2000-01-01T00:00:00Z".to_owned(), false),
        ("?state=broken".to_owned(), false),
    ] {
        let reply = house.api(Method::GET, &format!("/api/promises{query}"), &token, "").await;
        assert_eq!(reply.status, StatusCode::OK, "{query}: {reply:?}");
        let rows = reply.json()["rows"].clone();
        assert_eq!(rows.as_array().unwrap().iter().any(|row| row["id"] == id.as_str()), found, "{query}: {rows}");
    }
    for wrong in ["?state=lost", "?due_before=tomorrow", "?limit=0", "?limit=201", "?limit=x", "?sate=open"] {
        let reply = house.api(Method::GET, &format!("/api/promises{wrong}"), &token, "").await;
        assert_eq!(
            (reply.status, reply.json()["error"]["code"].as_str()),
            (StatusCode::BAD_REQUEST, Some("unreadable")),
            "{wrong}"
        );
    }
    for wrong in ["prm_", "prm_1", "ord_1", "1", "..", "prm_%00"] {
        let reply = house.api(Method::GET, &format!("/api/promises/{wrong}"), &token, "").await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn every_list_answers() {
    let house = House::new();
    house.sample();
    let token = house.token(&["read"]);
    for path in [
        "/api/playbooks",
        "/api/notices",
        "/api/figures",
        "/api/scorecards",
        "/api/unmapped",
        "/api/health",
        "/api/messages?state=shadow",
        "/api/parcels?in_trouble=true",
    ] {
        let reply = house.api(Method::GET, path, &token, "").await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
        reply.json();
    }
    assert_eq!(house.api(Method::GET, "/api/health", &token, "").await.json()["unwatched"], 0);
    assert_eq!(house.get("/health").await.body, "ok");
    assert_eq!(house.get("/api/openapi.json").await.json()["openapi"], "3.1.0");
    let empty = house.api(Method::GET, "/api/figures?from=2026-02-01T00:00:00Z&before=2026-01-01T00:00:00Z", &token, "").await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_withdrawal_breaks_the_promise_with_its_cause_once() {
    let house = House::new();
    let sample = house.sample();
    let token = house.token(&["admin"]);
    let path = format!("/api/promises/{}/withdrawal", sample.promise);
    for (body, status) in [("{}", 422), ("{\"cause\":\" \"}", 422), ("{\"cause\":\"closed\",\"by\":\"eve\"}", 422), ("{", 400)] {
        assert_eq!(house.api(Method::POST, &path, &token, body).await.status.as_u16(), status, "{body}");
    }
    let reply = house.api(Method::POST, &path, &token, "{\"cause\":\"closed\"}").await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let promise = reply.json();
    assert_eq!((promise["state"].as_str(), promise["outcome"]["cause"].as_str()), (Some("broken"), Some("closed")), "{promise}");
    assert_eq!(promise["outcome"]["by"], "token:test");
    assert_eq!(house.api(Method::POST, &path, &token, "{\"cause\":\"closed\"}").await.status, StatusCode::CONFLICT);
    let absent = house.api(Method::POST, "/api/promises/prm_ZZZZZ/withdrawal", &token, "{\"cause\":\"closed\"}").await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_playbook_is_switched() {
    let house = House::new();
    let token = house.token(&["admin"]);
    let name = house.app.engine.playbooks().unwrap().first().expect("a pack with playbooks").name.clone();
    let path = format!("/api/playbooks/{name}/mode");
    let reply = house.api(Method::PUT, &path, &token, "{\"mode\":\"approve\"}").await;
    assert_eq!((reply.status, reply.json()["mode"].as_str()), (StatusCode::OK, Some("approve")), "{reply:?}");
    assert_eq!(house.api(Method::PUT, &path, &token, "{\"mode\":\"always\"}").await.status, StatusCode::BAD_REQUEST);
    let absent = house.api(Method::PUT, "/api/playbooks/none/mode", &token, "{\"mode\":\"off\"}").await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_others_tell_is_said_and_left_to_them() {
    let house = House::new();
    house.sample();
    let (reader, admin) = (house.token(&["read"]), house.token(&["admin"]));
    let said = async |source: &str| {
        let all = house.api(Method::GET, "/api/notices", &reader, "").await.json();
        all.as_array().unwrap().iter().find(|line| line["source"] == source).cloned().unwrap_or_default()
    };
    assert!(said("laposte").await["said"].is_null(), "nobody has said");
    let put = async |source: &str, body: &str| house.api(Method::PUT, &format!("/api/notices/{source}"), &admin, body).await;
    let reply = put("laposte", r#"{"teller":"carrier","notices":["delivered","pickup_waiting"]}"#).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let line = said("laposte").await;
    assert_eq!(line, reply.json());
    assert_eq!(
        (line["said"].to_string().as_str(), line["by"].as_str()),
        (r#"["pickup_waiting","delivered"]"#, Some("token:test"))
    );
    for (body, status) in [
        (r#"{"teller":"carrier","notices":["weather"]}"#, 400),
        (r#"{"teller":"neighbour","notices":[]}"#, 400),
        (r#"{"teller":"carrier","notices":["refunded"]}"#, 422),
        (r#"{"teller":"carrier"}"#, 422),
    ] {
        assert_eq!(put("laposte", body).await.status.as_u16(), status, "{body}");
    }
    assert_eq!(said("laposte").await, line, "what was refused changes nothing");
    let reply = put("laposte", r#"{"teller":"carrier","notices":[]}"#).await;
    assert_eq!(reply.json()["said"], serde_json::json!([]), "it tells nothing, which somebody said");
}

#[tokio::test]
async fn a_message_that_is_not_there_is_not_released() {
    let house = House::new();
    let token = house.token(&["admin"]);
    assert_eq!(house.api(Method::POST, "/api/messages/msg_ZZZZZ/release", &token, "").await.status, StatusCode::NOT_FOUND);
}
