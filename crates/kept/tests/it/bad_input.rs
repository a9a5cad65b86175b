//! Bad input over real HTTP: a clear answer in the user's words, nothing acknowledged lost, nothing unknown dropped.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use kept_base::Offset;
use kept_domain::{Body, Fact};
use kept_engine::views::Found;
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, Settings};
use kept_store::Durability;
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};

use crate::books::{facts, holds_and_rebuilds};
use crate::client::http;
use crate::place::{Place, kept, must_fail, turn, until, write};
use crate::server::Server;

const SECRET: &str = "a secret that both sides know";

/// An installation that is up, with a token of the shop's.
struct Shop {
    place: Place,
    server: Server,
    token: String,
    http: Client,
}

impl Shop {
    fn open(place: Place) -> Result<Shop> {
        let token = place.token(&["facts:write", "read", "personal"])?;
        place.engine()?.set_secret(&kept_web::api::inbound::secret_name("aftership"), SECRET)?;
        let server = Server::start(&place)?;
        Ok(Shop { place, server, token, http: http()? })
    }

    fn each() -> Result<Vec<Shop>> {
        let mut shops = vec![Shop::open(Place::sqlite()?)?];
        shops.extend(Place::postgres()?.map(Shop::open).transpose()?);
        Ok(shops)
    }

    fn post(&self, kind: &str, key: Option<&str>, body: impl Into<reqwest::blocking::Body>) -> Result<(u16, Value)> {
        let mut request = self.http.post(self.server.at("/api/facts")).bearer_auth(&self.token).header("content-type", kind);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        answer(request.body(body).send()?)
    }

    fn json(&self, body: &Value) -> Result<(u16, Value)> {
        self.post("application/json", None, body.to_string())
    }

    fn lines(&self, lines: &[String]) -> Result<(u16, Value)> {
        self.post("application/x-ndjson", None, lines.join("\n"))
    }

    fn webhook(&self, body: &str, signature: &str) -> Result<(u16, Value)> {
        answer(
            self.http
                .post(self.server.at("/in/aftership"))
                .header("aftership-hmac-sha256", signature)
                .body(body.to_owned())
                .send()?,
        )
    }

    fn facts(&self) -> Result<Vec<Fact>> {
        facts(&self.place.database()?)
    }

    fn scans(&self) -> Result<Vec<kept_domain::parcel::Scanned>> {
        let scanned = |fact: Fact| if let Body::ParcelScanned(body) = fact.body { Some(body) } else { None };
        Ok(self.facts()?.into_iter().filter_map(scanned).collect())
    }

    fn is_recorded(&self, code: &str) -> Result<bool> {
        Ok(self.scans()?.iter().any(|scan| scan.code == code))
    }

    /// Ends it; the ledger must hold and rebuild to what is there.
    fn close(self) -> Result<()> {
        self.server.stop()?;
        holds_and_rebuilds(&self.place)?;
        Ok(())
    }
}

fn answer(response: Response) -> Result<(u16, Value)> {
    let status = response.status().as_u16();
    let text = response.text()?;
    Ok((status, serde_json::from_str(&text).with_context(|| format!("{status}: {text}"))?))
}

fn scan(number: &str, code: &str, at: &str) -> Value {
    json!({ "kind": "parcel.scanned", "tracking_number": number, "carrier": "laposte", "code": code, "milestone": "in_network", "at": at })
}

fn error_says(body: &Value, code: &str) -> Result<String> {
    let (given, message, hint) =
        (body["error"]["code"].as_str(), body["error"]["message"].as_str(), body["error"]["hint"].as_str());
    ensure!(
        given == Some(code) && message.is_some_and(|text| !text.is_empty()) && hint.is_some_and(|text| !text.is_empty()),
        "{body}"
    );
    Ok(message.unwrap_or_default().to_owned())
}

