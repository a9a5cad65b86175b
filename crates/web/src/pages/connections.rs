//! Connections: every source with its health, and what can be connected.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use kept_engine::ports::{Connector, ConnectorKind, Inbound, SecretOf, Trouble, Verification};
use kept_engine::views::Health;
use kept_engine::{Engine, EngineError, SourceHeard};
use serde::Deserialize;

use crate::access::Supervisor;
use crate::api::inbound::secret_name;
use crate::failure::Failure;
use crate::pages::frame::Frame;
use crate::pages::page;
use crate::pages::rows::carrier;
use crate::pages::words::{Words, arg};
use crate::route::{Routes, Who};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "connections/list.html")]
pub struct ConnectionsPage {
    /// Frame.
    pub frame: Frame,
    /// How many, and how they are.
    pub intro: String,
    /// Sources that are connected or were heard of.
    pub sources: Vec<ConnectionRow>,
    /// The way out for letters.
    pub mail: MailRow,
    /// What is not connected yet: kind, and address with name.
    pub others: Vec<(String, Vec<(String, String)>)>,
}

/// A source that is connected.
#[derive(Clone, Debug)]
pub struct ConnectionRow {
    /// Address of its page.
    pub href: String,
    /// Name, said.
    pub name: String,
    /// How it is connected.
    pub how: String,
    /// Last heard.
    pub last: String,
    /// Deliveries of the last day and of the last seven.
    pub lately: String,
    /// How it is.
    pub stands: Stands,
}

/// The way out for letters.
#[derive(Clone, Debug)]
pub struct MailRow {
    /// What it is.
    pub how: String,
    /// What waits to leave.
    pub waiting: String,
    /// How it is.
    pub stands: Stands,
}

/// How a connection is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Class of the colour; the words say the same.
    pub class: &'static str,
    /// In a few words.
    pub said: String,
    /// What to do; empty when nothing.
    pub todo: String,
    /// The program's own words and the partner's, for whoever must look closer; empty when there are none.
    pub detail: String,
}

/// A source as this installation has it.
#[derive(Clone, Debug, Default)]
pub struct SourceFacts {
    /// The name.
    pub source: String,
    /// What it is, where it can be connected from a page.
    pub kind: Option<ConnectorKind>,
    /// It can be asked.
    pub askable: bool,
    /// It was set up where Kept was started.
    pub at_start: bool,
    /// It was connected on a page.
    pub saved: bool,
    /// Whose secret signs what it sends; `None`: it sends nothing.
    pub sends: Option<SecretOf>,
    /// A signing secret is stored.
    pub has_secret: bool,
    /// What was heard of it.
    pub heard: SourceHeard,
}

impl SourceFacts {
    /// It is connected, or was heard of.
    pub fn is_there(&self) -> bool {
        self.at_start || self.saved || self.has_secret || self.heard.last.is_some() || self.heard.import.is_some()
    }

    /// Text messages leave by it.
    pub fn is_gateway(&self) -> bool {
        self.kind == Some(ConnectorKind::Gateway)
    }

    /// It is asked.
    pub fn is_asked(&self) -> bool {
        self.at_start || self.saved
    }
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/connections", Who::Supervisor, show)
}

/// What sources there can be: name, kind, whether they are asked, were set at the start, and whose secret signs.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) source: &'static str,
    pub(crate) kind: Option<ConnectorKind>,
    pub(crate) askable: bool,
    pub(crate) at_start: bool,
    pub(crate) sends: Option<SecretOf>,
}

pub(crate) fn known(app: &App) -> Vec<Known> {
    // Whoever signs refuses what nobody signed; the others define no signature.
    let signs = |inbound: &dyn Inbound| inbound.verify(&|_| None, b"", "secret") != Verification::NotDefined;
    let mut all: Vec<Known> = app.connectors.iter().map(|connector| of_connector(connector.as_ref())).collect();
    for inbound in app.inbounds.iter() {
        if all.iter().all(|known| known.source != inbound.source()) {
            let sends = signs(inbound.as_ref()).then_some(SecretOf::Theirs);
            all.push(Known { source: inbound.source(), kind: None, askable: false, at_start: false, sends });
        }
    }
    all
}

