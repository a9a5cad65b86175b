//! What the watch finds of parcels with known troubles: nearly all of it, hardly anything else, and more after learning.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

#[test]
fn planted_troubles_are_found_and_little_else() -> Result<()> {
    let program = Command::new(env!("CARGO_BIN_EXE_kept"))
        .args(["load", "findings", "--parcels", "2000", "--seed", "5", "--json"])
        .output()
        .context("the program")?;
    assert!(program.status.success(), "{}", String::from_utf8_lossy(&program.stderr));
    let scores: Value = serde_json::from_slice(&program.stdout)?;
    for learning in ["cold", "learned"] {
        for (finding, score) in scores[learning].as_object().context("scores")? {
            let figure = |name: &str| score[name].as_f64().with_context(|| format!("{finding}: {score}"));
            assert!(figure("planted")? >= 5.0, "{finding}: too few to say anything");
            assert!(figure("precision")? >= 0.8, "{learning}, {finding}: {score}");
            assert!(figure("recall")? >= 0.7, "{learning}, {finding}: {score}");
        }
    }
    let stalled = |learning: &str, figure: &str| scores[learning]["stalled_in_network"][figure].as_f64().unwrap_or_default();
    assert!(stalled("learned", "recall") >= stalled("cold", "recall"));
    assert!(stalled("learned", "median_hours_until_found") < stalled("cold", "median_hours_until_found"));
    Ok(())
}
