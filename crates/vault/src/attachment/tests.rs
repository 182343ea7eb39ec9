//! Kinds by their first bytes.

use model::attachment::FileKind;

use super::sniff;

/// The beginning of a file of each kind.
const FILES: [(FileKind, &[u8]); 11] = [
    (FileKind::Jpeg, b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01"),
    (FileKind::Png, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
    (FileKind::Webp, b"RIFF\x24\x00\x00\x00WEBPVP8 "),
    (FileKind::Pdf, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1"),
    (FileKind::Mp4, b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00"),
    (FileKind::Mp4, b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00"),
    (FileKind::M4a, b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00"),
    (FileKind::Wav, b"RIFF\x24\x00\x00\x00WAVEfmt "),
    (FileKind::Mp3, b"ID3\x04\x00\x00\x00\x00\x00\x23TSSE\x00\x00"),
    (FileKind::Mp3, b"\xff\xfb\x90\x64\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
    (FileKind::Mp3, b"\xff\xf3\x84\xc4\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
];

#[test]
fn each_kind_is_known_by_its_first_bytes() {
    for (kind, head) in FILES {
        assert_eq!(sniff(head), Some(kind), "{kind}");
        assert_eq!(sniff(&head[..3]).filter(|_| kind != FileKind::Jpeg && kind != FileKind::Mp3), None, "{kind}, cut");
    }
}

#[test]
fn everything_else_is_of_no_kind() {
    let others: [&[u8]; 10] = [
        b"",
        b"<!doctype html>",
        b"<svg xmlns='http",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00",
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00",
        b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
        b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00",
        b" %PDF-1.7 not at the beginning",
        b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00\x00\x00",
    ];
    for other in others {
        assert_eq!(sniff(other), None, "{other:?}");
    }
}
