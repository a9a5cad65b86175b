//! The rules of the house, as tests: what a reviewer would otherwise have to remember.
//!
//! A rule is a function from the files of the repository to problems. It names the file, the line and what to do. Rules read what git
//! knows (tracked, or new and not ignored), never the disk at large.

mod documents;
mod hygiene;
mod manifests;
mod source;
mod texts;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::step::Count;
use crate::tools::output_of;

/// A rule, with its name as shown.
type Rule = (&'static str, fn(&Files, &mut Problems) -> Result<()>);

const RULES: &[Rule] = &[
    ("crates import one way only", manifests::edges),
    ("libraries stay in their room", manifests::owned),
    ("every crate takes the workspace's lints", manifests::lints),
    ("every dependency is explained and used", manifests::explained),
    ("files are short enough to read", source::lengths),
    ("no lint is silenced, no test is ignored", source::banned),
    ("every crate says its invariant", source::headers),
    ("pages hold no inline script or style", texts::templates),
    ("every text is in French and in English", texts::keys),
    ("no machine or registry is named", hygiene::places),
    ("links between documents lead somewhere", documents::links),
    ("commands in documents exist", documents::commands),
];

/// Tries every rule on the repository at `root`.
pub fn check(root: &Path) -> Result<Report> {
    let files = Files::read(root)?;
    let mut outcomes = Vec::new();
    for (name, rule) in RULES {
        let mut problems = Problems::default();
        rule(&files, &mut problems).with_context(|| format!("the rule \"{name}\" could not be tried"))?;
        outcomes.push((*name, problems));
    }
    Ok(Report { outcomes })
}

/// What the rules found.
pub struct Report {
    outcomes: Vec<(&'static str, Problems)>,
}

impl Report {
    /// Prints every rule with its problems and warnings.
    pub fn print(&self) {
        for (name, problems) in &self.outcomes {
            println!("{}  {name}", if problems.errors.is_empty() { "✓" } else { "✗" });
            for error in &problems.errors {
                println!("     {error}");
            }
            for warning in &problems.warnings {
                println!("     warning: {warning}");
            }
        }
    }

    /// Rules that hold.
    pub fn passed(&self) -> usize {
        self.outcomes.len() - self.failed()
    }

    /// Rules that do not.
    pub fn failed(&self) -> usize {
        self.outcomes.iter().filter(|(_, problems)| !problems.errors.is_empty()).count()
    }

    /// As the outcome of a step.
    pub fn count(&self) -> Count {
        let failed = self.outcomes.iter().filter(|(_, problems)| !problems.errors.is_empty());
        let names = failed.map(|(name, problems)| format!("{name}: {}", problems.errors.join("; "))).collect();
        Count { passed: self.passed(), failed: self.failed(), names }
    }
}

/// What a rule found.
#[derive(Debug, Default, PartialEq)]
pub struct Problems {
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Problems {
    /// Something to mend.
    pub fn error(&mut self, text: impl Into<String>) {
        self.errors.push(text.into());
    }

    /// Something to look at.
    pub fn warning(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }
}

/// The files of the repository that are text, by path from its root.
pub struct Files {
    all: Vec<File>,
    paths: std::collections::BTreeSet<String>,
}

/// A text file.
pub struct File {
    /// Path from the root, with `/`.
    pub path: String,
    /// Content.
    pub text: String,
}

impl Files {
    /// Every file that git tracks or would track.
    fn read(root: &Path) -> Result<Self> {
        // A checkout made by another user (as in a container) is still this repository.
        let listed = output_of(Command::new("git").current_dir(root).args([
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        let mut all = Vec::new();
        let mut paths = std::collections::BTreeSet::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // Deleted, and not yet said so to git.
            let Ok(bytes) = fs::read(root.join(path)) else { continue };
            if let (true, Ok(text)) = (paths.insert(path.to_owned()), String::from_utf8(bytes)) {
                all.push(File { path: path.to_owned(), text });
            }
        }
        Ok(Files { all, paths })
    }

    /// Files made up for a test.
    #[cfg(test)]
    pub fn made_up(files: &[(&str, &str)]) -> Self {
        Files {
            all: files.iter().map(|(path, text)| File { path: (*path).to_owned(), text: (*text).to_owned() }).collect(),
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
        }
    }

    /// All of them.
    pub fn all(&self) -> &[File] {
        &self.all
    }

    /// Those whose path ends so.
    pub fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = &'a File> {
        self.all.iter().filter(move |file| file.path.ends_with(end))
    }

    /// The text of one.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.all.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// Whether there is such a file, or a folder with a file in it; text or not.
    pub fn exists(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        path.is_empty()
            || self.paths.contains(path)
            || self.paths.range(folder.clone()..).next().is_some_and(|next| next.starts_with(&folder))
    }
}

/// What a rule says about made-up files.
#[cfg(test)]
pub fn errors_of(rule: fn(&Files, &mut Problems) -> Result<()>, files: &[(&str, &str)]) -> Vec<String> {
    let mut problems = Problems::default();
    rule(&Files::made_up(files), &mut problems).unwrap();
    problems.errors
}
