//! Playbooks: plain switches, each with its record on the shop's own data.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use kept_domain::message::Mode;
use kept_domain::promise::SignalKind;
use kept_engine::views::PlaybookLine;
use kept_engine::{TellerLine, WarningCurve};
use serde::Deserialize;

use crate::access::{Agent, Supervisor};
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::connections::known;
use crate::pages::foresight::{self, CurveView};
use crate::pages::frame::Frame;
use crate::pages::words::{Words, arg};
use crate::pages::{address, done, notices, page};
use crate::route::{Routes, Who};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "playbooks/page.html")]
pub struct PlaybooksPage {
    /// Frame.
    pub frame: Frame,
    /// Switches.
    pub playbooks: Vec<Switch>,
}

/// A playbook's switch.
#[derive(Clone, Debug)]
pub struct Switch {
    /// Name in the packs.
    pub name: String,
    /// What it does.
    pub title: String,
    /// How it decides.
    pub explanation: String,
    /// What it answers, and to whom it writes.
    pub on: String,
    /// It says something: that can be tried on the past.
    pub says: bool,
    /// Its record so far, in a sentence.
    pub record: String,
    /// Counts that open the messages under them: address, word.
    pub links: Vec<(String, String)>,
    /// Modes: word, label, chosen.
    pub modes: Vec<(&'static str, String, bool)>,
    /// What its mode means.
    pub means: String,
    /// Who tells the same by itself, or usually does.
    pub beside: Vec<String>,
    /// What each rule would have brought on the own past, where this is the playbook that warns.
    pub curve: Option<CurveView>,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/playbooks", Who::Agent, show).post("/playbooks/{name}/mode", Who::Supervisor, switch)
}

/// The page of these playbooks.
pub fn view(frame: Frame, playbooks: &[PlaybookLine], curve: Option<&WarningCurve>, tellers: &[TellerLine]) -> PlaybooksPage {
    let w = frame.w.clone();
    PlaybooksPage {
        playbooks: playbooks.iter().map(|line| switch_of(&w, line, curve, tellers)).collect(),
        frame: frame.titled(w.t("nav-playbooks")).live(),
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(State(app): State<App>, Agent(session): Agent, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let known = known(&app);
    let (frame, _, (playbooks, curve, tellers)) = Frame::with(&app, &session, "/playbooks", move |engine| {
        Ok((engine.playbooks()?, engine.warning_curve(), notices::tellers(engine, &known)?))
    })
    .await?;
    page(&view(frame.noticed(asked.done.as_deref()), &playbooks, curve.as_ref(), &tellers))
}

#[derive(Debug, Deserialize)]
struct NewMode {
    mode: String,
    /// The page it was switched from.
    #[serde(default)]
    back: String,
}

async fn switch(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Path(name): Path<String>,
    Checked(form): Checked<NewMode>,
) -> Result<Redirect, Failure> {
    let mode = Mode::from_word(&form.mode).ok_or_else(Failure::form_unreadable)?;
    ask(&app.engine, move |engine| engine.switch_playbook(&name, mode, &session.user.name)).await?;
    Ok(done(if form.back == "/start" { "/start#approve" } else { "/playbooks" }, "switched"))
}

pub(crate) fn switch_of(w: &Words, line: &PlaybookLine, curve: Option<&WarningCurve>, tellers: &[TellerLine]) -> Switch {
    let warns = line.to_customer && line.on.contains(&SignalKind::AtRisk);
    let in_language =
        |texts: &std::collections::BTreeMap<String, String>| texts.get(w.language.tag()).cloned().unwrap_or_default();
    let record = line.record;
    let signals: Vec<String> = line.on.iter().map(|signal| w.word("signal", signal.word()).to_lowercase()).collect();
    let signals = ("signals", w.list(&signals).into());
    let on = match line.errand {
        Some(kind) => w.say("playbook-on-errand", &[signals, ("what", w.uncapital(&w.word("errand", kind.word())).into())]),
        None => {
            let to = w.t(if line.to_customer { "playbook-to-customer" } else { "playbook-to-operations" });
            w.say("playbook-on", &[signals, ("to", to.into())])
        }
    };
    let channels: Vec<String> = line.channels.iter().map(|channel| w.word("by-channel", channel.word())).collect();
    let on = match channels.len() {
        0 | 1 => on,
        _ => format!("{on} · {}", w.say("playbook-by-channels", &[("channels", channels.join(", ").into())])),
    };
    let said = if line.errand.is_some() {
        w.t("playbook-record-errand")
    } else if record.decided == 0 {
        w.t("playbook-no-record")
    } else {
        w.say(
            if line.mode == Mode::Shadow { "playbook-record-shadow" } else { "playbook-record" },
            &[
                ("decided", arg(record.decided)),
                ("late", arg(record.then_late)),
                ("kept", arg(record.then_kept)),
                ("open", arg(record.still_open)),
            ],
        )
    };
    let states = [
        ("shadow", record.shadow),
        ("waiting", record.waiting),
        ("held", record.held),
        ("accepted", record.accepted),
        ("refused", record.failed),
    ];
    Switch {
        curve: curve.filter(|_| warns).map(|curve| foresight::curve(w, curve)),
        explanation: in_language(&line.explanation),
        on,
        says: line.errand.is_none(),
        record: said,
        links: states
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(state, count)| {
                let href = address("/messages", &[("state", state), ("playbook", &line.name)]);
                (href, w.say(&format!("record-{state}"), &[("count", arg(count))]))
            })
            .collect(),
        modes: Mode::ALL.into_iter().map(|mode| (mode.word(), w.word("mode", mode.word()), mode == line.mode)).collect(),
        means: w.t(&format!("mode-{}-said", line.mode.word())),
        name: line.name.clone(),
        title: title_of(w, line),
        beside: notices::beside(w, line, tellers),
    }
}

/// What a playbook does, in the reader's language.
pub(crate) fn title_of(w: &Words, line: &PlaybookLine) -> String {
    let title = line.title.get(w.language.tag()).filter(|title| !title.is_empty());
    title.cloned().unwrap_or_else(|| w.word("playbook", &line.name))
}
