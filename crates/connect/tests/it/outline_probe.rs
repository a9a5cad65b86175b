
use crate::shared::{lines, source, estimated_days};
#[test]
fn probe() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/carriers");
    for entry in std::fs::read_dir(root).unwrap() {
        let dir = entry.unwrap().path();
        let name = dir.file_name().unwrap().to_str().unwrap().to_owned();
        if !dir.is_dir() || name == "laposte" { continue }
        for sample in std::fs::read_dir(dir.join("samples")).unwrap() {
            let sample = sample.unwrap().path();
            let parsed = source(&name).parse(&std::fs::read(&sample).unwrap());
            println!("=== {name} {}", sample.file_name().unwrap().to_str().unwrap());
            for line in lines(&parsed) { println!("{line}"); }
            println!("  days {:?} error {:?}", estimated_days(&parsed), parsed.error);
            for un in parsed.unmapped { println!("  unmapped {un:?}"); }
        }
    }
}
