//! `POST /in/{source}`, and `GET` where the address itself is what is said.

use axum::body::Body;
use axum::http::{Method, StatusCode};

use crate::house::{HERE, House, Reply, ask, scan, signature};

async fn post(house: &House, path: &str, signed: Option<String>, body: &str) -> Reply {
    let mut request = ask(Method::POST, path).header("content-type", "application/json");
    if let Some(signed) = signed {
        request = request.header("x-signature", signed);
    }
    house.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_signed_payload_is_durable_and_counted_once() {
    let house = House::new();
    house.app.engine.set_secret("inbound:signed", "whsec").unwrap();
    let body = scan("H1", "x");
    let signed = signature("whsec", body.as_bytes());
    let reply = post(&house, "/in/signed", Some(signed.clone()), &body).await;
    assert_eq!((reply.status, reply.json()["accepted"].as_u64()), (StatusCode::OK, Some(1)), "{reply:?}");
    let facts = house.app.engine.health().unwrap().facts;
    assert!(facts > 0);
    let again = post(&house, "/in/signed", Some(signed), &body).await;
    assert_eq!((again.status, again.json()["accepted"].as_u64()), (StatusCode::OK, Some(0)), "{again:?}");
    assert_eq!(house.app.engine.health().unwrap().facts, facts, "a delivery that comes twice is one delivery");
}

#[tokio::test]
async fn of_a_wrong_signature_nothing_is_stored_and_it_is_counted() {
    let house = House::new();
    house.app.engine.set_secret("inbound:signed", "whsec").unwrap();
    let body = scan("I1", "x");
    let wrong = [None, Some(String::new()), Some(signature("other", body.as_bytes())), Some(signature("whsec", b"another body"))];
    let tries = wrong.len() as u64;
    for signed in wrong {
        let reply = post(&house, "/in/signed", signed, &body).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.json()["error"]["code"], "signature");
    }
    let health = house.app.engine.health().unwrap();
    let source = health.sources.iter().find(|source| source.source == "signed").unwrap();
    assert_eq!((source.refused, source.deliveries), (tries, 0));
    assert_eq!(health.facts, 0);
    assert!(house.app.engine.quarantine().unwrap().is_empty());
}

#[tokio::test]
async fn an_unreadable_payload_is_kept_and_not_asked_for_again() {
    let house = House::new();
    house.app.engine.set_secret("inbound:signed", "whsec").unwrap();
    let body = "{\"surprise\": true}";
    let reply = post(&house, "/in/signed", Some(signature("whsec", body.as_bytes())), body).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    assert!(reply.json()["unreadable"].is_string(), "{reply:?}");
    let kept = house.app.engine.quarantine().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].source.as_str(), kept[0].excerpt.as_deref()), ("signed", Some(body)));
}

#[tokio::test]
async fn a_source_without_a_secret_takes_nothing() {
    let house = House::new();
    let body = scan("J1", "x");
    for path in ["/in/signed", "/in/unsigned", "/in/unsigned?token="] {
        let reply = post(&house, path, Some(signature("", body.as_bytes())), &body).await;
        assert_eq!(
            (reply.status, reply.json()["error"]["code"].as_str()),
            (StatusCode::FORBIDDEN, Some("not_connected")),
            "{path}"
        );
        assert!(reply.json()["error"]["hint"].as_str().unwrap().contains("settings"));
    }
    assert_eq!(post(&house, "/in/nobody", None, &body).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.app.engine.health().unwrap().facts, 0);
}

#[tokio::test]
async fn a_source_that_signs_nothing_is_fenced_by_its_token() {
    let house = House::new();
    house.app.engine.set_secret("inbound:unsigned", "fence-42").unwrap();
    let body = scan("K1", "x");
    for wrong in ["", "?token=", "?token=fence-4", "?token=fence-422", "?other=fence-42"] {
        assert_eq!(post(&house, &format!("/in/unsigned{wrong}"), None, &body).await.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    let reply = post(&house, "/in/unsigned?token=fence-42", None, &body).await;
    assert_eq!((reply.status, reply.json()["accepted"].as_u64()), (StatusCode::OK, Some(1)), "{reply:?}");
    // The token of one source opens no source that signs.
    house.app.engine.set_secret("inbound:signed", "fence-42").unwrap();
    assert_eq!(post(&house, "/in/signed?token=fence-42", None, &body).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_address_that_is_called_says_something_too() {
    let house = House::new();
    house.app.engine.set_secret("inbound:called", "whsec").unwrap();
    let call = async |method: Method, path: &str, signed: String, body: &str| {
        let request = ask(method, path).header("content-type", "application/x-www-form-urlencoded").header("x-signature", signed);
        house.send(request.body(Body::from(body.to_owned())).unwrap()).await
    };
    let sign = |path: &str, body: &str| signature("whsec", format!("{HERE}{path}{body}").as_bytes());
    let path = "/in/called?token=fence-42&parcel=C1";
    let reply = call(Method::GET, path, sign(path, ""), "").await;
    assert_eq!((reply.status, reply.json()["accepted"].as_u64()), (StatusCode::OK, Some(1)), "{reply:?}");
    let reply = call(Method::GET, "/in/called?parcel=C2", sign(path, ""), "").await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "the query is signed");
    // The query and the body are one form; the secret of the entrance is not kept with it.
    let path = "/in/called?token=fence-42&message=7";
    let reply = call(Method::POST, path, sign(path, "nothing=1"), "nothing=1").await;
    assert!(reply.json()["unreadable"].is_string(), "{reply:?}");
    assert_eq!(house.app.engine.quarantine().unwrap()[0].excerpt.as_deref(), Some("message=7&nothing=1"));
    // Who posts is not taken by GET, whoever signs it.
    house.app.engine.set_secret("inbound:signed", "whsec").unwrap();
    let reply = call(Method::GET, "/in/signed", signature("whsec", b""), "").await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(house.app.engine.quarantine().unwrap().len(), 1, "and nothing of it is kept");
}
