//! Tests of the room `base`.

mod calendars;
mod durations;
mod holidays;
mod hours;
mod ids;
mod languages;
mod moments;
mod money;
mod zones;
