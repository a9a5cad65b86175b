//! Getting started: connect, look, approve, automatic; where the house stands in each.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::REFRESH;
use axum::response::{Redirect, Response};
use kept_domain::message::Mode;
use kept_engine::trial::{PromiseSubject, RunState, TrialAsked, TrialOutcome, TrialResult, TrialRow, TrialRun, Tried};
use kept_engine::views::PlaybookLine;
use kept_engine::{Engine, EngineError, Import, TellerLine, WarningCurve};
use serde::Deserialize;

use crate::access::Supervisor;
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::connection::{DAYS, import_progress, import_said};
use crate::pages::connections::{SourceFacts, Stands, known, read, stands};
use crate::pages::foresight::CurveView;
use crate::pages::frame::Frame;
use crate::pages::playbooks::{Switch, switch_of};
use crate::pages::rows::carrier;
use crate::pages::words::{Words, arg};
use crate::pages::{done, notices, page};
use crate::route::{Routes, Who};
use crate::state::App;

/// Under this name it is remembered that the guide was put away.
const SETTING: &str = "start";
const DISMISSED: &str = "dismissed";
const LOOKED: &str = "looked";
const DAY: i64 = 86_400_000;
/// Rows that are opened as examples.
const EXAMPLES: usize = 8;
/// Playbooks to begin with, whatever the past.
const FIRST: [&str; 2] = ["tell-late", "apologise-late"];
/// Fewer orders whose end is known say little.
const FEW: u64 = 30;

/// The page.
#[derive(Debug, Template)]
#[template(path = "start/page.html")]
pub struct StartPage {
    /// Frame.
    pub frame: Frame,
    /// The four steps, where the house stands in each.
    pub steps: Vec<StepView>,
    /// What is connected: name, address, how it is, and its import.
    pub sources: Vec<StartSource>,
    /// What the past would have been.
    pub look: LookView,
    /// Switches of the playbooks that write to customers, and had something to say.
    pub playbooks: Vec<Switch>,
    /// Those that had nothing to say yet.
    pub quiet: Vec<Switch>,
    /// What each rule for warning would have brought.
    pub curve: Option<CurveView>,
    /// It was put away.
    pub dismissed: bool,
}

/// A step.
#[derive(Clone, Debug)]
pub struct StepView {
    /// Where it is on the page.
    pub anchor: &'static str,
    /// What it is.
    pub title: String,
    /// Where the house stands in it.
    pub said: String,
    /// It is done.
    pub done: bool,
    /// It is the one to do now.
    pub now: bool,
}

/// Something connected.
#[derive(Clone, Debug)]
pub struct StartSource {
    /// Address of its page.
    pub href: String,
    /// Name.
    pub name: String,
    /// How it is.
    pub stands: Stands,
    /// How its import stands; empty when there is none.
    pub import: String,
    /// How far it is of a hundred.
    pub progress: Option<u64>,
}

/// What the past would have been.
#[derive(Clone, Debug, Default)]
pub struct LookView {
    /// Sentences: the figures, and how far they can be trusted.
    pub said: Vec<String>,
    /// What the reader should know of them.
    pub care: Vec<String>,
    /// How far of a hundred, while it is under way.
    pub progress: Option<u64>,
    /// Where all of it is.
    pub href: Option<String>,
    /// Examples: address, order, what would have been said and when, what happened.
    pub examples: Vec<(String, String, String, String)>,
    /// Nobody has looked yet.
    pub untried: bool,
}

/// How far a house is, without what the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Something is connected, or news came in.
    pub connected: bool,
    /// Somebody looked.
    pub looked: bool,
    /// A playbook waits for a yes, or needs none.
    pub approves: bool,
    /// A playbook needs none.
    pub automatic: bool,
    /// The guide was put away.
    pub dismissed: bool,
}

impl Standing {
    /// Reads it. Blocking.
    ///
    /// # Errors
    /// Database errors.
    pub fn read(engine: &Engine, heard: bool) -> Result<Standing, EngineError> {
        let setting = engine.page_setting(SETTING)?.unwrap_or_default();
        let modes = engine.playbook_modes()?;
        Ok(Standing {
            // A way out brings nothing in.
            connected: heard
                || engine.connections()?.iter().any(|saved| engine.sms_gateway_name() != Some(saved.source.as_str())),
            looked: setting.contains(LOOKED),
            approves: modes.iter().any(|mode| matches!(mode, Mode::Approve | Mode::Automatic)),
            automatic: modes.contains(&Mode::Automatic),
            dismissed: setting.contains(DISMISSED),
        })
    }

