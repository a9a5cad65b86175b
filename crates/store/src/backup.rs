//! Backups of the embedded database: a consistent copy taken page by page while writers go on, and the way back.
//!
//! PostgreSQL has its own, better tools (`pg_dump`, base backups); there these calls say so.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::Backup;

use crate::connection::Database;
use crate::error::StoreError;

/// Pages a step: small enough that a writer never waits long.
const PAGES: i32 = 512;

/// Copies the database to a file that does not exist yet.
///
/// # Errors
/// When the file exists or cannot be written, or the database is not embedded.
pub fn backup(database: &Database, file: &Path, mut progress: impl FnMut(i32, i32)) -> Result<(), StoreError> {
    if file.exists() {
        return Err(StoreError::File { path: file.display().to_string(), source: std::io::ErrorKind::AlreadyExists.into() });
    }
    let mut connection = database.connect()?;
    let Some(source) = connection.sqlite() else {
        return Err(StoreError::Version("PostgreSQL is backed up with its own tools: pg_dump or a base backup".to_owned()));
    };
    let partial = file.with_extension("partial");
    let _ = std::fs::remove_file(&partial);
    let mut target = rusqlite::Connection::open(&partial)?;
    // One state is copied: without it every commit of a writer would begin the copy again, and under load it would never end.
    source.execute_batch("begin; select count(*) from migration")?;
    {
        let copy = Backup::new(source, &mut target)?;
        loop {
            let step = copy.step(PAGES)?;
            let state = copy.progress();
            progress(state.pagecount - state.remaining, state.pagecount);
            match step {
                rusqlite::backup::StepResult::Done => break,
                rusqlite::backup::StepResult::Busy | rusqlite::backup::StepResult::Locked => {
                    std::thread::sleep(Duration::from_millis(5))
                }
                _ => {}
            }
        }
    }
    source.execute_batch("commit")?;
    // What was on its way out when this was copied may have left since: after a restore it is unknown, never sent again by itself.
    target.execute_batch("update outbox set state = 'in_doubt', lease_until = 0; pragma journal_mode = delete")?;
    target.close().map_err(|(_, error)| StoreError::from(error))?;
    let sync = || -> std::io::Result<()> {
        std::fs::File::open(&partial)?.sync_all()?;
        std::fs::rename(&partial, file)
    };
    sync().map_err(|source| StoreError::File { path: file.display().to_string(), source })
}

/// Puts a backup where a database is to be; refuses to write over one.
///
/// # Errors
/// When the target exists, or the backup is not a sound database.
pub fn restore(file: &Path, target: &Path) -> Result<(), StoreError> {
    let failed = |path: &Path, source: std::io::Error| StoreError::File { path: path.display().to_string(), source };
    if target.exists() {
        return Err(failed(target, std::io::ErrorKind::AlreadyExists.into()));
    }
    for left in ["-wal", "-journal"] {
        let mut log = target.as_os_str().to_owned();
        log.push(left);
        // It would be played into whatever stands there next.
        if Path::new(&log).exists() {
            return Err(failed(Path::new(&log), std::io::ErrorKind::AlreadyExists.into()));
        }
    }
    if !file.exists() {
        return Err(failed(file, std::io::ErrorKind::NotFound.into()));
    }
    {
        let source = rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let sound: String = source.query_row("pragma integrity_check", [], |row| row.get(0))?;
        if sound != "ok" {
            return Err(StoreError::Corrupt(format!("{}: {sound}", file.display())));
        }
        let blocks: Result<i64, _> = source.query_row("select count(*) from block", [], |row| row.get(0));
        if blocks.is_err() {
            return Err(StoreError::Corrupt(format!("{} is a database, but not one of Kept", file.display())));
        }
    }
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    }
    let partial = target.with_extension("partial");
    std::fs::copy(file, &partial).map_err(|error| failed(&partial, error))?;
    std::fs::File::open(&partial).and_then(|copy| copy.sync_all()).map_err(|error| failed(&partial, error))?;
    std::fs::rename(&partial, target).map_err(|error| failed(target, error))
}
