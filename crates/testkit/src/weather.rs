//! Bad weather for the folder of a program: power cuts that take what was not synced, a full disk, one that is read-only or
//! fails to sync, a clock that jumps. `shim/weather.c` stands between the program and its C library; here is how a test
//! builds it, steers it, and cuts the power.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use model::Entropy;
use tempfile::TempDir;

use crate::Seeded;

const SHIM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/shim/weather.c");

/// What survives of an unsynced write is decided for each stretch of so many bytes: the sector of a disk.
const SECTOR: usize = 512;

/// Places in the control file, in bytes; each is a number of 64 bits.
const ROOM: u64 = 0;
const SECONDS: u64 = 8;
const READ_ONLY: u64 = 16;
const SYNCLESS: u64 = 24;
const CONTROL: usize = 32;

/// What a power cut takes of that which was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Everything.
    Whole,
    /// Sectors, lengths and names by chance: a disk writes in an order of its own.
    Torn,
}

/// The weather over one folder.
pub struct Weather {
    folder: PathBuf,
    /// The shim, its control, and what is durable.
    own: TempDir,
    control: File,
    luck: Seeded,
}

impl Weather {
    /// Fine weather over a folder, made if need be. `None`, said loudly, where no C compiler builds the shim.
    pub fn over(folder: &Path) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let own = tempfile::Builder::new().prefix("shouyue-weather-").tempdir().unwrap();
        let shim = own.path().join("weather.so");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&shim).arg(SHIM);
        let built = match compiler.args(["-ldl", "-lpthread"]).output() {
            Ok(built) => built,
            Err(why) => {
                skipped(&format!("no C compiler `cc` here ({why}): what bad weather does was NOT tested"));
                return None;
            }
        };
        assert!(built.status.success(), "the shim does not compile: {}", String::from_utf8_lossy(&built.stderr));
        let control = File::options().read(true).write(true).create_new(true).open(own.path().join("control")).unwrap();
        control.write_all_at(&[0; CONTROL], 0).unwrap();
        let folder = folder.canonicalize().unwrap();
        let weather = Self { folder, own, control, luck: Seeded::default() };
        weather.room(None);
        weather.settle();
        Some(weather)
    }

    /// What the program needs in its environment.
    pub fn environment(&self) -> [(&'static str, PathBuf); 4] {
        let own = |name: &str| self.own.path().join(name);
        [
            ("LD_PRELOAD", own("weather.so")),
            ("SHIM_FOLDER", self.folder.clone()),
            ("SHIM_DURABLE", self.own.path().to_owned()),
            ("SHIM_CONTROL", own("control")),
        ]
    }

    /// How many more bytes the disk takes; `None` for any number.
    pub fn room(&self, bytes: Option<u64>) {
        self.set(ROOM, bytes.map_or(-1, |bytes| i64::try_from(bytes).unwrap()));
    }

    /// How far the time of day is off, in seconds.
    pub fn clock(&self, seconds: i64) {
        self.set(SECONDS, seconds);
    }

    /// Whether the folder is read-only.
    pub fn read_only(&self, is: bool) {
        self.set(READ_ONLY, is.into());
    }

    /// Whether the disk fails to sync.
    pub fn syncless(&self, is: bool) {
        self.set(SYNCLESS, is.into());
    }

    fn set(&self, place: u64, number: i64) {
        self.control.write_all_at(&number.to_ne_bytes(), place).unwrap();
    }

    /// Cuts the power, once no program runs over the folder any more: the folder is what the disk then holds of it.
    pub fn cut(&self, cut: Cut) {
        let next = self.own.path().join("next");
        let mut lost = BTreeMap::new();
        inodes(&self.folder, &mut lost);
        inodes(&self.own.path().join("kept"), &mut lost);
        let disk = Disk { durable: self.own.path(), now: lost, cut, luck: &self.luck };
        disk.rebuild(Some(&self.folder), fs::metadata(&self.folder).unwrap().ino(), &next);
        fs::set_permissions(&next, fs::metadata(&self.folder).unwrap().permissions()).unwrap();
        fs::remove_dir_all(&self.folder).unwrap();
        fs::rename(&next, &self.folder).unwrap();
        self.settle();
    }

    /// Everything that is there is durable.
    fn settle(&self) {
        for part in ["files", "folders", "kept"] {
            let part = self.own.path().join(part);
            if part.exists() {
                fs::remove_dir_all(&part).unwrap();
            }
            fs::create_dir(&part).unwrap();
        }
        self.settled(&self.folder);
    }

    fn settled(&self, folder: &Path) {
        let own = self.own.path();
        let mut names = Vec::new();
        for (name, (is_folder, inode)) in names_in(folder) {
            writeln!(names, "{} {inode} {name}", if is_folder { 'd' } else { 'f' }).unwrap();
            if is_folder {
                self.settled(&folder.join(name));
            } else {
                fs::copy(folder.join(name), own.join("files").join(inode.to_string())).unwrap();
            }
        }
        let inode = fs::metadata(folder).unwrap().ino();
        fs::write(own.join("folders").join(inode.to_string()), names).unwrap();
    }
}

