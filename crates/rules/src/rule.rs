//! A condition, checked before it is trusted.

use std::collections::BTreeSet;
use std::thread;

use cel::{ExecutionError, Program, Value};

use crate::error::{RuleError, RuleErrorKind};
use crate::facts::Facts;
use crate::{fence, scan};

/// The parser's stack: far more than the deepest source that passes the scan can use.
const PARSER_STACK_BYTES: usize = 32 * 1024 * 1024;

/// A compiled, checked expression.
///
/// It may be shared between threads, and evaluating it takes microseconds.
#[derive(Debug)]
pub struct Rule {
    source: String,
    program: Program,
    paths: BTreeSet<Vec<String>>,
    steps: u64,
}

impl Rule {
    /// Compiles a source that may name the roots in `known`, such as `order` or `parcel`.
    ///
    /// Allowed are literals, lists and maps, `.` and `[ ]`, arithmetic, comparisons, `in`, `&&`, `||`, `!`, `? :`, `has`, `size`,
    /// `contains`, `startsWith`, `endsWith`, `int`, `double`, `string`, `timestamp`, `duration`, their readings in UTC, and the macros
    /// `all`, `exists`, `exists_one`, `filter`, `map` (nested twice at most).
    ///
    /// # Errors
    /// When the source is too large, is malformed, names something unknown, uses what is not allowed, or could take too many steps. The
    /// error says where, and what to do.
    pub fn compile(source: &str, known: &[&str]) -> Result<Rule, RuleError> {
        scan::scan(source)?;
        let owned_source = source.to_owned();
        let owned_known: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
        // Parsing, checking and dropping what is refused all recurse: they happen where the stack is known to suffice.
        let outcome = thread::Builder::new()
            .name("rule-compile".to_owned())
            .stack_size(PARSER_STACK_BYTES)
            .spawn(move || compile_here(&owned_source, &owned_known))
            .map(thread::JoinHandle::join);
        match outcome {
            Ok(Ok(compiled)) => compiled,
            // The parser is not ours; should it ever panic, the rule is refused and the house stands.
            Ok(Err(_)) => Err(RuleError::new(RuleErrorKind::Syntax, "the rule could not be read", "write it more simply")),
            Err(error) => Err(RuleError::new(
                RuleErrorKind::TooLarge,
                format!("no thread could be started to read the rule: {error}"),
                "try again when the machine has memory to spare",
            )),
        }
    }

    /// The source as it was given.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The most steps that one evaluation can take, counted from the source.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The parts of the facts that it reads, as dotted paths in order: `order.total`, `parcel`.
    #[must_use]
    pub fn reads(&self) -> Vec<String> {
        self.paths.iter().map(|path| path.join(".")).collect()
    }

    /// Whether it reads the part of the facts at `path`, something within it, or something that holds it. Facts without a part that no
    /// rule reads give the same answers.
    #[must_use]
    pub fn reads_part(&self, path: &[&str]) -> bool {
        self.paths.iter().any(|read| read.iter().zip(path).all(|(read, part)| read == part))
    }

    /// Whether the condition holds for these facts.
    ///
    /// # Errors
    /// When a fact it needs was not given, when values cannot be compared, when the answer is not yes or no, or when it reads a part of
    /// the facts that had to be cut.
    pub fn holds(&self, facts: &Facts) -> Result<bool, RuleError> {
        if let Some(cut) = self.paths.iter().find_map(|path| facts.cut_under(path)) {
            return Err(RuleError::new(
                RuleErrorKind::FactsCut,
                format!("{cut} is too long to be looked at whole"),
                "ask for a count or a sum instead of the whole list",
            ));
        }
        match self.program.execute(facts.context()) {
            Ok(Value::Bool(answer)) => Ok(answer),
            Ok(other) => Err(RuleError::new(
                RuleErrorKind::NotYesOrNo,
                format!("the rule answers a value of type {}, not yes or no", other.type_of()),
                "compare it with something, as in `size(order.lines) > 0`",
            )),
            Err(error) => Err(explain(&error)),
        }
    }
}

fn compile_here(source: &str, known: &[String]) -> Result<Rule, RuleError> {
    let program = Program::compile(source).map_err(|errors| syntax(source, &errors))?;
    let checked = fence::check(source, &program, known)?;
    Ok(Rule { source: source.to_owned(), program, paths: checked.paths, steps: checked.steps })
}

fn syntax(source: &str, errors: &cel::ParseErrors) -> RuleError {
    let hint = "see the examples of conditions; texts stand in quotes, and equality is `==`";
    let Some(first) = errors.errors.first() else {
        return RuleError::new(RuleErrorKind::Syntax, "the rule is not well formed", hint);
    };
    let (line, column) = (usize::try_from(first.pos.0).unwrap_or(0), usize::try_from(first.pos.1).unwrap_or(0));
    let message = first.msg.lines().next().unwrap_or("not well formed");
    let mut error = RuleError::new(RuleErrorKind::Syntax, format!("the rule is not well formed: {message}"), hint);
    if line > 0 && line <= source.lines().count() {
        error.line = Some(line);
        error.column = Some(column.max(1));
    }
    error
}

/// Says what went wrong without showing the values: they may belong to a person.
fn explain(error: &ExecutionError) -> RuleError {
    let (message, hint) = match error {
        ExecutionError::NoSuchKey(name) => {
            (format!("there is no {name:?} here"), format!("ask first whether it is there, with `has(….{name}) && …`"))
        }
        ExecutionError::UndeclaredReference(name) => {
            (format!("{name:?} was not given"), "this kind of signal does not have it; use another root".to_owned())
        }
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            ("it divides by zero".to_owned(), "test the divisor first, with `… != 0 && …`".to_owned())
        }
        ExecutionError::Overflow(..) => ("a number becomes too large".to_owned(), "use smaller numbers".to_owned()),
        ExecutionError::IndexOutOfBounds(_) => {
            ("it asks for an element that is not there".to_owned(), "test `size(…)` first".to_owned())
        }
        ExecutionError::NoSuchOverload(overload) => (
            format!("{} cannot be used with {}", overload.function().trim_matches('_'), overload.argument_types().join(" and ")),
            "compare values of one type; `int(…)`, `double(…)` and `string(…)` convert".to_owned(),
        ),
        ExecutionError::ValuesNotComparable(..) | ExecutionError::UnsupportedBinaryOperator(..) => (
            "it compares or joins values of different types".to_owned(),
            "compare values of one type; `int(…)`, `double(…)` and `string(…)` convert".to_owned(),
        ),
        ExecutionError::UnexpectedType { got, want } => {
            (format!("a value of type {got} stands where {want} is needed"), "look at what the field holds".to_owned())
        }
        ExecutionError::FunctionError { function, .. } => {
            (format!("{function}() could not read its value"), "look at what the field holds".to_owned())
        }
        _ => ("the rule could not be answered with these facts".to_owned(), "look at the fields it reads".to_owned()),
    };
    RuleError::new(RuleErrorKind::Evaluation, message, hint)
}
