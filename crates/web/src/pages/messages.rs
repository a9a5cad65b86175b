//! Messages: what waits, what is held, what left, each readable exactly as it would go.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Redirect, Response};
use kept_base::MessageId;
use kept_domain::message::MessageState;
use kept_engine::views::{MessageFile, MessageFilter, MessageLine, Page, Pressing};
use serde::Deserialize;

use crate::access::{Agent, Session};
use crate::ask::ask;
use crate::drawing::Markup;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::frame::Frame;
use crate::pages::happened::{LetterView, handled_by, letter_view};
use crate::pages::rows::{MessageRow, guard_reason, message_mark, message_row, sms_words};
use crate::pages::words::{Words, arg};
use crate::pages::{address, done, filled, page, sentence};
use crate::route::{Routes, Who};
use crate::state::App;

/// The list.
#[derive(Debug, Template)]
#[template(path = "messages/list.html")]
pub struct MessagesPage {
    /// Frame.
    pub frame: Frame,
    /// Tabs by state.
    pub tabs: Vec<Tab>,
    /// What this state means, and how many.
    pub intro: String,
    /// Only of this playbook, said.
    pub of_playbook: Option<String>,
    /// Rows.
    pub rows: Vec<MessageRow>,
    /// Some of them can be released.
    pub bulk: bool,
    /// The tab, to come back to.
    pub state: String,
    /// Next page.
    pub next: Option<String>,
}

/// A tab.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Address.
    pub href: String,
    /// Word.
    pub label: String,
    /// How many; empty when not known or none.
    pub count: String,
    /// Open now.
    pub current: bool,
}

/// One message.
#[derive(Debug, Template)]
#[template(path = "messages/page.html")]
pub struct MessagePage {
    /// Frame.
    pub frame: Frame,
    /// Letter with its state.
    pub letter: LetterView,
    /// State.
    pub mark: Markup,
    /// From, with address.
    pub from: String,
    /// To, with address.
    pub to: String,
    /// Why it is as it is.
    pub reasons: Vec<String>,
    /// Its promise: address and sentence.
    pub promise: (String, String),
    /// What became of it.
    pub fate: Vec<String>,
    /// Nobody knows whether it left.
    pub unknown: bool,
    /// Its letter has an HTML part.
    pub has_html: bool,
    /// What it costs as a text message; `None` by mail.
    pub sms: Option<String>,
}

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/messages", Who::Agent, list)
        .get("/messages/{id}", Who::Agent, show)
        .get("/messages/{id}/html", Who::Agent, html)
        .post("/messages/release", Who::Agent, release_many)
        .post("/messages/{id}/release", Who::Agent, release_one)
        .post("/messages/{id}/drop", Who::Agent, drop_one)
        .post("/messages/{id}/resolution", Who::Agent, resolve)
}

/// The page of a list; `letters` are the texts of its rows, in their order.
pub fn list_view(
    frame: Frame,
    pressing: &Pressing,
    asked: &MessagesAsked,
    found: &Page<MessageLine>,
    letters: Vec<Option<String>>,
) -> MessagesPage {
    let w = frame.w.clone();
    let state = asked.state();
    let playbook = filled(asked.playbook.as_ref());
    let tabs = TABS
        .into_iter()
        .map(|tab| {
            let count = match tab {
                MessageState::Waiting => pressing.waiting,
                MessageState::Held => pressing.held,
                MessageState::Unknown => pressing.unknown,
                _ if tab == state => found.total,
                _ => 0,
            };
            Tab {
                href: address("/messages", &[("state", tab.word()), ("playbook", playbook.unwrap_or_default())]),
                label: w.word("tab", tab.word()),
                count: if count == 0 { String::new() } else { w.count_or_many(count) },
                current: tab == state,
            }
        })
        .collect();
    let rows: Vec<MessageRow> = found
        .rows
        .iter()
        .zip(letters.into_iter().chain(std::iter::repeat_with(|| None)))
        .map(|(line, text)| message_row(&w, line, text))
        .collect();
    MessagesPage {
        tabs,
        intro: w.say(&format!("messages-intro-{}", state.word()), &[("count", arg(found.total))]),
        of_playbook: playbook.map(|playbook| w.say("messages-of-playbook", &[("playbook", w.word("playbook", playbook).into())])),
        bulk: rows.iter().any(|row| row.pickable),
        rows,
        state: state.word().to_owned(),
        next: found.next.as_deref().map(|next| {
            address("/messages", &[("state", state.word()), ("playbook", playbook.unwrap_or_default()), ("after", next)])
        }),
        frame: frame.titled(w.t("nav-messages")).live(),
    }
}

