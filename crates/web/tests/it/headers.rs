//! What stands on every answer, whatever it is.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use kept_web::security::POLICY;

use crate::house::{House, ask};

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let house = House::new();
    house.user("admin");
    let mut ids = std::collections::BTreeSet::new();
    for path in
        ["/", "/sign-in", "/no-such-page", "/api/promises", "/api/no-such", "/in/no-such", "/health", "/assets/kept.css", "/p/x"]
    {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let reply = house.send(ask(method.clone(), path).body(Body::empty()).unwrap()).await;
            let named = format!("{method} {path}: {reply:?}");
            assert_eq!(reply.header("content-security-policy"), POLICY, "{named}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{named}");
            assert_eq!(reply.header("referrer-policy"), "no-referrer", "{named}");
            assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{named}");
            let is_asset = path.starts_with("/assets") && reply.status == StatusCode::OK;
            assert!(is_asset || reply.header("cache-control") == "no-store", "{named}");
            assert!(ids.insert(reply.header("x-request-id").to_owned()), "{named}");
            assert!(reply.headers.get("server").is_none() && reply.headers.get("strict-transport-security").is_none(), "{named}");
        }
    }
}

#[tokio::test]
async fn errors_are_pages_for_people_and_json_for_programs() {
    let house = House::new();
    house.user("admin");
    let page = house.get("/no-such-page").await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::NOT_FOUND, "text/html; charset=utf-8"));
    assert!(page.body.contains("There is nothing here") && page.body.contains("lang=\"en\""), "{}", page.body);
    assert!(!page.body.contains("<script") && !page.body.contains("style="), "{}", page.body);
    for (method, path, status, code) in [
        (Method::GET, "/api/no-such", 404, "not_found"),
        (Method::GET, "/api/facts", 405, "method"),
        (Method::GET, "/api/promises", 401, "token"),
        (Method::POST, "/in/no-such", 404, "not_found"),
    ] {
        let reply = house.send(ask(method, path).body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status.as_u16(), status, "{path}");
        let error = &reply.json()["error"];
        assert_eq!(error["code"], code, "{path}");
        assert!(!error["message"].as_str().unwrap().is_empty());
        assert!(error["hint"].is_string());
    }
    assert_eq!(house.get("/api/promises").await.header("www-authenticate"), "Bearer realm=\"kept\"");
}

#[tokio::test]
async fn no_page_of_signing_in_has_anything_inline() {
    let house = House::new();
    let welcome = house.get("/welcome").await.body;
    house.user("admin");
    for page in [welcome, house.get("/sign-in").await.body] {
        assert!(!page.contains("<script>") && !page.contains("<style") && !page.contains("style="), "{page}");
        let handlers = page.split_whitespace().any(|word| word.starts_with("on") && word.contains('='));
        assert!(!handlers, "{page}");
        assert!(!page.contains('‹'), "a text is missing: {page}");
    }
}

#[tokio::test]
async fn every_error_has_its_texts_in_both_languages() {
    let texts = kept_text::Texts::embedded().unwrap();
    let source = include_str!("../../src/failure.rs");
    let keys: std::collections::BTreeSet<&str> = source.split('"').filter(|text| text.starts_with("error-")).collect();
    assert!(keys.len() > 10);
    for key in keys {
        for language in kept_base::Language::ALL {
            for part in ["title", "text", "do"] {
                assert!(texts.has(language, &format!("{key}-{part}")), "{language} {key}-{part}");
            }
        }
    }
}
