//! What the model says, tried on made-up worlds whose rules are known.

mod forecasting;
mod leaking;
mod learning;
mod replay;
mod table;
mod vectors;
mod world;
