//! One source: its health, what was filled in, the address it sends to and its secret, and the import of a shop's past.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kept_base::Phone;
use kept_engine::ports::{Connector, ConnectorKind, Given, PollError, SecretOf, Tried};
use kept_engine::{EngineError, Import};
use serde::Deserialize;

use crate::access::{Session, Supervisor};
use crate::api::inbound::secret_name;
use crate::ask::ask;
use crate::auth::secret;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::connections::{SourceFacts, Stands, how, known, read, stands, todo, trouble};
use crate::pages::frame::Frame;
use crate::pages::rows::carrier;
use crate::pages::words::{Words, arg};
use crate::pages::{done, page, to_oneself};
use crate::route::{Routes, Who};
use crate::state::App;

/// Days of a shop's past that are read unless said.
pub(crate) const DAYS: i64 = 90;
/// What can be chosen.
const CHOICES: [i64; 4] = [30, 90, 180, 365];
const DAY: i64 = 86_400_000;
/// The most characters of what is filled in.
const LONGEST: usize = 2_000;

/// The page.
#[derive(Debug, Template)]
#[template(path = "connections/page.html")]
pub struct ConnectionPage {
    /// Frame.
    pub frame: Frame,
    /// Name in addresses.
    pub source: String,
    /// How it is.
    pub stands: Stands,
    /// What is known of it: name and value.
    pub facts: Vec<(String, String)>,
    /// What came of the act before.
    pub result: Option<Stands>,
    /// A secret just made: shown once; with the address it belongs into.
    pub new_secret: Option<(String, String)>,
    /// What has to be filled in; `None` where it cannot be asked from here.
    pub form: Option<ConnectForm>,
    /// Why there is nothing to fill in, where one would look for it; empty otherwise.
    pub no_form: String,
    /// Where it sends to.
    pub sends: Option<Sends>,
    /// The import of a shop's past.
    pub import: Option<ImportView>,
    /// It was connected on a page.
    pub saved: bool,
    /// It can be tried.
    pub can_try: bool,
    /// A message to oneself, where text messages leave by it.
    pub test: Option<TestView>,
}

/// A message to oneself.
#[derive(Clone, Debug, Default)]
pub struct TestView {
    /// What became of the last one; none where there was none.
    pub last: Option<Stands>,
    /// The number that was typed, where it is none.
    pub number: String,
    /// Why it is none.
    pub wrong: bool,
}

/// What has to be filled in.
#[derive(Clone, Debug)]
pub struct ConnectForm {
    /// Where each thing is found, step by step.
    pub steps: Vec<String>,
    /// Fields.
    pub fields: Vec<Field>,
    /// Days of the past that can be read, where it is a shop not read yet: days and words, chosen.
    pub days: Vec<(i64, String, bool)>,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its label.
    pub label: String,
    /// What it looks like.
    pub hint: String,
    /// Written, unless it is a secret.
    pub value: String,
    /// It is a secret.
    pub secret: bool,
    /// A secret is stored.
    pub stored: bool,
    /// It cannot be left empty.
    pub needed: bool,
    /// It was left empty.
    pub wrong: bool,
}

/// Where a source sends to.
#[derive(Clone, Debug)]
pub struct Sends {
    /// The address to paste.
    pub address: String,
    /// What to do there, step by step.
    pub steps: Vec<String>,
    /// Kept makes the secret.
    pub ours: bool,
    /// One is stored.
    pub has_secret: bool,
}

/// An import.
#[derive(Clone, Debug)]
pub struct ImportView {
    /// How it stands, in a sentence; empty where there was none.
    pub said: String,
    /// How far of a hundred, while it is under way.
    pub progress: Option<u64>,
    /// Days that can be chosen: days, words, chosen.
    pub days: Vec<(i64, String, bool)>,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new()
        .get("/connections/{source}", Who::Supervisor, show)
        .post("/connections/{source}", Who::Supervisor, save)
        .post("/connections/{source}/trial", Who::Supervisor, try_again)
        .post("/connections/{source}/message", Who::Supervisor, message)
        .post("/connections/{source}/removal", Who::Supervisor, remove)
        .post("/connections/{source}/secret", Who::Supervisor, set_secret)
        .post("/connections/{source}/import", Who::Supervisor, import)
}

