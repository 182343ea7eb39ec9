//! What a file is, by its first bytes: names and declared types are whatever a browser says.

use model::attachment::FileKind;

/// First bytes that tell every kind.
pub(super) const HEAD: usize = 16;

/// Brands of MPEG-4 files that hold sound alone (ISO/IEC 14496-12 §4.3).
const SOUND: [&[u8]; 2] = [b"M4A ", b"M4B "];

/// Brands of MPEG-4 files in general, as cameras and recorders write them.
const FILM: [&[u8]; 11] =
    [b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"];

/// The kind of a file that begins with `head`; `None` for every other.
pub fn sniff(head: &[u8]) -> Option<FileKind> {
    let at = |from: usize, what: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(what));
    let brand = |known: &[&[u8]]| at(4, b"ftyp") && known.iter().any(|brand| at(8, brand));
    let kinds = [
        (FileKind::Jpeg, at(0, &[0xff, 0xd8, 0xff])),
        (FileKind::Png, at(0, b"\x89PNG\r\n\x1a\n")),
        (FileKind::Webp, at(0, b"RIFF") && at(8, b"WEBP")),
        (FileKind::Pdf, at(0, b"%PDF-")),
        (FileKind::M4a, brand(&SOUND)),
        (FileKind::Mp4, brand(&FILM)),
        (FileKind::Wav, at(0, b"RIFF") && at(8, b"WAVE")),
        (FileKind::Mp3, at(0, b"ID3") || is_layer_three(head)),
    ];
    kinds.into_iter().find_map(|(kind, is)| is.then_some(kind))
}

/// A frame header of layer III (ISO/IEC 11172-3 §2.4.1.3) with a bit rate and a sampling rate that exist.
fn is_layer_three(head: &[u8]) -> bool {
    let Some([0xff, second, third, ..]) = head.first_chunk::<4>() else { return false };
    let (sync, version, layer) = (second >> 5, (second >> 3) & 3, (second >> 1) & 3);
    let (bit_rate, sampling) = (third >> 4, (third >> 2) & 3);
    sync == 7 && version != 1 && layer == 1 && !matches!(bit_rate, 0 | 15) && sampling != 3
}
