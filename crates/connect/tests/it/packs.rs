use std::fs;

use kept_connect::orders_csv::Mapping;
use kept_connect::{CarrierPacks, Carriers, CodeTable, PackError};
use kept_domain::vocabulary::Milestone;

#[test]
fn the_packs_inside_the_binary_are_right() {
    CarrierPacks::embedded().expect("readable packs");
}

#[test]
fn a_directory_replaces_what_it_has() {
    let directory = tempfile::tempdir().expect("a directory");
    let text = "source = \"laposte\"\n[[code]]\ncode = \"ET1\"\nmilestone = \"customs\"\n";
    fs::write(directory.path().join("laposte.toml"), text).expect("written");
    let packs = CarrierPacks::load(directory.path()).expect("readable");
    assert_eq!(packs.table("laposte").meaning("ET1", None, "", None).milestone, Milestone::Customs);
    assert!(!packs.table("laposte").meaning("DI1", None, "", None).mapped);
    assert_eq!(packs.table("aftership").meaning("Delivered_001", None, "", None).milestone, Milestone::Delivered);
}

#[test]
fn the_shipped_directory_is_what_is_inside() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/carriers");
    CarrierPacks::load(&directory).expect("readable");
}

#[test]
fn a_missing_directory_is_an_error_and_not_the_defaults() {
    let directory = tempfile::tempdir().expect("a directory");
    assert!(matches!(CarrierPacks::load(&directory.path().join("absent")), Err(PackError::Unreadable { .. })));
}

#[test]
fn mistakes_are_named_by_file_line_and_column() {
    let cases = [
        ("source = \"laposte\"\n[[code]]\ncode = \"ET1\"\nmilestone = \"in_netwrk\"\n", (4, 13), "in_netwrk", "in_network"),
        ("source = \"laposte\"\n[[code]]\ncode = \"ET1\"\n", (3, 8), "no milestone", "keep"),
        ("source = \"laposte\"\n[[code]]\ncode = \"ET1\"\nmilestone = \"keep\"\n", (4, 13), "otherwise", "nothing came before"),
        (
            "source = \"laposte\"\n[[code]]\ncode = \"ET1\"\nmilestone = \"in_network\"\notherwise = \"customs\"\n",
            (5, 13),
            "otherwise",
            "keep",
        ),
        (
            "source = \"laposte\"\n[[code]]\ncode = \"ET1\"\nmilestone = \"in_network\"\nexception = \"broken\"\n",
            (5, 13),
            "broken",
            "one of",
        ),
        (
            "source = \"laposte\"\n[[code]]\ncode = \"ET1\"\nmilestone = \"customs\"\n[[code]]\ncode = \"et1\"\nmilestone = \"customs\"\n",
            (6, 8),
            "twice",
            "code.when",
        ),
        ("source = \"ups\"\n", (1, 10), "not of \"laposte\"", "rename"),
        (
            "source = \"laposte\"\n[[code]]\ncode = \"ET1\"\nmilestone = \"customs\"\n[[code.when]]\nsays = [\" * \"]\n",
            (6, 9),
            "every label",
            "words",
        ),
    ];
    for (text, (line, column), message, hint) in cases {
        let error = CodeTable::read("carriers/laposte.toml", text, "laposte").expect_err(text);
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("carriers/laposte.toml, line {line}, column {column}: ")), "{shown}");
        assert!(shown.contains(message) && shown.contains(hint), "{shown}");
    }
}

#[test]
fn broken_toml_and_unknown_keys_are_named_too() {
    for (text, line) in [("source = \"laposte\"\n[[code]\n", 2), ("source = \"laposte\"\ncolour = 3\n", 2), ("source = 3\n", 1)] {
        let PackError::Wrong { line: found, message, .. } = CodeTable::read("f", text, "laposte").expect_err(text) else {
            panic!("{text}")
        };
        assert_eq!(found, line, "{text}: {message}");
        assert!(!message.is_empty());
    }
}

#[test]
fn one_name_is_one_carrier() {
    let text =
        "[[carrier]]\ncarrier = \"laposte\"\nalso = [\"colissimo\"]\n[[carrier]]\ncarrier = \"dpd\"\nalso = [\"Colissimo\"]\n";
    let error = Carriers::read("carriers.toml", text).expect_err("a clash").to_string();
    assert!(error.starts_with("carriers.toml, line 6, column 9: "), "{error}");
}

#[test]
fn a_mapping_s_mistakes_are_named_too() {
    let cases = [
        ("[columns]\norder_number = \"N\"\n", "no column for `at`"),
        ("[columns]\norder_number = \"N\"\nat = \"D\"\n\"customer.mail\" = \"E\"\n", "customer.email"),
        ("zone = \"Europe/Pari\"\n[columns]\norder_number = \"N\"\nat = \"D\"\n", "line 1, column 8"),
        ("date_format = \"%H:%M\"\n[columns]\norder_number = \"N\"\nat = \"D\"\n", "whole day"),
        ("delimiter = \"ab\"\n[columns]\norder_number = \"N\"\nat = \"D\"\n", "one character"),
        ("currency = \"EURO\"\n[columns]\norder_number = \"N\"\nat = \"D\"\n", "three letters"),
    ];
    for (text, words) in cases {
        let error = Mapping::from_toml("orders.toml", text).expect_err(text).to_string();
        assert!(error.starts_with("orders.toml, line ") && error.contains(words), "{error}");
    }
}
