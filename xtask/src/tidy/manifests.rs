//! Rules about the manifests: who may import whom, and what each dependency is for.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use toml::Table;

use super::{Files, Problems};

/// The rooms, lowest first. A crate may import those of lower layers; those of one layer do not know each other.
const LAYERS: &[&[&str]] = &[
    &["kept-base"],
    &["kept-text", "kept-learn", "kept-rules"],
    &["kept-domain"],
    &["kept-store"],
    &["kept-engine"],
    &["kept-mail", "kept-connect", "kept-web", "kept-sample"],
    &["kept"],
];
/// An installation in a box; whoever imports it does so for tests.
const TESTKIT: &str = "kept-testkit";
const TASKS: &str = "xtask";
/// Libraries that stay in one room, so that they can be replaced there.
const OWNED: &[(&str, &[&str])] = &[
    ("rusqlite", &["kept-store"]),
    ("postgres", &["kept-store"]),
    ("cel", &["kept-rules"]),
    ("lettre", &["kept-mail"]),
    ("mail-parser", &["kept-mail"]),
    ("askama", &["kept-web"]),
    ("clap", &["kept"]),
];
const EXPLANATIONS: &str = "docs/dependencies.md";

/// The imports between crates run one way.
pub fn edges(files: &Files, problems: &mut Problems) -> Result<()> {
    for crate_ in crates(files)? {
        if layer_of(&crate_.name).is_none() && crate_.name != TESTKIT && crate_.name != TASKS {
            problems.error(format!("{}: {} is in no room; give it one in xtask/src/tidy/manifests.rs", crate_.path, crate_.name));
            continue;
        }
        for (kind, other) in &crate_.dependencies {
            if other.starts_with("kept") && !may_import(&crate_.name, *kind, other) {
                problems.error(format!("{}: {} must not import {other} ({})", crate_.path, crate_.name, kind.shown()));
            }
        }
    }
    Ok(())
}

/// Some libraries are known to one room only; tests may use them as an oracle.
pub fn owned(files: &Files, problems: &mut Problems) -> Result<()> {
    for crate_ in crates(files)? {
        for (kind, library) in &crate_.dependencies {
            let owners = OWNED.iter().find(|(name, _)| name == library).map(|(_, owners)| *owners);
            if let Some(owners) = owners
                && *kind != Kind::Test
                && !owners.contains(&crate_.name.as_str())
            {
                problems.error(format!("{}: only {} may import {library}", crate_.path, owners.join(" and ")));
            }
        }
    }
    Ok(())
}

/// Every crate takes the workspace's lints.
pub fn lints(files: &Files, problems: &mut Problems) -> Result<()> {
    for crate_ in crates(files)? {
        let takes = crate_.manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
        if takes != Some(true) {
            problems.error(format!("{}: add [lints] workspace = true", crate_.path));
        }
    }
    Ok(())
}

/// Every dependency is named once in the workspace, used by a crate, and explained.
pub fn explained(files: &Files, problems: &mut Problems) -> Result<()> {
    let crates = crates(files)?;
    let workspace: Table = files.text("Cargo.toml").context("there is no Cargo.toml")?.parse()?;
    let named = workspace.get("workspace").and_then(|value| value.get("dependencies")).and_then(toml::Value::as_table);
    let named: BTreeSet<&str> = named.into_iter().flat_map(|table| table.keys()).map(String::as_str).collect();
    let used: BTreeSet<&str> =
        crates.iter().flat_map(|crate_| &crate_.dependencies).map(|(_, library)| library.as_str()).collect();
    let explanations = files.text(EXPLANATIONS).unwrap_or_default();

    let tests = files.text("e2e/package.json").map(packages).unwrap_or_default();
    let outside = named.iter().filter(|name| !name.starts_with("kept-")).map(|name| (*name).to_owned());
    for library in outside.chain(tests) {
        if !mentions(explanations, &library) {
            problems.error(format!("{EXPLANATIONS}: a line is missing for {library}: need, why not our own lines, licence"));
        }
    }
    for library in named.difference(&used) {
        // A room that is laid and not yet used is no dependency to answer for.
        if !library.starts_with("kept-") {
            problems.error(format!("Cargo.toml: no crate uses {library}; remove it"));
        }
    }
    for crate_ in &crates {
        for (kind, library) in crate_.dependencies.iter().filter(|(_, library)| !named.contains(library.as_str())) {
            problems.error(format!("{}: name {library} in [workspace.dependencies] ({})", crate_.path, kind.shown()));
        }
    }
    Ok(())
}

/// What an import is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Product,
    Test,
    Build,
}

impl Kind {
    fn shown(self) -> &'static str {
        match self {
            Kind::Product => "dependencies",
            Kind::Test => "dev-dependencies",
            Kind::Build => "build-dependencies",
        }
    }
}

struct Crate {
    path: String,
    name: String,
    manifest: Table,
    dependencies: Vec<(Kind, String)>,
}

