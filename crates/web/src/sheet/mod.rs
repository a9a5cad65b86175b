//! Tables as CSV files: what pages show and the API answers, for a spreadsheet or a program.
//!
//! RFC 4180 quoting. Column names are English and never change their meaning; new ones come at the end. Times carry the offset of the
//! shop's zone, amounts are decimals with their currency in a column of its own. A stranger's text cannot become a formula
//! ([`kept_text::cell`]); numbers are written as they are, so that a negative one stays one.
//!
//! A file is made a piece at a time while it is fetched, and never held whole. What its reader may not see on the page is not in it.

mod counted;
mod orders;
mod parcels;
mod promises;

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use kept_base::{Due, Language, Moment, Money, from_millis};
use kept_engine::{Engine, EngineError, Piece};
use kept_text::cell::harmless;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::ask::ask;
use crate::failure::Failure;
use crate::state::App;

pub use counted::{figures, scorecards};
pub use orders::orders;
pub use parcels::parcels;
pub use promises::promises;

/// A spreadsheet takes a file without this mark for one in the machine's old code page, and shows `Ã©` for `é`.
const MARK: &str = "\u{feff}";

/// A cell, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell(String);

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// With the mark of UTF-8 in front.
    marked: bool,
    separator: u8,
}

type Read = dyn Fn(&Engine, Option<&str>) -> Result<Piece<Vec<Cell>>, EngineError> + Send + Sync;

/// A table: its columns, and its rows a piece at a time.
#[derive(Clone)]
pub struct Table {
    /// Its name in the file's name.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
    read: Arc<Read>,
}

impl Dialect {
    /// For a program: no mark, commas.
    pub const PROGRAM: Dialect = Dialect { marked: false, separator: b',' };

    /// For the spreadsheet of somebody who reads this language: where the comma is the decimal sign, spreadsheets look for semicolons
    /// between cells.
    #[must_use]
    pub fn spreadsheet(language: Language) -> Dialect {
        let separator = match language {
            Language::French => b';',
            Language::English => b',',
        };
        Dialect { marked: true, separator }
    }
}

impl Table {
    fn new(
        name: &'static str,
        columns: &'static [&'static str],
        read: impl Fn(&Engine, Option<&str>) -> Result<Piece<Vec<Cell>>, EngineError> + Send + Sync + 'static,
    ) -> Table {
        Table { name, columns, read: Arc::new(read) }
    }

    /// Answers with the file. The first piece is read before anything is answered, so that what cannot be read has its status; a later
    /// failure breaks the file off, which its reader sees.
    ///
    /// # Errors
    /// What the engine answered.
    pub async fn answer(self, app: &App, dialect: Dialect) -> Result<Response, Failure> {
        let zone = zone(&app.engine);
        let today = from_millis(app.engine.now()).unwrap_or_default().to_zoned(zone).date();
        let mut piece = self.piece(app, None).await?;
        let mut head = Vec::new();
        if dialect.marked {
            head.extend_from_slice(MARK.as_bytes());
        }
        head.extend(lines([self.columns.iter().map(|column| Cell((*column).to_owned())).collect()], dialect));
        head.extend(lines(std::mem::take(&mut piece.0), dialect));
        let file = format!("attachment; filename=\"kept-{}-{today}.csv\"", self.name);
        let (sender, receiver) = mpsc::channel::<io::Result<Vec<u8>>>(1);
        let (app, mut next) = (app.clone(), piece.1);
        tokio::spawn(async move {
            let closing = app.gate.closing();
            let mut bytes = head;
            // Nothing is read before the reader has taken what was there: a slow one holds no thread and no memory.
            while sender.send(Ok(std::mem::take(&mut bytes))).await.is_ok() {
                let Some(after) = next.take() else { return };
                let read = if *closing.borrow() { Err(Failure::busy()) } else { self.piece(&app, Some(after)).await };
                match read {
                    Ok((rows, following)) => (bytes, next) = (lines(rows, dialect), following),
                    Err(failure) => {
                        drop(sender.send(Err(io::Error::other(failure.code()))).await);
                        return;
                    }
                }
            }
        });
        let mut response = Body::from_stream(ReceiverStream::new(receiver)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
        headers.insert(CONTENT_DISPOSITION, HeaderValue::try_from(file).map_err(|_| Failure::internal())?);
        Ok(response)
    }

    /// Writes the whole file, a piece at a time; gives how many rows. Blocking.
    ///
    /// # Errors
    /// What the engine or the file answered.
    pub fn write(&self, engine: &Engine, dialect: Dialect, out: &mut dyn io::Write) -> Result<u64, EngineError> {
        let broken = |error: io::Error| EngineError::Unavailable(format!("the file cannot be written: {error}"));
        if dialect.marked {
            out.write_all(MARK.as_bytes()).map_err(broken)?;
        }
        let names = self.columns.iter().map(|column| Cell((*column).to_owned())).collect();
        out.write_all(&lines([names], dialect)).map_err(broken)?;
        let (mut count, mut after) = (0, None);
        loop {
            let (rows, next) = (self.read)(engine, after.as_deref())?;
            count += rows.len() as u64;
            out.write_all(&lines(rows, dialect)).map_err(broken)?;
            match next {
                Some(next) => after = Some(next),
                None => return out.flush().map(|()| count).map_err(broken),
            }
        }
    }

    async fn piece(&self, app: &App, after: Option<String>) -> Result<Piece<Vec<Cell>>, Failure> {
        let read = Arc::clone(&self.read);
        ask(&app.engine, move |engine| read(engine, after.as_deref())).await
    }
}

