//! What holds for every text, however it looks.

use kept_mail::cutting::cut;
use proptest::prelude::*;

/// Lines of which seams are made, so that made-up texts have some.
const LINES: &[&str] = &[
    "",
    "Bonjour,",
    "le colis est perdu",
    "> une ligne citée",
    ">> deux fois",
    ">",
    "Le 12/03/2024 à 14:30, Maison Lila <a@lila.example> a écrit :",
    "Le 12/03/2024 à 14:30, Maison Lila <",
    "a@lila.example> a écrit :",
    "> a écrit :",
    "On Tue, Mar 12, 2024 at 2:30 PM Lila wrote:",
    "Jean Dupont a écrit :",
    "De : Lila <a@lila.example>",
    "Envoyé : mardi 12 mars 2024 14:30",
    "À : Jean",
    "Objet : Colis",
    "-----Message d'origine-----",
    "---------- Forwarded message ---------",
    "________________________________",
    "-- ",
    "--",
    "Jean Morvan",
    "Envoyé de mon iPhone",
    "##- Répondez au-dessus de cette ligne -##",
    "https://lists.example.org/ jean@example.org",
    "Vous disiez donc ceci :",
];

/// Pieces of markup, closed or not.
const TAGS: &[&str] = &[
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<br>",
    "<blockquote type=cite>",
    "</blockquote>",
    "<div class=gmail_quote>",
    "<table><tr><td>",
    "</td></tr></table>",
    "<li>",
    "<ol>",
    "</ol>",
    "<a href='https://lila.example/'>",
    "</a>",
    "<span style='display:none'>",
    "</span>",
    "<hr>",
    "<pre>",
    "</pre>",
    "<div id=divRplyFwdMsg>",
    "<script>",
    "</script>",
    "<title>",
    "<!--",
    "-->",
    "<div style='border-top:solid 1px'>",
    "&amp;",
    "&#x1F600;",
    "<",
    "Bonjour ",
    "De : a@lila.example<br>",
    "##- x -##",
    "<b",
    "\"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_cut_without_loss(text in any::<String>()) {
        holds(&text)?;
        let _ = cut(None, Some(&text));
    }

    #[test]
    fn texts_with_seams_are_cut_without_loss(lines in prop::collection::vec(prop::sample::select(LINES), 0..24)) {
        holds(&lines.join("\n"))?;
    }

    #[test]
    fn markup_is_cut_without_loss(pieces in prop::collection::vec(prop::sample::select(TAGS), 0..40)) {
        let html = pieces.concat();
        let found = cut(None, Some(&html));
        prop_assert!(is_part(&found.text, &found.full_text));
        holds(&found.full_text)?;
    }

    #[test]
    fn both_parts_show_the_plain_one(lines in prop::collection::vec(prop::sample::select(LINES), 0..12), pieces in prop::collection::vec(prop::sample::select(TAGS), 0..20)) {
        let plain = lines.join("\n");
        let found = cut(Some(&plain), Some(&pieces.concat()));
        prop_assert!(is_part(&found.text, &found.full_text));
        if !plain.trim().is_empty() {
            prop_assert_eq!(words(&found.full_text), words(&plain));
        }
    }
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    let found = cut(Some(text), None);
    prop_assert!(is_part(&found.text, &found.full_text), "{:?} of {:?}", found.text, found.full_text);
    prop_assert_eq!(found.text.is_empty(), found.full_text.is_empty());
    let again = cut(Some(&found.text), None);
    prop_assert_eq!(&again.text, &found.text);
    Ok(())
}

/// Whether the words of the one are words of the other, in their order.
fn is_part(text: &str, full_text: &str) -> bool {
    let mut all = words(full_text).into_iter();
    words(text).into_iter().all(|word| all.any(|other| other == word))
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// A depth that would end a stack.
#[test]
fn depth_is_no_danger() {
    let html = format!("{}bonjour{}", "<div><blockquote>".repeat(200_000), "</blockquote></div>".repeat(200_000));
    assert!(cut(None, Some(&html)).text.contains("bonjour"));
}

/// More lines than anybody writes take no more memory than the text itself, and are all shown.
#[test]
fn endless_lines_are_shown_as_they_are() {
    let plain = format!("mot\n{}Envoyé de mon iPhone\n", "a\n".repeat(300_000));
    let found = cut(Some(&plain), None);
    assert_eq!(found.text, plain.trim());
    assert_eq!(found.full_text, found.text);
    let html = "a<br>".repeat(300_000);
    assert_eq!(cut(None, Some(&html)).text.lines().count(), 300_000);
}
