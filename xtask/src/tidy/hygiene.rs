//! Rules about what a repository must not say: where it was written, and from whose mirror.

use anyhow::Result;

use super::{Files, Problems};

/// Halves of what is looked for, so that this file does not hold it.
const PLACES: &[(&str, &str)] = &[
    ("/wor", "k/"),
    ("/tmp/", "bash"),
    ("/ro", "ot/"),
    ("index.", "crates.io"),
    ("static.", "crates.io"),
    ("registry.", "npmjs.org"),
    ("deb.", "debian.org"),
    ("py", "pi.org"),
    ("files.", "pythonhosted.org"),
    ("proxy.", "golang.org"),
];
const CONFLICTS: &[&str] = &["<<<<<<< ", ">>>>>>> "];

/// No path of a machine, no host of a registry, no mark of an unfinished merge.
pub fn places(files: &Files, problems: &mut Problems) -> Result<()> {
    let places: Vec<String> = PLACES.iter().map(|(front, back)| format!("{front}{back}")).collect();
    for file in files.all() {
        for (number, line) in file.text.lines().enumerate() {
            for place in places.iter().filter(|place| names_place(line, place)) {
                problems.error(format!("{}:{}: names {place}", file.path, number + 1));
            }
            if CONFLICTS.iter().any(|mark| line.starts_with(mark)) {
                problems.error(format!("{}:{}: the mark of a merge", file.path, number + 1));
            }
        }
    }
    Ok(())
}

/// A path counts where it begins, not inside a longer one (one inside an address is no place here).
fn names_place(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(start, _)| {
        let before = line.get(..start).and_then(|before| before.chars().next_back());
        !place.starts_with('/') || !before.is_some_and(|letter| letter.is_alphanumeric() || "-_.~/}".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::super::errors_of;
    use super::*;

    #[test]
    fn places_are_found_where_they_begin() {
        let path = format!("{}{}shared", PLACES[0].0, PLACES[0].1);
        let host = format!("{}{}", PLACES[5].0, PLACES[5].1);
        assert_eq!(errors_of(places, &[("a.md", &format!("see `{path}`"))]).len(), 1);
        assert_eq!(errors_of(places, &[("a.lock", &format!("https://{host}/a"))]).len(), 1);
        assert!(errors_of(places, &[("a.md", &format!("https://example.org/our{path}"))]).is_empty());
    }
}