/// What the page is made of beside what is known of the source.
#[derive(Default)]
struct Shown {
    /// What was written, and not stored.
    written: Given,
    /// Fields that were left empty.
    empty: Vec<&'static str>,
    result: Option<Stands>,
    new_secret: Option<String>,
    /// A number that is none.
    wrong_number: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Path(source): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    render(&app, &session, &source, asked.done.as_deref(), Shown::default()).await
}

async fn render(app: &App, session: &Session, source: &str, done: Option<&str>, shown: Shown) -> Result<Response, Failure> {
    let (known, wanted) = (known(app), source.to_owned());
    let (frame, _, found) = Frame::with(app, session, "/connections", move |engine| {
        let facts = read(engine, &known)?.into_iter().find(|facts| facts.source == wanted);
        let given = engine.connections()?.into_iter().find(|connection| connection.source == wanted);
        let last = engine.sms_test(&wanted)?;
        Ok(facts.map(|facts| (facts, given.map(|given| given.given).unwrap_or_default(), last)))
    })
    .await?;
    let (facts, given, last) = found.ok_or_else(Failure::not_found)?;
    let connector = connector(app, source);
    let under_way = facts.heard.import.is_some_and(|import| import.done_at.is_none()) && facts.saved;
    let wrong = !shown.empty.is_empty()
        || shown.wrong_number.is_some()
        || shown.result.as_ref().is_some_and(|result| result.class == "late");
    let frame = frame.noticed(done);
    let mut view = view(frame, &facts, &given, connector.as_deref(), &app.config.public_url, shown);
    view.no_form = no_form(&view, &facts, app.engine.sms_gateway_name());
    if let (Some(test), Some(last)) = (&mut view.test, &last) {
        test.last = Some(to_oneself::said(&view.frame.w, last));
    }
    let mut response = page(&view)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    } else if under_way && view.new_secret.is_none() && view.result.is_none() {
        // Works without JavaScript, and stops by itself when the import is over.
        let again = axum::http::HeaderValue::from_static("3");
        response.headers_mut().insert(axum::http::header::REFRESH, again);
    }
    Ok(response)
}

