//! Sets a document as PDF: JSON in, bytes out, by Typst as a library.
//!
//! A room of its own, and a program of its own, for three reasons: nobody waits for Typst who does not set type; what a policy
//! says reaches the typesetter in another process, with limits; and whoever audits the rest need not read it.
//!
//! What the document says is *data* to the one template, never a part of its source. There are no files, packages, network
//! or clock to reach: [`world::World`] has none. The same document gives the same bytes.

mod fonts;
mod world;

use serde_json::Value;
use typst::diag::SourceDiagnostic;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

pub use fonts::{FACES, Fonts, NoFonts};
use world::World;

/// The version of the data form that this program reads.
pub const FORM: u64 = 1;

/// The standards that a document keeps: to be read in decades (PDF/A-2a), and read aloud (PDF/UA-1).
const STANDARDS: [PdfStandard; 2] = [PdfStandard::A_2a, PdfStandard::Ua_1];

/// Why nothing was set.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not JSON.
    #[error("the document is no JSON: {0}; write it with `shouyue render --to json`")]
    Json(#[from] serde_json::Error),
    /// JSON of another form.
    #[error("the document has form {0}, and this program reads form {FORM}: use the shouyue-pdf of the same release")]
    Form(String),
    /// Type that is in no font, a picture that is none, something missing.
    #[error("cannot be set: {0}")]
    Setting(String),
}

/// The bytes of the PDF that a document in the data form makes.
pub fn set(document: &[u8], fonts: Fonts) -> Result<Vec<u8>, Error> {
    let document: Value = serde_json::from_slice(document)?;
    let form = document.get("form").unwrap_or(&Value::Null);
    if form.as_u64() != Some(FORM) {
        return Err(Error::Form(form.to_string()));
    }
    let world = World::new(document, fonts)?;
    let set = typst::compile::<PagedDocument>(&world).output.map_err(|errors| told(&errors))?;
    let standards = PdfStandards::new(&STANDARDS).map_err(|error| Error::Setting(error.message().to_string()))?;
    let options = PdfOptions { standards, ..PdfOptions::default() };
    typst_pdf::pdf(&set, &options).map_err(|errors| told(&errors))
}

fn told(errors: &[SourceDiagnostic]) -> Error {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    Error::Setting(messages.join("; "))
}