#[test]
fn malformed_json_and_wrong_types_are_named() -> Result<()> {
    for shop in Shop::each()? {
        let before = shop.facts()?.len();
        let (status, body) = shop.post("application/json", None, "{\"kind\": \"parcel.scanned\",\n \"at\": }")?;
        ensure!(status == 400, "{status} {body}");
        ensure!(error_says(&body, "unreadable")?.contains("line 2"), "{body}");
        let (status, body) = shop.post("application/json", None, vec![b'{', 0xff, 0xfe])?;
        ensure!(status == 400, "{status} {body}");
        error_says(&body, "unreadable")?;
        let (status, body) = shop.post("text/csv", None, "a;b")?;
        ensure!(status == 415, "{status} {body}");
        ensure!(shop.facts()?.len() == before, "something of it was recorded");

        for (field, value) in [
            ("tracking_number", json!(["6A1"])),
            ("at", json!(12)),
            ("milestone", json!("teleported")),
            ("code", Value::Null),
            ("kind", json!("parcel.exploded")),
        ] {
            let mut news = scan("6A1", "WRONG", "2026-11-20T10:00:00+01:00");
            news[field] = value;
            let (status, body) = shop.json(&news)?;
            let rejected = &body["rejected"][0];
            let (message, hint) =
                (rejected["message"].as_str().unwrap_or_default(), rejected["hint"].as_str().unwrap_or_default());
            ensure!(
                status == 422 && rejected["line"] == 1 && message.contains(field) && !hint.is_empty(),
                "{field}: {status} {body}"
            );
        }
        ensure!(!shop.is_recorded("WRONG")?, "a wrong fact was taken");
        // Its bytes are kept, where the team sees them.
        let quarantine = shop.place.database()?.read(|connection| {
            let rows = connection.quarantine(kept_engine::BRAND, 50)?;
            rows.iter().map(|row| connection.open_sealed(row.sealed)).collect::<Result<Vec<_>, _>>()
        })?;
        ensure!(
            quarantine.iter().flatten().any(|bytes| String::from_utf8_lossy(bytes).contains("teleported")),
            "the bytes were dropped"
        );
        shop.close()?;
    }
    Ok(())
}

#[test]
fn a_bad_line_does_not_hurt_the_others_nor_another_batch() -> Result<()> {
    for shop in Shop::each()? {
        let at = "2026-11-20T10:00:00+01:00";
        let bad = "{\"kind\": \"parcel.scanned\", \"tracking_number\": ".to_owned();
        // The same bad line comes again with other news beside it: an exporter repeats its mistakes.
        for (batch, codes) in [["A1", "A2"], ["B1", "B2"]].iter().enumerate() {
            let [first, second] = codes.map(|code| scan("6ALINES", code, at).to_string());
            let (status, body) = shop.lines(&[first, bad.clone(), second])?;
            ensure!(status == 200 && body["accepted"] == 2, "{}, batch {batch}: {status} {body}", shop.place.kind());
            let rejected = &body["rejected"][0];
            ensure!(rejected["line"] == 2 && rejected["message"].as_str().is_some_and(|text| text.contains("JSON")), "{body}");
            for code in codes {
                ensure!(shop.is_recorded(code)?, "batch {batch}: {code} was acknowledged and is not there");
            }
        }
        // Fields that nobody knows hurt nothing, however often they come, and are counted.
        for code in ["F1", "F2", "F3"] {
            let mut news = scan("6AFIELDS", code, at);
            news["nickname"] = json!("Coco");
            let (status, body) = shop.json(&news)?;
            ensure!(status == 200 && body["accepted"] == 1, "{code}: {status} {body}");
            ensure!(shop.is_recorded(code)?, "{code} was acknowledged and is not there");
        }
        let unmapped = shop.place.database()?.read(|connection| connection.unmapped(kept_engine::BRAND))?;
        let seen = unmapped.iter().find(|row| row.what == "field" && row.code == "nickname").map(|row| row.seen);
        ensure!(seen == Some(3), "the field `nickname` was counted {seen:?} times, not 3");
        shop.close()?;
    }
    Ok(())
}

