//! Tables as CSV files: what comes out goes in again, and is known already.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::place::{Place, turn};

/// What a page fills in when it sees the file: each column is what it is called.
const MAPPING: &str = r#"zone = "Europe/Paris"
[columns]
order_number = "order_number"
at = "at"
promised_day = "promised_day"
promised_at = "promised_at"
ship_by = "ship_by"
delivery_fee = "delivery_fee"
currency = "currency"
destination_country = "destination_country"
"customer.reference" = "customer.reference"
"customer.name" = "customer.name"
"customer.email" = "customer.email"
"customer.phone" = "customer.phone"
"customer.address" = "customer.address"
"customer.city" = "customer.city"
"customer.language" = "customer.language"
"customer.country" = "customer.country"
"customer.zone" = "customer.zone"
"customer.consumer" = "customer.consumer"
"customer.account" = "customer.account"
"line.sku" = "line.sku"
"line.title" = "line.title"
"line.quantity" = "line.quantity"
"line.price" = "line.price"
"line.seller" = "line.seller"
"#;

/// Orders with everything that could be lost on the way: formulas, quotes, line ends, other currencies, moments and days, no lines.
fn news() -> String {
    let eur = |minor: i64| json!({ "minor": minor, "currency": "EUR" });
    let orders = [
        json!({ "kind": "order.placed", "order_number": "=HYPERLINK(1)", "at": "2026-10-01T09:12:13+02:00", "promised_day": "2026-10-05",
            "ship_by": "2026-10-02", "delivery_fee": eur(490), "destination_country": "FR",
            "customer": { "reference": "-17", "name": "@Zoé \"Zouzou\" d'Été, fille", "email": "zoe@client.example", "phone": "+33612345678",
                "address": "3; rue du Lac\nBât. B", "city": "Annecy", "language": "fr", "country": "FR", "consumer": true, "account": "'=x" },
            "lines": [{ "sku": "+A-1", "title": "Lampe, grande; \"Nuit\"", "quantity": 2, "price": eur(8980) }, { "sku": "B", "quantity": 1 }] }),
        json!({ "kind": "order.placed", "order_number": "K-2", "at": "2026-10-02T23:30:00-04:00", "promised_at": "2026-10-09T16:00:00-04:00",
            "destination_country": "CA", "customer": { "email": "bo@client.example", "zone": "America/Toronto", "consumer": false },
            "delivery_fee": eur(0), "lines": [{ "sku": "C", "quantity": 3, "price": { "minor": 1999, "currency": "CAD" }, "seller": "Partner" }] }),
        json!({ "kind": "order.placed", "order_number": "K-3", "at": "2026-10-25T02:30:00+01:00", "customer": { "name": "Li" }, "lines": [] }),
    ];
    orders.iter().map(|order| format!("{order}\n")).collect()
}

#[test]
fn orders_that_come_out_go_in_again_and_are_known_already() -> Result<()> {
    let _turn = turn();
    let place = Place::sqlite()?;
    let (facts, file, mapping) = (place.beside("facts.ndjson"), place.beside("orders.csv"), place.beside("mapping.toml"));
    std::fs::write(&facts, news())?;
    std::fs::write(&mapping, MAPPING)?;
    let [facts, file, mapping] = [&facts, &file, &mapping].map(|path| path.to_string_lossy().into_owned());
    place.must(&["record", &facts])?;
    place.must(&["csv", "orders", "--out", &file])?;
    let written = std::fs::read_to_string(&file)?;
    ensure!(written.contains("'=HYPERLINK(1)") && !written.contains("\r\n=") && !written.contains(",=HYPER"), "{written}");
    let read = place.must(&["orders", "--mapping", &mapping, &file])?;
    ensure!(read.contains("0 orders recorded, 3 known already, 0 not taken"), "{read}");

    // Into an empty house they are the same orders: what comes out there is what came out here, but for the ids.
    let other = Place::sqlite()?;
    let read = other.must(&["orders", "--mapping", &mapping, &file])?;
    ensure!(read.contains("3 orders recorded, 0 known already, 0 not taken"), "{read}");
    let again = other.must(&["csv", "orders"])?;
    ensure!(without_ids(&written)? == without_ids(&again)?, "{written}\n{again}");

    // As a French spreadsheet saves it: the mark, semicolons.
    place.must(&["csv", "orders", "--spreadsheet", "fr", "--out", &file])?;
    let french = std::fs::read_to_string(&file)?;
    ensure!(french.starts_with("\u{feff}order_number;at;"), "{french}");
    let read = place.must(&["orders", "--mapping", &mapping, &file])?;
    ensure!(read.contains("0 orders recorded, 3 known already, 0 not taken"), "{read}");

    let plain = place.must(&["csv", "orders", "--plain"])?;
    ensure!(!plain.contains("Annecy") && !plain.contains("Lampe") && plain.contains("K-2"), "{plain}");
    let promises = place.must(&["csv", "promises"])?;
    ensure!(promises.starts_with("id,kind,state,owner,order_number,"), "{promises}");
    ensure!(rows(&promises)?.iter().any(|row| row.get("order_number").is_some_and(|number| number == "K-2")), "{promises}");
    place.must(&["csv", "parcels", "--open"])?;
    let figures = place.must(&["csv", "figures", "--days", "30"])?;
    ensure!(figures.contains(",kept,") && !figures.contains("NaN"), "{figures}");
    let cards = place.must(&["csv", "scorecards"])?;
    ensure!(rows(&cards)?.iter().any(|row| row.get("about").is_some_and(|about| about == "warehouse")), "{cards}");
    Ok(())
}

type Row = BTreeMap<String, String>;

fn rows(text: &str) -> Result<Vec<Row>> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let named = |record: csv::StringRecord| head.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    Ok(reader.records().collect::<Result<Vec<_>, _>>()?.into_iter().map(named).collect())
}

fn without_ids(text: &str) -> Result<Vec<Row>> {
    let mut rows = rows(text)?;
    for row in &mut rows {
        for id in ["order_id", "customer_id"] {
            row.remove(id).context("an id")?;
        }
    }
    Ok(rows)
}
