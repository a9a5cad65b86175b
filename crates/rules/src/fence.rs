//! What a parsed rule may say, and how many steps it can take at most.
//!
//! Steps are counted from the structure, so that no clock is needed: a list of the facts has at most 64 elements and all facts together
//! at most 1024 values, so `exists` costs at most 64 times its body. The count is an upper bound, not a forecast.

use std::collections::BTreeSet;

use cel::Program;
use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};

use crate::error::{RuleError, RuleErrorKind};
use crate::facts::MOST_VALUES;
use crate::{MOST_ELEMENTS, MOST_MACROS, MOST_STEPS};

/// Deepest tree: what evaluation needs of its caller's stack grows with it, by up to 30 KiB a level in an unoptimised build (measured on a
/// long sum). Threads have 2 MiB by default; at this depth less than half of that is needed. Conditions joined by `&&` and `||` are
/// balanced by the parser, so that 64 of them are only 7 deep.
const MOST_DEPTH: usize = 26;
/// Most fields in one path: each is a step down.
const MOST_FIELDS: usize = 12;
/// Values in one element of a list, on average over the list: all facts share 1024 values, a full list has 64 elements.
const VALUES_IN_AN_ELEMENT: u64 = 16;

const OPERATORS: [&str; 16] = [
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::SUBSTRACT,
    operators::ADD,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::GREATER_EQUALS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::LESS,
    operators::NEGATE,
    operators::INDEX,
    operators::NOT_STRICTLY_FALSE,
];
const FUNCTIONS: [&str; 6] = ["size", "int", "double", "string", "timestamp", "duration"];
const METHODS: [&str; 13] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getHours",
    "getMinutes",
    "getSeconds",
    "getMilliseconds",
];

/// What the check learned about a rule.
pub(crate) struct Checked {
    /// The paths it reads in the facts.
    pub(crate) paths: BTreeSet<Vec<String>>,
    /// The most steps it can take.
    pub(crate) steps: u64,
}

/// Refuses what a rule may not say.
pub(crate) fn check(source: &str, program: &Program, known: &[String]) -> Result<Checked, RuleError> {
    let mut walk = Walk { source, program, known, bound: Vec::new(), macros: 0, depth: 0, paths: BTreeSet::new() };
    let root = program.expression();
    let measure = walk.visit(root)?;
    if measure.kind == Kind::NotYesOrNo {
        return Err(RuleError::new(
            RuleErrorKind::NotYesOrNo,
            "the rule does not answer yes or no",
            "compare it with something, as in `size(order.lines) > 0`",
        ));
    }
    if measure.steps > MOST_STEPS {
        return Err(RuleError::new(
            RuleErrorKind::TooCostly,
            format!("the rule could take {} steps; {MOST_STEPS} are allowed", measure.steps),
            "take one of the nested lists away, or compare fewer things inside",
        ));
    }
    Ok(Checked { paths: walk.paths, steps: measure.steps })
}

/// What is known of a part of a rule.
#[derive(Clone, Copy)]
struct Measure {
    /// The most steps it can take.
    steps: u64,
    /// The most elements in a list it yields, or in a list inside.
    elements: u64,
    /// The most values it yields, all in all.
    values: u64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    YesOrNo,
    NotYesOrNo,
    Unknown,
}

impl Measure {
    fn scalar(steps: u64, kind: Kind) -> Self {
        Measure { steps, elements: 1, values: 1, kind }
    }
}

struct Walk<'a> {
    source: &'a str,
    program: &'a Program,
    known: &'a [String],
    bound: Vec<(String, Measure)>,
    macros: usize,
    depth: usize,
    paths: BTreeSet<Vec<String>>,
}

