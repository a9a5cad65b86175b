//! Whole lists, a piece at a time, for who takes all of them. Nothing is counted: a page says how many there are, a file holds them.
//!
//! Each piece is read as things stand then. What moves within the order of its list meanwhile may be met twice or not at all.

use kept_domain::{Noun, Subject};
use kept_store::{Cursor, Listed};

use crate::gathering::{Read, order_file, parcel_row, promise_row, rows_of};
use crate::views::{OrderFile, ParcelFilter, ParcelLine, PromiseFilter, PromiseLine};
use crate::{Engine, EngineError};

/// Rows of a piece.
const PIECE: i64 = 200;

/// Rows, and where the next piece begins; `None` at the end.
pub type Piece<T> = (Vec<T>, Option<String>);

impl Engine {
    /// A piece of the promises of a filter, whose `after` says where it begins.
    ///
    /// # Errors
    /// Database errors.
    pub fn promise_piece(&self, filter: &PromiseFilter) -> Result<Piece<PromiseLine>, EngineError> {
        let list = self.promises_listed(filter)?;
        self.piece(&list, filter.after.as_deref(), promise_row)
    }

    /// A piece of the parcels of a filter.
    ///
    /// # Errors
    /// Database errors.
    pub fn parcel_piece(&self, filter: &ParcelFilter) -> Result<Piece<ParcelLine>, EngineError> {
        let list = self.parcels_listed(filter)?;
        self.piece(&list, filter.after.as_deref(), parcel_row)
    }

    /// A piece of all orders that were placed, in the order in which they were first named; those that were only named have nothing in them.
    ///
    /// # Errors
    /// Database errors.
    pub fn order_piece(&self, after: Option<&str>) -> Result<Piece<OrderFile>, EngineError> {
        let list = Listed::of(Noun::Order, "id", false);
        self.piece(&list, after, |connection, subject| match subject {
            Subject::Order(order) if order.customer.is_some() => order_file(connection, *order).map(Some),
            _ => Ok(None),
        })
    }

    fn piece<T>(
        &self,
        list: &Listed,
        after: Option<&str>,
        row: impl Fn(&mut kept_store::Connection, Subject) -> Read<Option<T>>,
    ) -> Result<Piece<T>, EngineError> {
        let after = after.and_then(Cursor::parse);
        self.reading(|connection| rows_of(connection, list, after, PIECE, row))
    }
}
