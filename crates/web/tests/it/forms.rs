//! Forms that only our own pages can send.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use kept_web::auth::secret;

use crate::house::{HERE, House, Reply, ask};

async fn sign_out(house: &House, cookie: &str, form: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = ask(Method::POST, "/sign-out")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", format!("kept={cookie}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_form_without_the_sessions_own_value_is_refused() {
    let house = House::new();
    let user = house.user("agent");
    let cookie = house.session(user);
    let others = secret::csrf_of(&house.session(user));
    for form in ["", "csrf=", "csrf=0", &format!("csrf={others}"), &format!("csrf={}", secret::csrf_of(""))] {
        let reply = sign_out(&house, &cookie, form, &[]).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{form}");
        assert!(reply.body.contains("out of date"), "{}", reply.body);
    }
    assert!(house.app.engine.session(secret::hash(cookie.as_bytes())).unwrap().is_some(), "nothing was done");
    let right = format!("csrf={}", secret::csrf_of(&cookie));
    assert_eq!(sign_out(&house, &cookie, &right, &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_even_with_the_right_value() {
    let house = House::new();
    let user = house.user("agent");
    let foreign: [&[(&str, &str)]; 6] = [
        &[("origin", "https://evil.example")],
        &[("origin", "http://kept.test.evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", HERE)],
        &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
    ];
    let cookie = house.session(user);
    let form = format!("csrf={}", secret::csrf_of(&cookie));
    for headers in foreign {
        let reply = sign_out(&house, &cookie, &form, headers).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert!(reply.body.contains("another site"), "{}", reply.body);
    }
    // Our pages send no referrer, and then browsers say `Origin: null` on their forms (Fetch standard, 3.2).
    let ours: [&[(&str, &str)]; 4] = [
        &[],
        &[("origin", HERE)],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        &[("sec-fetch-site", "same-origin")],
    ];
    for headers in ours {
        let cookie = house.session(user);
        let form = format!("csrf={}", secret::csrf_of(&cookie));
        assert_eq!(sign_out(&house, &cookie, &form, headers).await.status, StatusCode::SEE_OTHER, "{headers:?}");
    }
}

#[tokio::test]
async fn nobody_is_signed_in_from_another_site() {
    let house = House::new();
    for path in ["/sign-in", "/welcome"] {
        let request = ask(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "https://evil.example");
        let form = "name=Eve&email=eve%40evil.example&password=correct+horse+battery&language=en";
        let reply = house.send(request.body(Body::from(form)).unwrap()).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
        assert!(reply.cookie().is_none());
    }
    assert!(house.app.engine.has_no_users().unwrap());
}

#[tokio::test]
async fn a_form_that_is_no_form_is_not_read() {
    let house = House::new();
    let cookie = house.session(house.user("agent"));
    let csrf = secret::csrf_of(&cookie);
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        let request = ask(Method::POST, "/sign-out").header("content-type", kind).header("cookie", format!("kept={cookie}"));
        let reply = house.send(request.body(Body::from(format!("csrf={csrf}"))).unwrap()).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{kind}");
    }
}
