//! Tests of the room `base`.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop the test; clippy.toml only covers test functions themselves")]

mod calendars;
mod durations;
mod holidays;
mod hours;
mod ids;
mod languages;
mod moments;
mod money;
mod phones;
mod zones;
