//! What lies in a copy: the archive as it was sent, or the folder that it was unpacked to. Files go through in pieces.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use anyhow::{Context as _, bail};
use aws_lc_rs::digest::{Context, SHA256};
use model::Fingerprint;

/// The file that signs the others.
const SIGNATURE: &str = "signature.txt";

/// The largest signature that is read, in bytes: some ten thousand files.
const LARGEST: u64 = 4 << 20;

/// What lies in a copy.
#[derive(Default)]
pub(super) struct Found {
    /// The signature; empty where there is none.
    pub(super) note: String,
    /// SHA-256 of every other file, by its name.
    pub(super) files: BTreeMap<String, Fingerprint>,
}

/// Reads a copy; `None` for what is neither an archive nor a folder, or cannot be opened.
pub(super) fn found(path: &Path) -> anyhow::Result<Option<Found>> {
    let mut found = Found::default();
    if path.is_dir() {
        folder(path, "", &mut found).with_context(|| format!("cannot read {}", path.display()))?;
        return Ok(Some(found));
    }
    let Ok(file) = File::open(path) else { return Ok(None) };
    let mut file = BufReader::new(file);
    let mut head = [0; 4];
    if file.read_exact(&mut head).is_err() || head != *b"PK\x03\x04" {
        return Ok(None);
    }
    archive(&mut file, &mut found).with_context(|| format!("cannot read the archive {}", path.display()))?;
    Ok(Some(found))
}

fn folder(path: &Path, below: &str, found: &mut Found) -> anyhow::Result<()> {
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = format!("{below}{name}");
        if path.is_dir() {
            folder(&path, &format!("{name}/"), found)?;
        } else {
            found.take(&name, &mut File::open(&path)?)?;
        }
    }
    Ok(())
}

impl Found {
    fn take(&mut self, name: &str, content: &mut dyn Read) -> anyhow::Result<()> {
        if name == SIGNATURE {
            let mut note = Vec::new();
            content.take(LARGEST).read_to_end(&mut note)?;
            self.note = String::from_utf8_lossy(&note).into_owned();
            return Ok(());
        }
        let (mut digest, mut piece) = (Context::new(&SHA256), vec![0; 64 * 1024]);
        loop {
            match content.read(&mut piece)? {
                0 => break,
                read => digest.update(piece.get(..read).unwrap_or_default()),
            }
        }
        let digest: [u8; 32] = digest.finish().as_ref().try_into()?;
        if self.files.insert(name.to_owned(), Fingerprint::from_digest(digest)).is_some() {
            bail!("it holds {} twice", name.escape_debug());
        }
        Ok(())
    }
}

/// A file as the directory of an archive has it.
struct Listed {
    name: Vec<u8>,
    method: u16,
    size: u32,
    offset: u64,
}

/// Reads a ZIP archive by its directory (APPNOTE 6.3.10): files that are stored, or deflated in stored blocks, as ours are.
fn archive(file: &mut BufReader<File>, found: &mut Found) -> anyhow::Result<()> {
    let (count, offset) = directory(file).context("its end is missing: it was cut short, or something was added")?;
    file.seek(SeekFrom::Start(offset))?;
    let listed: Vec<Listed> = (0..count).map(|_| listed(file)).collect::<Result<_, _>>()?;
    for one in listed {
        let name = String::from_utf8_lossy(&one.name).into_owned();
        file.seek(SeekFrom::Start(one.offset))?;
        let head: [u8; 30] = exactly(file)?;
        let mut own = vec![0; usize::from(word(&head, 26))];
        file.read_exact(&mut own)?;
        file.seek_relative(i64::from(word(&head, 28)))?;
        if !head.starts_with(b"PK\x03\x04") || own != one.name {
            bail!("its directory leads to something else than {}", name.escape_debug());
        }
        match one.method {
            0 => found.take(&name, &mut file.take(u64::from(one.size)))?,
            8 => {
                let mut blocks = Blocks { file, left: 0, last: false };
                let taken = found.take(&name, &mut blocks);
                taken.with_context(|| format!("{}: unpack the archive and verify the folder", name.escape_debug()))?;
            }
            _ => bail!("{} is packed in another way: unpack the archive and verify the folder", name.escape_debug()),
        }
    }
    Ok(())
}

/// How many files the directory has, and where it begins.
fn directory(file: &mut BufReader<File>) -> io::Result<(u64, u64)> {
    let end = file.seek(SeekFrom::End(-22))?;
    let bytes: [u8; 22] = exactly(file)?;
    expected(bytes.starts_with(b"PK\x05\x06"))?;
    let (count, offset) = (u64::from(word(&bytes, 10)), u64::from(double(&bytes, 16)));
    if offset < u64::from(u32::MAX) {
        return Ok((count, offset));
    }
    file.seek(SeekFrom::Start(end.saturating_sub(20)))?;
    let locator: [u8; 20] = exactly(file)?;
    expected(locator.starts_with(b"PK\x06\x07"))?;
    file.seek(SeekFrom::Start(quad(&locator, 8)))?;
    let bytes: [u8; 56] = exactly(file)?;
    expected(bytes.starts_with(b"PK\x06\x06"))?;
    Ok((quad(&bytes, 32), quad(&bytes, 48)))
}

fn listed(file: &mut BufReader<File>) -> io::Result<Listed> {
    let head: [u8; 46] = exactly(file)?;
    expected(head.starts_with(b"PK\x01\x02"))?;
    let mut name = vec![0; usize::from(word(&head, 28))];
    file.read_exact(&mut name)?;
    let mut extra = vec![0; usize::from(word(&head, 30))];
    file.read_exact(&mut extra)?;
    file.seek_relative(i64::from(word(&head, 32)))?;
    let offset = match double(&head, 42) {
        // Of ours, the offset is the only thing that stands in eight bytes.
        u32::MAX => quad(&extra, 4),
        offset => u64::from(offset),
    };
    Ok(Listed { name, method: word(&head, 10), size: double(&head, 24), offset })
}

/// The content of a deflated file whose blocks are all stored as they are (RFC 1951 §3.2.4).
struct Blocks<'f> {
    file: &'f mut BufReader<File>,
    left: u16,
    last: bool,
}

impl Read for Blocks<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            if self.last {
                return Ok(0);
            }
            let head: [u8; 5] = exactly(self.file)?;
            let [kind, rest @ ..] = head;
            let (length, inverse) = (word(&rest, 0), word(&rest, 2));
            expected(kind <= 1 && length == !inverse)?;
            (self.left, self.last) = (length, kind == 1);
        }
        let most = into.len().min(usize::from(self.left));
        let read = self.file.read(into.get_mut(..most).unwrap_or_default())?;
        expected(read > 0)?;
        self.left = self.left.saturating_sub(u16::try_from(read).unwrap_or(u16::MAX));
        Ok(read)
    }
}

fn expected(holds: bool) -> io::Result<()> {
    if holds { Ok(()) } else { Err(io::Error::new(io::ErrorKind::InvalidData, "is not packed as it was sent")) }
}

fn exactly<const N: usize>(file: &mut BufReader<File>) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}

fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(number(bytes, at))
}

fn double(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(number(bytes, at))
}

fn quad(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(number(bytes, at))
}
