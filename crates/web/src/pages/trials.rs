//! Trials: the question. Which playbooks, or which text that is saved nowhere, in which mode, over which days; and the runs so far.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use kept_domain::definition::PackError;
use kept_domain::message::Mode;
use kept_engine::Engine;
use kept_engine::trial::{RunState, TrialAsked, TrialRun, Tried};
use kept_engine::views::PlaybookLine;
use serde::Deserialize;

use crate::access::Supervisor;
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::frame::Frame;
use crate::pages::words::{Words, arg};
use crate::pages::{filled, page};
use crate::route::{Routes, Who};
use crate::state::App;

/// Days a trial reaches back unless said.
const DAYS: i64 = 90;
/// Characters of a draft.
const LONGEST_DRAFT: usize = 20_000;

/// The page.
#[derive(Debug, Template)]
#[template(path = "trials/ask.html")]
pub struct TrialsPage {
    /// Frame.
    pub frame: Frame,
    /// Playbooks in force: name, title, chosen.
    pub playbooks: Vec<(String, String, bool)>,
    /// The draft's text.
    pub draft: String,
    /// What is wrong with the draft, or that it is right; nothing when there is none.
    pub check: Option<Check>,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Modes: word, label, chosen, what it means.
    pub modes: Vec<(&'static str, String, bool, String)>,
    /// What is wrong with the question.
    pub wrong: Option<String>,
    /// Runs of this process: address, what, how it stands.
    pub runs: Vec<(String, String, String)>,
}

/// The check of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// It can be tried.
    pub good: bool,
    /// In a sentence.
    pub said: String,
    /// The line, its number and its text.
    pub line: Option<(usize, String)>,
    /// What to do.
    pub hint: Option<String>,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/trials", Who::Supervisor, show).post("/trials", Who::Supervisor, start).post(
        "/trials/draft",
        Who::Supervisor,
        check,
    )
}

/// What the form says, and what it is filled with.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Question {
    /// Playbooks in force.
    #[serde(default)]
    pub playbook: Vec<String>,
    /// The text of a draft; when there is one, it is what is tried.
    #[serde(default)]
    pub draft: String,
    /// First day.
    #[serde(default)]
    pub from: String,
    /// Last day.
    #[serde(default)]
    pub to: String,
    /// Mode.
    #[serde(default)]
    pub mode: String,
}

/// What the address of an empty form can say.
#[derive(Clone, Debug, Default, Deserialize)]
struct Begun {
    playbook: Option<String>,
    /// Begin a draft with the text of this playbook.
    draft: Option<String>,
}

impl Question {
    fn has_draft(&self) -> bool {
        !self.draft.trim().is_empty()
    }

    /// What is asked, by the shop's days; `None` when a day is missing or is none.
    fn asked(&self, zone: &str) -> Option<TrialAsked> {
        let zone = kept_base::moment::zone_named(zone).ok()?;
        let start = |day: Date| Some(kept_base::millis(day.to_zoned(zone.clone()).ok()?.timestamp()));
        let (from, to): (Date, Date) = (self.from.trim().parse().ok()?, self.to.trim().parse().ok()?);
        let what =
            if self.has_draft() { Tried::Draft(self.draft.replace("\r\n", "\n")) } else { Tried::InForce(self.playbook.clone()) };
        Some(TrialAsked { what, mode: self.mode(), from: start(from)?, before: start(to.tomorrow().ok()?)? })
    }

    fn mode(&self) -> Mode {
        Mode::from_word(&self.mode).filter(|mode| *mode != Mode::Off).unwrap_or(Mode::Automatic)
    }
}

/// The page with a question as it stands.
pub fn view(
    frame: Frame,
    question: &Question,
    playbooks: &[PlaybookLine],
    check: Option<Check>,
    wrong: Option<String>,
    runs: &[TrialRun],
) -> TrialsPage {
    let w = frame.w.clone();
    let chosen = question.mode();
    let title = |line: &PlaybookLine| line.title.get(w.language.tag()).cloned().unwrap_or_else(|| line.name.clone());
    let day = |given: &str, days: i64| match given.trim() {
        "" => w.day_of(w.now).saturating_sub(jiff::Span::new().days(days)).to_string(),
        given => given.to_owned(),
    };
    TrialsPage {
        playbooks: playbooks
            .iter()
            .map(|line| (line.name.clone(), title(line), question.playbook.contains(&line.name)))
            .collect(),
        draft: question.draft.clone(),
        check,
        from: day(&question.from, DAYS),
        to: day(&question.to, 0),
        modes: [Mode::Automatic, Mode::Approve, Mode::Shadow]
            .into_iter()
            .map(|mode| (mode.word(), w.word("mode", mode.word()), mode == chosen, w.t(&format!("trial-mode-{}", mode.word()))))
            .collect(),
        wrong,
        runs: runs.iter().map(|run| (format!("/trials/{}", run.id.text()), what(&w, &run.asked), stands(&w, run))).collect(),
        frame: frame.titled(w.t("trials-title")),
    }
}

