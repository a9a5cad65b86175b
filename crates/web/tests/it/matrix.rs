//! Every route as every kind of visitor: the table of routes says who may, and the server must agree.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::{Method, StatusCode};
use kept_base::UserId;
use kept_domain::message::{MessageState, Mode};
use kept_engine::trial::{TrialAsked, Tried};
use kept_engine::views::MessageFilter;
use kept_web::access::{Role, SCOPES};
use kept_web::auth::secret;
use kept_web::route::{RouteInfo, Who};

use crate::house::{House, Reply, Sample, ask};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visitor {
    Nobody,
    /// Holds the link of another customer and tries it as everything.
    OtherCustomer,
    User(Role),
    Inactive,
    Expired,
    Token(&'static str),
    Revoked,
}

struct Cast {
    house: House,
    sample: Sample,
    other_secret: String,
    users: Vec<(Role, UserId)>,
    inactive: UserId,
    /// Somebody on whom acts on users may be tried without harm to the cast.
    victim: UserId,
    victim_token: String,
    tokens: Vec<(&'static str, String)>,
    revoked: String,
    message: String,
    errand: String,
    playbook: String,
    /// A trial that is over.
    trial: String,
}

/// What a visitor must hear.
#[derive(Debug)]
enum Expected {
    /// Neither refused nor lost: what it then is depends on what was sent.
    Let,
    /// Sent to the sign-in, or 401.
    SignIn,
    Status(StatusCode),
}

#[tokio::test]
async fn every_route_as_every_visitor() {
    let cast = Cast::new();
    let table = kept_web::routes().table().to_vec();
    assert!(table.len() > 20, "the table of routes is empty");
    let mut wrong = Vec::new();
    // Refusals first: an act that is let through may end what later ones need.
    for allowed in [false, true] {
        for route in &table {
            for visitor in visitors() {
                let expected = expected(route, visitor);
                if matches!(expected, Expected::Let) == allowed {
                    let reply = cast.visit(route, visitor).await;
                    if !expected.is_met_by(&reply, route) {
                        let heard = format!("{} {}", reply.status, reply.header("location"));
                        wrong.push(format!("{} {} as {visitor:?}: {heard}, expected {expected:?}", route.method, route.path));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of the matrix:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn a_customers_link_shows_that_customer_and_nobody_else() {
    let cast = Cast::new();
    let own = cast.house.get(&format!("/p/{}", cast.sample.secret)).await;
    assert_eq!(own.status, StatusCode::OK);
    let number = cast.house.app.engine.order(cast.sample.order).unwrap().unwrap().0.order.number;
    assert!(own.body.contains(&number), "the page says which order it is about");
    assert_eq!(cast.house.get(&format!("/p/{}", cast.other_secret)).await.status, StatusCode::NOT_FOUND);
    let mut truncated = cast.sample.secret.clone();
    truncated.pop();
    for wrong in [truncated.as_str(), "x", &"a".repeat(5000), "%00", "..%2f", &cast.sample.customer.to_string()] {
        let reply = cast.house.get(&format!("/p/{wrong}")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{wrong}");
        assert!(!reply.body.contains(&number));
    }
}

#[tokio::test]
async fn guessing_links_is_slowed_and_never_closes_the_page_to_its_owner() {
    let house = House::new();
    let sample = house.sample();
    let mut heard = BTreeSet::new();
    for number in 0..40 {
        heard.insert(house.get(&format!("/p/guess{number}")).await.status.as_u16());
    }
    assert_eq!(heard.into_iter().collect::<Vec<_>>(), [404, 429]);
    assert_eq!(house.get(&format!("/p/{}", sample.secret)).await.status, StatusCode::OK);
}

#[test]
fn no_route_is_registered_beside_the_table() {
    let mut offenders = Vec::new();
    visit(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut |path, text| {
        for beside in [".route(", ".route_service(", ".nest(", ".nest_service(", ".fallback_service("] {
            if text.contains(beside) && !path.ends_with("route.rs") {
                offenders.push(format!("{} uses {beside}", path.display()));
            }
        }
    });
    assert!(offenders.is_empty(), "{offenders:?}");
}

#[test]
fn no_route_stands_twice() {
    let mut seen = BTreeSet::new();
    for route in kept_web::routes().table() {
        assert!(seen.insert((route.method, route.path)), "{route:?}");
        assert!(
            route.method == "GET" || route.who != Who::Public || ["/sign-in", "/welcome", "/language"].contains(&route.path),
            "{route:?}: a public act"
        );
    }
}

fn visitors() -> Vec<Visitor> {
    let mut all = vec![Visitor::Nobody, Visitor::OtherCustomer, Visitor::Inactive, Visitor::Expired, Visitor::Revoked];
    all.extend(SCOPES.map(Visitor::Token));
    all.extend(Role::ALL.map(Visitor::User));
    all
}

fn expected(route: &RouteInfo, visitor: Visitor) -> Expected {
    let least = match route.who {
        Who::Public => return Expected::Let,
        Who::SignedWebhook => return Expected::Status(StatusCode::UNAUTHORIZED),
        Who::CustomerLink => {
            return if visitor == Visitor::OtherCustomer { Expected::Status(StatusCode::NOT_FOUND) } else { Expected::Let };
        }
        Who::Token(scope) => {
            return match visitor {
                Visitor::Token(held) if held == scope => Expected::Let,
                Visitor::Token(_) => Expected::Status(StatusCode::FORBIDDEN),
                _ => Expected::Status(StatusCode::UNAUTHORIZED),
            };
        }
        Who::Agent => Role::Agent,
        Who::Supervisor => Role::Supervisor,
        Who::Admin => Role::Admin,
    };
    match visitor {
        Visitor::User(role) if role >= least => Expected::Let,
        Visitor::User(_) => Expected::Status(StatusCode::FORBIDDEN),
        _ => Expected::SignIn,
    }
}

impl Expected {
    fn is_met_by(&self, reply: &Reply, route: &RouteInfo) -> bool {
        let status = reply.status;
        match self {
            Expected::Status(wanted) => status == *wanted,
            Expected::SignIn if route.method == "GET" && route.path != "/events" => {
                status == StatusCode::SEE_OTHER && reply.header("location").starts_with("/sign-in")
            }
            Expected::SignIn => status == StatusCode::UNAUTHORIZED,
            // What the page of an address that is there answers; acts may find their empty body wanting.
            Expected::Let if route.method == "GET" && route.path == "/welcome" => status == StatusCode::NOT_FOUND,
            Expected::Let if route.method == "GET" => {
                status.is_success() || (status.is_redirection() && !reply.header("location").starts_with("/sign-in"))
            }
            Expected::Let => {
                let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED].contains(&status);
                !refused && !status.is_server_error()
            }
        }
    }
}

impl Cast {
    fn new() -> Cast {
        let house = House::new();
        let sample = house.sample();
        let users: Vec<(Role, UserId)> = Role::ALL.into_iter().map(|role| (role, house.user(role.word()))).collect();
        let inactive = house.user("admin");
        let engine = &house.app.engine;
        let mut gone = engine.users().unwrap().into_iter().find(|user| user.id == inactive).unwrap();
        gone.active = false;
        engine.change_user(&gone).unwrap();
        let victim = house.user("agent");
        engine.set_secret("inbound:signed", "whsec").unwrap();
        let tokens = SCOPES.into_iter().map(|scope| (scope, house.token(&[scope]))).collect();
        let (revoked, hash) = secret::new_token().unwrap();
        let every: Vec<String> = SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
        let id = engine.add_token(hash, "revoked", &every).unwrap();
        engine.revoke_token(id).unwrap();
        let (_, hash) = secret::new_token().unwrap();
        let victim_token = engine.add_token(hash, "victim", &every).unwrap().to_string();
        // The day after it was promised: what the playbooks would say lies there in shadow.
        house.installation.advance_to("2026-11-06T12:00:00+01:00").unwrap();
        let messages = engine.messages(&MessageFilter::default()).unwrap().rows;
        assert!(
            messages.iter().all(|line| line.message.state == MessageState::Shadow),
            "nothing is said by itself: {messages:?}"
        );
        let message = &messages.first().expect("a late promise has a message in shadow").message;
        let (message, speaks) = (message.id.to_string(), message.playbook.clone());
        let playbook = engine.playbooks().unwrap().first().map_or_else(|| "none".to_owned(), |playbook| playbook.name.clone());
        let asked =
            TrialAsked { what: Tried::InForce(vec![speaks]), mode: Mode::Shadow, from: i64::MIN / 4, before: i64::MAX / 4 };
        let trial = house.app.trials.start(engine, asked, "test").unwrap();
        house.app.trials.wait(&trial);
        let trial = trial.text().to_owned();
        // A wish of the customer: what is to be done about it waits for a person.
        let wish = serde_json::json!({
            "kind": "customer.answered", "promise": sample.promise.get(), "at": "2026-11-06T12:00:00+01:00",
            "answer": { "says": "cancel" }
        });
        house.installation.tell(wish).unwrap();
        let errand = engine.today().unwrap().errands.rows.first().expect("an errand").errand.id.to_string();
        let other_secret = secret::random().unwrap();
        Cast {
            house,
            sample,
            other_secret,
            users,
            inactive,
            victim,
            victim_token,
            tokens,
            revoked,
            message,
            errand,
            playbook,
            trial,
        }
    }

    async fn visit(&self, route: &RouteInfo, visitor: Visitor) -> Reply {
        let method: Method = route.method.parse().unwrap();
        let mut request = ask(method, &self.path(route, visitor)).header("sec-fetch-site", "same-origin");
        let engine = &self.house.app.engine;
        let mut csrf = String::new();
        let cookie = match visitor {
            Visitor::User(role) => Some(self.house.session(self.users.iter().find(|(held, _)| *held == role).unwrap().1)),
            Visitor::Inactive => Some(self.house.session(self.inactive)),
            Visitor::Expired => {
                let value = secret::random().unwrap();
                engine
                    .open_session(secret::hash(value.as_bytes()), self.users[2].1, jiff::Timestamp::now().as_millisecond() - 1)
                    .unwrap();
                Some(value)
            }
            Visitor::OtherCustomer => Some(self.other_secret.clone()),
            _ => None,
        };
        if let Some(cookie) = cookie {
            csrf = format!("csrf={}", secret::csrf_of(&cookie));
            request = request.header(COOKIE, format!("kept={cookie}"));
        }
        let token = match visitor {
            Visitor::Token(scope) => Some(self.tokens.iter().find(|(held, _)| *held == scope).unwrap().1.clone()),
            Visitor::Revoked => Some(self.revoked.clone()),
            Visitor::OtherCustomer => Some(self.other_secret.clone()),
            _ => None,
        };
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let program = route.path.starts_with("/api/") || route.path.starts_with("/in/");
        let (kind, body) =
            if program { ("application/json", "{}".to_owned()) } else { ("application/x-www-form-urlencoded", csrf) };
        let request = request.header(CONTENT_TYPE, kind).body(Body::from(body)).unwrap();
        if route.path == "/events" && matches!(visitor, Visitor::User(_)) {
            // A stream has no end to wait for.
            use tower::ServiceExt;
            let response = self.house.router.clone().oneshot(request).await.unwrap();
            return Reply { status: response.status(), headers: response.headers().clone(), body: String::new() };
        }
        self.house.send(request).await
    }

    fn path(&self, route: &RouteInfo, visitor: Visitor) -> String {
        let nouns = [
            ("/api/promises/{id}", self.sample.promise.to_string()),
            ("/promises/{id}", self.sample.promise.to_string()),
            ("/api/parcels/{id}", self.sample.parcel.to_string()),
            ("/parcels/{id}", self.sample.parcel.to_string()),
            ("/api/orders/{id}", self.sample.order.to_string()),
            ("/orders/{id}", self.sample.order.to_string()),
            ("/customers/{id}", self.sample.customer.to_string()),
            ("/api/messages/{id}", self.message.clone()),
            ("/messages/{id}", self.message.clone()),
            ("/api/errands/{id}", self.errand.clone()),
            ("/errands/{id}", self.errand.clone()),
            ("/settings/users/{id}", self.victim.to_string()),
            ("/settings/tokens/{id}", self.victim_token.clone()),
            ("/connections/{source}", "signed".to_owned()),
            ("/api/notices/{source}", "signed".to_owned()),
            ("/api/playbooks/{name}", self.playbook.clone()),
            ("/playbooks/{name}", self.playbook.clone()),
            ("/trials/{id}", self.trial.clone()),
            ("/in/{source}", "signed".to_owned()),
            ("/assets/{*path}", "kept.css".to_owned()),
            (
                "/p/{secret}",
                if visitor == Visitor::OtherCustomer { self.other_secret.clone() } else { self.sample.secret.clone() },
            ),
        ];
        let filled = nouns.into_iter().find(|(pattern, _)| route.path.starts_with(pattern)).map(|(pattern, value)| {
            let (start, _) = pattern.split_once('{').unwrap();
            // The first row of a trial is the one place within it that has a number of its own.
            format!("{start}{value}{}", &route.path[pattern.len()..]).replace("{row}", "0")
        });
        let path = filled.unwrap_or_else(|| route.path.to_owned());
        assert!(!path.contains('{'), "{}: the matrix does not know what to put in", route.path);
        path
    }
}

fn visit(folder: &std::path::Path, look: &mut impl FnMut(&std::path::Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, look);
        } else {
            look(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}
