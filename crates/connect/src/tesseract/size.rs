//! How large a picture is, by its head: a few bytes may stand for a gigabyte of pixels.

/// Pixels of a PNG (W3C PNG §11.2.1) or JPEG (ITU-T T.81, annex B.2.2); `None` for anything else.
pub(super) fn pixels(picture: &[u8]) -> Option<u64> {
    match picture {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', _, _, _, _, b'I', b'H', b'D', b'R', rest @ ..] => {
            let (width, rest) = rest.split_first_chunk()?;
            let (height, _) = rest.split_first_chunk()?;
            Some(u64::from(u32::from_be_bytes(*width)) * u64::from(u32::from_be_bytes(*height)))
        }
        [0xff, 0xd8, rest @ ..] => frame(rest),
        _ => None,
    }
}

/// The size in the first frame header among the marker segments.
fn frame(mut segments: &[u8]) -> Option<u64> {
    loop {
        let [0xff, marker, rest @ ..] = segments else { return None };
        match marker {
            // Fill bytes, and markers that stand alone.
            0xff => segments = segments.get(1..)?,
            0x01 | 0xd0..=0xd7 => segments = rest,
            // Frames of every kind; the tables and the arithmetic conditioning among their numbers are none.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let [_, _, _, height @ .., _] = rest.get(..8)? else { return None };
                let [upper, lower, left, right] = *height else { return None };
                return Some(
                    u64::from(u16::from_be_bytes([upper, lower])) * u64::from(u16::from_be_bytes([left, right])),
                );
            }
            _ => {
                let (length, _) = rest.split_first_chunk()?;
                segments = rest.get(usize::from(u16::from_be_bytes(*length))..)?;
            }
        }
    }
}
