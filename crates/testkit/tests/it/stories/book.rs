//! Reading a story: prose, and fenced blocks of JSON values, one after the other.

use anyhow::{Result, bail};
use serde_json::Value;

/// A story as written.
pub struct Story {
    pub file: String,
    pub title: String,
    pub blocks: Vec<Block>,
}

/// A fenced block.
pub struct Block {
    pub kind: Kind,
    /// Line of its fence, from 1.
    pub line: usize,
    /// Its values, each with the line it begins on.
    pub lines: Vec<(usize, Value)>,
}

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What happens.
    Facts,
    /// What must stand then.
    Ledger,
    /// The letters that left since the last such block.
    Sent,
    /// What the figures say.
    Figures,
}

impl Story {
    /// Reads a story; anything that would be passed over in silence is an error.
    pub fn read(file: &str, text: &str) -> Result<Story> {
        let mut story = Story { file: file.to_owned(), title: String::new(), blocks: Vec::new() };
        let mut open: Option<(Kind, usize, String)> = None;
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            let fence = line.strip_prefix("```");
            match (&mut open, fence) {
                (Some((kind, start, body)), Some("")) => {
                    let lines = values(file, *start, body)?;
                    story.blocks.push(Block { kind: *kind, line: *start, lines });
                    open = None;
                }
                (Some(_), Some(_)) => bail!("{file}:{number}: a block begins within a block"),
                (Some((_, _, body)), None) => {
                    body.push_str(line);
                    body.push('\n');
                }
                (None, Some(word)) => open = Some((kind(file, number, word)?, number, String::new())),
                (None, None) => {
                    if let Some(title) = line.strip_prefix("# ") {
                        title.clone_into(&mut story.title);
                    }
                }
            }
        }
        if let Some((_, start, _)) = open {
            bail!("{file}:{start}: this block never ends");
        }
        if story.title.is_empty() {
            bail!("{file}: a story needs a title");
        }
        if story.blocks.iter().all(|block| block.kind == Kind::Facts) {
            bail!("{file}: this story checks nothing");
        }
        Ok(story)
    }
}

fn kind(file: &str, line: usize, word: &str) -> Result<Kind> {
    Ok(match word {
        "facts" => Kind::Facts,
        "ledger" => Kind::Ledger,
        "sent" => Kind::Sent,
        "figures" => Kind::Figures,
        other => bail!("{file}:{line}: a block is `facts`, `ledger`, `sent` or `figures`, not `{other}`"),
    })
}

fn values(file: &str, start: usize, body: &str) -> Result<Vec<(usize, Value)>> {
    let mut lines = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(body).into_iter::<Value>();
    loop {
        let rest = body.get(stream.byte_offset()..).unwrap_or_default();
        let skipped = rest.len() - rest.trim_start().len();
        let before = body.get(..stream.byte_offset() + skipped).unwrap_or_default();
        let line = start + 1 + before.matches('\n').count();
        match stream.next() {
            None => break,
            Some(Ok(value)) => lines.push((line, value)),
            Some(Err(error)) => bail!("{file}:{line}: this is no JSON: {error}"),
        }
    }
    if lines.is_empty() {
        bail!("{file}:{start}: this block is empty");
    }
    Ok(lines)
}
