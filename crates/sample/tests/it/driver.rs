//! The driver tells the world to an entrance that answers like Kept, and holds out when it does not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use jiff::Timestamp;
use kept_base::Moment;
use kept_domain::input::{Input, News};
use kept_sample::shop::aftership_signature;
use kept_sample::{DemoOptions, Driver, DriverError, Happening, Phase, WooShop, World};

struct Request {
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .unwrap_or_default()
    }
}

/// An entrance that answers each request with what `answer` says and notes it.
fn entrance(mut answer: impl FnMut(usize, &Request) -> &'static str + Send + 'static) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (noted, requests) = channel();
    std::thread::spawn(move || {
        let mut count = 0;
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            if serve(&stream, &mut count, &mut answer, &noted).is_none() {
                return;
            }
        }
    });
    (url, requests)
}

fn serve(
    mut stream: &TcpStream,
    count: &mut usize,
    answer: &mut impl FnMut(usize, &Request) -> &'static str,
    noted: &Sender<Request>,
) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut request = Request { path: first.split(' ').nth(1).unwrap_or_default().to_owned(), headers, body: Vec::new() };
    let length: usize = request.header("content-length").parse().unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    let answer = answer(*count, &request);
    *count += 1;
    let (status, body) = answer.split_once('|').unwrap_or((answer, "{}"));
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).ok()?;
    noted.send(request).ok()
}

fn start() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn options(kept_url: &str) -> DemoOptions {
    DemoOptions {
        kept_url: kept_url.to_owned(),
        api_token: "kept_demo".to_owned(),
        aftership_secret: "secret".to_owned(),
        clock: {
            let start = start();
            std::sync::Arc::new(move || start)
        },
        start: start(),
        shop: None,
    }
}

/// Runs until the history is told.
fn tell_history(url: &str) -> (Driver, Receiver<()>) {
    let (live, is_live) = channel();
    let driver = Driver::start(World::new(7, start()), options(url), move |status| {
        if status.phase == Phase::Live {
            let _ = live.send(());
        }
    });
    (driver.unwrap(), is_live)
}

#[test]
fn the_history_goes_through_the_real_entrances_in_order() {
    let (url, requests) =
        entrance(
            |_, request| if request.path == "/api/facts" { "200 OK|{\"accepted\":1,\"rejected\":[]}" } else { "202 Accepted" },
        );
    let (driver, is_live) = tell_history(&url);
    is_live.recv().unwrap();
    let status = driver.stop();
    assert_eq!((status.phase, status.refused, status.repeated), (Phase::Stopped, 0, 0), "{status:?}");
    let mut facts: Vec<Input> = Vec::new();
    let mut webhooks = Vec::new();
    while let Ok(request) = requests.try_recv() {
        match request.path.as_str() {
            "/api/facts" => {
                assert_eq!(request.header("authorization"), "Bearer kept_demo");
                assert_eq!(request.header("content-type"), "application/x-ndjson");
                assert!(request.header("idempotency-key").starts_with("demo-"));
                let lines = request.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                facts.extend(lines.map(|line| serde_json::from_slice::<Input>(line).unwrap()));
            }
            "/in/aftership" => {
                assert_eq!(request.header("aftership-hmac-sha256"), aftership_signature("secret", &request.body));
                webhooks.push(request.body);
            }
            other => panic!("{other}"),
        }
    }
    let (mut expected_facts, mut expected_webhooks) = (Vec::new(), Vec::new());
    for happened in World::new(7, start()).until(start()) {
        match happened.happening {
            Happening::Order(input) | Happening::Fact(input) => expected_facts.push(input),
            Happening::AfterShip { body } => expected_webhooks.push(body),
            Happening::LaPosteScan { .. } => {}
        }
    }
    // A live tick may have begun before the stop: the history is the beginning of what was told.
    assert!(facts.starts_with(&expected_facts), "{} {}", facts.len(), expected_facts.len());
    assert!(webhooks.starts_with(&expected_webhooks));
}