    /// The step to do now, from 1; `None`: all are done.
    pub fn step(&self) -> Option<usize> {
        [self.connected, self.looked, self.approves, self.automatic].into_iter().position(|done| !done).map(|step| step + 1)
    }

    /// Whether Today should still speak of it.
    pub fn is_to_be_shown(&self) -> bool {
        !self.dismissed && !self.automatic
    }
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/start", Who::Supervisor, show).post("/start/look", Who::Supervisor, look).post(
        "/start/dismissal",
        Who::Supervisor,
        dismiss,
    )
}

#[derive(Debug, Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(State(app): State<App>, Supervisor(session): Supervisor, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let known = known(&app);
    let run = app.trials.all().into_iter().find(|run| matches!(run.asked.what, Tried::Relived(_)));
    let examples = match run.as_ref().map(|run| &run.state) {
        Some(RunState::Done(result)) => examples_of(result),
        _ => Vec::new(),
    };
    let promises: Vec<_> = examples.iter().map(|row| row.promise).collect();
    let spoke = match run.as_ref().map(|run| &run.state) {
        Some(RunState::Done(result)) => {
            let said: std::collections::BTreeSet<_> =
                result.rows.iter().filter(|row| row.says).map(|row| &row.playbook).collect();
            said.into_iter().map(|name| name.to_string()).collect()
        }
        _ => Vec::new(),
    };
    let is_done = run.as_ref().is_some_and(|run| matches!(run.state, RunState::Done(_)));
    let (frame, _, facts) = Frame::with(&app, &session, "/start", move |engine| {
        let sources = read(engine, &known)?;
        if is_done {
            mark(engine, LOOKED)?;
        }
        Ok(StartFacts {
            standing: Standing::read(engine, sources.iter().any(|source| source.is_there() && !source.is_gateway()))?,
            tellers: notices::tellers(engine, &known)?,
            sources,
            playbooks: engine.playbooks()?,
            curve: engine.warning_curve(),
            subjects: engine.promise_subjects(&promises)?,
            examples,
            spoke,
        })
    })
    .await?;
    let view = view(frame.noticed(asked.done.as_deref()), &facts, run.as_ref());
    let under_way = view.look.progress.is_some() || view.sources.iter().any(|source| source.progress.is_some());
    let mut response = page(&view)?;
    if under_way {
        // Works without JavaScript, and stops by itself when nothing is under way.
        response.headers_mut().insert(REFRESH, axum::http::HeaderValue::from_static("3"));
    }
    Ok(response)
}

/// What the page shows, read in one turn.
#[derive(Debug)]
pub struct StartFacts {
    /// How far the house is.
    pub standing: Standing,
    /// Sources.
    pub sources: Vec<SourceFacts>,
    /// Who may write to customers by itself.
    pub tellers: Vec<TellerLine>,
    /// Playbooks.
    pub playbooks: Vec<PlaybookLine>,
    /// The curve of rules for warning.
    pub curve: Option<WarningCurve>,
    /// What the examples are about.
    pub subjects: Vec<Option<PromiseSubject>>,
    /// Rows of the look that are shown.
    pub examples: Vec<TrialRow>,
    /// Playbooks that would have said something in the look.
    pub spoke: Vec<String>,
}

