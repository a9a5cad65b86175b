//! A trial: under way, with its progress, or over, with what it found; and the letter of each row as it would have gone.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header::REFRESH;
use axum::response::{IntoResponse, Redirect, Response};
use kept_engine::ports::{Channel, Letter};
use kept_engine::trial::{PromiseSubject, RunState, TrialId, TrialOutcome, TrialProgress, TrialResult, TrialRow, TrialRun};
use kept_engine::views::Share;
use kept_text::sms::Size;
use serde::Deserialize;

use crate::access::Supervisor;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::figures::{Figure, figure};
use crate::pages::frame::Frame;
use crate::pages::rows::{guard_reason, sms_size};
use crate::pages::trials::what;
use crate::pages::words::{Words, arg};
use crate::pages::{address, filled, page};
use crate::route::{Routes, Who};
use crate::state::App;

/// Rows of a page.
const ROWS: usize = 50;
/// How often a page of a run under way asks again, in seconds.
const AGAIN: &str = "2";

/// A run under way, stopped or failed.
#[derive(Debug, Template)]
#[template(path = "trials/progress.html")]
pub struct ProgressPage {
    /// Frame.
    pub frame: Frame,
    /// What was asked.
    pub what: String,
    /// How it stands, said.
    pub said: String,
    /// Facts passed and of how many, while it is under way.
    pub progress: Option<(u64, u64)>,
    /// Its address.
    pub href: String,
}

/// What a trial found.
#[derive(Debug, Template)]
#[template(path = "trials/result.html")]
pub struct ResultPage {
    /// Frame.
    pub frame: Frame,
    /// What was asked.
    pub what: String,
    /// The whole in a sentence.
    pub first: String,
    /// The rest of it.
    pub rest: String,
    /// Shares with their intervals.
    pub shares: Vec<Figure>,
    /// Outcomes of promises: word, count, address of the rows.
    pub outcomes: Vec<(String, String, String)>,
    /// Other counts.
    pub counts: Vec<(String, String)>,
    /// Rows of this page.
    pub rows: Vec<Row>,
    /// What the rows are, said.
    pub of_rows: String,
    /// The first page, when this is another.
    pub first_page: Option<String>,
    /// The next.
    pub next: Option<String>,
    /// Two runs of one question have the same.
    pub digest: String,
}

/// A decision.
#[derive(Clone, Debug)]
pub struct Row {
    /// When it was decided.
    pub when: String,
    /// The promise: address and words.
    pub promise: (String, String),
    /// What was noticed.
    pub noticed: String,
    /// What was to be said, or why not.
    pub message: String,
    /// The letter's address; empty when nothing was to be said.
    pub letter: String,
    /// When it left, or why it did not.
    pub told: String,
    /// Against what happened.
    pub outcome: String,
}

/// A letter of a trial.
#[derive(Debug, Template)]
#[template(path = "trials/letter.html")]
pub struct LetterPage {
    /// Frame.
    pub frame: Frame,
    /// Back to the trial.
    pub back: String,
    /// The letter; gone when the person was erased.
    pub letter: Option<Letter>,
    /// What it costs as a text message; `None` by mail.
    pub sms: Option<String>,
    /// The row's promise: address and words.
    pub promise: (String, String),
    /// What was decided, and against what happened.
    pub why: Vec<String>,
}

/// The routes of these pages.
pub fn routes() -> Routes {
    Routes::new().get("/trials/{id}", Who::Supervisor, show).post("/trials/{id}/stop", Who::Supervisor, stop).get(
        "/trials/{id}/messages/{row}",
        Who::Supervisor,
        letter,
    )
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    outcome: Option<String>,
    after: Option<usize>,
}

