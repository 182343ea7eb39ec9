//! A ZIP archive, written while it is sent (APPNOTE 6.3.10): what a customer takes along is one file that every system opens.
//!
//! How long a file is and what its check sum is stand after it, so that no file is held. Readers that begin at the front
//! need a form that says by itself where it ends: deflate (RFC 1951), in blocks that are stored as they are (§3.2.4).

use std::sync::LazyLock;

use crate::pieces::Bytes;

/// Version needed to extract: 2.0, or 4.5 where an offset takes eight bytes.
const VERSION: u16 = 20;
const VERSION_64: u16 = 45;

/// Names are UTF-8, and what is known after a file stands after it (general purpose bits 11 and 3).
const FLAGS: u16 = 1 << 11 | 1 << 3;

/// Deflate.
const METHOD: u16 = 8;

/// The date 1980-01-01, the first that the form knows: when a copy was made stands in it.
const FIRST_DAY: u16 = 0x21;

/// Content of a stored block, at most.
const BLOCK: usize = 0xffff;

/// The last block of a file: one that holds nothing.
const LAST_BLOCK: [u8; 5] = [1, 0, 0, 0xff, 0xff];

/// The largest file that has a place in an archive: 4 GiB less what its blocks add.
pub(crate) const LARGEST: u64 = 4_200_000_000;

/// An archive under way. What its methods give is what is sent next.
#[derive(Default)]
pub(crate) struct Archive {
    /// How much was given.
    at: u64,
    directory: Vec<u8>,
    count: u16,
}

/// A file of an archive under way.
pub(crate) struct Entry {
    name: String,
    offset: u64,
    crc: u32,
    size: u32,
    packed: u32,
}

impl Archive {
    /// Begins a file.
    pub(crate) fn begin(&mut self, name: String) -> (Entry, Bytes) {
        let entry = Entry { name, offset: self.at, crc: !0, size: 0, packed: 0 };
        let mut out = b"PK\x03\x04".to_vec();
        out.extend(words([VERSION, FLAGS, METHOD, 0, FIRST_DAY]));
        out.extend([0; 12]);
        out.extend(words([short(entry.name.len()), 0]));
        out.extend(entry.name.as_bytes());
        (entry, self.given(out))
    }

    /// The next piece of a file.
    pub(crate) fn piece(&mut self, entry: &mut Entry, piece: &[u8]) -> Bytes {
        let mut out = Vec::with_capacity(piece.len().saturating_add(64));
        for block in piece.chunks(BLOCK) {
            let length = short(block.len());
            out.push(0);
            out.extend(words([length, !length]));
            out.extend(block);
        }
        entry.crc = crc32(entry.crc, piece);
        entry.size = entry.size.saturating_add(long(piece.len()));
        entry.packed = entry.packed.saturating_add(long(out.len()));
        self.given(out)
    }

    /// Ends a file.
    pub(crate) fn end(&mut self, mut entry: Entry) -> Bytes {
        let mut out = LAST_BLOCK.to_vec();
        entry.packed = entry.packed.saturating_add(long(out.len()));
        let facts: Vec<u8> = [!entry.crc, entry.packed, entry.size].into_iter().flat_map(u32::to_le_bytes).collect();
        out.extend(b"PK\x07\x08");
        out.extend(&facts);
        let far = u32::try_from(entry.offset).is_err();
        let extra = if far { [words([1, 8]), entry.offset.to_le_bytes().to_vec()].concat() } else { Vec::new() };
        let version = if far { VERSION_64 } else { VERSION };
        let to = &mut self.directory;
        to.extend(b"PK\x01\x02");
        to.extend(words([version, version, FLAGS, METHOD, 0, FIRST_DAY]));
        to.extend(&facts);
        // No comment, disk 0, no attributes.
        to.extend(words([short(entry.name.len()), short(extra.len()), 0, 0, 0, 0, 0]));
        to.extend(u32::try_from(entry.offset).unwrap_or(u32::MAX).to_le_bytes());
        to.extend(entry.name.as_bytes());
        to.extend(&extra);
        self.count = self.count.saturating_add(1);
        self.given(out)
    }

