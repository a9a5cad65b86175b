//! `GET /events`.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use kept_web::gate::LIVE_CONNECTIONS;
use tokio_stream::StreamExt;
use tower::ServiceExt;

use crate::house::{House, ask, scan};

async fn open(house: &House, cookie: &str) -> axum::response::Response {
    open_since(house, cookie, "/events", None).await
}

async fn open_since(house: &House, cookie: &str, address: &str, heard: Option<i64>) -> axum::response::Response {
    let mut request = ask(Method::GET, address);
    if let Some(heard) = heard {
        request = request.header("last-event-id", heard.to_string());
    }
    let request = request.header("cookie", format!("kept={cookie}")).header("accept", "text/event-stream");
    house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_change_is_told_with_its_position() {
    let house = House::new();
    let cookie = house.session(house.user("agent"));
    let response = open(&house, &cookie).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    let token = house.token(&["facts:write"]);
    let taken = house.api(Method::POST, "/api/facts", &token, &scan("L1", "x")).await;
    let position = taken.json()["position"].as_i64().unwrap();
    let mut text = String::new();
    while !text.contains(&format!("id: {position}")) {
        let next = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.expect("an event").unwrap().unwrap();
        text.push_str(&String::from_utf8_lossy(&next));
    }
    assert!(text.contains("event: change"), "{text}");
}

#[tokio::test]
async fn what_happened_before_the_stream_was_open_is_told_at_once() {
    let house = House::new();
    let cookie = house.session(house.user("agent"));
    let token = house.token(&["facts:write"]);
    let page = house.get_as("/parcels", &cookie).await.body;
    let (_, rest) = page.split_once("data-live=\"").expect("a page that is fetched anew");
    let read_at = rest.split_once('"').unwrap().0.to_owned();
    house.api(Method::POST, "/api/facts", &token, &scan("L1", "x")).await;
    let now = house.app.engine.position().unwrap().0;

    let first = async |address: &str, heard| {
        let mut stream = open_since(&house, &cookie, address, heard).await.into_body().into_data_stream();
        tokio::time::timeout(Duration::from_millis(500), stream.next()).await.ok().map(|next| next.unwrap().unwrap())
    };
    let told = first(&format!("/events?since={read_at}"), None).await.expect("the news that came in between");
    assert!(String::from_utf8_lossy(&told).contains("event: change"), "{told:?}");
    assert!(first(&format!("/events?since={now}"), None).await.is_none(), "nothing new");
    assert!(first(&format!("/events?since={read_at}"), Some(now)).await.is_none(), "a stream that comes back has heard it");
    assert!(first("/events", None).await.is_none(), "who says nothing of what was seen hears what comes");
    assert_eq!(open_since(&house, &cookie, "/events?since=x", None).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn without_a_session_there_is_no_stream() {
    let house = House::new();
    house.user("admin");
    assert_eq!(open(&house, "nothing").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn there_is_room_for_so_many_and_a_closed_one_makes_room() {
    let house = House::new();
    let cookie = house.session(house.user("agent"));
    let mut held = Vec::new();
    for _ in 0..LIVE_CONNECTIONS {
        let response = open(&house, &cookie).await;
        assert_eq!(response.status(), StatusCode::OK);
        held.push(response);
    }
    let refused = open(&house, &cookie).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    held.clear();
    let mut again = StatusCode::SERVICE_UNAVAILABLE;
    for _ in 0..1000 {
        again = open(&house, &cookie).await.status();
        if again == StatusCode::OK {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(again, StatusCode::OK);
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let house = House::new();
    let cookie = house.session(house.user("agent"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let ending = async move {
        let _ = stopped.await;
    };
    let server = tokio::spawn(kept_web::serve(house.app.clone(), listener, ending));
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET /events HTTP/1.1\r\nHost: kept.test\r\nCookie: kept={cookie}\r\n\r\n");
    tokio::io::AsyncWriteExt::write_all(&mut connection, request.as_bytes()).await.unwrap();
    let mut head = vec![0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut connection, &mut head).await.unwrap();
    assert_eq!(head, b"HTTP/1.1 200");
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(10), server).await.expect("the server ends").unwrap().unwrap();
}
