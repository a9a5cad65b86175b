//! Orders from a shop's export: which column is what, what would be read, and then recorded, with how far that is; nothing of the file is lost.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::header::REFRESH;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use kept_domain::input::{Input, News};
use kept_engine::ports::Trouble;
use kept_engine::{Delivery, Engine, EngineError, Import, RecordOptions, delivery_hash};

use crate::access::{Session, Supervisor};
use crate::ask::ask;
use crate::failure::Failure;
use crate::form::Checked;
use crate::pages::connection::{import_progress, import_said};
use crate::pages::frame::Frame;
use crate::pages::page;
use crate::pages::words::{Words, arg};
use crate::route::{Routes, Who};
use crate::state::{App, FileError, OrderFiles, OrderMapping};

/// For so long it is said what became of a file, in milliseconds.
const LATELY: i64 = 600_000;
/// How often a page looks again while a file is being recorded, in seconds, and where.
const AGAIN: &str = "3; url=/imports";
/// Errors and orders that are shown.
const SHOWN: usize = 20;
/// Under this name what could not be read is kept.
const SOURCE: &str = "csv";
/// Forms of dates that can be chosen; the first is ISO 8601.
const FORMATS: [&str; 6] = ["", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%m/%d/%Y", "%m/%d/%Y %I:%M %p", "%d.%m.%Y"];
/// In a form the columns of fields begin so: no other name does.
const COLUMN: &str = "column.";

/// The page.
#[derive(Debug, Template)]
#[template(path = "imports/page.html")]
pub struct ImportsPage {
    /// Frame.
    pub frame: Frame,
    /// The file, as it was given.
    pub csv: String,
    /// What is wrong with the whole: the program's words.
    pub wrong: Option<(String, String)>,
    /// Which column is what.
    pub mapping: Option<MappingForm>,
    /// What would be read.
    pub preview: Option<Preview>,
    /// What was read, in a sentence.
    pub done: Option<String>,
    /// How far the file is that is being recorded: in a sentence, and of a hundred.
    pub under_way: Option<(String, u64)>,
    /// Lines that cannot be read: where, and the program's words.
    pub errors: Vec<(String, String)>,
    /// How many more there are.
    pub more: Option<String>,
}

/// Which column is what.
#[derive(Clone, Debug)]
pub struct MappingForm {
    /// Fields.
    pub fields: Vec<FieldChoice>,
    /// Forms of dates: form, label, chosen.
    pub formats: Vec<(&'static str, String, bool)>,
    /// The currency where no column has it.
    pub currency: String,
    /// Amounts with a comma.
    pub comma: bool,
}

/// A field, and the columns that can be it.
#[derive(Clone, Debug)]
pub struct FieldChoice {
    /// Its name.
    pub name: &'static str,
    /// Its label.
    pub label: String,
    /// It needs a column.
    pub needed: bool,
    /// Columns: name, chosen.
    pub columns: Vec<(String, bool)>,
}

/// What would be read.
#[derive(Clone, Debug)]
pub struct Preview {
    /// How many orders, in a sentence.
    pub said: String,
    /// The first: number, when, promised, lines.
    pub rows: Vec<(String, String, String, String)>,
}

/// The routes of this page.
pub fn routes() -> Routes {
    Routes::new().get("/imports", Who::Supervisor, show).post("/imports", Who::Supervisor, read)
}

async fn show(State(app): State<App>, Supervisor(session): Supervisor) -> Result<Response, Failure> {
    let (frame, _, import) = Frame::with(&app, &session, "/connections", |engine| engine.import(SOURCE)).await?;
    answer(&stands(empty(frame, String::new()), import))
}

/// With how the last file stands; one that was over long ago is no news.
fn stands(mut view: ImportsPage, import: Option<Import>) -> ImportsPage {
    let now = view.frame.w.now;
    if let Some(import) = import.filter(|import| import.done_at.is_none_or(|at| now - at < LATELY)) {
        let said = import_said(&view.frame.w, &import);
        match import_progress(&import) {
            Some(progress) => view.under_way = Some((said, progress)),
            None => view.done = Some(said),
        }
    }
    view
}

/// The page, which looks again by itself while a file is being recorded; not where there is something to be read first.
fn answer(view: &ImportsPage) -> Result<Response, Failure> {
    let mut response = page(view)?;
    if view.under_way.is_some() && view.errors.is_empty() {
        response.headers_mut().insert(REFRESH, HeaderValue::from_static(AGAIN));
    }
    Ok(response)
}

fn empty(frame: Frame, csv: String) -> ImportsPage {
    let title = frame.w.t("imports-title");
    ImportsPage {
        frame: frame.titled(title),
        csv,
        wrong: None,
        mapping: None,
        preview: None,
        done: None,
        under_way: None,
        errors: Vec::new(),
        more: None,
    }
}

/// Shows what the file would become; with `act=read`, reads it.
async fn read(
    State(app): State<App>,
    Supervisor(session): Supervisor,
    Checked(form): Checked<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let files = app.order_files.clone().ok_or_else(Failure::not_found)?;
    let zone = app.engine.zone();
    let (looked, form) = ask(&app.engine, move |engine| Ok((look(engine, files.as_ref(), &form, &zone)?, form))).await?;
    render(&app, &session, &form, looked).await
}

/// What became of a file.
#[derive(Default)]
struct Looked {
    wrong: Option<FileError>,
    columns: Vec<String>,
    mapping: OrderMapping,
    fields: Vec<&'static str>,
    sample: Vec<Input>,
    orders: usize,
    errors: Vec<FileError>,
    /// The import that was begun.
    begun: Option<Import>,
    /// Another file is being recorded.
    busy: bool,
}

fn look(engine: &Engine, files: &dyn OrderFiles, form: &BTreeMap<String, String>, zone: &str) -> Result<Looked, EngineError> {
    let csv = form.get("csv").map(String::as_str).unwrap_or_default();
    let mut looked = Looked { fields: files.fields(), ..Looked::default() };
    let guessed = match files.columns(csv.as_bytes()) {
        Ok((columns, guessed)) => {
            looked.columns = columns;
            guessed
        }
        Err(error) => return Ok(Looked { wrong: Some(error), ..looked }),
    };
    // The first look has no columns chosen yet.
    let chosen = form.keys().any(|name| name.starts_with(COLUMN));
    let written = |name: &str| form.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned);
    let columns = if chosen {
        let of = |(name, column): (&String, &String)| Some((name.strip_prefix(COLUMN)?.to_owned(), column.clone()));
        form.iter().filter(|(_, column)| !column.is_empty()).filter_map(of).collect()
    } else {
        guessed
    };
    looked.mapping = OrderMapping {
        columns,
        zone: zone.to_owned(),
        currency: written("currency"),
        date_format: written("date_format"),
        decimal_comma: written("comma").map(|_| true),
    };
    let needed: Vec<&str> = looked.fields.iter().take(2).copied().collect();
    if needed.iter().any(|field| !looked.mapping.columns.contains_key(*field)) {
        return Ok(looked);
    }
    let rows = match files.read(csv.as_bytes(), &looked.mapping) {
        Ok(rows) => rows,
        Err(error) => return Ok(Looked { wrong: Some(error), ..looked }),
    };
    let mut orders = Vec::new();
    for row in rows {
        match row {
            Ok(order) => orders.push(order),
            Err(error) => looked.errors.push(error),
        }
    }
    looked.orders = orders.len();
    looked.sample = orders.iter().take(3).cloned().collect();
    if form.get("act").is_some_and(|act| act == "read") {
        record(engine, csv, &orders, &mut looked)?;
    }
    Ok(looked)
}

/// Has the orders recorded, and keeps the lines that could not be read beside what is wrong with them.
fn record(engine: &Engine, csv: &str, orders: &[Input], looked: &mut Looked) -> Result<(), EngineError> {
    match engine.begin_file(SOURCE, orders, looked.errors.len() as u64) {
        Ok(()) => {}
        Err(EngineError::Conflict(_)) => {
            looked.busy = true;
            looked.begun = engine.import(SOURCE)?;
            return Ok(());
        }
        Err(error) => return Err(error),
    }
    if !looked.errors.is_empty() {
        let raw = unread(csv, &looked.errors);
        let said: Vec<String> = looked.errors.iter().take(SHOWN).map(place_and_words).collect();
        let delivery = Delivery {
            source: SOURCE.to_owned(),
            id: delivery_hash(SOURCE, &raw),
            raw,
            error: Some(said.join("\n")),
            trouble: Some(Trouble::NotTaken),
            unmapped: Vec::new(),
        };
        engine.record(Vec::new(), RecordOptions { delivery: Some(delivery), ..RecordOptions::default() })?;
    }
    // A small file is over with the answer.
    engine.import_waiting()?;
    looked.begun = engine.import(SOURCE)?;
    Ok(())
}

/// The header and the lines that could not be read; the whole file where it is not a matter of lines.
fn unread(csv: &str, errors: &[FileError]) -> Vec<u8> {
    if errors.iter().any(|error| error.line == 0) {
        return csv.as_bytes().to_vec();
    }
    let wanted = |line: u64| line == 1 || errors.iter().any(|error| error.line == line);
    let lines: Vec<&str> = csv.lines().zip(1..).filter(|(_, line)| wanted(*line)).map(|(text, _)| text).collect();
    lines.join("\n").into_bytes()
}

fn place_and_words(error: &FileError) -> String {
    match (&error.column, error.line) {
        (Some(column), line) => format!("line {line}, {column}: {}", error.said),
        (None, line) => format!("line {line}: {}", error.said),
    }
}

async fn render(app: &App, session: &Session, form: &BTreeMap<String, String>, looked: Looked) -> Result<Response, Failure> {
    let (frame, _, ()) = Frame::with(app, session, "/connections", |_| Ok(())).await?;
    let w = frame.w.clone();
    let mut view = empty(frame, form.get("csv").cloned().unwrap_or_default());
    let failed = looked.wrong.is_some();
    view.wrong = looked.wrong.as_ref().map(|error| (place(&w, error), error.said.clone()));
    if !looked.columns.is_empty() {
        view.mapping = Some(mapping_form(&w, &looked));
    }
    if looked.orders > 0 || !looked.errors.is_empty() {
        view.preview = Some(Preview {
            said: w.say("imports-found", &[("count", arg(looked.orders)), ("errors", arg(looked.errors.len()))]),
            rows: looked.sample.iter().filter_map(|input| sample_row(&w, input)).collect(),
        });
    }
    view.errors = looked.errors.iter().take(SHOWN).map(|error| (place(&w, error), error.said.clone())).collect();
    view.more = looked
        .errors
        .len()
        .checked_sub(SHOWN)
        .filter(|more| *more > 0)
        .map(|more| w.say("imports-more", &[("count", arg(more))]));
    if looked.begun.is_some() {
        view = stands(view, looked.begun);
        if looked.busy {
            view.wrong = Some((w.t("imports-busy"), String::new()));
        } else {
            // What was taken need not be sent again.
            (view.csv, view.preview, view.mapping) = (String::new(), None, None);
        }
    }
    let mut response = answer(&view)?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn mapping_form(w: &Words, looked: &Looked) -> MappingForm {
    let mapping = &looked.mapping;
    let columns = |field: &str| -> Vec<(String, bool)> {
        let chosen = mapping.columns.get(field);
        looked.columns.iter().map(|column| (column.clone(), chosen == Some(column))).collect()
    };
    let label = |field: &str| w.t(&format!("order-field-{}", field.replace(['.', '_'], "-")));
    let format = mapping.date_format.as_deref().unwrap_or_default();
    MappingForm {
        fields: looked
            .fields
            .iter()
            .enumerate()
            .map(|(index, field)| FieldChoice { name: field, label: label(field), needed: index < 2, columns: columns(field) })
            .collect(),
        formats: FORMATS
            .into_iter()
            .map(|form| (form, if form.is_empty() { w.t("imports-iso") } else { example(form) }, form == format))
            .collect(),
        currency: mapping.currency.clone().unwrap_or_default(),
        comma: mapping.decimal_comma.unwrap_or(false),
    }
}

/// The last day of a year, in the afternoon, in a form of dates: every part can be told apart.
fn example(form: &str) -> String {
    let day = jiff::civil::date(2026, 12, 31).at(14, 5, 0, 0);
    jiff::fmt::strtime::format(form, day).unwrap_or_else(|_| form.to_owned())
}

fn place(w: &Words, error: &FileError) -> String {
    match (&error.column, error.line) {
        (None, 0) => w.t("imports-file"),
        (None, line) => w.say("imports-line", &[("line", arg(line))]),
        (Some(column), line) => w.say("imports-line-column", &[("line", arg(line)), ("column", arg(column.as_str()))]),
    }
}

fn sample_row(w: &Words, input: &Input) -> Option<(String, String, String, String)> {
    let News::OrderPlaced(order) = &input.news else { return None };
    Some((
        order.order_number.clone(),
        w.date(order.at.wall.date()),
        order.promised_day.map(|day| w.date(day)).unwrap_or_default(),
        w.say("imports-lines", &[("count", arg(order.lines.len()))]),
    ))
}