async fn show(State(app): State<App>, Supervisor(session): Supervisor, Query(begun): Query<Begun>) -> Result<Response, Failure> {
    let draft = filled(begun.draft.as_ref()).map(str::to_owned);
    let (frame, _, (playbooks, draft)) = Frame::with(&app, &session, "/playbooks", move |engine| {
        Ok((engine.playbooks()?, draft.and_then(|name| engine.playbook_text(&name)).unwrap_or_default()))
    })
    .await?;
    let question = Question {
        playbook: filled(begun.playbook.as_ref()).map(str::to_owned).into_iter().collect(),
        draft,
        ..Question::default()
    };
    page(&view(frame, &question, &playbooks, None, None, &app.trials.all()))
}

/// The same page again, with what the text of the draft is worth.
async fn check(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Checked(question): Checked<Question>,
) -> Result<Response, Failure> {
    again(&app, &session, question, None).await
}

async fn start(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Checked(question): Checked<Question>,
) -> Result<Response, Failure> {
    if !question.has_draft() && question.playbook.is_empty() {
        return again(&app, &session, question, Some("trial-wrong-nothing")).await;
    }
    let given = question.clone();
    let (runs, by) = (app.trials.clone(), session.user.name.clone());
    let started = ask(&app.engine, move |engine| {
        let Some(asked) = given.asked(&engine.zone()) else { return Ok(Err("trial-wrong-days")) };
        if asked.before <= asked.from {
            return Ok(Err("trial-wrong-order"));
        }
        if given.has_draft() && (given.draft.len() > LONGEST_DRAFT || engine.check_draft(&given.draft).is_err()) {
            return Ok(Err("trial-wrong-draft"));
        }
        match runs.start(engine, asked, &by) {
            Ok(id) => Ok(Ok(id)),
            Err(kept_engine::EngineError::Conflict(_)) => Ok(Err("trial-wrong-busy")),
            Err(error) => Err(error),
        }
    })
    .await?;
    match started {
        Ok(id) => Ok(Redirect::to(&format!("/trials/{}", id.text())).into_response()),
        Err(wrong) => again(&app, &session, question, Some(wrong)).await,
    }
}

async fn again(
    app: &App,
    session: &crate::access::Session,
    question: Question,
    wrong: Option<&'static str>,
) -> Result<Response, Failure> {
    let draft = question.draft.clone();
    let (frame, _, (playbooks, checked)) = Frame::with(app, session, "/playbooks", move |engine| {
        Ok((engine.playbooks()?, if draft.trim().is_empty() { None } else { Some(checked(engine, &draft)) }))
    })
    .await?;
    let check = checked.map(|checked| said(&frame.w, &question.draft, checked));
    let wrong = wrong.map(|key| frame.w.t(key));
    page(&view(frame, &question, &playbooks, check, wrong, &app.trials.all()))
}

fn checked(engine: &Engine, draft: &str) -> Result<Vec<String>, PackError> {
    if draft.len() > LONGEST_DRAFT {
        return Err(PackError::at("draft", draft, None, format!("a draft has at most {LONGEST_DRAFT} characters")));
    }
    engine.check_draft(draft)
}

fn said(w: &Words, draft: &str, checked: Result<Vec<String>, PackError>) -> Check {
    match checked {
        Ok(names) => {
            let said = w.say("trial-draft-good", &[("names", w.list(&names).into()), ("count", arg(names.len() as u64))]);
            Check { good: true, said, line: None, hint: None }
        }
        Err(error) => Check {
            good: false,
            said: error.message,
            line: error.line.map(|line| (line, draft.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned())),
            hint: error.hint,
        },
    }
}

/// What was asked, in a line.
pub(super) fn what(w: &Words, asked: &TrialAsked) -> String {
    let playbooks = match &asked.what {
        Tried::InForce(names) | Tried::Relived(names) => {
            w.list(&names.iter().map(|name| w.word("playbook", name)).collect::<Vec<_>>())
        }
        Tried::Draft(_) => w.t("trial-of-draft"),
    };
    w.say(
        "trial-what",
        &[
            ("playbooks", playbooks.into()),
            ("mode", w.word("mode", asked.mode.word()).to_lowercase().into()),
            ("from", w.date(w.day_of(asked.from)).into()),
            ("to", w.date(w.day_of(asked.before - 1)).into()),
        ],
    )
}

fn stands(w: &Words, run: &TrialRun) -> String {
    match &run.state {
        RunState::Running(_) => w.t("trial-running"),
        RunState::Done(result) => w.say("trial-done", &[("count", arg(result.counts.promises))]),
        RunState::Stopped => w.t("trial-stopped"),
        RunState::Failed(_) => w.t("trial-failed"),
    }
}
