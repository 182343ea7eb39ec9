//! Scopes (同意范围): the things that can be consented to.

use model::Slug;

use crate::syntax::{Action, Form, Kind, Sensitive};

/// One thing that can be consented to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// `<act>.<element>[.<recipient>][.<sensitive class>]`.
    pub id: String,
    /// The act consented to.
    pub act: Action,
    /// Kind of the element: function, use, share, disclosure, tracker or source.
    pub kind: Kind,
    /// Id of the element.
    pub element: Slug,
    /// Who receives.
    pub recipient: Option<Slug>,
    /// The class of sensitive items that this scope is for, separate from the rest.
    pub class: Option<Sensitive>,
    /// The form that the stricter of text and law asks for.
    pub form: Form,
    /// The form that the text itself asks for.
    pub asked: Form,
    /// Whether it matters who gave it: somebody may type the data of another.
    pub personal: bool,
    /// Whether each party that the customer chooses is a grant of its own.
    pub per_party: bool,
    /// The items that it covers.
    pub items: Vec<Slug>,
    /// The roles whose items it covers.
    pub persons: Vec<Slug>,
    /// Clauses of the published text.
    pub clause: Vec<String>,
    /// Under this age a guardian gives it: by the text, and never lower than by law.
    pub guardian_under: u16,
}
