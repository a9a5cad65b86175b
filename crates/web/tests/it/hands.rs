//! What people of the team note by hand, through the pages: nothing that was written is lost when a field is wrong.

use axum::body::Body;
use axum::http::StatusCode;
use kept_base::PromiseId;
use kept_domain::promise::PromiseState;
use kept_engine::views::PromiseFilter;
use kept_web::auth::secret;
use serde_json::json;

use crate::house::{House, Reply, Sample, form_of};

/// An agent called Ada, in a house with an order and a call back that is owed by the end of 4 November.
struct Ada {
    house: House,
    cookie: String,
    sample: Sample,
    call_back: PromiseId,
}

impl Ada {
    fn new() -> Ada {
        let house = House::new();
        let cookie = house.session(house.user("agent"));
        let sample = house.sample();
        let number = house.app.engine.order(sample.order).unwrap().unwrap().0.order.number;
        house
            .installation
            .tell(json!({
                "kind": "word.given", "promise_kind": "call_back", "customer": { "order_number": number }, "by": "agent",
                "at": "2026-11-02T12:00:00+01:00", "due_day": "2026-11-04"
            }))
            .unwrap();
        let filter = PromiseFilter { kind: Some("call_back".to_owned()), ..PromiseFilter::default() };
        let call_back = house.app.engine.promises(&filter).unwrap().rows[0].promise.id;
        Ada { house, cookie, sample, call_back }
    }

    async fn open(&self, path: &str) -> String {
        let reply = self.house.get_as(path, &self.cookie).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
        assert!(!reply.body.contains('‹'), "{path}: a text is missing");
        reply.body
    }

    async fn act(&self, path: &str, form: &str) -> Reply {
        let body = format!("csrf={}&{form}", secret::csrf_of(&self.cookie));
        let request = form_of(path).header("cookie", format!("kept={}", self.cookie)).header("sec-fetch-site", "same-origin");
        self.house.send(request.body(Body::from(body)).unwrap()).await
    }

    fn chasers(&self) -> usize {
        self.house.app.engine.promise(self.call_back).unwrap().unwrap().line.promise.chasers.len()
    }
}

/// Refused, with these words on the page.
fn refused(reply: &Reply, status: StatusCode, words: &[&str]) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert!(!reply.body.contains('‹'), "a text is missing");
    for words in words {
        assert!(reply.body.contains(words), "{words} is not on the page");
    }
}

