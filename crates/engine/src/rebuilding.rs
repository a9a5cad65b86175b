//! Rebuild and verify: the state again from the ledger alone, and the ledger against itself.

use kept_domain::apply::{Effect, FOLD_VERSION, Folder, apply, touches};
use kept_domain::desk::{Gathered, Watch};
use kept_domain::{Fact, Noun, Subject};
use kept_store::{Connection, StoreError, Verification};

use crate::writer::{away, collision};
use crate::{Engine, EngineError};

/// Blocks read at once.
const BLOCKS: i64 = 64;
/// Subjects held before they are written and forgotten.
const HELD: usize = 20_000;

/// What a rebuild did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Facts folded.
    pub facts: u64,
    /// Facts of kinds or versions that this program does not know; they are kept and changed nothing.
    pub unknown: u64,
}

/// What a comparison of the state with the ledger gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Rows that stand in the database.
    pub rows: u64,
    /// The first rows that are there and should not be, or should be and are not, in words.
    pub differences: Vec<String>,
}

impl Engine {
    /// Checks chain, facts and sealed contents, and remembers the result for the health page.
    ///
    /// # Errors
    /// When the database fails; what is broken in the data is a problem in the answer.
    pub fn verify(&self, progress: impl FnMut(u64)) -> Result<Verification, EngineError> {
        let found = self.shared.database.read(|connection| kept_store::verify(connection, progress)).map_err(away)?;
        let record = format!("{} {}", crate::deciding::machine_now(), u8::from(found.problems.is_empty()));
        self.shared.writer.write(move |tx| tx.connection.save_setting("verified", &record).map_err(collision))?;
        Ok(found)
    }

    /// Makes every projection anew from the ledger, in one transaction: readers see the old rows until it is done.
    ///
    /// # Errors
    /// When the ledger cannot be read or the database fails; then everything is as before.
    pub fn rebuild(&self, mut progress: impl FnMut(u64)) -> Result<Rebuilt, EngineError> {
        let mut connection = self.shared.database.connect().map_err(away)?;
        connection.begin().map_err(away)?;
        let result = rebuild_within(&mut connection, &mut progress).and_then(|rebuilt| {
            connection.save_setting("fold", &FOLD_VERSION.to_string())?;
            connection.commit()?;
            Ok(rebuilt)
        });
        match result {
            Ok(rebuilt) => {
                self.forget_figures();
                self.refresh_meanings()?;
                Ok(rebuilt)
            }
            Err(error) => {
                connection.rollback().map_err(away)?;
                Err(away(error))
            }
        }
    }

    /// Rows that a stop left behind the ledger are written before anything is served.
    fn catch_up(&self) -> Result<(), EngineError> {
        if self.shared.database.engine() != "sqlite" {
            return Ok(());
        }
        let behind =
            self.shared.database.read(|connection| Ok(connection.applied()? < connection.last_block()?)).map_err(away)?;
        if behind { self.shared.writer.write(|_| Ok(())) } else { Ok(()) }
    }

    /// Folds the ledger anew and compares every row of state with what stands there; nothing is changed. It keeps writers out while it
    /// runs, and holds all rows twice.
    ///
    /// # Errors
    /// When the ledger cannot be read or the database fails.
    pub fn compare_with_rebuild(&self, mut progress: impl FnMut(u64)) -> Result<Compared, EngineError> {
        let mut connection = self.shared.database.connect().map_err(away)?;
        connection.begin().map_err(away)?;
        let compared = compare_within(&mut connection, &mut progress);
        connection.rollback().map_err(away)?;
        compared.map_err(away)
    }

    /// Rows made by another version of the fold are rebuilt before anything is served.
    pub(crate) fn check_fold(&self) -> Result<(), EngineError> {
        let (version, facts) = self
            .shared
            .database
            .read(|connection| Ok((connection.setting("fold")?, connection.ledger_size()?.1)))
            .map_err(away)?;
        let current = FOLD_VERSION.to_string();
        match version {
            Some(version) if version == current => self.catch_up(),
            Some(_) => self.rebuild(|_| {}).map(|_| ()),
            None if facts > 0 => self.rebuild(|_| {}).map(|_| ()),
            None => self.shared.writer.write(move |tx| tx.connection.save_setting("fold", &current).map_err(collision)),
        }
    }
}

