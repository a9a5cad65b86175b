//! `POST /api/facts`.

use axum::body::Body;
use axum::http::{Method, StatusCode};

use crate::house::{House, Reply, ask, scan};

async fn post(house: &House, token: &str, kind: &str, key: &str, body: impl Into<Body>) -> Reply {
    let mut request =
        ask(Method::POST, "/api/facts").header("authorization", format!("Bearer {token}")).header("content-type", kind);
    if !key.is_empty() {
        request = request.header("idempotency-key", key);
    }
    house.send(request.body(body.into()).unwrap()).await
}

fn facts(house: &House) -> u64 {
    house.app.engine.health().unwrap().facts
}

#[tokio::test]
async fn one_object_an_array_and_lines_are_taken() {
    let house = House::new();
    let token = house.token(&["facts:write"]);
    let array = format!("[{},{}]", scan("A2", "x"), scan("A3", "x"));
    let lines = format!("{}\n\n{}\n", scan("A4", "x"), scan("A5", "x"));
    for (kind, body, accepted) in [
        ("application/json", scan("A1", "x"), 1),
        ("application/json; charset=utf-8", array, 2),
        ("application/x-ndjson", lines, 2),
    ] {
        let before = facts(&house);
        let reply = post(&house, &token, kind, "", body).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        let taken = reply.json();
        assert_eq!(
            (taken["accepted"].as_u64(), taken["rejected"].as_array().map(Vec::len)),
            (Some(accepted), Some(0)),
            "{taken}"
        );
        assert!(taken["position"].is_i64(), "{taken}");
        assert!(facts(&house) > before);
    }
}

#[tokio::test]
async fn a_bad_line_is_said_and_kept_and_hurts_no_other() {
    let house = House::new();
    let token = house.token(&["facts:write"]);
    let body = format!("{}\n{{\"kind\":\"parcel.lost_and_found\"}}\n{}\n", scan("B1", "x"), scan("B2", "x"));
    let reply = post(&house, &token, "application/x-ndjson", "", body).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let taken = reply.json();
    assert_eq!(taken["accepted"], 2, "{taken}");
    assert_eq!(taken["rejected"][0]["line"], 2, "{taken}");
    assert!(taken["rejected"][0]["message"].as_str().unwrap().contains("parcel.lost_and_found"), "{taken}");
    assert_eq!(taken["rejected"][0]["hint"], "see the list of kinds");
    let kept = house.app.engine.quarantine().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].excerpt.as_deref().map(str::trim), Some("{\"kind\":\"parcel.lost_and_found\"}"));
}

#[tokio::test]
async fn when_every_line_is_bad_the_answer_is_422_and_they_are_kept() {
    let house = House::new();
    let token = house.token(&["facts:write"]);
    let reply = post(&house, &token, "application/x-ndjson", "key-1", "{\"kind\":1}\n{}").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{reply:?}");
    assert_eq!(reply.json()["rejected"].as_array().map(Vec::len), Some(2));
    assert_eq!(house.app.engine.quarantine().unwrap().len(), 1);
    let mended = post(&house, &token, "application/x-ndjson", "key-1", scan("C1", "x")).await;
    assert_eq!(mended.status, StatusCode::OK, "a key with which nothing was done may be used for the mended body: {mended:?}");
}

#[tokio::test]
async fn the_same_key_never_does_the_thing_twice() {
    let house = House::new();
    let token = house.token(&["facts:write"]);
    let body = scan("D1", "x");
    let first = post(&house, &token, "application/json", "key-1", body.clone()).await;
    let after = facts(&house);
    let again = post(&house, &token, "application/json", "key-1", body).await;
    assert_eq!((first.status, again.status), (StatusCode::OK, StatusCode::OK));
    let (first, again) = (first.json(), again.json());
    assert_eq!((&first["accepted"], &first["position"]), (&again["accepted"], &again["position"]), "the stored answer");
    assert_eq!((first["repeated"].as_bool(), again["repeated"].as_bool()), (Some(false), Some(true)));
    assert_eq!(facts(&house), after);
    let other = post(&house, &token, "application/json", "key-1", scan("D2", "x")).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.json()["error"]["code"], "key_reused");
    assert_eq!(facts(&house), after);
    let (long, longest) = ("k".repeat(256), "k".repeat(255));
    assert_eq!(post(&house, &token, "application/json", &long, scan("D3", "x")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(post(&house, &token, "application/json", &longest, scan("D3", "x")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn news_that_are_known_are_duplicates() {
    let house = House::new();
    let token = house.token(&["facts:write"]);
    post(&house, &token, "application/json", "", scan("E1", "x")).await;
    let again = post(&house, &token, "application/json", "", scan("E1", "x")).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!((again.json()["accepted"].as_u64(), again.json()["duplicates"].as_u64()), (Some(0), Some(1)), "{again:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_place() {
    let house = House::new();
    let token = house.token(&["facts:write"]);
    let broken = post(&house, &token, "application/json", "", "{\"kind\":\n  oops}").await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert!(broken.json()["error"]["message"].as_str().unwrap().contains("line 2, column 3"), "{broken:?}");
    let latin = post(&house, &token, "application/json", "", b"{\"a\":\"\xe9\"}".to_vec()).await;
    assert_eq!(latin.status, StatusCode::BAD_REQUEST);
    assert!(latin.json()["error"]["message"].as_str().unwrap().contains("byte 7"), "{latin:?}");
    for kind in ["text/csv", "", "application/x-www-form-urlencoded", "application/json; charset=latin1"] {
        let reply = post(&house, &token, kind, "", scan("F1", "x")).await;
        assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
    assert_eq!(facts(&house), 0);
}

#[tokio::test]
async fn unknown_fields_are_counted_and_hurt_nothing() {
    let house = House::new();
    let token = house.token(&["facts:write"]);
    let mut value: serde_json::Value = serde_json::from_str(&scan("G1", "x")).unwrap();
    value["extra"] = "new".into();
    let reply = post(&house, &token, "application/json", "", value.to_string()).await;
    assert_eq!((reply.status, reply.json()["accepted"].as_u64()), (StatusCode::OK, Some(1)), "{reply:?}");
    let unmapped = house.app.engine.unmapped().unwrap();
    assert!(unmapped.iter().any(|line| (line.what.as_str(), line.code.as_str()) == ("field", "extra")), "{unmapped:?}");
}
