//! Bodies too large: refused early, never read to their end.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use kept_web::auth::secret;

use crate::house::{House, ask};

/// A body of 100 MB that counts how many of its 64 KiB pieces were asked for.
fn huge(asked: &Arc<AtomicUsize>) -> Body {
    let asked = Arc::clone(asked);
    let piece = Bytes::from(vec![b' '; 64 * 1024]);
    Body::from_stream(tokio_stream::iter((0..1600).map(move |_| {
        asked.fetch_add(1, Ordering::Relaxed);
        Ok::<_, Infallible>(piece.clone())
    })))
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_not_read_at_all() {
    let house = House::new();
    let token = house.token(&["facts:write"]);
    house.app.engine.set_secret("inbound:signed", "whsec").unwrap();
    for path in ["/api/facts", "/in/signed"] {
        let asked = Arc::new(AtomicUsize::new(0));
        let request = ask(Method::POST, path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("content-length", "104857600");
        let reply = house.send(request.body(huge(&asked)).unwrap()).await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert_eq!(reply.json()["error"]["code"], "too_large");
        assert_eq!(asked.load(Ordering::Relaxed), 0, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_say_it_is_cut_at_the_limit() {
    let house = House::new();
    let token = house.token(&["facts:write"]);
    let asked = Arc::new(AtomicUsize::new(0));
    let request = ask(Method::POST, "/api/facts")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    let reply = house.send(request.body(huge(&asked)).unwrap()).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    let pieces = asked.load(Ordering::Relaxed);
    assert!(pieces <= 8 * 16 + 2, "{pieces} pieces of 64 KiB were read for a limit of 8 MiB");
}

#[tokio::test]
async fn a_stranger_is_refused_before_the_body_is_read() {
    let house = House::new();
    house.user("admin");
    for (path, status) in [("/api/facts", StatusCode::UNAUTHORIZED), ("/sign-out", StatusCode::UNAUTHORIZED)] {
        let asked = Arc::new(AtomicUsize::new(0));
        let request = ask(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        let reply = house.send(request.body(huge(&asked)).unwrap()).await;
        assert_eq!((reply.status, asked.load(Ordering::Relaxed)), (status, 0), "{path}");
    }
}

#[tokio::test]
async fn a_large_form_gets_a_page_that_says_so() {
    let house = House::new();
    let cookie = house.session(house.user("agent"));
    let form = format!("csrf={}&x={}", secret::csrf_of(&cookie), "a".repeat(300 * 1024));
    let request = ask(Method::POST, "/sign-out")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", format!("kept={cookie}"));
    let reply = house.send(request.body(Body::from(form)).unwrap()).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(reply.body.contains("This is too large"), "{}", reply.body);
}