/// The page of a source. What is stored and secret is never shown; of what was just written, neither.
fn view(
    frame: Frame,
    facts: &SourceFacts,
    given: &Given,
    connector: Option<&dyn Connector>,
    public_url: &str,
    shown: Shown,
) -> ConnectionPage {
    let w = frame.w.clone();
    let heard = &facts.heard;
    let fields = connector.and_then(Connector::fields).filter(|_| !facts.at_start);
    let is_shop = facts.kind == Some(ConnectorKind::Shop);
    let days = |choose: i64| -> Vec<(i64, String, bool)> {
        CHOICES.into_iter().map(|days| (days, w.say("import-days", &[("days", arg(days))]), days == choose)).collect()
    };
    let hook = format!("{}/in/{}", public_url.trim_end_matches('/'), facts.source);
    let in_address = connector.is_some_and(Connector::token_in_address);
    let with_token = |secret: &str| if in_address { format!("{hook}?token={secret}") } else { hook.clone() };
    ConnectionPage {
        source: facts.source.clone(),
        stands: stands(&w, facts),
        facts: if facts.is_there() { rows(&w, facts) } else { Vec::new() },
        new_secret: shown.new_secret.map(|secret| (with_token(&secret), secret)),
        form: fields.map(|fields| ConnectForm {
            steps: steps(&w, &format!("connect-{}", facts.source)),
            fields: fields
                .iter()
                .map(|field| Field {
                    name: field.name,
                    label: label(&w, &facts.source, field.name),
                    hint: optional(&w, &format!("field-{}-{}-hint", facts.source, field.name.replace('_', "-")))
                        .or_else(|| optional(&w, &format!("field-{}-hint", field.name.replace('_', "-"))))
                        .unwrap_or_default(),
                    value: if field.secret {
                        String::new()
                    } else {
                        shown.written.get(field.name).or_else(|| given.get(field.name)).cloned().unwrap_or_default()
                    },
                    secret: field.secret,
                    stored: field.secret && given.contains_key(field.name),
                    needed: field.needed,
                    wrong: shown.empty.contains(&field.name),
                })
                .collect(),
            days: if is_shop && !facts.saved { days(DAYS) } else { Vec::new() },
        }),
        no_form: String::new(),
        sends: facts.sends.map(|secret| Sends {
            address: with_token(&w.t("connect-token-place")),
            steps: steps(&w, &format!("connect-{}-hook", facts.source)),
            ours: secret == SecretOf::Ours,
            has_secret: facts.has_secret,
        }),
        import: (is_shop && facts.is_asked()).then(|| ImportView {
            said: heard.import.map(|import| import_said(&w, &import)).unwrap_or_default(),
            progress: heard.import.and_then(|import| import_progress(&import)),
            days: days(DAYS),
        }),
        test: (facts.is_gateway() && facts.is_asked()).then(|| TestView {
            last: None,
            wrong: shown.wrong_number.is_some(),
            number: shown.wrong_number.unwrap_or_default(),
        }),
        result: shown.result,
        saved: facts.saved,
        can_try: facts.saved && connector.is_some(),
        frame: frame.titled(carrier(&w, &facts.source)),
    }
}

/// What was given at the start is not changed by a page: whoever looks for what to fill in is told so.
fn no_form(view: &ConnectionPage, facts: &SourceFacts, gateway: Option<&str>) -> String {
    let w = &view.frame.w;
    match gateway {
        _ if view.form.is_some() => String::new(),
        _ if facts.at_start => w.t("connect-at-start"),
        Some(other) if facts.is_gateway() => w.say("connect-other-gateway", &[("name", carrier(w, other).into())]),
        _ => String::new(),
    }
}

async fn save(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Path(source): Path<String>,
    Checked(form): Checked<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let connector = connector(&app, &source).ok_or_else(Failure::not_found)?;
    let Some(fields) = connector.fields().filter(|_| !connector.set_at_start()) else { return Err(Failure::not_found()) };
    let known = source.clone();
    let stored = ask(&app.engine, move |engine| {
        Ok(engine.connections()?.into_iter().find(|connection| connection.source == known).map(|connection| connection.given))
    })
    .await?;
    let mut given = Given::new();
    for field in fields {
        let written = form.get(field.name).map(|value| value.trim()).unwrap_or_default();
        if written.chars().count() > LONGEST {
            return Err(Failure::form_unreadable());
        }
        // A secret left empty is the one that is stored: it is never shown to be sent back.
        let value = match written {
            "" if field.secret => stored.as_ref().and_then(|stored| stored.get(field.name)).cloned().unwrap_or_default(),
            written => written.to_owned(),
        };
        if !value.is_empty() {
            given.insert(field.name.to_owned(), value);
        }
    }
    let empty: Vec<&'static str> =
        fields.iter().filter(|field| field.needed && !given.contains_key(field.name)).map(|field| field.name).collect();
    if !empty.is_empty() {
        return render(&app, &session, &source, None, Shown { written: form, empty, ..Shown::default() }).await;
    }
    let tried = tried(&app, Arc::clone(&connector), given.clone()).await?;
    let w = words(&app, &session);
    if let Err(error) = &tried
        && stored.is_some()
    {
        // What works is not exchanged for what does not.
        let result = refused(&w, "connect-not-exchanged", error);
        return render(&app, &session, &source, None, Shown { written: form, result: Some(result), ..Shown::default() }).await;
    }
    let (name, first) = (source.clone(), stored.is_none());
    let days = form.get("days").and_then(|days| days.parse::<i64>().ok()).filter(|days| CHOICES.contains(days));
    let reads_back = days.filter(|_| first && connector.kind() == ConnectorKind::Shop);
    let signs = connector.signing_field().and_then(|field| given.get(field).cloned());
    let replaced = replaced_by(&app, connector.as_ref());
    ask(&app.engine, move |engine| {
        engine.save_connection(&name, &given)?;
        if let Some(secret) = signs {
            engine.set_secret(&secret_name(&name), &secret)?;
        }
        for connection in engine.connections()?.iter().filter(|connection| replaced.contains(&connection.source.as_str())) {
            engine.remove_connection(&connection.source)?;
        }
        reads_back.map_or(Ok(()), |days| engine.begin_import(&name, engine.now() - days * DAY))
    })
    .await?;
    match tried {
        Ok(_) => Ok(done(&format!("/connections/{source}"), "connected").into_response()),
        Err(error) => {
            let result = refused(&w, "connect-stored-refused", &error);
            render(&app, &session, &source, None, Shown { result: Some(result), ..Shown::default() }).await
        }
    }
}

