//! What somebody is told who edits a pack.

use std::fs;

use kept_base::Language;
use kept_text::{MessagePack, TextError};
use serde_json::json;

fn refusal(file: &str, content: &str) -> (Option<usize>, String) {
    match MessagePack::from_files([(file, content)]) {
        Err(TextError::Pack { line, message, hint, .. }) => (line, format!("{message} / {hint}")),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("it was taken"),
    }
}

fn file(subject: &str, text: &str) -> String {
    format!("name = \"x\"\n[fr]\nsubject = \"{subject}\"\ntext = '''\n{text}\n'''\n[en]\nsubject = \"Order\"\ntext = \"Order\"\n")
}

#[test]
fn a_misspelt_value_is_refused_with_its_line() {
    let (line, said) = refusal("x.toml", &file("Commande", "Bonjour.\n\nLe {{ due_dya }}."));
    assert_eq!(line, Some(7), "{said}");
    assert!(said.contains("due_day"), "{said}");
}

#[test]
fn a_value_that_may_be_absent_must_be_asked_for() {
    let (line, said) = refusal("x.toml", &file("Commande {{ order_number }}", "Une.\nDeux {{ estimate_day }}."));
    assert_eq!(line, Some(6), "{said}");
    assert!(said.contains("{% if"), "{said}");
    let content = file("Commande", "Deux {{ estimate_day }}.").replacen("name", "requires = [\"estimate_day\"]\nname", 1);
    assert!(MessagePack::from_files([("x.toml", content.as_str())]).is_ok());
}

#[test]
fn an_absent_value_is_found_in_every_branch() {
    let (_, said) = refusal("x.toml", &file("Commande", "A{% if reason == 'damaged' %}{{ last_place }}{% endif %}"));
    assert!(said.contains("{% if"), "{said}");
}

#[test]
fn mistakes_of_syntax_are_refused_with_their_line() {
    let (line, said) = refusal("x.toml", &file("Commande", "Une.\n{% if due_day %}jamais fini"));
    assert!(line.is_some_and(|line| line >= 5), "{line:?} {said}");
    let (line, _) = refusal("x.toml", &file("Commande {{ order_number", "Une."));
    assert_eq!(line, Some(3));
    let (line, _) = refusal("x.toml", "name = \"x\"\n[fr]\nsubject = \n");
    assert_eq!(line, Some(3));
    let (_, said) = refusal("x.toml", "name = \"x\"\n[fr]\nsubject = \"a\"\ntext = \"b\"\n");
    assert!(said.contains("en"), "{said}");
    let (_, said) = refusal("x.toml", &file("Commande", "{{ order_number|upper }}"));
    assert!(said.contains("listed"), "{said}");
}

#[test]
fn names_and_requirements_must_be_known() {
    let (line, said) = refusal("y.toml", &file("Commande", "Une."));
    assert_eq!(line, Some(1), "{said}");
    let (line, said) = refusal("x.toml", &file("Commande", "Une.").replacen("name", "requires = [\"dueday\"]\nname", 1));
    assert_eq!(line, Some(1), "{said}");
}

#[test]
fn nothing_is_included_and_loops_end() {
    for tag in ["include 'subject'", "extends 'subject'", "import 'subject' as s", "macro m()", "raw", "-include 'text'"] {
        let (_, said) = refusal("x.toml", &file("Commande", &format!("Une. {{%{tag} %}}")));
        assert!(said.contains("cannot be used") || said.contains("syntax") || said.contains("tag"), "{said}");
    }
    let nested = "{% for a in lines_coming %}{% for b in lines_coming %}{% for c in lines_coming %}{{ c }}{% endfor %}{% endfor %}{% endfor %}";
    let content = file("Commande", &format!("Une. {nested}"));
    let pack = MessagePack::from_files([("x.toml", content.as_str())]).expect("fine with few lines");
    let lines: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let error =
        pack.render("x", Language::French, &json!({"order_number": "1", "team": "t", "shop": "s", "lines_coming": lines}));
    assert!(error.expect_err("out of fuel").to_string().contains("shorter"));
}

#[test]
fn a_text_that_says_nothing_is_refused() {
    let (line, said) = refusal("x.toml", &file("{% if due_day %}Commande{% endif %}", "Une."));
    assert_eq!(line, Some(3), "{said}");
}

#[test]
fn a_short_text_is_there_in_both_languages_and_tried() {
    let with = |french: &str, english: &str| {
        let english = if english.is_empty() { String::new() } else { format!("sms = \"{english}\"\n") };
        format!(
            "name = \"x\"\n[fr]\nsubject = \"Commande\"\ntext = \"Une.\"\nsms = \"{french}\"\n[en]\nsubject = \"Order\"\ntext = \"One.\"\n{english}"
        )
    };
    let (line, said) = refusal("x.toml", &with("Une.", ""));
    assert_eq!(line, Some(5), "{said}");
    assert!(said.contains("one language"), "{said}");
    let (line, said) = refusal("x.toml", &with("Une {{ estimate_day }}.", "One."));
    assert_eq!(line, Some(5), "{said}");
    let (line, _) = refusal("x.toml", &with("Une.", "{% if due_day %}One.{% endif %}"));
    assert_eq!(line, Some(9));
    let (line, said) = refusal("x.toml", &format!("internal = true\n{}", with("Une.", "One.")));
    assert_eq!(line, Some(6), "{said}");
    let content = with("{{ shop }} : une.", "{{ shop }}: one.");
    let pack = MessagePack::from_files([("x.toml", content.as_str())]).expect("fine");
    let given = json!({"order_number": 1, "team": "t", "shop": "s"});
    assert_eq!(pack.render_sms("x", Language::French, &given).expect("renders").as_deref(), Some("s : une."));
}

#[test]
fn a_folder_takes_the_place_of_ours_message_by_message() {
    let folder = std::env::temp_dir().join(format!("kept-text-pack-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(
        folder.join("returned.toml"),
        "name = \"returned\"\n[fr]\nsubject = \"Revenue !\"\ntext = \"Revenue.\"\n[en]\nsubject = \"Back\"\ntext = \"Back.\"\n",
    )
    .expect("a file");
    fs::write(folder.join("README.md"), "not a message").expect("a file");
    let pack = MessagePack::load(&folder);
    fs::remove_dir_all(&folder).expect("removed");
    let pack = pack.expect("loads");
    assert_eq!(pack.names().count(), 26);
    let message =
        pack.render("returned", Language::French, &json!({"order_number": 1, "team": "t", "shop": "s"})).expect("renders");
    assert_eq!(message.subject, "Revenue\u{202f}!");
    assert!(matches!(MessagePack::load(&folder), Err(TextError::Read { .. })));
}
