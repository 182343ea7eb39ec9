//! `shouyue-pdf`: reads a document as JSON on standard input and writes it as PDF on standard output.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use shouyue_pdf::{Fonts, set};

/// Where Debian's `fonts-noto-cjk` puts its files.
const FONTS: &str = "/usr/share/fonts/opentype/noto";

/// More than any policy makes: reading stops there, so that nothing fills the memory.
const DOCUMENT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Refused because it was called otherwise than it is described.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let (message, code) = match asked(std::env::args().skip(1)) {
        Ok(folder) => match run(&folder) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(message) => (message, 1),
        },
        Err(message) => (message, USAGE),
    };
    // Where nobody reads errors any more, the exit status still tells.
    let _ = writeln!(std::io::stderr(), "shouyue-pdf: {message}");
    ExitCode::from(code)
}

/// The folder of the fonts.
fn asked(mut arguments: impl Iterator<Item = String>) -> Result<PathBuf, String> {
    match (arguments.next().as_deref(), arguments.next(), arguments.next()) {
        (None, ..) => Ok(PathBuf::from(FONTS)),
        (Some("--fonts"), Some(folder), None) => Ok(PathBuf::from(folder)),
        _ => Err("usage: shouyue-pdf [--fonts <folder>] < document.json > document.pdf".to_owned()),
    }
}

fn run(folder: &Path) -> Result<(), String> {
    let fonts = Fonts::read(folder).map_err(|error| error.to_string())?;
    let mut document = Vec::new();
    std::io::stdin()
        .take(DOCUMENT_BYTES_MAX + 1)
        .read_to_end(&mut document)
        .map_err(|error| format!("cannot read the document: {error}"))?;
    if document.len() as u64 > DOCUMENT_BYTES_MAX {
        return Err(format!("the document is larger than {DOCUMENT_BYTES_MAX} bytes"));
    }
    let pdf = set(&document, fonts).map_err(|error| error.to_string())?;
    std::io::stdout().write_all(&pdf).map_err(|error| format!("cannot write the PDF: {error}"))
}
