//! Signing in and out, the first administrator, and how sessions end.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use kept_base::Language;
use kept_web::WebConfig;
use kept_web::auth::{password, secret};

use crate::house::{HERE, House, ask};

const FIRST: &str = "name=Ada+Lovelace&email=ada%40shop.example&password=correct+horse+battery&language=fr";
const RIGHT: &str = "email=ada%40shop.example&password=correct+horse+battery";
const WRONG: &str = "email=ada%40shop.example&password=wrong+horse+battery";

#[tokio::test]
async fn the_first_administrator_is_made_once_and_signed_in() {
    let house = House::new();
    for path in ["/", "/promises", "/sign-in"] {
        let reply = house.get(path).await;
        assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/welcome"), "{path}");
    }
    let page = house.get("/welcome").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Welcome to Kept"), "{}", page.body);

    let reply = house.post("/welcome", FIRST).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/"));
    let cookie = reply.cookie().unwrap();
    let home = house.get_as("/sign-in", &cookie).await;
    assert_eq!((home.status, home.header("location")), (StatusCode::SEE_OTHER, "/"), "already signed in");
    let ada = house.app.engine.user_by_email("ADA@shop.example").unwrap().unwrap();
    assert_eq!((ada.role.as_str(), ada.language, ada.active), ("admin", Language::French, true));
    assert!(ada.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));

    assert_eq!(house.get("/welcome").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.post("/welcome", FIRST).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.app.engine.users().unwrap().len(), 1);
}

#[tokio::test]
async fn of_two_who_are_first_one_is() {
    let house = House::new();
    let second = FIRST.replace("ada%40", "eve%40");
    let (one, two) = tokio::join!(house.post("/welcome", FIRST), house.post("/welcome", &second));
    let mut heard = [one.status.as_u16(), two.status.as_u16()];
    heard.sort_unstable();
    assert_eq!(heard, [303, 404]);
    assert_eq!(house.app.engine.users().unwrap().len(), 1);
}

#[tokio::test]
async fn the_first_administrator_needs_a_name_an_address_and_a_long_password() {
    let house = House::new();
    for (form, said) in [
        (FIRST.replace("Ada+Lovelace", "+"), "Write your name"),
        (FIRST.replace("ada%40shop.example", "ada"), "not a mail address"),
        (FIRST.replace("correct+horse+battery", "elevenchars"), "fewer than 12 characters"),
        (FIRST.replace("correct+horse+battery", "ada%40shop.example"), "easy to guess"),
    ] {
        let reply = house.post("/welcome", &form).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.body.contains(said), "{said}: {}", reply.body);
        assert!(!reply.body.contains("elevenchars"), "a password is never shown again");
    }
    assert!(house.app.engine.has_no_users().unwrap());
    let more = format!("{FIRST}&role=agent&id=7&active=false");
    assert_eq!(house.post("/welcome", &more).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.app.engine.users().unwrap()[0].role, "admin", "fields nobody asked for change nothing");
}