impl Walk<'_> {
    fn visit(&mut self, node: &IdedExpr) -> Result<Measure, RuleError> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self.error(
                node,
                RuleErrorKind::TooLarge,
                "the rule is nested too deep",
                "split it into several rules, or group its parts with brackets",
            ));
        }
        let measure = self.visit_inside(node)?;
        self.depth -= 1;
        Ok(measure)
    }

    fn visit_inside(&mut self, node: &IdedExpr) -> Result<Measure, RuleError> {
        match &node.expr {
            Expr::Literal(LiteralValue::Boolean(_)) => Ok(Measure::scalar(1, Kind::YesOrNo)),
            Expr::Literal(_) => Ok(Measure::scalar(1, Kind::NotYesOrNo)),
            Expr::Ident(_) | Expr::Select(_) => self.path(node),
            Expr::Call(call) => self.call(node, call),
            Expr::Comprehension(comprehension) => self.comprehension(node, comprehension),
            Expr::List(list) => {
                if list.elements.len() > MOST_ELEMENTS {
                    return Err(self.error(
                        node,
                        RuleErrorKind::TooLarge,
                        format!("a list has {} elements; {MOST_ELEMENTS} are allowed", list.elements.len()),
                        "shorten the list, or give the facts a field that says it",
                    ));
                }
                if !list.optional_indices.is_empty() {
                    return Err(self.forbidden(node, "optional elements"));
                }
                let parts = list.elements.iter().map(|element| self.visit(element)).collect::<Result<Vec<_>, _>>()?;
                Ok(gather(&parts, Kind::NotYesOrNo))
            }
            Expr::Map(map) => {
                if map.entries.len() > MOST_ELEMENTS {
                    return Err(self.error(
                        node,
                        RuleErrorKind::TooLarge,
                        format!("a map has {} entries; {MOST_ELEMENTS} are allowed", map.entries.len()),
                        "shorten the map",
                    ));
                }
                let mut parts = Vec::new();
                for entry in &map.entries {
                    match &entry.expr {
                        EntryExpr::MapEntry(entry) if !entry.optional => {
                            parts.push(self.visit(&entry.key)?);
                            parts.push(self.visit(&entry.value)?);
                        }
                        _ => return Err(self.forbidden(node, "optional entries")),
                    }
                }
                Ok(gather(&parts, Kind::NotYesOrNo))
            }
            Expr::Struct(_) => Err(self.forbidden(node, "structures")),
            Expr::Unspecified => Err(self.error(node, RuleErrorKind::Syntax, "a part of the rule is missing", "complete it")),
        }
    }

    /// A name, or fields of one: `order`, `order.total`, `has(order.total)`, `(…).total`.
    fn path(&mut self, node: &IdedExpr) -> Result<Measure, RuleError> {
        let mut fields = Vec::new();
        let mut tested = false;
        let mut current = node;
        while let Expr::Select(select) = &current.expr {
            fields.push(select.field.clone());
            tested |= select.test;
            current = &select.operand;
        }
        let steps = u64::try_from(fields.len()).unwrap_or(u64::MAX).saturating_add(1);
        if fields.len() > MOST_FIELDS {
            return Err(self.error(node, RuleErrorKind::TooLarge, "a path has too many fields", "shorten it"));
        }
        let mut measure = match &current.expr {
            Expr::Ident(name) => match self.bound.iter().rev().find(|(bound, _)| bound == name) {
                Some((_, measure)) => *measure,
                None => {
                    if !self.known.iter().any(|known| known == name) {
                        let hint = format!("known names: {}", self.known.join(", "));
                        return Err(self.error(current, RuleErrorKind::UnknownName, format!("{name:?} is not known"), hint));
                    }
                    let path = std::iter::once(name.clone()).chain(fields.iter().rev().cloned()).collect();
                    self.paths.insert(path);
                    let values = u64::try_from(MOST_VALUES).unwrap_or(u64::MAX);
                    let elements = u64::try_from(MOST_ELEMENTS).unwrap_or(u64::MAX);
                    Measure { steps: 0, elements, values, kind: Kind::Unknown }
                }
            },
            _ => self.visit(current)?,
        };
        measure.steps = measure.steps.saturating_add(steps);
        if tested {
            measure = Measure::scalar(measure.steps, Kind::YesOrNo);
        } else if !fields.is_empty() {
            measure.kind = Kind::Unknown;
        }
        Ok(measure)
    }

    fn call(&mut self, node: &IdedExpr, call: &CallExpr) -> Result<Measure, RuleError> {
        let name = call.func_name.as_str();
        let comparing = matches!(name, operators::EQUALS | operators::NOT_EQUALS | operators::IN);
        let allowed = if call.target.is_some() {
            METHODS.contains(&name)
        } else {
            comparing || OPERATORS.contains(&name) || FUNCTIONS.contains(&name)
        };
        if !allowed {
            let written = name.trim_start_matches('@');
            if matches!(written, "all" | "exists" | "exists_one" | "filter" | "map") {
                return Err(self.error(
                    node,
                    RuleErrorKind::Syntax,
                    format!("{written}() is not written like this"),
                    format!("write it `list.{written}(element, condition)`"),
                ));
            }
            return Err(self.error(
                node,
                RuleErrorKind::Forbidden,
                format!("{written}() is not a function that rules may use"),
                "allowed: has, size, contains, startsWith, endsWith, int, double, string, timestamp, duration, all, exists, exists_one, filter, map",
            ));
        }
        let mut parts = Vec::new();
        if let Some(target) = &call.target {
            parts.push(self.visit(target)?);
        }
        for argument in &call.args {
            parts.push(self.visit(argument)?);
        }
        let inside = parts.iter().fold(1_u64, |sum, part| sum.saturating_add(part.steps));
        let first = parts.first().copied();
        let last = parts.last().copied();
        let smallest = parts.iter().map(|part| part.values).min().unwrap_or(1);
        let measure = match name {
            operators::EQUALS | operators::NOT_EQUALS => Measure::scalar(inside.saturating_add(smallest), Kind::YesOrNo),
            operators::IN => {
                let elements = last.map_or(1, |list| list.elements);
                let each = first.map_or(1, |needle| needle.values);
                let compared = elements.saturating_mul(each.min(VALUES_IN_AN_ELEMENT));
                Measure::scalar(inside.saturating_add(compared), Kind::YesOrNo)
            }
            operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT | operators::NOT_STRICTLY_FALSE => {
                Measure::scalar(inside, Kind::YesOrNo)
            }
            operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS => {
                Measure::scalar(inside, Kind::YesOrNo)
            }
            "contains" | "startsWith" | "endsWith" => Measure::scalar(inside.saturating_add(VALUES_IN_AN_ELEMENT), Kind::YesOrNo),
            operators::ADD => {
                let elements = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.elements));
                let values = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.values));
                Measure { steps: inside.saturating_add(values.min(elements)), elements, values, kind: Kind::NotYesOrNo }
            }
            operators::CONDITIONAL => {
                let kind =
                    parts.iter().skip(1).map(|part| part.kind).find(|kind| *kind != Kind::Unknown).unwrap_or(Kind::Unknown);
                Measure { steps: inside, ..gather(&parts, kind) }
            }
            operators::INDEX => {
                let from = first.unwrap_or(Measure::scalar(1, Kind::Unknown));
                Measure { steps: inside, kind: Kind::Unknown, ..from }
            }
            _ => Measure::scalar(inside, Kind::NotYesOrNo),
        };
        Ok(measure)
    }

    fn comprehension(&mut self, node: &IdedExpr, loop_over: &ComprehensionExpr) -> Result<Measure, RuleError> {
        let name = &loop_over.iter_var;
        if loop_over.iter_var2.is_some() {
            return Err(self.forbidden(node, "two names for one element"));
        }
        if self.known.iter().any(|known| known == name) || self.bound.iter().any(|(bound, _)| bound == name) {
            return Err(self.error(
                node,
                RuleErrorKind::UnknownName,
                format!("{name:?} means something else already"),
                "give the element another name, such as `line` or `x`",
            ));
        }
        // The list is looked at before its elements: two lists one after the other are not nested.
        let range = self.visit(&loop_over.iter_range)?;
        self.macros += 1;
        if self.macros > MOST_MACROS {
            return Err(self.error(
                node,
                RuleErrorKind::TooCostly,
                format!("all, exists, filter and map are nested more than {MOST_MACROS} deep"),
                "split the rule, or give the facts a field that says it",
            ));
        }
        let element = Measure {
            steps: 0,
            elements: range.elements,
            values: range.values.div_ceil(range.elements.max(1)).max(VALUES_IN_AN_ELEMENT.min(range.values)),
            kind: Kind::Unknown,
        };
        let gathered = Measure { steps: 0, elements: range.elements, values: range.values, kind: Kind::Unknown };
        self.bound.push((name.clone(), element));
        self.bound.push((loop_over.accu_var.clone(), gathered));
        let start = self.visit(&loop_over.accu_init)?;
        let condition = self.visit(&loop_over.loop_cond)?;
        let step = self.visit(&loop_over.loop_step)?;
        let result = self.visit(&loop_over.result)?;
        self.bound.truncate(self.bound.len().saturating_sub(2));
        self.macros -= 1;
        let each = condition.steps.saturating_add(step.steps).saturating_add(VALUES_IN_AN_ELEMENT);
        let steps = range
            .steps
            .saturating_add(start.steps)
            .saturating_add(result.steps)
            .saturating_add(range.elements.saturating_mul(each));
        let gathers = matches!(loop_over.accu_init.expr, Expr::List(_));
        Ok(if gathers {
            Measure {
                steps,
                elements: range.elements.max(step.elements),
                values: range.elements.saturating_mul(step.values),
                kind: Kind::NotYesOrNo,
            }
        } else {
            Measure::scalar(steps, Kind::YesOrNo)
        })
    }

    fn forbidden(&self, node: &IdedExpr, what: &str) -> RuleError {
        self.error(
            node,
            RuleErrorKind::Forbidden,
            format!("rules may not use {what}"),
            "write it with lists, fields and comparisons",
        )
    }

    fn error(&self, node: &IdedExpr, kind: RuleErrorKind, message: impl Into<String>, hint: impl Into<String>) -> RuleError {
        let error = RuleError::new(kind, message, hint);
        match self.program.source_info().offset_for(node.id) {
            Some((start, _)) => error.at(self.source, usize::try_from(start).unwrap_or(0)),
            None => error,
        }
    }
}

fn gather(parts: &[Measure], kind: Kind) -> Measure {
    let own = u64::try_from(parts.len()).unwrap_or(u64::MAX).max(1);
    Measure {
        steps: parts.iter().fold(own, |sum, part| sum.saturating_add(part.steps)),
        elements: parts.iter().map(|part| part.elements).fold(own, u64::max),
        values: parts.iter().fold(own, |sum, part| sum.saturating_add(part.values)),
        kind,
    }
}
