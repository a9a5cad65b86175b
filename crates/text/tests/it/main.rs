//! Texts as readers and writers of packs meet them.

mod dates;
mod locales;
mod messages;
mod packs;