#[tokio::test]
async fn a_contact_is_noted_on_the_promise_it_is_about() {
    let ada = Ada::new();
    let path = format!("/promises/{}", ada.call_back);
    assert!(ada.open(&path).await.contains(&format!("{path}/contact")));
    let act = format!("{path}/contact");
    let said = "text=When+will+you+call%3F";
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    for (form, words) in [
        (format!("asked=yes&{said}"), "Choose by which channel"),
        (format!("channel=pigeon&asked=yes&{said}"), "Choose by which channel"),
        (format!("channel=shop&{said}"), "Answer yes or no"),
        (format!("channel=shop&asked=yes&at=yesterday&{said}"), "not a date with a time"),
        (format!("channel=shop&asked=yes&at=2026-11-02T23:00&{said}"), "This lies ahead"),
        (format!("channel=shop&asked=yes&at=2026-11-01T09:00&{said}"), "made only"),
    ] {
        let reply = ada.act(&act, &form).await;
        refused(&reply, unprocessable, &[words, "When will you call?", "Nothing was noted yet"]);
        assert!(!form.contains("channel=shop") || reply.body.contains(r#"<option value="shop" selected>"#), "{form}");
        assert!(!form.contains("asked=yes") || reply.body.contains(r#"value="yes" required checked"#), "{form}");
        assert!(!reply.body.contains("data-live="), "the address of the form is no page to fetch anew");
    }
    let long = format!("channel=shop&asked=yes&text={}", "a".repeat(4003));
    refused(&ada.act(&act, &long).await, unprocessable, &["3 characters too long", &"a".repeat(4003)]);
    assert_eq!(ada.chasers(), 0, "nothing was noted");

    ada.house.installation.advance_to("2026-11-02T15:00:00+01:00").unwrap();
    let reply = ada.act(&act, &format!("channel=shop&asked=yes&at=2026-11-02T12:30&{said}")).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, format!("{path}?done=noted").as_str()));
    let chasers = ada.house.app.engine.promise(ada.call_back).unwrap().unwrap().line.promise.chasers;
    assert_eq!(chasers, [kept_testkit::at("2026-11-02T12:30:00+01:00").unwrap()]);
    let page = ada.open(&format!("{path}?done=noted")).await;
    assert!(
        page.contains("When will you call?") && page.contains("in the shop, noted by Ada"),
        "what was said, and who noted it"
    );
}

#[tokio::test]
async fn a_deed_is_noted_with_its_evidence_and_may_be_disputed() {
    let ada = Ada::new();
    let path = format!("/promises/{}", ada.call_back);
    let act = format!("{path}/deed");
    assert!(ada.open(&path).await.contains(&act));
    refused(&ada.act(&act, "evidence=+").await, StatusCode::UNPROCESSABLE_ENTITY, &["Say by what one can see"]);
    let delivery = format!("/promises/{}", ada.sample.promise);
    assert!(!ada.open(&delivery).await.contains("/deed"), "a carrier closes a delivery");
    let reply = ada.act(&format!("{delivery}/deed"), "evidence=I+saw+it+arrive").await;
    refused(&reply, StatusCode::CONFLICT, &["can no longer be closed by hand", "I saw it arrive"]);

    ada.house.app.engine.assign_promise(ada.call_back, "Ada", "Ada").unwrap();
    assert!(ada.open(&path).await.contains("You answer for this promise"));
    let reply = ada.act(&act, "evidence=Called+at+14%3A10").await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::SEE_OTHER, format!("{path}?done=deed").as_str()));
    let page = ada.open(&format!("{path}?done=deed")).await;
    for words in ["on your word", "Called at 14:10", "the word of Ada, who answered for it", "Ada says that it is done"] {
        assert!(page.contains(words) || page.contains(&words.replace("the word", "The word")), "{words}");
    }
    refused(&ada.act(&act, "evidence=Again").await, StatusCode::CONFLICT, &["Again"]);
    ada.house.installation.advance_to("2026-11-05T09:00:00+01:00").unwrap();
    let figures = ada.open("/figures?days=365").await;
    assert!(figures.contains("figure=own_hand") && figures.contains("owner=Ada"), "the figures say so");

    let own = ada.house.get(&format!("/p/{}?lang=en", ada.sample.secret)).await.body;
    assert!(own.contains("It is our team that says so") && !own.contains("14:10"), "the evidence is the team's");
    let form = format!("promise={}&says=not_arrived&lang=en", ada.call_back);
    let reply = ada.house.post(&format!("/p/{}/answer", ada.sample.secret), &form).await;
    assert!(reply.header("location").ends_with("said=not-so"), "{reply:?}");
    assert!(ada.house.get(reply.header("location")).await.body.contains("Somebody will look into it"));
    let promise = ada.house.app.engine.promise(ada.call_back).unwrap().unwrap().line.promise;
    assert!(promise.disputed.is_some() && promise.state == PromiseState::Kept, "{promise:?}");
}

#[tokio::test]
async fn a_contact_on_the_customers_page_is_about_all_that_is_owed() {
    let ada = Ada::new();
    let path = format!("/customers/{}", ada.sample.customer);
    let reply = ada.act(&format!("{path}/contact"), "channel=phone&text=Hello+there").await;
    refused(&reply, StatusCode::UNPROCESSABLE_ENTITY, &["Answer yes or no", "Hello there"]);
    let reply = ada.act(&format!("{path}/contact"), "channel=phone&asked=yes&text=Hello+there").await;
    assert_eq!(reply.header("location"), format!("{path}?done=noted"));
    let delivery = ada.house.app.engine.promise(ada.sample.promise).unwrap().unwrap().line.promise;
    assert_eq!((ada.chasers(), delivery.chasers.len()), (1, 1));
    for page in [&path, &format!("/promises/{}", ada.call_back)] {
        let page = ada.open(page).await;
        assert!(page.contains("Hello there") && page.contains("noted by Ada"), "who said what, and who noted it");
    }
}

#[tokio::test]
async fn programs_note_the_same_as_facts() {
    let ada = Ada::new();
    let token = ada.house.token(&["facts:write", "read"]);
    let promise = ada.call_back.get();
    let facts = json!([
        { "kind": "customer.contacted", "promise": promise, "at": "2026-11-02T12:00:00+01:00", "channel": "phone", "asked": true, "noted_by": "Zoé" },
        { "kind": "deed.noted", "promise": promise, "at": "2026-11-02T12:00:00+01:00", "noted_by": "Zoé", "evidence": "ticket 12" },
    ]);
    let taken = ada.house.api(axum::http::Method::POST, "/api/facts", &token, &facts.to_string()).await.json();
    assert_eq!(taken["accepted"], 2, "{taken}");
    let shown = ada.house.api(axum::http::Method::GET, &format!("/api/promises/{}", ada.call_back), &token, "").await.json();
    assert_eq!(shown["promise"]["outcome"]["by"], "hand");
    assert_eq!((&shown["promise"]["deed"]["by"], &shown["promise"]["deed"]["own"]), (&json!("Zoé"), &json!(false)));
    assert_eq!(shown["promise"]["chasers"].as_array().unwrap().len(), 1);
    assert!(!shown.to_string().contains("ticket 12"), "the evidence is the team's");
}
