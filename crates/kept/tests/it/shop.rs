//! A shop that is asked by the built program: what changed comes in once, and a restart goes on from where it was.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::place::{Place, turn, until};
use crate::server::Server;

/// An order of one lamp, and what becomes of it.
fn order(status: &str, modified: &str, refunds: &str) -> String {
    format!(
        r#"[{{"id": 9, "number": "9", "status": "{status}", "currency": "EUR", "date_created": "2026-11-02T10:00:00",
        "date_created_gmt": "2026-11-02T09:00:00", "date_modified": "{modified}", "date_modified_gmt": "{modified}", "date_paid": "2026-11-02T10:00:01",
        "billing": {{"first_name": "Odile", "last_name": "Marchand", "email": "odile@example.org", "country": "FR"}},
        "line_items": [{{"id": 1, "name": "Lampe", "sku": "LAMPE", "quantity": 1, "total": "40.00", "total_tax": "0.00"}}],
        "refunds": {refunds}, "meta_data": [{{"key": "_wc_shipment_tracking_items", "value": [{{"tracking_provider": "dpd", "tracking_number": "D1"}}]}}]}}]"#
    )
}

const REFUND: &str = r#"[{"id": 4, "reason": "", "total": "-40.00"}]"#;
const REFUND_IN_FULL: &str =
    r#"[{"id": 4, "amount": "40.00", "date_created": "2026-11-03T12:00:00", "date_created_gmt": "2026-11-03T11:00:00"}]"#;

/// Answers every question for orders with what it holds, until the test ends; gives its address and what it was asked.
fn shop(orders: Arc<Mutex<String>>) -> Result<(String, Arc<Mutex<Vec<String>>>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(stream, &orders, &log);
        }
    });
    Ok((address, asked))
}

fn answer(mut stream: TcpStream, orders: &Mutex<String>, log: &Mutex<Vec<String>>) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let line = head.lines().next().unwrap_or_default().to_owned();
    let body = if line.contains("/refunds") { REFUND_IN_FULL.to_owned() } else { orders.lock().expect("the orders").clone() };
    log.lock().expect("the log").push(line);
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())?;
    Ok(())
}

fn facts(place: &Place, kind: &str) -> Result<usize> {
    let mut found = 0;
    for block in place.database()?.read(|connection| connection.blocks_after(0, i64::MAX))? {
        found += block.read()?.iter().filter(|fact| fact.body.kind() == kind).count();
    }
    Ok(found)
}

#[test]
fn what_changed_in_a_shop_comes_in_once_and_after_a_restart_goes_on() -> Result<()> {
    let _turn = turn();
    let place = Place::sqlite()?;
    let orders = Arc::new(Mutex::new(order("processing", "2026-11-02T10:00:00", "[]")));
    let (address, asked) = shop(Arc::clone(&orders))?;
    let flags = [
        "--woocommerce-url",
        &address,
        "--woocommerce-key",
        "ck_made_up",
        "--woocommerce-secret",
        "cs_made_up",
        "--shop-seconds",
        "0.2",
        "--shop-days",
        "60",
    ];
    let rounds = |more: usize| {
        let before = asked.lock().expect("the log").len();
        until("the shop is asked again", Duration::from_secs(30), || {
            Ok((asked.lock().expect("the log").len() >= before + more).then_some(()))
        })
    };
    let server = Server::start_with(&place, &flags)?;
    until("the order is there", Duration::from_secs(30), || Ok((facts(&place, "order.placed")? == 1).then_some(())))?;
    rounds(3)?;
    server.kill()?;
    *orders.lock().expect("the orders") = order("cancelled", "2026-11-03T11:00:00", REFUND);
    let first = asked.lock().expect("the log").len();
    let server = Server::start_with(&place, &flags)?;
    until("the money is back", Duration::from_secs(30), || Ok((facts(&place, "refund.paid")? == 1).then_some(())))?;
    rounds(4)?;
    server.stop()?;
    let counted = ["order.placed", "parcel.announced", "order.lines_cancelled", "refund.paid"];
    for kind in counted {
        assert_eq!(facts(&place, kind)?, 1, "{kind}");
    }
    // Two minutes before the newest change that it had read, and one second, since the shop leaves that second out.
    let again = asked.lock().expect("the log").get(first).cloned().context("it was asked")?;
    assert!(again.contains("modified_after=2026-11-02T09%3A57%3A59"), "{again}");
    assert!(asked.lock().expect("the log").iter().all(|line| !line.contains("_made_up")));
    Ok(())
}