/// Says loudly that a test did not do its work: past the capture of the test's output, in the form that `cargo xtask test`
/// counts.
pub fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr().lock(), "\n=== SKIPPED: {why} ===\n");
}

/// Names of a folder: whether each is a folder, and its inode. Sockets are no files.
type Names = BTreeMap<String, (bool, u64)>;

fn names_in(folder: &Path) -> Names {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let kept = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_file()));
    kept.map(|entry| {
        let data = entry.metadata().unwrap();
        (entry.file_name().into_string().unwrap(), (data.is_dir(), data.ino()))
    })
    .collect()
}

/// Where every file below a folder lies now.
fn inodes(folder: &Path, found: &mut BTreeMap<u64, PathBuf>) {
    for (name, (is_folder, inode)) in names_in(folder) {
        let path = folder.join(name);
        if is_folder { inodes(&path, found) } else { drop(found.insert(inode, path)) }
    }
}

/// What a power cut is made of.
struct Disk<'w> {
    durable: &'w Path,
    /// The files as the program last saw them.
    now: BTreeMap<u64, PathBuf>,
    cut: Cut,
    luck: &'w dyn Entropy,
}

impl Disk<'_> {
    /// Heads or tails, where something unsynced may have reached the disk all the same.
    fn survives(&self) -> bool {
        self.cut == Cut::Torn && self.luck.draw::<1>()[0] & 1 == 1
    }

    /// Makes a folder as the disk holds it. `now` is where it lies, if it still does.
    fn rebuild(&self, now: Option<&Path>, inode: u64, to: &Path) {
        fs::create_dir(to).unwrap();
        let (synced, now) = (self.synced(inode), now.map(names_in).unwrap_or_default());
        let names: BTreeSet<&String> = synced.keys().chain(now.keys()).collect();
        for name in names {
            let (then, now) = (synced.get(name), now.get(name));
            let Some((is_folder, inode)) = (if then != now && self.survives() { now } else { then }) else { continue };
            if *is_folder {
                let there = self.folder_of(*inode);
                self.rebuild(there.as_deref(), *inode, &to.join(name));
            } else {
                fs::write(to.join(name), self.bytes(*inode)).unwrap();
            }
        }
    }

    /// The names of a folder that were durable; none of one that was never synced.
    fn synced(&self, inode: u64) -> Names {
        let text = fs::read_to_string(self.durable.join("folders").join(inode.to_string())).unwrap_or_default();
        let line = |line: &str| {
            let mut words = line.splitn(3, ' ');
            let is_folder = words.next()? == "d";
            let inode = words.next()?.parse().ok()?;
            Some((words.next()?.to_owned(), (is_folder, inode)))
        };
        text.lines().map(|text| line(text).unwrap()).collect()
    }

    fn folder_of(&self, inode: u64) -> Option<PathBuf> {
        let parents = self.now.values().filter_map(|path| path.parent());
        let found =
            parents.flat_map(Path::ancestors).find(|path| path.metadata().is_ok_and(|data| data.ino() == inode));
        found.map(Path::to_owned)
    }

    /// The bytes of a file that the disk holds.
    fn bytes(&self, inode: u64) -> Vec<u8> {
        let synced = fs::read(self.durable.join("files").join(inode.to_string())).unwrap_or_default();
        let Some(now) = self.now.get(&inode).map(|path| fs::read(path).unwrap()) else { return synced };
        let length = if synced.len() != now.len() && self.survives() { now.len() } else { synced.len() };
        let mut bytes = vec![0; length];
        for (place, sector) in bytes.chunks_mut(SECTOR).enumerate() {
            let of = |file: &[u8]| file.iter().skip(place * SECTOR).take(sector.len()).copied().collect::<Vec<_>>();
            let (then, mut now) = (of(&synced), of(&now));
            // What a file was cut off is let go of, and never overwritten: as long as the cut is not on the disk, it is there.
            now.extend(then.iter().skip(now.len()).copied());
            let held = if then != now && self.survives() { now } else { then };
            sector.iter_mut().zip(held).for_each(|(to, from)| *to = from);
        }
        bytes
    }
}