#[test]
fn a_scan_of_an_unknown_parcel_waits_for_its_order() -> Result<()> {
    for shop in Shop::each()? {
        let (status, body) = shop.json(&scan("6AEARLY", "PCHCFM", "2026-11-20T10:00:00+01:00"))?;
        ensure!(status == 200 && body["accepted"] == 1, "{body}");
        let order = json!({
            "kind": "order.placed", "order_number": "E-1", "at": "2026-11-19T10:00:00+01:00", "promised_day": "2026-12-01",
            "customer": { "reference": "C1", "email": "c1@example.org", "country": "FR" }, "lines": [{ "sku": "VESTA" }],
        });
        let announced = json!({ "kind": "parcel.announced", "order_number": "E-1", "carrier": "laposte", "tracking_number": "6A EARLY", "at": "2026-11-19T12:00:00+01:00" });
        let (status, body) = shop.lines(&[order.to_string(), announced.to_string()])?;
        ensure!(status == 200 && body["accepted"] == 2, "{body}");
        let engine = shop.place.engine()?;
        let Some(Found::Order(id)) = engine.find("E-1")? else { anyhow::bail!("the order is not found") };
        let (file, _) = engine.order(id)?.context("the order has no file")?;
        let parcel = *file.order.parcels.first().context("the order has no parcel")?;
        let parcel = engine.parcel(parcel)?.context("the parcel has no file")?.parcel;
        ensure!(
            parcel.scans.len() == 1 && parcel.promise.is_some() && parcel.order == Some(id),
            "the early scan was not linked: {parcel:?}"
        );
        shop.close()?;
    }
    Ok(())
}

#[test]
fn times_without_offset_and_far_dates() -> Result<()> {
    for shop in Shop::each()? {
        let (status, body) = shop.json(&scan("6ATIMES", "NOOFFSET", "2026-11-20T10:00:00"))?;
        ensure!(status == 200 && body["accepted"] == 1, "{body}");
        let kept = shop.scans()?.into_iter().find(|scan| scan.code == "NOOFFSET").context("not recorded")?;
        ensure!(
            kept.at.offset == Offset::Unknown && kept.at.at_text().starts_with("2026-11-20T10:00"),
            "the wall clock was changed: {:?}",
            kept.at
        );
        // Scans of 1900 and 2100 are kept as the carrier wrote them.
        for (code, at) in [("OLD", "1900-01-01T00:00:00+01:00"), ("FAR", "2100-12-31T23:59:59Z")] {
            let (status, body) = shop.json(&scan("6ATIMES", code, at))?;
            ensure!(status == 200 && body["accepted"] == 1, "{code}: {status} {body}");
            ensure!(shop.is_recorded(code)?, "{code} is not there");
        }
        // A promise for such a day is a slip of the pen: it is refused in words, and the line beside it is taken.
        for (number, promised, words) in
            [("FAR-1", "2100-01-01T10:00:00+01:00", "ten years"), ("OLD-1", "1900-01-01T10:00:00+01:00", "")]
        {
            let order = json!({
                "kind": "order.placed", "order_number": number, "at": "2026-11-19T10:00:00+01:00", "promised_at": promised, "customer": { "reference": "C1" },
            });
            let (status, body) = shop.lines(&[order.to_string(), scan("6ATIMES", number, "2026-11-20T11:00:00Z").to_string()])?;
            let message = body["rejected"][0]["message"].as_str().unwrap_or_default();
            ensure!(status == 200 && body["accepted"] == 1 && body["rejected"][0]["line"] == 1, "{number}: {status} {body}");
            ensure!(!message.is_empty() && message.contains(words), "{body}");
        }
        for at in ["not a time", "2026-13-45T10:00:00Z", "2026-11-20"] {
            let (status, body) = shop.json(&scan("6ATIMES", "BAD", at))?;
            ensure!(
                status == 422 && body["rejected"][0]["message"].as_str().is_some_and(|text| text.contains("at")),
                "{at}: {status} {body}"
            );
        }
        shop.close()?;
    }
    Ok(())
}

