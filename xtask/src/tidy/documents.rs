//! Rules about documents: links lead somewhere, commands exist.

use anyhow::Result;

use super::{File, Files, Problems};

const TASKS: &[&str] = &["test", "tidy", "postgres", "nightly", "openapi", "shots"];
const PROGRAM: &str = "crates/kept/src/";

/// Links between files of the repository lead to files of the repository.
pub fn links(files: &Files, problems: &mut Problems) -> Result<()> {
    for file in files.ending(".md") {
        for (number, line) in prose(&file.text) {
            for target in targets(line).filter(|target| !is_outside(target)) {
                let path = target.split(['#', '?']).next().unwrap_or_default();
                if !path.is_empty() && !resolve(&file.path, path).is_some_and(|path| files.exists(&path)) {
                    problems.error(format!("{}:{number}: the link to {target} leads nowhere", file.path));
                }
            }
        }
    }
    Ok(())
}

/// Tasks and sub-commands that documents name exist.
pub fn commands(files: &Files, problems: &mut Problems) -> Result<()> {
    let program: Vec<&File> = files.ending(".rs").filter(|file| file.path.starts_with(PROGRAM)).collect();
    for file in files.ending(".md") {
        for (number, line) in commands_in(&file.text) {
            let here = format!("{}:{number}", file.path);
            match line {
                Named::Task(task) if !TASKS.contains(&task.as_str()) => {
                    problems.error(format!("{here}: there is no task `cargo xtask {task}`"));
                }
                Named::Sub(name) if !program.iter().any(|source| has_variant(&source.text, &name)) => {
                    problems.error(format!("{here}: there is no command `kept {name}`"));
                }
                Named::Task(_) | Named::Sub(_) => {}
            }
        }
    }
    Ok(())
}

/// A command that a document names.
#[derive(Debug, PartialEq)]
enum Named {
    Task(String),
    Sub(String),
}

/// Commands in code: lines of fenced blocks, and `inline` spans.
fn commands_in(text: &str) -> Vec<(usize, Named)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let spans: Vec<&str> = if fenced { vec![line] } else { line.split('`').skip(1).step_by(2).collect() };
        found.extend(spans.into_iter().filter_map(named).map(|command| (number, command)));
    }
    found
}

fn named(code: &str) -> Option<Named> {
    let words: Vec<&str> = code.trim().trim_start_matches("$ ").split_whitespace().collect();
    let after = |front: &[&str]| {
        let at = words.windows(front.len()).position(|window| window == front)?;
        words
            .get(at + front.len())
            .filter(|word| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'))
            .copied()
    };
    if let Some(task) = after(&["cargo", "xtask"]) {
        return Some(Named::Task(task.to_owned()));
    }
    let started = words.first().is_some_and(|word| *word == "kept" || word.ends_with("/kept"));
    let sub = if started { words.get(1).copied() } else { after(&["--release", "--"]).filter(|_| words.contains(&"run")) };
    let is_name = |word: &&str| !word.starts_with('-') && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    sub.filter(is_name).map(|name| Named::Sub(name.to_owned()))
}

/// Whether a variant of a clap enum stands for the command: `rebuild-index` is `RebuildIndex`, at the start of a line.
fn has_variant(source: &str, command: &str) -> bool {
    let variant: String = command
        .split('-')
        .flat_map(|word| word.chars().enumerate().map(|(at, letter)| if at == 0 { letter.to_ascii_uppercase() } else { letter }))
        .collect();
    source.lines().any(|line| {
        let rest = line.trim_start().strip_prefix(&variant);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['(', ' ', ',', '{']))
    })
}

/// Lines outside fenced blocks, with their numbers.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            lines.push((number, line));
        }
    }
    lines
}

/// What stands between the brackets of `[…](…)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("](").filter_map(|(at, _)| {
        let inside = line.get(at + 2..)?.split(')').next()?;
        inside.split_whitespace().next()
    })
}

fn is_outside(target: &str) -> bool {
    target.contains("://") || target.starts_with("mailto:") || target.starts_with('#')
}

/// The path from the root of a path written in a file; `None` when it leaves the repository.
fn resolve(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::errors_of;
    use super::*;

    #[test]
    fn links_lead_somewhere() {
        let text = "[a](../README.md#top) [b](missing.md) [c](https://example.org/x) [d](#here) [e](pictures/) ![f](pictures/a.png)\n```\n[g](no)\n```\n[h](../../x)";
        let files = [("docs/a.md", text), ("README.md", ""), ("docs/pictures/a.png", "")];
        let errors = errors_of(links, &files);
        assert_eq!(errors.len(), 2, "{errors:?}");
    }

    #[test]
    fn commands_are_read_from_code_only() {
        let text = "`cargo xtask test --only unit`, `kept verify`; kept nothing\n```sh\ncargo run --release -- demo --speed 60\n$ cargo xtask fly\n```\n`kept.toml`, `kept --help`";
        let named: Vec<Named> = commands_in(text).into_iter().map(|(_, command)| command).collect();
        let task = |name: &str| Named::Task(name.to_owned());
        let sub = |name: &str| Named::Sub(name.to_owned());
        assert_eq!(named, [task("test"), sub("verify"), sub("demo"), task("fly")]);
    }

    #[test]
    fn commands_exist() {
        let program = ("crates/kept/src/main.rs", "enum Command {\n    Demo(Demo),\n    RebuildIndex,\n}");
        let document = ("README.md", "`kept demo` `kept rebuild-index` `kept fly` `cargo xtask tidy`");
        assert_eq!(errors_of(commands, &[program, document]).len(), 1);
    }
}
