//! Behaviour of the engine, on every kind of database.

mod first_path;
mod kernel;
