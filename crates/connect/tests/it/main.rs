//! Tests of the room `connect`.

mod aftership;
mod hostile;
mod laposte;
mod orders_csv;
mod own;
mod packs;
mod poll;
mod shared;
