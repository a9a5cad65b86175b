//! Orders of a file, part by part: a stop anywhere loses nothing, doubles nothing and counts once.

use kept_domain::input::Input;
use kept_engine::views::PromiseFilter;
use kept_engine::{Engine, EngineError};
use kept_testkit::Installation;
use serde_json::json;

const ORDERS: usize = 1_130;

fn orders() -> Vec<Input> {
    let order = |number: usize| {
        // One has no number, which only recording it finds out.
        let name = if number == 700 { String::new() } else { format!("F-{number}") };
        serde_json::from_value(json!({
            "source": "csv", "kind": "order.placed", "order_number": name, "at": "2026-10-01T09:00:00+02:00", "promised_day": "2026-10-05",
            "customer": { "email": format!("{number}@client.example") }, "lines": [{ "sku": "A", "quantity": 1 }]
        }))
        .unwrap()
    };
    (0..ORDERS).map(order).collect()
}

fn promises(engine: &Engine) -> u64 {
    engine.promises(&PromiseFilter::default()).unwrap().total
}

#[test]
fn a_stop_between_recording_and_counting_changes_nothing() {
    for installation in Installation::each().unwrap() {
        let engine = &installation.engine;
        engine.begin_file("csv", &orders(), 3).unwrap();
        assert!(matches!(engine.begin_file("csv", &orders(), 0), Err(EngineError::Conflict(_))), "one file at a time");
        let import = engine.import("csv").unwrap().unwrap();
        assert_eq!((import.orders, import.done_at, import.file.unwrap().of), (0, None, ORDERS as u64));
        for round in 0..3 {
            let before = engine.database().read(|connection| connection.first_setting_under("waiting:")).unwrap().unwrap();
            let counted = engine.database().read(|connection| connection.setting("import:csv")).unwrap().unwrap();
            assert!(engine.import_waiting().unwrap());
            let told = promises(engine);
            // As a crash leaves it after the part was recorded: it still waits, and was not counted.
            let back = |connection: &mut kept_store::Connection| {
                connection.save_setting(&before.0, &before.1)?;
                connection.save_setting("import:csv", &counted)
            };
            engine.database().read(back).unwrap();
            assert!(engine.import_waiting().unwrap(), "it is taken up again");
            assert_eq!(promises(engine), told, "round {round}: nothing twice");
        }
        assert!(!engine.import_waiting().unwrap(), "nothing waits");
        let import = engine.import("csv").unwrap().unwrap();
        let file = import.file.unwrap();
        assert!(import.done_at.is_some() && import.orders == ORDERS as u64);
        assert_eq!((file.accepted, file.known, file.wrong), (ORDERS as u64 - 1, 0, 4), "counted once, as it was answered");
        assert_eq!(promises(engine), ORDERS as u64 - 1);
        let kept = engine.quarantine().unwrap();
        assert!(kept.len() == 1 && kept[0].error.contains("order_number"), "what was not taken is kept: {kept:?}");

        // The same file again: known already, every one.
        engine.begin_file("csv", &orders(), 0).unwrap();
        while engine.import_waiting().unwrap() {}
        let file = engine.import("csv").unwrap().unwrap().file.unwrap();
        assert_eq!((file.accepted, file.known, file.wrong), (0, ORDERS as u64 - 1, 1));
        assert_eq!(promises(engine), ORDERS as u64 - 1);
        let left = engine.database().read(|connection| connection.settings_under("waiting:")).unwrap();
        assert!(left.is_empty(), "nothing of the file is left beside the ledger");
    }
}

#[test]
fn what_cannot_be_read_any_more_is_kept_and_counted() {
    for installation in Installation::each().unwrap() {
        let engine = &installation.engine;
        engine.begin_file("csv", &orders()[..2], 0).unwrap();
        let (name, part) =
            engine.database().read(|connection| connection.first_setting_under("waiting:")).unwrap().expect("a part waits");
        let changed = part.replacen("order.placed", "order.whispered", 1);
        engine.database().read(|connection| connection.save_setting(&name, &changed)).unwrap();
        while engine.import_waiting().unwrap() {}
        let import = engine.import("csv").unwrap().unwrap();
        let file = import.file.unwrap();
        assert!(import.done_at.is_some() && import.orders == 2);
        assert_eq!((file.accepted, file.known, file.wrong), (1, 0, 1));
        let kept = engine.quarantine().unwrap();
        assert!(kept.len() == 1 && kept[0].error.contains("order.whispered"), "{kept:?}");

        // Cut off: nothing of it can be told apart, and all of it is kept.
        engine.begin_file("csv", &orders()[..2], 0).unwrap();
        let (name, part) =
            engine.database().read(|connection| connection.first_setting_under("waiting:")).unwrap().expect("a part waits");
        engine.database().read(|connection| connection.save_setting(&name, &part[..part.len() / 2])).unwrap();
        while engine.import_waiting().unwrap() {}
        assert_eq!(engine.import("csv").unwrap().unwrap().file.unwrap().wrong, 1);
        assert_eq!(engine.quarantine().unwrap().len(), 2);
        assert!(!engine.import_waiting().unwrap(), "it does not stand in the way");
    }
}
