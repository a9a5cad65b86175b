//! Mails of our own making, with what of each is new, written down before the code ever saw them.

use kept_mail::cutting::cut;

const FILES: &[(&str, &str)] = &[
    ("french.txt", include_str!("french.txt")),
    ("others.txt", include_str!("others.txt")),
    ("markup.txt", include_str!("markup.txt")),
    ("various.txt", include_str!("various.txt")),
];

/// A mail, and its sender's words.
#[derive(Debug, Default)]
struct Body {
    name: String,
    plain: Option<String>,
    html: Option<String>,
    text: String,
}

#[test]
fn what_is_new_of_every_mail() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for body in bodies() {
        for line_end in ["\n", "\r\n"] {
            count += 1;
            let ended = |part: &Option<String>| part.as_ref().map(|part| part.replace('\n', line_end));
            let found = cut(ended(&body.plain).as_deref(), ended(&body.html).as_deref());
            if found.text != body.text {
                wrong.push(format!("{} ({line_end:?}):\n{}\ninstead of:\n{}\n", body.name, found.text, body.text));
            }
        }
    }
    assert!(count >= 400, "only {count} were read");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whoever answers with both parts gets the same words, whichever is read.
#[test]
fn nothing_is_lost_of_any() {
    for body in bodies() {
        let found = cut(body.plain.as_deref(), body.html.as_deref());
        if let Some(plain) = &body.plain {
            assert_eq!(words(&found.full_text), words(plain), "{}", body.name);
        }
        let mut all = words(&found.full_text).into_iter();
        for word in words(&found.text) {
            assert!(all.any(|other| other == word), "{}: {word} is not from the text", body.name);
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn bodies() -> Vec<Body> {
    let bodies: Vec<Body> = FILES.iter().flat_map(|(file, content)| read(file, content)).collect();
    assert!(bodies.iter().filter(|body| body.name.starts_with("french")).count() >= 30, "thirty French mails");
    bodies
}

fn read(file: &str, content: &str) -> Vec<Body> {
    let mut bodies: Vec<Body> = Vec::new();
    let mut part = String::new();
    for line in content.lines().filter(|line| !line.starts_with("# ")) {
        if let Some(name) = line.strip_prefix("@@ ") {
            bodies.push(Body { name: format!("{file}: {name}"), ..Body::default() });
            continue;
        }
        if let Some(name) = line.strip_prefix("@@") {
            name.clone_into(&mut part);
            continue;
        }
        let Some(body) = bodies.last_mut() else { continue };
        let text = match part.as_str() {
            "plain" => body.plain.get_or_insert_default(),
            "html" => body.html.get_or_insert_default(),
            "text" => &mut body.text,
            // Spoils the comparison, which then names the mail.
            _ => &mut body.text,
        };
        text.push_str(&shown(line));
        text.push('\n');
    }
    for body in &mut bodies {
        body.text = body.text.trim().to_owned();
    }
    bodies
}

/// What cannot be seen in an editor has a name in the files.
fn shown(line: &str) -> String {
    [("{nbsp}", "\u{A0}"), ("{nnbsp}", "\u{202F}"), ("{zw}", "\u{FEFF}"), ("{sp}", " "), ("{acute}", "\u{301}")]
        .iter()
        .fold(line.to_owned(), |line, (name, character)| line.replace(name, character))
}
