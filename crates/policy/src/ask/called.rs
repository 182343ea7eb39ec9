//! Names in answers, and the finding of what is asked about.

use serde::Serialize;

use crate::compile::Tables;
use crate::resolve::{NotFound, Program};
use crate::syntax::{Kind, nearest, quoted};
use crate::terms::Scope;

/// At most so many near names are offered.
const NEAR: usize = 5;

/// An element, as both programs and people call it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Called {
    /// Id.
    pub id: String,
    /// Published name; the id where the text gives none.
    pub name: String,
}

impl Called {
    /// The element of that kind and id.
    pub(crate) fn of(program: &Program, kind: Kind, id: &str) -> Self {
        Self { id: id.to_owned(), name: program.names.name_of(kind, id).to_owned() }
    }

    /// The elements of that kind at these places of a list.
    pub(super) fn places<'p>(
        program: &Program,
        kind: Kind,
        ids: impl Iterator<Item = &'p model::Slug>,
        places: &[u16],
    ) -> Vec<Self> {
        let ids: Vec<&model::Slug> = ids.collect();
        let id = |place: &u16| ids.get(usize::from(*place));
        places.iter().filter_map(id).map(|id| Self::of(program, kind, id.as_str())).collect()
    }
}

/// Why a question about a name has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Nothing is called so.
    #[error("no {what} is called `{text}`{}", hint(.near))]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Under which name.
        text: String,
        /// Names of that kind that are near.
        near: Vec<String>,
    },
    /// Several elements are called so.
    #[error("{0}; ask by id")]
    Ambiguous(NotFound),
}

fn hint(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; near are: {}", near.join(", ")) }
}

/// Finds an element by id, published name, alias or clause.
pub(crate) fn find(program: &Program, kind: Kind, text: &str) -> Result<Called, AskError> {
    match program.names.find(kind, text) {
        Ok(id) => Ok(Called::of(program, kind, id.as_str())),
        Err(NotFound::Unknown { nearest, .. }) => {
            let entries = program.names.entries().filter(|entry| entry.kind == kind);
            let known = entries.flat_map(|entry| [entry.name.as_str(), entry.id.as_str()]);
            Err(AskError::Unknown { what: kind.word(), text: quoted(text), near: near(known, nearest, text) })
        }
        Err(ambiguous) => Err(AskError::Ambiguous(ambiguous)),
    }
}

/// Finds a scope by its id.
pub(super) fn find_scope<'t>(tables: &'t Tables, text: &str) -> Result<(u16, &'t Scope), AskError> {
    let found = tables.alphabet().scope(text);
    found.and_then(|place| Some((place, tables.scopes().get(usize::from(place))?))).ok_or_else(|| {
        let known = tables.scopes().iter().map(|scope| scope.id.as_str());
        let mistyped = nearest(known.clone(), text).map(str::to_owned);
        AskError::Unknown { what: "scope", text: quoted(text), near: near(known, mistyped, text) }
    })
}

/// The name that was perhaps mistyped, then those of which the text is a part or that are a part of it.
fn near<'a>(known: impl Iterator<Item = &'a str>, mistyped: Option<String>, text: &str) -> Vec<String> {
    let mut near: Vec<String> = mistyped.into_iter().collect();
    for name in known.filter(|name| !text.is_empty() && (name.contains(text) || text.contains(name))) {
        if near.len() < NEAR && !near.iter().any(|listed| listed == name) {
            near.push(name.to_owned());
        }
    }
    near
}
