//! Of a row as much is written as has changed: what stands in it is what a rebuild puts there, whatever came last.

use anyhow::Result;
use kept_testkit::Installation;
use serde_json::json;

use super::{announced, assert_sound, ordered, record, scanned};

#[test]
fn a_row_written_in_part_is_the_row_a_rebuild_makes() -> Result<()> {
    // Each alone, so that each is a writing of its own; the rows are read between them.
    let lives = [
        // The same milestone again, and another one.
        vec![("05T08", "in_network", ""), ("05T12", "in_network", ""), ("06T08", "out_for_delivery", "")],
        // Something wrong, the same milestone; then something worse; then all is well.
        vec![
            ("05T08", "in_network", ""),
            ("05T12", "in_network", "weather"),
            ("05T14", "in_network", "damaged"),
            ("06T08", "out_for_delivery", ""),
        ],
        // Over, and only then heard of that it was handed over, and under way: how long it took is another length now.
        vec![
            ("06T12", "delivered", ""),
            ("06T08", "out_for_delivery", ""),
            ("03T18", "handed_over", ""),
            ("03T08", "handed_over", ""),
        ],
        // Delivered, which was not so.
        vec![("06T08", "out_for_delivery", ""), ("06T12", "delivered", ""), ("06T18", "returning", "refused")],
    ];
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        for (number, life) in lives.iter().enumerate() {
            let (order, tracking) = (format!("88{number}"), format!("6A88{number}"));
            record(engine, vec![ordered(&order)])?;
            record(engine, vec![announced(&order, &tracking)])?;
            for (at, milestone, exception) in life {
                let mut scan = scanned(&tracking, &format!("2026-11-{at}:00:00+01:00"), milestone);
                if !exception.is_empty() {
                    scan["exception"] = json!(exception);
                }
                let recorded = record(engine, vec![scan])?;
                anyhow::ensure!(recorded.rejected.is_empty(), "{kind}: {:?}", recorded.rejected);
                engine.today()?;
            }
        }
        let sql = "select transit from parcel where transit is not null and milestone = 'delivered'";
        let lasted = engine.database().read(|connection| connection.query(sql, &[]))?;
        let lasted = lasted.iter().map(|row| row.int(0)).collect::<Result<Vec<_>, _>>()?;
        assert_eq!(lasted, [(3 * 24 + 4) * 3_600_000], "{kind}: from the first that was heard of it at last");
        assert_sound(engine, kind)?;
    }
    Ok(())
}