/// The page of a message; `promise` is the sentence of its promise.
pub fn view(frame: Frame, file: &MessageFile, promise: String) -> MessagePage {
    let w = frame.w.clone();
    let message = &file.line.message;
    let letter = file.letter.as_ref();
    let mut reasons: Vec<String> = message.reasons.iter().map(|reason| guard_reason(&w, reason)).collect();
    if let Some(until) = message.held_until.filter(|_| message.state == MessageState::Held) {
        reasons.push(w.say("held-until", &[("when", w.at(until).into())]));
    }
    let title = letter.map_or_else(|| w.t("letter-erased"), |letter| letter.subject.clone());
    MessagePage {
        mark: message_mark(&w, message.state),
        from: letter.map(|letter| with_address(&letter.from_name, &letter.from_address)).unwrap_or_default(),
        to: letter.map(|letter| with_address(&letter.to_name, &letter.to_address)).unwrap_or_default(),
        sms: sms_words(&w, &file.line),
        reasons,
        promise: (format!("/promises/{}", message.promise), promise),
        fate: fate(&w, file),
        unknown: message.state == MessageState::Unknown,
        has_html: letter.is_some_and(|letter| !letter.html.is_empty()),
        letter: letter_view(&w, file),
        frame: frame.titled(title),
    }
}

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct MessagesAsked {
    /// A state's word; waiting unless said.
    pub state: Option<String>,
    /// Only of this playbook.
    pub playbook: Option<String>,
    /// Start after.
    pub after: Option<String>,
    /// What was done before.
    pub done: Option<String>,
}

impl MessagesAsked {
    fn state(&self) -> MessageState {
        filled(self.state.as_ref()).and_then(MessageState::from_word).unwrap_or(MessageState::Waiting)
    }
}

const TABS: [MessageState; 9] = [
    MessageState::Waiting,
    MessageState::Held,
    MessageState::Unknown,
    MessageState::Shadow,
    MessageState::Queued,
    MessageState::Retry,
    MessageState::Accepted,
    MessageState::Refused,
    MessageState::Dropped,
];

/// What a letter may load and do when it is looked at: its own inline style, nothing else, and no script.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox";

async fn list(State(app): State<App>, Agent(session): Agent, Query(asked): Query<MessagesAsked>) -> Result<Response, Failure> {
    let filter = MessageFilter {
        state: Some(asked.state()),
        playbook: filled(asked.playbook.as_ref()).map(str::to_owned),
        after: filled(asked.after.as_ref()).map(str::to_owned),
        limit: None,
    };
    let (frame, facts, (found, letters)) = Frame::with(&app, &session, "/messages", move |engine| {
        let found = engine.messages(&filter)?;
        let letters = found
            .rows
            .iter()
            .map(|line| Ok(engine.message(line.message.id)?.and_then(|file| file.letter).map(|letter| letter.text)));
        let letters = letters.collect::<Result<Vec<_>, _>>()?;
        Ok((found, letters))
    })
    .await?;
    page(&list_view(frame.noticed(asked.done.as_deref()), &facts.pressing, &asked, &found, letters))
}

async fn show(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Query(asked): Query<MessagesAsked>,
) -> Result<Response, Failure> {
    let id = parse(&id)?;
    let (frame, _, found) = Frame::with(&app, &session, "/messages", move |engine| {
        let Some(file) = engine.message(id)? else { return Ok(None) };
        let promise = engine.promise(file.line.message.promise)?;
        Ok(Some((file, promise)))
    })
    .await?;
    let (file, promise) = found.ok_or_else(Failure::not_found)?;
    let sentence = promise.map(|promise| sentence::full(&frame.w, &promise.line)).unwrap_or_default();
    page(&view(frame.noticed(asked.done.as_deref()), &file, sentence))
}

async fn html(State(app): State<App>, Agent(_): Agent, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = parse(&id)?;
    let file = ask(&app.engine, move |engine| engine.message(id)).await?.ok_or_else(Failure::not_found)?;
    let letter = file.letter.ok_or_else(Failure::not_found)?;
    Ok(([(CONTENT_SECURITY_POLICY, LETTER_POLICY)], Html(letter.html)).into_response())
}