fn crates(files: &Files) -> Result<Vec<Crate>> {
    let manifests = files.ending("Cargo.toml").filter(|file| file.path != "Cargo.toml");
    manifests
        .map(|file| {
            let manifest: Table = file.text.parse().with_context(|| format!("{} cannot be read", file.path))?;
            let name = manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
            let name = name.with_context(|| format!("{} names no package", file.path))?.to_owned();
            Ok(Crate { path: file.path.clone(), name, dependencies: dependencies(&manifest), manifest })
        })
        .collect()
}

fn dependencies(manifest: &Table) -> Vec<(Kind, String)> {
    let kinds = [Kind::Product, Kind::Test, Kind::Build];
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let tables =
        std::iter::once(manifest).chain(targets.into_iter().flat_map(|table| table.values().filter_map(toml::Value::as_table)));
    let mut found = Vec::new();
    for table in tables {
        for kind in kinds {
            let names = table.get(kind.shown()).and_then(toml::Value::as_table);
            found.extend(names.into_iter().flat_map(|names| names.keys().map(move |name| (kind, name.clone()))));
        }
    }
    found
}

fn layer_of(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

fn may_import(name: &str, kind: Kind, other: &str) -> bool {
    if other == TESTKIT {
        return kind == Kind::Test;
    }
    match (layer_of(name), layer_of(other)) {
        (Some(mine), Some(theirs)) => theirs < mine,
        // The box holds everything but the binary.
        (None, Some(theirs)) => name == TESTKIT && theirs + 1 < LAYERS.len(),
        (_, None) => false,
    }
}

/// The names under "devDependencies" of a package.json: one a line, as npm writes it.
fn packages(text: &str) -> Vec<String> {
    let Some((_, rest)) = text.split_once("\"devDependencies\"") else { return Vec::new() };
    let inside = rest.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(inside, _)| inside);
    let pairs: BTreeMap<&str, &str> = inside.split(',').filter_map(|pair| pair.split_once(':')).collect();
    pairs.keys().map(|name| name.trim().trim_matches('"').to_owned()).collect()
}

/// Whether a text names a library as a word of its own.
fn mentions(text: &str, library: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
    text.match_indices(library).any(|(start, _)| {
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        let after = text.get(start + library.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::super::errors_of;
    use super::*;

    fn manifest(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"{name}\"\n[lints]\nworkspace = true\n{rest}")
    }

    #[test]
    fn a_lower_room_may_be_imported_and_a_higher_one_not() {
        let good = manifest(
            "kept-mail",
            "[dependencies]\nkept-engine.workspace = true\n[dev-dependencies]\nkept-testkit.workspace = true",
        );
        assert!(errors_of(edges, &[("crates/mail/Cargo.toml", &good)]).is_empty());
        let bad = manifest(
            "kept-mail",
            "[dependencies]\nkept-web.workspace = true\nkept-testkit.workspace = true\nkept.workspace = true",
        );
        assert_eq!(errors_of(edges, &[("crates/mail/Cargo.toml", &bad)]).len(), 3);
        let unknown = manifest("kept-attic", "");
        assert_eq!(errors_of(edges, &[("crates/attic/Cargo.toml", &unknown)]).len(), 1);
    }

    #[test]
    fn imports_for_one_system_only_are_seen() {
        let bad = manifest("kept-base", "[target.'cfg(unix)'.dependencies]\nkept-store.workspace = true");
        assert_eq!(errors_of(edges, &[("crates/base/Cargo.toml", &bad)]).len(), 1);
    }

    #[test]
    fn sql_stays_in_the_store_but_for_tests() {
        let bad =
            manifest("kept-web", "[dependencies]\nrusqlite.workspace = true\n[dev-dependencies]\npostgres.workspace = true");
        assert_eq!(errors_of(owned, &[("crates/web/Cargo.toml", &bad)]).len(), 1);
    }

    #[test]
    fn lints_must_be_taken() {
        assert_eq!(errors_of(lints, &[("crates/web/Cargo.toml", "[package]\nname = \"kept-web\"")]).len(), 1);
    }

    #[test]
    fn a_dependency_without_a_line_or_a_user_is_found() {
        let files = [
            ("Cargo.toml", "[workspace.dependencies]\nserde = \"1\"\nserde_json = \"1\"\n"),
            ("crates/base/Cargo.toml", &*manifest("kept-base", "[dependencies]\nserde.workspace = true\nhex = \"1\"")),
            ("docs/dependencies.md", "| serde_json | reads JSON |"),
        ];
        let errors = errors_of(explained, &files);
        assert_eq!(errors.len(), 3, "{errors:?}");
    }

    #[test]
    fn packages_of_the_browser_tests_are_read() {
        assert_eq!(packages("{\"devDependencies\": { \"a\": \"1\", \"b-c\": \"2\" }}"), ["a", "b-c"]);
    }
}