fn of_connector(connector: &dyn Connector) -> Known {
    Known {
        source: connector.source(),
        kind: Some(connector.kind()),
        askable: connector.fields().is_some(),
        at_start: connector.set_at_start(),
        sends: connector.sends(),
    }
}

/// What was set up on pages: in two looks, however many sources there can be.
pub(crate) struct SetUp {
    saved: Vec<String>,
    secrets: Vec<String>,
}

impl SetUp {
    /// Reads it. Blocking.
    pub(crate) fn read(engine: &Engine) -> Result<SetUp, EngineError> {
        Ok(SetUp {
            saved: engine.connections()?.into_iter().map(|connection| connection.source).collect(),
            secrets: engine.secret_names(&secret_name(""))?,
        })
    }

    /// A source was connected.
    pub(crate) fn is_saved(&self, source: &str) -> bool {
        self.saved.iter().any(|saved| saved == source)
    }

    /// A signing secret of a source is stored.
    pub(crate) fn has_secret(&self, source: &str) -> bool {
        self.secrets.contains(&secret_name(source))
    }
}

/// Reads what stands about each source. Blocking.
pub(crate) fn read(engine: &Engine, known: &[Known]) -> Result<Vec<SourceFacts>, EngineError> {
    let mut heard = engine.sources_heard()?;
    let set_up = SetUp::read(engine)?;
    let mut all = Vec::new();
    for source in known {
        all.push(SourceFacts {
            source: source.source.to_owned(),
            kind: source.kind,
            askable: source.askable,
            at_start: source.at_start,
            saved: set_up.is_saved(source.source),
            sends: source.sends,
            has_secret: set_up.has_secret(source.source),
            heard: heard.remove(source.source).unwrap_or_default(),
        });
    }
    // The shop's own facts, files, and sources that this program no longer reads.
    all.extend(heard.into_iter().map(|(source, heard)| SourceFacts { source, heard, ..SourceFacts::default() }));
    Ok(all)
}

