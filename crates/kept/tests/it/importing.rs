//! A file of orders read on its page, and the program killed in the middle.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kept_engine::Import;

use crate::client::http;
use crate::erase::{encoded, signed_in};
use crate::place::{Place, turn, until};
use crate::server::Server;

const ORDERS: u64 = 4_000;

#[test]
fn a_file_of_orders_is_recorded_to_its_end_after_a_kill() -> Result<()> {
    let _turn = turn();
    let place = Place::sqlite()?;
    let server = Server::start(&place)?;
    let cookie = signed_in(&server)?;
    let mut csv = "order_number,at,promised_day,customer.email,line.sku\r\n".to_owned();
    for number in 0..ORDERS {
        csv.push_str(&format!("F-{number},2026-10-01T09:00:00+02:00,2026-10-05,{number}@client.example,A\r\n"));
    }
    let csrf = kept_web::auth::secret::csrf_of(&cookie);
    let form = [("csrf", csrf.as_str()), ("csv", &csv), ("act", "read")];
    let answer = http()?
        .post(server.at("/imports"))
        .header("cookie", format!("kept={cookie}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded(&form))
        .send()?;
    let again = answer.headers().get("refresh").map(|again| again.to_str().map(str::to_owned)).transpose()?;
    let page = answer.text()?;
    ensure!(page.contains("file-progress") && again.as_deref() == Some("3; url=/imports"), "{again:?} {page}");
    server.kill()?;
    let import = |place: &Place| -> Result<Import> { place.engine()?.import("csv")?.context("an import") };
    let stopped = import(&place)?;
    ensure!(stopped.done_at.is_none() && stopped.orders < ORDERS, "it was killed in the middle: {stopped:?}");

    let server = Server::start(&place)?;
    until("it is over", Duration::from_secs(120), || Ok(import(&place)?.done_at))?;
    let file = import(&place)?.file.context("a file")?;
    assert_eq!((file.of, file.accepted, file.known, file.wrong), (ORDERS, ORDERS, 0, 0), "none lost, none twice");
    let page = http()?.get(server.at("/imports")).header("cookie", format!("kept={cookie}")).send()?.text()?;
    ensure!(page.contains("4,000 orders recorded"), "{page}");
    server.stop()?;
    let promises = place.must(&["csv", "promises", "--plain"])?;
    assert_eq!(promises.lines().filter(|line| line.contains(",delivery,")).count() as u64, ORDERS);
    Ok(())
}