/// The page.
pub fn view(frame: Frame, facts: &StartFacts, run: Option<&TrialRun>) -> StartPage {
    let w = frame.w.clone();
    let standing = facts.standing;
    let sources: Vec<StartSource> =
        facts.sources.iter().filter(|source| source.is_there()).map(|source| start_source(&w, source)).collect();
    let count = |mode: Mode| facts.playbooks.iter().filter(|line| line.mode == mode).count();
    let said = [
        w.say("start-connect-stands", &[("count", arg(sources.len()))]),
        w.t(if standing.looked { "start-look-done" } else { "start-look-open" }),
        w.say("start-approve-stands", &[("count", arg(count(Mode::Approve)))]),
        w.say("start-automatic-stands", &[("count", arg(count(Mode::Automatic)))]),
    ];
    let done = [standing.connected, standing.looked, standing.approves, standing.automatic];
    let anchors = ["connect", "look", "approve", "automatic"];
    let steps = anchors.into_iter().zip(said).zip(done).enumerate();
    let spoke = |line: &PlaybookLine| {
        let in_look = facts.spoke.contains(&line.name);
        in_look || line.mode != Mode::Shadow || line.record.decided > 0 || FIRST.contains(&line.name.as_str())
    };
    let (spoke, silent): (Vec<&PlaybookLine>, Vec<&PlaybookLine>) =
        facts.playbooks.iter().filter(|line| speaks(line)).partition(|line| spoke(line));
    let switches = |lines: Vec<&PlaybookLine>| -> Vec<Switch> {
        lines.into_iter().map(|line| switch_of(&w, line, facts.curve.as_ref(), &facts.tellers)).collect()
    };
    let (spoke, silent) = (switches(spoke), switches(silent));
    StartPage {
        steps: steps
            .map(|(index, ((anchor, said), done))| StepView {
                anchor,
                title: w.t(&format!("start-{anchor}")),
                said,
                done,
                now: standing.step() == Some(index + 1),
            })
            .collect(),
        look: look_view(&w, facts, run),
        sources,
        curve: spoke.iter().chain(&silent).find_map(|switch| switch.curve.clone()),
        playbooks: spoke,
        quiet: silent,
        dismissed: standing.dismissed,
        frame: frame.titled(w.t("start-title")),
    }
}

#[derive(Debug, Deserialize)]
struct Nothing {}

