//! Text messages: what they cost, and what the packs say in them.

use kept_base::Language;
use kept_text::MessagePack;
use kept_text::sms::{Encoding, Size, plain};
use serde_json::{Value, json};

fn size(text: &str) -> (Encoding, usize, usize) {
    let Size { encoding, units, segments } = Size::of(text);
    (encoding, units, segments)
}

#[test]
fn a_text_is_as_many_messages_as_the_standard_says() {
    use Encoding::{Gsm7, Ucs2};
    assert_eq!(size(""), (Gsm7, 0, 1));
    assert_eq!(size(&"a".repeat(160)), (Gsm7, 160, 1));
    assert_eq!(size(&"a".repeat(161)), (Gsm7, 161, 2));
    assert_eq!(size(&"a".repeat(306)), (Gsm7, 306, 2));
    assert_eq!(size(&"a".repeat(307)), (Gsm7, 307, 3));
    assert_eq!(size("é à ü ß Ω @ Ç £"), (Gsm7, 15, 1));
    // The euro and brackets stand behind an escape: two septets.
    assert_eq!(size("€[]{}|~^\\"), (Gsm7, 18, 1));
    assert_eq!(size(&"€".repeat(80)), (Gsm7, 160, 1));
    // 152 septets and an escape that would be divided: it goes into the next message whole.
    assert_eq!(size(&format!("{}€{}", "a".repeat(152), "b".repeat(152))), (Gsm7, 306, 3));
    assert_eq!(size("ç"), (Ucs2, 1, 1));
    assert_eq!(size(&"ç".repeat(70)), (Ucs2, 70, 1));
    assert_eq!(size(&"ç".repeat(71)), (Ucs2, 71, 2));
    assert_eq!(size(&"ç".repeat(134)), (Ucs2, 134, 2));
    assert_eq!(size(&"ç".repeat(135)), (Ucs2, 135, 3));
    assert_eq!(size("📦"), (Ucs2, 2, 1));
    assert_eq!(size(&format!("{}📦{}", "a".repeat(66), "b".repeat(66))), (Ucs2, 134, 3));
}

#[test]
fn typography_goes_and_letters_stay_where_they_can() {
    assert_eq!(
        plain("n’arrivera « sans doute » pas…\u{202f}: 9,90\u{a0}€ – La Poste"),
        "n'arrivera \"sans doute\" pas... : 9,90 € - La Poste"
    );
    assert_eq!(plain("mardi 1ᵉʳ août, ça dépend, Œuvre"), "mardi 1er aout, ca dépend, OEuvre");
    // A sign that no alphabet of seven bits has: then every letter may as well stay.
    assert_eq!(plain("août 📦"), "août 📦");
    assert_eq!(plain("Łódź, Škoda, Đà Nẵng"), "Łódź, Škoda, Đà Nẵng");
}

fn values(language: Language) -> Value {
    let (day, later) = match language {
        Language::French => ("jeudi 5 novembre", "lundi avant midi"),
        Language::English => ("Thursday 5 November", "on Monday before noon"),
    };
    json!({
        "order_number": "10377", "tracking_number": "XY123456789FR", "team": "L’équipe Expéditions", "shop": "Maison Lumen",
        "due_day": day, "estimate_day": day, "next_word_day": later, "delivered_day": day, "attempt_day": day,
        "lines_waited": ["Ida pendant"], "reason": "absent", "carrier": "La Poste – Colissimo", "link": "https://suivi.lumen.example/p/7K2M9QXWE4R5T6Y7U8I9O0P1A2S3D4F5",
    })
}

#[test]
fn every_short_text_fits_the_alphabet_and_carries_the_link() {
    let pack = MessagePack::embedded().expect("the pack");
    let short: Vec<&str> = pack.names().filter(|name| pack.has_sms(name)).collect();
    assert_eq!(
        short,
        [
            "address-problem",
            "arrived-after-warning",
            "attempt-failed",
            "backordered",
            "declared-lost",
            "found-again",
            "late-apology",
            "late-next-word",
            "late-warning",
            "pickup-reminder",
            "pickup-waiting",
            "presumed-lost",
            "returned"
        ]
    );
    let mut shown = String::new();
    for name in short {
        for language in Language::ALL {
            let text = pack.render_sms(name, language, &values(language)).expect("renders").expect("a short text");
            let Size { encoding, units, segments } = Size::of(&text);
            assert_eq!(encoding, Encoding::Gsm7, "{name} {language}: {text}");
            assert!(segments <= 3, "{name} {language}: {segments} messages: {text}");
            assert!(
                text.ends_with("/p/7K2M9QXWE4R5T6Y7U8I9O0P1A2S3D4F5") && !text.contains('\n') && !text.contains("  "),
                "{text}"
            );
            shown.push_str(&format!("{name} {language}, {units} characters, {segments} messages\n{text}\n\n"));
        }
    }
    insta::assert_snapshot!("short_texts", shown);
}

/// Our own texts are written so that no letter of them loses its accent; what values bring may.
#[test]
fn no_word_of_ours_is_misspelt_for_the_alphabet() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/messages");
    let mut looked_at = 0;
    for entry in std::fs::read_dir(folder).expect("the packs") {
        let path = entry.expect("a file").path();
        let Ok(file) = std::fs::read_to_string(&path).expect("a text").parse::<toml::Table>() else { continue };
        for language in ["fr", "en"] {
            let text = file.get(language).and_then(|parts| parts.get("sms")).and_then(toml::Value::as_str).unwrap_or_default();
            let letters: String = text.chars().filter(|character| character.is_alphabetic()).collect();
            assert_eq!(Size::of(&letters).encoding, Encoding::Gsm7, "{}: {text}", path.display());
            looked_at += usize::from(!text.is_empty());
        }
    }
    assert_eq!(looked_at, 26);
}

#[test]
fn a_message_without_a_short_text_has_none() {
    let pack = MessagePack::embedded().expect("the pack");
    assert!(!pack.has_sms("refunded") && !pack.has_sms("silent-operations") && !pack.has_sms("no such message"));
    assert_eq!(pack.render_sms("refunded", Language::French, &values(Language::French)).expect("known"), None);
}

#[test]
fn a_value_from_outside_neither_breaks_the_line_nor_leads_elsewhere() {
    let pack = MessagePack::embedded().expect("the pack");
    let mut values = values(Language::English);
    values["shop"] = json!("Evil\nShop\u{202e} [x](http://evil)");
    let text = pack.render_sms("late-warning", Language::English, &values).expect("renders").expect("a text");
    assert!(text.starts_with("Evil Shop [x](http://evil): your order"), "{text}");
    values["link"] = json!("javascript:alert(1)");
    assert!(pack.render_sms("late-warning", Language::English, &values).is_err());
}
