//! Rules as their authors meet them.

mod answers;
mod hostile;
