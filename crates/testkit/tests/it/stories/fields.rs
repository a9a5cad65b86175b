//! The fields of one JSON object of a story, each taken once; what nobody takes is an error.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// Fields not taken yet.
pub struct Fields {
    rest: Map<String, Value>,
}

impl Fields {
    pub fn of(value: &Value) -> Result<Fields> {
        let rest = value.as_object().context("an object is needed")?.clone();
        Ok(Fields { rest })
    }

    pub fn has(&self, name: &str) -> bool {
        self.rest.contains_key(name)
    }

    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.rest.remove(name)
    }

    pub fn text(&mut self, name: &str) -> Result<Option<String>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => bail!("`{name}` is a text, not {other}"),
        }
    }

    pub fn need(&mut self, name: &str) -> Result<String> {
        self.text(name)?.with_context(|| format!("`{name}` is needed"))
    }

    pub fn texts(&mut self, name: &str) -> Result<Vec<String>> {
        let Some(value) = self.take(name) else { return Ok(Vec::new()) };
        let list = value.as_array().with_context(|| format!("`{name}` is a list"))?;
        list.iter().map(|text| text.as_str().map(str::to_owned).with_context(|| format!("`{name}` is a list of texts"))).collect()
    }

    /// What is left, name by name: expectations to compare.
    pub fn left(self) -> Result<Map<String, Value>> {
        if self.rest.is_empty() {
            bail!("this line checks nothing");
        }
        Ok(self.rest)
    }

    pub fn done(self) -> Result<()> {
        match self.rest.keys().next() {
            None => Ok(()),
            Some(name) => bail!("nothing here reads `{name}`"),
        }
    }
}
