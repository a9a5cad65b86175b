//! Getting started over HTTP: where the house stands, what the past would have been, the switches, and how it is put away.

use axum::http::StatusCode;
use kept_base::Language;
use kept_domain::message::Mode;
use kept_engine::RecordOptions;
use kept_engine::trial::RunState;

use crate::connections::Supervisor;

/// Tells an order of late August and what became of it, today.
fn past_order(visitor: &Supervisor, number: u32, delivered: &str) {
    let (order, tracking) = (format!("P{number}"), format!("T{number}"));
    let scan = |at: &str, milestone: &str| {
        serde_json::json!({
            "source": "dhl", "kind": "parcel.scanned", "tracking_number": tracking, "carrier": "dhl", "code": milestone, "at": at,
            "offset": "known", "milestone": milestone
        })
    };
    let news = [
        serde_json::json!({
            "source": "shop", "kind": "order.placed", "order_number": order, "at": "2026-08-20T09:00:00+02:00",
            "customer": { "reference": format!("C{number}"), "name": "Anne Perret", "email": format!("anne.{number}@example.org"), "language": "fr", "country": "FR" },
            "lines": [{ "sku": "VESTA", "quantity": 1 }], "promised_day": "2026-08-24", "destination_country": "FR"
        }),
        serde_json::json!({
            "source": "shop", "kind": "parcel.announced", "order_number": order, "carrier": "dhl", "tracking_number": tracking,
            "at": "2026-08-20T11:00:00+02:00"
        }),
        scan("2026-08-21T10:00:00+02:00", "handed_over"),
        scan("2026-08-22T10:00:00+02:00", "in_network"),
        scan(delivered, "delivered"),
    ];
    let inputs = news.into_iter().map(|news| serde_json::from_value(news).unwrap()).collect();
    let recorded = visitor.house.app.engine.record(inputs, RecordOptions::default()).unwrap();
    assert_eq!(recorded.rejected, []);
}

async fn looked(visitor: &Supervisor) {
    let begun = visitor.send("/start/look", &[]).await;
    assert_eq!((begun.status, begun.header("location")), (StatusCode::SEE_OTHER, "/start#look"));
    let runs = visitor.house.app.trials.clone();
    let id = runs.all()[0].id.clone();
    tokio::task::spawn_blocking(move || runs.wait(&id)).await.unwrap();
    assert!(
        matches!(visitor.house.app.trials.all()[0].state, RunState::Done(_)),
        "{:?}",
        visitor.house.app.trials.all()[0].state
    );
}

#[tokio::test]
async fn a_house_goes_through_its_steps() {
    let visitor = Supervisor::new();
    let engine = visitor.house.app.engine.clone();
    assert!(visitor.open("/").await.body.contains("step 1 of 4"), "Today leads there");
    visitor.open("/start").await;
    visitor.send("/connections/signed", &[("url", "https://shop.example"), ("key", "good"), ("days", "90")]).await;
    assert!(visitor.open("/").await.body.contains("step 2 of 4"));
    for number in 1..=3 {
        past_order(&visitor, number, if number == 1 { "2026-08-26T10:00:00+02:00" } else { "2026-08-23T10:00:00+02:00" });
    }
    looked(&visitor).await;
    for (language, orders, late, first, few) in [
        (
            Language::English,
            "3 orders were placed",
            "One passed its day",
            "told one of the 1 customers",
            "The end of 3 orders is known: too few",
        ),
        (
            Language::French,
            "3 commandes ont été passées",
            "Une a dépassé son jour",
            "prévenu un des 1 clients",
            "La fin de 3 commandes est connue",
        ),
    ] {
        visitor.speak(language);
        let page = visitor.open("/start").await;
        for said in [orders, late, first, few] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        assert!(page.body.contains("P1") && page.body.contains("href=\"/promises/prm_"), "an example to open");
        let whole = page.body.split("href=\"/trials/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let result = visitor.open(&format!("/trials/{whole}")).await;
        assert!(!result.body.contains("/messages/0"), "a letter that never was cannot be opened: {}", result.body);
    }
    assert!(visitor.open("/").await.body.contains("étape 3 sur 4"));
    let name = engine.playbooks().unwrap().into_iter().find(|line| line.to_customer).unwrap().name;
    let switched = visitor.send(&format!("/playbooks/{name}/mode"), &[("mode", "approve"), ("back", "/start")]).await;
    assert_eq!(switched.header("location"), "/start?done=switched#approve");
    assert!(visitor.open("/").await.body.contains("étape 4 sur 4"));
    engine.switch_playbook(&name, Mode::Automatic, "test").unwrap();
    assert!(!visitor.open("/").await.body.contains("sur 4"), "it is over");
    let elsewhere = visitor.send(&format!("/playbooks/{name}/mode"), &[("mode", "shadow"), ("back", "//evil.example")]).await;
    assert_eq!(elsewhere.header("location"), "/playbooks?done=switched");
}

#[tokio::test]
async fn a_short_past_is_said_to_be_short() {
    let visitor = Supervisor::new();
    looked(&visitor).await;
    assert!(visitor.open("/start").await.body.contains("No order of the last ninety days is known"));
    let engine = &visitor.house.app.engine;
    let order = serde_json::json!({
        "source": "shop", "kind": "order.placed", "order_number": "1", "at": "2026-10-20T09:00:00+02:00",
        "customer": { "reference": "C" }, "lines": [{ "sku": "VESTA", "quantity": 1 }]
    });
    engine.record(vec![serde_json::from_value(order).unwrap()], RecordOptions::default()).unwrap();
    looked(&visitor).await;
    let page = visitor.open("/start").await;
    assert!(page.body.contains("One order was placed") && page.body.contains("Without a carrier"), "{}", page.body);
}

#[tokio::test]
async fn the_guide_is_put_away_and_comes_back() {
    let visitor = Supervisor::new();
    let away = visitor.send("/start/dismissal", &[]).await;
    assert_eq!(away.header("location"), "/?done=start-dismissed");
    assert!(!visitor.open("/").await.body.contains("of 4"));
    visitor.send("/start/dismissal", &[("again", "yes")]).await;
    assert!(visitor.open("/").await.body.contains("step 1 of 4"));
}

#[tokio::test]
async fn one_trial_runs_at_a_time_and_agents_see_no_guide() {
    let visitor = Supervisor::new();
    let agent = visitor.house.session(visitor.house.user("agent"));
    let today = visitor.house.get_as("/", &agent).await;
    assert!(today.status == StatusCode::OK && !today.body.contains("/start"), "{}", today.body);
}
