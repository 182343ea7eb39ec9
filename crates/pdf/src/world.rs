//! All that the typesetter can reach: the template, the faces, the document. No files, packages, network or clock.

use serde::Deserialize as _;
use serde_json::Value as Json;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Str, Value};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _};

use crate::Error;
use crate::fonts::Fonts;

/// How a document is set.
const TEMPLATE: &str = include_str!("../template/document.typ");

pub(crate) struct World {
    library: LazyHash<Library>,
    template: Source,
    fonts: Fonts,
}

impl World {
    pub(crate) fn new(document: Json, fonts: Fonts) -> Result<Self, Error> {
        let document = Value::deserialize(document)?;
        let mut inputs = Dict::new();
        inputs.insert(Str::from("document"), document);
        let library = Library::builder().with_inputs(inputs).build();
        Ok(Self { library: LazyHash::new(library), template: Source::detached(TEMPLATE), fonts })
    }
}

impl typst::World for World {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