/// Plays the last ninety days again, as if Kept had been there.
async fn look(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Redirect, Failure> {
    let (runs, by) = (app.trials.clone(), session.user.name.clone());
    let begun = ask(&app.engine, move |engine| {
        let names = engine.playbooks()?.iter().filter(|line| speaks(line)).map(|line| line.name.clone()).collect();
        let before = engine.now();
        let asked = TrialAsked { what: Tried::Relived(names), mode: Mode::Automatic, from: before - DAYS * DAY, before };
        match runs.start(engine, asked, &by) {
            Ok(_) => Ok(true),
            Err(EngineError::Conflict(_)) => Ok(false),
            Err(error) => Err(error),
        }
    })
    .await?;
    let path = "/start#look";
    Ok(if begun { Redirect::to(path) } else { done(path, "look-busy") })
}

#[derive(Debug, Deserialize)]
struct Away {
    #[serde(default)]
    again: String,
}

async fn dismiss(State(app): State<App>, Supervisor(_): Supervisor, Checked(form): Checked<Away>) -> Result<Redirect, Failure> {
    if form.again.is_empty() {
        ask(&app.engine, |engine| mark(engine, DISMISSED)).await?;
        return Ok(done("/", "start-dismissed"));
    }
    ask(&app.engine, |engine| {
        let setting = engine.page_setting(SETTING)?.unwrap_or_default();
        engine.save_page_setting(SETTING, &setting.replace(DISMISSED, ""))
    })
    .await?;
    Ok(Redirect::to("/start"))
}

/// Adds a word to what is remembered of the guide.
fn mark(engine: &Engine, word: &str) -> Result<(), EngineError> {
    let setting = engine.page_setting(SETTING)?.unwrap_or_default();
    if setting.contains(word) { Ok(()) } else { engine.save_page_setting(SETTING, &format!("{setting} {word}")) }
}

/// It writes to customers.
fn speaks(line: &PlaybookLine) -> bool {
    line.to_customer && line.errand.is_none()
}

fn start_source(w: &Words, source: &SourceFacts) -> StartSource {
    StartSource {
        // A file's page is where files are read.
        href: match source.heard.import {
            Some(Import { file: Some(_), .. }) => "/imports".to_owned(),
            _ => format!("/connections/{}", source.source),
        },
        name: carrier(w, &source.source),
        stands: stands(w, source),
        import: source.heard.import.map(|import| import_said(w, &import)).unwrap_or_default(),
        progress: source
            .heard
            .import
            .filter(|import| source.is_asked() || import.file.is_some())
            .and_then(|import| import_progress(&import)),
    }
}

/// The rows that show best what would have been: told first, then the rest.
fn examples_of(result: &TrialResult) -> Vec<TrialRow> {
    let told = |row: &&TrialRow| row.customer.is_some() && row.told_at.is_some();
    let rank = |row: &TrialRow| match row.outcome {
        TrialOutcome::ToldFirst => 0,
        TrialOutcome::Broken | TrialOutcome::AskedFirst => 1,
        TrialOutcome::AfterDue => 2,
        TrialOutcome::StillOpen => 3,
        _ => 4,
    };
    let mut rows: Vec<&TrialRow> = result.rows.iter().filter(told).collect();
    rows.sort_by_key(|row| rank(row));
    let mut seen = std::collections::HashSet::new();
    rows.into_iter().filter(|row| seen.insert(row.promise)).take(EXAMPLES).cloned().collect()
}

fn look_view(w: &Words, facts: &StartFacts, run: Option<&TrialRun>) -> LookView {
    let Some(run) = run else { return LookView { untried: true, ..LookView::default() } };
    match &run.state {
        RunState::Running(progress) => LookView {
            said: vec![w.t("look-under-way")],
            progress: Some(progress.facts.saturating_mul(100).checked_div(progress.of).unwrap_or(0)),
            ..LookView::default()
        },
        RunState::Stopped => LookView { said: vec![w.t("trial-stopped-said")], untried: true, ..LookView::default() },
        RunState::Failed(why) => LookView {
            said: vec![w.say("trial-failed-said", &[("why", arg(why.as_str()))])],
            untried: true,
            ..LookView::default()
        },
        RunState::Done(result) => found(w, facts, run, result),
    }
}

fn found(w: &Words, facts: &StartFacts, run: &TrialRun, result: &TrialResult) -> LookView {
    let relived = result.relived.unwrap_or_default();
    let counts = &result.counts;
    let day = |at: i64| w.date(w.day_of(at));
    let mut said = Vec::new();
    let mut care = Vec::new();
    match (relived.orders, relived.heard) {
        (0, _) => care.push(w.t("look-no-orders")),
        (orders, heard) => {
            let from = relived.first.unwrap_or(result.from);
            said.push(w.say("look-orders", &[("count", arg(orders)), ("from", day(from).into())]));
            said.push(w.say("look-heard", &[("count", arg(heard)), ("orders", arg(orders))]));
            if heard == 0 {
                care.push(w.t("look-unheard"));
            } else {
                said.push(w.say("look-late", &[("count", arg(counts.late))]));
                if counts.late > 0 {
                    let told = counts.told_first.count;
                    said.push(w.say("look-first", &[("count", arg(told)), ("late", arg(counts.late))]));
                }
                if let Some(median) = counts.lead_hours.median {
                    said.push(w.say("look-lead", &[("median", w.hours(median).into()), ("count", arg(counts.lead_hours.n))]));
                }
                if counts.needless.of > 0 {
                    let (count, of) = (counts.needless.count, counts.needless.of);
                    said.push(w.say("look-needless", &[("count", arg(count)), ("of", arg(of))]));
                }
                if heard < FEW {
                    care.push(w.say("look-few", &[("count", arg(heard))]));
                }
                if relived.with_day * 2 < heard {
                    care.push(w.say("look-no-days", &[("count", arg(relived.with_day)), ("heard", arg(heard))]));
                }
            }
        }
    }
    let examples = facts.examples.iter().zip(facts.subjects.iter().chain(std::iter::repeat(&None)));
    LookView {
        said,
        care,
        progress: None,
        href: (relived.heard > 0).then(|| format!("/trials/{}", run.id.text())),
        examples: examples.map(|(row, subject)| example(w, row, subject.as_ref())).collect(),
        untried: false,
    }
}

fn example(w: &Words, row: &TrialRow, subject: Option<&PromiseSubject>) -> (String, String, String, String) {
    let about = match subject.and_then(|subject| subject.order_number.as_ref()) {
        Some(number) => w.say("order-number", &[("number", arg(number.as_str()))]),
        None => row.promise.to_string(),
    };
    let told = w.say(
        "look-told",
        &[
            ("playbook", w.word("playbook", &row.playbook).into()),
            ("when", row.told_at.map(|at| w.at_long(at)).unwrap_or_default().into()),
        ],
    );
    let mut happened = vec![w.word("trial-outcome", row.outcome.word())];
    // The moment ends the day.
    happened.extend(row.first_due.map(|due| w.say("look-due", &[("day", w.date(w.day_of(due - 1)).into())])));
    happened.extend(row.ended_at.map(|at| w.say("look-came", &[("when", w.at_long(at).into())])));
    (format!("/promises/{}", row.promise), about, told, happened.join(" · "))
}