fn compare_within(connection: &mut Connection, progress: &mut impl FnMut(u64)) -> Result<Compared, StoreError> {
    const MOST: usize = 10;
    connection.take_time()?;
    connection.lock_ledger()?;
    if !connection.is_postgres() {
        // Rows that lag in another process are no difference.
        let mut gathered = Gathered::default();
        catch_up(connection, &mut gathered)?;
        write_out(connection, &mut gathered.folder)?;
    }
    let stand = connection.dump_projections()?;
    rebuild_within(connection, progress)?;
    let given = connection.dump_projections()?;
    let mut differences = Vec::new();
    // Both are sorted. A row starts with its table and its id; the rest may be personal and is not said.
    let named = |row: &str| row.split(" | ").take(2).collect::<Vec<_>>().join(" ");
    let (mut left, mut right) = (stand.iter().peekable(), given.iter().peekable());
    while differences.len() < MOST {
        match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(stands), Some(gives)) if stands == gives => {
                left.next();
                right.next();
            }
            (Some(stands), gives) if gives.is_none_or(|gives| stands < gives) => {
                differences.push(format!("{} stands there and does not follow from the ledger", named(stands)));
                left.next();
            }
            (_, Some(gives)) => {
                differences.push(format!("{} follows from the ledger and does not stand there", named(gives)));
                right.next();
            }
            (Some(_), None) => break,
        }
    }
    Ok(Compared { rows: stand.len() as u64, differences })
}

fn rebuild_within(connection: &mut Connection, progress: &mut impl FnMut(u64)) -> Result<Rebuilt, StoreError> {
    connection.take_time()?;
    connection.lock_ledger()?;
    connection.clear_projections()?;
    let mut rebuilt = Rebuilt::default();
    let mut folder = Folder::default();
    let mut after = 0;
    loop {
        let blocks = connection.blocks_after(after, BLOCKS)?;
        let Some(last) = blocks.last() else { break };
        after = last.number;
        for block in &blocks {
            for fact in block.read()? {
                for effect in fold(connection, &mut folder, &fact)? {
                    connection.carry_out(fact.brand, fact.position, fact.recorded, &effect, false)?;
                }
                rebuilt.facts += 1;
                rebuilt.unknown += u64::from(matches!(fact.body, kept_domain::Body::Unknown(_)));
            }
            if folder.len() > HELD {
                write_out(connection, &mut folder)?;
                folder.clear();
            }
        }
        progress(rebuilt.facts);
    }
    write_out(connection, &mut folder)?;
    connection.watch_everything()?;
    let last = connection.last_block()?;
    connection.save_applied(last)?;
    Ok(rebuilt)
}

/// Folds the blocks that are not in the rows of subjects yet: after a stop, or what another process left. What facts did beside their
/// subjects was committed with them. Moments to look again are not in facts: what is open is looked at once.
pub(crate) fn catch_up(connection: &mut Connection, gathered: &mut Gathered) -> Result<(), StoreError> {
    let mut after = connection.applied()?;
    loop {
        let blocks = connection.blocks_after(after, BLOCKS)?;
        let Some(last) = blocks.last() else { break };
        after = last.number;
        for block in &blocks {
            for fact in block.read()? {
                fold(connection, &mut gathered.folder, &fact)?;
            }
        }
    }
    for subject in gathered.folder.changed() {
        let (noun, open) = match subject {
            Subject::Promise(promise) => (Noun::Promise, promise.state.is_open()),
            Subject::Parcel(parcel) => (Noun::Parcel, parcel.promise.is_some() && !parcel.milestone.is_final()),
            _ => continue,
        };
        gathered.watches.insert(subject.id(), Watch { noun, at: open.then_some(0), clock: 0 });
    }
    Ok(())
}

/// Folds a fact, with what it touches put at hand first.
fn fold(connection: &mut Connection, folder: &mut Folder, fact: &Fact) -> Result<Vec<Effect>, StoreError> {
    for (noun, id) in touches(&fact.body) {
        if !folder.has(id)
            && let Some(subject) = connection.load(noun, id, false)?
        {
            folder.put(subject);
        }
    }
    Ok(apply(folder, fact))
}

fn write_out(connection: &mut Connection, folder: &mut Folder) -> Result<(), StoreError> {
    for changed in folder.take_dirty() {
        connection.save(changed.subject, None, changed.extent)?;
    }
    Ok(())
}
