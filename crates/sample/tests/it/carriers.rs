//! The fake La Poste answers in the vendor's shapes.

use jiff::Timestamp;
use kept_sample::{FakeLaPoste, World};
use reqwest::blocking::Client;
use serde_json::Value;

const KEY: &str = "demo-key";

fn world() -> World {
    let start: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
    let mut world = World::new(7, start);
    world.until(start);
    world
}

fn ask(server: &FakeLaPoste, numbers: &str, key: Option<&str>) -> (u16, Option<String>, Value) {
    let request = Client::new().get(format!("{}/suivi/v2/idships/{numbers}?lang=fr_FR", server.base_url()));
    let request = key.into_iter().fold(request, |request, key| request.header("X-Okapi-Key", key));
    let response = request.send().unwrap();
    let status = response.status().as_u16();
    let wait = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    (status, wait, response.json().unwrap())
}

#[test]
fn one_number_gives_an_object_and_several_an_array() {
    let book = world().suivi();
    let numbers = book.numbers();
    assert!(numbers.len() > 100, "{}", numbers.len());
    let server = FakeLaPoste::start(book, KEY).unwrap();
    let (status, _, answer) = ask(&server, &numbers[0], Some(KEY));
    assert_eq!(status, 200);
    assert_eq!(answer["returnCode"], 200);
    let shipment = &answer["shipment"];
    assert_eq!(shipment["idShip"], numbers[0].as_str());
    assert_eq!(shipment["product"], "colissimo");
    assert_eq!(shipment["timeline"].as_array().unwrap().len(), 5);
    let events = shipment["event"].as_array().unwrap();
    assert_eq!(events.last().unwrap()["code"], "DR1");
    let orders: Vec<i64> = events.iter().map(|event| event["order"].as_i64().unwrap()).collect();
    assert!(orders.windows(2).all(|pair| pair[0] == pair[1] + 1) && orders[0] == 100, "{orders:?}");
    let dates: Vec<Timestamp> = events.iter().map(|event| event["date"].as_str().unwrap().parse().unwrap()).collect();
    assert!(dates.windows(2).all(|pair| pair[0] > pair[1]), "newest first: {dates:?}");

    let (status, _, answer) = ask(&server, &numbers[..3].join(","), Some(KEY));
    assert_eq!((status, answer.as_array().unwrap().len()), (200, 3));
    assert_eq!(server.calls(), 2);
}

#[test]
fn what_is_not_known_is_said_beside_what_is() {
    let book = world().suivi();
    let known = book.numbers()[0].clone();
    let server = FakeLaPoste::start(book, KEY).unwrap();
    let (status, _, answer) = ask(&server, "6A99999999999", Some(KEY));
    assert_eq!((status, &answer["returnCode"]), (404, &Value::from(404)));
    let (status, _, answer) = ask(&server, &format!("{known},6A99999999999"), Some(KEY));
    assert_eq!(status, 207);
    assert_eq!((&answer[0]["returnCode"], &answer[1]["returnCode"]), (&Value::from(200), &Value::from(404)));
    assert_eq!(answer[1]["idShip"], "6A99999999999");
    let (status, _, _) = ask(&server, "x", Some(KEY));
    assert_eq!(status, 400);
    let eleven = [known.as_str(); 11].join(",");
    assert_eq!(ask(&server, &eleven, Some(KEY)).0, 400);
}

#[test]
fn keys_are_checked() {
    let server = FakeLaPoste::start(world().suivi(), KEY).unwrap();
    assert_eq!(ask(&server, "6A99999999999", None).0, 401);
    let (status, _, answer) = ask(&server, "6A99999999999", Some("other"));
    assert_eq!((status, &answer["returnCode"]), (401, &Value::from(401)));
}

#[test]
fn asking_too_fast_is_refused_with_a_time_to_wait() {
    let server = FakeLaPoste::with_limit(world().suivi(), KEY, 3).unwrap();
    let statuses: Vec<u16> = (0..3).map(|_| ask(&server, "6A99999999999", Some(KEY)).0).collect();
    assert_eq!(statuses, [404, 404, 404]);
    let (status, wait, answer) = ask(&server, "6A99999999999", Some(KEY));
    assert_eq!((status, wait.as_deref(), &answer["code"]), (429, Some("1"), &Value::from("TOO_MANY_REQUESTS")));
}
