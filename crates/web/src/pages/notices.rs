//! What customers receive already: what shops and carriers write to them by themselves, as a person of the team says. Kept leaves it to them.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use kept_domain::notice::{Notice, Teller};
use kept_engine::ports::ConnectorKind;
use kept_engine::views::PlaybookLine;
use kept_engine::{Engine, EngineError, TellerLine};
use serde::Deserialize;

use crate::access::Supervisor;
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::connections::{Known, SetUp, known};
use crate::pages::frame::Frame;
use crate::pages::playbooks::title_of;
use crate::pages::rows::carrier;
use crate::pages::words::{Words, arg};
use crate::pages::{done, page};
use crate::route::{Routes, Who};
use crate::state::App;

/// The page.
#[derive(Debug, Template)]
#[template(path = "notices/page.html")]
pub struct NoticesPage {
    /// Frame.
    pub frame: Frame,
    /// How many, and of how many nobody has said anything.
    pub intro: String,
    /// Who may write.
    pub tellers: Vec<TellerView>,
}

/// Somebody who may write to customers.
#[derive(Clone, Debug)]
pub struct TellerView {
    /// Name in forms.
    pub source: String,
    /// What it is, in forms.
    pub teller: &'static str,
    /// Name, said.
    pub name: String,
    /// What was said of it, and by whom; or that nobody has.
    pub said: String,
    /// Nobody has said anything.
    pub open: bool,
    /// Where it is switched; empty where nothing is known of it.
    pub switched: String,
    /// What it could tell.
    pub notices: Vec<NoticeBox>,
}

/// Something it could tell.
#[derive(Clone, Debug)]
pub struct NoticeBox {
    /// In forms.
    pub word: &'static str,
    /// Said.
    pub label: String,
    /// Its maker's documents say that it does.
    pub usual: bool,
    /// Ticked.
    pub ticked: bool,
    /// What Kept then leaves out.
    pub leaves: String,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/notices", Who::Supervisor, show).post("/notices", Who::Supervisor, say)
}

/// Everybody who may write to the shop's customers by itself. Blocking.
pub(crate) fn tellers(engine: &Engine, known: &[Known]) -> Result<Vec<TellerLine>, EngineError> {
    let set_up = SetUp::read(engine)?;
    let is_connected = |known: &&Known| known.at_start || set_up.is_saved(known.source) || set_up.has_secret(known.source);
    let connected = known.iter().filter(is_connected);
    let connected: Vec<(String, Teller)> =
        connected.filter_map(|known| Some((known.source.to_owned(), known.kind.and_then(teller_of)?))).collect();
    engine.tellers(&connected)
}

fn teller_of(kind: ConnectorKind) -> Option<Teller> {
    match kind {
        ConnectorKind::Shop => Some(Teller::Shop),
        ConnectorKind::Carrier => Some(Teller::Carrier),
        ConnectorKind::Aggregator => Some(Teller::Aggregator),
        // It says what Kept says.
        ConnectorKind::Gateway => None,
    }
}

/// The page of these.
pub fn view(frame: Frame, tellers: &[TellerLine], playbooks: &[PlaybookLine]) -> NoticesPage {
    let w = frame.w.clone();
    let open = tellers.iter().filter(|line| line.said.is_none()).count();
    NoticesPage {
        intro: w.say("notices-intro", &[("count", arg(tellers.len())), ("open", arg(open))]),
        tellers: tellers.iter().map(|line| teller_view(&w, line, playbooks)).collect(),
        frame: frame.titled(w.t("notices-title")),
    }
}

fn teller_view(w: &Words, line: &TellerLine, playbooks: &[PlaybookLine]) -> TellerView {
    let ticked = |notice: Notice| match &line.said {
        Some(said) => said.notices.contains(&notice),
        None => line.usual.contains(&notice),
    };
    let leaves = |notice: Notice| {
        let left = playbooks.iter().filter(|playbook| playbook.leaves.contains(&notice));
        let titles: Vec<String> = left.map(|playbook| w.say("quoted", &[("text", title_of(w, playbook).into())])).collect();
        w.list(&titles)
    };
    let said = match &line.said {
        None if line.usual.is_empty() => w.t("notices-open"),
        None => w.t("notices-open-usual"),
        Some(said) => w.say("notices-said", &[("count", arg(said.notices.len())), ("by", arg(said.by.as_str()))]),
    };
    TellerView {
        source: line.source.clone(),
        teller: line.teller.word(),
        name: carrier(w, &line.source),
        said,
        open: line.said.is_none(),
        switched: line.switched.get(w.language.tag()).cloned().unwrap_or_default(),
        notices: line
            .teller
            .notices()
            .iter()
            .map(|notice| NoticeBox {
                word: notice.word(),
                label: w.word("notice", notice.word()),
                usual: line.usual.contains(notice),
                ticked: ticked(*notice),
                leaves: leaves(*notice),
            })
            .collect(),
    }
}

/// What a playbook's reader should know of others who tell the same: who was said to, and who usually does while nobody has said.
pub(crate) fn beside(w: &Words, playbook: &PlaybookLine, tellers: &[TellerLine]) -> Vec<String> {
    let tells = |notices: &[Notice]| notices.iter().any(|notice| playbook.leaves.contains(notice));
    let names = |which: &dyn Fn(&&TellerLine) -> bool| -> Vec<String> {
        tellers.iter().filter(which).map(|line| carrier(w, &line.source)).collect()
    };
    let said = names(&|line| line.said.as_ref().is_some_and(|said| tells(&said.notices)));
    let usual = names(&|line| line.said.is_none() && tells(&line.usual));
    let line = |key: &str, names: Vec<String>| {
        (!names.is_empty()).then(|| w.say(key, &[("count", arg(names.len())), ("who", w.list(&names).into())]))
    };
    line("notices-left", said).into_iter().chain(line("notices-usual", usual)).collect()
}

#[derive(Debug, Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(State(app): State<App>, Supervisor(session): Supervisor, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let known = known(&app);
    let (frame, _, (lines, playbooks)) =
        Frame::with(&app, &session, "/notices", move |engine| Ok((tellers(engine, &known)?, engine.playbooks()?))).await?;
    page(&view(frame.noticed(asked.done.as_deref()), &lines, &playbooks))
}

#[derive(Debug, Deserialize)]
struct Saying {
    source: String,
    teller: String,
    #[serde(default)]
    notice: Vec<String>,
}

async fn say(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Checked(form): Checked<Saying>,
) -> Result<Redirect, Failure> {
    let teller = Teller::from_word(&form.teller).ok_or_else(Failure::form_unreadable)?;
    let notices: Option<Vec<Notice>> = form.notice.iter().map(|word| Notice::from_word(word)).collect();
    let notices = notices.ok_or_else(Failure::form_unreadable)?;
    let anchor = format!("/notices#{}", form.source);
    ask(&app.engine, move |engine| engine.say_notices(&form.source, teller, &notices, &session.user.name)).await?;
    Ok(done(&anchor, "notices-saved"))
}
