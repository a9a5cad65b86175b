//! How the time of cutting grows with the length of a mail, for bodies made to be slow: eight times the length should take about eight
//! times the time.
//!
//! ```sh
//! cargo run --release -p kept-mail --example growth
//! ```
//! Prints the rows of the table in docs/benchmarks.md.

use std::hint::black_box;
use std::time::{Duration, Instant};

use kept_mail::cutting::cut;

/// Bodies that go round in everything that the cutting looks for.
const SHAPES: [(&str, Kind, &str, &str); 13] = [
    ("introductions", Kind::Plain, "Le 1 mars à 1:11 je dis a@b.example a écrit :\n", ""),
    ("quotations", Kind::Plain, "> Le 12/03/2024 à 14:30, Lila a écrit :\nnon\n\n", ""),
    ("labels", Kind::Plain, "De : quelqu'un\n", ""),
    ("signatures", Kind::Plain, "-- \nmot\n\nEnvoyé de mon iPhone\n\n", ""),
    ("one line", Kind::Plain, "mot ", ""),
    ("open elements", Kind::Html, "<div><b><span>a", ""),
    ("open quotations", Kind::Html, "<blockquote><i>a", ""),
    ("end tags", Kind::Html, "<p></b></div></td>", ""),
    ("cells", Kind::Html, "<table><tr><td>a</div>", ""),
    ("lists", Kind::Html, "<ul><li>a", ""),
    ("attributes", Kind::Html, "<b a", "=1>"),
    ("attributes of one tag", Kind::Attributes, " a1b", ">x"),
    ("entities", Kind::Html, "&amp;&#1;&lt", ""),
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    Html,
    /// HTML of one tag, whose attributes are all different.
    Attributes,
}

fn main() {
    println!("| body | 400 kB | times that of 50 kB |");
    println!("|---|---|---|");
    for (name, kind, piece, end) in SHAPES {
        let (short, long) = (quickest(&body(kind, piece, end, 50_000), kind), quickest(&body(kind, piece, end, 400_000), kind));
        println!("| {name} | {:.1} ms | {:.1} |", long.as_secs_f64() * 1e3, long.as_secs_f64() / short.as_secs_f64());
    }
}

fn body(kind: Kind, piece: &str, end: &str, length: usize) -> String {
    let mut body = if kind == Kind::Attributes { "<p".to_owned() } else { String::new() };
    for at in 0..length / piece.len() {
        body.push_str(piece);
        if kind == Kind::Attributes {
            body.push_str(&at.to_string());
        }
    }
    body.push_str(end);
    body
}

/// The quickest of five: what the mail costs, without what else the machine was doing.
fn quickest(body: &str, kind: Kind) -> Duration {
    let once = |_| {
        let begun = Instant::now();
        black_box(if kind == Kind::Plain { cut(Some(black_box(body)), None) } else { cut(None, Some(black_box(body))) });
        begun.elapsed()
    };
    (0..5).map(once).min().unwrap_or_default()
}
