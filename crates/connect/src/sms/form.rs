//! Forms (`application/x-www-form-urlencoded`), in bodies and in queries.

use kept_engine::ports::ParseError;
use reqwest::Url;

use crate::reading::answer::wrong_shape;

/// The fields of a form, in their order, decoded.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form.
    ///
    /// # Errors
    /// Bytes that are no form, or one without fields.
    pub(super) fn read(raw: &[u8]) -> Result<Form, ParseError> {
        let hint = "compare the address that the gateway calls with docs/connectors";
        let Ok(text) = std::str::from_utf8(raw) else { return Err(wrong_shape("this is not a form", hint)) };
        let form = Form::of(text.trim());
        if form.0.is_empty() { Err(wrong_shape("a form without fields", hint)) } else { Ok(form) }
    }

    /// The fields of a text.
    pub(super) fn of(text: &str) -> Form {
        let Ok(mut url) = Url::parse("form:/") else { return Form(Vec::new()) };
        url.set_query(Some(text));
        let pairs = url.query_pairs().filter(|(name, _)| !name.is_empty());
        Form(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The first field of this name that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim());
        found.into_iter().find(|value| !value.is_empty())
    }

    /// All fields, sorted by their names.
    pub(super) fn sorted(&self) -> Vec<(&str, &str)> {
        let mut all: Vec<(&str, &str)> = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.sort_by_key(|(name, _)| *name);
        all
    }
}
