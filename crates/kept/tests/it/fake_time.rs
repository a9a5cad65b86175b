//! A clock that a test sets for a process (libfaketime).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

/// How far a process's clock is from the machine's.
pub struct FakeTime {
    preloaded: PathBuf,
    file: PathBuf,
    /// Seconds.
    offset: i64,
}

impl FakeTime {
    /// A clock whose offset stands in a file; `None`, said in words, where libfaketime is not.
    pub fn new(file: &Path, what: &str) -> Result<Option<FakeTime>> {
        let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
        let found = folders
            .chain([PathBuf::from("/usr/local/lib")])
            .map(|folder| folder.join("faketime/libfaketimeMT.so.1"))
            .find(|file| file.exists());
        let Some(preloaded) = found else {
            eprintln!("libfaketime is missing (Debian: faketime): {what} is not tried");
            return Ok(None);
        };
        let fake = FakeTime { preloaded, file: file.to_owned(), offset: 0 };
        fake.write()?;
        Ok(Some(fake))
    }

    /// Makes a command run by it.
    pub fn on<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("LD_PRELOAD", &self.preloaded)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    }

    /// Its present.
    pub fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.offset)
    }

    /// Sets it forward or back.
    pub fn jump(&mut self, seconds: i64) -> Result<()> {
        self.offset += seconds;
        self.write()
    }

    /// Whole, so that nobody reads half of it.
    fn write(&self) -> Result<()> {
        let partial = self.file.with_extension("partial");
        std::fs::write(&partial, format!("{:+}\n", self.offset))?;
        Ok(std::fs::rename(&partial, &self.file)?)
    }
}
