//! Disks of a test's own: mounted in its throw-away folder, filled, and copied as a power cut would leave them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::place::{pass, until};

/// Something mounted; unmounted when dropped.
pub struct Mount {
    at: PathBuf,
}

impl Mount {
    /// Mounts with these arguments; the folder is made.
    pub fn new(arguments: &[&str], at: &Path) -> Result<Mount> {
        std::fs::create_dir_all(at)?;
        run(Command::new("mount").args(arguments).arg(at))?;
        Ok(Mount { at: at.to_owned() })
    }

    /// Unmounts, and says so if it cannot.
    pub fn end(self) -> Result<()> {
        until("unmounted", Duration::from_secs(20), || Ok(run(Command::new("umount").arg(&self.at)).ok()))?;
        Ok(())
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // A process that is being killed may hold it a moment longer.
        for _ in 0..50 {
            let mounted = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
            if !mounted.split_whitespace().any(|word| Path::new(word) == self.at) {
                return;
            }
            if run(Command::new("umount").arg(&self.at)).is_err() {
                pass(Duration::from_millis(40));
            }
        }
        let _ = run(Command::new("umount").arg("-l").arg(&self.at));
    }
}

/// Whether anything may be mounted here; says why not.
pub fn may_mount(what: &str) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    match Mount::new(&["-t", "tmpfs", "-o", "size=1m", "tmpfs"], folder.path()) {
        Ok(_) => Ok(true),
        Err(why) => {
            eprintln!("nothing can be mounted here ({why:#}): {what} is not tried");
            Ok(false)
        }
    }
}

/// A disk whose un-synced writes can be taken away.
///
/// The data lie on ext4 in an image file, attached with direct I/O; the image lies on XFS. A clone of the image is what had reached the
/// disk at that instant: the page cache of the inner file system is not in it, and that is what a power cut leaves.
pub struct Disk {
    folder: PathBuf,
    device: Device,
    inner: Option<Mount>,
    _outer: Mount,
}

struct Device(String);

impl Drop for Device {
    fn drop(&mut self) {
        let _ = run(Command::new("losetup").args(["-d", &self.0]));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.inner = None;
        let _ = &self.device;
    }
}

impl Disk {
    /// Makes one in a folder and mounts it at `at`; `None`, said in words, where the machine cannot.
    pub fn new(folder: &Path, at: &Path) -> Result<Option<Disk>> {
        if !may_mount("a power cut")? {
            return Ok(None);
        }
        for (tool, package) in [("mkfs.xfs", "xfsprogs"), ("mkfs.ext4", "e2fsprogs"), ("losetup", "mount")] {
            if run(Command::new("sh").args(["-c", &format!("PATH=$PATH:/usr/sbin:/sbin; command -v {tool}")])).is_err() {
                eprintln!("{tool} is missing (Debian: {package}): a power cut is not tried");
                return Ok(None);
            }
        }
        match Disk::make(folder, at) {
            Ok(disk) => Ok(Some(disk)),
            Err(why) => {
                eprintln!("no loop device with XFS and ext4 can be had here ({why:#}): a power cut is not tried");
                Ok(None)
            }
        }
    }

    fn make(folder: &Path, at: &Path) -> Result<Disk> {
        let (file, outer) = (folder.join("outer.img"), folder.join("outer"));
        sparse(&file, 3 << 30)?;
        run(tool("mkfs.xfs").args(["-q", "-f", "-m", "reflink=1"]).arg(&file))?;
        let mounted = Mount::new(&["-o", "loop", text(&file)?], &outer)?;
        let image = outer.join("inner.img");
        sparse(&image, 512 << 20)?;
        run(tool("mkfs.ext4").args(["-q", "-E", "lazy_itable_init=0,lazy_journal_init=0"]).arg(&image))?;
        let device = run(tool("losetup").args(["--direct-io=on", "-f", "--show"]).arg(&image))?.trim().to_owned();
        let device = Device(device);
        let inner = Mount::new(&[&device.0], at)?;
        Ok(Disk { folder: folder.to_owned(), device, inner: Some(inner), _outer: mounted })
    }

    /// The disk as a power cut at this instant would leave it, mounted at `at`.
    pub fn cut(&self, at: &Path) -> Result<Mount> {
        let (image, cut) = (self.folder.join("outer/inner.img"), self.folder.join("outer/cut.img"));
        run(Command::new("cp").arg("--reflink=always").arg(&image).arg(&cut))?;
        Mount::new(&["-o", "loop", text(&cut)?], at)
    }
}

fn sparse(file: &Path, size: u64) -> Result<()> {
    Ok(std::fs::File::create(file)?.set_len(size)?)
}

fn text(file: &Path) -> Result<&str> {
    file.to_str().context("a path that is no text")
}

fn tool(name: &str) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("env");
    command.arg(format!("PATH={path}:/usr/sbin:/sbin")).arg(name);
    command
}

fn run(command: &mut Command) -> Result<String> {
    let done = command.output().with_context(|| format!("{command:?}"))?;
    if !done.status.success() {
        bail!("{}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}
