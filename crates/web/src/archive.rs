//! A ZIP archive of a few files, stored as they are (APPNOTE 6.3.10, method 0): what a customer takes along is one file
//! that every system opens.

/// Version needed to extract a stored file: 1.0.
const VERSION: u16 = 10;

/// Names are UTF-8 (general purpose bit 11).
const UTF8: u16 = 1 << 11;

/// The date 1980-01-01, the first that the form knows: when a copy was made stands in it.
const FIRST_DAY: u16 = 0x21;

/// The archive of these files, in their order. Files of 4 GiB and more have no place in it.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in files {
        let offset = u32::try_from(body.len()).ok()?;
        let facts = facts(name, bytes)?;
        body.extend_from_slice(b"PK\x03\x04");
        body.extend_from_slice(&facts);
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(bytes);
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&VERSION.to_le_bytes());
        directory.extend_from_slice(&facts);
        // No comment, disk 0, no attributes.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let count = u16::try_from(files.len()).ok()?.to_le_bytes();
    let (size, offset) = (u32::try_from(directory.len()).ok()?, u32::try_from(body.len()).ok()?);
    body.append(&mut directory);
    body.extend_from_slice(b"PK\x05\x06");
    body.extend_from_slice(&[0; 4]);
    body.extend_from_slice(&count);
    body.extend_from_slice(&count);
    body.extend_from_slice(&size.to_le_bytes());
    body.extend_from_slice(&offset.to_le_bytes());
    body.extend_from_slice(&[0; 2]);
    Some(body)
}

/// What local header and central directory both say of a file: from the version to the length of the extra field.
fn facts(name: &str, bytes: &[u8]) -> Option<[u8; 26]> {
    let size = u32::try_from(bytes.len()).ok()?.to_le_bytes();
    let len = u16::try_from(name.len()).ok()?.to_le_bytes();
    let [version, flags, method, time, day] = [VERSION, UTF8, 0, 0, FIRST_DAY].map(u16::to_le_bytes);
    let mut facts = [0; 26];
    let parts = [&version[..], &flags, &method, &time, &day, &crc32(bytes).to_le_bytes(), &size, &size, &len, &[0; 2]];
    for (place, byte) in facts.iter_mut().zip(parts.into_iter().flatten()) {
        *place = *byte;
    }
    Some(facts)
}

/// CRC-32 (ISO 3309), bit by bit: copies are small.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn an_archive_has_its_files_and_their_places() {
        let archive = zip(&[("a.txt", b"one"), ("b.txt", b"")]).unwrap();
        assert!(archive.starts_with(b"PK\x03\x04\x0a\x00\x00\x08\x00\x00\x00\x00\x21\x00"));
        let end = archive.len() - 22;
        assert_eq!(&archive[end..end + 4], b"PK\x05\x06");
        let offset = u32::from_le_bytes(archive[end + 16..end + 20].try_into().unwrap());
        assert_eq!(&archive[usize::try_from(offset).unwrap()..][..4], b"PK\x01\x02");
        assert_eq!(archive[end + 10], 2);
    }
}
