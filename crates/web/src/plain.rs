//! What the plain layout needs: pages that nobody is signed in for.

use std::sync::Arc;

use kept_base::Language;
use kept_text::{Arg, Texts};

use crate::state::App;

/// Context of `templates/layout_plain.html`, which templates reach as `plain`.
#[derive(Clone, Debug)]
pub struct Plain {
    /// Language of the page.
    pub language: Language,
    /// Title of the page and its heading.
    pub title: String,
    texts: Arc<Texts>,
}

impl Plain {
    /// The context of one page.
    #[must_use]
    pub fn new(app: &App, language: Language, title: String) -> Plain {
        Plain { language, title, texts: Arc::clone(&app.texts) }
    }

    /// The language's tag for `<html lang>`.
    #[must_use]
    pub fn lang(&self) -> &'static str {
        self.language.tag()
    }

    /// The address of a file of `assets/`.
    #[must_use]
    pub fn href(&self, file: &str) -> String {
        crate::assets::href(file)
    }

    /// A text without values.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        self.texts.say(self.language, key, &[])
    }

    /// A text with one value.
    #[must_use]
    pub fn say_with(&self, key: &str, name: &str, value: &str) -> String {
        self.texts.say(self.language, key, &[(name, Arg::from(value))])
    }
}