impl Cell {
    /// Nothing.
    fn none() -> Cell {
        Cell(String::new())
    }

    /// A text that came from anywhere.
    fn text(text: impl AsRef<str>) -> Cell {
        Cell(harmless(text.as_ref()))
    }

    /// A number, an id, a day or a word of ours.
    fn value(value: impl ToString) -> Cell {
        Cell(value.to_string())
    }

    fn maybe_text(text: Option<impl AsRef<str>>) -> Cell {
        text.map_or_else(Cell::none, Cell::text)
    }

    fn maybe(value: Option<impl ToString>) -> Cell {
        value.map_or_else(Cell::none, Cell::value)
    }

    /// A moment of epoch milliseconds, with the offset it has in a zone.
    fn at(millis: i64, zone: &TimeZone) -> Cell {
        from_millis(millis).map_or_else(Cell::none, |at| Cell(Moment::in_zone(at, zone).at_text()))
    }

    fn maybe_at(millis: Option<i64>, zone: &TimeZone) -> Cell {
        millis.map_or_else(Cell::none, |millis| Cell::at(millis, zone))
    }

    /// When something is due: its moment, and its day where it was given as one.
    fn due(due: Option<&Due>, zone: &TimeZone) -> [Cell; 2] {
        let at = due.map_or_else(Cell::none, |due| Cell::at(kept_base::millis(due.at), zone));
        [at, Cell::maybe(due.and_then(|due| due.day))]
    }

    /// An amount and its currency.
    fn money(money: Option<Money>) -> [Cell; 2] {
        [Cell::maybe(money.map(|money| money.decimal_text())), Cell::maybe(money.map(|money| money.currency.code().to_owned()))]
    }
}

fn lines(rows: impl IntoIterator<Item = Vec<Cell>>, dialect: Dialect) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(dialect.separator)
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        // Into memory, with rows of any length: nothing of it can fail.
        drop(writer.write_record(row.iter().map(|cell| cell.0.as_bytes())));
    }
    writer.into_inner().unwrap_or_default()
}

/// The shop's zone, in which times are written.
fn zone(engine: &Engine) -> TimeZone {
    kept_base::moment::zone_named(&engine.zone()).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(row: &[Cell], dialect: Dialect) -> String {
        String::from_utf8(lines([row.to_vec()], dialect)).expect("UTF-8")
    }

    #[test]
    fn cells_are_quoted_where_they_must_be_and_only_there() {
        let row =
            [Cell::text("a,b"), Cell::text("say \"no\""), Cell::text("two\nlines"), Cell::text("plain; text"), Cell::none()];
        assert_eq!(written(&row, Dialect::PROGRAM), "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",plain; text,\r\n");
        let french = Dialect::spreadsheet(Language::French);
        assert_eq!(written(&row, french), "a,b;\"say \"\"no\"\"\";\"two\nlines\";\"plain; text\";\r\n");
    }

    #[test]
    fn a_text_is_no_formula_and_a_negative_number_stays_one() {
        let owed = Money { minor: -1250, currency: "EUR".parse().expect("a currency") };
        let [amount, currency] = Cell::money(Some(owed));
        let row = [Cell::text("=1+1"), Cell::text("-12"), Cell::text("@x"), Cell::value(-3), amount, currency];
        assert_eq!(written(&row, Dialect::PROGRAM), "'=1+1,'-12,'@x,-3,-12.50,EUR\r\n");
    }

    #[test]
    fn moments_have_the_offset_of_their_day() {
        let zone = kept_base::moment::zone_named("Europe/Paris").expect("a zone");
        let at = |text: &str| Cell::at(text.parse::<jiff::Timestamp>().expect("a moment").as_millisecond(), &zone).0;
        assert_eq!(at("2026-07-01T10:00:00Z"), "2026-07-01T12:00:00+02:00");
        assert_eq!(at("2026-12-01T10:00:00Z"), "2026-12-01T11:00:00+01:00");
    }
}
