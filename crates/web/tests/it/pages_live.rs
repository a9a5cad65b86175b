//! Pages over a real engine: they open, they show what was recorded, and their forms do what they say.

use axum::body::Body;
use axum::http::StatusCode;
use kept_base::Language;
use kept_domain::promise::PromiseState;
use kept_web::auth::secret;

use crate::house::{House, Reply, form_of};

struct Visitor {
    house: House,
    cookie: String,
}

impl Visitor {
    fn new(house: House, role: &str) -> Visitor {
        let cookie = house.session(house.user(role));
        Visitor { house, cookie }
    }

    async fn open(&self, path: &str) -> Reply {
        let reply = self.house.get_as(path, &self.cookie).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
        assert!(!reply.body.contains('‹'), "{path}: a text is missing");
        reply
    }

    async fn act(&self, path: &str, form: &str) -> Reply {
        let body = format!("csrf={}&{form}", secret::csrf_of(&self.cookie));
        let request = form_of(path).header("cookie", format!("kept={}", self.cookie)).header("sec-fetch-site", "same-origin");
        self.house.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// The act was done: back to a page that says so.
fn done(reply: &Reply, what: &str) {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
    assert!(reply.header("location").contains(&format!("done={what}")), "{}", reply.header("location"));
}

#[tokio::test]
async fn every_page_opens_over_an_empty_ledger_and_over_a_full_one() {
    let house = House::new();
    let visitor = Visitor::new(house, "admin");
    let lists = [
        "/",
        "/promises",
        "/parcels",
        "/customers",
        "/playbooks",
        "/figures",
        "/scorecards",
        "/unmapped",
        "/notices",
        "/settings",
        "/find?q=nothing",
    ];
    let states = ["waiting", "held", "unknown", "shadow", "queued", "retry", "accepted", "refused", "dropped"];
    for path in lists.iter().map(|path| (*path).to_owned()).chain(states.iter().map(|state| format!("/messages?state={state}"))) {
        visitor.open(&path).await;
    }
    let sample = visitor.house.sample();
    for path in lists {
        visitor.open(path).await;
    }
    for path in [
        format!("/promises/{}", sample.promise),
        format!("/parcels/{}", sample.parcel),
        format!("/orders/{}", sample.order),
        format!("/customers/{}", sample.customer),
        "/promises?state=still_owed&kind=delivery&due=30".to_owned(),
        "/parcels?exception=any&open=yes".to_owned(),
    ] {
        visitor.open(&path).await;
    }
    for state in states {
        visitor.open(&format!("/messages?state={state}&playbook=tell-late")).await;
    }
}

#[tokio::test]
async fn the_search_leads_to_what_is_named() {
    let house = House::new();
    let sample = house.sample();
    let visitor = Visitor::new(house, "agent");
    let found = visitor.house.get_as(&format!("/find?q={}", sample.promise), &visitor.cookie).await;
    assert_eq!(
        (found.status, found.header("location")),
        (StatusCode::SEE_OTHER, format!("/promises/{}", sample.promise).as_str())
    );
    let order = visitor.house.app.engine.order(sample.order).unwrap().unwrap().0.order.number;
    let found = visitor.house.get_as(&format!("/find?q={order}"), &visitor.cookie).await;
    assert_eq!(found.header("location"), format!("/orders/{}", sample.order));
}

#[tokio::test]
async fn a_promise_changes_hands_and_is_withdrawn_only_by_a_supervisor() {
    let house = House::new();
    let sample = house.sample();
    let agent = Visitor::new(house, "agent");
    let path = format!("/promises/{}", sample.promise);
    done(&agent.act(&format!("{path}/owner"), "owner=Inès").await, "assigned");
    let engine = agent.house.app.engine.clone();
    assert_eq!(engine.promise(sample.promise).unwrap().unwrap().line.promise.owner, "Inès");
    let refused = agent.act(&format!("{path}/withdrawal"), "cause=closed").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(engine.promise(sample.promise).unwrap().unwrap().line.promise.state.is_open());
    let supervisor = Visitor::new(agent.house, "supervisor");
    done(&supervisor.act(&format!("{path}/withdrawal"), "cause=closed").await, "withdrawn");
    assert_eq!(engine.promise(sample.promise).unwrap().unwrap().line.promise.state, PromiseState::Broken);
    supervisor.open(&path).await;
}

#[tokio::test]
async fn a_wish_noted_by_an_agent_amends_with_their_name() {
    let house = House::new();
    let sample = house.sample();
    let agent = Visitor::new(house, "agent");
    let engine = agent.house.app.engine.clone();
    let day = kept_base::from_millis(engine.now())
        .unwrap()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .saturating_add(jiff::Span::new().days(20));
    let path = format!("/promises/{}", sample.promise);
    done(&agent.act(&format!("{path}/amendment"), &format!("day={day}")).await, "amended");
    let promise = engine.promise(sample.promise).unwrap().unwrap().line.promise;
    assert!(promise.amended);
    assert_eq!(promise.due.unwrap().day, Some(day));
    assert!(agent.open(&path).await.body.contains("Ada"), "the page says who noted it");
    let wrong = agent.act(&format!("{path}/amendment"), "day=tomorrow").await;
    assert!(wrong.status.is_client_error(), "{wrong:?}");
}

#[tokio::test]
async fn a_contact_is_noted_and_a_person_is_erased_only_with_the_word() {
    let house = House::new();
    let sample = house.sample();
    let admin = Visitor::new(house, "admin");
    let path = format!("/customers/{}", sample.customer);
    let engine = admin.house.app.engine.clone();
    done(&admin.act(&format!("{path}/contact"), "channel=phone&asked=yes&text=Where+is+it").await, "noted");
    let customer = engine.customer(sample.customer).unwrap().unwrap().customer;
    assert!(customer.contacts.iter().any(|contact| contact.asked && contact.channel == "phone"), "{:?}", customer.contacts);
    done(&admin.act(&format!("{path}/erasure"), "word=no").await, "erase-word-wrong");
    assert!(!engine.customer(sample.customer).unwrap().unwrap().customer.erased);
    done(&admin.act(&format!("{path}/erasure"), "word=erase").await, "erased");
    assert!(engine.customer(sample.customer).unwrap().unwrap().customer.erased);
    assert!(!admin.open(&path).await.body.contains("/erasure"));
}

#[tokio::test]
async fn a_customer_answers_behind_their_link_and_only_about_their_own() {
    let house = House::new();
    let sample = house.sample();
    let page = house.get(&format!("/p/{}", sample.secret)).await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    let details = house.app.engine.customer(sample.customer).unwrap().unwrap().person.details.unwrap();
    assert!(page.body.contains(&details.name.unwrap()));
    assert!(!page.body.contains(&details.email.unwrap()), "an address is on the customer's page");
    assert!(page.body.contains(&sample.promise.to_string()));
    let path = format!("/p/{}/answer", sample.secret);
    let reply = house.post(&path, &format!("promise={}&says=peace&lang=fr", sample.promise)).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{reply:?}");
    assert_eq!(reply.header("location"), format!("/p/{}?lang=fr&said=peace", sample.secret));
    assert!(house.app.engine.promise(sample.promise).unwrap().unwrap().line.promise.peace);
    let after = house.get(reply.header("location")).await;
    assert!(after.body.contains("C’est noté") && after.body.contains("lang=\"fr\""), "{after:?}");
    let named = house.get(&format!("/p/{}?choice=cancel", sample.secret)).await;
    assert!(named.body.contains("class=\"confirm\""), "a link of a message asks to confirm");
    let promise = house.app.engine.promise(sample.promise).unwrap().unwrap().line.promise;
    assert!(promise.choice.is_none() && promise.state.is_open(), "following a link does nothing: {promise:?}");
    let strangers = house.post(&path, "promise=prm_ZZZ&says=peace").await;
    assert_eq!(strangers.status, StatusCode::NOT_FOUND);
    let nonsense = house.post(&path, &format!("promise={}&says=pay_me", sample.promise)).await;
    assert!(nonsense.status.is_client_error());
}

#[tokio::test]
async fn switches_codes_and_language_are_set_by_their_forms() {
    let house = House::new();
    house.sample();
    let visitor = Visitor::new(house, "supervisor");
    let engine = visitor.house.app.engine.clone();
    if let Some(playbook) = engine.playbooks().unwrap().first() {
        done(&visitor.act(&format!("/playbooks/{}/mode", playbook.name), "mode=approve").await, "switched");
        let again = engine.playbooks().unwrap();
        assert_eq!(again.first().unwrap().mode.word(), "approve");
    }
    done(&visitor.act("/unmapped/mapping", "source=laposte&code=ZZ9&milestone=in_network&exception=").await, "mapped");
    let wrong = visitor.act("/unmapped/mapping", "source=laposte&code=ZZ9&milestone=nowhere").await;
    assert!(wrong.status.is_client_error());
    done(&visitor.act("/notices", "source=laposte&teller=carrier&notice=pickup_waiting&notice=delivered").await, "notices-saved");
    let said = engine.tellers(&[]).unwrap().into_iter().find(|line| line.source == "laposte").unwrap().said.unwrap();
    assert_eq!(said.notices.len(), 2);
    for wrong in
        ["source=laposte&teller=carrier&notice=refunded", "source=laposte&teller=postman", "source=laposte&teller=shop&notice=x"]
    {
        assert!(visitor.act("/notices", wrong).await.status.is_client_error(), "{wrong}");
    }
    let reply = visitor.act("/language", "language=fr").await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    let user = engine.session(secret::hash(visitor.cookie.as_bytes())).unwrap().unwrap();
    assert_eq!(user.language, Language::French);
    assert!(visitor.open("/").await.body.contains("Aujourd’hui"));
}

#[tokio::test]
async fn settings_show_a_token_once_and_lock_nobody_out() {
    let visitor = Visitor::new(House::new(), "admin");
    let engine = visitor.house.app.engine.clone();
    let made = visitor.act("/settings/tokens", "name=shop&scope=read&scope=facts:write&scope=everything").await;
    assert_eq!(made.status, StatusCode::OK);
    let token = made.body.split("kept_").nth(1).map(|rest| format!("kept_{}", rest.split('<').next().unwrap())).unwrap();
    let hash = secret::token_hash(&token).unwrap();
    let stored = engine.token(hash).unwrap().unwrap();
    assert_eq!(stored.scopes, ["read", "facts:write"]);
    assert!(!visitor.open("/settings").await.body.contains(&token));
    done(&visitor.act(&format!("/settings/tokens/{}/revocation", stored.id), "").await, "token-revoked");
    let me = engine.session(secret::hash(visitor.cookie.as_bytes())).unwrap().unwrap();
    done(&visitor.act(&format!("/settings/users/{}", me.id), "role=agent&active=yes").await, "user-yourself");
    done(
        &visitor.act("/settings/users", "name=Zoe&email=zoe@shop.example&role=agent&language=fr&password=short").await,
        "user-refused",
    );
    let good = "name=Zoe&email=zoe@shop.example&role=agent&language=fr&password=seven+green+lanterns+float";
    done(&visitor.act("/settings/users", good).await, "user-added");
    assert!(engine.user_by_email("zoe@shop.example").unwrap().is_some());
}

#[tokio::test]
async fn files_are_kept_long_only_under_their_hash() {
    let house = House::new();
    let href = kept_web::assets::href("kept.css");
    let reply = house.get(&href).await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert!(reply.header("cache-control").contains("immutable"), "{href}");
    assert!(!house.get("/assets/kept.css").await.header("cache-control").contains("immutable"));
    assert_eq!(house.get("/assets/fonts/inter-latin-wght-normal.woff2").await.header("content-type"), "font/woff2");
    for missing in ["/assets/../Cargo.toml", "/assets/%2e%2e/Cargo.toml", "/assets/nothing.css"] {
        assert_eq!(house.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn a_message_is_read_as_it_goes_and_leaves_only_when_released() {
    let house = House::new();
    house.installation.switch_all(kept_domain::message::Mode::Approve).unwrap();
    let sample = house.sample();
    house.installation.advance_to("2026-11-04T14:00:00+01:00").unwrap();
    let visitor = Visitor::new(house, "agent");
    let engine = visitor.house.app.engine.clone();
    let waiting = engine.promise(sample.promise).unwrap().unwrap().line.waiting.expect("a message waits for a yes");
    let letter = engine.message(waiting).unwrap().unwrap().letter.unwrap();
    let first_line = letter.text.lines().find(|line| line.len() > 20).unwrap().replace('\'', "&#39;");
    for path in ["/messages".to_owned(), format!("/messages/{waiting}"), format!("/promises/{}", sample.promise)] {
        assert!(visitor.open(&path).await.body.contains(&first_line), "{path} shows the text");
    }
    let today = visitor.open("/").await;
    assert!(today.body.contains(&format!("/messages/{waiting}")));
    let html = visitor.open(&format!("/messages/{waiting}/html")).await;
    let policy = html.header("content-security-policy");
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    crate::pages_render::dump("real-promise.html", &visitor.open(&format!("/promises/{}", sample.promise)).await.body);
    crate::pages_render::dump("real-customer-page.html", &visitor.house.get(&format!("/p/{}", sample.secret)).await.body);
    crate::pages_render::dump("real-today.html", &today.body);
    crate::pages_render::dump("real-playbooks.html", &visitor.open("/playbooks").await.body);
    assert!(visitor.house.installation.mail.letters().is_empty(), "nothing left before the yes");
    done(&visitor.act("/messages/release", "state=waiting&act=release").await, "none-picked");
    done(&visitor.act("/messages/release", &format!("state=waiting&act=release&id={waiting}")).await, "released");
    visitor.house.installation.settle().unwrap();
    assert_eq!(visitor.house.installation.mail.letters().len(), 1);
    let told = engine.promise(sample.promise).unwrap().unwrap().line.promise.told;
    assert_eq!(told.len(), 1, "the customer is told");
    done(&visitor.act(&format!("/messages/{waiting}/drop"), "reason=late").await, "not-taken");
    visitor.open(&format!("/messages/{waiting}")).await;
    visitor.open("/messages?state=accepted").await;
}