async fn show(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let run = app.trials.find(&TrialId::new(&id)).ok_or_else(Failure::not_found)?;
    let outcome = filled(asked.outcome.as_ref()).and_then(TrialOutcome::from_word);
    if let RunState::Done(result) = run.state.clone() {
        let (rows, next) = rows_of(&result, outcome, asked.after.unwrap_or(0));
        let promises: Vec<_> = rows.iter().map(|(_, row)| row.promise).collect();
        let (frame, _, subjects) =
            Frame::with(&app, &session, "/playbooks", move |engine| engine.promise_subjects(&promises)).await?;
        return page(&result_view(frame, &run, &result, outcome, &rows, &subjects, next, asked.after.is_some()));
    }
    let (frame, _, ()) = Frame::with(&app, &session, "/playbooks", |_| Ok(())).await?;
    let view = progress_view(frame, &run);
    let under_way = view.progress.is_some();
    let mut response = page(&view)?;
    if under_way {
        // Works without JavaScript, and stops by itself when the run is over.
        response.headers_mut().insert(REFRESH, axum::http::HeaderValue::from_static(AGAIN));
    }
    Ok(response)
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn stop(
    State(app): State<App>,
    Supervisor(_): Supervisor,
    Path(id): Path<String>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response, Failure> {
    let id = TrialId::new(&id);
    app.trials.stop(&id);
    Ok(Redirect::to(&format!("/trials/{}", id.text())).into_response())
}

async fn letter(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Path((id, row)): Path<(String, usize)>,
) -> Result<Response, Failure> {
    let run = app.trials.find(&TrialId::new(&id)).ok_or_else(Failure::not_found)?;
    let RunState::Done(result) = run.state.clone() else { return Err(Failure::not_found()) };
    if result.relived.is_some() {
        return Err(Failure::not_found());
    }
    let found = result.rows.get(row).filter(|row| row.says).cloned().ok_or_else(Failure::not_found)?;
    let (asked, whole, promise) = (run.asked.clone(), result, found.promise);
    let (frame, _, (letter, subjects)) = Frame::with(&app, &session, "/playbooks", move |engine| {
        Ok((engine.trial_letter(&asked, &whole, row)?, engine.promise_subjects(&[promise])?))
    })
    .await?;
    page(&letter_view(frame, &run, &found, letter, subjects.first().and_then(Option::as_ref)))
}

/// The rows of a page: of one outcome or of all, after a number; and where the next page begins.
fn rows_of(result: &TrialResult, outcome: Option<TrialOutcome>, after: usize) -> (Vec<(usize, TrialRow)>, Option<usize>) {
    let mut rows =
        result.rows.iter().enumerate().skip(after).filter(|(_, row)| outcome.is_none_or(|outcome| row.outcome == outcome));
    let shown: Vec<(usize, TrialRow)> = rows.by_ref().take(ROWS).map(|(index, row)| (index, row.clone())).collect();
    let next = rows.next().map(|(index, _)| index);
    (shown, next)
}

/// The page of a run that has no result, or none yet.
pub fn progress_view(frame: Frame, run: &TrialRun) -> ProgressPage {
    let w = frame.w.clone();
    let (said, progress) = match &run.state {
        // How much there is to read is known a moment after the start.
        RunState::Running(TrialProgress { of: 0, .. }) => (w.t("trial-starting"), Some((0, 1))),
        RunState::Running(TrialProgress { facts, of }) => {
            (w.say("trial-progress", &[("facts", w.count(*facts).into()), ("of", w.count(*of).into())]), Some((*facts, *of)))
        }
        RunState::Stopped => (w.t("trial-stopped-said"), None),
        RunState::Failed(why) => (w.say("trial-failed-said", &[("why", arg(why.as_str()))]), None),
        RunState::Done(_) => (w.t("trial-running"), None),
    };
    ProgressPage {
        what: what(&w, &run.asked),
        said,
        progress,
        href: format!("/trials/{}", run.id.text()),
        frame: frame.titled(w.t("trial-title")),
    }
}

/// The page of a result.
#[expect(clippy::too_many_arguments, reason = "what the page shows, each read elsewhere")]
fn result_view(
    frame: Frame,
    run: &TrialRun,
    result: &TrialResult,
    outcome: Option<TrialOutcome>,
    rows: &[(usize, TrialRow)],
    subjects: &[Option<PromiseSubject>],
    next: Option<usize>,
    later: bool,
) -> ResultPage {
    let w = frame.w.clone();
    let here = format!("/trials/{}", run.id.text());
    let counts = &result.counts;
    let of = |outcome: TrialOutcome| address(&here, &[("outcome", outcome.word())]);
    let share = |name: &str, share: Share, href: String| figure(&w, w.word("trial-share", name), share, href);
    let word = outcome.map_or("", TrialOutcome::word);
    let late = Share { count: counts.late_untold, ..kept_engine::views::Share::default() };
    let mut others = vec![
        (w.t("trial-count-signals"), w.count(counts.signals)),
        (w.t("trial-count-said"), w.count(counts.said)),
        (w.t("trial-count-dropped"), w.count(counts.dropped)),
        (w.t("trial-count-held"), w.count(counts.held)),
        (w.t("trial-count-late"), w.count(counts.late)),
        (w.t("trial-count-late-untold"), w.count(late.count)),
    ];
    if let (Some(median), Some(p90)) = (counts.lead_hours.median, counts.lead_hours.p90) {
        let lead = w.say(
            "trial-lead",
            &[("median", w.hours(median).into()), ("p90", w.hours(p90).into()), ("count", arg(counts.lead_hours.n))],
        );
        others.push((w.t("trial-count-lead"), lead));
    }
    ResultPage {
        what: what(&w, &run.asked),
        first: w.say("trial-first", &[("count", arg(counts.promises))]),
        rest: w.say("trial-rest", &[("facts", w.count(result.facts).into())]),
        shares: vec![
            share("told_first", counts.told_first, of(TrialOutcome::ToldFirst)),
            share("needless", counts.needless, of(TrialOutcome::Needless)),
        ],
        outcomes: counts
            .outcomes
            .iter()
            .map(|(outcome, promises)| (w.word("trial-outcome", outcome.word()), w.count(*promises), of(*outcome)))
            .collect(),
        counts: others,
        rows: rows
            .iter()
            .zip(subjects.iter().chain(std::iter::repeat(&None)))
            .map(|((index, row), subject)| row_of(&w, &here, result.relived.is_some(), *index, row, subject.as_ref()))
            .collect(),
        of_rows: match outcome {
            Some(outcome) => {
                w.say("trial-rows-of", &[("outcome", w.word("trial-outcome", outcome.word()).to_lowercase().into())])
            }
            None => w.say("trial-rows-all", &[("count", arg(result.rows.len() as u64))]),
        },
        first_page: (later || outcome.is_some()).then(|| here.clone()),
        next: next.map(|next| address(&here, &[("outcome", word), ("after", &next.to_string())])),
        digest: result.digest.get(..16).unwrap_or_default().to_owned(),
        frame: frame.titled(w.t("trial-title")),
    }
}

fn row_of(w: &Words, here: &str, relived: bool, index: usize, row: &TrialRow, subject: Option<&PromiseSubject>) -> Row {
    let reasons: Vec<String> = row
        .reasons
        .iter()
        .enumerate()
        .map(|(index, reason)| if index == 0 { guard_reason(w, reason) } else { w.uncapital(&guard_reason(w, reason)) })
        .collect();
    let told = match row.told_at {
        Some(at) => w.at(at),
        None => w.list(&reasons),
    };
    Row {
        when: w.at(row.decided_at),
        promise: (format!("/promises/{}", row.promise), about(w, row, subject)),
        noticed: w.word("signal", row.signal.word()),
        message: if row.says { w.word("playbook", &row.playbook) } else { w.t("trial-said-nothing") },
        // What was relived was drafted by nobody: its letters stand in no ledger.
        letter: if row.says && !relived { format!("{here}/messages/{index}") } else { String::new() },
        told,
        outcome: w.word("trial-outcome", row.outcome.word()),
    }
}

fn about(w: &Words, row: &TrialRow, subject: Option<&PromiseSubject>) -> String {
    match subject {
        Some(PromiseSubject { kind, order_number: Some(number) }) => format!("{} {number}", w.word("kind", kind)),
        Some(PromiseSubject { kind, order_number: None }) => w.word("kind", kind),
        None => row.promise.to_string(),
    }
}

/// The page of a letter.
pub fn letter_view(
    frame: Frame,
    run: &TrialRun,
    row: &TrialRow,
    letter: Option<Letter>,
    subject: Option<&PromiseSubject>,
) -> LetterPage {
    let w = frame.w.clone();
    let mut why = vec![w.say(
        "fate-decided",
        &[
            ("when", w.at_long(row.decided_at).into()),
            ("playbook", w.word("playbook", &row.playbook).into()),
            ("signal", w.word("signal", row.signal.word()).to_lowercase().into()),
        ],
    )];
    why.extend(row.reasons.iter().map(|reason| guard_reason(&w, reason)));
    if let Some(at) = row.told_at {
        why.push(w.say("trial-letter-left", &[("when", w.at_long(at).into())]));
    }
    if let Some(due) = row.first_due {
        // The end of a day is the first instant of the next, yet it was the day that was promised.
        let is_end_of_day = w.start_of(w.day_of(due)) == due;
        let said = if is_end_of_day { w.date(w.day_of(due - 1)) } else { w.at_long(due) };
        why.push(w.say("trial-letter-due", &[("when", said.into())]));
    }
    if let Some(ended) = row.ended_at {
        why.push(w.say("trial-letter-ended", &[("when", w.at_long(ended).into())]));
    }
    why.push(w.word("trial-outcome", row.outcome.word()));
    LetterPage {
        back: format!("/trials/{}", run.id.text()),
        promise: (format!("/promises/{}", row.promise), about(&w, row, subject)),
        why,
        sms: letter.as_ref().filter(|letter| letter.channel == Channel::Sms).map(|letter| sms_size(&w, Size::of(&letter.text))),
        frame: frame.titled(letter.as_ref().map_or_else(|| w.t("letter-erased"), |letter| letter.subject.clone())),
        letter,
    }
}
