//! Tables as CSV files over HTTP: all rows however many, the filters of the page, nothing that the reader may not see, no formulas.

use axum::http::{Method, StatusCode};
use kept_base::Language;
use kept_domain::input::Input;
use kept_engine::RecordOptions;
use serde_json::json;

use crate::connections::Supervisor;
use crate::house::{House, Reply};

/// More than two pieces of a file.
const MANY: usize = 430;

fn order(number: &str, name: &str) -> Input {
    let news = json!({
        "source": "shop", "kind": "order.placed", "order_number": number, "at": "2026-11-27T09:00:00+01:00", "promised_day": "2026-12-05",
        "destination_country": "FR", "customer": { "reference": format!("c-{number}"), "name": name, "email": format!("{number}@client.example") },
        "lines": [{ "sku": "A", "title": "Lampe", "quantity": 1, "price": { "minor": 1250, "currency": "EUR" } }]
    });
    serde_json::from_value(news).unwrap()
}

fn fill(house: &House) {
    let mut orders: Vec<Input> = (0..MANY).map(|number| order(&format!("K-{number}"), "Ada")).collect();
    orders.push(order("=SUM(A1)", "@Zoé; la \"grande\""));
    let announced = json!({ "source": "shop", "kind": "parcel.announced", "order_number": "K-7", "carrier": "dpd", "tracking_number": "+77",
        "at": "2026-11-27T10:00:00+01:00" });
    orders.push(serde_json::from_value(announced).unwrap());
    let recorded = house.app.engine.record(orders, RecordOptions::default()).unwrap();
    assert_eq!((recorded.accepted, recorded.rejected.len()), (MANY as u32 + 2, 0), "{:?}", recorded.rejected);
}

fn rows(reply: &Reply, separator: char) -> Vec<Vec<String>> {
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    let lines: Vec<&str> = reply.body.trim_start_matches('\u{feff}').split("\r\n").filter(|line| !line.is_empty()).collect();
    lines.iter().map(|line| line.split(separator).map(str::to_owned).collect()).collect()
}

fn column(rows: &[Vec<String>], name: &str) -> usize {
    rows[0].iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name} in {:?}", rows[0]))
}

#[tokio::test]
async fn a_file_holds_every_row_of_the_filter_once_and_is_what_the_page_shows() {
    let visitor = Supervisor::new();
    fill(&visitor.house);
    let page = visitor.open("/promises?kind=delivery&after=9999999999999.1").await;
    assert!(page.body.contains("href=\"/promises.csv?kind=delivery\""), "the whole list, from wherever: {}", page.body);
    let file = visitor.open("/promises.csv?kind=delivery").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"kept-promises-2"), "{:?}", file.headers);
    assert_eq!(file.header("cache-control"), "no-store");
    assert!(file.body.starts_with("\u{feff}id,kind,"), "a spreadsheet knows UTF-8 by its mark");
    let all = rows(&file, ',');
    let mut ids: Vec<&String> = all.iter().skip(1).map(|row| &row[0]).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), all.len()), (MANY + 1, MANY + 2), "each once");
    assert!(
        file.body.contains("'=SUM(A1)") && file.body.contains(",\"'@Zoé; la \"\"grande\"\"\","),
        "no formula: {}",
        &file.body[..600]
    );
    assert!(file.body.contains("T00:00:00+01:00") || file.body.contains("+01:00"), "times have their offset");
    let one = rows(&visitor.open("/promises.csv?search=K-7").await, ',');
    assert!(one.len() >= 2 && one.iter().skip(1).all(|row| row[column(&one, "order_number")] == "K-7"), "{one:?}");
    let parcels = visitor.open("/parcels.csv?carrier=dpd").await;
    let found = rows(&parcels, ',');
    assert_eq!((found.len(), found[1][column(&found, "tracking_number")].as_str()), (2, "'+77"));
    assert_eq!(rows(&visitor.open("/parcels.csv?carrier=gls").await, ',').len(), 1, "the names of columns alone");
    for (page, file) in [("/figures?days=90", "/figures.csv?days=90"), ("/scorecards?days=30", "/scorecards.csv?days=30")] {
        assert!(visitor.open(page).await.body.contains(&format!("href=\"{file}\"")), "{page}");
        let table = rows(&visitor.open(file).await, ',');
        assert!(table.len() > 2 && table.iter().all(|row| row.len() == table[0].len()), "{file}: {table:?}");
    }
}

#[tokio::test]
async fn a_reader_in_french_has_what_a_spreadsheet_in_french_opens() {
    let visitor = Supervisor::new();
    visitor.speak(Language::French);
    fill(&visitor.house);
    let file = visitor.open("/promises.csv?search=K-7").await;
    assert!(file.body.starts_with("\u{feff}id;kind;"), "{}", file.body);
    assert!(visitor.open("/promises").await.body.contains("Télécharger en CSV"));
    let orders = visitor.open("/orders.csv").await;
    assert!(orders.body.starts_with("\u{feff}order_number;at;") && orders.body.contains(";12.50;"), "{}", &orders.body[..400]);
}

#[tokio::test]
async fn a_token_gets_no_more_than_it_may_see() {
    let house = House::new();
    fill(&house);
    let (plain, personal) = (house.token(&["read"]), house.token(&["read", "personal"]));
    for (path, hidden) in [("/api/promises.csv", "@Zoé"), ("/api/orders.csv", "K-7@client.example"), ("/api/orders.csv", "Lampe")]
    {
        let seen = house.api(Method::GET, path, &personal, "").await;
        assert!(seen.status == StatusCode::OK && seen.body.contains(hidden), "{path}: {hidden}");
        assert!(!seen.body.starts_with('\u{feff}'), "a program needs no mark");
        let blind = house.api(Method::GET, path, &plain, "").await;
        assert!(blind.status == StatusCode::OK && !blind.body.contains(hidden), "{path}: {hidden}");
        assert_eq!(rows(&blind, ',')[0], rows(&seen, ',')[0], "the same columns");
    }
    let late = house.api(Method::GET, "/api/promises.csv?state=late", &plain, "").await;
    assert_eq!(rows(&late, ',').len(), 1);
    for (path, wrong) in
        [("/api/promises.csv?state=so-so", 400), ("/api/figures.csv?from=x", 400), ("/api/scorecards.csv?days=0", 400)]
    {
        assert_eq!(house.api(Method::GET, path, &plain, "").await.status.as_u16(), wrong, "{path}");
    }
    let writes = house.token(&["facts:write"]);
    assert_eq!(house.api(Method::GET, "/api/orders.csv", &writes, "").await.status, StatusCode::FORBIDDEN);
}