/// The page of these sources.
pub fn view(frame: Frame, sources: &[SourceFacts], health: &Health) -> ConnectionsPage {
    let w = frame.w.clone();
    let there: Vec<&SourceFacts> = sources.iter().filter(|source| source.is_there()).collect();
    let rows: Vec<ConnectionRow> = there.iter().map(|source| connection_row(&w, source)).collect();
    let bad = rows.iter().filter(|row| row.stands.class != "kept" && row.stands.class != "muted").count();
    let mut others: BTreeMap<ConnectorKind, Vec<(String, String)>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.is_there()) {
        if let Some(kind) = source.kind {
            others.entry(kind).or_default().push((format!("/connections/{}", source.source), carrier(&w, &source.source)));
        }
    }
    ConnectionsPage {
        intro: w.say("connections-intro", &[("count", arg(rows.len())), ("bad", arg(bad))]),
        sources: rows,
        mail: mail_row(&w, health),
        others: others.into_iter().map(|(kind, names)| (w.word("connections-kind", kind.word()), names)).collect(),
        frame: frame.titled(w.t("nav-connections")).live(),
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(State(app): State<App>, Supervisor(session): Supervisor, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let known = known(&app);
    let (frame, facts, sources) = Frame::with(&app, &session, "/connections", move |engine| read(engine, &known)).await?;
    page(&view(frame.noticed(asked.done.as_deref()), &sources, &facts.health))
}

fn connection_row(w: &Words, source: &SourceFacts) -> ConnectionRow {
    ConnectionRow {
        href: format!("/connections/{}", source.source),
        name: carrier(w, &source.source),
        how: how(w, source),
        last: source.heard.last.map_or_else(|| w.t("never"), |at| w.ago(at)),
        lately: w.say("connections-lately", &[("day", arg(source.heard.day)), ("week", arg(source.heard.week))]),
        stands: stands(w, source),
    }
}

/// How a source is connected.
pub(crate) fn how(w: &Words, source: &SourceFacts) -> String {
    let mut parts = Vec::new();
    if source.is_gateway() && source.is_asked() {
        parts.push(w.t("connections-leaves"));
    } else if source.is_asked() {
        let every = source.heard.asking.as_ref().map(|asking| asking.every_seconds).filter(|seconds| *seconds > 0);
        parts.push(match every {
            Some(seconds) if seconds >= 60 => w.say("connections-asked-every", &[("minutes", arg(seconds / 60))]),
            _ => w.t("connections-asked"),
        });
    }
    if source.has_secret || ((source.heard.last.is_some() || source.heard.import.is_some()) && !source.is_asked()) {
        parts.push(w.t(if source.has_secret { "connections-sends" } else { "connections-hands-in" }));
    }
    if source.at_start {
        parts.push(w.t("connections-at-start"));
    }
    if parts.is_empty() { w.t("connections-not") } else { parts.join(" · ") }
}

/// What kind of trouble something is, said; what was kept before kinds were is only said to be trouble.
pub(crate) fn trouble(w: &Words, trouble: Option<Trouble>) -> String {
    w.word("trouble", trouble.unwrap_or(Trouble::Other).word())
}

/// What to do about it.
pub(crate) fn todo(w: &Words, trouble: Trouble) -> String {
    w.t(&format!("trouble-{}-do", trouble.word().replace('_', "-")))
}

/// How a source is, the worst first.
pub(crate) fn stands(w: &Words, source: &SourceFacts) -> Stands {
    let heard = &source.heard;
    let plain = |class, key: &str| Stands { class, said: w.t(key), todo: String::new(), detail: String::new() };
    if let Some(failed) = heard.asking.as_ref().filter(|asking| asking.is_failing()).and_then(|asking| asking.failed.as_ref()) {
        return Stands {
            class: "late",
            said: w.say(
                "connections-failing",
                &[("trouble", trouble(w, Some(failed.trouble)).into()), ("when", w.ago(failed.at).into())],
            ),
            todo: todo(w, failed.trouble),
            detail: failed.said.clone(),
        };
    }
    if heard.is_unanswered(w.now) {
        return Stands { todo: w.t("connections-unanswered-do"), ..plain("risk", "connections-unanswered") };
    }
    if let Some(pause) = heard.silent_beyond.filter(|_| !source.is_gateway() && (source.has_secret || source.is_asked())) {
        let said = w.say(
            "connections-silent",
            &[("since", heard.last.map(|at| w.ago(at)).unwrap_or_default().into()), ("pause", w.hours(hours(pause)).into())],
        );
        return Stands { class: "risk", said, todo: w.t("connections-silent-do"), detail: String::new() };
    }
    const LATELY: i64 = 7 * 86_400_000;
    if let Some((at, kind, said)) = heard.last_error.as_ref().filter(|(at, ..)| w.now - at < LATELY) {
        return Stands {
            class: "risk",
            said: w.say(
                "connections-unread",
                &[("trouble", trouble(w, *kind).into()), ("when", w.ago(*at).into()), ("count", arg(heard.unreadable))],
            ),
            todo: w.t("connections-unread-do"),
            detail: said.clone(),
        };
    }
    if heard.last.is_some()
        || heard.import.is_some_and(|import| import.file.is_some())
        || heard.asking.as_ref().is_some_and(|asking| asking.answered_at.is_some())
    {
        return plain("kept", "connections-good");
    }
    if source.is_there() { plain("muted", "connections-quiet") } else { plain("muted", "connections-not") }
}

#[expect(clippy::cast_precision_loss, reason = "a pause is said in hours")]
fn hours(millis: i64) -> f64 {
    millis as f64 / 3_600_000.0
}

fn mail_row(w: &Words, health: &Health) -> MailRow {
    let stands = if health.outbound == "drawer" {
        Stands { class: "risk", said: w.t("connections-mail-none"), todo: w.t("connections-mail-none-do"), detail: String::new() }
    } else {
        Stands { class: "kept", said: w.t("connections-mail-good"), todo: String::new(), detail: String::new() }
    };
    MailRow {
        how: w.word("outbound", &health.outbound),
        waiting: w.say("connections-mail-waiting", &[("count", arg(health.outbox_pending))]),
        stands,
    }
}