#[test]
fn duplicates_and_reorderings_give_the_same_state() -> Result<()> {
    let history = || -> Vec<Value> {
        let steps = [
            ("ANN", "announced", "2026-11-16T09:00:00+01:00"),
            ("PCH", "handed_over", "2026-11-16T18:00:00+01:00"),
            ("NET", "in_network", "2026-11-17T03:00:00+01:00"),
            ("DEP", "at_local_depot", "2026-11-18T05:00:00+01:00"),
            ("OUT", "out_for_delivery", "2026-11-18T08:00:00+01:00"),
            ("DEL", "delivered", "2026-11-18T14:00:00+01:00"),
        ];
        let mut news = vec![
            json!({
                "kind": "order.placed", "order_number": "R-1", "at": "2026-11-15T10:00:00+01:00", "promised_day": "2026-11-19",
                "customer": { "reference": "C1", "email": "c1@example.org", "country": "FR" }, "lines": [{ "sku": "VESTA" }],
            }),
            json!({ "kind": "parcel.announced", "order_number": "R-1", "carrier": "laposte", "tracking_number": "6AREORDER", "at": "2026-11-15T18:00:00+01:00" }),
        ];
        for (code, milestone, at) in steps {
            let mut step = scan("6AREORDER", code, at);
            step["milestone"] = json!(milestone);
            news.push(step);
        }
        news
    };
    let mut reversed = history();
    reversed.reverse();
    let mut twice: Vec<Value> = history().into_iter().flat_map(|news| [news.clone(), news]).collect();
    twice.rotate_left(5);
    let mut states = Vec::new();
    for news in [history(), reversed, twice] {
        for place in [Some(Place::sqlite()?), Place::postgres()?].into_iter().flatten() {
            let shop = Shop::open(place)?;
            for one in &news {
                let (status, body) = shop.json(one)?;
                ensure!(status == 200 && body["rejected"].as_array().is_some_and(Vec::is_empty), "{status} {body}");
            }
            let engine = shop.place.engine()?;
            let Some(Found::Order(id)) = engine.find("R-1")? else { anyhow::bail!("the order is not found") };
            let (file, _) = engine.order(id)?.context("no order")?;
            let promise = engine.promise(file.order.delivery.context("no promise")?)?.context("no promise")?.line.promise;
            let parcel = engine.parcel(*file.order.parcels.first().context("no parcel")?)?.context("no parcel")?.parcel;
            let mut steps: Vec<(i64, &str)> = parcel.scans.iter().map(|scan| (scan.at, scan.milestone.word())).collect();
            steps.sort_unstable();
            let outcome = promise.outcome.as_ref().map(|outcome| (outcome.state.word(), outcome.at));
            states.push(format!(
                "{:?}",
                (parcel.milestone, parcel.delivered_at(), steps, promise.state.word(), outcome, promise.due)
            ));
            shop.close()?;
        }
    }
    let first = states.first().cloned().context("no state")?;
    ensure!(first.contains("\"kept\""), "{first}");
    for state in &states {
        ensure!(*state == first, "another order of the same news gave another state:\n{state}\n{first}");
    }
    Ok(())
}

