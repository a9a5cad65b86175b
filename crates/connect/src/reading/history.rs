//! A history put in the order in which it happened, and each of its scans given its meaning.

use std::cmp::Ordering;

use kept_base::Moment;
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use kept_engine::ports::Unmapped;

use crate::reading::answer::short;
use crate::reading::codes::CodeTable;
use crate::reading::entities::read_entities;

/// A scan as the source gave it.
pub(crate) struct Scan {
    /// The source's code.
    pub code: String,
    /// Its coarser tag, where it has one; several, finest first, with `|` between them.
    pub tag: Option<String>,
    /// Its words.
    pub text: String,
    /// What else it says of the scan (an exception's code and words): read by the table's rules with the text, and not shown.
    pub reason: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// When.
    pub at: Moment,
    /// The source's own order, for scans of one moment.
    pub sequence: i64,
}

/// A scan with its meaning.
pub(crate) struct ReadScan {
    /// As it came.
    pub scan: Scan,
    /// How far the parcel is.
    pub milestone: Milestone,
    /// What is wrong.
    pub exception: Option<ExceptionKind>,
}

/// Gives each scan its place in the source's own order, for scans of one moment: a list that begins with its newest scan counts
/// backwards. `newest_first` decides where the times do not tell.
pub(crate) fn number(scans: &mut [Scan], newest_first: bool) {
    let ends = scans.first().zip(scans.last()).map(|(first, last)| first.at.wall.cmp(&last.at.wall));
    let backwards = match ends {
        Some(Ordering::Greater) => true,
        Some(Ordering::Less) => false,
        _ => newest_first,
    };
    for (place, scan) in scans.iter_mut().enumerate() {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        scan.sequence = if backwards { -place } else { place };
    }
}

/// Sorts oldest first and reads each scan in the light of those before it.
pub(crate) fn read(table: &CodeTable, scans: Vec<Scan>, unmapped: &mut Vec<Unmapped>) -> Vec<ReadScan> {
    read_by(table, scans, unmapped, |scan| &scan.code)
}

/// The same for a source whose table is not kept by the code that is shown: an aggregator hands the carrier's own code through
/// and says what it means in words of its own, which stand in [`Scan::tag`].
pub(crate) fn read_by(
    table: &CodeTable,
    mut scans: Vec<Scan>,
    unmapped: &mut Vec<Unmapped>,
    key: for<'s> fn(&'s Scan) -> &'s str,
) -> Vec<ReadScan> {
    for scan in &mut scans {
        scan.text = read_entities(std::mem::take(&mut scan.text));
        scan.location = scan.location.take().map(read_entities);
    }
    let scans = in_order(scans);
    let mut so_far = None;
    let mut history = Vec::with_capacity(scans.len());
    for scan in scans {
        let label = match &scan.reason {
            Some(reason) => &format!("{} {reason}", scan.text),
            None => &scan.text,
        };
        let meaning = table.meaning(key(&scan), scan.tag.as_deref(), label, so_far);
        if !meaning.mapped {
            unmapped.push(Unmapped { code: key(&scan).to_owned(), text: short(&scan.text), what: "code".to_owned() });
        }
        if meaning.milestone != Milestone::Unknown {
            so_far = Some(meaning.milestone);
        }
        history.push(ReadScan { scan, milestone: meaning.milestone, exception: meaning.exception });
    }
    history
}

/// Oldest first; scans of one moment in the source's own order.
///
/// Instants and bare wall clocks do not compare. A scan without an offset is taken to have that of the scan beside it in the source's
/// list, for its place here and for nothing else: a parcel that flies west would arrive before it left by wall clocks alone.
fn in_order(scans: Vec<Scan>) -> Vec<Scan> {
    let mut beside = scans.iter().find_map(|scan| scan.at.offset_seconds());
    let placed = scans.into_iter().map(|scan| {
        beside = scan.at.offset_seconds().or(beside);
        let at = beside.map_or(scan.at, |seconds| Moment::with_known_offset(scan.at.wall, seconds));
        (at.sort_key_millis(), scan)
    });
    let mut placed: Vec<(i64, Scan)> = placed.collect();
    placed.sort_by(|(left_at, left), (right_at, right)| left_at.cmp(right_at).then(left.sequence.cmp(&right.sequence)));
    placed.into_iter().map(|(_, scan)| scan).collect()
}
