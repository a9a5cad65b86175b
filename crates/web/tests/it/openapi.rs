//! The description of the API is the API's.

use std::collections::BTreeSet;

use kept_web::route::Who;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

/// Run with `KEPT_BLESS=1` to write it anew; read the difference before it is committed.
#[test]
fn the_committed_description_is_current() {
    let mut now = serde_json::to_string_pretty(&kept_web::api::openapi::description()).unwrap();
    now.push('\n');
    if std::env::var_os("KEPT_BLESS").is_some() {
        std::fs::write(COMMITTED, &now).unwrap();
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(committed == now, "docs/openapi.json is not current; hint: KEPT_BLESS=1 cargo test -p kept-web openapi");
}

#[test]
fn every_route_for_programs_is_described_and_no_other() {
    let document = serde_json::to_value(kept_web::api::openapi::description()).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    let for_programs = |path: &str| path.starts_with("/api/") || path.starts_with("/in/") || path == "/health";
    let table = kept_web::routes().table().to_vec();
    let routes: BTreeSet<_> = table
        .iter()
        .filter(|route| for_programs(route.path))
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect();
    assert_eq!(described, routes);
}

#[test]
fn the_described_scope_is_the_one_demanded() {
    let document = serde_json::to_value(kept_web::api::openapi::description()).unwrap();
    for route in kept_web::routes().table() {
        if let Who::Token(scope) = route.who {
            let operation = &document["paths"][route.path][route.method.to_lowercase()];
            assert_eq!(operation["security"][0]["token"][0], scope, "{route:?}");
        }
    }
}

#[test]
fn every_operation_has_its_own_name() {
    let document = serde_json::to_value(kept_web::api::openapi::description()).unwrap();
    let mut names = BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{operation}");
        }
    }
}
