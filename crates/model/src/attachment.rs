//! Attachments (附件): pictures, papers and recordings that stand in a record part beside its values.

use crate::field::{Validator, closed_list};

closed_list! {
    /// What an attachment holds, as its own first bytes say. Nothing else is taken in.
    FileKind as "file kind" {
        /// JPEG (ISO/IEC 10918-1).
        Jpeg = "jpeg",
        /// PNG (ISO/IEC 15948).
        Png = "png",
        /// WebP (RFC 9649).
        Webp = "webp",
        /// PDF (ISO 32000).
        Pdf = "pdf",
        /// MPEG-4 with film (ISO/IEC 14496-14).
        Mp4 = "mp4",
        /// MPEG-4 with sound alone.
        M4a = "m4a",
        /// MPEG-1 or MPEG-2 audio, layer III (ISO/IEC 11172-3).
        Mp3 = "mp3",
        /// RIFF waveform audio.
        Wav = "wav",
    }
}

const PICTURES: &[FileKind] = &[FileKind::Jpeg, FileKind::Png, FileKind::Webp];
const PAPERS: &[FileKind] = &[FileKind::Jpeg, FileKind::Png, FileKind::Webp, FileKind::Pdf];
const RECORDINGS: &[FileKind] = &[FileKind::M4a, FileKind::Mp3, FileKind::Wav, FileKind::Mp4];

impl FileKind {
    /// Registered media type; M4A and WAV have the names that browsers use.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Mp4 => "video/mp4",
            Self::M4a => "audio/mp4",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
        }
    }

    /// How the name of such a file usually ends.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            other => other.id(),
        }
    }

    /// Whether it is a picture, which a browser shows by itself.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }
}

impl Validator {
    /// What an item of this kind may hold as an attachment; empty for one that is typed.
    pub const fn file_kinds(self) -> &'static [FileKind] {
        match self {
            Self::Image => PICTURES,
            Self::Paper => PAPERS,
            Self::Recording => RECORDINGS,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_fits_some_item_and_typed_items_take_none() {
        for kind in FileKind::ALL {
            assert!(Validator::ALL.iter().any(|validator| validator.file_kinds().contains(kind)), "{kind}");
        }
        assert!(Validator::Text.file_kinds().is_empty());
        assert_eq!(FileKind::Jpeg.extension(), "jpg");
    }
}
