//! Shapes: what can be read from a file, described by a schema and written down as facts.

use std::marker::PhantomData;

use serde_json::{Map, Value};

use super::kind::{Kind, Name};
use super::reader::{Node, Reader};
use crate::finding::Span;

/// Something that can be read from a TOML value and described by a JSON Schema.
pub trait Shape: Sized + PartialEq {
    /// Reads the value; `None` after a finding.
    fn read(node: Node<'_>, to: &mut Reader<'_>) -> Option<Self>;

    /// The value when its key is absent; `None` makes the key required.
    fn absent(_silent: bool) -> Option<Self> {
        None
    }

    /// Stands in for what could not be read, so that the rest of its table is not lost. It is only ever seen beside an
    /// error, its span is empty, and nothing is compiled from it.
    fn stand_in() -> Option<Self>;

    /// Whether `silent` may list the key.
    const SLOT: bool = false;

    /// Whether a silence has to be confirmed wherever the key is absent. An optional slot is one only beside others.
    const CONFIRMED: bool = Self::SLOT;

    /// JSON Schema of the value; named tables put themselves into `defs`.
    fn schema(defs: &mut Map<String, Value>) -> Value;

    /// What is said, without layout: lists in one order, nothing for what is absent. Ground of the fingerprint.
    fn facts(&self) -> Value;

    /// The facts of a value and of another beside it; of lists without the members that both have.
    fn beside(&self, other: &Self) -> [Value; 2] {
        // As in the facts of a table, an empty list says nothing.
        let said = |fact: Value| if fact.as_array().is_some_and(Vec::is_empty) { Value::Null } else { fact };
        [self.facts(), other.facts()].map(said)
    }

    /// The facts of those keys of two tables that do not say the same; of what is no table, [`beside`](Self::beside).
    fn apart(&self, other: &Self) -> [Value; 2] {
        self.beside(other)
    }

    /// Shows every reference inside to `visit`, which may replace its text.
    fn each_ref(&mut self, _visit: &mut dyn FnMut(Kind, &mut String, Span)) {}
}

/// A value and where it stands. Equality is that of the value: two files that say the same are the same.
#[derive(Debug, Clone)]
pub struct At<T> {
    /// What is said.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> At<T> {
    /// A value that stands in no file.
    pub const fn made(value: T) -> Self {
        Self { value, span: Span { start: 0, end: 0 } }
    }
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> std::ops::Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A slot in which silence has a meaning (design invariant 6).
#[derive(Debug, Clone, PartialEq)]
pub enum Stated<T> {
    /// The text says it.
    Said(At<T>),
    /// The text says that there is none: `"nothing"` or `[]`.
    Nothing(Span),
    /// The text is silent; `confirmed` when a reader listed the slot under `silent`.
    NotStated {
        /// Whether `silent` lists the slot.
        confirmed: bool,
    },
}

impl<T> Stated<T> {
    /// What is said, if anything is.
    pub const fn said(&self) -> Option<&T> {
        match self {
            Self::Said(at) => Some(&at.value),
            Self::Nothing(_) | Self::NotStated { .. } => None,
        }
    }

    /// Whether the text is silent.
    pub const fn is_silent(&self) -> bool {
        matches!(self, Self::NotStated { .. })
    }

    /// Whether the text says that there is none.
    pub const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing(_))
    }
}

/// A reference to an element: by id, by published Chinese name or by clause. Resolving replaces `text` by the id.
#[derive(Debug, Clone)]
pub struct Ref<N: Name> {
    /// As written; after resolving, the id.
    pub text: String,
    /// Where.
    pub span: Span,
    name: PhantomData<N>,
}

impl<N: Name> Ref<N> {
    /// A reference to `text`.
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span, name: PhantomData }
    }
}

impl<N: Name> PartialEq for Ref<N> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// Where a table stands; never a difference between two tables.
#[derive(Debug, Clone, Copy, Default)]
pub struct Here(pub Span);

impl PartialEq for Here {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
