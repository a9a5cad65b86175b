//! Orders from a shop's export: a CSV file and a mapping that says which column is what.
//!
//! The mapping's format: `docs/connectors/orders-csv.md`.

mod decode;
mod guess;
mod mapping;
mod order;

use std::collections::BTreeMap;

use kept_domain::input::Input;
use kept_text::cell::as_written;
use serde::Serialize;

pub use guess::{columns, fields, guess};
pub use mapping::Mapping;

use crate::reading::fold::nearest;
use decode::{Decoded, decode};
use mapping::OrderField;
use order::{Row, build};

/// Why a row, or the whole file, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}{message}", self.place())]
pub struct RowError {
    /// The line of the file, from 1; the header is on the first. 0 for the file as a whole.
    pub line: u64,
    /// The column, as it is called in the file.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// One order, out of as many rows as it has lines.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OrderRead {
    /// The file's lines it came from.
    pub lines: Vec<u64>,
    /// The order.
    pub input: Input,
    /// What a reader should know: rows that contradict each other.
    pub notes: Vec<String>,
}

/// A column that the mapping names and the file does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingColumn {
    /// The column.
    pub column: String,
    /// The field it was to fill.
    pub field: String,
    /// Which columns there are, and the one that is probably meant.
    pub hint: String,
}

/// What a file would become.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Preview {
    /// The file's columns, in their order.
    pub columns: Vec<String>,
    /// Column and field.
    pub mapped: Vec<(String, String)>,
    /// Columns that nobody reads.
    pub unread: Vec<String>,
    /// Columns that are not there.
    pub missing: Vec<MissingColumn>,
    /// The first orders, whole.
    pub sample: Vec<Input>,
    /// How many orders the file has, those with errors left out.
    pub orders: usize,
    /// Everything that is wrong, row by row.
    pub errors: Vec<RowError>,
    /// `utf-8` or `windows-1252`.
    pub encoding: &'static str,
    /// The character between columns.
    pub delimiter: char,
}

/// Reads the whole file and keeps the first `orders` orders as a sample.
#[must_use]
pub fn preview(csv: &[u8], mapping: &Mapping, orders: usize) -> Preview {
    let sheet = match Sheet::open(csv, mapping) {
        Ok(sheet) => sheet,
        Err(error) => return Preview { errors: vec![error], encoding: "utf-8", delimiter: ',', ..Preview::default() },
    };
    let missing = sheet.missing(mapping);
    let mapped: Vec<(String, String)> = mapping
        .columns()
        .filter(|(_, column)| sheet.columns.contains(column))
        .map(|(name, column)| (column.clone(), name.word().to_owned()))
        .collect();
    let unread = sheet.columns.iter().filter(|column| mapped.iter().all(|(read, _)| read != *column)).cloned().collect();
    let mut preview = Preview {
        mapped,
        unread,
        missing,
        encoding: sheet.encoding,
        delimiter: char::from(sheet.delimiter),
        columns: sheet.columns.clone(),
        ..Preview::default()
    };
    for order in sheet.orders(mapping) {
        match order {
            Ok(order) => {
                preview.orders += 1;
                if preview.sample.len() < orders {
                    preview.sample.push(order.input);
                }
            }
            Err(error) => preview.errors.push(error),
        }
    }
    preview
}

/// Reads the orders, in the order of their first row.
///
/// Rows with the same order number are lines of one order, wherever they stand. An order with a row that cannot be read is left
/// out whole, so that no order is known without some of its lines; each such row gives an error. Trouble with the whole file (no
/// header, a missing column) is one error.
pub fn read(csv: &[u8], mapping: &Mapping) -> impl Iterator<Item = Result<OrderRead, RowError>> {
    let results = match Sheet::open(csv, mapping) {
        Ok(sheet) => sheet.orders(mapping),
        Err(error) => vec![Err(error)],
    };
    results.into_iter()
}

impl RowError {
    fn place(&self) -> String {
        match (&self.column, self.line) {
            (None, 0) => String::new(),
            (None, line) => format!("line {line}: "),
            (Some(column), 0) => format!("column {column:?}: "),
            (Some(column), line) => format!("line {line}, column {column:?}: "),
        }
    }

    fn of_file(message: impl Into<String>, hint: impl Into<String>) -> RowError {
        RowError { line: 0, column: None, message: message.into(), hint: Some(hint.into()) }
    }
}

/// The file, opened: its header and its rows.
struct Sheet {
    columns: Vec<String>,
    rows: Vec<Result<(u64, Vec<String>), RowError>>,
    encoding: &'static str,
    delimiter: u8,
}

impl Sheet {
    /// The columns alone.
    fn header(csv: &[u8]) -> Result<Vec<String>, RowError> {
        Sheet::read(csv, None).map(|sheet| sheet.columns)
    }

    fn open(csv: &[u8], mapping: &Mapping) -> Result<Sheet, RowError> {
        Sheet::read(csv, mapping.delimiter())
    }

