//! What customers choose on their own page: what is offered is taken, what is wrong is said and stays.

use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use kept_base::PromiseId;
use kept_domain::errand::{Act, ErrandKind, ErrandState};
use kept_engine::ports::{ErrandOutcome, Shop};
use kept_engine::views::Found;
use kept_web::auth::secret;
use serde_json::{Value, json};

use crate::house::{House, Reply, form_of};

/// A shop that can lead an order elsewhere and write notes, and is never asked here: every playbook is in shadow.
struct Counter;

impl Shop for Counter {
    fn source(&self) -> &'static str {
        "woocommerce"
    }

    fn offers(&self, kind: ErrandKind) -> bool {
        matches!(kind, ErrandKind::Note | ErrandKind::AddressChange | ErrandKind::Reshipment)
    }

    fn carry_out(&self, _: &Act, _: &str, _: &mut dyn FnMut() -> Result<(), String>) -> ErrandOutcome {
        ErrandOutcome::Refused { reason: "nobody should have asked".to_owned() }
    }
}

/// A house with an order of which nothing has left, and its customer's link.
struct Ordered {
    house: House,
    promise: PromiseId,
    secret: String,
}

impl Ordered {
    fn new() -> Ordered {
        let house = House::new();
        house.app.engine.set_shops(vec![Arc::new(Counter)]);
        let placed = json!({
            "kind": "order.placed", "source": "woocommerce", "order_number": "9001", "at": "2026-11-02T09:00:00+01:00",
            "customer": { "reference": "C-9001", "name": "Anne Perret", "email": "9001@example.org", "language": "en", "country": "FR" },
            "lines": [{ "sku": "VESTA", "title": "Vesta lamp", "price": { "minor": 12900, "currency": "EUR" } }],
            "delivery_fee": { "minor": 990, "currency": "EUR" }, "promised_day": "2026-11-20"
        });
        house.installation.tell(placed).unwrap();
        let engine = &house.app.engine;
        let Some(Found::Order(order)) = engine.find("9001").unwrap() else { panic!("the order") };
        let order = engine.order(order).unwrap().unwrap().0.order;
        let secret = engine.customer_secret(order.customer.unwrap()).unwrap();
        Ordered { promise: order.delivery.unwrap(), house, secret }
    }

    fn tell(&self, news: Value) {
        self.house.installation.tell(news).unwrap();
    }

    async fn own(&self) -> String {
        let reply = self.house.get(&format!("/p/{}", self.secret)).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(!reply.body.contains('‹'), "a text is missing");
        reply.body
    }

    async fn ask(&self, says: &str, rest: &str) -> Reply {
        let form = format!("promise={}&says={says}&lang=en&{rest}", self.promise);
        self.house.post(&format!("/p/{}/address", self.secret), &form).await
    }
}

const ADDRESS: &str = "name=Anne+Perret&street=8+rue+Haute&more=&postal=29200&city=Brest&phone=";

