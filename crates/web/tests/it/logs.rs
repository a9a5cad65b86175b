//! One line a request, and nothing in it that belongs to a person or opens anything.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::Method;
use tracing_subscriber::fmt::MakeWriter;

use crate::house::House;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;

    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

#[tokio::test]
async fn a_request_leaves_one_line_without_secrets() {
    // For the whole binary: a subscriber of one thread misses what is first logged from another. The other tests' lines are told apart by
    // the ids of their requests.
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(lines.clone()).with_ansi(false).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let house = House::new();
    house.app.engine.set_secret("inbound:unsigned", "canary-fence").unwrap();
    let token = house.token(&["read", "facts:write"]);
    let welcome =
        house.post("/welcome", "name=Canary+Name&email=canary%40shop.example&password=canary-password&language=en").await;
    let cookie = welcome.cookie().unwrap();
    let replies = [
        welcome,
        house.post("/sign-in", "email=canary%40shop.example&password=canary-wrong-one").await,
        house.get("/p/canary-link").await,
        house.get("/p/canary-link?canary-query").await,
        house.get("/canary-page").await,
        house.api(Method::GET, "/api/orders/canary-order", &token, "").await,
        house.api(Method::POST, "/api/facts", &token, "{\"kind\":\"canary-kind\"}").await,
        house.api(Method::POST, "/in/unsigned?token=canary-fence", "none", "{\"canary-body\":1}").await,
        house.get_as("/sign-in?next=/canary-next", &cookie).await,
    ];
    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(!logged.to_lowercase().contains("canary"), "{logged}");
    for secret in [token.as_str(), cookie.as_str()] {
        assert!(!logged.contains(secret), "{logged}");
    }
    for reply in replies {
        let id = reply.header("x-request-id");
        let answered: Vec<&str> = logged.lines().filter(|line| line.contains(id) && line.contains("request answered")).collect();
        assert_eq!(answered.len(), 1, "{reply:?}: {answered:?}");
        assert!(answered[0].contains(&format!("http.status={}", reply.status.as_u16())), "{answered:?}");
    }
    assert!(logged.contains("http.route=/p/{secret}"), "{logged}");
}
