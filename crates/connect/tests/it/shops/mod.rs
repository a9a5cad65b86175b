//! Shops: what their payloads say, what is asked of them, and what is done there, against servers of our own on the loopback.

mod answers;
mod prestashop;
mod shopify;
mod woocommerce;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use kept_base::{Currency, Money};
use kept_domain::input::{Input, News};
use kept_engine::ports::{Act, DeliveryAddress, ErrandOutcome, Parsed, Shop};
use serde_json::Value;

pub const WOOCOMMERCE: &str = include_str!("../../../src/shops/woocommerce/samples/order_made_up.json");
pub const SHOPIFY: &str = include_str!("../../../src/shops/shopify/samples/order_made_up.json");
pub const PRESTASHOP: &str = include_str!("../../../src/shops/prestashop/samples/order_made_up.json");
pub const PRESTASHOP_XML: &str = include_str!("../../../src/shops/prestashop/samples/order_made_up.xml");

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub target: String,
    pub head: String,
    pub body: String,
}

impl Asked {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// `POST /path`, without the query.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target.split('?').next().unwrap_or_default())
    }

    /// The query, decoded.
    pub fn query(&self) -> String {
        let mut bytes = Vec::new();
        let mut rest = self.target.split_once('?').map_or("", |(_, query)| query).bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let text = String::from_utf8_lossy(&digits).into_owned();
                bytes.push(u8::from_str_radix(&text, 16).unwrap_or(b'?'));
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// What the server does.
pub enum Reply {
    Json(u16, Value),
    /// Status, further headers each with its line's end, body.
    Raw(u16, String, String),
    /// The same, with bytes that need not be text.
    Bytes(u16, &'static str, Vec<u8>),
    /// Reads the request and hangs up.
    Lost,
}

/// A server that answers as it is told, until it is dropped.
pub struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<Asked>>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (stopping, log) = (Arc::clone(&stop), Arc::clone(&asked));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopping.load(Ordering::SeqCst) {
                    return;
                }
                let Some(request) = read_request(&stream) else { continue };
                log.lock().expect("the log").push(request.clone());
                reply(stream, answer(&request));
            }
        });
        Server { address, stop, asked, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("the log").clone()
    }

    /// The lines of what was asked that is no reading.
    pub fn acts(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.method != "GET").collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn read_request(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut head = String::new();
    while reader.read_line(&mut head).ok()? > 2 {}
    let mut first = head.lines().next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, target, head, body: String::from_utf8_lossy(&body).into_owned() })
}

fn reply(mut stream: TcpStream, reply: Reply) {
    let (status, headers, body) = match reply {
        Reply::Json(status, value) => (status, "content-type: application/json\r\n".to_owned(), value.to_string().into_bytes()),
        Reply::Raw(status, headers, body) => (status, headers, body.into_bytes()),
        Reply::Bytes(status, headers, body) => (status, headers.to_owned(), body),
        Reply::Lost => return,
    };
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

/// A store that a server keeps, shared with the test.
pub type Store<T> = Arc<Mutex<T>>;

pub fn kinds(parsed: &Parsed) -> Vec<&'static str> {
    let word = |input: &Input| match &input.news {
        News::OrderPlaced(_) => "placed",
        News::ParcelAnnounced(_) => "parcel",
        News::OrderLinesCancelled(_) => "cancelled",
        News::RefundPaid(_) => "refund",
        News::OrderLinesBackordered(_) => "backordered",
        News::OrderLinesAvailable(_) => "available",
        _ => "other",
    };
    parsed.inputs.iter().map(word).collect()
}

pub fn json_of(parsed: &Parsed) -> Value {
    assert_eq!(parsed.error, None);
    serde_json::to_value(&parsed.inputs).expect("JSON")
}

/// Carries out; gives the outcome and how often doubt was noted.
pub fn carried(shop: &dyn Shop, errand: &Act, key: &str) -> (ErrandOutcome, u32) {
    let mut doubts = 0;
    let outcome = shop.carry_out(errand, key, &mut || {
        doubts += 1;
        Ok(())
    });
    (outcome, doubts)
}

pub fn reason(outcome: &ErrandOutcome) -> String {
    match outcome {
        ErrandOutcome::Done { reference } => reference.clone(),
        ErrandOutcome::Refused { reason } | ErrandOutcome::Retry { reason, .. } | ErrandOutcome::Unknown { reason } => {
            reason.clone()
        }
    }
}

/// A refund of a candle that came late.
pub fn refund_of(order_number: &str, minor: i64, delivery_fee: bool) -> Act {
    Act::Refund {
        order_number: order_number.to_owned(),
        amount: Money { minor, currency: Currency::EUR },
        skus: vec!["BOUGIE".to_owned()],
        delivery_fee,
        reason: "late".to_owned(),
    }
}

/// The order goes to Rennes instead.
pub fn moved(order_number: &str, first_name: Option<&str>) -> Act {
    let address = DeliveryAddress {
        first_name: first_name.map(str::to_owned),
        last_name: "Marchand".to_owned(),
        company: None,
        street: "1 place Neuve".to_owned(),
        more: None,
        postal: "35000".to_owned(),
        city: "Rennes".to_owned(),
        state: None,
        country: kept_base::Country::FR,
        phone: None,
    };
    Act::AddressChange { order_number: order_number.to_owned(), address }
}