/// With books of its own the shop tells its orders by its webhooks, and never sends what was cancelled there meanwhile.
#[test]
fn a_shop_with_books_tells_orders_by_webhook_and_keeps_back_what_was_cancelled() {
    let (url, requests) =
        entrance(|_, request| if request.path == "/api/facts" { "200 OK|{\"accepted\":1,\"rejected\":[]}" } else { "200 OK" });
    let (live, is_live) = channel();
    let shop = WooShop::new("ck", "cs", || Moment::from_timestamp_utc(start()));
    let books = shop.clone();
    let (mut seen, mut cancelled) = (0, None);
    let options = DemoOptions { shop: Some((shop, "woo".to_owned())), ..options(&url) };
    let driver = Driver::start(World::new(7, start()), options, move |status| {
        // Somebody cancels one of the first orders before anything of it left.
        seen += 1;
        if cancelled.is_none() && seen > 0 {
            let open = books.orders().into_iter().find(|order| !order["meta_data"].to_string().contains("tracking_number"));
            cancelled = open.and_then(|order| {
                books.cancel(order["number"].as_str().unwrap_or_default(), &Moment::from_timestamp_utc(start()), true)
            });
        }
        if status.phase == Phase::Live {
            let _ = live.send(cancelled.clone());
        }
    });
    let driver = driver.unwrap();
    let cancelled = is_live.recv().unwrap().unwrap();
    let status = driver.stop();
    assert_eq!((status.refused, status.repeated), (0, 0), "{status:?}");
    let number = cancelled["number"].as_str().unwrap();
    let (mut orders, mut facts, mut of_it) = (0, 0, Vec::new());
    while let Ok(request) = requests.try_recv() {
        match request.path.as_str() {
            "/in/woocommerce" => {
                assert_eq!(request.header("x-wc-webhook-signature"), aftership_signature("woo", &request.body));
                let order: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
                orders += 1;
                if order["number"] == number {
                    of_it.push(order);
                }
            }
            "/api/facts" => {
                let lines = request.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
                for line in lines {
                    let input = serde_json::from_slice::<Input>(line).unwrap();
                    assert!(
                        !matches!(input.news, News::OrderPlaced(_) | News::ParcelAnnounced(_) | News::RefundPaid(_)),
                        "{input:?}"
                    );
                    facts += 1;
                }
            }
            "/in/aftership" => {
                assert!(!String::from_utf8_lossy(&request.body).contains(&format!("\"{number}\"")), "nothing of it left")
            }
            other => panic!("{other}"),
        }
    }
    assert!(orders > 500 && facts > 50, "{orders} webhooks, {facts} facts");
    let parcels = |order: &serde_json::Value| order["meta_data"].to_string().contains("tracking_number");
    assert!(!of_it.is_empty() && !of_it.iter().any(parcels), "{of_it:?}");
}

#[test]
fn what_fails_is_repeated_and_what_is_refused_is_counted() {
    let (url, requests) = entrance(|count, request| match (count, request.path.as_str()) {
        (0, _) => "503 Service Unavailable|{\"error\":{\"message\":\"the disk is full\"}}",
        (1, _) => "200 OK|{\"accepted\":0,\"rejected\":[[0,\"no such order\"]]}",
        (_, "/in/aftership") => "401 Unauthorized|{}",
        _ => "200 OK|{}",
    });
    let (driver, is_live) = tell_history(&url);
    is_live.recv().unwrap();
    let status = driver.stop();
    assert_eq!(status.repeated, 1);
    assert_eq!(status.refused, 1 + status.webhooks, "{status:?}");
    assert!(status.last_trouble.unwrap().contains("401"));
    let (first, second) = (requests.recv().unwrap(), requests.recv().unwrap());
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("idempotency-key"), second.header("idempotency-key"));
}

#[test]
fn it_stops_while_nobody_answers() {
    let nobody = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let (tried, has_tried) = channel();
    let driver = Driver::start(World::new(7, start()), options(&nobody), move |status| {
        let _ = tried.send(status.last_trouble.clone());
    });
    let driver = driver.unwrap();
    assert!(has_tried.recv().unwrap().unwrap().contains("did not answer"));
    let status = driver.stop();
    assert_eq!((status.phase, status.facts, status.webhooks), (Phase::Stopped, 0, 0));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let refused = |change: fn(&mut DemoOptions)| {
        let mut options = options("http://127.0.0.1:1");
        change(&mut options);
        matches!(Driver::start(World::new(7, start()), options, |_| {}), Err(DriverError::Setting(_)))
    };
    assert!(refused(|options| options.kept_url = "kept.example".to_owned()));
}
