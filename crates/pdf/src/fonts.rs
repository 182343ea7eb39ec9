//! The faces that a document is set in: Chinese sans in two weights, from files. They are too large to be part of a program.

use std::path::{Path, PathBuf};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// The family, as its files name it.
pub(crate) const FAMILY: &str = "Noto Sans CJK SC";

/// The files that must be there, and what each holds.
pub const FACES: [(&str, &str); 2] =
    [("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC, Regular"), ("NotoSansCJK-Bold.ttc", "Noto Sans CJK SC, Bold")];

/// Why the faces could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum NoFonts {
    /// A file is not there.
    #[error(
        "the face {face} is missing: no {file} in {folder}; install Debian's fonts-noto-cjk, or name the folder with --fonts"
    )]
    Missing {
        /// What is missing.
        face: &'static str,
        /// The file that holds it.
        file: &'static str,
        /// Where it was looked for.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is there and holds something else.
    #[error("the face {face} is missing: {file} holds no such face; install Debian's fonts-noto-cjk anew")]
    Other {
        /// What is missing.
        face: &'static str,
        /// The file that was read.
        file: PathBuf,
    },
}

/// Faces, read once.
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) faces: Vec<Font>,
}

impl Fonts {
    /// Reads the faces from a folder. Of a collection for several languages only those for simplified Chinese are taken, so
    /// that no text falls back to the forms of another.
    pub fn read(folder: &Path) -> Result<Self, NoFonts> {
        let mut faces = Vec::new();
        for (file, face) in FACES {
            let at = folder.join(file);
            let bytes = std::fs::read(&at).map_err(|source| NoFonts::Missing {
                face,
                file,
                folder: folder.to_owned(),
                source,
            })?;
            let mut own = Font::iter(Bytes::new(bytes)).filter(|font| font.info().family == FAMILY).peekable();
            if own.peek().is_none() {
                return Err(NoFonts::Other { face, file: at });
            }
            faces.extend(own);
        }
        Ok(Self { book: LazyHash::new(FontBook::from_fonts(&faces)), faces })
    }
}