#[test]
fn a_body_of_100_mb_is_refused_at_once() -> Result<()> {
    let _turn = turn();
    const SIZE: usize = 100 * 1024 * 1024;
    for shop in Shop::each()? {
        let before = shop.facts()?.len();
        let head = format!(
            "POST /api/facts HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n",
            shop.server.address, shop.token
        );
        // One that says how long it is: refused without reading it.
        let started = Instant::now();
        let mut announced = TcpStream::connect(shop.server.address)?;
        announced.set_read_timeout(Some(Duration::from_secs(10)))?;
        announced.write_all(format!("{head}Content-Length: {SIZE}\r\n\r\n").as_bytes())?;
        let mut said = [0_u8; 12];
        announced.read_exact(&mut said)?;
        ensure!(said.ends_with(b"413"), "{}", String::from_utf8_lossy(&said));
        let at_once = started.elapsed();
        ensure!(at_once < Duration::from_secs(2), "the refusal took {at_once:?}");
        // One that does not: refused when it gets there, and never held in memory.
        let mut chunked = TcpStream::connect(shop.server.address)?;
        chunked.set_read_timeout(Some(Duration::from_secs(10)))?;
        chunked.write_all(format!("{head}Transfer-Encoding: chunked\r\n\r\n").as_bytes())?;
        let mut chunk = b"100000\r\n".to_vec();
        chunk.extend(std::iter::repeat_n(b' ', 0x10_0000));
        chunk.extend_from_slice(b"\r\n");
        let mut sent = 0;
        while sent < SIZE && chunked.write_all(&chunk).is_ok() {
            sent += 0x10_0000;
        }
        let mut heard = Vec::new();
        // The connection may be cut before its answer was read: then what counts is that nothing came of it.
        let _ = chunked.read_to_end(&mut heard);
        ensure!(heard.is_empty() || heard.starts_with(b"HTTP/1.1 413"), "{}", String::from_utf8_lossy(&heard));
        ensure!(sent < SIZE, "it read all {SIZE} bytes");
        let peak = std::fs::read_to_string(format!("/proc/{}/status", shop.server.process()))?;
        let peak: u64 = peak
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok())
            .context("no VmHWM")?;
        ensure!(peak < 160 * 1024, "{peak} kB of memory were in use");
        // Others are served, and nothing was stored.
        let (status, _) = shop.json(&scan("6AAFTER", "AFTER", "2026-11-20T10:00:00Z"))?;
        ensure!(status == 200 && shop.is_recorded("AFTER")?, "it no longer takes facts");
        ensure!(shop.facts()?.len() == before + 2, "something of the large bodies was stored");
        eprintln!(
            "bad input, {}: 413 after {} ms; cut after {} MB without Content-Length; peak {} MB",
            shop.place.kind(),
            at_once.as_millis(),
            sent >> 20,
            peak >> 10
        );
        shop.close()?;
    }
    Ok(())
}

#[test]
fn a_bad_signature_is_counted_and_nothing_is_stored() -> Result<()> {
    for shop in Shop::each()? {
        let payload = json!({ "event": "tracking_update", "event_id": "evt-1", "ts": 1_795_000_000, "msg": {
            "tracking_number": "6ASIGNED", "slug": "la-poste-colissimo", "tag": "InTransit", "subtag": "InTransit_001",
            "checkpoints": [{ "checkpoint_time": "2026-11-18T10:00:00+01:00", "message": "En cours", "tag": "InTransit", "subtag": "InTransit_001" }] } })
        .to_string();
        let before = shop.facts()?.len();
        for wrong in ["", "AAAA", &signature(&payload, "another secret"), &signature(&format!("{payload} "), SECRET)] {
            let (status, body) = shop.webhook(&payload, wrong)?;
            ensure!(status == 401, "{status} {body}");
            error_says(&body, "signature")?;
        }
        ensure!(shop.facts()?.len() == before, "something of a refused payload was stored");
        let counted = shop.place.database()?.read(kept_store::Connection::source_troubles)?;
        ensure!(counted == [("aftership".to_owned(), 4, 0)], "counted {counted:?}, not 4 refused and none unreadable");
        let (status, body) = shop.webhook(&payload, &signature(&payload, SECRET))?;
        ensure!(status == 200 && body["accepted"] == 1, "{status} {body}");
        // Webhooks come at least once.
        let (status, body) = shop.webhook(&payload, &signature(&payload, SECRET))?;
        ensure!(status == 200 && body["accepted"] == 0 && body["duplicates"] == 1, "{status} {body}");
        // What cannot be read is acknowledged, because it is kept: sending it again would not help.
        let broken = "{\"event\": \"tracking_update\"";
        let (status, body) = shop.webhook(broken, &signature(broken, SECRET))?;
        ensure!(status == 200 && body["unreadable"].as_str().is_some_and(|words| !words.is_empty()), "{status} {body}");
        ensure!(shop.place.database()?.read(kept_store::Connection::quarantined)? == 1, "it was dropped");
        shop.close()?;
    }
    Ok(())
}