#[tokio::test]
async fn signing_in_gives_a_new_cookie_and_ends_the_old_session() {
    let house = House::new();
    let planted = house.post("/welcome", FIRST).await.cookie().unwrap();
    let request = ask(Method::POST, "/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", format!("kept={planted}"))
        .header("origin", HERE);
    let reply = house.send(request.body(Body::from(format!("{RIGHT}&next=%2Fpromises%3Fstate%3Dlate"))).unwrap()).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/promises?state=late"));
    let set = reply.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(attribute), "{set}");
    }
    assert!(!set.contains("Domain") && !set.contains("Secure"), "{set}");
    let fresh = reply.cookie().unwrap();
    assert_eq!(fresh.len(), 43, "256 bits in base64url");
    assert_ne!(fresh, planted);
    assert_eq!(house.app.engine.session(secret::hash(planted.as_bytes())).unwrap(), None);
    assert!(house.app.engine.session(secret::hash(fresh.as_bytes())).unwrap().is_some());
    let elsewhere = house.post("/sign-in", &format!("{RIGHT}&next=%2F%2Fevil.example")).await;
    assert_eq!(elsewhere.header("location"), "/");
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let config = WebConfig { public_url: "https://kept.test".to_owned(), secure_cookies: true, ..WebConfig::default() };
    let house = House::with(config);
    let reply = house.post("/welcome", FIRST).await;
    let set = reply.header("set-cookie");
    assert!(set.starts_with("__Host-kept=") && set.contains("Secure") && set.contains("Path=/"), "{set}");
    assert_eq!(reply.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn known_and_unknown_accounts_hear_the_same() {
    let house = House::new();
    house.post("/welcome", FIRST).await;
    let mut gone = house.app.engine.users().unwrap()[0].clone();
    let unknown = house.post("/sign-in", "email=eve%40shop.example&password=wrong+horse+battery").await;
    let known = house.post("/sign-in", WRONG).await;
    let same = |body: &str| body.replace("ada@", "x@").replace("eve@", "x@").replace("ada&#64;", "x@");
    assert_eq!((known.status, same(&known.body)), (unknown.status, same(&unknown.body)));
    assert_eq!(known.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(known.cookie().is_none());
    gone.active = false;
    house.app.engine.change_user(&gone).unwrap();
    let inactive = house.post("/sign-in", RIGHT).await;
    assert_eq!((inactive.status, same(&inactive.body)), (known.status, same(&known.body)));
}

#[tokio::test]
async fn ten_wrong_tries_then_a_wait_for_known_and_unknown_accounts() {
    let house = House::new();
    house.post("/welcome", FIRST).await;
    for form in [WRONG, "email=eve%40shop.example&password=x"] {
        for number in 1..=10 {
            assert_eq!(house.post("/sign-in", form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "try {number}");
        }
        let reply = house.post("/sign-in", form).await;
        assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
        let wait: u64 = reply.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert!(reply.body.contains("Wait a minute"), "{}", reply.body);
    }
    let upper = house.post("/sign-in", &RIGHT.replace("ada", "ADA")).await;
    assert_eq!(upper.status, StatusCode::TOO_MANY_REQUESTS, "another spelling is the same account");
    let colleague = house.post("/sign-in", "email=bob%40shop.example&password=x").await;
    assert_eq!(colleague.status, StatusCode::UNPROCESSABLE_ENTITY, "a colleague is not locked out");
}

#[tokio::test]
async fn signing_in_rightly_gives_the_tries_back() {
    let house = House::new();
    house.post("/welcome", FIRST).await;
    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(house.post("/sign-in", WRONG).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(house.post("/sign-in", RIGHT).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_for_the_server() {
    let house = House::new();
    let cookie = house.post("/welcome", FIRST).await.cookie().unwrap();
    let form = format!("csrf={}", secret::csrf_of(&cookie));
    let request = ask(Method::POST, "/sign-out")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", format!("kept={cookie}"));
    let reply = house.send(request.body(Body::from(form)).unwrap()).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(reply.header("set-cookie").contains("Max-Age=0"), "{}", reply.header("set-cookie"));
    assert_eq!(house.app.engine.session(secret::hash(cookie.as_bytes())).unwrap(), None);
    assert_eq!(house.get_as("/events", &cookie).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn sessions_end_when_role_password_or_activity_changes() {
    let house = House::new();
    house.user("admin");
    let id = house.user("agent");
    let user = |id| house.app.engine.users().unwrap().into_iter().find(|user| user.id == id).unwrap();
    type Change = fn(&mut kept_engine::User);
    let changes: [(&str, Change, bool); 4] = [
        ("language", |user| user.language = Language::French, true),
        ("role", |user| user.role = "supervisor".to_owned(), false),
        ("password", |user| user.password_hash = "another".to_owned(), false),
        ("activity", |user| user.active = false, false),
    ];
    for (what, change, survives) in changes {
        let cookie = house.session(id);
        let hash = secret::hash(cookie.as_bytes());
        assert!(house.app.engine.session(hash).unwrap().is_some());
        let mut changed = user(id);
        change(&mut changed);
        house.app.engine.change_user(&changed).unwrap();
        assert_eq!(house.app.engine.session(hash).unwrap().is_some(), survives, "after a change of {what}");
    }
}

#[tokio::test]
async fn the_sign_in_page_speaks_the_readers_language() {
    let house = House::new();
    house.user("admin");
    let french = ask(Method::GET, "/sign-in").body(Body::empty()).unwrap();
    let (mut parts, body) = french.into_parts();
    parts.headers.insert("accept-language", "fr-FR,fr;q=0.9,en;q=0.5".parse().unwrap());
    let reply = house.send(axum::http::Request::from_parts(parts, body)).await;
    assert!(reply.body.contains("lang=\"fr\"") && reply.body.contains("Se connecter"), "{}", reply.body);
    let chosen = ask(Method::GET, "/sign-in").header("cookie", "kept-language=fr").body(Body::empty()).unwrap();
    assert!(house.send(chosen).await.body.contains("Se connecter"), "the cookie goes before the header");
    assert!(house.get("/sign-in").await.body.contains("Sign in"));
}

#[tokio::test]
async fn a_hint_of_the_operator_is_shown_escaped() {
    let config = WebConfig { sign_in_hint: Some("<b>demo@shop.example</b>".to_owned()), ..WebConfig::default() };
    let house = House::with(config);
    house.user("admin");
    let page = house.get("/sign-in").await.body;
    assert!(page.contains("demo@shop.example") && !page.contains("<b>demo"), "{page}");
}

#[tokio::test]
async fn password_work_waits_its_turn_and_a_flood_is_refused() {
    let house = House::new();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let app = house.app.clone();
        tasks.spawn(async move { password::fits(&app, "x".to_owned(), None).await.map_err(|failure| failure.status()) });
    }
    let heard = tasks.join_all().await;
    assert!(heard.iter().all(|heard| matches!(heard, Ok(false) | Err(StatusCode::SERVICE_UNAVAILABLE))), "{heard:?}");
    assert!(heard.contains(&Ok(false)) && heard.contains(&Err(StatusCode::SERVICE_UNAVAILABLE)), "{heard:?}");
}
