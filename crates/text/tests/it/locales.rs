//! Both languages say the same keys with the same values, and every word of the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use kept_base::Language;
use kept_text::{Arg, Texts};

/// The keys of a file, each with the values it uses, by a reading of our own: lines of comments and continuations are simple in our files.
fn keys(content: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut message = String::new();
    for line in content.lines().filter(|line| !line.starts_with('#')) {
        let defined = line.split_once('=').map(|(key, _)| key.trim()).filter(|key| {
            let key = key.trim_start_matches(['.', '-']);
            !key.is_empty()
                && key.chars().all(|character| character.is_ascii_alphanumeric() || character == '-' || character == '_')
        });
        let current = match defined {
            Some(attribute) if line.trim_start().starts_with('.') => format!("{message}{attribute}"),
            Some(key) if !line.starts_with(' ') => {
                message = key.to_owned();
                message.clone()
            }
            _ => message.clone(),
        };
        let values = keys.entry(current).or_default();
        for (at, _) in line.match_indices('$') {
            values.insert(line[at + 1..].chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect());
        }
    }
    keys.remove("");
    keys
}

fn folder(language: Language) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language.tag());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(path).expect("a folder of texts") {
        let path = entry.expect("a file").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        files.insert(name, fs::read_to_string(&path).expect("a readable file"));
    }
    files
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_values() {
    let (french, english) = (folder(Language::French), folder(Language::English));
    assert_eq!(french.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>());
    for (file, content) in &french {
        let (french, english) = (keys(content), keys(&english[file]));
        let only = |these: &BTreeMap<String, _>, those: &BTreeMap<String, _>| {
            these.keys().filter(|key| !those.contains_key(*key)).cloned().collect::<Vec<_>>()
        };
        assert_eq!(only(&french, &english), [""; 0], "{file}: only in French");
        assert_eq!(only(&english, &french), [""; 0], "{file}: only in English");
        for (key, values) in &french {
            assert_eq!(values, &english[key], "{file}: {key}: the values differ");
        }
    }
}

#[test]
fn every_file_is_part_of_the_program() {
    let texts = Texts::embedded().expect("texts");
    for language in Language::ALL {
        for (file, content) in folder(language) {
            for key in keys(&content).into_keys().filter(|key| !key.contains('.') && !key.starts_with('-')) {
                assert!(texts.has(language, &key), "{language}/{file}: {key} is not embedded");
            }
        }
    }
}

#[test]
fn french_uses_its_own_apostrophe() {
    for (file, content) in folder(Language::French) {
        for (number, line) in content.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            assert!(!line.contains('\''), "fr/{file}:{}: write ’", number + 1);
        }
    }
}

#[test]
fn every_word_of_the_ledger_has_a_text() {
    let texts = Texts::embedded().expect("texts");
    let source =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src/vocabulary.rs")).expect("the vocabulary");
    let mut wanted = Vec::new();
    for line in source.lines().map(str::trim) {
        // `Milestone::Customs => "customs",` and `Lost = "lost", Carrier, "Lost.";`
        let milestone = line.starts_with("Milestone::").then(|| line.split('"').nth(1)).flatten().map(|word| ("milestone", word));
        let exception =
            line.split_once(" = \"").filter(|(_, rest)| rest.ends_with("\";")).and_then(|(_, rest)| rest.split('"').next());
        let named = milestone.or(exception.map(|word| ("exception", word)));
        wanted.extend(named.map(|(axis, word)| format!("{axis}-{}", word.replace('_', "-"))));
    }
    assert!(wanted.len() >= 36, "the vocabulary is read no longer: {wanted:?}");
    // The customer reads every one of them too, in words said to them.
    let own: Vec<String> = wanted.iter().map(|key| format!("own-{key}")).collect();
    wanted.extend(own);
    for cause in ["carrier", "merchant", "recipient", "customs", "force-majeure", "unknown"] {
        wanted.push(format!("cause-{cause}"));
    }
    for opened in ["carrier-event", "silence", "promise", "customer"] {
        wanted.push(format!("opened-by-{opened}"));
    }
    for key in wanted {
        for language in Language::ALL {
            assert!(texts.has(language, &key), "{language}: {key}");
        }
    }
}

#[test]
fn values_are_put_in_as_the_language_writes_them() {
    let ftl = "parcels = { $count ->\n    [one] { $count } colis\n   *[other] { $count } colis, dont { $name } : { $share }\n }\n    .title = Titre\n";
    let texts = Texts::from_files([(Language::French, "fr/x.ftl", ftl), (Language::English, "en/x.ftl", ftl)]).expect("texts");
    let args = [("count", Arg::from(10_377_usize)), ("name", Arg::from("<b>")), ("share", Arg::from(93.1))];
    assert_eq!(texts.say(Language::French, "parcels", &args), "10\u{202f}377 colis, dont <b>\u{202f}: 93,1");
    assert_eq!(texts.say(Language::English, "parcels", &args), "10,377 colis, dont <b> : 93.1");
    assert_eq!(texts.say(Language::French, "parcels", &[("count", Arg::from(0_i64))]), "0 colis");
    assert_eq!(texts.say(Language::French, "parcels.title", &[]), "Titre");
    assert_eq!(texts.say(Language::French, "nothing", &[]), "‹nothing›");
    assert_eq!(texts.say(Language::French, "parcels.nothing", &[]), "‹parcels.nothing›");
}

#[test]
fn a_wrong_file_is_refused_with_its_place() {
    let twice = "a = 1\na = 2\n";
    assert!(Texts::from_files([(Language::French, "fr/x.ftl", twice)]).is_err());
    let broken = "a = 1\n\nb = { $x\nc = 3\n";
    let error = Texts::from_files([(Language::French, "fr/x.ftl", broken)]).expect_err("broken").to_string();
    assert!(error.starts_with("fr/x.ftl: near line "), "{error}");
}

#[test]
fn texts_are_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Texts>();
    shared::<kept_text::MessagePack>();
}