#[test]
fn a_key_used_with_another_body_is_refused() -> Result<()> {
    for shop in Shop::each()? {
        let news = |code: &str| scan("6AKEYED", code, "2026-11-20T10:00:00Z").to_string();
        let (status, first) = shop.post("application/json", Some("key-1"), news("ONE"))?;
        ensure!(status == 200 && first["accepted"] == 1 && first["repeated"] == false, "{first}");
        let (status, again) = shop.post("application/json", Some("key-1"), news("ONE"))?;
        ensure!(
            status == 200 && again["accepted"] == 1 && again["repeated"] == true && again["position"] == first["position"],
            "{again}"
        );
        let (status, other) = shop.post("application/json", Some("key-1"), news("TWO"))?;
        ensure!(status == 422, "{status} {other}");
        error_says(&other, "key_reused")?;
        ensure!(!shop.is_recorded("TWO")?, "the other body was recorded");
        // A key is not used up by a body that could not be read.
        let (status, _) = shop.post("application/x-ndjson", Some("key-2"), "{broken")?;
        ensure!(status == 422, "{status}");
        let (status, mended) = shop.post("application/x-ndjson", Some("key-2"), news("THREE"))?;
        ensure!(status == 200 && mended["accepted"] == 1, "{status} {mended}");
        let long = "k".repeat(256);
        for wrong in ["", &long] {
            let (status, body) = shop.post("application/json", Some(wrong), news("FOUR"))?;
            ensure!(status == 400, "a key of {} characters: {status} {body}", wrong.len());
        }
        shop.close()?;
    }
    Ok(())
}

#[test]
fn a_csv_with_a_missing_column_is_refused_whole_and_names_it() -> Result<()> {
    let place = Place::sqlite()?;
    let (mapping, csv) = (place.beside("mapping.toml"), place.beside("orders.csv"));
    write(&mapping, "[columns]\norder_number = \"N° commande\"\nat = \"Date\"\n\"customer.email\" = \"E-mail\"\n")?;
    write(&csv, "N° commande;Date;Courriel\nA-1;2026-11-20T10:00:00+01:00;a@example.org\n")?;
    let run = |preview: bool| {
        let mut command = place.command(&["orders"]);
        command.arg("--mapping").arg(&mapping);
        if preview {
            command.arg("--preview");
        }
        command.arg(&csv);
        command
    };
    for preview in [true, false] {
        let words = must_fail(run(preview))?;
        ensure!(words.contains("`E-mail`") && words.contains("hint:") && words.contains("Courriel"), "{words}");
    }
    ensure!(!place.data().join("kept.db").exists(), "a database was made though nothing could be read");
    // One bad row: the others are recorded, the line is named, and the exit code says that something is missing.
    write(
        &csv,
        "N° commande;Date;E-mail\nA-1;2026-11-20T10:00:00+01:00;a@example.org\nA-2;yesterday;b@example.org\nA-3;2026-11-20T11:00:00+01:00;c@example.org\n",
    )?;
    let words = must_fail(run(false))?;
    ensure!(words.contains("line 3") && words.contains("hint:"), "{words}");
    let orders = facts(&place.database()?)?.into_iter().filter(|fact| matches!(fact.body, Body::OrderPlaced(_))).count();
    ensure!(orders == 2, "{orders} orders were recorded, not 2");
    holds_and_rebuilds(&place)?;
    Ok(())
}