    /// Ends the archive.
    pub(crate) fn finish(self) -> Bytes {
        let (size, offset, count) = (self.directory.len() as u64, self.at, u64::from(self.count));
        let mut out = self.directory;
        if u32::try_from(offset).is_err() {
            let end = offset.saturating_add(size);
            out.extend(b"PK\x06\x06");
            out.extend(44_u64.to_le_bytes());
            out.extend(words([VERSION_64, VERSION_64, 0, 0, 0, 0]));
            out.extend([count, count, size, offset].into_iter().flat_map(u64::to_le_bytes));
            out.extend(b"PK\x06\x07");
            out.extend([0; 4]);
            out.extend(end.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
        }
        out.extend(b"PK\x05\x06");
        out.extend(words([0, 0, self.count, self.count]));
        out.extend([size, offset].into_iter().flat_map(|at| u32::try_from(at).unwrap_or(u32::MAX).to_le_bytes()));
        out.extend([0; 2]);
        out.into()
    }

    fn given(&mut self, out: Vec<u8>) -> Bytes {
        self.at = self.at.saturating_add(out.len() as u64);
        out.into()
    }
}

fn words<const N: usize>(words: [u16; N]) -> Vec<u8> {
    words.into_iter().flat_map(u16::to_le_bytes).collect()
}

/// Lengths of names, extra fields and blocks: all are below 64 KiB.
fn short(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

/// Lengths of pieces: all are below 4 GiB.
fn long(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// CRC-32 (ISO 3309) of every byte.
static CRC: LazyLock<[u32; 256]> = LazyLock::new(|| {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    std::array::from_fn(|byte| (0..8).fold(u32::try_from(byte).unwrap_or_default(), step))
});

/// Goes on with a check sum that began as all ones, and is inverted at its end.
fn crc32(crc: u32, bytes: &[u8]) -> u32 {
    let table = &*CRC;
    bytes.iter().fold(crc, |crc, byte| {
        let [low, ..] = (crc ^ u32::from(*byte)).to_le_bytes();
        table.get(usize::from(low)).map_or(crc, |entry| (crc >> 8) ^ entry)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_standard() {
        assert_eq!(!crc32(!0, b"123456789"), 0xcbf4_3926);
        assert_eq!(!crc32(crc32(!0, b"1234"), b"56789"), 0xcbf4_3926);
    }

    #[test]
    fn an_archive_has_its_files_and_their_places() {
        let mut archive = Archive::default();
        let mut whole = Vec::new();
        for (name, content) in [("a.txt", vec![b'a'; BLOCK + 1]), ("b.txt", Vec::new())] {
            let (mut entry, head) = archive.begin(name.to_owned());
            whole.extend(head);
            whole.extend(archive.piece(&mut entry, &content));
            whole.extend(archive.end(entry));
        }
        let at = whole.len();
        whole.extend(archive.finish());
        assert!(whole.starts_with(b"PK\x03\x04\x14\x00\x08\x08\x08\x00\x00\x00\x21\x00"));
        assert_eq!(&whole[35..40], [0, 0xff, 0xff, 0, 0], "a stored block, the longest there is");
        assert_eq!(&whole[at..at + 4], b"PK\x01\x02");
        let end = whole.len() - 22;
        assert_eq!(&whole[end..end + 4], b"PK\x05\x06");
        assert_eq!(&whole[end + 16..end + 20], u32::try_from(at).unwrap().to_le_bytes());
        assert_eq!(whole[end + 10], 2);
    }

    #[test]
    fn what_lies_beyond_four_gibibytes_has_its_place_in_eight_bytes() {
        let mut archive = Archive { at: 5 << 30, ..Archive::default() };
        let (entry, _) = archive.begin("far.txt".to_owned());
        archive.end(entry);
        let at = archive.at;
        let out = archive.finish();
        let place = out.windows(8).position(|bytes| bytes == (5_u64 << 30).to_le_bytes()).unwrap();
        assert_eq!(&out[place - 4..place], [1, 0, 8, 0], "the extra field of the offset");
        assert!(
            out.windows(4).any(|bytes| bytes == b"PK\x06\x06") && out.windows(8).any(|bytes| bytes == at.to_le_bytes())
        );
    }
}