#[derive(Debug, Deserialize)]
struct Many {
    #[serde(default)]
    id: Vec<String>,
    #[serde(default)]
    state: String,
    #[serde(default)]
    act: String,
}

async fn release_many(State(app): State<App>, Agent(session): Agent, Checked(form): Checked<Many>) -> Result<Redirect, Failure> {
    let ids: Vec<MessageId> = form.id.iter().map(|id| parse(id)).collect::<Result<_, _>>()?;
    let back = address("/messages", &[("state", MessageState::from_word(&form.state).unwrap_or(MessageState::Waiting).word())]);
    if ids.is_empty() {
        return Ok(done(&back, "none-picked"));
    }
    let drop = form.act == "drop";
    let by = session.user.name;
    ask(
        &app.engine,
        move |engine| if drop { engine.drop_messages(&ids, &by, "by-hand") } else { engine.release_messages(&ids, &by) },
    )
    .await?;
    Ok(done(&back, if drop { "dropped" } else { "released" }))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn release_one(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, Failure> {
    let id = parse(&id)?;
    let released = ask(&app.engine, move |engine| engine.release_messages(&[id], &session.user.name)).await?;
    Ok(done(&format!("/messages/{id}"), if released > 0 { "released" } else { "not-taken" }))
}

#[derive(Debug, Deserialize)]
struct Dropping {
    #[serde(default)]
    reason: String,
}

async fn drop_one(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Checked(form): Checked<Dropping>,
) -> Result<Redirect, Failure> {
    let id = parse(&id)?;
    let dropped = ask(&app.engine, move |engine| engine.drop_messages(&[id], &session.user.name, form.reason.trim())).await?;
    Ok(done(&format!("/messages/{id}"), if dropped > 0 { "dropped" } else { "not-taken" }))
}

#[derive(Debug, Deserialize)]
struct Resolution {
    to: String,
}

async fn resolve(
    State(app): State<App>,
    Agent(session): Agent,
    Path(id): Path<String>,
    Checked(form): Checked<Resolution>,
) -> Result<Redirect, Failure> {
    let id = parse(&id)?;
    let to = MessageState::from_word(&form.to)
        .filter(|state| matches!(state, MessageState::Accepted | MessageState::Queued))
        .ok_or_else(Failure::form_unreadable)?;
    let Session { user, .. } = session;
    ask(&app.engine, move |engine| engine.resolve_unknown(id, to, &user.name)).await?;
    Ok(done(&format!("/messages/{id}"), "resolved"))
}

/// Whom a text message comes from is its gateway's setting: then there is a name alone.
fn with_address(name: &str, address: &str) -> String {
    if address.is_empty() { name.to_owned() } else { format!("{name} <{address}>") }
}

fn parse(id: &str) -> Result<MessageId, Failure> {
    id.parse().map_err(|_| Failure::not_found())
}

fn fate(w: &Words, file: &MessageFile) -> Vec<String> {
    let message = &file.line.message;
    let mut out = vec![w.say(
        "fate-decided",
        &[
            ("when", w.at_long(message.decided_at).into()),
            ("playbook", w.word("playbook", &message.playbook).into()),
            ("signal", w.word("signal", message.signal_kind.word()).to_lowercase().into()),
        ],
    )];
    if let Some(by) = &message.handled_by {
        out.push(w.say("fate-handled", &[("name", handled_by(w, by).into())]));
    }
    if message.attempts > 0 {
        out.push(w.say("fate-attempts", &[("count", arg(message.attempts))]));
    }
    if let Some(at) = message.settled_at {
        out.push(w.say(
            "fate-settled",
            &[("state", w.word("message", message.state.word()).to_lowercase().into()), ("when", w.at_long(at).into())],
        ));
    }
    if let Some(reply) = &message.reply {
        out.push(w.say("fate-reply", &[("reply", arg(reply.as_str()))]));
    }
    if let Some(receipt) = &message.receipt {
        let key = if receipt.delivered { "fate-delivered" } else { "fate-undelivered" };
        out.push(w.say(key, &[("when", w.at_long(receipt.at).into()), ("code", arg(receipt.code.as_str()))]));
    }
    if let Some(next) = message.next_word_at {
        out.push(w.say("fate-next-word", &[("when", w.at_long(next).into())]));
    }
    out
}
