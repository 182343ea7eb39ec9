//! The installation as a client of a provider of accounts: what it is there, and what every dialect of OAuth 2 writes alike.

use std::collections::BTreeMap;

use model::Clear;
use serde_json::Value;

/// What the installation is to one provider, of one platform's log-in.
#[derive(Clone)]
pub struct Client {
    /// Its name there: `client_id`, AppID.
    pub id: String,
    /// Its secret there.
    pub secret: String,
    /// Where the provider is: for OpenID Connect the issuer, for WeChat the origin of its pages.
    pub origin: String,
    /// The origin of the provider's interface, where it is another than that of its pages.
    pub api: Option<String>,
}

/// What was told, by the provider's words.
pub(crate) type Claims = BTreeMap<String, Clear<String>>;

/// An address with a query.
pub(crate) fn address(to: &str, query: &[(&str, &str)]) -> String {
    let joint = if to.contains('?') { '&' } else { '?' };
    format!("{to}{joint}{}", form(query))
}

/// `application/x-www-form-urlencoded`.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A member of a document that is a text with something in it.
pub(crate) fn text(document: &Value, name: &str) -> Option<String> {
    document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}
