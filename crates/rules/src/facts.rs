//! What rules may ask about, made once for many rules.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cel::objects::Key;
use cel::{Context, Env};
use serde_json::Value;

use crate::MOST_ELEMENTS;

/// Longest text in facts, in bytes.
const MOST_TEXT_BYTES: usize = 1024;
/// Deepest nesting of facts.
const MOST_DEPTH: usize = 8;
/// Most values in the facts of one signal, counting every field and element.
pub(crate) const MOST_VALUES: usize = 1024;

/// One context of evaluation: build it once for a signal, ask it many rules.
///
/// Building takes some tens of microseconds, asking about one. Lists are held to 64 elements, texts to 1 KiB and all values together to
/// 1024: what is longer is cut, and a rule that reads a part that was cut is answered by an error, never by a guess.
pub struct Facts {
    context: Context<'static, 'static>,
    values: usize,
    cut: Vec<Vec<String>>,
}

impl Facts {
    /// Facts that say nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Facts { context: Context::with_env(Arc::clone(environment())), values: 0, cut: Vec::new() }
    }

    /// The facts with `value` under the name `name`; a name given twice keeps the last value.
    ///
    /// Whole numbers become integers, other numbers become doubles, `null` stays null.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        let mut path = vec![name.to_owned()];
        let value = self.convert(value, &mut path, 0);
        self.context.add_variable_from_value(name, value);
        self
    }

    /// The paths (`order.lines`) that were too long to be kept whole.
    #[must_use]
    pub fn cut(&self) -> Vec<String> {
        self.cut.iter().map(|path| path.join(".")).collect()
    }

    pub(crate) fn context(&self) -> &Context<'static, 'static> {
        &self.context
    }

    /// The cut part that a rule reading `path` would see, if any.
    pub(crate) fn cut_under(&self, path: &[String]) -> Option<String> {
        self.cut.iter().find(|cut| cut.iter().zip(path).all(|(cut, read)| cut == read)).map(|cut| cut.join("."))
    }

    fn convert(&mut self, value: Value, path: &mut Vec<String>, depth: usize) -> cel::Value {
        self.values += 1;
        if self.values > MOST_VALUES || depth > MOST_DEPTH {
            self.note_cut(path);
            return cel::Value::Null;
        }
        match value {
            Value::Null => cel::Value::Null,
            Value::Bool(yes) => cel::Value::Bool(yes),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => cel::Value::Int(whole),
                None => cel::Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => cel::Value::String(Arc::new(self.shorten(text, path))),
            Value::Array(elements) => {
                if elements.len() > MOST_ELEMENTS {
                    self.note_cut(path);
                }
                // A cut inside an element is a cut of the list: a rule cannot name one element alone.
                let kept =
                    elements.into_iter().take(MOST_ELEMENTS).map(|element| self.convert(element, path, depth + 1)).collect();
                cel::Value::List(Arc::new(kept))
            }
            Value::Object(fields) => {
                if fields.len() > MOST_ELEMENTS {
                    self.note_cut(path);
                }
                let mut kept = HashMap::new();
                for (name, field) in fields.into_iter().take(MOST_ELEMENTS) {
                    path.push(name.clone());
                    let field = self.convert(field, path, depth + 1);
                    path.pop();
                    kept.insert(Key::String(Arc::new(name)), field);
                }
                cel::Value::Map(cel::objects::Map { map: Arc::new(kept) })
            }
        }
    }

    fn shorten(&mut self, mut text: String, path: &[String]) -> String {
        if text.len() > MOST_TEXT_BYTES {
            self.note_cut(path);
            let mut end = MOST_TEXT_BYTES;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
        }
        text
    }

    fn note_cut(&mut self, path: &[String]) {
        if !self.cut.iter().any(|cut| cut == path) {
            self.cut.push(path.to_vec());
        }
    }
}

impl Default for Facts {
    fn default() -> Self {
        Facts::new()
    }
}

impl std::fmt::Debug for Facts {
    /// Shows no values: facts may hold what belongs to a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts").field("values", &self.values).field("cut", &self.cut()).finish_non_exhaustive()
    }
}

/// The standard functions, built once: building them is most of the price of a context.
fn environment() -> &'static Arc<Env> {
    static ENVIRONMENT: LazyLock<Arc<Env>> =
        LazyLock::new(|| Arc::new(Env::default().with_optional_support(false).with_stdlib()));
    &ENVIRONMENT
}