/// Text messages leave by one gateway: another that was connected is not any more.
fn replaced_by(app: &App, connector: &dyn Connector) -> Vec<&'static str> {
    let gateway = |kind: ConnectorKind| kind == ConnectorKind::Gateway;
    let others = app.connectors.iter().filter(|other| gateway(other.kind()) && other.source() != connector.source());
    others.map(|other| other.source()).filter(|_| gateway(connector.kind())).collect()
}

#[derive(Debug, Deserialize)]
struct ToMyself {
    #[serde(default)]
    number: String,
}

/// Sends a text message to the number that was typed, by the gateway in force.
async fn message(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Path(source): Path<String>,
    Checked(form): Checked<ToMyself>,
) -> Result<Response, Failure> {
    connector(&app, &source).ok_or_else(Failure::not_found)?;
    let Ok(phone) = Phone::mobile(form.number.trim(), Some(app.engine.settings().country)) else {
        let shown = Shown { wrong_number: Some(form.number), ..Shown::default() };
        return render(&app, &session, &source, None, shown).await;
    };
    if app.engine.sms_gateway_name() != Some(source.as_str()) {
        return Ok(done(&format!("/connections/{source}#message"), "sms-not-yet").into_response());
    }
    app.gate.message_tried().map_err(Failure::too_many)?;
    let text = words(&app, &session).say("sms-test-text", &[("shop", arg(app.engine.shop()))]);
    let here = format!("/connections/{source}");
    let sent = ask(&app.engine, move |engine| {
        let engine = engine.clone();
        // A client that blocks is used outside the runtime's threads.
        let thread = std::thread::Builder::new().name("try-sms".to_owned()).spawn(move || engine.try_sms(&source, &phone, &text));
        let thread = thread.map_err(|error| EngineError::Unavailable(error.to_string()))?;
        thread.join().map_err(|_| EngineError::Unavailable("the try did not come to an end".to_owned()))?
    })
    .await?;
    Ok(done(&format!("{here}#message"), if sent.is_some() { "sms-tried" } else { "sms-not-yet" }).into_response())
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn try_again(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Path(source): Path<String>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, Failure> {
    let connector = connector(&app, &source).ok_or_else(Failure::not_found)?;
    let known = source.clone();
    let given = ask(&app.engine, move |engine| {
        Ok(engine.connections()?.into_iter().find(|connection| connection.source == known).map(|connection| connection.given))
    })
    .await?;
    let Some(given) = given else { return Ok(done(&format!("/connections/{source}"), "connect-first").into_response()) };
    let w = words(&app, &session);
    let result = match tried(&app, connector, given).await? {
        Ok(tried) => answered(&w, &tried),
        Err(error) => refused(&w, "connect-tried-refused", &error),
    };
    render(&app, &session, &source, None, Shown { result: Some(result), ..Shown::default() }).await
}

async fn remove(
    State(app): State<App>,
    Supervisor(_): Supervisor,
    Path(source): Path<String>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, Failure> {
    let name = source.clone();
    ask(&app.engine, move |engine| engine.remove_connection(&name)).await?;
    Ok(done("/connections", "disconnected"))
}

#[derive(Debug, Deserialize)]
struct NewSecret {
    #[serde(default)]
    secret: String,
    #[serde(default)]
    make: String,
}

/// Stores the secret a source signs with; one that is made here is answered with the page itself, since it is shown once.
async fn set_secret(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Path(source): Path<String>,
    Checked(form): Checked<NewSecret>,
) -> Result<Response, Failure> {
    let known = known(&app).into_iter().find(|known| known.source == source);
    let sends = known.and_then(|known| known.sends).ok_or_else(Failure::not_found)?;
    let here = format!("/connections/{source}");
    let makes = !form.make.is_empty() && sends == SecretOf::Ours;
    let value = if makes { secret::random()? } else { form.secret.trim().to_owned() };
    if value.is_empty() || value.chars().count() > LONGEST {
        return Ok(done(&here, "secret-empty").into_response());
    }
    let (name, stored) = (secret_name(&source), value.clone());
    ask(&app.engine, move |engine| engine.set_secret(&name, &stored)).await?;
    if makes {
        return render(&app, &session, &source, None, Shown { new_secret: Some(value), ..Shown::default() }).await;
    }
    Ok(done(&here, "secret-set").into_response())
}

#[derive(Debug, Deserialize)]
struct Back {
    days: i64,
    #[serde(default)]
    back: String,
}

async fn import(
    State(app): State<App>,
    Supervisor(_): Supervisor,
    Path(source): Path<String>,
    Checked(form): Checked<Back>,
) -> Result<Redirect, Failure> {
    let connector = connector(&app, &source).filter(|connector| connector.kind() == ConnectorKind::Shop);
    let connector = connector.ok_or_else(Failure::not_found)?;
    if !CHOICES.contains(&form.days) {
        return Err(Failure::form_unreadable());
    }
    let (name, at_start) = (source.clone(), connector.set_at_start());
    let begun = ask(&app.engine, move |engine| {
        let connected = at_start || engine.connections()?.iter().any(|connection| connection.source == name);
        if connected {
            engine.begin_import(&name, engine.now() - form.days * DAY)?;
        }
        Ok(connected)
    })
    .await?;
    let here = if form.back == "/start" { form.back } else { format!("/connections/{source}") };
    Ok(done(&here, if begun { "import-begun" } else { "connect-first" }))
}

pub(crate) fn connector(app: &App, source: &str) -> Option<Arc<dyn Connector>> {
    app.connectors.iter().find(|connector| connector.source() == source).cloned()
}

/// Really asks, about a parcel under way where there is one.
async fn tried(app: &App, connector: Arc<dyn Connector>, given: Given) -> Result<Result<Tried, PollError>, Failure> {
    ask(&app.engine, move |engine| {
        let plan = engine.plan(connector.source())?;
        // A gateway is asked about no parcel.
        let number = engine.planned_numbers(&plan, 0, 1)?.pop();
        let asks = move || connector.try_it(&given, number.as_deref());
        // A client that blocks is made, used and dropped outside the runtime's threads.
        let thread = std::thread::Builder::new().name("try-connection".to_owned()).spawn(asks);
        let thread = thread.map_err(|error| EngineError::Unavailable(error.to_string()))?;
        thread.join().map_err(|_| EngineError::Unavailable("the try did not come to an end".to_owned()))
    })
    .await
}

fn words(app: &App, session: &Session) -> Words {
    Words::new(app.texts.clone(), session.language(), &app.engine.zone(), app.engine.now())
}

fn answered(w: &Words, tried: &Tried) -> Stands {
    let said = match tried {
        Tried::Orders(count) => w.say("connect-tried-orders", &[("count", arg(*count))]),
        Tried::Parcel { number, scans } => {
            w.say("connect-tried-parcel", &[("number", arg(number.as_str())), ("count", arg(*scans))])
        }
        Tried::Account => w.t("connect-tried-account"),
        Tried::Unasked => w.t("connect-tried-unasked"),
        Tried::NumberUnknown(number) => w.say("connect-tried-unknown", &[("number", arg(number.as_str()))]),
    };
    Stands { class: "kept", said, todo: String::new(), detail: String::new() }
}

fn refused(w: &Words, key: &str, error: &PollError) -> Stands {
    Stands {
        class: "late",
        said: w.say(key, &[("trouble", trouble(w, Some(error.trouble)).into())]),
        todo: todo(w, error.trouble),
        detail: error.to_string(),
    }
}

fn rows(w: &Words, facts: &SourceFacts) -> Vec<(String, String)> {
    let heard = &facts.heard;
    let mut rows = vec![
        (w.t("connections-how"), how(w, facts)),
        (
            w.t(if facts.is_gateway() { "connections-last-receipt" } else { "source-last" }),
            heard.last.map_or_else(|| w.t("never"), |at| w.ago(at)),
        ),
        (w.t("connections-day"), w.count(heard.day)),
        (w.t("connections-week"), w.count(heard.week)),
    ];
    if let Some(at) = heard.asking.as_ref().and_then(|asking| asking.answered_at) {
        rows.push((w.t(if facts.is_gateway() { "connections-last-sent" } else { "connections-answered" }), w.ago(at)));
    }
    if heard.refused > 0 {
        rows.push((w.t("source-refused"), w.count(heard.refused)));
    }
    if heard.unreadable > 0 {
        rows.push((w.t("source-unreadable"), w.count(heard.unreadable)));
    }
    rows
}

/// How an import stands.
pub(crate) fn import_said(w: &Words, import: &Import) -> String {
    let day = |at: i64| w.date(w.day_of(at));
    if let Some(file) = &import.file {
        return match import.done_at {
            Some(_) => {
                w.say("imports-done", &[("count", arg(file.accepted)), ("known", arg(file.known)), ("wrong", arg(file.wrong))])
            }
            None => w.say("import-file-under-way", &[("count", arg(import.orders)), ("of", arg(file.of))]),
        };
    }
    match import.done_at {
        Some(at) => w.say(
            "import-done",
            &[("count", arg(import.orders)), ("from", day(import.from).into()), ("when", w.at_long(at).into())],
        ),
        None if import.orders == 0 => w.say("import-begins", &[("from", day(import.from).into())]),
        None => w.say("import-under-way", &[("count", arg(import.orders)), ("day", day(import.at).into())]),
    }
}

/// How far of a hundred an import is, while it is under way.
pub(crate) fn import_progress(import: &Import) -> Option<u64> {
    if let Some(file) = &import.file {
        return import.done_at.is_none().then(|| import.orders.saturating_mul(100).checked_div(file.of).unwrap_or(0));
    }
    let all = (import.to - import.from).max(1);
    let done = (import.at - import.from).clamp(0, all);
    import.done_at.is_none().then(|| (done.saturating_mul(100) / all).unsigned_abs())
}

fn label(w: &Words, source: &str, field: &str) -> String {
    let field = field.replace('_', "-");
    optional(w, &format!("field-{source}-{field}")).unwrap_or_else(|| w.t(&format!("field-{field}")))
}

fn optional(w: &Words, key: &str) -> Option<String> {
    w.texts.has(w.language, key).then(|| w.t(key))
}

/// `key-1`, `key-2` … as far as there are texts.
fn steps(w: &Words, key: &str) -> Vec<String> {
    (1..).map_while(|step| optional(w, &format!("{key}-{step}"))).collect()
}
