//! Published figures that ours must equal.

use kept_learn::{Share, Spell, kaplan_meier};
use serde_json::Value;

const VECTORS: &str = include_str!("vectors.json");

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-12
}

#[test]
fn wilson_intervals_are_the_published_ones() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    for row in vectors["wilson_95"].as_array().unwrap() {
        let share = Share::wilson(row["k"].as_u64().unwrap(), row["n"].as_u64().unwrap()).unwrap();
        assert!(close(share.lower, row["lower"].as_f64().unwrap()), "{row} {share:?}");
        assert!(close(share.upper, row["upper"].as_f64().unwrap()), "{row} {share:?}");
    }
    assert_eq!(Share::wilson(0, 0), None);
}

#[test]
fn survival_of_the_textbook_patients_is_the_published_one() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    for (spells, curve) in [("treated", "km_treated"), ("placebo", "km_placebo")] {
        let pairs = vectors[spells].as_array().unwrap();
        let spells: Vec<Spell> =
            pairs.iter().map(|pair| Spell { lasted: pair[0].as_i64().unwrap(), ended: pair[1] == 1 }).collect();
        let found = kaplan_meier(&spells);
        let expected = vectors[curve].as_array().unwrap();
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.at, expected["t"].as_i64().unwrap());
            assert_eq!(found.at_risk as u64, expected["at_risk"].as_u64().unwrap());
            assert_eq!(found.ended as u64, expected["events"].as_u64().unwrap());
            assert!(close(found.share, expected["S"].as_f64().unwrap()), "{expected} {found:?}");
            // The last patient gone leaves nobody: the source has no error there.
            if let Some(error) = expected["greenwood_se"].as_f64() {
                assert!(close(found.error, error), "{expected} {found:?}");
            }
        }
    }
}