    fn read(csv: &[u8], delimiter: Option<u8>) -> Result<Sheet, RowError> {
        let Decoded { text, encoding } = decode(csv)?;
        let delimiter = delimiter.unwrap_or_else(|| found_delimiter(&text));
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut records = reader.records();
        let columns: Vec<String> = match records.next() {
            Some(Ok(header)) => header.iter().map(|column| column.trim().to_owned()).collect(),
            Some(Err(error)) => {
                return Err(RowError::of_file(format!("the header cannot be read: {error}"), "is it a CSV file?"));
            }
            None => Vec::new(),
        };
        if columns.iter().all(String::is_empty) {
            return Err(RowError::of_file("the file is empty", "the first line names the columns"));
        }
        let mut lines = LineCounter { text: text.as_bytes(), counted: 0, line: 1 };
        let rows = records.filter_map(|record| read_row(record, columns.len(), &mut lines).transpose()).collect();
        Ok(Sheet { columns, rows, encoding, delimiter })
    }

    fn missing(&self, mapping: &Mapping) -> Vec<MissingColumn> {
        let absent = mapping.columns().filter(|(_, column)| !self.columns.contains(column));
        absent
            .map(|(name, column)| {
                let present = self.columns.iter().map(String::as_str);
                let near = nearest(column, present).map(|near| format!("did you mean {near:?}? ")).unwrap_or_default();
                let hint = format!("{near}the file has {}", quoted(&self.columns));
                MissingColumn { column: column.clone(), field: name.word().to_owned(), hint }
            })
            .collect()
    }

    fn orders(&self, mapping: &Mapping) -> Vec<Result<OrderRead, RowError>> {
        let missing = self.missing(mapping);
        if !missing.is_empty() {
            let errors = missing.into_iter().map(|missing| RowError {
                line: 1,
                message: format!("the file has no column {:?} (for `{}`)", missing.column, missing.field),
                column: Some(missing.column),
                hint: Some(missing.hint),
            });
            return errors.map(Err).collect();
        }
        let cells: Vec<(usize, OrderField)> = mapping
            .columns()
            .filter_map(|(name, column)| Some((self.columns.iter().position(|here| here == column)?, name)))
            .collect();
        let mut groups: Vec<Vec<Row>> = Vec::new();
        let mut group_of: BTreeMap<String, usize> = BTreeMap::new();
        let mut results = Vec::new();
        for row in &self.rows {
            let (line, values) = match row {
                Ok(row) => row,
                Err(error) => {
                    results.push(Err(error.clone()));
                    continue;
                }
            };
            let row = Row::read(*line, values, &cells, mapping);
            match row.order_number() {
                Err(error) => results.push(Err(error)),
                Ok(number) => match group_of.get(&number).and_then(|place| groups.get_mut(*place)) {
                    Some(group) => group.push(row),
                    None => {
                        group_of.insert(number, groups.len());
                        groups.push(vec![row]);
                    }
                },
            }
        }
        for group in &groups {
            match build(group, &self.columns, mapping) {
                Ok(order) => results.push(Ok(order)),
                Err(errors) => results.extend(errors.into_iter().map(Err)),
            }
        }
        results
    }
}

/// `None` for a row without anything in it, as spreadsheets leave at the end.
fn read_row(
    record: Result<csv::StringRecord, csv::Error>,
    columns: usize,
    lines: &mut LineCounter<'_>,
) -> Result<Option<(u64, Vec<String>)>, RowError> {
    let record = record.map_err(|error| RowError::of_file(format!("a row cannot be read: {error}"), "is it a CSV file?"))?;
    let line = lines.line_at(record.position().map_or(0, csv::Position::byte));
    let values: Vec<String> = record.iter().map(|value| as_written(value.trim()).to_owned()).collect();
    if values.iter().all(String::is_empty) {
        return Ok(None);
    }
    if values.len() > columns && values.iter().skip(columns).any(|value| !value.is_empty()) {
        return Err(RowError {
            line,
            column: None,
            message: format!("the row has {} values for {columns} columns", values.len()),
            hint: Some("a value that contains the delimiter must stand in double quotes".to_owned()),
        });
    }
    Ok(Some((line, values)))
}

/// The reader's own line is one too small after `\r\n`: it stands before the `\n` when the next row begins.
struct LineCounter<'t> {
    text: &'t [u8],
    counted: usize,
    line: u64,
}

impl LineCounter<'_> {
    /// The line of the row that begins at or after this byte; bytes must not go back.
    fn line_at(&mut self, byte: u64) -> u64 {
        let from = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let ends = self.text.get(from..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.get(self.counted..from + ends).unwrap_or_default();
        self.line += passed.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.counted = self.counted.max(from + ends);
        self.line
    }
}

/// The candidate that the header has most of, outside quotes.
fn found_delimiter(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b';', 0_usize), (b',', 0), (b'\t', 0), (b'|', 0)];
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(candidate, _)| *candidate == byte).for_each(|(_, count)| *count += 1),
        }
    }
    // Of several equal ones the first stands, so the last maximum is looked for from behind.
    counts.iter().rev().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0).map_or(b',', |(candidate, _)| *candidate)
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    names.join(", ")
}