#[test]
fn a_broken_pack_stops_the_start_with_file_line_and_hint() -> Result<()> {
    let place = Place::sqlite()?;
    let pack = place.data().join("packs/promises/delivery.toml");
    let good = include_str!("../../../../packs/promises/delivery.toml");
    let broken = [
        ("no TOML", good.replace("kind = \"delivery\"", "kind = \"delivery")),
        ("a key nobody knows", good.replace("review =", "reviewed =")),
        ("a wrong span", good.replace("\"PT72H\"", "\"72 hours\"")),
        ("a condition that is none", good.replace("!order.promised &&", "!order.promised &&& ")),
    ];
    for (what, text) in &broken {
        ensure!(text != good, "{what}: the pack has changed, the test must follow");
        write(&pack, text)?;
        for words in [must_fail(place.command(&["serve", "--listen", "127.0.0.1:0"]))?, must_fail(place.command(&["rebuild"]))?] {
            if words.contains("there is no database") {
                continue;
            }
            ensure!(words.contains("delivery.toml") && words.contains("line ") && words.contains("hint:"), "{what}: {words}");
        }
    }
    // At work, a broken pack is refused and the last good one stays in force.
    write(&pack, good)?;
    let source = PackSource::Folder(place.data().join("packs"));
    let engine = Engine::open(&place.url()?, Durability::Full, Settings::default(), Clock::Wall, LoadedPacks::load(source)?)?;
    for (what, text) in &broken {
        write(&pack, text)?;
        let Err(refused) = engine.reload_packs() else { anyhow::bail!("{what}: it was taken") };
        let refused = refused.to_string();
        ensure!(refused.contains("delivery.toml") && refused.contains("line "), "{what}: {refused}");
        let order = json!({ "kind": "order.placed", "order_number": what, "at": "2026-11-20T10:00:00+01:00", "source": "test", "offset": "known", "customer": { "reference": what } });
        let recorded = engine.record(vec![serde_json::from_value(order)?], kept_engine::RecordOptions::default())?;
        ensure!(recorded.accepted == 1, "{recorded:?}");
    }
    let promises = facts(engine.database())?.into_iter().filter(|fact| matches!(fact.body, Body::PromiseMade(_))).count();
    ensure!(promises == broken.len(), "{promises} promises were made by the pack in force");
    write(&pack, good)?;
    engine.reload_packs()?;
    Ok(())
}

#[test]
fn wrong_settings_end_with_a_hint() -> Result<()> {
    let place = Place::sqlite()?;
    for (arguments, names) in [
        (vec!["serve", "--zone", "Europe/Atlantis"], "Atlantis"),
        (vec!["serve", "--country", "France"], "France"),
        (vec!["serve", "--database", "mysql://localhost/kept"], "mysql"),
        (vec!["serve", "--database", "postgres://nobody@127.0.0.1:1/none"], "refused"),
    ] {
        let mut command = kept(&arguments);
        command.args(["--listen", "127.0.0.1:0", "--data"]).arg(place.data());
        let words = must_fail(command)?;
        ensure!(words.contains("hint:") && words.contains(names), "{arguments:?}: {words}");
    }
    // A port that is taken.
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let words = must_fail(place.command(&["serve", "--listen", &taken.local_addr()?.to_string()]))?;
    ensure!(words.contains("cannot listen") && words.contains("--listen"), "{words}");
    Ok(())
}

#[test]
fn the_same_bytes_from_two_senders_at_once_are_one_effect() -> Result<()> {
    for shop in Shop::each()? {
        let body = scan("6ARACE", "RACE", "2026-11-20T10:00:00Z").to_string();
        let answers: Vec<(u16, Value)> = std::thread::scope(|scope| {
            let senders: Vec<_> =
                (0..8).map(|_| scope.spawn(|| shop.post("application/json", Some("race"), body.clone()))).collect();
            senders.into_iter().map(|sender| sender.join().map_err(|_| anyhow::anyhow!("a sender died"))?).collect::<Result<_>>()
        })?;
        let first = answers.iter().filter(|(status, body)| *status == 200 && body["repeated"] == false).count();
        ensure!(first == 1 && answers.iter().all(|(status, body)| *status == 200 && body["accepted"] == 1), "{answers:?}");
        until("one scan", Duration::from_secs(1), || Ok((shop.scans()?.len() == 1).then_some(())))?;
        shop.close()?;
    }
    Ok(())
}

fn signature(body: &str, secret: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("keys of any length");
    mac.update(body.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}