#[tokio::test]
async fn another_address_is_asked_for_and_a_person_sees_it() {
    let ordered = Ordered::new();
    let page = ordered.own().await;
    assert!(page.contains("Deliver to another address") && page.contains("Deliver to a pick-up point"));
    assert!(page.contains("Country: France"), "an order goes to one country");
    let reply = ordered.ask("new_address", ADDRESS).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
    assert!(reply.header("location").contains("said=new_address"), "{reply:?}");
    ordered.house.installation.settle().unwrap();
    let page = ordered.own().await;
    assert!(page.contains("A person is looking after the change of address"), "it is in shadow: a person sees the wish");
    assert!(!page.contains("rue Haute"), "a link that is passed on shows no address");
    let cookie = ordered.house.session(ordered.house.user("agent"));
    let team = ordered.house.get_as(&format!("/promises/{}", ordered.promise), &cookie).await.body;
    assert!(team.contains("Anne Perret, 8 rue Haute, 29200 Brest, FR"), "whoever does it reads where");
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_it_and_what_was_typed_stays() {
    let ordered = Ordered::new();
    let wrong = [
        (ADDRESS.replace("29200", "2920"), "It should look like “75011”"),
        (ADDRESS.replace("8+rue+Haute", "+"), "Say the number and the street."),
        (ADDRESS.replace("phone=", "phone=ask"), "A phone number has 6 to 15 digits."),
        (ADDRESS.replace("Anne+Perret", &"x".repeat(101)), "One line only, of at most 100 characters."),
    ];
    for (form, words) in wrong {
        let reply = ordered.ask("new_address", &form).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(reply.body.contains(words), "{form} lacks {words}");
        assert!(reply.body.contains("value=\"Brest\"") && reply.body.contains("aria-invalid=\"true\""), "{form}");
        assert!(!reply.body.contains('‹'), "a text is missing");
    }
    let nameless = ordered.ask("pickup_point", ADDRESS).await;
    assert!(nameless.body.contains("Say what the pick-up point is called."), "{nameless:?}");
    let file = ordered.house.app.engine.promise(ordered.promise).unwrap().unwrap();
    assert!(file.errands.is_empty() && file.line.promise.choice.is_none(), "nothing was taken");
}

#[tokio::test]
async fn what_is_not_offered_is_not_taken() {
    let ordered = Ordered::new();
    ordered.tell(json!({ "kind": "parcel.announced", "order_number": "9001", "carrier": "laposte", "tracking_number": "6A9001",
        "at": "2026-11-03T09:00:00+01:00" }));
    ordered.tell(json!({ "kind": "parcel.scanned", "tracking_number": "6A9001", "carrier": "laposte", "code": "PC1",
        "milestone": "handed_over", "at": "2026-11-03T18:00:00+01:00" }));
    assert!(!ordered.own().await.contains("another address"));
    for says in ["new_address", "pickup_point", "cancel", "x"] {
        let reply = ordered.ask(says, ADDRESS).await;
        assert!(reply.header("location").contains("said=not-taken"), "{says}: {reply:?}");
    }
    let elsewhere = ordered.house.sample();
    let foreign = format!("promise={}&says=new_address&{ADDRESS}", elsewhere.promise);
    assert_eq!(ordered.house.post(&format!("/p/{}/address", ordered.secret), &foreign).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_person_on_the_phone_notes_it_for_the_customer() {
    let ordered = Ordered::new();
    let cookie = ordered.house.session(ordered.house.user("agent"));
    let act = async |form: String| {
        let body = format!("csrf={}&{form}", secret::csrf_of(&cookie));
        let request = form_of(&format!("/promises/{}/address", ordered.promise)).header("cookie", format!("kept={cookie}"));
        ordered.house.send(request.header("sec-fetch-site", "same-origin").body(Body::from(body)).unwrap()).await
    };
    let wrong = act(format!("says=pickup_point&point=&{ADDRESS}")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Say what the pick-up point is called.") && wrong.body.contains("value=\"Brest\""));
    let noted = act(format!("says=pickup_point&point=Tabac+du+Port&{ADDRESS}")).await;
    assert!(noted.header("location").contains("done=address-noted"), "{noted:?}");
    ordered.house.installation.settle().unwrap();
    let file = ordered.house.app.engine.promise(ordered.promise).unwrap().unwrap();
    assert_eq!(file.errands[0].errand.state, ErrandState::Shadow);
    let Some(Act::AddressChange { address, .. }) = &file.errands[0].act else { panic!("{:?}", file.errands[0].act) };
    assert_eq!(address.company.as_deref(), Some("Tabac du Port"));
}

#[tokio::test]
async fn a_parcel_that_the_carrier_lost_leaves_the_choice_between_a_new_one_and_the_money() {
    let ordered = Ordered::new();
    ordered.tell(json!({ "kind": "parcel.announced", "order_number": "9001", "carrier": "laposte", "tracking_number": "6A9001",
        "at": "2026-11-03T09:00:00+01:00" }));
    ordered.tell(json!({ "kind": "parcel.scanned", "tracking_number": "6A9001", "carrier": "laposte", "code": "LOST",
        "milestone": "in_network", "exception": "lost", "at": "2026-11-05T18:00:00+01:00" }));
    let page = ordered.own().await;
    assert!(page.contains("Have it sent again") && page.contains("Be refunded €138.90"), "{page}");
    let form = format!("promise={}&says=cancel&lang=en", ordered.promise);
    ordered.house.post(&format!("/p/{}/answer", ordered.secret), &form).await;
    ordered.house.installation.settle().unwrap();
    let page = ordered.own().await;
    assert!(!page.contains("Have it sent again") && !page.contains("Be refunded"), "one of the two");
}

#[tokio::test]
async fn whoever_wishes_another_day_reads_that_a_person_passes_it_on() {
    let ordered = Ordered::new();
    let form = format!("promise={}&says=another_day&day=2026-11-24&lang=en", ordered.promise);
    ordered.house.post(&format!("/p/{}/answer", ordered.secret), &form).await;
    ordered.house.installation.settle().unwrap();
    assert!(ordered.own().await.contains("A person is passing on the day you wish"));
    let cookie = ordered.house.session(ordered.house.user("agent"));
    let today = ordered.house.get_as("/", &cookie).await.body;
    assert!(
        today.contains("Tell the carrier which day is wished") && today.contains("no interface tells the carrier"),
        "{today}"
    );
    assert!(!today.contains("Note on the order"), "in shadow a note says nothing more");
}
